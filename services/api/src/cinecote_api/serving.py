"""What is being served at this moment."""

from collections import Counter

from cinecote_api.problems import NO_MODEL, unavailable
from cinecote_api.served_model import Reason, ServedModel

ROLE = "champion"
_RETRY_AFTER_S = 5


class Serving:
    """The champion, put in place by one assignment, so that every answer is exactly one version's."""

    def __init__(self) -> None:
        self.champion: ServedModel | None = None
        self.refused: Counter[Reason] = Counter()

    def model(self) -> ServedModel:
        """The champion; Problem 503 while there is none."""
        if self.champion is None:
            raise unavailable(NO_MODEL, "predictions begin when a champion has been promoted", _RETRY_AFTER_S)
        return self.champion
