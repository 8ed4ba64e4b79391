"""Lines of click files: what is a click, what fits, and that one line changes nothing but itself."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakehouse.raw import click_records, click_types
from support.clicks import ODD, odd_line

EXAMPLES = 2000 if os.environ.get("ALL_FAULTS") == "1" else 200
KIND = (
    "struct<`id`:int,`name`:string,`price`:double,`at`:date,"
    "`details`:struct<`color`:string,`size`:int>,`tags`:array<int>,"
    "`time`:timestamp,`amount`:decimal(38,10),`data`:binary>"
)
USUAL = b'{"id":1,"name":"Hat","price":12.5,"at":"2026-11-20","details":{"color":"red","size":4},"tags":[1,2]}'


def read(content: bytes, name: str = "a.json", kind: str = KIND) -> pa.Table:
    path = f"s3://raw/clickstream-data/2026/11/20/13/{name}"
    batches = list(click_records.file_rows(path, content, click_types.parse(kind)))
    kinds = {"click": click_types.parse(kind).arrow(), **click_records.ABOUT}
    return pa.Table.from_batches(batches, pa.schema(list(kinds.items())))


SHOWN: dict[str, Callable[[Any], Any]] = {
    "at": lambda value: value.isoformat(),
    "time": lambda value: value.replace(tzinfo=None).isoformat(" "),
    "amount": lambda value: f"{value:f}",
    "data": lambda value: value.hex(),
}


def shown(click: dict[str, Any]) -> dict[str, Any]:
    return {name: SHOWN.get(name, lambda it: it)(value) for name, value in click.items() if value is not None}


NOTHING = dict.fromkeys(["id", "name", "price", "at", "details", "tags", "time", "amount", "data"])


def outcome(row: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    if row["malformed"]:
        assert row["click"] == NOTHING
        return None, False
    return shown(row["click"]), row["unfit"]


def expected(case: dict[str, Any]) -> tuple[dict[str, Any] | None, bool]:
    """Of the click what is not null."""
    return case["click"], case.get("unfit", False)


@pytest.mark.parametrize("case", ODD, ids=lambda case: str(case.get("line", case.get("hex")))[:40])
def test_an_odd_line_comes_to_what_it_should(case: dict[str, Any]) -> None:
    (row,) = read(odd_line(case)).to_pylist()
    assert outcome(row) == expected(case)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    cases=st.lists(st.sampled_from(ODD) | st.just(ODD[0]), max_size=250),
    ending=st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \n"]),
    last=st.booleans(),
    zipped=st.booleans(),
    part=st.sampled_from([1, 100, click_records.PART]),
)
def test_each_line_comes_to_what_it_is_alone(
    cases: list[dict[str, Any]], ending: bytes, last: bool, zipped: bool, part: int
) -> None:
    content = ending.join(map(odd_line, cases)) + (ending if last else b"")
    with patch.object(click_records, "PART", part):
        table = read(gzip.compress(content), "a.json.gz") if zipped else read(content)
    assert [outcome(row) for row in table.to_pylist()] == [expected(case) for case in cases]
    assert set(table.column("click_hour").to_pylist()) <= {"2026-11-20-13"}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(["id", "name", "price", "at", "details", "tags", "other", "ID"])


@settings(max_examples=EXAMPLES, deadline=None)
@given(clicks=st.lists(st.dictionaries(names, values, max_size=4) | values, min_size=1, max_size=4))
def test_any_json_between_usual_lines_leaves_them_as_they_are(clicks: list[Any]) -> None:
    odd = [json.dumps(click).encode() for click in clicks]
    rows = read(b"\n".join([USUAL, *odd, USUAL])).to_pylist()
    usual = rows[0]["click"]
    assert len(rows) == len(odd) + 2
    assert rows[-1]["click"] == usual
    assert usual["id"] == 1
    for click, row in zip(clicks, rows[1:-1], strict=True):
        # NaN and Infinity, as Python writes them, are not JSON.
        whole = isinstance(click, dict) and not ({"id", "ID"} <= click.keys()) and "NaN" not in json.dumps(click)
        if row["malformed"]:
            assert not whole or any(word in json.dumps(click) for word in ("Infinity", "\\ud")) or _repeats(click)
        else:
            assert isinstance(click, dict)


def _repeats(click: Any) -> bool:
    details = click.get("details")
    return isinstance(details, dict) and len({key.lower() for key in details}) < len(details)


@settings(max_examples=EXAMPLES, deadline=None)
@given(content=st.binary(max_size=200), part=st.sampled_from([1, 10, click_records.PART]))
def test_any_bytes_are_counted_line_by_line(content: bytes, part: int) -> None:
    lines = [part for part in content.removeprefix(b"\xef\xbb\xbf").split(b"\n") if part.strip(b" \t\r\f\v")]
    with patch.object(click_records, "PART", part):
        assert len(read(content)) == len(lines)
    table = read(content, "a.json.gz")
    assert (len(table) > 0) == (content != b"")


def test_a_large_file_is_parsed_in_large_parts_but_for_that_of_an_unusual_line() -> None:
    line = b'{"id":%d,"name":"Hat"}\n'
    before = b"".join(line % number for number in range(400_000))
    after = b"".join(line % number for number in range(400_000, 800_000))
    content = before + b'{"id":"none"}\n' + after
    assert len(content) > click_records.LONGEST
    kind = "struct<`id`:int,`name`:string>"
    path = "s3://raw/clickstream-data/2026/11/20/13/a.json"
    rows = [len(batch) for batch in click_records.file_rows(path, content, click_types.parse(kind))]
    assert sum(rows) == 800_001
    small = [count for count in rows if count <= click_records.BLOCK]
    assert 0 < sum(small) < 2 * click_records.PART / len(line)
    assert read(content, kind=kind).column("click").combine_chunks().field("id").null_count == 1


def test_a_cut_file_gives_its_lines_and_says_once_that_it_is_cut() -> None:
    numbered = [b'{"id":%d,"name":"%s"}' % (number, os.urandom(8).hex().encode()) for number in range(2000)]
    whole = gzip.compress(b"\n".join(numbered))
    table = read(whole[: len(whole) // 2], "b.json.gz")
    ids = [click["id"] for click in table.column("click").to_pylist()]
    malformed = table.column("malformed").to_pylist().count(True)
    assert malformed <= 1
    assert ids[: len(ids) - malformed] == list(range(len(ids) - malformed))
    assert len(ids) > 500
    (damage,) = filter(None, table.column("damage").to_pylist())
    assert damage == "2026/11/20/13/b.json.gz\nit is truncated"


def test_several_gzip_members_are_one_file_and_what_follows_them_is_damage() -> None:
    two = gzip.compress(USUAL + b"\n") + gzip.compress(USUAL)
    assert read(two, "c.gz").column("damage").to_pylist() == [None, None]
    damaged = read(two + b"garbage", "c.gz")
    assert damaged.column("malformed").to_pylist() == [False, False]
    assert "it is not a valid gzip file" in str(damaged.column("damage").to_pylist())


def test_notes_are_made_once_a_file_and_are_limited() -> None:
    lines = [b'{"campaign":1,"name":3}'] * 3 + [b'{"x%d":1}' % number for number in range(1500)]
    notes = [note for row in read(b"\n".join(lines)).column("notes").to_pylist() for note in row or []]
    assert notes[:2] == ["+campaign", "name is not text"]
    assert len(notes) == click_records.NOTES == len(set(notes))


def test_types_of_every_kind() -> None:
    kind = "struct<a:decimal(5,2),b:binary,c:timestamp,d:boolean,e:tinyint,f:float,`g``h`:array<struct<x:bigint>>>"
    good = b'{"a":1.005,"b":"aGk=","c":"2026-11-20T13:00:00+05:30","d":"true","e":-128,"f":1.5,"g`h":[{"x":1},null]}'
    bad = b'{"a":1000,"b":"%","c":"never","d":1,"e":128,"f":1e39,"g`h":[2]}'
    table = read(good + b"\n" + bad, kind=kind)
    one, other = table.column("click").to_pylist()
    assert (str(one["a"]), one["b"], one["c"].isoformat(), one["d"]) == (
        "1.01",
        b"hi",
        "2026-11-20T07:30:00+00:00",
        True,
    )
    assert (one["e"], one["f"], one["g`h"]) == (-128, 1.5, [{"x": 1}, None])
    assert other == {"a": None, "b": None, "c": None, "d": None, "e": None, "f": None, "g`h": [None]}
    assert table.column("unfit").to_pylist() == [False, True]
    assert click_types.parse(kind).hive().startswith("struct<a:decimal(5,2),b:binary,")


def test_a_line_that_is_too_long_is_malformed_alone() -> None:
    long = b'{"name":"' + b"x" * click_records.LONGEST + b'"}'
    assert read(b"\n".join([USUAL, long, USUAL])).column("malformed").to_pylist() == [False, True, False]


def test_what_comes_before_a_wrong_checksum_is_kept() -> None:
    whole = gzip.compress(USUAL)
    table = read(whole[:-8] + b"wrong" + whole[-3:], "c.json.gz")
    assert [click["id"] for click in table.column("click").to_pylist()] == [1]
    assert "not a valid gzip file" in str(table.column("damage").to_pylist())


def test_a_byte_order_mark_is_skipped_where_a_file_begins() -> None:
    marked = "\ufeff".encode() + USUAL
    table = read(b"\n".join([marked, USUAL, marked]))
    assert table.column("malformed").to_pylist() == [False, False, True]
