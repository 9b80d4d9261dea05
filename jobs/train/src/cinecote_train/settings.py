"""What the trainer reads from the environment."""

import os

from pydantic import Field

from cinecote.drift import MAJOR
from cinecote.settings import DatabaseSettings, DriftSettings, LabelSettings, RegistrySettings, Seconds
from cinecote.signature import SigningKey


class TrainSettings(DatabaseSettings, RegistrySettings, LabelSettings, DriftSettings):
    """`held_out` is the share of films that no version trains on; `margin` is the lead that makes an answer certain.

    `drift_threshold` is the population stability index above which `run --if-drifted` trains.
    """

    budget_seconds: Seconds = Field(60.0, validation_alias="CINECOTE_TRAIN_BUDGET_S")
    processes: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, validation_alias="CINECOTE_TRAIN_JOBS")
    held_out: float = Field(0.15, gt=0, lt=0.5, validation_alias="CINECOTE_HELD_OUT")
    margin: float = Field(0.10, ge=0, le=1, validation_alias="CINECOTE_MARGIN")
    drift_threshold: float = Field(MAJOR, gt=0, le=10, validation_alias="CINECOTE_DRIFT_THRESHOLD")
    drift_cool_down_hours: float = Field(12.0, ge=0, le=8760, validation_alias="CINECOTE_DRIFT_COOL_DOWN_H")
    signing_key: SigningKey | None = Field(None, validation_alias="CINECOTE_SIGNING_KEY")

    @property
    def own_key(self) -> str | None:
        """The key that models are signed with."""
        return self.signing_key.get_secret_value() if self.signing_key else None
