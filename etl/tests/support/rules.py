"""Rules as the jobs get them."""

from __future__ import annotations

from typing import Any


def rule(kind: str, **fields: Any) -> dict[str, Any]:
    """A rule of severity error, unless `fields` has another."""
    return {"kind": kind, "severity": "error", **fields}
