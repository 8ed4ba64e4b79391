"""Order items ⋈ clickstream: malformed lines, plain and compressed files, and which hours a run writes."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pytest

from lakehouse.run import job, last_look
from lakehouse.run.engine import Engine
from lakehouse.storage.data_catalog import DataCatalog
from lakehouse.storage.files import Storage
from shop import joint_rows, joint_tables
from support.clicks import ALL, click, joint, send
from support.glue import Glue
from support.lake import Lake, Source


def test_registers_its_table_and_the_hours_with_rows(
    lake: Lake, items: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    glue = Glue()
    monkeypatch.setattr(job, "data_catalog", lambda _processed, _database: DataCatalog(glue, "lake"))
    # Sail has no catalog to ask for a snapshot.
    monkeypatch.setattr(last_look, "look", lambda *_: None)
    lake.ok(*ALL)
    assert glue.partitions["joint_tables"] == {}
    send(lake, "2026/11/20/13", "a.json", [click(1)])
    send(lake, "2026/11/20/14", "a.json", [click(9)])
    lake.ok("join-tables")
    table = glue.tables["joint_tables"]
    assert table["StorageDescriptor"]["Location"] == f"file://{lake.processed}/joint-tables/"
    assert list(glue.partitions["joint_tables"]) == ["2026-11-20-13"]
    registered = [(column["Name"], column["Type"]) for column in table["StorageDescriptor"]["Columns"]]
    processed = Storage(f"file://{lake.processed}/")
    reader = Engine(processed, lake.database)
    assert reader.read_parquet(processed, ["joint-tables/click_hour=2026-11-20-13"]).dtypes == registered


def test_joins_on_the_product_with_names_and_types(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json.gz", [click(1), click(9)])
    send(lake, "2026/11/20/13", "b.json", [click(2, price="3.10")])
    lake.ok(*ALL)
    assert [(row["order_item_id"], row["price"], row["click_hour"]) for row in joint(lake)] == [
        (1, Decimal("12.50"), "2026-11-20-13"),
        (2, Decimal("3.10"), "2026-11-20-13"),
    ]
    file = next((lake.processed / "joint-tables" / "click_hour=2026-11-20-13").glob("*.parquet"))
    details = pa.struct([("color", pa.string()), ("material", pa.string()), ("comments", pa.string())])
    metadata = pa.parquet.read_metadata(file)
    schema = metadata.schema.to_arrow_schema()
    assert {field.name: field.type for field in schema} == {
        "order_item_id": pa.int64(),
        "order_item_name": pa.string(),
        "order_item_type": pa.string(),
        "order_id": pa.int64(),
        "productid": pa.int64(),
        "productname": pa.string(),
        "department": pa.string(),
        "price": pa.decimal128(12, 2),
        "productdetails": details,
    }
    assert metadata.row_group(0).column(0).compression == "SNAPPY"
    assert joint(lake)[0]["productdetails"] == {"color": "red", "material": "wool", "comments": "warm"}


def test_a_click_of_a_large_file_is_joined_once(lake: Lake, items: Source) -> None:
    """An engine that reads parts of files side by side must not take each part for the file."""
    # More than a megabyte in one file, and in files that no two equal halves can be made of.
    counts = {"13/a": 9_000, "14/a": 4_000, "14/b": 4_000, "14/c": 4_000}
    for name, count in counts.items():
        hour, stem = name.split("/")
        send(lake, f"2026/11/20/{hour}", f"{stem}.json", [click(1, productname=f"{name} {at}") for at in range(count)])
    lake.ok(*ALL)
    entry = lake.reports["join-tables"]["tables"][0]
    assert (entry["rows_read"], entry["rows_written"]) == (21_000, 21_000)
    assert len({row["productname"] for row in joint(lake)}) == 21_000


def test_many_clicks_are_joined_in_several_statements(
    lake: Lake, items: Source, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[list[str]] = []
    write = joint_rows.write

    def noted(of: job.Job, hours: joint_rows.Hours, folder: str) -> joint_rows.Written:
        statements.append(sorted(hours))
        return write(of, hours, folder)

    monkeypatch.setattr(joint_rows, "write", noted)
    for hour in ("13", "14", "15"):
        send(lake, f"2026/11/20/{hour}", "a.json", [click(1), click(2)])
    size = (lake.raw / "clickstream-data/2026/11/20/13/a.json").stat().st_size
    monkeypatch.setattr(joint_tables, "BYTES_AT_A_TIME", 2 * size)
    lake.ok(*ALL)
    one, two, three = (f"2026-11-20-{hour}" for hour in ("13", "14", "15"))
    # Apache Spark has on disk what its memory does not hold.
    assert statements == ([[one, two, three]] if engine == "spark" else [[one, two], [three]])
    assert sorted(row["click_hour"] for row in joint(lake)) == [one, one, two, two, three, three]


def test_malformed_lines_are_counted_and_not_fatal(lake: Lake, items: Source) -> None:
    bad = ["{bad", "[1, 2]", "null", '"1"', click("x"), click(2.5), click(None), "{}", click(1) + " more"]
    fair = [click(1, price="cheap"), click(1, productDetails="none"), click("1"), f"  {click(1)}  "]
    send(lake, "2026/11/20/13", "a.json", [*bad, "", "  ", *fair])
    lake.ok(*ALL)
    entry = lake.reports["join-tables"]["tables"][0]
    assert (entry["rows_read"], entry["rows_written"], entry["note"]) == (
        13,
        4,
        "1 hour, 5 malformed lines, 4 lines with values that do not fit, 4 without a product, changed types: "
        "price is not a number, productDetails is not an object, productid is not a whole number",
    )
    rows = joint(lake)
    assert [row["price"] for row in rows].count(None) == 1
    assert [row["productdetails"] for row in rows].count(None) == 1


def test_only_the_hours_that_changed_are_written(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json", [click(1)])
    gone = send(lake, "2026/11/20/14", "a.json", [click(2)])
    lake.ok(*ALL)
    first = {path: path.stat().st_mtime_ns for path in (lake.processed / "joint-tables").rglob("*.parquet")}
    send(lake, "2026/11/20/15", "a.json", [click(3)])
    lake.ok(*ALL)
    second = {path: path.stat().st_mtime_ns for path in (lake.processed / "joint-tables").rglob("*.parquet")}
    assert first.items() < second.items()
    assert lake.reports["join-tables"]["tables"][0]["note"] == "1 hour"
    lake.ok(*ALL)
    assert lake.reports["join-tables"]["tables"] == []
    send(lake, "2026/11/20/13", "b.json", [click(1)])
    gone.unlink()
    lake.ok(*ALL)
    assert [(row["order_item_id"], row["click_hour"]) for row in joint(lake)] == [
        (1, "2026-11-20-13"),
        (1, "2026-11-20-13"),
        (3, "2026-11-20-15"),
    ]


def test_changed_order_items_are_joined_again(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json", [click(1), click(2), click(4)])
    lake.ok(*ALL)
    items.update({"order_item_id": 1}, order_item_name="renamed")
    items.delete({"order_item_id": 2})
    items.insert(order_item_id=4, order_item_name="new", order_item_type="line_item", order_id=71)
    items.flush()
    lake.ok(*ALL)
    assert [row["order_item_name"] for row in joint(lake)] == ["renamed", "new"]


@pytest.mark.slow_on_spark
def test_only_the_hours_of_changed_order_items_are_written(
    lake: Lake, items: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joint_rows, "MANY_PRODUCTS", 3)
    send(lake, "2026/11/20/13", "a.json", [click(1), click(7)])
    send(lake, "2026/11/20/14", "a.json", [click(2)])
    send(lake, "2026/11/20/15", "a.json", [click(product) for product in range(20, 24)])
    lake.ok(*ALL)

    def change() -> str:
        items.flush()
        lake.ok(*ALL)
        (entry,) = lake.reports["join-tables"]["tables"] or [{"note": "nothing"}]
        return str(entry["note"])

    items.update({"order_item_id": 2}, order_item_name="renamed")
    assert change() == "2 hours"  # that of product 2, and the one with many products
    items.insert(order_item_id=7, order_item_name="new", order_item_type="fee", order_id=1)
    assert change() == "2 hours"
    items.delete({"order_item_id": 1})
    assert change() == "2 hours"
    items.insert(order_item_id=21, order_item_name="late", order_item_type="fee", order_id=1)
    assert change() == "1 hour"
    assert [(row["order_item_id"], row["order_item_name"]) for row in joint(lake)] == [
        (2, "renamed"),
        (21, "late"),
        (7, "new"),
    ]


@pytest.mark.slow_on_spark
def test_of_a_file_cut_short_what_can_be_read_is_joined_until_it_is_whole(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json.gz", [click(1)])
    broken = send(lake, "2026/11/20/13", "b.json.gz", [click(2, productname=str(number)) for number in range(5000)])
    content = broken.read_bytes()
    broken.write_bytes(content[: len(content) // 2])
    for _ in range(2):
        assert lake.run(*ALL) == [0, 0, 0, 11]
        (entry,) = lake.reports["join-tables"]["set_aside"]
        assert entry == {"uri": f"file://{broken}", "reason": "it is truncated; the readable lines are used"}
        readable = [row["productname"] for row in joint(lake) if row["order_item_id"] == 2]
        assert sorted(readable, key=int) == [str(number) for number in range(len(readable))]
        assert 100 < len(readable) < 4900
    broken.write_bytes(content)
    lake.ok(*ALL)
    assert len(joint(lake)) == 5001


def test_without_order_items_or_clicks_there_is_nothing_to_join(lake: Lake) -> None:
    send(lake, "2026/11/20/13", "a.json", [click(1)])
    lake.ok(*ALL)
    assert lake.reports["join-tables"]["tables"] == []


@pytest.mark.slow_on_spark
def test_run_that_was_killed_in_between_is_undone(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json", [click(1)])
    lake.ok(*ALL)
    state = lake.processed / "_state" / "join-tables.json"
    partition = lake.processed / "joint-tables" / "click_hour=2026-11-20-13"
    (old,) = partition.glob("*.parquet")
    before = json.loads(state.read_text())
    content = old.read_bytes()
    for files in ({"old": content, "half": content}, {"half": content}, {"old": content}):
        # As after: the new files, the new files with the old ones removed, and the intent alone.
        state.write_text(json.dumps(before | {"hours": {}, "replacing": {"2026-11-20-13": ["old.parquet"]}}))
        for path in partition.glob("*"):
            path.unlink()
        for name, data in files.items():
            (partition / f"{name}.parquet").write_bytes(data)
        lake.ok(*ALL)
        assert [row["order_item_id"] for row in joint(lake)] == [1]


def note(lake: Lake) -> str:
    return str(lake.reports["join-tables"]["tables"][-1]["note"])


def test_new_fields_and_changed_types_are_joined_as_far_as_they_fit_and_reported(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json.gz", [click(1)])
    lake.ok(*ALL)
    assert note(lake) == "1 hour"
    drifted = [
        click(2, campaign="x", price="cheap"),
        click(3, productDetails={"color": 7, "size": "L"}, productname=None),
        click("1"),
        "no click",
    ]
    send(lake, "2026/11/20/14", "b.json.gz", drifted)
    lake.ok(*ALL)
    assert note(lake) == (
        "1 hour, 1 malformed lines, 1 lines with values that do not fit, new fields: campaign, productDetails.size; "
        "changed types: price is not a number, "
        "productDetails.color is not text, productid is not a whole number"
    )
    rows = [row for row in joint(lake) if row["click_hour"] == "2026-11-20-14"]
    assert [(row["order_item_id"], row["price"], row["productdetails"]["color"]) for row in rows] == [
        (1, Decimal("12.50"), "red"),
        (2, None, "red"),
        (3, Decimal("12.50"), "7"),
    ]


def test_files_of_an_hour_that_was_over_are_joined_and_reported(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json.gz", [click(1)])
    send(lake, "2026/11/20/14", "b.json.gz", [click(2)])
    lake.ok(*ALL)
    assert note(lake) == "2 hours"
    send(lake, "2026/11/20/13", "late.json.gz", [click(3)])
    send(lake, "2026/11/20/14", "c.json.gz", [click(3)])
    lake.ok(*ALL)
    assert note(lake) == "2 hours, 1 late files"
    assert sorted((row["click_hour"], row["order_item_id"]) for row in joint(lake)) == [
        ("2026-11-20-13", 1),
        ("2026-11-20-13", 3),
        ("2026-11-20-14", 2),
        ("2026-11-20-14", 3),
    ]


def test_drift_is_found_in_every_line(lake: Lake, items: Source) -> None:
    usual = [click(1, productname=f"Hat {number}") for number in range(5000)]
    send(lake, "2026/11/20/13", "a.json", [*usual, click(1, campaign="x" * 500)])
    send(lake, "2026/11/20/13", "b.json.gz", [*usual, click(1, price="12"), *usual])
    lake.ok(*ALL)
    assert note(lake) == "1 hour, new fields: campaign; changed types: price is not a number"


def test_lines_as_they_should_be_are_no_drift_whatever_they_say(lake: Lake, items: Source) -> None:
    texts = ['"', "\\", '","campaign":"', '{"price":"x"}', "12", "true", "ü 🎉", "", '\\"' * 20_000]
    details = {"color": '"', "material": "\n", "comments": None}
    lines = [click(1, productname=text, department=text, productDetails=details) for text in texts]
    other = json.dumps({"price": 1e20, "productDetails": None, "productid": 2}, indent=2).replace("\n", " ")
    spaces = click(3, price=-1, productDetails={}).replace(",", f"{' ' * 100_000},")
    # As JavaScript writes them: other line ends than \n stay as they are in a JSON text.
    line_ends = json.dumps(json.loads(click(3, department="a\u2028b\x85c")), ensure_ascii=False)
    send(lake, "2026/11/20/13", "a.json", [*lines, other, spaces, line_ends])
    lake.ok(*ALL)
    # The number is one; it is too large for the joint tables.
    assert note(lake) == "1 hour, 1 lines with values that do not fit"
    assert "a\u2028b\x85c" in [row["department"] for row in joint(lake)]


def test_many_new_names_are_reported_as_some_and_their_number(lake: Lake, items: Source) -> None:
    send(lake, "2026/11/20/13", "a.json", [click(1, **{f"session{number:04}": number}) for number in range(1500)])
    lake.ok(*ALL)
    reported = note(lake).removeprefix("1 hour, new fields: ")
    assert reported.count("session") == 20
    assert reported.endswith(" and 980 more")


def test_a_damaged_state_is_named_and_removing_it_fixes_it(lake: Lake, items: Source) -> None:
    send(lake, "2026/09/05/15", "a.json.gz", [click(1), click(2)])
    lake.ok(*ALL)
    before = joint(lake)
    state = lake.processed / "_state" / "join-tables.json"
    state.write_text("{")
    assert lake.run("join-tables") == [1]
    assert f"file://{state} is damaged" in lake.reports["join-tables"]["error"]
    assert "remove it" in lake.reports["join-tables"]["error"]
    state.unlink()
    lake.ok(*ALL)
    assert len(before) == 2
    assert joint(lake) == before
