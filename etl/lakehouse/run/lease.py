"""
One run at a time writes the lake on S3: its jobs hold a lease, an object of the processed zone, and renew it while they
work. Jobs of one run may hold it beside each other, those of another run wait. On one machine the lock of
`pipeline-cli run-etl` does the same.

The object is replaced only where it is as it was read, by a conditional write.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol
from uuid import uuid4

from lakehouse.contract import BY_HAND, STATE
from lakehouse.run.report import log
from lakehouse.storage.files import Storage

PATH = f"{STATE}/lease.json"

SECONDS = 120.0
"""How long a lease is good for without being renewed: so long the lake stands still after a job was killed."""

RENEWED_EVERY = 30.0

MARGIN = 15.0
"""Seconds before the end from which nothing is written any more: clocks differ, and a write takes time."""

PATIENCE = 900.0
"""Seconds for which a job waits for the lease of another run: on Glue it costs money meanwhile."""


class LeaseLost(Exception):
    """The lease ended while the job worked: another run may write the lake now."""


class LeaseHeld(Exception):
    """Another run writes the lake, for longer than this job waits."""


@dataclass
class Holding:
    """What the object holds. `takeovers`: how often a lease ended that was not given back."""

    holders: list[dict[str, Any]] = field(default_factory=list)
    takeovers: int = 0


class Store(Protocol):
    """Where the lease is."""

    def read(self) -> tuple[bytes, str] | None:
        """The object and its tag; None where there is none."""

    def exchange(self, content: bytes, tag: str | None) -> bool:
        """Writes the object where it still has the tag, or, without one, does not exist yet; says whether it did."""


class S3Store:
    """
    An object on S3. The conditions are headers of their own: the boto3 of AWS Glue is older than its parameters for
    them.
    """

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}

    def read(self) -> tuple[bytes, str] | None:
        try:
            found = self._client.get_object(**self._place)
        except self._client.exceptions.NoSuchKey:
            return None
        return found["Body"].read(), found["ETag"]

    def exchange(self, content: bytes, tag: str | None) -> bool:
        name, value = ("If-None-Match", "*") if tag is None else ("If-Match", tag)

        def condition(params: dict[str, Any], **_: Any) -> None:
            params["headers"][name] = value

        event = f"lease-{uuid4().hex}"
        self._client.meta.events.register("before-call.s3.PutObject", condition, unique_id=event)
        try:
            self._client.put_object(**self._place, Body=content, ContentType="application/json")
        except self._client.exceptions.ClientError as error:
            # Another writer was first: it has changed the object, is changing it, or has removed it.
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"):
                return False
            raise
        finally:
            self._client.meta.events.unregister("before-call.s3.PutObject", unique_id=event)
        return True


class Lease:
    """
    The right to write the lake, as a context. Enter it before anything is read that is written back, and call `check`
    before each write.
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        job: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._store = store
        self._token = uuid4().hex
        # Runs by hand share one id, and each is a run of its own.
        self._run = f"{run_id}-{self._token}" if run_id == BY_HAND else run_id
        self._job = job
        self._clock = clock
        self._sleep = sleep
        self._until = 0.0
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self.takeovers = 0

    def __enter__(self) -> Lease:
        deadline = self._clock() + PATIENCE
        waited_for = ""
        while (other := self._take()) is not None:
            if self._clock() > deadline:
                raise LeaseHeld(
                    f"run {other['run']} (job {other['job']}) has been writing to the lake for more than "
                    f"{PATIENCE / 60:.0f} minutes: wait until it ends, or stop it, then run {self._job} again; "
                    "`pipeline-cli status` shows what is running"
                )
            if other["token"] != waited_for:
                waited_for = other["token"]
                log.info("waiting for run %s (job %s), which is writing to the lake", other["run"], other["job"])
            self._sleep(random.uniform(1, 3))
        threading.Thread(target=self._keep, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        with self._lock:
            self._until = 0.0
            try:
                self._change(self._without)
            except Exception as failure:
                log.warning("the lease could not be released (%s): it expires in %.0f s", failure, SECONDS)

    def check(self) -> None:
        """Raises LeaseLost where the lease has ended or is about to."""
        if self._clock() > self._until - MARGIN:
            raise LeaseLost(
                f"{self._job} could not renew its lease on the lake for {SECONDS - MARGIN:.0f} s and stopped writing, "
                "because another run may be writing now: run the jobs again"
            )

    def _take(self) -> dict[str, Any] | None:
        """Takes the lease; gives the holder that is in the way."""
        while True:
            found = self._store.read()
            holding = _parsed(found)
            now = self._clock()
            # Its own entry may be there already: the answer to an earlier attempt can have been lost.
            others = [one for one in holding.holders if one["token"] != self._token]
            live = [one for one in others if one["until"] > now]
            for one in live:
                if one["run"] != self._run or one["job"] == self._job:
                    return one
            ended = len(others) - len(live)
            until = now + SECONDS
            mine = {"token": self._token, "run": self._run, "job": self._job, "until": until}
            taken = Holding([*live, mine], holding.takeovers + ended)
            if self._store.exchange(_text(taken), None if found is None else found[1]):
                self._until = until
                self.takeovers = taken.takeovers
                if ended:
                    log.warning("a job did not release its lease on the lake; its unfinished work is repeated")
                return None

    def _keep(self) -> None:
        while not self._ended.wait(RENEWED_EVERY):
            with self._lock:
                if self._ended.is_set():
                    return
                try:
                    self.renew()
                except LeaseLost as lost:
                    log.error("%s", lost)
                    return
                except Exception as failure:
                    # Until the end there is time for another attempt.
                    log.warning("the lease could not be renewed: %s", failure)

    def renew(self) -> None:
        """Makes the lease good for its whole time from now on. Raises LeaseLost where another run has it."""
        until = self._clock() + SECONDS

        def renewed(holding: Holding) -> Holding:
            if not any(one["token"] == self._token for one in holding.holders):
                self._until = 0.0
                raise LeaseLost(
                    f"another run has taken over the lease on the lake from {self._job}: run the jobs again"
                )
            return Holding(
                [one | {"until": until} if one["token"] == self._token else one for one in holding.holders],
                holding.takeovers,
            )

        self._change(renewed)
        self._until = until

    def _without(self, holding: Holding) -> Holding:
        return Holding([one for one in holding.holders if one["token"] != self._token], holding.takeovers)

    def _change(self, change: Callable[[Holding], Holding]) -> None:
        while True:
            found = self._store.read()
            if self._store.exchange(_text(change(_parsed(found))), None if found is None else found[1]):
                return


class NoLease:
    """Of a lake on one machine."""

    takeovers = 0

    def __enter__(self) -> NoLease:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def check(self) -> None:
        return None


def lease_on(processed: Storage, run_id: str, job: str) -> Lease | NoLease:
    """The lease that a job of a run needs for a processed zone."""
    if processed.is_local:
        return NoLease()
    import boto3
    from botocore.config import Config

    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=20)
    bucket, _, prefix = processed.root.partition("/")
    return Lease(S3Store(boto3.client("s3", config=config), bucket, f"{prefix}/{PATH}".lstrip("/")), run_id, job)


def _parsed(found: tuple[bytes, str] | None) -> Holding:
    """A damaged object is nobody's lease, and is replaced by the next one."""
    if found is None:
        return Holding()
    try:
        value = json.loads(found[0])
        holders = [
            {"token": str(one["token"]), "run": str(one["run"]), "job": str(one["job"]), "until": float(one["until"])}
            for one in value["holders"]
        ]
        return Holding(holders, int(value["takeovers"]))
    except (ValueError, KeyError, TypeError) as error:
        log.warning("%s is damaged (%s) and is being rewritten", PATH, error)
        return Holding()


def _text(holding: Holding) -> bytes:
    return json.dumps({"holders": holding.holders, "takeovers": holding.takeovers}).encode()
