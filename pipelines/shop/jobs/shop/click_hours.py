"""Which hours of clicks a run looks at: of many, the latest; once a day all, for files that came late or are gone."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from lakehouse.raw import click_files
from lakehouse.storage.files import Storage, StoredFile
from shop.joint_state import JointState

FEW_HOURS = 240
"""So many hours are listed whole each time: with a file a minute, 15 requests of S3."""

LATE_HOURS = 48
"""Hours before the newest that are listed in any case: Firehose tries for a day to deliver a file."""

WHOLE_EVERY = 24 * 3600.0
"""Seconds after which all hours are listed."""

_FORM = "%Y-%m-%d-%H"


def since(known: JointState) -> str:
    """The first hour to look at; empty for all."""
    # A clock that was set back would put it off until that time comes again.
    if len(known.hours) <= FEW_HOURS or not 0 <= time.time() - known.listed <= WHOLE_EVERY:
        return ""
    return (datetime.strptime(max(known.hours), _FORM) - timedelta(hours=LATE_HOURS)).strftime(_FORM)


def notes(known: JointState, first: str) -> bool:
    """Notes that all hours were listed, where that counts; says whether it does."""
    if first or len(known.hours) <= FEW_HOURS:
        return False
    known.listed = time.time()
    return True


def files_of(
    raw: Storage, present: dict[str, list[StoredFile]], hours: set[str], first: str
) -> dict[str, list[StoredFile]]:
    """Files of some hours, of which those since the first one are present."""
    return {hour: present.get(hour, []) if hour >= first else click_files.of_hour(raw, hour) for hour in sorted(hours)}
