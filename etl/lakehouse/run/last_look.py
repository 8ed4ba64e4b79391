"""
What a job looks at when it has done its work, where there is a data catalog: whether the tables that it leaves are
whole. On one machine `run-etl` looks (cli/engines/local/reconcile/deep/afterRun.ts).
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from lakehouse.storage.files import DamagedState
from lakehouse.storage.iceberg import IcebergTable

if TYPE_CHECKING:
    from lakehouse.run.job import Job

SHARE = 0.05
"""Of the job's time, what is spent on tables that it did not write; one of them is looked at in any case."""

MOST_NAMED = 3
"""Files that a message names."""


def look(job: Job, seconds: float) -> None:
    """
    Reports what is not as it should be, so that the job fails: a file of the current snapshot that is not there, or has
    another size, of each table that the job wrote and of some that it left as they were; a table that is no longer in
    the catalog. `seconds`: how long the job took.
    """
    if job.catalog is None:
        return
    written = job.written
    job.for_each(written, lambda table: _require_whole(job, table))
    others = [table for table in job.keeps if table not in written and job.catalog.has(table.name)]
    if not others:
        return
    registered = job.catalog.names()
    job.for_each(others, lambda table: _require_registered(job, table, registered))
    there = [table for table in others if table.name in registered]
    end = time.monotonic() + SHARE * seconds
    for table in random.sample(there, len(there)):
        job.for_each([table], lambda table: _require_whole(job, table))
        if time.monotonic() >= end:
            return


def _require_registered(job: Job, table: IcebergTable, registered: set[str]) -> None:
    if table.name not in registered:
        raise DamagedState(
            f"{table.name} was in the catalog when the job began, and is no longer there: somebody has removed or "
            "renamed it. Run the jobs again, which register it again"
        )


def _require_whole(job: Job, table: IcebergTable) -> None:
    folder = f"{job.processed.uri}/{table.location}"
    try:
        expected = job.engine.snapshot_files(table)
    except Exception as error:
        line = str(error).strip().split("\n")[0]
        raise DamagedState(f"{folder} has a snapshot that cannot be read ({line[:300]}): {_remedy(folder)}") from error
    # Engines write the scheme of an address in more than one way.
    sizes = {file.path: file.size for file in job.processed.files(f"{table.location}/data")}
    found = []
    for address, size in sorted(expected.items()):
        there = sizes.get(f"{table.location}/{address.rpartition(f'/{table.location}/')[2]}")
        if there != size:
            found.append(f"{address} is missing" if there is None else f"{address} has {there} bytes instead of {size}")
    if found:
        more = f" and {len(found) - MOST_NAMED} more files are damaged" if len(found) > MOST_NAMED else ""
        raise DamagedState(f"{', '.join(found[:MOST_NAMED])}{more}, of the table's current snapshot: {_remedy(folder)}")


def _remedy(folder: str) -> str:
    return (
        f"something other than the jobs has removed or changed it. Remove {folder}/ and run the jobs again, which "
        "rebuild the table. Then find out what removes files of this bucket (lifecycle rules, other jobs)"
    )
