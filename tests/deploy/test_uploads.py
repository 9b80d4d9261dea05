"""Where the api keeps the tables that it is sent, there is room for as many as it takes at once."""

import re

from cinecote_api.csv_batch.upload import LARGEST_UPLOAD, MOST_UPLOADS

from .declared import SERVICES, load_all

UNITS = {"m": 2**20, "Mi": 2**20, "g": 2**30, "Gi": 2**30}
NEEDED = LARGEST_UPLOAD * MOST_UPLOADS


def size(text: str) -> int:
    found = re.search(r"(\d+)(Mi|Gi|m|g)$", text)
    assert found, text
    return int(found[1]) * UNITS[found[2]]


def test_compose_gives_the_api_a_folder_that_holds_all_tables_in_a_part_of_its_memory() -> None:
    (temporary,) = SERVICES["api"]["tmpfs"]

    assert temporary.startswith("/tmp:")
    # What lies in a tmpfs counts as the container's memory.
    assert NEEDED < size(temporary) < size(SERVICES["api"]["mem_limit"]) / 2


def test_the_chart_gives_the_api_a_folder_that_holds_all_tables_and_takes_no_memory() -> None:
    (deployment,) = [each for each in load_all("k8s/rendered/api.yaml") if each["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    mounted = {mount["name"]: mount["mountPath"] for mount in pod["containers"][0]["volumeMounts"]}
    (folder,) = [volume["emptyDir"] for volume in pod["volumes"] if mounted.get(volume["name"]) == "/tmp"]

    assert size(folder["sizeLimit"]) > NEEDED
    assert "medium" not in folder
