"""A MariaDB server for a test: private, on loopback, stopped by its process."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Server:
    """Answers SQL as root over its socket."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self._socket = folder / "s"

    def sql(self, text: str) -> list[list[str]]:
        """Runs statements and gives the rows of the last one as text."""
        command = [
            "mariadb",
            "--no-defaults",
            f"--socket={self._socket}",
            "--user=root",
            "--batch",
            "--skip-column-names",
        ]
        output = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
        return [line.split("\t") for line in output.splitlines()]


def is_installed() -> bool:
    return all(shutil.which(name) for name in ("mariadbd", "mariadb", "mariadb-install-db"))


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """`folder` must have a short path: a socket's name has a limit of 107 bytes."""
    data = folder / "data"
    user = "--user=root"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", user, "--auth-root-authentication-method=normal"],
        check=True,
        capture_output=True,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(folder, port)
    process = subprocess.Popen(
        [
            "mariadbd", "--no-defaults", f"--datadir={data}", user, f"--socket={folder}/s", f"--port={port}",
            "--bind-address=127.0.0.1", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=8M",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while True:
            assert process.poll() is None, "MariaDB ended"
            try:
                server.sql("SELECT 1")
                break
            except subprocess.CalledProcessError:
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()
