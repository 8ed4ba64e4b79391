"""
Times of the jobs on one large table: Sail, the same work in DuckDB by hand, and with `--spark` Apache Spark.

    .pipeline/python/bin/python bench/jobs.py [--rows 5000000] [--spark]

Prints a table: seconds with the start of each process, and the highest memory so far of the one that did the work.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

ETL = Path(__file__).resolve().parents[1] / "etl"
CHANGES = 10_000
COLUMNS = "id, customer, name, amount, sold_at, note"


def make_load(raw: Path, rows: int) -> None:
    """A full load of files of a million rows."""
    raw.mkdir(parents=True)
    step = 1_000_000
    for number, first in enumerate(range(0, rows, step), 1):
        duckdb.sql(
            f"""COPY (SELECT 'I' AS Op, '2026-09-05 15:00:00.000000' AS cdc_commit_time, range AS id,
                (hash(range) % 100000)::INT AS customer, 'name ' || range AS name,
                (hash(range, 1) % 1000000 / 100)::DECIMAL(12,2) AS amount,
                TIMESTAMP '2026-01-01' + INTERVAL (range % 20000000) SECOND AS sold_at,
                CASE WHEN range % 3 = 0 THEN NULL ELSE md5(range::VARCHAR) END AS note,
                ''::VARCHAR AS cdc_change_seq, NULL::BIGINT AS BI_id
            FROM range({first}, {min(first + step, rows)})) TO '{raw}/LOAD{number:08X}.parquet' (FORMAT parquet)"""
        )


def make_changes(raw: Path, rows: int, spread: int, name: str) -> None:
    """6 updates, 2 inserts, 2 deletes in 10, on the newest `spread` rows."""
    duckdb.sql(
        f"""COPY (WITH c AS (SELECT range AS n, range % 10 AS what,
                ({rows} - 1 - (range * 7919) % {spread})::BIGINT AS old FROM range({CHANGES}))
            SELECT CASE WHEN what < 6 THEN 'U' WHEN what < 8 THEN 'I' ELSE 'D' END AS Op,
                '2026-09-05 15:12:44.000000' AS cdc_commit_time,
                CASE WHEN what IN (6, 7) THEN {rows} + n + hash('{name}') % 1000000000 ELSE old END::BIGINT AS id,
                1::INT AS customer, 'changed' AS name, 1.5::DECIMAL(12,2) AS amount, TIMESTAMP '2026-09-05' AS sold_at,
                NULL::VARCHAR AS note, '{name[:8] + name[9:17]}'[1:16] || printf('%019d', n) AS cdc_change_seq,
                CASE WHEN what < 6 THEN old END::BIGINT AS BI_id
            FROM c) TO '{raw}/{name}.parquet' (FORMAT parquet)"""
    )


def by_hand(raw: Path, target: Path) -> None:
    """What load, changes and current table come to, in one DuckDB statement."""
    duckdb.sql(
        f"""COPY (SELECT {COLUMNS} FROM read_parquet('{raw}/*.parquet', union_by_name = true)
            QUALIFY row_number() OVER (PARTITION BY id ORDER BY cdc_change_seq DESC) = 1 AND Op <> 'D')
        TO '{target}' (FORMAT parquet, COMPRESSION zstd)"""
    )


def peak(process: int) -> int:
    """Highest memory of a process so far, MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


class Bench:
    """A lake, and how long things take in it."""

    def __init__(self, folder: Path, python: list[str], environment: dict[str, str]) -> None:
        self.folder = folder
        self.command = python
        self.environment = environment
        self.runs = 0
        (folder / "datasets.json").write_text(
            json.dumps([{"schema": "shop", "tables": [{"name": "sales", "key": ["id"]}]}])
        )

    def run(self, *jobs: str) -> float:
        """Seconds of some jobs, one after the other, each a process."""
        self.runs += 1
        values = {
            "raw_uri": f"file://{self.folder}/raw/",
            "processed_uri": f"file://{self.folder}/processed/",
            "database": "bench",
            "datasets_uri": f"file://{self.folder}/datasets.json",
            "run_id": str(self.runs),
        }
        arguments = [part for name, value in values.items() for part in (f"--{name}", value)]
        began = time.monotonic()
        for job in jobs:
            command = [*self.command, str(ETL / "jobs" / f"{job}.py"), *arguments]
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        return time.monotonic() - began


LOAD = ("process_load", "process_cdc", "apply_changes")
ALL = (*LOAD, "join_tables", "star_schema")


def measure(title: str, bench: Bench, rows: int, memory: Callable[[], object]) -> None:
    raw = bench.folder / "raw" / "shop" / "sales"

    def line(what: str, seconds: float) -> None:
        print(f"| {title} | {what} | {seconds:.2f} | {memory()} |", flush=True)

    make_load(raw, rows)
    line(f"full load of {rows:,} rows: change log", bench.run("process_load"))
    line("current table from scratch", bench.run("apply_changes"))
    for name, spread in (("20260905-151244000", 100_000), ("20260905-151245000", rows)):
        make_changes(raw, rows, spread, name)
        line(f"{CHANGES:,} changes on the newest {spread:,} rows: change log", bench.run("process_cdc"))
        line(f"{CHANGES:,} changes on the newest {spread:,} rows: current table", bench.run("apply_changes"))
    line("nothing new, all jobs", bench.run(*ALL))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--spark", action="store_true")
    args = parser.parse_args()
    print("| engine | work | seconds | MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        sail = str(Path(sys.executable).parent / "sail")
        server = subprocess.Popen([sail, "spark", "server", "--port", str(port)], stderr=subprocess.DEVNULL)
        try:
            while True:
                assert server.poll() is None
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            (folder / "sail").mkdir()
            bench = Bench(folder / "sail", [sys.executable], {**os.environ, "SPARK_REMOTE": f"sc://127.0.0.1:{port}"})
            measure("Sail", bench, args.rows, lambda: peak(server.pid))
        finally:
            server.terminate()
            server.wait()
        raw = folder / "sail" / "raw" / "shop" / "sales"
        began = time.monotonic()
        by_hand(raw, folder / "by_hand.parquet")
        print(f"| DuckDB | all of it from scratch, by hand | {time.monotonic() - began:.2f} | {peak(os.getpid())} |")
        if args.spark:
            shutil.rmtree(folder / "sail")
            (folder / "spark").mkdir()
            runner = [sys.executable, str(ETL / "tests" / "spark_session.py"), str(folder / "spark")]
            measure("Apache Spark", Bench(folder / "spark", runner, dict(os.environ)), args.rows, lambda: "–")


if __name__ == "__main__":
    main()
