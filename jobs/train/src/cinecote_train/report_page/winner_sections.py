"""What was chosen: what more films would give it, and what its inputs are worth."""

from cinecote_train.report_page import drawings
from cinecote_train.report_page.contents import Contents
from cinecote_train.report_page.elements import OUT_OF_FOLD, Section, Table, picture, told_of, words
from cinecote_train.report_page.importance import SHUFFLES


def learning_section(contents: Contents) -> Section:
    curve = contents.curve
    first, last = curve[0], curve[-1]
    told = (
        f"Macro-F1 on all films: {told_of(first.macro_f1)} of models that saw {first.films:,} films, "
        f"{told_of(last.macro_f1)} with {last.films:,}."
    )
    said = f"{OUT_OF_FOLD} In each fold, the algorithm and hyperparameters are those that all of its films chose."
    if len(curve) == 1:
        said = (
            "Only the whole is told: the time budget was spent, or the films are too few to learn from a part of them."
        )
    return Section(
        "Learning curve",
        said,
        [
            Table(
                "Worth on all films by the number that the models saw, with 95 % intervals",
                ("films seen", "macro-F1", "log-loss (nats)"),
                [(f"{each.films:,}", told_of(each.macro_f1), told_of(each.log_loss)) for each in curve],
            )
        ],
        picture(contents.model.name, "learning", told, 6, 3.6, drawings.learning(curve)) if len(curve) > 1 else None,
    )


def importance_section(contents: Contents) -> Section:
    found = contents.importances
    height, draw = drawings.intervals([(words(each.name), each.log_loss) for each in found], "log-loss gained (nats)")
    told = f"What matters most is {words(found[0].name)}: shuffled, it costs {told_of(found[0].log_loss)} of log-loss."
    return Section(
        "What the inputs are worth",
        f"Of {contents.findings.winner.algorithm.replace('_', ' ')}, the model that may be served, on the "
        f"{len(contents.findings.held_out):,} held-out films, which no version is trained on: what is lost where each "
        f"film has another one's value, on the mean of {SHUFFLES} shuffles.",
        [
            Table(
                "What shuffling an input costs, with 95 % intervals",
                ("input", "log-loss gained (nats)", "macro-F1 lost"),
                [(words(each.name), told_of(each.log_loss), told_of(each.macro_f1)) for each in found],
            )
        ],
        picture(contents.model.name, "importance", told, 7, height, draw),
    )
