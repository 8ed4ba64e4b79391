"""Full loads of any size are taken in by parts: a job that is killed continues where it was."""

from __future__ import annotations

from typing import Any

import pytest

from lakehouse.changes import batches
from lakehouse.storage import state
from support.lake import Lake, Read, Source, normal

pytestmark = pytest.mark.slow_on_spark


class Killed(Exception):
    """Stands for the end of a job between two batches."""


@pytest.fixture
def loaded(lake: Lake, items: Source, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A table of six rows, whose full load is six files, two of which make a batch."""
    items.insert(id=6)
    items.pending.clear()
    items.load(6)
    size = max(path.stat().st_size for path in items.folder.iterdir())
    monkeypatch.setattr(batches, "BATCH_BYTES", 2 * size)
    return items


def killed_in_batch(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Ends jobs as they begin the batch of this number, counted from now."""
    write = batches.write
    begun = 0

    def stopping(*arguments: Any) -> None:
        nonlocal begun
        begun += 1
        if begun == number:
            raise Killed
        write(*arguments)

    monkeypatch.setattr(batches, "write", stopping)


def folders(lake: Lake) -> dict[str, int]:
    """Folders of the change log, with the time of their newest file."""
    found = (lake.processed / "shop" / "items").iterdir()
    return {path.name: max(file.stat().st_mtime_ns for file in path.iterdir()) for path in found}


def test_batches_are_of_bounded_size(lake: Lake, loaded: Source, current: Read) -> None:
    lake.ok()
    assert [batch["rows"] for batch in lake.state("items")["batches"]] == [2, 2, 2]
    assert normal(current(loaded)) == normal(loaded.rows)
    (entry,) = lake.reports["process-load"]["tables"]
    assert (entry["rows_written"], entry["note"]) == (6, "6 files")


def test_a_file_that_is_larger_is_a_batch_of_its_own(
    lake: Lake, loaded: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", 1)
    lake.ok()
    assert [batch["rows"] for batch in lake.state("items")["batches"]] == [1] * 6
    assert normal(current(loaded)) == normal(loaded.rows)


def test_batches_are_of_a_bounded_number_of_files(
    lake: Lake, loaded: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_BYTES", 2**40)
    monkeypatch.setattr(batches, "BATCH_FILES", 4)
    lake.ok()
    assert [batch["rows"] for batch in lake.state("items")["batches"]] == [4, 2]
    assert normal(current(loaded)) == normal(loaded.rows)


def test_batches_are_as_large_while_older_files_are_folded(
    lake: Lake, items: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "NEWEST_FILES", 1)
    monkeypatch.setattr(batches, "BATCH_FILES", 4)
    for number in range(10, 22):
        items.insert(id=number)
        items.flush()
    lake.ok()
    assert [batch["rows"] for batch in lake.state("items")["batches"]] == [5, 4, 4, 4]
    assert normal(current(items)) == normal(items.rows)


def test_a_load_that_was_killed_continues_where_it_was(
    lake: Lake, loaded: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        killed_in_batch(patch, 3)
        assert lake.run("process-load") == [1]
    done = folders(lake)
    assert len(done) == 2
    # Neither the changes nor the current tables take a part for the whole.
    lake.ok("process-cdc", "apply-changes")
    assert not (lake.processed / "current").exists()
    (entry,) = lake.reports["apply-changes"]["tables"]
    assert "has not processed all of its full load" in entry["note"]
    lake.ok()
    assert {name: time for name, time in folders(lake).items() if name in done} == done
    (entry,) = lake.reports["process-load"]["tables"]
    assert entry["rows_written"] == 2
    assert normal(current(loaded)) == normal(loaded.rows)


def test_a_reload_that_was_killed_leaves_the_last_good_table(
    lake: Lake, loaded: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.ok()
    good = normal(current(loaded))
    loaded.rows = [{**row, "name": "again"} for row in loaded.rows]
    loaded.load(6)
    with monkeypatch.context() as patch:
        killed_in_batch(patch, 2)
        assert lake.run("process-load") == [1]
    lake.ok("process-cdc", "apply-changes")
    assert normal(current(loaded)) == good
    loaded.update({"id": 1}, name="after")
    loaded.flush()
    lake.ok()
    assert normal(current(loaded)) == normal(loaded.rows)
    assert not lake.state("items")["part_of_load"]


def test_what_is_left_of_a_load_may_go(
    lake: Lake, loaded: Source, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        killed_in_batch(patch, 2)
        assert lake.run("process-load") == [1]
    loaded.truncate()
    lake.ok()
    assert current(loaded) == []
    loaded.insert(id=9)
    loaded.flush()
    lake.ok()
    assert normal(current(loaded)) == normal(loaded.rows)


def test_changes_continue_too(lake: Lake, loaded: Source, current: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.ok()
    for number in range(10, 15):
        loaded.insert(id=number)
        loaded.flush()
    size = max(path.stat().st_size for path in loaded.folder.iterdir())
    monkeypatch.setattr(batches, "BATCH_BYTES", 2 * size)
    with monkeypatch.context() as patch:
        killed_in_batch(patch, 3)
        assert lake.run("process-cdc") == [1]
    lake.ok("apply-changes")
    assert len(current(loaded)) == 10
    lake.ok()
    assert lake.reports["process-cdc"]["tables"][0]["rows_written"] == 1
    assert normal(current(loaded)) == normal(loaded.rows)
