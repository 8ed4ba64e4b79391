"""Batches of the change log: of which files one is, its rows, and writing it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lakehouse.contract import (
    BEFORE,
    COMMIT_TIME,
    OP_LOAD,
    OPERATION,
    RAW_COMMIT_TIME,
    RAW_OPERATION,
    RAW_SEQUENCE,
    SEQUENCE,
)
from lakehouse.raw import raw_files
from lakehouse.raw.raw_files import Footer, Kind
from lakehouse.run.job import Job
from lakehouse.spark import F
from lakehouse.storage.column_types import quoted
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import StoredFile
from lakehouse.storage.state import Batch

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

BATCH_BYTES = 8 * 1024**3
"""Bytes of raw files in a batch, or one file that is larger: what a job that is killed has to do again."""


@dataclass
class NewFile:
    """A raw file that is not in the change log yet."""

    file: StoredFile
    footer: Footer


BATCH_FILES = 4_000
"""Raw files in a batch: Sail has all that it reads open, and a process may open 20,000 or less."""


def of_bounded_size(entries: Iterable[NewFile]) -> Iterator[list[NewFile]]:
    """Files in lists of at most BATCH_BYTES, and BATCH_FILES, each, in their order."""
    found: list[NewFile] = []
    size = 0
    for entry in entries:
        if found and (size + entry.file.size > BATCH_BYTES or len(found) == BATCH_FILES):
            yield found
            found, size = [], 0
        found.append(entry)
        size += entry.file.size
    yield found


def of(number: int, kind: Kind, entries: list[NewFile], before_reload: bool) -> Batch:
    """The batch that has the rows of some files."""
    footers = [entry.footer for entry in entries]
    return Batch(
        number=number,
        kind=kind,
        last_file=max(entry.file.name for entry in entries),
        rows=sum(footer.rows for footer in footers),
        columns=footers[0].columns,
        before=footers[0].before,
        first_sequence=min((footer.first_sequence for footer in footers if footer.first_sequence), default=None),
        last_sequence=max((footer.last_sequence for footer in footers if footer.last_sequence), default=None),
        before_reload=before_reload,
    )


def rows(raw: DataFrame, batch: Batch) -> DataFrame:
    """Rows of raw files as rows of the change log."""
    names = set(raw.columns)
    raw_names = {form: name for name, form in raw_files.source_columns(raw.columns).items()}

    def text(name: str) -> Column:
        present = F.col(name) if name in names else F.lit(None)
        return present.cast("string")

    operation = F.lit(OP_LOAD) if batch.kind == "load" else F.col(RAW_OPERATION)
    sequence = F.lit(None).cast("string") if batch.kind == "load" else F.col(RAW_SEQUENCE).cast("string")
    kinds = dict(batch.columns)
    return raw.select(
        operation.alias(OPERATION),
        text(RAW_COMMIT_TIME).alias(COMMIT_TIME),
        sequence.alias(SEQUENCE),
        *[F.col(quoted(raw_names[name])).cast(kind).alias(name) for name, kind in batch.columns],
        *[F.col(quoted(BEFORE + raw_names[name])).cast(kinds[name]).alias(BEFORE + name) for name in batch.before],
    )


def write(job: Job, table: Table, batch: Batch, rows: DataFrame) -> None:
    """Writes the folder of a batch, and checks that it has the rows that it should have."""
    folder = table.batch(batch.number)
    job.engine.write_parquet(rows, folder)
    written = rows_in(job, folder)
    if written != batch.rows:
        raise RuntimeError(
            f"batch {batch.number} of {table} has {written} rows instead of {batch.rows}: run the job again, "
            "and check the raw zone if the error recurs"
        )


def rows_in(job: Job, folder: str) -> int:
    """Rows of a folder of Parquet files; 0 where there is none."""
    return sum(raw_files.row_count(job.processed, file) for file in job.processed.files(folder))
