"""Models as the jobs get them, and the tables that they become."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from lakehouse.run.engine import Engine
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from support.lake import Lake, Row

Table = Callable[[str], list[Row]]
"""Rows of a model by its name."""

JOBS = ("process-load", "process-cdc", "apply-changes", "build-models")


def model(name: str, sql: str, *rules: dict[str, Any], key: tuple[str, ...] = ()) -> dict[str, Any]:
    """A model whose SQL names tables after FROM and JOIN alone."""
    places: dict[str, dict[str, Any]] = {}
    for match in re.finditer(r"(?i)\b(?:from|join)\s+`?(\w+)", sql):
        before = sql[: match.start(1)]
        place = {"name": match[1], "line": before.count("\n") + 1, "column": len(before.rsplit("\n", 1)[-1]) + 1}
        places.setdefault(match[1], place)
    return {
        "name": name,
        "file": f"models/{name}.sql",
        "sql": sql,
        "key": list(key),
        "rules": list(rules),
        "references": list(places.values()),
        "after": [],
    }


def define(lake: Lake, *models: dict[str, Any]) -> None:
    """Makes these the models of the lake's definition."""
    names = {entry["name"] for entry in models}
    for entry in models:
        entry["after"] = [one["name"].lower() for one in entry["references"] if one["name"].lower() in names]
    lake.models = list(models)


def tables(lake: Lake) -> Table:
    engine = Engine(Storage(f"file://{lake.processed}/"), lake.database)

    def read(name: str) -> list[Row]:
        rows = engine.read_table(IcebergTable(name, f"models/{name}")).collect()
        return sorted((row.asDict(recursive=True) for row in rows), key=repr)

    return read


def built(lake: Lake) -> dict[str, str]:
    """What the last run says of each model."""
    return {entry["table"]: entry["note"] for entry in lake.reports["build-models"]["tables"]}
