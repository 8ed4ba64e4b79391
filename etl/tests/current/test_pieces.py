"""Large current tables, which Sail writes in pieces: readers get all of them in one commit, or none."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from lakehouse.current import current_rows
from lakehouse.storage import iceberg, maintenance
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import Metadata
from lakehouse.storage.staged_table import StagedTable
from support.lake import Lake, Source, normal
from support.left_over import unpublished

Read = Callable[[Source], Any]
LOCATION = "current/shop/large"


@pytest.fixture
def large(lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A table of 24 files in six pieces, with a row whose key lacks a value."""
    if engine != "sail":
        pytest.skip("Apache Spark writes a table in one statement")
    monkeypatch.setattr("lakehouse.run.engine.FILE_ROWS", 100)
    lake.declare("shop", "large", ["id", "part"])
    source = Source(lake, "large", {"id": pa.int64(), "part": pa.string(), "note": pa.string()}, ["id", "part"])
    source.rows = [{"id": number, "part": "a", "note": f"{number}"} for number in range(2399)]
    source.rows.append({"id": None, "part": "b", "note": "no number"})
    source.load()
    lake.ok()
    return source


def change_all_over(table: Source) -> None:
    for number in range(0, 2399, 40):
        table.update({"id": number, "part": "a"}, note="changed")
    table.delete({"id": 41, "part": "a"})
    table.flush()


def test_a_table_is_one_snapshot_of_all_its_pieces(lake: Lake, large: Source, current: Read) -> None:
    storage = Storage(f"file://{lake.processed}/")
    assert normal(current(large)) == normal(large.rows)
    assert len(Metadata.read(storage, LOCATION).snapshots) == 1
    first = iceberg.sequence(storage, LOCATION)
    change_all_over(large)
    lake.ok()
    assert normal(current(large)) == normal(large.rows)
    assert iceberg.size(storage, LOCATION)[1] == len(large.rows)
    assert iceberg.sequence(storage, LOCATION) > first
    old, new = Metadata.read(storage, LOCATION).snapshots
    assert new["parent-snapshot-id"] == old["snapshot-id"]
    assert storage.folders("_staging/current/shop") == []
    # What only the old one has goes, and nothing of the new one.
    assert maintenance.expire_snapshots(storage, LOCATION, 0) > 0
    names = {file.name for file in storage.files(LOCATION) if file.name.endswith((".parquet", ".avro"))}
    assert names == iceberg.files_of(storage, LOCATION, [new])
    assert normal(current(large)) == normal(large.rows)
    # A merge, which Sail does by itself, continues from there.
    large.update({"id": 7, "part": "a"}, note="changed again")
    large.flush()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)


def test_a_rewrite_that_fails_before_its_end_changes_nothing(
    lake: Lake, large: Source, monkeypatch: pytest.MonkeyPatch, current: Read
) -> None:
    before = normal(current(large))
    change_all_over(large)
    with monkeypatch.context() as patched:

        def fail(_: StagedTable) -> None:
            raise OSError("the disk is full")

        patched.setattr(StagedTable, "publish", fail)
        assert lake.run() == [0, 0, 1]
        assert normal(current(large)) == before
    lake.ok()
    assert normal(current(large)) == normal(large.rows)


def test_what_is_left_by_one_that_was_killed_goes(
    lake: Lake, large: Source, monkeypatch: pytest.MonkeyPatch, current: Read
) -> None:
    before = normal(current(large))
    change_all_over(large)
    storage = Storage(f"file://{lake.processed}/")
    with monkeypatch.context() as patched:
        # As a kill between the last piece and the commit leaves it: nothing is tidied up.
        patched.setattr(StagedTable, "publish", lambda _: 1 / 0)
        patched.setattr(StagedTable, "remove", lambda _: None)
        assert lake.run() == [0, 0, 1]
    assert storage.folders("_staging/current/shop") == ["large"]
    assert normal(current(large)) == before
    lake.ok()
    assert normal(current(large)) == normal(large.rows)
    assert storage.folders("_staging/current/shop") == []
    maintenance.expire_snapshots(storage, LOCATION, 0)
    names = {file.name for file in storage.files(LOCATION) if file.name.endswith((".parquet", ".avro"))}
    assert names == iceberg.files_of(storage, LOCATION, Metadata.read(storage, LOCATION).snapshots[-1:])


@pytest.mark.parametrize("what", ["changed", "removed"])
def test_a_table_that_another_program_touches_meanwhile_is_not_replaced(
    lake: Lake, large: Source, monkeypatch: pytest.MonkeyPatch, current: Read, what: str
) -> None:
    before = normal(current(large))
    change_all_over(large)
    storage = Storage(f"file://{lake.processed}/")
    publish = StagedTable.publish

    def touched(staged: StagedTable) -> None:
        if what == "removed":
            shutil.rmtree(lake.processed / LOCATION)
        else:
            metadata = Metadata.read(storage, LOCATION)
            metadata.content["properties"] = {"owner": "another"}
            assert metadata.commit(storage, LOCATION)
        publish(staged)

    with monkeypatch.context() as patched:
        patched.setattr(StagedTable, "publish", touched)
        assert lake.run() == [0, 0, 1]
    assert f"{LOCATION} was changed or removed by another program" in lake.reports["apply-changes"]["error"]
    if what == "changed":
        assert normal(current(large)) == before
        assert Metadata.read(storage, LOCATION).content["properties"] == {"owner": "another"}
    lake.ok()
    assert normal(current(large)) == normal(large.rows)
    assert unpublished(lake) == []


def test_changes_of_rows_whose_key_lacks_a_value(lake: Lake, large: Source, current: Read) -> None:
    large.update({"id": None, "part": "b"}, note="changed")
    large.update({"id": 3, "part": "a"}, note="changed")
    large.flush()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)


def test_a_reload_with_another_column_replaces_all_pieces(lake: Lake, large: Source, current: Read) -> None:
    large.alter({**large.columns, "more": pa.int32()})
    large.rows = [{**row, "more": 1} for row in large.rows if row["id"] != 5]
    large.load()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)


def test_each_key_is_looked_for_in_parts_of_few(
    lake: Lake, large: Source, monkeypatch: pytest.MonkeyPatch, current: Read
) -> None:
    monkeypatch.setattr("lakehouse.run.engine.KEYS_AT_A_TIME", 700)
    looked: list[tuple[int, bool]] = []
    once = current_rows.each_key_once

    def noted(rows: Any, key: list[str], parts: int) -> bool:
        looked.append((parts, once(rows, key, parts)))
        return looked[-1][1]

    monkeypatch.setattr(current_rows, "each_key_once", noted)
    # Without the one whose key lacks a value.
    large.rows.pop()
    large.load()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)
    # A load whose files overlap has rows twice.
    again = large.rows[17]
    large.rows.append(again)
    large.load()
    large.rows.pop()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)
    assert looked == [(4, True), (4, False)]
