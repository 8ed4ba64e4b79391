"""Which files and snapshots of an Iceberg table are live, by metadata that is written here by hand."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import fastavro
import pytest

from lakehouse.storage import iceberg, maintenance
from lakehouse.storage.files import Storage

HOUR = 3_600_000
ADDED, DELETED = 1, 2
ROWS, DELETES = 0, 1

MANIFEST_LIST = fastavro.parse_schema(
    {"type": "record", "name": "manifest_file", "fields": [{"name": "manifest_path", "type": "string"}]}
)
DATA_FILE = {
    "type": "record",
    "name": "r2",
    "fields": [
        {"name": "content", "type": "int"},
        {"name": "file_path", "type": "string"},
        {"name": "record_count", "type": "long"},
    ],
}
MANIFEST = fastavro.parse_schema(
    {
        "type": "record",
        "name": "manifest_entry",
        "fields": [{"name": "status", "type": "int"}, {"name": "data_file", "type": DATA_FILE}],
    }
)


class Table:
    """A table in a folder; all its files are old. Snapshots 1, 2, … are so many hours old, each made from the last."""

    def __init__(self, folder: Path, codec: str = "null") -> None:
        self.storage = Storage(f"file://{folder}/")
        self.folder = folder / "t"
        self.codec = codec
        (self.folder / "metadata").mkdir(parents=True)
        (self.folder / "data").mkdir()
        self.content: dict[str, Any] = {"snapshots": [], "snapshot-log": [], "metadata-log": [], "refs": {}}

    def snapshot(self, hours: float, *files: tuple[str, int], content: int = ROWS) -> None:
        """Its one manifest has `files`: name and status."""
        number = len(self.content["snapshots"]) + 1
        entries = [
            {
                "status": status,
                "data_file": {"content": content, "file_path": f"file:///lake/t/data/{name}", "record_count": 10},
            }
            for name, status in files
        ]
        self._avro(f"m{number}.avro", MANIFEST, entries)
        self._avro(f"snap-{number}.avro", MANIFEST_LIST, [{"manifest_path": f"s3://b/t/metadata/m{number}.avro"}])
        for name, _ in files:
            (self.folder / "data" / name).write_bytes(b"")
        taken = int(time.time() * 1000 - hours * HOUR)
        self.content["snapshots"].append(
            {
                "snapshot-id": number,
                "timestamp-ms": taken,
                "manifest-list": f"file:///lake/t/metadata/snap-{number}.avro",
            }
            | ({"parent-snapshot-id": number - 1} if number > 1 else {})
        )
        self.content["snapshot-log"].append({"snapshot-id": number, "timestamp-ms": taken})
        self.content["current-snapshot-id"] = number
        self.content["refs"]["main"] = {"snapshot-id": number, "type": "branch"}

    def _avro(self, name: str, schema: Any, records: list[dict[str, Any]]) -> None:
        with (self.folder / "metadata" / name).open("wb") as file:
            fastavro.writer(file, schema, records, codec=self.codec)

    def write(self, version: int = 1, hint: int | None = None) -> None:
        (self.folder / "metadata" / f"v{version}.metadata.json").write_text(json.dumps(self.content))
        (self.folder / "metadata" / "version-hint.text").write_text(str(hint or version))
        for path in self.folder.rglob("*"):
            os.utime(path, (0, 0))

    def read(self, version: int) -> Any:
        return json.loads((self.folder / "metadata" / f"v{version}.metadata.json").read_text())

    def expire(self) -> int:
        return maintenance.expire_snapshots(self.storage, "t")

    def data(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "data").iterdir())

    def metadata(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "metadata").iterdir())

    def snapshots(self, version: int) -> list[int]:
        return [snapshot["snapshot-id"] for snapshot in self.read(version)["snapshots"]]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Four snapshots; each replaced the one file by another."""
    made = Table(tmp_path)
    for number, hours in enumerate((40, 30, 20, 10), 1):
        files = [(f"{number}.parquet", ADDED)]
        made.snapshot(hours, *files, *([(f"{number - 1}.parquet", DELETED)] if number > 1 else []))
    return made


@pytest.mark.parametrize("codec", ["null", "deflate", "snappy", "zstandard"])
def test_manifests_are_read_by_every_codec(tmp_path: Path, codec: str) -> None:
    table = Table(tmp_path, codec)
    table.snapshot(20, ("a.parquet", ADDED), ("b.parquet", ADDED))
    table.snapshot(10, ("b.parquet", 0), ("c.parquet", ADDED), ("a.parquet", DELETED))
    table.write()
    assert [file.rows for file in iceberg.data_files(table.storage, "t")] == [10, 10]
    assert table.expire() == 4  # a.parquet, manifest, manifest list and metadata of the first
    assert table.data() == ["b.parquet", "c.parquet"]
    assert table.metadata() == ["m2.avro", "snap-2.avro", "v2.metadata.json", "version-hint.text"]


