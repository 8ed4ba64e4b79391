"""Files of a zone of the lake, on a local disk or on S3, through one interface."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from pyarrow import fs

from lakehouse.storage.s3_access import S3Access


@dataclass(frozen=True)
class StoredFile:
    """A file: path below the zone's root, size in bytes, time of its last change in ns since 1970."""

    path: str
    size: int
    modified: int

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


class DamagedState(Exception):
    """A file that the jobs wrote for themselves and cannot read; the message says which and what to do."""


class LinkedFolder(Exception):
    """A symbolic link in the lake, through which files would be removed that are not the lake's."""


class Storage:
    """
    A zone. `uri` is `s3://bucket/` or `file:///directory/`; every path is relative to it, with `/` between its parts.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")
        self.guard: Callable[[], None] = lambda: None
        """Called before anything is written or removed; raises where that is not allowed."""
        self._syncing = Lock()
        self._is_unsynced = False
        if uri.startswith("file://"):
            self._access: S3Access | None = None
            self._local = fs.LocalFileSystem()
            self.root = unquote(urlsplit(uri).path).rstrip("/")
        else:
            # Given the region, it need not ask for the bucket's, which in a private subnet may take long to fail.
            region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
            bucket = uri.removeprefix("s3://").rstrip("/")
            self._access = S3Access(region or fs.resolve_s3_region(bucket.split("/")[0]))
            self.root = bucket

    @property
    def filesystem(self) -> fs.FileSystem:
        return self._local if self._access is None else self._access.filesystem

    @property
    def is_local(self) -> bool:
        return self._access is None

    def path(self, relative: str) -> str:
        """Path for `self.filesystem`."""
        return f"{self.root}/{relative}" if relative else self.root

    def _list(self, relative: str, recursive: bool) -> list[fs.FileInfo]:
        selector = fs.FileSelector(self.path(relative), allow_not_found=True, recursive=recursive)
        found: list[fs.FileInfo] = self.filesystem.get_file_info(selector)
        return found

    def files(self, relative: str, recursive: bool = True) -> list[StoredFile]:
        """Files below a folder, in the order of their paths; none where there is no such folder. Pages by itself."""
        found = (
            StoredFile(info.path[len(self.root) + 1 :], info.size, info.mtime_ns)
            for info in self._list(relative, recursive)
            if info.type == fs.FileType.File
        )
        return sorted(found, key=lambda file: file.path)

    def folders(self, relative: str) -> list[str]:
        """Names of the folders right in a folder."""
        infos = self._list(relative, False)
        return sorted(info.base_name for info in infos if info.type == fs.FileType.Directory)

    def exists(self, relative: str) -> bool:
        return bool(self.filesystem.get_file_info(self.path(relative)).type != fs.FileType.NotFound)

    def read(self, relative: str) -> bytes:
        """Content of a file. Raises FileNotFoundError."""
        with self.filesystem.open_input_stream(self.path(relative), compression=None) as stream:
            return bytes(stream.read())

    def read_json(self, relative: str) -> Any:
        """Parsed content of a JSON file, or None where there is no such file. Raises DamagedState."""
        # A named pipe would be waited for without end.
        if self.is_local and os.path.exists(self.path(relative)) and not os.path.isfile(self.path(relative)):
            raise DamagedState(f"{self.uri}/{relative} is not a file: move it away and run the jobs, which rebuild it")
        try:
            return json.loads(self.read(relative))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise DamagedState(
                f"{self.uri}/{relative} is damaged ({error}): remove it and run the jobs, which rebuild it"
            ) from error

    def engine_wrote(self) -> None:
        """
        Notes that an engine has written files, which after a power failure may be cut short or not there. What is
        written or removed next by this class may rest on them, so they are on disk before.
        """
        self._is_unsynced = self.is_local

    def _sync(self) -> None:
        # Who finds nothing to do waits here until another thread, which took it over, is done.
        with self._syncing:
            if self._is_unsynced:
                self._is_unsynced = False
                _sync_disk(self.root)

    def write(self, relative: str, content: bytes) -> None:
        """
        Replaces a file as a whole: a reader sees the old content or the new, never a part, and the new one is there
        after a power failure, too.
        """
        self.guard()
        self._sync()
        path = self.path(relative)
        if self.is_local:
            os.replace(_written(path, content), path)
            _sync_folder(path)
            return
        with self.filesystem.open_output_stream(path, compression=None) as stream:
            stream.write(content)

    def write_json(self, relative: str, value: Any) -> None:
        """As `write`."""
        self.write(relative, _json(value))

    def create_json(self, relative: str, value: Any) -> bool:
        """As `write_json` where there is no such file yet; else does nothing and says no. Of local zones only."""
        assert self.is_local
        self.guard()
        self._sync()
        path = self.path(relative)
        # No other writer's name: what it has begun to write would become the file.
        written = _written(path, _json(value), f".{uuid4().hex}.new")
        try:
            os.link(written, path)
        except FileExistsError:
            return False
        finally:
            os.remove(written)
        _sync_folder(path)
        return True

    def require_own(self, relative: str) -> None:
        """
        That no folder from the zone's, which may be a link, down to a path is a symbolic link: what is removed or
        replaced behind it would be elsewhere. Raises LinkedFolder.
        """
        if not self.is_local:
            return
        place = self.root
        for part in relative.split("/"):
            place = f"{place}/{part}"
            if os.path.islink(place):
                raise LinkedFolder(
                    f"{place} is a symbolic link, and the jobs do not remove anything through one: "
                    "replace it with a folder that contains its files"
                )

    def move(self, relative: str, target: str) -> None:
        """Gives a file another path in the zone."""
        self.guard()
        self.require_own(relative.rpartition("/")[0])
        self._sync()
        if self.is_local:
            os.makedirs(self.path(target).rsplit("/", 1)[0], exist_ok=True)
        self.filesystem.move(self.path(relative), self.path(target))

    def delete_file(self, relative: str) -> None:
        """Removes a file; of a symbolic link the link alone."""
        self.guard()
        self.require_own(relative.rpartition("/")[0])
        self._sync()
        self.filesystem.delete_file(self.path(relative))

    def delete_folder(self, relative: str) -> None:
        """Removes a folder and all in it, where there is one; no link is followed."""
        self.guard()
        self.require_own(relative)
        self._sync()
        if self.exists(relative):
            self.filesystem.delete_dir(self.path(relative))


def _sync_disk(folder: str) -> None:
    """Has all that was written to the disk of a folder be on it. Which files an engine wrote, only the engine knows."""
    if sys.platform != "linux":
        os.sync()
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(opened) != 0:
            raise OSError(ctypes.get_errno(), f"{folder} could not be flushed to disk")
    finally:
        os.close(opened)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _written(path: str, content: bytes, ending: str = ".new") -> str:
    """Path of a new file beside a local path, with the content, which is on disk."""
    new = path + ending
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(new, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return new


def _sync_folder(path: str) -> None:
    """A file's new name is in its folder, which is on disk only when that is synchronised, too."""
    opened = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
