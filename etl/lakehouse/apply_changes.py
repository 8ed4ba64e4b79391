"""Change log → current tables: which batches are new, and whether to merge them or to write the table anew."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from lakehouse import evolution, quality, state
from lakehouse.change_log import batch_folder
from lakehouse.datasets import Table
from lakehouse.job import Job
from lakehouse.state import Applied, Batch, Columns, TableState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def apply_changes(job: Job) -> None:
    """Brings every current table up to the end of its change log."""
    names = sorted(state.known_tables(job.processed))
    job.for_each([job.datasets.table(*name) for name in names], lambda table: _apply(job, table))


@dataclass
class _Plan:
    """What a table is brought to. `batches`: those of the generation, in the order of the changes."""

    batches: list[Batch]
    columns: Columns
    key: list[str]
    pending: list[Batch]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]


def key_of(table: Table, batches: list[Batch], columns: Columns) -> list[str]:
    """
    Key columns of a table: as declared, or else those with a before image; none where before images are of all columns.
    """
    names = [name for name, _ in columns]
    if table.key is not None and set(table.key) <= set(names):
        return list(table.key)
    for batch in reversed(batches):
        if batch.before and set(batch.before) <= set(names):
            return [] if len(batch.before) == len(batch.columns) else list(batch.before)
    return []


def _plan(table: Table, known: TableState) -> _Plan | None:
    """None where the current table is up to date."""
    applied = known.applied
    batches = known.current_batches()
    same_generation = applied is not None and applied.generation == known.generation
    after = applied.batch if applied is not None and same_generation else 0
    pending = [batch for batch in batches if batch.number > after]
    if not pending and (same_generation or not known.batches):
        return None
    columns = evolution.newest_columns(batches or known.batches[-1:])
    return _Plan(batches, columns, key_of(table, batches, columns), pending)


def _apply(job: Job, table: Table) -> None:
    known = state.load(job.processed, table)
    plan = _plan(table, known)
    if plan is None:
        return
    applied = known.applied
    rows_read = sum(batch.rows for batch in plan.pending)
    merging = (
        applied is not None
        and applied.generation == known.generation
        and applied.columns == plan.columns
        and applied.key == plan.key
        and plan.key
    )
    if merging and rows_read == 0:
        published, rows_written, note = True, 0, "no rows"
    elif applied is not None and merging and job.engine.table_exists(table.catalog_name, table.current):
        published, rows_written, note = _merge(job, table, plan, applied)
    else:
        published, rows_written, note = _rebuild(job, table, plan)
    if not published:
        return
    known.applied = Applied(
        generation=known.generation,
        batch=max((batch.number for batch in plan.batches), default=known.generation - 1),
        last_sequence=max((batch.last_sequence for batch in plan.batches if batch.last_sequence), default=None),
        columns=plan.columns,
        key=plan.key,
    )
    state.save(job.processed, table, known)
    job.report.table(table.schema, table.name, rows_read, rows_written, note)


def _merge(job: Job, table: Table, plan: _Plan, applied: Applied) -> tuple[bool, int, str]:
    from lakehouse import current_rows

    changes = _events(job, table, plan, plan.pending)
    first = min((batch.first_sequence or "" for batch in plan.pending if batch.rows > 0), default="")
    note = "merged"
    if applied.last_sequence is not None and first <= applied.last_sequence:
        # Something older than what the table holds: what counts for its keys is in the whole generation.
        touched = changes.select(*map(current_rows.col, plan.key)).distinct()
        changes = _events(job, table, plan, plan.batches).join(touched, plan.key, "left_semi")
        note = "merged, with late rows"
    latest = current_rows.latest(changes, plan.names, plan.key)
    kept = current_rows.kept(latest)
    if not quality.check_rows(job, table, changes, kept):
        return False, 0, note
    job.engine.merge_table(latest, current_rows.DELETED, table.catalog_name, table.current, plan.key)
    return True, int(latest.count()), note


def _rebuild(job: Job, table: Table, plan: _Plan) -> tuple[bool, int, str]:
    from lakehouse import current_rows

    filled = [batch for batch in plan.batches if batch.rows > 0]
    if not filled:
        rows = changes = job.engine.empty(plan.columns)
    elif plan.key:
        changes = _events(job, table, plan, filled)
        latest = current_rows.latest(changes, plan.names, plan.key)
        rows = current_rows.kept(latest)
    else:
        images = any(batch.before for batch in filled)
        log = _changes(job, table, plan, filled, plan.names if images else [])
        rows = changes = current_rows.bag(log, plan.names, images)
    if not quality.check_rows(job, table, changes, rows):
        return False, 0, "not published"
    job.engine.replace_table(rows, table.catalog_name, table.current)
    written = int(job.engine.read_table(table.catalog_name, table.current).count())
    return True, written, "written anew"


def _events(job: Job, table: Table, plan: _Plan, batches: list[Batch]) -> DataFrame:
    from lakehouse import current_rows

    filled = [batch for batch in batches if batch.rows > 0]
    images = any(batch.before for batch in filled)
    changes = _changes(job, table, plan, filled, plan.key if images else [])
    return current_rows.events(changes, plan.names, plan.key, images)


def _changes(job: Job, table: Table, plan: _Plan, batches: list[Batch], before: list[str]) -> DataFrame:
    """Rows of batches of the change log, in the columns of the plan."""
    from lakehouse import current_rows

    names = evolution.sources(plan.batches, plan.columns)
    frames = []
    for _, group in groupby(batches, key=lambda batch: (batch.columns, batch.before, names[batch.number])):
        alike = list(group)
        rows = job.engine.read_parquet(job.processed, [batch_folder(table, batch.number) for batch in alike])
        frames.append(current_rows.aligned(rows, alike[0], names[alike[0].number], plan.columns, before))
    result = frames[0]
    for frame in frames[1:]:
        result = result.unionByName(frame)
    return result
