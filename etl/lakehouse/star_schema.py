"""Which tables of the star schema are made anew, and from what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakehouse import state
from lakehouse.job import Job
from lakehouse.report import log
from lakehouse.state import TableState
from lakehouse.table_changes import TableChanges

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = "classicmodels"
FOLDER = "star-schema"
STATE = "_state/star-schema.json"

SOURCES = {
    "dim_customer": ("customers+",),
    "dim_product": ("products+", "productlines"),
    "dim_location": ("customers+", "offices"),
    "dim_employee": ("employees", "offices"),
    "dim_date": ("orders", "payments"),
    "fact_orders": ("orders", "orderdetails", "customers+", "products+"),
    "fact_payments": ("payments", "customers+"),
}
"""What each table is made of, in the order of its function's arguments; `+` stands for all versions of the rows."""


def star_schema(job: Job) -> None:
    """Makes the facts and dimensions anew whose source tables changed."""
    states = {
        name: state.load(job.processed, job.datasets.table(schema, name))
        for schema, name in state.known_tables(job.processed)
        if schema == SCHEMA
    }
    published = {name: known.applied.version for name, known in states.items() if known.applied is not None}
    if not published:
        log.info("%s is not replicated: no star schema", SCHEMA)
        return
    made: dict[str, dict[str, int]] = job.processed.read_json(STATE) or {}
    work: dict[str, dict[str, int]] = {}
    for name, sources in SOURCES.items():
        tables = [source.removesuffix("+") for source in sources]
        missing = [table for table in tables if table not in published]
        if missing:
            log.warning("%s is left out: no table %s", name, " and ".join(missing))
            continue
        versions = {table: published[table] for table in tables}
        if made.get(name) != versions:
            work[name] = versions

    def make(name: str) -> None:
        _make(job, name, states)
        made[name] = work[name]

    job.for_each(work, make)
    if work:
        job.processed.write_json(STATE, made)


def _make(job: Job, name: str, states: dict[str, TableState]) -> None:
    from lakehouse import star

    read = 0
    frames: list[DataFrame] = []
    for source in SOURCES[name]:
        table = job.datasets.table(SCHEMA, source.removesuffix("+"))
        current = job.engine.read_table(table.catalog_name, table.current)
        read += int(current.count())
        frames.append(_versions(job, source, states[table.name]) if source.endswith("+") else current)
    location = f"{FOLDER}/{name}"
    job.engine.replace_table(getattr(star, name)(*frames), name, location)
    job.report.table(FOLDER, name, read, int(job.engine.read_table(name, location).count()))


def _versions(job: Job, source: str, known: TableState) -> DataFrame:
    """All versions that the rows of a source table had in its change log, as far as the current table goes."""
    from lakehouse import star

    table = job.datasets.table(SCHEMA, source.removesuffix("+"))
    assert known.applied is not None
    last = known.applied
    batches = known.counted(last.generation, last.batch)
    changes = TableChanges.of(table, batches, known.batches[-1])
    (number,) = changes.key
    return star.versions(changes.events(job, batches), number, star.ATTRIBUTES[table.name])
