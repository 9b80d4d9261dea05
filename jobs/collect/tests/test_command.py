"""The command on files: what it stores, what it refuses, and what it says."""

import gzip
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from cinecote.tables import films, rejections
from cinecote_collect.rules import Rule

from .conftest import SAMPLE_COLUMNS, Site

FILM = ["Amélie", "Apr 25 2001", 10_000_000, 174_200_000, 122, 181_085, 8.5, "Comedy", "R"]
LINE = "Apr 25 2001,10000000,174200000,122,181085,8.5,Comedy,R"
REJECTED = select(rejections.c.line, rejections.c.rule, rejections.c.raw_row).order_by(rejections.c.line)
TITLES = select(films.c.title).order_by(films.c.id)


def test_of_two_entries_the_one_with_most_votes_stays_in_either_order(site: Site) -> None:
    better = [*FILM]
    better[0], better[5] = "AMELIE", 200_000

    for rows in ([FILM, better], [better, FILM]):
        assert site.run("csv", site.write("films.csv", rows)).returncode == 0
        assert site.rows(TITLES) == [("AMELIE",)]

    assert {rule for (_, rule, _) in site.rows(REJECTED)} == {Rule.DUPLICATE_TITLE_YEAR}


def test_of_the_entries_of_two_files_the_one_with_most_votes_stays_in_either_order(site: Site) -> None:
    better = [*FILM]
    better[5] = 200_000
    few, many = site.write("few.csv", [FILM]), site.write("many.csv", [better])

    for order in ([few, many], [many, few], [few], [many]):
        assert site.run("csv", *order).returncode == 0
        assert site.rows(select(films.c.vote_count_raw)) == [(200_000,)]


def test_a_row_that_breaks_a_rule_is_kept_with_its_rule_and_the_others_are_stored(site: Site) -> None:
    late, long = ["Late", "soon", *FILM[2:]], ["Long", *FILM[1:4], 1001, *FILM[5:]]

    done = site.run("csv", site.write("films.csv", [late, FILM, long]))

    assert done.returncode == 0
    assert site.counts() == [3, 1, 0, 0, 2]
    assert [(line, rule, raw["title"]) for line, rule, raw in site.rows(REJECTED)] == [
        (2, Rule.RELEASE_UNREADABLE, "Late"),
        (4, Rule.RUNTIME_IMPOSSIBLE, "Long"),
    ]
    assert "release_unreadable" in done.stdout


def test_what_is_in_the_future_is_told_from_the_day_that_was_named(site: Site) -> None:
    site.run("csv", "--as-of", "2011-12-31", site.write("films.csv", [["Ben-Hur", "Dec 30 2025", *FILM[2:]]]))

    assert site.rows(select(films.c.release_date)) == [(date(1925, 12, 30),)]


def text_file(site: Site, *lines: str, end: str = "\n") -> str:
    path = site.folder / "text.csv"
    path.write_text("".join(line + end for line in (",".join(SAMPLE_COLUMNS), *lines)), encoding="utf-8", newline="")
    return str(path)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_each_of_the_usual_ways_and_a_mark_of_the_encoding_may_stand_first(
    site: Site, end: str
) -> None:
    path = Path(text_file(site, f"One,{LINE}", "", f'"Two\nlines, ""2""",{LINE}', end=end))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert site.run("csv", str(path)).returncode == 0

    assert site.rows(TITLES) == [("One",), ('Two lines, "2"',)]


def test_a_quote_that_nothing_closes_costs_its_own_line_and_no_other(site: Site) -> None:
    broken = [f'"Unclosed,{LINE}', f'"A "quoted" word",{LINE}', f'"At the end,{LINE}']

    path = text_file(site, broken[0], f"One,{LINE}", broken[1], f'"Two",{LINE}', broken[2], f"Three,{LINE}")
    assert site.run("csv", path).returncode == 0

    assert site.rows(TITLES) == [("One",), ("Two",), ("Three",)]
    assert site.rows(REJECTED) == [
        (line, Rule.ROW_UNREADABLE, [text]) for line, text in zip((2, 4, 6), broken, strict=True)
    ]


def test_rows_that_can_t_be_read_are_each_kept_as_they_came(site: Site) -> None:
    for lines in (["Too,few"], [f"Too many,{LINE},1,2"], ["x" * 200_000 + "," + LINE], ["y" * 200_000 + "," + LINE]):
        assert site.run("csv", text_file(site, *lines)).returncode == 0

    assert [(line, rule) for line, rule, _ in site.rows(REJECTED)] == [(2, Rule.ROW_UNREADABLE)] * 4
    assert {raw[0][0] for _, _, raw in site.rows(REJECTED)} == {"T", "x", "y"}


def test_a_bad_row_that_has_moved_in_its_file_is_kept_once_and_by_its_new_line(server_site: Site) -> None:
    bad = [[f"Late {number}", "soon", *FILM[2:]] for number in range(3)]
    more = [[f"Film {number}", *FILM[1:]] for number in range(2)]

    for day in range(3):
        assert server_site.run("csv", server_site.write("films.csv", [*more[:day], *bad, FILM])).returncode == 0
        other = server_site.write("other.csv", [FILM, ["Elsewhere", "soon", *FILM[2:]]])
        assert server_site.run("csv", other).returncode == 0

    assert [(line, raw["title"]) for line, _, raw in server_site.rows(REJECTED)] == [
        (3, "Elsewhere"),
        (4, "Late 0"),
        (5, "Late 1"),
        (6, "Late 2"),
    ]


