"""Order items ⋈ clickstream on the product, by the hour of the click."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lakehouse.quality import checks
from lakehouse.quality.rules import Candidate
from lakehouse.raw import click_files
from lakehouse.raw.raw_files import row_count
from lakehouse.run import staging
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.spark import F
from lakehouse.storage import state
from lakehouse.storage.data_catalog import ParquetTable
from lakehouse.storage.files import StoredFile
from shop import click_drift, click_hours, clicks, joint_rows
from shop.joint_rows import ORDER_ITEMS, SCHEMA, HourCount, Hours
from shop.joint_state import Hour, JointState, of_files

JOINT_TABLES = "joint-tables"
"""Folder of the processed zone."""

JOINT_TABLE = "joint_tables"
"""Name in the catalog, as of a crawl: the folder's, in the catalog's letters."""

KEY = "click_hour"

HOURS_AT_A_TIME = 48
"""Hours in one statement: each adds its files to the plan."""

BYTES_AT_A_TIME = 128 << 20
"""Bytes of lines in one statement, or one hour: an engine that does not spill has what it writes in memory."""

_ZIPPED = 16
"""How many bytes of lines a byte of a gzip file has, about."""


def join_tables(job: Job) -> None:
    """Replaces the partitions whose clicks changed, or the order items of whose products did."""
    job.report.rests_on_lake()
    table = job.datasets.table(SCHEMA, ORDER_ITEMS)
    applied = state.load(job.processed, table).applied
    if applied is None:
        log.info("the table %s does not exist: nothing to join", table)
        return
    known = JointState.read(job.processed)
    _undo(job, known.replacing or {})
    first = click_hours.since(known)
    if first:
        job.report.looks_again_at(known.listed + click_hours.WHOLE_EVERY)
    present = click_files.by_hour(job.raw, first)
    inputs = {hour: of_files(files) for hour, files in present.items()}
    before = {hour: value.files for hour, value in known.hours.items() if hour >= first}
    hours = {hour for hour in inputs.keys() | before.keys() if inputs.get(hour) != before.get(hour)}
    items_changed = applied.version != known.items and bool(known.hours)
    if items_changed:
        hours |= _hours_of_changed_items(job, known)
    columns = str(clicks.columns(job))
    if known.columns not in (None, columns):
        # Athena reads no column whose type differs from file to file.
        hours |= known.hours.keys()
    if hours:
        _replace(job, known, click_hours.files_of(job.raw, present, hours, first))
    if click_hours.notes(known, first) or hours or (applied.version, columns) != (known.items, known.columns):
        known.digests = joint_rows.digests(job, known.products) if hours or items_changed else known.digests
        known.items, known.columns = applied.version, columns
        known.write(job.processed, replacing=None)
    for path, reason in known.set_aside.items():
        job.report.file_set_aside(f"{job.raw.uri}/{path}", reason)
    _register(job)


def _register(job: Job) -> None:
    """Registers the table and its hours with rows in the data catalog, also before there are any."""
    if job.catalog is None:
        return
    # One list for all hours: on S3 each is a request.
    filled = {file.path.split("/")[-2].removeprefix(f"{KEY}=") for file in job.processed.files(JOINT_TABLES)}
    job.catalog.register(
        ParquetTable(
            name=JOINT_TABLE,
            description="Order items joined with the clicks on their product",
            location=f"{job.processed.uri}/{JOINT_TABLES}/",
            columns=[*joint_rows.ITEM_COLUMNS, *clicks.columns(job)],
            key=(KEY, "string"),
            values=tuple(sorted(filled)),
        )
    )


def _hours_of_changed_items(job: Job, known: JointState) -> set[str]:
    now = joint_rows.digests(job, known.products)
    changed = {
        product for product in now.keys() | known.digests.keys() if now.get(product) != known.digests.get(product)
    }
    return {
        hour
        for hour, value in known.hours.items()
        if value.products is None or any(str(product) in changed for product in value.products)
    }


def _partition(hour: str) -> str:
    return f"{JOINT_TABLES}/{KEY}={hour}"


def _undo(job: Job, before_write: dict[str, list[str]]) -> None:
    """Removes from hours what a write added that came to no end; they are then written once more."""
    for hour, before in before_write.items():
        for file in job.processed.files(_partition(hour)):
            if file.name not in before:
                job.processed.delete_file(file.path)


@dataclass
class _Made:
    """What was written of some hours, and `held`: hours whose rows break a rule."""

    counts: dict[str, HourCount] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)


def _replace(job: Job, known: JointState, hours: Hours) -> None:
    """
    Replaces hours. Those that keep the rules are put beside what they had, then that is removed: there is no moment
    without their rows. Parquet folders know no commit; a reader may see an hour twice in the moment between the two.
    """
    filled = {hour: files for hour, files in hours.items() if files}
    late = _late_files(known, filled)
    with staging.folder(job, JOINT_TABLES) as folder:
        made = _make(job, filled, folder)
        written = _publish(job, known, [hour for hour in hours if hour not in made.held], folder)
    _note_hours(known, hours, made)
    read = sum(count.lines for count in made.counts.values())
    job.report.table("", JOINT_TABLE, read, written, _note(len(hours), late, made))


def _make(job: Job, hours: Hours, folder: str) -> _Made:
    """Writes the rows of hours to a folder, and checks them."""
    made = _Made()
    for part in _statements(hours, job.engine.spills):
        written = joint_rows.write(job, part, folder)
        made.counts |= written.counts
        made.set_aside |= written.damaged
        made.notes |= written.notes
        made.held |= _held_back(job, list(part), folder)
    return made


def _statements(hours: Hours, spills: bool) -> Iterator[Hours]:
    """The hours in groups: as many together as a statement takes."""
    group: Hours = {}
    size = 0
    for hour, files in hours.items():
        more = sum(file.size * (_ZIPPED if file.name.lower().endswith(".gz") else 1) for file in files)
        if group and (len(group) == HOURS_AT_A_TIME or (not spills and size + more > BYTES_AT_A_TIME)):
            yield group
            group, size = {}, 0
        group[hour] = files
        size += more
    if group:
        yield group


def _note_hours(known: JointState, hours: Hours, made: _Made) -> None:
    """Brings the state of some hours up to what was made of them."""
    kept = {path: reason for path, reason in known.set_aside.items() if not _in(hours, path)}
    known.set_aside = kept | made.set_aside
    for hour, files in hours.items():
        last = known.hours.pop(hour, None)
        if hour in made.held:
            # Without files, a held hour differs from what is there: the next run tries it again.
            known.hours[hour] = Hour("", 0, last.products if last else [])
        elif files:
            known.hours[hour] = Hour.of(files, made.counts.get(hour, HourCount()).products)


def _note(hours: int, late: int, made: _Made) -> str:
    counts = made.counts.values()
    malformed, unfit = sum(count.malformed for count in counts), sum(count.unfit for count in counts)
    without = sum(count.without for count in counts)
    notes = ["1 hour" if hours == 1 else f"{hours} hours"]
    notes += [f"{malformed} malformed lines"] if malformed else []
    notes += [f"{unfit} lines with values that do not fit"] if unfit else []
    notes += [f"{without} without a product"] if without else []
    notes += [f"{len(made.held)} blocked"] if made.held else []
    notes += [f"{late} late files"] if late else []
    drift = click_drift.describe(made.notes)
    notes += [drift] if drift else []
    return ", ".join(notes)


def _publish(job: Job, known: JointState, hours: list[str], folder: str) -> int:
    """Replaces the hours that are there by the written ones, and gives their rows."""
    old = {hour: [file.name for file in job.processed.files(_partition(hour))] for hour in hours}
    known.write(job.processed, replacing=old)
    written = 0
    for hour in hours:
        for file in staging.parquet_files(job, f"{folder}/click_hour={hour}"):
            written += row_count(job.processed, file)
            job.processed.move(file.path, f"{_partition(hour)}/{file.name}")
        for name in old[hour]:
            job.processed.delete_file(f"{_partition(hour)}/{name}")
    return written


def _held_back(job: Job, hours: list[str], folder: str) -> set[str]:
    """Hours whose rows break a rule, which it reports: they are not published."""
    table = job.datasets.table(JOINT_TABLES, JOINT_TABLE)
    paths = {hour: f"{folder}/click_hour={hour}" for hour in hours}
    filled = {hour: path for hour, path in paths.items() if staging.parquet_files(job, path)}
    if not table.rules or not filled:
        return set()
    if checks.rows_hold(table, job.engine.read_parquet(job.processed, list(filled.values()))):
        return set()

    def holds(hour: str, path: str) -> bool:
        own = job.engine.read_parquet(job.processed, [path]).withColumn("click_hour", F.lit(hour))
        return checks.check(job, Candidate.of(table, own))

    return {hour for hour, path in filled.items() if not holds(hour, path)}


def _late_files(known: JointState, hours: Hours) -> int:
    """How many new files belong to an hour before one that was joined already."""
    newest = max(known.hours, default="")

    def new(hour: str, files: list[StoredFile]) -> int:
        return max(0, len(files) - known.hours[hour].count) if hour in known.hours else len(files)

    return sum(new(hour, files) for hour, files in hours.items() if hour < newest)


def _in(hours: Hours, path: str) -> bool:
    return "-".join(path.split("/")[1:5]) in hours
