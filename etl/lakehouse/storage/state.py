"""Bookkeeping of the jobs: one JSON file a table, replaced as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import reduce
from operator import xor
from typing import Any, Literal

from lakehouse.contract import STATE, is_load_file
from lakehouse.names import from_folder
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import DamagedState, Storage, StoredFile

Columns = list[tuple[str, str]]
"""Name and type of each column, in order."""


@dataclass
class SeenFile:
    """
    A raw file that is in the change log: as it was then, and the batch that has its rows. `changes` names what is in a
    change file with rows: sequence of the first, sequence of the last, number.
    """

    size: int
    modified: int
    footer: str
    batch: int
    changes: str = ""


NEWEST_FILES = 1000
"""Change files of which the state has all; of older ones an entry a day: with a file a minute, 1440 come a day."""

ENTRY = 100
"""Bytes that a file takes in a state, at least."""

SKIPPED_NUMBERS = 1000
"""More than the batches that one job writes of one table."""

_DIGITS = 16
"""Hexadecimal digits of a fingerprint."""


def fingerprint(*parts: object) -> str:
    """64 bits of a digest: short, and no two of a million files have one."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=_DIGITS // 2).hexdigest()


def fingerprints(text: str) -> set[str]:
    """Fingerprints that were written one after the other."""
    return {text[at : at + _DIGITS] for at in range(0, len(text), _DIGITS)}


def of_file(file: StoredFile) -> str:
    """Fingerprint of a raw file as it is."""
    return fingerprint(file.name, file.size, file.modified)


Digest = tuple[int, int]
"""Of some files: their number, and their fingerprints in one."""


def digest_of(files: Iterable[StoredFile]) -> Digest:
    """The same for the same files as they are, in whatever order."""
    found = [int(of_file(file), 16) for file in files]
    return len(found), reduce(xor, found, 0)


@dataclass
class OldFiles:
    """
    Change files that are no longer among the newest: those with names before `until`. Of each day in their names a
    digest, so that a state has an entry a day for them.
    """

    until: str = ""
    days: dict[str, Digest] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return sum(number for number, _ in self.days.values())

    def take(self, name: str, file: SeenFile) -> None:
        number, prints = self.days.get(day_of(name), (0, 0))
        self.days[day_of(name)] = number + 1, prints ^ int(fingerprint(name, file.size, file.modified), 16)

    def to_json(self) -> dict[str, Any]:
        return {
            "until": self.until,
            "days": {day: [number, f"{prints:x}"] for day, (number, prints) in self.days.items()},
        }

    @staticmethod
    def from_json(value: Any, files: Iterable[str]) -> OldFiles:
        """`files`: of the newest. An older state has all fingerprints: its files are compared with the log once."""
        if isinstance(value, list):
            newest = min((name for name in files if not is_load_file(name)), default="")
            return OldFiles(newest if any(value) else "")
        return OldFiles(
            value["until"], {day: (number, int(prints, 16)) for day, (number, prints) in value["days"].items()}
        )


def day_of(name: str) -> str:
    """The day in the name of a change file, as digits."""
    return name[:8]


@dataclass
class SetAside:
    """A raw file that could not be read; it is looked at again when it has changed."""

    size: int
    modified: int
    reason: str


@dataclass
class Batch:
    """Rows of one schema in the change log, in the folder `batch=<number>`; without rows there is no folder."""

    number: int
    kind: Literal["load", "change"]
    last_file: str
    rows: int
    columns: Columns
    before: list[str]
    """Columns with a before image."""
    first_sequence: str | None
    last_sequence: str | None
    before_reload: bool = False
    """Files that came after a reload but were written before it: they are history from the start."""

    @property
    def order(self) -> tuple[int, str, int]:
        """Full-load files come before change files, whose names are in the order of the changes."""
        return (0 if self.kind == "load" else 1, self.last_file, self.number)


@dataclass
class Applied:
    """What the current table holds: batches of a generation up to one, in which schema and by which key."""

    generation: int
    batch: int
    last_sequence: str | None
    columns: Columns
    key: list[str]
    version: int
    """Grows with each publication."""
    rules: str = ""
    """Fingerprint of the rules that all of its rows were checked by; empty for none."""
    sequence: int = 0
    """Iceberg's sequence number of the snapshot that was published; 0 in a state of before it was noted."""


@dataclass
class Base:
    """
    The last event of each key in some batches of a generation, in a folder of its own: what a rebuild reads instead of
    them. `columns` and `key`: of the current table then.
    """

    generation: int
    folder: str
    batches: list[int]
    rows: int
    columns: Columns
    key: list[str]


