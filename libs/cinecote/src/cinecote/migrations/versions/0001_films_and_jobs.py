"""Films with their search words, rejections, job runs, promotions."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG = sa.Text().with_variant(mysql.LONGTEXT(), "mysql")
MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_0900_ai_ci",
}


def exact(length: int) -> Any:
    return sa.String(length).with_variant(
        mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_0900_bin"), "mysql"
    )


def upgrade() -> None:
    op.create_table(
        "films",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("source", exact(32), nullable=False),
        sa.Column("source_id", exact(64), nullable=False),
        sa.Column("title", exact(500), nullable=False),
        sa.Column("release_date", sa.Date()),
        sa.Column("revenue", sa.BigInteger()),
        sa.Column("budget", sa.BigInteger()),
        sa.Column("runtime", sa.SmallInteger()),
        sa.Column("vote_count", sa.Integer()),
        sa.Column("vote_count_raw", sa.Integer()),
        sa.Column("vote_map", sa.String(16)),
        sa.Column("vote_average", sa.Double()),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.UniqueConstraint("source", "source_id", name="uq_films_source_source_id"),
        **MYSQL,
    )
    op.create_index("ix_films_vote_count", "films", ["vote_count"])
    op.create_index("ix_films_release_date", "films", ["release_date"])
    op.create_table(
        "film_words",
        sa.Column("word", exact(64), primary_key=True),
        sa.Column("film_id", ID, sa.ForeignKey("films.id", ondelete="CASCADE"), primary_key=True),
        sqlite_with_rowid=False,
        **MYSQL,
    )
    op.create_index("ix_film_words_film_id", "film_words", ["film_id"])
    op.create_table(
        "rejections",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("source", exact(32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("field", sa.String(32)),
        sa.Column("raw_value", LONG),
        sa.Column("raw_row", sa.JSON(), nullable=False),
        sa.Column("raw_hash", sa.String(32), nullable=False),
        sa.Column("rejected_at", MOMENT, nullable=False),
        sa.UniqueConstraint("source", "line", "rule", "raw_hash", name="uq_rejections_source_line_rule_raw_hash"),
        **MYSQL,
    )
    op.create_table(
        "job_runs",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("cursor", LONG),
        **MYSQL,
    )
    op.create_index("ix_job_runs_job_status_finished_at", "job_runs", ["job", "status", "finished_at"])
    op.create_table(
        "promotions",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("previous", sa.String(32)),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        **MYSQL,
    )


def downgrade() -> None:
    for table in ("promotions", "job_runs", "rejections", "film_words", "films"):
        op.drop_table(table)
