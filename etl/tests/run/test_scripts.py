"""The job scripts as processes: arguments as Glue gives them, exit codes, reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from lakehouse.run import job
from lakehouse.run.arguments import NAMES, Arguments, optional, parse
from lakehouse.run.report import Report
from support.lake import Lake, Source

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = sorted([*ROOT.glob("etl/jobs/*.py"), *ROOT.glob("pipelines/*/jobs/*.py")])


def run(script: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", str(script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "etl")})


def report(lake: Lake, script: Path, run_id: str) -> Any:
    return json.loads((lake.processed / "_runs" / run_id / f"{script.stem.replace('_', '-')}.json").read_text())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_without_work_a_job_starts_no_engine(tmp_path: Path, script: Path) -> None:
    lake = Lake(tmp_path / "my lake")
    done = run(script, ["--JOB_NAME", "x", "--job-bookmark-option", "job-bookmark-disable", *lake.arguments("r1")])
    assert done.returncode == 0, done.stderr
    assert "pyspark" not in done.stderr
    found = report(lake, script, "r1")
    assert (found["state"], found["rows_read"], found["tables"], found["error"]) == ("succeeded", 0, [], None)
    assert found["started_at"] <= found["finished_at"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_missing_argument(tmp_path: Path, script: Path) -> None:
    done = run(script, Lake(tmp_path / "lake").arguments("r1")[:-2])
    assert done.returncode == 2
    assert "--run_id" in done.stderr


def test_on_glue_its_own_function_reads_the_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolved(argv: list[str], names: list[str]) -> dict[str, str]:
        # As Glue's: with the reserved arguments besides what was asked for.
        return {name: argv[argv.index(f"--{name}") + 1] for name in [*names, "job_bookmark_from"]}

    utils = ModuleType("awsglue.utils")
    monkeypatch.setattr(utils, "getResolvedOptions", resolved, raising=False)
    monkeypatch.setitem(sys.modules, "awsglue", ModuleType("awsglue"))
    monkeypatch.setitem(sys.modules, "awsglue.utils", utils)
    argv = ["job", "--job_bookmark_from", "x", *(part for name in NAMES for part in (f"--{name}", f"the {name}"))]
    assert parse(argv) == Arguments(*(f"the {name}" for name in NAMES))
    assert optional(argv, "source") is None
    assert optional([*argv, "--source", "jdbc"], "source") == "jdbc"


def test_failure_is_reported(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    arguments = lake.arguments("r1")
    (lake.raw.parent / "datasets.json").write_text("no JSON")
    done = run(SCRIPTS[0], arguments)
    assert done.returncode == 1
    assert report(lake, SCRIPTS[0], "r1")["state"] == "failed"
    assert "Expecting value" in report(lake, SCRIPTS[0], "r1")["error"]


def test_a_table_that_fails_does_not_stop_the_others(lake: Lake) -> None:
    for name in ("bad", "good"):
        lake.declare("shop", name, ["id"])
        source = Source(lake, name, {"id": pa.int32()}, ["id"])
        source.insert(id=1)
        source.flush()
    lake.ok("process-cdc")
    state = lake.processed / "_state" / "shop" / "bad.json"
    whole = state.read_text()
    state.write_text("{")
    assert lake.run("apply-changes") == [1]
    assert "shop.bad" in lake.reports["apply-changes"]["error"]
    for path in (state, lake.processed / "shop" / "bad", lake.processed / "current" / "shop" / "bad"):
        assert f"file://{path}" in lake.reports["apply-changes"]["error"]
    assert [entry["table"] for entry in lake.reports["apply-changes"]["tables"]] == ["good"]
    state.write_text(whole)
    lake.ok("apply-changes")


@pytest.mark.parametrize(
    ("state", "error", "on_glue", "left"),
    [
        ("failed", "shop.t: its state is damaged", True, "shop.t: its state is damaged"),
        ("failed", "shop.t: its state is damaged", False, 1),
        ("quality_failed", None, True, None),
        ("quality_failed", None, False, 11),
        ("succeeded", None, True, None),
    ],
)
def test_glue_hears_why_a_job_failed(
    monkeypatch: pytest.MonkeyPatch, state: str, error: str | None, on_glue: bool, left: str | int | None
) -> None:
    """Glue has what a script ends with as the error of its run, which notices show."""
    monkeypatch.setattr(job, "_run", lambda *_: (Report("x", "r1", state=state, error=error), on_glue))
    if left is None:
        job.main("x", lambda _: None)
        return
    with pytest.raises(SystemExit) as ended:
        job.main("x", lambda _: None)
    assert ended.value.code == left


def test_broken_file_gives_exit_code_11(tmp_path: Path, engine: str) -> None:
    if engine != "sail":
        pytest.skip("one engine is enough")
    lake = Lake(tmp_path / "lake")
    source = Source(lake, "t", {"id": pa.int32()}, ["id"])
    source.insert(id=1)
    path = source.flushed()
    path.write_bytes(path.read_bytes()[:-9])
    script = next(script for script in SCRIPTS if script.stem == "process_cdc")
    assert run(script, lake.arguments("r1")).returncode == 11
    assert report(lake, script, "r1")["state"] == "quality_failed"
