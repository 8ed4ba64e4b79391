"""What is new in the clicks' fields: names that the joined table does not have, and types that changed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any

from lakehouse.storage import Storage, StoredFile

HEAD_BYTES = 64 * 1024
"""Bytes of each file that are looked at: a producer that changed shows in the first lines."""

_NUMBER = (int, float)
_EXPECTED: dict[str, type | tuple[type, ...]] = {
    "productid": int,
    "productname": str,
    "department": str,
    "price": _NUMBER,
    "productDetails": dict,
}
_DETAILS = {"color": str, "material": str, "comments": str}
_NAMES = {int: "whole number", str: "text", _NUMBER: "number", dict: "object"}


def describe(raw: Storage, files: Iterable[StoredFile]) -> str | None:
    """One line on what differs in the first lines of some click files; None where nothing does."""
    new: set[str] = set()
    changed: set[str] = set()
    for file in files:
        for click in _head(raw, file):
            _compare(click, _EXPECTED, "", new, changed)
            details = click.get("productDetails")
            if isinstance(details, dict):
                _compare(details, _DETAILS, "productDetails.", new, changed)
    parts = []
    if new:
        parts.append(f"new fields: {', '.join(sorted(new))}")
    if changed:
        parts.append(f"changed types: {', '.join(sorted(changed))}")
    return "; ".join(parts) or None


def _compare(click: dict[str, Any], expected: dict[str, Any], prefix: str, new: set[str], changed: set[str]) -> None:
    for name, value in click.items():
        if name not in expected:
            new.add(prefix + name)
        elif value is not None and (isinstance(value, bool) or not isinstance(value, expected[name])):
            changed.add(f"{prefix}{name} is no {_NAMES[expected[name]]}")


def _head(raw: Storage, file: StoredFile) -> list[dict[str, Any]]:
    """Clicks in the first lines of a file; nothing of one that cannot be read, which the join sets aside."""
    try:
        with raw.filesystem.open_input_stream(raw.path(file.path), compression=None) as stream:
            content = stream.read(HEAD_BYTES)
        if file.name.endswith(".gz"):
            content = zlib.decompressobj(wbits=31).decompress(content, HEAD_BYTES)
    except (OSError, zlib.error):
        return []
    clicks = []
    for line in content.split(b"\n")[: -1 if len(content) == HEAD_BYTES else None]:
        try:
            click = json.loads(line)
        except ValueError:
            continue
        if isinstance(click, dict):
            clicks.append(click)
    return clicks
