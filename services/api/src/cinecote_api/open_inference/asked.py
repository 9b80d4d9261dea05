"""Which model, and which version of it, a request's path names."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from cinecote_api.open_inference.models import OpenModel, open_model
from cinecote_api.problems import NOT_FOUND, Problem
from cinecote_api.served_model import ServedModel
from cinecote_api.serving import Served, Serving

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Asked:
    """A model that is served, and the version that alone may answer, where the path names one."""

    model: OpenModel
    version: str | None
    serving: Serving

    @property
    def versions(self) -> list[str]:
        """Those that can be asked for, the champion's first."""
        return list(dict.fromkeys(served.model.version for served in self.serving.in_place()))

    def answer(self, request_id: str, work: Callable[[ServedModel], Answer]) -> tuple[Served, Answer]:
        """Who answered, and what `work` gave with that model; Problem 404 or 503 where there is none such by now."""
        if self.version is None:
            return self.serving.answer(request_id, work)
        for served in self.serving.in_place():
            if served.model.version == self.version:
                return served, work(served.model)
        raise _no_version()


def asked(request: Request, serving: Serving) -> Asked:
    """What the request's path names; Problem 404 or 503 where there is none such."""
    found = Asked(open_model(request.path_params["model"]), request.path_params.get("version"), serving)
    serving.model()
    if found.version is not None and found.version not in found.versions:
        raise _no_version()
    return found


def _no_version() -> Problem:
    return Problem(NOT_FOUND, "this version of the model is not served")
