"""Where collect keeps what it downloads and compares, there is room for files of the largest size."""

from cinecote_collect.settings import CollectSettings

from .declared import SERVICES, load_all
from .test_uploads import size

NEEDED = CollectSettings.model_fields["download_mb"].default * 1_000_000


def test_compose_gives_collect_a_folder_on_the_disk() -> None:
    collect = SERVICES["collect"]

    # What lies in a tmpfs counts as the container's memory, of which a file of the largest size takes twice as much.
    assert size(collect["mem_limit"]) < NEEDED
    assert collect["tmpfs"] == []
    # Without a name: it goes with the container, and so does what a killed run leaves in it.
    assert "/tmp" in collect["volumes"]


def test_the_chart_gives_collect_a_folder_that_takes_no_memory() -> None:
    (job,) = [each for each in load_all("k8s/rendered/collect.yaml") if each["kind"] == "CronJob"]
    (folder,) = [
        volume["emptyDir"]
        for volume in job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["volumes"]
        if volume["name"] == "tmp"
    ]

    assert size(folder["sizeLimit"]) > NEEDED
    assert "medium" not in folder
