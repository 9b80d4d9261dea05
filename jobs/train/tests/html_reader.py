"""A page as a person meets it: its tables by their captions, its pictures, its words."""

from collections.abc import Mapping
from html.parser import HTMLParser

Attributes = Mapping[str, str]


class Page(HTMLParser):
    """`tables` are rows of cells by caption, headings first; `tags` every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[tuple[str, Attributes]] = []
        self.text = ""
        self._rows: list[list[str]] = []
        self._caption = ""
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._rows[-1].append("")
        if tag in ("caption", "th", "td"):
            self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""
        if tag == "table":
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside == "caption":
            self._caption += data
        elif self._inside:
            self._rows[-1][-1] += data

    def table(self, begins: str) -> list[list[str]]:
        """The rows, without headings, of the one table whose caption begins so."""
        (rows,) = (rows for caption, rows in self.tables.items() if caption.startswith(begins))
        return rows[1:]

    def column(self, begins: str, heading: str) -> dict[str, str]:
        """A table's cells under the heading that begins so, by the rows' names."""
        (rows,) = (rows for caption, rows in self.tables.items() if caption.startswith(begins))
        (place,) = (place for place, name in enumerate(rows[0]) if name.startswith(heading))
        return {row[0]: row[place] for row in rows[1:]}
