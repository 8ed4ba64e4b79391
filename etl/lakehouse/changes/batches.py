"""Writing a batch of the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.raw import raw_files
from lakehouse.run.job import Job
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Batch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def write(job: Job, table: Table, batch: Batch, rows: DataFrame) -> None:
    """Writes the folder of a batch, and checks that it has the rows that it should have."""
    folder = table.batch(batch.number)
    job.engine.write_parquet(rows, folder)
    written = sum(raw_files.row_count(job.processed, file) for file in job.processed.files(folder))
    if written != batch.rows:
        raise RuntimeError(
            f"batch {batch.number} of {table} has {written} rows instead of {batch.rows}: run the job again, "
            "and look into the raw zone if that repeats itself"
        )
