"""
Runs the jobs of one machine, each in a process of its own that begins with what jobs import: a fork of this one. What a
job changes, leaks or breaks ends with its process.

A line of standard input is a job, as JSON: `id`, `script`, `args`, `log` and `env`, and `network` where it is to be in
the network of that process. Lines of standard output say of it `pid` once it has begun, then `code` or `signal` as it
ended, or `error` where it could not begin. The host ends with its input; jobs do not.

It imports the engine's client at the beginning with `--engine`, else at a line with `ahead`, or when the first job
does.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import signal
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import private_network

JOBS = ("lakehouse.changes.change_log", "lakehouse.current.apply_changes", "lakehouse.models.build_models")
"""What jobs import that look for work."""

ENGINE = (
    "pandas",
    "pyarrow",
    "grpc",
    "grpc_status.rpc_status",
    "pyspark.sql",
    "pyspark.sql.functions",
    "pyspark.sql.connect.proto",
    "pyspark.sql.connect.plan",
    "pyspark.sql.connect.column",
    "pyspark.sql.connect.expressions",
)
"""
What they import besides once there is some; a second of a processor. Not the client itself, whose module starts
threads, which a fork does not have.
"""


class _Watch:
    """Says, by a byte in a pipe, that its process imports the engine's client."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def find_spec(self, name: str, _path: object, _target: object = None) -> None:
        if name == "pyspark":
            sys.meta_path.remove(self)
            # A job does not need its host.
            with suppress(OSError):
                os.write(self._pipe, b"e")


class _Host:
    def __init__(self, has_engine: bool) -> None:
        # Written to by the handler of SIGCHLD, and by jobs.
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._running: dict[int, str] = {}
        self._has_engine = has_engine

    def serve(self) -> dict[str, Any] | None:
        """Starts jobs until the input ends. Comes back in a fork with its job, too."""
        selector = selectors.DefaultSelector()
        selector.register(0, selectors.EVENT_READ)
        selector.register(self._woken, selectors.EVENT_READ)
        rest = b""
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if self._woken in ready:
                wanted = b"e" in os.read(self._woken, 4096)
                self._reap()
                if wanted:
                    self._import_engine()
            if 0 in ready:
                data = os.read(0, 65536)
                if not data:
                    return None
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    job: dict[str, Any] = json.loads(line)
                    if "ahead" in job:
                        self._import_engine()
                        continue
                    if self._fork(job["id"]) == 0:
                        selector.close()
                        return job

    def _import_engine(self) -> None:
        if not self._has_engine:
            self._has_engine = True
            _load(ENGINE)

    def _fork(self, job: str) -> int | None:
        try:
            with warnings.catch_warnings():
                # What has threads here are libraries that are made for it: Arrow, and its allocator.
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
        except OSError as error:
            _answer(id=job, error=str(error))
            return None
        if pid != 0:
            self._running[pid] = job
            _answer(id=job, pid=pid)
            return pid
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._woken)
        if self._has_engine:
            os.close(self._wake)
        else:
            sys.meta_path.insert(0, _Watch(self._wake))
        return 0

    def _reap(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            end = {"code": code} if code >= 0 else {"signal": signal.Signals(-code).name}
            _answer(id=self._running.pop(pid), **end)


def _load(modules: tuple[str, ...]) -> None:
    """What cannot be imported fails in the job that needs it."""
    for name in modules:
        try:
            import_module(name)
        except Exception as error:
            print(f"{name} could not be preloaded: {error}", file=sys.stderr)
    # Pages that the collector does not touch stay shared with the forks.
    gc.collect()
    gc.freeze()


def _answer(**fields: object) -> None:
    os.write(1, f"{json.dumps(fields)}\n".encode())


def _become(job: dict[str, Any]) -> None:
    """Makes a fork what Python is when it was started with the job's script."""
    os.setsid()
    inputs = os.open(os.devnull, os.O_RDONLY)
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for target, source in ((0, inputs), (1, log), (2, log)):
        os.dup2(source, target)
    os.close(inputs)
    os.close(log)
    if "network" in job:
        private_network.join(job["network"])
    os.environ.update(job["env"])
    # `random` sees to itself.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    sys.argv = [job["script"], *job["args"]]
    sys.path[0] = str(Path(job["script"]).resolve().parent)


def main() -> None:
    _load(JOBS)
    has_engine = "--engine" in sys.argv[1:]
    if has_engine:
        _load(ENGINE)
    job = _Host(has_engine).serve()
    if job is not None:
        _become(job)
        # Its end, whatever it is, is that of this process.
        runpy.run_path(job["script"], run_name="__main__")


if __name__ == "__main__":
    main()
