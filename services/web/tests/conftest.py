"""A small api on a real socket, as faithful as the page can see, and the page in front of it."""

import csv
import io
import json
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from cinecote.features import ACCEPTED, InvalidFilm, read_film
from cinecote.films import CATEGORIES, fold_words
from cinecote_web.api_client import ApiClient
from cinecote_web.main import create_app

MARGIN = 0.10
TYPICAL_VOTES = {"médiocre": 2.4, "moyen": 3.0, "bien": 3.9}


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
PROMOTIONS = [
    {"at": "2026-11-23T20:02:51.480200", "version": "7", "previous": "6", "decision": "promoted", "reason": "better"},
    {"at": "2026-11-20T10:00:00", "version": "6", "previous": None, "decision": "pondered", "reason": "<first>"},
]


@dataclass
class FakeApi:
    """The api's answers, while its `gate` is open; `replies` takes the place of the one at a path.

    `asked` keeps what came, and `arrivals` tells of it as it comes.
    """

    films: list[dict[str, Any]]
    replies: dict[str, tuple[int, object]]
    asked: list[dict[str, Any]] = field(default_factory=list)
    arrivals: SimpleQueue[str] = field(default_factory=SimpleQueue)
    gate: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, object]:
        if path in self.replies:
            return self.replies[path]
        if path == "/v1/predictions":
            return predict(body)
        if path == "/v1/predictions/batch":
            return predict_all(body) if body[:1] == b"{" else score(body.decode("utf-8-sig"))
        if path == "/v1/explanations":
            return self.explain(body)
        if path == "/v1/films":
            return self.search(query)
        if path.startswith("/v1/films/"):
            found = [film for film in self.films if str(film["id"]) == path.removeprefix("/v1/films/")]
            return (200, found[0]) if found else problem(404)
        if path == "/v1/queries":
            return 200, {"queries": QUERIES}
        if path.startswith("/v1/queries/"):
            return answer_query(path.removeprefix("/v1/queries/"), query)
        if path == "/v1/model":
            return 200, CARD
        if path == "/v1/models":
            return 200, {"name": "film-category", "versions": [], "promotions": PROMOTIONS}
        return (200, {"status": "ready"}) if path == "/readyz" else problem(404)

    def explain(self, body: bytes) -> tuple[int, object]:
        """Shares that add up; the votes alone move anything, and four times as many change the category."""
        status, predicted = predict(body)
        if not isinstance(predicted, dict) or status != 200:
            return status, predicted
        known, probabilities = json.loads(body), predicted["probabilities"]
        base = dict.fromkeys(CATEGORIES, 1 / 3)
        shares = {c: probabilities[c] - base[c] for c in CATEGORIES}
        nothing = dict.fromkeys(CATEGORIES, 0.0)
        votes = known.get("vote_count")
        other = next(c for c in CATEGORIES if c != predicted["category"])
        return 200, {
            **{name: predicted[name] for name in ("category", "probabilities", "model")},
            "base": base,
            "inputs": [
                {"name": a.name, "value": known.get(a.name), "shares": shares if a.name == "vote_count" else nothing}
                for a in ACCEPTED
            ],
            "neighbours": [{"film": film, "distance": 0.1 * n} for n, film in enumerate(self.films[:5])],
            "flip": votes and {"input": "vote_count", "from": votes, "to": 4.0 * votes, "category": other},
        }

    def search(self, query: dict[str, str]) -> tuple[int, object]:
        start = query.get("cursor", "0")
        if not start.isdecimal():
            return problem(422, pointer="?cursor")
        if not query.get("year_min", "0").isdecimal():
            return problem(422, pointer="?year_min")
        found = [film for film in self.films if matches(film, query)]
        name = query["sort"].removeprefix("-")
        known, unknown = ([film for film in found if (film[name] is None) is absent] for absent in (False, True))
        found = sorted(known, key=lambda film: film[name], reverse=query["sort"].startswith("-")) + unknown
        end = int(start) + int(query["limit"])
        total = {"total": len(found), "total_is_lower_bound": False} if "count" in query else {}
        return 200, {"films": found[int(start) : end], "next": str(end) if end < len(found) else None, **total}


def answer_query(name: str, query: dict[str, str]) -> tuple[int, object]:
    if not query.get("year_min", "0").isdecimal():
        return problem(422, pointer="?year_min")
    columns, rows = TABLES[name]
    if query.get("format") == "csv":
        lines = [columns, *rows]
        return 200, "".join(",".join(map(str, line)) + "\n" for line in lines).encode()
    return 200, {"name": name, "columns": columns, "rows": rows, "truncated": False}


def matches(film: dict[str, Any], query: dict[str, str]) -> bool:
    parts = fold_words(film["title"])
    known = query["known"].split(",") if "known" in query else []
    return (
        all(any(part.startswith(word) for part in parts) for word in fold_words(query.get("search", "")))
        and all(film[name] is not None for name in known)
        and query.get("category", film["category"]) == film["category"]
        and ("year_min" not in query or (film["release_date"] or "") >= query["year_min"])
    )


