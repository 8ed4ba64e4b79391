"""SQL from a notebook: Athena or DuckDB, whichever the stack has, by `pipeline-cli query`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd

_CLI = Path(__file__).resolve().parents[2] / "dist" / "pipeline-cli.js"
_INTEGERS = ("tinyint", "smallint", "int", "bigint")
_FLOATS = ("float", "double", "decimal")


class QueryError(RuntimeError):
    """What pipeline-cli says of a statement that failed: what, why, how to fix."""


def query(sql: str, stack: str | None = None) -> pd.DataFrame:
    """
    Runs one statement that reads, over the lake as it is now. Numbers are numbers (decimals as floats), dates and
    timestamps are datetimes, nested values are objects. `stack`: default is what pipeline-cli would choose.
    """
    return _run(["--file", "-"], stack, sql)


def named(name: str, stack: str | None = None) -> pd.DataFrame:
    """Runs a named query of the definition."""
    return _run(["--name", name], stack)


def _run(arguments: list[str], stack: str | None, stdin: str = "") -> pd.DataFrame:
    command = ["node", str(_CLI), "query", *arguments, "--json", "--quiet"]
    if stack is not None:
        command += ["--stack", stack]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise QueryError(done.stderr.strip())
    result = json.loads(done.stdout)
    rows, described = result["rows"], result["columns"]
    columns = [_typed(pd.Series([row[at] for row in rows]), column["type"]) for at, column in enumerate(described)]
    frame = pd.concat(columns, axis=1)
    # By place, as two columns of a result may have one name.
    frame.columns = [column["name"] for column in described]
    return frame


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind in _INTEGERS:
        return pd.to_numeric(values)
    if kind.startswith(_FLOATS):
        # "NaN", "Infinity" and decimals of many digits come as text.
        return values.astype("float64")
    if kind in ("date", "timestamp"):
        # In microseconds, which reach to 9999-12-31: the day to which the star schema's newest versions are valid.
        texts = values.astype("string")
        times = texts.str.removesuffix(" UTC").astype(object).astype("datetime64[us]")
        return times.dt.tz_localize("UTC") if texts.str.endswith(" UTC").any() else times
    return values
