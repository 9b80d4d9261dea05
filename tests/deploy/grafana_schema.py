"""Whether Grafana would take a dashboard: read by the model that Grafana publishes, with what that model declares."""

import enum
import json
from functools import singledispatch
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from grafana_foundation_sdk.cog import runtime
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel


def faults(dashboard: dict[str, Any]) -> list[str]:
    """What Grafana's model doesn't know, takes for something else, or drops of `dashboard`."""
    register_default_plugins()
    read = Dashboard.from_json(dashboard)
    written = json.loads(json.dumps(read, cls=JSONEncoder))
    return [*_misfits(read, Dashboard, ""), *(f"{where}: dropped" for where in _lost(dashboard, written))]


def _misfits(value: object, expected: Any, where: str) -> list[str]:
    """Where `value` holds something of another kind than is declared there."""
    if hasattr(value, "to_json"):
        return _unknown(value, where) + _misfits_of_members(value, where)
    if get_origin(expected) in (Union, UnionType):
        found = [_misfits(value, each, where) for each in get_args(expected)]
        return [] if [] in found else found[0]
    if get_origin(expected) is list and isinstance(value, list):
        (of,) = get_args(expected)
        return [fault for number, each in enumerate(value) for fault in _misfits(each, of, f"{where}/{number}")]
    if get_origin(expected) is dict and isinstance(value, dict):
        _, of = get_args(expected)
        return [fault for key, each in value.items() for fault in _misfits(each, of, f"{where}/{key}")]
    return [] if _is_a(value, expected) else [f"{where}: {value!r} is no {expected}"]


def _misfits_of_members(value: object, where: str) -> list[str]:
    hints = get_type_hints(type(value))
    return [fault for name, hint in hints.items() for fault in _misfits(getattr(value, name), hint, f"{where}/{name}")]


@singledispatch
def _unknown(_value: object, _where: str) -> list[str]:
    """What the model keeps as it is because it knows nothing of it."""
    return []


@_unknown.register
def _(panel: Panel, where: str) -> list[str]:
    return [] if runtime.panelcfg_config(panel.type_val) else [f"{where}: no panel is a {panel.type_val!r}"]


@_unknown.register
def _(query: runtime.UnknownDataquery, where: str) -> list[str]:
    return [f"{where}: a query of no known kind: {query.data}"]


def _is_a(value: object, expected: Any) -> bool:
    if expected in (Any, object):
        return True
    if get_origin(expected) is Literal:
        return value in get_args(expected)
    if isinstance(expected, type) and issubclass(expected, enum.Enum):
        return value in [member.value for member in expected]
    kind = get_origin(expected) or expected or NoneType
    numbers = int | float if kind is float else kind
    return isinstance(value, numbers) and (kind is bool or not isinstance(value, bool))


def _lost(ours: object, theirs: object, where: str = "") -> list[str]:
    """What of `ours` isn't in `theirs`, which may hold more."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        missing = [f"{where}/{key}" for key in ours.keys() - theirs.keys()]
        both = [_lost(ours[key], theirs[key], f"{where}/{key}") for key in ours.keys() & theirs.keys()]
        return sum(both, missing)
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = zip(ours, theirs, strict=True)
        return [fault for number, pair in enumerate(pairs) for fault in _lost(*pair, f"{where}/{number}")]
    return [] if ours == theirs else [where]
