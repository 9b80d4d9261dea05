"""The films that a pass over a source asks for, so that a run that was killed goes on where it was."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_0900_ai_ci",
}


def upgrade() -> None:
    op.create_table(
        "pass_films",
        sa.Column(
            "source",
            sa.String(32).with_variant(mysql.VARCHAR(32, charset="utf8mb4", collation="utf8mb4_0900_bin"), "mysql"),
            primary_key=True,
        ),
        sa.Column("film_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("state", sa.String(8), nullable=False),
        **MYSQL,
    )
    op.create_index("ix_pass_films_source_state_film_id", "pass_films", ["source", "state", "film_id"])


def downgrade() -> None:
    op.drop_table("pass_films")
