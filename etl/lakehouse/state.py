"""Bookkeeping of the jobs: one JSON file a table, replaced as a whole."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from lakehouse.datasets import Table
from lakehouse.storage import DamagedState, Storage

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


@dataclass
class TableState:
    """
    `generation`: number of the first batch that counts for the current table. `loaded_at`: time of its full load as
    digits (yyyyMMddHHmmssSSS) where it began with a reload that left the change files before it, else empty.
    """

    files: dict[str, SeenFile] = field(default_factory=dict)
    set_aside: dict[str, SetAside] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    next_batch: int = 1
    generation: int = 1
    loaded_at: str = ""
    applied: Applied | None = None

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
            f"the state {processed.uri}/{table.state} is damaged ({error.__cause__ or error}): remove it and the folders "
            f"{processed.uri}/{table.change_log} and {processed.uri}/{table.current}, and run the jobs again, which "
            "make the table anew from the raw zone"
        ) from error


def save(processed: Storage, table: Table, state: TableState) -> None:
    processed.write_json(table.state, asdict(state))


def known_tables(processed: Storage) -> set[tuple[str, str]]:
    """Schema and name of every table that has a state."""
    found = set()
    for file in processed.files("_state"):
        parts = file.path.split("/")
        if len(parts) == 3 and parts[2].endswith(".json"):
            found.add((parts[1], parts[2].removesuffix(".json")))
    return found


def _columns(value: list[list[str]]) -> Columns:
    return [(name, kind) for name, kind in value]


def _from_json(value: dict[str, Any]) -> TableState:
    applied = value["applied"]
    return TableState(
        files={name: SeenFile(**file) for name, file in value["files"].items()},
        set_aside={name: SetAside(**file) for name, file in value["set_aside"].items()},
        batches=[Batch(**{**batch, "columns": _columns(batch["columns"])}) for batch in value["batches"]],
        next_batch=value["next_batch"],
        generation=value["generation"],
        loaded_at=value["loaded_at"],
        applied=None if applied is None else Applied(**{**applied, "columns": _columns(applied["columns"])}),
    )
