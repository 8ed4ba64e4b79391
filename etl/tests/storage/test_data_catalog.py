"""Tables of Parquet files in the data catalog."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lakehouse.storage.data_catalog import CatalogError, DataCatalog, ParquetTable
from lakehouse.storage.state import Columns
from support.glue import EntityNotFoundException, Glue

COLUMNS: Columns = [("operation", "string"), ("ID", "int"), ("at", "timestamp_ntz"), ("price", "decimal(10,2)")]
LOCATION = "s3://lake/shop/Orders/"
REQUESTS = Path(__file__).parent / "catalog_requests.json"
"""What Glue is asked for; tests/infra/documents.test.ts holds it to the models of the API."""


def table(*batches: int, columns: Columns = COLUMNS, name: str = "orders_changes") -> ParquetTable:
    values = tuple(map(str, batches))
    location = LOCATION if name == "orders_changes" else f"s3://lake/{name}/"
    return ParquetTable(name, "Change log of shop.Orders", location, columns, ("batch", "int"), values)


def test_a_new_table_has_its_columns_and_partitions() -> None:
    glue = Glue()
    DataCatalog(glue, "lake").register(table(1, 3))
    storage = glue.tables["orders_changes"]["StorageDescriptor"]
    columns = [
        {"Name": "operation", "Type": "string"},
        {"Name": "id", "Type": "int"},
        {"Name": "at", "Type": "timestamp"},
        {"Name": "price", "Type": "decimal(10,2)"},
    ]
    assert (storage["Columns"], storage["Location"]) == (columns, LOCATION)
    assert glue.tables["orders_changes"]["PartitionKeys"] == [{"Name": "batch", "Type": "int"}]
    partitions = glue.partitions["orders_changes"]
    assert {value: part["StorageDescriptor"]["Location"] for value, part in partitions.items()} == {
        "1": f"{LOCATION}batch=1/",
        "3": f"{LOCATION}batch=3/",
    }
    assert all(part["StorageDescriptor"]["Columns"] == columns for part in partitions.values())


def test_without_a_change_nothing_is_asked_for_but_the_list() -> None:
    glue = Glue()
    DataCatalog(glue, "lake").register(table(1))
    asked = len(glue.requests)
    catalog = DataCatalog(glue, "lake")
    catalog.register(table(1))
    catalog.register(table(1))
    assert len(glue.requests) == asked


def test_a_changed_table_gets_what_is_new_and_loses_what_is_gone() -> None:
    glue = Glue()
    wider: Columns = [*COLUMNS[:1], ("ID", "bigint"), *COLUMNS[2:], ("note", "string")]
    DataCatalog(glue, "lake").register(table(*range(1, 131)))
    DataCatalog(glue, "lake").register(table(*range(100, 300), columns=wider))
    partitions = glue.partitions["orders_changes"]
    assert sorted(map(int, partitions)) == list(range(100, 300))
    described = glue.tables["orders_changes"]["StorageDescriptor"]["Columns"]
    assert {"Name": "id", "Type": "bigint"} in described and {"Name": "note", "Type": "string"} in described
    assert all(part["StorageDescriptor"]["Columns"] == described for part in partitions.values())
    # Later pages of a list count, too.
    DataCatalog(glue, "lake").register(table(1, name="a_changes"))
    DataCatalog(glue, "lake").register(table(1, name="b_changes"))
    asked = len(glue.requests)
    DataCatalog(glue, "lake").register(table(1, name="b_changes"))
    assert len(glue.requests) == asked


def test_a_table_with_another_name_leaves_none_under_the_old_one() -> None:
    glue = Glue()
    DataCatalog(glue, "lake").register(table(1))
    DataCatalog(glue, "lake").register(replace(table(1), name="shop_orders_changes"))
    assert (list(glue.tables), list(glue.partitions)) == (["shop_orders_changes"], ["shop_orders_changes"])


def test_the_requests_are_these() -> None:
    glue = Glue()
    DataCatalog(glue, "lake").register(table(1, 2))
    DataCatalog(glue, "lake").register(table(2, 3, columns=COLUMNS[:2]))
    assert json.loads(REQUESTS.read_text(encoding="utf-8")) == glue.requests


def test_a_table_that_somebody_else_made_meanwhile_is_taken_over() -> None:
    glue = Glue()
    catalog = DataCatalog(glue, "lake")
    catalog.register(table(1, name="other_changes"))
    DataCatalog(glue, "lake").register(table(1))
    catalog.register(table(1, 2))
    assert sorted(glue.partitions["orders_changes"]) == ["1", "2"]


def test_a_partition_that_is_not_taken_fails_and_is_tried_again() -> None:
    glue = Glue()
    glue.fails["2"] = "InternalServiceException"
    with pytest.raises(CatalogError, match=r"partition \['2'\]: InternalServiceException: no"):
        DataCatalog(glue, "lake").register(table(1, 2))
    glue.fails.clear()
    DataCatalog(glue, "lake").register(table(1, 2))
    assert sorted(glue.partitions["orders_changes"]) == ["1", "2"]


def test_a_table_that_is_removed_meanwhile_fails_and_is_made_by_the_next_run() -> None:
    glue = Glue()
    DataCatalog(glue, "lake").register(table(1))
    catalog = DataCatalog(glue, "lake")
    catalog.register(table(1))
    del glue.tables["orders_changes"]
    with pytest.raises(EntityNotFoundException):
        catalog.register(table(1, 2))
    DataCatalog(glue, "lake").register(table(1, 2))
    assert sorted(glue.partitions["orders_changes"]) == ["1", "2"]


def test_of_names_that_differ_in_case_the_last_one_counts() -> None:
    glue = Glue()
    DataCatalog(glue, "lake").register(replace(table(1), columns=[("id", "int"), ("ID", "string")]))
    assert glue.tables["orders_changes"]["StorageDescriptor"]["Columns"] == [{"Name": "id", "Type": "string"}]
