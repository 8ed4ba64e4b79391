"""Iceberg tables by their folders: Sail has no catalog that outlives a session."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

from lakehouse.contract import STAGING
from lakehouse.spark import SparkSession
from lakehouse.storage import iceberg
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from lakehouse.storage.staged_table import StagedTable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def uri(storage: Storage, relative: str) -> str:
    """Address of a file or folder: Sail parses a URL, and would expand `[` and `*` in it."""
    path = storage.path(relative)
    return f"file://{quote(path)}" if storage.is_local else f"s3://{path}"


@dataclass(frozen=True)
class SailTables:
    """The tables in folders of the processed zone."""

    session: SparkSession
    processed: Storage

    def exists(self, table: IcebergTable) -> bool:
        return iceberg.exists(self.processed, table.location)

    def read(self, location: str) -> DataFrame:
        return self.session.read.format("iceberg").load(uri(self.processed, location))

    def replace(self, table: IcebergTable, pieces: Sequence[DataFrame]) -> None:
        """Makes the rows and their schema those of the table, in one commit."""
        if len(pieces) == 1:
            self._overwrite(table.location, pieces[0])
            return
        # A statement for each, since Sail has the files that a statement writes in memory until its end.
        with self.staged(table, pieces) as staged:
            staged.publish()

    @contextmanager
    def staged(self, table: IcebergTable, pieces: Sequence[DataFrame]) -> Iterator[StagedTable]:
        """Rows that are written where readers of the table do not see them; what is not published of them goes."""
        location = f"{STAGING}/{table.location}"
        staged = StagedTable(self.processed, location, table.location, uri(self.processed, table.location))
        staged.remove()
        try:
            if staged.is_new:
                self._overwrite(location, pieces[0].where("false"))
            staged.begin()
            self._overwrite(location, pieces[0])
            for piece in pieces[1:]:
                piece.write.format("iceberg").mode("append").save(uri(self.processed, location))
            self.processed.engine_wrote()
            yield staged
        finally:
            staged.remove()

    def registered(self, table: IcebergTable) -> str:
        """A new name in this session for a table by its folder: Sail keeps what a name's schema was at first."""
        name = f"table_{uuid4().hex}"
        address = json.dumps(uri(self.processed, table.location))
        self.session.sql(f"CREATE TABLE {name} USING iceberg LOCATION {address}").collect()
        return name

    def _overwrite(self, location: str, rows: DataFrame) -> None:
        writer = rows.write.format("iceberg").mode("overwrite").option("overwriteSchema", "true")
        writer.save(uri(self.processed, location))
