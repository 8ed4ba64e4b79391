"""Whose credentials the jobs read and write S3 with."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
from pyarrow import fs

from lakehouse.storage.files import Storage
from lakehouse.storage.s3_access import Keys


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str | None]]:
    """How file systems of S3 were made."""
    made: list[dict[str, str | None]] = []

    def make(**options: str | None) -> object:
        made.append(options)
        return SimpleNamespace(**options)

    monkeypatch.setattr(fs, "S3FileSystem", make)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    return made


def boto3_with(credentials: object) -> object:
    return SimpleNamespace(Session=lambda: SimpleNamespace(get_credentials=lambda: credentials))


def test_boto3s_credentials_are_taken_and_followed(
    made: list[dict[str, str | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [Keys("A", "s", "t"), Keys("A", "s", "t"), Keys("B", "s", "u")]
    credentials = SimpleNamespace(get_frozen_credentials=lambda: keys.pop(0))
    monkeypatch.setitem(sys.modules, "boto3", boto3_with(credentials))
    storage = Storage("s3://lake-raw/")
    first, same, renewed = storage.filesystem, storage.filesystem, storage.filesystem
    assert first is same
    assert renewed is not first
    assert made == [
        {"region": "eu-west-1", "access_key": key, "secret_key": "s", "session_token": token}
        for key, token in [("A", "t"), ("B", "u")]
    ]
    assert not storage.is_local


@pytest.mark.parametrize("boto3", [None, boto3_with(None)], ids=["no boto3", "none"])
def test_without_any_pyarrow_looks_for_its_own(
    made: list[dict[str, str | None]], monkeypatch: pytest.MonkeyPatch, boto3: object
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", boto3)
    storage = Storage("s3://lake-raw/")
    assert storage.filesystem is storage.filesystem
    assert made == [{"region": "eu-west-1"}]
