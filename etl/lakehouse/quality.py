"""Data quality: the rules beside the tables in etl/datasets.ts, checked before a table is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lakehouse.column_types import quoted
from lakehouse.datasets import Table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from lakehouse.job import Job

EXAMPLES = 5


def check_rows(job: Job, table: Table, columns: list[str], superset: DataFrame, rows: DataFrame) -> bool:
    """
    Checks the rules that hold for each row alone, on the rows to be published; reports those that are broken.
    `superset` is cheaper to read and has every one of `rows`: where it breaks no rule, `rows` does not either.
    """
    tests = _row_tests(table, columns)
    if not tests:
        return True
    found = _failures(superset, tests)
    if superset is not rows and any(found.values()):
        found = _failures(rows, tests)
    for name, failed in found.items():
        if failed:
            examples = rows.where(tests[name]).limit(EXAMPLES).collect()
            job.report.rule_broken(str(table), name, failed, [_shown(row.asDict()) for row in examples])
    return not any(found.values())


def _row_tests(table: Table, columns: list[str]) -> dict[str, Column]:
    """By a rule's name, a condition that is true for the rows that break it."""
    from pyspark.sql import functions as F

    tests: dict[str, Column] = {}
    for rule in table.quality:
        name = rule.get("column")
        if name not in columns:
            continue
        column = F.col(quoted(name))
        if rule["rule"] == "not_null":
            tests[f"not_null({name})"] = column.isNull()
        elif rule["rule"] == "range":
            low, high = rule.get("min"), rule.get("max")
            outside = F.lit(False)
            if low is not None:
                outside = outside | (column < F.lit(low))
            if high is not None:
                outside = outside | (column > F.lit(high))
            tests[f"range({name}, {low}, {high})"] = outside
    return tests


def _failures(rows: DataFrame, tests: dict[str, Column]) -> dict[str, int]:
    from pyspark.sql import functions as F

    counts = [F.count(F.when(test, 1)).alias(f"c{number}") for number, test in enumerate(tests.values())]
    return dict(zip(tests, rows.agg(*counts).collect()[0], strict=True))


def _shown(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: None if value is None else str(value)[:100] for name, value in row.items()}
