"""The tables, the same on MySQL and on SQLite."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT, VARCHAR

TITLE_LENGTH = 500
SOURCE_ID_LENGTH = 64
STATUS_LENGTH = 32
WORD_LENGTH = 64
"""A longer word of a title is found by its first 64 letters."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives row ids to a column of type INTEGER only.
_Id = BigInteger().with_variant(Integer, "sqlite")
# To the microsecond, in UTC without an offset: neither server keeps one.
_Moment = DateTime().with_variant(DATETIME(fsp=6), "mysql")
_Long = Text().with_variant(LONGTEXT, "mysql")


def _exact(length: int) -> Any:
    """Text compared byte by byte: MySQL's default finds `é` equal to `e` and ignores trailing blanks."""
    return String(length).with_variant(VARCHAR(length, charset="utf8mb4", collation="utf8mb4_0900_bin"), "mysql")


_MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_0900_ai_ci",
}

_FILTERED = ("release_date", "vote_average", "vote_count", "revenue", "budget", "runtime")


films = Table(
    "films",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("source", _exact(32), nullable=False),
    Column("source_id", _exact(SOURCE_ID_LENGTH), nullable=False),
    Column("title", _exact(TITLE_LENGTH), nullable=False),
    Column("release_date", Date),
    Column("revenue", BigInteger),
    Column("budget", BigInteger),
    Column("runtime", SmallInteger),
    Column("vote_count", Integer),
    Column("vote_count_raw", Integer),
    Column("vote_map", String(16)),
    Column("vote_average", Double),
    Column("genres", JSON, nullable=False),
    Column("status", String(STATUS_LENGTH), nullable=False),
    Column("content_hash", String(32), nullable=False),
    Column("fetched_at", _Moment, nullable=False),
    Column("expires_at", _Moment),
    UniqueConstraint("source", "source_id"),
    **_MYSQL,
)


def _order_of_films(column: str) -> Index:
    """The films by `column` and id, with all that they are filtered by: a page is found in it without a row read."""
    others = (name for name in _FILTERED if name != column)
    return Index(f"ix_films_by_{column}", *(films.c[name] for name in (column, "id", "source", *others)))


ORDERS = tuple(_order_of_films(column) for column in ("title", *_FILTERED))
"""The indexes that `films` is paged by."""

film_words = Table(
    "film_words",
    metadata,
    Column("word", _exact(WORD_LENGTH), primary_key=True),
    Column("film_id", _Id, ForeignKey("films.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "film_id"),
    sqlite_with_rowid=False,
    **_MYSQL,
)

rejections = Table(
    "rejections",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("source", _exact(32), nullable=False),
    Column("line", Integer, nullable=False),
    Column("rule", String(64), nullable=False),
    Column("field", String(32)),
    Column("raw_value", _Long),
    Column("raw_row", JSON, nullable=False),
    Column("raw_hash", String(32), nullable=False),
    Column("rejected_at", _Moment, nullable=False),
    Column("expires_at", _Moment),
    UniqueConstraint("source", "rule", "raw_hash"),
    **_MYSQL,
)
"""The rows that broke a rule: one for all that say the same, with the `line` and the time that it was last met at.
A file that is collected daily brings its bad rows again, and each further line above them moves them."""

pass_films = Table(
    "pass_films",
    metadata,
    Column("source", _exact(32), primary_key=True),
    Column("film_id", Integer, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False),
    Index(None, "source", "state", "film_id"),
    **_MYSQL,
)
"""The films that a source's pass under way asks for: `wanted`, `done` (in the same transaction as what was answered),
or `failed`, which the next pass asks for again. A stored film that an answer says is none to have is `missing`; the
next pass asks for it as `doubted`, and where it is missing again it is `gone`, to be removed at that pass's end. A pass
that is over leaves the failed and the missing ones."""

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("job", String(64), nullable=False),
    Column("started_at", _Moment, nullable=False),
    Column("finished_at", _Moment),
    Column("status", String(16), nullable=False),
    Column("counts", JSON, nullable=False),
    Column("cursor", _Long),
    Index(None, "job", "status", "finished_at"),
    **_MYSQL,
)

promotions = Table(
    "promotions",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", _Moment, nullable=False),
    Column("model", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("previous", String(32)),
    Column("decision", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("metrics", JSON, nullable=False),
    **_MYSQL,
)

predictions = Table(
    "predictions",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", _Moment, nullable=False),
    Column("request_id", _exact(128), nullable=False),
    Column("model", String(64), nullable=False),
    Column("version", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("films", Integer, nullable=False),
    Column("inputs", _Long, nullable=False),
    Column("probabilities", _Long, nullable=False),
    Index(None, "at"),
    **_MYSQL,
)
"""One row an answer, which may be of thousands of films: `inputs` and `probabilities` are JSON, a list a film, in the
order of features.ACCEPTED (null unknown) and of films.CATEGORIES."""

film_scores = Table(
    "film_scores",
    metadata,
    Column("film_id", _Id, ForeignKey("films.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("model", String(64), primary_key=True),
    Column("version", String(32), nullable=False),
    Column("category", String(16), nullable=False),
    Column("probabilities", JSON, nullable=False),
    Column("content_hash", String(32), nullable=False),
    Column("scored_at", _Moment, nullable=False),
    sqlite_with_rowid=False,
    **_MYSQL,
)
"""What a model's champion answers for each stored film, as it was with this `content_hash`: `probabilities` are
in the order of films.CATEGORIES."""

searches = Table(
    "searches",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("found", _Long, nullable=False),
    Column("found_at", _Moment, nullable=False),
    **_MYSQL,
)
"""What a training's searches came to, as JSON, kept for the next one where it is killed; a training that ends well
removes its own. Text, since every digit counts."""
