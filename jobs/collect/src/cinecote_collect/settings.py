"""The collector's settings."""

from pydantic import Field

from cinecote.settings import DatabaseSettings


class CollectSettings(DatabaseSettings):
    """What the collector reads from the environment; `batch_rows` rows are one transaction."""

    batch_rows: int = Field(10_000, ge=1, le=50_000, validation_alias="CINECOTE_COLLECT_BATCH_ROWS")
