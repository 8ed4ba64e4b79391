"""The kinds of rules that a table may have (etl/contract/datasets.ts): what breaks each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

from lakehouse.names import there
from lakehouse.quality.severity import Rule
from lakehouse.spark import F
from lakehouse.storage.column_types import quoted
from lakehouse.storage.datasets import Table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Other = Callable[[str, str], "DataFrame | None"]
"""Rows of a table by its schema and name; None where there is no such table."""

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
    def of(table: Table, rows: DataFrame, other: Other = lambda _schema, _name: None) -> Candidate:
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


def named(rule: Rule, columns: list[str]) -> Rule:
    """A rule with the names that its columns have among those of the table."""
    names: Rule = {"column": there(rule["column"], columns)} if "column" in rule else {}
    return rule | names | ({"columns": [there(name, columns) for name in rule["columns"]]} if "columns" in rule else {})


def described(rule: Rule) -> str:
    """A rule as text, for instance `range(quantity, min=1)`."""
    kind = rule["kind"]
    parts: list[str] = [rule["column"]] if "column" in rule else list(rule.get("columns", ()))
    if kind == "accepted_values":
        parts.append(f"values=[{', '.join(map(_value, rule['values']))}]")
    elif kind == "relationships":
        parts += [f"to={rule['to']['schema']}.{rule['to']['table']}", f"field={rule['field']}"]
    elif kind == "freshness":
        limits = {"warn_after": rule.get("warnAfter"), "error_after": rule.get("errorAfter")}
        parts += [f"{name}={_duration(limit)}" for name, limit in limits.items() if limit is not None]
    else:
        parts += [f"{name}={rule[name]}" for name in ("min", "max") if rule.get(name) is not None]
    return f"{kind}({', '.join(parts)})"


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _duration(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return f"{seconds} seconds"


def shown(rows: DataFrame) -> list[dict[str, str | None]]:
    found = rows.limit(EXAMPLES).collect()
    return [
        {name: None if value is None else str(value)[:100] for name, value in row.asDict().items()} for row in found
    ]


def _not_null(rule: Rule) -> Column:
    return reduce(or_, [F.col(quoted(name)).isNull() for name in rule["columns"]])


def _range(rule: Rule) -> Column:
    column = F.col(quoted(rule["column"]))
    outside = F.lit(False)
    if rule.get("min") is not None:
        outside = outside | (column < F.lit(rule["min"]))
    if rule.get("max") is not None:
        outside = outside | (column > F.lit(rule["max"]))
    return outside


def _accepted_values(rule: Rule) -> Column:
    """Other than one of the values; a null is none."""
    column = F.col(quoted(rule["column"]))
    text = column.cast("string")
    number = F.expr(f"try_cast(CAST({quoted(rule['column'])} AS STRING) AS DOUBLE)")
    tests = []
    for value in rule["values"]:
        if isinstance(value, bool):
            # MySQL's booleans are numbers.
            tests.append(text.isin(*(("true", "1") if value else ("false", "0"))))
        elif isinstance(value, str):
            tests.append(text == F.lit(value))
        else:
            # 1.00 of a decimal is the value 1; beyond the exact numbers of a double, the text says which it is.
            tests.append((text == F.lit(str(value))) | F.coalesce(number == F.lit(float(value)), F.lit(False)))
    return column.isNotNull() & ~reduce(or_, tests)


OF_ROW: dict[str, Callable[[Rule], Column]] = {
    "not_null": _not_null,
    "range": _range,
    "accepted_values": _accepted_values,
}
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


def _relationships(candidate: Candidate, rule: Rule) -> Found | None:
    """A null refers to nothing. Where the other table is not there, there is nothing to check."""
    rows = candidate.whole
    schema, name = rule["to"]["schema"], rule["to"]["table"]
    is_same = (schema, name) == (candidate.table.schema, candidate.table.name)
    parent = rows if is_same else candidate.other(schema, name)
    if parent is None:
        return None
    field = there(rule["field"], parent.columns)
    values = parent.select(F.col(quoted(field)).alias("_field")).distinct()
    column = F.col(quoted(rule["column"]))
    lost = rows.where(column.isNotNull()).join(values, column == F.col("_field"), "left_anti")
    failed = int(lost.count())
    return Found(failed, shown(lost)) if failed else None


def _row_count(candidate: Candidate, rule: Rule) -> Found | None:
    count = int(candidate.whole.count())
    missing = max(0, rule["min"] - count) if rule.get("min") is not None else 0
    excess = max(0, count - rule["max"]) if rule.get("max") is not None else 0
    return Found(missing or excess, [{"rows": str(count)}]) if missing or excess else None


OF_TABLE: dict[str, Callable[[Candidate, Rule], Found | None]] = {
    "unique": _unique,
    "relationships": _relationships,
    "row_count": _row_count,
}
"""Rules that need the whole table."""
