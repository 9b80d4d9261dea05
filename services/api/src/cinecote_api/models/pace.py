"""How fast a model answers beside another one."""

from time import perf_counter

from cinecote.features import read_film
from cinecote_api.models.graph import Graph, Matrix
from cinecote_api.models.served_model import RefusedModel, ServedModel, rows_of

_ROUNDS = 15
_SECONDS_FOR_ALL = 2.0
_TIMES_SLOWER = 10
# Beside its graph a request takes a tenth of this: below it no graph makes an answer ten times slower (docs/adr/0036).
_SECONDS_THAT_MATTER = 0.001


def check_pace(model: ServedModel, present: ServedModel) -> None:
    """RefusedModel where `model` takes over ten times as long as `present` for its own golden requests, and over 1 ms.

    In alternating rounds, the fastest of one against the fastest of the other: what disturbs a machine for a while
    disturbs both, and a disturbance never makes anything faster.
    """
    films = [read_film(request.inputs) for request in model.manifest.golden]
    new, old = rows_of(model.manifest, films), rows_of(present.manifest, films)
    new_s = old_s = float("inf")
    began = perf_counter()
    for _ in range(_ROUNDS):
        old_s, new_s = min(old_s, _seconds(present.graph, old)), min(new_s, _seconds(model.graph, new))
        if perf_counter() - began > _SECONDS_FOR_ALL:
            break
    if new_s > max(_TIMES_SLOWER * old_s, _SECONDS_THAT_MATTER):
        raise RefusedModel("slow", f"it takes {new_s / old_s:.0f} times as long as version {present.version}")


def _seconds(graph: Graph, rows: Matrix) -> float:
    began = perf_counter()
    graph.run(rows)
    return perf_counter() - began
