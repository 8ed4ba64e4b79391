"""
Click files as rows: one for each line that is not blank, whatever is in it.

An engine runs this in its workers, which get it by value: of the package it imports only what is sent with it.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.json

from lakehouse.raw.click_types import Found, Kind, Malformed, Number, Object, as_text, fit_object, parse

ABOUT = {
    "click_hour": pa.string(),
    "malformed": pa.bool_(),
    "unfit": pa.bool_(),
    "notes": pa.list_(pa.string()),
    "damage": pa.string(),
}
"""
Columns of a row besides `click`: hour of the file's folder; whether the line is not a click, and whether values of it
are null since they do not fit; what it has that others of the file have not; in one row of a damaged file, which it is
and what is wrong.
"""

ABOUT_COLUMNS = "click_hour string, malformed boolean, unfit boolean, notes array<string>, damage string"
"""As an engine has them."""

NOTES = 1000
"""Notes on the lines of a file, at most: producers have few, but a name may be anything."""

LONGEST = 1 << 24
"""Bytes of a line, at most: 16 MiB, which DuckDB takes; Kinesis takes 10."""

PART = 1 << 22
"""Bytes that are parsed together, at least: a file may be large, and one unusual line makes its part slow."""

BLOCK = 100
"""Lines that are looked at one by one where one of them is unusual."""

_PLACE = re.compile(r"(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]+$")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_SIMPLE = frozenset(["string", "boolean", "tinyint", "smallint", "int", "bigint", "double"])
_MARK = b"\xef\xbb\xbf"
_TEXT = re.compile(rb'"(?:\\.|[^"\\])*"')
_DEEP = re.compile(rb"(?:[\[{][^\[\]{}]*){101}")
"""More levels than a reader has to take: by RFC 8259 that is the reader's own limit."""
_BLANK = b" \t\r\f\v"


def rows(batches: Iterable[pa.RecordBatch], click: str) -> Iterator[pa.RecordBatch]:
    """From rows of `path` and `content` of files to rows of clicks. `click`: the type of one, in Spark's notation."""
    kind = parse(click)
    for batch in batches:
        for path, content in zip(batch.column("path").to_pylist(), batch.column("content").to_pylist(), strict=True):
            yield from file_rows(path, bytes(content), kind)


def file_rows(path: str, content: bytes, kind: Kind) -> Iterator[pa.RecordBatch]:
    """Rows of a file below the folder of its hour."""
    place = _PLACE.search(path)
    assert place is not None, path
    damage = None
    if path.lower().endswith(".gz"):
        content, damage = unzipped(content)
    # Hadoop does not take it for a part of the first line either.
    content = content.removeprefix(_MARK)
    hour = "-".join(place.groups())

    def batch(rows: Rows, wrong: str | None = None) -> pa.RecordBatch:
        click, about = rows
        damages = [None] * (len(click) - 1) + [wrong]
        columns = [click, pa.repeat(hour, len(click)), *about, pa.array(damages, ABOUT["damage"])]
        return pa.RecordBatch.from_arrays(columns, names=["click", *ABOUT])

    noted: set[str] = set()
    last: Rows | None = None
    for found in _rows(content, kind, noted):
        if last is not None:
            yield batch(last)
        last = found
    if damage is not None:
        # Of a damaged file there is at least one line, which says so.
        yield batch(last or _lines([b"?"], kind, noted), f"{place.group()}\n{damage}")
    elif last is not None:
        yield batch(last)


Rows = tuple[pa.Array, list[pa.Array]]
"""Some clicks, and of each what ABOUT has of its line."""


def _rows(content: bytes, kind: Kind, noted: set[str]) -> Iterator[Rows]:
    """Clicks of a file, part by part; of a part where some are unusual in blocks."""
    for part in _parts(content):
        usual = _usual(part, kind)
        if usual is not None:
            yield usual, _as_usual(len(usual))
            continue
        lines = [line for line in part.split(b"\n") if line.strip(_BLANK)]
        for start in range(0, len(lines), BLOCK):
            block = lines[start : start + BLOCK]
            usual = _usual(b"\n".join(block), kind)
            yield _lines(block, kind, noted) if usual is None else (usual, _as_usual(len(usual)))


