"""Tables that the definition's own jobs make, as models read them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from lakehouse.run.job import Job
from lakehouse.storage.datasets import Table
from lakehouse.storage.iceberg import IcebergTable
from lakehouse.storage.state import fingerprint

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class JobTables:
    """Those that the definition names, by their names in the catalog."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._tables = {
            table.catalog_name: table for table in job.datasets.declared if table.schema in job.datasets.made
        }

    @property
    def names(self) -> list[str]:
        return list(self._tables)

    def find(self, name: str) -> tuple[str | None, Callable[[], DataFrame]] | None:
        """
        Version of a table, None where it is not there yet, and how it is read; None where no job makes it. As in the
        catalog it is an Iceberg table in a folder of its own, or the Parquet files of the job's folder of its name.
        """
        table = self._tables.get(name)
        if table is None:
            return None
        place = IcebergTable(name, f"{table.schema}/{table.name}")
        files = self._job.processed.files(f"{place.location}/metadata", recursive=False)
        metadata = [file.name for file in files if file.name.endswith(".metadata.json")]
        if metadata:
            return fingerprint(metadata), lambda: self._job.engine.read_table(place)
        rows = self._parquet(table, name)
        version = fingerprint(rows) if rows else None
        return version, lambda: self._job.engine.read_parquet(self._job.processed, [table.schema])

    def _parquet(self, table: Table, name: str) -> list[tuple[str, int, int]]:
        """Files of rows right in the job's folder, or in `key=value` folders of it."""
        if re.sub(r"[^a-z0-9_]", "_", table.schema.rsplit("/", 1)[-1].lower()) != name:
            return []
        return [
            (file.path, file.size, file.modified)
            for file in self._job.processed.files(table.schema)
            if file.name.endswith(".parquet") and _is_of_rows(file.path.removeprefix(f"{table.schema}/"))
        ]


def _is_of_rows(path: str) -> bool:
    *folders, name = path.split("/")
    return not name.startswith(("_", ".")) and all("=" in folder for folder in folders)