def test_a_bad_row_of_a_source_that_expires_is_kept_no_longer_for_being_met_again(server_site: Site) -> None:
    told = select(rejections.c.expires_at, rejections.c.line)
    server_site.run("csv", tmdb_file(server_site, tmdb_film("x"), tmdb_film(949)))
    ((expires, _),) = server_site.rows(told)

    server_site.run("csv", tmdb_file(server_site, tmdb_film(949), tmdb_film("x")))

    assert server_site.rows(told) == [(expires, 3)]


def tmdb_film(film_id: object, **facts: object) -> dict[str, object]:
    film = {
        "id": film_id, "title": "Heat", "release_date": "1995-12-15", "budget": 60_000_000, "revenue": 187_000_000,
        "runtime": 170, "vote_count": 7000, "vote_average": 7.9, "genres": "Action, Crime", "status": "Released",
        "adult": "False",
    }  # fmt: skip
    return film | facts


def tmdb_file(site: Site, *films: dict[str, object], name: str = "tmdb.csv") -> str:
    return site.write(name, [list(film.values()) for film in films], list(films[0]))


def test_a_tmdb_table_keeps_ids_and_expires_before_180_days_are_over(site: Site) -> None:
    path = Path(tmdb_file(site, tmdb_film(949), tmdb_film(949, title="Again"), tmdb_film("x")))
    packed = path.with_suffix(".data")
    packed.write_bytes(gzip.compress(path.read_bytes()))

    assert site.run("csv", str(packed)).returncode == 0

    ((source_id, title, fetched, expires),) = site.rows(
        select(films.c.source_id, films.c.title, films.c.fetched_at, films.c.expires_at)
    )
    assert (source_id, title, (expires - fetched).days) == ("949", "Heat", 175)
    assert [rule for _, rule, _ in site.rows(REJECTED)] == [Rule.DUPLICATE_ID, Rule.ID_UNREADABLE]


def test_the_table_of_5000_is_known_by_its_columns(site: Site) -> None:
    film = tmdb_film(949, genres='[{"id": 28, "name": "Action"}]', overview="…", vote_average="7.9")
    del film["adult"]

    assert site.run("csv", tmdb_file(site, film)).returncode == 0

    assert site.rows(select(films.c.source, films.c.source_id, films.c.genres)) == [("tmdb-5000", "949", ["Action"])]


def test_a_changed_row_is_changed_and_its_words_with_it(site: Site) -> None:
    site.run("csv", tmdb_file(site, tmdb_film(949)))

    site.run("csv", tmdb_file(site, tmdb_film(949, title="Chaleur")))

    assert site.counts() == [1, 0, 1, 0, 0]
    assert site.rows("SELECT word FROM film_words") == [("chaleur",)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "unknown columns"),
        (b"title\xff\n", "line 1 is not text in UTF-8"),
        (b"\x1f\x8bbroken", ""),
        (gzip.compress(b"title," * 99)[:20], "ended before"),
        ((",".join(SAMPLE_COLUMNS) + ",title\n").encode(), "more than once"),
    ],
)
def test_a_file_that_is_no_table_of_films_is_a_usage_error_in_one_line(site: Site, content: bytes, said: str) -> None:
    path = site.folder / "films.csv"
    path.write_bytes(content)

    done = site.run("csv", str(path))

    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


def test_a_missing_file_is_said_before_anything_is_stored(site: Site) -> None:
    done = site.run("csv", site.write("films.csv", [FILM]), "absent.csv")

    assert done.returncode == 2
    assert site.rows(TITLES) == []


def test_a_file_without_rows_is_collected_and_the_table_says_so(site: Site) -> None:
    done = site.run("csv", text_file(site))

    assert (done.returncode, site.counts()) == (0, [0, 0, 0, 0, 0])
    assert "unchanged" in done.stdout


def test_without_tables_one_line_says_how_to_make_them(tmp_path: Path) -> None:
    done = Site(tmp_path, f"sqlite:///{tmp_path}/films.db").run("sample")

    assert done.returncode == 1
    assert "cinecote-migrate" in done.stderr


def run_after(site: Site, preparation: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process that does the `preparation` first."""
    return subprocess.run(
        [sys.executable, "-c", f"{preparation}\nfrom cinecote_collect.main import main; main()", *arguments],
        env=site.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_the_temporary_files_find_no_room_one_line_says_so(site: Site) -> None:
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))"
    path = site.write("films.csv", [[f"Film {number}", *FILM[1:]] for number in range(200_000)])

    done = run_after(site, limited, "csv", path)

    assert (done.returncode, done.stderr.count("error: ")) == (1, 1)
    assert "SQLITE_TMPDIR" in done.stderr.splitlines()[-1]


# Just before the file is examined, and just after.
@pytest.mark.parametrize("order", ["stop, examined", "examined, stop"])
def test_asked_to_stop_while_its_files_are_examined_it_stores_nothing_and_says_so(site: Site, order: str) -> None:
    stopped = f"""
import os, signal
from cinecote_collect import feeds
examine = feeds.examine
def examine_and_stop(*arguments):
    results = {{}}
    for step in "{order}".split(", "):
        results[step] = examine(*arguments) if step == "examined" else os.kill(os.getpid(), signal.SIGTERM)
    return results["examined"]
feeds.examine = examine_and_stop
""".strip()
    path = site.write("films.csv", [FILM])

    done = run_after(site, stopped, "csv", path)

    assert (done.returncode, done.stderr.count("\n")) == (130, 1), done.stderr
    assert site.rows(TITLES) == []


def test_a_full_disk_behind_standard_output_is_one_line(site: Site) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            site.command("sample"), env=site.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert site.counts()[0] == 3200
