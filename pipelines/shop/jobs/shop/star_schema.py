"""Which tables of the star schema are rebuilt, and from what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lakehouse.contract import STATE
from lakehouse.current.apply_changes import MAINTAIN_EVERY
from lakehouse.current.table_changes import TableChanges
from lakehouse.quality import checks
from lakehouse.quality.rules import Candidate
from lakehouse.raw.jdbc_source import JdbcSource
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.storage import state
from lakehouse.storage.iceberg import IcebergTable
from lakehouse.storage.state import TableState
from shop import history, star

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = "classicmodels"
STAR_SCHEMA = "star-schema"
"""Folder of the processed zone."""

STATE_FILE = f"{STATE}/star-schema.json"

SOURCES: dict[str, tuple[Callable[..., DataFrame], tuple[str, ...]]] = {
    "dim_customer": (star.dim_customer, ("customers+",)),
    "dim_product": (star.dim_product, ("products+", "productlines")),
    "dim_location": (star.dim_location, ("customers+", "offices")),
    "dim_employee": (star.dim_employee, ("employees", "offices")),
    "dim_date": (star.dim_date, ("orders", "payments")),
    "fact_orders": (star.fact_orders, ("orders", "orderdetails", "customers+", "products+")),
    "fact_payments": (star.fact_payments, ("payments", "customers+")),
}
"""Each table's function, and what its arguments are; `+` stands for all versions of the rows."""


def star_schema(job: Job) -> None:
    """Rebuilds the facts and dimensions whose source tables changed; all of them with `--source jdbc`."""
    database = JdbcSource.of(job.argv)
    if database is not None:
        # What the star schema is made of then is in no state: the next run from the current tables rebuilds it.
        job.processed.write_json(STATE_FILE, {})
        _for_each(job, SOURCES, lambda name: _make(job, name, lambda source: _of_database(job, database, source)))
        return
    job.report.rests_on_lake()
    states = {
        name: state.load(job.processed, job.datasets.table(schema, name))
        for schema, name in state.known_tables(job.processed)
        if schema == SCHEMA
    }
    published = {name: known.applied.version for name, known in states.items() if known.applied is not None}
    if not published:
        log.info("%s is not replicated: the star schema is not built", SCHEMA)
        return
    made: dict[str, dict[str, int]] = job.processed.read_json(STATE_FILE) or {}
    work: dict[str, dict[str, int]] = {}
    for name, (_, sources) in SOURCES.items():
        tables = [source.removesuffix("+") for source in sources]
        missing = [table for table in tables if table not in published]
        if missing:
            log.warning("%s is skipped: the table %s does not exist", name, " and ".join(missing))
            continue
        versions = {table: published[table] for table in tables}
        if made.get(name) != versions or job.is_gone(_table(name)):
            work[name] = versions

    def make(name: str) -> None:
        if not _make(job, name, lambda source: _of_lake(job, states, source)):
            return
        before, now = (sum(versions.get(name, {}).values()) // MAINTAIN_EVERY for versions in (made, work))
        if before != now:
            job.engine.maintain(_table(name), lambda rows, _: rows)
        made[name] = work[name]

    _for_each(job, work, make)
    if work:
        job.processed.write_json(STATE_FILE, made)


def _for_each(job: Job, names: Iterable[str], work: Callable[[str], object]) -> None:
    """As `Job.for_each`, with the tables first that the rules of others refer to."""
    for tables in checks.in_order(job.datasets.table(STAR_SCHEMA, name) for name in names):
        job.for_each([table.name for table in tables], work)


Input = tuple["DataFrame", int]
"""A source of a table, and the number of its rows as they are now."""


def _make(job: Job, name: str, source: Callable[[str], Input]) -> bool:
    """Rebuilds a table; says whether it broke no rule and was published."""
    function, sources = SOURCES[name]
    inputs = [source(entry) for entry in sources]
    frame = function(*[frame for frame, _ in inputs])
    declared = job.datasets.table(STAR_SCHEMA, name)
    table = _table(name)
    with job.engine.unpublished(table, frame) as new:
        if not checks.check(job, Candidate.of(declared, new.rows, lambda schema, other: _other(job, schema, other))):
            return False
        new.publish()
    read = sum(count for _, count in inputs)
    job.report.table(STAR_SCHEMA, name, read, job.engine.count_rows(table))
    return True


def _table(name: str) -> IcebergTable:
    return IcebergTable(name, f"{STAR_SCHEMA}/{name}")


def _other(job: Job, schema: str, name: str) -> DataFrame | None:
    """A table that a rule refers to: of the star schema, or a current table."""
    table = _table(name) if schema == STAR_SCHEMA else job.datasets.table(schema, name).current
    return job.engine.read_table(table) if job.engine.table_exists(table) else None


def _of_lake(job: Job, states: dict[str, TableState], source: str) -> Input:
    """A current table; with `+` all versions that its rows had in the change log, as far as the current table goes."""
    table = job.datasets.table(SCHEMA, source.removesuffix("+"))
    current = job.engine.read_table(table.current)
    rows = job.engine.count_rows(table.current)
    known = states[table.name]
    if not source.endswith("+") or known.applied is None:
        return current, rows
    batches = known.counted(known.applied.generation, known.applied.batch)
    changes = TableChanges.of(table, batches, known.batches[-1])
    events = changes.events(job, batches)
    return history.versions(events, star.NUMBER[table.name], star.ATTRIBUTES[table.name]), rows


def _of_database(job: Job, database: JdbcSource, source: str) -> Input:
    name = source.removesuffix("+")
    current = database.read(job.engine, name)
    rows = int(current.count())
    if not source.endswith("+"):
        return current, rows
    return history.only_versions(current, star.NUMBER[name], star.ATTRIBUTES[name]), rows
