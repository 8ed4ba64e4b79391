"""
Messages of DMS for Kinesis Data Streams: one JSON object a line, `data` and `metadata`, or `control` and `metadata`.
https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html

The task's table mappings add the change sequence and before images to `data`, by the names that they have in the raw
files of the S3 target; the endpoint includes control details, transaction details, null and empty columns.
"""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from lakehouse.contract import (
    BEFORE,
    OP_DELETE,
    OP_INSERT,
    OP_UPDATE,
    RAW_COMMIT_TIME,
    RAW_OPERATION,
    RAW_SEQUENCE,
)
from lakehouse.raw.raw_files import BrokenFile

OPERATIONS = {"load": OP_INSERT, "insert": OP_INSERT, "update": OP_UPDATE, "delete": OP_DELETE}

CLEARING = ("create-table", "drop-table", "truncate-table")
"""Control operations after which nothing counts that came before. `create-table` precedes each full load."""

_TYPES: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "INT8": pa.int8(),
    "INT16": pa.int16(),
    "INT32": pa.int32(),
    "INT64": pa.int64(),
    "UINT8": pa.uint8(),
    "UINT16": pa.uint16(),
    "UINT32": pa.uint32(),
    "UINT64": pa.uint64(),
    "FLOAT": pa.float32(),
    "REAL4": pa.float32(),
    "DOUBLE": pa.float64(),
    "REAL8": pa.float64(),
    "STRING": pa.string(),
    "WSTRING": pa.string(),
    "CLOB": pa.string(),
    "NCLOB": pa.string(),
    "TIME": pa.string(),
    "BYTES": pa.binary(),
    "BINARY": pa.binary(),
    "BLOB": pa.binary(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "TIMESTAMP": pa.timestamp("us"),
}


@dataclass(frozen=True)
class Definition:
    """Columns of a table with their Parquet types, in order, and those with a before image."""

    columns: tuple[tuple[str, pa.DataType], ...]
    key: tuple[str, ...]

    @staticmethod
    def of(table: dict[str, Any]) -> Definition:
        """`table`: the `table-def` of a control message. Raises BrokenFile for a type that is not known."""
        names = set(table["columns"])
        added = {RAW_SEQUENCE, *(BEFORE + name for name in names)}
        columns = tuple((name, _type(name, kind)) for name, kind in table["columns"].items() if name not in added)
        return Definition(columns, tuple(table.get("primary-key") or [name for name, _ in columns]))

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.columns}

    @property
    def schema(self) -> pa.Schema:
        """Schema of a raw file of the table."""
        kinds = dict(self.columns)
        first = [(RAW_OPERATION, pa.string()), (RAW_COMMIT_TIME, pa.string())]
        images = [(BEFORE + name, kinds[name]) for name in self.key]
        return pa.schema([*first, *self.columns, (RAW_SEQUENCE, pa.string()), *images])


@dataclass(frozen=True)
class Message:
    """`timestamp` orders messages of different files; `operation` is the one of the metadata."""

    timestamp: str
    operation: str
    definition: dict[str, Any] | None
    data: dict[str, Any]
    commit_time: str


def parse(content: bytes, name: str) -> list[Message]:
    """Messages of a file, in its order. Raises BrokenFile where one of them is not a message of DMS."""
    try:
        # Not `splitlines`: a JSON text may hold other line ends as they are, U+2028 for one.
        lines = (gzip.decompress(content) if name.endswith(".gz") else content).decode().split("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BrokenFile(f"not a complete text file: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_message(json.loads(line, parse_float=Decimal)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BrokenFile(f"line {number} is not a DMS message: {error!r}") from error
    return found


def _message(value: dict[str, Any]) -> Message:
    metadata = value["metadata"]
    operation = metadata["operation"]
    timestamp = metadata["timestamp"]
    if metadata["record-type"] == "control":
        return Message(timestamp, operation, (value.get("control") or {}).get("table-def"), {}, "")
    if operation not in OPERATIONS:
        raise ValueError(f"operation {operation}")
    data = value["data"]
    if operation != "load" and not data.get(RAW_SEQUENCE):
        raise ValueError(f"a change without {RAW_SEQUENCE}")
    return Message(timestamp, operation, None, data, metadata.get("commit-timestamp") or timestamp)


def table_of(messages: list[Message], definition: Definition) -> pa.Table:
    """Rows of a raw file. Raises BrokenFile for a value that is not of its column's type."""
    arrays: dict[str, list[Any]] = {
        RAW_OPERATION: [OPERATIONS[message.operation] for message in messages],
        RAW_COMMIT_TIME: [_commit_time(message.commit_time) for message in messages],
        RAW_SEQUENCE: [message.data.get(RAW_SEQUENCE) or "" for message in messages],
    }
    schema = definition.schema
    columns = []
    for column in schema:
        values = arrays.get(column.name)
        if values is None:
            values = [_value(message.data.get(column.name), column) for message in messages]
        try:
            columns.append(pa.array(values, column.type))
        except (pa.ArrowException, OverflowError) as error:
            raise BrokenFile(f"column {column.name}: {error}") from error
    return pa.Table.from_arrays(columns, schema=schema)


def _type(name: str, kind: dict[str, Any]) -> pa.DataType:
    spelled = kind["type"].upper()
    if spelled in ("NUMERIC", "DECIMAL"):
        return pa.decimal128(kind["precision"], kind.get("scale", 0))
    if spelled not in _TYPES:
        raise BrokenFile(f"column {name} has the unknown type {spelled}")
    return _TYPES[spelled]


def _value(value: Any, column: pa.Field) -> Any:
    if value is None:
        return None
    kind = column.type
    try:
        if pa.types.is_integer(kind):
            return int(value)
        if pa.types.is_floating(kind):
            return float(value)
        if pa.types.is_boolean(kind):
            return value in (True, 1, "1", "true")
        if pa.types.is_decimal(kind):
            return Decimal(str(value))
        if pa.types.is_binary(kind):
            return bytes.fromhex(value.removeprefix("0x"))
        if pa.types.is_date(kind):
            return date.fromisoformat(value[:10])
        if pa.types.is_timestamp(kind):
            return _time(value)
        return value if isinstance(value, str) else str(value)
    except (ValueError, TypeError, AttributeError, InvalidOperation) as error:
        raise BrokenFile(f"column {column.name}: {value!r} is not a valid {kind}") from error


def _time(value: str) -> datetime:
    """A time of DMS, `2024-07-29T00:58:17.974340Z` with any number of decimals, in UTC."""
    whole, _, fraction = value.rstrip("Z").partition(".")
    return datetime.fromisoformat(whole).replace(microsecond=int(fraction[:6].ljust(6, "0")))


def _commit_time(value: str) -> str:
    return _time(value).isoformat(sep=" ", timespec="microseconds")
