"""What a manifest shows of the training films: rows to compare with, rows to check answers by, histograms."""

from collections.abc import Iterator, Sequence

import numpy as np

from cinecote.films import CATEGORIES
from cinecote.models import FilmModel
from cinecote.registry import BACKGROUND_ROWS, GoldenRequest, Histogram
from cinecote_train.arrays import Floats
from cinecote_train.estimators.feature_sets import Inputs
from cinecote_train.serving import ServedGraph

_BINS = 10
_GOLDEN_COMPLETE = 3


def background(inputs: Floats, probabilities: Floats) -> list[list[float | None]]:
    """At most BACKGROUND_ROWS films spread evenly from the least to the most promising.

    Their mean answer is then close to that of all the films, which a few drawn at random would miss.
    """
    order = _by_promise(inputs, probabilities)
    return [_row(inputs[film]) for film in order[_spread(len(order), BACKGROUND_ROWS)]]


def golden_requests(inputs: Floats, graph: ServedGraph, model: FilmModel) -> list[GoldenRequest]:
    """Complete films, one with each input unknown, one with each that suffices alone, and the graph's answers."""
    complete = inputs[~np.isnan(inputs).any(axis=1)]
    order = _by_promise(complete, graph.probabilities(complete))
    shown = complete[order[_spread(len(order), _GOLDEN_COMPLETE)]]
    asked = np.vstack([shown, *_partly_known(shown[len(shown) // 2], model)])
    return [
        GoldenRequest(
            inputs=dict(zip((wanted.name for wanted in model.inputs), _row(film), strict=True)),
            probabilities=dict(zip(CATEGORIES, answer.tolist(), strict=True)),
        )
        for film, answer in zip(asked, graph.probabilities(asked), strict=True)
    ]


def histograms(inputs: Floats, wanted: Inputs) -> dict[str, Histogram]:
    """By input: the known values between their deciles, and how many are unknown."""
    return {each.name: _histogram(column) for each, column in zip(wanted, inputs.T, strict=True)}


def _by_promise(inputs: Floats, probabilities: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Indices by rising expected category; ties by the inputs, so that the films' order doesn't matter."""
    promise = probabilities @ np.arange(len(CATEGORIES))
    keys = np.column_stack([promise, np.nan_to_num(inputs, nan=-1.0)])
    return np.lexsort(keys.T[::-1])


def _spread(films: int, wanted: int) -> Sequence[int]:
    """The middles of `wanted` equal parts of `films` places."""
    parts = min(films, wanted)
    return [(2 * part + 1) * films // (2 * parts) for part in range(parts)]


def _partly_known(film: Floats, model: FilmModel) -> Iterator[Floats]:
    for place, wanted in enumerate(model.inputs):
        alone = np.arange(len(film)) == place
        yield np.where(alone, np.nan, film)
        if wanted in model.required:
            yield np.where(alone, film, np.nan)


def _row(film: Floats) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in film]


def _histogram(column: Floats) -> Histogram:
    known = column[~np.isnan(column)]
    if not known.size:
        return Histogram(edges=[], counts=[], unknown=len(column))
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)))
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    counts, _ = np.histogram(known, edges)
    return Histogram(edges=edges.tolist(), counts=counts.tolist(), unknown=int(len(column) - known.size))
