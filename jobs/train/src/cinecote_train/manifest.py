"""The folder that is registered: the graph and its manifest."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from cinecote.registry import (
    BASELINES,
    FEATURES,
    GRAPH_FILE,
    HELD_OUT_SHARE,
    MANIFEST_FILE,
    MINIMUM_VOTES,
    SIGNATURE_FILE,
    Manifest,
    ModelThresholds,
    digest,
    read_manifest,
)
from cinecote.signature import sign
from cinecote_train.arrays import Floats
from cinecote_train.card import LICENCE, limits
from cinecote_train.dataset import Films, counted
from cinecote_train.evaluation import Scores
from cinecote_train.provenance import provenance
from cinecote_train.reference import background, golden_requests, histograms
from cinecote_train.serving import ServedGraph
from cinecote_train.settings import TrainSettings

_LIBRARIES = ("cinecote", "cinecote-train", "lightgbm", "numpy", "onnx", "onnxruntime", "scikit-learn")


@dataclass(frozen=True)
class Made:
    """A model that may be served: where it came from, its graph, its scores and the baselines', the films behind it.

    `features` names what it makes of a film's inputs. `out_of_fold` is [training, categories], what models that never
    saw a training film answered to it. `beside` are the files that go with the graph, by name.
    """

    algorithm: str
    features: Sequence[str]
    run_id: str
    graph: bytes
    scores: Scores
    baselines: Mapping[str, Scores]
    training: Films
    held_out: Films
    out_of_fold: Floats
    seconds_a_prediction: float
    beside: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def files(self) -> Mapping[str, bytes]:
        """All that the manifest vouches for, by name."""
        return {GRAPH_FILE: self.graph, **self.beside}

    @property
    def sha256(self) -> str:
        return digest(self.graph)


def describe(made: Made, settings: TrainSettings) -> Manifest:
    """The manifest of `made`."""
    graph = ServedGraph(made.graph)
    model, inputs = made.training.model, made.training.inputs
    metrics = as_json(made.scores) | {BASELINES: {name: as_json(scores) for name, scores in made.baselines.items()}}
    return Manifest(
        name=model.name,
        algorithm=made.algorithm,
        trained_at=datetime.now(UTC),
        run_id=made.run_id,
        inputs=[wanted.name for wanted in model.inputs],
        thresholds=ModelThresholds(moyen=settings.threshold_moyen, bien=settings.threshold_bien),
        margin=settings.margin,
        data=_whole_card(made, settings, metrics),
        metrics=metrics,
        versions=_versions(),
        golden=golden_requests(inputs, graph, model),
        background=background(inputs, graph.probabilities(inputs)),
        histograms=histograms(inputs, model.inputs),
        files={name: digest(content) for name, content in made.files.items()},
    )


def _versions() -> dict[str, str]:
    # XGBoost's own word: its package has another name where it comes without what a GPU needs.
    named = {name: version(name) for name in _LIBRARIES}
    return {"python": platform.python_version(), **named, "xgboost": xgboost.__version__}


def _whole_card(made: Made, settings: TrainSettings, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The data's card with what else its reader should know: the code behind it, limits, licence."""
    model, origin = made.training.model, provenance()
    told = data_card(made.training, made.held_out) | {MINIMUM_VOTES: settings.minimum_votes}
    return told | {
        HELD_OUT_SHARE: settings.held_out,
        FEATURES: list(made.features),
        "moment": model.moment,
        "limits": limits(model, told, metrics),
        "licence": LICENCE,
        "commit": origin.commit,
        "lock_sha256": origin.lock_sha256,
    }


def write_model(folder: Path, made: Made, manifest: Manifest, key: str | None = None) -> None:
    """Put all its files into `folder`, and with a key the signature; BrokenModel where they can't be read back."""
    folder.mkdir(parents=True)
    for name, content in made.files.items():
        (folder / name).write_bytes(content)
    said = manifest.model_dump_json(indent=1).encode()
    (folder / MANIFEST_FILE).write_bytes(said)
    if key:
        (folder / SIGNATURE_FILE).write_bytes(sign(said, key))
    read_manifest(folder)


def data_card(training: Films, held_out: Films) -> dict[str, Any]:
    """What the model was made of; dates are ISO, None where no film has one."""
    dated = training.release_dates[~np.isnat(training.release_dates)]
    return {
        "films": len(training),
        "complete": int(training.complete.sum()),
        "categories": training.category_counts,
        "held_out": len(held_out),
        "sources": counted(training.sources),
        "vote_maps": counted(training.vote_maps),
        "first_release": str(dated.min()) if dated.size else None,
        "last_release": str(dated.max()) if dated.size else None,
        "sha256": training.sha256,
    }


def as_json(scores: Scores) -> dict[str, Any]:
    """Each figure as value, low and high, by set and name."""
    return {name: {figure: estimate.as_json() for figure, estimate in of.items()} for name, of in scores.items()}


def flat(scores: Scores) -> Mapping[str, float]:
    """The same figures under names such as `complete.macro_f1` and `complete.macro_f1_low`."""
    return {
        f"{name}.{figure}{suffix}": value
        for name, of in scores.items()
        for figure, estimate in of.items()
        for suffix, value in (("", estimate.value), ("_low", estimate.low), ("_high", estimate.high))
    }
