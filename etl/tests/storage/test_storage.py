"""What the jobs write for themselves outlives a power failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lakehouse.storage.files import LinkedFolder, Storage


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
