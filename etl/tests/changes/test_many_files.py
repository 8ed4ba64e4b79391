"""A table with very many change files: a run looks at the newest, and still finds whatever came, went or changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.changes import listing
from lakehouse.changes.listing import WHOLE_EVERY
from lakehouse.storage import listing as lists_of_files
from lakehouse.storage import state
from support.lake import Lake, Read, Source, normal
from support.stream import Stream, check

pytestmark = pytest.mark.slow_on_spark


class Lists:
    """What the lists of a job had, and a clock that tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        self.later = 0.0
        real = lists_of_files.files_after

        def noted(*arguments: Any) -> Any:
            found = real(*arguments)
            self.names += [file.name for file in found]
            return found

        monkeypatch.setattr(lists_of_files, "files_after", noted)
        # Not that of everybody: clients of the engine wait by it.
        clock = SimpleNamespace(time=lambda: time.time() + self.later)
        monkeypatch.setattr(listing, "time", clock)

    def taken(self) -> list[str]:
        names, self.names = self.names, []
        return names


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Lists:
    monkeypatch.setattr(state, "NEWEST_FILES", 4)
    monkeypatch.setattr(listing, "LISTED_WHOLE", 3)
    return Lists(monkeypatch)


@pytest.fixture
def busy(lake: Lake, lists: Lists) -> Source:
    """A table of one full load and 12 change files, of which the state has the newest 4 as they are."""
    lake.declare("shop", "t", ["id"])
    source = Source(lake, "t", {"id": pa.int32(), "note": pa.string()}, ["id"])
    source.insert(id=0)
    source.pending.clear()
    source.load()
    for number in range(1, 13):
        source.insert(id=number, note="x")
        source.flush()
    lake.ok()
    # All are listed once more, which the state then notes.
    lake.ok()
    lists.taken()
    return source


def log_rows(lake: Lake) -> int:
    return len(pq.read_table(lake.processed / "shop" / "t"))


def late_file(source: Source, **change: Any) -> Path:
    """An update of row 2 whose file has a name among the oldest."""
    source.update({"id": 2}, **change)
    late = source.flushed()
    day, clock = sorted(source.folder.glob("2026*"))[1].stem.split("-")
    return late.rename(source.folder / f"{day}-{int(clock) + 1:09d}.parquet")


def test_a_run_lists_the_newest_files_and_those_of_full_loads(
    lake: Lake, busy: Source, lists: Lists, current: Read
) -> None:
    busy.update({"id": 1}, note="y")
    new = busy.flushed().name
    lake.ok()
    newest = [*sorted(path.name for path in busy.folder.glob("2026*"))[-5:], "LOAD00000001.parquet"]
    assert new in newest
    assert lists.taken() == [*newest, *newest]
    assert normal(current(busy)) == normal(busy.rows)


def test_a_file_that_comes_late_among_the_old_ones_is_taken_in_within_a_day(
    lake: Lake, busy: Source, lists: Lists, current: Read
) -> None:
    before = normal(current(busy))
    late_file(busy, note="late")
    lake.ok()
    assert normal(current(busy)) == before
    lists.later = WHOLE_EVERY + 1
    lake.ok()
    assert len(lists.taken()) > 14
    assert normal(current(busy)) == normal(busy.rows)
    assert log_rows(lake) == 14
    lake.ok()
    lake.ok()
    assert log_rows(lake) == 14
    # From then on, the new ones again.
    lists.taken()
    lake.ok()
    assert len(lists.taken()) < 14


def test_a_clock_that_is_set_back_does_not_put_off_what_is_due_within_a_day(
    lake: Lake, busy: Source, lists: Lists, current: Read
) -> None:
    lists.later = WHOLE_EVERY + 1
    lake.ok()
    lists.later = 0
    late_file(busy, note="late")
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_a_full_load_is_found_however_late_its_name_sorts(
    lake: Lake, busy: Source, lists: Lists, current: Read
) -> None:
    busy.rows = [{"id": 1, "note": "reloaded"}]
    busy.clock = iter(range(10_000, 20_000))
    busy.load(3)
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_a_truncate_is_followed(lake: Lake, busy: Source, current: Read) -> None:
    busy.truncate()
    lake.ok()
    assert current(busy) == []
    busy.insert(id=5)
    busy.flush()
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_files_that_are_gone_without_an_order_empty_nothing(lake: Lake, busy: Source, current: Read) -> None:
    before = normal(current(busy))
    busy.lose_files()
    assert lake.run() == [11, 11, 0]
    assert normal(current(busy)) == before


