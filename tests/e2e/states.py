"""What a panel shows that needn't move while it is looked at: what the release itself says about the same thing."""

import json
from collections.abc import Callable
from typing import Any

from .release import Release

Holds = Callable[[dict[str, str], float], bool]


def known_states(release: Release) -> dict[str, Holds]:
    """By panel, whether a series with these labels may stand at this value all along."""
    return _of_service() | champion_states(release) | _of_data(release) | _of_resources()


def _of_service() -> dict[str, Holds]:
    return {
        "Ready": lambda _, value: value == 1,
        "Instances up": lambda _, value: value >= 2,
        "Ready and up": lambda _, value: value >= 2,
        "Errors": lambda _, value: value == 0,
        "Requests shed": lambda _, value: value == 0,
        # Films are asked for in other stories while MySQL is away, and then alone.
        "Errors by route": lambda labels, value: value == 0 or (value == 1 and labels["route"] == "/v1/films"),
    }


def champion_states(release: Release) -> dict[str, Holds]:
    """The same, of the champion of this moment alone."""
    card = json.loads(release.read("api", "/v1/model"))
    metrics: dict[str, Any] = card["metrics"]
    baselines = metrics.pop("baselines")
    scores = {f"{films}_{name}": told["value"] for films, kinds in metrics.items() for name, told in kinds.items()}
    beside = {name: told["complete"]["macro_f1"]["value"] for name, told in baselines.items()}
    own = scores["complete_macro_f1"]
    return {
        "Champion": lambda labels, value: (labels["version"], value) == (card["version"], 1),
        "Macro-F1": lambda _, value: value == own,
        "Lead over the best baseline": lambda _, value: abs(value - (own - max(beside.values()))) < 1e-9,
        "Champion beside its baselines": lambda labels, value: (
            value == ({"champion": own} | beside)[labels["baseline"]]
        ),
        "Champion's scores": lambda labels, value: value == scores[labels["metric"]],
        "Drift: stability index": lambda _, value: value >= 0,
        "Drift: distance": lambda _, value: 0 <= value <= 1,
        "Live scores": lambda _, value: value >= 0,
        "Films behind the live scores": lambda _, value: value >= 0,
        "Models refused": lambda _, value: value == 0,
        # Nobody has set any traffic: the champion's own rate is what moves.
        "Challenger beside the champion": lambda _, value: value == 0,
        "What came of the challenger": lambda _, value: value == 0,
    }


def _of_data(release: Release) -> dict[str, Holds]:
    films = {source: int(n) for source, n in release.sql("SELECT source, COUNT(*) FROM cinecote.films GROUP BY source")}
    run = "SELECT counts FROM cinecote.job_runs WHERE job = '{}' AND status = 'succeeded' ORDER BY id DESC LIMIT 1"
    counts = {job: json.loads(release.sql(run.format(job))[0][0]) for job in ("collect", "purge", "train")}
    return {
        "Database": lambda _, value: value == 1,
        "Database, as each api sees it": lambda _, value: value == 1,
        "Films": lambda _, value: value == sum(films.values()),
        "Films by source": lambda labels, value: value == films[labels["source"]],
        "Last run": lambda _, value: value == 1,
        "How runs ended": lambda _, value: value == 1,
        "Rows of the last collecting": lambda labels, value: value == counts["collect"][labels["outcome"]],
        "Rules that applied in the last collecting": lambda labels, value: (
            value == counts["collect"]["rules"][labels["rule"]]
        ),
        "Rejected": lambda _, value: value == counts["collect"]["rejected"] / counts["collect"]["read"],
        "Expired films": lambda _, value: value == 0,
        "Rows of the last purge": lambda labels, value: value == counts["purge"][labels["outcome"]],
        "Answers not kept": lambda _, value: value == 0,
        "Films of the last training": lambda labels, value: value == counts["train"][labels["outcome"]],
    }


def _of_resources() -> dict[str, Holds]:
    return {
        "Open files by process": lambda _, value: 0 < value < 1,
        "Free space": lambda _, value: 0 < value < 1,
        "Used space by volume": lambda _, value: 0 < value < 1,
    }
