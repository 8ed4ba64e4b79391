"""What the joint tables were made of, hour by hour."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from lakehouse.contract import STATE
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.state import fingerprint

STATE_FILE = f"{STATE}/join-tables.json"


@dataclass
class Hour:
    """
    What an hour's partition was made of: a fingerprint of its files with size and time, their number, and the products
    clicked; None means any. Firehose writes any number of files an hour, and the state has one entry for all of them.
    """

    files: str
    count: int
    products: list[int] | None

    @staticmethod
    def of(files: list[StoredFile], products: list[int] | None) -> Hour:
        return Hour(of_files(files), len(files), products)


def of_files(files: list[StoredFile]) -> str:
    """Fingerprint of an hour's files as they are."""
    return _fingerprint({file.path: [file.size, file.modified] for file in files})


def _fingerprint(files: dict[str, list[int]]) -> str:
    return fingerprint(*sorted((path, size, modified) for path, (size, modified) in files.items()))


def _hour(value: dict[str, Any]) -> Hour:
    if isinstance(value["files"], str):
        return Hour(**value)
    # Of 0.1.0: all files; an hour that was held back had none.
    files = value["files"]
    return Hour(_fingerprint(files) if files else "", len(files), value["products"])


@dataclass
class JointState:
    """
    `items`: version of the order items; `digests`: of the order items of the products clicked in any hour, what they
    were, as product → digest. `set_aside`: click files that could not be read, and why. `replacing`: the files that an
    hour had before a run began to replace them; None while no run does. `listed`: when the files of all hours were
    listed last, in seconds since 1970. `columns`: of a click, with their types, as all hours have them.
    """

    items: int = 0
    digests: dict[str, int] = field(default_factory=dict)
    hours: dict[str, Hour] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    replacing: dict[str, list[str]] | None = None
    listed: float = 0.0
    columns: str | None = None

    @staticmethod
    def read(processed: Storage) -> JointState:
        value: dict[str, Any] = processed.read_json(STATE_FILE) or {}
        hours = {hour: _hour(known) for hour, known in value.get("hours", {}).items()}
        return JointState(**{**value, "hours": hours})

    def write(self, processed: Storage, replacing: dict[str, list[str]] | None) -> None:
        processed.write_json(STATE_FILE, asdict(self) | {"replacing": replacing})

    @property
    def products(self) -> list[int]:
        """Products clicked in the hours of few products."""
        return sorted({product for hour in self.hours.values() for product in hour.products or ()})
