"""Data quality: a table's rules are checked before it is published."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lakehouse.quality.rules import OF_ROW, OF_TABLE, Candidate, columns_of, described, shown
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.spark import F
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import TableState

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def check(job: Job, candidate: Candidate) -> bool:
    """Whether a table may be published; reports the rules that are broken."""
    table = candidate.table
    for rule in table.quality:
        if not columns_of(rule) <= set(candidate.columns):
            log.warning("%s has not the columns of the rule %s, which is left out", table, described(rule))
    broken = _broken_by_rows(job, candidate)
    for rule in table.quality:
        if rule["rule"] not in OF_TABLE or not columns_of(rule) <= set(candidate.columns):
            continue
        found = OF_TABLE[rule["rule"]](candidate, rule)
        if found is not None:
            job.report.rule_broken(str(table), described(rule), found.rows, found.examples)
            broken = True
    return not broken


def rows_hold(table: Table, rows: DataFrame) -> bool:
    """Whether some rows keep the rules that hold for each row alone; reports nothing."""
    tests = _row_tests(table, rows.columns)
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


def _broken_by_rows(job: Job, candidate: Candidate) -> bool:
    tests = _row_tests(candidate.table, candidate.columns)
    if not tests:
        return False
    found = _failures(candidate.superset, tests)
    if candidate.superset is not candidate.rows and any(found.values()):
        found = _failures(candidate.rows, tests)
    for name, failed in found.items():
        if failed:
            job.report.rule_broken(str(candidate.table), name, failed, shown(candidate.rows.where(tests[name])))
    return any(found.values())


def _row_tests(table: Table, columns: list[str]) -> dict[str, Column]:
    """For each rule that holds for each row alone, as text, what is true for the rows that break it."""
    return {
        described(rule): OF_ROW[rule["rule"]](rule)
        for rule in table.quality
        if rule["rule"] in OF_ROW and columns_of(rule) <= set(columns)
    }


def _failures(rows: DataFrame, tests: dict[str, Column]) -> dict[str, int]:
    counts = [F.count(F.when(test, 1)).alias(f"c{number}") for number, test in enumerate(tests.values())]
    return dict(zip(tests, rows.agg(*counts).collect()[0], strict=True))
