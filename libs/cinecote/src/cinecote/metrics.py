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
REQUESTS_SHED = Metric("cinecote_requests_shed_total", "Requests refused unread, while too many were under way.")
PREDICTION_PROBABILITY = Metric(
    "cinecote_prediction_probability",
    "Probability given to the category that was answered, of films after their release.",
    ("category",),
)
READY = Metric("cinecote_ready", "1 while the service can do its work.")
INPUT = Metric("cinecote_input", "Known values of each input asked about, after the films' release.", ("input",))
INPUTS_UNKNOWN = Metric(
    "cinecote_inputs_unknown_total", "Films asked about without this input, after their release.", ("input",)
)
PREDICTION_LOG_DROPPED = Metric(
    "cinecote_prediction_log_dropped_total", "Films answered but not kept, since the database took them too slowly."
)
PREDICTION_LOG_WAITING = Metric("cinecote_prediction_log_waiting", "Films answered that wait to be written.")
MODEL_INFO = Metric(
    "cinecote_model_info", "1 for each model that is being served.", ("model", "version", "sha256", "role")
)
MODEL_SCORE = Metric(
    "cinecote_model_score",
    "Scores of the served model, as measured in training.",
    ("model", "version", "metric"),
)
MODEL_BASELINE_SCORE = Metric(
    "cinecote_model_baseline_score",
    "Scores of the baselines that the served model was trained beside.",
    ("model", "version", "baseline", "metric"),
)
MODEL_TRAINED = Metric(
    "cinecote_model_trained_timestamp_seconds", "When the served model was trained.", ("model", "version")
)
DRIFT = Metric(
    "cinecote_drift",
    "Distance of what is asked lately, after the films' release, from the champion's training films.",
    ("input", "statistic"),
)
MODEL_LIVE_FILMS = Metric(
    "cinecote_model_live_films",
    "Films asked about that the version can't have learnt from and whose votes are in by now.",
    ("model", "version"),
)
MODEL_LIVE_SCORE = Metric(
    "cinecote_model_live_score", "Scores of the version's answers about these films.", ("model", "version", "metric")
)
MODEL_REFUSED = Metric("cinecote_model_refused_total", "Models that were not put to serve.", ("reason",))
CHALLENGER_WEIGHT = Metric(
    "cinecote_challenger_weight", "Share of the requests that is asked for the challenger.", ("model",)
)
CHALLENGER_IDLE = Metric(
    "cinecote_challenger_idle",
    "1 while a challenger is asked for and none is fit to answer or hear requests.",
    ("model",),
)
CHALLENGER_OUTCOMES = Metric(
    "cinecote_challenger_outcomes_total",
    "Films that the challenger agreed or differed on in shadow; requests that it failed on, or that were dropped.",
    ("model", "outcome"),
)
FILMS = Metric("cinecote_films", "Films stored.", ("source",))
FILMS_LAST_FETCHED = Metric(
    "cinecote_films_last_fetched_timestamp_seconds", "When the source's newest answer was fetched.", ("source",)
)
FILMS_EXPIRED = Metric("cinecote_films_expired", "Films stored that may not be kept any longer.", ("source",))
FILM_INDEX = Metric(
    "cinecote_film_index_timestamp_seconds",
    "When the api last looked for changed films, and had those that it found to compare with.",
)
JOB_LAST_SUCCESS = Metric("cinecote_job_last_success_timestamp_seconds", "When the job last ended well.", ("job",))
JOB_LAST_STATUS = Metric(
    "cinecote_job_last_run_status", "1 for the way that the job's last ended run ended.", ("job", "status")
)
JOB_RUNNING_SINCE = Metric(
    "cinecote_job_running_since_timestamp_seconds", "When the job's last run began, until it ends.", ("job",)
)
JOB_DURATION = Metric("cinecote_job_duration_seconds", "How long the job's last good run took.", ("job",))
JOB_ROWS = Metric("cinecote_job_rows", "Rows of the job's last good run.", ("job", "outcome"))
JOB_RULE_ROWS = Metric(
    "cinecote_job_rule_rows", "Rows of the job's last good run that each rule applied to.", ("job", "rule")
)
DATABASE_UP = Metric("cinecote_database_up", "1 when the database answers.")
STORAGE_FREE = Metric("cinecote_storage_free_bytes", "What the volume's owner may still write to it.", ("volume",))
STORAGE_SIZE = Metric("cinecote_storage_size_bytes", "Size of the volume's file system.", ("volume",))
