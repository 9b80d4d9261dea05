"""The app of a tutorial: FastAPI, pydantic, scikit-learn; uvicorn[standard] runs it."""

import os

import joblib
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel, Field

CATEGORIES = ("médiocre", "moyen", "bien")

model = joblib.load(os.environ["MODEL"])
app = FastAPI()


class Film(BaseModel):
    revenue: float = Field(ge=0, le=1e11)
    budget: float = Field(ge=0, le=1e11)
    vote_count: float = Field(ge=0, le=1e8)
    runtime: float = Field(ge=0, le=1000)


class Prediction(BaseModel):
    category: str
    probabilities: dict[str, float]


@app.post("/predict")
def predict(film: Film) -> Prediction:
    row = np.array([[film.revenue, film.budget, film.vote_count, film.runtime]])
    probabilities = model.predict_proba(row)[0].tolist()
    category = CATEGORIES[int(np.argmax(probabilities))]
    return Prediction(category=category, probabilities=dict(zip(CATEGORIES, probabilities, strict=True)))
