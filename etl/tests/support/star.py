"""The sample shop's tables with a few rows, and the star schema that is made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from support.lake import Lake, Source

ALL = ("process-load", "process-cdc", "apply-changes", "star-schema")
MONEY = pa.decimal128(10, 2)
TABLES: dict[str, tuple[list[str], dict[str, pa.DataType]]] = {
    "customers": (
        ["customerNumber"],
        {
            "customerNumber": pa.int32(),
            **{
                name: pa.string()
                for name in (
                    "customerName", "contactLastName", "contactFirstName", "phone", "addressLine1", "addressLine2",
                    "city", "state", "postalCode", "country",
                )
            },
            "salesRepEmployeeNumber": pa.int32(),
            "creditLimit": MONEY,
        },
    ),
    "employees": (
        ["employeeNumber"],
        {
            "employeeNumber": pa.int32(),
            **{name: pa.string() for name in ("lastName", "firstName", "extension", "email", "officeCode")},
            "reportsTo": pa.int32(),
            "jobTitle": pa.string(),
        },
    ),
    "offices": (
        ["officeCode"],
        {
            name: pa.string()
            for name in (
                "officeCode", "city", "phone", "addressLine1", "addressLine2", "state", "country", "postalCode",
                "territory",
            )
        },
    ),
    "orderdetails": (
        ["orderNumber", "productCode"],
        {
            "orderNumber": pa.int32(),
            "productCode": pa.string(),
            "quantityOrdered": pa.int32(),
            "priceEach": MONEY,
            "orderLineNumber": pa.int16(),
        },
    ),
    "orders": (
        ["orderNumber"],
        {
            "orderNumber": pa.int32(),
            **{name: pa.date32() for name in ("orderDate", "requiredDate", "shippedDate")},
            "status": pa.string(),
            "comments": pa.string(),
            "customerNumber": pa.int32(),
        },
    ),
    "payments": (
        ["customerNumber", "checkNumber"],
        {"customerNumber": pa.int32(), "checkNumber": pa.string(), "paymentDate": pa.date32(), "amount": MONEY},
    ),
    "productlines": (["productLine"], {"productLine": pa.string(), "textDescription": pa.string()}),
    "products": (
        ["productCode"],
        {
            **{
                name: pa.string()
                for name in (
                    "productCode", "productName", "productLine", "productScale", "productVendor", "productDescription",
                )
            },
            "quantityInStock": pa.int16(),
            "buyPrice": MONEY,
            "MSRP": MONEY,
        },
    ),
}  # fmt: skip

Star = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def shop(lake: Lake) -> dict[str, Source]:
    """Two customers, two products, two orders with three lines, one payment."""
    sources = {}
    for name, (key, columns) in TABLES.items():
        lake.declare("classicmodels", name, key)
        sources[name] = Source(lake, name, columns, key, "classicmodels")
    day = dt.date(2004, 2, 29)
    rows: dict[str, list[dict[str, Any]]] = {
        "customers": [
            {"customerNumber": 1, "customerName": "Atelier", "city": "Nantes", "state": None, "country": "France",
             "salesRepEmployeeNumber": 10, "creditLimit": Decimal("100.00")},
            {"customerNumber": 2, "customerName": "Gifts", "city": "Boston", "state": "MA", "country": "USA"},
        ],
        "employees": [{"employeeNumber": 10, "lastName": "Bondur", "firstName": "Gerard", "officeCode": "4"}],
        "offices": [{"officeCode": "4", "city": "Paris", "state": "", "country": "France", "territory": "EMEA"}],
        "orders": [
            {"orderNumber": 100, "orderDate": day, "requiredDate": day, "status": "Shipped", "customerNumber": 1,
             "shippedDate": dt.date(2005, 1, 1)},
            {"orderNumber": 101, "orderDate": day, "requiredDate": day, "status": "On Hold", "customerNumber": 2},
        ],
        "orderdetails": [
            {"orderNumber": order, "productCode": product, "quantityOrdered": quantity, "priceEach": Decimal(price),
             "orderLineNumber": 1}
            for order, product, quantity, price in (
                (100, "S1", 3, "10.50"), (100, "S2", 1, "5.00"), (101, "S1", 2, "9.00"),
            )
        ],
        "payments": [{"customerNumber": 1, "checkNumber": "HQ1", "paymentDate": day, "amount": Decimal("36.50")}],
        "productlines": [{"productLine": "Ships", "textDescription": "Models of ships"}],
        "products": [
            {"productCode": code, "productName": code, "productLine": "Ships", "quantityInStock": 5,
             "buyPrice": Decimal(price), "MSRP": Decimal("20.00")}
            for code, price in (("S1", "4.00"), ("S2", "6.00"))
        ],
    }  # fmt: skip
    for name, source in sources.items():
        source.rows = [{column: row.get(column) for column in source.columns} for row in rows[name]]
        source.load()
    return sources


@pytest.fixture
def star(lake: Lake, engine: str) -> Star:
    from lakehouse.run.engine import Engine
    from lakehouse.storage.files import Storage
    from lakehouse.storage.iceberg import IcebergTable

    def read(name: str) -> list[dict[str, Any]]:
        reader = Engine(Storage(f"file://{lake.processed}/"), lake.database)
        rows = reader.read_table(IcebergTable(name, f"star-schema/{name}")).collect()
        return sorted((row.asDict(recursive=True) for row in rows), key=repr)

    return read
