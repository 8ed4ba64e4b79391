"""What a lease is made of, as a test has it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable


class Clock:
    """Time as a test has it; a job that waits calls `waiting` instead of sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waiting: Callable[[], None] = lambda: self.forward(1)

    def time(self) -> float:
        return self.now

    def sleep(self, _: float) -> None:
        self.waiting()

    def forward(self, seconds: float) -> None:
        self.now += seconds


class Memory:
    """An object that is replaced only where it is as it was read, as S3 has it."""

    def __init__(self) -> None:
        self.content: bytes | None = None
        self.tags = itertools.count()
        self.tag = ""
        self.lock = threading.Lock()

    def read(self) -> tuple[bytes, str] | None:
        with self.lock:
            return None if self.content is None else (self.content, self.tag)

    def exchange(self, content: bytes, tag: str | None) -> bool:
        with self.lock:
            if (None if self.content is None else self.tag) != tag:
                return False
            self.content, self.tag = content, str(next(self.tags))
            return True
