"""Tables and columns of any name, from the raw zone to the catalog."""

from __future__ import annotations

import json
import logging

import pyarrow as pa
import pytest

from lakehouse.names import folder_form
from lakehouse.run.engine import Engine
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from support.lake import ITEMS, Lake, Source, normal


def read(lake: Lake, name: str, schema: str, table: str) -> list[dict[str, object]]:
    engine = Engine(Storage(f"file://{lake.processed}/"), lake.database)
    location = f"current/{folder_form(schema)}/{folder_form(table)}"
    return [row.asDict() for row in engine.read_table(IcebergTable(name, location)).collect()]


def names(lake: Lake) -> dict[str, str]:
    entries = json.loads((lake.processed / "_state" / "names.json").read_text())
    assert not any("registered" in entry for entry in entries)
    return {f"{entry['schema']}.{entry['table']}": entry["name"] for entry in entries}


def loaded(lake: Lake, table: str, schema: str = "shop") -> Source:
    source = Source(lake, table, ITEMS, ["id"], schema)
    source.insert(id=1, name=f"{schema}.{table}")
    source.pending.clear()
    source.load()
    return source


def test_a_table_and_columns_of_other_characters_have_their_plain_form(lake: Lake) -> None:
    columns = {"my id": pa.int32(), "cdc_op": pa.string(), "batch": pa.string(), "é/`": pa.string()}
    source = Source(lake, "_tä b", columns, ["my id"])
    lake.declare("shop", "_tä b", ["my id"], [{"kind": "unique", "columns": ["my id"], "severity": "error"}])
    source.insert(**{"my id": 1, "cdc_op": "x", "batch": "y", "é/`": "z"})
    source.flush()
    source.update(source.rows[0], **{"my id": 2})
    source.flush()
    lake.ok()
    assert names(lake) == {"shop._tä b": "_t_x00e4__x0020_b"}
    form = {"my_x0020_id": 2, "_x0063_dc_op": "x", "batch": "y", "_x00e9__x002f__x0060_": "z"}
    assert read(lake, "_t_x00e4__x0020_b", "shop", "_tä b") == [form]


@pytest.mark.slow_on_spark
def test_a_second_table_of_a_name_qualifies_both_and_what_was_there_is_renamed(
    lake: Lake, engine: str, caplog: pytest.LogCaptureFixture
) -> None:
    orders = loaded(lake, "orders")
    lake.ok()
    assert names(lake) == {"shop.orders": "orders"}
    others = [loaded(lake, "orders", "archive"), loaded(lake, "Orders")]
    with caplog.at_level(logging.WARNING):
        lake.ok()
    given = {
        "archive.orders": "archive_orders",
        "shop.Orders": "shop__x004f_rders",
        "shop.orders": "shop_orders",
    }
    assert names(lake) == given
    assert (
        "shop.orders is called shop_orders in the catalog, because another table has or had the name orders"
        in caplog.text
    )
    orders.insert(id=2, name="more")
    orders.flush()
    lake.ok()
    for source in (orders, *others):
        rows = read(lake, given[f"{source.schema}.{source.name}"], source.schema, source.name)
        assert normal(rows) == normal(source.rows)
    if engine == "spark":
        found = Engine(Storage(f"file://{lake.processed}/"), lake.database)
        assert not found.table_exists(IcebergTable("orders", "current/shop/orders"))


def test_a_table_without_a_row_is_there_with_its_columns_and_takes_its_first_one(lake: Lake) -> None:
    source = Source(lake, "items", ITEMS, ["id"])
    source.load()
    lake.ok()
    assert read(lake, "items", "shop", "items") == []
    source.insert(id=1, name="first")
    source.flush()
    lake.ok()
    assert normal(read(lake, "items", "shop", "items")) == normal(source.rows)
