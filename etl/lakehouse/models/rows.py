"""What a model's SELECT gives, in columns that both engines, Parquet and Iceberg have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lakehouse.quality.rules import columns_of, described
from lakehouse.spark import F
from lakehouse.storage.column_types import current_type, quoted
from lakehouse.storage.models import Model

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_NO_NAME = re.compile(r"[ ,;{}()\n\t=]")
"""What Parquet's writer refuses in a name: that of an expression without one is its text."""


def publishable(model: Model, frame: DataFrame) -> DataFrame:
    """The same rows. Raises ValueError where a column cannot be published, with the fix."""
    seen: dict[str, str] = {}
    columns = []
    for name, kind in frame.dtypes:
        if _NO_NAME.search(name) or not name:
            raise ValueError(f"{model.file}: a column has no name: give it one, {name} AS …")
        other = seen.setdefault(name.lower(), name)
        if other != name or [found for found, _ in frame.dtypes].count(name) > 1:
            raise ValueError(
                f"{model.file}: two columns would be called {name.lower()} in the catalog: rename one of them, … AS …"
            )
        columns.append(_column(model, name, kind))
    _check_names(model, list(seen.values()))
    return frame.select(*columns)


def _check_names(model: Model, names: list[str]) -> None:
    """A key or a rule about a column that is not there would never be checked."""
    rules = [(f"the rule {described(rule)}", columns_of(rule)) for rule in model.table.rules]
    for what, wanted in [("primary_key", set(model.table.key or ())), *rules]:
        lost = sorted(wanted - set(names))
        if lost:
            there = ", ".join(names)
            raise ValueError(f"{model.file}: {what} names {', '.join(lost)}, but the columns are {there}: correct it")


def _column(model: Model, name: str, kind: str) -> Column:
    if kind == "void" or kind.startswith("interval"):
        raise ValueError(f"{model.file}: the column {name} has the type {kind}: cast it, CAST(… AS string) AS {name}")
    return F.col(quoted(name)).cast(current_type(kind)).alias(name)
