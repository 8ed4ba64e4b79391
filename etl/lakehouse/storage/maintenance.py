"""
Upkeep of Iceberg tables: many small data files become few, and snapshots that nobody reads any more go, with the files
that only they had.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from lakehouse.storage import iceberg
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import Metadata, Snapshot

KEEP_HOURS = 1
"""A query that began so long ago has ended: snapshots stay that readers got since then, however old they are."""

SMALL_FILES = 8
"""With more data files than this in a table, besides those of full size, they are written again as few."""

_STATISTICS = ("statistics", "partition-statistics")
_REMOVED = (".avro", ".parquet", ".puffin", ".stats", ".new")
"""Endings of a table's files besides its metadata; the last is of a file whose writer was killed."""


def expire_snapshots(storage: Storage, location: str, keep_hours: float = KEEP_HOURS) -> int:
    """
    Forgets the snapshots of a table that Sail writes, except for those that readers got in the last `keep_hours` and
    those that its branches and tags keep, and removes the files that no remaining snapshot has. Gives the number of
    files removed. Killed in between, it leaves files that the next time removes.

    Sail has no `expire_snapshots`: https://iceberg.apache.org/docs/latest/spark-procedures/#expire_snapshots
    """
    now = int(time.time() * 1000)
    oldest = now - int(keep_hours * 3_600_000)
    metadata = Metadata.read(storage, location)
    content = metadata.content
    refs = _refs(metadata, now)
    kept = _kept(metadata, refs, now, _current_at(metadata, oldest))
    live = iceberg.files_of(storage, location, kept)
    if len(kept) < len(metadata.snapshots) or refs != content.get("refs", refs):
        content |= {"refs": refs, "snapshots": kept, "last-updated-ms": now}
        _forget(content, {snapshot["snapshot-id"] for snapshot in kept}, oldest)
        if not metadata.commit(storage, location):
            return 0
    live |= {iceberg.name(entry["statistics-path"]) for part in _STATISTICS for entry in content.get(part, [])}
    removed = 0
    for file in storage.files(location):
        version = iceberg.version_of(file.name)
        dead = file.name.endswith(_REMOVED) and file.name not in live if version is None else version < metadata.version
        if dead and file.modified < oldest * 1_000_000:
            storage.delete_file(file.path)
            removed += 1
    return removed


def _current_at(metadata: Metadata, moment: int) -> int:
    """
    When the snapshot was made that was the current one at a moment. It is older than that, and readers had it until
    another replaced it.
    """
    times = [snapshot["timestamp-ms"] for snapshot in metadata.snapshots]
    return max((time for time in times if time <= moment), default=moment)


def _refs(metadata: Metadata, now: int) -> dict[str, Any]:
    """Branches and tags by their names, without those that are older than they themselves allow."""
    refs: dict[str, Any] = dict(metadata.content.get("refs") or {})
    if metadata.current is not None:
        refs.setdefault("main", {"snapshot-id": metadata.current["snapshot-id"], "type": "branch"})
    times = {snapshot["snapshot-id"]: snapshot["timestamp-ms"] for snapshot in metadata.snapshots}

    def holds(name: str, ref: dict[str, Any]) -> bool:
        age = ref.get("max-ref-age-ms")
        return name == "main" or age is None or now - times.get(ref["snapshot-id"], now) <= age

    return {name: ref for name, ref in refs.items() if holds(name, ref)}


def _kept(metadata: Metadata, refs: dict[str, Any], now: int, oldest: int) -> list[Snapshot]:
    """https://iceberg.apache.org/spec/#snapshot-retention-policy"""
    ids = {snapshot["snapshot-id"] for snapshot in metadata.snapshots if snapshot["timestamp-ms"] >= oldest}
    ids.add(metadata.content.get("current-snapshot-id"))
    for ref in refs.values():
        ids.add(ref["snapshot-id"])
        if ref["type"] != "branch":
            continue
        age = ref.get("max-snapshot-age-ms")
        since = oldest if age is None else min(oldest, now - age)
        for number, snapshot in enumerate(_ancestors(metadata, ref["snapshot-id"])):
            if number >= ref.get("min-snapshots-to-keep", 1) and snapshot["timestamp-ms"] < since:
                break
            ids.add(snapshot["snapshot-id"])
    return [snapshot for snapshot in metadata.snapshots if snapshot["snapshot-id"] in ids]


def _ancestors(metadata: Metadata, newest: int) -> Iterator[Snapshot]:
    """A snapshot, the one before it, and so on, as far as they are there."""
    known = {snapshot["snapshot-id"]: snapshot for snapshot in metadata.snapshots}
    snapshot = known.get(newest)
    while snapshot is not None:
        yield snapshot
        snapshot = known.get(snapshot.get("parent-snapshot-id"))


def _forget(content: dict[str, Any], ids: set[int], oldest: int) -> None:
    """Takes out of metadata what is about other snapshots than those with the given ids."""
    log = content.get("snapshot-log", [])
    gone = [number for number, entry in enumerate(log) if entry["snapshot-id"] not in ids]
    # What is before a gap is not a history.
    content["snapshot-log"] = log[gone[-1] + 1 :] if gone else log
    content["metadata-log"] = [entry for entry in content.get("metadata-log", []) if entry["timestamp-ms"] >= oldest]
    for part in _STATISTICS:
        if part in content:
            content[part] = [entry for entry in content[part] if entry["snapshot-id"] in ids]
