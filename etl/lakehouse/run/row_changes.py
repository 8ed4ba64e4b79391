"""What changes a table, and how much of it they touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Touched:
    """
    What changes touch of a table: number of keys, and of those that lack a value; ranges of the first key column (None
    where it is not a whole number), and whether so much of it that it is better rewritten.
    """

    keys: int
    lacking: int
    ranges: list[tuple[int, int]] | None
    rewrites: bool


@dataclass(frozen=True)
class RowChanges:
    """
    One row a key, with the columns of the table and the boolean column `deleted`: true removes the key's row, false
    puts the row in place of it. `ranges` of the first key column have all of them, so that files with none of them need
    not be read.
    """

    rows: DataFrame
    deleted: str
    columns: list[str]
    key: list[str]
    ranges: list[tuple[int, int]] | None
