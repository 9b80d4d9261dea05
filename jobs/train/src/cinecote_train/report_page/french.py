"""The pictures' words in French, for whoever reads the page of the served model in it."""

import re

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, ScalarFormatter

from cinecote_train.report_page.svg import Draw

LANGUAGE = "fr"

_WORDS = {
    "macro-F1 on the complete films, 95 % interval": "score F1 moyen, films complets, intervalle à 95 %",
    "macro-F1, complete films": "score F1 moyen, films complets",
    "macro-F1, 95 % interval": "score F1 moyen, intervalle à 95 %",
    "median time of an answer (µs)": "durée médiane d’une réponse (µs)",
    "size of the graph (kB)": "taille (ko)",
    "films that the models saw": "films que les modèles ont vus",
    "stated probability": "probabilité annoncée",
    "share that is right, 95 % interval": "part de réponses justes, intervalle à 95 %",
    "category that was named": "catégorie annoncée",
    "category of the film": "catégorie du film",
    "log-loss gained (nats), 95 % interval": "perte logarithmique ajoutée (nats), intervalle à 95 %",
    "share of films whose category was named, 95 % interval": "part de réponses justes, intervalle à 95 %",
    "chosen": "le choix dans son ensemble",
    "majority": "la plus courante",
    "votes alone": "votes seuls",
    "budget alone": "budget seul",
    "runtime alone": "durée seule",
    "linear ordinal": "linéaire ordonné",
    "logistic": "régression logistique",
    "ordinal": "régression ordinale",
    "random forest": "forêt aléatoire",
    "lightgbm": "LightGBM",
    "hist gradient boosting": "arbres renforcés",
    "extra trees": "arbres très aléatoires",
    "xgboost": "XGBoost",
    "k nearest": "plus proches voisins",
    "soft vote": "vote des trois meilleurs",
    "revenue": "recettes",
    "budget": "budget",
    "vote count": "votes",
    "runtime": "durée",
    "release year": "année de sortie",
    "nothing unknown": "rien d’inconnu",
    "date unknown": "date inconnue",
}
_PATTERNS = (
    (r"fewer than ([\d,]+)", r"moins de \1"),
    (r"([\d,]+) or more", r"\1 et plus"),
    (r"([\d,]+) to ([\d,]+)", r"\1 à \2"),
    (r"(\d{4})s", r"années \1"),
)


def in_french(draw: Draw) -> Draw:
    """The same drawing with its words and numbers as they are written in French."""

    def drawn(figure: Figure) -> None:
        draw(figure)
        for axes in figure.axes:
            _translate(axes)

    return drawn


def said(text: str) -> str:
    """`text` in French; what has no words of its own there, as a category, stays."""
    name, films = re.fullmatch(r"(.*?)( \([\d,]+\))?", text, re.DOTALL).groups("")  # type: ignore[union-attr]
    return re.sub(r"(?<=\d),(?=\d{3})", "\N{NARROW NO-BREAK SPACE}", _named(name) + films)


def _named(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    for pattern, french in _PATTERNS:
        if re.fullmatch(pattern, name):
            return re.sub(pattern, french, name)
    # Several inputs that are unknown.
    parts = name.split(" and ")
    return " et ".join(map(_named, parts)) if len(parts) > 1 else name


class _Commas(ScalarFormatter):
    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos).replace(".", ",")


def _translate(axes: Axes) -> None:
    for text in axes.texts:
        text.set_text(said(text.get_text()))
    for axis in (axes.xaxis, axes.yaxis):
        _translate_axis(axis)


def _translate_axis(axis: Axis) -> None:
    axis.label.set_text(said(axis.label.get_text()))
    if isinstance(axis.get_major_locator(), FixedLocator):
        axis.set_ticklabels([said(label.get_text()) for label in axis.get_ticklabels()])
    elif type(axis.get_major_formatter()) is ScalarFormatter:
        axis.set_major_formatter(_Commas())
