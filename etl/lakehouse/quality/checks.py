"""Data quality: the rules in etl/datasets.ts and etl/derivedDatasets.ts, checked before a table is published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from lakehouse.run.report import log
from lakehouse.storage.column_types import quoted
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import TableState

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from lakehouse.run.job import Job

Rule = dict[str, Any]
Other = Callable[[str], "DataFrame | None"]
"""Rows of a table by its name; None where there is no such table."""

EXAMPLES = 5


def check(
    job: Job,
    table: Table,
    columns: list[str],
    superset: DataFrame,
    rows: DataFrame,
    whole: Callable[[], DataFrame],
    other: Other,
) -> bool:
    """
    Whether a table may be published; reports the rules that are broken. `rows`: those that are new in the table.
    `superset`: has every one of them and is cheaper to read. `whole`: the table as it would be. `other`: the tables
    that its rules may refer to.
    """
    for rule in table.quality:
        if not _columns(rule) <= set(columns):
            log.warning("%s has not the columns of the rule %s, which is left out", table, described(rule))
    broken = _broken_by_rows(job, table, columns, superset, rows)
    table_rules = [rule for rule in table.quality if rule["rule"] in OF_TABLE and _columns(rule) <= set(columns)]
    candidate = cache(whole)
    for rule in table_rules:
        found = OF_TABLE[rule["rule"]](table, rule, candidate, other)
        if found is not None:
            job.report.rule_broken(str(table), described(rule), *found)
            broken = True
    return not broken


def rows_hold(table: Table, columns: list[str], rows: DataFrame) -> bool:
    """Whether some rows keep the rules that hold for each row alone; reports nothing."""
    tests = _row_tests(table, columns)
    return not tests or not any(_failures(rows, tests).values())


def check_freshness(job: Job, table: Table, known: TableState) -> None:
    """Reports a table whose newest raw file came too long ago."""
    newest = max((file.modified for file in known.files.values()), default=0)
    age = (time.time_ns() - newest) / 3.6e12
    for rule in table.quality:
        if rule["rule"] == "freshness" and age > rule["hours"]:
            job.report.rule_broken(str(table), described(rule), 0, [{"hours": f"{age:.1f}"}])


def in_order(tables: Iterable[Table]) -> Iterator[list[Table]]:
    """Tables in groups, those that others refer to first; tables that refer to each other in a circle go together."""
    waiting = list(tables)
    while waiting:
        names = {(table.schema, table.name) for table in waiting}
        ready = [table for table in waiting if not any((table.schema, name) in names for name in _parents(table))]
        ready = ready or waiting
        yield ready
        waiting = [table for table in waiting if table not in ready]


def _parents(table: Table) -> set[str]:
    """Tables of the same schema that a table's rules refer to."""
    return {rule["table"] for rule in table.quality if rule["rule"] == "references"} - {table.name}


def described(rule: Rule) -> str:
    """A rule as text, for instance `range(quantity, min=1)`."""
    values = {name: value for name, value in rule.items() if name != "rule" and value is not None}
    column = values.pop("column", None)
    listed = values.pop("columns", [])
    parts = [*([column] if column else []), *listed, *(f"{name}={value}" for name, value in values.items())]
    return f"{rule['rule']}({', '.join(parts)})"


def _columns(rule: Rule) -> set[str]:
    return {rule["column"]} if "column" in rule else set(rule.get("columns", ()))


def _broken_by_rows(job: Job, table: Table, columns: list[str], superset: DataFrame, rows: DataFrame) -> bool:
    tests = _row_tests(table, columns)
    if not tests:
        return False
    found = _failures(superset, tests)
    if superset is not rows and any(found.values()):
        found = _failures(rows, tests)
    for name, failed in found.items():
        if failed:
            job.report.rule_broken(str(table), name, failed, _shown(rows.where(tests[name])))
    return any(found.values())


def _row_tests(table: Table, columns: list[str]) -> dict[str, Column]:
    """For each rule that holds for each row alone, as text, what is true for the rows that break it."""
    return {
        described(rule): OF_ROW[rule["rule"]](rule)
        for rule in table.quality
        if rule["rule"] in OF_ROW and _columns(rule) <= set(columns)
    }


def _failures(rows: DataFrame, tests: dict[str, Column]) -> dict[str, int]:
    from pyspark.sql import functions as F

    counts = [F.count(F.when(test, 1)).alias(f"c{number}") for number, test in enumerate(tests.values())]
    return dict(zip(tests, rows.agg(*counts).collect()[0], strict=True))


def _not_null(rule: Rule) -> Column:
    from pyspark.sql import functions as F

    return F.col(quoted(rule["column"])).isNull()


def _range(rule: Rule) -> Column:
    from pyspark.sql import functions as F

    column = F.col(quoted(rule["column"]))
    outside = F.lit(False)
    if rule.get("min") is not None:
        outside = outside | (column < F.lit(rule["min"]))
    if rule.get("max") is not None:
        outside = outside | (column > F.lit(rule["max"]))
    return outside


OF_ROW: dict[str, Callable[[Rule], Column]] = {"not_null": _not_null, "range": _range}
"""Rules that hold for each row alone: a condition that is true for the rows that break them."""

Found = tuple[int, list[Any]] | None
"""Number of rows that break a rule, with examples; None where it holds."""


def _unique(_table: Table, rule: Rule, whole: Callable[[], DataFrame], _other: Other) -> Found:
    """As in SQL, rows with a null are unequal to all others."""
    from pyspark.sql import functions as F

    columns = [F.col(quoted(name)) for name in rule["columns"]]
    filled = whole()
    for column in columns:
        filled = filled.where(column.isNotNull())
    twice = filled.groupBy(*columns).agg(F.count(F.lit(1)).alias("rows")).where("rows > 1")
    failed = twice.agg(F.sum("rows")).collect()[0][0]
    return (int(failed), _shown(twice)) if failed else None


def _references(table: Table, rule: Rule, whole: Callable[[], DataFrame], other: Other) -> Found:
    """A null refers to nothing. Where the other table is not there, there is nothing to check."""
    from pyspark.sql import functions as F

    rows = whole()
    parent = rows if rule["table"] == table.name else other(rule["table"])
    if parent is None:
        return None
    values = parent.select(F.col(quoted(rule["parent"])).alias("_parent")).distinct()
    column = F.col(quoted(rule["column"]))
    lost = rows.where(column.isNotNull()).join(values, column == F.col("_parent"), "left_anti")
    failed = int(lost.count())
    return (failed, _shown(lost)) if failed else None


def _row_count(_table: Table, rule: Rule, whole: Callable[[], DataFrame], _other: Other) -> Found:
    count = int(whole().count())
    missing = max(0, rule["min"] - count) if rule.get("min") is not None else 0
    excess = max(0, count - rule["max"]) if rule.get("max") is not None else 0
    return (missing or excess, [{"rows": str(count)}]) if missing or excess else None


OF_TABLE = {"unique": _unique, "references": _references, "row_count": _row_count}
"""Rules that need the whole table."""


def _shown(rows: DataFrame) -> list[dict[str, str | None]]:
    found = rows.limit(EXAMPLES).collect()
    return [
        {name: None if value is None else str(value)[:100] for name, value in row.asDict().items()} for row in found
    ]
