"""
Names of the source as the lake and the catalog have them. A character that has no place there is written as the four
hexadecimal digits of its UTF-16 unit between two marks, `my table` as `my_x0020_table`, so that no two names become one
and each can be read back. etl/contract/names.ts is the same for the CLI; a test holds the two together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from lakehouse.contract import BEFORE, CHANGES, OWN_COLUMNS, RAW_COMMIT_TIME, RAW_OPERATION, RAW_SEQUENCE

LONGEST = 255 - max(len(CHANGES), len(BEFORE))
"""Bytes of a name in the Glue Data Catalog, less those of what is put before or after it."""

_RAW = {name.lower() for name in (RAW_OPERATION, RAW_COMMIT_TIME, RAW_SEQUENCE)}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def catalog_form(name: str) -> str:
    """Name of a table in the catalog: of ordinary characters its own, in lower case."""
    folded = _lower_case(name)
    return _shortened(_escaped(folded, r"[a-z0-9_]", "_"), folded, "_")


def exact_form(name: str) -> str:
    """As `catalog_form`, but capital letters differ from small ones, and nothing ends as a change log's name does."""
    text = _escaped(name, r"[a-z0-9_]", "_")
    own = text.removesuffix(CHANGES) + _escape("_", "_") + CHANGES[1:] if text.endswith(CHANGES) else text
    return _shortened(own, name, "_")


def folder_form(name: str) -> str:
    """Name of a folder of the processed zone: as it is, where it has letters, digits, `_` and `-` alone."""
    text = _escaped(name, r"[A-Za-z0-9_-]", "-")
    return _shortened(_escape("_", "-") + text[1:] if text.startswith("_") else text, name, "-")


def raw_folder_form(name: str) -> str:
    """Name of a folder that the local replicator writes: as it is, where a path can have that."""
    text = _escaped(name, r"[^\x00-\x1f\x7f-\x9f/\\]", "-")
    return _shortened(_escape(".", "-") + text[1:] if text in (".", "..") else text, name, "-")


def from_folder(folder: str) -> str:
    """The name of which `folder_form` or `raw_folder_form` made this one."""
    return _unescaped(folder, "-")


def from_catalog(text: str) -> str:
    """The name of which `catalog_form` (in lower case), `exact_form` or `column_form` made this one."""
    return _unescaped(text, "_")


def column_form(name: str, others: Iterable[str] = ()) -> str:
    """
    Name of a column in change logs and current tables. `others`: the table's columns; one that looks like the before
    image of another has another name.
    """
    text = _escaped(name, r"[A-Za-z0-9_]", "_")
    taken = name.lower() in OWN_COLUMNS or _is_image(name, others)
    return _shortened(_escape(text[0], "_") + text[1:] if taken else text, name, "_")


def there(name: str, columns: Iterable[str]) -> str:
    """
    The name of `column_form` that a column has beside those of its table, `columns`, where it was made without them.
    """
    columns = list(columns)
    beside = column_form(from_catalog(name), map(from_catalog, columns))
    return beside if name not in columns and beside in columns else name


def raw_column_form(name: str, others: Iterable[str] = ()) -> str:
    """Name of a column in raw files: its own, unless replication adds one of this name."""
    return _escape(name[0], "_") + name[1:] if _is_raw_taken(name, list(others)) else name


def _is_raw_taken(name: str, others: list[str]) -> bool:
    """Also of what reads as an escaped name that is taken, as otherwise two names would become one."""
    read = _first_read(name)
    return name.lower() in _RAW or _is_image(name, others) or (read != name and _is_raw_taken(read, others))


def from_raw_column(text: str, others: Iterable[str] = ()) -> str:
    """The name of which `raw_column_form` made this one."""
    name = _first_read(text)
    return name if raw_column_form(name, list(others)) == text else text


def _first_read(text: str) -> str:
    """A name whose first character is an escape, with that character; another as it is."""
    return re.sub(r"\A_x([0-9a-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def _is_image(name: str, others: Iterable[str]) -> bool:
    folded = name.lower()
    prefix = BEFORE.lower()
    return folded.startswith(prefix) and folded.removeprefix(prefix) in {other.lower() for other in others}


def _lower_case(name: str) -> str:
    """In lower case as catalogs fold names: letters of ASCII alone."""
    return re.sub("[A-Z]", lambda letter: letter[0].lower(), name)


def _units(name: str) -> list[str]:
    """Its UTF-16 units."""
    data = name.encode("utf-16-be", "surrogatepass")
    return [chr(int.from_bytes(data[at : at + 2], "big")) for at in range(0, len(data), 2)]


def _escape(unit: str, mark: str) -> str:
    return f"{mark}x{ord(unit):04x}{mark}"


def _escaped(name: str, kept: str, mark: str) -> str:
    units = _units(name)
    pieces: list[str] = []
    for at, unit in enumerate(units):
        following = "".join(units[at + 1 : at + 6])
        looks_escaped = unit == mark and re.match(r"x(?:[0-9a-f]{4}|[zh][_-])", following, re.IGNORECASE | re.ASCII)
        pieces.append(unit if re.fullmatch(kept, unit) and not looks_escaped else _escape(unit, mark))
    return _joined(pieces)


def _joined(units: Iterable[str]) -> str:
    """Characters whose halves may have come as two units."""
    return "".join(units).encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


def _shortened(text: str, name: str, mark: str) -> str:
    """A name that is too long with its escapes, as one number; where that is too long as well, as a digest."""
    if len(text.encode("utf-8", "surrogatepass")) <= LONGEST:
        return text
    units = name.encode("utf-16-be", "surrogatepass").hex()
    number = f"{mark}xz{mark}{_base36(int('1' + units, 16))}"
    if len(number) <= LONGEST:
        return number
    return f"{mark}xh{mark}{hashlib.sha256(units.encode()).hexdigest()}"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def _unescaped(text: str, mark: str) -> str:
    if text.startswith(f"{mark}xz{mark}"):
        return bytes.fromhex(f"{int(text[4:], 36):x}"[1:]).decode("utf-16-be", "surrogatepass")
    return _joined(re.sub(f"{mark}x([0-9a-f]{{4}}){mark}", lambda found: chr(int(found[1], 16)), text))
