"""
What the jobs do, as SQL that somebody writes by hand for DuckDB. It reads the same files of the raw zone.

    python by_hand.py <folder of the lake> <folder to write into> log|current|join|star …

Several pieces of work are done one after the other. Prints how many rows the last one's largest table has.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from lake import ITEMS, KEYS


class Hand:
    """Statements over the tables that the raw zone has."""

    def __init__(self, lake: Path, out: Path) -> None:
        self.raw = lake / "raw"
        self.out = out
        self.tables = [table for table in KEYS if (self.raw / table[0] / table[1]).exists()]

    def copy(self, what: str, name: str, options: str = "COMPRESSION zstd") -> str:
        return f"COPY ({what}) TO '{self.out}/{name}' (FORMAT parquet, {options});"

    def now(self, name: str) -> str:
        return f"(FROM read_parquet('{self.out}/{name}'))"

    def log(self) -> list[str]:
        return [
            self.copy(
                f"""SELECT CASE WHEN filename LIKE '%LOAD%' THEN 'O' ELSE Op END AS cdc_op, cdc_commit_time,
                    nullif(cdc_change_seq, '') AS cdc_change_seq,
                    * EXCLUDE (Op, cdc_commit_time, cdc_change_seq, filename)
                FROM read_parquet('{self.raw}/{schema}/{name}/*.parquet', union_by_name = true, filename = true)""",
                f"log_{name}",
                "COMPRESSION snappy",
            )
            for schema, name in self.tables
        ]

    def current(self) -> list[str]:
        return [self.copy(self._newest(*table), table[1]) for table in self.tables]

    def _newest(self, schema: str, name: str) -> str:
        keys = KEYS[schema, name]
        key = ", ".join(f'"{column}"' for column in keys)
        before = ", ".join(f'"BI_{column}"' for column in keys)
        return f"""SELECT * EXCLUDE (cdc_op, cdc_commit_time, cdc_change_seq, {before}) FROM {self.now(f"log_{name}")}
            QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY cdc_change_seq DESC NULLS LAST) = 1
                AND cdc_op <> 'D'"""

    def join(self) -> list[str]:
        files = f"{self.raw}/clickstream-data/*/*/*/*/*"
        hour = "replace(regexp_extract(read_json.filename, 'clickstream-data/(.*)/[^/]*$', 1), '/', '-')"
        statement = f"""SELECT i.*, productid, productname, department, price, productDetails AS productdetails,
                {hour} AS click_hour
            FROM read_json('{files}', format = 'newline_delimited', filename = true, columns = {{productid: 'BIGINT',
                productname: 'VARCHAR', department: 'VARCHAR', price: 'DECIMAL(12,2)',
                productDetails: 'STRUCT(color VARCHAR, material VARCHAR, comments VARCHAR)'}})
            JOIN {self.now(ITEMS[1])} i ON order_item_id = productid"""
        return [self.copy(statement, "joined", "COMPRESSION snappy, PARTITION_BY (click_hour)")]

    def star(self) -> list[str]:
        now = self.now
        place = "hash(city, coalesce(state, ''), country) AS location_key"
        day = "::DATE AS full_date, year(d) AS year, quarter(d) AS quarter, month(d) AS month"
        return [
            self.copy(f"SELECT hash(customerNumber) AS customer_key, *, {place} FROM {now('customers')}", "customer"),
            self.copy(
                f"""SELECT hash(productCode) AS product_key, p.*, textDescription
                FROM {now("products")} p LEFT JOIN {now("productlines")} USING (productLine)""",
                "dim_product",
            ),
            self.copy(
                f"""SELECT DISTINCT {place}, city, state, country FROM (SELECT city, state, country FROM
                {now("customers")} UNION ALL SELECT city, state, country FROM {now("offices")})""",
                "dim_location",
            ),
            self.copy(f"FROM {now('employees')} LEFT JOIN {now('offices')} USING (officeCode)", "dim_employee"),
            self.copy(
                f"""SELECT strftime(d, '%Y%m%d')::INT AS date_key, d{day}, monthname(d) AS month_name,
                day(d) AS day_of_month, isodow(d) AS day_of_week, dayname(d) AS day_name, week(d) AS week_of_year
                FROM (SELECT unnest(range(DATE '2020-01-01', DATE '2025-01-01', INTERVAL 1 DAY)) AS d)""",
                "dim_date",
            ),
            self.copy(
                f"""SELECT hash(customerNumber, checkNumber) AS payment_key, p.*,
                    hash(customerNumber) AS customer_key, {place}, hash(salesRepEmployeeNumber) AS employee_key,
                    strftime(paymentDate, '%Y%m%d')::INT AS payment_date_key, country
                FROM {now("payments")} p LEFT JOIN {now("customers")} USING (customerNumber)""",
                "fact_payments",
            ),
            self.copy(
                f"""SELECT hash(orderNumber, productCode) AS order_line_key, d.*,
                    hash(customerNumber) AS customer_key, hash(productCode) AS product_key, {place},
                    hash(salesRepEmployeeNumber) AS employee_key, strftime(orderDate, '%Y%m%d')::INT AS a,
                    strftime(requiredDate, '%Y%m%d')::INT AS b, strftime(shippedDate, '%Y%m%d')::INT AS c,
                    customerNumber, orderDate, country, status,
                    (quantityOrdered * priceEach)::DECIMAL(18,2) AS amount,
                    (quantityOrdered * (priceEach - buyPrice))::DECIMAL(18,2) AS profit
                FROM {now("orderdetails")} d JOIN {now("orders")} USING (orderNumber)
                LEFT JOIN {now("customers")} USING (customerNumber) LEFT JOIN {now("products")} USING (productCode)""",
                "fact_orders",
            ),
        ]


def main() -> None:
    lake, out, *works = sys.argv[1:]
    hand = Hand(Path(lake), Path(out))
    hand.out.mkdir(parents=True, exist_ok=True)
    duckdb.sql("SET threads = 2; SET enable_progress_bar = false")
    rows = 0
    for work in works:
        written = [duckdb.execute(statement).fetchone() for statement in getattr(hand, work)()]
        rows = max((count for (count,) in filter(None, written)), default=0)
    print(rows)


if __name__ == "__main__":
    main()
