"""Which language a request is answered in: French, or the one that its address names in `lang`."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Flask, g, request, url_for

from cinecote.attribution import TMDB_NOTICE
from cinecote_web.language import DEFAULT, Language, current_language


def offer_languages(app: Flask, languages: Mapping[str, Language]) -> None:
    """Answer each request in its language, and keep that language in every address of the page."""

    @app.before_request
    def choose() -> None:
        g.language = languages.get(request.args.get("lang", DEFAULT), languages[DEFAULT])

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint != "static" and "lang" not in values and current_language().code != DEFAULT:
            values["lang"] = current_language().code

    @app.context_processor
    def speak() -> dict[str, object]:
        language = current_language()
        others = [other for other in languages.values() if other is not language]
        return {
            "language": language,
            "say": language.say,
            "say_or": language.say_or,
            "other_languages": others,
            "same_page": _same_page,
            # In TMDB's own words, whatever the language.
            "tmdb_notice": TMDB_NOTICE,
            "blank": _blank,
        }


def _same_page(other: Language, inputs: Mapping[str, str]) -> str:
    """The address of this page in the `other` language; `inputs` stand in for what was typed in this one."""
    if request.endpoint is None:
        return url_for("estimate.page", lang=_named(other))
    # A name that begins with `_` would be an instruction to url_for.
    typed = {name: value for name, value in request.args.items() if not name.startswith("_")}
    values: dict[str, Any] = {**typed, **inputs, **(request.view_args or {}), "lang": _named(other)}
    return url_for(request.endpoint, **values)


def _blank(values: Mapping[str, str]) -> Mapping[str, str]:
    """`values`, empty where there is none: a field as it was typed, or not."""
    return defaultdict(str, values)


def _named(language: Language) -> str | None:
    return None if language.code == DEFAULT else language.code
