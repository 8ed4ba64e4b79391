"""Models as the jobs get them: etl/contract/datasets.ts declares them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lakehouse.contract import MODELS
from lakehouse.storage.datasets import Table
from lakehouse.storage.iceberg import IcebergTable


@dataclass(frozen=True)
class Reference:
    """A table that a model's SQL reads: its name in the catalog as the SQL spells it, and where the file first does."""

    name: str
    line: int
    column: int


@dataclass(frozen=True)
class Model:
    """
    One SELECT that becomes a table. `file`: as messages name it. `after`: models that are built before it, whether its
    SQL reads them or its rules refer to them.
    """

    name: str
    file: str
    sql: str
    references: tuple[Reference, ...]
    after: tuple[str, ...]
    table: Table

    @staticmethod
    def of(value: dict[str, Any]) -> Model:
        return Model(
            name=value["name"],
            file=value["file"],
            sql=value["sql"],
            references=tuple(Reference(**reference) for reference in value["references"]),
            after=tuple(value["after"]),
            table=Table(MODELS, value["name"], tuple(value["key"]), None, tuple(value["rules"])),
        )

    def __str__(self) -> str:
        return str(self.table)

    @property
    def place(self) -> IcebergTable:
        return self.table.current
