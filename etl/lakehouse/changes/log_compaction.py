"""Many small batches of the change log become one: a table with a run a minute has 1440 a day."""

from __future__ import annotations

from itertools import groupby

from lakehouse.changes import batches
from lakehouse.run.job import Job
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Batch, TableState

SMALL_BATCHES = 32
"""As many batches of one schema in a row are put together."""

SMALL_ROWS = 100_000
"""A batch with more rows is not small."""


def compact(job: Job, table: Table, known: TableState) -> bool:
    """
    Puts small batches together that the current table has already; says whether there were any. The new folder is
    written, then the state, then the old folders go: killed in between, there are folders that the state does not know,
    which the next work removes.
    """
    applied = known.applied
    if applied is None or applied.generation != known.generation or applied.batch != known.next_batch - 1:
        return False
    runs = [run for run in _runs(known) if len(run) >= SMALL_BATCHES]
    if runs:
        known.number_after(job.lease.takeovers)
    for run in runs:
        _merge(job, table, known, run)
    if runs:
        applied.batch = known.next_batch - 1
        state.save(job.processed, table, known)
    for run in runs:
        for batch in run:
            job.processed.delete_folder(table.batch(batch.number))
    return bool(runs)


def _runs(known: TableState) -> list[list[Batch]]:
    """Small change batches of one schema that follow each other."""
    grouped = groupby(
        known.current_batches(),
        key=lambda batch: (batch.kind == "change" and batch.rows <= SMALL_ROWS, batch.columns, batch.before),
    )
    return [list(group) for (small, _, _), group in grouped if small]


def _merge(job: Job, table: Table, known: TableState, run: list[Batch]) -> None:
    filled = [batch for batch in run if batch.rows > 0]
    last = run[-1]
    merged = Batch(
        number=known.next_batch,
        kind="change",
        last_file=last.last_file,
        rows=sum(batch.rows for batch in run),
        columns=last.columns,
        before=last.before,
        first_sequence=min((batch.first_sequence for batch in filled if batch.first_sequence), default=None),
        last_sequence=max((batch.last_sequence for batch in filled if batch.last_sequence), default=None),
    )
    if filled:
        rows = job.engine.read_parquet(job.processed, [table.batch(batch.number) for batch in filled])
        batches.write(job, table, merged, rows.coalesce(1))
    known.next_batch += 1
    old = {batch.number for batch in run}
    known.batches = [batch for batch in known.batches if batch.number not in old] + [merged]
    if known.base is not None and old <= set(known.base.batches):
        known.base.batches = [number for number in known.base.batches if number not in old] + [merged.number]
    for file in known.files.values():
        if file.batch in old:
            file.batch = merged.number
