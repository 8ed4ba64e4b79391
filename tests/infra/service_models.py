"""
Checks requests against botocore's models of the AWS APIs. Standard input: a list of {service, operation, params}.
Standard output: for each a list of what is wrong, by the service's own rules: unknown and missing members, types,
enums, lengths, ranges and patterns.
"""

import json
import re
import sys
from datetime import datetime
from typing import Any

import botocore.session
from botocore.model import Shape

session = botocore.session.get_session()


def faults(value: Any, shape: Shape, path: str) -> list[str]:
    kind = shape.type_name
    rules = shape.metadata
    if kind == "structure":
        if not isinstance(value, dict):
            return [f"{path}: no structure"]
        found = [f"{path}: {name} is missing" for name in shape.required_members if name not in value]
        for name, member in value.items():
            if name in shape.members:
                found += faults(member, shape.members[name], f"{path}.{name}")
            else:
                found.append(f"{path}: {name} is unknown")
        return found
    if kind == "list":
        if not isinstance(value, list):
            return [f"{path}: no list"]
        found = length_faults(len(value), rules, path)
        return found + [f for i, item in enumerate(value) for f in faults(item, shape.member, f"{path}[{i}]")]
    if kind == "map":
        if not isinstance(value, dict):
            return [f"{path}: no map"]
        found = length_faults(len(value), rules, path)
        for name, item in value.items():
            found += faults(name, shape.key, f"{path} key") + faults(item, shape.value, f"{path}.{name}")
        return found
    if kind == "string":
        if not isinstance(value, str):
            return [f"{path}: no string: {value!r}"]
        found = length_faults(len(value), rules, path)
        if shape.enum and value not in shape.enum:
            found.append(f"{path}: {value!r} is not one of {shape.enum}")
        pattern = rules.get("pattern")
        if pattern and not matches(pattern, value):
            found.append(f"{path}: {value!r} does not match {pattern}")
        return found
    if kind == "boolean":
        return [] if isinstance(value, bool) else [f"{path}: no boolean: {value!r}"]
    if kind in ("integer", "long", "float", "double"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return [f"{path}: no number: {value!r}"]
        return length_faults(value, rules, path)
    if kind == "timestamp":
        return [] if isinstance(value, str) and is_instant(value) else [f"{path}: no time of ISO 8601: {value!r}"]
    return [f"{path}: a {kind} cannot be checked"]


def is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).tzinfo is not None
    except ValueError:
        return False


def length_faults(size: float, rules: dict[str, Any], path: str) -> list[str]:
    found = []
    if "min" in rules and size < rules["min"]:
        found.append(f"{path}: {size} is less than {rules['min']}")
    if "max" in rules and size > rules["max"]:
        found.append(f"{path}: {size} is more than {rules['max']}")
    return found


def matches(pattern: str, value: str) -> bool:
    # The models are written for Java, whose classes of characters Python spells otherwise.
    python = pattern.replace(r"\p{Print}", r"\x20-\x7e").replace(r"\uD800\uDC00-\uDBFF\uDFFF", "\U00010000-\U0010ffff")
    python = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), python)
    python = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda match: chr(int(match[1], 16)), python)
    python = re.sub(r"\\p\{[LNZSPMC][a-z]?\}", r"\\w\\s", python)
    return re.search(python, value) is not None


def check(request: dict[str, Any]) -> list[str]:
    service = session.get_service_model(request["service"])
    operation = service.operation_model(request["operation"])
    return faults(request["params"], operation.input_shape, request["operation"])


json.dump([check(request) for request in json.load(sys.stdin)], sys.stdout)
