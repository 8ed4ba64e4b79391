"""Every output once more, in plain SQL by DuckDB from the raw zone: equal row for row."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from support.clicks import COLUMNS as ITEM_COLUMNS
from support.clicks import KIND, joint, send
from support.lake import Lake, Source, normal
from support.star import TABLES
from support.star_sql import dimensions

JOBS = ("process-load", "process-cdc", "apply-changes", "join-tables", "star-schema")


def raw(source: Source) -> str:
    return f"read_parquet('{source.folder}/*.parquet', union_by_name=true, filename=true)"


def rows(sql: str) -> list[tuple[Any, ...]]:
    result = duckdb.sql(sql)
    return normal([dict(zip(result.columns, row, strict=True)) for row in result.fetchall()])


def keyed(source: Source) -> str:
    """Current rows of a table with a key: the last of the events of each key."""
    columns = ", ".join(f'"{name}"' for name in source.columns)
    before = ", ".join(f'"BI_{name}" AS "{name}"' if name in source.key else f'"{name}"' for name in source.columns)
    key = ", ".join(f'"{name}"' for name in source.key)
    moved = " OR ".join(f'"BI_{name}" <> "{name}"' for name in source.key)
    return f"""
        SELECT {columns} FROM (
            SELECT {columns}, 2 AS step, Op = 'D' AS gone, cdc_change_seq FROM {raw(source)}
            UNION ALL
            SELECT {before}, 1, true, cdc_change_seq FROM {raw(source)} WHERE Op = 'U' AND ({moved})
        )
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY cdc_change_seq DESC, step DESC) = 1 AND NOT gone
    """


def bag(source: Source) -> str:
    """Current rows of a table without a key: all that came less all that went."""
    columns = ", ".join(f'"{name}"' for name in source.columns)
    before = ", ".join(f'"BI_{name}"' for name in source.columns)
    return f"""
        SELECT {columns} FROM {raw(source)} WHERE Op <> 'D'
        EXCEPT ALL (
            SELECT {columns} FROM {raw(source)} WHERE Op = 'D'
            UNION ALL SELECT {before} FROM {raw(source)} WHERE Op = 'U'
        )
    """


@pytest.fixture
def chance() -> random.Random:
    return random.Random(11)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(["id"], marks=pytest.mark.slow_on_spark),
        ["id", "part"],
        pytest.param([], marks=pytest.mark.slow_on_spark),
    ],
    ids=["one", "two", "none"],
)
def test_change_log_and_current_table(
    lake: Lake, current: Callable[[Source], Any], chance: random.Random, key: list[str]
) -> None:
    lake.declare("shop", "t", key)
    kinds = {
        "id": pa.int32(), "part": pa.string(), "big": pa.uint64(), "money": pa.decimal128(30, 4), "d": pa.float64(),
        "at": pa.timestamp("us"), "day": pa.date32(), "raw": pa.binary(), "yes": pa.bool_(),
    }  # fmt: skip
    source = Source(lake, "t", kinds, key)

    def values() -> dict[str, Any]:
        full = {
            "big": chance.randrange(2**64), "money": Decimal(chance.randrange(10**12)) / 10000, "d": chance.random(),
            "at": dt.datetime(2026, 1, 1, 0, 0, chance.randrange(60), chance.randrange(10**6)),
            "day": dt.date(1999, 12, 1 + chance.randrange(31)), "raw": chance.randbytes(5),
            "yes": chance.random() < 0.5,
        }  # fmt: skip
        return {name: None if chance.random() < 0.2 else value for name, value in full.items()}

    source.rows = [{"id": number, "part": "a", **values()} for number in range(200)]
    source.load(files=3)
    for number in range(400):
        what = chance.random()
        if what < 0.3:
            source.insert(id=1000 + number, part=chance.choice("ab"), **values())
        elif what < 0.6:
            source.update(chance.choice(source.rows), **values())
        elif what < 0.8:
            source.delete(chance.choice(source.rows))
        else:
            source.update(chance.choice(source.rows), id=5000 + number)
        if chance.random() < 0.05:
            source.flush()
        if chance.random() < 0.01:
            lake.ok()
    source.flush()
    lake.ok()
    assert normal(current(source)) == rows(bag(source) if not key else keyed(source)) == normal(source.rows)
    log = f"read_parquet('{lake.processed}/shop/t/*/*.parquet', hive_partitioning=false)"
    names = ", ".join(f'"{name}"' for name in (*kinds, *[f"BI_{name}" for name in key or kinds]))
    # DuckDB has unsigned integers, the lake has decimals in their place.
    cast = names.replace('"big"', 'big::DECIMAL(20,0) AS "big"').replace(
        '"BI_big"', 'BI_big::DECIMAL(20,0) AS "BI_big"'
    )
    expected = rows(
        f"""SELECT CASE WHEN filename LIKE '%LOAD%' THEN 'O' ELSE Op END AS cdc_op, cdc_commit_time,
            nullif(cdc_change_seq, '') AS cdc_change_seq, {cast} FROM {raw(source)}"""
    )
    assert rows(f"SELECT cdc_op, cdc_commit_time, cdc_change_seq, {names} FROM {log}") == expected


def test_joint_tables(lake: Lake, chance: random.Random) -> None:
    lake.clicks = KIND
    lake.declare("wordpress-db", "wp_woocommerce_order_items", ["order_item_id"])
    items = Source(lake, "wp_woocommerce_order_items", ITEM_COLUMNS, ["order_item_id"], "wordpress-db")
    items.rows = [
        {"order_item_id": number, "order_item_name": f"n{number}", "order_item_type": "line_item", "order_id": 7}
        for number in range(1, 4)
    ]
    items.load()
    items.insert(order_item_id=4, order_item_name="n4", order_item_type="fee", order_id=8)
    items.update({"order_item_id": 1}, order_item_name="renamed")
    items.delete({"order_item_id": 2})
    items.flush()
    for hour in ("2026/11/20/13", "2026/11/20/14"):
        for name in ("a.json", "b.json.gz"):
            lines = [
                json.dumps(
                    {
                        "productid": chance.randint(1, 6),
                        "productname": chance.choice(["Hat", "é", None]),
                        "department": "Home",
                        "price": chance.randrange(10**5) / 100,
                        "productDetails": {"color": "red", "material": None, "comments": "x"},
                    }
                )
                for _ in range(300)
            ]
            send(lake, hour, name, lines)
    lake.ok(*JOBS[:4])
    clicks = f"{lake.raw}/clickstream-data/*/*/*/*/*"
    expected = rows(
        f"""WITH item AS ({keyed(items)}),
        click AS (SELECT * FROM read_json('{clicks}', format='newline_delimited', filename=true, columns={{
            productid: 'BIGINT', productname: 'VARCHAR', department: 'VARCHAR', price: 'DECIMAL(12,2)',
            productDetails: 'STRUCT(color VARCHAR, material VARCHAR, comments VARCHAR)'}}))
        SELECT order_item_id::BIGINT AS order_item_id, order_item_name, order_item_type, order_id::BIGINT AS order_id,
            productid, productname, department, price, productDetails AS productdetails,
            replace(regexp_extract(filename, 'clickstream-data/(.*)/[^/]*$', 1), '/', '-') AS click_hour
        FROM item JOIN click ON order_item_id = productid"""
    )
    assert len(expected) > 400
    assert normal(joint(lake)) == expected


def test_star_schema(lake: Lake, chance: random.Random, reader: Callable[[Lake], Any]) -> None:
    shop = {}
    for name, (key, columns) in TABLES.items():
        lake.declare("classicmodels", name, key)
        shop[name] = Source(lake, name, columns, key, "classicmodels")

    def fill(name: str, values: list[dict[str, Any]]) -> None:
        shop[name].rows = [{column: row.get(column) for column in shop[name].columns} for row in values]
        shop[name].load()

    def day() -> dt.date:
        return dt.date(2003, 1, 1) + dt.timedelta(chance.randrange(800))

    def money() -> Decimal:
        return Decimal(chance.randrange(100, 20000)) / 100

    cities = [("Nantes", None, "France"), ("NYC", "NY", "USA"), ("Boston", "MA", "USA")]
    fill("offices", [{"officeCode": "1", "city": "NYC", "state": "NY", "country": "USA", "territory": "NA"}])
    fill("employees", [{"employeeNumber": number, "officeCode": "1"} for number in (10, 11)])
    fill(
        "customers",
        [
            dict(zip(("city", "state", "country"), chance.choice(cities), strict=True))
            | {"customerNumber": number, "salesRepEmployeeNumber": chance.choice([None, 10, 11])}
            for number in range(20)
        ],
    )
    fill("productlines", [{"productLine": "Ships", "textDescription": "x"}])
    fill(
        "products", [{"productCode": f"S{number}", "productLine": "Ships", "buyPrice": money()} for number in range(15)]
    )
    fill(
        "orders",
        [
            {"orderNumber": number, "orderDate": day(), "status": chance.choice("ab"), "customerNumber": number % 20}
            for number in range(100)
        ],
    )
    lines = {(number, f"S{chance.randrange(15)}") for number in range(100) for _ in range(4)}
    fill(
        "orderdetails",
        [
            {
                "orderNumber": order,
                "productCode": product,
                "priceEach": money(),
                "quantityOrdered": chance.randint(1, 50),
            }
            for order, product in sorted(lines)
        ],
    )
    fill(
        "payments",
        [
            {"customerNumber": n % 20, "checkNumber": f"C{n}", "paymentDate": day(), "amount": money()}
            for n in range(50)
        ],
    )
    for _ in range(30):
        shop["products"].update(chance.choice(shop["products"].rows), buyPrice=money())
        shop["customers"].update(chance.choice(shop["customers"].rows), country="Moved")
        shop["orderdetails"].update(chance.choice(shop["orderdetails"].rows), quantityOrdered=chance.randint(1, 50))
        shop["orderdetails"].delete(chance.choice(shop["orderdetails"].rows))
    for source in shop.values():
        source.flush()
    lake.ok(*JOBS[:3], "star-schema")
    # The orders are older than any change: they refer to customers and products as they were loaded.
    loaded = {name: f"read_parquet('{shop[name].folder}/LOAD*.parquet')" for name in ("customers", "products")}
    expected = rows(
        f"""SELECT d.orderNumber AS order_number, d.productCode AS product_code, o.status, c.country,
            o.orderDate AS order_date, quantityOrdered AS quantity, priceEach::DECIMAL(12,2) AS price_each,
            (quantityOrdered * priceEach)::DECIMAL(18,2) AS amount,
            (quantityOrdered * (priceEach - buyPrice))::DECIMAL(18,2) AS profit
        FROM ({keyed(shop["orderdetails"])}) d JOIN ({keyed(shop["orders"])}) o USING (orderNumber)
        JOIN {loaded["customers"]} c USING (customerNumber) JOIN {loaded["products"]} p USING (productCode)"""
    )
    from lakehouse.run.engine import Engine
    from lakehouse.storage.files import Storage
    from lakehouse.storage.iceberg import IcebergTable

    engine = Engine(Storage(f"file://{lake.processed}/"), lake.database)

    def star(name: str, columns: list[str]) -> list[tuple[Any, ...]]:
        table = engine.read_table(IcebergTable(name, f"star-schema/{name}")).select(*columns)
        return normal([row.asDict() for row in table.collect()])

    assert star("fact_orders", [name for name, _ in expected[0]]) == expected
    for name, sql in dimensions(shop, raw, keyed).items():
        wanted = rows(sql)
        assert star(name, [column for column, _ in wanted[0]]) == wanted, name
    assert len(star("dim_product", ["product_key"])) > 15  # some have a history
    payments = rows(
        f"""SELECT customerNumber AS customer_number, checkNumber AS check_number, paymentDate AS payment_date,
            amount::DECIMAL(18,2) AS amount, c.country
        FROM ({keyed(shop["payments"])}) JOIN {loaded["customers"]} c USING (customerNumber)"""
    )
    assert star("fact_payments", [name for name, _ in payments[0]]) == payments

    def by_key(name: str, key: str, columns: list[str]) -> dict[Any, tuple[Any, ...]]:
        found = engine.read_table(IcebergTable(name, f"star-schema/{name}")).select(key, *columns).collect()
        assert len({row[0] for row in found}) == len(found)
        return {row[0]: tuple(row[1:]) for row in found}

    # Keys lead to the rows that were valid on the day.
    customers = by_key("dim_customer", "customer_key", ["customer_number", "valid_from"])
    products = by_key("dim_product", "product_key", ["product_code", "valid_from"])
    places = by_key("dim_location", "location_key", ["city", "state", "country"])
    employees = by_key("dim_employee", "employee_key", ["employee_number"]) | {None: (None,)}
    facts = by_key(
        "fact_orders",
        "order_line_key",
        ["order_number", "customer_key", "product_key", "location_key", "employee_key", "order_date_key"],
    )
    found = [
        (order, *customers[customer], *products[product], *places[place], *employees[employee], day)
        for order, customer, product, place, employee, day in facts.values()
    ]
    wanted_links = duckdb.sql(
        f"""SELECT orderNumber, customerNumber, TIMESTAMP '1900-01-01', productCode, TIMESTAMP '1900-01-01', city,
            state, country, salesRepEmployeeNumber, strftime(orderDate, '%Y%m%d')::INTEGER
        FROM ({keyed(shop["orderdetails"])}) JOIN ({keyed(shop["orders"])}) USING (orderNumber)
        JOIN {loaded["customers"]} USING (customerNumber)"""
    ).fetchall()
    assert sorted(found, key=repr) == sorted(wanted_links, key=repr)
