"""An index for each order of films, which answers for what a film is filtered by as well (docs/adr/0013)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FACTS = ("release_date", "vote_average", "vote_count", "revenue", "budget", "runtime")


def upgrade() -> None:
    # Of many films they take minutes, and MySQL keeps those that are made where it is cut off: the rest is left to do.
    present = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("films")}
    for column in ("title", *FACTS):
        others = [fact for fact in FACTS if fact != column]
        if f"ix_films_by_{column}" not in present:
            op.create_index(f"ix_films_by_{column}", "films", [column, "id", "source", *others])
    for column in ("vote_count", "release_date"):
        if f"ix_films_{column}" in present:
            op.drop_index(f"ix_films_{column}", "films")


def downgrade() -> None:
    op.create_index("ix_films_vote_count", "films", ["vote_count"])
    op.create_index("ix_films_release_date", "films", ["release_date"])
    for column in ("title", *FACTS):
        op.drop_index(f"ix_films_by_{column}", "films")
