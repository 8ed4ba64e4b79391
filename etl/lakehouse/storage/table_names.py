"""
Names of the source's tables in the catalog. A table has its own name where no other table has that; where two would
have one name, neither has it: both are qualified by their schema, so that no query reads the wrong one. A qualified
name stays, also when the other table goes: `_state/names.json` has the names, for all jobs and for the CLI.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from lakehouse.contract import CHANGES, CLICKS, STATE
from lakehouse.names import LONGEST, catalog_form, exact_form
from lakehouse.storage.datasets import Datasets, Table
from lakehouse.storage.files import Storage

FILE = f"{STATE}/names.json"

Names = dict[tuple[str, str], str]
"""Name in the catalog by schema and table."""


def read(processed: Storage) -> Names:
    """The names that were given. Raises DamagedState."""
    return {(entry["schema"], entry["table"]): entry["name"] for entry in processed.read_json(FILE) or []}


def registered(processed: Storage) -> Names:
    """Of tables with another name since: what their current table is still called in the catalog."""
    found = processed.read_json(FILE) or []
    return {(entry["schema"], entry["table"]): entry["registered"] for entry in found if "registered" in entry}


def write(processed: Storage, names: Names, registered: Names) -> None:
    """`registered`: as that function says; what is not another name counts as none."""
    entries = []
    for key, name in sorted(names.items()):
        old = registered.get(key, name)
        entries.append({"schema": key[0], "table": key[1], "name": name} | ({} if old == name else {"registered": old}))
    processed.write_json(FILE, entries)


def assign(tables: Iterable[Table], live: set[tuple[str, str]], reserved: Iterable[str], before: Names) -> Names:
    """
    A name for each table, no two alike, nor like that of another's change log. `live`: tables that have files; one that
    was dropped does not qualify another. `reserved`: names that are not for tables of the source.
    """
    ordered = sorted(tables, key=lambda table: ((table.schema, table.name) not in live, table.schema, table.name))
    aliased = {(table.schema, table.name): table.alias.lower() for table in ordered if table.alias}
    given = {*reserved, *(word for name in aliased.values() for word in _claims(name))}
    names: Names = dict(aliased)
    free = [table for table in ordered if (table.schema, table.name) not in aliased]
    here = [table for table in free if (table.schema, table.name) in live]
    for group in (here, [table for table in free if table not in here]):
        levels = {(table.schema, table.name): _level(table, before) for table in group}
        while True:
            found = {key: _candidates(*key)[level] for key, level in levels.items()}
            claimed = Counter(word for name in found.values() for word in _claims(name))
            taken = [
                key
                for key, name in found.items()
                if levels[key] < 2 and any(word in given or claimed[word] > 1 for word in _claims(name))
            ]
            if not taken:
                break
            for key in taken:
                levels[key] += 1
        names |= found
        given |= {word for name in found.values() for word in _claims(name)}
    return names


def reserved(datasets: Datasets) -> set[str]:
    """Names of the catalog that are not for tables of the source: the clicks', and those that jobs make."""
    return {CLICKS, *(table.catalog_name for table in datasets.declared if table.schema in datasets.made)}


def qualified(table: Table) -> bool:
    """Whether a table has another name than its own, though no alias says so."""
    return table.alias is None and table.catalog_name != catalog_form(table.name)


def _claims(name: str) -> tuple[str, str]:
    return name, name + CHANGES


def _candidates(schema: str, table: str) -> tuple[str, str, str]:
    """Names that a table may have, each less likely to be another's; the last one is like no other."""
    unique = exact_form(f"{schema}\0{table}")
    both = f"{exact_form(schema)}_{exact_form(table)}"
    return catalog_form(table), both if len(both) <= LONGEST else unique, unique


def _level(table: Table, before: Names) -> int:
    """A table that was qualified stays so: queries of it stay right."""
    name = before.get((table.schema, table.name))
    candidates = _candidates(table.schema, table.name)
    return candidates.index(name) if name in candidates else 0
