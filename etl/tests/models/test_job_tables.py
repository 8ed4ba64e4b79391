"""Models over tables that the definition's own jobs make."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.run.engine import Engine
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from support.lake import Lake
from support.models import Table, built, define, model

pytestmark = pytest.mark.usefixtures("customers")


def rows_of_job(lake: Lake, folder: str, name: str, *amounts: int) -> None:
    """What a job does that writes an Iceberg table."""
    engine = Engine(Storage(f"file://{lake.processed}/"), lake.database)
    frame = engine.session.createDataFrame([(amount,) for amount in amounts], "amount int")
    engine.replace_table(IcebergTable(name.lower(), f"{folder}/{name}"), frame)


def test_a_model_reads_an_iceberg_table_of_a_job_and_is_built_again_when_that_changed(lake: Lake, table: Table) -> None:
    lake.declare("star", "Facts", ["amount"])
    lake.made = ["star"]
    define(lake, model("total", "SELECT sum(amount) AS amount FROM facts"))
    lake.ok("process-load", "process-cdc", "apply-changes", "build-models")
    assert built(lake) == {"total": "skipped: facts does not exist yet"}
    rows_of_job(lake, "star", "Facts", 1, 2)
    lake.ok("build-models")
    assert (built(lake), table("total")) == ({"total": "first time"}, [{"amount": 3}])
    assert lake.reports["build-models"]["tables"][0]["rows_read"] == 2
    lake.ok("build-models")
    assert built(lake) == {}
    rows_of_job(lake, "star", "Facts", 1, 2, 7)
    lake.ok("build-models")
    assert (built(lake), table("total")) == ({"total": "facts changed"}, [{"amount": 10}])


def test_a_failed_job_stops_the_models_of_its_tables_alone(lake: Lake, table: Table) -> None:
    lake.declare("star", "Facts", ["amount"])
    lake.made = ["star"]
    define(
        lake,
        model("total", "SELECT sum(amount) AS amount FROM Facts"),
        model("doubled", "SELECT 2 * amount AS amount FROM total"),
        model("counted", "SELECT count(*) AS customers FROM customers"),
    )
    rows_of_job(lake, "star", "Facts", 1)
    lake.ok("process-load", "process-cdc", "apply-changes")
    assert lake.run("build-models", more=("--failed_tables", "facts,dim_a")) == [0]
    assert built(lake) == {
        "counted": "first time",
        "doubled": "skipped: depends on total",
        "total": "skipped: depends on facts",
    }
    lake.ok("build-models")
    assert table("doubled") == [{"amount": 2}]


def test_a_model_reads_parquet_files_of_a_job_with_their_partitions(lake: Lake, table: Table) -> None:
    lake.declare("joint-tables", "joint_tables", [])
    lake.made = ["joint-tables"]
    define(lake, model("hours", "SELECT hour, sum(amount) AS amount FROM joint_tables j GROUP BY hour"))
    folder = lake.processed / "joint-tables"
    for hour, amounts in (("7", [1, 2]), ("8", [5])):
        (folder / f"hour={hour}").mkdir(parents=True)
        pq.write_table(pa.table({"amount": pa.array(amounts, pa.int32())}), folder / f"hour={hour}" / "a.parquet")
    (folder / "_temporary").mkdir()
    (folder / "_temporary" / "x.parquet").write_text("half")
    lake.ok("build-models")
    assert [(str(row["hour"]), row["amount"]) for row in table("hours")] == [("7", 3), ("8", 5)]
    lake.ok("build-models")
    assert built(lake) == {}
    pq.write_table(pa.table({"amount": pa.array([6], pa.int32())}), folder / "hour=8" / "b.parquet")
    lake.ok("build-models")
    assert built(lake) == {"hours": "joint_tables changed"}
    assert [row["amount"] for row in table("hours")] == [3, 11]
