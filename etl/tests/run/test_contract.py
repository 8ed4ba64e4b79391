"""What Python and TypeScript both know of the lake is the same: etl/contract against the package."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
import sys
import types
import typing
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lakehouse import contract
from lakehouse.quality import rules
from lakehouse.run.arguments import NAMES, OPTIONAL, Arguments
from lakehouse.run.report import BrokenRule, Report, TableReport
from lakehouse.storage.datasets import Datasets
from lakehouse.storage.files import DamagedState, Storage
from support.schemas import FOLDER, REPORT, schema, validator

ETL = FOLDER.parent

Properties = dict[str, dict[str, Any]]


def json_types(kind: Any) -> set[str]:
    """Types in JSON of a type of Python's."""
    if typing.get_origin(kind) is types.UnionType:
        return set().union(*(json_types(member) for member in typing.get_args(kind)))
    names = {str: "string", int: "integer", types.NoneType: "null", list: "array", dict: "object"}
    return {names[typing.get_origin(kind) or kind]}


def fields(of: type) -> dict[str, set[str]]:
    hints = typing.get_type_hints(of)
    return {field.name: json_types(hints[field.name]) for field in dataclasses.fields(of)}


def declared(properties: Properties) -> dict[str, set[str]]:
    return {
        name: {value["type"]} if isinstance(value["type"], str) else set(value["type"])
        for name, value in properties.items()
    }


OF_THE_CLI = {"same_as"}
"""Fields of a report that the command line alone writes."""


@pytest.mark.parametrize(
    ("of", "place"),
    [
        (Report, schema("report")),
        (TableReport, schema("report")["properties"]["tables"]["items"]),
        (BrokenRule, schema("report")["properties"]["quality"]["items"]),
    ],
    ids=["report", "table", "rule"],
)
def test_report_has_the_fields_of_its_schema(of: type, place: dict[str, Any]) -> None:
    of_jobs = {name: value for name, value in place["properties"].items() if name not in OF_THE_CLI}
    assert fields(of) == declared(of_jobs)
    # Python writes every field, so a reader may rely on each that reports of earlier versions have, too.
    later = {"unchanged", "rests_until"}
    assert set(place["required"]) | later == set(place["properties"]) - OF_THE_CLI | later


def test_arguments_are_those_of_their_schema() -> None:
    found = schema("arguments")
    assert fields(Arguments) == {name: {"string"} for name in found["required"]}
    assert list(NAMES) == found["required"]
    assert set(OPTIONAL) == set(found["properties"]) - set(found["required"])


def test_kinds_of_rules_are_those_of_the_contract() -> None:
    known = {*rules.OF_ROW, *rules.OF_TABLE, "freshness"}
    assert known == set(contract.RULE_KINDS)
    dataset = schema("datasets")["properties"]["datasets"]["items"]["properties"]
    declared = dataset["tables"]["items"]["properties"]["rules"]["items"]["oneOf"]
    assert tuple(rule["properties"]["kind"]["const"] for rule in declared) == contract.RULE_KINDS


def test_states_of_a_report_have_exit_codes() -> None:
    assert list(contract.EXIT_CODES) == schema("report")["properties"]["state"]["enum"]


def test_a_full_report_is_valid(tmp_path: Path) -> None:
    report = Report("a-job", "run-1")
    report.table("shop", "items", 3, 2, "merged")
    report.table("shop", "users", 1, 1)
    report.file_set_aside("file:///x", "cut short")
    report.rule_broken(
        BrokenRule("shop.items", "not_null(id)", "not_null", "error", 1, [{"id": None, "name": "a"}], "each has one")
    )
    report.failed("shop.items", ValueError("x"))
    report.finish(Storage(f"file://{tmp_path}/"))
    written = json.loads((tmp_path / "_runs" / "run-1" / "a-job.json").read_text())
    REPORT.validate(written)
    # The check does see a field too many, a missing one, and another type.
    for wrong in ({"more": 1}, {"rows_read": "1"}, {"state": "fine"}):
        assert not REPORT.is_valid({**written, **wrong})
    assert not REPORT.is_valid({name: value for name, value in written.items() if name != "error"})


def test_a_damaged_state_is_reported_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    report = Report("a-job", "run-1")
    for error in (DamagedState("file:///x is damaged: remove it"), ValueError("y")):
        try:
            raise error
        except Exception as raised:
            report.failed("a-job", raised)
    plain, traced = caplog.records
    assert (plain.getMessage(), plain.exc_info) == ("a-job: file:///x is damaged: remove it", None)
    assert traced.exc_info is not None


def test_tables_are_read_as_their_schema_says() -> None:
    document: Any = [
        {
            "schema": "shop",
            "tables": [
                {
                    "name": "Items",
                    "key": ["id"],
                    "alias": "goods",
                    "rules": [{"kind": "range", "severity": "warn", "column": "amount", "min": 1}],
                }
            ],
        }
    ]
    whole = {"datasets": document, "models": [], "clicks": "struct<id:int>"}
    validator("datasets").validate(whole)
    assert Datasets(whole).clicks == "struct<id:int>"
    table = Datasets(whole).table("shop", "Items")
    assert (table.key, table.catalog_name, table.rules) == (
        ("id",),
        "goods",
        tuple(document[0]["tables"][0]["rules"]),
    )


def test_names_of_raw_files() -> None:
    assert [contract.load_file(number) for number in (1, 10, 255)] == [
        "LOAD00000001.parquet",
        "LOAD0000000A.parquet",
        "LOAD000000FF.parquet",
    ]
    assert contract.is_load_file("LOAD0000000A.parquet")
    assert contract.is_change_file("20260905-151244585.parquet")
    assert contract.is_messages_file("2026/09/05/15/a-1.json.gz")
    for name in ("LOAD1.parquet", "LOAD00000001.parquet\n", "20260905-151244585.parquet.new", "x/2026/09/05/15/a.json"):
        assert not contract.is_load_file(name)
        assert not contract.is_change_file(name)
        assert not contract.is_messages_file(name)


def archive(folder: Path, contract_text: str | None) -> Path:
    """The package as Glue gets it: packageSources in infra/jobs/etlJobs.ts."""
    path = folder / "lakehouse.zip"
    with zipfile.ZipFile(path, "w") as target:
        for file in sorted((ETL / "lakehouse").rglob("*.py")):
            target.write(file, file.relative_to(ETL).as_posix())
        if contract_text is not None:
            target.writestr("lakehouse/contract.json", contract_text)
    return path


def loaded_from(path: Path) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path.insert(0, {str(path)!r}); from lakehouse import contract; print(contract.RUNS)"
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)


def test_the_archive_of_glue_has_the_contract_in_it(tmp_path: Path) -> None:
    text = (FOLDER / "contract.json").read_text().replace('"_runs"', '"_runs_of_the_archive"')
    done = loaded_from(archive(tmp_path, text))
    assert done.stdout == "_runs_of_the_archive\n", done.stderr


def test_a_contract_of_another_version_is_refused(tmp_path: Path) -> None:
    document = {**json.loads((FOLDER / "contract.json").read_text()), "version": 2}
    done = loaded_from(archive(tmp_path, json.dumps(document)))
    assert done.returncode != 0
    assert "contract.json has version 2, but the jobs read version 1" in done.stderr


def test_in_a_checkout_the_contract_is_beside_the_package(tmp_path: Path) -> None:
    shutil.copytree(ETL / "lakehouse", tmp_path / "lakehouse", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "contract").mkdir()
    shutil.copy(FOLDER / "contract.json", tmp_path / "contract")
    done = loaded_from(tmp_path)
    assert done.stdout == "_runs\n", done.stderr
