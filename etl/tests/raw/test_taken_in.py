"""What is known of the files of messages: whatever comes late, goes or is killed, each file counts once."""

from __future__ import annotations

import gzip
import json
import random
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lakehouse.raw import taken_in
from lakehouse.raw.taken_in import Known, TakenIn
from lakehouse.storage import listing as lists_of_files
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import Storage, StoredFile
from support.lake import ITEMS, Lake, Read, normal
from support.streamed import StreamedSource

TABLE = Table("shop", "t")


class Killed(Exception):
    pass


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taken_in, "MOST", 6)
    monkeypatch.setattr(taken_in, "LISTED_WHOLE", 3)


def message_file(day: int, number: int) -> StoredFile:
    return StoredFile(f"shop/t/2026/11/{day:02d}/10/m-{number}.json.gz", 1, 1)


@pytest.mark.parametrize("seed", range(6))
def test_each_file_is_taken_in_once(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files come on any day and go; runs list all or the newest days, and may be killed at any write."""
    draw = random.Random(seed)
    clock = [1e9]
    monkeypatch.setattr(taken_in, "time", SimpleNamespace(time=lambda: clock[0]))
    target = Storage(f"file://{tmp_path}/")
    saved: dict[str, Any] = {}
    there: dict[str, StoredFile] = {}
    taken: list[str] = []
    writes = [0]

    def guard() -> None:
        writes[0] -= 1
        if writes[0] == 0:
            raise Killed

    target.guard = guard
    for run in range(120):
        clock[0] += draw.choice([600, 4000, taken_in.WHOLE_EVERY])
        today = 1 + run // 5
        for number in range(draw.randint(0, 4)):
            late = today if draw.random() < 0.8 else draw.randint(1, today)
            file = message_file(late, run * 10 + number)
            there[file.path] = file
        if there and draw.random() < 0.2:
            del there[draw.choice(sorted(there))]
        known = Known(**saved)
        first = known.lists_from
        files = [file for path, file in there.items() if not first or path > f"shop/t/{first}"]
        writes[0] = draw.choice([0, 0, 0, 1, 2, 3])
        try:
            run_ = TakenIn(target, TABLE, known, "shop/t", files, first)
            fresh = [file.path for file in files if not run_.has(file)]
            run_.add(fresh)
            run_.note(known)
        except Killed:
            continue
        saved = vars(known)
        taken += fresh
        assert len(known.seen) <= 16 * 60
    # All that is there was taken in, at the latest by a list of all; nothing twice.
    clock[0] += taken_in.WHOLE_EVERY + 1
    writes[0] = 0
    last = TakenIn(target, TABLE, Known(**saved), "shop/t", list(there.values()), "")
    fresh = [path for path, file in there.items() if not last.has(file)]
    assert len(taken) == len(set(taken))
    assert set(there) - set(taken) == set(fresh)


def test_a_state_does_not_grow_with_the_files_of_a_day(tmp_path: Path) -> None:
    target = Storage(f"file://{tmp_path}/")
    sizes = []
    for files_a_day in (10, 100, 1000):
        known = Known()
        files = [message_file(day, number) for day in range(1, 21) for number in range(files_a_day)]
        for _ in range(2):
            run = TakenIn(target, TABLE, known, "shop/t", files, "")
            run.add(file.path for file in files if not run.has(file))
            run.note(known)
        assert sorted(known.days) == [f"2026/11/{day:02d}" for day in range(1, 19)]
        sizes.append(len(json.dumps(vars(known) | {"seen": ""})))
        assert len(known.seen) == 2 * files_a_day * 16
    assert max(sizes) - min(sizes) < 100


@pytest.fixture
def streamed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> StreamedSource:
    """A table by messages of ten days, a file a day beside the first two."""
    lake.declare("shop", "items", ["id"])
    source = StreamedSource(lake, "items", ITEMS, ["id"])
    source.load()
    for day in range(1, 11):
        source.insert(id=day, name=f"day {day}", amount=None)
        move(source.flushed(), day)
    # The second run makes files a day of what the first one took in.
    lake.ok()
    lake.ok()
    return source


def move(path: Path, day: int) -> Path:
    folder = path.parents[4] / "2026" / "09" / f"{day:02d}" / "15"
    folder.mkdir(parents=True, exist_ok=True)
    return path.rename(folder / path.name)


def seen(lake: Lake) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((lake.processed / "_stream" / "_state" / "shop" / "items.json").read_text())
    return value


@pytest.mark.slow_on_spark
def test_a_run_lists_the_newest_days_and_takes_in_late_files_within_a_day(
    lake: Lake, streamed: StreamedSource, current: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen(lake)["since"] == "2026/09/09"
    listed: list[str] = []
    real = lists_of_files.files_after

    def noted(*arguments: Any) -> Any:
        found = real(*arguments)
        listed.extend(file.path for file in found if file.path.endswith(".gz"))
        return found

    monkeypatch.setattr(lists_of_files, "files_after", noted)
    before = normal(current(streamed))
    streamed.insert(id=20, name="late", amount=None)
    move(streamed.flushed(), 2)
    lake.ok()
    assert {path.split("/")[4] for path in listed} == {"09", "10"}
    assert normal(current(streamed)) == before
    streamed.insert(id=21, name="new", amount=None)
    move(streamed.flushed(), 11)
    lake.ok("process-cdc", "apply-changes")
    assert len(current(streamed)) == len(before) + 1
    monkeypatch.setattr(taken_in, "time", SimpleNamespace(time=lambda: time.time() + taken_in.WHOLE_EVERY + 1))
    lake.ok()
    assert normal(current(streamed)) == normal(streamed.rows)
    monkeypatch.undo()
    lake.ok()
    for job in ("process-load", "process-cdc"):
        assert lake.reports[job]["tables"] == []


@pytest.mark.slow_on_spark
def test_what_cannot_be_read_is_reported_by_each_run(lake: Lake, streamed: StreamedSource, current: Read) -> None:
    path = move(streamed.deliver([], gzip.compress(b"{broken\n")), 1)
    (lake.processed / "_stream" / "_state" / "shop" / "items.json").unlink()
    for _ in range(4):
        assert lake.run() == [11, 11, 0]
        assert [Path(entry["uri"]).name for entry in lake.reports["process-cdc"]["set_aside"]] == [path.name]
    assert seen(lake)["since"] == "2026/09/01"
    path.unlink()
    (lake.processed / "_stream" / "_state" / "shop" / "items" / "20260903.txt").unlink()
    lake.ok()
    assert normal(current(streamed)) == normal(streamed.rows)
