"""A backup brings back what was dropped."""

from .release import FILM, NAME, Release, wait_until
from .rows import checksums


def test_a_restore_brings_back_every_row_of_both_databases(release: Release) -> None:
    before = checksums(release)
    release.run_job("backup")

    release.sql("DROP DATABASE cinecote; DROP DATABASE mlflow")

    assert release.ask("api", "/v1/films?limit=1").status == 503
    assert release.page_answer(FILM)
    release.cluster.run("make", "restore", f"NAMESPACE={release.namespace}", f"RELEASE={NAME}")
    assert checksums(release) == before
    wait_until(lambda: release.ask("api", "/v1/films?limit=1").status == 200, 10)
