"""An index for each order of films, which answers for what a film is filtered by as well (docs/adr/0013)."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FACTS = ("release_date", "vote_average", "vote_count", "revenue", "budget", "runtime")


def upgrade() -> None:
    for column in ("title", *FACTS):
        others = [fact for fact in FACTS if fact != column]
        op.create_index(f"ix_films_by_{column}", "films", [column, "id", "source", *others])
    op.drop_index("ix_films_vote_count", "films")
    op.drop_index("ix_films_release_date", "films")


def downgrade() -> None:
    op.create_index("ix_films_vote_count", "films", ["vote_count"])
    op.create_index("ix_films_release_date", "films", ["release_date"])
    for column in ("title", *FACTS):
        op.drop_index(f"ix_films_by_{column}", "films")
