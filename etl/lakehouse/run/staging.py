"""Rows beside the place where they belong, until they have been checked: what is read of them is then computed once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lakehouse.contract import STAGING
from lakehouse.run.job import Job
from lakehouse.storage.files import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@contextmanager
def folder(job: Job, name: str) -> Iterator[str]:
    """An empty folder of the processed zone, which goes at the end. What a killed run left in it goes before."""
    path = f"{STAGING}/{name}"
    job.processed.delete_folder(path)
    try:
        yield path
    finally:
        job.processed.delete_folder(path)


@contextmanager
def staged(job: Job, rows: DataFrame, name: str) -> Iterator[DataFrame]:
    """The same rows, read from where they were written."""
    with folder(job, name) as path:
        job.engine.write_parquet(rows, path)
        # Of no rows there is no file.
        yield job.engine.read_parquet(job.processed, [path]) if parquet_files(job, path) else rows


def parquet_files(job: Job, path: str) -> list[StoredFile]:
    """Parquet files below a folder of the processed zone."""
    return [file for file in job.processed.files(path) if file.name.endswith(".parquet")]
