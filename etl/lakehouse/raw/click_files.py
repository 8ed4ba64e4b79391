"""Clickstream files of the raw zone: by hour, as records, as rows."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from lakehouse.contract import CLICKSTREAM
from lakehouse.raw import click_records, click_types
from lakehouse.run.engine import Engine
from lakehouse.spark import F
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.listing import files_after

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_FILE = re.compile(CLICKSTREAM + r"/(\d{4})/(\d{2})/(\d{2})/(\d{2})/[^/]+")

HOUR_KEYS = ("year", "month", "day", "hour")
"""Columns of the clicks in the catalog besides those of a click: the folders that a file is in."""


def by_hour(raw: Storage, since: str = "") -> dict[str, list[StoredFile]]:
    """Click files by the hour of their delivery, `yyyy-MM-dd-HH` in UTC; those since an hour, or all."""
    after = {CLICKSTREAM: since.replace("-", "/")} if since else {}
    return _by_hour(files_after(raw, CLICKSTREAM, after))


def of_hour(raw: Storage, hour: str) -> list[StoredFile]:
    """Click files of one hour."""
    return _by_hour(raw.files(f"{CLICKSTREAM}/{hour.replace('-', '/')}")).get(hour, [])


def _by_hour(files: list[StoredFile]) -> dict[str, list[StoredFile]]:
    hours: dict[str, list[StoredFile]] = {}
    for file in files:
        match = _FILE.fullmatch(file.path)
        if match and file.size > 0 and not file.name.startswith((".", "_")):
            hours.setdefault("-".join(match.groups()), []).append(file)
    return hours


def records(engine: Engine, raw: Storage, hours: dict[str, list[StoredFile]], kind: str) -> DataFrame:
    """
    One row a line that is not blank: `click`, of the type `kind` in Spark's notation, with nulls alone where the
    line is not a click, and the columns of `click_records.ABOUT`.
    """
    from pyspark import cloudpickle

    # The engine's workers need not have this package.
    for module in (click_records, click_types):
        cloudpickle.register_pickle_by_value(module)  # type: ignore[no-untyped-call]
    columns = f"click {kind}, {click_records.ABOUT_COLUMNS}"
    paths = [file.path for files in hours.values() for file in files]
    if not paths:
        return engine.session.createDataFrame([], columns)
    return engine.read_files(raw, paths).mapInArrow(partial(click_records.rows, click=kind), columns)


def rows(engine: Engine, raw: Storage, kind: str) -> DataFrame:
    """All clicks, as the catalog's table has them: a line that is not a click is a row of nulls."""
    parts = [F.split("click_hour", "-").getItem(at).alias(key) for at, key in enumerate(HOUR_KEYS)]
    return records(engine, raw, by_hour(raw), kind).select("click.*", *parts)
