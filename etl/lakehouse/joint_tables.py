"""Order items ⋈ clickstream on the product, by the hour of the click."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from lakehouse import clicks, state
from lakehouse.job import Job
from lakehouse.raw_files import row_count
from lakehouse.report import log
from lakehouse.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = "wordpress-db"
ORDER_ITEMS = "wp_woocommerce_order_items"
FOLDER = "joint-tables"
STATE = "_state/join-tables.json"

HOURS_AT_A_TIME = 48
"""Hours in one statement: each adds its files to the plan."""


@dataclass
class JointState:
    """
    `items`: version of the order items. `hours`: what each hour's partition was made of, files with size and time.
    `set_aside`: files among them that could not be read, and why. `replacing`: the files that an hour had
    before a run began to write it anew; None while no run does.
    """

    items: int = 0
    hours: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    replacing: dict[str, list[str]] | None = None


def join_tables(job: Job) -> None:
    """Writes the partitions anew whose clicks changed, or all of them after the order items changed."""
    table = job.datasets.table(SCHEMA, ORDER_ITEMS)
    applied = state.load(job.processed, table).applied
    if applied is None:
        log.info("no table %s: nothing to join", table)
        return
    known = JointState(**(job.processed.read_json(STATE) or {}))
    _undo(job, known.replacing or {})
    present = clicks.by_hour(job.raw)
    version = applied.version
    inputs = {hour: _fingerprint(files) for hour, files in present.items()}
    hours = sorted(
        hour for hour in inputs.keys() | known.hours.keys()
        if version != known.items or inputs.get(hour) != known.hours.get(hour)
    )  # fmt: skip
    if hours:
        _replace(job, known, {hour: present.get(hour, []) for hour in hours})
        known.hours = inputs
        known.items = version
        known.replacing = None
        job.processed.write_json(STATE, asdict(known))
    for path, reason in known.set_aside.items():
        job.report.file_set_aside(f"{job.raw.uri}/{path}", reason)


def _fingerprint(files: list[StoredFile]) -> dict[str, list[int]]:
    return {file.path: [file.size, file.modified] for file in files}


def _partition(hour: str) -> str:
    return f"{FOLDER}/click_hour={hour}"


def _undo(job: Job, before_write: dict[str, list[str]]) -> None:
    """Removes from hours what a write added that came to no end; they are then written once more."""
    for hour, before in before_write.items():
        for file in job.processed.files(_partition(hour)):
            if file.name not in before:
                job.processed.delete_file(file.path)


def _replace(job: Job, known: JointState, hours: dict[str, list[StoredFile]]) -> None:
    """
    Writes hours beside what they had, then removes what they had: there is no moment without their rows. Parquet
    folders know no commit; a reader may see an hour twice in the moment between the two.
    """
    old = {hour: [file.name for file in job.processed.files(_partition(hour))] for hour in hours}
    known.replacing = old
    job.processed.write_json(STATE, asdict(known))
    known.set_aside = {path: reason for path, reason in known.set_aside.items() if not _in(hours, path)}
    filled = {hour: files for hour, files in hours.items() if files}
    names = list(filled)
    read = malformed = 0
    for start in range(0, len(names), HOURS_AT_A_TIME):
        part = {hour: filled[hour] for hour in names[start : start + HOURS_AT_A_TIME]}
        try:
            counts = _write(job, part)
        except Exception:
            if not _set_aside_unreadable(job, known, part):
                raise
            _undo(job, {hour: old[hour] for hour in part})
            good = {hour: [file for file in files if file.path not in known.set_aside] for hour, files in part.items()}
            counts = _write(job, {hour: files for hour, files in good.items() if files})
        read += counts[0]
        malformed += counts[1]
    written = 0
    for hour, before in old.items():
        for file in job.processed.files(_partition(hour)):
            if file.name in before:
                job.processed.delete_file(file.path)
            else:
                written += row_count(job.processed, file)
    note = f"{len(hours)} hours"
    job.report.table("", "joint_tables", read, written, f"{note}, {malformed} malformed lines" if malformed else note)


def _in(hours: dict[str, list[StoredFile]], path: str) -> bool:
    return "-".join(path.split("/")[1:5]) in hours


def _write(job: Job, hours: dict[str, list[StoredFile]]) -> tuple[int, int]:
    """Appends the joined rows of some hours. Gives the number of lines, and of malformed ones among them."""
    from pyspark.sql import functions as F

    if not hours:
        return 0, 0
    found = clicks.parsed(clicks.lines(job.engine, job.raw, hours))
    table = job.datasets.table(SCHEMA, ORDER_ITEMS)
    items = job.engine.read_table(table.catalog_name, table.current)
    job.engine.append_parquet(joined(items, found), FOLDER, "click_hour")
    total, good = found.agg(F.count(F.lit(1)), F.count("productid")).collect()[0]
    return total, total - good


def joined(items: DataFrame, found: DataFrame) -> DataFrame:
    """Every click with every order item of its product, as in the guide: the item's id is the product's."""
    from pyspark.sql import functions as F

    named = items.select(
        F.col("order_item_id").cast("bigint").alias("order_item_id"),
        F.col("order_item_name").cast("string").alias("order_item_name"),
        F.col("order_item_type").cast("string").alias("order_item_type"),
        F.col("order_id").cast("bigint").alias("order_id"),
    )
    return named.join(found, named["order_item_id"] == found["productid"]).select(
        *named.columns, "productid", "productname", "department", "price", "productdetails", "click_hour"
    )


def _set_aside_unreadable(job: Job, known: JointState, hours: dict[str, list[StoredFile]]) -> bool:
    found = False
    for file in (file for files in hours.values() for file in files):
        reason = clicks.unreadable(job.raw, file)
        if reason is not None:
            known.set_aside[file.path] = reason
            found = True
    return found
