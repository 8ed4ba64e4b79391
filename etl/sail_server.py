"""
Serves the Spark Connect protocol by Sail on a free loopback port, for the jobs of runs: with `--own-network` in a
network of its own, where the kernel has that.

Prints one line of JSON: `port`, and, where it is in the machine's network, `why`, and the accounts of `others`, who
reach it. From then on a line `alive` every `--beat` seconds, as long as the engine answers: one that hangs is silent,
one that works on a statement for hours is not.
Ends when its standard input closes: a run that dies leaves no server behind.
"""

import argparse
import json
import sys
import threading
import time

import private_network
from lakehouse.run.answer import NoAnswer, require_answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--own-network", action="store_true")
    parser.add_argument("--beat", type=float, default=5)
    arguments = parser.parse_args()
    # Before anything starts a thread.
    why = private_network.leave() if arguments.own_network else "jobs could not join a private network"
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    address = server.listening_address
    if address is None:
        raise RuntimeError("Sail did not start listening")
    reached = {} if why is None else {"why": why, "others": private_network.others()}
    print(json.dumps({"port": address[1], **reached}), flush=True)
    beats = threading.Thread(target=beat, args=(f"sc://127.0.0.1:{address[1]}", arguments.beat), daemon=True)
    beats.start()
    sys.stdin.read()
    server.stop()


def beat(remote: str, seconds: float) -> None:
    """Says again and again that the engine is alive, until nobody hears it."""
    while True:
        time.sleep(seconds)
        try:
            require_answer(remote)
            print("alive", flush=True)
        except NoAnswer:
            continue
        except OSError:
            return


if __name__ == "__main__":
    main()
