"""A table that somebody took out of the catalog: the next run makes it again, though nothing of it has changed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from lakehouse.run import job, last_look
from lakehouse.run.engine import Engine
from lakehouse.storage.data_catalog import DataCatalog
from lakehouse.storage.staged_table import StagedTable
from support.glue import Glue
from support.lake import Lake, Source
from support.models import JOBS, built, define, model


class Catalog:
    """Glue's database with the tables of a lake, as the jobs list it: those of Iceberg are Spark's to register."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.glue = Glue()
        self.made: list[str] = []
        monkeypatch.setattr(job, "data_catalog", lambda *_: DataCatalog(self.glue, "lake"))
        # Sail has no catalog to ask for a snapshot; test_last_look.py is about that.
        monkeypatch.setattr(last_look, "look", lambda *_: None)
        replace, exists, publish = Engine.replace_table, Engine.table_exists, StagedTable.publish

        def registered(name: str) -> None:
            self.made.append(name)
            self.glue.tables[name] = {"Name": name}

        def replaced(engine: Engine, table: Any, *more: Any) -> None:
            replace(engine, table, *more)
            registered(table.name)

        def published(staged: StagedTable) -> None:
            publish(staged)
            registered(staged.location.rpartition("/")[2])

        monkeypatch.setattr(Engine, "replace_table", replaced)
        monkeypatch.setattr(StagedTable, "publish", published)
        # Sail keeps tables by location, and has no catalog that could lose one.
        monkeypatch.setattr(
            Engine, "table_exists", lambda engine, table: table.name in self.glue.tables and exists(engine, table)
        )

    def lose(self, engine: str, lake: Lake, name: str) -> None:
        del self.glue.tables[name]
        if engine == "spark":
            from pyspark.sql import SparkSession

            SparkSession.builder.getOrCreate().sql(f"DROP TABLE glue_catalog.{lake.database}.{name}")

    def taken(self) -> list[str]:
        made, self.made = self.made, []
        return made


@pytest.mark.slow_on_spark
def test_tables_are_made_again(lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = Catalog(monkeypatch)
    for name in ("kept", "lost"):
        lake.declare("shop", name, ["id"])
        source = Source(lake, name, {"id": pa.int32()}, ["id"])
        source.insert(id=1)
        source.flush()
    define(lake, model("first", "SELECT id FROM lost"), model("second", "SELECT id FROM first"))
    lake.ok(*JOBS)
    assert sorted(catalog.taken()) == ["first", "kept", "lost", "second"]
    lake.ok(*JOBS)
    assert catalog.taken() == []
    for name in ("lost", "first"):
        catalog.lose(engine, lake, name)
    lake.ok(*JOBS)
    assert [entry["table"] for entry in lake.reports["apply-changes"]["tables"]] == ["lost"]
    assert built(lake)["first"] == "its table was removed"
    assert sorted(catalog.taken()) == ["first", "lost", "second"]
    # A change log is registered again by the job that writes it.
    del catalog.glue.tables["lost_changes"]
    lake.ok(*JOBS)
    assert "lost_changes" in catalog.glue.tables
    assert catalog.taken() == []
