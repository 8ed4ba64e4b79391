"""Tables that start over: TRUNCATE, DROP, reloads, and full loads whose files come one by one."""

from __future__ import annotations

import shutil
from typing import Any

import pyarrow.parquet as pq
import pytest

from lakehouse.raw import raw_files
from lakehouse.run.engine import Engine
from support.lake import ITEMS, Lake, Read, Source, normal

pytestmark = pytest.mark.slow_on_spark


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


def test_files_that_are_gone_without_an_order_empty_nothing(lake: Lake, items: Source, current: Read) -> None:
    """Nor does a damaged change log beside them, nor changes that come afterwards."""
    lake.ok()
    good = normal(current(items))
    items.lose_files()
    for _ in range(2):
        assert lake.run() == [11, 11, 0]
        for job in ("process-load", "process-cdc"):
            (blocked,) = lake.reports[job]["set_aside"]
            assert blocked["uri"] == f"file://{items.folder}/"
            assert "all raw files of shop.items are missing" in blocked["reason"]
            assert "run-etl --accept-empty shop.items" in blocked["reason"]
            (entry,) = lake.reports[job]["tables"]
            assert entry["note"] == "blocked: its files are missing from the raw zone"
        assert normal(current(items)) == good
        shutil.rmtree(lake.processed / "shop" / "items", ignore_errors=True)
    items.insert(id=50, name="after")
    items.flush()
    assert lake.run() == [11, 11, 0]
    assert normal(current(items)) == good
    items.lose_files()
    assert lake.run(more=("--accept_empty", "shop.other,shop.items")) == [0, 0, 0]
    assert current(items) == []
    lake.ok()


def test_an_order_counts_once(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.truncate()
    items.insert(id=1, name="after")
    items.flush()
    lake.ok()
    items.lose_files()
    assert lake.run() == [11, 11, 0]
    assert normal(current(items)) == normal(items.rows)


def test_a_load_under_way_is_published_when_it_has_ended(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    good = normal(current(items))
    items.rows = items.rows[:2]
    items.lose_files()
    _, later = items.load(files=2)
    whole = later.read_bytes()
    later.unlink()
    for _ in range(2):
        assert lake.run(more=("--loading", '[["shop"],["items"]]')) == [0, 0, 0]
        (entry,) = lake.reports["process-load"]["tables"]
        assert entry["note"] == "unchanged, because its full load is in progress"
        assert normal(current(items)) == good
    later.write_bytes(whole)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    (entry,) = lake.reports["apply-changes"]["tables"]
    assert entry["note"] == f"rewritten, without {len(good) - 2} previous rows"


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


@pytest.mark.parametrize("key", [["id"], []], ids=["key", "no key"])
def test_reload_of_a_table_that_was_empty_at_the_full_load(lake: Lake, current: Read, key: list[str]) -> None:
    table = Source(lake, "late", ITEMS, key)
    table.insert(id=1, name="twice")
    table.insert(id=1 if not key else 2, name="twice")
    table.flush()
    lake.ok()
    table.rows = [dict(table.rows[0], name="without any change")]
    table.load()
    table.insert(id=3)
    table.flush()
    lake.ok()
    assert normal(current(table)) == normal(table.rows)


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
    late = Source(lake, "late", ITEMS, key)
    late.rows = [{"id": 1, "name": "a", "amount": None}]
    late.load()
    lake.ok()
    late.insert(id=5)
    late.flush()
    lake.ok()
    late.update({"id": 1}, name="b")
    held = late.flushed()
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
    big = Source(lake, "big", ITEMS, ["id"])
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
