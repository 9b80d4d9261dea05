"""All parts of a model's page, in the order they are read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cinecote_train.report_page.answer_sections import confusion_section, reliability_section, slice_sections
from cinecote_train.report_page.candidate_sections import compared_section, pareto_section
from cinecote_train.report_page.contents import Contents
from cinecote_train.report_page.elements import Section, Table
from cinecote_train.report_page.winner_sections import importance_section, learning_section


@dataclass(frozen=True)
class Report:
    """The sections of a model's page, drawn; every figure in them is one of the contents'."""

    contents: Contents
    sections: Sequence[Section]


def laid_out(contents: Contents) -> Report:
    """Draw it once, for the page and the plots."""
    return Report(contents, list(_sections(contents)))


def _sections(contents: Contents) -> Iterator[Section]:
    yield compared_section(contents)
    yield pareto_section(contents)
    yield learning_section(contents)
    yield reliability_section(contents)
    yield confusion_section(contents)
    yield importance_section(contents)
    yield from slice_sections(contents)
    yield _origin(contents)


def _origin(contents: Contents) -> Section:
    data, recipe = contents.data, contents.recipe
    facts = {
        "films": f"{data['films']:,}, {data['complete']:,} of them complete",
        "held-out films": f"{data['held_out']:,}",
        "categories": ", ".join(f"{count:,} {name}" for name, count in data["categories"].items()),
        "sources": ", ".join(f"{name} ({count:,})" for name, count in data["sources"].items()),
        "votes' scale": ", ".join(f"{name} ({count:,})" for name, count in data["vote_maps"].items()),
        "releases": f"{data['first_release'] or 'unknown'} to {data['last_release'] or 'unknown'}",
        "films' sha256": data["sha256"],
        "search": f"{recipe.name}: {recipe.effort.trials} trials an algorithm at most, "
        f"{recipe.effort.folds} inner folds",
        "seed": str(recipe.seed),
        "commit": contents.origin.commit,
        "lock's sha256": contents.origin.lock_sha256,
        "graph's sha256": contents.graph_sha256,
    }
    return Section(
        "Data and origin", "", [Table("What the figures were made of", ("what", "which"), list(facts.items()))]
    )
