"""A source that writes raw files as the replicator does, and knows what it holds itself: the model in every test."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.changes import change_log
from lakehouse.current.apply_changes import apply_changes
from lakehouse.models.build_models import build_models
from lakehouse.run import job
from shop.joint_tables import join_tables
from shop.star_schema import star_schema
from support.schemas import DATASETS, REPORT

Row = dict[str, Any]

ITEMS = {"id": pa.int32(), "name": pa.string(), "amount": pa.decimal128(12, 2)}
"""Columns of the table `items`, which most tests use."""

LAKES = itertools.count(1)

EPOCH = dt.datetime(2026, 9, 5, 15, 12, 44)

JOBS: dict[str, Callable[[job.Job], None]] = {
    "process-load": lambda work: change_log.extend(work, "load"),
    "process-cdc": lambda work: change_log.extend(work, "change"),
    "apply-changes": apply_changes,
    "build-models": build_models,
    "join-tables": join_tables,
    "star-schema": star_schema,
}


class Lake:
    """A raw and a processed zone in a folder, and the jobs that run on them."""

    def __init__(self, folder: Path) -> None:
        self.raw = folder / "raw"
        self.processed = folder / "processed"
        self.raw.mkdir(parents=True)
        self.processed.mkdir()
        self.datasets: list[dict[str, Any]] = []
        self.models: list[dict[str, Any]] = []
        self.made: list[str] = []
        """Folders that jobs of the definition write."""
        self.clicks: str | None = None
        self.runs = 0
        self.reports: dict[str, Any] = {}
        # A catalog keeps what it knows from one test to the next: each lake has a database of its own.
        self.database = f"lake_{next(LAKES)}"

    def declare(self, schema: str, name: str, key: list[str], rules: list[dict[str, Any]] | None = None) -> None:
        """Adds a table to the datasets."""
        for dataset in self.datasets:
            if dataset["schema"] == schema:
                break
        else:
            dataset = {"schema": schema, "tables": []}
            self.datasets.append(dataset)
        dataset["tables"].append({"name": name, "key": key, "rules": rules or []})

    def arguments(self, run_id: str) -> list[str]:
        path = self.raw.parent / "datasets.json"
        clicks = {} if self.clicks is None else {"clicks": self.clicks}
        document = {"datasets": self.datasets, "made": self.made, "models": self.models, **clicks}
        DATASETS.validate(document)
        path.write_text(json.dumps(document))
        values = {
            "raw_uri": f"file://{self.raw}/",
            "processed_uri": f"file://{self.processed}/",
            "database": self.database,
            "datasets_uri": f"file://{path}",
            "run_id": run_id,
        }
        return [part for name, value in values.items() for part in (f"--{name}", value)]

    def run(self, *names: str, more: tuple[str, ...] = ()) -> list[int]:
        """
        Runs jobs (by default load, changes and current tables) with `more` arguments and gives their exit codes; keeps
        their reports.
        """
        self.runs += 1
        run_id = f"run-{self.runs}"
        codes = []
        for name in names or ("process-load", "process-cdc", "apply-changes"):
            codes.append(job.run(name, JOBS[name], ["job", "--JOB_NAME", "x", *self.arguments(run_id), *more]))
            self.reports[name] = json.loads((self.processed / "_runs" / run_id / f"{name}.json").read_text())
            REPORT.validate(self.reports[name])
        return codes

    def ok(self, *names: str) -> None:
        """Runs jobs, all of which must succeed."""
        codes = self.run(*names)
        assert not any(codes), (codes, [report["error"] for report in self.reports.values()], self.reports)

    def state(self, table: str, schema: str = "shop") -> Any:
        return json.loads((self.processed / "_state" / schema / f"{table}.json").read_text())


class Source:
    """
    A table at the source; `rows` is what it holds. Changes wait in `pending` until `flush` writes them as one file.
    """

    def __init__(
        self, lake: Lake, name: str, columns: dict[str, pa.DataType], key: list[str], schema: str = "shop"
    ) -> None:
        self.lake = lake
        self.name = name
        self.schema = schema
        self.columns = dict(columns)
        self.key = key
        # Columns with before images; DMS has none where the server has no key.
        self.imaged: list[str] | None = None
        self.rows: list[Row] = []
        self.pending: list[Row] = []
        self.folder = lake.raw / schema / name
        self.clock: Iterator[int] = itertools.count(1)
        self.written: list[Path] = []

    def _now(self) -> dt.datetime:
        return EPOCH + dt.timedelta(milliseconds=next(self.clock))

    def _row(self, values: Row) -> Row:
        return {name: values.get(name) for name in self.columns}

    def _change(self, op: str, row: Row, before: Row | None = None) -> None:
        # Four changes share a commit time: the order is in the sequence alone.
        number = next(self.clock)
        time = EPOCH + dt.timedelta(milliseconds=number // 4)
        sequence = f"{time:%Y%m%d%H%M%S}{time.microsecond // 10000:02d}{number:019d}"
        change = {"Op": op, "cdc_commit_time": f"{time:%Y-%m-%d %H:%M:%S.%f}", "cdc_change_seq": sequence, **row}
        for name in self._images():
            change[f"BI_{name}"] = before[name] if before is not None else None
        self.pending.append(change)

    def _images(self) -> list[str]:
        return (self.key or list(self.columns)) if self.imaged is None else self.imaged

    def insert(self, **values: Any) -> None:
        row = self._row(values)
        self.rows.append(row)
        self._change("I", row)

    def update(self, row: Row, **values: Any) -> None:
        """Updates one row: `row` is one of `rows`, or a part of one."""
        found = self._find(row)
        before = dict(found)
        found.update(values)
        self._change("U", dict(found), before)

    def delete(self, row: Row) -> None:
        found = self._find(row)
        self.rows.remove(found)
        self._change("D", found)

    def _find(self, part: Row) -> Row:
        return next(row for row in self.rows if all(row[name] == value for name, value in part.items()))

    def alter(self, columns: dict[str, pa.DataType], renamed: dict[str, str] | None = None) -> None:
        """Changes columns after a flush; `renamed`: new name → old name. The new schema gets a file immediately."""
        self.flush()
        before = renamed or {}
        old = self.columns
        self.columns = dict(columns)
        self.rows = [
            {name: row.get(before.get(name, name)) if before.get(name, name) in old else None for name in columns}
            for row in self.rows
        ]
        self.flush(empty=True)

    def load(self, files: int = 1) -> list[Path]:
        """Writes the full load: the table as it is now."""
        time = self._now()
        paths = []
        for number in range(files):
            part = self.rows[number::files]
            rows = [
                {"Op": "I", "cdc_commit_time": f"{time:%Y-%m-%d %H:%M:%S.%f}", "cdc_change_seq": "", **row}
                for row in part
            ]
            paths.append(self._write(f"LOAD{number + 1:08X}.parquet", rows))
        return paths

    def flush(self, empty: bool = False) -> Path | None:
        """Writes the pending changes as one file; without any, a file without rows if `empty`."""
        if not self.pending and not empty:
            return None
        time = self._now()
        rows, self.pending = self.pending, []
        return self._write(f"{time:%Y%m%d-%H%M%S}{time.microsecond // 1000:03d}.parquet", rows)

    def flushed(self) -> Path:
        """The file of the pending changes, which there are."""
        path = self.flush()
        assert path is not None
        return path

    def truncate(self) -> None:
        """Removes all files of the table, as the replicator does on TRUNCATE; the new file has no rows."""
        self.flush()
        self.rows = []
        self.drop_files()
        self.flush(empty=True)

    def lose_files(self) -> None:
        """Somebody removes all files of the table, without an order at the source."""
        for path in self.folder.glob("*"):
            path.unlink()
        self.folder.rmdir()

    def drop_files(self) -> None:
        """As the replicator does on TRUNCATE, DROP and a reload."""
        order = self.lake.raw / "_cleared" / self.schema / self.name
        order.parent.mkdir(parents=True, exist_ok=True)
        order.write_bytes(b"")
        for path in self.folder.glob("*"):
            path.unlink()
        self.folder.rmdir()

    def _write(self, name: str, rows: list[Row], compression: str = "snappy") -> Path:
        schema = [("Op", pa.string()), ("cdc_commit_time", pa.string()), *self.columns.items()]
        schema.append(("cdc_change_seq", pa.string()))
        schema += [(f"BI_{column}", self.columns[column]) for column in self._images()]
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        hidden = self.folder / f".{name}"
        pq.write_table(pa.Table.from_pylist(rows, pa.schema(schema)), hidden, compression=compression)
        hidden.rename(path)
        self.written.append(path)
        return path


Read = Callable[[Source], list[Row]]
"""Reads the current table of a source by the engine."""


def assert_second_run_does_nothing(lake: Lake) -> None:
    """After a run: the next reports no table and leaves every file as it was."""
    before = _times(lake.processed)
    lake.ok()
    assert _times(lake.processed) == before
    assert all(report["tables"] == [] for report in lake.reports.values())


def _times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if "_runs" not in path.parts}


def normal(rows: list[Row]) -> list[tuple[Any, ...]]:
    """Rows in a form and an order in which equal tables compare equal."""
    return sorted((tuple((name, _value(value)) for name, value in sorted(row.items())) for row in rows), key=repr)


def _value(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytearray) else value
