"""Tables whose rows nothing tells apart, as DMS delivers them: without the rows as they were before an update."""

from __future__ import annotations

import pyarrow as pa
import pytest

from support.lake import Lake, Read, Source, normal

JOBS = ("process-load", "process-cdc", "apply-changes")


@pytest.fixture
def notes(lake: Lake) -> Source:
    found = Source(lake, "notes", {"id": pa.int32(), "text": pa.string()}, [])
    found.imaged = []
    found.rows = [{"id": number, "text": "a"} for number in (1, 1, 2)]
    found.load()
    return found


def test_inserts_and_deletes_count(lake: Lake, notes: Source, current: Read) -> None:
    lake.ok()
    notes.insert(id=1, text="a")
    notes.delete({"id": 2})
    notes.flush()
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)


def test_an_update_blocks_the_table_until_it_is_loaded_again(lake: Lake, notes: Source, current: Read) -> None:
    lake.ok()
    good = current(notes)
    notes.update({"id": 2}, text="b")
    notes.flush()
    for _ in range(2):
        assert lake.run(*JOBS) == [0, 0, 11]
        report = lake.reports["apply-changes"]
        (refused,) = report["set_aside"]
        assert refused["uri"].endswith("/shop/notes/batch=2/")
        assert "shop.notes has updates but no key" in refused["reason"]
        assert "primary_key of shop.notes" in refused["reason"]
        assert refused["reason"].endswith("pipeline-cli replication reload shop.notes")
        assert [entry["note"] for entry in report["tables"]] == ["blocked: updates without a key"]
        assert normal(current(notes)) == normal(good)
    notes.drop_files()
    notes.load()
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)


def test_a_key_in_the_definition_is_enough(lake: Lake, notes: Source, current: Read) -> None:
    notes.rows = [{"id": number, "text": "a"} for number in (1, 2)]
    notes.load()
    lake.ok()
    notes.update({"id": 2}, text="b")
    notes.flush()
    assert lake.run(*JOBS) == [0, 0, 11]
    lake.declare("shop", "notes", ["id"])
    lake.ok()
    assert normal(current(notes)) == normal(notes.rows)


def test_rows_that_are_compared_whole_though_the_server_has_a_key_are_refused_alike(lake: Lake, notes: Source) -> None:
    lake.declare("shop", "notes", [])
    notes.imaged = ["id"]
    lake.ok()
    notes.update({"id": 2}, text="b")
    notes.flush()
    assert lake.run(*JOBS) == [0, 0, 11]
    assert "because the source has the key id" in lake.reports["apply-changes"]["set_aside"][0]["reason"]