@pytest.mark.parametrize("which", [0, -1], ids=["an old file", "the newest file"])
def test_a_file_that_is_gone_is_forgotten(lake: Lake, busy: Source, lists: Lists, current: Read, which: int) -> None:
    sorted(busy.folder.glob("2026*"))[which].unlink()
    lake.ok()
    lists.later = WHOLE_EVERY + 1
    lake.ok()
    known = lake.state("t")
    assert sum(number for number, _ in known["old_files"]["days"].values()) + len(known["files"]) == 12
    assert log_rows(lake) == 13
    assert normal(current(busy)) == normal(busy.rows)


def test_a_state_that_was_removed_is_rebuilt_from_all_files(lake: Lake, busy: Source, current: Read) -> None:
    (lake.processed / "_state" / "shop" / "t.json").unlink()
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_a_state_of_an_older_version_knows_what_it_knew(lake: Lake, busy: Source, current: Read) -> None:
    path = lake.processed / "_state" / "shop" / "t.json"
    value = json.loads(path.read_text())
    del value["listed"], value["since"]
    path.write_text(json.dumps(value | {"old_files": ["0" * 128, "1" * 128]}))
    for _ in range(2):
        lake.ok()
        assert lake.reports["process-cdc"]["tables"] == []
        assert log_rows(lake) == 13
    assert sum(number for number, _ in lake.state("t")["old_files"]["days"].values()) == 8


def test_old_content_under_another_name_is_known(lake: Lake, busy: Source, current: Read) -> None:
    old = sorted(busy.folder.glob("2026*"))[2]
    old.with_name("20990101-000000000.parquet").write_bytes(old.read_bytes())
    os.utime(old, (1, 1))
    lake.ok()
    assert lake.reports["process-cdc"]["tables"] == []
    assert log_rows(lake) == 13


def test_a_file_with_one_change_more_than_the_log_has_is_taken_in(
    lake: Lake, busy: Source, lists: Lists, current: Read
) -> None:
    """As DMS writes after a restart: known changes and new ones in one file."""
    old = sorted(busy.folder.glob("2026*"))[2]
    busy.update({"id": 3}, note="again")
    again = busy.flushed()
    both = pa.concat_tables([pq.read_table(old), pq.read_table(again)])
    pq.write_table(both, again)
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_a_damaged_file_among_the_old_ones_is_quarantined(
    lake: Lake, busy: Source, lists: Lists, current: Read
) -> None:
    (busy.folder / "20260101-000000000.parquet").write_bytes(b"PAR1 not much PAR1")
    lists.later = WHOLE_EVERY + 1
    assert lake.run() == [0, 11, 0]
    assert [Path(entry["uri"]).name for entry in lake.reports["process-cdc"]["set_aside"]] == [
        "20260101-000000000.parquet"
    ]
    assert normal(current(busy)) == normal(busy.rows)


def test_a_table_with_messages_beside_its_files_is_listed_whole(lake: Lake, busy: Source, lists: Lists) -> None:
    hour = busy.folder / f"{time.gmtime().tm_year}" / "11" / "29" / "10"
    hour.mkdir(parents=True)
    (hour / "messages").write_bytes(b"")
    lake.ok()
    assert len(lists.taken()) == 2 * 14


def test_random_streams_of_many_files(
    lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Lake], Any]
) -> None:
    """Every second run lists the newest files only: what comes late comes with the next."""
    monkeypatch.setattr(state, "NEWEST_FILES", 1)
    monkeypatch.setattr(listing, "LISTED_WHOLE", 0)
    due = [True]
    starts = listing._starts

    def every_second(*arguments: Any) -> Any:
        if arguments[1] == "change":
            due[0] = not due[0]
        return [] if due[0] else starts(*arguments)

    monkeypatch.setattr(listing, "_starts", every_second)
    monkeypatch.setattr(listing, "WHOLE_EVERY", 1e9)
    check(lake, [Stream(lake, seed) for seed in range(40 if engine == "sail" else 4)], reader(lake))
