"""
How the jobs' cost grows with files, tables and rows: the exponent e of cost ∝ size^e, from lakes of three sizes.

    .pipeline/python/bin/python bench/growth.py files  [--sizes 3000 10000 30000]     change files of one table
    .pipeline/python/bin/python bench/growth.py tables [--sizes 100 300 1000]         tables of a few rows
    .pipeline/python/bin/python bench/growth.py rows   [--sizes 1000000 4000000 16000000] [--spark]   rows of one table
    python bench/growth.py lists --endpoint http://127.0.0.1:5000   requests for a list of S3, with boto3 in this Python

Exponents are those of CPU seconds, without what the same costs in a lake of almost nothing: the start of a job.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

LOAD, CDC, APPLY = ("process_load",), ("process_cdc",), ("apply_changes",)
CHANGES = 10_000
Row = tuple[int, float, float, int]
"""Size, seconds, CPU seconds, MB."""


def write(path: Path, numbers: list[int], kind: str, first: int) -> None:
    """A raw file: a row a number, as DMS writes it. `first`: the number of its first change."""
    # Before the names of the change files: those that are older than a load are its history.
    time_ = "2025-12-31 15:12:44.000000" if kind == "I" else "2026-09-05 15:12:44.000000"
    sequence = [f"2026090515124400{first + at:019d}" if kind != "I" else "" for at in range(len(numbers))]
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = {
        "Op": [kind] * len(numbers),
        "cdc_commit_time": [time_] * len(numbers),
        "id": pa.array(numbers, pa.int64()),
        "note": [f"note {number}" for number in numbers],
        "cdc_change_seq": sequence,
        "BI_id": pa.array(numbers if kind == "U" else [None] * len(numbers), pa.int64()),
    }
    pq.write_table(pa.table(columns), path)


def change_file(number: int) -> str:
    """A file a minute."""
    day, minute = divmod(number, 1440)
    return f"2026{1 + day // 28:02d}{1 + day % 28:02d}-{minute // 60:02d}{minute % 60:02d}00000.parquet"


def exponent(rows: list[Row], base: float) -> float:
    """Slope of the line through log(size) and log(cost), by least squares; NaN for one size."""
    if len(rows) < 2:
        return math.nan
    points = [(math.log(size), math.log(max(used - base, 0.01))) for size, _, used, _ in rows]
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return float(sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points))


def show(what: str, rows: list[Row], base: float) -> None:
    sizes = ", ".join(
        f"{size:,}: {seconds:.1f} s, CPU {used:.1f} s, {memory} MB" for size, seconds, used, memory in rows
    )
    print(f"| {what} | {sizes} | {exponent(rows, base):.2f} |", flush=True)


def measured(
    smallest: int, sizes: list[int], on: str, make: Callable[[Path, int], None], work_: dict[str, tuple[str, ...]]
) -> None:
    """
    Runs work in a lake of each size, and prints a line for each piece of it. What it costs in the smallest lake is the
    cost of a job's start.
    """
    import engines

    found: dict[str, list[Row]] = {}
    base: dict[str, float] = {}
    for size in [smallest, *sizes]:
        with tempfile.TemporaryDirectory() as name, getattr(engines, on)() as engine:
            folder = Path(name)
            (folder / "raw").mkdir()
            make(folder, size)
            for what, names in work_.items():
                more(folder, size, what)
                cost = engine.run(folder, *names)
                if size == smallest:
                    base[what] = cost.cpu
                else:
                    found.setdefault(what, []).append((size, cost.seconds, cost.cpu, cost.memory))
                    print(f"  {what}: {found[what][-1]}", file=sys.stderr)
            for state in (folder / "processed" / "_state").rglob("t0.json"):
                if size != smallest:
                    print(f"  {state.name}: {state.stat().st_size:,} bytes", file=sys.stderr)
                break
    for what, rows in found.items():
        show(what, rows, base[what])


def more(folder: Path, size: int, what: str) -> None:
    """What comes to the raw zone before a piece of work."""
    table = folder / "raw" / "shop" / "t0"
    if what == "one more file":
        write(table / change_file(size), [1], "U", size)
    if what.startswith(f"{CHANGES:,} changes"):
        every = max(1, size // CHANGES)
        spread = "all over" in what
        numbers = [at * every if spread else size - CHANGES + at for at in range(CHANGES)]
        write(table / change_file(1 + spread), numbers, "U", 1 + CHANGES * spread)


def files(sizes: list[int]) -> None:
    def make(folder: Path, size: int) -> None:
        declare(folder, 1)
        for number in range(size):
            write(folder / "raw" / "shop" / "t0" / change_file(number), [number], "U", number)

    both = (*LOAD, *CDC)
    measured(1, sizes, "sail", make, {
        "all files are new": both,
        "nothing new": both,
        "one more file": both,
        "one more file, into the current table": APPLY,
    })  # fmt: skip


def tables(sizes: list[int]) -> None:
    def make(folder: Path, size: int) -> None:
        declare(folder, size)
        for number in range(size):
            table = folder / "raw" / "shop" / f"t{number}"
            write(table / "LOAD00000001.parquet", [1, 2, 3], "I", 0)
            write(table / change_file(1), [2], "U", 1)

    everything = (*LOAD, *CDC, *APPLY)
    measured(
        1,
        sizes,
        "sail",
        make,
        {"process-load": LOAD, "process-cdc": CDC, "apply-changes": APPLY, "nothing new": everything},
    )


def rows(sizes: list[int], on: str) -> None:
    def make(folder: Path, size: int) -> None:
        declare(folder, 1)
        for number, first in enumerate(range(0, size, 1_000_000), 1):
            numbers = list(range(first, min(first + 1_000_000, size)))
            write(folder / "raw" / "shop" / "t0" / f"LOAD{number:08X}.parquet", numbers, "I", 0)

    measured(CHANGES, sizes, on, make, {
        "its full load": LOAD,
        "its first current table": APPLY,
        f"{CHANGES:,} changes of its newest rows, into the log": CDC,
        "the same, into the current table": APPLY,
        f"{CHANGES:,} changes all over it, into the log": CDC,
        "the same all over it, into the current table": APPLY,
    })  # fmt: skip


def declare(folder: Path, number: int) -> None:
    named = [{"name": f"t{at}", "key": ["id"], "rules": []} for at in range(number)]
    (folder / "datasets.json").write_text(json.dumps({"datasets": [{"schema": "shop", "tables": named}], "models": []}))


def lists(sizes: list[int], endpoint: str) -> None:
    """What is new in a table, by a list of all its files and by one behind those that are known."""
    import boto3

    sys.path.append(str(Path(__file__).resolve().parents[1] / "etl"))
    from lakehouse.storage import listing
    from lakehouse.storage.files import Storage

    os.environ |= {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    requests = 0

    def counted(**_: object) -> None:
        nonlocal requests
        requests += 1

    client.meta.events.register("before-call.s3.ListObjectsV2", counted)
    listing._client = lambda: client
    for size in sizes:
        bucket = f"raw-{size}"
        client.create_bucket(Bucket=bucket)
        for number in range(size):
            client.put_object(Bucket=bucket, Key=f"shop/t0/{change_file(number)}", Body=b"x")
        client.put_object(Bucket=bucket, Key="shop/t0/LOAD00000001.parquet", Body=b"x")
        storage = Storage(f"s3://{bucket}/")
        for what, after in (("all", ""), ("the newest 1,000", change_file(size - 1001))):
            requests, began = 0, time.monotonic()
            found = listing.files_after(storage, "shop", {"shop/t0": after})
            seconds = time.monotonic() - began
            print(f"| {size:,} files, {what} | {len(found):,} | {requests} requests | {seconds:.2f} s |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["files", "tables", "rows", "lists"])
    parser.add_argument("--sizes", type=int, nargs="+")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--endpoint")
    args = parser.parse_args()
    # Processes whose parents have ended come to this one: their CPU is counted then.
    ctypes.CDLL(None).prctl(36, 1)
    if args.what == "lists":
        lists(args.sizes or [3_000, 10_000, 30_000], args.endpoint)
    elif args.what == "files":
        files(args.sizes or [3_000, 10_000, 30_000])
    elif args.what == "tables":
        tables(args.sizes or [100, 300, 1_000])
    else:
        rows(args.sizes or [1_000_000, 4_000_000, 16_000_000], "spark" if args.spark else "sail")


if __name__ == "__main__":
    main()
