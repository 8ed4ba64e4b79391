"""The data of `jobs.py`, and what the jobs do with it as SQL by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

COLUMNS = "id, customer, name, amount, sold_at, note"
LOAD = "'I' AS Op, '2026-09-05 15:00:00.000000' AS cdc_commit_time"
LOAD_END = "''::VARCHAR AS cdc_change_seq"

JOBS = {
    "J1: 1,000,000 rows and 200,000 changes to the change log": ("process_load", "process_cdc"),
    "J2: their current table, and those of the others": ("apply_changes",),
    "J3: 5,000,000 clicks with order items": ("join_tables",),
    "J4: star schema of 1,000,000 order lines": ("star_schema",),
}
ALL = ("process_load", "process_cdc", "apply_changes", "join_tables", "star_schema")
KEYS = {
    ("shop", "sales"): ["id"],
    ("wordpress-db", "wp_woocommerce_order_items"): ["order_item_id"],
    ("classicmodels", "customers"): ["customerNumber"],
    ("classicmodels", "employees"): ["employeeNumber"],
    ("classicmodels", "offices"): ["officeCode"],
    ("classicmodels", "orders"): ["orderNumber"],
    ("classicmodels", "orderdetails"): ["orderNumber", "productCode"],
    ("classicmodels", "payments"): ["customerNumber", "checkNumber"],
    ("classicmodels", "productlines"): ["productLine"],
    ("classicmodels", "products"): ["productCode"],
}


def declare(folder: Path, datasets: list[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "datasets.json").write_text(json.dumps({"datasets": datasets, "models": []}))


def make_load(raw: Path, rows: int) -> None:
    """A full load of files of a million rows."""
    raw.mkdir(parents=True)
    step = 1_000_000
    for number, first in enumerate(range(0, rows, step), 1):
        duckdb.sql(
            f"""COPY (SELECT {LOAD}, range AS id,
                (hash(range) % 100000)::INT AS customer, 'name ' || range AS name,
                (hash(range, 1) % 1000000 / 100)::DECIMAL(12,2) AS amount,
                TIMESTAMP '2026-01-01' + INTERVAL (range % 20000000) SECOND AS sold_at,
                CASE WHEN range % 3 = 0 THEN NULL ELSE md5(range::VARCHAR) END AS note,
                {LOAD_END}, NULL::BIGINT AS BI_id
            FROM range({first}, {min(first + step, rows)})) TO '{raw}/LOAD{number:08X}.parquet' (FORMAT parquet)"""
        )


def spreads(rows: int) -> dict[str, str]:
    """Which of the old rows change, as SQL of `n`."""
    newest = f"{rows} - 1 - (n * 7919) % 100000"
    return {
        "on the newest 100,000 rows": newest,
        "of which 1 in 100 on an old row": (
            f"CASE WHEN n % 1000 < 10 THEN (n * 7919) % ({rows} // 10) ELSE {newest} END"
        ),
        "all over the table": f"(n * 7919) % {rows}",
    }


def make_changes(raw: Path, old: str, name: str, first: int, count: int) -> None:
    """6 updates, 2 inserts, 2 deletes in 10; `old`: the row that changes, `first`: the first new one."""
    duckdb.sql(
        f"""COPY (WITH c AS (SELECT range AS n, range % 10 AS what FROM range({count})),
                d AS (SELECT n, what, ({old})::BIGINT AS old FROM c)
            SELECT CASE WHEN what < 6 THEN 'U' WHEN what < 8 THEN 'I' ELSE 'D' END AS Op,
                '2026-09-05 15:12:44.000000' AS cdc_commit_time,
                CASE WHEN what IN (6, 7) THEN {first} + n ELSE old END::BIGINT AS id,
                1::INT AS customer, 'changed' AS name, 1.5::DECIMAL(12,2) AS amount, TIMESTAMP '2026-09-05' AS sold_at,
                NULL::VARCHAR AS note, '{name.replace("-", "")[:16]}' || printf('%019d', n) AS cdc_change_seq,
                CASE WHEN what < 6 THEN old END::BIGINT AS BI_id
            FROM d) TO '{raw}/{name}.parquet' (FORMAT parquet)"""
    )


def _table(folder: Path, schema: str, name: str, select: str) -> None:
    """The full load of a table: `select` gives its columns."""
    raw = folder / "raw" / schema / name
    raw.mkdir(parents=True)
    text = {"officeCode", "productCode", "productLine", "checkNumber"}
    kinds = {key: "VARCHAR" if key in text else "BIGINT" for key in KEYS[schema, name]}
    before = ", ".join(f'NULL::{kind} AS "BI_{key}"' for key, kind in kinds.items())
    duckdb.sql(
        f"COPY (SELECT {LOAD}, s.*, {LOAD_END}, {before} FROM ({select}) s) "
        f"TO '{raw}/LOAD00000001.parquet' (FORMAT parquet)"
    )


def make(folder: Path, scale: float) -> None:
    """The lake of the four kinds of work."""
    schemas = sorted({schema for schema, _ in KEYS})
    tables = {schema: [{"name": n, "key": key} for (s, n), key in KEYS.items() if s == schema] for schema in schemas}
    declare(folder, [{"schema": schema, "tables": tables[schema]} for schema in schemas])
    rows = int(1_000_000 * scale)
    sales = folder / "raw" / "shop" / "sales"
    make_load(sales, rows)
    make_changes(sales, f"(n * 7919) % {rows}", "20260905-151244000", rows, rows // 5)
    _table(
        folder, "wordpress-db", "wp_woocommerce_order_items",
        f"""SELECT range AS order_item_id, 'item ' || range AS order_item_name, 'line_item' AS order_item_type,
            range // 3 AS order_id FROM range({int(100_000 * scale)})""",
    )  # fmt: skip
    clicks = int(5_000_000 * scale)
    for hour in range(10):
        target = folder / "raw" / "clickstream-data" / "2026" / "09" / "05" / f"{hour:02d}"
        target.mkdir(parents=True)
        duckdb.sql(
            f"""COPY (SELECT (hash(range) % {int(100_000 * scale)})::BIGINT AS productid,
                'Hat ' || range % 50 AS productname, 'Garden' AS department,
                (range % 1000 / 10)::DECIMAL(12,2) AS price,
                {{'color': 'red', 'material': 'wool', 'comments': 'warm'}} AS productDetails
            FROM range({clicks * hour // 10}, {clicks * (hour + 1) // 10}))
            TO '{target}/clicks.json.gz' (FORMAT json, COMPRESSION gzip)"""
        )
    orders = int(100_000 * scale)
    for name, select in {
        "offices": "SELECT '1' AS officeCode, 'NYC' AS city, 'NY' AS state, 'USA' AS country, 'NA' AS territory",
        "employees": """SELECT range AS employeeNumber, 'L' AS lastName, 'F' AS firstName, 'x' AS extension,
            'e' AS email,
            '1' AS officeCode, NULL::BIGINT AS reportsTo, 'Rep' AS jobTitle FROM range(100)""",
        "customers": """SELECT range AS customerNumber, 'C' || range AS customerName, 'L' AS contactLastName,
            'F' AS contactFirstName, '1' AS phone, 'a' AS addressLine1, NULL::VARCHAR AS addressLine2,
            'City ' || range % 500 AS city, NULL::VARCHAR AS state, '1' AS postalCode,
            'Country ' || range % 20 AS country,
            range % 100 AS salesRepEmployeeNumber, 100.5::DECIMAL(10,2) AS creditLimit FROM range(5000)""",
        "productlines": "SELECT 'Line ' || range AS productLine, 'text' AS textDescription FROM range(10)",
        "products": """SELECT 'S' || range AS productCode, 'P' || range AS productName,
            'Line ' || range % 10 AS productLine,
            '1:10' AS productScale, 'V' AS productVendor, 'D' AS productDescription, 1::SMALLINT AS quantityInStock,
            (range % 90 + 1)::DECIMAL(10,2) AS buyPrice, 100::DECIMAL(10,2) AS MSRP FROM range(1000)""",
        "orders": f"""SELECT range AS orderNumber, DATE '2020-01-01' + (range % 1500)::INT AS orderDate,
            DATE '2020-01-09' + (range % 1500)::INT AS requiredDate,
            DATE '2020-01-05' + (range % 1500)::INT AS shippedDate,
            'Shipped' AS status, NULL::VARCHAR AS comments, range % 5000 AS customerNumber FROM range({orders})""",
        "orderdetails": f"""SELECT range // 10 AS orderNumber, 'S' || (range * 7) % 1000 AS productCode,
            (1 + range % 50)::INT AS quantityOrdered, (range % 100 + 1)::DECIMAL(10,2) AS priceEach,
            (range % 10)::SMALLINT AS orderLineNumber FROM range({orders * 10})""",
        "payments": f"""SELECT range % 5000 AS customerNumber, 'C' || range AS checkNumber,
            DATE '2020-01-01' + (range % 1500)::INT AS paymentDate, (range % 9000 + 1)::DECIMAL(10,2) AS amount
            FROM range({orders})""",
    }.items():
        _table(folder, "classicmodels", name, select)


