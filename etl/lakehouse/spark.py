"""
What the jobs use of pyspark.sql, imported when it is first used: a job that finds nothing to do does not wait for that.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession, Window
    from pyspark.sql import functions as F
else:

    class _Later:
        def __init__(self, module: str, *names: str) -> None:
            self._module = module
            self._names = names

        def __getattr__(self, attribute: str) -> Any:
            found = import_module(self._module)
            for name in (*self._names, attribute):
                found = getattr(found, name)
            return found

    F = _Later("pyspark.sql.functions")
    SparkSession = _Later("pyspark.sql", "SparkSession")
    Window = _Later("pyspark.sql", "Window")

__all__ = ["F", "SparkSession", "Window"]
