"""A model that was found fit to serve."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from cinecote.features import ACCEPTED, KNOWN_BEFORE_RELEASE, Input, InvalidFilm, read_film
from cinecote.films import CATEGORIES
from cinecote.registry import (
    BEFORE_RELEASE_NAME,
    GOLDEN_TOLERANCE,
    GRAPH_FILE,
    MANIFEST_FILE,
    MODEL_NAME,
    SIGNATURE_FILE,
    BrokenModel,
    GoldenRequest,
    Manifest,
    read_manifest,
)
from cinecote.signature import is_signed
from cinecote_api.models.carried_report import CarriedReport, read_report
from cinecote_api.models.graph import Graph, Matrix
from cinecote_api.predictions.prediction import One, decide_one

Reason = Literal["artifacts", "files", "signature", "manifest", "graph", "answers", "slow"]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a model is refused: it can't be had, isn't what was registered, isn't signed by a key that counts, asks for other
inputs, can't run, is wrong, or is far slower than the present one."""

ACCEPTED_BY: Mapping[str, Sequence[Input]] = {MODEL_NAME: ACCEPTED, BEFORE_RELEASE_NAME: KNOWN_BEFORE_RELEASE}
"""By a model's name, what it may be told of a film; a version may use less."""

_ACCEPTED = {accepted.name: accepted for accepted in ACCEPTED}
_PLACES = {name: place for place, name in enumerate(_ACCEPTED)}
_SUM_TOLERANCE = 1e-6


class RefusedModel(BrokenModel):
    """A model that must not be served, and the kind of reason for it."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One version, whole: its answers come from nothing else."""

    version: str
    manifest: Manifest
    graph: Graph
    report: CarriedReport | None = None
    """What it brings of its comparison; older versions bring nothing."""
    places: tuple[int, ...] = field(init=False)
    """Where in ACCEPTED the graph's inputs stand."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", tuple(_PLACES[name] for name in self.manifest.inputs))

    @property
    def name(self) -> str:
        return self.manifest.name

    def predict_one(self, film: Sequence[float]) -> One:
        """The prediction for a film whose values are in the order of ACCEPTED, NaN unknown."""
        return decide_one(self.graph.run_one([film[place] for place in self.places]), self.manifest.margin)

    def probabilities(self, films: Matrix) -> Matrix:
        """The probabilities [n, 3] of films [n, 5] in the order of ACCEPTED, NaN unknown.

        ArithmeticError where they are none: a model that passed every check may still fail on a film.
        """
        if not len(films):
            return np.empty((0, len(CATEGORIES)))
        answers = self.graph.run(np.ascontiguousarray(films[:, self.places]))
        if np.isnan(answers).any():
            raise ArithmeticError("the graph answers with NaN")
        return answers


def load_model(folder: Path, version: str, verify_keys: str | None = None, name: str = MODEL_NAME) -> ServedModel:
    """The version of `name` in `folder`, once its files, graph and answers are found right; RefusedModel otherwise.

    With public keys, its signature comes first: nothing of what isn't signed is looked at.
    """
    check_signature(folder, verify_keys)
    try:
        manifest = read_manifest(folder)
    except BrokenModel as fault:
        raise RefusedModel("files", str(fault)) from None
    _check_manifest(manifest, name)
    try:
        graph = Graph(folder / GRAPH_FILE, len(manifest.inputs))
    except BrokenModel as fault:
        raise RefusedModel("graph", str(fault)) from fault
    model = ServedModel(version, manifest, graph, read_report(folder, manifest))
    _check_answers(model)
    return model


def check_signature(folder: Path, verify_keys: str | None) -> None:
    """RefusedModel where there are keys and none of them signed the manifest."""
    if verify_keys is None:
        return
    try:
        content, signature = (folder / MANIFEST_FILE).read_bytes(), (folder / SIGNATURE_FILE).read_bytes()
    except FileNotFoundError as missing:
        raise RefusedModel("signature", f"{Path(missing.filename).name} missing") from None
    if not is_signed(content, signature, verify_keys):
        raise RefusedModel("signature", "the manifest is not signed by CINECOTE_VERIFY_KEY's private key")


def rows_of(manifest: Manifest, films: Sequence[Mapping[str, float]]) -> Matrix:
    return np.array([[film[name] for name in manifest.inputs] for film in films], dtype=np.float64)


def _check_manifest(manifest: Manifest, name: str) -> None:
    if manifest.name != name:
        raise RefusedModel("manifest", f"the manifest is not one of {name}")
    accepted = [it.name for it in ACCEPTED_BY[name]]
    if len(set(manifest.inputs)) < len(manifest.inputs) or not set(accepted) >= set(manifest.inputs):
        raise RefusedModel("manifest", f"the model's inputs are not among {', '.join(accepted)}, once each")
    for request in manifest.golden:
        if set(request.probabilities) != set(CATEGORIES):
            raise RefusedModel("manifest", "a golden request lacks a category")


def _check_answers(model: ServedModel) -> None:
    """Every golden request answered as its manifest says, and every corner of the inputs with probabilities."""
    try:
        golden = [read_film(request.inputs) for request in model.manifest.golden]
        corners = _corners(model.manifest.inputs)
        known = rows_of(model.manifest, golden)
        answers = model.graph.run(np.vstack([known, corners]))
        alone = np.array([model.graph.run_one(row) for row in known.tolist()])
    except InvalidFilm as fault:
        raise RefusedModel("manifest", f"a golden request is no request: {fault}") from None
    except Exception as fault:  # whatever the runtime's native code fails with
        raise RefusedModel("graph", f"the graph can't be run: {type(fault).__name__}") from fault
    if answers.shape != (len(golden) + len(corners), len(CATEGORIES)) or not _are_probabilities(answers):
        raise RefusedModel("answers", "the graph answers with something else than probabilities")
    expected = _expected(model.manifest.golden)
    # A film by itself goes another way through the runtime.
    if not all(np.allclose(said, expected, 0, GOLDEN_TOLERANCE) for said in (answers[: len(golden)], alone)):
        raise RefusedModel("answers", "a golden request is not answered as in training")


def _corners(inputs: Sequence[str]) -> Matrix:
    """Every combination of unknown, smallest and largest values, but for nothing known."""
    ends = [(math.nan, _ACCEPTED[name].minimum, _ACCEPTED[name].maximum) for name in inputs]
    return np.array(list(itertools.product(*ends))[1:], dtype=np.float64)


def _expected(golden: Sequence[GoldenRequest]) -> Matrix:
    return np.array([[request.probabilities[category] for category in CATEGORIES] for request in golden])


def _are_probabilities(answers: Matrix) -> bool:
    return bool(
        np.isfinite(answers).all()
        and (answers >= 0).all()
        and (answers <= 1).all()
        and (np.abs(answers.sum(axis=1) - 1) <= _SUM_TOLERANCE).all()
    )
