"""The star schema: what it says, that it says the same in every run, and the history of customers and products."""

from __future__ import annotations

import datetime as dt
import shutil
from decimal import Decimal
from typing import Any

import pytest

from support.lake import Lake, Source
from support.star import ALL, Star


def by(rows: list[dict[str, Any]], key: str) -> dict[Any, dict[str, Any]]:
    found = {row[key]: row for row in rows}
    assert len(found) == len(rows), f"{key} is not unique"
    return found


@pytest.mark.slow_on_spark
def test_facts_and_dimensions(lake: Lake, shop: dict[str, Source], star: Star) -> None:
    lake.ok(*ALL)
    lines = {(row["order_number"], row["product_code"]): row for row in star("fact_orders")}
    assert {key: (row["quantity"], row["amount"], row["profit"], row["country"]) for key, row in lines.items()} == {
        (100, "S1"): (3, Decimal("31.50"), Decimal("19.50"), "France"),
        (100, "S2"): (1, Decimal("5.00"), Decimal("-1.00"), "France"),
        (101, "S1"): (2, Decimal("18.00"), Decimal("10.00"), "USA"),
    }
    customers = by(star("dim_customer"), "customer_key")
    products = by(star("dim_product"), "product_key")
    places = by(star("dim_location"), "location_key")
    employees = by(star("dim_employee"), "employee_key")
    dates = by(star("dim_date"), "date_key")
    assert (len(customers), len(products), len(places), len(employees)) == (2, 2, 3, 1)
    for (_, product), row in lines.items():
        assert customers[row["customer_key"]]["customer_number"] == row["customer_number"]
        assert products[row["product_key"]]["product_code"] == product
        assert places[row["location_key"]]["country"] == row["country"]
        assert dates[row["order_date_key"]]["full_date"] == dt.date(2004, 2, 29)
    shipped = dates[lines[100, "S1"]["shipped_date_key"]]
    assert shipped == {
        "date_key": 20050101, "full_date": dt.date(2005, 1, 1), "year": 2005, "quarter": 1, "month": 1,
        "month_name": "January", "day_of_month": 1, "day_of_week": 6, "day_name": "Saturday", "week_of_year": 53,
        "is_weekend": True,
    }  # fmt: skip
    assert len(dates) == 366 + 365
    assert lines[101, "S1"]["shipped_date_key"] is None
    assert lines[101, "S1"]["employee_key"] is None
    assert employees[lines[100, "S1"]["employee_key"]]["office_city"] == "Paris"
    assert next(iter(products.values()))["product_line_description"] == "Models of ships"
    (payment,) = star("fact_payments")
    assert (payment["amount"], payment["check_number"]) == (Decimal("36.50"), "HQ1")
    assert customers[payment["customer_key"]]["customer_name"] == "Atelier"


def test_keys_stay_and_history_grows(lake: Lake, shop: dict[str, Source], star: Star) -> None:
    lake.ok(*ALL)
    before = star("fact_orders"), star("dim_customer")
    shop["customers"].update({"customerNumber": 1}, city="Lyon")
    shop["customers"].update({"customerNumber": 2}, creditLimit=None)  # as it was
    shop["products"].update({"productCode": "S1"}, quantityInStock=4)  # no attribute of the dimension
    shop["products"].update({"productCode": "S2"}, buyPrice=Decimal("7.00"))
    for name in ("customers", "products"):
        shop[name].flush()
    lake.ok(*ALL)
    assert star("fact_orders") == before[0]
    customers = [(row["customer_number"], row["city"], row["is_current"]) for row in star("dim_customer")]
    assert sorted(customers) == [(1, "Lyon", True), (1, "Nantes", False), (2, "Boston", True)]
    versions = by(star("dim_customer"), "customer_key")
    old = next(row for row in before[1] if row["customer_number"] == 1)
    assert versions[old["customer_key"]]["city"] == "Nantes"
    new = next(row for row in versions.values() if row["city"] == "Lyon")
    assert versions[old["customer_key"]]["valid_to"] == new["valid_from"]
    assert [row["buy_price"] for row in star("dim_product") if row["product_code"] == "S2"] == [
        Decimal("6.00"),
        Decimal("7.00"),
    ]
    assert len(by(star("dim_location"), "location_key")) == 4


