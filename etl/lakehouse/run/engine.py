"""
The one place that knows which engine runs a job: Apache Spark with the Iceberg catalog `glue_catalog` (on AWS Glue),
or Sail, which has no catalog of its own that outlives a session and keeps Iceberg tables by location.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import reduce
from operator import add
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import uuid4

from pyspark.sql import SparkSession, functions

from lakehouse.storage import iceberg, maintenance
from lakehouse.storage.column_types import quoted
from lakehouse.storage.files import Storage
from lakehouse.storage.state import Columns

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

CATALOG = "glue_catalog"

FILE_ROWS = 250_000
"""Rows in a data file of a large table: as many as one changed row makes an engine write anew."""

SAMPLE = 100
"""Values of a column from which a file's range is taken."""

TABLE_PROPERTIES = {
    "format-version": "2",
    # Whole data files only: readers of the current snapshot then need no delete files.
    "write.delete.mode": "copy-on-write",
    "write.update.mode": "copy-on-write",
    "write.merge.mode": "copy-on-write",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
}


@dataclass(frozen=True)
class Touched:
    """
    What changes touch of a table: number of keys, ranges of the first key column (None where it is no whole number),
    and whether so much of it that it is better written anew.
    """

    keys: int
    ranges: list[tuple[int, int]] | None
    rewrites: bool


