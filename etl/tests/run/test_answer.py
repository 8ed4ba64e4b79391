from __future__ import annotations

import socket

import pytest

from lakehouse.run import answer


def test_an_engine_that_is_there_and_silent_is_an_error_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(answer.NoAnswer, match=f"at 127.0.0.1:{port} did not respond within 0.5 seconds"):
            answer.require_answer(f"sc://127.0.0.1:{port}")