@pytest.mark.slow_on_spark
def test_a_fact_of_today_refers_to_the_version_of_today(lake: Lake, shop: dict[str, Source], star: Star) -> None:
    shop["customers"].update({"customerNumber": 1}, city="Lyon")
    shop["customers"].flush()
    shop["orders"].insert(orderNumber=102, orderDate=dt.date(2026, 9, 6), status="In Process", customerNumber=1)
    shop["orderdetails"].insert(
        orderNumber=102, productCode="S2", quantityOrdered=1, priceEach=Decimal("1.00"), orderLineNumber=1
    )
    for name in ("orders", "orderdetails"):
        shop[name].flush()
    lake.ok(*ALL)
    versions = by(star("dim_customer"), "customer_key")
    cities = {row["order_number"]: versions[row["customer_key"]]["city"] for row in star("fact_orders")}
    assert cities == {100: "Nantes", 101: "Boston", 102: "Lyon"}


@pytest.mark.slow_on_spark
def test_deleted_and_returned_customer_has_a_gap(lake: Lake, shop: dict[str, Source], star: Star) -> None:
    shop["customers"].delete({"customerNumber": 2})
    shop["customers"].insert(customerNumber=3, customerName="New", city="Oslo", country="Norway")
    shop["customers"].insert(customerNumber=2, customerName="Gifts", city="Boston", country="USA")
    shop["customers"].update({"customerNumber": 3}, customerNumber=30)
    shop["customers"].flush()
    lake.ok(*ALL)
    rows = star("dim_customer")
    by(rows, "customer_key")
    current = {row["customer_number"]: row["customer_name"] for row in rows if row["is_current"]}
    assert current == {1: "Atelier", 2: "Gifts", 30: "New"}


@pytest.mark.slow_on_spark
def test_only_what_changed_is_rebuilt(lake: Lake, shop: dict[str, Source]) -> None:
    lake.ok(*ALL)
    assert len(lake.reports["star-schema"]["tables"]) == 7
    lake.ok(*ALL)
    assert lake.reports["star-schema"]["tables"] == []
    shop["payments"].delete({"customerNumber": 1})
    shop["payments"].flush()
    lake.ok(*ALL)
    made = {entry["table"]: entry["rows_written"] for entry in lake.reports["star-schema"]["tables"]}
    assert made == {"dim_date": 731, "fact_payments": 0}


@pytest.mark.slow_on_spark
def test_a_removed_table_and_one_of_a_source_started_over_are_rebuilt(lake: Lake, shop: dict[str, Source]) -> None:
    lake.ok(*ALL)
    shutil.rmtree(lake.processed / "star-schema" / "fact_payments")
    lake.ok(*ALL)
    assert [entry["table"] for entry in lake.reports["star-schema"]["tables"]] == ["fact_payments"]
    # The state of a source is removed while changes wait.
    shop["payments"].delete({"customerNumber": 1})
    shop["payments"].flush()
    (lake.processed / "_state" / "classicmodels" / "payments.json").unlink()
    lake.ok(*ALL)
    made = {entry["table"]: entry["rows_written"] for entry in lake.reports["star-schema"]["tables"]}
    assert made == {"dim_date": 731, "fact_payments": 0}


@pytest.mark.slow_on_spark
def test_tables_that_are_not_replicated_are_left_out(lake: Lake, shop: dict[str, Source]) -> None:
    for name in ("employees", "payments"):
        shop[name].drop_files()
    lake.ok(*ALL)
    assert {entry["table"] for entry in lake.reports["star-schema"]["tables"]} == {
        "dim_customer", "dim_product", "dim_location", "fact_orders",
    }  # fmt: skip


def test_without_classicmodels_there_is_no_star_schema(lake: Lake) -> None:
    lake.ok(*ALL)
    assert lake.reports["star-schema"]["tables"] == []
