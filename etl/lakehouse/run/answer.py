"""Whether an engine is there at all."""

from __future__ import annotations

from urllib.parse import urlsplit

PATIENCE = 60
"""Seconds in which an engine that listens has to answer."""


class NoAnswer(Exception):
    """The engine cannot be reached."""


def require_answer(remote: str) -> None:
    """
    Connects to an engine, which answers that also while it works on statements. Raises NoAnswer. The client itself
    would try again for more than ten minutes, and say nothing.
    """
    import grpc

    address = urlsplit(remote).netloc
    # It is on this machine, whatever proxy the environment names.
    with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
        try:
            grpc.channel_ready_future(channel).result(PATIENCE)
        except grpc.FutureTimeoutError:
            raise NoAnswer(f"The engine of the jobs at {address} did not respond within {PATIENCE} seconds.") from None
