"""
What the metadata of an Iceberg table says, read from its files: Sail keeps tables by location, in no catalog.
https://iceberg.apache.org/spec/

Manifests are read by fastavro, which is imported where they are: AWS Glue lacks it, and there Spark's procedures do
what this is for. PyIceberg would bring 25 packages; it opens such a table for reading, but commits only by a catalog.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from lakehouse.storage.files import Storage

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class IcebergTable:
    """Its name in the catalog, where there is one, and its folder in the processed zone."""

    name: str
    location: str

    def __str__(self) -> str:
        return self.location


_METADATA = re.compile(r"v(\d+)\.metadata\.json")
_DELETED = 2
"""Status of a manifest's entry whose file the snapshot no longer has."""
_ROWS = 0
"""Content of a data file; others are delete files."""


def version_of(name: str) -> int | None:
    """Version of the metadata in a file of this name; None for another file."""
    match = _METADATA.fullmatch(name)
    return None if match is None else int(match[1])


@dataclass
class Metadata:
    """The newest metadata of a table, and its version."""

    version: int
    content: dict[str, Any]

    @staticmethod
    def read(storage: Storage, location: str) -> Metadata:
        """
        By the names of the files, as Sail does: version-hint.text is written after the metadata, so that it is behind
        for a moment, and for good where the writer was killed in between.
        """
        files = storage.files(_folder(location), recursive=False)
        version = max((found for file in files if (found := version_of(file.name)) is not None), default=0)
        if version == 0:
            raise FileNotFoundError(f"{storage.uri}/{location} has no Iceberg metadata")
        return Metadata(version, storage.read_json(_metadata_file(location, version)))

    def commit(self, storage: Storage, location: str) -> bool:
        """Makes the content the next version; does nothing and says no where another writer was faster."""
        following = self.version + 1
        if not storage.create_json(_metadata_file(location, following), self.content):
            return False
        self.version = following
        storage.write(f"{_folder(location)}/version-hint.text", str(following).encode())
        return True

    @property
    def snapshots(self) -> list[Snapshot]:
        return self.content.get("snapshots") or []

    @property
    def current(self) -> Snapshot | None:
        """The snapshot that readers get; None where nothing was written yet."""
        wanted = self.content.get("current-snapshot-id")
        return next((entry for entry in self.snapshots if entry["snapshot-id"] == wanted), None)


def exists(storage: Storage, location: str) -> bool:
    """Whether there is a table: a writer that was killed may have left files of one, and no metadata."""
    folder = _folder(location)
    if storage.exists(f"{folder}/version-hint.text"):
        return True
    return any(file.name.endswith(".metadata.json") for file in storage.files(folder, recursive=False))


def sequence(storage: Storage, location: str) -> int:
    """
    Sequence number of a table's current snapshot, which grows with each commit; 0 where it has none.
    https://iceberg.apache.org/spec/#sequence-numbers
    """
    snapshot = Metadata.read(storage, location).current
    return 0 if snapshot is None else int(snapshot.get("sequence-number", 0))


def size(storage: Storage, location: str) -> tuple[int, int]:
    """Number of data files and of rows in a table's current snapshot."""
    snapshot = Metadata.read(storage, location).current
    if snapshot is None:
        return 0, 0
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
    """Data files of the current snapshot, with the span of a column."""
    snapshot = Metadata.read(storage, location).current
    if snapshot is None:
        return []
    rows = {
        name(entry["file_path"]): int(entry["record_count"])
        for manifest in _manifests(storage, location, snapshot)
        for entry in _entries(storage, location, manifest)
        if entry.get("content", _ROWS) == _ROWS
    }
    if column is None:
        return [DataFile(count, None) for count in rows.values()]
    files = [file for file in storage.files(location) if file.name in rows]
    return [DataFile(rows[file.name], _span(storage, file.path, column)) for file in files]


def _span(storage: Storage, path: str, column: str) -> tuple[Any, Any] | None:
    with storage.filesystem.open_input_file(storage.path(path)) as source:
        footer = pq.read_metadata(source)
    groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
    chunks = [group.column(number) for group in groups for number in range(group.num_columns)]
    found = [chunk.statistics for chunk in chunks if chunk.path_in_schema == column]
    if not found or any(statistics is None or not statistics.has_min_max for statistics in found):
        return None
    return min(statistics.min for statistics in found), max(statistics.max for statistics in found)


def files_of(storage: Storage, location: str, snapshots: Iterable[Snapshot]) -> set[str]:
    """Names of the files that some snapshots have: manifest lists, manifests, data files and delete files."""
    found: set[str] = set()
    read: set[str] = set()
    for snapshot in snapshots:
        found.add(name(snapshot["manifest-list"]))
        for manifest in _manifests(storage, location, snapshot):
            if manifest not in read:
                read.add(manifest)
                found.update(name(entry["file_path"]) for entry in _entries(storage, location, manifest))
    return found | read


def _manifests(storage: Storage, location: str, snapshot: Snapshot) -> list[str]:
    """Names of a snapshot's manifests."""
    path = f"{_folder(location)}/{name(snapshot['manifest-list'])}"
    return [name(manifest["manifest_path"]) for manifest in _records(storage, path)]


def _entries(storage: Storage, location: str, manifest: str) -> Iterator[dict[str, Any]]:
    """The files that a manifest has, without those that its snapshot deleted."""
    for entry in _records(storage, f"{_folder(location)}/{manifest}"):
        if entry["status"] != _DELETED:
            yield entry["data_file"]


def _records(storage: Storage, path: str) -> Iterator[dict[str, Any]]:
    import fastavro

    for record in fastavro.reader(io.BytesIO(storage.read(path))):
        if not isinstance(record, dict):
            raise ValueError(f"{storage.uri}/{path} is not an Iceberg manifest")
        yield record


def name(path: str) -> str:
    """Name of a file: its path in the metadata is a whole address, which changes where a lake is moved."""
    return path.rsplit("/", 1)[-1]


def _folder(location: str) -> str:
    return f"{location}/metadata"


def _metadata_file(location: str, version: int) -> str:
    return f"{_folder(location)}/v{version}.metadata.json"
