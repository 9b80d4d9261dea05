"""What MySQL holds, so that two moments can be compared."""

from .release import Release

_TABLES = """
SELECT CONCAT('CHECKSUM TABLE ', GROUP_CONCAT(CONCAT('`', table_schema, '`.`', table_name, '`')), ';')
FROM information_schema.tables
WHERE table_schema IN ('cinecote', 'mlflow') AND table_type = 'BASE TABLE'
AND table_name NOT IN ('job_runs', 'predictions')
"""


def checksums(release: Release) -> dict[str, str]:
    """MySQL's checksum of every table of both databases by name, and the ended runs of other jobs than backup.

    Not that of the predictions, which the api adds to as long as anybody asks.
    """
    statement = release.sql(f"SET SESSION group_concat_max_len = 1000000; {_TABLES}")[0][0]
    found = dict(release.sql(statement))
    # Its own dump finds a backup still running.
    runs = release.sql("SELECT * FROM cinecote.job_runs WHERE job <> 'backup' ORDER BY id")
    return found | {"runs": str(runs)}


def predictions(release: Release) -> set[tuple[str, ...]]:
    return {tuple(row) for row in release.sql("SELECT * FROM cinecote.predictions")}


def films(release: Release) -> set[tuple[str, ...]]:
    """Every film with what is known of it, but for when it was last fetched."""
    return {tuple(row) for row in release.sql("SELECT source, source_id, content_hash FROM cinecote.films")}


def promotions(release: Release) -> set[tuple[str, ...]]:
    return {tuple(row) for row in release.sql("SELECT id, at, model, version, decision FROM cinecote.promotions")}
