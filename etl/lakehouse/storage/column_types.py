"""Types of columns on their way: Parquet in the raw zone → change log → current table."""

from __future__ import annotations

import pyarrow as pa

_SIMPLE = {
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.uint8(): "smallint",
    pa.uint16(): "int",
    pa.uint32(): "bigint",
    pa.uint64(): "decimal(20,0)",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.large_string(): "string",
    pa.binary(): "binary",
    pa.large_binary(): "binary",
    pa.date32(): "date",
    pa.null(): "string",
}


class UnsupportedType(ValueError):
    """A type that no replicator writes, and that the engines do not read alike."""


def change_log_type(raw: pa.DataType) -> str:
    """
    Type in the change log of a column of the raw zone, in Spark's notation. Unsigned integers are widened; a timestamp
    is one without a zone, which in UTC is what both replicators mean.
    """
    if pa.types.is_dictionary(raw):
        return change_log_type(raw.value_type)
    if pa.types.is_decimal128(raw):
        return f"decimal({raw.precision},{raw.scale})"
    if pa.types.is_timestamp(raw):
        return "timestamp_ntz"
    if pa.types.is_fixed_size_binary(raw):
        return "binary"
    try:
        return _SIMPLE[raw]
    except KeyError:
        raise UnsupportedType(str(raw)) from None


def current_type(change_log: str) -> str:
    """Type in a current table: Iceberg has no integer below 32 bits. https://iceberg.apache.org/spec/#primitive-types"""
    return "int" if change_log in ("tinyint", "smallint") else change_log


_FAMILIES = (("tinyint", "smallint", "int", "bigint"), ("float", "double"))
"""From narrow to wide."""


def wider(older: str, newer: str) -> str:
    """The one of two types in Spark's notation by which files of both can be read; the newer where neither can."""
    for family in _FAMILIES:
        if older in family and newer in family:
            return max(older, newer, key=family.index)
    if older.startswith("decimal(") and newer.startswith("decimal("):
        (old_precision, old_scale), (precision, scale) = (kind[8:-1].split(",") for kind in (older, newer))
        if old_scale == scale and int(old_precision) > int(precision):
            return older
    return newer


def quoted(name: str) -> str:
    """A name as an identifier in SQL and for `functions.col`."""
    return "`" + name.replace("`", "``") + "`"
