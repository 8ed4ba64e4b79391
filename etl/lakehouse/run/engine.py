"""
The one place that knows which engine runs a job: Apache Spark with the Iceberg catalog `glue_catalog` (on AWS Glue),
or Sail, which has no catalog of its own that outlives a session and keeps Iceberg tables by location.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING
from uuid import uuid4

from lakehouse.contract import STAGING
from lakehouse.run import key_ranges, sail_tables, whole_files
from lakehouse.run.answer import require_answer
from lakehouse.run.row_changes import RowChanges, Touched
from lakehouse.run.sail_tables import SailTables
from lakehouse.run.spark_catalog import SparkCatalog
from lakehouse.spark import F, SparkSession
from lakehouse.storage import iceberg, maintenance
from lakehouse.storage.column_types import quoted
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from lakehouse.storage.state import Columns

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FILE_ROWS = 250_000
"""Rows in a data file of a large table: as many as one changed row makes an engine rewrite."""

KEYS_AT_A_TIME = 2_500_000
"""Keys that a statement of Sail's groups at most: it holds them in memory, at about 90 bytes each."""

PIECE_FILES = 4
"""Data files that a statement of Sail's writes at most by ranges: each of them takes 20 to 40 MB until its end."""


@dataclass(frozen=True)
class Unpublished:
    """Rows that a table is to have, read from where they were written; `publish` makes them the table's."""

    rows: DataFrame
    publish: Callable[[], None]


