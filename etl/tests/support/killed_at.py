"""
Runs a job that is killed right before a step of its work: as the kernel kills, so that nothing is tidied up.

    python etl/tests/support/killed_at.py <step> <pattern> <number> etl/jobs/<job>.py --raw_uri …

A step is a method that writes, at its call of that number with a path like the pattern.
"""

from __future__ import annotations

import os
import re
import runpy
import signal
import sys
from pathlib import Path
from typing import Any

ROWS = 100
"""Rows of a data file of a large table, in the job and in the test."""


def kill_before(owner: type[Any], step: str, pattern: str, number: int) -> None:
    method = getattr(owner, step)
    found = 0

    def counted(one: Any, path: str, *more: Any) -> Any:
        nonlocal found
        if re.search(pattern, path):
            found += 1
            if found == number:
                os.kill(os.getpid(), signal.SIGKILL)
        return method(one, path, *more)

    setattr(owner, step, counted)


def main() -> None:
    _, step, pattern, number, *command = sys.argv
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    from pyspark.sql.connect.readwriter import DataFrameWriter

    from lakehouse.run import engine
    from lakehouse.storage.files import Storage

    engine.FILE_ROWS = ROWS
    kill_before(DataFrameWriter if step == "save" else Storage, step, pattern, int(number))
    sys.argv = command
    runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    main()
