"""Change logs in the data catalog."""

from __future__ import annotations

import pytest

from lakehouse.changes.change_log import CHANGE_COLUMNS
from lakehouse.changes.registration import catalogued
from lakehouse.run import job
from lakehouse.storage.data_catalog import DataCatalog
from lakehouse.storage.datasets import Table
from lakehouse.storage.state import Batch, Columns, TableState
from support.glue import Glue
from support.lake import ITEMS, Lake, Source

pytestmark = pytest.mark.slow_on_spark


def batch(number: int, columns: Columns, rows: int = 1, before: tuple[str, ...] = ()) -> Batch:
    return Batch(number, "change", "x", rows, columns, list(before), None, None)


def test_has_the_columns_of_all_batches_the_newest_type_and_the_folders_with_rows() -> None:
    known = TableState(
        batches=[
            batch(1, [("id", "int"), ("gone", "string")]),
            batch(2, [("id", "bigint"), ("note", "string")], before=("id",)),
            batch(3, [("id", "bigint"), ("empty", "string")], rows=0),
        ]
    )
    found = catalogued(Table("shop", "Orders", alias="all_orders"), known, "s3://x/shop/Orders/", CHANGE_COLUMNS)
    assert (found.name, found.key, found.values) == ("all_orders_changes", ("batch", "int"), ("1", "2"))
    assert found.columns == [
        *CHANGE_COLUMNS,
        ("id", "bigint"),
        ("gone", "string"),
        ("note", "string"),
        ("BI_id", "bigint"),
    ]


@pytest.mark.parametrize(
    ("older", "newer", "registered"),
    [
        ("int", "bigint", "bigint"),
        ("bigint", "int", "bigint"),
        ("bigint", "tinyint", "bigint"),
        ("double", "float", "double"),
        ("decimal(12,2)", "decimal(10,2)", "decimal(12,2)"),
        ("decimal(10,2)", "decimal(12,2)", "decimal(12,2)"),
        ("decimal(12,2)", "decimal(12,4)", "decimal(12,4)"),
        ("int", "string", "string"),
        ("string", "int", "int"),
        ("bigint", "double", "double"),
    ],
)
def test_files_of_a_column_whose_type_became_narrower_are_read_by_the_wider(
    older: str, newer: str, registered: str
) -> None:
    batches = [batch(1, [("n", older)], before=("n",)), batch(2, [("n", newer)], before=("n",))]
    found = catalogued(Table("shop", "t"), TableState(batches=batches), "s3://x/shop/t/", [])
    assert found.columns == [("n", registered), ("BI_n", registered)]


def test_a_job_registers_what_it_wrote(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    glue = Glue()
    monkeypatch.setattr(job, "data_catalog", lambda _processed, _database: DataCatalog(glue, "lake"))
    orders = Source(lake, "Orders", ITEMS, ["id"])
    orders.insert(id=1, name="a")
    orders.pending.clear()
    orders.load()
    lake.ok("process-load")
    partitions = glue.partitions["orders_changes"]
    assert list(partitions) == ["1"]
    assert partitions["1"]["StorageDescriptor"]["Location"] == f"file://{lake.processed}/shop/Orders/batch=1/"
    orders.update(orders.rows[0], name="b")
    orders.flush()
    asked = len(glue.requests)
    lake.ok("process-load")
    assert len(glue.requests) == asked
    lake.ok("process-cdc")
    assert list(partitions) == ["1", "2"]


def test_a_catalog_that_fails_fails_the_job_and_loses_nothing(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    glue = Glue()
    glue.fails["1"] = "InternalServiceException"
    monkeypatch.setattr(job, "data_catalog", lambda _processed, _database: DataCatalog(glue, "lake"))
    orders = Source(lake, "Orders", ITEMS, ["id"])
    orders.insert(id=1, name="a")
    orders.pending.clear()
    orders.load()
    assert lake.run("process-load") == [1]
    assert "shop.Orders: partition ['1']: InternalServiceException" in lake.reports["process-load"]["error"]
    glue.fails.clear()
    lake.ok("process-load")
    assert list(glue.partitions["orders_changes"]) == ["1"]
