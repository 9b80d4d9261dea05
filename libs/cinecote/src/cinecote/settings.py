"""Settings from the environment: what several components read, and how each reads its own."""

from typing import Annotated, TypeVar

from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cinecote.exits import UsageError

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
LogFormat = Annotated[str, StringConstraints(pattern="^(auto|json|text)$")]


class ComponentSettings(BaseSettings):
    """The base of each component's Settings; fields are read from the environment alone."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True, env_ignore_empty=True)

    log_level: Annotated[str, StringConstraints(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = Field(
        "INFO", validation_alias="CINECOTE_LOG_LEVEL"
    )
    log_format: LogFormat = Field("auto", validation_alias="CINECOTE_LOG_FORMAT")


class DatabaseSettings(ComponentSettings):
    database_url: SecretStr = Field(SecretStr("sqlite:///var/cinecote.db"), validation_alias="DATABASE_URL")


class WaitSettings(ComponentSettings):
    """For what can begin beside its database: how long a database may take to answer."""

    database_wait: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        0.0, validation_alias="CINECOTE_DATABASE_WAIT_S"
    )


class RegistrySettings(ComponentSettings):
    tracking_uri: SecretStr = Field(SecretStr("sqlite:///var/mlflow.db"), validation_alias="MLFLOW_TRACKING_URI")
    tracking_username: str | None = Field(None, validation_alias="MLFLOW_TRACKING_USERNAME")
    tracking_password: SecretStr | None = Field(None, validation_alias="MLFLOW_TRACKING_PASSWORD")


class LabelSettings(ComponentSettings):
    """What makes a film's category: the api and the trainer must agree."""

    threshold_moyen: float = Field(6.0, ge=0, le=10, validation_alias="CINECOTE_THRESHOLD_MOYEN")
    threshold_bien: float = Field(7.0, ge=0, le=10, validation_alias="CINECOTE_THRESHOLD_BIEN")
    minimum_votes: int = Field(50, ge=0, validation_alias="CINECOTE_MINIMUM_VOTES")


class DriftSettings(ComponentSettings):
    """What counts as asked lately: the api tells the drift of it, and the trainer acts on the same."""

    drift_days: float = Field(7.0, gt=0, le=180, validation_alias="CINECOTE_DRIFT_DAYS")


Settings = TypeVar("Settings", bound=ComponentSettings)


def read_settings(kind: type[Settings]) -> Settings:
    """The component's settings; UsageError names each variable that is missing or unusable, never its value."""
    try:
        return kind()
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in error.errors())
        raise UsageError("; ".join(faults)) from None
