"""What is said of bad data, and to whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lakehouse.run import attention, job
from lakehouse.run.attention import MOST
from lakehouse.run.lease import NoLease
from lakehouse.run.report import BrokenRule, Report
from lakehouse.storage.datasets import Datasets
from lakehouse.storage.files import Storage
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
    assert text.index("- shop.logs has updates but no key\n") < text.index("Quarantined (skipped")
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
    assert [file["uri"] for file in lake.reports["process-cdc"]["set_aside"]] == [f"file://{path}"]
    assert not (lake.processed / "_runs" / "attention").exists(), "nobody sends it on one machine"


class Bucket(Storage):
    """A folder, as if it were a bucket."""

    is_local = False

    def write(self, relative: str, content: bytes) -> None:
        path = Path(self.path(relative))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.fixture
def glue(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """
    Runs a job as on Glue: it finds these files bad, and fails where it is to. Gives the texts that are to be sent.
    """
    monkeypatch.setattr(job, "Storage", Bucket)
    monkeypatch.setattr(job, "lease_on", lambda *_: NoLease())
    monkeypatch.setattr(job, "data_catalog", lambda *_: None)

    def run(*files: str, fails: bool = False) -> list[str]:
        def work(doing: job.Job) -> None:
            for file in files:
                doing.report.file_set_aside(f"s3://raw/shop/items/{file}", "no Parquet")
            if fails:
                raise OSError("no space")

        lake.runs += 1
        code = job.run("process-cdc", work, ["job", *lake.arguments(f"run-{lake.runs}")])
        assert code == (1 if fails else 0)
        return sorted(path.name for path in (lake.processed / "_runs" / "attention" / "unsent").glob("*"))

    return run


def test_the_same_is_named_once_and_again_when_it_comes_back(glue: Callable[..., list[str]]) -> None:
    first = ["run-1-process-cdc.txt"]
    assert glue("a") == glue("a") == first
    second = [*first, "run-3-process-cdc.txt"]
    assert glue("a", "b") == glue("a", "b") == second
    assert glue() == second, "what was not sent yet stays"
    assert glue("a", "b") == [*second, "run-6-process-cdc.txt"]


def test_a_failed_job_tells_what_it_found_and_forgets_nothing(glue: Callable[..., list[str]]) -> None:
    first = ["run-1-process-cdc.txt"]
    assert glue("a", fails=True) == first
    assert glue(fails=True) == first
    assert glue("a") == first, "it was bad all the time"


def test_bad_data_is_no_failure_for_glue() -> None:
    assert job.exit_code("quality_failed", on_glue=True) == 0
    assert job.exit_code("failed", on_glue=True) == 1
    assert job.exit_code("quality_failed", on_glue=False) == 11
