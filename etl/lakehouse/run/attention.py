"""What somebody should know of a job that found bad data: the text that the state machine sends to the topic."""

from __future__ import annotations

import json
from contextlib import suppress

from lakehouse.contract import ATTENTION, MODELS, RUNS, UNSENT
from lakehouse.run.report import Report
from lakehouse.storage.datasets import Datasets
from lakehouse.storage.files import DamagedState, Storage
from lakehouse.storage.models import Model

MOST = 20
"""Tables and files that a text names; the report has all."""


def path(run_id: str, job: str) -> str:
    """Of a text that is not sent yet: whoever sends it removes it then, in this run or in a later one."""
    return f"{RUNS}/{ATTENTION}/{UNSENT}/{run_id}-{job}.txt"


def note(processed: Storage, report: Report, datasets: Datasets) -> None:
    """
    Writes the text, where something else is bad than when it last wrote one: a file stays quarantined in every run
    until somebody removes it. It names no values of rows. Where nothing is bad any more, what is bad next is new.
    """
    last = f"{RUNS}/{ATTENTION}/{report.job}.json"
    broken = sorted({(broken.table, broken.rule) for broken in report.quality if broken.severity == "error"})
    files = sorted(file["uri"] for file in report.set_aside)
    if not broken and not files:
        # A job that failed may not have got to what is bad.
        if report.state == "succeeded" and processed.exists(last):
            processed.delete_file(last)
        return
    # As it comes back from the file.
    bad = json.loads(json.dumps([broken, files]))
    with suppress(DamagedState):
        if processed.read_json(last) == bad:
            return
    processed.write(path(report.run_id, report.job), text(processed.uri, report, datasets).encode())
    processed.write_json(last, bad)


def text(uri: str, report: Report, datasets: Datasets) -> str:
    """What was blocked, by which rules, what reads it, and which files were quarantined."""
    lines = [f"{report.job} of run {report.run_id} found bad data."]
    blocked: dict[str, list[str]] = {}
    for broken in report.quality:
        if broken.severity == "error":
            blocked.setdefault(broken.table, []).append(f"{broken.rule} ({broken.failed_rows} rows)")
    keyless, files = _split(report)
    lines += _part(
        "Blocked (these tables were not changed):",
        [f"{table}: {'; '.join(rules)}{_kept(readers(table, datasets))}" for table, rules in sorted(blocked.items())]
        + keyless,
    )
    lines += _part("Quarantined (skipped until they change or are removed):", files)
    lines += ["", "Everything else was processed.", f"Report: {uri}/{RUNS}/{report.run_id}/{report.job}.json"]
    return "\n".join(lines)


def _split(report: Report) -> tuple[list[str], list[str]]:
    """Tables whose changes cannot be applied, which are quarantined by their folder, and files that cannot be read."""
    keyless = [entry["reason"] for entry in report.set_aside if entry["uri"].endswith("/")]
    files = [f"{entry['uri']}: {entry['reason']}" for entry in report.set_aside if not entry["uri"].endswith("/")]
    return keyless, files


def readers(table: str, datasets: Datasets) -> list[str]:
    """Models that read a table of the source or a model, also by way of other models."""
    schema, _, name = table.partition(".")
    names = {name if schema == MODELS else datasets.table(schema, name).catalog_name}
    models = [Model.of(value) for value in datasets.models]
    found: set[str] = set()
    while more := {
        model.name
        for model in models
        if model.name not in found and names & {reference.name.lower() for reference in model.references}
    }:
        found |= more
        names |= more
    return sorted(found)


def _kept(models: list[str]) -> str:
    return f"; models that read it: {', '.join(models)}" if models else ""


def _part(title: str, entries: list[str]) -> list[str]:
    if not entries:
        return []
    more = [f"- and {len(entries) - MOST} more"] if len(entries) > MOST else []
    return ["", title, *[f"- {entry}" for entry in entries[:MOST]], *more]
