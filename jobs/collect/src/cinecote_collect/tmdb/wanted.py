"""The films that a pass asks for, in the table `pass_films`."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, bindparam, delete, func, select, update

from cinecote.bulk import BulkWriter
from cinecote.tables import films, pass_films
from cinecote_collect.layouts import TMDB_API

SOURCE = TMDB_API.name
RENEWED_BEFORE = timedelta(days=30)
"""A film is asked for again when it has this long to live: a month of failing runs loses none."""

_IDS_TOGETHER = 1_000
_OURS = pass_films.c.source == SOURCE
_PORTION = (
    select(pass_films.c.film_id)
    .where(_OURS, pass_films.c.state == "wanted", pass_films.c.film_id > bindparam("after"))
    .order_by(pass_films.c.film_id)
    .limit(_IDS_TOGETHER)
)
_MARK = (
    update(pass_films)
    .where(_OURS, pass_films.c.film_id.in_(bindparam("ids", expanding=True)))
    .values(state=bindparam("becomes"))
)
_FORGET = delete(films).where(films.c.source == SOURCE, films.c.source_id.in_(bindparam("ids", expanding=True)))
_STORED = select(films.c.source_id).where(films.c.source == SOURCE)

State = Literal["done", "failed"]


def begin(connection: Connection, *, anew: bool) -> None:
    """Make way for a new pass, which asks for what failed in the last one too; `anew` where it lists all films."""
    dropped = ("wanted", "done", "failed") if anew else ("done",)
    connection.execute(delete(pass_films).where(_OURS, pass_films.c.state.in_(dropped)))
    ask_failed_again(connection)


def ask_failed_again(connection: Connection) -> int:
    """Want the failed films again; their number."""
    return connection.execute(
        update(pass_films).where(_OURS, pass_films.c.state == "failed").values(state="wanted")
    ).rowcount


def add(connection: Connection, ids: Iterable[int]) -> None:
    """Want the films `ids`, those left out that this pass has already."""
    writer = BulkWriter(pass_films, connection.dialect, ("source", "film_id", "state"))
    writer.write(connection, [(SOURCE, film_id, "wanted") for film_id in ids])


def add_stored(connection: Connection, expiring_after: datetime | None = None) -> None:
    """Want the films stored: all, or those that a month after a moment will have expired."""
    chosen = _STORED
    if expiring_after is not None:
        chosen = chosen.where(films.c.expires_at <= expiring_after + RENEWED_BEFORE)
    for stored in connection.execute(chosen).scalars().partitions(_IDS_TOGETHER):
        add(connection, map(int, stored))


def end(connection: Connection) -> None:
    """Leave nothing of a pass that is over but what failed."""
    connection.execute(delete(pass_films).where(_OURS, pass_films.c.state == "done"))


def portion(connection: Connection, after: int) -> list[int]:
    """The next films to be asked for, in the order of their ids."""
    return list(connection.execute(_PORTION, {"after": after}).scalars())


def count(connection: Connection, state: str | None = None) -> int:
    """Films of the pass, or those of them in `state`."""
    counted = select(func.count()).select_from(pass_films).where(_OURS)
    return connection.scalar(counted if state is None else counted.where(pass_films.c.state == state)) or 0


def count_stored(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(films).where(films.c.source == SOURCE)) or 0


def mark(connection: Connection, ids: Sequence[int], becomes: State) -> None:
    for some in _portions(ids):
        connection.execute(_MARK, {"ids": some, "becomes": becomes})


def forget(connection: Connection, ids: Sequence[int]) -> int:
    """Remove the stored films `ids`, their search words with them; how many there were."""
    return sum(connection.execute(_FORGET, {"ids": list(map(str, some))}).rowcount for some in _portions(ids))


def _portions(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _IDS_TOGETHER] for start in range(0, len(ids), _IDS_TOGETHER))
