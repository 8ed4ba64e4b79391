"""What the jobs are given of the definition, at `--datasets_uri`: etl/contract/datasets.ts declares it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lakehouse.contract import BATCH, CURRENT, MODELS, STATE
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable


@dataclass(frozen=True)
class Table:
    """A table at the source. `key`: its key columns in order, None where nothing is declared for the table."""

    schema: str
    name: str
    key: tuple[str, ...] | None = None
    alias: str | None = None
    rules: tuple[dict[str, Any], ...] = field(default=(), hash=False)

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def catalog_name(self) -> str:
        return (self.alias or self.name).lower()

    @property
    def change_log(self) -> str:
        return f"{self.schema}/{self.name}"

    def batch(self, number: int) -> str:
        """Folder of a batch of the change log."""
        return f"{self.change_log}/{BATCH}{number}"

    @property
    def current(self) -> IcebergTable:
        """Where its rows are as they are now; models are beside the current tables of the source."""
        folder = MODELS if self.schema == MODELS else f"{CURRENT}/{self.schema}"
        return IcebergTable(self.catalog_name, f"{folder}/{self.name}")

    @property
    def state(self) -> str:
        return f"{STATE}/{self.schema}/{self.name}.json"


class Datasets:
    """
    All declared tables; a table that is not declared gets a definition without a key or rules. `models`: as they are in
    the document. `clicks`: the type of a click in Spark's notation, None where there are none. `made`: which schemas
    are folders that jobs of the definition write.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.models: list[dict[str, Any]] = document["models"]
        self.clicks: str | None = document.get("clicks")
        self.made: frozenset[str] = frozenset(document.get("made", ()))
        self._tables = {
            (dataset["schema"], table["name"]): Table(
                dataset["schema"],
                table["name"],
                tuple(table["key"]) if "key" in table else None,
                table.get("alias"),
                tuple(table.get("rules", ())),
            )
            for dataset in document["datasets"]
            for table in dataset["tables"]
        }

    @staticmethod
    def read(uri: str) -> Datasets:
        folder, name = uri.rsplit("/", 1)
        return Datasets(json.loads(Storage(folder).read(name)))

    @property
    def declared(self) -> list[Table]:
        return list(self._tables.values())

    def table(self, schema: str, name: str) -> Table:
        return self._tables.get((schema, name)) or Table(schema, name)
