"""The frame around every job: arguments in, work, report and exit code out."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

from lakehouse.contract import EXIT_CODES
from lakehouse.run import arguments, attention, last_look
from lakehouse.run.arguments import Arguments
from lakehouse.run.engine import Engine
from lakehouse.run.lease import Lease, NoLease, lease_on
from lakehouse.run.report import Report, log
from lakehouse.storage import iceberg, table_names
from lakehouse.storage.data_catalog import data_catalog
from lakehouse.storage.datasets import Datasets
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable

Item = TypeVar("Item")

THREADS = 8
"""Tables in work at a time: each waits for storage most of its time."""

LARGE_ROWS = 1_000_000
"""Tables with more rows are in work one at a time, for their memory."""


class Job:
    """What a job works with. The engine starts when it is first asked for, so a job without work needs none."""

    def __init__(self, argv: Sequence[str], args: Arguments, report: Report, lease: Lease | NoLease) -> None:
        self.argv = argv
        self.args = args
        self.report = report
        self.raw = Storage(args.raw_uri)
        self.lease = lease
        self.processed = Storage(args.processed_uri)
        self.processed.guard = lease.check
        self.datasets = _datasets(args.datasets_uri, self.processed)
        self.catalog = data_catalog(self.processed, args.database)
        self.keeps: list[IcebergTable] = []
        """Tables that the job is to leave whole in the catalog, also those that it has nothing new for."""
        self._large = threading.Lock()
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = Engine(self.processed, self.args.database)
            return self._engine

    @property
    def written(self) -> list[IcebergTable]:
        """Tables of Iceberg that the job wrote."""
        return [] if self._engine is None else self._engine.written

    def is_gone(self, table: IcebergTable) -> bool:
        """
        Whether a table that was published is not there any more: somebody removed its folder, or took it out of the
        catalog. What is registered is listed once for all tables; those that this job made since are asked for.
        """
        if self.catalog is None:
            return not iceberg.exists(self.processed, table.location)
        if not self.processed.exists(f"{table.location}/metadata"):
            return True
        return not self.catalog.has(table.name) and not self.engine.table_exists(table)

    def turn(self, rows: int) -> AbstractContextManager[object]:
        """To be held while an engine sorts so many rows."""
        return self._large if rows > LARGE_ROWS else nullcontext()

    def for_each(self, items: Iterable[Item], work: Callable[[Item], object]) -> None:
        """Does the work for all items, several at a time. One that fails is reported and does not stop the others."""

        def guarded(item: Item) -> None:
            try:
                work(item)
            except Exception as error:
                self.report.failed(str(item), error)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(guarded, items))


def main(name: str, work: Callable[[Job], None]) -> None:
    """What a job script does."""
    report, on_glue = _run(name, work, sys.argv)
    code = exit_code(report.state, on_glue)
    # On Glue a script that ends by SystemExit, be it with 0, has not simply ended. Its text is there what the run, and
    # the notice about it, say of the failure; the exit code is 1 then.
    if code != 0:
        sys.exit(report.error if on_glue and report.error else code)


def run(name: str, work: Callable[[Job], None], argv: Sequence[str]) -> int:
    """
    Runs a job by its command line, and gives its exit code: 0, 1 for a failure, 11 for bad data, which on Glue the
    report alone tells.
    """
    report, on_glue = _run(name, work, argv)
    return exit_code(report.state, on_glue)


def _run(name: str, work: Callable[[Job], None], argv: Sequence[str]) -> tuple[Report, bool]:
    """What the job did, and whether it ran on Glue."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    log.setLevel(logging.INFO)
    args = arguments.parse(argv)
    report = Report(name, args.run_id)
    processed = Storage(args.processed_uri)
    try:
        with lease_on(processed, args.run_id, name) as lease:
            job = Job(argv, args, report, lease)
            began = time.monotonic()
            work(job)
            last_look.look(job, time.monotonic() - began)
    except Exception as error:
        report.failed(name, error)
    report.finish(processed)
    # On one machine nobody would send it: `run-etl` shows the report.
    if not processed.is_local:
        attention.note(processed, report, _datasets(args.datasets_uri, processed))
    return report, not processed.is_local


def _datasets(uri: str, processed: Storage) -> Datasets:
    """What the definition says, with the names that the tables were given."""
    datasets = Datasets.read(uri)
    datasets.names = table_names.read(processed)
    return datasets


def exit_code(state: str, on_glue: bool) -> int:
    """For Glue any code but 0 is a failure, behind which no job runs; data can be bad without that."""
    return 0 if on_glue and state == "quality_failed" else EXIT_CODES[state]
