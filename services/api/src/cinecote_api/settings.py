"""The API's settings."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from cinecote.settings import DatabaseSettings, DriftSettings, LabelSettings, RegistrySettings, Seconds
from cinecote.signature import VerifyKeys
from cinecote_api.access.gate import Networks
from cinecote_api.access.keys import Keys, read_keys

Port = Annotated[int, Field(ge=0, le=65_535)]
Rate = Annotated[float, Field(ge=0, le=1e6)]


class ApiSettings(DatabaseSettings, RegistrySettings, LabelSettings, DriftSettings):
    """What the environment says; port 0 takes a free one."""

    host: str = Field("127.0.0.1", validation_alias="CINECOTE_API_HOST")
    port: Port = Field(8000, validation_alias="CINECOTE_API_PORT")
    database_read_url: SecretStr | None = Field(None, validation_alias="CINECOTE_DATABASE_READ_URL")
    model_dir: Path = Field(Path("var/served"), validation_alias="CINECOTE_MODEL_DIR")
    verify_keys: VerifyKeys | None = Field(None, validation_alias="CINECOTE_VERIFY_KEY")
    registry_poll_s: Seconds = Field(2.0, validation_alias="CINECOTE_REGISTRY_POLL_S")

    # Hashes, so none is a secret; and one that can't be read must not be repeated in an error.
    api_keys: SecretStr = Field(SecretStr(""), validation_alias="CINECOTE_API_KEYS")
    rate_limit_key: Rate = Field(0.0, validation_alias="CINECOTE_RATE_LIMIT_KEY")
    rate_limit_address: Rate = Field(0.0, validation_alias="CINECOTE_RATE_LIMIT_ADDRESS")
    trusted_proxies: str = Field("", validation_alias="CINECOTE_TRUSTED_PROXIES")

    @field_validator("api_keys")
    @classmethod
    def _are_keys(cls, said: SecretStr) -> SecretStr:
        read_keys(said.get_secret_value())
        return said

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, said: str) -> str:
        _networks(said)
        return said

    @property
    def keys(self) -> Keys:
        return read_keys(self.api_keys.get_secret_value())

    @property
    def proxies(self) -> Networks:
        return _networks(self.trusted_proxies)

    @property
    def films_url(self) -> str:
        """Where films are read: with a user of its own that may only read, if there is one."""
        return (self.database_read_url or self.database_url).get_secret_value()


def _networks(said: str) -> Networks:
    return [ip_network(network) for network in said.replace(",", " ").split()]
