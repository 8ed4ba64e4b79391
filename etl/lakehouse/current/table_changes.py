"""The changes of a table as its change log has them, over all batches that count, in one set of columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from lakehouse.changes.change_log import CHANGE_COLUMNS
from lakehouse.contract import BEFORE, OP_UPDATE, OPERATION
from lakehouse.current import current_rows, evolution
from lakehouse.names import there
from lakehouse.run.job import Job
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Batch, Columns

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass
class TableChanges:
    """`batches`: those that count, in the order of the changes; `columns` and `key`: of the current table."""

    table: Table
    batches: list[Batch]
    columns: Columns
    key: list[str]

    @staticmethod
    def of(table: Table, batches: list[Batch], last: Batch) -> TableChanges:
        """`last`: a batch that gives the columns where none counts."""
        columns = evolution.newest_columns(batches or [last])
        return TableChanges(table, batches, columns, key_of(table, batches, columns))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]

    @property
    def row_count(self) -> int:
        """Changes that count: about as many rows as the table has, or more."""
        return sum(batch.rows for batch in self.batches)

    def has_before_images(self, batches: list[Batch]) -> bool:
        return any(batch.before and batch.rows for batch in batches)

    def rows(self, job: Job, batches: list[Batch], before: list[str]) -> DataFrame:
        """Rows of some batches in the columns of the table, with the before images of the columns `before`."""
        names = evolution.sources(self.batches, self.columns)
        filled = [batch for batch in batches if batch.rows > 0]
        result = None
        for _, group in groupby(filled, key=lambda batch: (batch.columns, batch.before, names[batch.number])):
            alike = list(group)
            first = alike[0]
            log = job.engine.read_parquet(job.processed, [self.table.batch(batch.number) for batch in alike])
            frame = current_rows.aligned(log, first, names[first.number], self.columns, before)
            result = frame if result is None else result.unionByName(frame)
        if result is None:
            kinds = dict(self.columns)
            images = [(BEFORE + name, kinds[name]) for name in before]
            return job.engine.empty([*CHANGE_COLUMNS, *self.columns, *images])
        return result

    def events(self, job: Job, batches: list[Batch]) -> DataFrame:
        """What happened to each key in some batches: `current_rows.events`."""
        images = self.has_before_images(batches)
        changes = self.rows(job, batches, self.key if images else [])
        return current_rows.events(changes, self.names, self.key, images)


def blind_updates(job: Job, changes: TableChanges) -> Batch | None:
    """
    The first batch with an update of which nobody knows the row that it changed: the table has no key, and before
    images of all columns are not there. DMS writes them of key columns only.
    """
    if changes.key:
        return None
    for batch in changes.batches:
        if batch.kind != "change" or batch.rows == 0 or len(batch.before) == len(batch.columns):
            continue
        log = job.engine.read_parquet(job.processed, [changes.table.batch(batch.number)])
        if log.where(current_rows.col(OPERATION) == OP_UPDATE).limit(1).count() > 0:
            return batch
    return None


def key_of(table: Table, batches: list[Batch], columns: Columns) -> list[str]:
    """
    Key columns of a table: as declared, or else those with a before image; none where before images are of all columns.
    """
    names = [name for name, _ in columns]
    if table.key is not None:
        key = [there(name, names) for name in table.key]
        if set(key) <= set(names):
            return key
    for batch in reversed(batches):
        if batch.before and set(batch.before) <= set(names):
            return [] if len(batch.before) == len(batch.columns) else list(batch.before)
    return []
