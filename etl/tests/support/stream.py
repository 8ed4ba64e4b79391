"""A random stream of changes of one table, as a function of its number, and a random way for its files to arrive."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from support.lake import Lake, Row, Source, normal

SEGMENTS = 3
"""Pieces of a stream; the jobs run after each."""

WIDER = {pa.int16(): pa.int32(), pa.int32(): pa.int64()}


class Stream:
    """
    `seed` decides all. The key is one column, two, or none, declared or not; every change that DMS passes on happens;
    files come late, in another order, twice, and under another name.
    """

    def __init__(self, lake: Lake, seed: int) -> None:
        self.random = random.Random(seed)
        self.lake = lake
        keys = self.random.choice([["id"], ["id"], ["id", "part"], []])
        self.source = Source(lake, f"s{seed}", self._columns(), keys)
        if self.random.random() < 0.7:
            lake.declare("shop", self.source.name, keys)
        self.held: dict[Path, bytes] = {}
        self.delivered: list[Path] = []
        self.names = 0
        self.saved: str | None = None
        for _ in range(self.random.randrange(6)):
            self._insert()
        self.source.pending.clear()
        if self.source.rows or self.random.random() < 0.5:
            self.source.load(self.random.randint(1, 2))

    def _columns(self) -> dict[str, pa.DataType]:
        return {"id": pa.int32(), "part": pa.string(), "n": pa.int16(), "text": pa.string(), "b": pa.binary()}

    def segment(self, last: bool) -> None:
        """Some changes, and some of their files arrive; after the `last` all have arrived."""
        for _ in range(self.random.randrange(10)):
            self._step()
        self._flush()
        for path in list(self.held):
            if last or self.random.random() < 0.6:
                path.write_bytes(self.held.pop(path))
                self.delivered.append(path)
        if self.delivered and self.random.random() < 0.3:
            self._deliver_again()

    def before_run(self) -> None:
        path = self._state()
        self.saved = path.read_text() if path.exists() else None

    def after_run(self) -> None:
        """Now and then the run ended without its state: all of it, or what the current table has."""
        path = self._state()
        if not path.exists() or self.random.random() > 0.25:
            return
        if self.random.random() < 0.5:
            if self.saved is None:
                path.unlink()
            else:
                path.write_text(self.saved)
        elif self.saved is not None:
            state = json.loads(path.read_text())
            path.write_text(json.dumps(state | {"applied": json.loads(self.saved)["applied"]}))

    def _state(self) -> Path:
        return self.lake.processed / "_state" / "shop" / f"{self.source.name}.json"

    def _step(self) -> None:
        source = self.source
        steps: list[tuple[int, Any]] = [(8, self._insert), (2, self._flush), (1, self._alter)]
        if source.rows:
            steps += [(8, self._update), (5, self._delete), (2, self._delete_and_insert)]
        if source.rows and source.key:
            steps += [(4, self._move_key)]
        steps += (
            [(1, self._truncate if self.random.random() < 0.5 else self._reload)] if self.random.random() < 0.3 else []
        )
        weights, functions = zip(*steps, strict=True)
        self.random.choices(functions, weights)[0]()

    def _key(self) -> Row:
        return {"id": self.random.randint(1, 8), "part": self.random.choice("ab")}

    def _is_free(self, key: Row) -> bool:
        return not any(all(row[name] == key[name] for name in self.source.key) for row in self.source.rows)

    def _values(self) -> Row:
        values = {}
        for name, kind in self.source.columns.items():
            if name in ("id", "part"):
                continue
            choices: list[Any] = [None, "x", "é"]
            if pa.types.is_integer(kind):
                choices = [None, 1, 2]
            elif pa.types.is_binary(kind):
                choices = [None, b"", b"\0"]
            values[name] = self.random.choice(choices)
        return values

    def _insert(self) -> None:
        key = self._key()
        if not self.source.key or self._is_free(key):
            self.source.insert(**key, **self._values())

    def _any(self) -> Row:
        return self.random.choice(self.source.rows)

    def _update(self) -> None:
        values = self._values()
        if not self.source.key and self.random.random() < 0.5:
            values |= self._key()
        self.source.update(self._any(), **values)

    def _move_key(self) -> None:
        key = self._key()
        if self._is_free(key):
            self.source.update(self._any(), **{name: key[name] for name in self.source.key}, **self._values())

    def _delete(self) -> None:
        self.source.delete(self._any())

    def _delete_and_insert(self) -> None:
        row = dict(self._any())
        self.source.delete(row)
        self.source.insert(**row | self._values())

    def _hold(self) -> None:
        """What was just written has not arrived yet."""
        for path in self.source.written:
            self.held[path] = path.read_bytes()
            path.unlink()
        self.source.written.clear()

    def _flush(self) -> None:
        self.source.written.clear()
        if self.source.flush() is not None:
            self._hold()

    def _alter(self) -> None:
        self._flush()
        columns = dict(self.source.columns)
        extra = [name for name in columns if name not in ("id", "part")]
        what = self.random.choice(["add", "drop", "rename", "widen"])
        renamed = None
        if what == "add" or len(extra) < 2:
            self.names += 1
            columns[f"c{self.names}"] = self.random.choice([pa.int16(), pa.string()])
        elif what == "drop":
            del columns[self.random.choice(extra)]
        elif what == "rename":
            self.names += 1
            old, new = self.random.choice(extra), f"c{self.names}"
            columns = {new if name == old else name: kind for name, kind in columns.items()}
            renamed = {new: old}
        else:
            columns = {name: WIDER.get(kind, kind) for name, kind in columns.items()}
        self.source.alter(columns, renamed)
        self._hold()

    def _truncate(self) -> None:
        self._gone()
        self.source.rows = []
        self.source.flush(empty=True)
        self._hold()
        # The replicator's file of no rows comes immediately.
        for path, content in self.held.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.held.clear()

    def _reload(self) -> None:
        """With its files removed before, or over them; files may still be on their way."""
        self._flush()
        if not self.source.rows:
            return
        # Where no job has seen a change yet, nothing tells the changes before the reload of a table without a key.
        if self.random.random() < 0.5 or not (self.source.key or self._changes_are_known()):
            self._gone()
        self.delivered.clear()
        for path in self.source.load(1):
            other = path.with_name("LOAD00000002.parquet")
            if other.exists():
                other.unlink()
        self.source.written.clear()

    def _changes_are_known(self) -> bool:
        return self._state().exists() and any(
            not name.startswith("LOAD") and (self.source.folder / name).exists()
            for name in json.loads(self._state().read_text())["files"]
        )

    def _gone(self) -> None:
        self.source.pending.clear()
        self.held.clear()
        self.delivered.clear()
        if self.source.folder.exists():
            self.source.drop_files()
        self.source.written.clear()

    def _deliver_again(self) -> None:
        path = self.random.choice(self.delivered)
        # A file without rows says by its name alone that a schema is new.
        way = self.random.randrange(3 if pq.read_metadata(path).num_rows else 2)
        if way == 0:
            path.write_bytes(path.read_bytes())
        elif way == 1:
            pq.write_table(pq.read_table(path), path, compression="gzip")
        else:
            now = self.source._now()
            path.with_name(f"{now:%Y%m%d-%H%M%S}{now.microsecond // 1000:03d}.parquet").write_bytes(path.read_bytes())


def check(lake: Lake, streams: list[Stream], read: Callable[[Source], Any]) -> None:
    """Runs the streams to their end and compares; a difference names the seeds: `Stream(lake, seed)` repeats one."""
    for number in range(SEGMENTS):
        for stream in streams:
            stream.segment(last=number == SEGMENTS - 1)
            stream.before_run()
        lake.ok()
        for stream in streams:
            stream.after_run()
    lake.ok()
    wrong = [stream.source.name for stream in streams if differs(stream.source, read)]
    assert wrong == []


def differs(source: Source, read: Callable[[Source], Any]) -> bool:
    if not source.rows and not (source.lake.processed / "_state" / source.schema / f"{source.name}.json").exists():
        return False
    return normal(read(source)) != normal(source.rows)
