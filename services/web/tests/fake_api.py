"""A small api on a real socket, as faithful as the page can see."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cinecote.features import ACCEPTED, KNOWN_BEFORE_RELEASE
from cinecote.films import CATEGORIES, fold_words

from .fake_data import ADMIN_KEY, CARD, CARD_BEFORE, DRIFT, LIVE, PLOT, PROMOTIONS, QUERIES, READER_KEY, REPORT, TABLES
from .fake_scoring import along, predict, predict_all, problem, score

SERVING = {"/v1/model/drift": DRIFT, "/v1/model/live": LIVE}


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
    traffic: dict[str, Any] = field(default_factory=lambda: {"challenger_weight": 0.0, "shadow": False})

    def answer(self, path: str, query: dict[str, str], body: bytes, key: str) -> tuple[int, object]:
        if path in self.replies:
            return self.replies[path]
        if path == "/v1/predictions":
            return predict(body)
        if path == "/v1/predictions/batch":
            return predict_all(body) if body[:1] == b"{" else score(body.decode("utf-8-sig"), query)
        if path == "/v1/explanations":
            return self.explain(body, query)
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
            return 200, CARD_BEFORE if query.get("name") == CARD_BEFORE["name"] else CARD
        if path == "/v1/models":
            told = {**self.traffic, "challenger": "8", "fault": None}
            return 200, {"name": "film-category", "versions": [], "promotions": PROMOTIONS, "traffic": told}
        if path in SERVING:
            return 200, SERVING[path]
        if path.startswith(("/v1/model/report", "/v1/model/plots/")):
            return tell_report(path, query)
        if path in ("/v1/model/reload", "/v1/model/rollback", "/v1/model/traffic"):
            return self.change(path, body, key)
        return (200, {"status": "ready"}) if path == "/readyz" else problem(404)

    def change(self, path: str, body: bytes, key: str) -> tuple[int, object]:
        """With the admin's key, but for traffic that is none, all is done."""
        if key != f"Bearer {ADMIN_KEY}":
            return problem(403 if key == f"Bearer {READER_KEY}" else 401)
        if path == "/v1/model/traffic":
            traffic = json.loads(body)
            if "challenger_weight" not in traffic:
                return problem(422, "/challenger_weight")
            self.traffic = traffic
        return 200, {"model": {"name": "film-category", "version": "7"}, "changed": True}

    def explain(self, body: bytes, query: dict[str, str]) -> tuple[int, object]:
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
                for a in (KNOWN_BEFORE_RELEASE if known.get("when") == "before" else ACCEPTED)
            ],
            "neighbours": [{"film": film, "distance": 0.1 * n} for n, film in enumerate(self.films[:5])],
            "flip": votes and {"input": "vote_count", "from": votes, "to": 4.0 * votes, "category": other},
            **({"along": along(known, query)} if "along" in query else {}),
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


def tell_report(path: str, query: dict[str, str]) -> tuple[int, object]:
    """The first model's report and plots; the other one is of a training that left none."""
    if "name" in query:
        return problem(404)
    if path == "/v1/model/report":
        return 200, REPORT
    name = path.removeprefix("/v1/model/plots/").removesuffix(".svg")
    return (200, PLOT) if name in REPORT["plots"] else problem(404)


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


def handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            body = self.read_body()
            asked = {"path": address.path, **query, "headers": dict(self.headers), "body": body}
            api.asked.append({**asked, "method": self.command})
            api.arrivals.put(address.path)
            assert api.gate.wait(60)
            status, answer = api.answer(address.path, query, body, self.headers.get("Authorization", ""))
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
            body = bytearray()
            # A sender that thinks better of it closes the connection, which reads as the end.
            while size := int(self.rfile.readline() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return bytes(body)

        def do_POST(self) -> None:
            self.do_GET()

        def do_PUT(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
