"""How the columns of older batches map to those of the newest."""

from __future__ import annotations

from lakehouse.storage.column_types import current_type
from lakehouse.storage.state import Batch, Columns


def newest_columns(batches: list[Batch]) -> Columns:
    """Columns of the newest of some batches (in the order of the changes), as types of a current table."""
    return _columns(_without_repeats(batches)[-1])


def _columns(batch: Batch) -> Columns:
    return [(name, current_type(kind)) for name, kind in batch.columns]


def _without_repeats(batches: list[Batch]) -> list[Batch]:
    """
    Batches that bring something newer than those before. One that does not is a file delivered twice under a new name,
    and says nothing about how the schema continued; one without rows does, as its file was written for that.
    """
    found: list[Batch] = []
    highest = ""
    for batch in batches:
        if batch.last_sequence is None or batch.last_sequence > highest:
            found.append(batch)
            highest = batch.last_sequence or highest
    return found


def renames(older: Columns, newer: Columns) -> dict[str, str]:
    """
    Columns of `older` that have another name in `newer`: one vanished, another of the same type appeared at the same
    position, and all the rest is as it was. Empty for any other difference.
    """
    if len(older) != len(newer):
        return {}
    old_names = {name for name, _ in older}
    new_names = {name for name, _ in newer}
    found: dict[str, str] = {}
    for (old, old_type), (new, new_type) in zip(older, newer, strict=True):
        if old == new:
            continue
        if old in new_names or new in old_names or old_type != new_type:
            return {}
        found[old] = new
    return found


def sources(batches: list[Batch], target: Columns) -> dict[int, dict[str, str]]:
    """For each batch, by number, the name in it of each column of `target` that it has."""
    result: dict[int, dict[str, str]] = {}
    of_columns: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    # From the newest to the oldest: `names` maps the target's columns to those of the batch in hand.
    names = {name: name for name, _ in target}
    newer = target
    for batch in reversed(_without_repeats(batches)):
        columns = _columns(batch)
        if columns != newer:
            back = {new: old for old, new in renames(columns, newer).items()}
            existing = {name for name, _ in columns}
            names = {column: back.get(name, name) for column, name in names.items() if back.get(name, name) in existing}
        result[batch.number] = names
        of_columns.setdefault(tuple(columns), names)
        newer = columns
    for batch in batches:
        if batch.number not in result:
            same_name = {name: name for name, _ in target if name in dict(batch.columns)}
            result[batch.number] = of_columns.get(tuple(_columns(batch)), same_name)
    return result
