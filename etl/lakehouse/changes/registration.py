"""The change logs' tables in the data catalog."""

from __future__ import annotations

from lakehouse.contract import BATCH, BEFORE, CHANGES, OWN_BATCH
from lakehouse.run.job import Job
from lakehouse.storage import state
from lakehouse.storage.column_types import wider
from lakehouse.storage.data_catalog import ParquetTable
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Columns, TableState


def register(job: Job, log_columns: Columns) -> None:
    """Registers every change log as it is now. `log_columns`: those before the columns of the source."""
    catalog = job.catalog
    if catalog is None:
        return

    def work(table: Table) -> None:
        known = state.load(job.processed, table)
        catalog.register(catalogued(table, known, f"{job.processed.uri}/{table.change_log}/", log_columns))

    job.for_each([job.datasets.table(*name) for name in sorted(state.known_tables(job.processed))], work)


def catalogued(table: Table, known: TableState, location: str, log_columns: Columns) -> ParquetTable:
    """
    The change log of a table as the catalog has it. A column has the type of its newest batch, or an older one that is
    wider: Athena widens what it reads, and fails at files that have another kind of type (docs/aws.md).
    """
    filled = [batch for batch in known.batches if batch.rows > 0]
    columns = dict(log_columns)
    # A table without a row has its columns, too.
    for batch in sorted(filled or known.batches[-1:], key=lambda batch: batch.number):
        kinds = dict(batch.columns)
        images = {BEFORE + name: kinds[name] for name in batch.before}
        columns.update({name: wider(columns.get(name, kind), kind) for name, kind in (kinds | images).items()})
    folder = BATCH.removesuffix("=")
    is_taken = any(name.lower() == folder for name in columns)
    return ParquetTable(
        name=table.catalog_name + CHANGES,
        description=f"Change log of {table}",
        location=location,
        columns=list(columns.items()),
        key=(OWN_BATCH if is_taken else folder, "int"),
        values=tuple(str(batch.number) for batch in filled),
        folder=folder,
    )
