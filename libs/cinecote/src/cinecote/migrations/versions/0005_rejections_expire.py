"""Rejected rows of a source whose films expire hold its data too: they expire as its films do."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEPT = timedelta(days=180)
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
FILMS = sa.table("films", sa.column("source"), sa.column("expires_at"))
REJECTIONS = sa.table(
    "rejections", sa.column("source"), sa.column("rejected_at", MOMENT), sa.column("expires_at", MOMENT)
)


def upgrade() -> None:
    op.add_column("rejections", sa.Column("expires_at", MOMENT))
    connection = op.get_bind()
    expiring = sa.select(FILMS.c.source).where(FILMS.c.expires_at.is_not(None)).distinct()
    sources = {*connection.scalars(expiring), "tmdb-csv", "tmdb-5000"}
    # A moment at a time: the two servers count in days differently, and a run has one a batch.
    moments = sa.select(REJECTIONS.c.rejected_at).where(REJECTIONS.c.source.in_(sources)).distinct()
    for moment in list(connection.scalars(moments)):
        connection.execute(
            sa.update(REJECTIONS)
            .where(REJECTIONS.c.source.in_(sources), REJECTIONS.c.rejected_at == moment)
            .values(expires_at=moment + KEPT)
        )


def downgrade() -> None:
    op.drop_column("rejections", "expires_at")
