"""The films that a pass asks for, in the table `pass_films`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Literal

from sqlalchemy import Connection, bindparam, case, delete, func, select, update

from cinecote.bulk import BulkWriter
from cinecote.tables import films, pass_films
from cinecote_collect.layouts import TMDB_API

SOURCE = TMDB_API.name
RENEWED_BEFORE = timedelta(days=30)
"""A film is asked for again when it has this long to live: a month of failing runs loses none."""

_IDS_TOGETHER = 1_000
_OURS = pass_films.c.source == SOURCE
_ASKED = ("wanted", "doubted")
_PORTION = (
    select(pass_films.c.film_id)
    .where(_OURS, pass_films.c.state == bindparam("state"), pass_films.c.film_id > bindparam("after"))
    .order_by(pass_films.c.film_id)
    .limit(_IDS_TOGETHER)
)
_THESE = pass_films.c.film_id.in_(bindparam("ids", expanding=True))
_MARK = update(pass_films).where(_OURS, _THESE).values(state=bindparam("becomes"))
_MISS = (
    update(pass_films)
    .where(_OURS, _THESE)
    .values(state=case((pass_films.c.state == "doubted", "gone"), else_="missing"))
)
_BECOME = update(pass_films).where(_OURS, pass_films.c.state == bindparam("was")).values(state=bindparam("becomes"))
_GONE = select(pass_films.c.film_id).where(_OURS, pass_films.c.state == "gone").limit(_IDS_TOGETHER)
_FORGET = delete(films).where(films.c.source == SOURCE, films.c.source_id.in_(bindparam("ids", expanding=True)))
_DROP = delete(pass_films).where(_OURS, _THESE)
_IDS_A_LOOK = 50_000
"""Stored films are looked at by ranges of their ids, so that no statement takes long or brings a million."""
_STORED = select(films.c.source_id).where(films.c.source == SOURCE)
_STORED_OF = _STORED.where(films.c.source_id.in_(bindparam("ids", expanding=True)))

State = Literal["wanted", "doubted", "done", "failed", "missing", "gone"]
"""See `cinecote.tables.pass_films`."""


def begin(connection: Connection, *, anew: bool) -> None:
    """Make way for a new pass, which asks for what failed in the last one too; `anew` where it lists all films."""
    end(connection)
    if anew:
        _drop(connection, "wanted")
        _drop(connection, "failed")
        # Counted are those that are listed (see `add`).
        keep_gone(connection)
        _become(connection, "doubted", "missing")
    else:
        ask_failed_again(connection)
        ask_missing_again(connection)


def ask_failed_again(connection: Connection) -> int:
    """Want the failed films again; their number."""
    return _become(connection, "failed", "wanted")


def ask_missing_again(connection: Connection) -> None:
    """Ask once more for the films that an earlier pass missed: those that are missing again are gone."""
    _become(connection, "missing", "doubted")


def keep_gone(connection: Connection) -> None:
    """Have the next pass look again whether the films that are gone are."""
    _become(connection, "gone", "missing")


def add(connection: Connection, ids: Iterable[int]) -> None:
    """Want the films `ids`, those left out that this pass has already."""
    added = list(ids)
    for some in _portions(added):
        connection.execute(_MARK.where(pass_films.c.state == "missing"), {"ids": some, "becomes": "doubted"})
    writer = BulkWriter(pass_films, connection.dialect, ("source", "film_id", "state"))
    writer.write(connection, [(SOURCE, film_id, "wanted") for film_id in added])


def add_stored(connection: Connection, expiring_after: datetime | None = None) -> None:
    """Want the films stored: all, or those that a month after a moment will have expired."""
    chosen = _STORED
    if expiring_after is not None:
        chosen = chosen.where(films.c.expires_at <= expiring_after + RENEWED_BEFORE)
    first, last = connection.execute(select(func.min(films.c.id), func.max(films.c.id))).one()
    for low in range(first or 0, (last or -1) + 1, _IDS_A_LOOK):
        found = connection.scalars(chosen.where(films.c.id >= low, films.c.id < low + _IDS_A_LOOK)).all()
        add(connection, map(int, found))


def end(connection: Connection) -> None:
    """Leave nothing of a pass that is over but what failed or was missing."""
    _drop(connection, "done")


def portion(connection: Connection, after: int) -> list[int]:
    """The next films to be asked for, in the order of their ids."""
    # One select for both would sort all of them each time.
    found = (connection.scalars(_PORTION, {"state": state, "after": after}) for state in _ASKED)
    return sorted(chain.from_iterable(found))[:_IDS_TOGETHER]


def count(connection: Connection, *states: State) -> int:
    """Films of the pass, or those of them in one of `states`."""
    counted = select(func.count()).select_from(pass_films).where(_OURS)
    return connection.scalar(counted.where(pass_films.c.state.in_(states)) if states else counted) or 0


def count_asked(connection: Connection) -> int:
    """Films that are still to be asked for."""
    return count(connection, "wanted", "doubted")


def count_stored(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(films).where(films.c.source == SOURCE)) or 0


def mark(connection: Connection, ids: Sequence[int], becomes: State) -> None:
    for some in _portions(ids):
        connection.execute(_MARK, {"ids": some, "becomes": becomes})


def miss(connection: Connection, ids: Sequence[int]) -> None:
    """Films that aren't wanted any more, by an answer: `ids` that are stored are missing, or gone the second time."""
    for some in _portions(ids):
        stored = set(map(int, connection.execute(_STORED_OF, {"ids": list(map(str, some))}).scalars()))
        connection.execute(_MARK, {"ids": [each for each in some if each not in stored], "becomes": "done"})
        connection.execute(_MISS, {"ids": list(stored)})


def forget_gone(connection: Connection) -> int | None:
    """Remove some of the films that are gone, their search words with them; how many there were, None at the end."""
    ids = list(connection.execute(_GONE).scalars())
    mark(connection, ids, "done")
    return connection.execute(_FORGET, {"ids": list(map(str, ids))}).rowcount if ids else None


def _become(connection: Connection, was: State, becomes: State) -> int:
    return connection.execute(_BECOME, {"was": was, "becomes": becomes}).rowcount


def _drop(connection: Connection, state: State) -> None:
    """Forget the films in `state`."""
    after = -1
    # A million at once would take longer than a connection waits for an answer.
    while found := connection.scalars(_PORTION, {"state": state, "after": after}).all():
        connection.execute(_DROP, {"ids": found})
        after = found[-1]


def _portions(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _IDS_TOGETHER] for start in range(0, len(ids), _IDS_TOGETHER))
