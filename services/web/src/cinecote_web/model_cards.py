"""The card of the model that answered, asked for once a version: what it says of a version never changes."""

from cinecote_web.api_answers import ModelCard, ModelVersion
from cinecote_web.api_client import ApiClient
from cinecote_web.moments import When


class ModelCards:
    """The cards of the models that `api` serves, each kept until another version of that model answers."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api
        self._kept: dict[str, ModelCard] = {}

    def of(self, model: ModelVersion, when: When) -> ModelCard:
        """The card of the version that answered, or the champion's where that one is a challenger or just went."""
        kept = self._kept.get(model.name)
        if kept is not None and kept.version == model.version:
            return kept
        card = self._kept[model.name] = self._api.model(when)
        return card
