"""The engines of growth.py: what jobs cost on a Sail server, or on an Apache Spark of each job's own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ETL = Path(__file__).resolve().parents[1] / "etl"


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
    script = ETL / "tests" / "support" / "spark_session.py"
    with tempfile.TemporaryDirectory() as folder:
        yield Engine([sys.executable, str(script), folder], dict(os.environ), None)
