"""Names of the source in the lake: what etl/contract/names.ts makes of them, and what is read back."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from lakehouse.names import (
    catalog_form,
    column_form,
    exact_form,
    folder_form,
    from_catalog,
    from_folder,
    from_raw_column,
    raw_column_form,
    raw_folder_form,
)
from support.schemas import FOLDER

FORMS = (catalog_form, exact_form, folder_form, raw_folder_form, column_form, raw_column_form)

NAMES = st.lists(
    st.one_of(
        st.sampled_from([*"_-xz0aAF ./\\é日", "_x0020_", "-x002f-", "_xz_", "BI_", "Op", "cdc_op"]),
        st.characters(min_codepoint=1, max_codepoint=0xFFFF),
    ),
    min_size=1,
    max_size=64,
).map(lambda letters: "".join(letters)[:64])


def test_both_languages_have_the_same_forms() -> None:
    for name, *forms in json.loads((FOLDER / "fixtures" / "names.json").read_text("utf-8")):
        assert [form(name) for form in FORMS] == forms


@given(NAMES)
def test_a_form_can_be_read_back(name: str) -> None:
    assert from_catalog(exact_form(name)) == from_catalog(column_form(name)) == name
    assert from_folder(folder_form(name)) == from_folder(raw_folder_form(name)) == name
    assert from_raw_column(raw_column_form(name)) == name


def test_a_column_gives_way_to_what_replication_and_jobs_add() -> None:
    columns = ["id", "BI_id", "bi_score", "cdc_op"]
    assert [column_form(name, columns) for name in columns] == ["id", "_x0042_I_id", "bi_score", "_x0063_dc_op"]
