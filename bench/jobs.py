"""
What the jobs cost: Sail, the same work in DuckDB by hand, and with `--spark` Apache Spark.

    .pipeline/python/bin/python bench/jobs.py jobs [--runs 3] [--spark]     the four kinds of work, at `--scale` 1
    .pipeline/python/bin/python bench/jobs.py changes [--rows 5000000]      10,000 changes on a large table

Prints a table of medians: seconds, seconds of CPU (of engine, job process and all that these start), and the highest
memory so far of the process that does the work.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import work

ETL = Path(__file__).resolve().parents[1] / "etl"
CHANGES = 10_000


@dataclass(frozen=True)
class Cost:
    seconds: float
    cpu: float
    memory: int


def peak(process: int) -> int:
    """Highest memory of a process so far, MB; 0 where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024
    except (OSError, StopIteration):
        return 0


def cpu(process: int) -> float:
    """Seconds of CPU of a running process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children() -> set[int]:
    return {int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}


class Engine:
    """Runs jobs in a folder, each as a process. `server`: the process that works for them, if there is one."""

    def __init__(self, command: list[str], environment: dict[str, str], server: int | None) -> None:
        self.command = command
        self.environment = environment
        self.server = server

    def run(self, folder: Path, *jobs: str) -> Cost:
        """Cost of some jobs, one after the other."""
        values = {
            "raw_uri": f"file://{folder}/raw/",
            "processed_uri": f"file://{folder}/processed/",
            "database": "bench",
            "datasets_uri": f"file://{folder}/datasets.json",
            "run_id": "bench",
        }
        arguments = [part for name, value in values.items() for part in (f"--{name}", value)]
        before = self._cpu()
        began = time.monotonic()
        for job in jobs:
            command = [*self.command, str(ETL / "jobs" / f"{job}.py"), *arguments]
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        seconds = time.monotonic() - began
        # The Java process of Apache Spark ends after the script that started it, and comes to this process then.
        while children() - {self.server}:
            for child in children() - {self.server}:
                os.waitpid(child, 0)
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        return Cost(seconds, self._cpu() - before, peak(self.server) if self.server else largest)

    def _cpu(self) -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime + (cpu(self.server) if self.server else 0)


@contextmanager
def sail() -> Iterator[Engine]:
    """A Sail server on a free port."""
    command = [sys.executable, str(ETL / "sail_server.py")]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdin and server.stdout
    try:
        port = json.loads(server.stdout.readline())["port"]
        environment = {**os.environ, "SPARK_REMOTE": f"sc://127.0.0.1:{port}"}
        yield Engine([sys.executable], environment, server.pid)
    finally:
        server.stdin.close()
        server.wait()


@contextmanager
def spark() -> Iterator[Engine]:
    """A new Apache Spark for every job, as on AWS Glue."""
    with tempfile.TemporaryDirectory() as folder:
        yield Engine([sys.executable, str(ETL / "tests" / "support" / "spark_session.py"), folder], dict(os.environ), None)


def by_hand(statement: str) -> Cost:
    """Cost of SQL in a process of DuckDB's own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    code = (
        "import sys, duckdb, resource; duckdb.sql('SET threads = 2; SET enable_progress_bar = false'); "
        "duckdb.execute(sys.argv[1]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, statement], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.monotonic() - began
    return Cost(seconds, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime, int(done.stdout))


def line(title: str, what: str, costs: list[Cost]) -> None:
    seconds = statistics.median(cost.seconds for cost in costs)
    used = statistics.median(cost.cpu for cost in costs)
    print(f"| {title} | {what} | {seconds:.2f} | {used:.2f} | {max(cost.memory for cost in costs)} |", flush=True)


def compare_jobs(runs: int, scale: float, with_spark: bool) -> None:
    """Full load, changes, clicks and star schema, each in an engine of its own for every run."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "source"
        work.make(source, scale)
        costs: dict[tuple[str, str], list[Cost]] = {}
        for _ in range(runs):
            for title, engine in (("Sail", sail), *((("Apache Spark", spark),) if with_spark else ())):
                folder = Path(name) / "lake"
                shutil.copytree(source, folder)
                with engine() as started:
                    for what, jobs in work.JOBS.items():
                        costs.setdefault((what, title), []).append(started.run(folder, *jobs))
                    costs.setdefault(("nothing new", title), []).append(started.run(folder, *work.ALL))
                if title == "Sail":
                    (folder / "by_hand").mkdir()
                    for what, statement in work.by_hand(folder).items():
                        costs.setdefault((what, "DuckDB by hand"), []).append(by_hand(statement))
                shutil.rmtree(folder)
        for (what, title), found in sorted(costs.items()):
            line(title, what, found)


def measure_changes(rows: int, runs: int) -> None:
    """What few changes on a large table cost beside the table itself."""
    with tempfile.TemporaryDirectory() as name, sail() as engine:
        folder = Path(name)
        work.declare(folder, [{"schema": "shop", "tables": [{"name": "sales", "key": ["id"]}]}])
        raw = folder / "raw" / "shop" / "sales"
        work.make_load(raw, rows)
        line("Sail", f"full load of {rows:,} rows: change log", [engine.run(folder, "process_load")])
        scratch = []
        for _ in range(runs):
            shutil.rmtree(folder / "processed" / "current", ignore_errors=True)
            scratch.append(engine.run(folder, "apply_changes"))
        line("Sail", "current table from scratch", scratch)
        number = 0
        for what, old in work.spreads(rows).items():
            costs = []
            for _ in range(runs):
                number += 1
                work.make_changes(raw, old, f"20260905-15{number:02d}00000", rows + number * CHANGES, CHANGES)
                engine.run(folder, "process_cdc")
                costs.append(engine.run(folder, "apply_changes"))
            line("Sail", f"{CHANGES:,} changes {what}", costs)
        line("Sail", "nothing new, all jobs", [engine.run(folder, *work.ALL) for _ in range(runs)])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["jobs", "changes"])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--spark", action="store_true")
    args = parser.parse_args()
    # Processes whose parents have ended come to this one: their CPU is counted then.
    subreaper = 36
    ctypes.CDLL(None).prctl(subreaper, 1)
    print("| engine | work | seconds | CPU s | MB |\n|---|---|---|---|---|")
    if args.what == "jobs":
        compare_jobs(args.runs, args.scale, args.spark)
    else:
        measure_changes(args.rows, args.runs)


if __name__ == "__main__":
    main()
