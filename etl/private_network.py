"""
A network that only the processes in it reach, where the kernel has that: a network namespace of Linux's. Sail asks none
of its clients who they are, so whoever can open a connection to it reads files and runs code as its user.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import socket
import struct
import sys
from contextlib import suppress

NEW_USER = 0x10000000
NEW_NETWORK = 0x40000000
"""Of sched.h."""

GET_FLAGS = 0x8913
SET_FLAGS = 0x8914
UP = 1
"""Of ioctls.h and if.h."""

CAPABILITIES_VERSION = 0x20080522
"""Of capability.h."""


def leave() -> str | None:
    """
    Moves this process, which must have one thread, into a network of its own that has a loopback and nothing else.
    Without the right to make one, it is made in a user namespace, in which the process has the same user and no more
    rights. Gives why there is none, where the kernel refuses: this process is then where it was.
    """
    if sys.platform != "linux":
        return "only Linux has network namespaces"
    # In a process to spare first: half of it, a network whose loopback is down, would be of no use.
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _leave()
        except OSError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        refusal = answer.read()
    os.waitpid(pid, 0)
    if refusal == "":
        _leave()
    return refusal or None


def join(pid: int) -> None:
    """
    Moves this process, which must have one thread, into the network of another one of the same user. Raises OSError.
    """
    with open(f"/proc/{pid}/ns/user") as user, open(f"/proc/{pid}/ns/net") as network:
        is_other_user = not os.path.samestat(os.fstat(user.fileno()), os.stat("/proc/self/ns/user"))
        if is_other_user:
            _call("setns", user.fileno(), NEW_USER)
        _call("setns", network.fileno(), NEW_NETWORK)
        if is_other_user:
            _give_up_rights()


def others() -> list[str]:
    """Accounts of people, except this one, that can log in to this machine."""
    first = 500 if sys.platform == "darwin" else 1000
    nobody = 65534
    return sorted(
        account.pw_name
        for account in pwd.getpwall()
        if first <= account.pw_uid < nobody
        and account.pw_uid != os.getuid()
        and account.pw_shell.rsplit("/", 1)[-1] not in ("nologin", "false")
    )


def _leave() -> None:
    try:
        _call("unshare", NEW_NETWORK)
        is_root = True
    except PermissionError:
        is_root = False
        user, group = os.geteuid(), os.getegid()
        _call("unshare", NEW_USER | NEW_NETWORK)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        layout = "16sH14x"
        answer = fcntl.ioctl(any_socket, GET_FLAGS, struct.pack(layout, b"lo", 0))
        flags = struct.unpack(layout, answer)[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack(layout, b"lo", flags | UP))
    if not is_root:
        _give_up_rights()


def _give_up_rights() -> None:
    """Those that the creator of a user namespace has in it, over files of its own, too."""
    header = struct.pack("Ii", CAPABILITIES_VERSION, 0)
    _call("capset", ctypes.create_string_buffer(header), ctypes.create_string_buffer(24))


def _call(name: str, *args: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    # Old kernels have no setgroups file, and need none.
    with suppress(FileNotFoundError), open(path, "w") as file:
        file.write(text)
