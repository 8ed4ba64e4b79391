"""Rows of the joint tables: every click with every order item of its product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lakehouse.run.job import Job
from lakehouse.spark import F
from lakehouse.storage.files import StoredFile
from lakehouse.storage.state import Columns
from shop import clicks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = "wordpress-db"
ORDER_ITEMS = "wp_woocommerce_order_items"

COLUMNS: Columns = [
    ("order_item_id", "bigint"),
    ("order_item_name", "string"),
    ("order_item_type", "string"),
    ("order_id", "bigint"),
    ("productid", "bigint"),
    ("productname", "string"),
    ("department", "string"),
    ("price", "decimal(12,2)"),
    ("productdetails", "struct<color:string,material:string,comments:string>"),
]
"""As the data catalog has them."""

MANY_PRODUCTS = 1000
"""An hour with clicks on more products than this is taken to have clicks on all."""

Hours = dict[str, list[StoredFile]]
"""Click files by their hour."""


@dataclass
class HourCount:
    """Lines of an hour, malformed and unusual ones among them, products clicked (None: many)."""

    lines: int = 0
    malformed: int = 0
    unusual: int = 0
    products: list[int] | None = field(default_factory=list)


def write(job: Job, hours: Hours, folder: str) -> tuple[dict[str, HourCount], dict[str, str]]:
    """
    Writes the joined rows of some hours to a folder. Gives the hours' counts, and the files that cannot be read, with
    the reason: these are left out.
    """
    try:
        return _write(job, hours, folder), {}
    except Exception:
        set_aside = _unreadable(job, hours)
        if not set_aside:
            raise
    for hour in hours:
        job.processed.delete_folder(f"{folder}/click_hour={hour}")
    return _write(job, without(hours, set_aside), folder), set_aside


def without(hours: Hours, set_aside: dict[str, str]) -> Hours:
    good = {hour: [file for file in files if file.path not in set_aside] for hour, files in hours.items()}
    return {hour: files for hour, files in good.items() if files}


def _unreadable(job: Job, hours: Hours) -> dict[str, str]:
    reasons = {file.path: clicks.unreadable(job.raw, file) for files in hours.values() for file in files}
    return {path: reason for path, reason in reasons.items() if reason is not None}


def _write(job: Job, hours: Hours, folder: str) -> dict[str, HourCount]:
    if not hours:
        return {}
    found = clicks.parsed(clicks.lines(job.engine, job.raw, hours))
    job.engine.append_parquet(joined(order_items(job), found), folder, "click_hour")
    counted = found.groupBy("click_hour", "productid").agg(
        F.count(F.lit(1)).alias("lines"), F.sum(F.col("unusual").cast("int")).alias("unusual")
    )
    result = {hour: HourCount() for hour in hours}
    for hour, product, lines, unusual in counted.collect():
        entry = result[hour]
        entry.lines += lines
        entry.unusual += unusual
        if product is None:
            entry.malformed += lines
        elif entry.products is not None:
            entry.products.append(product)
            if len(entry.products) > MANY_PRODUCTS:
                entry.products = None
    return result


def order_items(job: Job) -> DataFrame:
    """The current order items, with the types of the joint tables."""
    table = job.datasets.table(SCHEMA, ORDER_ITEMS)
    return job.engine.read_table(table.current).select(
        F.col("order_item_id").cast("bigint").alias("order_item_id"),
        F.col("order_item_name").cast("string").alias("order_item_name"),
        F.col("order_item_type").cast("string").alias("order_item_type"),
        F.col("order_id").cast("bigint").alias("order_id"),
    )


def digests(job: Job, products: list[int]) -> dict[str, int]:
    """Digest of the order items of each of some products."""
    if not products:
        return {}
    rows = order_items(job).where(F.col("order_item_id").isin(products))
    content = F.xxhash64(*[F.coalesce(F.col(name).cast("string"), F.lit("")) for name in rows.columns])
    return {str(product): digest for product, digest in rows.select("order_item_id", content).collect()}


def joined(items: DataFrame, found: DataFrame) -> DataFrame:
    """Every click with every order item of its product: the item's id is the product's."""
    return items.join(found, items["order_item_id"] == found["productid"]).select(
        *items.columns, "productid", "productname", "department", "price", "productdetails", "click_hour"
    )
