"""Clickstream files of the raw zone: by hour, as lines, as rows."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING

from lakehouse.contract import CLICKSTREAM
from lakehouse.run.engine import Engine
from lakehouse.spark import F
from lakehouse.storage.files import Storage, StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_FILE = re.compile(CLICKSTREAM + r"/(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]+")

HOUR_KEYS = ("year", "month", "day", "hour")
"""Columns of the clicks in the catalog besides those of a click: the folders that a file is in."""


def by_hour(raw: Storage) -> dict[str, list[StoredFile]]:
    """Click files by the hour of their delivery, `yyyy-MM-dd-HH` in UTC."""
    hours: dict[str, list[StoredFile]] = {}
    for file in raw.files(CLICKSTREAM):
        match = _FILE.fullmatch(file.path)
        if match and file.size > 0 and not file.name.startswith((".", "_")):
            hours.setdefault("-".join(match.groups()), []).append(file)
    return hours


def lines(engine: Engine, raw: Storage, hours: dict[str, list[StoredFile]]) -> DataFrame:
    """One row a line that is not blank: `value` as written, `click_hour`. There must be an hour."""
    frames = []
    for hour, files in hours.items():
        # Sail reads files of one compression at a time.
        for compressed in (True, False):
            paths = [file.path for file in files if file.name.endswith(".gz") == compressed]
            if paths:
                frames.append(engine.read_text(raw, paths).select("value", F.lit(hour).alias("click_hour")))
    return reduce(lambda one, other: one.unionByName(other), frames).where(F.col("value").rlike(r"\S"))


def rows(engine: Engine, raw: Storage, kind: str) -> DataFrame:
    """
    All clicks, as the catalog's table has them. `kind`: type of a click in Spark's notation. A line that is not JSON
    is a row of nulls.
    """
    hours = by_hour(raw)
    read = lines(engine, raw, hours) if hours else engine.empty([("value", "string"), ("click_hour", "string")])
    parts = [F.split("click_hour", "-").getItem(at).alias(key) for at, key in enumerate(HOUR_KEYS)]
    return read.select(F.from_json("value", kind).alias("click"), *parts).select("click.*", *HOUR_KEYS)
