"""Writes what the chart says of its values, from values.yaml: README.md and the closed values.schema.json.

A comment `# -- …` above a key documents it; `# @schema {…}` adds to what its default tells of its type.
python helm/reference.py helm/cinecote
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_DOCUMENTED = re.compile(r"#\s*-- (.*)")
_REFINED = re.compile(r"#\s*@schema (.*)")
# Kubernetes' own vocabulary or the user's: what is in them isn't ours to close.
_OPEN = {"annotations", "labels", "resources"}


@dataclass(frozen=True)
class Value:
    """A key of values.yaml with its default; `about` is empty for a key that only groups others."""

    path: tuple[str, ...]
    default: Any
    about: str
    refined: dict[str, Any]


def read_values(text: str) -> list[Value]:
    """Every documented or grouping key, in the file's order; ValueError for a leaf that nothing is said of."""
    root = yaml.compose(text)
    lines = text.splitlines()
    values = list(_walk(root, (), lines))
    for value in values:
        if not value.about and not _groups(value):
            raise ValueError(f"{'.'.join(value.path)} has no description")
    return values


def _walk(node: yaml.Node | None, path: tuple[str, ...], lines: list[str]) -> Iterator[Value]:
    if not isinstance(node, yaml.MappingNode):
        return
    for key, below in node.value:
        about, refined = _comments(lines, key.start_mark.line)
        value = Value((*path, key.value), _plain(below), about, refined)
        yield value
        if _groups(value):
            yield from _walk(below, value.path, lines)


def _plain(node: yaml.Node) -> Any:
    return yaml.safe_load(yaml.serialize(node))


def _groups(value: Value) -> bool:
    return isinstance(value.default, dict) and bool(value.default) and value.path[-1] not in _OPEN


def _comments(lines: list[str], line: int) -> tuple[str, dict[str, Any]]:
    above: list[str] = []
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
        above.insert(0, lines[line].strip())
    about = next((found[1] for comment in above if (found := _DOCUMENTED.match(comment))), "")
    refined: dict[str, Any] = next(
        (json.loads(found[1]) for comment in above if (found := _REFINED.match(comment))), {}
    )
    return about, refined


def schema(values: list[Value]) -> dict[str, Any]:
    """JSON Schema that refuses every key that values.yaml doesn't have."""
    root: dict[str, Any] = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Made by `make render` of values.yaml.",
        "type": "object",
        "additionalProperties": False,
        # Helm gives it to every chart.
        "properties": {"global": {"type": "object"}},
    }
    for value in values:
        place = root
        for name in value.path[:-1]:
            place = place["properties"][name]
        place["properties"][value.path[-1]] = _described(value)
    return root


def _described(value: Value) -> dict[str, Any]:
    if _groups(value):
        return {"type": "object", "additionalProperties": False, "properties": {}}
    kinds: dict[type, dict[str, Any]] = {
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        str: {"type": "string"},
        list: {"type": "array"},
        dict: {"type": "object"},
        type(None): {},
    }
    return {"description": value.about} | kinds[type(value.default)] | value.refined


def table(values: list[Value]) -> str:
    """The README's table, one row a value."""
    rows = ["| value | default | what it is for |", "| --- | --- | --- |"]
    for value in values:
        if not _groups(value):
            default = json.dumps(value.default, ensure_ascii=False)
            rows.append(f"| `{'.'.join(value.path)}` | `{default}` | {value.about} |")
    return "\n".join(rows)


def write(chart: Path) -> None:
    values = read_values((chart / "values.yaml").read_text())
    (chart / "values.schema.json").write_text(json.dumps(schema(values), indent=1, ensure_ascii=False) + "\n")
    text = (chart / "README.md.in").read_text()
    (chart / "README.md").write_text(text.replace("{{values}}", table(values)))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
