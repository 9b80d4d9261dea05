"""What the page reads from the environment."""

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from cinecote.settings import ComponentSettings, Seconds

HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9._\[\]:-]+(/[^\s?#]*)?$")]


class WebSettings(ComponentSettings):
    api_url: HttpAddress = Field("http://127.0.0.1:8000", validation_alias="CINECOTE_API_URL")
    api_timeout: Seconds = Field(5.0, validation_alias="CINECOTE_API_TIMEOUT_S")
    api_key: SecretStr | None = Field(None, validation_alias="CINECOTE_API_KEY")
    secret: Annotated[SecretStr, Field(min_length=32)] | None = Field(None, validation_alias="CINECOTE_WEB_SECRET")
    host: str = Field("127.0.0.1", validation_alias="CINECOTE_WEB_HOST")
    port: int = Field(8080, ge=0, le=65535, validation_alias="CINECOTE_WEB_PORT")
    threads: int = Field(8, ge=1, le=256, validation_alias="CINECOTE_WEB_THREADS")
    mlflow_page: HttpAddress | None = Field(None, validation_alias="CINECOTE_MLFLOW_PAGE_URL")
    grafana_page: HttpAddress | None = Field(None, validation_alias="CINECOTE_GRAFANA_PAGE_URL")
