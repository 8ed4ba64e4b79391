"""
An Iceberg table that an engine writes in several commits beside the one that readers see, which gets them all in one.
https://iceberg.apache.org/spec/
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from lakehouse.storage import iceberg
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import Metadata

_DATA_PATH = "write.data.path"
"""https://iceberg.apache.org/docs/latest/configuration/#write-properties"""


@dataclass(frozen=True)
class StagedTable:
    """
    `staging`: a folder for its metadata; its data files are in the folder of the table at `location`, whose address is
    `uri`. What one leaves that was killed before the end, the `remove` before the next takes away.
    """

    storage: Storage
    staging: str
    location: str
    uri: str

    @property
    def is_new(self) -> bool:
        """Whether the table is not there yet: `begin` then needs one of its schema in the folder."""
        return self._before() is None

    def begin(self) -> None:
        """Makes the folder the table as it is, with what is written to it among the table's data files."""
        metadata = self._before() or Metadata.read(self.storage, self.staging)
        properties = metadata.content.get("properties") or {}
        metadata.content["properties"] = properties | {_DATA_PATH: f"{self.uri}/data"}
        metadata.commit(self.storage, self.staging)

    def publish(self) -> None:
        """
        Makes the current snapshot that of the table, and removes the folder. Raises RuntimeError where another writer
        changed the table.
        """
        before = self._before()
        staged = Metadata.read(self.storage, self.staging)
        assert staged.current is not None
        snapshot = self._moved(staged.current)
        snapshot.pop("parent-snapshot-id", None)
        if before is not None and before.current is not None:
            snapshot["parent-snapshot-id"] = before.current["snapshot-id"]
        older = {} if before is None else before.content
        log = {"snapshot-id": snapshot["snapshot-id"], "timestamp-ms": snapshot["timestamp-ms"]}
        content = staged.content | {
            "location": f"{self.uri}/",
            "properties": older.get("properties") or {},
            "snapshots": [*older.get("snapshots", []), snapshot],
            "snapshot-log": [*older.get("snapshot-log", []), log],
            "metadata-log": older.get("metadata-log", []),
        }
        if not Metadata(0 if before is None else before.version, content).commit(self.storage, self.location):
            raise RuntimeError(f"{self.storage.uri}/{self.location} was changed by another program at the same time")
        self.storage.delete_folder(self.staging)

    def remove(self) -> None:
        """Removes the folder; where it was not published, so that it is still there, its data files, too."""
        if not self.storage.exists(self.staging):
            return
        before = self._before()
        if before is None:
            self.storage.delete_folder(self.location)
        else:
            live = iceberg.files_of(self.storage, self.location, before.snapshots)
            for file in self.storage.files(f"{self.location}/data"):
                if file.name not in live:
                    self.storage.delete_file(file.path)
        self.storage.delete_folder(self.staging)

    def _before(self) -> Metadata | None:
        try:
            return Metadata.read(self.storage, self.location)
        except FileNotFoundError:
            return None

    def _moved(self, snapshot: dict[str, Any]) -> dict[str, Any]:
        """A snapshot whose manifests are in the folder of the table."""
        import fastavro

        listed = iceberg.name(snapshot["manifest-list"])
        reader = fastavro.reader(io.BytesIO(self.storage.read(f"{self.staging}/metadata/{listed}")))
        manifests = [dict(record) for record in reader if isinstance(record, dict)]
        for manifest in manifests:
            name = iceberg.name(manifest["manifest_path"])
            self.storage.write(f"{self.location}/metadata/{name}", self.storage.read(f"{self.staging}/metadata/{name}"))
            manifest["manifest_path"] = f"{self.uri}/metadata/{name}"
        written = io.BytesIO()
        assert reader.writer_schema is not None
        fastavro.writer(written, reader.writer_schema, manifests)
        self.storage.write(f"{self.location}/metadata/{listed}", written.getvalue())
        summary = {name: value for name, value in snapshot["summary"].items() if name.startswith("total-")}
        return snapshot | {
            "manifest-list": f"{self.uri}/metadata/{listed}",
            "summary": summary | {"operation": "overwrite"},
        }
