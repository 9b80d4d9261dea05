"""A backup brings back what was dropped."""

from .release import FILM, NAME, Release, wait_until
from .rows import checksums, predictions


def test_a_restore_brings_back_every_row_of_both_databases(release: Release) -> None:
    assert release.page_answer(FILM)
    wait_until(lambda: predictions(release), 10)
    before, asked = checksums(release), predictions(release)
    release.run_job("backup")

    release.sql("DROP DATABASE cinecote; DROP DATABASE mlflow")

    assert release.ask("api", "/v1/films?limit=1").status == 503
    assert release.page_answer(FILM)
    release.cluster.run("make", "restore", f"NAMESPACE={release.namespace}", f"RELEASE={NAME}")
    assert checksums(release) == before
    # Those too that were asked while there was nothing to write them to.
    wait_until(lambda: predictions(release) > asked, 10)
    wait_until(lambda: release.ask("api", "/v1/films?limit=1").status == 200, 10)
