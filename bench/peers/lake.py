"""
Files of the raw zone for the rows of the jobs, as a replicator and a delivery stream leave them.

    python lake.py <folder of the lake> sales|clicks|orders <size> [--csv]

sales:  one table of `size` rows, and changes of a fifth of them.
clicks: `size` clicks of ten hours, and the order items that they are joined with.
orders: the tables of a star schema, with `size` order lines.
--csv:  also what comes of `sales` and `clicks` where a replicator writes CSV files, into a folder `csv` beside `raw`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

LOAD = "'I' AS Op, '2026-09-05 15:00:00.000000' AS cdc_commit_time"
LOAD_END = "''::VARCHAR AS cdc_change_seq"
TEXT_KEYS = {"officeCode", "productCode", "productLine", "checkNumber"}
SALES = ("bench", "sales")
ITEMS = ("wordpress-db", "wp_woocommerce_order_items")
ORDERS = "classicmodels"
KEYS = {
    SALES: ["id"],
    ITEMS: ["order_item_id"],
    (ORDERS, "customers"): ["customerNumber"],
    (ORDERS, "employees"): ["employeeNumber"],
    (ORDERS, "offices"): ["officeCode"],
    (ORDERS, "orders"): ["orderNumber"],
    (ORDERS, "orderdetails"): ["orderNumber", "productCode"],
    (ORDERS, "payments"): ["customerNumber", "checkNumber"],
    (ORDERS, "productlines"): ["productLine"],
    (ORDERS, "products"): ["productCode"],
}
"""Tables by schema and name, with the columns of their keys."""
FILE_ROWS = 1_000_000
"""Rows of a file of a full load."""


def sales(raw: Path, rows: int) -> None:
    table = raw / "bench" / "sales"
    table.mkdir(parents=True)
    for number, first in enumerate(range(0, rows, FILE_ROWS), 1):
        duckdb.sql(
            f"""COPY (SELECT {LOAD}, range AS id, (hash(range) % 100000)::INT AS customer, 'name ' || range AS name,
                (hash(range, 1) % 1000000 / 100)::DECIMAL(12,2) AS amount,
                TIMESTAMP '2026-01-01' + INTERVAL (range % 20000000) SECOND AS sold_at,
                CASE WHEN range % 3 = 0 THEN NULL ELSE md5(range::VARCHAR) END AS note,
                {LOAD_END}, NULL::BIGINT AS BI_id
            FROM range({first}, {min(first + FILE_ROWS, rows)}))
            TO '{table}/LOAD{number:08X}.parquet' (FORMAT parquet)"""
        )
    changes(table, rows)


def changes(table: Path, rows: int) -> None:
    """6 updates, 2 inserts and 2 deletes of 10, all over the table."""
    duckdb.sql(
        f"""COPY (WITH c AS (SELECT range AS n, range % 10 AS what FROM range({rows // 5})),
                d AS (SELECT n, what, ((n * 7919) % {rows})::BIGINT AS old FROM c)
            SELECT CASE WHEN what < 6 THEN 'U' WHEN what < 8 THEN 'I' ELSE 'D' END AS Op,
                '2026-09-05 15:12:44.000000' AS cdc_commit_time,
                CASE WHEN what IN (6, 7) THEN {rows} + n ELSE old END::BIGINT AS id,
                1::INT AS customer, 'changed' AS name, 1.5::DECIMAL(12,2) AS amount, TIMESTAMP '2026-09-05' AS sold_at,
                NULL::VARCHAR AS note, '2026090515124400' || printf('%019d', n) AS cdc_change_seq,
                CASE WHEN what < 6 THEN old END::BIGINT AS BI_id
            FROM d) TO '{table}/20260905-151244000.parquet' (FORMAT parquet)"""
    )


def loaded(raw: Path, schema: str, name: str, select: str) -> None:
    """The full load of a table: `select` gives its columns."""
    table = raw / schema / name
    table.mkdir(parents=True)
    before = ", ".join(
        f'NULL::{"VARCHAR" if key in TEXT_KEYS else "BIGINT"} AS "BI_{key}"' for key in KEYS[schema, name]
    )
    duckdb.sql(
        f"COPY (SELECT {LOAD}, s.*, {LOAD_END}, {before} FROM ({select}) s) "
        f"TO '{table}/LOAD00000001.parquet' (FORMAT parquet)"
    )


def clicks(raw: Path, count: int) -> None:
    """Every click has its order item, and each item 50 clicks."""
    items = max(1, count // 50)
    loaded(raw, *ITEMS, f"""SELECT range AS order_item_id, 'item ' || range AS order_item_name,
        'line_item' AS order_item_type, range // 3 AS order_id FROM range({items})""")  # fmt: skip
    for hour in range(10):
        target = raw / "clickstream-data" / "2026" / "09" / "05" / f"{hour:02d}"
        target.mkdir(parents=True)
        duckdb.sql(
            f"""COPY (SELECT (hash(range) % {items})::BIGINT AS productid, 'Hat ' || range % 50 AS productname,
                'Garden' AS department, (range % 1000 / 10)::DECIMAL(12,2) AS price,
                {{'color': 'red', 'material': 'wool', 'comments': 'warm'}} AS productDetails
            FROM range({count * hour // 10}, {count * (hour + 1) // 10}))
            TO '{target}/clicks.json.gz' (FORMAT json, COMPRESSION gzip)"""
        )


def orders(raw: Path, lines: int) -> None:
    count = max(1, lines // 10)
    for name, select in {
        "offices": "SELECT '1' AS officeCode, 'NYC' AS city, 'NY' AS state, 'USA' AS country, 'NA' AS territory",
        "employees": """SELECT range AS employeeNumber, 'L' AS lastName, 'F' AS firstName, 'x' AS extension,
            'e' AS email, '1' AS officeCode, NULL::BIGINT AS reportsTo, 'Rep' AS jobTitle FROM range(100)""",
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
            'Shipped' AS status, NULL::VARCHAR AS comments, range % 5000 AS customerNumber FROM range({count})""",
        "orderdetails": f"""SELECT range // 10 AS orderNumber, 'S' || (range * 7) % 1000 AS productCode,
            (1 + range % 50)::INT AS quantityOrdered, (range % 100 + 1)::DECIMAL(10,2) AS priceEach,
            (range % 10)::SMALLINT AS orderLineNumber FROM range({count * 10})""",
        "payments": f"""SELECT range % 5000 AS customerNumber, 'C' || range AS checkNumber,
            DATE '2020-01-01' + (range % 1500)::INT AS paymentDate, (range % 9000 + 1)::DECIMAL(10,2) AS amount
            FROM range({count})""",
    }.items():
        loaded(raw, ORDERS, name, select)


def as_csv(raw: Path, folder: Path) -> None:
    """The same tables as files without a header: a load has no operation then, changes have theirs first."""
    for schema, name in KEYS:
        for path in (raw / schema / name).glob("*.parquet"):
            target = folder / schema / name
            target.mkdir(parents=True, exist_ok=True)
            before = ", ".join(f"BI_{key}" for key in KEYS[schema, name])
            operation = "" if path.stem.startswith("LOAD") else "Op, "
            select = f"{operation}* EXCLUDE (Op, cdc_commit_time, cdc_change_seq, {before})"
            out = target / f"{path.stem}.csv"
            duckdb.sql(f"COPY (SELECT {select} FROM '{path}') TO '{out}' (FORMAT csv, HEADER false)")


def main() -> None:
    folder, part, size, *options = sys.argv[1:]
    raw = Path(folder) / "raw"
    {"sales": sales, "clicks": clicks, "orders": orders}[part](raw, int(size))
    if "--csv" in options:
        as_csv(raw, Path(folder) / "csv")


if __name__ == "__main__":
    main()
