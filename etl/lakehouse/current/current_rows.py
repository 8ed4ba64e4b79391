"""Change log → rows as they are at the source now: functions from DataFrame to DataFrame."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.contract import BEFORE, COMMIT_TIME, OP_DELETE, OP_UPDATE, OPERATION, SEQUENCE
from lakehouse.spark import F, Window
from lakehouse.storage.column_types import quoted
from lakehouse.storage.state import Batch, Columns

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

DELETED = "cdc_deleted"
STEP = "cdc_step"
_RANK = "cdc_rank"
_COUNT = "cdc_count"
_GONE = "cdc_gone"


def col(name: str) -> Column:
    return F.col(quoted(name))


def aligned(rows: DataFrame, batch: Batch, names: dict[str, str], target: Columns, before: list[str]) -> DataFrame:
    """
    Rows of a batch with the columns of `target`: `names` says what each is called in the batch; one that the batch
    lacks is null. `before`: columns of `target` whose before image is wanted too.
    """
    types = dict(batch.columns)

    def source(column: str, kind: str, prefix: str, present: bool) -> Column:
        if not present:
            return F.lit(None).cast(kind)
        name = names[column]
        if types[name] == kind:
            return col(prefix + name)
        # A value that the changed type cannot hold becomes null instead of ending the job.
        return F.expr(f"try_cast({quoted(prefix + name)} AS {kind})")

    kinds = dict(target)
    return rows.select(
        OPERATION,
        COMMIT_TIME,
        SEQUENCE,
        *[source(name, kind, "", name in names).alias(name) for name, kind in target],
        *[
            source(name, kinds[name], BEFORE, name in names and names[name] in batch.before).alias(BEFORE + name)
            for name in before
        ],
    )


def events(changes: DataFrame, columns: list[str], key: list[str], before: bool) -> DataFrame:
    """
    One row for each time a key got a row or lost it (column DELETED). An update that moves the key is both: the old
    key loses its row, then the new one gets it. `before`: whether `changes` has before images of the key.
    """
    own = changes.select(
        SEQUENCE, COMMIT_TIME, F.lit(1).alias(STEP), (col(OPERATION) == OP_DELETE).alias(DELETED), *map(col, columns)
    )
    if not before:
        return own
    old = {name: F.coalesce(col(BEFORE + name), col(name)) for name in key}
    moved = reduce(lambda one, other: one | other, [old[name] != col(name) for name in key])
    left = changes.where((col(OPERATION) == OP_UPDATE) & moved).select(
        SEQUENCE,
        COMMIT_TIME,
        F.lit(0).alias(STEP),
        F.lit(True).alias(DELETED),
        *[old[name].alias(name) if name in old else col(name) for name in columns],
    )
    return own.unionByName(left)


def latest(rows: DataFrame, columns: Columns, key: list[str], whole: bool = False) -> DataFrame:
    """
    The last event of each key, by change sequence; rows of a full load rank before any change. `whole`: with what puts
    it in its place among others.
    """
    kinds = dict(columns)

    def compared(name: str) -> Column:
        # -0 and 0 are one key at the source; a window of Sail's tells them apart.
        return col(name) + F.lit(0.0) if kinds[name] in ("double", "float") else col(name)

    order = Window.partitionBy(*map(compared, key)).orderBy(
        F.coalesce(col(SEQUENCE), F.lit("")).desc(), col(STEP).desc(), col(COMMIT_TIME).desc()
    )
    ranked = rows.withColumn(_RANK, F.row_number().over(order))
    place = [SEQUENCE, COMMIT_TIME, STEP] if whole else []
    return ranked.where(col(_RANK) == 1).select(*place, DELETED, *[col(name) for name, _ in columns])


def each_key_once(rows: DataFrame, key: list[str], parts: int = 1) -> bool:
    """
    Whether no two rows have one key, and none lacks a part of it. An engine holds the keys that it looks at: in so many
    `parts` of them, which are read one after the other.
    """
    part = F.pmod(F.xxhash64(*map(col, key)), F.lit(parts))
    return all(_each_key_once(rows.where(part == number) if parts > 1 else rows, key) for number in range(parts))


def _each_key_once(rows: DataFrame, key: list[str]) -> bool:
    lacking = reduce(lambda one, other: one | other, [col(name).isNull() for name in key])
    counted = rows.groupBy(*map(col, key)).agg(F.count(F.lit(1)).alias(_COUNT))
    return int(counted.where((col(_COUNT) > 1) | lacking).limit(1).count()) == 0


def without(rows: DataFrame, keys: DataFrame, key: list[str]) -> DataFrame:
    """
    Rows whose key is not among some keys, which are far fewer. An anti join would say it as well: of that, Sail
    holds the rows in memory, of this the keys.
    """
    gone = keys.select(*map(col, key)).distinct().withColumn(_GONE, F.lit(True))
    return gone.join(rows, key, "right").where(col(_GONE).isNull()).select(*map(col, rows.columns))


def kept(last: DataFrame) -> DataFrame:
    """Of the last events, the rows that are there."""
    return last.where(~col(DELETED)).drop(DELETED)


def bag(changes: DataFrame, columns: list[str], before: bool) -> DataFrame:
    """Rows of a table without a key: each insert adds one, each delete and each before image takes one away."""
    loaded = changes.where(col(SEQUENCE).isNull())
    # A file delivered twice has the same changes once more.
    once = loaded.unionByName(changes.where(col(SEQUENCE).isNotNull()).dropDuplicates([SEQUENCE]))
    count = F.when(col(OPERATION) == OP_DELETE, -1).otherwise(1)
    rows = once.select(*map(col, columns), count.alias(_COUNT))
    if before:
        gone = once.where(col(OPERATION) == OP_UPDATE).select(
            *[col(BEFORE + name).alias(name) for name in columns], F.lit(-1).alias(_COUNT)
        )
        rows = rows.unionByName(gone)
    counted = rows.groupBy(*map(col, columns)).agg(F.sum(_COUNT).alias(_COUNT)).where(col(_COUNT) > 0)
    copies = F.explode(F.expr(f"array_repeat(1, CAST({_COUNT} AS INT))"))
    return counted.withColumn(_RANK, copies).select(*map(col, columns))
