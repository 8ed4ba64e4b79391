"""Any stream of changes, however its files arrive: the current table is what the source holds."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from stream import SEGMENTS, Stream

from support import Lake, Source, normal

AT_ONCE = 100
"""Streams in one lake: the jobs run for all of them together."""

STREAMS = int(os.environ.get("STREAMS", "300"))
"""Number of streams; `STREAMS=2000` for the whole proof. On Apache Spark a tenth of them, `STREAMS=100` for quick."""


@settings(
    max_examples=max(1, STREAMS // AT_ONCE),
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(seeds=st.lists(st.integers(0, 2**31), min_size=AT_ONCE, max_size=AT_ONCE, unique=True))
def test_current_tables_are_what_the_sources_hold(
    engine: str, tmp_path_factory: pytest.TempPathFactory, reader: Callable[[Lake], Any], seeds: list[int]
) -> None:
    lake = Lake(tmp_path_factory.mktemp("streams") / "lake")
    # A run of Apache Spark takes some seconds a table.
    check(lake, [Stream(lake, seed) for seed in (seeds if engine == "sail" else seeds[20:30])], reader(lake))


def check(lake: Lake, streams: list[Stream], read: Callable[[Source], Any]) -> None:
    """Runs the streams to their end and compares; a difference names the seeds: `Stream(lake, seed)` repeats one."""
    for number in range(SEGMENTS):
        for stream in streams:
            stream.segment(last=number == SEGMENTS - 1)
            stream.before_run()
        lake.ok()
        for stream in streams:
            stream.after_run()
    lake.ok()
    wrong = [stream.source.name for stream in streams if differs(stream.source, read)]
    assert wrong == []
    before = contents(lake.processed)
    for _ in range(2):
        lake.ok()
        assert contents(lake.processed) == before


def differs(source: Source, read: Callable[[Source], Any]) -> bool:
    if not source.rows and not (source.lake.processed / "_state" / source.schema / f"{source.name}.json").exists():
        return False
    return normal(read(source)) != normal(source.rows)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "_runs" not in path.parts}
