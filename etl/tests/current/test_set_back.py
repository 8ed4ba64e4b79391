"""A current table of which readers get an older snapshot: somebody set it back, or put older metadata in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from support.lake import Lake, Source, normal

Read = Callable[[Source], list[dict[str, Any]]]
WHY = "because an older snapshot had replaced the latest one"


def set_back(lake: Lake, engine: str) -> None:
    """Makes the first snapshot of `shop.t` the current one."""
    if engine == "spark":
        from pyspark.sql import SparkSession

        spark, table = SparkSession.builder.getOrCreate(), f"{lake.database}.t"
        (first, *_) = spark.sql(
            f"SELECT snapshot_id FROM glue_catalog.{table}.snapshots ORDER BY committed_at"
        ).collect()
        spark.sql(f"CALL glue_catalog.system.rollback_to_snapshot('{table}', {first[0]})")
        return
    metadata = lake.processed / "current" / "shop" / "t" / "metadata"
    versions = sorted(metadata.glob("v*.metadata.json"), key=_version)
    shutil.copyfile(versions[0], versions[-1])


def _version(path: Path) -> int:
    return int(path.name.split(".")[0].removeprefix("v"))


@pytest.mark.parametrize("changed", [False, True], ids=["nothing new", "with changes"])
def test_is_made_again(lake: Lake, engine: str, current: Read, changed: bool) -> None:
    lake.declare("shop", "t", ["id"])
    table = Source(lake, "t", {"id": pa.int32(), "note": pa.string()}, ["id"])
    for number in range(3):
        table.insert(id=number, note="first")
        table.update({"id": 0}, note=f"changed {number}")
        table.flush()
        lake.ok()
    set_back(lake, engine)
    assert len(current(table)) == 1
    if changed:
        table.insert(id=9, note="later")
        table.flush()
    lake.ok()
    assert normal(current(table)) == normal(table.rows)
    (entry,) = lake.reports["apply-changes"]["tables"]
    assert WHY in entry["note"]
    lake.ok()
    assert lake.reports["apply-changes"]["tables"] == []
