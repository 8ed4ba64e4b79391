"""The lease on a lake: who gets it, who waits, and who may no longer write."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from lakehouse.run.lease import MARGIN, PATIENCE, SECONDS, Lease, LeaseHeld, LeaseLost, S3Store
from support.leases import Clock, Memory


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def take(clock: Clock, memory: Memory) -> Callable[[str, str], Lease]:
    return lambda run, name: Lease(memory, run, name, clock.time, clock.sleep)


def test_jobs_of_one_run_hold_it_beside_each_other_and_another_run_waits(
    take: Callable[[str, str], Lease], clock: Clock
) -> None:
    with take("one", "star-schema") as first, take("one", "join-tables") as second:
        began = clock.now

        def works() -> None:
            clock.forward(SECONDS / 2)
            for lease in (first, second):
                lease.renew()
                lease.check()

        clock.waiting = works
        with pytest.raises(LeaseHeld, match=r"run one \(job star-schema\) has been writing to the lake"):
            take("two", "process-load").__enter__()
        assert clock.now - began >= PATIENCE


def test_it_is_free_when_it_is_given_back(take: Callable[[str, str], Lease], clock: Clock) -> None:
    clock.waiting = lambda: pytest.fail("waits for nobody")
    with take("one", "process-load"):
        pass
    with take("two", "process-load") as second:
        assert second.takeovers == 0
        second.check()


def test_one_that_is_not_renewed_writes_nothing_more_and_the_next_knows(
    take: Callable[[str, str], Lease], clock: Clock
) -> None:
    first = take("one", "process-cdc").__enter__()
    clock.forward(SECONDS - MARGIN)
    first.check()
    clock.forward(0.1)
    with pytest.raises(LeaseLost, match="process-cdc could not renew its lease"):
        first.check()
    with take("two", "process-load") as second:
        assert second.takeovers == 1
        second.check()
        with pytest.raises(LeaseLost, match="another run has taken over the lease"):
            first.renew()
        first.__exit__(None, None, None)
        second.renew()


def test_runs_by_hand_are_not_one_run(take: Callable[[str, str], Lease], clock: Clock) -> None:
    with take("by-hand", "process-load") as first:

        def works() -> None:
            clock.forward(SECONDS / 2)
            first.renew()

        clock.waiting = works
        with pytest.raises(LeaseHeld, match="job process-load"):
            take("by-hand", "process-cdc").__enter__()


def test_an_answer_that_was_lost_does_not_bar_the_one_who_asked(memory: Memory, clock: Clock) -> None:
    class Forgetful(Memory):
        answered = False

        def exchange(self, content: bytes, tag: str | None) -> bool:
            done = super().exchange(content, tag)
            heard, self.answered = self.answered, True
            return done and heard

    clock.waiting = lambda: pytest.fail("waits for itself")
    with Lease(Forgetful(), "one", "process-load", clock.time, clock.sleep) as lease:
        lease.check()
        assert lease.takeovers == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"holders":[{}],"takeovers":0}'])
def test_a_damaged_one_is_nobodys(memory: Memory, take: Callable[[str, str], Lease], content: bytes) -> None:
    memory.exchange(content, None)
    with take("one", "process-load") as lease:
        lease.check()


class ObjectGone(Exception):
    """`NoSuchKey` of boto3."""


class Refused(Exception):
    """`ClientError` of boto3."""

    def __init__(self, code: str) -> None:
        self.response = {"Error": {"Code": code}}


class Events:
    """Of a client of boto3, the part that lets a caller change a request's headers."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}

    def register(self, event: str, handler: Any, unique_id: str) -> None:
        assert event == "before-call.s3.PutObject"
        self.handlers[unique_id] = handler

    def unregister(self, _: str, unique_id: str) -> None:
        del self.handlers[unique_id]


class Bucket:
    """A client of one object: conditions are read from the headers, as S3 reads them."""

    class exceptions:  # as boto3 names it
        NoSuchKey = ObjectGone
        ClientError = Refused

    class meta:  # as boto3 names it
        events = Events()

    def __init__(self) -> None:
        self.content: bytes | None = None
        self.refuses = ""

    @property
    def tag(self) -> str:
        return f'"{hash(self.content)}"'

    def get_object(self, **place: str) -> dict[str, Any]:
        assert place == {"Bucket": "lake", "Key": "_state/lease.json"}
        if self.content is None:
            raise ObjectGone
        return {"Body": io.BytesIO(self.content), "ETag": self.tag}

    def put_object(self, Body: bytes, **_: str) -> None:
        params: dict[str, Any] = {"headers": {}}
        for handler in self.meta.events.handlers.values():
            handler(params=params, model=None, request_signer=None)
        headers = params["headers"]
        assert len(headers) == 1, "a write without a condition"
        if self.refuses:
            raise Refused(self.refuses)
        if headers.get("If-None-Match") == "*" and self.content is not None:
            raise Refused("PreconditionFailed")
        if "If-Match" in headers and self.content is None:
            raise Refused("NoSuchKey")
        if "If-Match" in headers and headers["If-Match"] != self.tag:
            raise Refused("PreconditionFailed")
        self.content = Body


def test_on_s3_the_object_is_replaced_only_where_it_is_as_it_was_read() -> None:
    bucket = Bucket()
    store = S3Store(bucket, "lake", "_state/lease.json")
    assert store.read() is None
    assert not store.exchange(b"gone", '"old"')
    assert store.exchange(b"one", None)
    assert not store.exchange(b"two", None)
    found = store.read()
    assert found is not None
    assert store.exchange(b"three", found[1])
    assert not store.exchange(b"four", found[1])
    assert bucket.content == b"three"
    bucket.refuses = "ConditionalRequestConflict"
    assert not store.exchange(b"five", bucket.tag)
    bucket.refuses = "AccessDenied"
    with pytest.raises(Refused):
        store.exchange(b"six", bucket.tag)
    assert bucket.meta.events.handlers == {}
