"""SQL from a notebook: Athena or DuckDB, whichever the stack has, by `pipeline-cli query`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pandas as pd

_CLI = Path(__file__).resolve().parents[2] / "dist" / "pipeline-cli.js"
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


class QueryError(RuntimeError):
    """What pipeline-cli says of a statement that failed: what, why, how to fix."""


def query(sql: str, stack: str | None = None) -> pd.DataFrame:
    """
    Runs one statement that reads, over the lake as it is now. Numbers are numbers (decimals as floats), dates and
    timestamps are datetimes, nested values are objects. `stack`: default is what pipeline-cli would choose.
    """
    return _run(["--file", "-"], stack, sql)


def named(name: str, stack: str | None = None) -> pd.DataFrame:
    """Runs a named query of etl/sql."""
    return _run(["--name", name], stack)


def _run(arguments: list[str], stack: str | None, stdin: str = "") -> pd.DataFrame:
    command = ["node", str(_CLI), "query", *arguments, "--json", "--quiet"]
    if stack is not None:
        command += ["--stack", stack]
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise QueryError(done.stderr.strip())
    result = json.loads(done.stdout)
    names = [column["name"] for column in result["columns"]]
    frame = pd.DataFrame(result["rows"], columns=names)
    for column in result["columns"]:
        frame[column["name"]] = _typed(frame[column["name"]], column["type"])
    return frame


def _typed(values: pd.Series, kind: str) -> pd.Series:
    if kind.startswith(_NUMBERS):
        return pd.to_numeric(values)
    if kind in ("date", "timestamp"):
        return pd.to_datetime(values)
    return values
