"""
The base of a table: the last event of each key, so that a rebuild, or rows that come late, need not read every change
since the full load. The change log stays whole beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.changes import batches as log_batches
from lakehouse.contract import COMMIT_TIME, SEQUENCE
from lakehouse.current import current_rows, evolution
from lakehouse.current.table_changes import TableChanges
from lakehouse.run.job import Job
from lakehouse.spark import F
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Base, Batch, TableState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FOLDER = "_base"
"""Folder beside the batches of a change log: no engine takes it for one."""

ROWS = 1_000_000
"""So many changes, and as many as the table has rows, are read again and again before there is a base of them."""


def events(job: Job, changes: TableChanges, known: TableState) -> DataFrame:
    """What happened to each key, as `TableChanges.events` of all batches; where a base has the last of it, that."""
    base = _usable(job, changes, known)
    if base is None:
        return changes.events(job, changes.batches)
    left = [batch for batch in changes.batches if batch.number not in base.batches]
    own = {name for name, _ in base.columns}
    kept = job.engine.read_parquet(job.processed, [base.folder]).select(
        SEQUENCE,
        COMMIT_TIME,
        current_rows.STEP,
        current_rows.DELETED,
        *[
            current_rows.col(name) if name in own else F.lit(None).cast(kind).alias(name)
            for name, kind in changes.columns
        ],
    )
    return kept.unionByName(changes.events(job, left)) if any(batch.rows for batch in left) else kept


def has(job: Job, changes: TableChanges, known: TableState) -> bool:
    """Whether `events` reads a base."""
    return _usable(job, changes, known) is not None


def extend(job: Job, table: Table, known: TableState, changes: TableChanges) -> None:
    """
    Makes a base of all batches, where that saves more than it costs. The new one is written, then the state, then the
    old one goes: killed in between, there is a folder that the next one removes.
    """
    base = _usable(job, changes, known)
    if not changes.key or not _is_due(base, changes.batches):
        return
    assert known.applied is not None
    folder = f"{table.change_log}/{FOLDER}/{known.applied.version}"
    last = current_rows.latest(events(job, changes, known), changes.columns, changes.key, whole=True)
    with job.turn(changes.row_count):
        job.engine.write_parquet(last, folder)
    rows = log_batches.rows_in(job, folder)
    numbers = [batch.number for batch in changes.batches]
    # Of no rows there is no file, and nothing to save.
    made = Base(known.generation, folder, numbers, rows, changes.columns, changes.key)
    known.base = made if rows > 0 else None
    state.save(job.processed, table, known)
    _remove_others(job, table, folder)


def forget_old(job: Job, table: Table, known: TableState) -> None:
    """Takes away the base of another generation; the state is for the caller to write."""
    if known.base is not None and known.base.generation != known.generation:
        known.base = None
        job.processed.delete_folder(f"{table.change_log}/{FOLDER}")


def _remove_others(job: Job, table: Table, folder: str) -> None:
    root = f"{table.change_log}/{FOLDER}"
    for name in job.processed.folders(root):
        if f"{root}/{name}" != folder:
            job.processed.delete_folder(f"{root}/{name}")


def _is_due(base: Base | None, batches: list[Batch]) -> bool:
    covered = set() if base is None else set(base.batches)
    fresh = sum(batch.rows for batch in batches if batch.kind == "change" and batch.number not in covered)
    size = base.rows if base is not None else sum(batch.rows for batch in batches if batch.kind == "load")
    return fresh >= max(ROWS, size)


def _usable(job: Job, changes: TableChanges, known: TableState) -> Base | None:
    """The base, where its columns are to the table's what those of its batches are, and it is all there."""
    base = known.base
    if base is None or base.generation != known.generation or base.key != changes.key:
        return None
    covered = [batch for batch in changes.batches if batch.number in base.batches]
    then = evolution.sources(covered, base.columns)
    now = evolution.sources(changes.batches, changes.columns)
    kinds = dict(base.columns)
    for batch in covered:
        for name, kind in changes.columns:
            source = now[batch.number].get(name)
            if kinds.get(name) == kind and source == then[batch.number].get(name):
                continue
            if name in kinds or source is not None:
                return None
    if len(covered) < len(base.batches) or log_batches.rows_in(job, base.folder) != base.rows:
        return None
    return base
