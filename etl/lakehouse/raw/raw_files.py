"""Files of tables in the raw zone, and what their footers say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from lakehouse.contract import (
    BEFORE,
    PARQUET,
    RAW_COMMIT_TIME,
    RAW_OPERATION,
    RAW_SEQUENCE,
    is_change_file,
    is_load_file,
)
from lakehouse.names import column_form, from_folder, from_raw_column
from lakehouse.storage.column_types import UnsupportedType, change_log_type
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.state import Columns

Kind = Literal["load", "change"]

OWN = frozenset({RAW_OPERATION, RAW_COMMIT_TIME, RAW_SEQUENCE})
"""Columns of raw files before and after those of the source."""


class BrokenFile(Exception):
    """A raw file that cannot be taken in; the message says why."""


class Unreadable(Exception):
    """A raw file that the storage did not give; the message says why and what to do."""


class FileGone(Exception):
    """A raw file that is no longer as it was listed: a TRUNCATE, a DROP or a reload has removed or replaced it."""


@dataclass(frozen=True)
class Footer:
    """
    Rows, source columns and before images of a raw file. `digest` tells one content from another of equal size;
    files of equal `layout` can be read together.
    """

    digest: str
    layout: str
    rows: int
    columns: Columns
    before: list[str]
    first_sequence: str | None
    last_sequence: str | None
    loaded_at: str
    """Of a full load, the lowest transfer time, as digits (yyyyMMddHHmmssSSS); empty where it does not say."""

    @property
    def changes(self) -> str:
        """What is in a change file with rows: as a sequence is given once, equal means the same changes."""
        return f"{self.first_sequence}-{self.last_sequence}-{self.rows}" if self.first_sequence else ""


def written_at(name: str) -> str:
    """Time in the name of a change file, as digits (yyyyMMddHHmmssSSS)."""
    return _digits(name)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[:17]


def kind_of(name: str) -> Kind | None:
    """Kind of a raw file by its name; None for a file that is not the replicator's."""
    if is_load_file(name):
        return "load"
    return "change" if is_change_file(name) else None


def tables(raw: Storage, files: Iterable[StoredFile]) -> dict[tuple[str, str], list[StoredFile]]:
    """Files of tables among those of the raw zone, by schema and table, each list in the order of the names."""
    found: dict[tuple[str, str], list[StoredFile]] = {}
    for file in files:
        parts = file.path.split("/")
        if len(parts) == 3 and kind_of(parts[2]) is not None:
            found.setdefault(table_at(raw, parts[0], parts[1]), []).append(file)
    return found


def folder_of(raw: Storage, table: Table) -> str:
    """Folder of a table's files."""
    return table.folder if raw.is_local else f"{table.schema}/{table.name}"


def table_at(raw: Storage, schema: str, table: str) -> tuple[str, str]:
    """
    Schema and name of the table with these folders. DMS calls its folders as the table is called, the local replicator
    where a path can have the name.
    """
    return (from_folder(schema), from_folder(table)) if raw.is_local else (schema, table)


def read_footer(raw: Storage, file: StoredFile, kind: Kind) -> Footer:
    """
    Raises BrokenFile for a file that is cut short, is not Parquet, or lacks what the raw zone promises, FileGone and
    Unreadable.
    """
    try:
        with raw.filesystem.open_input_file(raw.path(file.path)) as source:
            parquet = pq.ParquetFile(source)
            metadata = parquet.metadata
            schema = parquet.schema_arrow
            # Footer, its length in 4 bytes, and "PAR1" end the file.
            source.seek(file.size - 8 - metadata.serialized_size)
            digest = hashlib.sha1(source.read(metadata.serialized_size), usedforsecurity=False).hexdigest()
            first = last = loaded = None
            if kind == "change" and metadata.num_rows > 0 and RAW_SEQUENCE in schema.names:
                first, last = _span(parquet, RAW_SEQUENCE)
            if kind == "load" and metadata.num_rows > 0 and RAW_COMMIT_TIME in schema.names:
                loaded, _ = _span(parquet, RAW_COMMIT_TIME)
    except (pa.ArrowException, OSError) as error:
        raise _broken(raw, file, "not a complete Parquet file", error) from error
    columns, before = _columns(schema)
    if kind == "change":
        missing = [name for name in (RAW_OPERATION, RAW_SEQUENCE) if name not in schema.names]
        if missing:
            raise BrokenFile(f"a change file without the column {' and '.join(missing)}")
        if metadata.num_rows > 0 and not (first and last):
            raise BrokenFile(f"a change without a {RAW_SEQUENCE}")
    layout = schema.to_string(show_field_metadata=False, show_schema_metadata=False)
    return Footer(digest, layout, metadata.num_rows, columns, before, first, last, _digits(loaded or ""))


