"""The collector's settings."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints
from pydantic_settings import NoDecode

from cinecote.settings import DatabaseSettings, Seconds
from cinecote_collect.unknowns import read_shares

Share = Annotated[float, Field(ge=0, le=1)]
_Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?/3$")]


class CollectSettings(DatabaseSettings):
    """What the collector reads from the environment; `batch_rows` rows are one transaction.

    A run leaves its contract where a larger share than `most_rejected` of its rows is rejected, or than `most_unknown`
    says of a field is unknown; where a source has fewer than `fewest_rows`; or where TMDB lists a smaller share than
    `least_volume` of the films that it had. Purge deletes predictions that are more than `prediction_days` days old.
    """

    # As long as TMDB's content may be kept: a row can't tell whether what was asked about was copied from there.
    prediction_days: int = Field(180, ge=1, le=180, validation_alias="CINECOTE_PREDICTION_DAYS")
    download_mb: int = Field(1_000, ge=1, validation_alias="CINECOTE_COLLECT_DOWNLOAD_MB")
    download_seconds: Seconds = Field(1_800.0, validation_alias="CINECOTE_COLLECT_DOWNLOAD_S")
    private_addresses: bool = Field(False, validation_alias="CINECOTE_COLLECT_PRIVATE_ADDRESSES")
    batch_rows: int = Field(10_000, ge=1, le=50_000, validation_alias="CINECOTE_COLLECT_BATCH_ROWS")
    most_rejected: Share = Field(0.25, validation_alias="CINECOTE_COLLECT_MAX_REJECTED")
    most_unknown: Annotated[Mapping[str, float], NoDecode, read_shares] = Field(
        {
            "release_date": 0.5,
            "revenue": 0.98,
            "budget": 0.98,
            "runtime": 0.7,
            "vote_count": 0.7,
            "vote_average": 0.9,
        },
        validation_alias="CINECOTE_COLLECT_MAX_UNKNOWN",
    )
    fewest_rows: int = Field(0, ge=0, validation_alias="CINECOTE_COLLECT_MIN_ROWS")
    least_volume: Share = Field(0.5, validation_alias="CINECOTE_COLLECT_MIN_VOLUME")
    tmdb_token: SecretStr | None = Field(None, validation_alias="TMDB_TOKEN")
    tmdb_terms_accepted: bool = Field(False, validation_alias="TMDB_TERMS_ACCEPTED")
    tmdb_base_url: _Address = Field("https://api.themoviedb.org/3", validation_alias="TMDB_BASE_URL")
    tmdb_requests_per_second: int = Field(35, ge=1, le=1_000, validation_alias="CINECOTE_TMDB_REQUESTS_PER_SECOND")
