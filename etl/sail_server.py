"""Serves the Spark Connect protocol by Sail on a free loopback port, for the jobs of one run.

Prints the port as its only line, and ends when its standard input closes: a run that dies leaves no server behind.
"""

import sys

from pysail.spark import SparkConnectServer


def main() -> None:
    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    address = server.listening_address
    if address is None:
        raise RuntimeError("Sail did not start to listen")
    print(address[1], flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
