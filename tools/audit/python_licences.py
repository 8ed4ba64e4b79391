"""Writes etl/licences.json: the licence of each package that etl/requirements.lock pins, as the package itself says."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def licence(name: str) -> str:
    """An SPDX expression where the package has one, else its classifier or its own words."""
    found = metadata(name)
    if found["License-Expression"]:
        return str(found["License-Expression"])
    classified = [
        line.rsplit(" :: ", 1)[-1] for line in found.get_all("Classifier") or [] if line.startswith("License :: ")
    ]
    named = [text for text in classified if text != "OSI Approved"]
    return ", ".join(named) or str(found["License"] or "not stated").split("\n")[0]


def main() -> None:
    lock = (ROOT / "etl" / "requirements.lock").read_text()
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", lock, re.MULTILINE)
    target = ROOT / "etl" / "licences.json"
    before = json.loads(target.read_text()) if target.exists() else {}
    found = {}
    for name, version in sorted(pinned):
        key = f"{name} {version}"
        try:
            # Where this Python or system has another version, that one's.
            found[key] = licence(name)
        except PackageNotFoundError:
            # Found out by hand before.
            found[key] = before.get(key, "not stated")
    target.write_text(json.dumps(found, indent="\t", ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
