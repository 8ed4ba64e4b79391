"""
Upkeep of Iceberg tables: many small data files become few, and snapshots that nobody reads any more go, with the files
that only they had.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from lakehouse.storage.files import Storage

KEEP_HOURS = 1
"""A query that began with an older snapshot than this has ended."""

SMALL_FILES = 8
"""With more data files than this in a table, besides those of full size, they are written anew as few."""


def metadata(storage: Storage, location: str) -> tuple[int, dict[str, Any]]:
    """Version and content of the newest metadata of a table that Sail writes."""
    version = int(storage.read(f"{location}/metadata/version-hint.text"))
    return version, storage.read_json(_metadata_file(location, version))


def size(storage: Storage, location: str) -> tuple[int, int]:
    """Number of data files and of rows in a table's current snapshot."""
    _, content = metadata(storage, location)
    current = content["current-snapshot-id"]
    (snapshot,) = [entry for entry in content["snapshots"] if entry["snapshot-id"] == current]
    return int(snapshot["summary"]["total-data-files"]), int(snapshot["summary"]["total-records"])


@dataclass(frozen=True)
class DataFile:
    """Rows of a data file, and the lowest and highest value of a column in it; None where its footer does not say."""

    rows: int
    span: tuple[Any, Any] | None

    def may_hold(self, low: Any, high: Any) -> bool:
        """Whether a value from `low` to `high` may be in it."""
        return self.span is None or (self.span[0] <= high and low <= self.span[1])


def data_files(storage: Storage, location: str, column: str | None = None) -> list[DataFile]:
    """Data files of the current snapshot, and maybe some that were in the one before."""
    _, content = metadata(storage, location)
    current = [entry for entry in content["snapshots"] if entry["snapshot-id"] == content["current-snapshot-id"]]
    live = _files_of(storage, location, current)
    found = []
    for file in storage.files(location):
        if file.name in live and file.name.endswith(".parquet"):
            with storage.filesystem.open_input_file(storage.path(file.path)) as source:
                footer = pq.read_metadata(source)
            found.append(DataFile(footer.num_rows, _span(footer, column)))
    return found


def _span(footer: pq.FileMetaData, column: str | None) -> tuple[Any, Any] | None:
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    chunks = [group.column(number) for group in groups for number in range(group.num_columns)]
    found = [chunk.statistics for chunk in chunks if chunk.path_in_schema == column]
    if not found or any(statistics is None or not statistics.has_min_max for statistics in found):
        return None
    return min(statistics.min for statistics in found), max(statistics.max for statistics in found)


def expire_snapshots(storage: Storage, location: str, keep_hours: float = KEEP_HOURS) -> int:
    """
    Forgets the snapshots of a table that Sail writes, but for the current one and those younger than `keep_hours`, and
    removes the files that no remaining snapshot has. Gives the number of files removed. Killed in between, it leaves
    files that the next time removes.

    Sail has no `expire_snapshots`: https://iceberg.apache.org/docs/latest/spark-procedures/#expire_snapshots
    """
    now = time.time()
    oldest = int((now - keep_hours * 3600) * 1000)
    version, content = metadata(storage, location)
    current = content["current-snapshot-id"]
    kept = [
        entry for entry in content["snapshots"] if entry["snapshot-id"] == current or entry["timestamp-ms"] >= oldest
    ]
    if len(kept) < len(content["snapshots"]):
        ids = {entry["snapshot-id"] for entry in kept}
        content["snapshots"] = kept
        content["snapshot-log"] = [entry for entry in content["snapshot-log"] if entry["snapshot-id"] in ids]
        content["metadata-log"] = [entry for entry in content["metadata-log"] if entry["timestamp-ms"] >= oldest]
        content["last-updated-ms"] = int(now * 1000)
        version += 1
        storage.write_json(_metadata_file(location, version), content)
        storage.write(f"{location}/metadata/version-hint.text", str(version).encode())
    live = _files_of(storage, location, kept)
    removed = 0
    for file in storage.files(location):
        match = re.fullmatch(r"v(\d+)\.metadata\.json", file.name)
        dead = int(match[1]) < version if match else file.name.endswith((".avro", ".parquet")) and file.name not in live
        if dead and file.modified < oldest * 1_000_000:
            storage.delete_file(file.path)
            removed += 1
    return removed


def _metadata_file(location: str, version: int) -> str:
    return f"{location}/metadata/v{version}.metadata.json"


def _files_of(storage: Storage, location: str, snapshots: list[dict[str, Any]]) -> set[str]:
    """Names of all files that some snapshots have: their manifest lists, manifests and data files."""
    lists = {entry["manifest-list"].rsplit("/", 1)[-1] for entry in snapshots}
    manifests = {name for entry in lists for name in _names_in(storage, f"{location}/metadata/{entry}", "avro")}
    data = {name for entry in manifests for name in _names_in(storage, f"{location}/metadata/{entry}", "parquet")}
    return lists | manifests | data


def _names_in(storage: Storage, path: str, suffix: str) -> set[str]:
    """
    Names of files that a manifest mentions, among them those of deleted files: one name too many keeps a file, and none
    is missed, as Sail writes its Avro files without compression.
    """
    content = storage.read(path)
    if b"avro.codec\x08null" not in content:
        raise ValueError(f"{path} is compressed: its files are not known")
    return {name.decode() for name in re.findall(rb"[\w.-]+\." + suffix.encode() + rb"\b", content)}
