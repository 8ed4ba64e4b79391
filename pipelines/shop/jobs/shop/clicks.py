"""Clicks of the shop: what of a click the joint tables have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse.raw import click_types
from lakehouse.raw.click_files import records
from lakehouse.run.job import Job
from lakehouse.spark import F
from lakehouse.storage.column_types import quoted
from lakehouse.storage.files import StoredFile
from lakehouse.storage.state import Columns

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PRODUCT = "productid"
"""The field by which clicks are joined."""

_TYPES = {PRODUCT: "bigint", "price": "decimal(12,2)"}
"""Where the joint tables have another type than a click: that of order items, and one that is summed exactly."""


def columns(job: Job) -> Columns:
    """Columns of a click in the joint tables, as the data catalog has them: the definition's."""
    return [(name.lower(), _TYPES.get(name.lower(), kind.hive())) for name, kind in _fields(job)]


def _fields(job: Job) -> tuple[tuple[str, click_types.Kind], ...]:
    fields = click_types.parse(job.datasets.clicks or "struct<>").fields
    if PRODUCT not in [name.lower() for name, _ in fields]:
        raise ValueError(
            f"join-tables needs the field {PRODUCT}: add it to clicks.schema in pipeline.yaml with type int"
        )
    return fields


def parsed(job: Job, hours: dict[str, list[StoredFile]]) -> DataFrame:
    """
    Lines as clicks: the columns above, and those of `click_records.ABOUT`. A line that is no click has no product.
    """
    found = records(job.engine, job.raw, hours, str(job.datasets.clicks))
    values = []
    unfit = F.col("unfit")
    for name, _ in _fields(job):
        column = f"click.{quoted(name)}"
        kind = _TYPES.get(name.lower())
        value = F.expr(f"try_cast({column} AS {kind})") if kind else F.col(column)
        unfit = unfit | (value.isNull() & F.col(column).isNotNull()) if kind else unfit
        values.append(value.alias(name.lower()))
    return found.select(*values, "click_hour", "malformed", unfit.alias("unfit"), "notes", "damage")
