"""What the jobs write for themselves outlives a power failure."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lakehouse.run.engine import Engine
from lakehouse.storage import files
from lakehouse.storage.files import DamagedState, LinkedFolder, Storage
from lakehouse.storage.iceberg import IcebergTable
from support.lake import Lake


def test_a_state_is_on_disk_before_and_after_it_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        steps.append(f"sync {Path(os.readlink(f'/proc/self/fd/{handle}')).relative_to(tmp_path)}")
        fsync(handle)

    def noted_replace(old: str, new: str) -> None:
        assert Path(old).read_bytes() == b'{"a":1}'
        steps.append(f"move {Path(new).relative_to(tmp_path)}")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    storage = Storage(f"file://{tmp_path}/")
    storage.write_json("_state/shop/t.json", {"a": 1})
    assert steps == ["sync _state/shop/t.json.new", "move _state/shop/t.json", "sync _state/shop"]
    assert storage.read_json("_state/shop/t.json") == {"a": 1}
    assert [file.path for file in storage.files("")] == ["_state/shop/t.json"]


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo], ids=["folder", "named pipe"])
def test_what_lies_in_the_place_of_a_state_and_is_no_file_is_named(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "t.json")
    with pytest.raises(DamagedState, match=r"/t\.json is not a file: move it away and run the jobs"):
        Storage(f"file://{tmp_path}/").read_json("t.json")


def test_nothing_is_removed_or_replaced_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "data").mkdir(parents=True)
    precious = elsewhere / "data" / "precious.parquet"
    precious.write_text("not ours")
    zone = tmp_path / "zone"
    zone.mkdir()
    storage = Storage(f"{zone.as_uri()}/")
    (zone / "linked").symlink_to(elsewhere)
    (zone / "table").mkdir()
    (zone / "table" / "data").symlink_to(elsewhere / "data")
    (zone / "table" / "own").mkdir()
    (zone / "table" / "own" / "inside").symlink_to(elsewhere)
    refusal = pytest.raises(LinkedFolder, match="symbolic link")
    with refusal:
        storage.delete_folder("linked")
    with refusal:
        storage.delete_folder("linked/data")
    with refusal:
        storage.delete_file("table/data/precious.parquet")
    with refusal:
        storage.move("table/data/precious.parquet", "taken")
    with refusal:
        storage.require_own("table/data")
    # Inside a folder of its own a link goes, and what it leads to stays.
    storage.delete_folder("table/own")
    assert not (zone / "table" / "own").exists()
    assert precious.read_text() == "not ours"


def test_a_zone_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "large disk").mkdir()
    (tmp_path / "zone").symlink_to(tmp_path / "large disk")
    storage = Storage(f"{(tmp_path / 'zone').as_uri()}/")
    storage.write("a/b", b"1")
    storage.delete_folder("a")
    assert storage.files("") == []


def test_what_an_engine_wrote_is_on_disk_before_what_rests_on_it(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    monkeypatch.setattr(files, "_sync_disk", lambda folder: steps.append(f"disk of {Path(folder).name}"))
    replace = os.replace

    def noted(old: str, new: str) -> None:
        steps.append(f"state {Path(new).name}")
        replace(old, new)

    monkeypatch.setattr(os, "replace", noted)
    storage = Storage(f"file://{lake.processed}/")
    engine = Engine(storage, lake.database)
    rows = engine.session.range(3)
    table = IcebergTable("t", "current/shop/t")
    writes: dict[str, Callable[[], None]] = {
        "parquet": lambda: engine.write_parquet(rows, "a/t"),
        "append": lambda: engine.append_parquet(rows.selectExpr("id", "1 AS part"), "b/t", "part"),
        "table": lambda: engine.replace_table(table, rows),
    }
    for name, write in writes.items():
        write()
        storage.write_json(f"_state/{name}.json", {})
        storage.write_json("_state/again.json", {})
        assert steps == [f"disk of {lake.processed.name}", f"state {name}.json", "state again.json"]
        steps.clear()
    engine.write_parquet(rows, "a/t")
    storage.delete_folder("b")
    assert steps == [f"disk of {lake.processed.name}"]
    engine.write_parquet(rows, "a/t")
    assert storage.create_json("current/shop/t/metadata/v9.metadata.json", {})
    assert steps == 2 * [f"disk of {lake.processed.name}"]


def test_the_disk_of_a_folder_can_be_synchronised(tmp_path: Path) -> None:
    files._sync_disk(str(tmp_path))
    with pytest.raises(OSError):
        files._sync_disk(str(tmp_path / "none"))
