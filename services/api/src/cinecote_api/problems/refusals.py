"""Problems in the words of what was asked: the Open Inference Protocol has an error of its own."""

import msgspec
from starlette.responses import Response

from cinecote.features import InvalidFilm
from cinecote_api.problems.problems import LARGEST_ANSWER, Problem, invalid_input

_PROTOCOL = "/v2"


def refusal(path: str, fault: Problem | InvalidFilm) -> Response:
    """The answer that tells a request to `path` why there is no other."""
    problem = invalid_input(fault.faults) if isinstance(fault, InvalidFilm) else fault
    if path != _PROTOCOL and not path.startswith(f"{_PROTOCOL}/"):
        return problem.response()
    body = msgspec.json.encode({"error": _told(problem)})
    return Response(body, problem.kind.status, problem.headers, "application/json")


def _told(problem: Problem) -> str:
    faults = "; ".join(f"{fault.pointer} {fault.detail}".strip() for fault in problem.faults)
    # JSON escapes make a character up to six times as long.
    return (faults or problem.detail)[: LARGEST_ANSWER // 8]
