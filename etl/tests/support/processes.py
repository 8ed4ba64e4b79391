"""Jobs as processes of their own, which may be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from support import spark_session
from support.lake import Lake

SCRIPTS = Path(__file__).resolve().parents[2] / "jobs"


def start(lake: Lake, script: str, run_id: str, catalog: Path | None) -> subprocess.Popen[bytes]:
    """Starts a job in a process group of its own; with `catalog`, that of the session, on Apache Spark."""
    command = [str(SCRIPTS / script), *lake.arguments(run_id)]
    if catalog is not None:
        command = [str(Path(spark_session.__file__)), str(catalog), *command]
    return subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes]) -> bool:
    """Kills a job, and the JVM that it has on Apache Spark; false where it had ended before."""
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return running


def wait_for_work(lake: Lake, process: subprocess.Popen[bytes]) -> None:
    """Until a job has begun to write, or has ended."""
    before = set(lake.processed.rglob("*"))
    while process.poll() is None and before >= set(lake.processed.rglob("*")):
        time.sleep(0.02)
