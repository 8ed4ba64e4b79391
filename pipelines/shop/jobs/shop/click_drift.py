"""What is new in the clicks' fields: names that the joined table does not have, and types that changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lakehouse.spark import F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SHAPES = 1000
"""Shapes of lines that are looked at, at most: producers have few, but a name may be anything."""

NAMES = 20
"""Names that are reported, at most."""

_NUMBER = (int, float)
_EXPECTED: dict[str, type | tuple[type, ...]] = {
    "productid": int,
    "productname": str,
    "department": str,
    "price": _NUMBER,
    "productDetails": dict,
}
_DETAILS = {"color": str, "material": str, "comments": str}
_NAMES = {int: "a whole number", str: "text", _NUMBER: "a number", dict: "an object"}

# Patterns that Java and Rust both know, for a line without its escaped characters: a text is then what is between two
# quotes. Nothing repeats without a limit what repeats itself: in Java a long line would take all of the stack, or days.
ESCAPED = r"\\."
_TEXT = r'"[^"]*"'
_WHOLE = r"-?[0-9]+"
_DECIMAL = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"


def _object(fields: dict[str, str]) -> str:
    known = "|".join(rf'"{name}"\s*:\s*(?:{value}|null)' for name, value in fields.items())
    return rf"\{{\s*(?:(?:{known})\s*(?:,\s*)?){{0,{len(fields)}}}\}}"


_VALUES = {int: _WHOLE, str: _TEXT, _NUMBER: _DECIMAL, dict: _object(dict.fromkeys(_DETAILS, _TEXT))}
USUAL = rf"^\s*{_object({name: _VALUES[kind] for name, kind in _EXPECTED.items()})}\s*$"

# Names stay, texts become empty, and of a number only stays whether it is a whole one.
VALUE = rf'({_TEXT}\s*:)|(")[^"]*(")|-?[0-9]+(?:(\.)[0-9]+)?(?:([eE])[+-]?[0-9]+)?'
SHAPE = "$1$2$3$4$5"


def is_unusual(line: Column) -> Column:
    """Whether a line has another field than those that are expected, or a value of another type."""
    return ~F.regexp_replace(line, ESCAPED, "_").rlike(USUAL)


def examples(lines: DataFrame) -> list[str]:
    """One line of each shape among the unusual ones: of the same names with values of the same types."""
    unusual = lines.where(is_unusual(F.col("value")))
    shape = F.regexp_replace(F.regexp_replace("value", ESCAPED, "_"), VALUE, SHAPE)
    found = unusual.groupBy(shape.alias("shape")).agg(F.min("value").alias("value")).limit(SHAPES)
    return [value for _, value in found.collect()]


def describe(lines: Iterable[str]) -> str | None:
    """One sentence on what differs in some lines; None where nothing does. What is not a JSON object does not count."""
    new: set[str] = set()
    changed: set[str] = set()
    for line in lines:
        try:
            click = json.loads(line)
        except ValueError:
            continue
        if isinstance(click, dict):
            _compare(click, _EXPECTED, "", new, changed)
            details = click.get("productDetails")
            if isinstance(details, dict):
                _compare(details, _DETAILS, "productDetails.", new, changed)
    parts = []
    if new:
        parts.append(f"new fields: {_list(new)}")
    if changed:
        parts.append(f"changed types: {_list(changed)}")
    return "; ".join(parts) or None


def _list(names: set[str]) -> str:
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(sorted(names)[:NAMES]) + more


def _compare(click: dict[str, Any], expected: dict[str, Any], prefix: str, new: set[str], changed: set[str]) -> None:
    for name, value in click.items():
        if name not in expected:
            new.add(prefix + name)
        elif value is not None and (isinstance(value, bool) or not isinstance(value, expected[name])):
            changed.add(f"{prefix}{name} is not {_NAMES[expected[name]]}")
