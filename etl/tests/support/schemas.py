"""The JSON Schemas of etl/contract, which TypeScript and Python share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[2] / "contract"


def schema(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.schema.json").read_text())


def validator(name: str) -> Draft202012Validator:
    """Of what Python writes: a field that the schema does not have is a mistake, though readers would pass over it."""
    return Draft202012Validator(_closed(schema(name)))


def _closed(value: Any) -> Any:
    if isinstance(value, list):
        return [_closed(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    closed = {key: _closed(entry) for key, entry in value.items()}
    return {"additionalProperties": False, **closed} if "properties" in value else closed


DATASETS = validator("datasets")
REPORT = validator("report")
