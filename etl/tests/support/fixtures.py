"""The engine that the tests run on: a Sail server of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support import spark_session
from support.lake import ITEMS, Lake, Read, Source


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=["sail", "spark"], default="sail", help="what runs the jobs")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow_on_spark: on Apache Spark only with ALL_FAULTS=1, as `npm run test:faults` has"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs no engine is tested beside Sail alone."""
    if config.getoption("engine") == "sail":
        return
    with_engine = [item for item in items if "engine" in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in with_engine])
    items[:] = with_engine


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("slow_on_spark") is None or os.environ.get("ALL_FAULTS") == "1":
        return
    if item.config.getoption("engine") == "spark":
        pytest.skip("takes long on Apache Spark: npm run test:faults has it")


@pytest.fixture(scope="session")
def sail() -> Iterator[str]:
    """Address of a Sail server on a free port, stopped by its process at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "sail"), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            assert server.poll() is None, "the Sail server ended"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"sc://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the catalog of Apache Spark's sessions: this process's and those of scripts that tests start."""
    return tmp_path_factory.mktemp("spark")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Name of the engine that the jobs of this test run use: `--engine`."""
    name: str = request.config.getoption("engine")
    if name == "sail":
        os.environ["SPARK_REMOTE"] = request.getfixturevalue("sail")
        yield name
        del os.environ["SPARK_REMOTE"]
        return
    if shutil.which("java") is None:
        pytest.skip("Apache Spark needs Java")
    session = spark_session.start(request.getfixturevalue("catalog"))
    yield name
    session.stop()


@pytest.fixture
def lake(tmp_path: Path, engine: str) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture(scope="session")
def reader(engine: str) -> Callable[[Lake], Read]:
    """For a lake, a function that reads the current table of a source by the engine."""
    from lakehouse.run.engine import Engine
    from lakehouse.storage.files import Storage
    from lakehouse.storage.iceberg import IcebergTable

    def of(lake: Lake) -> Read:
        engine = Engine(Storage(f"file://{lake.processed}/"), lake.database)

        def read(source: Source) -> list[dict[str, Any]]:
            table = IcebergTable(source.name.lower(), f"current/{source.schema}/{source.name}")
            return [row.asDict(recursive=True) for row in engine.read_table(table).collect()]

        return read

    return of


@pytest.fixture
def current(lake: Lake, reader: Callable[[Lake], Read]) -> Read:
    return reader(lake)


@pytest.fixture
def items(lake: Lake) -> Source:
    """A table of five rows, of which the full load is there."""
    lake.declare("shop", "items", ["id"])
    source = Source(lake, "items", ITEMS, ["id"])
    source.rows = [{"id": number, "name": f"n{number}", "amount": None} for number in range(1, 6)]
    source.load()
    return source
