"""What is told of the registered versions, and of those that are asked for and not served."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

from cinecote.ledger import Entry
from cinecote_api.models.serving import Challenge, Serving
from cinecote_api.registry.registry import ListedVersion

MOST_PROMOTIONS = 200
"""So many of the ledger's entries are listed, the newest."""


def models_told(versions: Iterable[ListedVersion], promotions: Sequence[Entry], serving: Serving) -> dict[str, Any]:
    """What /v1/models answers."""
    return {
        "name": serving.name,
        "versions": [asdict(version) for version in versions],
        "promotions": [{**asdict(entry), "at": entry.at.replace(tzinfo=UTC)} for entry in promotions],
        "refused": [{"role": role, **asdict(refusal)} for role, refusal in list(serving.refusals.items())],
        "traffic": traffic_told(serving.challenge),
    }


def traffic_told(challenge: Challenge) -> dict[str, Any]:
    """What is asked for, who takes it, and, where nobody can, why not."""
    challenger = challenge.challenger
    return {
        **asdict(challenge.traffic),
        "challenger": challenger.version if challenger else None,
        "fault": challenge.fault,
    }
