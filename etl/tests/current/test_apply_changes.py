"""Raw zone → current table: whatever happened at the source, the current table holds what the source holds."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager, nullcontext

import pyarrow as pa
import pytest

from lakehouse.run import job
from support.lake import ITEMS, Lake, Read, Source, assert_second_run_does_nothing, normal


def test_full_load(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert lake.reports["process-load"]["rows_read"] == 5
    assert lake.reports["apply-changes"]["tables"] == [
        {"schema": "shop", "table": "items", "rows_read": 5, "rows_written": 5, "note": "rewritten"}
    ]


def test_insert_update_delete(
    lake: Lake, engine: str, items: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    sorted_rows: list[int] = []

    def turn(_: job.Job, rows: int) -> AbstractContextManager[object]:
        sorted_rows.append(rows)
        return nullcontext()

    monkeypatch.setattr(job.Job, "turn", turn)
    lake.ok()
    items.insert(id=6, name="six")
    items.update({"id": 2}, name="two")
    items.delete({"id": 3})
    items.flush()
    lake.ok()
    # A small merge of a large table waits for no other one on Spark, which writes parts of it.
    assert sorted_rows == [5, 3 if engine == "spark" else 8]
    assert normal(current(items)) == normal(items.rows)
    assert lake.reports["apply-changes"]["tables"][0]["note"] == "merged"


def test_changes_of_one_commit_count_in_their_order(lake: Lake, items: Source, current: Read) -> None:
    items.delete({"id": 1})
    items.insert(id=1, name="again")
    items.update({"id": 1}, name="again 2")
    items.insert(id=9, name="short lived")
    items.delete({"id": 9})
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_update_that_moves_the_key(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.update({"id": 1}, id=10)
    items.update({"id": 2}, id=1)
    items.update({"id": 10}, id=2, name="swapped")
    items.update({"id": 5}, id=50)
    items.delete({"id": 50})
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_zero_is_one_key_whatever_its_sign(lake: Lake, current: Read) -> None:
    lake.declare("shop", "points", ["at"])
    points = Source(lake, "points", {"at": pa.float64(), "n": pa.int64()}, ["at"])
    points.rows = [{"at": -0.0, "n": 1}, {"at": 1.0, "n": 2}]
    points.load()
    lake.ok()
    points.update({"at": -0.0}, at=0.0, n=3)
    points.flush()
    lake.ok()
    assert normal(current(points)) == normal(points.rows)
    points.update({"at": 0.0}, at=-0.0, n=4)
    points.delete({"at": 1.0})
    points.flush()
    lake.ok()
    assert normal(current(points)) == normal(points.rows)


def test_composite_key(lake: Lake, current: Read) -> None:
    lake.declare("shop", "lines", ["order", "line"])
    lines = Source(lake, "lines", {"order": pa.int64(), "line": pa.string(), "n": pa.uint64()}, ["order", "line"])
    lines.rows = [{"order": o, "line": line, "n": 2**64 - 1} for o in (1, 2) for line in ("a", "b")]
    lines.load()
    lake.ok()
    lines.update({"order": 1, "line": "a"}, line="c")
    lines.update({"order": 2, "line": "b"}, n=7)
    lines.delete({"order": 1, "line": "b"})
    lines.flush()
    lake.ok()
    assert normal(current(lines)) == normal(lines.rows)


def test_rows_whose_key_lacks_a_value_are_rows_like_others(lake: Lake, current: Read) -> None:
    lake.declare("shop", "places", ["id", "part"])
    places = Source(lake, "places", {"id": pa.int64(), "part": pa.string(), "note": pa.string()}, ["id", "part"])
    for number, part in ((1, "a"), (None, "b"), (2, None)):
        places.insert(id=number, part=part, note="old")
    places.load()
    lake.ok()
    places.update({"id": None, "part": "b"}, note="changed")
    places.update({"id": 1, "part": "a"}, note="changed")
    places.insert(id=None, part="c", note="new")
    places.flush()
    lake.ok()
    assert normal(current(places)) == normal(places.rows)
    places.delete({"id": 2, "part": None})
    places.flush()
    lake.ok()
    assert normal(current(places)) == normal(places.rows)


def test_table_without_key(lake: Lake, current: Read) -> None:
    lake.declare("shop", "notes", [])
    notes = Source(lake, "notes", {"text": pa.string(), "n": pa.float64()}, [])
    notes.rows = [{"text": "a", "n": 1.5}, {"text": "a", "n": 1.5}, {"text": None, "n": None}]
    notes.load()
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)
    notes.insert(text="a", n=1.5)
    notes.delete({"text": "a"})
    notes.update({"text": "a"}, text="b")
    notes.delete({"text": None})
    path = notes.flushed()
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)
    shutil.copy(path, path.with_name("20260905-161500000.parquet"))  # delivered twice
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)


def test_table_that_is_not_declared_takes_its_key_from_the_before_images(lake: Lake, current: Read) -> None:
    found = Source(lake, "found", ITEMS, ["id"])
    found.rows = [{"id": 1, "name": "a", "amount": None}]
    found.load()
    lake.ok()
    assert normal(current(found)) == normal(found.rows)
    found.update({"id": 1}, name="b")
    found.insert(id=2)
    found.flush()
    lake.ok()
    assert normal(current(found)) == normal(found.rows)
    assert lake.state("found")["applied"]["key"] == ["id"]


def test_late_file_does_not_undo_what_came_after_it(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.update({"id": 1}, name="first")
    items.insert(id=20, name="inserted late")
    items.update({"id": 4}, id=40)
    late = items.flushed()
    items.update({"id": 1}, name="second")
    items.delete({"id": 20})
    items.insert(id=4, name="four again")
    items.flush()
    content = late.read_bytes()
    late.unlink()
    lake.ok()
    late.write_bytes(content)
    lake.ok()
    assert lake.reports["apply-changes"]["tables"][0]["note"] == "merged, with late rows"
    assert normal(current(items)) == normal(items.rows)


def test_file_delivered_twice_changes_nothing(lake: Lake, items: Source, current: Read) -> None:
    items.update({"id": 1}, name="first")
    first = items.flushed()
    items.alter({**ITEMS, "extra": pa.int16()})
    items.delete({"id": 1})
    items.flush()
    lake.ok()
    shutil.copy(first, first.with_name("20260905-161500000.parquet"))
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_second_run_does_nothing(lake: Lake, items: Source) -> None:
    items.insert(id=6)
    items.flush()
    lake.ok()
    assert_second_run_does_nothing(lake)
