"""
Lists of many files that need not begin at the first: of folders to which files come in the order of their names, what
is after a name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lakehouse.storage.files import Storage, StoredFile


def files_after(storage: Storage, relative: str, after: Mapping[str, str]) -> list[StoredFile]:
    """
    As `storage.files`, without what is in a folder of `after` up to its name, or its path below the folder. On S3 the
    list leaves that out, where boto3 is there; on a disk nothing but names is read of it.
    """
    client = None if storage.is_local or not after else _client()
    if storage.is_local:
        found = _on_disk(storage.path(relative), relative, after)
    elif client is None:
        found = (file for file in storage.files(relative) if _behind(file.path, after) is None)
    else:
        found = _on_s3(client, storage, relative, after)
    return sorted(found, key=lambda file: file.path)


def _behind(path: str, after: Mapping[str, str]) -> str | None:
    """Of a path that is left out, the one after which its folder is listed."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if folder in after and path <= f"{folder}/{after[folder]}":
            return f"{folder}/{after[folder]}"
    return None


def _on_disk(path: str, relative: str, after: Mapping[str, str]) -> Iterator[StoredFile]:
    if not os.path.isdir(path):
        return
    start = after.get(relative, "")
    with os.scandir(path) as entries:
        for entry in entries:
            inner = f"{relative}/{entry.name}" if relative else entry.name
            try:
                if entry.name <= start and not entry.is_dir():
                    continue
                if entry.is_dir():
                    folder = f"{entry.name}/"
                    if start.startswith(folder):
                        yield from _on_disk(entry.path, inner, {**after, inner: start.removeprefix(folder)})
                    elif folder > start:
                        yield from _on_disk(entry.path, inner, after)
                else:
                    about = entry.stat()
                    yield StoredFile(inner, about.st_size, about.st_mtime_ns)
            except FileNotFoundError:
                continue


def _client() -> Any:
    """Of S3; None where boto3 is not there, which on Glue it is."""
    try:
        import boto3
    except ImportError:
        return None
    return boto3.client("s3")


def _on_s3(client: Any, storage: Storage, relative: str, after: Mapping[str, str]) -> Iterator[StoredFile]:
    """
    One list of a folder, page by page. Where a page ends among the files that are left out, the next one begins behind
    them: a folder costs two requests and those of its newer files, however many it has.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    """
    bucket, _, root = storage.root.partition("/")
    root = f"{root}/" if root else ""
    begins: dict[str, str] = {}
    while True:
        page = client.list_objects_v2(Bucket=bucket, Prefix=f"{root}{relative}/" if relative else root, **begins)
        path = ""
        for item in page.get("Contents", []):
            path = item["Key"][len(root) :]
            if not path.endswith("/") and _behind(path, after) is None:
                yield StoredFile(path, item["Size"], _nanoseconds(item["LastModified"]))
        if not page["IsTruncated"]:
            return
        behind = _behind(path, after)
        if behind is None:
            begins = {"ContinuationToken": page["NextContinuationToken"]}
        else:
            begins = {"StartAfter": root + behind}


def _nanoseconds(time: datetime) -> int:
    """Since 1970, without what a float loses."""
    return int(time.timestamp()) * 1_000_000_000 + time.microsecond * 1000
