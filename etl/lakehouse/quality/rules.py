"""The kinds of rules in etl/datasets.ts and etl/derivedDatasets.ts: what breaks each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lakehouse.spark import F
from lakehouse.storage.column_types import quoted
from lakehouse.storage.datasets import Table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Rule = dict[str, Any]

Other = Callable[[str], "DataFrame | None"]
"""Rows of a table by its name; None where there is no such table."""

EXAMPLES = 5


@dataclass(frozen=True)
class Candidate:
    """
    What is to be published of a table. `rows`: those that are new in it. `superset`: has every one of them and is
    cheaper to read. `whole_table`: all rows as they would be. `other`: the tables that its rules may refer to.
    """

    table: Table
    columns: list[str]
    rows: DataFrame
    superset: DataFrame
    whole_table: Callable[[], DataFrame]
    other: Other

    @staticmethod
    def of(table: Table, rows: DataFrame, other: Other = lambda _: None) -> Candidate:
        """Where `rows` are the whole table."""
        return Candidate(table, rows.columns, rows, rows, lambda: rows, other)

    @cached_property
    def whole(self) -> DataFrame:
        return self.whole_table()


@dataclass(frozen=True)
class Found:
    """Rows that break a rule: their number, and some of them."""

    rows: int
    examples: list[dict[str, str | None]]


def columns_of(rule: Rule) -> set[str]:
    return {rule["column"]} if "column" in rule else set(rule.get("columns", ()))


def described(rule: Rule) -> str:
    """A rule as text, for instance `range(quantity, min=1)`."""
    values = {name: value for name, value in rule.items() if name != "rule" and value is not None}
    column = values.pop("column", None)
    listed = values.pop("columns", [])
    parts = [*([column] if column else []), *listed, *(f"{name}={value}" for name, value in values.items())]
    return f"{rule['rule']}({', '.join(parts)})"


def shown(rows: DataFrame) -> list[dict[str, str | None]]:
    found = rows.limit(EXAMPLES).collect()
    return [
        {name: None if value is None else str(value)[:100] for name, value in row.asDict().items()} for row in found
    ]


def _not_null(rule: Rule) -> Column:
    return F.col(quoted(rule["column"])).isNull()


def _range(rule: Rule) -> Column:
    column = F.col(quoted(rule["column"]))
    outside = F.lit(False)
    if rule.get("min") is not None:
        outside = outside | (column < F.lit(rule["min"]))
    if rule.get("max") is not None:
        outside = outside | (column > F.lit(rule["max"]))
    return outside


OF_ROW: dict[str, Callable[[Rule], Column]] = {"not_null": _not_null, "range": _range}
"""Rules that hold for each row alone: a condition that is true for the rows that break them."""


def _unique(candidate: Candidate, rule: Rule) -> Found | None:
    """As in SQL, rows with a null are unequal to all others."""
    columns = [F.col(quoted(name)) for name in rule["columns"]]
    filled = candidate.whole
    for column in columns:
        filled = filled.where(column.isNotNull())
    twice = filled.groupBy(*columns).agg(F.count(F.lit(1)).alias("rows")).where("rows > 1")
    failed = twice.agg(F.sum("rows")).collect()[0][0]
    return Found(int(failed), shown(twice)) if failed else None


def _references(candidate: Candidate, rule: Rule) -> Found | None:
    """A null refers to nothing. Where the other table is not there, there is nothing to check."""
    rows = candidate.whole
    parent = rows if rule["table"] == candidate.table.name else candidate.other(rule["table"])
    if parent is None:
        return None
    values = parent.select(F.col(quoted(rule["parent"])).alias("_parent")).distinct()
    column = F.col(quoted(rule["column"]))
    lost = rows.where(column.isNotNull()).join(values, column == F.col("_parent"), "left_anti")
    failed = int(lost.count())
    return Found(failed, shown(lost)) if failed else None


def _row_count(candidate: Candidate, rule: Rule) -> Found | None:
    count = int(candidate.whole.count())
    missing = max(0, rule["min"] - count) if rule.get("min") is not None else 0
    excess = max(0, count - rule["max"]) if rule.get("max") is not None else 0
    return Found(missing or excess, [{"rows": str(count)}]) if missing or excess else None


OF_TABLE: dict[str, Callable[[Candidate, Rule], Found | None]] = {
    "unique": _unique,
    "references": _references,
    "row_count": _row_count,
}
"""Rules that need the whole table."""
