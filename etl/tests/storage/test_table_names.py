"""Names of the source's tables in the catalog."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lakehouse.contract import CHANGES
from lakehouse.storage.datasets import Table
from lakehouse.storage.table_names import Names, assign


def named(*tables: str, gone: tuple[str, ...] = (), before: Names | None = None, alias: str = "") -> dict[str, str]:
    """`alias`: of the first table."""
    keys = [(schema, name) for schema, name in (table.split(".", 1) for table in (*tables, *gone))]
    live = set(keys[: len(tables)])
    known = [Table(*key, alias=alias or None) if at == 0 else Table(*key) for at, key in enumerate(keys)]
    names = assign(known, live, ["clickstream_data"], before or {})
    return {f"{schema}.{name}": found for (schema, name), found in names.items()}


def test_a_table_has_its_own_name_in_the_form_of_the_catalog() -> None:
    assert named("shop.Orders", "shop._log", "shop.my table", "shop.price_changes") == {
        "shop.Orders": "orders",
        "shop._log": "_log",
        "shop.my table": "my_x0020_table",
        "shop.price_changes": "price_changes",
    }


def test_two_that_would_have_one_name_are_both_qualified_and_the_others_are_not() -> None:
    assert named("a.orders", "b.orders", "a.x", "b.clickstream_data") == {
        "a.orders": "a_orders",
        "b.orders": "b_orders",
        "a.x": "x",
        "b.clickstream_data": "b_clickstream_data",
    }
    assert named("s.Orders", "s.orders") == {"s.Orders": "s__x004f_rders", "s.orders": "s_orders"}
    assert named("a.b_c", "a_b.c", "x.b_c", "y.c", "z.a_b_c") == {
        "a.b_c": "a_x0000_b_c",
        "a_b.c": "a_b_x0000_c",
        "x.b_c": "x_b_c",
        "y.c": "y_c",
        "z.a_b_c": "z_a_b_c",
    }


def test_a_name_is_not_that_of_another_tables_change_log() -> None:
    assert named("s.foo", "s.foo_changes") == {"s.foo": "s_foo", "s.foo_changes": "s_foo_x005f_changes"}


def test_a_dropped_table_takes_no_name_and_a_qualified_one_stays() -> None:
    assert named("s.orders", gone=("s.Orders",)) == {"s.orders": "orders", "s.Orders": "s__x004f_rders"}
    before = {("a", "orders"): "a_orders", ("b", "orders"): "b_orders"}
    assert named("a.orders", before=before) == {"a.orders": "a_orders"}
    assert named("a.orders", gone=("b.orders",), before=before) == {"a.orders": "a_orders", "b.orders": "b_orders"}


def test_an_alias_has_its_name_whoever_else_would() -> None:
    assert named("a.x", "b.orders", "c.X", alias="Orders") == {"a.x": "orders", "b.orders": "b_orders", "c.X": "x"}


PARTS = st.sampled_from(["a", "b", "A", "a_b", "b_a", "a_changes", "_x0000_", "a_x0000_b", "é", "日" * 64])
KEYS = st.tuples(PARTS, PARTS)


@given(st.sets(KEYS, min_size=1, max_size=12), st.sets(KEYS), st.sets(KEYS))
def test_no_name_is_another_tables_or_its_change_logs(
    keys: set[tuple[str, str]], live: set[tuple[str, str]], earlier: set[tuple[str, str]]
) -> None:
    before = assign([Table(*key) for key in earlier], earlier, [], {})
    tables = [Table(*key) for key in keys]
    names = assign(tables, live & keys, ["clickstream_data"], before)
    words = [word for name in names.values() for word in (name, name + CHANGES)]
    assert len(set(words)) == 2 * len(keys)
    assert all(len(word) <= 255 and word.isascii() for word in words)
    assert assign(tables, live & keys, ["clickstream_data"], names) == names
