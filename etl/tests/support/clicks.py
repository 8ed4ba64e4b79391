"""Clicks on the order items of the sample shop, and the joint tables that are made of both."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from support.lake import Lake, Source

ALL = ("process-load", "process-cdc", "apply-changes", "join-tables")
COLUMNS = {
    "order_item_id": pa.uint64(),
    "order_item_name": pa.string(),
    "order_item_type": pa.string(),
    "order_id": pa.uint64(),
}


KIND = (
    "struct<`productid`:int,`productname`:string,`department`:string,`price`:double,"
    "`productDetails`:struct<`color`:string,`material`:string,`comments`:string>>"
)
"""Type of a click in the shop's definition."""


ODD: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "raw" / "fixtures" / "odd_clicks.json").read_text())
"""Lines of other clicks with what they come to; the local catalog's test has the same."""


def odd_line(case: dict[str, Any]) -> bytes:
    return bytes.fromhex(case["hex"]) if "hex" in case else str(case["line"]).encode()


def click(product: Any, **values: Any) -> str:
    details = {"color": "red", "material": "wool", "comments": "warm"}
    return json.dumps(
        {"productid": product, "productname": "Hat", "department": "Garden", "price": 12.5, "productDetails": details}
        | values
    )


def send(lake: Lake, hour: str, name: str, lines: list[str]) -> Path:
    path = lake.raw / "clickstream-data" / hour / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def joint(lake: Lake) -> list[dict[str, Any]]:
    table = ds.dataset(lake.processed / "joint-tables", partitioning="hive", format="parquet").to_table()
    return sorted(table.to_pylist(), key=repr)


@pytest.fixture
def items(lake: Lake) -> Source:
    lake.clicks = KIND
    lake.declare("wordpress-db", "wp_woocommerce_order_items", ["order_item_id"])
    source = Source(lake, "wp_woocommerce_order_items", COLUMNS, ["order_item_id"], "wordpress-db")
    for number in (1, 2, 3):
        source.rows.append(
            {
                "order_item_id": number,
                "order_item_name": f"item {number}",
                "order_item_type": "line_item",
                "order_id": 70,
            }
        )
    source.load()
    return source
