"""Order items ⋈ clickstream on the product, by the hour of the click."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from lakehouse.contract import JOINT_TABLE, JOINT_TABLES, STATE
from lakehouse.quality import checks as quality
from lakehouse.raw.raw_files import row_count
from lakehouse.run import staging
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.shop import click_drift, clicks
from lakehouse.storage import state
from lakehouse.storage.files import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SCHEMA = "wordpress-db"
ORDER_ITEMS = "wp_woocommerce_order_items"
STATE_FILE = f"{STATE}/join-tables.json"

HOURS_AT_A_TIME = 48
"""Hours in one statement: each adds its files to the plan."""


MANY_PRODUCTS = 1000
"""An hour with clicks on more products than this is taken to have clicks on all."""


@dataclass
class Hour:
    """What an hour's partition was made of: files with size and time, and the products clicked; None means any."""

    files: dict[str, list[int]]
    products: list[int] | None


@dataclass
class JointState:
    """
    `items`: version of the order items; `digests`: of the order items of the products clicked in any hour, what they
    were, as product → digest. `set_aside`: click files that could not be read, and why. `replacing`: the files that an
    hour had before a run began to write it anew; None while no run does.
    """

    items: int = 0
    digests: dict[str, int] = field(default_factory=dict)
    hours: dict[str, Hour] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    replacing: dict[str, list[str]] | None = None

    @staticmethod
    def read(job: Job) -> JointState:
        known = JointState(**(job.processed.read_json(STATE_FILE) or {}))
        known.hours = {hour: Hour(**value) for hour, value in known.hours.items()}  # type: ignore[arg-type]
        return known


def join_tables(job: Job) -> None:
    """Writes the partitions anew whose clicks changed, or the order items of whose products did."""
    table = job.datasets.table(SCHEMA, ORDER_ITEMS)
    applied = state.load(job.processed, table).applied
    if applied is None:
        log.info("no table %s: nothing to join", table)
        return
    known = JointState.read(job)
    _undo(job, known.replacing or {})
    present = clicks.by_hour(job.raw)
    inputs = {hour: _fingerprint(files) for hour, files in present.items()}
    before = {hour: value.files for hour, value in known.hours.items()}
    hours = {hour for hour in inputs.keys() | before.keys() if inputs.get(hour) != before.get(hour)}
    items_changed = applied.version != known.items and bool(known.hours)
    if items_changed:
        hours |= _hours_of_changed_items(job, known)
    if hours:
        _replace(job, known, {hour: present.get(hour, []) for hour in sorted(hours)})
    if hours or applied.version != known.items:
        known.digests = _digests(job, known) if hours or items_changed else known.digests
        known.items = applied.version
        known.replacing = None
        job.processed.write_json(STATE_FILE, asdict(known))
    for path, reason in known.set_aside.items():
        job.report.file_set_aside(f"{job.raw.uri}/{path}", reason)


def _hours_of_changed_items(job: Job, known: JointState) -> set[str]:
    now = _digests(job, known)
    changed = {
        product for product in now.keys() | known.digests.keys() if now.get(product) != known.digests.get(product)
    }
    return {
        hour
        for hour, value in known.hours.items()
        if value.products is None or any(str(product) in changed for product in value.products)
    }


def _digests(job: Job, known: JointState) -> dict[str, int]:
    """Digest of the order items of each product clicked in an hour of few products."""
    from pyspark.sql import functions as F

    products = sorted({product for value in known.hours.values() for product in value.products or ()})
    if not products:
        return {}
    rows = _named_items(job).where(F.col("order_item_id").isin(products))
    content = F.xxhash64(*[F.coalesce(F.col(name).cast("string"), F.lit("")) for name in rows.columns])
    return {str(product): digest for product, digest in rows.select("order_item_id", content).collect()}


def _fingerprint(files: list[StoredFile]) -> dict[str, list[int]]:
    return {file.path: [file.size, file.modified] for file in files}


def _partition(hour: str) -> str:
    return f"{JOINT_TABLES}/click_hour={hour}"


def _undo(job: Job, before_write: dict[str, list[str]]) -> None:
    """Removes from hours what a write added that came to no end; they are then written once more."""
    for hour, before in before_write.items():
        for file in job.processed.files(_partition(hour)):
            if file.name not in before:
                job.processed.delete_file(file.path)


def _replace(job: Job, known: JointState, hours: dict[str, list[StoredFile]]) -> None:
    """
    Writes hours anew. Those that keep the rules are put beside what they had, then that is removed: there is no moment
    without their rows. Parquet folders know no commit; a reader may see an hour twice in the moment between the two.
    """
    before = asdict(known)
    known.set_aside = {path: reason for path, reason in known.set_aside.items() if not _in(hours, path)}
    filled = {hour: files for hour, files in hours.items() if files}
    names = list(filled)
    read = malformed = written = 0
    drifted: list[str] = []
    late = _late_files(known, filled)
    old = {hour: known.hours.pop(hour, None) for hour in hours}
    held: set[str] = set()
    with staging.folder(job, JOINT_TABLES) as folder:
        for start in range(0, len(names), HOURS_AT_A_TIME):
            part = {hour: filled[hour] for hour in names[start : start + HOURS_AT_A_TIME]}
            counts = _write(job, known, part, folder)
            if any(count.unusual for count in counts.values()):
                drifted += click_drift.examples(clicks.lines(job.engine, job.raw, _whole(known, part)))
            broken = _held_back(job, list(part), folder)
            held |= broken
            for hour, files in part.items():
                count = counts.get(hour, HourCount())
                last = old[hour]
                # Without files, a held hour differs from what is there: the next run tries it again.
                known.hours[hour] = (
                    Hour({}, last.products if last else [])
                    if hour in broken
                    else Hour(_fingerprint(files), count.products)
                )
                read += count.lines
                malformed += count.malformed
        written = _publish(job, before, [hour for hour in hours if hour not in held], folder)
    notes = ["1 hour" if len(hours) == 1 else f"{len(hours)} hours"]
    notes += [f"{malformed} malformed lines"] if malformed else []
    notes += [f"{len(held)} held back"] if held else []
    notes += [f"{late} late files"] if late else []
    drift = click_drift.describe(drifted)
    notes += [drift] if drift else []
    job.report.table("", JOINT_TABLE, read, written, ", ".join(notes))


