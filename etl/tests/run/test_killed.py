"""A job that is killed at any point, and one whose state is an older one, come to the same tables when run again."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from support.lake import Lake, Read, normal
from support.processes import kill, start, wait_for_work
from support.stream import Stream

pytestmark = pytest.mark.slow_on_spark

KILLS = {"sail": 30 if os.environ.get("ALL_FAULTS") == "1" else 12, "spark": 3}
"""Apache Spark takes some seconds to start: there each job is killed once."""
ROLLBACKS = {"sail": 20, "spark": 5}
TABLES = {"sail": 12, "spark": 4}


def log_rows(lake: Lake, table: str) -> list[tuple[Any, ...]]:
    folder = lake.processed / "shop" / table
    if not folder.exists():
        return []
    rows: list[dict[str, Any]] = []
    for batch in sorted(folder.iterdir()):
        rows += ds.dataset(batch, format="parquet").to_table().to_pylist()
    return normal([{name: value for name, value in row.items() if value is not None} for row in rows])


def test_jobs_killed_at_any_point_lose_nothing_and_double_nothing(
    lake: Lake, engine: str, catalog: Path, reader: Callable[[Lake], Read]
) -> None:
    chance = random.Random(20)
    sources = [Stream(lake, seed) for seed in range(TABLES[engine])]
    killed = {script: 0 for script in ("process_load.py", "process_cdc.py", "apply_changes.py")}
    on_spark = catalog if engine == "spark" else None
    length = 1.0
    if on_spark is None:
        # How long a job takes here, from its start to its end: the kills are spread over that.
        began = time.monotonic()
        for script in killed:
            assert start(lake, script, "first", None).wait() == 0
        length = (time.monotonic() - began) / len(killed)
    attempts = 0
    while sum(killed.values()) < KILLS[engine] or not all(killed.values()):
        attempts += 1
        for source in sources:
            source.segment(last=False)
        for script in killed:
            process = start(lake, script, f"attempt-{attempts}", on_spark)
            try:
                if on_spark is not None:
                    wait_for_work(lake, process)
                time.sleep(chance.uniform(0.1, 1.2) * length)
            finally:
                killed[script] += kill(process)
    for source in sources:
        source.segment(last=True)
    lake.ok()
    read = reader(lake)
    for stream in sources:
        assert normal(read(stream.source)) == normal(stream.source.rows), stream.source.name
    # What the log has is what it has when nobody kills: each file once.
    logs = {stream.source.name: log_rows(lake, stream.source.name) for stream in sources}
    for stream in sources:
        state = lake.state(stream.source.name)
        assert len(logs[stream.source.name]) == sum(batch["rows"] for batch in state["batches"])


def test_older_states_come_to_the_same_tables(lake: Lake, engine: str, current: Read) -> None:
    chance = random.Random(3)
    stream = Stream(lake, 5)
    states: list[str] = []
    for number in range(ROLLBACKS[engine]):
        stream.segment(last=chance.random() < 0.5)
        lake.ok()
        path = lake.processed / "_state" / "shop" / f"{stream.source.name}.json"
        if path.exists():
            states.append(path.read_text())
        if states:
            older = json.loads(chance.choice(states[-4:]))
            now = json.loads(states[-1])
            if now["generation"] == older["generation"]:
                path.write_text(json.dumps(now | {"applied": older["applied"]}))
        lake.ok()
        if number % 5 == 4:
            stream.segment(last=True)
            lake.ok()
            assert normal(current(stream.source)) == normal(stream.source.rows)


@pytest.mark.parametrize("after", ["batch folder", "batch folders of a longer run", "merge"])
def test_killed_between_two_steps(lake: Lake, current: Read, after: str) -> None:
    lake.declare("shop", "t", ["id"])
    stream = Stream(lake, 1)
    source = stream.source
    stream.segment(last=True)
    lake.ok()
    path = lake.processed / "_state" / "shop" / f"{source.name}.json"
    old = path.read_text()
    stream.segment(last=True)
    if after == "merge":
        lake.ok("process-load", "process-cdc")
        old = path.read_text()
    lake.ok()
    path.write_text(old)
    if after == "batch folders of a longer run":
        folder = lake.processed / "shop" / source.name
        last = sorted(folder.iterdir())[-1]
        for number in (70, 71):
            shutil.copytree(last, folder / f"batch={number}")
    lake.ok()
    assert normal(current(source)) == normal(source.rows)
    assert len(log_rows(lake, source.name)) == sum(batch["rows"] for batch in lake.state(source.name)["batches"])
