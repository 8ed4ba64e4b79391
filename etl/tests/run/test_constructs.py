"""The scripts run on Spark and on Sail: nothing in them may be what one of the two lacks or answers wrongly."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import lakehouse

ETL = Path(__file__).resolve().parents[2]
FILES = [path.relative_to(ETL) for folder in ("jobs", "lakehouse") for path in sorted((ETL / folder).rglob("*.py"))]

REFUSED = {
    r"partitionOverwriteMode|overwritePartitions|insertInto": "Sail overwrites all partitions instead of those written",
    r"input_file_name|(?<![a-z])_metadata\b": "Sail knows no file of a row",
    r"\.rdd\b|sparkContext|SparkContext|GlueContext|DynamicFrame": "Spark Connect has no RDD",
    r"foreachBatch|readStream|writeStream": "Sail has no streaming to files",
    r"\bbround\(": "Sail rounds otherwise",
    r"inferSchema": "the engines infer other types",
    r"\.cache\(\)|\.persist\(": "a job on Glue would keep what it no longer needs",
    r"\bprint\(": "messages go to the log",
}
NOT_EVERYWHERE = {"awsglue", "boto3", "botocore", "fastavro"}
"""What only AWS Glue has, or only the local stack."""


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_construct_that_an_engine_answers_wrongly(path: Path) -> None:
    code = (ETL / path).read_text()
    assert {why: re.findall(pattern, code) for pattern, why in REFUSED.items() if re.search(pattern, code)} == {}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_import_at_the_top_of_what_one_of_the_two_lacks(path: Path) -> None:
    tree = ast.parse((ETL / path).read_text())
    top = {
        alias.name.split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")])
    }
    assert not top & NOT_EVERYWHERE


LAYERS = re.findall(r"`(\w+)` \(", lakehouse.__doc__ or "")
"""In the order in which the package's own words have them."""


def test_the_package_says_its_layers() -> None:
    assert sorted(LAYERS) == sorted(path.parent.name for path in (ETL / "lakehouse").glob("*/__init__.py"))


@pytest.mark.parametrize("path", [path for path in FILES if len(path.parts) == 3], ids=str)
def test_a_layer_imports_only_those_before_it(path: Path) -> None:
    imported = {
        (node.module or "").split(".")[1]
        for node in ast.walk(ast.parse((ETL / path).read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lakehouse.")
    }
    allowed = {*LAYERS[: LAYERS.index(path.parent.name) + 1], "contract", "names", "spark"}
    assert imported <= allowed


@pytest.mark.parametrize("library", ["pyspark", "pandas"])
def test_what_takes_long_to_import_waits_until_it_is_used(library: str) -> None:
    modules = [".".join(path.with_suffix("").parts) for path in FILES if path.parts[0] == "lakehouse"]
    code = f"import sys, {', '.join(modules)}; print('{library}' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ETL, check=True, capture_output=True, text=True)
    assert shown.stdout == "False\n"


@pytest.mark.parametrize(
    "code",
    [
        'frame.write.option("partitionOverwriteMode", "dynamic")',
        "F.input_file_name()",
        'F.col("_metadata.file_name")',
        "frame.rdd.map(f)",
        "SparkContext()",
    ],
)
def test_the_refused_constructs_are_found(code: str) -> None:
    assert any(re.search(pattern, code) for pattern in REFUSED)
