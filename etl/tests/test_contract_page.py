"""docs/contract.md says what the jobs do. What the CLI knows of it is compared in tools/docs/contract.test.ts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from itertools import dropwhile, takewhile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakehouse.changes import batches, listing, log_compaction
from lakehouse.current import apply_changes, base
from lakehouse.raw import click_types, raw_files, stream_messages
from lakehouse.run import engine, job
from lakehouse.run.report import BrokenRule, Report
from lakehouse.storage import maintenance, state
from lakehouse.storage.column_types import change_log_type, current_type
from lakehouse.storage.files import Storage
from lakehouse.storage.iceberg import IcebergTable
from shop import click_hours, joint_rows
from support.clicks import KIND
from support.lake import Lake, Source
from support.star import ALL as STAR_JOBS
from support.star import shop as shop

PAGE = Path(__file__).parents[2] / "docs" / "contract.md"

Row = dict[str, str]

ARROW = {
    "BOOLEAN": pa.bool_(), "FLOAT": pa.float32(), "DOUBLE": pa.float64(), "UTF8": pa.string(),
    "BYTE_ARRAY": pa.binary(), "DATE": pa.date32(), "TIMESTAMP_MICROS": pa.timestamp("us"),
    **{f"INT_{bits}": pa.from_numpy_dtype(f"int{bits}") for bits in (8, 16, 32, 64)},
    **{f"UINT_{bits}": pa.from_numpy_dtype(f"uint{bits}") for bits in (8, 16, 32, 64)},
}  # fmt: skip
"""Types as Arrow reads them, by the names that the page has for Parquet's."""


def table(name: str) -> list[Row]:
    """Rows of the table below the comment `test: name`, by the names of its head."""
    lines = dropwhile(lambda line: line != f"<!-- test: {name} -->", PAGE.read_text().splitlines())
    head, _, *body = [_cells(line) for line in takewhile(lambda line: line.startswith("|"), list(lines)[1:])]
    assert body
    return [dict(zip(head, row, strict=True)) for row in body]


def _cells(line: str) -> list[str]:
    return [re.sub(r"^`([^`]*)`$", r"\1", cell.strip()) for cell in line[1:-1].split("|")]


def arrow(parquet: str) -> pa.DataType:
    precision_and_scale = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", parquet)
    return pa.decimal128(*map(int, precision_and_scale.groups())) if precision_and_scale else ARROW[parquet]


@pytest.mark.parametrize("row", table("types"), ids=lambda row: row["MySQL"])
def test_types(row: Row) -> None:
    raw = arrow(row["Parquet"])
    assert change_log_type(raw) == row["change log"]
    assert current_type(row["change log"]) == row["current table"]
    of_message = {"type": row["message"]}
    if pa.types.is_decimal(raw):
        of_message |= {"precision": raw.precision, "scale": raw.scale}
    assert stream_messages.Definition.of({"columns": {"c": of_message}}).columns == (("c", raw),)


def test_raw_file_names() -> None:
    kinds = {"full load": "load", "changes": "change"}
    for row in table("raw-files"):
        assert re.fullmatch(row["pattern"], row["example"])
        assert raw_files.kind_of(row["example"]) == kinds[row["kind"]]
        assert raw_files.kind_of(f"x{row['example']}") is None


def test_operations() -> None:
    assert {row["message"]: row["raw `Op`"] for row in table("operations")} == stream_messages.OPERATIONS


def test_change_log_columns(lake: Lake, items: Source) -> None:
    items.update({"id": 1}, name="other")
    items.insert(id=6, name="new", amount=None)
    items.delete({"id": 2})
    items.flush()
    lake.ok()
    (load, changes) = sorted((lake.processed / "shop" / "items").glob("batch=*"))
    own = list(items.columns)

    def documented(before: list[str]) -> list[str]:
        names = []
        for row in table("change-log-columns"):
            prefix, source, _ = row["column"].partition("<column>")
            names += [prefix + name for name in (before if prefix else own)] if source else [row["column"]]
        return names

    loaded, changed = ([file for file in folder.glob("*.parquet")] for folder in (load, changes))
    assert pq.read_schema(loaded[0]).names in (documented([]), documented(["id"]))
    assert pq.read_schema(changed[0]).names == documented(["id"])
    operations = {
        row["raw `Op`"]: row["change log `cdc_op`"] for row in table("operations") if row["message"] != "load"
    }
    found = [(row["cdc_op"], bool(row["cdc_change_seq"])) for row in pq.read_table(changed[0]).to_pylist()]
    assert sorted(found) == sorted((operations[raw], True) for raw in "UID")
    assert {(row["cdc_op"], row["cdc_change_seq"]) for row in pq.read_table(loaded[0]).to_pylist()} == {("O", None)}