class Engine:
    """A session, and how it names files and Iceberg tables."""

    def __init__(self, processed: Storage, database: str) -> None:
        self.session: SparkSession = SparkSession.builder.getOrCreate()
        self.session.conf.set("spark.sql.session.timeZone", "UTC")
        # Names of columns are compared as they are written: `id` renamed to `ID` is another column.
        self.session.conf.set("spark.sql.caseSensitive", "true")
        self._processed = processed
        self._database = database
        self._has_catalog = self.session.conf.get(f"spark.sql.catalog.{CATALOG}", None) is not None

    def uri(self, storage: Storage, relative: str) -> str:
        """Address of a file or folder for `read` and `write`."""
        # Hadoop takes a path as it is; Sail parses a URL, and would expand `[` and `*` in it.
        path = storage.path(relative)
        if storage.is_local:
            return f"file://{path}" if self._has_catalog else f"file://{quote(path)}"
        return f"s3://{path}"

    def read_parquet(self, storage: Storage, paths: list[str]) -> DataFrame:
        """Rows of Parquet files, or folders of them, that have one schema."""
        return self.session.read.parquet(*[self.uri(storage, path) for path in paths])

    def read_text(self, storage: Storage, paths: list[str]) -> DataFrame:
        """Lines of text files of one compression, in the column `value`."""
        return self.session.read.text([self.uri(storage, path) for path in paths])

    def empty(self, columns: Columns) -> DataFrame:
        """A DataFrame of no rows."""
        return self.session.createDataFrame([], ", ".join(f"{quoted(name)} {kind}" for name, kind in columns))

    def write_parquet(self, frame: DataFrame, path: str) -> None:
        """Replaces the content of a folder of the processed zone."""
        uri = self.uri(self._processed, path)
        frame.write.mode("overwrite").parquet(uri, compression="snappy")

    def append_parquet(self, frame: DataFrame, path: str, partition: str) -> None:
        """Adds rows to a folder of the processed zone, in subfolders by the column `partition`."""
        uri = self.uri(self._processed, path)
        frame.write.mode("append").partitionBy(partition).parquet(uri, compression="snappy")

    def table_exists(self, name: str, location: str) -> bool:
        if self._has_catalog:
            return self.session.catalog.tableExists(self._identifier(name))
        return self._processed.exists(f"{location}/metadata/version-hint.text")

    def read_table(self, name: str, location: str) -> DataFrame:
        """Rows of an Iceberg table; `name` is its name in the catalog, `location` its path in the processed zone."""
        if self._has_catalog:
            return self.session.table(self._identifier(name))
        return self.session.read.format("iceberg").load(self.uri(self._processed, location))

    def replace_table(self, frame: DataFrame, name: str, location: str) -> None:
        """Makes the rows and the schema of `frame` those of an Iceberg table, in one commit."""
        uri = self.uri(self._processed, location)
        if self._has_catalog:
            self._drop_lost(name, location)
            writer = frame.writeTo(self._identifier(name)).using("iceberg").tableProperty("location", uri)
            for key, value in TABLE_PROPERTIES.items():
                writer = writer.tableProperty(key, value)
            writer.createOrReplace()
        else:
            frame.write.format("iceberg").mode("overwrite").option("overwriteSchema", "true").save(uri)

    def clustered(self, frame: DataFrame, superset: DataFrame, column: str, count: int) -> DataFrame:
        """
        Rows in files by ranges of a whole-numbered column. `superset` has every one of the `count` rows and is cheaper
        to read.
        """
        name = functions.col(quoted(column))
        files = count // FILE_ROWS
        if self._has_catalog:
            return frame.repartitionByRange(files, quoted(column))
        # Sail takes a repartition by range for one by hash. The ranges are those of a sample: keys may lie in islands.
        every = max(1, FILE_ROWS // SAMPLE)
        sampled = superset.where(functions.pmod(functions.xxhash64(name), functions.lit(every)) == 0)
        sample = sorted(int(value) for (value,) in sampled.select(name).collect())
        bounds = sorted({sample[len(sample) * number // files] for number in range(1, files)} if sample else ())
        # Parts to spare keep two ranges out of one file, mostly.
        return frame.repartition(files * 8, _part(name, bounds))

    def touched(self, changes: DataFrame, column: str | None, location: str) -> Touched:
        """What a merge of one row a key would touch; `column`: the first of the key where it is a whole number."""
        count = functions.count(functions.lit(1))
        if self._has_catalog:
            files = []
            large = False
        else:
            _, rows = iceberg.size(self._processed, location)
            large = rows >= 2 * FILE_ROWS
            files = iceberg.data_files(self._processed, location, column) if large and column else []
        if column is None:
            return Touched(int(changes.agg(count).collect()[0][0]), None, large)
        name = functions.col(quoted(column))
        bounds = sorted({int(file.span[0]) for file in files if file.span})
        parts = changes.groupBy(_part(name, bounds)).agg(count, functions.min(name), functions.max(name)).collect()
        ranges = [(int(low), int(high)) for _, _, low, high in parts]
        touched = sum(file.rows for file in files if any(file.may_hold(low, high) for low, high in ranges))
        # Sail's MERGE of most of a large table takes longer than to write all of it, and more memory.
        return Touched(sum(number for _, number, _, _ in parts), ranges, large and 2 * touched > rows)

    def merge_table(
        self,
        changes: DataFrame,
        deleted: str,
        names: list[str],
        key: list[str],
        name: str,
        location: str,
        ranges: list[tuple[int, int]] | None,
    ) -> None:
        """
        Applies one row a key to an Iceberg table with the columns `names` in one commit. `deleted` is a boolean column
        of `changes` besides these: true removes the key's row, false puts the row in place of it. `ranges` of the first
        key column have all of `changes`, so that files with none of them need not be read.
        """
        if self._has_catalog:
            target = self._identifier(name)
        else:
            target = self._registered(location)
            # Sail's Iceberg has another binary type than its Parquet, and MERGE refuses one for the other: a union
            # with none of the table's rows has the table's types.
            own = self.read_table(name, location).where("false").withColumn(deleted, functions.lit(False))
            changes = own.unionByName(changes)
        source = f"changes_{uuid4().hex}"
        changes.createOrReplaceTempView(source)
        columns = [quoted(column) for column in names]
        same = " AND ".join(f"t.{quoted(column)} = s.{quoted(column)}" for column in key)
        if ranges:
            within = [f"t.{quoted(key[0])} BETWEEN {low} AND {high}" for low, high in ranges]
            same += f" AND ({' OR '.join(within)})"
        self.session.sql(
            f"MERGE INTO {target} t USING {source} s ON {same} "
            f"WHEN MATCHED AND s.{quoted(deleted)} THEN DELETE "
            f"WHEN MATCHED THEN UPDATE SET {', '.join(f't.{column} = s.{column}' for column in columns)} "
            f"WHEN NOT MATCHED AND NOT s.{quoted(deleted)} "
            f"THEN INSERT ({', '.join(columns)}) VALUES ({', '.join(f's.{column}' for column in columns)})"
        ).collect()

    def maintain(self, name: str, location: str, arranged: Callable[[DataFrame, int], DataFrame]) -> None:
        """
        Compacts an Iceberg table of many small files, and lets old snapshots go. `arranged` puts rows, of which it is
        told the number, in the order in which the table has them.
        """
        if self._has_catalog:
            table = f"table => '{self._database}.{name}'"
            since = datetime.now(timezone.utc) - timedelta(hours=maintenance.KEEP_HOURS)
            self.session.sql(
                f"CALL {CATALOG}.system.rewrite_data_files({table}, "
                f"options => map('min-input-files', '{maintenance.SMALL_FILES}'))"
            ).collect()
            self.session.sql(
                f"CALL {CATALOG}.system.expire_snapshots({table}, older_than => TIMESTAMP '{since:%Y-%m-%d %H:%M:%S}')"
            ).collect()
            return
        files, rows = iceberg.size(self._processed, location)
        largest = max((file.rows for file in iceberg.data_files(self._processed, location)), default=0)
        # New rows come into the file of the highest keys, which grows with them.
        if files > maintenance.SMALL_FILES + 2 * rows // FILE_ROWS or largest > 4 * FILE_ROWS:
            self.replace_table(arranged(self.read_table(name, location), rows), name, location)
        maintenance.expire_snapshots(self._processed, location)

    def _drop_lost(self, name: str, location: str) -> None:
        """
        Takes a table out of the catalog whose folder somebody removed. Spark's SQL can neither replace nor drop such a
        table, since both read its metadata first; the catalog itself can drop it.
        """
        if self._processed.exists(f"{location}/metadata"):
            return
        jvm = self.session._jvm
        assert jvm is not None  # Spark with a catalog runs in this process's JVM, not behind Spark Connect
        # The catalog's settings are those of the thread's session, which this thread of Python's has none of yet.
        jvm.SparkSession.setActiveSession(self.session._jsparkSession)
        parsed = jvm.org.apache.iceberg.spark.Spark3Util.catalogAndIdentifier(
            self.session._jsparkSession, self._identifier(name)
        )
        parsed.catalog().dropTable(parsed.identifier())

    def _identifier(self, name: str) -> str:
        return f"{CATALOG}.{quoted(self._database)}.{quoted(name)}"

    def _registered(self, location: str) -> str:
        """A new name in this session for the table at a location: Sail keeps what a name's schema was at first."""
        name = f"table_{uuid4().hex}"
        uri = self.uri(self._processed, location)
        self.session.sql(f"CREATE TABLE {name} USING iceberg LOCATION {json.dumps(uri)}").collect()
        return name


def _part(column: Column, bounds: list[int]) -> Column:
    """Number of the part between two of some ascending bounds in which a value is."""
    terms = [(column >= functions.lit(bound)).cast("int") for bound in bounds] or [functions.lit(1) * 0]
    # As a tree: engines take expressions of a limited depth.
    while len(terms) > 1:
        terms = [reduce(add, terms[start : start + 2]) for start in range(0, len(terms), 2)]
    return terms[0]
