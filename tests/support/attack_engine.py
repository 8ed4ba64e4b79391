"""
Another user of the machine who found the port of an engine: prints as JSON whether it connects, and then what it reads
of a file that only the engine's user may read, and as whom its code runs.

Begins as root, whose Python it needs, with an engine for its own use, and becomes nobody.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from typing import Any

from pyspark.sql.connect.functions import udf
from pyspark.sql.connect.session import SparkSession

NOBODY = 65534


def main(address: str, secret: str, other: str) -> None:
    # What the client imports on its way, before it may read nothing of this Python any more.
    run_and_read(SparkSession.builder.remote(other).create(), secret)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    try:
        open(secret).close()
        raise SystemExit("nobody may read the secret anyway")
    except PermissionError:
        pass
    found: dict[str, object] = {"user": os.getuid()}
    host, _, port = address.removeprefix("sc://").partition(":")
    with socket.socket() as client:
        found["connects"] = client.connect_ex((host, int(port))) == 0
    if found["connects"]:
        found["reads"], found["runs as"] = run_and_read(SparkSession.builder.remote(address).create(), secret)
    print(json.dumps(found))


def run_and_read(session: Any, secret: str) -> tuple[object, object]:
    whoami: Any = udf(lambda _: str(__import__("os").getuid()), "string")
    text = session.read.text(f"file://{secret}").collect()[0][0]
    return text, session.range(1).select(whoami("id")).collect()[0][0]


if __name__ == "__main__":
    main(*sys.argv[1:])
