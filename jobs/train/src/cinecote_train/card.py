"""A version's card: what it was made of, by which code, how good it is, and what it can't do."""

from collections.abc import Iterator, Mapping
from typing import Any

from cinecote.models import AFTER_RELEASE, BEFORE_RELEASE, FilmModel
from cinecote.registry import BASELINES, FEATURES, Manifest
from cinecote_train.evaluation import COMPLETE, CROSS_VALIDATION, HELD_OUT, NEWEST
from cinecote_train.scoring import FIGURES, MACRO_F1

LICENCE = "MIT for the code and the model; the films' facts under the terms of their sources"

_MEANT = {
    AFTER_RELEASE.name: "Revenue and votes exist only after the release: it estimates how a released film was "
    "received and foretells nothing.",
    BEFORE_RELEASE.name: "It knows only what exists before the release, which says little: take it for a weak guess, "
    "not for a forecast of a film's worth.",
}
_SETS = {
    CROSS_VALIDATION: "cross-validation",
    COMPLETE: "complete films",
    NEWEST: "newest fifth, after training on older ones",
    HELD_OUT: "held out",
}


def limits(model: FilmModel, data: Mapping[str, Any], metrics: Mapping[str, Any]) -> list[str]:
    """What a person should know before believing the model, a sentence each."""
    told = [
        _MEANT[model.name],
        f"A category is what voters gave, of films with {data['minimum_votes']} votes or more.",
    ]
    if data["first_release"]:
        told.append(f"It was trained on films from {data['first_release']} to {data['last_release']}.")
    if NEWEST in metrics:
        newest, whole = (metrics[name][MACRO_F1]["value"] for name in (NEWEST, CROSS_VALIDATION))
        told.append(f"On films newer than those it learns from, its macro-F1 is {newest:.3f} instead of {whole:.3f}.")
    return told


def markdown(manifest: Manifest) -> str:
    """The card as MLflow shows it."""
    return "\n".join(_lines(manifest)) + "\n"


def _lines(manifest: Manifest) -> Iterator[str]:
    data = manifest.data
    yield f"# {manifest.name}: {manifest.algorithm}, for films {data['moment']}"
    yield f"\nTakes {', '.join(manifest.inputs)}; trained {manifest.trained_at:%Y-%m-%d %H:%M} UTC."
    if features := data.get(FEATURES):
        yield f"\nMakes of them {', '.join(features)}."
    yield "\n## Data"
    sources = ", ".join(f"{name} ({count:,})" for name, count in data["sources"].items())
    yield f"- {data['films']:,} films, {data['complete']:,} of them complete, and {data['held_out']:,} held out"
    yield f"- from {sources}"
    yield f"- {', '.join(f'{count:,} {name}' for name, count in data['categories'].items())}"
    yield f"- released {data['first_release'] or 'unknown'} to {data['last_release'] or 'unknown'}"
    yield f"- sha256 {data['sha256']}"
    yield "\n## Figures, with 95 % intervals"
    yield from _figures(manifest.metrics)
    yield "\n## Limits"
    yield from (f"- {limit}" for limit in data["limits"])
    yield "\n## Origin"
    yield f"- commit {data['commit']}, lock sha256 {data['lock_sha256']}"
    yield f"- graph sha256 {manifest.sha256}"
    yield f"- licence: {data['licence']}"


def _figures(metrics: Mapping[str, Any]) -> Iterator[str]:
    sets = {name: heading for name, heading in _SETS.items() if name in metrics}
    yield f"| | {' | '.join(sets.values())} |"
    yield f"| --- |{' --- |' * len(sets)}"
    for figure in FIGURES:
        cells = (_cell(metrics[name][figure]) for name in sets)
        yield f"| {figure.replace('_', ' ')} | {' | '.join(cells)} |"
    for name, scores in metrics.get(BASELINES, {}).items():
        cells = (_cell(scores[each][MACRO_F1]) for each in sets)
        yield f"| {name.replace('_', ' ')}: macro f1 | {' | '.join(cells)} |"


def _cell(estimate: Mapping[str, float]) -> str:
    return f"{estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f})"
