"""The drift of what is asked from what a served model was trained on."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cinecote.drift import Drift, measure
from cinecote_api.measuring.patient_reader import PatientReader
from cinecote_api.models.served_model import ServedModel


@dataclass(frozen=True, slots=True)
class MeasuredDrift:
    """A drift, the model that it is of, and when it was measured."""

    model: ServedModel
    drift: Drift
    days: float
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


class DriftMeasure:
    """Measures the drift of the films that were asked about in the last `days`."""

    def __init__(self, reader: PatientReader, days: float) -> None:
        self._reader = reader
        self._days = days

    async def __call__(self, model: ServedModel) -> MeasuredDrift:
        """The drift of `model`; DatabaseAway where what was asked can't be read."""
        asked = await self._reader.asked(model.name, self._days)
        drift = await asyncio.to_thread(measure, model.manifest, model.version, asked)
        return MeasuredDrift(model, drift, self._days)
