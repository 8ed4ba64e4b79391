"""Rows of the joint tables: every click with every order item of its product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lakehouse.contract import CLICKSTREAM
from lakehouse.run import staging
from lakehouse.run.job import Job
from lakehouse.spark import F
from lakehouse.storage.files import StoredFile
from lakehouse.storage.state import Columns
from shop import clicks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = "wordpress-db"
ORDER_ITEMS = "wp_woocommerce_order_items"

ITEM_COLUMNS: Columns = [
    ("order_item_id", "bigint"),
    ("order_item_name", "string"),
    ("order_item_type", "string"),
    ("order_id", "bigint"),
]
"""Of an order item, as the data catalog has them."""

MANY_PRODUCTS = 1000
"""An hour with clicks on more products than this is taken to have clicks on all."""

Hours = dict[str, list[StoredFile]]
"""Click files by their hour."""


@dataclass
class HourCount:
    """
    Lines of an hour; of these, malformed ones, those with values that do not fit, and those without a product. Products
    clicked (None: many).
    """

    lines: int = 0
    malformed: int = 0
    unfit: int = 0
    without: int = 0
    products: list[int] | None = field(default_factory=list)


@dataclass
class Written:
    """What was written of some hours: their counts, what was noted of the clicks, what is wrong with damaged files."""

    counts: dict[str, HourCount] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)
    damaged: dict[str, str] = field(default_factory=dict)


def write(job: Job, hours: Hours, folder: str) -> Written:
    """Writes the joined rows of some hours to a folder: of a damaged file those of the lines that can be read."""
    if not hours:
        return Written()
    # Their lines are read once: what is made of them, and what is counted, comes from there.
    with staging.staged(job, clicks.parsed(job, hours), CLICKSTREAM) as found:
        job.engine.append_parquet(joined(job, found), folder, "click_hour")
        return _written(found, hours)


def _written(found: DataFrame, hours: Hours) -> Written:
    """`found`: the lines of some hours, as of `clicks.parsed`."""
    lines, malformed, unfit = F.col("lines"), F.col("malformed"), F.col("unfit")
    product = F.col(clicks.PRODUCT)
    of_product = found.groupBy("click_hour", product).agg(
        F.count(F.lit(1)).alias("lines"),
        *[F.sum(column.cast("int")).alias(name) for name, column in (("malformed", malformed), ("unfit", unfit))],
        F.max(F.size("notes") > 0).alias("noted"),
        F.max(F.col("damage").isNotNull()).alias("damaged"),
    )
    of_hour = of_product.groupBy("click_hour").agg(
        *[F.sum(column) for column in (lines, malformed, unfit)],
        F.sum(F.when(product.isNull(), lines - malformed).otherwise(0)),
        F.slice(F.collect_list(product), 1, MANY_PRODUCTS + 1),
        F.max("noted"),
        F.max("damaged"),
    )
    result = Written({hour: HourCount() for hour in hours})
    noted = damaged = False
    for hour, *numbers, products, has_notes, has_damage in of_hour.collect():
        result.counts[hour] = HourCount(*numbers)
        result.counts[hour].products = products if len(products) <= MANY_PRODUCTS else None
        noted, damaged = noted or bool(has_notes), damaged or bool(has_damage)
    if noted:
        result.notes = {note for (note,) in found.select(F.explode("notes")).distinct().collect()}
    if damaged:
        wrong = [text.split("\n", 1) for (text,) in found.where("damage IS NOT NULL").select("damage").collect()]
        result.damaged = {f"{CLICKSTREAM}/{path}": f"{reason}; the readable lines are used" for path, reason in wrong}
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


def joined(job: Job, found: DataFrame) -> DataFrame:
    """Every click with every order item of its product: the item's id is the product's."""
    items = order_items(job)
    names = [name for name, _ in clicks.columns(job)]
    return items.join(found, items["order_item_id"] == found[clicks.PRODUCT]).select(
        *items.columns, *names, "click_hour"
    )
