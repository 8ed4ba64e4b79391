"""The star schema right from the database, by JDBC; its totals are those that MariaDB computes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from support import mariadb
from support.lake import Lake
from support.star import TABLES, Star

SQL_TYPES = {
    pa.int32(): "INT",
    pa.int16(): "SMALLINT",
    pa.string(): "VARCHAR(200)",
    pa.date32(): "DATE",
    pa.decimal128(10, 2): "DECIMAL(10,2)",
}
DRIVER = ("--jdbc_driver", "org.mariadb.jdbc.Driver")
PASSWORD = "only for this test"


@pytest.fixture
def server(engine: str) -> Iterator[mariadb.Server]:
    if engine != "spark":
        pytest.skip("Sail has no JDBC")
    if not mariadb.is_installed():
        pytest.skip("MariaDB is not installed")
    with tempfile.TemporaryDirectory() as folder, mariadb.running(Path(folder)) as server:
        yield server


def fill(server: mariadb.Server) -> None:
    server.sql(f"CREATE DATABASE classicmodels; CREATE USER reader@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';")
    server.sql("GRANT SELECT ON classicmodels.* TO reader@'127.0.0.1'")
    for name, (key, columns) in TABLES.items():
        types = ", ".join(f"`{column}` {SQL_TYPES[kind]}" for column, kind in columns.items())
        server.sql(f"CREATE TABLE classicmodels.{name} ({types}, PRIMARY KEY ({', '.join(key)}))")
    server.sql(
        """
        USE classicmodels;
        INSERT INTO offices (officeCode, city, country) VALUES ('1', 'Paris', 'France');
        INSERT INTO employees (employeeNumber, lastName, officeCode) VALUES (1, 'Bondur', '1');
        INSERT INTO productlines VALUES ('Ships', 'Models of ships');
        INSERT INTO customers (customerNumber, city, country, salesRepEmployeeNumber)
            SELECT seq, CONCAT('City ', seq MOD 5), CONCAT('Country ', seq MOD 3), IF(seq MOD 2, 1, NULL)
            FROM seq_1_to_40;
        INSERT INTO products (productCode, productLine, buyPrice)
            SELECT CONCAT('S', seq), 'Ships', seq * 1.37 FROM seq_1_to_25;
        INSERT INTO orders (orderNumber, orderDate, status, customerNumber)
            SELECT seq, DATE_ADD('2003-01-06', INTERVAL seq DAY), IF(seq MOD 7, 'Shipped', 'On Hold'), 1 + seq MOD 40
            FROM seq_1_to_300;
        INSERT INTO orderdetails
            SELECT o.seq, CONCAT('S', 1 + (o.seq * l.seq) MOD 25), o.seq MOD 50 + 1, 10 + l.seq * 3.11, l.seq
            FROM seq_1_to_300 o, seq_1_to_4 l GROUP BY 1, 2;
        INSERT INTO payments
            SELECT 1 + seq MOD 40, CONCAT('C', seq), DATE_ADD('2003-02-01', INTERVAL seq DAY), seq * 12.34
            FROM seq_1_to_200;
        """
    )


def test_totals_are_those_of_the_source(
    lake: Lake, server: mariadb.Server, star: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server)
    monkeypatch.setenv("JDBC_USER", "reader")
    monkeypatch.setenv("JDBC_PASSWORD", PASSWORD)
    url = f"jdbc:mysql://127.0.0.1:{server.port}/classicmodels"
    assert lake.run("star-schema", more=("--source", "jdbc", "--jdbc_url", url, *DRIVER)) == [0]
    totals: dict[str, list[Decimal]] = {}
    for row in star("fact_orders"):
        entry = totals.setdefault(row["country"], [Decimal(0)] * 4)
        for position, value in enumerate((1, row["quantity"], row["amount"], row["profit"])):
            entry[position] += value
    expected = server.sql(
        """SELECT country, COUNT(*), SUM(quantityOrdered), SUM(quantityOrdered * priceEach),
            SUM(quantityOrdered * (priceEach - buyPrice))
        FROM classicmodels.orderdetails JOIN classicmodels.orders USING (orderNumber)
            JOIN classicmodels.customers USING (customerNumber) JOIN classicmodels.products USING (productCode)
        GROUP BY country"""
    )
    assert totals == {country: [Decimal(value) for value in values] for country, *values in expected}
    assert len(totals) == 3
    ((paid,),) = server.sql("SELECT SUM(amount) FROM classicmodels.payments")
    assert sum(row["amount"] for row in star("fact_payments")) == Decimal(paid)
    assert len(star("dim_customer")) == 40
    assert {row["office_city"] for row in star("dim_employee")} == {"Paris"}


@pytest.mark.slow_on_spark
def test_keys_are_those_of_the_replicated_tables(
    lake: Lake, server: mariadb.Server, shop: dict[str, object], star: Star, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.ok("process-load", "apply-changes", "star-schema")
    replicated = {row["customer_number"]: row["customer_key"] for row in star("dim_customer")}
    fill(server)
    monkeypatch.setenv("JDBC_USER", "reader")
    monkeypatch.setenv("JDBC_PASSWORD", PASSWORD)
    url = f"jdbc:mysql://127.0.0.1:{server.port}/classicmodels"
    assert lake.run("star-schema", more=("--source=jdbc", f"--jdbc_url={url}", *DRIVER)) == [0]
    direct = {row["customer_number"]: row["customer_key"] for row in star("dim_customer")}
    assert replicated.items() <= direct.items()
    lake.ok("star-schema")  # from the current tables again
    assert {row["customer_number"]: row["customer_key"] for row in star("dim_customer")} == replicated