def test_a_deleted_entry_is_not_live(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.snapshot(10, ("gone.parquet", DELETED), ("here.parquet", ADDED))
    table.write()
    assert len(iceberg.data_files(table.storage, "t")) == 1
    assert table.expire() == 1
    assert table.data() == ["here.parquet"]
    assert table.snapshots(1) == [1]
    assert not (table.folder / "metadata" / "v2.metadata.json").exists()


def test_delete_files_are_live_and_are_no_data_files(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.snapshot(10, ("deletes.parquet", ADDED), content=DELETES)
    table.write()
    assert iceberg.data_files(table.storage, "t") == []
    assert table.expire() == 0
    assert table.data() == ["deletes.parquet"]


def test_without_a_ref_only_the_current_snapshot_stays(table: Table) -> None:
    table.write()
    table.expire()
    assert table.snapshots(2) == [4]
    assert table.data() == ["4.parquet"]


def test_a_snapshot_that_readers_had_until_a_moment_ago_stays(tmp_path: Path) -> None:
    table = Table(tmp_path)
    for number, hours in enumerate((40, 30, 0.5), 1):
        table.snapshot(hours, (f"{number}.parquet", ADDED))
    table.write()
    table.expire()
    assert table.snapshots(2) == [2, 3]
    assert table.data() == ["2.parquet", "3.parquet"]


@pytest.mark.parametrize("kind", ["tag", "branch"])
def test_a_tag_or_branch_keeps_its_snapshot_and_files(table: Table, kind: str) -> None:
    table.content["refs"]["audit"] = {"snapshot-id": 2, "type": kind}
    table.write()
    table.expire()
    assert table.snapshots(2) == [2, 4]
    assert table.data() == ["2.parquet", "4.parquet"]
    assert {"m2.avro", "snap-2.avro"} <= set(table.metadata())
    assert table.read(2)["refs"]["audit"] == {"snapshot-id": 2, "type": kind}
    # What is before a gap is not a history.
    assert [entry["snapshot-id"] for entry in table.read(2)["snapshot-log"]] == [4]


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ({"min-snapshots-to-keep": 3}, [2, 3, 4]),
        ({"max-snapshot-age-ms": 35 * HOUR}, [2, 3, 4]),
        ({"min-snapshots-to-keep": 2, "max-snapshot-age-ms": HOUR}, [3, 4]),
        ({"min-snapshots-to-keep": 9}, [1, 2, 3, 4]),
    ],
)
def test_a_branch_keeps_what_its_policy_says(table: Table, policy: dict[str, int], kept: list[int]) -> None:
    table.content["refs"]["main"] |= policy
    table.write()
    table.expire()
    assert table.data() == [f"{number}.parquet" for number in kept]


def test_a_tag_goes_when_it_is_older_than_it_allows(table: Table) -> None:
    for name, hours in (("old", 25), ("young", 35)):
        table.content["refs"][name] = {"snapshot-id": 2, "type": "tag", "max-ref-age-ms": hours * HOUR}
    table.write()
    table.expire()
    assert table.read(2)["refs"].keys() == {"main", "young"}
    assert table.snapshots(2) == [2, 4]
    table.content["refs"] = {"main": table.content["refs"]["main"], "old": table.content["refs"]["old"]}
    table.write(3)
    table.expire()
    assert table.snapshots(4) == [4]


def test_statistics_go_with_their_snapshot(table: Table) -> None:
    names = {"statistics": "{}.stats", "partition-statistics": "partitions-{}.parquet"}
    for part, name in names.items():
        table.content[part] = []
        for number in (3, 4):
            file = name.format(number)
            (table.folder / "metadata" / file).write_bytes(b"")
            table.content[part].append({"snapshot-id": number, "statistics-path": f"file:///lake/t/metadata/{file}"})
    table.write()
    table.expire()
    for part in names:
        assert [entry["snapshot-id"] for entry in table.read(2)[part]] == [4]
    found = set(table.metadata())
    assert {"4.stats", "partitions-4.parquet"} <= found
    assert not {"3.stats", "partitions-3.parquet"} & found


def test_a_table_without_snapshots_has_no_files(tmp_path: Path) -> None:
    table = Table(tmp_path)
    table.content |= {"current-snapshot-id": -1}
    table.write()
    assert iceberg.size(table.storage, "t") == (0, 0)
    assert iceberg.data_files(table.storage, "t") == []
    assert table.expire() == 0


def test_the_newest_metadata_counts_though_the_hint_is_behind(table: Table) -> None:
    """Its writer was killed between the two."""
    table.write(1)
    table.content["properties"] = {"of": "the newest"}
    table.write(2, hint=1)
    table.expire()
    assert table.read(3)["properties"] == {"of": "the newest"}
    assert (table.folder / "metadata" / "version-hint.text").read_text() == "3"


def test_another_writers_commit_is_not_replaced(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table.write()
    before = (table.data(), set(table.metadata()))
    read = Storage.read

    def read_and_commit(storage: Storage, relative: str) -> bytes:
        if relative.endswith(".avro"):
            (table.folder / "metadata" / "v2.metadata.json").write_text("the other's")
        return read(storage, relative)

    monkeypatch.setattr(Storage, "read", read_and_commit)
    assert table.expire() == 0
    assert (table.folder / "metadata" / "v2.metadata.json").read_text() == "the other's"
    assert (table.data(), set(table.metadata())) == (before[0], before[1] | {"v2.metadata.json"})


def test_an_unreadable_manifest_changes_nothing(table: Table) -> None:
    table.write()
    manifest = table.folder / "metadata" / "m4.avro"
    manifest.write_bytes(manifest.read_bytes().replace(b"avro.codec\x08null", b"avro.codec\x08nulL"))
    before = {path: path.read_bytes() for path in table.folder.rglob("*") if path.is_file()}
    with pytest.raises(ValueError, match="nulL"):
        table.expire()
    assert {path: path.read_bytes() for path in table.folder.rglob("*") if path.is_file()} == before
