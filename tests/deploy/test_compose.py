"""Compose, the chart and Skaffold agree on images, arguments, ports and what is mounted."""

import re

import pytest

from cinecote.settings import ComponentSettings

from .declared import COMPOSE, ROOT, SERVICES, SETTINGS, SKAFFOLD, containers, documented, load

CHART = containers()
PROMETHEUS = load("compose/prometheus/prometheus.yml")
ONCE = {"mysql-users", "migrate", "collect", "train", "backup", "restore"}

both_know = pytest.mark.parametrize("name", sorted(CHART.keys() & SERVICES.keys()))
every_service = pytest.mark.parametrize("name", SERVICES)


def name_and_tag(image: str) -> tuple[str, str]:
    """An image's two parts, its variables replaced by their defaults."""
    name, _, tag = re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", image).partition(":")
    return name, tag


def megabytes(size: str) -> int:
    """`1536m`, `2g`, `1536Mi` or `2Gi` in Mi."""
    return int(re.sub("[^0-9]", "", size)) * (1024 if "g" in size.lower() else 1)


def port(component: type[ComponentSettings]) -> int:
    return int(component.model_fields["port"].default)


@both_know
def test_compose_runs_the_chart_s_images(name: str) -> None:
    declared = name_and_tag(CHART[name]["image"])

    # On a cluster each job migrates with its own image; here the api's does it once.
    expected = ("cinecote-api", declared[1]) if name == "migrate" else declared
    assert name_and_tag(SERVICES[name]["image"]) == expected


def test_compose_builds_what_skaffold_builds() -> None:
    built = [service for service in SERVICES.values() if "build" in service]
    artifacts = [each for document in SKAFFOLD for each in document.get("build", {}).get("artifacts", [])]

    assert {name_and_tag(each["image"])[0]: each["build"]["args"]["COMPONENT"] for each in built} == {
        each["image"]: each["docker"]["buildArgs"]["COMPONENT"] for each in artifacts
    }


def test_images_of_our_own_are_never_asked_of_a_registry() -> None:
    for service in SERVICES.values():
        assert service.get("pull_policy") == ("never" if service["image"].startswith("cinecote-") else None)


def test_each_image_of_our_own_is_built_by_one_service() -> None:
    built = [service["image"] for service in SERVICES.values() if "build" in service]
    run = {service["image"] for service in SERVICES.values() if service["image"].startswith("cinecote-")}

    assert sorted(built) == sorted(run)


def test_the_documented_tag_and_base_are_the_chart_s_and_the_dockerfile_s() -> None:
    base = re.search(r"^ARG PYTHON_IMAGE=(.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert base is not None
    assert documented()["PYTHON_IMAGE"] == base[1]
    assert documented()["CINECOTE_IMAGE_TAG"] == load("helm/cinecote/Chart.yaml")["appVersion"]


def test_the_rules_are_tested_by_the_prometheus_that_compose_runs() -> None:
    assert f'"{SERVICES["prometheus"]["image"]}"' in (ROOT / "tests/rules/conftest.py").read_text()


def test_mysqld_has_the_same_arguments_everywhere() -> None:
    assert SERVICES["mysql"]["command"] == CHART["mysql"]["args"]


@both_know
def test_memory_is_limited_as_on_a_cluster(name: str) -> None:
    assert megabytes(SERVICES[name]["mem_limit"]) == megabytes(CHART[name]["resources"]["limits"]["memory"])


@pytest.mark.parametrize("name", ["api", "web", "mlflow"])
def test_a_service_has_one_port_everywhere(name: str) -> None:
    number = port(SETTINGS[name])

    assert [each["containerPort"] for each in CHART[name]["ports"]] == [number]
    assert SERVICES[name]["ports"] == [f"127.0.0.1:${{CINECOTE_{name.upper()}_PORT:-{number}}}:{number}"]
    assert f":{number}/" in SERVICES[name]["healthcheck"]["test"][-1]


def test_skaffold_forwards_the_same_ports() -> None:
    forwarded = {
        each["resourceName"]: each["port"] for document in SKAFFOLD for each in document.get("portForward", [])
    }

    assert forwarded["cinecote-api"] == port(SETTINGS["api"])
    assert forwarded["cinecote-web"] == port(SETTINGS["web"])


def test_prometheus_scrapes_the_services_where_they_listen() -> None:
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in PROMETHEUS["scrape_configs"]}

    scraped = ["api", "web", "mysql-storage", "mlflow-storage"]
    assert targets == {name: [f"{name}:{port(SETTINGS[name])}"] for name in scraped}


def test_alerts_go_where_alertmanager_listens() -> None:
    (manager,) = PROMETHEUS["alerting"]["alertmanagers"]

    assert manager["static_configs"] == [{"targets": ["alertmanager:9093"]}]
    assert SERVICES["alertmanager"]["ports"][0].endswith(":9093")


def test_grafana_finds_its_dashboards_and_its_source_of_data() -> None:
    provisioning = "compose/grafana/provisioning"
    (provider,) = load(f"{provisioning}/dashboards/cinecote.yaml")["providers"]
    (source,) = load(f"{provisioning}/datasources/prometheus.yaml")["datasources"]

    mounts = [volume.split(":") for volume in SERVICES["grafana"]["volumes"]]
    assert ["./helm/cinecote/files/dashboards", provider["options"]["path"], "ro"] in mounts
    for kind in ("datasources", "dashboards"):
        assert [f"./{provisioning}/{kind}", f"/etc/grafana/provisioning/{kind}", "ro"] in mounts
    assert source["url"] == "http://prometheus:9090"
    assert SERVICES["prometheus"]["ports"][0].endswith(":9090")


def test_nobody_can_log_in_to_grafana_and_everybody_may_look() -> None:
    said = SERVICES["grafana"]["environment"]

    assert (said["GF_AUTH_ANONYMOUS_ENABLED"], said["GF_AUTH_ANONYMOUS_ORG_ROLE"]) == ("true", "Viewer")
    assert said["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
    assert (said["GF_AUTH_BASIC_ENABLED"], said["GF_AUTH_DISABLE_LOGIN_FORM"]) == ("false", "true")
    assert not any("PASSWORD" in name for name in said)


@every_service
def test_a_service_may_do_only_what_it_must(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in service
    assert not {"privileged", "cap_add", "pid", "network_mode"} & service.keys()


@every_service
def test_nothing_is_reached_from_another_machine(name: str) -> None:
    assert all(each.startswith("127.0.0.1:") for each in SERVICES[name].get("ports", []))


@every_service
def test_what_serves_is_started_again_and_what_ends_is_not(name: str) -> None:
    assert SERVICES[name].get("restart") == (None if name in ONCE else "unless-stopped")


@every_service
def test_what_is_mounted_is_there(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source, _, mode = volume.partition(":")
        if source.startswith("."):
            assert (ROOT / source).exists()
            assert mode.endswith(":ro")
        elif source.startswith("/"):
            # A path alone: a volume without a name, which goes with its container.
            assert name in ONCE
            assert volume == source
        else:
            assert source in COMPOSE["volumes"]
