"""Ranges of a whole-numbered key, by which rows are in files."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from lakehouse.spark import F
from lakehouse.storage.column_types import quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

SAMPLE = 100
"""Values of a column from which a file's range is taken."""


def sampled_bounds(rows: DataFrame, column: str, files: int, file_rows: int) -> list[int]:
    """Ascending bounds between so many files of about `file_rows` rows, by a sample: keys may lie in islands."""
    name = F.col(quoted(column))
    every = max(1, file_rows // SAMPLE)
    sampled = rows.where(F.pmod(F.xxhash64(name), F.lit(every)) == 0)
    sample = sorted(int(value) for (value,) in sampled.select(name).collect())
    return sorted({sample[len(sample) * number // files] for number in range(1, files)} if sample else ())


def part(column: Column, bounds: list[int]) -> Column:
    """Number of the part between two of some ascending bounds in which a value is."""
    terms = [(column >= F.lit(bound)).cast("int") for bound in bounds] or [F.lit(1) * 0]
    # As a tree: engines take expressions of a limited depth.
    while len(terms) > 1:
        terms = [reduce(add, terms[start : start + 2]) for start in range(0, len(terms), 2)]
    return terms[0]
