"""`cinecote-collect`: puts the parts of a command together."""

import gc
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial

from rich.console import Console

from cinecote import exits
from cinecote.logs import configure_logs
from cinecote.settings import read_settings
from cinecote_collect.access import open_database
from cinecote_collect.ahead import ahead
from cinecote_collect.arguments import parse
from cinecote_collect.collecting import Collector
from cinecote_collect.contract import Contract
from cinecote_collect.downloading import Limits, local_files
from cinecote_collect.feeds import Feed, csv_feeds, sample_feeds, synthetic_feeds
from cinecote_collect.interruption import Interruption, interruptible
from cinecote_collect.preparing import prepared
from cinecote_collect.progress import progress
from cinecote_collect.purging import Purge
from cinecote_collect.report import output, print_fetched, print_purged, print_tally
from cinecote_collect.settings import CollectSettings
from cinecote_collect.status import print_status
from cinecote_collect.tally import Tally
from cinecote_collect.tmdb.options import filters
from cinecote_collect.tmdb.terms import entitled


def main() -> None:
    # Rows make no cycles of references; looking for some all the time would cost an eighth of it.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    sys.exit(exits.run(partial(_run, parse())))


def _run(arguments: Namespace) -> None:
    settings = read_settings(CollectSettings)
    configure_logs("collect", settings.log_level, settings.log_format)
    url = settings.database_url.get_secret_value()
    if arguments.command == "status":
        with open_database(url, read_only=True) as engine, engine.connect() as connection, output() as console:
            print_status(connection, console, settings.prediction_days)
    elif arguments.command == "sample":
        with interruptible() as interruption, sample_feeds() as feeds:
            _collect(settings, feeds, interruption)
    elif arguments.command == "tmdb":
        _collect_tmdb(settings, arguments)
    elif arguments.command == "purge":
        _purge(url, settings.prediction_days)
    elif arguments.command == "synthetic":
        with interruptible() as interruption:
            _collect(settings, synthetic_feeds(arguments.films, arguments.seed), interruption)
    else:
        with (
            interruptible() as interruption,
            local_files(
                arguments.files,
                Limits(settings.download_mb * 1_000_000, settings.download_seconds, settings.private_addresses),
                interruption.check,
            ) as named,
        ):
            feeds = csv_feeds(named, arguments.source, arguments.as_of, interruption.check)
            _collect(settings, feeds, interruption)


def _purge(url: str, prediction_days: int) -> None:
    with interruptible() as interruption, open_database(url) as engine:
        purge = Purge(engine, prediction_days, interruption)
        try:
            purge.run()
        finally:
            if purge.deleted:
                print_purged(purge.deleted)


def _collect(settings: CollectSettings, feeds: Sequence[Feed], interruption: Interruption) -> None:
    tally = Tally()
    with (
        ahead(prepared(feeds, settings.batch_rows)) as batches,
        open_database(settings.database_url.get_secret_value()) as engine,
    ):
        try:
            with progress(Console(stderr=True), sum(feed.lines_to_read for feed in feeds)) as shown:
                Collector(engine, feeds, shown, interruption, tally, Contract(settings)).run(batches)
        except BaseException:
            if tally.read:
                print_tally(tally)
            raise
        print_tally(tally)


def _collect_tmdb(settings: CollectSettings, arguments: Namespace) -> None:
    # Its client of HTTP takes an eighth of a second of the processor to import, and no other command asks TMDB.
    from cinecote_collect.tmdb.collector import Order, TmdbCollector

    order = Order(
        address=settings.tmdb_base_url,
        token=entitled(settings.tmdb_token, settings.tmdb_terms_accepted),
        limit=settings.tmdb_requests_per_second,
        filters=filters(arguments),
        ids=arguments.ids,
        full=arguments.full,
    )
    with interruptible() as interruption, open_database(settings.database_url.get_secret_value()) as engine:
        collector = TmdbCollector(engine, order, Contract(settings), interruption)
        try:
            collector.run()
        finally:
            if collector.meter.requests:
                print_tally(collector.tally)
                print_fetched(collector.fetched, collector.meter)
