"""The names of the metrics, once for the services that export them, the rules and the dashboards."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Metric:
    """A Prometheus metric: its full name, what it tells, and its labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


PREDICTIONS = Metric(
    "cinecote_predictions_total", "Films answered, by category.", ("model", "version", "role", "category")
)
REQUEST_DURATION = Metric("http_request_duration_seconds", "Time to answer a request.", ("method", "route", "status"))
PREDICTION_PROBABILITY = Metric(
    "cinecote_prediction_probability", "Probability given to the category that was answered.", ("category",)
)
INPUT = Metric("cinecote_input", "Known values of each input asked about.", ("input",))
INPUTS_UNKNOWN = Metric("cinecote_inputs_unknown_total", "Films asked about without this input.", ("input",))
MODEL_INFO = Metric(
    "cinecote_model_info", "1 for each model that is being served.", ("model", "version", "sha256", "role")
)
MODEL_SCORE = Metric(
    "cinecote_model_score",
    "Scores of the served model, as measured in training.",
    ("model", "version", "metric"),
)
MODEL_TRAINED = Metric(
    "cinecote_model_trained_timestamp_seconds", "When the served model was trained.", ("model", "version")
)
MODEL_REFUSED = Metric("cinecote_model_refused_total", "Models that were not put to serve.", ("reason",))
FILMS = Metric("cinecote_films", "Films stored.", ("source",))
JOB_LAST_SUCCESS = Metric("cinecote_job_last_success_timestamp_seconds", "When the job last ended well.", ("job",))
JOB_DURATION = Metric("cinecote_job_duration_seconds", "How long the job's last good run took.", ("job",))
JOB_ROWS = Metric("cinecote_job_rows", "Rows of the job's last good run.", ("job", "outcome"))
DATABASE_UP = Metric("cinecote_database_up", "1 when the database answers.")
