"""What the notebook's helper makes of an answer of `pipeline-cli query`."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Columns = list[tuple[str, str]]


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "notebooks"))
    import pipeline_sql

    return pipeline_sql


def answer(monkeypatch: pytest.MonkeyPatch, columns: Columns, rows: list[list[Any]]) -> list[list[str]]:
    """Has pipeline-cli answer this. Returns the list of the commands that it will have got."""
    commands: list[list[str]] = []
    described = [{"name": name, "type": kind} for name, kind in columns]

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, json.dumps({"columns": described, "rows": rows}), "")

    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_times_reach_as_far_as_the_star_schema_does(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = [("valid_to", "timestamp"), ("day", "date"), ("zoned", "timestamp")]
    first = ["9999-12-31 00:00:00", "0001-01-01", "2026-01-02 03:04:05.678901 UTC"]
    answer(monkeypatch, columns, [first, [None, "2026-01-02", None]])
    frame = helper.query("SELECT 1")
    assert frame["valid_to"][0] == datetime(9999, 12, 31)
    assert frame["valid_to"].isna().tolist() == [False, True]
    assert frame["day"].dt.year.tolist() == [1, 2026]
    assert frame["zoned"][0] == datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)


def test_numbers_are_numbers_and_two_columns_may_have_one_name(
    helper: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [("id", "bigint"), ("id", "string"), ("price", "decimal(38,2)"), ("ratio", "double")]
    first = ["9007199254740993", "a", "12345678901234567.89", "NaN"]
    answer(monkeypatch, columns, [first, [1, None, None, "-Infinity"]])
    frame = helper.query("SELECT 1")
    assert list(frame.columns) == ["id", "id", "price", "ratio"]
    assert frame.iloc[:, 0].tolist() == [9007199254740993, 1]
    assert frame["price"].sum() == pytest.approx(12345678901234567.89)
    assert frame["ratio"].isna().tolist() == [True, False]
    assert frame["ratio"][1] == float("-inf")


def test_no_row_keeps_the_columns(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, [("day", "date"), ("n", "int"), ("name", "string")], [])
    frame = helper.query("SELECT 1")
    assert list(frame.columns) == ["day", "n", "name"]
    assert frame.empty


def test_a_named_query_and_another_stack(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = answer(monkeypatch, [("n", "int")], [[1]])
    helper.named("sales_by_country", stack="prod")
    assert commands[0][3:] == ["--name", "sales_by_country", "--json", "--quiet", "--stack", "prod"]


def test_a_failure_has_the_words_of_the_cli(helper: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 2, "", "error: The SQL has an error.\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(helper.QueryError, match=r"The SQL has an error\."):
        helper.query("SELEC 1")