def _parts(content: bytes) -> Iterator[bytes]:
    """Whole lines of a file, of about PART bytes together."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + PART) + 1 or len(content)
        yield content[start:end]
        start = end


def _as_usual(count: int) -> list[pa.Array]:
    false = pa.repeat(pa.scalar(False), count)
    return [false, false, pa.nulls(count, ABOUT["notes"])]


def unzipped(content: bytes) -> tuple[bytes, str | None]:
    """Content of a gzip file as far as it can be read, and what is wrong with the rest."""
    found = []
    while content:
        member = zlib.decompressobj(31)
        for start in range(0, len(content), 4096):
            part = content[start : start + 4096]
            before = member.copy()
            try:
                found.append(member.decompress(part))
            except zlib.error as error:
                found += _up_to_damage(before, part)
                return b"".join(found), f"it is not a valid gzip file: {error}"
            if member.eof:
                content = member.unused_data + content[start + 4096 :]
                break
        else:
            return b"".join(found), "it is truncated"
        if not content.strip(b"\0"):
            break
    return b"".join(found), None


def _up_to_damage(member: zlib._Decompress, part: bytes) -> Iterator[bytes]:
    """What comes before a damaged place, byte by byte."""
    with contextlib.suppress(zlib.error):
        for at in range(len(part)):
            yield member.decompress(part[at : at + 1])


def _usual(content: bytes, kind: Kind) -> pa.Table | None:
    """Rows where all lines are as the definition says, by Arrow's parser, which is fast; None where one may not be."""
    if (
        len(content) > LONGEST
        or content.startswith(_MARK)
        or b"NaN" in content
        or b"Inf" in content
        or not _is_simple(kind)
    ):
        return None
    # Arrow's parser neither minds where a line ends nor what bytes a text has.
    lines = content.count(b"\n") + (not content.endswith(b"\n"))
    ends = content.count(b"}\n") + content.count(b"}\r\n") + content.endswith((b"}", b"}\r"))
    if content.count(b"\n{") + content.startswith(b"{") != lines or ends != lines:
        return None
    options = pyarrow.json.ParseOptions(pa.schema(list(kind.arrow())), unexpected_field_behavior="error")
    reading = pyarrow.json.ReadOptions(use_threads=False, block_size=max(1 << 20, len(content)))
    try:
        content.decode()
        table = pyarrow.json.read_json(io.BytesIO(content), reading, options)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        return None
    if len(table) != lines:
        return None
    return table.to_struct_array().combine_chunks()


def _is_simple(kind: Kind) -> bool:
    if kind.item is not None:
        return _is_simple(kind.item)
    return all(_is_simple(inner) for _, inner in kind.fields) if kind.fields else kind.name in _SIMPLE


def _lines(lines: list[bytes], kind: Kind, noted: set[str]) -> tuple[pa.Array, list[pa.Array]]:
    """As `_parts`, line by line. `noted`: notes that need not be made once more."""
    clicks: list[dict[str, Any]] = []
    about: list[tuple[bool, bool, list[str] | None]] = []
    for line in lines:
        found = Found()
        try:
            clicks.append(fit_object(_object(line), kind, "", found))
            new = sorted(found.notes - noted)[: NOTES - len(noted)]
            noted.update(new)
            about.append((False, found.unfit, new or None))
        except (ValueError, RecursionError):
            # Not a null in place of the click: Sail looks at its fields alone.
            clicks.append({})
            about.append((True, False, None))
    kinds = list(ABOUT.values())[1:4]
    columns = [pa.array(values, kind) for values, kind in zip(zip(*about, strict=True), kinds, strict=True)]
    return _array(clicks, kind), columns


def _array(values: list[Any], kind: Kind) -> pa.Array:
    """Values for Arrow, where the fields of an object that is null are null, too."""
    if not kind.fields:
        return pa.array(values, kind.arrow())
    fields = [
        _array([None if value is None else value.get(name) for value in values], inner) for name, inner in kind.fields
    ]
    mask = pa.array([value is None for value in values])
    return pa.StructArray.from_arrays(fields, fields=list(kind.arrow()), mask=mask)


def _object(line: bytes) -> Object:
    """The JSON object that a line is. Raises ValueError or RecursionError."""
    if len(line) > LONGEST:
        raise Malformed("it is too long")
    text = line.decode()
    if line.count(b"[") + line.count(b"{") > 100 and _DEEP.search(_TEXT.sub(b"", line)):
        raise Malformed("it has more than 100 levels")
    value = json.loads(text, object_pairs_hook=Object, parse_int=_whole, parse_float=Number, parse_constant=_no_number)
    if not isinstance(value, Object):
        raise Malformed("it is not an object")
    if _SURROGATE.search(line):
        as_text(value).encode()
    return value


def _whole(text: str) -> Number:
    return Number("0" if text == "-0" else text)


def _no_number(text: str) -> None:
    raise Malformed(f"{text} is not valid JSON")
