"""What a job did, for the one who started it."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone

from lakehouse.contract import RUNS
from lakehouse.storage.files import DamagedState, Storage

log = logging.getLogger("lakehouse")

LOOK_AGAIN = 24 * 3600.0
"""Seconds after which a job looks again, though nothing has changed."""


@dataclass
class TableReport:
    schema: str
    table: str
    rows_read: int
    rows_written: int
    note: str | None = None


@dataclass
class BrokenRule:
    """`severity`: error where the table was blocked, warn where it was published."""

    table: str
    rule: str
    kind: str
    severity: str
    failed_rows: int
    examples: list[dict[str, str | None]]
    description: str | None = None


@dataclass
class Report:
    """Written to `_runs/<run id>/<job>.json` of the processed zone. Its methods may be called from any thread."""

    job: str
    run_id: str
    state: str = "succeeded"
    started_at: str = field(default_factory=lambda: _now())
    finished_at: str = ""
    rows_read: int = 0
    rows_written: int = 0
    tables: list[TableReport] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    set_aside: list[dict[str, str]] = field(default_factory=list)
    quality: list[BrokenRule] = field(default_factory=list)
    error: str | None = None
    rests_until: str | None = None

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def rests_on_lake(self) -> None:
        """
        Says that the job goes by nothing but the lake and the definition: as long as these are the same, it would find
        the same, until a time of `looks_again_at`. Without it the next run starts the job in any case.
        """
        self._until = time.time() + LOOK_AGAIN

    def looks_again_at(self, seconds: float) -> None:
        """Names a time, in seconds since 1970, at which the same lake may be another thing to the job."""
        with self._lock:
            self._until = min(self._until, seconds)

    def table(self, schema: str, table: str, rows_read: int, rows_written: int, note: str | None = None) -> None:
        """Records a table that did work."""
        name = f"{schema}.{table}" if schema else table
        log.info("%s: %d rows read, %d written%s", name, rows_read, rows_written, f" ({note})" if note else "")
        with self._lock:
            self.tables.append(TableReport(schema, table, rows_read, rows_written, note))
            self.rows_read += rows_read
            self.rows_written += rows_written

    def left(self, schema: str, table: str) -> None:
        """Records a table that the job looked at, and left as it was."""
        with self._lock:
            self.unchanged.append(f"{schema}.{table}")

    def file_set_aside(self, uri: str, reason: str) -> None:
        log.warning("quarantined %s: %s", uri, reason)
        with self._lock:
            self.set_aside.append({"uri": uri, "reason": reason})

    def rule_broken(self, broken: BrokenRule) -> None:
        log.warning(
            "%s: %s breaks the rule %s in %d rows, for example %s",
            broken.severity, broken.table, broken.rule, broken.failed_rows, broken.examples,
        )  # fmt: skip
        with self._lock:
            self.quality.append(broken)

    def failed(self, place: str, error: BaseException) -> None:
        # A damaged file is nobody's mistake in the code: its message says what to do.
        log.error("%s: %s", place, error, exc_info=None if isinstance(error, DamagedState) else error)
        with self._lock:
            self.error = "\n".join(filter(None, [self.error, f"{place}: {error}"]))

    def finish(self, processed: Storage) -> None:
        """Writes the report."""
        blocked = any(broken.severity == "error" for broken in self.quality)
        self.state = "failed" if self.error else "quality_failed" if self.set_aside or blocked else "succeeded"
        self.finished_at = _now()
        if self.error is None and self._until > time.time():
            self.rests_until = _text(self._until)
        self.tables.sort(key=lambda entry: (entry.schema, entry.table))
        self.unchanged.sort()
        processed.write_json(f"{RUNS}/{self.run_id}/{self.job}.json", asdict(self))


def _now() -> str:
    return _text(time.time())


def _text(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