@dataclass
class TableState:
    """
    `generation`: number of the first batch that counts for the current table. `loaded_at`: time of its full load as
    digits (yyyyMMddHHmmssSSS) where it began with a reload that left the change files before it, else empty.
    """

    files: dict[str, SeenFile] = field(default_factory=dict)
    old_files: OldFiles = field(default_factory=OldFiles)
    set_aside: dict[str, SetAside] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    next_batch: int = 1
    generation: int = 1
    loaded_at: str = ""
    applied: Applied | None = None
    cleared: int = 0
    """Time of the order to empty the table that was followed last; 0 for none."""
    takeovers: int = 0
    """As many as the lease had when the last batch was written."""
    since: int = 1
    """Number of the first batch since its files were forgotten; those before are another time's."""
    listed: float = 0.0
    """When all of its raw files were listed last, in seconds since 1970."""
    base: Base | None = None
    part_of_load: bool = False
    """Whether the change log has a part of a full load only: the job that takes it in is at work, or was killed."""

    def number_after(self, takeovers: int) -> None:
        """
        Lets numbers of batches out where jobs have lost their lease since the last one: they may have begun folders
        that no state knows, and may still write them.
        """
        if takeovers > self.takeovers:
            self.next_batch += SKIPPED_NUMBERS
            self.takeovers = takeovers

    def forget_files(self) -> None:
        self.files.clear()
        self.old_files = OldFiles()
        self.since = self.next_batch

    def fold(self) -> None:
        """Of the change files keeps the newest as they are, and of the others digests."""
        changes = sorted(name for name in self.files if not is_load_file(name))
        if len(changes) > 2 * NEWEST_FILES:
            self.old_files.until = max(self.old_files.until, changes[-NEWEST_FILES])
            for name in changes[:-NEWEST_FILES]:
                self.old_files.take(name, self.files.pop(name))

    def drop_gone(self, names: set[str], after: str) -> bool:
        """
        Forgets change files that are no longer in the raw zone, where these are all after a name; says whether there
        were any. Those of the full load stay: one of the same name that comes later is a reload.
        """
        gone = [name for name in self.files if name > after and name not in names and not is_load_file(name)]
        for name in gone:
            del self.files[name]
        return bool(gone)

    def begin_generation(self, loaded_at: str = "") -> None:
        self.generation = self.next_batch
        self.loaded_at = loaded_at

    def current_batches(self) -> list[Batch]:
        """Batches of the present generation, in the order of the changes."""
        return self.counted(self.generation, self.next_batch)

    def counted(self, generation: int, last: int) -> list[Batch]:
        """Batches of a generation that count, up to the batch `last`, in the order of the changes."""
        found = [batch for batch in self.batches if generation <= batch.number <= last and not batch.before_reload]
        return sorted(found, key=lambda batch: batch.order)


def load(processed: Storage, table: Table) -> TableState:
    """State of a table; an empty one where there is none yet. Raises DamagedState, with the remedy."""
    try:
        value = processed.read_json(table.state)
        return TableState() if value is None else _from_json(value)
    except (DamagedState, KeyError, TypeError) as error:
        raise DamagedState(
            f"the state {processed.uri}/{table.state} is damaged ({error.__cause__ or error}): remove it and the "
            f"folders {processed.uri}/{table.change_log} and {processed.uri}/{table.current.location}, "
            "and run the jobs again, which rebuild the table from the raw zone"
        ) from error


def save(processed: Storage, table: Table, state: TableState) -> None:
    processed.write_json(table.state, asdict(state) | {"old_files": state.old_files.to_json()})


def known_tables(processed: Storage) -> set[tuple[str, str]]:
    """Schema and name of every table that has a state."""
    return {name for name, _ in _states(processed)}


def large_tables(processed: Storage) -> list[tuple[str, str]]:
    """Tables whose state is so large that there may be old files."""
    return [name for name, file in _states(processed) if file.size > NEWEST_FILES * ENTRY]


def _states(processed: Storage) -> Iterator[tuple[tuple[str, str], StoredFile]]:
    for file in processed.files(STATE):
        parts = file.path.split("/")
        if len(parts) == 3 and parts[2].endswith(".json"):
            yield (from_folder(parts[1]), from_folder(parts[2].removesuffix(".json"))), file


def _columns(value: list[list[str]]) -> Columns:
    return [(name, kind) for name, kind in value]


def _from_json(value: dict[str, Any]) -> TableState:
    applied = value["applied"]
    base = value.get("base")
    return TableState(
        files={name: SeenFile(**file) for name, file in value["files"].items()},
        old_files=OldFiles.from_json(value.get("old_files", []), value["files"]),
        set_aside={name: SetAside(**file) for name, file in value["set_aside"].items()},
        batches=[Batch(**{**batch, "columns": _columns(batch["columns"])}) for batch in value["batches"]],
        next_batch=value["next_batch"],
        generation=value["generation"],
        loaded_at=value["loaded_at"],
        cleared=value.get("cleared", 0),
        takeovers=value.get("takeovers", 0),
        since=value.get("since", 1),
        listed=value.get("listed", 0.0),
        part_of_load=value.get("part_of_load", False),
        base=None if base is None else Base(**{**base, "columns": _columns(base["columns"])}),
        applied=None if applied is None else Applied(**{**applied, "columns": _columns(applied["columns"])}),
    )
