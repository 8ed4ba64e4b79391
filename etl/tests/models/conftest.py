"""A shop of two tables, and its models."""

from __future__ import annotations

import pyarrow as pa
import pytest

from support import models
from support.lake import Lake, Source


@pytest.fixture
def orders(lake: Lake) -> Source:
    lake.declare("shop", "orders", ["id"])
    columns = {"id": pa.int32(), "customerId": pa.int32(), "amount": pa.decimal128(12, 2)}
    source = Source(lake, "orders", columns, ["id"])
    source.rows = [{"id": number, "customerId": number % 2, "amount": None} for number in range(1, 6)]
    source.load()
    return source


@pytest.fixture
def customers(lake: Lake) -> Source:
    lake.declare("shop", "Customers", ["id"])
    source = Source(lake, "Customers", {"id": pa.int32(), "name": pa.string()}, ["id"])
    source.rows = [{"id": number, "name": f"c{number}"} for number in range(2)]
    source.load()
    return source


@pytest.fixture
def table(lake: Lake) -> models.Table:
    return models.tables(lake)
