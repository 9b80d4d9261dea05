import csv
import io
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from cinecote_api.schemas import BatchAnswer

from .fuzzing import many

CSV = {"Content-Type": "text/csv"}
OURS = ["category", "certain", "p_mediocre", "p_moyen", "p_bien", "error"]
KEYS = ["médiocre", "moyen", "bien"]
MANY = many(100)


def ask(api: TestClient, table: str | bytes, query: str = "", **headers: str) -> Any:
    content = table.encode() if isinstance(table, str) else table
    return api.post(f"/v1/predictions/batch{query}", content=content, headers=CSV | headers)


def rows_of(answer: Any, delimiter: str = ",") -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def write(rows: Sequence[Sequence[object]], delimiter: str = ",", line_end: str = "\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def test_a_table_comes_back_in_order_with_its_own_columns_and_ours(api: TestClient) -> None:
    films = [
        {"title": "Amélie", "budget": 10e6, "runtime": 122},
        {"title": 'Say "ah", then', "budget": "", "runtime": 90},
    ]
    alone = [
        api.post("/v1/predictions", json={name: film[name] for name in ("budget", "runtime") if film[name]}).json()
        for film in films
    ]

    answer = ask(api, write([["title", "budget", "runtime"], *([*film.values()] for film in films)]))

    rows = rows_of(answer)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert (answer.headers["X-Model-Version"], answer.headers["X-Model-Role"]) == ("7", "champion")
    assert rows[0] == ["title", "budget", "runtime", *OURS]
    for row, film, said in zip(rows[1:], films, alone, strict=True):
        assert row[:3] == [str(value) for value in film.values()]
        assert row[3:5] == [said["category"], str(said["certain"]).lower()]
        assert [float(cell) for cell in row[5:8]] == pytest.approx(
            [said["probabilities"][key] for key in KEYS], abs=1e-9
        )
        assert row[8] == ""


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_delimiter_line_ends_and_byte_order_mark_come_back_as_they_were(
    api: TestClient, delimiter: str, line_end: str, mark: bytes
) -> None:
    table = write([["title", "budget"], ["one\ntwo, three; four", 5e6], ["Œuvre", ""]], delimiter, line_end)

    answer = ask(api, mark + table.encode())

    assert answer.content.startswith(mark + delimiter.join(["title", "budget", *OURS]).encode() + line_end.encode())
    assert [row[0] for row in rows_of(answer, delimiter)] == ["title", "one\ntwo, three; four", "Œuvre"]
    assert rows_of(answer, delimiter)[1][2] in KEYS


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_cells_in_quotes_tell_their_delimiter_too(api: TestClient, delimiter: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([["a,b;c", "budget"], ["=1", "5000000"]])

    rows = rows_of(ask(api, text.getvalue()), delimiter)

    assert rows[0] == ["a,b;c", "budget", *OURS]
    assert rows[1][0] == "'=1"
    assert rows[1][2] in KEYS


def test_a_row_that_can_not_be_used_names_its_line_and_the_others_are_answered(api: TestClient) -> None:
    table = (
        "title,budget,runtime\n"
        '"over\ntwo lines",5000000,90\n'  # lines 2 and 3
        "bad,-1,90\n"
        "\n"
        'worse,"x\ny",90\n'  # lines 6 and 7
        "nothing,,0\n"
        "short,5000000\n"
        "long,5000000,90,more\n"
        "last,5000000,90"
    )

    rows = rows_of(ask(api, table))

    assert [row[-1] for row in rows[1:]] == [
        "",
        "line 4: budget must be at least 0",
        "line 6: budget must be a number",
        "line 8: at least one of revenue, budget, vote_count, runtime must be known",
        "line 9: has 2 cells, where the header has 3",
        "line 10: has 4 cells, where the header has 3",
        "",
    ]
    assert [row[3] in KEYS for row in rows[1:]] == [True, False, False, False, False, False, True]
    assert all(row[3:8] == [""] * 5 for row in rows[2:7])
    assert {len(row) for row in rows} == {9}


def test_the_same_in_json_where_json_is_asked_for(api: TestClient) -> None:
    films = [{"budget": 5e6}, {"budget": -1}, {"budget": 30e6}]
    batch = api.post("/v1/predictions/batch", json={"films": films}).json()

    answer = ask(api, "budget\n5e6\n-1\n30000000\n", Accept="application/json")

    BatchAnswer.model_validate_json(answer.content, strict=True)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["predictions"][1] == {
        "error": {"pointer": "/films/1/budget", "detail": "line 3: must be at least 0"}
    }
    assert answer.json()["predictions"][0]["probabilities"] == pytest.approx(batch["predictions"][0]["probabilities"])
    assert (answer.json()["failed"], answer.json()["model"]) == (batch["failed"], batch["model"])


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "text/csv"),
        ("text/csv, application/json", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv"),
        ("application/json;q=0", "text/csv"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/csv;q=0.2, application/json;q=0.5", "application/json"),
    ],
)
def test_the_kind_of_the_answer_is_the_one_preferred(api: TestClient, accept: str, kind: str) -> None:
    answer = ask(api, "budget\n5000\n", Accept=accept)

    assert answer.headers["Content-Type"].split(";")[0] == kind


def test_a_header_alone_is_answered_with_a_header(api: TestClient) -> None:
    assert ask(api, "title,budget").text == ",".join(["title", "budget", *OURS]) + "\n"
    assert ask(api, "title,budget\r\n\r\n").text == ",".join(["title", "budget", *OURS]) + "\r\n"
    assert ask(api, "budget\n", Accept="application/json").json()["predictions"] == []


@pytest.mark.parametrize("table", ["", "\n", "title,year\nAmélie,2001\n", "Budget\n1\n", "{}", "budget runtime\n1 2\n"])
def test_a_table_without_a_known_input_is_refused(api: TestClient, table: str) -> None:
    answer = ask(api, table)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [""]


def test_cells_that_a_spreadsheet_would_run_are_neutralised_and_numbers_are_not(api: TestClient) -> None:
    titles = [
        "=1+1",
        "+cmd",
        "-",
        "@SUM(A1)",
        "\tx",
        "+3.5",
        "-12",
        "-1e-3",
        "'=1",
        "a=b",
        "x\n=1",
        "-5,3",
        "=",
        "plain",
    ]

    rows = rows_of(ask(api, write([["=title", "budget"], *([title, 5e6] for title in titles)])))

    assert rows[0][0] == "=title"
    assert [row[0] for row in rows[1:]] == [
        "'=1+1", "'+cmd", "'-", "'@SUM(A1)", "'\tx", "+3.5", "-12", "-1e-3", "'=1", "a=b", "x\n=1", "'-5,3", "'=",
        "plain",
    ]  # fmt: skip
    assert all(row[2] in KEYS for row in rows[1:])


def test_a_scored_table_scored_again_is_the_same(api: TestClient) -> None:
    first = ask(api, "title,budget\n=a,5000000\nb,-1\n")

    again = ask(api, first.content)

    assert again.content == first.content


def test_columns_of_ours_that_are_there_are_overwritten_in_their_place(api: TestClient) -> None:
    rows = rows_of(ask(api, "error,budget,category\nold,5000000,old\n"))

    assert rows[0] == ["error", "budget", "category", "certain", "p_mediocre", "p_moyen", "p_bien"]
    assert rows[1][0] == ""
    assert rows[1][2] in KEYS


def test_of_a_repeated_column_the_last_one_counts(api: TestClient) -> None:
    rows = rows_of(ask(api, "budget,runtime, budget \nx,90,5000000\n"))

    assert rows[0][:3] == ["budget", "runtime", " budget "]
    assert rows[1][-1] == ""


@pytest.mark.parametrize(
    "table",
    [
        b"budget,title\n5,\xff\n", "budget\n5\n".encode("utf-16"), b"budget\n5\n" * 5000 + b"\xc3",
        b'budget,title\n5,"never closed\n5,x\n', b'budget,title\n5,"a"b\n', b"budget\r5\r6\r",
    ],
)  # fmt: skip
def test_what_is_no_csv_in_utf8_is_refused_whole(api: TestClient, table: bytes) -> None:
    answer = ask(api, table)

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:cinecote:problem:malformed-csv")
    assert "errors" not in answer.json()


def test_a_hundred_thousand_rows_are_answered_and_one_more_is_too_many(api: TestClient) -> None:
    most = ask(api, "runtime\n" + "90\n" * 100_000)
    more = ask(api, "runtime\n" + "90\n" * 100_001)

    assert most.status_code == 200
    assert most.content.count(b"\n") == 100_001
    assert (more.status_code, more.json()["type"]) == (413, "urn:cinecote:problem:too-large")


@pytest.mark.parametrize(
    "table",
    [
        b"budget,title\n5," + b"x" * 100_001 + b"\n",
        b'budget,title\n5,"' + b"\n" * 100_001 + b'"\n',
        b"budget," + b"," * 1_000 + b"\n",
        b"," * 1_000_000,
        b"budget\n" + b'"\n",' * 1_000_000,
        b"budget\n" + b"\n" * 1_000_000,
        b"budget\n" + b"5\n" * 10_000_000,
        b"budget\n".ljust(32 * 1024 * 1024 + 1),
    ],
)
def test_what_would_take_memory_without_bound_is_too_large(api: TestClient, table: bytes) -> None:
    answer = ask(api, table)

    assert (answer.status_code, answer.json()["type"]) == (413, "urn:cinecote:problem:too-large")


def test_every_film_of_a_table_counts_as_one_of_a_batch_does(api: TestClient) -> None:
    def counts() -> dict[str, float]:
        lines = (line for line in api.get("/metrics").text.splitlines() if line.startswith("cinecote_"))
        told = (line.rpartition(" ") for line in lines if "timestamp" not in line and "prediction_log" not in line)
        return {name: float(value) for name, _, value in told}

    pick = random.Random(1)
    films = [{"budget": pick.choice([0, 5e6, 2e7, 1e9]), "runtime": pick.randint(60, 200)} for _ in range(2_500)]
    before = counts()

    api.post("/v1/predictions/batch", json={"films": films})
    between = counts()
    ask(api, write([["budget", "runtime"], *([*film.values()] for film in films)]))
    after = counts()

    assert {name: after[name] - between[name] for name in after if name.startswith("cinecote_")} == pytest.approx(
        {name: between[name] - before.get(name, 0) for name in between if name.startswith("cinecote_")}
    )
    assert sum(after[name] - between[name] for name in after if "predictions_total" in name) == 2_500


cells = st.one_of(
    st.sampled_from(["", " ", "0", "-0", "+3.5", "999", "1000", "1e3", ".5", "5.", "1e999", "-1e999", "1" * 400]),
    st.sampled_from(["-", "+", "e", "1e", "--5", "1.2.3", "٣", "0x10", " 7 ", "\t7", "5,3", "=1"]),
    st.sampled_from(["nan", "inf", "1_000", "1e11", "100000000001", "1888", "1887", "2100.5"]),
    st.floats().map(str),
    st.integers().map(str),
    st.tuples(st.sampled_from("123456789"), st.integers(1, 500), st.sampled_from(["", "x", ".5"])).map(
        lambda drawn: drawn[0] * drawn[1] + drawn[2]
    ),
    st.text(max_size=5).filter(lambda text: "\r" not in text and "\x00" not in text),
)  # fmt: skip


@given(rows=st.lists(st.tuples(cells, cells, cells), max_size=8))
@MANY
def test_a_table_says_of_any_cells_what_a_batch_in_json_says(api: TestClient, rows: list[tuple[str, ...]]) -> None:
    names = ("budget", "vote_count", "release_year")
    films = [{name: _plain(cell) for name, cell in zip(names, row, strict=True)} for row in rows]
    batch = api.post(
        "/v1/predictions/batch", content=_json({"films": films}), headers={"Content-Type": "application/json"}
    ).json()

    answer = ask(api, write([names, *rows]), Accept="application/json")

    assert answer.status_code == 200
    for said, expected in zip(answer.json()["predictions"], batch["predictions"], strict=True):
        assert said.get("category") == expected.get("category")
        assert said.get("error", {}).get("pointer") == expected.get("error", {}).get("pointer")
        assert said.get("error", {}).get("detail", "").partition(": ")[2] == expected.get("error", {}).get("detail", "")


@given(table=st.one_of(st.binary(max_size=200), st.text("budget,;\"\n\r =\t1\x00é'", max_size=80).map(str.encode)))
@MANY
def test_no_bytes_make_a_table_fail(api: TestClient, table: bytes) -> None:
    for content in (table, b"budget,runtime\n" + table):
        answer = ask(api, content)

        assert answer.status_code in (200, 400, 422)
        if answer.status_code == 200:
            delimiter = "," if b",category,certain" in answer.content else ";"
            assert len({len(row) for row in rows_of(answer, delimiter)}) == 1


def _plain(cell: str) -> object:
    text = cell.strip(" ")
    if not text:
        return None
    allowed = set("0123456789.eE+-")
    try:
        return float(text) if set(text) <= allowed else text
    except ValueError:
        return text


def _json(value: object) -> bytes:
    return json.dumps(value).replace("-Infinity", "-1e999").replace("Infinity", "1e999").encode()