def problem(status: int, pointer: str | None = None, detail: str = "must be otherwise") -> tuple[int, object]:
    errors = [] if pointer is None else [{"pointer": pointer, "detail": detail}]
    return status, {"type": "urn:cinecote:problem:any", "title": "No", "status": status, "errors": errors}


def predict(body: bytes) -> tuple[int, object]:
    try:
        inputs = read_film(json.loads(body))
    except InvalidFilm as refusal:
        return problem(422, refusal.faults[0].pointer, refusal.faults[0].detail)
    votes = 300.0 if math.isnan(inputs["vote_count"]) else inputs["vote_count"]
    weights: dict[str, float] = {
        c: math.exp(-((math.log10(1 + votes) - TYPICAL_VOTES[c]) ** 2) / 0.4) for c in CATEGORIES
    }
    probabilities = {c: weight / sum(weights.values()) for c, weight in weights.items()}
    second, first = sorted(probabilities.values())[-2:]
    return 200, {
        "category": max(probabilities, key=lambda c: probabilities[c]),
        "probabilities": probabilities,
        "certain": first - second >= MARGIN,
        "model": {"name": "film-category", "version": "7"},
    }


def predict_all(body: bytes) -> tuple[int, object]:
    answers = [predict(json.dumps(each).encode()) for each in json.loads(body)["films"]]
    return 200, {"predictions": [told if status == 200 else {"error": {}} for status, told in answers]}


def score(text: str) -> tuple[int, object]:
    """The table with our columns behind its own."""
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    header = text.partition("\n")[0].strip().split(delimiter)
    if not {accepted.name for accepted in ACCEPTED} & set(header):
        return problem(422, "", "the header must name at least one of revenue, budget")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([*header, "category", "certain", "p_mediocre", "p_moyen", "p_bien", "error"])
    for line, row in enumerate(rows, 2):
        writer.writerow([*row.values(), *score_row(line, row)])
    return 200, out.getvalue().encode()


def score_row(line: int, row: dict[str, str]) -> list[object]:
    try:
        known = {a.name: float(row[a.name]) if row.get(a.name) else None for a in ACCEPTED}
    except ValueError:
        return ["", "", "", "", "", f"line {line}: budget must be a number"]
    status, told = predict(json.dumps(known).encode())
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


def handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            body = self.read_body()
            api.asked.append({"path": address.path, **query, "headers": dict(self.headers), "body": body})
            api.arrivals.put(address.path)
            assert api.gate.wait(60)
            status, answer = api.answer(address.path, query, body)
            content = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if status in (429, 503):
                self.send_header("Retry-After", "17")
            self.end_headers()
            self.wfile.write(content)

        def read_body(self) -> bytes:
            if "chunked" not in self.headers.get("Transfer-Encoding", ""):
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b""
            # A sender that thinks better of it closes the connection, which reads as the end.
            while size := int(self.rfile.readline() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@pytest.fixture
def films() -> list[dict[str, Any]]:
    sequels = [film(100 + n, f"Suite {n}", vote_count=500 - n, category="moyen") for n in range(45)]
    return [AVATAR, *sequels, NASTY, UNKNOWN]


@pytest.fixture
def card() -> dict[str, Any]:
    """What the fake api says of its model."""
    return CARD


@pytest.fixture
def replies() -> dict[str, tuple[int, object]]:
    """Answers that take the place of the fake's own, by path."""
    return {}


@pytest.fixture
def fake_api(films: list[dict[str, Any]], replies: dict[str, tuple[int, object]]) -> FakeApi:
    api = FakeApi(films, replies)
    api.gate.set()
    return api


@pytest.fixture
def asked(fake_api: FakeApi) -> list[dict[str, Any]]:
    """What the api was asked, in order."""
    return fake_api.asked


@pytest.fixture
def arrivals(fake_api: FakeApi) -> SimpleQueue[str]:
    """The paths that the api is asked at, as they come."""
    return fake_api.arrivals


@pytest.fixture
def gate(fake_api: FakeApi) -> threading.Event:
    """While this isn't set, the api keeps its answers back."""
    return fake_api.gate


@pytest.fixture
def api_address(fake_api: FakeApi) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(fake_api)) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def browser(api_address: str) -> Iterator[FlaskClient]:
    with ApiClient(api_address, seconds=5) as api:
        yield create_app(api).test_client()


@pytest.fixture
def see(browser: FlaskClient) -> Callable[..., BeautifulSoup]:
    """The page at an address, which must answer with the status that is expected."""

    def look(address: str, status: int = 200) -> BeautifulSoup:
        response = browser.get(address)
        assert response.status_code == status, response.text
        return BeautifulSoup(response.text, "html.parser")

    return look
