import gzip
import os
import signal
import subprocess
from pathlib import Path

import pytest

from .conftest import SAMPLE_COLUMNS, Site

FILM = ["Amélie", "Apr 25 2001", 10_000_000, 174_200_000, 122, 181_085, 8.5, "Comedy", "R"]


def test_the_sample_is_stored_and_every_row_accounted_for(site: Site) -> None:
    done = site.run("sample")

    assert done.returncode == 0, done.stderr
    read, *ends = site.counts()
    assert read == 3200 == sum(ends)
    assert site.rows("SELECT min(release_date), max(release_date) FROM films") == [("1915-02-08", "2011-12-23")]
    assert "release_century" in done.stdout


def test_the_sample_again_changes_nothing(site: Site) -> None:
    site.run("sample")
    before, first = site.content(), site.counts()

    again = site.run("sample")

    assert again.returncode == 0
    assert site.content() == before
    assert site.counts() == [3200, 0, 0, 3200 - first[4], first[4]]


@pytest.mark.parametrize("title", ["Alien³", "Le Fabuleux destin d'Amélie Poulain", "The Barbarians", "Das Boot"])
def test_titles_of_the_sample_are_mended(site: Site, title: str) -> None:
    site.run("sample")

    assert site.rows(f'SELECT count(*) FROM films WHERE title = "{title}"') == [(1,)]


def test_votes_are_brought_to_tmdb_s_scale_and_the_raw_count_is_kept(site: Site) -> None:
    site.run("csv", site.write("films.csv", [FILM]))

    assert site.rows("SELECT vote_count, vote_count_raw, vote_map FROM films") == [(18108, 181085, "imdb/10")]


def test_of_two_entries_the_one_with_most_votes_stays_in_either_order(site: Site) -> None:
    better = [*FILM]
    better[0], better[5] = "AMELIE", 200_000

    for rows in ([FILM, better], [better, FILM]):
        assert site.run("csv", site.write("films.csv", rows)).returncode == 0
        assert site.rows("SELECT title FROM films") == [("AMELIE",)]

    assert {rule for (rule,) in site.rows("SELECT rule FROM rejections")} == {"duplicate_title_year"}


def test_unknown_money_and_minutes_are_null(site: Site) -> None:
    film = ["Unknown", "Apr 25 2001", 0, 999, 0, 1000, 7, "", ""]

    site.run("csv", site.write("films.csv", [film]))

    assert site.rows("SELECT budget, revenue, runtime FROM films") == [(None, None, None)]


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("title", " ", "title_missing"),
        ("title", "x" * 501, "title_too_long"),
        ("release_date", "soon", "release_unreadable"),
        ("release_date", "Feb 30 2001", "release_unreadable"),
        ("release_date", "Jan 01 1700", "release_too_early"),
        ("budget", -1, "money_impossible"),
        ("revenue", "1e400", "number_unreadable"),
        ("revenue", "a lot", "number_unreadable"),
        ("runtime", 1001, "runtime_impossible"),
        ("vote_average", 10.1, "rating_impossible"),
        ("vote_count", -5, "votes_impossible"),
    ],
)
def test_a_row_that_breaks_a_rule_is_kept_with_its_rule_and_the_others_are_stored(
    site: Site, column: str, value: object, rule: str
) -> None:
    broken = ["Broken", *FILM[1:]]
    broken[SAMPLE_COLUMNS.index(column)] = value

    done = site.run("csv", site.write("films.csv", [broken, FILM]))

    assert done.returncode == 0
    assert site.counts() == [2, 1, 0, 0, 1]
    assert site.rows("SELECT line, rule FROM rejections") == [(2, rule)]


def test_a_release_in_the_future_is_moved_back_a_century(site: Site) -> None:
    site.run("csv", "--as-of", "2011-12-31", site.write("films.csv", [["Ben-Hur", "Dec 30 2025", *FILM[2:]]]))

    assert site.rows("SELECT release_date FROM films") == [("1925-12-30",)]


def tmdb_film(film_id: object, **facts: object) -> dict[str, object]:
    film = {
        "id": film_id, "title": "Heat", "release_date": "1995-12-15", "budget": 60_000_000, "revenue": 187_000_000,
        "runtime": 170, "vote_count": 7000, "vote_average": 7.9, "genres": "Action, Crime", "status": "Released",
        "adult": "False",
    }  # fmt: skip
    return film | facts


def tmdb_file(site: Site, *films: dict[str, object]) -> str:
    return site.write("tmdb.csv", [list(film.values()) for film in films], list(films[0]))


def test_a_tmdb_table_keeps_ids_and_expires(site: Site) -> None:
    path = Path(tmdb_file(site, tmdb_film(949), tmdb_film(949, title="Again"), tmdb_film("x")))
    packed = path.with_suffix(".data")
    packed.write_bytes(gzip.compress(path.read_bytes()))

    assert site.run("csv", str(packed)).returncode == 0

    expiry = "julianday(expires_at) - julianday(fetched_at)"
    assert site.rows(f"SELECT source_id, title, round({expiry}) FROM films") == [("949", "Heat", 180.0)]
    assert site.rows("SELECT rule FROM rejections ORDER BY line") == [("duplicate_id",), ("id_unreadable",)]


def test_a_changed_row_is_changed_and_its_words_with_it(site: Site) -> None:
    site.run("csv", tmdb_file(site, tmdb_film(949)))

    site.run("csv", tmdb_file(site, tmdb_film(949, title="Chaleur")))

    assert site.counts() == [1, 0, 1, 0, 0]
    assert site.rows("SELECT word FROM film_words") == [("chaleur",)]


@pytest.mark.parametrize(
    ("rule", "facts"), [("adult", {"adult": "True"}), ("release_in_future", {"release_date": "2999-01-01"})]
)
def test_tmdb_s_own_oddities_are_rejected(site: Site, rule: str, facts: dict[str, object]) -> None:
    site.run("csv", tmdb_file(site, tmdb_film(1, **facts)))

    assert site.rows("SELECT rule FROM rejections") == [(rule,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"a,b\n1,2\n", "unknown columns"), (b"title\xff\n", "UTF-8"), (b"\x1f\x8bbroken", "")],
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
    assert site.rows("SELECT count(*) FROM films") == [(0,)]


def test_without_tables_one_line_says_how_to_make_them(tmp_path: Path) -> None:
    done = Site(tmp_path).run("sample")

    assert done.returncode == 1
    assert "cinecote-migrate" in done.stderr


@pytest.mark.parametrize("batches", [1, 4, 9])
def test_killed_and_run_again_it_ends_as_never_killed(
    site: Site, tmp_path_factory: pytest.TempPathFactory, batches: int
) -> None:
    whole = Site(tmp_path_factory.mktemp("whole"))
    subprocess.run(["cp", site.folder / "films.db", whole.folder / "films.db"], check=True)
    whole.run("sample")

    process = subprocess.Popen(site.command("sample"), env=site.environment, stdout=-3, stderr=-3)
    while process.poll() is None and site.rows("SELECT count(*) FROM films")[0][0] < batches * 200:
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    site.run("sample")

    assert site.content() == whole.content()
    assert [status for (status,) in site.rows("SELECT status FROM job_runs")] == ["interrupted", "succeeded"]


def test_status_tells_the_last_runs_and_the_films_by_source(site: Site) -> None:
    site.run("sample")

    done = site.run("status")

    assert done.returncode == 0
    assert "3,200" in done.stdout
    assert "succeeded" in done.stdout
