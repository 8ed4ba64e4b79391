"""
A table all of whose files are gone from the raw zone: by order, or by accident. Only the first may empty it in the
lake.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from lakehouse.contract import CLEARED, is_load_file
from lakehouse.raw.raw_files import table_at
from lakehouse.run import arguments
from lakehouse.run.job import Job
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.state import TableState


@dataclass(frozen=True)
class Orders:
    """
    Which tables were emptied by order, and when; which may become empty though nobody saw an order; which are being
    loaded, so that what is in the raw zone is a part.
    """

    cleared: dict[tuple[str, str], int]
    accepted: frozenset[str]
    loading: frozenset[tuple[str, str]]

    @staticmethod
    def of(job: Job) -> Orders:
        schemas, tables = json.loads(arguments.optional(job.argv, "loading") or "[[],[]]")
        accepted = arguments.optional(job.argv, "accept_empty") or ""
        return Orders(
            _cleared(job.raw),
            frozenset(filter(None, accepted.split(","))),
            frozenset(zip(schemas, tables, strict=True)),
        )

    def is_loading(self, table: Table) -> bool:
        return (table.schema, table.name) in self.loading

    def given(self, table: Table) -> int:
        """Time of the newest order to empty a table; 0 for none."""
        return self.cleared.get((table.schema, table.name), 0)

    def allow(self, job: Job, table: Table, known: TableState, present: list[StoredFile]) -> bool:
        """Whether a table whose files are gone may start over with the files that are there now."""
        # A load writes every row that there is.
        if any(is_load_file(file.name) for file in present) or str(table) in self.accepted:
            return True
        if self.given(table) > known.cleared:
            return True
        # The order may have come between the look at the orders and the one at the files.
        return _cleared(job.raw).get((table.schema, table.name), 0) > known.cleared


def _cleared(raw: Storage) -> dict[tuple[str, str], int]:
    """Files that the replicator writes before it removes those of a table: `_cleared/<schema>/<table>`."""
    found = {}
    for file in raw.files(CLEARED):
        parts = file.path.split("/")
        if len(parts) == 3:
            found[table_at(raw, parts[1], parts[2])] = file.modified
    return found


def block(job: Job, table: Table) -> None:
    """Says that a table stays as it is, and how to go on."""
    job.report.file_set_aside(
        f"{job.raw.uri}/{table.schema}/{table.name}/",
        f"all raw files of {table} are missing without a TRUNCATE, DROP or reload, so the table was not changed. "
        f"Reload it: pipeline-cli replication reload {table}; or, if it is empty at the source too, accept that: "
        f"pipeline-cli run-etl --accept-empty {table}",
    )
    job.report.table(table.schema, table.name, 0, 0, "blocked: its files are missing from the raw zone")
