"""What a person reads in the page of a comparison."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from cinecote.films import CATEGORIES
from cinecote_train.algorithms import ALGORITHMS, BASELINES
from cinecote_train.dataset import Films
from cinecote_train.findings import find
from cinecote_train.held_out import split
from cinecote_train.recipe import Budget, Recipe
from cinecote_train.report_page import drawings, page
from cinecote_train.report_page.contents import Contents, compose
from cinecote_train.report_page.french import said
from cinecote_train.report_page.sections import laid_out
from cinecote_train.report_page.svg import svg
from cinecote_train.scoring import Estimate
from cinecote_train.search import Effort
from cinecote_train.workers import Workers

from .html_reader import Page

SVG = "{http://www.w3.org/2000/svg}"


class Deaf:
    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


@pytest.fixture(scope="module")
def contents(made_films: Films) -> Contents:
    training, held_out = split(made_films, 0.15)
    recipe = Recipe("compare", Effort(trials=2, factor=2, folds=2), 7, ALGORITHMS[:1], BASELINES)
    with Workers(1) as workers:
        findings = find(training, held_out, recipe, workers, Budget(600), Deaf())
        return compose(findings, recipe, workers, Budget(600), Deaf())


@pytest.fixture(scope="module")
def html(contents: Contents) -> str:
    return page.page([laid_out(contents)])


@pytest.fixture(scope="module")
def read(html: str) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def other(contents: Contents) -> Page:
    """The page of a comparison without time for a curve, of films from a source with an odd name."""
    sources = {"<script>alert(1)</script>": 1}
    odd = replace(contents, curve=contents.curve[-1:], data={**contents.data, "sources": sources})
    return Page(page.page([laid_out(odd)]))


def told(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f}\xa0to\xa0{estimate.high:.3f})"


@pytest.mark.parametrize(
    ("heading", "of"),
    [
        ("complete films", "complete"),
        ("all films", "cross_validation"),
        ("newest fifth", "by_date"),
        ("held-out films", "held_out"),
    ],
)
def test_the_macro_f1_of_every_candidate_and_baseline_is_that_of_the_findings(
    heading: str, of: str, read: Page, contents: Contents
) -> None:
    findings = contents.findings
    evaluations = [findings.procedure, *findings.candidates, *findings.baselines]

    cells = read.column("Macro-F1 by the films", heading)

    assert cells == {each.name.replace("_", " "): told(each.scores[of]["macro_f1"]) for each in evaluations}
    assert set(cells) == {"chosen", "logistic", "majority", "votes alone", "linear ordinal"}


@pytest.mark.parametrize(
    ("heading", "figure"),
    [
        ("quadratic weighted kappa", "quadratic_weighted_kappa"),
        ("ranked probability score", "ranked_probability_score"),
        ("log-loss", "log_loss"),
        ("calibration error", "calibration_error"),
    ],
)
def test_the_other_figures_are_those_of_the_findings(heading: str, figure: str, read: Page, contents: Contents) -> None:
    findings = contents.findings

    cells = read.column("The other figures", heading)

    for each in (findings.procedure, *findings.candidates, *findings.baselines):
        assert cells[each.name.replace("_", " ")] == told(each.scores["cross_validation"][figure])


def test_worth_against_cost_tells_each_graphs_time_and_size(read: Page, contents: Contents) -> None:
    exported = contents.findings.exported

    times = read.column("Macro-F1 on the complete films against", "time of an answer")
    sizes = read.column("Macro-F1 on the complete films against", "size")

    assert sizes == {name: f"{len(each.graph) / 1_000:,.1f}" for name, each in exported.items()}
    assert times == {name: f"{1e6 * each.seconds_a_prediction:,.0f}" for name, each in exported.items()}


def test_the_learning_curve_ends_with_the_figure_of_the_comparison(read: Page, contents: Contents) -> None:
    rows = read.table("Worth on all films by the number")

    films = [int(row[0].replace(",", "")) for row in rows]
    assert len(rows) == 5
    assert films == sorted(films)
    assert films[-1] == round(0.8 * len(contents.findings.training))
    assert rows[-1][1] == told(contents.findings.procedure.scores["cross_validation"]["macro_f1"])


def test_the_confusion_counts_every_film_once(read: Page, contents: Contents) -> None:
    rows = read.table("Films by their category")

    counts = {row[0]: [int(cell.split()[0].replace(",", "")) for cell in row[1:]] for row in rows}
    assert tuple(counts) == CATEGORIES
    assert {name: sum(row) for name, row in counts.items()} == contents.findings.training.category_counts


def test_the_bins_of_reliability_count_every_film_once(read: Page, contents: Contents) -> None:
    rows = read.table("What was stated")

    stated = [float(row[0]) for row in rows]
    assert len(rows) == 10
    assert stated == sorted(stated)
    assert sum(int(row[1]) for row in rows) == len(contents.findings.training)


def test_every_input_of_the_model_has_its_worth(read: Page, contents: Contents) -> None:
    rows = read.table("What shuffling an input costs")

    assert [row[0] for row in rows] == [each.name.replace("_", " ") for each in contents.importances]
    assert {row[0] for row in rows} == {"revenue", "budget", "vote count", "runtime"}
    assert [row[1] for row in rows] == [told(each.log_loss) for each in contents.importances]


@pytest.mark.parametrize("by", ["decade", "unknown inputs", "votes"])
def test_the_parts_of_the_films_add_up_and_few_films_are_said_to_be_few(
    by: str, read: Page, contents: Contents
) -> None:
    films = read.column(f"Results by {by}", "films")

    counts = {name: int(cell.split()[0].replace(",", "")) for name, cell in films.items()}
    assert sum(counts.values()) == len(contents.findings.training)
    assert len(counts) > 1
    assert {name: "few" in cell for name, cell in films.items()} == {name: n < 100 for name, n in counts.items()}


def test_what_the_figures_were_made_of_is_told(read: Page, contents: Contents) -> None:
    facts = read.column("What the figures were made of", "which")

    training = contents.findings.training
    assert facts["films"] == f"{len(training):,}, {training.complete.sum():,} of them complete"
    assert facts["held-out films"] == f"{len(contents.findings.held_out):,}"
    assert facts["films' sha256"] == training.sha256
    assert (facts["seed"], facts["commit"]) == ("7", contents.origin.commit)
    assert facts["lock's sha256"] == contents.origin.lock_sha256


def test_nothing_is_asked_of_any_host(read: Page, html: str) -> None:
    assert not {"script", "link", "img", "iframe", "object", "image"} & {tag for tag, _ in read.tags}
    addresses = [value for _, own in read.tags for name, value in own.items() if name in ("src", "href", "xlink:href")]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert "@import" not in html
    assert html.count("url(") == html.count("url(#")


def test_each_picture_can_be_heard_and_takes_its_colours_from_the_page(read: Page, html: str) -> None:
    pictures = [own for tag, own in read.tags if tag == "svg"]
    assert len(pictures) == 9
    assert all(own["role"] == "img" and len(own["aria-label"]) > 40 for own in pictures)
    assert html.count("var(--ink") > len(pictures)
    assert "#a1b2c" not in html


def test_what_a_source_is_called_is_shown_and_never_obeyed(other: Page) -> None:
    assert "script" not in {tag for tag, _ in other.tags}
    assert "<script>alert(1)</script> (1)" in other.text


def test_a_candidate_that_is_never_served_is_said_to_be_there_to_compare_with(contents: Contents) -> None:
    (own,) = contents.findings.candidates
    unserved = replace(own, candidate=replace(own.candidate, name="k_nearest", servable=False))
    findings = replace(contents.findings, candidates=[own, unserved])

    section, *_ = laid_out(replace(contents, findings=findings)).sections

    assert section.said.endswith("Never chosen, as no graph of it is served: k nearest.")
    assert [row[0] for row in section.tables[0].rows][:3] == ["chosen", "logistic", "k nearest"]


def test_the_same_drawing_is_the_same_picture(contents: Contents) -> None:
    first, again = (svg("curve", "Told", 6, 4, drawings.learning(contents.curve)) for _ in range(2))

    assert first == again


def words_of(drawn: str) -> list[str]:
    return [" ".join(text.itertext()) for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def test_a_picture_in_french_has_no_english_word_left(contents: Contents) -> None:
    pictures = [section.picture for section in laid_out(contents).sections if section.picture]

    for picture in pictures:
        english, french = words_of(picture.svg), words_of(picture.french())
        assert len(french) >= len(CATEGORIES)
        alike = {word.partition(" (")[0] for word in set(english) & set(french) if re.search("[a-z]{3}", word)}
        assert alike <= {*CATEGORIES, "budget"}, picture.name


def test_numbers_of_a_picture_in_french_are_written_so(contents: Contents) -> None:
    pictures = {section.picture.name: section.picture for section in laid_out(contents).sections if section.picture}

    assert "0.2" in words_of(pictures["reliability"].svg)
    assert "0,2" in words_of(pictures["reliability"].french())


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("chosen", "le choix dans son ensemble"),
        ("1990s (1,234)", "années 1990 (1\u202f234)"),
        ("fewer than 100 (57)", "moins de 100 (57)"),
        ("1,000 to 2,999 (8)", "1\u202f000 à 2\u202f999 (8)"),
        ("10,000 or more (8)", "10\u202f000 et plus (8)"),
        ("revenue and runtime (12)", "recettes et durée (12)"),
        ("1,234\n1,200–1,301", "1\u202f234\n1\u202f200–1\u202f301"),
        ("moon phase (12)", "moon phase (12)"),
    ],
)
def test_names_are_said_in_french_and_a_newer_one_as_it_is(english: str, french: str) -> None:
    assert said(english) == french


def test_a_page_whose_writing_is_cut_short_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text("the one before")
    whole = Path.write_text

    def half(self: Path, text: str, **how: Any) -> int:
        whole(self, text[: len(text) // 2], **how)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(KeyboardInterrupt):
        page.write(path, [])

    assert path.read_text() == "the one before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_written_page_is_the_whole_one(tmp_path: Path) -> None:
    page.write(tmp_path / "report.html", [])

    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page.page([])
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_curve_without_time_is_said_to_be_missing(other: Page) -> None:
    assert len(other.table("Worth on all films by the number")) == 1
    assert "the time budget was spent" in other.text
    assert len([tag for tag, _ in other.tags if tag == "svg"]) == 8
