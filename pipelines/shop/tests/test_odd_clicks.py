"""Odd clicks, and new ones, through the job; line by line they are in etl/tests/raw/test_click_records.py."""

from __future__ import annotations

import gzip
from decimal import Decimal

import pyarrow.dataset as ds
import pytest

from support.clicks import ALL, KIND, ODD, click, joint, odd_line, send
from support.lake import Lake, Source


@pytest.mark.slow_on_spark
def test_odd_lines_are_counted_and_leave_the_others_as_they_are(lake: Lake, items: Source) -> None:
    path = send(lake, "2026/11/20/13", "a.json.gz", [])
    lines = [click(1).encode(), *map(odd_line, ODD), click(2).encode()]
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    lake.ok(*ALL)
    (entry,) = lake.reports["join-tables"]["tables"]
    # One has a key twice in an object that is none of the shop's fields.
    malformed = sum(case["click"] is None for case in ODD) - 1
    assert (entry["rows_read"], entry["rows_written"]) == (len(lines), 2)
    assert f"1 hour, {malformed} malformed lines, " in entry["note"]
    # Of the fields of the odd lines the shop has `price` alone.
    assert f"{len(ODD) - malformed} without a product" in entry["note"]
    assert [(row["order_item_id"], row["price"]) for row in joint(lake)] == [
        (1, Decimal("12.50")),
        (2, Decimal("12.50")),
    ]


@pytest.mark.slow_on_spark
def test_a_new_field_of_the_definition_is_a_new_column(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json", [click(1, campaign="a")])
    lake.ok(*ALL)
    lake.clicks = KIND[:-1] + ",`campaign`:string>"
    send(lake, "2026/11/20/14", "a.json", [click(2, campaign="b"), click(2, campaign=7)])
    lake.ok(*ALL)
    later = ds.dataset(lake.processed / "joint-tables" / "click_hour=2026-11-20-14", format="parquet").to_table()
    assert sorted(later.column("campaign").to_pylist()) == ["7", "b"]


@pytest.mark.slow_on_spark
def test_a_field_of_another_type_has_it_in_every_hour(lake: Lake, items: Source) -> None:
    """A column whose type differs from file to file cannot be read by Athena."""
    send(lake, "2026/11/20/13", "a.json", [click(1, department=7), click(2)])
    lake.ok(*ALL)
    lake.clicks = KIND.replace("`department`:string", "`department`:int")
    send(lake, "2026/11/20/14", "a.json", [click(1, department="8"), click(2, department="x")])
    lake.ok(*ALL)
    assert sorted(repr(row["department"]) for row in joint(lake)) == ["7", "8", "None", "None"]
    lake.clicks = KIND.replace("`department`:string,", "")
    lake.ok(*ALL)
    assert [set(row) & {"department", "price"} for row in joint(lake)] == [{"price"}] * 4
    lake.ok(*ALL)
    assert lake.reports["join-tables"]["tables"] == []
