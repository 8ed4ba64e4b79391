"""A build that is killed at any point, and one whose state is an older one, come to the same tables when run again."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from support.lake import Lake, Source
from support.left_over import unpublished
from support.models import JOBS, Table, built, define, model
from support.processes import kill, start, wait_for_work

pytestmark = pytest.mark.slow_on_spark

KILLS = {"sail": 12, "spark": 1}
BY_CUSTOMER = "SELECT customerId, count(*) AS orders FROM orders GROUP BY customerId"
TOTAL = "SELECT sum(orders) AS orders FROM by_customer"


@pytest.fixture
def shop(lake: Lake, orders: Source) -> Source:
    define(lake, model("by_customer", BY_CUSTOMER), model("total", TOTAL), model("ids", "SELECT id FROM orders"))
    return orders


def test_killed_at_any_point(lake: Lake, shop: Source, table: Table, engine: str, catalog: Path) -> None:
    chance = random.Random(4)
    lake.ok(*JOBS)
    on_spark = catalog if engine == "spark" else None
    began = time.monotonic()
    assert start(lake, "build_models.py", "first", on_spark).wait() == 0
    length = time.monotonic() - began
    killed = 0
    for attempt in range(5 * KILLS[engine]):
        shop.insert(id=100 + attempt, customerId=attempt % 3)
        shop.flush()
        lake.ok(*JOBS[:3])
        process = start(lake, "build_models.py", f"attempt-{attempt}", on_spark)
        try:
            if on_spark is not None:
                wait_for_work(lake, process)
            # From the middle of an idle run to the end of a busy one.
            time.sleep(chance.uniform(0.5, 2.0) * (length if on_spark is None else 0.5))
        finally:
            killed += kill(process)
        if killed == KILLS[engine]:
            break
    lake.ok("build-models")
    assert sorted(row["id"] for row in table("ids")) == sorted(row["id"] for row in shop.rows)
    assert table("total") == [{"orders": len(shop.rows)}]
    assert sum(row["orders"] for row in table("by_customer")) == len(shop.rows)
    # The next that is built takes away what a killed one left.
    shop.insert(id=99, customerId=1)
    shop.flush()
    lake.ok(*JOBS)
    assert unpublished(lake) == []
    lake.ok("build-models")
    assert built(lake) == {}


def test_killed_between_publication_and_state(lake: Lake, shop: Source, table: Table) -> None:
    lake.ok(*JOBS)
    path = lake.processed / "_state" / "models.json"
    old = path.read_text()
    shop.insert(id=50, customerId=0)
    shop.flush()
    lake.ok(*JOBS)
    path.write_text(old)
    lake.ok("build-models")
    assert built(lake)["ids"] == "orders changed"
    assert table("total") == [{"orders": len(shop.rows)}]
    # Without any state everything is built once more, and nothing is doubled.
    path.unlink()
    lake.ok("build-models")
    assert set(built(lake).values()) == {"its state was lost"}
    assert table("total") == [{"orders": len(shop.rows)}]