def _publish(job: Job, before: dict[str, Any], hours: list[str], folder: str) -> int:
    """Puts written hours in the place of those that are there, and gives their rows. `before`: the state until now."""
    old = {hour: [file.name for file in job.processed.files(_partition(hour))] for hour in hours}
    job.processed.write_json(STATE_FILE, before | {"replacing": old})
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
    if not table.quality or not filled:
        return set()
    rows = job.engine.read_parquet(job.processed, list(filled.values()))
    if quality.rows_hold(table, rows.columns, rows):
        return set()

    def holds(hour: str, path: str) -> bool:
        from pyspark.sql import functions as F

        own = job.engine.read_parquet(job.processed, [path]).withColumn("click_hour", F.lit(hour))
        return quality.check(job, table, own.columns, own, own, lambda: own, lambda _: None)

    return {hour for hour, path in filled.items() if not holds(hour, path)}


def _late_files(known: JointState, hours: dict[str, list[StoredFile]]) -> int:
    """How many new files belong to an hour before one that was joined already."""
    newest = max(known.hours, default="")
    new = {
        hour: [file for file in files if hour not in known.hours or file.path not in known.hours[hour].files]
        for hour, files in hours.items()
    }
    return sum(len(files) for hour, files in new.items() if hour < newest)


def _whole(known: JointState, hours: dict[str, list[StoredFile]]) -> dict[str, list[StoredFile]]:
    """Without the files that were set aside."""
    good = {hour: [file for file in files if file.path not in known.set_aside] for hour, files in hours.items()}
    return {hour: files for hour, files in good.items() if files}


def _in(hours: dict[str, list[StoredFile]], path: str) -> bool:
    return "-".join(path.split("/")[1:5]) in hours


@dataclass
class HourCount:
    """Lines of an hour, malformed and unusual ones among them, products clicked (None: many)."""

    lines: int = 0
    malformed: int = 0
    unusual: int = 0
    products: list[int] | None = field(default_factory=list)


def _write(job: Job, known: JointState, hours: dict[str, list[StoredFile]], folder: str) -> dict[str, HourCount]:
    """Writes the joined rows of some hours to a folder, without the files that cannot be read: those are set aside."""
    try:
        return _write_all(job, hours, folder)
    except Exception:
        if not _set_aside_unreadable(job, known, hours):
            raise
    for hour in hours:
        job.processed.delete_folder(f"{folder}/click_hour={hour}")
    return _write_all(job, _whole(known, hours), folder)


def _write_all(job: Job, hours: dict[str, list[StoredFile]], folder: str) -> dict[str, HourCount]:
    from pyspark.sql import functions as F

    if not hours:
        return {}
    found = clicks.parsed(clicks.lines(job.engine, job.raw, hours))
    job.engine.append_parquet(joined(_named_items(job), found), folder, "click_hour")
    counted = found.groupBy("click_hour", "productid").agg(
        F.count(F.lit(1)).alias("lines"), F.sum(F.col("unusual").cast("int")).alias("unusual")
    )
    result = {hour: HourCount() for hour in hours}
    for hour, product, lines, unusual in counted.collect():
        entry = result[hour]
        entry.lines += lines
        entry.unusual += unusual
        if product is None:
            entry.malformed += lines
        elif entry.products is not None:
            entry.products.append(product)
            if len(entry.products) > MANY_PRODUCTS:
                entry.products = None
    return result


def _named_items(job: Job) -> DataFrame:
    """The current order items, with the types of the joint tables."""
    from pyspark.sql import functions as F

    table = job.datasets.table(SCHEMA, ORDER_ITEMS)
    return job.engine.read_table(table.catalog_name, table.current).select(
        F.col("order_item_id").cast("bigint").alias("order_item_id"),
        F.col("order_item_name").cast("string").alias("order_item_name"),
        F.col("order_item_type").cast("string").alias("order_item_type"),
        F.col("order_id").cast("bigint").alias("order_id"),
    )


def joined(items: DataFrame, found: DataFrame) -> DataFrame:
    """Every click with every order item of its product, as in the guide: the item's id is the product's."""
    return items.join(found, items["order_item_id"] == found["productid"]).select(
        *items.columns, "productid", "productname", "department", "price", "productdetails", "click_hour"
    )


def _set_aside_unreadable(job: Job, known: JointState, hours: dict[str, list[StoredFile]]) -> bool:
    found = False
    for file in (file for files in hours.values() for file in files):
        reason = clicks.unreadable(job.raw, file)
        if reason is not None:
            known.set_aside[file.path] = reason
            found = True
    return found
