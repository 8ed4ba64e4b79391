"""Damaged raw files are quarantined; what is damaged in the processed zone is rebuilt from the raw zone."""

from __future__ import annotations

import shutil

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from support.lake import Lake, Read, Source, assert_second_run_does_nothing, normal

pytestmark = pytest.mark.slow_on_spark


def test_file_cut_short_is_set_aside_until_it_is_whole(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    items.update({"id": 1}, name="in the broken file")
    broken = items.flushed()
    content = broken.read_bytes()
    broken.write_bytes(content[: len(content) // 2])
    items.update({"id": 2}, name="in a good file")
    items.flush()
    for _ in range(2):
        assert lake.run() == [0, 11, 0]
        aside = lake.reports["process-cdc"]["set_aside"]
        assert [entry["uri"] for entry in aside] == [f"file://{broken}"]
        assert "not a complete Parquet file" in aside[0]["reason"]
        assert {row["id"]: row["name"] for row in current(items)}[2] == "in a good file"
    broken.write_bytes(content)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert lake.state("items")["set_aside"] == {}


def test_file_with_damaged_data_is_set_aside(lake: Lake, items: Source, current: Read) -> None:
    items.update({"id": 1}, name="x" * 1000)
    broken = items.flushed()
    content = bytearray(broken.read_bytes())
    content[4:200] = bytes(196)
    broken.write_bytes(content)
    assert lake.run() == [0, 11, 0]
    assert "damaged data" in lake.reports["process-cdc"]["set_aside"][0]["reason"]
    assert len(current(items)) == 5


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(13, "Permission denied"),
        OSError(24, "Too many open files"),
        OSError(
            "When reading information for key 'a' in bucket 'b': AWS Error SLOW_DOWN during HeadObject operation: "
        ),
    ],
    ids=["permission", "descriptors", "S3"],
)
def test_a_file_that_the_storage_does_not_give_is_read_in_the_next_run(
    lake: Lake, items: Source, current: Read, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    lake.ok()
    items.update({"id": 1}, name="in a good file")
    path = items.flushed()

    def refuse(*_: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(pq, "ParquetFile", refuse)
        assert lake.run() == [0, 1, 0]
    assert f"{path} could not be read ({error})" in lake.reports["process-cdc"]["error"]
    assert lake.reports["process-cdc"]["set_aside"] == []
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


def test_damaged_state_names_the_remedy_and_the_remedy_works(lake: Lake, items: Source, current: Read) -> None:
    lake.ok()
    for number in range(3):
        items.update({"id": 1}, name=f"version {number}")
        items.insert(id=20 + number)
        items.flush()
        lake.ok()
    items.delete({"id": 2})
    items.flush()
    path = lake.processed / "_state" / "shop" / "items.json"
    folders = [lake.processed / "shop" / "items", lake.processed / "current" / "shop" / "items"]
    for content in ("", "{", "[]", '{"files": {}}'):
        path.write_text(content)
        assert lake.run() == [1, 1, 1]
        for report in lake.reports.values():
            assert "damaged" in report["error"]
            assert "run the jobs again" in report["error"]
        assert all(f"file://{named}" in lake.reports["process-cdc"]["error"] for named in [path, *folders])
    path.unlink()
    for folder in folders:
        shutil.rmtree(folder)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)


@pytest.mark.parametrize("what", ["batch", "data of a batch", "current", "all"])
def test_removed_folder_of_the_processed_zone_is_rebuilt(lake: Lake, items: Source, current: Read, what: str) -> None:
    lake.ok()
    for number in range(2):
        items.update({"id": 1}, name=f"version {number}")
        items.insert(id=20 + number)
        items.flush()
        lake.ok()
    version = lake.state("items")["applied"]["version"]
    folders = {
        "batch": [lake.processed / "shop" / "items" / "batch=2"],
        "data of a batch": [lake.processed / "shop" / "items" / "batch=3"],
        "current": [lake.processed / "current" / "shop" / "items"],
        "all": [lake.processed / "shop" / "items", lake.processed / "current" / "shop" / "items"],
    }[what]
    for folder in folders:
        if what == "data of a batch":
            for path in folder.glob("*.parquet"):
                path.write_bytes(b"")
        else:
            shutil.rmtree(folder)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert lake.state("items")["applied"]["version"] == version + 1
    logged = ds.dataset(lake.processed / "shop" / "items", format="parquet").count_rows()
    assert logged == sum(batch["rows"] for batch in lake.state("items")["batches"]) == 9
    items.insert(id=6)
    items.flush()
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    assert_second_run_does_nothing(lake)


def test_history_of_a_removed_change_log_is_not_expected_any_more(lake: Lake, items: Source, current: Read) -> None:
    """A full load, a reload and a change: of the change log that was removed, the raw zone has what counts alone."""
    lake.ok()
    items.truncate()
    items.insert(id=1, name="after")
    items.flush()
    lake.ok()
    folder = lake.processed / "shop" / "items"
    assert sum(batch["rows"] for batch in lake.state("items")["batches"]) == 6
    shutil.rmtree(folder)
    lake.ok()
    assert normal(current(items)) == normal(items.rows)
    logged = ds.dataset(folder, format="parquet").count_rows()
    assert logged == sum(batch["rows"] for batch in lake.state("items")["batches"]) == 1
    assert_second_run_does_nothing(lake)
