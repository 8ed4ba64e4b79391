"""What the jobs write for themselves outlives a power failure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lakehouse.storage.files import Storage


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
