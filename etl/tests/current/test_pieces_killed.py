"""
A job that is killed at each step of writing a large table on Sail: readers have the rows of before or those of after,
and the next run comes to the right ones and leaves no file behind.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from lakehouse.storage import iceberg, maintenance
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import Metadata
from support import killed_at
from support.lake import Lake, Read, Source, normal
from support.left_over import unpublished
from support.processes import SCRIPTS

TABLE = "^current/shop/large[0-9]+/"
STEPS = {
    "after two pieces": ("save", "_staging/current/shop/large", 3),
    "before the manifests": ("write", f"{TABLE}metadata/", 1),
    "before their list": ("write", f"{TABLE}metadata/snap-", 1),
    "before the metadata": ("create_json", TABLE, 1),
    "before its hint": ("write", f"{TABLE}metadata/version-hint", 1),
    "before the staging folder goes": ("delete_folder", "^_staging/", 1),
    "before the state": ("write", "^_state/shop/large", 1),
}
PUBLISHED = ("before its hint", "before the staging folder goes", "before the state")
"""Steps before which the new metadata is there."""

NUMBERS = itertools.count()
ALL = os.environ.get("ALL_FAULTS") == "1"


def large(lake: Lake) -> Source:
    """A table of twelve files in three pieces, of which the full load is there."""
    lake.declare("shop", name := f"large{next(NUMBERS)}", ["id"])
    source = Source(lake, name, {"id": pa.int64(), "note": pa.string()}, ["id"])
    source.rows = [{"id": number, "note": f"{number}"} for number in range(12 * killed_at.ROWS)]
    source.load()
    return source


def change_all_over(table: Source) -> None:
    for row in table.rows[::40]:
        table.update({"id": row["id"]}, note=f"{row['note']}, changed")
    table.delete(table.rows[1])
    table.flush()


def kill(lake: Lake, step: tuple[str, str, int]) -> None:
    """Runs apply-changes until it is killed before a step."""
    command = [str(Path(killed_at.__file__)), *map(str, step), str(SCRIPTS / "apply_changes.py")]
    killed = subprocess.run([sys.executable, *command, *lake.arguments("killed")], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()


def assert_nothing_is_left(lake: Lake, source: Source) -> None:
    storage = Storage(f"file://{lake.processed}/")
    location = f"current/shop/{source.name}"
    assert unpublished(lake) == []
    assert storage.files("_staging") == []
    maintenance.expire_snapshots(storage, location, 0)
    names = {file.name for file in storage.files(location)}
    live = iceberg.files_of(storage, location, Metadata.read(storage, location).snapshots[-1:])
    assert {name for name in names if not name.endswith((".json", ".text"))} == live


@pytest.fixture(autouse=True)
def _of_sail(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine != "sail":
        pytest.skip("Apache Spark writes a table in one statement")
    monkeypatch.setattr("lakehouse.run.engine.FILE_ROWS", killed_at.ROWS)


def test_a_table_is_changed(lake: Lake, current: Read) -> None:
    source = large(lake)
    lake.ok()
    for name in STEPS if ALL else ("before the metadata", "before the staging folder goes"):
        before = normal(current(source))
        change_all_over(source)
        lake.ok("process-cdc")
        kill(lake, STEPS[name])
        assert normal(current(source)) == (normal(source.rows) if name in PUBLISHED else before), name
        lake.ok()
        assert normal(current(source)) == normal(source.rows), name
        assert_nothing_is_left(lake, source)


def test_a_table_is_new(lake: Lake, current: Read) -> None:
    storage = Storage(f"file://{lake.processed}/")
    for name in STEPS if ALL else ("before its hint",):
        source = large(lake)
        lake.ok("process-load")
        kill(lake, STEPS[name])
        assert iceberg.exists(storage, f"current/shop/{source.name}") == (name in PUBLISHED), name
        if name in PUBLISHED:
            assert normal(current(source)) == normal(source.rows), name
        lake.ok()
        assert normal(current(source)) == normal(source.rows), name
        assert_nothing_is_left(lake, source)


@pytest.mark.skipif(not ALL, reason="takes three more processes: npm run test:faults has it")
def test_a_table_was_removed(lake: Lake, current: Read) -> None:
    source = large(lake)
    lake.ok()
    lake.processed.joinpath("current/shop", source.name).rename(lake.raw.parent / "removed")
    # Its folder then has files, and no metadata: that is not a table.
    kill(lake, STEPS["before the metadata"])
    lake.ok()
    assert normal(current(source)) == normal(source.rows)
    assert_nothing_is_left(lake, source)


@pytest.mark.skipif(not ALL, reason="takes three more processes: npm run test:faults has it")
@pytest.mark.parametrize("is_new", [True, False], ids=["of a new table", "of a table"])
def test_what_a_killed_one_left_is_being_removed(lake: Lake, current: Read, is_new: bool) -> None:
    source = large(lake)
    if not is_new:
        lake.ok()
        change_all_over(source)
    lake.ok("process-load", "process-cdc")
    kill(lake, STEPS["after two pieces"])
    kill(lake, ("delete_folder", TABLE.rstrip("/"), 1) if is_new else ("delete_file", f"{TABLE}data/", 2))
    lake.ok()
    assert normal(current(source)) == normal(source.rows)
    assert_nothing_is_left(lake, source)
