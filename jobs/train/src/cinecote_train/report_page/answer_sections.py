"""What was answered: how sure it was, what was taken for what, and how it fares in parts of the films."""

from collections.abc import Iterator, Sequence

from cinecote.films import CATEGORIES
from cinecote_train.evaluation import CROSS_VALIDATION
from cinecote_train.report_page import drawings
from cinecote_train.report_page.contents import Contents
from cinecote_train.report_page.elements import OUT_OF_FOLD, Section, Table, picture, told_of
from cinecote_train.report_page.slices import FEWEST, SMALL, Slice
from cinecote_train.scoring import CALIBRATION


def reliability_section(contents: Contents) -> Section:
    error = contents.findings.procedure.scores[CROSS_VALIDATION][CALIBRATION]
    told = f"Share that is right against the probability that was stated; the calibration error is {told_of(error)}."
    return Section(
        "Reliability",
        f"{OUT_OF_FOLD} Ten bins of equal count, by the probability of the category that was named.",
        [
            Table(
                "What was stated, and the share that is right, with 95 % intervals",
                ("stated probability", "films", "share that is right"),
                [(f"{each.stated:.3f}", f"{each.films:,}", told_of(each.right)) for each in contents.bins],
            )
        ],
        picture(contents.model.name, "reliability", told, 4.5, 4, drawings.reliable(contents.bins)),
    )


def confusion_section(contents: Contents) -> Section:
    confusion = contents.findings.procedure.confusions[CROSS_VALIDATION]
    right = sum(confusion[place][place].value for place in range(len(CATEGORIES)))
    films = sum(cell.value for row in confusion for cell in row)
    told = f"Films by their category and the named one: {right:,.0f} of {films:,.0f} were named right."
    return Section(
        "Confusion",
        OUT_OF_FOLD,
        [
            Table(
                "Films by their category (rows) and the one that was named (columns), with 95 % intervals",
                ("category", *CATEGORIES),
                [
                    (name, *(f"{cell.value:,.0f} ({cell.low:,.0f} to {cell.high:,.0f})" for cell in row))
                    for name, row in zip(CATEGORIES, confusion, strict=True)
                ],
            )
        ],
        picture(contents.model.name, "confusion", told, 4.5, 4, drawings.confused(confusion)),
    )


def slice_sections(contents: Contents) -> Iterator[Section]:
    for by, slices in contents.slicings.items():
        rows = [(f"{each.name} ({each.films:,})", each.right) for each in slices if each.right]
        height, draw = drawings.intervals(rows, "share of films whose category was named")
        told = f"Share that is right by {by}: " + "; ".join(f"{name} {told_of(right)}" for name, right in rows) + "."
        yield Section(
            f"By {by}",
            f"{OUT_OF_FOLD} Fewer than {SMALL} films are said to be few: their figures may be luck. Macro-F1 is left "
            f"out where a category has no film, and every figure where the films are fewer than {FEWEST}.",
            [
                Table(
                    f"Results by {by}, with 95 % intervals",
                    (by, "films", "share that is right", "macro-F1"),
                    [_row(each) for each in slices],
                )
            ],
            picture(contents.model.name, by.replace(" ", "-"), told, 7, height, draw) if rows else None,
        )


def _row(part: Slice) -> Sequence[str]:
    films = f"{part.films:,} (few)" if part.is_small else f"{part.films:,}"
    return part.name, films, *(told_of(each) if each else "–" for each in (part.right, part.macro_f1))
