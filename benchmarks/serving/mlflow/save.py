"""Writes an MLflow model: save.py PIPELINE ROWS FOLDER columns|tensor."""

import sys
from pathlib import Path

import joblib
import mlflow
import numpy as np
import pandas as pd

NAMES = ["revenue", "budget", "vote_count", "runtime"]


def save(pipeline: Path, rows: Path, folder: Path, form: str) -> None:
    """The model with a signature of named columns, or of one tensor."""
    model, inputs = joblib.load(pipeline), np.load(rows)
    shown = pd.DataFrame(inputs, columns=NAMES) if form == "columns" else inputs
    signature = mlflow.models.infer_signature(shown, model.predict_proba(inputs))
    mlflow.sklearn.save_model(
        model,
        str(folder),
        signature=signature,
        pyfunc_predict_fn="predict_proba",
        serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],
    )


if __name__ == "__main__":
    save(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
