"""A comparison that is shared out with Dask."""

from typing import Any

from cinecote.models import AFTER_RELEASE
from cinecote_train.dask_workers import LOCAL
from cinecote_train.training import train

from .killed_training import quick_recipe
from .sites import FILMS, MakeSite, Silent


def test_the_winner_is_byte_for_byte_the_one_of_a_single_process(make_site: MakeSite, trained_once: Any) -> None:
    site = make_site(count=FILMS)
    settings = site.settings.model_copy(update={"processes": 2})

    train(site.engine, settings, [AFTER_RELEASE], quick_recipe(), 600, Silent(), dask=LOCAL)

    assert site.versions() == trained_once.versions()
    assert site.job_statuses() == ["succeeded"]
