"""What is said of bad data, and to whom."""

from __future__ import annotations

from lakehouse.run import attention, job
from lakehouse.run.attention import MOST
from lakehouse.run.report import BrokenRule, Report
from lakehouse.storage.datasets import Datasets
from support.lake import Lake, Source

DATASETS = Datasets(
    {
        "datasets": [{"schema": "shop", "tables": [{"name": "Orders", "alias": "shop_orders"}]}],
        "models": [
            {
                "name": name,
                "file": f"{name}.sql",
                "sql": "",
                "references": references,
                "after": [],
                "key": [],
                "rules": [],
            }
            for name, references in {
                "revenue": [{"name": "SHOP_ORDERS", "line": 1, "column": 1}],
                "by_year": [{"name": "revenue", "line": 1, "column": 1}],
                "people": [{"name": "customers", "line": 1, "column": 1}],
            }.items()
        ],
    }
)


def report(*tables: str, severity: str = "error") -> Report:
    made = Report("apply-changes", "run-1")
    for table in tables:
        made.rule_broken(BrokenRule(table, "not_null(email)", "not_null", severity, 3, [{"email": "a@b.c"}]))
    return made


def test_names_blocked_tables_and_what_reads_them_and_no_values() -> None:
    made = report("shop.Orders", "shop.other")
    made.file_set_aside("s3://raw/shop/x/20260905-151244585.parquet", "no footer")
    made.file_set_aside("s3://lake/shop/logs/batch=2/", "shop.logs has updates but no key")
    text = attention.text("s3://lake", made, DATASETS)
    assert text.index("- shop.logs has updates but no key\n") < text.index("Quarantined, and left out")
    assert "- shop.Orders: not_null(email) (3 rows); models that read it: by_year, revenue\n" in text
    assert "- shop.other: not_null(email) (3 rows)\n" in text
    assert "- s3://raw/shop/x/20260905-151244585.parquet: no footer\n" in text
    assert text.endswith("Report: s3://lake/_runs/run-1/apply-changes.json")
    assert "a@b.c" not in text


def test_a_model_is_read_by_models_too_and_a_warning_blocks_nothing() -> None:
    assert attention.readers("models.revenue", DATASETS) == ["by_year"]
    assert "Blocked" not in attention.text("s3://lake", report("shop.Orders", severity="warn"), DATASETS)


def test_is_short_whatever_the_number_of_tables() -> None:
    text = attention.text("s3://lake", report(*[f"shop.t{number:04d}" for number in range(1000)]), DATASETS)
    assert f"- and {1000 - MOST} more" in text
    assert len(text.splitlines()) < MOST + 10


def test_a_broken_file_ends_the_job_with_11_and_is_named(lake: Lake, items: Source) -> None:
    path = items.folder / "20260905-151244585.parquet"
    path.write_bytes(b"no Parquet")
    assert lake.run("process-load", "process-cdc") == [0, 11]
    folder = lake.processed / "_runs" / f"run-{lake.runs}" / "attention"
    assert [file.name for file in folder.iterdir()] == ["process-cdc.txt"]
    assert f"- file://{path}: " in (folder / "process-cdc.txt").read_text()


def test_the_same_is_named_once_and_again_when_it_comes_back(lake: Lake, items: Source) -> None:
    def named() -> bool:
        lake.run("process-load", "process-cdc")
        return (lake.processed / "_runs" / f"run-{lake.runs}" / "attention").exists()

    path = items.folder / "20260905-151244585.parquet"
    path.write_bytes(b"no Parquet")
    assert [named(), named()] == [True, False]
    (items.folder / "20260905-151244586.parquet").write_bytes(b"no Parquet either")
    assert [named(), named()] == [True, False]
    for file in items.folder.glob("2026*"):
        file.unlink()
    assert not named()
    path.write_bytes(b"no Parquet")
    assert [named(), named()] == [True, False]


def test_bad_data_is_no_failure_for_glue() -> None:
    assert job.exit_code("quality_failed", on_glue=True) == 0
    assert job.exit_code("failed", on_glue=True) == 1
    assert job.exit_code("quality_failed", on_glue=False) == 11