def by_hand(folder: Path) -> dict[str, str]:
    """For each of JOBS, SQL that reads the same files and writes the same columns of the same rows."""
    raw = folder / "raw"
    hand = folder / "by_hand"

    def log(schema: str, name: str) -> str:
        return f"(FROM read_parquet('{raw}/{schema}/{name}/*.parquet', union_by_name = true, filename = true))"

    def copy(what: str, name: str, options: str = "COMPRESSION zstd") -> str:
        return f"COPY ({what}) TO '{hand}/{name}' (FORMAT parquet, {options});"

    def current(schema: str, name: str) -> str:
        key = ", ".join(f'"{column}"' for column in KEYS[schema, name])
        return f"""SELECT * EXCLUDE (cdc_op, cdc_commit_time, cdc_change_seq, "BI_{'", "BI_'.join(KEYS[schema, name])}")
            FROM {now(f"log_{name}")}
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY cdc_change_seq DESC NULLS LAST) = 1
                AND cdc_op <> 'D'"""

    def now(name: str) -> str:
        return f"(FROM read_parquet('{hand}/{name}'))"

    logs = "".join(
        copy(
            f"""SELECT CASE WHEN filename LIKE '%LOAD%' THEN 'O' ELSE Op END AS cdc_op, cdc_commit_time,
                nullif(cdc_change_seq, '') AS cdc_change_seq, * EXCLUDE (Op, cdc_commit_time, cdc_change_seq, filename)
            FROM {log(schema, name)}""",
            f"log_{name}",
            "COMPRESSION snappy",
        )
        for schema, name in KEYS
    )
    tables = "".join(copy(current(schema, name), name) for schema, name in KEYS)
    clicks = f"{raw}/clickstream-data/*/*/*/*/*"
    joined = copy(
        f"""SELECT i.*, productid, productname, department, price, productDetails AS productdetails,
            replace(regexp_extract(read_json.filename, 'clickstream-data/(.*)/[^/]*$', 1), '/', '-') AS click_hour
        FROM read_json('{clicks}', format = 'newline_delimited', filename = true, columns = {{productid: 'BIGINT',
            productname: 'VARCHAR', department: 'VARCHAR', price: 'DECIMAL(12,2)',
            productDetails: 'STRUCT(color VARCHAR, material VARCHAR, comments VARCHAR)'}})
        JOIN {now("wp_woocommerce_order_items")} i ON order_item_id = productid""",
        "joint",
        "COMPRESSION snappy, PARTITION_BY (click_hour)",
    )
    place = "hash(city, coalesce(state, ''), country) AS location_key"
    day = "::DATE AS full_date, year(d) AS year, quarter(d) AS quarter, month(d) AS month, monthname(d) AS month_name"
    star = "".join(
        [
            copy(f"SELECT hash(customerNumber) AS customer_key, *, {place} FROM {now('customers')}", "dim_customer"),
            copy(
                f"""SELECT hash(productCode) AS product_key, p.*, textDescription
                FROM {now("products")} p LEFT JOIN {now("productlines")} USING (productLine)""",
                "dim_product",
            ),
            copy(
                f"""SELECT DISTINCT {place}, city, state, country FROM (SELECT city, state, country FROM
                {now("customers")} UNION ALL SELECT city, state, country FROM {now("offices")})""",
                "dim_location",
            ),
            copy(f"FROM {now('employees')} LEFT JOIN {now('offices')} USING (officeCode)", "dim_employee"),
            copy(
                f"""SELECT strftime(d, '%Y%m%d')::INT AS date_key, d{day}, day(d) AS day_of_month,
                isodow(d) AS day_of_week, dayname(d) AS day_name, week(d) AS week_of_year
                FROM (SELECT unnest(range(DATE '2020-01-01', DATE '2025-01-01', INTERVAL 1 DAY)) AS d)""",
                "dim_date",
            ),
            copy(
                f"""SELECT hash(orderNumber, productCode) AS order_line_key, d.*, hash(customerNumber) AS customer_key,
                    hash(productCode) AS product_key, {place}, hash(salesRepEmployeeNumber) AS employee_key,
                    strftime(orderDate, '%Y%m%d')::INT AS a, strftime(requiredDate, '%Y%m%d')::INT AS b,
                    strftime(shippedDate, '%Y%m%d')::INT AS c, customerNumber, orderDate, country, status,
                    (quantityOrdered * priceEach)::DECIMAL(18,2) AS amount,
                    (quantityOrdered * (priceEach - buyPrice))::DECIMAL(18,2) AS profit
                FROM {now("orderdetails")} d JOIN {now("orders")} USING (orderNumber)
                LEFT JOIN {now("customers")} USING (customerNumber) LEFT JOIN {now("products")} USING (productCode)""",
                "fact_orders",
            ),
            copy(
                f"""SELECT hash(customerNumber, checkNumber) AS payment_key, p.*, hash(customerNumber) AS customer_key,
                    {place}, hash(salesRepEmployeeNumber) AS employee_key,
                    strftime(paymentDate, '%Y%m%d')::INT AS payment_date_key, country
                FROM {now("payments")} p LEFT JOIN {now("customers")} USING (customerNumber)""",
                "fact_payments",
            ),
        ]
    )
    return dict(zip(JOBS, (logs, tables, joined, star), strict=True))
