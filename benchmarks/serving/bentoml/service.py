"""BentoML's service of a scikit-learn model, as its documentation writes them."""

import os

import bentoml
import joblib
import numpy as np


@bentoml.service(workers=1)
class Films:
    def __init__(self) -> None:
        self.model = joblib.load(os.environ["MODEL"])

    @bentoml.api  # type: ignore[untyped-decorator]
    def predict(self, films: np.ndarray) -> np.ndarray:
        return np.asarray(self.model.predict_proba(films))
