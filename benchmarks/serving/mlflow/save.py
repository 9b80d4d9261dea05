"""Writes an MLflow model: save.py PIPELINE ROWS FOLDER columns|tensor."""

import sys
from pathlib import Path

import joblib
import mlflow
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

NAMES = ["revenue", "budget", "vote_count", "runtime"]


def save(pipeline: Path, rows: Path, folder: Path, form: str) -> None:
    """The model with a signature of named columns, or of one tensor."""
    model, inputs = joblib.load(pipeline), np.load(rows)
    shown = pd.DataFrame(inputs, columns=NAMES) if form == "columns" else inputs
    signature = mlflow.models.infer_signature(shown, model.predict_proba(inputs))
    mlflow.sklearn.save_model(
        _of_columns(model) if form == "columns" else model,
        str(folder),
        signature=signature,
        pyfunc_predict_fn="predict_proba",
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],
    )


def _of_columns(model: BaseEstimator) -> BaseEstimator:
    """The same model, for a data frame."""
    if isinstance(model, Pipeline) and isinstance(model[0], StandardScaler):
        # As if it had been fitted on one; without, scikit-learn would warn at every request.
        model[0].feature_names_in_ = np.array(NAMES, dtype=object)
        return model
    # Ours take arrays only.
    return Pipeline([("array", FunctionTransformer(np.asarray)), ("model", model)])


if __name__ == "__main__":
    save(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
