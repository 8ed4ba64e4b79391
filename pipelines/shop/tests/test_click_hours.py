"""Of many hours of clicks a run lists the latest, and still joins whatever comes to any of them."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from lakehouse.storage import listing
from shop import click_hours
from shop.click_hours import WHOLE_EVERY
from support.clicks import ALL, click, joint, send
from support.lake import Lake, Source

HOURS = [f"2026/11/20/{hour:02d}" for hour in range(10, 16)]


class Lists:
    """Hours of the files that the jobs listed since the last look, and a clock that tests set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hours: list[str] = []
        self.later = 0.0
        real = listing.files_after

        def noted(*arguments: Any) -> Any:
            found = real(*arguments)
            self.hours += [file.path.rsplit("/", 2)[1] for file in found]
            return found

        monkeypatch.setattr("lakehouse.raw.click_files.files_after", noted)
        # Not that of everybody: clients of the engine wait by it.
        clock = SimpleNamespace(time=lambda: time.time() + self.later)
        monkeypatch.setattr(click_hours, "time", clock)

    def taken(self) -> list[str]:
        hours, self.hours = self.hours, []
        return hours


@pytest.fixture
def lists(lake: Lake, items: Source, monkeypatch: pytest.MonkeyPatch) -> Lists:
    """Six hours of clicks are joined; a run lists the last one, and the hour before it."""
    monkeypatch.setattr(click_hours, "FEW_HOURS", 3)
    monkeypatch.setattr(click_hours, "LATE_HOURS", 1)
    lists = Lists(monkeypatch)
    for hour in HOURS:
        send(lake, hour, "a.json", [click(1)])
    lake.ok(*ALL)
    assert lists.taken() == ["10", "11", "12", "13", "14", "15"]
    return lists


def products(lake: Lake) -> list[tuple[str, int]]:
    return sorted((row["click_hour"][-2:], row["productid"]) for row in joint(lake))


def test_a_run_lists_the_latest_hours(lake: Lake, lists: Lists) -> None:
    send(lake, "2026/11/20/15", "b.json", [click(2)])
    send(lake, "2026/11/20/16", "a.json", [click(2)])
    lake.ok("join-tables")
    assert lists.taken() == ["14", "15", "15", "16"]
    assert products(lake)[-3:] == [("15", 1), ("15", 2), ("16", 2)]
    assert len(products(lake)) == 8


def test_a_file_of_an_old_hour_is_joined_within_a_day(lake: Lake, lists: Lists) -> None:
    send(lake, "2026/11/20/11", "late.json", [click(2)])
    lake.ok("join-tables")
    assert len(products(lake)) == 6
    lists.later = WHOLE_EVERY + 1
    lake.ok("join-tables")
    assert products(lake)[:3] == [("10", 1), ("11", 1), ("11", 2)]
    lists.taken()
    lake.ok("join-tables")
    assert lists.taken() == ["14", "15"]


def test_an_old_hour_whose_files_are_gone_goes_within_a_day(lake: Lake, lists: Lists) -> None:
    (lake.raw / "clickstream-data" / "2026" / "11" / "20" / "11" / "a.json").unlink()
    lists.later = WHOLE_EVERY + 1
    lake.ok("join-tables")
    assert products(lake) == [(hour[-2:], 1) for hour in HOURS if not hour.endswith("11")]


def test_changed_order_items_are_joined_again_in_every_hour(lake: Lake, items: Source, lists: Lists) -> None:
    send(lake, "2026/11/20/11", "late.json", [click(2)])
    items.update({"order_item_id": 1}, order_item_name="another")
    items.flush()
    lake.ok(*ALL)
    assert lists.taken() == ["14", "15"]
    assert {row["order_item_name"] for row in joint(lake) if row["productid"] == 1} == {"another"}
    # Who looks at an hour takes what is there.
    assert ("11", 2) in products(lake)
