"""What a broken rule of each severity does to its table, and what becomes of a table whose rules are others now."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.quality import severity
from support.lake import ITEMS, Lake, Read, Source, normal
from support.rules import rule

pytestmark = pytest.mark.slow_on_spark


def table(lake: Lake, *rules: dict[str, Any]) -> Source:
    lake.declare("shop", "items", ["id"], list(rules))
    source = Source(lake, "items", ITEMS, ["id"])
    source.insert(id=1, name="a")
    source.flush()
    lake.ok()
    return source


def found(lake: Lake) -> list[tuple[str, str, int]]:
    return [
        (entry["kind"], entry["severity"], entry["failed_rows"]) for entry in lake.reports["apply-changes"]["quality"]
    ]


def test_a_warning_publishes_the_table_and_is_reported(lake: Lake, current: Read) -> None:
    items = table(lake, rule("not_null", columns=["name"], severity="warn", description="Shown on labels"))
    items.insert(id=2, name=None)
    items.flush()
    lake.ok()
    assert found(lake) == [("not_null", "warn", 1)]
    (entry,) = lake.reports["apply-changes"]["quality"]
    assert (entry["description"], entry["examples"][0]["id"]) == ("Shown on labels", "2")
    assert lake.reports["apply-changes"]["state"] == "succeeded"
    assert normal(current(items)) == normal(items.rows)
    # Rows that came before count, too.
    items.insert(id=3, name=None)
    items.flush()
    lake.ok()
    assert found(lake) == [("not_null", "warn", 2)]


def test_how_many_rows_are_an_error(lake: Lake, current: Read) -> None:
    items = table(lake, rule("unique", columns=["name"], warnIf="> 2", errorIf="> 3"))
    for number, (expected, code) in enumerate([([], 0), ([("unique", "warn", 3)], 0), ([("unique", "error", 4)], 11)]):
        before = len(items.rows)
        items.insert(id=10 + number, name="a")
        items.flush()
        assert lake.run() == [0, 0, code]
        assert found(lake) == expected
        assert len(current(items)) == (before if code else before + 1)


def test_a_new_rule_takes_effect_without_a_change(lake: Lake, current: Read) -> None:
    items = table(lake)
    items.insert(id=2, name=None)
    items.flush()
    lake.ok()
    (definition,) = lake.datasets[0]["tables"]
    definition["rules"] = [rule("not_null", columns=["name"])]
    for _ in range(2):
        assert lake.run() == [0, 0, 11]
        assert found(lake) == [("not_null", "error", 1)]
        assert len(current(items)) == 2
    # New rows are good, the older one is not.
    items.insert(id=3, name="c")
    items.flush()
    assert lake.run() == [0, 0, 11]
    assert len(current(items)) == 2
    items.update({"id": 2}, name="b")
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    definition["rules"].append(rule("row_count", min=1))
    lake.ok()
    assert (found(lake), lake.reports["apply-changes"]["tables"]) == ([], [])
    version = lake.state("items")["applied"]
    lake.ok()
    assert lake.state("items")["applied"] == version


@pytest.mark.parametrize(
    ("given_rule", "failed", "expected"),
    [
        ({"severity": "error"}, 0, None),
        ({"severity": "error"}, 1, "error"),
        ({"severity": "warn"}, 1, "warn"),
        ({"severity": "warn", "errorIf": "> 1"}, 5, "warn"),
        ({"severity": "error", "errorIf": ">10"}, 10, "warn"),
        ({"severity": "error", "errorIf": ">10", "warnIf": "> 5"}, 5, None),
        ({"severity": "error", "errorIf": ">=10"}, 10, "error"),
    ],
)
def test_outcome(given_rule: dict[str, Any], failed: int, expected: str | None) -> None:
    assert severity.outcome(given_rule, failed) == expected


@given(
    level=st.sampled_from(["warn", "error"]),
    sign=st.sampled_from([">", ">=", "=", "!=", "<", "<="]),
    limit=st.integers(0, 5),
    failed=st.integers(0, 6),
)
def test_a_rule_that_blocks_any_row_is_an_error_of_any_row(level: str, sign: str, limit: int, failed: int) -> None:
    some = {"severity": level, "errorIf": f"{sign} {limit}"}
    if severity.blocks_any_row(some):
        assert (severity.outcome(some, failed) == "error") == (failed > 0)
    if level == "warn":
        assert severity.outcome(some, failed) != "error"


@pytest.mark.parametrize(("severity", "code", "rows"), [("error", 11, 0), ("warn", 0, 1)])
def test_a_rule_about_a_column_that_is_not_there_is_broken(
    lake: Lake, current: Read, severity: str, code: int, rows: int
) -> None:
    lake.declare("shop", "sales", ["id"], [rule("not_null", columns=["cod"], severity=severity)])
    sales = Source(lake, "sales", {**ITEMS, "code": pa.string()}, ["id"])
    sales.insert(id=1, code="a")
    sales.flush()
    assert lake.run() == [0, 0, code]
    (found,) = lake.reports["apply-changes"]["quality"]
    assert (found["rule"], found["severity"]) == ("not_null(cod)", severity)
    assert found["description"] == "the table has no column cod: correct the rule in pipeline.yaml, or remove it"
    assert not rows or len(current(sales)) == rows
