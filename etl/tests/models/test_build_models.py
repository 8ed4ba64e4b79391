"""Models: built from the lake's tables, again when something changed, published when their rules hold."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from support.clicks import send
from support.lake import Lake, Source
from support.left_over import unpublished
from support.models import JOBS, Table, built, define, model
from support.rules import rule

COUNT = "SELECT c.name, count(*) AS orders FROM Orders o JOIN `customers` c ON c.id = o.customerid GROUP BY c.name"
TOTAL = "SELECT sum(orders) AS orders, CAST(max(orders) AS smallint) AS most FROM by_customer"
pytestmark = pytest.mark.usefixtures("customers")


def shop(lake: Lake, *rules: dict[str, Any]) -> None:
    define(lake, model("total", TOTAL), model("by_customer", COUNT, *rules, key=("name",)))


def test_models_over_tables_and_models(lake: Lake, orders: Source, table: Table) -> None:
    shop(lake)
    lake.ok(*JOBS)
    assert table("by_customer") == [{"name": "c0", "orders": 2}, {"name": "c1", "orders": 3}]
    assert table("total") == [{"orders": 5, "most": 3}]
    assert built(lake) == {"by_customer": "first time", "total": "first time"}
    (first, second) = lake.reports["build-models"]["tables"]
    assert (first["schema"], first["rows_read"], first["rows_written"]) == ("models", 7, 2)
    assert (second["rows_read"], second["rows_written"]) == (2, 1)


def test_a_model_is_built_again_only_when_something_of_it_changed(lake: Lake, orders: Source, table: Table) -> None:
    shop(lake)
    define(lake, *lake.models, model("names", "SELECT name FROM customers"))
    lake.ok(*JOBS)
    assert lake.reports["build-models"]["unchanged"] == []
    lake.ok(*JOBS)
    assert built(lake) == {}
    assert lake.reports["build-models"]["unchanged"] == ["models.by_customer", "models.names", "models.total"]
    orders.insert(id=9, customerId=1)
    orders.flush()
    lake.ok(*JOBS)
    assert built(lake) == {"by_customer": "orders changed", "total": "by_customer changed"}
    assert lake.reports["build-models"]["unchanged"] == ["models.names"]
    assert table("total") == [{"orders": 6, "most": 4}]
    shop(lake, rule("not_null", columns=["name"]))
    define(lake, *lake.models, model("names", "SELECT upper(name) AS name FROM customers"))
    lake.ok(*JOBS)
    assert built(lake) == {"by_customer": "rules changed", "total": "by_customer changed", "names": "SQL changed"}
    assert table("names") == [{"name": "C0"}, {"name": "C1"}]


def test_a_broken_rule_keeps_the_last_good_table_and_stops_what_reads_it(
    lake: Lake, orders: Source, table: Table
) -> None:
    shop(lake, rule("range", column="orders", max=3), rule("unique", columns=["name"]))
    define(lake, *lake.models, model("ids", "SELECT id FROM orders"))
    lake.ok(*JOBS)
    good = [table(name) for name in ("by_customer", "total")]
    orders.insert(id=9, customerId=1)
    orders.flush()
    for again in (False, True):
        assert lake.run(*JOBS) == [0, 0, 0, 11]
        (broken,) = lake.reports["build-models"]["quality"]
        assert (broken["table"], broken["kind"], broken["failed_rows"]) == ("models.by_customer", "range", 1)
        assert [table(name) for name in ("by_customer", "total")] == good
        assert built(lake) == {
            "by_customer": "blocked by a rule (orders changed)",
            "total": "skipped: depends on by_customer",
            **({} if again else {"ids": "orders changed"}),
        }
    assert unpublished(lake) == []
    shop(lake, rule("range", column="orders", max=3, severity="warn", description="Few"))
    define(lake, *lake.models, model("ids", "SELECT id FROM orders"))
    lake.ok(*JOBS)
    (warning,) = lake.reports["build-models"]["quality"]
    assert (warning["severity"], warning["description"]) == ("warn", "Few")
    assert table("total") == [{"orders": 6, "most": 4}]


def test_a_failed_model_stops_only_what_reads_it(lake: Lake, orders: Source, table: Table) -> None:
    shop(lake)
    bad = [
        model("unknown", "SELECT *\nFROM orderz"),
        model("behind", "SELECT * FROM unknown"),
        model("wrong", "SELECT nothing FROM orders"),
        model("nameless", "SELECT count(*) + 1 FROM orders"),
        model("twice", "SELECT id, id AS ID FROM orders"),
        model("untyped", "SELECT NULL AS x FROM orders"),
        model("lost", "SELECT id FROM orders", rule("not_null", columns=["name"])),
        model("customers_changes", "SELECT id FROM orders"),
    ]
    define(lake, *lake.models, *bad)
    assert lake.run(*JOBS) == [0, 0, 0, 1]
    assert built(lake) == {
        "by_customer": "first time",
        "total": "first time",
        "behind": "skipped: depends on unknown",
    }
    error = lake.reports["build-models"]["error"]
    assert "models/unknown.sql:2:6: the lake has no table 'orderz'. Did you mean orders?" in error
    for name, words in {
        "models.wrong": "nothing",
        "models.nameless": "has no name",
        "models.twice": "two columns would be called id",
        "models.untyped": "has the type void: cast it",
        "models.lost": "the rule not_null(name) names name, but the columns are id",
        "models.customers_changes": (
            "the change log of shop.Customers is already called customers_changes in the catalog"
        ),
    }.items():
        (line,) = [line for line in error.splitlines() if line.startswith(f"{name}: ")]
        assert words in line


def test_only_some_models(lake: Lake, orders: Source) -> None:
    shop(lake)
    lake.ok(*JOBS[:3])
    assert lake.run("build-models", more=("--models", "total")) == [0]
    assert built(lake) == {"total": "skipped: by_customer does not exist yet"}
    assert lake.run("build-models", more=("--models", "by_customer")) == [0]
    assert built(lake) == {"by_customer": "first time"}
    assert lake.run("build-models", more=("--models", "total,nothing")) == [1]
    assert "unknown model nothing; the models are total, by_customer" in lake.reports["build-models"]["error"]
    lake.ok("build-models")
    assert built(lake) == {"total": "first time"}


def test_a_model_that_is_no_more_goes(lake: Lake, orders: Source, table: Table) -> None:
    shop(lake)
    lake.ok(*JOBS)
    define(lake, model("by_customer", COUNT))
    assert lake.run("build-models", more=("--models", "by_customer")) == [0]
    assert table("total") != []
    lake.ok("build-models")
    assert built(lake)["total"] == "removed: no longer in the definition"
    assert not (lake.processed / "models" / "total").exists()
    shop(lake)
    lake.ok("build-models")
    assert built(lake) == {"total": "first time", "by_customer": "by_customer changed"} or "total" in built(lake)
    assert table("total") == [{"orders": 5, "most": 3}]


def test_a_table_that_somebody_removed_is_built_again(lake: Lake, orders: Source, table: Table) -> None:
    import shutil

    shop(lake)
    lake.ok(*JOBS)
    shutil.rmtree(lake.processed / "models" / "by_customer")
    lake.ok("build-models")
    assert built(lake) == {"by_customer": "its table was removed", "total": "by_customer changed"}
    assert len(table("by_customer")) == 2


def test_change_logs_and_clicks(lake: Lake, customers: Source, table: Table) -> None:
    lake.clicks = "struct<productid:int,tags:array<string>>"
    define(
        lake,
        model("ops", "SELECT batch, cdc_op, count(name) AS n, max(BI_id) AS old FROM customers_changes GROUP BY 1, 2"),
        model("hours", "SELECT year, hour, productid, size(tags) AS tags FROM clickstream_data"),
    )
    lake.ok(*JOBS)
    assert table("ops") == [{"batch": 1, "cdc_op": "O", "n": 2, "old": None}]
    assert table("hours") == []
    customers.update({"id": 1}, name="x", id=7)
    customers.flush()
    send(lake, "2026/11/20/13", "a.json.gz", ['{"productid": 4, "tags": ["a", "b"]}', "not JSON"])
    lake.ok(*JOBS)
    assert built(lake) == {"ops": "customers_changes changed", "hours": "clickstream_data changed"}
    assert table("ops")[1:] == [{"batch": 2, "cdc_op": "U", "n": 1, "old": 1}]
    assert [(row["year"], row["hour"], row["productid"]) for row in table("hours")] == [
        ("2026", "13", 4),
        ("2026", "13", None),
    ]


def test_types_of_columns(lake: Lake, orders: Source, table: Table) -> None:
    sql = """SELECT CAST(id AS tinyint) AS small, amount, CAST('2026-01-02' AS date) AS day, 1.5D AS x,
        timestamp_ntz'2026-01-02 03:04:05' AS at, named_struct('a', id, 'b', array(1, 2)) AS s, id > 0 AS yes
        FROM orders WHERE id = 1"""
    define(lake, model("types", sql))
    lake.ok(*JOBS)
    assert table("types") == [
        {
            "small": 1,
            "amount": None,
            "day": dt.date(2026, 1, 2),
            "x": 1.5,
            "at": dt.datetime(2026, 1, 2, 3, 4, 5),
            "s": {"a": 1, "b": [1, 2]},
            "yes": True,
        }
    ]
