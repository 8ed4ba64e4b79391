"""Ranges of a whole-numbered key, by which rows are in files."""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from lakehouse.spark import F
from lakehouse.storage.column_types import quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

SAMPLE = 100
"""Values of a column from which a file's range is taken."""

SPARE = 16
"""Numbers that are tried for each part."""


def sampled_bounds(rows: DataFrame, column: str, files: int, file_rows: int) -> list[int]:
    """Ascending bounds between so many files of about `file_rows` rows, by a sample: keys may lie in islands."""
    name = F.col(quoted(column))
    every = max(1, file_rows // SAMPLE)
    sampled = rows.where(name.isNotNull() & (F.pmod(F.xxhash64(name), F.lit(every)) == 0))
    sample = sorted(int(value) for (value,) in sampled.select(name).collect())
    return sorted({sample[len(sample) * number // files] for number in range(1, files)} if sample else ())


def labels(session: SparkSession, parts: int) -> list[int]:
    """
    A number for each of so many parts, by which rows come into parts of their own: an engine takes them by a hash of
    it. Where the hashes leave a part without a number, two have the same.
    """
    numbers = session.range(parts * SPARE).select(F.col("id").cast("int").alias("label"))
    placed = numbers.repartition(parts, F.col("label")).select("label", F.spark_partition_id().alias("part")).collect()
    found = list({int(part): int(label) for label, part in placed}.values())
    return [found[number % len(found)] for number in range(parts)]


def pieces(session: SparkSession, rows: DataFrame, column: str, bounds: list[int], piece_files: int) -> list[DataFrame]:
    """Rows by ranges of a column, in pieces of so many files at most: each range is a part of its piece."""
    name = F.col(quoted(column))
    named = labels(session, min(piece_files, len(bounds) + 1))
    found = []
    for first in range(0, len(bounds) + 1, piece_files):
        inner = bounds[first : first + piece_files - 1]
        piece = rows.where(name >= bounds[first - 1]) if first > 0 else rows
        if first + piece_files <= len(bounds):
            below = name < bounds[first + piece_files - 1]
            # A row without a value is in no range, and comes first.
            piece = piece.where(below if first > 0 else below | name.isNull())
        found.append(piece.repartition(len(named), part(name, inner, named)))
    return found


def part(column: Column, bounds: list[int], labels: list[int] | None = None) -> Column:
    """
    Number of the part between two of some ascending bounds in which a value is; `labels`: its label instead, of which
    there is at least one more than bounds.
    """
    named = list(range(len(bounds) + 1)) if labels is None else labels
    steps = zip(bounds, named, named[1:], strict=False)
    # A number alone would be the place of a column in a grouping.
    terms = [F.lit(1) * named[0], *((column >= F.lit(bound)).cast("int") * F.lit(to - of) for bound, of, to in steps)]
    # As a tree: engines take expressions of a limited depth.
    while len(terms) > 1:
        terms = [reduce(add, terms[start : start + 2]) for start in range(0, len(terms), 2)]
    return terms[0]
