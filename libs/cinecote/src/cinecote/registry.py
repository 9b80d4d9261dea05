"""The registry's names, and the manifest that goes with each served graph."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from cinecote.films import Category

MODEL_NAME = "film-category"
BEFORE_RELEASE_NAME = "film-category-avant-sortie"
"""The model that is asked about films before their release: it takes what is known then."""

MODEL_NAMES = (MODEL_NAME, BEFORE_RELEASE_NAME)

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
EXPERIMENT = "film-category"

MANIFEST_FILE = "manifest.json"
GRAPH_FILE = "model.onnx"
SIGNATURE_FILE = "manifest.json.sig"
"""Beside the manifest where the model was signed (see cinecote.signature)."""

ARTIFACT_FOLDER = "model"
"""The folder of a run's artifacts that a version's source points to."""

SHA256_TAG = "sha256"
"""Tag of a registered version: the digest of its graph."""

MODEL_TAG = "cinecote.model"
"""Tag of a run: the model that it tries to make a version of."""

VERSION_TAG = "cinecote.version"
"""Tag of a run, beside SHA256_TAG, where a server has no registry: the number of the version that it made."""

CHAMPION_TAG = "cinecote.champion."
"""With the model's name, a tag of the experiment, where a server has no registry: the number of the champion."""

TRAFFIC_TAG = "cinecote.traffic"
"""Tag of the registered model: what of the requests goes to the challenger, as the api writes it."""

GRAPH_INPUT = "films"
"""FP64 [n, inputs] in the order of the manifest's `inputs`; NaN is unknown."""

GRAPH_OUTPUT = "probabilities"
"""FP64 [n, 3] in the order of CATEGORIES."""

GOLDEN_TOLERANCE = 1e-5
"""How far a graph's answer to a golden request may be from the one in its manifest."""

BACKGROUND_ROWS = 32
MOST_FILES = 32

MINIMUM_VOTES = "minimum_votes"
"""Member of a manifest's `data`: with fewer votes a film has no category, and isn't counted."""

HELD_OUT_SHARE = "held_out_share"
"""Member of a manifest's `data`: of how many films no version trains (see films.is_held_out)."""

FEATURES = "features"
"""Member of a manifest's `data`: the names of what the model makes of its inputs; older versions have none."""

BASELINES = "baselines"
"""Member of a manifest's `metrics`: the same scores of each baseline, by its name."""

Row = list[FiniteFloat | None]
Probabilities = dict[Category, Annotated[float, Field(ge=0, le=1)]]


class BrokenModel(ValueError):
    """A model that must not be served; the message says why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelThresholds(_Part):
    moyen: FiniteFloat
    bien: FiniteFloat


class GoldenRequest(_Part):
    """A film's inputs, unknown ones null, and the probabilities that the graph must answer."""

    inputs: dict[str, FiniteFloat | None]
    probabilities: Probabilities


class Histogram(_Part):
    """Known training values of one input between `edges`, and how many were unknown."""

    edges: list[FiniteFloat]
    counts: list[int]
    unknown: int


class Manifest(_Part):
    """What a served graph is: how to ask it, what it was made of, how good it was found to be."""

    name: str
    algorithm: str
    trained_at: datetime
    run_id: str
    inputs: Annotated[list[str], Field(min_length=1)]
    thresholds: ModelThresholds
    margin: Annotated[float, Field(ge=0, le=1)]
    data: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]
    golden: Annotated[list[GoldenRequest], Field(min_length=1)]
    background: Annotated[list[Row], Field(max_length=BACKGROUND_ROWS)]
    histograms: dict[str, Histogram]
    files: Annotated[dict[str, str], Field(max_length=MOST_FILES)]

    @property
    def sha256(self) -> str:
        """The digest of the graph, which names the model."""
        return self.files[GRAPH_FILE]


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`, every file that it names checked; BrokenModel where something is missing or changed."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except OSError:
        raise BrokenModel("manifest missing") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise BrokenModel(f"manifest unusable: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    if GRAPH_FILE not in manifest.files:
        raise BrokenModel(f"the manifest names no {GRAPH_FILE}")
    for name, expected in manifest.files.items():
        _check_file(folder, name, expected)
    return manifest


def _check_file(folder: Path, name: str, expected: str) -> None:
    if Path(name).name != name:
        raise BrokenModel("the manifest names a file outside its folder")
    try:
        content = (folder / name).read_bytes()
    except OSError:
        raise BrokenModel(f"{name} missing") from None
    if digest(content) != expected:
        raise BrokenModel(f"{name} changed: its sha256 is not the manifest's")
