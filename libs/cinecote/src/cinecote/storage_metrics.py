"""`cinecote-storage-metrics`: tells Prometheus how full the volumes are that this pod owns."""

import os
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Annotated

import structlog
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.metrics import STORAGE_FREE, STORAGE_SIZE
from cinecote.settings import ComponentSettings, read_settings

log = structlog.stdlib.get_logger(__name__)


def _read_volumes(said: object) -> object:
    """`name=/folder,…` as a mapping; ValueError where that isn't what is said."""
    if not isinstance(said, str):
        return said
    volumes: dict[str, str] = {}
    for part in filter(None, map(str.strip, said.split(","))):
        name, equals, folder = part.partition("=")
        if not (name and equals and folder.startswith("/")):
            raise ValueError("must look like name=/folder,other=/folder")
        if name in volumes:
            raise ValueError("names a volume twice")
        volumes[name] = folder
    return volumes


class StorageSettings(ComponentSettings):
    """The volumes to tell of, by the name that they are told under, and where to tell it."""

    volumes: Annotated[Mapping[str, Path], NoDecode, BeforeValidator(_read_volumes)] = Field(
        {}, validation_alias="CINECOTE_STORAGE_VOLUMES"
    )
    host: str = Field("127.0.0.1", validation_alias="CINECOTE_STORAGE_HOST")
    port: int = Field(9180, ge=0, le=65_535, validation_alias="CINECOTE_STORAGE_PORT")


class StorageMetrics(Collector):
    """Looks at the volumes at every scrape; one that can't be looked at isn't told."""

    def __init__(self, volumes: Mapping[str, Path]) -> None:
        self._volumes = volumes

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: registering is no reason to look."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        free = GaugeMetricFamily(STORAGE_FREE.name, STORAGE_FREE.help, labels=STORAGE_FREE.labels)
        size = GaugeMetricFamily(STORAGE_SIZE.name, STORAGE_SIZE.help, labels=STORAGE_SIZE.labels)
        for name, folder in self._volumes.items():
            try:
                found = os.statvfs(folder)
            except OSError as error:
                log.warning("the volume can't be looked at", volume=name, folder=str(folder), cause=error.strerror)
                continue
            # What is kept back for root is not for a database to write.
            free.add_metric([name], found.f_bavail * found.f_frsize)
            size.add_metric([name], found.f_blocks * found.f_frsize)
        yield from (family for family in (free, size) if family.samples)


def _serve() -> None:
    settings = read_settings(StorageSettings)
    if not settings.volumes:
        raise exits.UsageError("CINECOTE_STORAGE_VOLUMES names no volume, such as mysql=/var/lib/mysql")
    for name, folder in settings.volumes.items():
        if not folder.is_dir():
            raise exits.UsageError(f"CINECOTE_STORAGE_VOLUMES: {name}: {folder} is no folder")
    configure_logs("storage-metrics", settings.log_level, settings.log_format)
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    registry = CollectorRegistry()
    registry.register(StorageMetrics(settings.volumes))
    try:
        server, thread = start_http_server(settings.port, settings.host, registry)
    except OSError as error:
        cause = error.strerror or error
        raise exits.CommandError(f"can't listen on {settings.host}, port {settings.port}: {cause}") from None
    log.info("listening", host=settings.host, port=server.server_port, volumes=sorted(settings.volumes))
    over.wait()
    server.shutdown()
    server.server_close()
    thread.join()


def main() -> None:
    sys.exit(exits.run(_serve))
