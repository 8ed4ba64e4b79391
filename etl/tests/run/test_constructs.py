"""The scripts run on Spark and on Sail: nothing in them may be what one of the two lacks or answers wrongly."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ETL = Path(__file__).resolve().parents[2]
FILES = sorted([*(ETL / "jobs").glob("*.py"), *(ETL / "lakehouse").rglob("*.py")])

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


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ETL)))
def test_no_construct_that_an_engine_answers_wrongly(path: Path) -> None:
    code = path.read_text()
    assert {why: re.findall(pattern, code) for pattern, why in REFUSED.items() if re.search(pattern, code)} == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ETL)))
def test_no_import_at_the_top_of_what_one_of_the_two_lacks(path: Path) -> None:
    tree = ast.parse(path.read_text())
    top = {
        alias.name.split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")])
    }
    assert not top & NOT_EVERYWHERE


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
