"""How the fake api estimates: by the votes alone, and by the api's own rules of what an input may be."""

import csv
import io
import json
import math
from typing import Any

from cinecote.features import ACCEPTED, KNOWN_BEFORE_RELEASE, InvalidFilm, read_film
from cinecote.films import CATEGORIES

from .fake_data import CARD, CARD_BEFORE

MARGIN = 0.10
TYPICAL_VOTES = {"médiocre": 2.4, "moyen": 3.0, "bien": 3.9}


def problem(status: int, pointer: str | None = None, detail: str = "must be otherwise") -> tuple[int, object]:
    errors = [] if pointer is None else [{"pointer": pointer, "detail": detail}]
    return status, {"type": "urn:cinecote:problem:any", "title": "No", "status": status, "errors": errors}


def predict(body: bytes) -> tuple[int, object]:
    members = json.loads(body)
    before = members.pop("when", "after") == "before"
    later = set(members) - {known.name for known in KNOWN_BEFORE_RELEASE}
    if before and later:
        return problem(422, f"/{later.pop()}", "is not known before the release")
    try:
        inputs = read_film(members)
    except InvalidFilm as refusal:
        return problem(422, refusal.faults[0].pointer, refusal.faults[0].detail)
    # Before its release a film has no votes: ten for each minute are as good.
    guessed = inputs["runtime"] * 10 if before else inputs["vote_count"]
    votes = 300.0 if math.isnan(guessed) else guessed
    weights: dict[str, float] = {
        c: math.exp(-((math.log10(1 + votes) - TYPICAL_VOTES[c]) ** 2) / 0.4) for c in CATEGORIES
    }
    probabilities = {c: weight / sum(weights.values()) for c, weight in weights.items()}
    second, first = sorted(probabilities.values())[-2:]
    return 200, {
        "category": max(probabilities, key=lambda c: probabilities[c]),
        "probabilities": probabilities,
        "certain": first - second >= MARGIN,
        "model": {name: (CARD_BEFORE if before else CARD)[name] for name in ("name", "version")},
    }


def along(film: dict[str, Any], query: dict[str, str]) -> list[dict[str, Any]]:
    """The curve along an input that an explanation is asked for."""
    values = [float(value) for value in query["values"].split(",")]
    told = [predict(json.dumps({**film, query["along"]: value}).encode())[1] for value in values]
    return [{"value": v, "probabilities": it["probabilities"]} for v, it in zip(values, told, strict=True)]  # type: ignore[index]


def predict_all(body: bytes) -> tuple[int, object]:
    asked = json.loads(body)
    moment = {"when": asked["when"]} if "when" in asked else {}
    answers = [predict(json.dumps({**each, **moment}).encode()) for each in asked["films"]]
    return 200, {"predictions": [told if status == 200 else {"error": {}} for status, told in answers]}


def score(text: str, query: dict[str, str]) -> tuple[int, object]:
    """The table with our columns behind its own."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    header = text.partition("\n")[0].strip().split(delimiter)
    if not {accepted.name for accepted in ACCEPTED} & set(header):
        return problem(422, "", "the header must name at least one of revenue, budget")
    known_later = set(header) & ({accepted.name for accepted in ACCEPTED} - {it.name for it in KNOWN_BEFORE_RELEASE})
    if known_later and "when" in query:
        return problem(422, f"/{known_later.pop()}", "is not known before the release")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*header, "category", "certain", "p_mediocre", "p_moyen", "p_bien", "error"])
    for line, row in enumerate(rows, 2):
        writer.writerow([*row.values(), *score_row(line, row, query)])
    return 200, out.getvalue().encode()


def score_row(line: int, row: dict[str, str], query: dict[str, str]) -> list[object]:
    accepted = KNOWN_BEFORE_RELEASE if "when" in query else ACCEPTED
    try:
        known = {a.name: float(row[a.name]) if row.get(a.name) else None for a in accepted}
    except ValueError:
        return ["", "", "", "", "", f"line {line}: budget must be a number"]
    status, told = predict(json.dumps({**known, **query}).encode())
    assert isinstance(told, dict)
    if status != 200:
        error = told["errors"][0]
        return [
            "",
            "",
            "",
            "",
            "",
            f"line {line}: {error['pointer'].removeprefix('/')} {error['detail']}".replace(":  ", ": "),
        ]
    return [told["category"], str(told["certain"]).lower(), *told["probabilities"].values(), ""]
