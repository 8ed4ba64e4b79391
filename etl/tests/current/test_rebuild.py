"""A table that is made of its whole change log: which of the rows of one key is the last, and where rows lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.lake import Lake, Source, normal

Read = Callable[[Source], list[dict[str, Any]]]
COLUMNS = {"id": pa.int64(), "part": pa.string(), "note": pa.string()}


def source(lake: Lake, key: list[str]) -> Source:
    lake.declare("shop", "t", key)
    return Source(lake, "t", COLUMNS, key)


@pytest.mark.parametrize("key", [["id"], ["id", "part"]], ids=["one", "two"])
def test_changes_rank_above_the_full_load(lake: Lake, current: Read, key: list[str]) -> None:
    table = source(lake, key)
    table.rows = [{"id": number, "part": "a", "note": "loaded"} for number in range(9)]
    table.load(files=2)
    table.update({"id": 1}, note="changed")
    table.update({"id": 2}, id=20)
    table.delete({"id": 3})
    table.insert(id=4, part="b", note="other part") if len(key) == 2 else table.update({"id": 4}, part="b")
    table.insert(id=30, part="a", note="new")
    table.insert(id=31, part="a", note="not for long")
    table.delete({"id": 31})
    table.flush()
    lake.ok()
    assert normal(current(table)) == normal(table.rows)


def test_of_a_row_that_was_loaded_twice_the_later_counts(lake: Lake, current: Read) -> None:
    table = source(lake, ["id"])
    table.rows = [{"id": number, "part": "a", "note": "first"} for number in (1, 2)]
    table.load()
    (first,) = table.written
    # A second file of the full load that has one of the rows once more, read from the source at a later time.
    again = [{"id": 2, "part": "a", "note": "second"}, {"id": 3, "part": "a", "note": "second"}]
    written = pq.read_table(first)
    rows = [
        {"Op": "I", "cdc_commit_time": "2027-01-01 00:00:00.000000", "cdc_change_seq": "", "BI_id": None, **row}
        for row in again
    ]
    pq.write_table(pa.Table.from_pylist(rows, written.schema), first.with_name("LOAD00000002.parquet"))
    table.rows = [table.rows[0], *again]
    table.update({"id": 1}, note="changed")
    table.flush()
    lake.ok()
    assert normal(current(table)) == normal(table.rows)


def test_a_large_table_whose_keys_lie_in_islands(
    lake: Lake, engine: str, monkeypatch: pytest.MonkeyPatch, current: Read
) -> None:
    monkeypatch.setattr("lakehouse.run.engine.FILE_ROWS", 100)
    table = source(lake, ["id"])
    far = 10**15
    table.rows = [{"id": island + number, "part": "a", "note": "x"} for island in (0, far) for number in range(600)]
    table.load()
    lake.ok()
    folder = lake.processed / "current" / "shop" / "t" / "data"
    before = {path.name for path in folder.glob("*.parquet")}
    largest = max(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
    if engine == "sail":
        assert largest < 400
    # Two files of ten: neither what is between them nor the others are written.
    table.update({"id": 5}, note="changed")
    table.update({"id": far + 590}, note="changed")
    table.insert(id=far + 700, part="b")
    table.flush()
    lake.ok()
    assert normal(current(table)) == normal(table.rows)
    if engine == "sail":
        new = [pq.read_metadata(path).num_rows for path in folder.glob("*.parquet") if path.name not in before]
        assert sum(new) <= 2 * largest + 1
    # So many files that all is rewritten.
    for number in range(0, 600, 50):
        table.update({"id": number}, note="changed again")
        table.update({"id": far + number}, note="changed again")
    table.flush()
    lake.ok()
    assert normal(current(table)) == normal(table.rows)
