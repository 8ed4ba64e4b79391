"""Whether a broken rule is an error or a warning: by its severity, `warnIf` and `errorIf`, as dbt's tests."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from typing import Any, Literal

from lakehouse.storage.state import fingerprint

Rule = dict[str, Any]

Severity = Literal["error", "warn"]

_COMPARISON = re.compile(r"(>|>=|=|!=|<|<=)\s*(\d+)")
_OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
}


def outcome(rule: Rule, failed: int) -> Severity | None:
    """
    What so many rows that break a rule are; None where they are neither.
    https://docs.getdbt.com/reference/resource-configs/severity
    """
    if rule["severity"] == "error" and _holds(rule.get("errorIf"), failed):
        return "error"
    return "warn" if _holds(rule.get("warnIf"), failed) else None


def blocks_any_row(rule: Rule) -> bool:
    """Whether a table never has a row that breaks the rule: of such a rule, only new rows need be looked at."""
    return rule["severity"] == "error" and (rule.get("errorIf") is None or _compared(rule["errorIf"]) == ("!=", 0))


def of_rules(rules: Iterable[Rule]) -> str:
    """Fingerprint of a table's rules; empty where there are none."""
    found = [sorted(rule.items()) for rule in rules if rule["kind"] != "freshness"]
    return fingerprint(found) if found else ""


def _holds(comparison: str | None, failed: int) -> bool:
    sign, limit = _compared(comparison or "!= 0")
    return _OPERATORS[sign](failed, limit)


def _compared(comparison: str) -> tuple[str, int]:
    match = _COMPARISON.fullmatch(comparison)
    if match is None:
        raise ValueError(f"{comparison} is not a comparison with a number of rows, such as > 10")
    return match[1], int(match[2])
