"""
Serves the Spark Connect protocol by Sail on a free loopback port, for the jobs of runs: with `--own-network` in a
network of its own, where the kernel has that.

Prints one line of JSON: `port`, and, where it is in the machine's network, `why`, and the accounts of `others`, who
reach it.
Ends when its standard input closes: a run that dies leaves no server behind.
"""

import json
import sys

import private_network


def main() -> None:
    # Before anything starts a thread.
    why = private_network.leave() if "--own-network" in sys.argv[1:] else "jobs could not join a network of its own"
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    address = server.listening_address
    if address is None:
        raise RuntimeError("Sail did not start to listen")
    reached = {} if why is None else {"why": why, "others": private_network.others()}
    print(json.dumps({"port": address[1], **reached}), flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
