"""What the fake api knows: a few films, named queries, a model."""

from typing import Any


def film(film_id: int, title: str, **known: Any) -> dict[str, Any]:
    absent = dict.fromkeys(("release_date", "revenue", "budget", "runtime", "vote_count", "vote_average", "category"))
    origin = {"genres": ["Drama"], "source": "sample", "fetched_at": "2026-11-01T08:00:00Z"}
    return {"id": film_id, "title": title, **absent, **origin, **known}


AVATAR_FIGURES = {"revenue": 2_923_706_026, "budget": 237_000_000, "runtime": 162, "vote_count": 31_000}
AVATAR = film(19995, "Avatar", release_date="2009-12-18", vote_average=7.6, category="bien", **AVATAR_FIGURES)
NASTY = film(7, '<script>alert("x")</script> & "Cie"', vote_count=900, vote_average=5.5, category="médiocre")
UNKNOWN = film(8, "Rien de connu")


YEAR_MIN = {"name": "year_min", "type": "integer", "default": 1990, "minimum": 1888, "maximum": 2100}
QUERIES = [
    {"name": "job-runs", "title": "The jobs' last runs", "parameters": []},
    {"name": "films-by-year-and-category", "title": "Films by year and category", "parameters": [YEAR_MIN]},
    {"name": "votes-by-moon", "title": "Votes by <moon>", "parameters": [{**YEAR_MIN, "name": "phase"}]},
    {"name": "unknown-inputs-by-source", "title": "Unknown inputs", "parameters": []},
]
WITHOUT = [f"without_{name}" for name in ("revenue", "budget", "vote_count", "runtime", "release_date")]
TABLES: dict[str, tuple[list[str], list[list[Any]]]] = {
    "films-by-year-and-category": (
        ["year", "category", "films"],
        [[1999, "médiocre", 10], [1999, "moyen", 20], [1999, "bien", 13], [2000, "bien", 8], [2001, "moyen", 1234]],
    ),
    "job-runs": (
        ["id", "job", "status", "started_at", "finished_at"],
        [[2, "train", "running", "2026-11-23T20:01:14.781281Z", None]],
    ),
    "votes-by-moon": (["id", "title", "moon"], [[19995, "<b>Avatar</b>", None]]),
    "unknown-inputs-by-source": (["source", "films", *WITHOUT], [["sample", 3200, 62, 2, 213, 700, 0]]),
}


def compared(name: str, kind: str, worth: float, **costs: float) -> dict[str, Any]:
    """What a report tells of one that was compared, by its macro-F1 on the complete films."""
    figure = {"value": worth, "low": worth - 0.02, "high": worth + 0.02}
    return {"name": name, "kind": kind, "scores": {"complete": {"macro_f1": figure}}, "train_seconds": 1.234, **costs}


SCORES = {"macro_f1": {"value": 0.627, "low": 0.608, "high": 0.646}}
CARD: dict[str, Any] = {
    "name": "film-category",
    "version": "7",
    "role": "champion",
    "trained_at": "2026-11-23T20:02:51.350967Z",
    "data": {"films": 2346, "held_out": 434, "categories": {"bien": 774}, "first_release": "1915-02-08"},
    "metrics": {"cross_validation": SCORES, "baselines": {"majority": {"cross_validation": SCORES}}, "more": 1},
    "inputs": ["revenue", "budget", "vote_count", "runtime"],
    "thresholds": {"moyen": 6.0, "bien": 7.0},
    "margin": 0.10,
}
ADMIN_KEY, READER_KEY = "cine_admin-0123456789", "cine_reader-0123456789"
CARD_BEFORE = {
    **CARD,
    "name": "film-category-avant-sortie",
    "version": "3",
    "metrics": {},
    "inputs": ["budget", "runtime", "release_year"],
}
REPORT: dict[str, Any] = {
    "model": {"name": "film-category", "version": "7"},
    "algorithm": "logistic",
    "compared": [
        compared("chosen", "chosen", 0.627, graph_bytes=4_200, prediction_seconds=7.5e-6),
        compared("majority", "baseline", 0.17),
        compared("logistic", "candidate", 0.631, graph_bytes=4_200, prediction_seconds=7.5e-6),
        compared("moon_phase", "candidate", 0.629, graph_bytes=1_234_567, prediction_seconds=1.5e-3),
    ],
    "films": {"learnt": 2346, "complete": 2000, "held_out": 434, "scored": {"complete": 2000}, "sha256": "0a1b" * 16},
    "search": {"recipe": "run", "seed": 3, "trials": 12, "folds": 5, "left_out": ["ordinal"]},
    "plots": ["pareto", "unknown-inputs", "moon"],
}
PLOT = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="576" height="260" viewBox="0 0 576 260" role="img">'
    b'<style>*{stroke-linecap: butt}</style><path style="fill: #0a5fb4" d="M9 9h99v99z"/></svg>'
)
DRIFT: dict[str, Any] = {
    "name": "film-category",
    "version": "7",
    "measured_at": "2026-11-23T21:00:00Z",
    "days": 7.0,
    "films": 412,
    "fewest": 200,
    "thresholds": {"moderate": 0.1, "major": 0.2},
    "inputs": [
        {
            "name": "revenue", "known": 309, "unknown": 103, "unknown_share_trained": 0.02,
            "psi": 0.04, "ks": 0.03, "unknown_psi": 0.15,
        },
        {
            "name": "budget", "known": 150, "unknown": 262, "unknown_share_trained": 0.1,
            "psi": None, "ks": None, "unknown_psi": 0.31,
        },
    ],
    "category": {
        "films": 412,
        "trained": {"médiocre": 0.3, "moyen": 0.4, "bien": 0.3},
        "answered": {"médiocre": 0.2, "moyen": 0.4, "bien": 0.4},
        "psi": 0.07,
        "ks": 0.1,
    },
}  # fmt: skip
LIVE: dict[str, Any] = {
    "name": "film-category",
    "measured_at": "2026-11-23T21:00:00Z",
    "days": 180.0,
    "fewest": 50,
    "minimum_votes": 50,
    "thresholds": {"moyen": 6.0, "bien": 7.0},
    "versions": [
        {"version": "7", "films": 1234, "waiting": 40, "scores": {"accuracy": SCORES["macro_f1"], "macro_f1": None}},
        {"version": "6", "films": 3, "waiting": 0, "scores": {"accuracy": None, "macro_f1": None, "log_loss": None}},
    ],
}
PROMOTIONS = [
    {"at": "2026-11-23T20:02:51.480200", "version": "7", "previous": "6", "decision": "promoted", "reason": "better"},
    {"at": "2026-11-20T10:00:00", "version": "6", "previous": None, "decision": "pondered", "reason": "<first>"},
]
