"""What the jobs are given of the definition, at `--datasets_uri`: etl/contract/datasets.ts declares it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from lakehouse.contract import BATCH, CURRENT, MODELS, STATE
from lakehouse.names import catalog_form, column_form, folder_form
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable


@dataclass(frozen=True)
class Table:
    """
    A table at the source. `key`: its key columns in order, None where nothing is declared for the table. `given`: its
    name in the catalog, where one was given. Columns are called as in
    the change log of a table that has no other columns: `names.there` gives what they are called beside those.
    """

    schema: str
    name: str
    key: tuple[str, ...] | None = None
    alias: str | None = None
    rules: tuple[dict[str, Any], ...] = field(default=(), hash=False)
    given: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def catalog_name(self) -> str:
        return self.alias.lower() if self.alias else self.given or catalog_form(self.name)

    @property
    def folder(self) -> str:
        """Its folder below those of the processed zone that have one for each table."""
        return f"{folder_form(self.schema)}/{folder_form(self.name)}"

    @property
    def change_log(self) -> str:
        return self.folder

    def batch(self, number: int) -> str:
        """Folder of a batch of the change log."""
        return f"{self.change_log}/{BATCH}{number}"

    @property
    def current(self) -> IcebergTable:
        """Where its rows are as they are now; models are beside the current tables of the source."""
        return IcebergTable(
            self.catalog_name, f"{MODELS}/{self.name}" if self.schema == MODELS else f"{CURRENT}/{self.folder}"
        )

    @property
    def state(self) -> str:
        return f"{STATE}/{self.folder}.json"


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
        self.names: dict[tuple[str, str], str] = {}
        """Names in the catalog that tables of the source were given, by schema and table."""
        self._tables = {
            (dataset["schema"], table["name"]): Table(
                dataset["schema"],
                table["name"],
                tuple(map(column_form, table["key"])) if "key" in table else None,
                table.get("alias"),
                tuple(map(_in_the_lake, table.get("rules", ()))),
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
        table = self._tables.get((schema, name)) or Table(schema, name)
        return replace(table, given=self.names.get((schema, name)))


def _in_the_lake(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule with the names that columns have in the lake."""
    names = {name: column_form(rule[name]) for name in ("column", "field") if name in rule}
    return rule | names | ({"columns": [column_form(name) for name in rule["columns"]]} if "columns" in rule else {})
