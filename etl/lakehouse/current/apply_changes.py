"""Change log → current tables: which batches are new, and whether to merge them or to rewrite the table."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from lakehouse.changes import naming
from lakehouse.current import base, current_rows, evolution
from lakehouse.current.table_changes import TableChanges, blind_updates
from lakehouse.quality import checks, severity
from lakehouse.quality.rules import Candidate, Other
from lakehouse.run import engine
from lakehouse.run.job import Job
from lakehouse.run.row_changes import RowChanges
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Applied, Batch, TableState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


MAINTAIN_EVERY = 20
"""Publications of a table from one upkeep to the next."""


def apply_changes(job: Job) -> None:
    """Brings every current table up to the end of its change log, those that others refer to first."""
    job.report.rests_on_lake()
    naming.rename(job)
    known = [job.datasets.table(*name) for name in sorted(state.known_tables(job.processed))]
    job.keeps += [table.current for table in known]
    for tables in checks.in_order(known):
        job.for_each(tables, lambda table: _apply(job, table))


def _pending(known: TableState) -> list[Batch] | None:
    """Batches that the current table does not have yet, in the order of the changes; None where it is up to date."""
    applied = known.applied
    same_generation = applied is not None and applied.generation == known.generation
    after = applied.batch if applied is not None and same_generation else 0
    pending = [batch for batch in known.current_batches() if batch.number > after]
    return pending if pending or (known.batches and not same_generation) else None


def _apply(job: Job, table: Table) -> None:
    known = state.load(job.processed, table)
    checks.check_freshness(job, table, known)
    if known.part_of_load:
        job.report.table(
            table.schema, table.name, 0, 0, "unchanged, because process-load has not processed all of its full load"
        )
        return
    pending = _pending(known)
    applied = known.applied
    # The change log has all of it.
    lost = applied is not None and job.is_gone(table.current)
    set_back = applied is not None and not lost and _is_set_back(job, table, applied, pending)
    lost = lost or set_back
    if pending is None and not lost:
        _check_again(job, table, known)
        return
    pending = pending or []
    changes = TableChanges.of(table, known.current_batches(), known.batches[-1])
    blind = blind_updates(job, changes)
    if blind is not None:
        _refuse(job, table, blind)
        return
    rows_read = sum(batch.rows for batch in pending)
    merging = (
        applied is not None
        and not lost
        and applied.generation == known.generation
        and applied.columns == changes.columns
        and applied.key == changes.key
        and changes.key
        and _keeps_columns(changes, pending)
    )
    # Sail may write all of a large table for a few changes.
    in_parts = merging and job.engine.spills
    with job.turn(rows_read if in_parts else changes.row_count):
        if merging and rows_read == 0:
            published: tuple[int, str] | None = (0, "no rows")
        elif applied is not None and merging and job.engine.table_exists(table.current):
            published = _merge(job, changes, pending, applied, known)
        else:
            reloaded = applied is not None and not lost and applied.generation != known.generation
            published = _rebuild(job, changes, known, applied if reloaded else None)
    if published is None:
        return
    if set_back:
        published = published[0], f"{published[1]}, because an older snapshot had replaced the latest one"
    known.applied = Applied(
        generation=known.generation,
        batch=max((batch.number for batch in changes.batches), default=known.generation - 1),
        last_sequence=max((batch.last_sequence for batch in changes.batches if batch.last_sequence), default=None),
        columns=changes.columns,
        key=changes.key,
        version=_first_version() if applied is None else applied.version + 1,
        rules=severity.of_rules(table.rules),
        sequence=job.engine.sequence(table.current),
    )
    base.forget_old(job, table, known)
    state.save(job.processed, table, known)
    if known.applied.version % MAINTAIN_EVERY == 0:
        base.extend(job, table, known, changes)
        job.engine.maintain(
            table.current,
            lambda rows, count: _arranged(job, changes, rows, rows, count),
            _ranges(changes, changes.row_count),
        )
    job.report.table(table.schema, table.name, rows_read, *published)


def _is_set_back(job: Job, table: Table, applied: Applied, pending: list[Batch] | None) -> bool:
    """
    Whether readers get an older snapshot than the one published last: somebody has set the table back, or put older
    metadata in place of the newest. Changes merged onto it would leave out what came in between.
    """
    # Elsewhere it takes requests, too many for all the tables that have no changes.
    if pending is None and not job.processed.is_local:
        return False
    return job.engine.sequence(table.current) < applied.sequence


def _refuse(job: Job, table: Table, blind: Batch) -> None:
    """The table stays as it is: else the rows of before would be beside the updated ones, and nobody would notice."""
    if table.key == () and blind.before:
        key = ", ".join(blind.before)
        fix = f"remove primary_key: [] of {table} from pipeline.yaml, because the source has the key {key}"
    else:
        fix = f"set primary_key of {table} in pipeline.yaml to the columns that identify its rows"
    job.report.file_set_aside(
        f"{job.processed.uri}/{table.batch(blind.number)}/",
        f"{table} has updates but no key, and its rows before the updates are unknown (DMS writes only keys of them)"
        f": {fix}; or reload it after updates: pipeline-cli replication reload {table}",
    )
    job.report.table(table.schema, table.name, 0, 0, "blocked: updates without a key")


def _check_again(job: Job, table: Table, known: TableState) -> None:
    """Checks a table without changes whose rules are others now. It stays as it is, and is checked until it is good."""
    applied = known.applied
    rules = severity.of_rules(table.rules)
    if applied is None or applied.rules == rules:
        return
    if rules and job.engine.table_exists(table.current):
        rows = job.engine.read_table(table.current)
        if not checks.check(job, Candidate.of(table, rows, _others(job))):
            return
    known.applied = replace(applied, rules=rules)
    state.save(job.processed, table, known)


def _first_version() -> int:
    """Another than any before, so that a table whose state was removed counts as changed for what is made of it."""
    return time.time_ns() // 1_000_000 * MAINTAIN_EVERY + 1


def _keeps_columns(changes: TableChanges, pending: list[Batch]) -> bool:
    """Whether the older rows have their values in the same columns as before; a late file may tell of a rename."""
    older = [batch for batch in changes.batches if batch not in pending]
    now = evolution.sources(changes.batches, changes.columns)
    return all(now[number] == names for number, names in evolution.sources(older, changes.columns).items())


def _merge(
    job: Job, changes: TableChanges, pending: list[Batch], applied: Applied, known: TableState
) -> tuple[int, str] | None:
    """Number of keys and how; None where a rule is broken and nothing was published."""
    table = changes.table
    events = changes.events(job, pending)
    first = min(batch.first_sequence or "" for batch in pending if batch.rows > 0)
    note = "merged"
    if applied.last_sequence is not None and first <= applied.last_sequence:
        # Something older than what the table holds: what counts for its keys is in the whole generation.
        keys = events.select(*map(current_rows.col, changes.key)).distinct()
        events = base.events(job, changes, known).join(keys, changes.key, "left_semi")
        note = "merged, with late rows"
    latest = current_rows.latest(events, changes.columns, changes.key)
    kept = current_rows.kept(latest)

    def whole() -> DataFrame:
        before = job.engine.read_table(table.current)
        return current_rows.without(before, events, changes.key).unionByName(kept)

    candidate = Candidate(table, changes.names, kept, events, whole, _others(job))
    if applied.rules != severity.of_rules(table.rules):
        # The older rows were checked by other rules.
        candidate = Candidate.of(table, candidate.whole, candidate.other)
    if not checks.check(job, candidate):
        return None
    column = changes.key[0] if _is_whole_number(changes, changes.key[0]) else None
    touched = job.engine.touched(table.current, latest, changes.key, column)
    if touched.lacking:
        # A merge would not find the row of a key that lacks a value.
        return _rebuild(job, changes, known, None)
    if touched.rewrites:
        rows = _arranged(job, changes, whole(), whole(), changes.row_count)
        job.engine.replace_table(table.current, rows)
    else:
        job.engine.merge_table(
            table.current, RowChanges(latest, current_rows.DELETED, changes.names, changes.key, touched.ranges)
        )
    return touched.keys, note


def _removed(job: Job, changes: TableChanges, rows: DataFrame, replaced: Applied | None) -> str:
    """How many rows of before a new generation has no more, as a part of a note; by the key where there is one."""
    table = changes.table.current
    if replaced is None or not job.engine.table_exists(table):
        return ""
    before = job.engine.read_table(table)
    if changes.key and set(changes.key) <= set(before.columns):
        key = [current_rows.col(name) for name in changes.key]
        count = before.select(*key).join(rows.select(*key), changes.key, "left_anti").count()
    else:
        count = max(0, before.count() - rows.count())
    return f", without {count} previous rows" if count else ""


def _rebuild(job: Job, changes: TableChanges, known: TableState, replaced: Applied | None) -> tuple[int, str] | None:
    """As `_merge`, with the number of rows. `replaced`: what the table held, where a new generation begins."""
    table = changes.table
    if changes.key:
        superset = base.events(job, changes, known)
        rows = _latest_rows(job, changes, superset, base.has(job, changes, known))
    else:
        images = changes.has_before_images(changes.batches)
        log = changes.rows(job, changes.batches, changes.names if images else [])
        rows = superset = current_rows.bag(log, changes.names, images)
    if not checks.check(job, Candidate(table, changes.names, rows, superset, lambda: rows, _others(job))):
        return None
    arranged = _arranged(job, changes, rows, superset, changes.row_count)
    removed = _removed(job, changes, rows, replaced)
    job.engine.replace_table(table.current, arranged, _ranges(changes, changes.row_count))
    return job.engine.count_rows(table.current), "rewritten" + removed


def _latest_rows(job: Job, changes: TableChanges, events: DataFrame, of_base: bool) -> DataFrame:
    """The rows of a table with a key; `events`: of all its batches, or of a base and those after it."""

    def last(rows: DataFrame) -> DataFrame:
        return current_rows.latest(rows, changes.columns, changes.key)

    if of_base:
        return current_rows.kept(last(events))
    loaded = [batch for batch in changes.batches if batch.kind == "load" and batch.rows > 0]
    later = [batch for batch in changes.batches if batch.kind == "change" and batch.rows > 0]
    full_load = changes.rows(job, loaded, [])
    parts = job.engine.key_parts(sum(batch.rows for batch in loaded))
    if not loaded or not current_rows.each_key_once(full_load, changes.key, parts):
        return current_rows.kept(last(events))
    # Any change ranks above a full load: only the changes need to be put in order, which are few beside a large load.
    # None of a load is a delete, and by a filter an engine would guess them to be fewer than the changes.
    rows = full_load.select(*map(current_rows.col, changes.names))
    if not later:
        return rows
    events = changes.events(job, later)
    # Of the keys the order of their events, which is what takes the time, does not matter.
    untouched = current_rows.without(rows, events, changes.key)
    return untouched.unionByName(current_rows.kept(last(events)))


def _others(job: Job) -> Other:
    """Current tables."""

    def rows(schema: str, name: str) -> DataFrame | None:
        other = job.datasets.table(schema, name)
        return job.engine.read_table(other.current) if job.engine.table_exists(other.current) else None

    return rows


def _arranged(
    job: Job, changes: TableChanges, rows: DataFrame, superset: DataFrame, count: int
) -> DataFrame | list[DataFrame]:
    """
    Rows of a large table by ranges of the key, so that a later merge touches the files of the changed keys only.
    `superset` has every one of `rows` and is cheaper to read; `count` is about how many there are.
    """
    column = _ranges(changes, count)
    return rows if column is None else job.engine.clustered(rows, superset, column, count)


def _ranges(changes: TableChanges, count: int) -> str | None:
    """The column by whose ranges a table of about so many rows is in files."""
    if count < 2 * engine.FILE_ROWS or not changes.key or not _is_whole_number(changes, changes.key[0]):
        return None
    return changes.key[0]


def _is_whole_number(changes: TableChanges, name: str) -> bool:
    return dict(changes.columns)[name] in ("int", "bigint", "decimal(20,0)")
