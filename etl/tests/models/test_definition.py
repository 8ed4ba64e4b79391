"""Models from their files: what etl/models reads of them is what the job builds."""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

from support.lake import Lake, Source
from support.models import JOBS, Table, built

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(__file__).parent / "shop"
PROGRAM = """
import { parsePipeline } from "./etl/contract/pipeline/parse.ts";
import { modelFiles } from "./etl/definition/modelFiles.ts";
import { readModels } from "./etl/models/readModels.ts";
const pipeline = parsePipeline("name: shop\\nsource: { schemas: [shop] }\\n", "pipeline.yaml");
const tables = ["orders", "Customers"].map((table) => ({ schema: "shop", table, name: table.toLowerCase() }));
console.log(JSON.stringify(readModels(modelFiles(process.argv.at(-1), "models/"), { pipeline, tables })));
"""


def definition() -> Any:
    command = [str(ROOT / "node_modules" / ".bin" / "tsx"), "--input-type=module", "-e", PROGRAM, str(FOLDER)]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def test_files_become_tables(lake: Lake, orders: Source, customers: Source, table: Table) -> None:
    lake.models = definition()
    assert [model["name"] for model in lake.models] == ["big_spenders", "best"]
    orders.insert(id=10, customerId=0, amount=Decimal("5.00"))
    orders.insert(id=11, customerId=9, amount=Decimal("1.00"))
    orders.flush()
    lake.ok(*JOBS)
    assert lake.reports["build-models"]["quality"] == []
    assert table("big_spenders") == [
        {"customer_id": 0, "rank": 1, "spent": Decimal("5.00")},
        {"customer_id": 1, "rank": 2, "spent": Decimal("0.00")},
    ]
    assert table("best") == [{"customer_id": 0, "name": "c0"}]
    # A customer more: the third rank is a warning, and one that is not among the customers any more an error.
    customers.insert(id=5, name="c5")
    orders.insert(id=12, customerId=5)
    for source in (customers, orders):
        source.flush()
    lake.ok(*JOBS)
    (warning,) = lake.reports["build-models"]["quality"]
    assert (warning["kind"], warning["severity"], warning["failed_rows"]) == ("accepted_values", "warn", 1)
    assert built(lake) == {
        "big_spenders": "customers, orders changed",
        "best": "big_spenders, customers changed",
    }
