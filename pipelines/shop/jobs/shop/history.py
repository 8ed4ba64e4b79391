"""Type-2 history: the versions that rows had, with the time in which each was so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.contract import COMMIT_TIME, SEQUENCE
from lakehouse.current.current_rows import DELETED, STEP, col
from lakehouse.spark import F, Window

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

BEGIN = "1900-01-01 00:00:00"
"""Start of each key's first version: facts may be dated before replication began."""
END = "9999-12-31 00:00:00"


def versions(events: DataFrame, number: str, attributes: dict[str, str]) -> DataFrame:
    """
    One row for each time in which a key had the same attributes, from `valid_from` to before
    `valid_to`. `events` as of `current_rows.events`; columns: the key, the attributes under their new names,
    valid_from, valid_to, is_current.
    """
    names = list(attributes.values())
    begin, end = (F.lit(time).cast("timestamp_ntz") for time in (BEGIN, END))
    named = events.select(
        SEQUENCE,
        STEP,
        DELETED,
        col(number),
        # A full-load row has the time of its transfer, which may be later than the first changes.
        F.when(F.col(SEQUENCE).isNull(), begin).otherwise(F.col(COMMIT_TIME).cast("timestamp_ntz")).alias("valid_from"),
        *[col(old).alias(new) for old, new in attributes.items()],
    )
    order = [F.coalesce(col(SEQUENCE), F.lit("")), F.col(STEP)]
    key = Window.partitionBy(col(number))
    # Of changes in one transaction, the last counts.
    last = Window.partitionBy(col(number), F.col("valid_from")).orderBy(*[column.desc() for column in order])
    steps = named.withColumn("rank", F.row_number().over(last)).where("rank = 1")
    content = F.xxhash64(DELETED, *names, *[F.col(name).isNull() for name in names])
    timeline = key.orderBy(*order)
    steps = steps.withColumn("content", content).withColumn("previous", F.lag("content").over(timeline))
    steps = steps.where(F.col("previous").isNull() | (F.col("previous") != F.col("content")))
    first = F.lag("content").over(timeline).isNull()
    steps = steps.select(
        col(number),
        *names,
        DELETED,
        F.when(first, begin).otherwise(F.col("valid_from")).alias("valid_from"),
        F.coalesce(F.lead("valid_from").over(timeline), end).alias("valid_to"),
    )
    return steps.where(~F.col(DELETED)).drop(DELETED).withColumn("is_current", F.col("valid_to") == end)


def only_versions(rows: DataFrame, number: str, attributes: dict[str, str]) -> DataFrame:
    """As `versions`, for a table without a change log: its rows have been as they are from the beginning."""
    return rows.select(
        col(number),
        *[col(old).alias(new) for old, new in attributes.items()],
        F.lit(BEGIN).cast("timestamp_ntz").alias("valid_from"),
        F.lit(END).cast("timestamp_ntz").alias("valid_to"),
        F.lit(True).alias("is_current"),
    )
