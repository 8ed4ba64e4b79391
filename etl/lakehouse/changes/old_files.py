"""
Change files that the state of a table does not have one by one any more: which of them are in the change log. Where a
day has the files that it had, all are; else the log itself says.
"""

from __future__ import annotations

from itertools import groupby

import pyarrow.parquet as pq

from lakehouse.contract import PARQUET, RAW_SEQUENCE, SEQUENCE
from lakehouse.raw import raw_files
from lakehouse.raw.raw_files import BrokenFile, Footer
from lakehouse.run.job import Job
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.state import TableState


def in_log(job: Job, raw: Storage, table: Table, known: TableState, present: list[StoredFile]) -> set[str]:
    """
    Names of old change files, of all that are present, whose rows are in the log; brings what the state has of them up
    to date.
    """
    old = [
        file
        for file in present
        if raw_files.kind_of(file.name) == "change"
        and file.name < known.old_files.until
        and file.name not in known.files
        and file.name not in known.set_aside
    ]
    found: set[str] = set()
    days: dict[str, state.Digest] = {}
    for day, of_day in groupby(sorted(old, key=lambda file: file.name), key=lambda file: state.day_of(file.name)):
        files = list(of_day)
        digest = state.digest_of(files)
        if digest != known.old_files.days.get(day):
            files = [file for file in files if _is_in_log(job, raw, table, known, file)]
            digest = state.digest_of(files)
        if files:
            days[day] = digest
            found |= {file.name for file in files}
    known.old_files.days = days
    return found


def _is_in_log(job: Job, raw: Storage, table: Table, known: TableState, file: StoredFile) -> bool:
    try:
        return has_rows(job, raw, table, known, file, raw_files.read_footer(raw, file, "change"))
    except BrokenFile:
        return False


def has_rows(job: Job, raw: Storage, table: Table, known: TableState, file: StoredFile, footer: Footer) -> bool:
    """Whether each change of a file is in the log; a file without any is not known by what is in it."""
    first, last = footer.first_sequence, footer.last_sequence
    if first is None or last is None:
        return False
    logged: set[str] = set()
    for batch in known.batches:
        if batch.number < known.since or batch.rows == 0 or batch.first_sequence is None or batch.last_sequence is None:
            continue
        if batch.first_sequence <= last and batch.last_sequence >= first:
            logged |= _sequences(job.processed, table.batch(batch.number), first, last)
    if not {first, last} <= logged:
        return False
    with raw.filesystem.open_input_file(raw.path(file.path)) as source:
        own = pq.read_table(source, columns=[RAW_SEQUENCE]).column(0).to_pylist()
    return logged.issuperset(own)


def _sequences(processed: Storage, folder: str, first: str, last: str) -> set[str]:
    """Change sequences of a batch between two; none where its folder is gone."""
    paths = [processed.path(file.path) for file in processed.files(folder) if file.name.endswith(PARQUET)]
    if not paths:
        return set()
    # It imports pandas, which takes as long as all else that jobs import to look for work.
    import pyarrow.dataset as ds

    within = (ds.field(SEQUENCE) >= first) & (ds.field(SEQUENCE) <= last)
    rows = ds.dataset(paths, filesystem=processed.filesystem, format="parquet").to_table([SEQUENCE], filter=within)
    return set(rows.column(0).to_pylist())