def row_count(storage: Storage, file: StoredFile) -> int:
    """Rows of a Parquet file by its footer; 0 for a file that is not Parquet."""
    if not file.name.endswith(PARQUET):
        return 0
    with storage.filesystem.open_input_file(storage.path(file.path)) as source:
        return int(pq.read_metadata(source).num_rows)


def read_all(raw: Storage, file: StoredFile) -> None:
    """Reads every page of a file. Raises BrokenFile, FileGone and Unreadable."""
    require_listed(raw, file)
    try:
        with raw.filesystem.open_input_file(raw.path(file.path)) as source:
            for _ in pq.ParquetFile(source).iter_batches():
                pass
    except (pa.ArrowException, OSError) as error:
        raise _broken(raw, file, "damaged data", error) from error


def _broken(raw: Storage, file: StoredFile, what: str, error: pa.ArrowException | OSError) -> BrokenFile:
    """
    What an error says of a file. Raises FileGone, and Unreadable where it says nothing of it, but of the storage: once
    quarantined, a file is not read again before it has changed, and such a one would not change.
    """
    require_listed(raw, file)
    # Of the system, or of S3; Arrow has no number for what it finds in a file.
    if isinstance(error, OSError) and (error.errno is not None or "AWS Error " in str(error)):
        raise Unreadable(
            f"{raw.uri}/{file.path} could not be read ({error}): make sure that the jobs may read it and that the "
            "storage is available, then run the jobs again"
        ) from error
    return BrokenFile(f"{what}: {error}")


def require_listed(raw: Storage, file: StoredFile) -> None:
    """Raises FileGone for a file that is not as it was listed any more."""
    now = raw.filesystem.get_file_info(raw.path(file.path))
    # S3 tells a file's own time in whole seconds, and in a list finer on some stores.
    second = 1_000_000_000
    if (now.type, now.size, (now.mtime_ns or 0) // second) != (fs.FileType.File, file.size, file.modified // second):
        raise FileGone(f"{raw.uri}/{file.path}")


def _columns(schema: pa.Schema) -> tuple[Columns, list[str]]:
    """Source columns with their type in the change log, and those with a before image."""
    forms = source_columns(schema.names)
    columns: Columns = []
    before: list[str] = []
    for column in schema:
        if column.name not in forms:
            if column.name not in OWN:
                before.append(forms[column.name.removeprefix(BEFORE)])
            continue
        try:
            columns.append((forms[column.name], change_log_type(column.type)))
        except UnsupportedType as error:
            raise BrokenFile(f"column {column.name} has the type {error}, which the lake does not support") from error
    return columns, before


def source_columns(names: Sequence[str]) -> dict[str, str]:
    """Names of a raw file's columns that come from the source, each with its name in the change log."""
    # Before images are last: a column of the source itself may start with BI_ too.
    after = names.index(RAW_SEQUENCE) if RAW_SEQUENCE in names else len(names)
    raw = [
        name
        for position, name in enumerate(names)
        if name not in OWN and not (position > after and name.startswith(BEFORE) and name.removeprefix(BEFORE) in names)
    ]
    sources = {name: from_raw_column(name, names) for name in raw}
    return {name: column_form(source, sources.values()) for name, source in sources.items()}


def _span(parquet: pq.ParquetFile, name: str) -> tuple[str | None, str | None]:
    """
    Lowest and highest value of a text column, from the footer's statistics or else from the column; None where a row
    has none.
    """
    index = parquet.schema_arrow.names.index(name)
    lows: list[str] = []
    highs: list[str] = []
    for group in range(parquet.metadata.num_row_groups):
        chunk = parquet.metadata.row_group(group).column(index)
        statistics = chunk.statistics
        if chunk.path_in_schema != name or statistics is None or not statistics.has_min_max or statistics.null_count:
            values = [value for value in parquet.read([name]).column(0).to_pylist() if value]
            complete = len(values) == parquet.metadata.num_rows
            return (min(values), max(values)) if complete else (None, None)
        lows.append(_text(statistics.min))
        highs.append(_text(statistics.max))
    return min(lows), max(highs)


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
