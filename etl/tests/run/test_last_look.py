"""A job that has a catalog looks at what it leaves: on Apache Spark, as on AWS Glue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from lakehouse.run import job
from lakehouse.run.engine import Engine
from lakehouse.storage.data_catalog import DataCatalog
from support.glue import Glue
from support.lake import Lake, Source

JOBS = ("process-load", "process-cdc", "apply-changes")


@pytest.fixture
def glue(engine: str, monkeypatch: pytest.MonkeyPatch) -> Glue:
    """Glue's database with the tables that Spark registers."""
    if engine != "spark":
        pytest.skip("Sail has no catalog: run-etl looks there")
    glue = Glue()
    monkeypatch.setattr(job, "data_catalog", lambda *_: DataCatalog(glue, "lake"))
    replace = Engine.replace_table

    def replaced(engine: Engine, table: Any, *more: Any) -> None:
        replace(engine, table, *more)
        glue.tables[table.name] = {"Name": table.name}

    monkeypatch.setattr(Engine, "replace_table", replaced)
    return glue


def of_two_tables(lake: Lake) -> list[Source]:
    sources = []
    for name in ("idle", "busy"):
        lake.declare("shop", name, ["id"])
        source = Source(lake, name, {"id": pa.int32()}, ["id"])
        source.insert(id=1)
        source.flush()
        sources.append(source)
    lake.ok(*JOBS)
    return sources


def data_file(lake: Lake, name: str) -> Path:
    (path,) = (lake.processed / "current" / "shop" / name / "data").glob("*.parquet")
    return path


def error_of(lake: Lake) -> str:
    assert lake.run(*JOBS) == [0, 0, 1]
    return str(lake.reports["apply-changes"]["error"])


@pytest.mark.slow_on_spark
def test_a_file_that_went_fails_the_next_run_though_nothing_is_new(lake: Lake, glue: Glue) -> None:
    of_two_tables(lake)
    lake.ok(*JOBS)
    whole = data_file(lake, "idle")
    content = whole.read_bytes()
    (lake.processed / "current" / "shop" / "busy" / "data").rename(lake.processed / "away")
    whole.write_bytes(content[:-1])
    # Each run looks at another as long as there is time, and at one at least.
    found: set[str] = set()
    while len(found) < 2:
        found |= set(error_of(lake).splitlines())
    cut, gone = sorted(found, key=lambda line: "busy" in line)
    assert cut.startswith("current/shop/idle: ")
    assert f"{whole.name} has {len(content) - 1} bytes instead of {len(content)}" in cut
    assert "Remove file://" in cut
    assert "current/shop/idle/ and run the jobs again" in cut
    assert ".parquet is missing" in gone


def test_a_file_that_went_while_the_job_ran_fails_this_run(
    lake: Lake, glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, busy = of_two_tables(lake)
    merge = Engine.merge_table

    def merged(engine: Engine, *more: Any) -> None:
        before = set((lake.processed / "current/shop/busy/data").glob("*.parquet"))
        merge(engine, *more)
        for path in set((lake.processed / "current/shop/busy/data").glob("*.parquet")) - before:
            path.unlink()

    monkeypatch.setattr(Engine, "merge_table", merged)
    busy.insert(id=2)
    busy.flush()
    assert "is missing, of the table's current snapshot" in error_of(lake)


@pytest.mark.slow_on_spark
def test_a_table_that_the_catalog_lost_while_the_job_ran_fails_this_run(
    lake: Lake, glue: Glue, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, busy = of_two_tables(lake)
    merge = Engine.merge_table

    def merged(engine: Engine, *more: Any) -> None:
        merge(engine, *more)
        del glue.tables["idle"]

    monkeypatch.setattr(Engine, "merge_table", merged)
    busy.insert(id=2)
    busy.flush()
    assert error_of(lake).startswith("current/shop/idle: idle was in the catalog when the job began")
    lake.ok(*JOBS)
