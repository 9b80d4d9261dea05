"""The collector's settings."""

from pydantic import Field

from cinecote.settings import DatabaseSettings, Seconds


class CollectSettings(DatabaseSettings):
    """What the collector reads from the environment.

    `batch_rows` rows are one transaction; purge deletes predictions that are more than `prediction_days` days old.
    """

    # As long as TMDB's content may be kept: a row can't tell whether what was asked about was copied from there.
    prediction_days: int = Field(180, ge=1, le=180, validation_alias="CINECOTE_PREDICTION_DAYS")
    download_mb: int = Field(1_000, ge=1, validation_alias="CINECOTE_COLLECT_DOWNLOAD_MB")
    download_seconds: Seconds = Field(1_800.0, validation_alias="CINECOTE_COLLECT_DOWNLOAD_S")
    private_addresses: bool = Field(False, validation_alias="CINECOTE_COLLECT_PRIVATE_ADDRESSES")
    batch_rows: int = Field(10_000, ge=1, le=50_000, validation_alias="CINECOTE_COLLECT_BATCH_ROWS")
