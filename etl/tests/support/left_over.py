"""Data files of tables that were written and not published."""

from __future__ import annotations

from lakehouse.storage import iceberg
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import Metadata
from support.lake import Lake


def unpublished(lake: Lake) -> list[str]:
    """Those in the folder for them, and, of Sail, those among a table's own that no snapshot of it has."""
    storage = Storage(f"file://{lake.processed}/")
    found = [str(path) for path in (lake.processed / "_staging").rglob("*.parquet")]
    for data in lake.processed.rglob("data"):
        location = str(data.parent.relative_to(lake.processed))
        try:
            snapshots = Metadata.read(storage, location).snapshots
        except FileNotFoundError:
            # Apache Spark's catalog names its metadata otherwise.
            continue
        live = iceberg.files_of(storage, location, snapshots)
        found += [str(path) for path in data.rglob("*.parquet") if path.name not in live]
    return found
