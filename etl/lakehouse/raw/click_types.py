"""
Types of a click's fields, as the definition gives them, and what of a JSON value fits them.

An engine runs this in its workers, which get it by value: it imports nothing of the package.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pyarrow as pa

_WHOLE = re.compile(r"-?[0-9]{1,40}")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BITS = {"tinyint": 8, "smallint": 16, "int": 32, "bigint": 64}
_LARGEST = {"float": 3.4028235677973366e38, "double": float("inf")}
_EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOUR = "(?:[01][0-9]|2[0-3])"
_TIME = re.compile(
    f"{_DATE.pattern}(?:[T ]{_HOUR}:[0-9]{{2}}"
    rf"(?::[0-9]{{2}}(?:\.[0-9]{{1,9}})?(?:Z|[+-]{_HOUR}(?::?[0-9]{{2}})?)?)?)?"
)
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")

_ARROW = {
    "string": pa.string(),
    "boolean": pa.bool_(),
    "tinyint": pa.int8(),
    "smallint": pa.int16(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
    "binary": pa.binary(),
}

_EXPECTED = {
    "string": "text",
    "boolean": "true or false",
    "date": "a date",
    "timestamp": "a time",
    "binary": "bytes in Base64",
    "array": "a list",
    "struct": "an object",
    **dict.fromkeys(_BITS, "a whole number"),
    **dict.fromkeys([*_LARGEST, "decimal"], "a number"),
}


class Malformed(ValueError):
    """A record that is not one JSON object with every key once."""


class Number(str):
    """A number of JSON as it is written: Python's own would be rounded, or take hours to read."""


class Object(list[tuple[str, Any]]):
    """Keys and values of a JSON object as they are written."""


@dataclass(frozen=True)
class Kind:
    """A type. `fields` of a struct, `item` of an array, `precision` and `scale` of a decimal."""

    name: str
    fields: tuple[tuple[str, Kind], ...] = ()
    item: Kind | None = None
    precision: int = 0
    scale: int = 0

    def arrow(self) -> pa.DataType:
        if self.name == "struct":
            return pa.struct([(name, kind.arrow()) for name, kind in self.fields])
        if self.item is not None:
            return pa.list_(self.item.arrow())
        return pa.decimal128(self.precision, self.scale) if self.name == "decimal" else _ARROW[self.name]

    def hive(self) -> str:
        """As the data catalog has it."""
        if self.name == "struct":
            return f"struct<{','.join(f'{name.lower()}:{kind.hive()}' for name, kind in self.fields)}>"
        if self.item is not None:
            return f"array<{self.item.hive()}>"
        return f"decimal({self.precision},{self.scale})" if self.name == "decimal" else self.name


@dataclass
class Found:
    """What there is to tell of a record: `unfit` where a value is null since it does not fit; `notes` on its fields."""

    unfit: bool = False
    notes: set[str] = field(default_factory=set)


def parse(text: str) -> Kind:
    """A type in Spark's notation: `struct<`id`:int,price:decimal(12,2),tags:array<string>>`."""
    return _Parser(re.findall(r"`(?:[^`]|``)*`|[<>(),:]|[^<>(),:`]+", text)).kind()


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    def _next(self, expected: str = "") -> str:
        token = self._tokens.pop()
        assert expected in ("", token), f"{token} where {expected} was expected"
        return token

    def kind(self) -> Kind:
        name = self._next()
        if name == "decimal":
            self._next("(")
            precision, _, scale, _ = (self._next() for _ in range(4))
            return Kind(name, precision=int(precision), scale=int(scale))
        if name == "array":
            self._next("<")
            item = self.kind()
            self._next(">")
            return Kind(name, item=item)
        if name != "struct":
            return Kind(name)
        fields: list[tuple[str, Kind]] = []
        self._next("<")
        while self._tokens[-1] != ">":
            field_name = self._next()
            if field_name.startswith("`"):
                field_name = field_name[1:-1].replace("``", "`")
            self._next(":")
            fields.append((field_name, self.kind()))
            if self._tokens[-1] == ",":
                self._next()
        self._next(">")
        return Kind(name, fields=tuple(fields))


def fit_object(value: Object, kind: Kind, path: str, found: Found) -> dict[str, Any]:
    """
    The fields of an object by the names of its type, whose letters may be large or small in the object. Raises
    Malformed where two keys are the same apart from that.
    """
    values = {_folded(key): inner for key, inner in value}
    if len(values) < len(value):
        raise Malformed("a key is duplicated")
    known = {_folded(name) for name, _ in kind.fields}
    found.notes.update(f"+{path}{key}" for key, _ in value if _folded(key) not in known)
    return {name: fit(values.get(_folded(name)), inner, path + name, found) for name, inner in kind.fields}


