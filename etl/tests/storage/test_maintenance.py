"""Upkeep of the current tables: few files, few snapshots, the same rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.changes import log_compaction
from lakehouse.run.engine import Engine
from lakehouse.storage import iceberg, maintenance
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from support.lake import Lake, Source, normal

pytestmark = pytest.mark.slow_on_spark

LOCATION = "current/shop/t"


@pytest.fixture
def of_sail(engine: str) -> None:
    if engine != "sail":
        pytest.skip("Apache Spark has a procedure of Iceberg's for this")


@pytest.fixture
def busy(lake: Lake, engine: str) -> Source:
    """A table with 19 publications, each with a row of its own."""
    lake.declare("shop", "t", ["id"])
    source = Source(lake, "t", {"id": pa.int32(), "b": pa.binary()}, ["id"])
    for number in range(19):
        source.insert(id=number, b=b"x")
        if number % 4 == 3:
            source.update({"id": number - 1}, b=b"y")
        source.flush()
        lake.ok()
    return source


def test_the_twentieth_publication_compacts_the_table(
    lake: Lake, busy: Source, engine: str, monkeypatch: pytest.MonkeyPatch, current: Callable[[Source], Any]
) -> None:
    storage = Storage(f"file://{lake.processed}/")
    reader = Engine(storage, lake.database)

    def count(what: str) -> int:
        return int(reader.session.table(f"glue_catalog.`{lake.database}`.t.{what}").count())

    def files() -> int:
        return iceberg.size(storage, LOCATION)[0] if engine == "sail" else count("files")

    assert files() > maintenance.SMALL_FILES
    busy.delete({"id": 3})
    busy.flush()
    if engine == "spark":
        assert count("snapshots") > 18
        monkeypatch.setattr(maintenance, "KEEP_HOURS", -1)  # also those of this hour go
    lake.ok()
    assert files() <= 2
    assert engine == "sail" or count("snapshots") == 1
    assert normal(current(busy)) == normal(busy.rows)
    busy.insert(id=100)
    busy.flush()
    lake.ok()
    assert normal(current(busy)) == normal(busy.rows)


def test_old_snapshots_go_with_their_files(
    of_sail: None, lake: Lake, busy: Source, current: Callable[[Source], Any]
) -> None:
    storage = Storage(f"file://{lake.processed}/")
    folder = lake.processed / LOCATION
    names = {path.name for path in folder.rglob("*")}
    assert maintenance.expire_snapshots(storage, LOCATION) == 0  # all of this hour
    assert {path.name for path in folder.rglob("*")} == names
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    removed = maintenance.expire_snapshots(storage, LOCATION, keep_hours=0)
    assert removed > 30
    content = iceberg.Metadata.read(storage, LOCATION).content
    assert [entry["snapshot-id"] for entry in content["snapshots"]] == [content["current-snapshot-id"]]
    assert len(list((folder / "metadata").glob("snap-*.avro"))) == len(list((folder / "metadata").glob("*.json"))) == 1
    assert normal(current(busy)) == normal(busy.rows)
    busy.update({"id": 0}, b=b"z")
    busy.insert(id=200)
    busy.flush()
    lake.ok()
    assert maintenance.expire_snapshots(storage, LOCATION, keep_hours=0) > 0
    assert normal(current(busy)) == normal(busy.rows)


def test_a_tagged_snapshot_of_compressed_manifests_stays_readable(
    of_sail: None, lake: Lake, busy: Source, current: Callable[[Source], Any]
) -> None:
    storage = Storage(f"file://{lake.processed}/")
    folder = lake.processed / LOCATION
    metadata = iceberg.Metadata.read(storage, LOCATION)
    tagged = metadata.snapshots[4]["snapshot-id"]
    metadata.content["refs"]["audit"] = {"snapshot-id": tagged, "type": "tag"}
    assert metadata.commit(storage, LOCATION)
    for path in (folder / "metadata").glob("*.avro"):
        with path.open("rb") as file:
            reader = fastavro.reader(file)
            records = list(reader)
            of_iceberg = {key: value for key, value in reader.metadata.items() if not key.startswith("avro.")}
        with path.open("wb") as compressed:
            fastavro.writer(compressed, reader.writer_schema, records, codec="deflate", metadata=of_iceberg)
    for path in folder.rglob("*"):
        os.utime(path, (0, 0))
    engine = Engine(storage, lake.database)

    def at_tag() -> Any:
        rows = engine.session.read.format("iceberg").option("snapshotId", tagged)
        return normal([row.asDict() for row in rows.load(engine.uri(storage, LOCATION)).collect()])

    before = at_tag()
    assert 0 < len(before) < len(busy.rows)
    assert maintenance.expire_snapshots(storage, LOCATION, keep_hours=0) > 20
    assert len(iceberg.Metadata.read(storage, LOCATION).snapshots) == 2
    assert at_tag() == before
    assert normal(current(busy)) == normal(busy.rows)


def test_small_batches_of_the_change_log_become_one(
    lake: Lake, busy: Source, monkeypatch: pytest.MonkeyPatch, current: Callable[[Source], Any]
) -> None:
    log = lake.processed / "shop" / "t"
    before = pq.read_table(log, partitioning=None)
    monkeypatch.setattr(log_compaction, "SMALL_BATCHES", 19)
    busy.alter({"id": pa.int32(), "c": pa.binary()}, {"c": "b"})
    busy.insert(id=50, c=b"c")
    late = busy.flushed()
    late_content = late.read_bytes()
    late.unlink()
    busy.update({"id": 50}, c=b"d")
    busy.update({"id": 1}, c=b"d")
    busy.flush()
    # Killed before the old folders went: they are there, and the state does not know them.
    old = {path.name: {file.name: file.read_bytes() for file in path.iterdir()} for path in log.iterdir()}
    lake.ok("process-cdc")
    assert sorted(path.name for path in log.iterdir()) == ["batch=20", "batch=21"]
    assert normal(pq.read_table(log / "batch=20").to_pylist()) == normal(before.to_pylist())
    for name, files in old.items():
        (log / name).mkdir()
        for file, content in files.items():
            (log / name / file).write_bytes(content)
    lake.ok()
    late.write_bytes(late_content)
    lake.ok()
    assert sorted(path.name for path in log.iterdir()) == ["batch=20", "batch=21", "batch=22"]
    assert normal(current(busy)) == normal(busy.rows)
    assert sum(batch["rows"] for batch in lake.state("t")["batches"]) == len(pq.read_table(log).to_pylist())


@pytest.mark.parametrize("kind", [pa.int64(), pa.uint64(), pa.string()], ids=str)
def test_a_large_table_lies_by_its_key(
    lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch, current: Callable[[Source], Any], kind: pa.DataType
) -> None:
    monkeypatch.setattr("lakehouse.run.engine.FILE_ROWS", 100)
    lake.declare("shop", "large", ["id"])
    large = Source(lake, "large", {"id": kind, "b": pa.binary()}, ["id"])

    def key(number: int) -> Any:
        return str(number) if pa.types.is_string(kind) else number

    large.rows = [{"id": key(number), "b": b"x"} for number in range(1000)]
    large.load()
    lake.ok()
    folder = lake.processed / "current" / "shop" / "large" / "data"

    def spans() -> dict[str, int]:
        numbers = {path: pq.read_table(path, columns=["id"]).column(0).to_pylist() for path in folder.glob("*.parquet")}
        return {path.name: int(max(values)) - int(min(values)) for path, values in numbers.items() if values}

    before = spans()
    if not pa.types.is_string(kind):
        assert len(before) > 5
        assert max(before.values()) < 300
    if engine == "spark":
        engine_of_spark = Engine(Storage(f"file://{lake.processed}/"), lake.database)
        ranges = None if pa.types.is_string(kind) else "id"
        engine_of_spark.maintain(IcebergTable("large", "current/shop/large"), lambda rows, _: rows, ranges)
        assert spans() == before  # nothing was put together
    for number in range(950, 960):
        large.update({"id": key(number)}, b=b"changed")
    large.delete({"id": key(970)})
    large.insert(id=key(1001), b=b"new")
    large.flush()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)
    if engine == "sail" and not pa.types.is_string(kind):
        assert len(spans().keys() - before.keys()) <= 3  # the files of the changed keys, and one of the new ones
    large.update({"id": key(0)}, b=b"first")
    large.update({"id": key(999)}, b=b"last")
    large.delete({"id": key(500)})
    large.flush()
    lake.ok()
    assert normal(current(large)) == normal(large.rows)


def test_merges_on_spark_keep_the_ranges_of_keys(
    lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch, current: Callable[[Source], Any]
) -> None:
    if engine != "spark":
        pytest.skip("Sail writes the parts of a large table that are touched by itself")
    monkeypatch.setattr("lakehouse.run.engine.FILE_ROWS", 1000)
    lake.declare("shop", "large", ["id"])
    large = Source(lake, "large", {"id": pa.int64(), "b": pa.string()}, ["id"])
    large.rows = [{"id": number, "b": f"{number * 2654435761 % 2**32:x}"} for number in range(20_000)]
    large.load()
    lake.ok()
    spark = Engine(Storage(f"file://{lake.processed}/"), lake.database).session
    # A merge too large for one task: Spark would put these small ones together, and one task sorts by itself.
    settings = {"spark.sql.shuffle.partitions": "20", "spark.sql.adaptive.coalescePartitions.enabled": "false"}
    before = {name: spark.conf.get(name) for name in settings}
    for name, value in settings.items():
        spark.conf.set(name, value)
    try:
        for turn in range(10):
            for number in range(4):
                large.update({"id": (turn * 4 + number) * 7919 % 20_000}, b="changed")
            large.insert(id=20_000 + turn, b="new")
            large.flush()
            lake.ok()
    finally:
        for name, old in before.items():
            spark.conf.set(name, str(old))
    assert normal(current(large)) == normal(large.rows)
    files = spark.table(f"glue_catalog.`{lake.database}`.large.files").collect()
    spans = [file["readable_metrics"]["id"] for file in files]
    widths = sorted(int(span["upper_bound"]) - int(span["lower_bound"]) for span in spans)
    # Without sizes of files half of the table is in two of them by now; without an order the mean width is 9,000.
    assert max(file["record_count"] for file in files) < 2000
    assert sum(widths) / len(widths) < 2000