def test_numbers() -> None:
    rows = engine.FILE_ROWS
    assert {row["defined in"]: int(row["value"].replace(",", "")) for row in table("numbers")} == {
        "2 × `FILE_ROWS`": 2 * rows,
        "engine.FILE_ROWS": rows,
        "4 × `FILE_ROWS`": 4 * rows,
        "apply_changes.MAINTAIN_EVERY": apply_changes.MAINTAIN_EVERY,
        "maintenance.SMALL_FILES": maintenance.SMALL_FILES,
        "maintenance.KEEP_HOURS": maintenance.KEEP_HOURS,
        "log_compaction.SMALL_BATCHES": log_compaction.SMALL_BATCHES,
        "log_compaction.SMALL_ROWS": log_compaction.SMALL_ROWS,
        "state.NEWEST_FILES": state.NEWEST_FILES,
        "listing.LISTED_WHOLE": listing.LISTED_WHOLE,
        "`listing.WHOLE_EVERY` / 3600": listing.WHOLE_EVERY / 3600,
        "`batches.BATCH_BYTES` / 1024³": batches.BATCH_BYTES / 1024**3,
        "batches.BATCH_FILES": batches.BATCH_FILES,
        "base.ROWS": base.ROWS,
        "click_hours.FEW_HOURS": click_hours.FEW_HOURS,
        "click_hours.LATE_HOURS": click_hours.LATE_HOURS,
        "joint_rows.MANY_PRODUCTS": joint_rows.MANY_PRODUCTS,
    }


def test_report_fields() -> None:
    documented = [name for row in table("report") for name in re.findall(r"\w+", row["field"].replace("`", " "))]
    # The last one is the command line's, of jobs that it did not start.
    assert documented == [*(field.name for field in dataclasses.fields(Report)), "same_as"]


def broken(severity: str) -> BrokenRule:
    return BrokenRule("shop.items", "not_null(id)", "not_null", severity, 1, [])


@pytest.mark.parametrize(
    ("state_name", "spoil"),
    [
        ("succeeded", lambda report: None),
        ("failed", lambda report: report.failed("shop.items", ValueError("x"))),
        (
            "quality_failed",
            lambda report: report.rule_broken(broken("error")),
        ),
        (
            "succeeded",
            lambda report: report.rule_broken(broken("warn")),
        ),
        ("quality_failed", lambda report: report.file_set_aside("file:///x", "cut short")),
    ],
)
def test_report_states(tmp_path: Path, state_name: str, spoil: Callable[[Report], None]) -> None:
    report = Report("a-job", "run-1")
    spoil(report)
    report.finish(Storage(f"file://{tmp_path}/"))
    documented = {row["state"]: row["exit code of the job"] for row in table("report-states")}[state_name]
    assert documented == str(job.exit_code(state_name, on_glue=False))
    assert report.state == state_name


def test_joint_tables_columns() -> None:
    clicks = [(name.lower(), kind.hive()) for name, kind in click_types.parse(KIND).fields]
    own = {"productid": "bigint", "price": "decimal(12,2)"}
    columns = [*joint_rows.ITEM_COLUMNS, *((name, own.get(name, kind)) for name, kind in clicks)]
    assert [(row["column"], row["type"]) for row in table("joint-columns")] == columns


@pytest.mark.slow_on_spark
@pytest.mark.usefixtures("shop")
def test_star_schema_columns(lake: Lake) -> None:
    from lakehouse.run.engine import Engine

    lake.ok(*STAR_JOBS)
    reader = Engine(Storage(f"file://{lake.processed}/"), lake.database)
    for row in table("star-schema"):
        found = reader.read_table(IcebergTable(row["table"], f"star-schema/{row['table']}")).columns
        assert found == row["columns"].split(", "), row["table"]
