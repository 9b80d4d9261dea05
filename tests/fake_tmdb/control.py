"""The tests' own way in: the judge's report, the films as they are, the mood, the clock. TMDB has none of it."""

import json
from datetime import date
from typing import Any

from .judge import Judge
from .state import State


class Control:
    """Answers `/control/…`; what is posted is a JSON object."""

    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, path: str, body: bytes) -> Any:
        said = json.loads(body or b"{}")
        what = path.removeprefix("/control/")
        if what == "mood":
            for name, value in said.items():
                setattr(self._state.mood, name, value)
        elif what == "clock":
            self._state.catalog.advance(date.fromisoformat(said["today"]), self._state.daily)
        elif what == "remove":
            for film_id in said["ids"]:
                self._state.catalog.remove(film_id)
        elif what == "edit":
            self._state.catalog.films[said["id"]] |= said["facts"]
            if not said.get("unannounced"):
                self._state.catalog.changed[self._state.catalog.today].add(said["id"])
            self._state.catalog.version += 1
        elif what == "quiet":
            self._state.catalog.changed.clear()
        elif what == "films":
            return list(self._state.catalog.listed())
        elif what == "asked":
            judge = self._state.judge
            return {film_id: [asked, judge.answered[film_id]] for film_id, asked in judge.asked.items()}
        elif what == "pardon":
            self._state.judge.pardon()
        elif what == "forget":
            self._state.judge = Judge(said.get("limit", self._state.judge.limit), self._state.mood.delay)
        return self._state.judge.report()
