"""Clickstream files of the raw zone: by hour, as rows."""

from __future__ import annotations

import gzip
import re
import zlib
from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.contract import CLICKSTREAM
from lakehouse.run.engine import Engine
from lakehouse.spark import F
from lakehouse.storage.files import Storage, StoredFile
from shop.click_drift import is_unusual

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_FILE = re.compile(CLICKSTREAM + r"/(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]+")

# Numbers as text first: a text in place of a number, or a number too long, then spoils its own field only.
_LINE = (
    "struct<productid:string,productname:string,department:string,price:string,"
    "productDetails:struct<color:string,material:string,comments:string>>"
)


def by_hour(raw: Storage) -> dict[str, list[StoredFile]]:
    """Click files by the hour of their delivery, `yyyy-MM-dd-HH` in UTC."""
    hours: dict[str, list[StoredFile]] = {}
    for file in raw.files(CLICKSTREAM):
        match = _FILE.fullmatch(file.path)
        if match and file.size > 0 and not file.name.startswith((".", "_")):
            hours.setdefault("-".join(match.groups()), []).append(file)
    return hours


def lines(engine: Engine, raw: Storage, hours: dict[str, list[StoredFile]]) -> DataFrame:
    """One row a line that is not blank: `value` as written, `click_hour`."""
    frames = []
    for hour, files in hours.items():
        # Sail reads files of one compression at a time.
        for compressed in (True, False):
            paths = [file.path for file in files if file.name.endswith(".gz") == compressed]
            if paths:
                frames.append(engine.read_text(raw, paths).select("value", F.lit(hour).alias("click_hour")))
    return reduce(lambda one, other: one.unionByName(other), frames).where(F.col("value").rlike(r"\S"))


def parsed(rows: DataFrame) -> DataFrame:
    """
    Lines as clicks: productid, productname, department, price, productdetails, click_hour, and whether the line is
    unusual. A line that is not a JSON object with a whole number as productid is malformed, and has no productid here.
    """
    # One engine forgives what comes after the object, the other does not. Without (?s), Java's dot stops at U+2028.
    whole = F.col("value").rlike(r"(?s)^\s*\{.*\}\s*$")
    click = rows.withColumn("click", F.when(whole, F.from_json("value", _LINE)))
    product = F.col("click.productid")
    return click.select(
        F.when(product.rlike(r"^[0-9]{1,18}$"), product).cast("bigint").alias("productid"),
        F.col("click.productname").alias("productname"),
        F.col("click.department").alias("department"),
        F.expr("try_cast(click.price AS decimal(12,2))").alias("price"),
        F.col("click.productDetails").alias("productdetails"),
        "click_hour",
        is_unusual(F.col("value")).alias("unusual"),
    )


def unreadable(raw: Storage, file: StoredFile) -> str | None:
    """Why a click file cannot be read to its end; None where it can."""
    try:
        content = raw.read(file.path)
        (gzip.decompress(content) if file.name.endswith(".gz") else content).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        return f"not a whole {'gzip' if file.name.endswith('.gz') else 'text'} file: {error}"
    return None
