"""When tables get their names in the catalog."""

from __future__ import annotations

from lakehouse.names import catalog_form
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.storage import table_names
from lakehouse.storage.table_names import Names


def settle(job: Job, tables: list[tuple[str, str]], live: set[tuple[str, str]]) -> None:
    """Gives all tables of the lake their names. `live`: those with raw files."""
    before = job.datasets.names
    known = [job.datasets.table(*name) for name in tables]
    names = table_names.assign(known, live, table_names.reserved(job.datasets), before)
    if names == before:
        return
    registered = table_names.registered(job.processed)
    left = {key: registered.get(key, name) for key, name in before.items() if key in names}
    table_names.write(job.processed, names, left)
    job.datasets.names = names
    for table in (job.datasets.table(*name) for name in tables if names[name] != before.get(name)):
        if table_names.qualified(table):
            log.warning(
                "%s is called %s in the catalog, because another table has or had the name %s. To choose another name, "
                "set an alias in pipeline.yaml",
                *(table, table.catalog_name, catalog_form(table.name)),
            )


def rename(job: Job) -> None:
    """Takes the current tables whose names are others now along, where there is a catalog."""
    left = table_names.registered(job.processed)
    if not left:
        return
    renamed: Names = {}

    def work(key: tuple[str, str]) -> None:
        job.engine.rename_table(left[key], job.datasets.table(*key).current)
        renamed[key] = left[key]

    job.for_each(sorted(left), work)
    table_names.write(
        job.processed, job.datasets.names, {key: name for key, name in left.items() if key not in renamed}
    )
