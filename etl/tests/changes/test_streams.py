"""Any stream of changes, however its files arrive: the current table is what the source holds."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support.lake import Lake
from support.stream import Stream, check

pytestmark = pytest.mark.slow_on_spark

AT_ONCE = {"sail": 100, "spark": 8}
"""Streams in one lake, a table each: the jobs run for all of them together."""

STREAMS = {"sail": 200, "spark": 16}
"""
Number of streams, where the environment's `STREAMS` does not say: `npm run test:faults` has 2,000. One takes seconds on
Apache Spark.
"""

RUN_AGAIN = 1
"""Number of lakes whose jobs are run again: one of Sail's is 100 streams."""


def test_current_tables_are_what_the_sources_hold(
    engine: str, tmp_path_factory: pytest.TempPathFactory, reader: Callable[[Lake], Any]
) -> None:
    at_once = AT_ONCE[engine]
    streams = int(os.environ.get("STREAMS", STREAMS[engine]))

    lakes = itertools.count(1)

    @settings(
        max_examples=max(1, streams // at_once),
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(seeds=st.lists(st.integers(0, 2**31), min_size=at_once, max_size=at_once, unique=True))
    def hold(seeds: list[int]) -> None:
        lake = Lake(tmp_path_factory.mktemp("streams") / "lake")
        streams = [Stream(lake, seed) for seed in seeds]
        check(lake, streams, reader(lake))
        if next(lakes) <= RUN_AGAIN:
            check_again(lake)

    hold()


def check_again(lake: Lake) -> None:
    """Two runs and five leave what one leaves, byte for byte."""
    before = contents(lake.processed)
    for more in (1, 3):
        for _ in range(more):
            lake.ok()
        assert contents(lake.processed) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "_runs" not in path.parts}
