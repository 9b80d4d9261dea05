"""The API's settings."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from cinecote.settings import DatabaseSettings, LabelSettings, RegistrySettings, Seconds
from cinecote.signature import VerifyKeys

Port = Annotated[int, Field(ge=0, le=65_535)]


class ApiSettings(DatabaseSettings, RegistrySettings, LabelSettings):
    """What the environment says; port 0 takes a free one."""

    host: str = Field("127.0.0.1", validation_alias="CINECOTE_API_HOST")
    port: Port = Field(8000, validation_alias="CINECOTE_API_PORT")
    database_read_url: SecretStr | None = Field(None, validation_alias="CINECOTE_DATABASE_READ_URL")
    model_dir: Path = Field(Path("var/served"), validation_alias="CINECOTE_MODEL_DIR")
    verify_keys: VerifyKeys | None = Field(None, validation_alias="CINECOTE_VERIFY_KEY")
    registry_poll_s: Seconds = Field(2.0, validation_alias="CINECOTE_REGISTRY_POLL_S")

    @property
    def films_url(self) -> str:
        """Where films are read: with a user of its own that may only read, if there is one."""
        return (self.database_read_url or self.database_url).get_secret_value()
