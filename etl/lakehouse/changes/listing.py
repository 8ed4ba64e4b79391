"""What is in the raw zone, by one list a job: of a table with very many files only what is behind those it knows."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timezone

from lakehouse.contract import NOT_REPLICATED
from lakehouse.raw import raw_files, stream_files
from lakehouse.raw.raw_files import Kind
from lakehouse.run.job import Job
from lakehouse.storage import listing as lists
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import DamagedState, Storage, StoredFile
from lakehouse.storage.state import TableState

LISTED_WHOLE = 10_000
"""A table with no more old files than this is listed whole each time: on S3, ten requests."""

WHOLE_EVERY = 24 * 3600.0
"""Seconds after which all files of any table are listed, for those that came late among the old ones, or are gone."""


@dataclass
class Listed:
    """Raw files of a table, in the order of their names, and where they lie: those after a name, or all."""

    storage: Storage
    files: list[StoredFile]
    after: str = ""

    def enough_for(self, table: Table, known: TableState) -> Listed:
        """What is needed beside a state: all files, unless the newest that it knows is among those after a name."""
        if not self.after:
            return self
        newest = max((name for name in known.files if raw_files.kind_of(name) == "change"), default="")
        if self.after < known.old_files.until and any(file.name == newest for file in self.files):
            return self
        files = self.storage.files(raw_files.folder_of(self.storage, table))
        return Listed(self.storage, raw_files.tables(self.storage, files).get((table.schema, table.name), []))

    def notes(self, known: TableState) -> bool:
        """Notes in the state that all files were listed, where that counts; says whether it does."""
        if self.after or known.old_files.number <= LISTED_WHOLE:
            return False
        known.listed = time.time()
        return True


def raw_zone(job: Job, kind: Kind) -> dict[tuple[str, str], Listed]:
    """Raw files of every table. One that came both ways comes now by that of its newest file."""
    starts = _starts(job, kind)
    after = {raw_files.folder_of(job.raw, table): name for table, name in starts}
    messages = stream_files.starts(job)
    days = {raw_files.folder_of(job.raw, Table(*name)): day for name, day in messages.items()}
    files = [
        file
        for schema in job.raw.folders("")
        if schema not in NOT_REPLICATED
        for file in lists.files_after(job.raw, schema, after | days)
    ]
    found = {
        name: Listed(job.raw, of_table, after.get(raw_files.folder_of(job.raw, Table(*name)), ""))
        for name, of_table in raw_files.tables(job.raw, files).items()
    }
    for table, start in starts:
        if (table.schema, table.name) in found:
            continue
        whole = Listed(job.raw, [], start).enough_for(table, TableState())
        if whole.files:
            found[table.schema, table.name] = whole
    streamed = stream_files.storage(job)
    for name, made in stream_files.stage(job, files, messages).items():
        if name not in found or _newest(made) >= _newest(found[name].files):
            found[name] = Listed(streamed, made)
    return found


def _starts(job: Job, kind: Kind) -> list[tuple[Table, str]]:
    """Tables whose files need not all be listed, each with the name after which they are."""
    found = []
    streamed = state.known_tables(stream_files.storage(job))
    for name in state.large_tables(job.processed):
        table = Table(*name)
        if name in streamed or job.raw.exists(f"{raw_files.folder_of(job.raw, table)}/{datetime.now(timezone.utc):%Y}"):
            continue  # folders of messages are among its files
        try:
            known = state.load(job.processed, table)
        except DamagedState:
            continue  # who works on the table says so
        # Full loads have other names: those that are late among changes do not concern process-load.
        # A clock that was set back would put it off until that time comes again.
        is_due = kind == "change" and not 0 <= time.time() - known.listed <= WHOLE_EVERY
        if known.old_files.number > LISTED_WHOLE and not is_due:
            job.report.looks_again_at(known.listed + WHOLE_EVERY)
            # Without its ending, the name is before itself.
            found.append((table, known.old_files.until.split(".")[0]))
    return found


def _newest(files: list[StoredFile]) -> int:
    return max((file.modified for file in files), default=0)
