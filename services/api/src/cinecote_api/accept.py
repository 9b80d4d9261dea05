"""Which of two kinds of answer a request asks for."""

from starlette.requests import Request


def prefers_json(request: Request) -> bool:
    """Whether application/json is asked for by name, and text/csv isn't as much."""
    wanted = {"application/json": 0.0, "text/csv": 0.0}
    for part in ",".join(request.headers.getlist("accept")).split(","):
        name, *parameters = (said.strip().lower() for said in part.split(";"))
        if name in wanted:
            wanted[name] = max(wanted[name], _quality(parameters))
    return wanted["application/json"] > wanted["text/csv"]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
