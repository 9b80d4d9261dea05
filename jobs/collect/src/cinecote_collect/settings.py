"""The collector's settings."""

from pydantic import Field

from cinecote.settings import DatabaseSettings


class CollectSettings(DatabaseSettings):
    """What the collector reads from the environment.

    `batch_rows` rows are one transaction; purge deletes predictions that are more than `prediction_days` days old.
    """

    # As long as TMDB's content may be kept: a row can't tell whether what was asked about was copied from there.
    prediction_days: int = Field(180, ge=1, le=180, validation_alias="CINECOTE_PREDICTION_DAYS")
    batch_rows: int = Field(10_000, ge=1, le=50_000, validation_alias="CINECOTE_COLLECT_BATCH_ROWS")
