"""Raw zone → current table: whatever happened at the source, the current table holds what the source holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from lakehouse import raw_files
from lakehouse.engine import Engine

from support import Lake, Source, normal

Read = Callable[[Source], list[dict[str, Any]]]

COLUMNS = {"id": pa.int32(), "name": pa.string(), "amount": pa.decimal128(12, 2)}


@pytest.fixture
def items(lake: Lake) -> Source:
    lake.declare("shop", "items", ["id"])
    source = Source(lake, "items", COLUMNS, ["id"])
    source.rows = [{"id": number, "name": f"n{number}", "amount": None} for number in range(1, 6)]
    source.load()
    return source


def test_full_load(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert lake.reports["process-load"]["rows_read"] == 5
    assert lake.reports["apply-changes"]["tables"] == [
        {"schema": "shop", "table": "items", "rows_read": 5, "rows_written": 5, "note": "written anew"}
    ]


def test_insert_update_delete(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.insert(id=6, name="six")
    items.update({"id": 2}, name="two")
    items.delete({"id": 3})
    items.flush()
    lake.ok()
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
    path = notes.flush()
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)
    shutil.copy(path, path.with_name("20260905-161500000.parquet"))  # delivered twice
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)


def test_table_that_is_not_declared_takes_its_key_from_the_before_images(lake: Lake, current: Read) -> None:
    found = Source(lake, "found", COLUMNS, ["id"])
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


def test_truncate_empties_the_table_and_keeps_the_history(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.truncate()
    lake.ok()
    assert current(items) == []
    items.insert(id=1, name="after")
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    history = pq.read_table(lake.processed / "shop" / "items").to_pylist()
    assert [row["cdc_op"] for row in history] == ["O"] * 5 + ["I"]


def test_table_without_any_file_is_empty(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.drop_files()
    lake.ok()
    assert current(items) == []
    lake.ok()
    assert lake.reports["apply-changes"]["tables"] == []


def test_truncate_between_two_runs_of_one_job_alone(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.truncate()
    items.insert(id=3, name="new")
    items.flush()
    lake.ok("process-cdc", "apply-changes")
    assert normal(current(items)) == normal(items.rows)


def test_reload_replaces_the_table(lake: Lake, items: Source, current: Read) -> None:
    items.update({"id": 1}, name="changed")
    items.flush()
    lake.ok()
    items.rows = [{"id": number, "name": f"r{number}", "amount": None} for number in range(2, 5)]
    items.load()
    items.insert(id=7)
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_reload_that_process_cdc_sees_first_waits_for_process_load(lake: Lake, items: Source, current: Read) -> None:
    items.insert(id=8)
    items.flush()
    lake.ok()
    items.load()
    items.insert(id=9)
    items.flush()
    lake.ok("process-cdc", "apply-changes")
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


@pytest.mark.parametrize("key", [["id"], []], ids=["key", "no key"])
def test_changes_before_a_reload_that_come_after_it_are_history(lake: Lake, current: Read, key: list[str]) -> None:
    lake.declare("shop", "late", key)
    late = Source(lake, "late", COLUMNS, key)
    late.rows = [{"id": 1, "name": "a", "amount": None}]
    late.load()
    lake.ok()
    late.insert(id=5)
    late.flush()
    lake.ok()
    late.update({"id": 1}, name="b")
    held = late.flush()
    content = held.read_bytes()
    held.unlink()
    late.update({"id": 1}, name="c")
    late.insert(id=2, name="x")
    late.flush()
    late.load()
    late.insert(id=3, name="after")
    late.flush()
    lake.ok()
    assert normal(current(late)) == normal(late.rows)
    held.write_bytes(content)
    lake.ok()
    assert normal(current(late)) == normal(late.rows)
    assert len(pq.read_table(lake.processed / "shop" / "late").to_pylist()) == 1 + 1 + 2 + 3 + 1 + 1


def test_full_load_in_several_files_that_come_one_by_one(lake: Lake, current: Read) -> None:
    lake.declare("shop", "big", ["id"])
    big = Source(lake, "big", COLUMNS, ["id"])
    big.rows = [{"id": number, "name": "x", "amount": None} for number in range(20)]
    paths = big.load(files=3)
    late = [path.rename(path.with_suffix(".late")) for path in paths[1:]]
    big.delete({"id": 1})  # a row of the second file
    big.update({"id": 0}, name="y")
    big.flush()
    lake.ok()
    for path in late:
        path.rename(path.with_suffix(".parquet"))
        lake.ok()
    assert normal(current(big)) == normal(big.rows)
    # A reload whose files are replaced one by one, too.
    big.rows = [{"id": number, "name": "z", "amount": None} for number in range(5, 30)]
    again = {path.name: path.read_bytes() for path in paths}
    new = {path.name: path.read_bytes() for path in big.load(files=3)}
    for path in paths:
        path.write_bytes(again[path.name])
    for path in paths:
        path.write_bytes(new[path.name])
        lake.ok()
    assert normal(current(big)) == normal(big.rows)


def test_the_same_file_written_once_more_is_no_reload(lake: Lake, items: Source, current: Read) -> None:
    items.update({"id": 1}, name="changed")
    items.flush()
    lake.ok()
    for path in items.written:
        path.write_bytes(path.read_bytes())
    lake.ok()
    assert lake.state("items")["generation"] == 1
    assert normal(current(items)) == normal(items.rows)


def test_column_added_dropped_renamed_and_its_type_changed(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.insert(id=6, name="six")
    items.alter({**COLUMNS, "extra": pa.int16()})
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


def test_late_file_does_not_undo_what_came_after_it(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.update({"id": 1}, name="first")
    items.insert(id=20, name="inserted late")
    items.update({"id": 4}, id=40)
    late = items.flush()
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
    first = items.flush()
    items.alter({**COLUMNS, "extra": pa.int16()})
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
    before = {path: path.stat().st_mtime_ns for path in lake.processed.rglob("*") if "_runs" not in path.parts}
    lake.ok()
    after = {path: path.stat().st_mtime_ns for path in lake.processed.rglob("*") if "_runs" not in path.parts}
    assert after == before
    assert all(report["tables"] == [] for report in lake.reports.values())


def test_file_cut_short_is_set_aside_until_it_is_whole(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.update({"id": 1}, name="in the broken file")
    broken = items.flush()
    content = broken.read_bytes()
    broken.write_bytes(content[: len(content) // 2])
    items.update({"id": 2}, name="in a good file")
    items.flush()
    for _ in range(2):
        assert lake.run() == [0, 11, 0]
        aside = lake.reports["process-cdc"]["set_aside"]
        assert [entry["uri"] for entry in aside] == [f"file://{broken}"]
        assert "not a whole Parquet file" in aside[0]["reason"]
        assert {row["id"]: row["name"] for row in current(items)}[2] == "in a good file"
    broken.write_bytes(content)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert lake.state("items")["set_aside"] == {}


def test_file_with_damaged_data_is_set_aside(lake: Lake, items: Source, current: Read) -> None:
    items.update({"id": 1}, name="x" * 1000)
    broken = items.flush()
    content = bytearray(broken.read_bytes())
    content[4:200] = bytes(196)
    broken.write_bytes(content)
    assert lake.run() == [0, 11, 0]
    assert "damaged data" in lake.reports["process-cdc"]["set_aside"][0]["reason"]
    assert len(current(items)) == 5


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": {}}'])
def test_damaged_state_names_the_remedy_and_the_remedy_works(
    lake: Lake, items: Source, current: Read, content: str
) -> None:
    lake.ok()
    for number in range(3):
        items.update({"id": 1}, name=f"version {number}")
        items.insert(id=20 + number)
        items.flush()
        lake.ok()
    items.delete({"id": 2})
    items.flush()
    path = lake.processed / "_state" / "shop" / "items.json"
    path.write_text(content)
    assert lake.run() == [1, 1, 1]
    for report in lake.reports.values():
        assert "damaged" in report["error"]
        assert "run the jobs again" in report["error"]
    folders = [lake.processed / "shop" / "items", lake.processed / "current" / "shop" / "items"]
    assert all(f"file://{named}" in lake.reports["process-cdc"]["error"] for named in [path, *folders])
    path.unlink()
    for folder in folders:
        shutil.rmtree(folder)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_state_removed_after_a_reload_that_kept_the_change_files(lake: Lake, items: Source, current: Read) -> None:
    items.update({"id": 1}, name="before")
    items.delete({"id": 2})
    items.flush()
    lake.ok()
    # What was changed while nobody read it is in the new full load only.
    items.update({"id": 1}, name="in the load only")
    items.insert(id=2, name="back")
    items.pending.clear()
    items.load()
    items.update({"id": 3}, name="after")
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    (lake.processed / "_state" / "shop" / "items.json").unlink()
    for folder in (lake.processed / "shop" / "items", lake.processed / "current" / "shop" / "items"):
        shutil.rmtree(folder)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


@pytest.mark.parametrize("what", ["batch", "data of a batch", "current", "all"])
def test_removed_folder_of_the_processed_zone_is_made_anew(
    lake: Lake, items: Source, current: Read, what: str
) -> None:
    lake.ok()
    for number in range(2):
        items.update({"id": 1}, name=f"version {number}")
        items.insert(id=20 + number)
        items.flush()
        lake.ok()
    version = lake.state("items")["applied"]["version"]
    folders = {
        "batch": [lake.processed / "shop" / "items" / "batch=2"],
        "data of a batch": [lake.processed / "shop" / "items" / "batch=3"],
        "current": [lake.processed / "current" / "shop" / "items"],
        "all": [lake.processed / "shop" / "items", lake.processed / "current" / "shop" / "items"],
    }[what]
    for folder in folders:
        if what == "data of a batch":
            for path in folder.glob("*.parquet"):
                path.write_bytes(b"")
        else:
            shutil.rmtree(folder)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert lake.state("items")["applied"]["version"] == version + 1
    logged = ds.dataset(lake.processed / "shop" / "items", format="parquet").count_rows()
    assert logged == sum(batch["rows"] for batch in lake.state("items")["batches"]) == 9
    test_second_run_does_nothing(lake, items)


@pytest.mark.parametrize("kind", ["load", "change"])
@pytest.mark.parametrize("moment", ["before its footer", "before its rows"])
@pytest.mark.parametrize("after", ["truncate", "reload"])
def test_file_that_goes_while_a_job_runs_is_no_damage(
    lake: Lake, items: Source, current: Read, monkeypatch: pytest.MonkeyPatch, kind: str, moment: str, after: str
) -> None:
    """TRUNCATE, DROP and reloads remove and replace files between the look at the folder and the read."""
    if kind == "change":
        lake.ok()
        items.insert(id=30, name="goes")
        items.flush()

    def go() -> None:
        monkeypatch.undo()
        if after == "truncate":
            items.truncate()
        else:
            items.drop_files()
            items.insert(id=31, name="comes " * 50)
            items.pending.clear()
            items.load()

    place, name = (raw_files, "read_footer") if moment == "before its footer" else (Engine, "read_parquet")
    whole = getattr(place, name)

    def late(*args: Any) -> Any:
        go()
        return whole(*args)

    monkeypatch.setattr(place, name, late)
    assert lake.run("process-load" if kind == "load" else "process-cdc") == [0]
    lake.ok()
    assert lake.state("items")["set_aside"] == {}
    assert normal(current(items)) == normal(items.rows)


def test_change_log_has_types_and_names_of_the_source(lake: Lake) -> None:
    columns = {
        "ID": pa.uint64(), "u8": pa.uint8(), "u16": pa.uint16(), "u32": pa.uint32(), "i8": pa.int8(),
        "at": pa.timestamp("us"), "dms_at": pa.timestamp("ms", "UTC"), "b": pa.bool_(), "raw": pa.binary(),
    }  # fmt: skip
    source = Source(lake, "types", columns, ["ID"])
    source.rows = [{"ID": 2**64 - 1, "u8": 255, "u16": 65535, "u32": 2**32 - 1, "i8": -128, "b": True, "raw": b"\0x"}]
    source.load()
    lake.ok()
    written = pq.read_table(lake.processed / "shop" / "types" / "batch=1")
    assert written.column_names == ["cdc_op", "cdc_commit_time", "cdc_change_seq", *columns, "BI_ID"]
    assert [str(written.schema.field(name).type) for name in columns] == [
        "decimal128(20, 0)", "int16", "int32", "int64", "int8", "timestamp[us]", "timestamp[us]", "bool", "binary",
    ]  # fmt: skip
    assert written.to_pylist()[0]["ID"] == 2**64 - 1
