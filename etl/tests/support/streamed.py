"""A source whose tables come through Kinesis: messages as DMS writes them, in files as Firehose delivers them."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import gzip
import itertools
import json
import random
from pathlib import Path
from typing import Any

import pyarrow as pa

from support.lake import EPOCH, Row, Source

TYPES = {
    pa.int16(): "INT16",
    pa.int32(): "INT32",
    pa.int64(): "INT64",
    pa.string(): "STRING",
    pa.binary(): "BYTES",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us"): "DATETIME",
    pa.uint64(): "UINT64",
    pa.float64(): "REAL8",
}


class StreamedSource(Source):
    """The other way of `Source`: what it would write as Parquet files becomes messages."""

    messages = 0
    times = itertools.count(1)

    def load(self, files: int = 1) -> list[Path]:
        self.control("create-table")
        return super().load(files)

    def truncate(self) -> None:
        self.flush()
        self.rows = []
        self.control("drop-table")
        self.control("create-table")

    def drop_files(self) -> None:
        self.control("drop-table")

    def control(self, operation: str) -> Path:
        """A control message; with the table's definition, except for a drop."""
        message = {"metadata": self._metadata("control", operation)}
        if operation != "drop-table":
            columns = {name: self._definition(kind) for name, kind in self.columns.items()}
            definition: dict[str, Any] = {"columns": columns}
            if self.key:
                definition["primary-key"] = self.key
            message["control"] = {"table-def": definition}
        return self.deliver([message])

    def _write(self, name: str, rows: list[Row], compression: str = "snappy") -> Path:
        if not rows and not name.startswith("LOAD"):
            return self.control("change-columns")
        operations = {"I": "insert", "U": "update", "D": "delete"}
        messages = []
        for row in rows:
            operation = "load" if name.startswith("LOAD") else operations[row["Op"]]
            metadata = self._metadata("data", operation)
            if operation != "load":
                metadata["commit-timestamp"] = row["cdc_commit_time"].replace(" ", "T") + "Z"
            data = {name: _json(value) for name, value in row.items() if name not in ("Op", "cdc_commit_time")}
            messages.append({"data": data, "metadata": metadata})
        return self.deliver(messages)

    def _metadata(self, kind: str, operation: str) -> dict[str, Any]:
        time = EPOCH + dt.timedelta(microseconds=next(self.times))
        return {
            "timestamp": f"{time:%Y-%m-%dT%H:%M:%S.%f}Z",
            "record-type": kind,
            "operation": operation,
            "partition-key-type": "task-id" if kind == "control" else "schema-table",
            "schema-name": self.schema,
            "table-name": self.name,
        }

    def _definition(self, kind: pa.DataType) -> dict[str, Any]:
        if pa.types.is_decimal(kind):
            return {"type": "NUMERIC", "precision": kind.precision, "scale": kind.scale, "nullable": True}
        return {"type": TYPES[kind], "nullable": True}

    def deliver(self, messages: list[Any], raw: bytes | None = None) -> Path:
        """One file of messages; Firehose's names say nothing of the order within a second."""
        folder = self.folder / "2026/09/05/15"
        folder.mkdir(parents=True, exist_ok=True)
        type(self).messages += 1
        unordered = random.Random(type(self).messages).randrange(10**9)
        path = folder / f"kdf-mysql-data-1-2026-09-05-15-12-44-{unordered:09d}-{self.messages}.json.gz"
        content = "".join(
            f"{json.dumps(message, default=_json, ensure_ascii=False)}\n" for message in messages
        ).encode()
        path.write_bytes(raw if raw is not None else gzip.compress(content))
        self.written.append(path)
        return path


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + base64.b16encode(value).decode()
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value
