"""
What the jobs ask of S3, and hold in memory, by the number of a table's files: requests by kind and the most resident
memory, from lakes of three sizes. The engine's part is left out, as it depends on rows: batches are written as one
small object.

    <python with boto3 and pyarrow> bench/growth_s3.py --endpoint http://127.0.0.1:4566 [--sizes 300 1200 4800]

Jobs run in a process each, and their requests pass a proxy that counts them. `bench/growth.py` has the jobs' time on a
disk.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import io
import json
import os
import resource
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from growth import change_file, exponent

sys.path.append(str(Path(__file__).resolve().parents[1] / "etl"))

PHASES = ["all files are new", "nothing new, first look", "nothing new", "one more file"]
"""The second run files what the first one took in by days."""


class Counting(BaseHTTPRequestHandler):
    """Passes requests on, and counts them."""

    protocol_version = "HTTP/1.1"
    target = ""
    counts: ClassVar[Counter[str]] = Counter()
    lock = threading.Lock()

    def setup(self) -> None:
        super().setup()
        self.upstream = http.client.HTTPConnection(urlsplit(self.target).netloc, timeout=120)

    def finish(self) -> None:
        self.upstream.close()
        super().finish()

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = parse_qs(urlsplit(self.path).query)
        kind = "LIST" if "list-type" in asked else self.command
        with self.lock:
            self.counts[kind] += 1
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        self.upstream.request(self.command, self.path, body, headers)
        answer = self.upstream.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = handle_one

    def log_message(self, *_: object) -> None:
        return None


def raw_file(number: int) -> bytes:
    """A change, as DMS writes it to S3."""
    sink = io.BytesIO()
    columns = {
        "Op": ["U"],
        "cdc_commit_time": ["2026-09-05 15:12:44.000000"],
        "id": pa.array([number], pa.int64()),
        "cdc_change_seq": [f"2026090515124400{number:019d}"],
        "BI_id": pa.array([number], pa.int64()),
    }
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def message(number: int, operation: str) -> bytes:
    """A message of DMS, as Firehose delivers it."""
    metadata = {
        "timestamp": f"2026-01-01T00:00:00.{number:09d}Z",
        "record-type": "control" if operation == "create-table" else "data",
        "operation": operation,
        "commit-timestamp": "2026-01-01T00:00:00.000000Z",
    }
    columns = {"id": {"type": "INT64"}}
    value: dict[str, Any] = {"metadata": metadata}
    if operation == "create-table":
        value["control"] = {"table-def": {"columns": columns, "primary-key": ["id"]}}
    else:
        value["data"] = {"id": number, "cdc_change_seq": f"2026090515124400{number:019d}", "BI_id": number}
    return gzip.compress(json.dumps(value).encode())


def key_of(way: str, number: int) -> str:
    """A file a minute."""
    name = change_file(number)
    if way == "files":
        return f"shop/t0/{name}"
    day, clock = name[:8], name[9:]
    return f"shop/t0/{day[:4]}/{day[4:6]}/{day[6:]}/{clock[:2]}/m-{number}.json.gz"


def upload(client: Any, bucket: str, way: str, numbers: range) -> None:
    for number in numbers:
        body = raw_file(number) if way == "files" else message(number, "update" if number else "create-table")
        client.put_object(Bucket=bucket, Key=key_of(way, number), Body=body)


def phase(raw: str, processed: str) -> None:
    """Both jobs that take in files, and what they took of memory."""
    from pyarrow import fs

    from lakehouse.changes import batches, change_log
    from lakehouse.run import job
    from lakehouse.run.engine import Engine
    from lakehouse.storage import s3_access

    place = urlsplit(os.environ["AWS_ENDPOINT_URL"])

    # boto3 finds it in the environment, and pyarrow does not.
    def made(region: str, _: object) -> fs.S3FileSystem:
        return fs.S3FileSystem(
            region=region,
            access_key=os.environ["AWS_ACCESS_KEY_ID"],
            secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            endpoint_override=place.netloc,
            scheme=place.scheme,
        )

    class NoEngine(Engine):
        def __init__(self, *_: object) -> None:
            return None

        def read_parquet(self, *_: object) -> Any:
            return None

    def one_object(work: Any, table: Any, batch: Any, _: object) -> None:
        work.processed.write(f"{table.batch(batch.number)}/a.parquet", b"x")

    for module, name, stand_in in (
        (s3_access, "_made", made),
        (job, "Engine", NoEngine),
        (job, "data_catalog", lambda *_: None),
        (batches, "rows", lambda *_: None),
        (batches, "write", one_object),
    ):
        setattr(module, name, stand_in)
    arguments = {"raw_uri": raw, "processed_uri": processed, "database": "lake", "run_id": "run-1"}
    arguments["datasets_uri"] = os.environ["DATASETS"]
    argv = ["job", *(part for name, value in arguments.items() for part in (f"--{name}", value))]
    assert job.run("process-load", lambda work: change_log.extend(work, "load"), argv) == 0
    assert job.run("process-cdc", lambda work: change_log.extend(work, "change"), argv) == 0
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def measure(endpoint: str, sizes: list[int], way: str) -> None:
    import boto3

    Counting.target = endpoint
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = boto3.client("s3", endpoint_url=endpoint)
    env = os.environ | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"}
    found: dict[str, list[tuple[int, Counter[str], int]]] = {}
    for size in sizes:
        raw, processed = f"raw-{way}-{size}", f"processed-{way}-{size}"
        for bucket in (raw, processed):
            client.create_bucket(Bucket=bucket)
        client.put_object(Bucket=processed, Key="datasets.json", Body=b'{"datasets": [], "models": []}')
        upload(client, raw, way, range(size))
        env["DATASETS"] = f"s3://{processed}/datasets.json"
        for what in PHASES:
            if what == "one more file":
                upload(client, raw, way, range(size, size + 1))
            Counting.counts.clear()
            command = [sys.executable, __file__, "--phase", f"s3://{raw}/", f"s3://{processed}/"]
            memory = int(subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout)
            found.setdefault(what, []).append((size, Counting.counts.copy(), memory))
            print(f"  {way} {size:,}, {what}: {dict(Counting.counts)}, {memory} MB", file=sys.stderr, flush=True)
        for prefix in ("_state/shop/t0.json", "_stream/_state/shop/t0.json"):
            for item in client.list_objects_v2(Bucket=processed, Prefix=prefix).get("Contents", []):
                print(f"  {item['Key']}: {item['Size']:,} bytes", file=sys.stderr)
    for what, rows in found.items():
        requests = [(size, 0.0, float(counts.total()), 0) for size, counts, _ in rows]
        memory_ = [(size, 0.0, float(memory), 0) for size, _, memory in rows]
        sizes_ = ", ".join(f"{size:,}: {counts.total():,} requests, {memory} MB" for size, counts, memory in rows)
        print(f"| {way}: {what} | {sizes_} | {exponent(requests, 0):.2f}, memory {exponent(memory_, 0):.2f} |")
    server.shutdown()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoint")
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 1_200, 4_800])
    parser.add_argument("--way", choices=["files", "messages"], nargs="+", default=["files", "messages"])
    parser.add_argument("--phase", nargs=2)
    args = parser.parse_args()
    if args.phase:
        phase(*args.phase)
        return
    os.environ |= {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for way in args.way:
        measure(args.endpoint, args.sizes, way)


if __name__ == "__main__":
    main()
