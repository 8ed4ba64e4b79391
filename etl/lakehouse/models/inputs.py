"""What the names in a model's SQL stand for, how it is read, and how one notices that it has changed."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.changes.change_log import CHANGE_COLUMNS
from lakehouse.contract import BEFORE, CHANGES, CLICKS
from lakehouse.models.job_tables import JobTables
from lakehouse.raw import click_files
from lakehouse.run.job import Job
from lakehouse.spark import F
from lakehouse.storage import state
from lakehouse.storage.column_types import quoted
from lakehouse.storage.datasets import Table
from lakehouse.storage.models import Model, Reference
from lakehouse.storage.state import Batch, Columns, TableState

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


class UnknownName(ValueError):
    """A model's SQL names no table that there is; the message says where, and what there is."""


@dataclass(frozen=True)
class Input:
    """
    A table that models read. `version` is another whenever its rows may be others; None where it is not there yet.
    `count`: about how many rows it has, where that is known without reading it.
    """

    name: str
    version: str | None
    read: Callable[[], DataFrame]
    count: Callable[[], int]


class Inputs:
    """All tables of the lake besides models, by their names in the catalog."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._tables: dict[str, Table] = {}
        for schema, name in sorted(state.known_tables(job.processed)):
            table = job.datasets.table(schema, name)
            self._tables.setdefault(table.catalog_name, table)
        self._of_jobs = JobTables(job)
        self._states: dict[str, TableState] = {}
        self._found: dict[str, Input] = {}

    @property
    def names(self) -> list[str]:
        logs = [name + CHANGES for name in self._tables]
        return sorted([*self._tables, *logs, *self._of_jobs.names, *([CLICKS] if self._job.datasets.clicks else [])])

    def owner(self, name: str) -> str | None:
        """What has a name in the catalog, other than a model; None where it is free."""
        stem = name.removesuffix(CHANGES)
        if name in self._tables:
            return f"the table {self._tables[name]}"
        if stem != name and stem in self._tables:
            return f"the change log of {self._tables[stem]}"
        if name == CLICKS:
            return "the clicks"
        declared = next((table for table in self._job.datasets.declared if table.catalog_name == name), None)
        return None if declared is None else f"the table {declared}"

    def find(self, reference: Reference, model: Model, models: list[str]) -> Input:
        """What a name stands for. Raises UnknownName. `models`: names that it could have meant as well."""
        name = reference.name.lower()
        if name not in self._found:
            found = self._input(name)
            if found is None:
                raise UnknownName(self._unknown(reference, model, models))
            self._found[name] = found
        return self._found[name]

    def _unknown(self, reference: Reference, model: Model, models: list[str]) -> str:
        names = sorted([*self.names, *models])
        near = difflib.get_close_matches(reference.name.lower(), names, 1)
        meant = f" Did you mean {near[0]}?" if near else ""
        place = f"{model.file}:{reference.line}:{reference.column}"
        return (
            f"{place}: the lake has no table {reference.name!r}.{meant} "
            f"Tables: {', '.join(names) or 'none'}. Correct the name, or wait for the table's full load"
        )

    def _input(self, name: str) -> Input | None:
        if name in self._tables:
            return self._current(name)
        stem = name.removesuffix(CHANGES)
        if stem != name and stem in self._tables:
            return self._change_log(name, stem)
        made = self._of_jobs.find(name)
        if made is not None:
            version, read = made
            return Input(name, version, read, lambda: int(read().count()))
        kind = self._job.datasets.clicks
        return self._clicks(kind) if name == CLICKS and kind is not None else None

    def _state(self, name: str) -> TableState:
        if name not in self._states:
            self._states[name] = state.load(self._job.processed, self._tables[name])
        return self._states[name]

    def _current(self, name: str) -> Input:
        table = self._tables[name].current
        applied = self._state(name).applied
        return Input(
            name,
            None if applied is None else str(applied.version),
            lambda: self._job.engine.read_table(table),
            lambda: self._job.engine.count_rows(table),
        )

    def _change_log(self, name: str, stem: str) -> Input:
        known = self._state(stem)
        return Input(
            name,
            str(known.next_batch) if known.batches else None,
            lambda: _log_rows(self._job, self._tables[stem], known.batches),
            lambda: sum(batch.rows for batch in known.batches),
        )

    def _clicks(self, kind: str) -> Input:
        files = [
            (file.path, file.size, file.modified)
            for hour in click_files.by_hour(self._job.raw).values()
            for file in hour
        ]
        return Input(
            CLICKS,
            state.fingerprint(kind, sorted(files)),
            lambda: click_files.rows(self._job.engine, self._job.raw, kind),
            lambda: 0,
        )


def _log_rows(job: Job, table: Table, batches: list[Batch]) -> DataFrame:
    """All rows of a change log: a column that a batch lacks is null in it, and the newest type counts."""

    def images(batch: Batch) -> Columns:
        kinds = dict(batch.columns)
        return [(BEFORE + name, kinds[name]) for name in batch.before]

    filled = sorted((batch for batch in batches if batch.rows > 0), key=lambda batch: batch.order)
    columns: dict[str, str] = {}
    for batch in reversed(sorted(batches, key=lambda batch: batch.order)):
        for name, kind in [*CHANGE_COLUMNS, *batch.columns, *images(batch)]:
            columns.setdefault(name, kind)
    frames = []
    for batch in filled:
        own = {name for name, _ in [*CHANGE_COLUMNS, *batch.columns, *images(batch)]}
        rows = job.engine.read_parquet(job.processed, [table.batch(batch.number)])
        frames.append(
            rows.select(
                *[_as(name, kind, name in own) for name, kind in columns.items()],
                F.lit(batch.number).cast("int").alias("batch"),
            )
        )
    if not frames:
        empty: Columns = [*columns.items(), ("batch", "int")]
        return job.engine.empty(empty)
    return reduce(lambda one, other: one.unionByName(other), frames)


def _as(name: str, kind: str, present: bool) -> Column:
    column = F.expr(f"try_cast({quoted(name)} AS {kind})") if present else F.lit(None).cast(kind)
    return column.alias(name)
