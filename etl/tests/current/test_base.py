"""A table is rebuilt from its base and what came since, and is what it would be without one."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from lakehouse.changes import batches, log_compaction
from lakehouse.current import apply_changes, base
from lakehouse.run.engine import Engine
from lakehouse.storage import state
from support.lake import ITEMS, Lake, Read, Source, normal
from support.stream import SEGMENTS, Stream, differs

pytestmark = pytest.mark.slow_on_spark


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A base after every publication."""
    monkeypatch.setattr(apply_changes, "MAINTAIN_EVERY", 1)
    monkeypatch.setattr(base, "_is_due", lambda _base, _batches: True)


@pytest.fixture
def changed(lake: Lake, items: Source) -> Source:
    """A table with a base of its full load and some changes."""
    lake.ok()
    items.update({"id": 1}, name="changed")
    items.delete({"id": 2})
    items.insert(id=6, name="new")
    items.flush()
    lake.ok()
    return items


def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Folders that jobs read from now on."""
    found: list[str] = []
    read = Engine.read_parquet

    def noted(engine: Engine, storage: Any, paths: list[str]) -> Any:
        found.extend(paths)
        return read(engine, storage, paths)

    monkeypatch.setattr(Engine, "read_parquet", noted)
    return found


def lose_table(lake: Lake) -> None:
    shutil.rmtree(lake.processed / "current" / "shop" / "items")


def folders(lake: Lake) -> list[str]:
    root = lake.processed / "shop" / "items" / base.FOLDER
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def test_a_rebuild_reads_the_base_and_what_came_since(
    lake: Lake, changed: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.insert(id=7)
    changed.flush()
    lake.ok("process-load", "process-cdc")
    lose_table(lake)
    found = reads(monkeypatch)
    monkeypatch.setattr(base, "_is_due", lambda _base, _batches: False)
    lake.ok("apply-changes")
    assert {path.rsplit("/", 1)[0] for path in found} <= {f"shop/items/{base.FOLDER}", "shop/items"}
    assert not {"shop/items/batch=1", "shop/items/batch=2"} & set(found)
    assert "shop/items/batch=3" in found
    assert normal(current(changed)) == normal(changed.rows)


def test_the_change_log_has_its_history_and_the_base_is_one_folder(lake: Lake, changed: Source) -> None:
    assert len(folders(lake)) == 1
    known = lake.state("items")
    assert known["base"]["batches"] == [1, 2]
    assert known["base"]["rows"] == 6  # five rows, and that one was deleted
    assert [batch["rows"] for batch in known["batches"]] == [5, 3]


@pytest.mark.parametrize("lost", [False, True], ids=["merged", "rebuilt"])
def test_rows_that_come_late_are_put_where_they_belong(lake: Lake, items: Source, current: Read, lost: bool) -> None:
    lake.ok()
    items.update({"id": 1}, name="older")
    items.update({"id": 2}, name="older")
    items.insert(id=10, name="late")
    late = items.flushed()
    content = late.read_bytes()
    late.unlink()
    items.update({"id": 1}, name="newer")
    items.delete({"id": 2})
    items.flush()
    lake.ok()
    late.write_bytes(content)
    lake.ok("process-load", "process-cdc")
    if lost:
        lose_table(lake)
    lake.ok("apply-changes")
    assert normal(current(items)) == normal(items.rows)


def test_a_base_that_is_gone_or_cut_is_not_missed(lake: Lake, changed: Source, current: Read) -> None:
    (folder,) = (lake.processed / "shop" / "items" / base.FOLDER).iterdir()
    next(folder.glob("*.parquet")).unlink()
    lose_table(lake)
    lake.ok("apply-changes")
    assert normal(current(changed)) == normal(changed.rows)
    shutil.rmtree(folder.parent)
    lose_table(lake)
    lake.ok("apply-changes")
    assert normal(current(changed)) == normal(changed.rows)


def test_a_reload_begins_without_one(lake: Lake, changed: Source, current: Read) -> None:
    changed.rows = [{"id": 1, "name": "reloaded", "amount": None}]
    changed.load()
    lake.ok()
    assert normal(current(changed)) == normal(changed.rows)
    assert lake.state("items")["base"]["batches"] == [3]
    assert len(folders(lake)) == 1


def test_one_of_another_generation_goes(
    lake: Lake, changed: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_is_due", lambda _base, _batches: False)
    changed.truncate()
    lake.ok()
    assert current(changed) == []
    assert lake.state("items")["base"] is None
    assert folders(lake) == []


@pytest.mark.parametrize(
    "columns",
    [{**ITEMS, "note": pa.string()}, {**ITEMS, "id": pa.int64()}, {"id": pa.int32(), "name": pa.string()}],
    ids=["a new column", "a changed type", "a dropped column"],
)
def test_columns_change(lake: Lake, changed: Source, current: Read, columns: dict[str, pa.DataType]) -> None:
    changed.alter(columns)
    changed.insert(id=8)
    changed.flush()
    lake.ok()
    lose_table(lake)
    lake.ok("apply-changes")
    assert normal(current(changed)) == normal(changed.rows)


def test_compaction_of_the_log_keeps_the_base(
    lake: Lake, changed: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_compaction, "SMALL_BATCHES", 3)
    for number in range(20, 24):
        changed.insert(id=number)
        changed.flush()
        lake.ok()
    known = lake.state("items")
    assert len(known["batches"]) < 6
    assert set(known["base"]["batches"]) == {batch["number"] for batch in known["batches"]}
    lose_table(lake)
    lake.ok("apply-changes")
    assert normal(current(changed)) == normal(changed.rows)


def test_one_that_was_killed_before_its_state_is_written_again(
    lake: Lake, changed: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        """Stands for the end of the job between base and state."""

    with monkeypatch.context() as patch:

        def rows_in(*_: Any) -> int:
            raise Killed

        changed.insert(id=9)
        changed.flush()
        lake.ok("process-load", "process-cdc")
        real = batches.rows_in
        calls = iter([real, real, rows_in])
        patch.setattr(batches, "rows_in", lambda *arguments: next(calls)(*arguments))
        assert lake.run("apply-changes") == [1]
    assert len(folders(lake)) == 2
    changed.insert(id=10)
    changed.flush()
    lake.ok()
    assert len(folders(lake)) == 1
    assert normal(current(changed)) == normal(changed.rows)


def test_it_is_made_where_it_saves_more_than_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    def batch(number: int, kind: Any, rows: int) -> state.Batch:
        return state.Batch(number, kind, "", rows, [], [], None, None)

    def of(rows: int, *numbers: int) -> state.Base:
        return state.Base(1, "", list(numbers), rows, [], [])

    million = base.ROWS
    load = batch(1, "load", 5 * million)
    assert not base._is_due(None, [load, batch(2, "change", 5 * million - 1)])
    assert base._is_due(None, [load, batch(2, "change", 3 * million), batch(3, "change", 2 * million)])
    assert not base._is_due(None, [batch(1, "load", 10), batch(2, "change", million - 1)])
    assert base._is_due(None, [batch(1, "load", 10), batch(2, "change", million)])
    assert not base._is_due(of(2 * million, 1, 2), [load, batch(2, "change", 9 * million), batch(3, "change", million)])
    assert base._is_due(of(2 * million, 1, 2), [load, batch(2, "change", 0), batch(3, "change", 2 * million)])


def test_random_streams_with_a_base_after_every_publication(
    lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Lake], Any]
) -> None:
    """Tables are lost at random, so that much is rebuilt from a base."""
    chance = random.Random(7)
    used = 0
    has = base.has

    def counted(*arguments: Any) -> bool:
        nonlocal used
        found = has(*arguments)
        used += found
        return found

    monkeypatch.setattr(base, "has", counted)
    streams = [Stream(lake, seed) for seed in range(120 if engine == "sail" else 6)]
    for number in range(SEGMENTS):
        for stream in streams:
            stream.segment(last=number == SEGMENTS - 1)
        lake.ok("process-load", "process-cdc")
        for stream in streams:
            if chance.random() < 0.5:
                shutil.rmtree(lake.processed / "current" / "shop" / stream.source.name, ignore_errors=True)
        lake.ok("apply-changes")
    read = reader(lake)
    assert [stream.source.name for stream in streams if differs(stream.source, read)] == []
    assert used > len(streams) / 6
