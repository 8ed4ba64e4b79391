"""What is new in the clicks: fields that the definition has not, and values of another type."""

from __future__ import annotations

from collections.abc import Iterable

NAMES = 20
"""Names that are reported, at most."""


def describe(notes: Iterable[str]) -> str | None:
    """One sentence on the notes of `click_records`; None where there are none."""
    new = {note[1:] for note in notes if note.startswith("+")}
    changed = {note for note in notes if not note.startswith("+")}
    parts = [f"new fields: {_list(new)}"] if new else []
    parts += [f"changed types: {_list(changed)}"] if changed else []
    return "; ".join(parts) or None


def _list(names: set[str]) -> str:
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return ", ".join(sorted(names)[:NAMES]) + more
