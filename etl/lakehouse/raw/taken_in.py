"""
Which files of messages a table has taken in: the newest one by one in its state, those of older days in a file a day,
of which the state has a digest. It is read only where the day no longer has the files that it had.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from lakehouse.contract import STATE
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.state import fingerprint, fingerprints

MOST = 5_000
"""Files that a state has one by one, before those of older days go."""

NEWEST_DAYS = 2
"""Days whose files a state has one by one in any case."""

LISTED_WHOLE = 10_000
"""Of a table with more files of older days, a run lists the newest days only: on S3, ten requests."""

WHOLE_EVERY = 24 * 3600.0
"""Seconds after which all files of any table are listed, for those that came late, or are gone."""


@dataclass
class Known:
    """
    What a state has. `seen`: fingerprints of the newest files, one after the other. `days`: of older days, a digest of
    their files. `since`: the day from which on a run has to list; empty for all. `listed`: when all files were listed
    last, in seconds since 1970; 0 where that does not count.
    """

    seen: str = ""
    days: dict[str, str] = field(default_factory=dict)
    since: str = ""
    listed: float = 0.0

    @property
    def lists_from(self) -> str:
        """The day from which on a run has to list now; empty for all."""
        return self.since if time.time() - self.listed <= WHOLE_EVERY else ""


class TakenIn:
    """
    Of one table, for one run. `known`: what the state has. `files`: of the raw zone, all or those from the day `first`
    on; `folder`: of the table there.
    """

    def __init__(
        self, target: Storage, table: Table, known: Known, folder: str, files: list[StoredFile], first: str
    ) -> None:
        self._target = target
        self._folder = f"{STATE}/{table.folder}"
        self._newest = fingerprints(known.seen)
        self._days = dict(known.days)
        self._first = first
        by_day = groupby(sorted(files, key=lambda file: file.path), key=lambda file: _day(file, folder))
        self._of_day = {day: {fingerprint(file.path) for file in of_day} for day, of_day in by_day}
        # Of a file that is no longer in the raw zone nothing needs to be known.
        if not first:
            self._newest &= set().union(*self._of_day.values())
        self._old: set[str] = set()
        for day in [day for day in self._days if day >= first]:
            there = self._of_day.get(day, set()) - self._newest
            if _digest(there) != self._days[day]:
                there &= self._read(day)
                self._write(day, there)
            self._old |= there
        self._fold()

    def _fold(self) -> None:
        """
        Of the newest files keeps those of the newest days. The file of a day is written before the state that needs it:
        killed in between, it has more than the digest says, all of which the state still has one by one. So none that
        this run takes in is among them.
        """
        many = len(self._newest) > MOST
        for day in sorted(self._of_day)[:-NEWEST_DAYS]:
            of_day = self._of_day[day] & self._newest
            if of_day and (many or day in self._days):
                self._write(day, of_day | (self._read(day) if day in self._days else set()))
                self._newest -= of_day
                self._old |= of_day

    def has(self, file: StoredFile) -> bool:
        own = fingerprint(file.path)
        return own in self._newest or own in self._old

    def add(self, paths: Iterable[str]) -> None:
        """Notes files that were taken in."""
        self._newest |= {fingerprint(path) for path in paths}

    def note(self, known: Known) -> None:
        """Brings the state up to date."""
        known.seen = "".join(sorted(self._newest))
        known.days = self._days
        if not self._first:
            are_many = sum(int(digest.split(" ")[0]) for digest in self._days.values()) > LISTED_WHOLE
            # A file that could not be read is reported by each run, so that each lists it.
            known_ones = self._old | self._newest
            left = [day for day, there in self._of_day.items() if day not in self._days or there - known_ones]
            known.since = min(left, default="") if are_many else ""
            known.listed = time.time() if known.since else 0.0

    def _file(self, day: str) -> str:
        return f"{self._folder}/{day.replace('/', '')}.txt"

    def _read(self, day: str) -> set[str]:
        path = self._file(day)
        return fingerprints(self._target.read(path).decode()) if self._target.exists(path) else set()

    def _write(self, day: str, prints: set[str]) -> None:
        if prints:
            self._target.write(self._file(day), "".join(sorted(prints)).encode())
            self._days[day] = _digest(prints)
            return
        del self._days[day]
        if self._target.exists(self._file(day)):
            self._target.delete_file(self._file(day))


def _day(file: StoredFile, folder: str) -> str:
    """As in its path, `2026/11/29`."""
    start = len(folder) + 1
    return file.path[start : start + len("2026/11/29")]


def _digest(prints: set[str]) -> str:
    """Their number, and all of them in one."""
    whole = 0
    for one in prints:
        whole ^= int(one, 16)
    return f"{len(prints)} {whole:x}"