def _folded(key: str) -> str:
    """In lower case as DuckDB has it: letter by letter."""
    return key.lower() if key.isascii() else "".join(letter.lower()[0] for letter in key)


def fit(value: Any, kind: Kind, path: str, found: Found) -> Any:
    """A JSON value as one of the type, for Arrow; None, and noted, where it does not fit."""
    if value is None:
        return None
    if kind.name == "struct":
        if isinstance(value, Object):
            return fit_object(value, kind, f"{path}.", found)
    elif kind.item is not None:
        if isinstance(value, list) and not isinstance(value, Object):
            return [fit(inner, kind.item, path, found) for inner in value]
    else:
        fitted = _scalar(value, kind)
        if fitted is not None:
            if not _is_exact(value, kind):
                found.notes.add(f"{path} is not {_EXPECTED[kind.name]}")
            return fitted
    found.notes.add(f"{path} is not {_EXPECTED[kind.name]}")
    found.unfit = True
    return None


def _is_exact(value: Any, kind: Kind) -> bool:
    """Whether a value has the JSON type that its field should have; text that says a number is taken, too."""
    if kind.name == "boolean":
        return isinstance(value, bool)
    number = kind.name in _BITS or kind.name in _LARGEST or kind.name == "decimal"
    return isinstance(value, str) and isinstance(value, Number) == number


def _scalar(value: Any, kind: Kind) -> Any:
    name = kind.name
    if name == "string":
        return value if isinstance(value, str) and not isinstance(value, Number) else as_text(value)
    if name == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(_text(value))
    text = _text(value)
    if name in _BITS:
        whole = int(text) if _WHOLE.fullmatch(text) else None
        limit = 1 << (_BITS[name] - 1)
        return whole if whole is not None and -limit <= whole < limit else None
    if name in _LARGEST:
        number = float(text) if _NUMBER.fullmatch(text) else None
        return number if number is not None and abs(number) < _LARGEST[name] else None
    if name == "decimal":
        return _decimal(text, kind)
    if isinstance(value, Number):
        return None
    try:
        if name == "date":
            return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
        if name == "timestamp":
            return _time(text)
        return base64.b64decode(text, validate=True) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    """A text or a number as it is written; nothing for what has no text."""
    return value if isinstance(value, str) else ""


def _decimal(text: str, kind: Kind) -> Decimal | None:
    if not _NUMBER.fullmatch(text) or len(text) > 400:
        return None
    # As a double it takes no memory to know that it is zero or too large, however many digits its exponent stands for.
    double = float(text)
    if abs(double) > 1e40:
        return None
    number = Decimal(text) if double else Decimal(0)
    if number.adjusted() >= 40:
        return None
    rounded = number.quantize(Decimal(1).scaleb(-kind.scale), context=_EXACT)
    return None if abs(rounded) >= 10 ** (kind.precision - kind.scale) else rounded


def _time(text: str) -> dt.datetime | None:
    if not _TIME.fullmatch(text):
        return None
    time = dt.datetime.fromisoformat(text)
    return time.astimezone(dt.timezone.utc) if time.tzinfo else time.replace(tzinfo=dt.timezone.utc)


def as_text(value: Any) -> str:
    """A JSON value as JSON without spaces."""
    if isinstance(value, Object):
        return "{" + ",".join(f"{_quoted(key)}:{as_text(inner)}" for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(as_text, value)) + "]"
    return number_text(value) if isinstance(value, Number) else _quoted(value)


def number_text(value: str) -> str:
    """A number with a fraction or an exponent as the double that it is, in DuckDB's form; another as it is."""
    if not re.search("[.eE]", value):
        return str(value)
    number = float(value)
    if abs(number) == float("inf"):
        return str(value)
    _, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    assert isinstance(exponent, int)
    text, point = "".join(map(str, digits)), len(digits) + exponent
    if number == 0:
        text = "0.0"
    elif not -6 < point <= 21:
        text = f"{text[0]}{'.' if text[1:] else ''}{text[1:]}e{point - 1}"
    elif point <= 0:
        text = f"0.{'0' * -point}{text}"
    else:
        text = f"{text[:point].ljust(point, '0')}.{text[point:] or '0'}"
    return f"-{text}" if str(number).startswith("-") else text


def _quoted(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    # Large digits, as DuckDB writes them.
    return _ESCAPE.sub(lambda found: found[0][:2] + found[0][2:].upper(), text) if "\\u" in text else text
