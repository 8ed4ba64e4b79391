"""Tables that come through Kinesis: the same current tables as by way of files, whatever the order of arrival."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pytest

from lakehouse.raw import stream_files
from support import stream
from support.lake import ITEMS, Lake, Read, Source, normal
from support.streamed import StreamedSource

pytestmark = pytest.mark.slow_on_spark


@pytest.fixture
def items(lake: Lake) -> StreamedSource:
    lake.declare("shop", "items", ["id"])
    source = StreamedSource(lake, "items", ITEMS, ["id"])
    source.rows = [{"id": number, "name": f"n{number}", "amount": None} for number in range(1, 6)]
    source.load()
    return source


def test_one_workload_both_ways(
    lake: Lake, engine: str, reader: Callable[[Lake], Read], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same random streams of changes, once as files and once as messages, give the same current tables."""
    found = []
    for way in (Source, StreamedSource):
        one = Lake(lake.raw.parent / way.__name__)
        monkeypatch.setattr(stream, "Source", way)
        workloads = [stream.Stream(one, seed) for seed in range(12 if engine == "sail" else 4)]
        for workload in workloads:
            monkeypatch.setattr(workload, "_deliver_again", lambda: None)
        read = reader(one)
        for number in range(stream.SEGMENTS):
            for workload in workloads:
                workload.segment(last=True)
            one.ok()
            tables = {workload.source.name: normal(read(workload.source)) for workload in workloads}
            rows = {workload.source.name: normal(workload.source.rows) for workload in workloads}
            assert tables == rows, (way, number)
        found.append(tables)
    assert found[0] == found[1]


def test_types_come_back(lake: Lake, current: Read) -> None:
    columns = {
        "id": pa.int64(),
        "flag": pa.bool_(),
        "day": pa.date32(),
        "at": pa.timestamp("us"),
        "price": pa.decimal128(20, 4),
        "big": pa.uint64(),
        "ratio": pa.float64(),
        "bytes": pa.binary(),
        "text": pa.string(),
    }
    lake.declare("shop", "types", ["id"])
    source = StreamedSource(lake, "types", columns, ["id"])
    source.rows = [
        {
            "id": 2**62 + 1,
            "flag": True,
            "day": dt.date(2024, 2, 29),
            "at": dt.datetime(2024, 2, 29, 23, 59, 59, 123456),
            "price": Decimal("-12.3400"),
            "big": 2**63 + 5,
            "ratio": 0.1,
            "bytes": b"\x00\xff",
            "text": 'quote " line\nend é 🎉 \u2028 \x85 \x0b',
        },
        dict.fromkeys(columns) | {"id": 1},
    ]
    source.load()
    lake.ok()
    expected = [row | {"big": Decimal(row["big"]) if row["big"] else None} for row in source.rows]
    assert normal(current(source)) == normal(expected)


def test_decimals_are_exact(lake: Lake, current: Read) -> None:
    lake.declare("shop", "money", ["id"])
    source = StreamedSource(lake, "money", {"id": pa.int32(), "amount": pa.decimal128(30, 10)}, ["id"])
    source.load()
    text = '{"data":{"id":1,"amount":12345678901234567890.0123456789},"metadata":' + json.dumps(
        source._metadata("data", "load")
    )
    source.deliver([], gzip.compress(f"{text}}}\n".encode()))
    lake.ok()
    assert current(source) == [{"id": 1, "amount": Decimal("12345678901234567890.0123456789")}]


def test_messages_that_come_twice_count_once(lake: Lake, items: StreamedSource, current: Read) -> None:
    items.insert(id=6, name="six")
    items.update({"id": 6}, name="six again")
    items.delete({"id": 1})
    path = items.flushed()

    def seen() -> str:
        state = json.loads((lake.processed / "_stream" / "_state" / "shop" / "items.json").read_text())
        return str(state["seen"])

    lake.ok()
    before = seen()
    assert len(before) == 16 * len(items.written)
    path.rename(path.parent / f"again-{path.name}")
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    # What is no longer in the raw zone is forgotten.
    assert (len(seen()), seen() == before) == (len(before), False)


def test_control_message_that_comes_last(lake: Lake, items: StreamedSource, current: Read) -> None:
    """Control messages have a partition key of their own, and may come by a later file than the rows."""
    lake.ok()
    items.alter({**ITEMS, "colour": pa.string()})
    control = items.written.pop()
    held = control.read_bytes()
    control.unlink()
    items.insert(id=7, name="seven", colour="red")
    items.flush()
    assert lake.run() == [11, 11, 0]
    assert "no earlier control message describes the columns" in lake.reports["process-load"]["set_aside"][0]["reason"]
    control.write_bytes(held)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_truncate_and_reload(lake: Lake, items: StreamedSource, current: Read) -> None:
    lake.ok()
    items.truncate()
    lake.ok()
    assert current(items) == []
    items.insert(id=1, name="one")
    items.flush()
    items.load()
    items.insert(id=2, name="two")
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_changes_count_after_a_load_though_the_clock_was_set_back_since(
    lake: Lake, items: StreamedSource, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.ok()

    class Earlier(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Earlier:
            return super().now(tz) - dt.timedelta(days=3650)

    monkeypatch.setattr(stream_files, "datetime", Earlier)
    items.update({"id": 1}, name="since")
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_a_late_beginning_keeps_what_came_after_it(lake: Lake, items: StreamedSource, current: Read) -> None:
    lake.ok()
    items.rows = [{"id": 9, "name": "new", "amount": None}]
    items.load()
    control, load = items.written[-2:]
    held = control.read_bytes()
    control.unlink()
    lake.ok()
    control.write_bytes(held)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert load.exists()


def test_dropped_table_is_empty(lake: Lake, items: StreamedSource, current: Read) -> None:
    lake.ok()
    items.control("drop-table")
    lake.ok()
    assert current(items) == []


def test_bad_files_are_set_aside_and_the_others_count(lake: Lake, items: StreamedSource, current: Read) -> None:
    items.insert(id=6, name="six")
    items.flush()
    items.deliver([], b"not gzip")
    items.deliver([], gzip.compress(b'{"data":{"id":1}}\n'))
    items.deliver([], gzip.compress(b"{broken\n"))
    assert lake.run() == [11, 11, 0]
    reasons = [entry["reason"] for entry in lake.reports["process-cdc"]["set_aside"]]
    assert len(reasons) == 3
    assert sum("is not a DMS message" in reason for reason in reasons) == 2
    assert normal(current(items)) == normal(items.rows)


def test_a_change_without_its_sequence_is_not_guessed_at(lake: Lake, items: StreamedSource) -> None:
    items.deliver([{"data": {"id": 1, "name": "x", "amount": None}, "metadata": items._metadata("data", "update")}])
    lake.run()
    assert "a change without cdc_change_seq" in lake.reports["process-load"]["set_aside"][0]["reason"]


def test_a_damaged_state_is_named_and_removing_it_fixes_it(lake: Lake, items: StreamedSource, current: Read) -> None:
    lake.ok()
    for number in range(3):
        items.update({"id": 1}, name=f"version {number}")
        items.insert(id=20 + number)
        items.flush()
        lake.ok()
    state = lake.processed / "_stream" / "_state" / "shop" / "items.json"
    for content in ("", '{"no": "state"}'):
        state.write_text(content)
        assert lake.run() == [1, 1, 0]
        assert f"file://{state} is damaged" in lake.reports["process-cdc"]["error"]
        assert "remove it" in lake.reports["process-cdc"]["error"]
    state.unlink()
    items.delete({"id": 2})
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
