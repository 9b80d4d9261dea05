"""A bad row that has moved to another line of its file is the same: it is kept once, as it was met last."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "rejections"
WITH_LINE = ("source", "line", "rule", "raw_hash")
WITHOUT_LINE = ("source", "rule", "raw_hash")


def upgrade() -> None:
    rows = sa.table(TABLE, *map(sa.column, ("id", *WITHOUT_LINE)))
    # MySQL deletes from no table that it is reading, hence the further level.
    newest = sa.select(sa.func.max(rows.c.id).label("id")).group_by(*(rows.c[name] for name in WITHOUT_LINE)).subquery()
    op.execute(sa.delete(rows).where(rows.c.id.not_in(sa.select(newest.c.id))))
    _change_key(WITH_LINE, WITHOUT_LINE)


def downgrade() -> None:
    _change_key(WITHOUT_LINE, WITH_LINE)


def _change_key(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    old, new = ("_".join(("uq", TABLE, *columns)) for columns in (before, after))
    if op.get_bind().dialect.name == "mysql":
        # In one statement: cut off, it has done all or nothing.
        op.execute(f"ALTER TABLE {TABLE} DROP INDEX {old}, ADD CONSTRAINT {new} UNIQUE ({', '.join(after)})")
        return
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(old, type_="unique")
        batch.create_unique_constraint(new, list(after))
