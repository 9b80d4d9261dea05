"""What the MLflow server reads from the environment."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from cinecote.settings import ComponentSettings, WaitSettings

Hosts = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:*,\[\]-]+$")]


class MlflowSettings(WaitSettings, ComponentSettings):
    """`allowed_hosts` are the names that clients may ask for it by, with `*` for any part; port and all."""

    store_uri: SecretStr = Field(SecretStr("sqlite:///var/mlflow.db"), validation_alias="MLFLOW_BACKEND_STORE_URI")
    artifacts: str = Field("var/artifacts", min_length=1, validation_alias="MLFLOW_ARTIFACTS_DESTINATION")
    allowed_hosts: Hosts = Field("localhost:*,127.0.0.1:*", validation_alias="MLFLOW_SERVER_ALLOWED_HOSTS")
    host: str = Field("127.0.0.1", validation_alias="CINECOTE_MLFLOW_HOST")
    port: int = Field(5000, ge=1, le=65_535, validation_alias="CINECOTE_MLFLOW_PORT")
    workers: int = Field(1, ge=1, le=16, validation_alias="CINECOTE_MLFLOW_WORKERS")
