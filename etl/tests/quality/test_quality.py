"""A broken rule stops the publication of its table, keeps the last good one, and is reported with examples."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from support.lake import Lake, Source, normal
from support.rules import rule

pytestmark = pytest.mark.slow_on_spark

Read = Callable[[Source], list[dict[str, Any]]]
COLUMNS = {"id": pa.int32(), "quantity": pa.int32(), "code": pa.string(), "boss": pa.int32()}
GOOD = {"id": 1, "quantity": 5, "code": "a", "boss": None}


def table(lake: Lake, rules: list[dict[str, Any]], name: str = "sales", schema: str = "shop") -> Source:
    lake.declare(schema, name, ["id"], rules)
    source = Source(lake, name, COLUMNS, ["id"], schema)
    source.insert(**GOOD)
    source.flush()
    return source


@pytest.mark.parametrize(
    ("rule", "text", "bad", "failed", "example"),
    [
        (rule("range", column="quantity", min=1), "range(quantity, min=1)", {"quantity": 0}, 1, {"id": "2"}),
        (rule("range", column="quantity", max=9), "range(quantity, max=9)", {"quantity": 10}, 1, {"id": "2"}),
        (rule("not_null", columns=["code"]), "not_null(code)", {"code": None}, 1, {"id": "2", "code": None}),
        (rule("unique", columns=["code"]), "unique(code)", {"code": "a"}, 2, {"code": "a", "rows": "2"}),
        (
            rule("relationships", column="boss", to={"schema": "shop", "table": "sales"}, field="id"),
            "relationships(boss, to=shop.sales, field=id)", {"boss": 7}, 1, {"boss": "7"},
        ),
        (
            rule("accepted_values", column="code", values=["a", "b", "c"], description="No other codes"),
            "accepted_values(code, values=[a, b, c])", {"code": "x"}, 1, {"code": "x"},
        ),
        (rule("row_count", max=2), "row_count(max=2)", {}, 1, {"rows": "3"}),
    ],
)  # fmt: skip
def test_broken_rule(
    lake: Lake,
    current: Read,
    rule: dict[str, Any],
    text: str,
    bad: dict[str, Any],
    failed: int,
    example: dict[str, Any],
) -> None:
    sales = table(lake, [rule])
    other = table(lake, [], "other")
    lake.ok()
    sales.insert(**{"id": 2, "quantity": 5, "code": "b", "boss": 1} | bad)
    sales.insert(id=3, quantity=3, code="c", boss=3)
    sales.flush()
    other.insert(id=2)
    other.flush()
    for _ in range(2):
        assert lake.run() == [0, 0, 11]
        (found,) = lake.reports["apply-changes"]["quality"]
        assert (found["table"], found["rule"], found["failed_rows"]) == ("shop.sales", text, failed)
        assert example.items() <= found["examples"][0].items()
        assert lake.reports["apply-changes"]["state"] == "quality_failed"
        assert normal(current(sales)) == normal([GOOD])
        assert normal(current(other)) == normal(other.rows)
    sales.delete({"id": 2})
    sales.flush()
    lake.ok()
    assert normal(current(sales)) == normal(sales.rows)


def test_first_load_that_breaks_a_rule_makes_no_table(lake: Lake) -> None:
    table(lake, [rule("row_count", min=2)])
    assert lake.run() == [0, 0, 11]
    assert lake.state("sales")["applied"] is None


def test_a_table_waits_for_the_one_that_it_refers_to(lake: Lake, current: Read) -> None:
    reference = rule("relationships", column="boss", to={"schema": "archive", "table": "zz"}, field="id")
    sales = table(lake, [reference])
    lake.ok()  # nothing to check as long as there is no other table
    other = table(lake, [], "zz", "archive")
    sales.insert(id=2, boss=1)
    sales.flush()
    lake.ok()
    assert normal(current(sales)) == normal(sales.rows)
    other.delete({"id": 1})
    other.flush()
    sales.insert(id=3, boss=1)
    sales.flush()
    assert lake.run() == [0, 0, 11]
    assert len(current(sales)) == 2


def test_rows_put_right_in_the_same_run_break_nothing(lake: Lake, current: Read) -> None:
    sales = table(lake, [rule("range", column="quantity", min=1), rule("not_null", columns=["code"])])
    sales.insert(id=2, quantity=0, code=None)
    sales.update({"id": 2}, quantity=1, code="x")
    sales.insert(id=3, quantity=-1)
    sales.delete({"id": 3})
    sales.flush()
    lake.ok()
    assert normal(current(sales)) == normal(sales.rows)


def rests_until(lake: Lake, job: str) -> float | None:
    """Time until which a job finds the same in the same lake, in seconds since 1970."""
    found = lake.reports[job]["rests_until"]
    return None if found is None else dt.datetime.fromisoformat(found.replace("Z", "+00:00")).timestamp()


def test_a_job_rests_for_a_day_where_the_lake_is_all_that_it_goes_by(lake: Lake) -> None:
    table(lake, [])
    lake.ok()
    for job in ("process-load", "process-cdc", "apply-changes"):
        assert rests_until(lake, job) == pytest.approx(time.time() + 24 * 3600, abs=60)


def test_freshness(lake: Lake) -> None:
    sales = table(lake, [rule("freshness", warnAfter=3600, errorAfter=7200)])
    lake.ok()
    newest = max(path.stat().st_mtime for path in sales.written)
    assert rests_until(lake, "apply-changes") == pytest.approx(newest + 3600, abs=0.01)
    for path in sales.written:
        os.utime(path, (path.stat().st_mtime - 5400,) * 2)
    assert lake.run() == [0, 0, 0]
    assert rests_until(lake, "apply-changes") is None
    (found,) = lake.reports["apply-changes"]["quality"]
    assert (found["severity"], found["failed_rows"], found["examples"]) == ("warn", 0, [{"hours": "1.5"}])
    for path in sales.written:
        os.utime(path, (path.stat().st_mtime - 5400,) * 2)
    assert lake.run() == [0, 0, 11]
    (found,) = lake.reports["apply-changes"]["quality"]
    assert (found["rule"], found["examples"]) == (
        "freshness(warn_after=1 hour, error_after=2 hours)",
        [{"hours": "3.0"}],
    )
    sales.insert(id=2)
    sales.flush()
    lake.ok()


def test_rules_and_keys_name_columns_as_the_source_does(lake: Lake, current: Read) -> None:
    """Also those that have another name in the lake: it has columns `BI_id` and `Op` of its own."""
    to_itself = rule("relationships", column="cdc_op", to={"schema": "shop", "table": "odd"}, field="BI_id")
    rules = [
        rule("not_null", columns=["BI_id", "a b"]),
        rule("range", column="Op", min=1),
        rule("unique", columns=["BI_id"]),
        to_itself,
    ]
    lake.declare("shop", "odd", ["BI_id"], rules)
    odd, id_, op = "a_x0020_b", "_x0042_I_id", "_x0063_dc_op"
    # As raw files have them.
    columns = dict.fromkeys(["id", id_, "_x004f_p", "a b", "cdc_op"], pa.int32())
    source = Source(lake, "odd", columns, [id_])
    source.insert(**{"id": 1, id_: 1, "_x004f_p": 1, "a b": 1, "cdc_op": 1})
    source.flush()
    lake.ok()
    source.insert(**{"id": 1, id_: 2, "_x004f_p": 0, "a b": None, "cdc_op": 7})
    source.flush()
    assert lake.run() == [0, 0, 11]
    found = {broken["rule"].split("(")[0]: broken for broken in lake.reports["apply-changes"]["quality"]}
    assert found.keys() == {"not_null", "range", "relationships"}
    assert found["not_null"]["rule"] == f"not_null({id_}, {odd})"
    assert not any("there is no column" in str(broken["description"]) for broken in found.values())
    source.update({id_: 2}, **{"_x004f_p": 5, "a b": 2, "cdc_op": 2})
    source.flush()
    lake.ok()
    assert {row[id_]: (row[odd], row[op]) for row in current(source)} == {1: (1, 1), 2: (2, 2)}
