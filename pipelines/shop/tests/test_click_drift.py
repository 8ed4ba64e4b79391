"""Which lines are unusual, by patterns, and what is reported of them, by their content: the two must not contradict."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.click_drift import ESCAPED, SHAPE, USUAL, VALUE, describe

pytestmark = pytest.mark.slow_on_spark

EXAMPLES = 2000 if os.environ.get("ALL_FAULTS") == "1" else 400

texts = st.text(max_size=6) | st.sampled_from(['"', "\\", '":', '{"price":"', "1", "null", '\\"'])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
details = st.dictionaries(st.sampled_from(["color", "material", "comments", "size"]), texts | values, max_size=4)
fields: dict[str, st.SearchStrategy[Any]] = {
    "productid": st.integers() | values,
    "productname": texts | values,
    "department": texts | values,
    "price": st.floats(allow_nan=False, allow_infinity=False) | values,
    "productDetails": details | values,
    "campaign": values,
}
clicks = st.lists(st.sampled_from(list(fields)), unique=True, max_size=6).flatmap(
    lambda names: st.fixed_dictionaries({name: fields[name] for name in names})
)


def usual(line: str) -> bool:
    return re.search(USUAL, re.sub(ESCAPED, "_", line)) is not None


def shape(line: str) -> str:
    return re.sub(VALUE, SHAPE.replace("$", "\\"), re.sub(ESCAPED, "_", line))


@settings(max_examples=EXAMPLES, deadline=None)
@given(click=clicks, ascii=st.booleans(), indent=st.sampled_from([None, 1]))
def test_what_is_usual_has_nothing_to_tell_and_what_is_unusual_has(click: Any, ascii: bool, indent: int | None) -> None:
    line = json.dumps(click, ensure_ascii=ascii, indent=indent)
    assert usual(line) == (describe([line]) is None)


@settings(max_examples=EXAMPLES, deadline=None)
@given(one=clicks, other=clicks)
def test_lines_of_one_shape_have_the_same_to_tell(one: Any, other: Any) -> None:
    lines = [json.dumps(one), json.dumps(other)]
    again = json.dumps(_other_values(one))
    assert shape(again) == shape(lines[0])
    assert describe([again]) == describe([lines[0]])
    if shape(lines[0]) == shape(lines[1]):
        assert describe(lines[:1]) == describe(lines[1:])


def _other_values(value: Any) -> Any:
    """The same names, with other values of the same types."""
    if isinstance(value, dict):
        return {name: _other_values(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_other_values(inner) for inner in value]
    if isinstance(value, str):
        return f'other "{value}'
    if isinstance(value, int) and not isinstance(value, bool):
        return value // 7 - 3
    return value
