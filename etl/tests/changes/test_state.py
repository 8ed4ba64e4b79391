"""The bookkeeping of a table stays small, and nothing is taken in twice for it or left out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.storage import state
from support.lake import Lake, Source, normal
from support.stream import Stream, check

pytestmark = pytest.mark.slow_on_spark

Read = Callable[[Source], list[dict[str, Any]]]


@pytest.fixture
def busy(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A table of one full load and 12 change files, of which the state has the newest 4 as they are."""
    monkeypatch.setattr(state, "NEWEST_FILES", 4)
    lake.declare("shop", "t", ["id"])
    source = Source(lake, "t", {"id": pa.int32(), "note": pa.string()}, ["id"])
    source.insert(id=0)
    source.pending.clear()
    source.load()
    for number in range(1, 13):
        source.insert(id=number, note="x")
        source.flush()
    lake.ok()
    return source


def log_rows(lake: Lake) -> int:
    return len(pq.read_table(lake.processed / "shop" / "t"))


def nothing_new(lake: Lake) -> None:
    rows = log_rows(lake)
    lake.ok()
    assert [lake.reports[job]["tables"] for job in ("process-load", "process-cdc")] == [[], []]
    assert log_rows(lake) == rows


def old_files(lake: Lake) -> int:
    return sum(number for number, _ in lake.state("t")["old_files"]["days"].values())


def test_of_old_change_files_there_is_an_entry_a_day(lake: Lake, busy: Source, current: Read) -> None:
    names = sorted(path.name for path in busy.folder.iterdir())
    assert sorted(lake.state("t")["files"]) == names[-5:]
    assert lake.state("t")["old_files"]["until"] == names[8]
    assert list(lake.state("t")["old_files"]["days"]) == ["20260905"]
    assert old_files(lake) == 8
    nothing_new(lake)
    busy.update({"id": 1}, note="y")
    busy.flush()
    lake.ok()
    assert log_rows(lake) == 14
    assert normal(current(busy)) == normal(busy.rows)


def test_old_files_written_or_delivered_once_more_are_known(lake: Lake, busy: Source, current: Read) -> None:
    old = sorted(busy.folder.glob("2026*"))[2]
    os.utime(old, (1, 1))
    nothing_new(lake)
    nothing_new(lake)
    old.with_name("20990101-000000000.parquet").write_bytes(old.read_bytes())
    nothing_new(lake)
    assert normal(current(busy)) == normal(busy.rows)


def test_files_that_come_late_among_the_old_ones_are_taken_in(lake: Lake, busy: Source, current: Read) -> None:
    busy.update({"id": 2}, note="late")
    late = busy.flushed()
    day, time = sorted(busy.folder.glob("2026*"))[1].stem.split("-")
    late.rename(busy.folder / f"{day}-{int(time) + 1:09d}.parquet")
    lake.ok()
    assert log_rows(lake) == 14
    nothing_new(lake)
    assert normal(current(busy)) == normal(busy.rows)


def test_files_that_are_no_longer_in_the_raw_zone_are_forgotten(lake: Lake, busy: Source, current: Read) -> None:
    changes = sorted(busy.folder.glob("2026*"))
    for path in (changes[0], changes[-1]):
        path.unlink()
    nothing_new(lake)
    assert len(lake.state("t")["files"]) == 4  # the full load among them
    assert old_files(lake) == 7
    assert normal(current(busy)) == normal(busy.rows)


def test_truncate_forgets_all_files(lake: Lake, busy: Source, current: Read) -> None:
    busy.truncate()
    lake.ok()
    assert current(busy) == []
    assert len(lake.state("t")["files"]) == 1
    assert lake.state("t")["old_files"] == {"until": "", "days": {}}
    busy.insert(id=5)
    busy.flush()
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_a_reload_is_one_though_old_change_files_stay(lake: Lake, busy: Source, current: Read) -> None:
    busy.rows = [{"id": 1, "note": "reloaded"}]
    busy.clock = iter(range(10_000, 20_000))
    busy.load()
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_streams_of_which_almost_all_files_are_old(
    lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch, reader: Callable[[Lake], Any]
) -> None:
    monkeypatch.setattr(state, "NEWEST_FILES", 1)
    check(lake, [Stream(lake, seed) for seed in range(40 if engine == "sail" else 4)], reader(lake))
