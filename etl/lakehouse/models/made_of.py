"""What each model was made of when it was last published: one JSON file of them all."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass
from typing import Any

from lakehouse.contract import MODELS, STATE
from lakehouse.quality import severity
from lakehouse.storage.files import Storage
from lakehouse.storage.models import Model
from lakehouse.storage.state import fingerprint

STATE_FILE = f"{STATE}/{MODELS}.json"


@dataclass(frozen=True)
class MadeOf:
    """Fingerprints of SQL and rules, versions of the tables read by their names; `version` grows with publications."""

    sql: str
    rules: str
    inputs: dict[str, str]
    version: int

    @staticmethod
    def of(model: Model, inputs: dict[str, str], version: int) -> MadeOf:
        rules = severity.of_rules(model.table.rules)
        return MadeOf(fingerprint(model.sql.strip()), rules, inputs, version)

    def difference(self, other: MadeOf | None) -> str | None:
        """Why what was made of the other one is not what would be made now; None where it is."""
        if other is None:
            return "first time"
        changed = sorted(name for name in self.inputs if self.inputs[name] != other.inputs.get(name))
        reasons = [
            *(["SQL changed"] if self.sql != other.sql else []),
            *(["rules changed"] if self.rules != other.rules else []),
            *([f"{', '.join(changed)} changed"] if changed and self.sql == other.sql else []),
        ]
        return ", ".join(reasons) or None


class Made:
    """The state file; written after each model, so that a killed run has lost one at most."""

    def __init__(self, processed: Storage) -> None:
        self._processed = processed
        self._lock = threading.Lock()
        value: dict[str, Any] = processed.read_json(STATE_FILE) or {}
        self._models = {name: MadeOf(**made) for name, made in value.items()}

    @property
    def names(self) -> list[str]:
        return sorted(self._models)

    def get(self, name: str) -> MadeOf | None:
        return self._models.get(name)

    def put(self, name: str, made: MadeOf | None) -> None:
        """`made`: None where there is no such model any more."""
        with self._lock:
            if made is None:
                self._models.pop(name, None)
            else:
                self._models[name] = made
            self._processed.write_json(STATE_FILE, {key: asdict(value) for key, value in self._models.items()})
