"""The searches of a comparison, and what a memory knows of them: a run that was killed leaves there what it found."""

import json
import platform
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Protocol

import cinecote
import cinecote_train
from cinecote_train.algorithms import Algorithm
from cinecote_train.dataset import Films
from cinecote_train.search import Effort, Fitted, Searched


class Memory(Protocol):
    """Keeps what searches came to, by their fingerprints."""

    def get(self, fingerprint: str, /) -> Searched | None: ...
    def __setitem__(self, fingerprint: str, searched: Searched, /) -> None: ...


class Searches:
    """By algorithm and split: the searches' fingerprints, and in `found` what is known of them already."""

    def __init__(self, memory: Memory, effort: Effort, seed: int) -> None:
        self._memory = memory
        self._effort = effort
        self._seed = seed
        self._fingerprints: dict[tuple[str, str], str] = {}
        self.found: dict[tuple[str, str], Searched] = {}

    def look_up(self, algorithms: Sequence[Algorithm], split: str, seen: Films) -> None:
        """What is known of each algorithm's search on the films that a split sees."""
        films = [seen.sha256, [wanted.name for wanted in seen.model.inputs]]
        for algorithm in (each for each in algorithms if each.space):
            place = algorithm.name, split
            self._fingerprints[place] = fingerprint(algorithm, films, self._effort, self._seed)
            if known := self._memory.get(self._fingerprints[place]):
                self.found[place] = known

    def keep(self, split: str, fitted: Fitted) -> None:
        """Have the memory keep what a search came to, where it doesn't know."""
        place = fitted.algorithm, split
        if place in self._fingerprints and place not in self.found:
            self._memory[self._fingerprints[place]] = fitted.searched


def fingerprint(algorithm: Algorithm, films: Any, effort: Effort, seed: int) -> str:
    """Hex digest of all that a search depends on; the same in another process of the same code on the same machine."""
    space = {name: _told(values) for name, values in algorithm.space.items()}
    told = [_made_by(), algorithm.name, space, films, vars(effort), seed]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _told(values: Any) -> str:
    """The values that a hyperparameter may have: a list of them, or a distribution, whose repr is an address."""
    return repr(values if isinstance(values, Sequence) else (values.dist.name, values.args, values.kwds))


@cache
def _made_by() -> str:
    """Our own code, which a commit doesn't tell of a work tree with changes, every library, and the processor."""
    state = sha256()
    for package in (cinecote, cinecote_train):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            state.update(path.read_bytes())
    libraries = sorted(f"{each.name} {each.version}" for each in distributions())
    state.update("\n".join([platform.python_version(), platform.machine(), *libraries]).encode())
    return state.hexdigest()
