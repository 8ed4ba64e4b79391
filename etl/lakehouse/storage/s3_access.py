"""
pyarrow's way to S3. Its own search for credentials is another than boto3's, with which the jobs lock the lake and
register tables: on Glue both must be the job's role, and pyarrow's was seen to end without any.
"""

from __future__ import annotations

import threading
from typing import NamedTuple, Protocol

from pyarrow import fs


class Keys(NamedTuple):
    """Credentials as they are at a moment."""

    access_key: str
    secret_key: str
    token: str | None


class Credentials(Protocol):
    """Of botocore's, what is used here: it renews them before their end."""

    def get_frozen_credentials(self) -> Keys: ...


class S3Access:
    """A file system of S3 with boto3's credentials, or, where boto3 is not there or finds none, with pyarrow's own."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._credentials = _of_boto3()
        self._lock = threading.Lock()
        self._keys: Keys | None = None
        self._filesystem: fs.S3FileSystem | None = None

    @property
    def filesystem(self) -> fs.S3FileSystem:
        """Another one once the credentials are others."""
        with self._lock:
            keys = None if self._credentials is None else self._credentials.get_frozen_credentials()
            if self._filesystem is None or keys != self._keys:
                self._keys = keys
                self._filesystem = _made(self._region, keys)
            return self._filesystem


def _made(region: str, keys: Keys | None) -> fs.S3FileSystem:
    if keys is None:
        return fs.S3FileSystem(region=region)
    return fs.S3FileSystem(
        region=region, access_key=keys.access_key, secret_key=keys.secret_key, session_token=keys.token
    )


def _of_boto3() -> Credentials | None:
    try:
        import boto3
    except ImportError:
        return None
    found: Credentials | None = boto3.Session().get_credentials()
    return found
