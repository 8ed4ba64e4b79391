"""
Files as they are, as rows. An engine runs this in its workers, which get it by value, and need not have the package.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

COLUMNS = "path string, content binary"
"""As an engine has them."""


def contents(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """From rows with the column `path`, of local files, to rows of COLUMNS, one at a time for their size."""
    for batch in batches:
        for path in batch.column("path").to_pylist():
            with open(path, "rb") as file:
                content = file.read()
            yield pa.RecordBatch.from_arrays([pa.array([path]), pa.array([content], pa.binary())], ["path", "content"])
