"""Two runs on one lake: whatever the moment at which the second begins, and whatever becomes of the first."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lakehouse.run import job
from lakehouse.run.lease import SECONDS, Lease
from support.lake import ITEMS, JOBS, Lake, Read, Source, normal
from support.leases import Clock, Memory

pytestmark = pytest.mark.slow_on_spark


class Killed(BaseException):
    """The process of the job is no more."""


class Paused(Lease):
    """A lease whose job stands still before its nth write, until it may go on."""

    def __init__(self, place: int, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.place = place
        self.stands = threading.Event()
        self.goes_on = threading.Event()
        self.killed = False
        self.gone = threading.Lock()

    def check(self) -> None:
        with self.gone:
            self.place -= 1
            if self.place == 0:
                self.stands.set()
                assert self.goes_on.wait(300)
            if self.killed:
                raise Killed
        super().check()

    def __exit__(self, *error: Any) -> None:
        self.stands.set()
        if not self.killed:
            super().__exit__(*error)


@pytest.fixture
def runs(tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Runs]:
    return lambda place: Runs(tmp_path / str(place), place, monkeypatch)


class Runs:
    """
    A lake with a change and a reload that came after the first full load. `first` takes in the change, and stands still
    before its nth write; `second` takes in the reload.
    """

    def __init__(self, folder: Path, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lake = Lake(folder)
        self.clock = Clock()
        self.memory = Memory()
        self.lake.declare("shop", "items", ["id"])
        self.source = Source(self.lake, "items", ITEMS, ["id"])
        self.source.rows = [{"id": number, "name": f"n{number}", "amount": None} for number in range(1, 6)]
        self.source.load()
        self.lake.ok()
        self.source.insert(id=100, name="new", amount=None)
        self.source.update({"id": 1}, name="changed")
        self.source.flush()
        self.leases: list[Paused] = []

        def lease(processed: object, run: str, name: str) -> Lease:
            one = Paused(
                place if not self.leases else 0,
                store=self.memory, run_id=run, job=name, clock=self.clock.time, sleep=self.clock.sleep,
            )  # fmt: skip
            self.leases.append(one)
            return one

        monkeypatch.setattr(job, "lease_on", lease)

    def start(self, name: str, run: str) -> threading.Thread:
        def work() -> None:
            with contextlib.suppress(Killed):
                job.run(name, JOBS[name], ["job", "--JOB_NAME", "x", *self.lake.arguments(run)])

        thread = threading.Thread(target=work)
        thread.start()
        return thread

    def until_paused(self) -> Paused:
        while not self.leases:
            threading.Event().wait(0.01)
        self.leases[0].stands.wait(300)
        return self.leases[0]

    def files(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self.lake.processed.rglob("*")}


def _wait(waits: threading.Event, clock: Clock, seconds: float) -> None:
    waits.set()
    clock.forward(seconds)


@pytest.mark.parametrize("fate", ["continues", "is killed", "was given up and continues"])
def test_two_interleaved_at_every_write_lose_nothing(
    runs: Callable[[int], Runs], reader: Callable[[Lake], Read], fate: str
) -> None:
    for place in itertools.count(1):
        two = runs(place)
        first = two.start("process-cdc", "first")
        paused = two.until_paused()
        if paused.place > 0:
            # It has not so many writes: there was nothing to interleave with.
            first.join()
            break
        before = two.files()
        two.source.load()
        waits = threading.Event()
        two.clock.waiting = partial(_wait, waits, two.clock, 0 if fate == "continues" else SECONDS)
        paused.killed = fate == "is killed"
        second = two.start("process-load", "second")
        assert waits.wait(300)
        if fate == "continues":
            assert two.files() == before, "the second run wrote while the first had the lease"
            paused.goes_on.set()
            first.join()
            second.join()
        else:
            second.join()
            paused.goes_on.set()
            first.join()
        two.clock.waiting = partial(two.clock.forward, SECONDS)
        two.lake.ok()
        two.lake.ok()
        assert normal(reader(two.lake)(two.source)) == normal(two.source.rows), place
    assert place > 2