class Engine:
    """A session, and how it names files and Iceberg tables."""

    def __init__(self, processed: Storage, database: str) -> None:
        if remote := os.environ.get("SPARK_REMOTE"):
            require_answer(remote)
        self.session: SparkSession = SparkSession.builder.getOrCreate()
        self.session.conf.set("spark.sql.session.timeZone", "UTC")
        # Names of columns are compared as they are written: `id` renamed to `ID` is another column.
        self.session.conf.set("spark.sql.caseSensitive", "true")
        self._processed = processed
        self._catalog = SparkCatalog.of(self.session, processed, database)
        self._sail = SailTables(self.session, processed)
        self._written: dict[str, IcebergTable] = {}

    @property
    def written(self) -> list[IcebergTable]:
        """Tables that were written and are still there."""
        return list(self._written.values())

    @property
    def spills(self) -> bool:
        """
        Whether the engine has on disk what its memory does not hold, so that a statement may be of any size, and a
        merge takes memory for the changes and not for the table.
        """
        return self._catalog is not None

    def key_parts(self, count: int) -> int:
        """In how many parts so many keys are to be grouped."""
        return 1 if self.spills else math.ceil(count / KEYS_AT_A_TIME) or 1

    def uri(self, storage: Storage, relative: str) -> str:
        """Address of a file or folder for `read` and `write`."""
        # Hadoop takes a path as it is.
        if self._catalog and storage.is_local:
            return f"file://{storage.path(relative)}"
        return sail_tables.uri(storage, relative)

    def read_parquet(self, storage: Storage, paths: list[str]) -> DataFrame:
        """Rows of Parquet files, or folders of them, that have one schema."""
        return self.session.read.parquet(*[self.uri(storage, path) for path in paths])

    def read_files(self, storage: Storage, paths: list[str]) -> DataFrame:
        """Files as they are, in the columns `path` and `content`."""
        if self._catalog or not storage.is_local:
            files = self.session.read.format("binaryFile").load([self.uri(storage, path) for path in paths])
            return files.select("path", "content")
        # Sail gives its tasks ranges of what it reads, and `binaryFile` gives a file once a range: twice, mostly, where
        # the files together have more than a megabyte.
        from pyspark import cloudpickle

        cloudpickle.register_pickle_by_value(whole_files)  # type: ignore[no-untyped-call]
        named = self.session.createDataFrame([(storage.path(path),) for path in paths], "path string")
        spread = named.repartition(min(len(paths), os.cpu_count() or 1))
        return spread.mapInArrow(whole_files.contents, whole_files.COLUMNS)

    def empty(self, columns: Columns) -> DataFrame:
        """A DataFrame of no rows."""
        return self.session.createDataFrame([], ", ".join(f"{quoted(name)} {kind}" for name, kind in columns))

    def write_parquet(self, frame: DataFrame, path: str) -> None:
        """Replaces the content of a folder of the processed zone."""
        self._processed.guard()
        self._processed.require_own(path)
        uri = self.uri(self._processed, path)
        frame.write.mode("overwrite").parquet(uri, compression="snappy")
        self._processed.engine_wrote()

    def append_parquet(self, frame: DataFrame, path: str, partition: str) -> None:
        """Adds rows to a folder of the processed zone, in subfolders by the column `partition`."""
        self._processed.guard()
        uri = self.uri(self._processed, path)
        frame.write.mode("append").partitionBy(partition).parquet(uri, compression="snappy")
        self._processed.engine_wrote()

    def table_exists(self, table: IcebergTable) -> bool:
        if self._catalog:
            return self._catalog.exists(table)
        return self._sail.exists(table)

    def read_table(self, table: IcebergTable) -> DataFrame:
        if self._catalog:
            return self._catalog.read(table)
        return self._sail.read(table.location)

    def count_rows(self, table: IcebergTable) -> int:
        """Number of a table's rows. Sail's tables have no files of deletes, so their manifests know it."""
        if self._catalog:
            return int(self.read_table(table).count())
        return sum(file.rows for file in iceberg.data_files(self._processed, table.location))

    def snapshot_files(self, table: IcebergTable) -> dict[str, int]:
        """Addresses of files that the current snapshot has, with their sizes in bytes. Of tables in a catalog only."""
        assert self._catalog
        return self._catalog.snapshot_files(table)

    def sequence(self, table: IcebergTable) -> int:
        """Sequence number of the current snapshot, which grows with each commit; 0 where there is none."""
        if self._catalog:
            return self._catalog.sequence(table)
        return iceberg.sequence(self._processed, table.location)

    def replace_table(
        self, table: IcebergTable, rows: DataFrame | Sequence[DataFrame], ranges: str | None = None
    ) -> None:
        """
        Makes the rows and their schema those of the table, in one commit; `rows`: as a whole, or in pieces of one
        schema. `ranges`: the column by whose ranges the rows are in files, and remain in merges.
        """
        self._processed.guard()
        self._require_own(table)
        self._written[table.location] = table
        pieces = list(rows) if isinstance(rows, Sequence) else [rows]
        if self._catalog:
            whole = reduce(lambda one, other: one.unionByName(other), pieces)
            self._catalog.replace(table, whole, self.uri(self._processed, table.location))
            if ranges is not None:
                self._catalog.upkeep(table).keep_ranges(FILE_ROWS, ranges)
        else:
            self._sail.replace(table, pieces)
        self._processed.engine_wrote()

    @contextmanager
    def unpublished(self, table: IcebergTable, rows: DataFrame) -> Iterator[Unpublished]:
        """
        Writes rows where readers of the table do not see them, so that they can be checked and are computed once. Those
        that are not published are removed. What a killed run left goes before.
        """
        self._processed.guard()
        self._require_own(table)
        if self._catalog is None:
            with self._sail.staged(table, [rows]) as staged:

                def publish() -> None:
                    self._written[table.location] = table
                    staged.publish()

                yield Unpublished(self._sail.read(staged.staging), publish)
            return
        # A catalog commits what Spark writes to a table of its own, so it is written again.
        folder = f"{STAGING}/{table.location}"
        self._processed.delete_folder(folder)
        try:
            self.write_parquet(rows, folder)
            # Of no rows there may be no file.
            is_empty = not any(file.name.endswith(".parquet") for file in self._processed.files(folder))
            written = rows if is_empty else self.read_parquet(self._processed, [folder])
            yield Unpublished(written, lambda: self.replace_table(table, written))
        finally:
            self._processed.delete_folder(folder)

    def rename_table(self, before: str, table: IcebergTable) -> None:
        """Gives a table its name in the catalog, where it is under another yet. Killed in between, it does the rest."""
        if self._catalog:
            self._catalog.rename(replace(table, name=before), table, self.uri(self._processed, table.location))

    def drop_table(self, table: IcebergTable) -> None:
        """Takes a table out of the catalog, and removes its files."""
        self._processed.guard()
        if self._catalog:
            self._catalog.drop(table)
        self._processed.delete_folder(table.location)
        self._written.pop(table.location, None)

    def select(self, sql: str, views: dict[str, DataFrame]) -> DataFrame:
        """
        Result of a SELECT over rows by the names that it has for them: of views, Sail compares names as they are
        written. Those of columns are compared without regard to case, as in SQL everywhere.
        """
        self.session.conf.set("spark.sql.caseSensitive", "false")
        for name, frame in views.items():
            frame.createOrReplaceTempView(name)
        return self.session.sql(sql)

    def clustered(self, frame: DataFrame, superset: DataFrame, column: str, count: int) -> list[DataFrame]:
        """
        Rows in files by ranges of a whole-numbered column, in pieces for `replace_table`. `superset` has every one of
        the `count` rows and is cheaper to read.
        """
        files = count // FILE_ROWS
        if self._catalog:
            return [frame.repartitionByRange(files, quoted(column))]
        # Sail takes a repartition by range for one by hash.
        bounds = key_ranges.sampled_bounds(superset, column, files, FILE_ROWS)
        return key_ranges.pieces(self.session, frame, column, bounds, PIECE_FILES)

    def touched(self, table: IcebergTable, changes: DataFrame, key: list[str], column: str | None) -> Touched:
        """What a merge of one row a key would touch; `column`: the first of the key where it is a whole number."""
        lacks = reduce(lambda one, other: one | other, [F.col(quoted(part)).isNull() for part in key])
        counts = [F.count(F.lit(1)), F.count(F.when(lacks, F.lit(1)))]
        if self._catalog:
            files = []
            large = False
        else:
            _, rows = iceberg.size(self._processed, table.location)
            large = rows >= 2 * FILE_ROWS
            files = iceberg.data_files(self._processed, table.location, column) if large and column else []
        if column is None:
            keys, lacking = changes.agg(*counts).collect()[0]
            return Touched(int(keys), int(lacking), None, large)
        name = F.col(quoted(column))
        bounds = sorted({int(file.span[0]) for file in files if file.span})
        parts = changes.groupBy(key_ranges.part(name, bounds)).agg(*counts, F.min(name), F.max(name)).collect()
        ranges = [(int(low), int(high)) for _, _, _, low, high in parts if low is not None]
        touched = sum(file.rows for file in files if any(file.may_hold(low, high) for low, high in ranges))
        # Sail's MERGE of most of a large table takes longer than to write all of it, and more memory.
        keys, lacking = (sum(part[number] for part in parts) for number in (1, 2))
        return Touched(keys, lacking, ranges, large and 2 * touched > rows)

    def merge_table(self, table: IcebergTable, changes: RowChanges) -> None:
        """Applies changes to a table in one commit."""
        self._processed.guard()
        self._require_own(table)
        self._written[table.location] = table
        rows = changes.rows
        deleted = quoted(changes.deleted)
        if self._catalog:
            target = self._catalog.identifier(table)
        else:
            target = self._sail.registered(table)
            # Sail's Iceberg has another binary type than its Parquet, and MERGE refuses one for the other: a union
            # with none of the table's rows has the table's types.
            rows = self.read_table(table).where("false").withColumn(changes.deleted, F.lit(False)).unionByName(rows)
        source = f"changes_{uuid4().hex}"
        rows.createOrReplaceTempView(source)
        columns = [quoted(column) for column in changes.columns]
        same = " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in changes.key)
        if changes.ranges:
            first = quoted(changes.key[0])
            within = [f"t.{first} BETWEEN {low} AND {high}" for low, high in changes.ranges]
            same += f" AND ({' OR '.join(within)})"
        self.session.sql(
            f"MERGE INTO {target} t USING {source} s ON {same} "
            f"WHEN MATCHED AND s.{deleted} THEN DELETE "
            f"WHEN MATCHED THEN UPDATE SET {', '.join(f't.{column} = s.{column}' for column in columns)} "
            f"WHEN NOT MATCHED AND NOT s.{deleted} "
            f"THEN INSERT ({', '.join(columns)}) VALUES ({', '.join(f's.{column}' for column in columns)})"
        ).collect()
        self._processed.engine_wrote()

    def maintain(
        self,
        table: IcebergTable,
        arranged: Callable[[DataFrame, int], DataFrame | list[DataFrame]],
        ranges: str | None = None,
    ) -> None:
        """
        Compacts a table of many small files, and lets old snapshots go. `arranged` puts rows, of which it gets the
        number, in the order in which the table has them; `ranges` as in `replace_table`.
        """
        if self._catalog:
            upkeep = self._catalog.upkeep(table)
            upkeep.compact(FILE_ROWS, ranges)
            upkeep.expire_snapshots()
            return
        files, rows = iceberg.size(self._processed, table.location)
        largest = max((file.rows for file in iceberg.data_files(self._processed, table.location)), default=0)
        # New rows come into the file of the highest keys, which grows with them.
        if files > maintenance.SMALL_FILES + 2 * rows // FILE_ROWS or largest > 4 * FILE_ROWS:
            self.replace_table(table, arranged(self.read_table(table), rows))
        maintenance.expire_snapshots(self._processed, table.location)

    def _require_own(self, table: IcebergTable) -> None:
        for folder in ("data", "metadata"):
            self._processed.require_own(f"{table.location}/{folder}")
