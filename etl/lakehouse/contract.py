"""
What Python and TypeScript both know of the lake, from etl/contract/contract.json; etl/contract/contract.ts is the other
reader. On Glue the file is packed into this package.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

VERSION = 1


def _read() -> dict[str, Any]:
    packed = resources.files("lakehouse").joinpath("contract.json")
    if packed.is_file():
        text = packed.read_text(encoding="utf-8")
    else:
        text = (Path(__file__).parents[1] / "contract" / "contract.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    if found["version"] != VERSION:
        raise RuntimeError(
            f"contract.json has version {found['version']}, but the jobs read version {VERSION}: they are from "
            "different versions of the project. Update or deploy the project as a whole"
        )
    return found


_CONTRACT = _read()

_RAW: dict[str, str] = _CONTRACT["rawColumns"]
RAW_OPERATION = _RAW["operation"]
RAW_COMMIT_TIME = _RAW["commitTime"]
RAW_SEQUENCE = _RAW["changeSequence"]
BEFORE = _RAW["beforeImagePrefix"]
"""Columns of the raw zone besides those of the source, and what before images begin with."""

_LOG: dict[str, str] = _CONTRACT["changeLogColumns"]
OPERATION = _LOG["operation"]
COMMIT_TIME = _LOG["commitTime"]
SEQUENCE = _LOG["changeSequence"]
"""Columns of the change log before those of the source."""

_OPERATIONS: dict[str, str] = _CONTRACT["operations"]
OP_LOAD = _OPERATIONS["load"]
OP_INSERT = _OPERATIONS["insert"]
OP_UPDATE = _OPERATIONS["update"]
OP_DELETE = _OPERATIONS["delete"]
"""Operations in the change log; the raw zone has an insert where the change log has a load."""

_PREFIXES: dict[str, str] = _CONTRACT["prefixes"]
CLICKSTREAM = _PREFIXES["clickstream"]
CLEARED = _PREFIXES["cleared"]
NOT_REPLICATED = (CLICKSTREAM, _PREFIXES["clickstreamErrors"], CLEARED)
"""Folders of the raw zone that hold no tables."""
CURRENT = _PREFIXES["current"]
MODELS = _PREFIXES["models"]
STATE = _PREFIXES["state"]
RUNS = _PREFIXES["runs"]
ATTENTION: str = _CONTRACT["runs"]["attention"]
UNSENT: str = _CONTRACT["runs"]["unsent"]
STAGING = _PREFIXES["staging"]
STREAM = _PREFIXES["stream"]
BATCH = _PREFIXES["batch"]
"""Folders of the processed zone, and what a batch's begins with."""

_FILES: dict[str, Any] = _CONTRACT["rawFiles"]
_LOAD_FILE = re.compile(_FILES["loadPattern"])
_CHANGE_FILE = re.compile(_FILES["changePattern"])
_MESSAGES_FILE = re.compile(_FILES["messagesPattern"])


def load_file(number: int) -> str:
    """Name of the nth file of a full load, from 1."""
    return f"{_FILES['loadPrefix']}{number:0{_FILES['loadDigits']}X}{_FILES['extension']}"


def is_load_file(name: str) -> bool:
    return _LOAD_FILE.fullmatch(name) is not None


def is_change_file(name: str) -> bool:
    return _CHANGE_FILE.fullmatch(name) is not None


def is_messages_file(path: str) -> bool:
    """`path`: below the table's folder."""
    return _MESSAGES_FILE.fullmatch(path) is not None


PARQUET: str = _FILES["extension"]
"""What names of files of rows end with."""

CHANGES: str = _CONTRACT["catalog"]["changeLogSuffix"]
"""What the name of a change log in the catalog ends with."""

CLICKS: str = _CONTRACT["catalog"]["clickstream"]
"""Name of the clicks in the catalog."""

OWN_BATCH: str = _CONTRACT["catalog"]["ownBatch"]
"""Key of a change log's partitions, where the table has a column of the usual name."""

OWN_COLUMNS = frozenset({*_LOG.values(), *_CONTRACT["catalog"]["ownColumns"], OWN_BATCH})
"""Columns of change logs and current tables that no column of the source may be called, in lower case."""

BY_HAND: str = _CONTRACT["runs"]["byHand"]
"""Run id of jobs that were started without one."""

EXIT_CODES: dict[str, int] = _CONTRACT["jobs"]["exitCodes"]
"""Exit code of a job by the state in its report."""

RULE_KINDS: tuple[str, ...] = tuple(_CONTRACT["ruleKinds"])
"""Kinds of rules."""
