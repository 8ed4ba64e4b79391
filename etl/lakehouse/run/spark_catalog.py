"""Iceberg tables by their names in the catalog of Apache Spark, which on AWS Glue is the Glue Data Catalog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lakehouse.run.spark_upkeep import SparkUpkeep
from lakehouse.spark import SparkSession
from lakehouse.storage.column_types import quoted
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CATALOG = "glue_catalog"

TABLE_PROPERTIES = {
    "format-version": "2",
    # Whole data files only: readers of the current snapshot then need no delete files.
    "write.delete.mode": "copy-on-write",
    "write.update.mode": "copy-on-write",
    "write.merge.mode": "copy-on-write",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # Iceberg's default is zstd, of which AWS does not say that every reader of Redshift's takes it.
    "write.parquet.compression-codec": "snappy",
}


@dataclass(frozen=True)
class SparkCatalog:
    """The tables of a database, whose files are in the processed zone."""

    session: SparkSession
    processed: Storage
    database: str

    @classmethod
    def of(cls, session: SparkSession, processed: Storage, database: str) -> SparkCatalog | None:
        """The catalog of a session, where it has one."""
        is_there = session.conf.get(f"spark.sql.catalog.{CATALOG}", None) is not None
        return cls(session, processed, database) if is_there else None

    def identifier(self, table: IcebergTable) -> str:
        """Its name in SQL."""
        return f"{CATALOG}.{quoted(self.database)}.{quoted(table.name)}"

    def upkeep(self, table: IcebergTable) -> SparkUpkeep:
        return SparkUpkeep(self.session, CATALOG, f"{self.database}.{table.name}", self.identifier(table))

    def exists(self, table: IcebergTable) -> bool:
        return self.session.catalog.tableExists(self.identifier(table))

    def read(self, table: IcebergTable) -> DataFrame:
        return self.session.table(self.identifier(table))

    def snapshot_files(self, table: IcebergTable) -> dict[str, int]:
        """Addresses of files that the current snapshot has, with their sizes in bytes."""
        files = self.session.table(f"{self.identifier(table)}.files")
        return {str(row[0]): int(row[1]) for row in files.select("file_path", "file_size_in_bytes").collect()}

    def sequence(self, table: IcebergTable) -> int:
        """Sequence number of the current snapshot; 0 where there is none."""
        spark = self._iceberg_spark()
        snapshot = spark.loadIcebergTable(self.session._jsparkSession, self.identifier(table)).currentSnapshot()
        return 0 if snapshot is None else int(snapshot.sequenceNumber())

    def replace(self, table: IcebergTable, rows: DataFrame, uri: str) -> None:
        """Makes the rows and their schema those of the table at an address, in one commit."""
        self._drop_lost(table)
        writer = rows.writeTo(self.identifier(table)).using("iceberg").tableProperty("location", uri)
        for key, value in TABLE_PROPERTIES.items():
            writer = writer.tableProperty(key, value)
        writer.createOrReplace()

    def rename(self, old: IcebergTable, table: IcebergTable, uri: str) -> None:
        """Gives the table at an address its name where it is under the old one; killed in between, it does the rest."""
        if not self.exists(old) or self._location(old) != uri:
            return
        self.processed.guard()
        if not self.exists(table):
            target = f"{quoted(self.database)}.{quoted(table.name)}"
            self.session.sql(f"ALTER TABLE {self.identifier(old)} RENAME TO {target}").collect()
        elif self._location(table) == uri:
            self.session.sql(f"DROP TABLE {self.identifier(old)}").collect()

    def drop(self, table: IcebergTable) -> None:
        """Takes a table out of the catalog, where it is there."""
        if not self.exists(table):
            return
        if self.processed.exists(f"{table.location}/metadata"):
            self.session.sql(f"DROP TABLE {self.identifier(table)}").collect()
        else:
            self._drop_lost(table)

    def _location(self, table: IcebergTable) -> str:
        """Where the table of a name is."""
        rows = self.session.sql(f"DESCRIBE TABLE EXTENDED {self.identifier(table)}").collect()
        return next(str(row[1]) for row in rows if row[0] == "Location")

    def _drop_lost(self, table: IcebergTable) -> None:
        """
        Takes a table out of the catalog whose folder somebody removed. Spark's SQL can neither replace nor drop such a
        table, since both read its metadata first; the catalog itself can drop it.
        """
        if self.processed.exists(f"{table.location}/metadata"):
            return
        parsed = self._iceberg_spark().catalogAndIdentifier(self.session._jsparkSession, self.identifier(table))
        parsed.catalog().dropTable(parsed.identifier())

    def _iceberg_spark(self) -> Any:
        """What Iceberg offers Spark's own process beyond SQL."""
        jvm = self.session._jvm
        assert jvm is not None  # Spark with a catalog runs in this process's JVM, not behind Spark Connect
        # The catalog's settings are those of the thread's session, which this thread of Python's has none of yet.
        jvm.SparkSession.setActiveSession(self.session._jsparkSession)
        return jvm.org.apache.iceberg.spark.Spark3Util
