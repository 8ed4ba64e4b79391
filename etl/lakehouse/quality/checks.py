"""Data quality: a table's rules are checked before it is published."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from lakehouse.quality import severity
from lakehouse.quality.rules import OF_ROW, OF_TABLE, Candidate, Found, columns_of, described, named, shown
from lakehouse.quality.severity import Rule
from lakehouse.run.job import Job
from lakehouse.run.report import BrokenRule
from lakehouse.spark import F
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import TableState

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def check(job: Job, candidate: Candidate) -> bool:
    """
    Whether a table may be published; reports the rules that are broken. One about a column that is not there is broken,
    too: nobody would see that it is never checked.
    """
    table = candidate.table
    there = set(candidate.columns)
    all_rules = [named(rule, candidate.columns) for rule in table.rules]
    rules = [rule for rule in all_rules if columns_of(rule) <= there]
    lost = [_report_lost(job, table, rule, columns_of(rule) - there) for rule in all_rules if rule not in rules]
    of_row = [rule for rule in rules if rule["kind"] in OF_ROW]
    strict = [rule for rule in of_row if severity.blocks_any_row(rule)]
    lenient = [rule for rule in of_row if rule not in strict]
    held = [
        *_rows_breaking(candidate.rows, candidate.superset, strict),
        *(_rows_breaking(candidate.whole, candidate.whole, lenient) if lenient else ()),
        *((rule, OF_TABLE[rule["kind"]](candidate, rule)) for rule in rules if rule["kind"] in OF_TABLE),
    ]
    return not any([*lost, *(_report(job, table, rule, found) for rule, found in held)])


def rows_hold(table: Table, rows: DataFrame) -> bool:
    """Whether some rows keep the rules that hold for each row alone; reports nothing."""
    rules = [rule for rule in table.rules if rule["kind"] in OF_ROW and columns_of(rule) <= set(rows.columns)]
    return not rules or not any(_failures(rows, rules))


def check_freshness(job: Job, table: Table, known: TableState) -> None:
    """Reports a table whose newest raw file came too long ago."""
    newest = max((file.modified for file in known.files.values()), default=0)
    age = (time.time_ns() - newest) / 1e9
    for rule in table.rules:
        if rule["kind"] != "freshness":
            continue
        limits = [name for name in ("warnAfter", "errorAfter") if rule.get(name) is not None]
        late = [name for name in limits if age > rule[name]]
        # What it says of one that is late has the age.
        job.report.looks_again_at(0.0 if late else newest / 1e9 + min((rule[name] for name in limits), default=inf))
        if not late:
            continue
        is_error = "errorAfter" in late and rule["severity"] == "error"
        examples: list[dict[str, str | None]] = [{"hours": f"{age / 3600:.1f}"}]
        job.report.rule_broken(_broken(table, rule, "error" if is_error else "warn", Found(0, examples)))


def in_order(tables: Iterable[Table]) -> Iterator[list[Table]]:
    """Tables in groups, those that others refer to first; tables that refer to each other in a circle go together."""
    waiting = list(tables)
    while waiting:
        names = {(table.schema, table.name) for table in waiting}
        ready = [table for table in waiting if not names & _parents(table)]
        ready = ready or waiting
        yield ready
        waiting = [table for table in waiting if table not in ready]


def _parents(table: Table) -> set[tuple[str, str]]:
    """Schema and name of the tables that a table's rules refer to."""
    found = {(rule["to"]["schema"], rule["to"]["table"]) for rule in table.rules if rule["kind"] == "relationships"}
    return found - {(table.schema, table.name)}


def _rows_breaking(rows: DataFrame, superset: DataFrame, rules: list[Rule]) -> Iterator[tuple[Rule, Found | None]]:
    """For each of some rules that hold for each row alone, the rows that break it."""
    if not rules:
        return
    counts = _failures(superset, rules)
    if superset is not rows and any(counts):
        counts = _failures(rows, rules)
    for rule, failed in zip(rules, counts, strict=True):
        yield rule, Found(failed, shown(rows.where(OF_ROW[rule["kind"]](rule)))) if failed else None


def _failures(rows: DataFrame, rules: list[Rule]) -> list[int]:
    """How many rows break each of the rules."""
    tests = [OF_ROW[rule["kind"]](rule) for rule in rules]
    return list(rows.agg(*[F.count(F.when(test, 1)).alias(f"c{at}") for at, test in enumerate(tests)]).collect()[0])


def _report(job: Job, table: Table, rule: Rule, found: Found | None) -> bool:
    """Whether what was found is an error."""
    found = found or Found(0, [])
    level = severity.outcome(rule, found.rows)
    if level is not None:
        job.report.rule_broken(_broken(table, rule, level, found))
    return level == "error"


def _report_lost(job: Job, table: Table, rule: Rule, missing: set[str]) -> bool:
    """Whether a rule about columns that are not there is an error."""
    level: severity.Severity = "error" if rule["severity"] == "error" else "warn"
    names = ", ".join(sorted(missing))
    said = f"the table has no column {names}: correct the rule in pipeline.yaml, or remove it"
    job.report.rule_broken(replace(_broken(table, rule, level, Found(0, [])), description=said))
    return level == "error"


def _broken(table: Table, rule: Rule, level: severity.Severity, found: Found) -> BrokenRule:
    return BrokenRule(
        table=str(table),
        rule=described(rule),
        kind=rule["kind"],
        severity=level,
        failed_rows=found.rows,
        examples=found.examples,
        description=rule.get("description"),
    )
