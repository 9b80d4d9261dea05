"""Files from https addresses: bounded, gone on with after a cut, and from nowhere that they shouldn't come from."""

import gzip
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from sqlalchemy import func, select

from cinecote.tables import films
from cinecote_collect.addresses import may_be_reached, read_address

from .conftest import SAMPLE_COLUMNS, Site
from .https_server import FileServer, serving

COUNT = 2_000
LINE = "Apr 25 2001,10000000,174200000,122,181085,8.5,Comedy,R"
TABLE = "\n".join([",".join(SAMPLE_COLUMNS), *(f"Film {number},{LINE}" for number in range(COUNT))]).encode()


@pytest.fixture
def server(site: Site) -> Iterator[FileServer]:
    with serving(TABLE, site.folder) as server:
        yield server


def collect(site: Site, server: FileServer, address: str, **settings: str) -> subprocess.CompletedProcess[str]:
    own = {"CINECOTE_COLLECT_PRIVATE_ADDRESSES": "true", "SSL_CERT_FILE": str(server.certificate)}
    return site.typed("csv", address, **own | settings)


def stored(site: Site) -> int:
    return int(site.rows(select(func.count()).select_from(films))[0][0])


def refused(done: subprocess.CompletedProcess[str], code: int, said: str) -> None:
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert (done.returncode, len(errors)) == (code, 1), done.stderr
    assert said in errors[0]


def test_a_file_is_collected_from_its_address_packed_or_not(site: Site, server: FileServer) -> None:
    assert collect(site, server, server.address("plain/films.csv")).returncode == 0
    assert stored(site) == COUNT

    server.content = gzip.compress(TABLE)
    assert collect(site, server, server.address("plain/films.csv.gz?key=secret")).returncode == 0
    assert site.counts() == [COUNT, 0, 0, COUNT, 0]


def test_after_a_cut_only_the_rest_is_asked_for(site: Site, server: FileServer) -> None:
    assert collect(site, server, server.address("cut/films.csv")).returncode == 0

    begun = [part for _, part in server.requests]
    first = len(TABLE) // 3
    assert begun == [None, f"bytes={first}-", f"bytes={first + (len(TABLE) - first) // 3}-"]
    assert stored(site) == COUNT


def test_a_file_that_changed_after_a_cut_is_taken_from_its_beginning(site: Site, server: FileServer) -> None:
    assert collect(site, server, server.address("changed/films.csv")).returncode == 0

    assert len(server.requests) == 2
    assert stored(site) == COUNT


def test_a_busy_server_is_asked_again_and_a_redirect_followed(site: Site, server: FileServer) -> None:
    assert collect(site, server, server.address("busy/films.csv")).returncode == 0
    assert collect(site, server, server.address("moved/films.csv")).returncode == 0

    assert [path for path, _ in server.requests][-2:] == ["/moved/films.csv", "/plain/films.csv"]


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ("absent", "the server answers 404"),
        ("down", "leads elsewhere: only https:// addresses are collected"),
        ("loop", "more than 5 redirects"),
        ("endless", "is larger than 1 MB"),
    ],
)
def test_what_can_t_be_collected_from_is_a_usage_error_that_names_the_address_without_its_query(
    site: Site, server: FileServer, mood: str, said: str
) -> None:
    address = server.address(f"{mood}/films.csv")

    done = collect(site, server, f"{address}?key=secret", CINECOTE_COLLECT_DOWNLOAD_MB="1")

    refused(done, 2, f"{address}: {said}")
    assert "secret" not in done.stderr
    assert stored(site) == 0


def test_what_unpacks_to_far_more_than_may_be_downloaded_is_a_usage_error(site: Site, server: FileServer) -> None:
    server.content = gzip.compress(b"title,\n" * 2_000_000)

    done = collect(site, server, server.address("plain/films.csv"), CINECOTE_COLLECT_DOWNLOAD_MB="1")

    refused(done, 2, "has more than 10 MB unpacked")


def test_a_download_that_takes_too_long_fails(site: Site, server: FileServer) -> None:
    done = collect(site, server, server.address("endless/films.csv"), CINECOTE_COLLECT_DOWNLOAD_S="0.2")

    refused(done, 1, "takes longer than 0 s")


def test_a_certificate_that_nobody_vouches_for_is_a_usage_error(site: Site, server: FileServer) -> None:
    done = site.typed("csv", server.address("plain/films.csv"), CINECOTE_COLLECT_PRIVATE_ADDRESSES="true")

    refused(done, 2, "certificate is not good")
    assert server.requests == []


def test_an_address_of_one_s_own_network_needs_a_setting(site: Site, server: FileServer) -> None:
    done = site.typed("csv", server.address("plain/films.csv"), SSL_CERT_FILE=str(server.certificate))

    refused(done, 2, "CINECOTE_COLLECT_PRIVATE_ADDRESSES")
    assert server.requests == []


PUBLIC = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")
OWN = ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1", "2002:a00:1::")
NEVER = ("169.254.169.254", "fe80::1", "224.0.0.1", "ff02::1", "0.0.0.0", "::", "::ffff:169.254.169.254", "100.64.0.1")


@pytest.mark.parametrize("number", [*PUBLIC, *OWN, *NEVER])
def test_public_addresses_are_reached_one_s_own_where_allowed_and_link_local_ones_never(number: str) -> None:
    address = ip_address(number)

    assert may_be_reached(address, private=False) is (number in PUBLIC)
    assert may_be_reached(address, private=True) is (number not in NEVER)


@pytest.mark.parametrize(
    "text",
    [
        "http://example.org/films.csv", "ftp://example.org/a", "https://", "https:///a", "https://me:key@example.org/a",
        "https://example.org:99999/a", "https://exa mple.org/a", "https://" + "a" * 64 + ".org/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_another_address_than_an_https_one_is_a_usage_error_before_anything_is_asked(site: Site, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_address(text)

    assert site.run("csv", text).returncode == 2
