"""The registered models: what each is called, what it takes, and what has to be known to ask it."""

from dataclasses import dataclass

from cinecote.features import BUDGET, INPUTS, KNOWN_BEFORE_RELEASE, RUNTIME, Input
from cinecote.registry import BEFORE_RELEASE_NAME, MODEL_NAME


@dataclass(frozen=True, slots=True)
class FilmModel:
    """A registered model; `inputs` is the order of its tensors, and one of `required` must be known to ask it.

    `moment` says of which films it speaks.
    """

    name: str
    moment: str
    inputs: tuple[Input, ...]
    required: tuple[Input, ...]


AFTER_RELEASE = FilmModel(MODEL_NAME, "after the release", INPUTS, INPUTS)
BEFORE_RELEASE = FilmModel(BEFORE_RELEASE_NAME, "before the release", KNOWN_BEFORE_RELEASE, (BUDGET, RUNTIME))

MODELS: tuple[FilmModel, ...] = (AFTER_RELEASE, BEFORE_RELEASE)
