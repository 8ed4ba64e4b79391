"""Columns on their way: added, dropped, renamed, of another type, and as the change log has them."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from support.lake import ITEMS, Lake, Read, Source, normal


def test_column_added_dropped_renamed_and_its_type_changed(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.insert(id=6, name="six")
    items.alter({**ITEMS, "extra": pa.int16()})
    items.insert(id=7, name="seven", extra=7)
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    items.alter(
        {"id": pa.int32(), "title": pa.string(), "amount": pa.decimal128(12, 2), "extra": pa.int16()}, {"title": "name"}
    )
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert next(row for row in current(items) if row["id"] == 7)["title"] == "seven"
    items.update({"id": 7}, title="7")
    items.alter({"id": pa.int64(), "title": pa.string(), "extra": pa.int64()})
    items.insert(id=2**40, title="long", extra=2**40)
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    # Dropped, and then added under the same name: another column.
    items.alter({"id": pa.int64(), "title": pa.string()})
    items.alter({"id": pa.int64(), "title": pa.string(), "extra": pa.string()})
    items.rows = [{**row, "extra": None} for row in items.rows]
    items.insert(id=8, extra="x")
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_late_file_that_tells_of_a_rename(lake: Lake, items: Source, current: Read) -> None:
    renamed = {"id": pa.int32(), "title": pa.string(), "amount": pa.decimal128(12, 2)}
    items.alter(renamed, {"title": "name"})
    late = items.written[-1]
    content = late.read_bytes()
    late.unlink()
    items.alter({**renamed, "more": pa.int32()})
    lake.ok()
    assert {row["title"] for row in current(items)} == {None}
    late.write_bytes(content)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_change_log_has_types_and_names_of_the_source(lake: Lake) -> None:
    columns = {
        "ID": pa.uint64(), "u8": pa.uint8(), "u16": pa.uint16(), "u32": pa.uint32(), "i8": pa.int8(),
        "at": pa.timestamp("us"), "dms_at": pa.timestamp("ms", "UTC"), "b": pa.bool_(), "raw": pa.binary(),
    }  # fmt: skip
    source = Source(lake, "types", columns, ["ID"])
    source.rows = [{"ID": 2**64 - 1, "u8": 255, "u16": 65535, "u32": 2**32 - 1, "i8": -128, "b": True, "raw": b"\0x"}]
    time = dt.datetime(2026, 7, 1, 22, 30, 15, 678000)
    source.rows[0] |= {"at": time, "dms_at": time.replace(tzinfo=dt.timezone.utc)}
    source.load()
    # Times are in UTC, whatever the zone of the session or the machine is.
    SparkSession.builder.getOrCreate().conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    lake.ok()
    written = pq.read_table(lake.processed / "shop" / "types" / "batch=1")
    assert written.column_names == ["cdc_op", "cdc_commit_time", "cdc_change_seq", *columns, "BI_ID"]
    assert [str(written.schema.field(name).type) for name in columns] == [
        "decimal128(20, 0)", "int16", "int32", "int64", "int8", "timestamp[us]", "timestamp[us]", "bool", "binary",
    ]  # fmt: skip
    (row,) = written.to_pylist()
    assert (row["ID"], row["at"], row["dms_at"]) == (2**64 - 1, time, time)
