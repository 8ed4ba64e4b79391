"""
Tables of Parquet files in the Glue Data Catalog, for Athena and Redshift: whoever writes one registers it. Iceberg
tables are registered by Spark's catalog itself, and on a local disk there is no catalog.

https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lakehouse.storage.files import Storage
from lakehouse.storage.state import Columns

MARK = "pipeline.content"
"""Parameter of a table: digest of what was registered, so that a table without changes costs no call of its own."""

MOST_PARTITIONS = 100
"""Partitions in a call of BatchCreatePartition and BatchUpdatePartition."""

MOST_DELETED = 25
"""Partitions in a call of BatchDeletePartition."""

_STORAGE = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}


class _Pages(Protocol):
    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]: ...


class GlueClient(Protocol):
    """Of `boto3.client("glue")`, what is used here."""

    exceptions: Any

    def get_paginator(self, operation: str) -> _Pages: ...
    def create_table(self, **request: Any) -> object: ...
    def update_table(self, **request: Any) -> object: ...
    def delete_table(self, **request: Any) -> object: ...
    def batch_create_partition(self, **request: Any) -> dict[str, Any]: ...
    def batch_update_partition(self, **request: Any) -> dict[str, Any]: ...
    def batch_delete_partition(self, **request: Any) -> dict[str, Any]: ...


class CatalogError(Exception):
    """A partition that the catalog did not take; the message says which and why."""


@dataclass(frozen=True)
class ParquetTable:
    """
    A table of Parquet files in folders `<key>=<value>` below its own. `columns`: name and type in Spark's notation,
    without the key. `values`: of the key, one for each folder. `folder`: what folders are called in place of the key.
    """

    name: str
    description: str
    location: str
    columns: Columns
    key: tuple[str, str]
    values: tuple[str, ...]
    folder: str | None = None

    @property
    def content(self) -> str:
        """Digest of all that is registered of it."""
        whole = [self.location, self.columns, self.key, sorted(self.values)]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


class DataCatalog:
    """A database of the catalog, for several threads. What was registered before is listed once."""

    def __init__(self, client: GlueClient, database: str) -> None:
        self._client = client
        self._database = database
        self._registered: dict[str, tuple[str, str]] | None = None
        """By name: what was registered, as MARK says, and its location."""
        self._lock = threading.Lock()

    def register(self, table: ParquetTable) -> None:
        """Makes a table, its columns and its partitions what they are. Does nothing where they are so."""
        known = self._tables()
        for name in [name for name, (mark, place) in list(known.items()) if mark and place == table.location]:
            if name != table.name:
                # The table had another name.
                self._client.delete_table(DatabaseName=self._database, Name=name)
                known.pop(name, None)
        if known.get(table.name) == (table.content, table.location):
            return
        columns = [{"Name": name, "Type": _hive_type(kind)} for name, kind in _folded(table.columns)]
        parameters = {"classification": "parquet", "EXTERNAL": "TRUE"}
        description: dict[str, Any] = {
            "Name": table.name,
            "Description": table.description,
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": [{"Name": table.key[0], "Type": table.key[1]}],
            "StorageDescriptor": {"Columns": columns, "Location": table.location, **_STORAGE},
            "Parameters": parameters,
        }
        if table.name not in known:
            try:
                self._client.create_table(DatabaseName=self._database, TableInput=description)
            except self._client.exceptions.AlreadyExistsException:
                self._update(description)
        self._partitions(table, columns)
        # Last: a run that ends before leaves another mark, and the next one starts over.
        description["Parameters"] = {**parameters, MARK: table.content}
        self._update(description)
        known[table.name] = (table.content, table.location)

    def has(self, name: str) -> bool:
        """Whether a table was registered when this job first looked; by whomever."""
        return name in self._tables()

    def names(self) -> set[str]:
        """Names of all tables, as they are now."""
        return {table["Name"] for table in self._listed()}

    def _tables(self) -> dict[str, tuple[str, str]]:
        with self._lock:
            if self._registered is None:
                self._registered = {
                    table["Name"]: (
                        table.get("Parameters", {}).get(MARK, ""),
                        table.get("StorageDescriptor", {}).get("Location", ""),
                    )
                    for table in self._listed()
                }
            return self._registered

    def _listed(self) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("get_tables").paginate(DatabaseName=self._database):
            yield from page["TableList"]

    def _update(self, description: dict[str, Any]) -> None:
        # Without SkipArchive each change leaves a version, of which a database has 100,000 at most.
        self._client.update_table(DatabaseName=self._database, TableInput=description, SkipArchive=True)

    def _partitions(self, table: ParquetTable, columns: list[dict[str, str]]) -> None:
        """Brings the partitions to the folders that there are; each has the columns of the table, for Athena."""
        pages = self._client.get_paginator("get_partitions").paginate(DatabaseName=self._database, TableName=table.name)
        there: dict[str, Any] = {
            partition["Values"][0]: partition["StorageDescriptor"] for page in pages for partition in page["Partitions"]
        }
        target = {"DatabaseName": self._database, "TableName": table.name}

        def described(value: str) -> dict[str, Any]:
            location = f"{table.location}{table.folder or table.key[0]}={value}/"
            return {"Values": [value], "StorageDescriptor": {"Columns": columns, "Location": location, **_STORAGE}}

        gone = sorted(there.keys() - set(table.values))
        self._in_batches(
            gone,
            MOST_DELETED,
            lambda part: self._client.batch_delete_partition(
                **target, PartitionsToDelete=[{"Values": [value]} for value in part]
            ),
            "EntityNotFoundException",
        )
        self._in_batches(
            [value for value in table.values if value not in there],
            MOST_PARTITIONS,
            lambda part: self._client.batch_create_partition(
                **target, PartitionInputList=[described(value) for value in part]
            ),
            "AlreadyExistsException",
        )
        self._in_batches(
            [value for value in table.values if value in there and there[value]["Columns"] != columns],
            MOST_PARTITIONS,
            lambda part: self._client.batch_update_partition(
                **target,
                Entries=[{"PartitionValueList": [value], "PartitionInput": described(value)} for value in part],
            ),
            None,
        )

    @staticmethod
    def _in_batches(
        values: Sequence[str], most: int, call: Callable[[Sequence[str]], dict[str, Any]], harmless: str | None
    ) -> None:
        for part in _parts(values, most):
            for error in call(part).get("Errors", []):
                detail = error.get("ErrorDetail", {})
                if detail.get("ErrorCode") != harmless:
                    of = error.get("PartitionValues") or error.get("PartitionValueList")
                    raise CatalogError(f"partition {of}: {detail.get('ErrorCode')}: {detail.get('ErrorMessage')}")


Item = TypeVar("Item")


def _parts(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), most):
        yield items[start : start + most]


def _folded(columns: Columns) -> Columns:
    """Names in lower case, as the catalog has them; of those that then are one, the last one's type."""
    return list({name.lower(): (name.lower(), kind) for name, kind in columns}.values())


def _hive_type(spark: str) -> str:
    """The catalog's name of a type. https://docs.aws.amazon.com/athena/latest/ug/data-types.html"""
    return "timestamp" if spark.startswith("timestamp") else spark


def data_catalog(processed: Storage, database: str) -> DataCatalog | None:
    """The catalog of a zone on S3; None for one on a disk. On Glue boto3 is there."""
    if processed.is_local:
        return None
    # Of Glue alone: jobs on one machine go without it.
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 10})
    return DataCatalog(boto3.client("glue", config=patience), database)
