"""The rules about tables that jobs make: good tables keep them; what breaks one is not published, and is reported."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.clicks import click, joint, send
from support.lake import Lake, Source
from support.left_over import unpublished
from support.star import Star

pytestmark = pytest.mark.slow_on_spark

ROOT = Path(__file__).resolve().parents[3]
STAR = ("process-load", "process-cdc", "apply-changes", "star-schema")
JOINT = ("process-load", "process-cdc", "apply-changes", "join-tables")


@cache
def derived() -> Any:
    """What the jobs are given of the tables that they make, by pipeline.yaml."""
    code = (
        'import { readDefinition } from "./etl/definition/definition.ts";'
        'console.log(JSON.stringify(readDefinition("pipelines/shop", "etl").made));'
    )
    command = [str(ROOT / "node_modules" / ".bin" / "tsx"), "-e", code]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


@pytest.fixture
def ruled(lake: Lake) -> Lake:
    lake.datasets += json.loads(json.dumps(derived()))
    return lake


def star_tables(lake: Lake) -> list[dict[str, Any]]:
    return next(dataset["tables"] for dataset in lake.datasets if dataset["schema"] == "star-schema")


def broken(lake: Lake, job: str) -> set[tuple[str, str, int]]:
    return {(entry["table"], entry["rule"], entry["failed_rows"]) for entry in lake.reports[job]["quality"]}


def made(lake: Lake, job: str) -> set[str]:
    return {entry["table"] for entry in lake.reports[job]["tables"]}


def assert_rules_name_what_there_is(lake: Lake, star: Star) -> None:
    tables = {table["name"]: table["rules"] for table in star_tables(lake)}
    assert len(tables) == 7
    columns = {name: set(star(name)[0]) for name in tables}
    for name, rules in tables.items():
        named = {column for rule in rules for column in [rule.get("column"), *rule.get("columns", [])] if column}
        assert named <= columns[name]
        for rule in rules:
            if rule["kind"] == "relationships":
                assert rule["field"] in columns[rule["to"]["table"]]


def test_a_fact_without_its_dimension_is_not_published(ruled: Lake, shop: dict[str, Source], star: Star) -> None:
    ruled.ok(*STAR)
    assert_rules_name_what_there_is(ruled, star)
    good = star("fact_orders")
    # The source's order comes before its customer does.
    shop["orders"].insert(orderNumber=102, orderDate=dt.date(2004, 3, 1), status="In Process", customerNumber=3)
    shop["orderdetails"].insert(
        orderNumber=102, productCode="S2", quantityOrdered=1, priceEach=Decimal("1.00"), orderLineNumber=1
    )
    shop["payments"].insert(
        customerNumber=1, checkNumber="HQ2", paymentDate=dt.date(2004, 3, 1), amount=Decimal("1.00")
    )
    for name in ("orders", "orderdetails", "payments"):
        shop[name].flush()
    for again in (False, True):
        assert ruled.run(*STAR) == [0, 0, 0, 11]
        assert broken(ruled, "star-schema") == {("star-schema.fact_orders", "not_null(customer_key)", 1)}
        (example,) = ruled.reports["star-schema"]["quality"][0]["examples"]
        assert (example["order_number"], example["customer_key"]) == ("102", None)
        assert star("fact_orders") == good
        assert made(ruled, "star-schema") == (set() if again else {"dim_date", "fact_payments"})
        assert len(star("fact_payments")) == 2
    shop["customers"].insert(customerNumber=3, customerName="Late", city="Oslo", country="Norway")
    shop["customers"].flush()
    ruled.ok(*STAR)
    assert {row["order_number"] for row in star("fact_orders")} == {100, 101, 102}
    assert unpublished(ruled) == []


def test_a_dimension_that_is_not_published_holds_back_what_refers_to_it(
    ruled: Lake, shop: dict[str, Source], star: Star
) -> None:
    rule = {"kind": "range", "column": "buy_price", "min": 0, "severity": "error"}
    next(table for table in star_tables(ruled) if table["name"] == "dim_product")["rules"].append(rule)
    ruled.ok(*STAR)
    before = {name: star(name) for name in ("dim_product", "fact_orders")}
    shop["products"].insert(productCode="S3", productLine="Ships", buyPrice=Decimal("-1.00"))
    shop["products"].flush()
    shop["orderdetails"].insert(
        orderNumber=101, productCode="S3", quantityOrdered=1, priceEach=Decimal("1.00"), orderLineNumber=2
    )
    shop["orderdetails"].flush()
    assert ruled.run(*STAR) == [0, 0, 0, 11]
    assert broken(ruled, "star-schema") == {
        ("star-schema.dim_product", "range(buy_price, min=0)", 1),
        ("star-schema.fact_orders", "relationships(product_key, to=star-schema.dim_product, field=product_key)", 1),
    }
    assert {name: star(name) for name in before} == before
    shop["products"].update({"productCode": "S3"}, buyPrice=Decimal("1.00"))
    shop["products"].flush()
    # Of the version with the bad price, there is still one in the history: it holds the dimension back.
    assert ruled.run(*STAR) == [0, 0, 0, 11]
    shop["products"].load()
    assert ruled.run(*STAR) == [0, 0, 0, 0]
    assert len(star("fact_orders")) == 4


def test_a_first_table_that_breaks_a_rule_is_not_made(ruled: Lake, shop: dict[str, Source], engine: str) -> None:
    # On Apache Spark the days until the year 9999 take a minute.
    never, days = {"sail": (dt.date(9999, 12, 31), 2847279), "spark": (dt.date(2300, 12, 31), 35277)}[engine]
    shop["orders"].update({"orderNumber": 100}, requiredDate=never)
    shop["orders"].flush()
    assert ruled.run(*STAR) == [0, 0, 0, 11]
    assert ("star-schema.dim_date", "row_count(max=73200)", days) in broken(ruled, "star-schema")
    assert not (ruled.processed / "star-schema" / "dim_date").exists()


def test_a_surrogate_key_that_is_there_twice_is_found(ruled: Lake, shop: dict[str, Source]) -> None:
    rule = {"kind": "unique", "columns": ["office_code"], "severity": "error"}
    next(table for table in star_tables(ruled) if table["name"] == "dim_employee")["rules"].append(rule)
    shop["employees"].insert(employeeNumber=11, officeCode="4")
    shop["employees"].flush()
    assert ruled.run(*STAR) == [0, 0, 0, 11]
    assert broken(ruled, "star-schema") == {("star-schema.dim_employee", "unique(office_code)", 2)}


def test_an_hour_of_clicks_that_breaks_a_rule_is_held_back_alone(ruled: Lake, items: Source) -> None:
    send(ruled, "2026/11/20/13", "a.json", [click(1)])
    send(ruled, "2026/11/20/14", "a.json", [click(2)])
    ruled.ok(*JOINT)
    good = joint(ruled)
    bad = send(ruled, "2026/11/20/13", "b.json", [click(1, price=-1), click(3)])
    send(ruled, "2026/11/20/15", "a.json", [click(3)])
    for again in (False, True):
        assert ruled.run(*JOINT) == [0, 0, 0, 11]
        assert broken(ruled, "join-tables") == {("joint-tables.joint_tables", "range(price, min=0)", 1)}
        (example,) = ruled.reports["join-tables"]["quality"][0]["examples"]
        assert (example["click_hour"], example["price"]) == ("2026-11-20-13", "-1.00")
        (entry,) = ruled.reports["join-tables"]["tables"]
        assert entry["note"].startswith("1 hour, 1 blocked" if again else "2 hours, 1 blocked")
        assert [row for row in joint(ruled) if row["click_hour"] < "2026-11-20-15"] == good
        assert len(joint(ruled)) == 3
    # The items of the hour change while it is blocked.
    items.update({"order_item_id": 1}, order_item_name="renamed")
    items.flush()
    assert ruled.run(*JOINT) == [0, 0, 0, 11]
    assert [row for row in joint(ruled) if row["click_hour"] < "2026-11-20-15"] == good
    bad.unlink()
    ruled.ok(*JOINT)
    assert [row["order_item_name"] for row in joint(ruled) if row["click_hour"] == "2026-11-20-13"] == ["renamed"]
    ruled.ok(*JOINT)
    assert ruled.reports["join-tables"]["tables"] == []
