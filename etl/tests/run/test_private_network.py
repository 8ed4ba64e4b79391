"""A network of a process's own, as root and as a user without rights; on a kernel that refuses it, the reason."""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import private_network

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has network namespaces")

NOBODY = 65534

PR_SET_DUMPABLE = 4
"""Of prctl.h."""

users = pytest.mark.parametrize("user", [os.getuid(), NOBODY], ids=["this user", "nobody"])


@contextmanager
def forked(user: int, work: Callable[[], Any]) -> Iterator[tuple[int, Any]]:
    """A process of a user with one thread: its id, and what the function came to in it. It waits until it is ended."""
    if user != os.getuid() and os.getuid() != 0:
        pytest.skip("only root can become another user")
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if user != os.getuid():
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
                # As a program is that this user started.
                ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
            os.write(writer, json.dumps(work()).encode() + b"\n")
            signal.pause()
        finally:
            os._exit(0)
    os.close(writer)
    try:
        with os.fdopen(reader) as answer:
            yield pid, json.loads(answer.readline())
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


listeners: list[socket.socket] = []


def listen() -> int:
    """Port of the loopback at which this process listens."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    listeners.append(listener)
    return int(listener.getsockname()[1])


def reaches(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(5)
        return client.connect_ex(("127.0.0.1", port)) == 0


def left() -> dict[str, Any]:
    refusal = private_network.leave()
    status = Path("/proc/self/status").read_text()
    rights = int(status.split("CapEff:")[1].split()[0], 16)
    return {"refusal": refusal, "port": listen(), "user": os.getuid(), "rights": rights}


def joined(pid: int, port: int) -> str | bool:
    try:
        private_network.join(pid)
    except OSError as error:
        return type(error).__name__
    return reaches(port)


@users
def test_only_who_joins_it_reaches_what_listens_in_it(user: int) -> None:
    with forked(user, left) as (pid, found):
        if found["refusal"] is not None:
            assert reaches(found["port"]), "a refusal leaves the process where it was"
            pytest.skip(f"this kernel refuses: {found['refusal']}")
        assert not reaches(found["port"])
        assert found["user"] == user
        with forked(user, lambda: joined(pid, found["port"])) as (_, answer):
            assert answer is True
        if user != 0:
            assert found["rights"] == 0, "no more rights over the user's files than before"
        with forked(NOBODY - 1, lambda: joined(pid, found["port"])) as (_, answer):
            assert answer == "PermissionError"


@users
def test_what_left_reaches_itself_and_not_the_machine(user: int) -> None:
    machine = listen()
    assert reaches(machine)

    def work() -> list[bool]:
        refused = private_network.leave() is not None
        return [refused, reaches(listen()), reaches(machine)]

    with forked(user, work) as (_, (refused, own, others)):
        assert own
        assert others == refused


def test_why_a_kernel_refuses_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, *_: object) -> None:
        raise PermissionError(1, f"{name}: Operation not permitted")

    monkeypatch.setattr(private_network, "_call", refuse)
    assert private_network.leave() == "[Errno 1] unshare: Operation not permitted"
    assert reaches(listen())


def test_people_are_accounts_that_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def account(name: str, user: int, shell: str) -> Any:
        return pwd.struct_passwd((name, "x", user, user, "", "/", shell))

    accounts = [
        account("root", 0, "/bin/bash"),
        account("www-data", 33, "/usr/sbin/nologin"),
        account("bob", 1001, "/bin/zsh"),
        account("ann", 1000, "/bin/bash"),
        account("robot", 1002, "/usr/sbin/nologin"),
        account("nobody", 65534, "/bin/sh"),
        account("me", 4000, "/bin/bash"),
    ]
    monkeypatch.setattr(pwd, "getpwall", lambda: accounts)
    monkeypatch.setattr(os, "getuid", lambda: 4000)
    assert private_network.others() == ["ann", "bob"]
