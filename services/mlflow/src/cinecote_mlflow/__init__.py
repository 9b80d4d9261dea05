"""The MLflow server."""
