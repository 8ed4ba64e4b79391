"""Clicks of the shop: lines of click files as rows."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from lakehouse.raw.click_files import by_hour as by_hour
from lakehouse.raw.click_files import lines as lines
from lakehouse.spark import F
from lakehouse.storage.files import Storage, StoredFile
from shop.click_drift import is_unusual

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Numbers as text first: a text in place of a number, or a number too long, then spoils its own field only.
_LINE = (
    "struct<productid:string,productname:string,department:string,price:string,"
    "productDetails:struct<color:string,material:string,comments:string>>"
)


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
