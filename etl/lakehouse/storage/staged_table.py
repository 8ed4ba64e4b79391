"""
An Iceberg table that an engine writes in several commits beside the one that readers see, which gets them all in one.
https://iceberg.apache.org/spec/
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from typing import Any

from lakehouse.storage import iceberg
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import Metadata

_DATA_PATH = "write.data.path"
"""https://iceberg.apache.org/docs/latest/configuration/#write-properties"""


@dataclass
class StagedTable:
    """
    `staging`: a folder for its metadata; its data files are in the folder of the table at `location`, whose address is
    `uri`. What one leaves that was killed before the end, the `remove` before the next takes away.
    """

    storage: Storage
    staging: str
    location: str
    uri: str
    _began_at: int = field(default=0, init=False)
    """Version of the table's metadata at the beginning; 0 where it was not there."""

    @property
    def is_new(self) -> bool:
        """Whether the table is not there yet: `begin` then needs one of its schema in the folder."""
        return self._before() is None

    def begin(self) -> None:
        """Makes the folder the table as it is, with what is written to it among the table's data files."""
        before = self._before()
        self._began_at = _version(before)
        metadata = before or Metadata.read(self.storage, self.staging)
        properties = metadata.content.get("properties") or {}
        metadata.content["properties"] = properties | {_DATA_PATH: f"{self.uri}/data"}
        metadata.commit(self.storage, self.staging)

    def publish(self) -> None:
        """
        Makes the current snapshot that of the table, and removes the folder. Raises RuntimeError where the table is not
        what it was at the beginning: changes would be lost that came in between, and so would be the data files of a
        table whose folder somebody removed.
        """
        before = self._before()
        if _version(before) != self._began_at:
            raise self._changed()
        staged = Metadata.read(self.storage, self.staging)
        assert staged.current is not None
        # It is only now that readers get it, and no longer the one before.
        now = max(int(time.time() * 1000), staged.current["timestamp-ms"])
        snapshot = self._moved(staged.current) | {"timestamp-ms": now}
        snapshot.pop("parent-snapshot-id", None)
        if before is not None and before.current is not None:
            snapshot["parent-snapshot-id"] = before.current["snapshot-id"]
        older = {} if before is None else before.content
        log = {"snapshot-id": snapshot["snapshot-id"], "timestamp-ms": now}
        content = staged.content | {
            "location": f"{self.uri}/",
            "last-updated-ms": now,
            "properties": older.get("properties") or {},
            "snapshots": [*older.get("snapshots", []), snapshot],
            "snapshot-log": [*older.get("snapshot-log", []), log],
            "metadata-log": older.get("metadata-log", []),
        }
        if not Metadata(self._began_at, content).commit(self.storage, self.location):
            raise self._changed()
        self.storage.delete_folder(self.staging)

    def remove(self) -> None:
        """Removes the folder; where it was not published, so that it is still there, its files in the table's, too."""
        if not self.storage.exists(self.staging):
            return
        before = self._before()
        if before is None:
            self.storage.delete_folder(self.location)
        else:
            live = iceberg.files_of(self.storage, self.location, before.snapshots)
            for folder, ending in (("data", ""), ("metadata", ".avro")):
                for file in self.storage.files(f"{self.location}/{folder}"):
                    if file.name.endswith(ending) and file.name not in live:
                        self.storage.delete_file(file.path)
        self.storage.delete_folder(self.staging)

    def _before(self) -> Metadata | None:
        try:
            return Metadata.read(self.storage, self.location)
        except FileNotFoundError:
            return None

    def _changed(self) -> RuntimeError:
        return RuntimeError(
            f"{self.storage.uri}/{self.location} was changed or removed by another program while the job wrote it, and "
            "was left as it is: run the jobs again, which write it from the beginning"
        )

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


def _version(metadata: Metadata | None) -> int:
    return 0 if metadata is None else metadata.version
