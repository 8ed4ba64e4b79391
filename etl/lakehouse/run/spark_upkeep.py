"""Upkeep of Iceberg tables by Spark: their files, the ranges of keys in these, and snapshots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from lakehouse.spark import F, SparkSession
from lakehouse.storage import maintenance
from lakehouse.storage.column_types import quoted


@dataclass(frozen=True)
class SparkUpkeep:
    """Upkeep of one table. `name`: database and table; `identifier`: the same in SQL, with the catalog."""

    session: SparkSession
    catalog: str
    name: str
    identifier: str

    def keep_ranges(self, file_rows: int, column: str) -> None:
        """
        Has Iceberg write what a MERGE rewrites in ranges of a column, in files of so many rows: otherwise its tasks
        write files with keys of all the files that were touched, and soon every file has every range.
        https://iceberg.apache.org/docs/latest/spark-writes/#writing-distribution-modes
        """
        size = self._file_size(file_rows)
        properties = {
            "write.target-file-size-bytes": size,
            # What Spark puts together to a file is not compressed by columns yet.
            "write.spark.advisory-partition-size-bytes": 3 * size,
        }
        pairs = ", ".join(f"'{name}' = '{value}'" for name, value in properties.items())
        self.session.sql(f"ALTER TABLE {self.identifier} SET TBLPROPERTIES ({pairs})").collect()
        self.session.sql(f"ALTER TABLE {self.identifier} WRITE ORDERED BY {quoted(column)}").collect()

    def compact(self, file_rows: int, ranges: str | None) -> None:
        """
        Writes files that are small beside those of so many rows as few, and only them: each of those has a range of the
        keys, and Iceberg's own target of 512 MB would put them all together, without their ranges.
        """
        if ranges is not None:
            self.keep_ranges(file_rows, ranges)
        target = self._file_size(file_rows)
        options = {
            "min-input-files": maintenance.SMALL_FILES,
            "target-file-size-bytes": target,
            "min-file-size-bytes": max(1, target // 4),
            # Larger ones are left, too: cut, they would have the same ranges.
            "max-file-size-bytes": target * 1024,
        }
        pairs = ", ".join(f"'{name}', '{value}'" for name, value in options.items())
        strategy = "binpack" if ranges is None else "sort"
        self._call("rewrite_data_files", f"strategy => '{strategy}', options => map({pairs})")

    def expire_snapshots(self) -> None:
        """
        Of those before `KEEP_HOURS` the newest stays, too, which readers had until another replaced it: Iceberg goes by
        the time when a snapshot was made.
        """
        since = datetime.now(timezone.utc) - timedelta(hours=maintenance.KEEP_HOURS)
        made = F.col("committed_at")
        snapshots = self.session.table(f"{self.identifier}.snapshots")
        older = snapshots.where(made <= F.lit(f"{since:%Y-%m-%d %H:%M:%S}").cast("timestamp"))
        # As text: Python would have it in the time zone of its machine.
        (found,) = older.select(F.date_format(F.max(made), "yyyy-MM-dd HH:mm:ss.SSS").alias("newest")).collect()
        if found["newest"] is not None:
            self._call("expire_snapshots", f"older_than => TIMESTAMP '{found['newest']}'")

    def _file_size(self, file_rows: int) -> int:
        """Bytes of a file of so many rows."""
        size = F.sum("file_size_in_bytes") * file_rows / F.sum("record_count")
        files = self.session.table(f"{self.identifier}.files")
        (found,) = files.select(F.greatest(F.lit(1), size.cast("long")).alias("size")).collect()
        return int(found["size"] or 1)

    def _call(self, procedure: str, argument: str) -> None:
        """https://iceberg.apache.org/docs/latest/spark-procedures/"""
        self.session.sql(f"CALL {self.catalog}.system.{procedure}(table => '{self.name}', {argument})").collect()
