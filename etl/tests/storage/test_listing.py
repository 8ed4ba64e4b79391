"""Lists that leave out what is known are the whole ones without it, and take few requests."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from lakehouse.storage import listing
from lakehouse.storage.files import Storage, StoredFile

TIME = datetime(2026, 9, 5, 15, 12, 44, 123000, timezone.utc)


class Bucket:
    """Lists keys as S3 does, in pages."""

    def __init__(self, keys: list[str], page: int) -> None:
        self.keys = sorted(keys, key=str.encode)
        self.page = page
        self.requests = 0

    def list_objects_v2(
        self, Bucket: str, Prefix: str, StartAfter: str = "", ContinuationToken: str | None = None
    ) -> dict[str, Any]:
        assert Bucket == "lake"
        self.requests += 1
        behind = ContinuationToken if ContinuationToken is not None else StartAfter
        left = [key for key in self.keys if key.startswith(Prefix) and key.encode() > behind.encode()]
        found, more = left[: self.page], len(left) > self.page
        # Without any key the answer has no list of them.
        contents = {"Contents": [{"Key": key, "Size": 7, "LastModified": TIME} for key in found]} if found else {}
        return contents | {"IsTruncated": more} | ({"NextContinuationToken": found[-1]} if more else {})


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Storage:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    return Storage("s3://lake/raw/")


def listed(monkeypatch: pytest.MonkeyPatch, zone: Storage, bucket: Bucket, after: dict[str, str]) -> list[StoredFile]:
    monkeypatch.setattr(listing, "_client", lambda: bucket)
    return listing.files_after(zone, "shop", after)


def names(number: int) -> list[str]:
    return [f"2026{at:05d}-000000000.parquet" for at in range(number)]


def test_of_a_large_folder_the_new_files_are_listed(monkeypatch: pytest.MonkeyPatch, zone: Storage) -> None:
    tables = ["a", "orders", "orders-old", "z"]
    keys = [f"raw/shop/{table}/{name}" for table in tables for name in [*names(20_000), "LOAD00000001.parquet"]]
    bucket = Bucket([*keys, "raw/other/t/LOAD00000001.parquet"], page=1000)
    after = {f"shop/{table}": names(20_000)[-3].split(".")[0] for table in tables}
    found = listed(monkeypatch, zone, bucket, after)
    expected = sorted(
        f"shop/{table}/{name}" for table in tables for name in [*names(20_000)[-3:], "LOAD00000001.parquet"]
    )
    assert [file.path for file in found] == expected
    assert {(file.size, file.modified) for file in found} == {(7, 1_788_621_164_123_000_000)}
    assert bucket.requests <= 2 * len(tables)


@pytest.mark.parametrize("seed", range(30))
def test_whatever_is_left_out_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, zone: Storage, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    folders = ["shop/a", "shop/a-b", "shop/a/2026/09", "shop/ab", "shop/\u00e4"]
    paths = {f"{chance.choice(folders)}/{chance.choice('0129LZ')}{chance.randrange(40):02d}" for _ in range(120)}
    after = {folder: f"{chance.choice('0129LZ')}{chance.randrange(40):02d}" for folder in chance.sample(folders, 3)}
    if seed % 3 == 0:
        after = {"shop": f"{chance.choice(['a', 'a/2026', 'a/2026/09', 'ab', 'b'])}/{chance.randrange(40):02d}"}
    left_out = [(f"{folder}/", f"{folder}/{name}") for folder, name in after.items()]
    expected = sorted(path for path in paths if not any(path.startswith(a) and path <= b for a, b in left_out))
    bucket = Bucket([f"raw/{path}" for path in paths], page=chance.randint(1, 9))
    assert [file.path for file in listed(monkeypatch, zone, bucket, after)] == expected
    for path in paths:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(b"x")
    disk = Storage(f"file://{tmp_path}/")
    assert [file.path for file in listing.files_after(disk, "shop", after)] == expected
    assert listing.files_after(disk, "shop", {}) == disk.files("shop")


def test_an_empty_folder(monkeypatch: pytest.MonkeyPatch, zone: Storage, tmp_path: Path) -> None:
    assert listed(monkeypatch, zone, Bucket([], page=10), {"shop/a": "1"}) == []
    assert listing.files_after(Storage(f"file://{tmp_path}/"), "shop", {}) == []
