"""Raw zone → change log: which files are new, and how they become batches."""

from __future__ import annotations

from bisect import bisect
from itertools import groupby

from lakehouse.changes import batches, emptied, listing, log_compaction, naming, old_files, registration
from lakehouse.changes.batches import NewFile
from lakehouse.changes.listing import Listed
from lakehouse.contract import BATCH, COMMIT_TIME, OPERATION, SEQUENCE
from lakehouse.raw import raw_files
from lakehouse.raw.raw_files import BrokenFile, FileGone, Kind
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import Storage, StoredFile
from lakehouse.storage.state import Columns, SeenFile, SetAside, TableState

CHANGE_COLUMNS: Columns = [(OPERATION, "string"), (COMMIT_TIME, "string"), (SEQUENCE, "string")]
"""Columns of the change log before those of the source."""


def extend(job: Job, kind: Kind) -> None:
    """Takes all new raw files of a kind into the change log."""
    job.report.rests_on_lake()
    # Before the files: an order is written before they go.
    orders = emptied.Orders.of(job)
    listed = listing.raw_zone(job, kind)
    names = sorted(listed.keys() | state.known_tables(job.processed))
    naming.settle(job, names, set(listed))

    def work(table: Table) -> None:
        found = listed.get((table.schema, table.name), Listed(job.raw, []))
        if orders.is_loading(table):
            job.report.table(table.schema, table.name, 0, 0, "unchanged, because its full load is in progress")
            return
        try:
            _extend_table(job, kind, table, found, orders)
        except FileGone as error:
            # No state was written: the next run sees what the table is then.
            log.info("%s is left for the next run: %s was removed or changed during this run", table, error)

    job.for_each([job.datasets.table(*name) for name in names], work)
    registration.register(job, CHANGE_COLUMNS)


def _extend_table(job: Job, kind: Kind, table: Table, listed: Listed, orders: emptied.Orders) -> None:
    known = state.load(job.processed, table)
    listed = listed.enough_for(table, known)
    raw, present = listed.storage, listed.files
    days = dict(known.old_files.days)
    old = set() if listed.after else old_files.in_log(job, raw, table, known, present)
    ended = bool(known.files) and not any(file.name in known.files or file.name in old for file in present)
    if ended and raw is job.raw and not orders.allow(job, table, known, present):
        emptied.block(job, table)
        return
    before = (len(known.set_aside), known.generation, days)
    if _forget_lost(job, table, known):
        log.warning("%s: rows of its change log are missing; rebuilding it from the raw zone", table)
    elif kind == "change" and log_compaction.compact(job, table, known):
        known = state.load(job.processed, table)
    names = {file.name for file in present}
    for name in [name for name in known.set_aside if name > listed.after and name not in names]:
        del known.set_aside[name]
    known.cleared = max(known.cleared, orders.given(table))
    if ended and known.files:
        known.forget_files()
        known.begin_generation()
    if not known.old_files.until:
        old = set()
    noted = listed.notes(known)
    dropped = known.drop_gone(names, listed.after)
    of_kind = [file for file in present if raw_files.kind_of(file.name) == kind]
    if kind == "change" and any(
        _is_replaced(known, file) for file in present if raw_files.kind_of(file.name) == "load"
    ):
        # The table was reloaded after process-load had looked: its changes belong after the new full load.
        return
    new, changed = _new_files(job, raw, kind, table, known, [file for file in of_kind if file.name not in old])
    if kind == "load" and new:
        kept = any(raw_files.kind_of(name) == "change" and (name in known.files or name in old) for name in names)
        _begin_full_load(known, new, kept)
    was_part = kind == "load" and known.part_of_load
    if was_part and not new:
        known.part_of_load = False
    if new:
        try:
            _write(job, raw, kind, table, known, new)
        except Exception:
            if not _set_aside_unreadable(job, raw, table, new):
                raise
            return _extend_table(job, kind, table, listed, orders)
    elif (
        ended
        or dropped
        or changed
        or was_part
        or noted
        or before != (len(known.set_aside), known.generation, known.old_files.days)
    ):
        state.save(job.processed, table, known)
    for file in of_kind:
        if file.name in known.set_aside:
            job.report.file_set_aside(f"{raw.uri}/{file.path}", known.set_aside[file.name].reason)


def _begin_full_load(known: TableState, new: list[NewFile], kept: bool) -> None:
    """
    Begins a generation where new files of a full load are a reload: after one before, or after changes. `kept`: whether
    change files are still there.
    """
    loaded_at = min(entry.footer.loaded_at for entry in new)
    loads = [name for name in known.files if raw_files.kind_of(name) == "load" and _is_in_generation(known, name)]
    changes = [name for name in known.files if raw_files.kind_of(name) == "change"]
    # A table that was empty at its full load has no file of it, but changes that were written before this one.
    after_changes = not loads and any(raw_files.written_at(name) < loaded_at for name in changes)
    if after_changes or any(entry.file.name in loads for entry in new):
        # Change files that were not removed for the reload may have more of their kind on the way.
        known.begin_generation(loaded_at if kept else "")
    elif not known.files:
        # Started over from the raw zone, it may find change files that an earlier reload left.
        known.loaded_at = loaded_at


def _forget_lost(job: Job, table: Table, known: TableState) -> bool:
    """
    Begins a table again where a batch that counts has lost its data, for instance since somebody removed a damaged
    folder; says whether it does. The raw zone has all that counts. Older batches stay, as history.
    """
    there = {
        file.path.split("/")[2]
        for file in job.processed.files(table.change_log)
        if file.name.endswith(".parquet") and file.size > 0
    }
    counting = known.current_batches()
    if all(batch.rows == 0 or f"{BATCH}{batch.number}" in there for batch in counting):
        return False
    known.forget_files()
    known.begin_generation()
    for batch in known.batches:
        # Their rows come once more; without any they have no folder, and what is left of it goes. History stays lost.
        if batch in counting or f"{BATCH}{batch.number}" not in there:
            batch.rows = 0
    return True


def _is_replaced(known: TableState, file: StoredFile) -> bool:
    seen = known.files.get(file.name)
    return seen is not None and (seen.size, seen.modified) != (file.size, file.modified)


def _is_in_generation(known: TableState, name: str) -> bool:
    return name in known.files and known.files[name].batch >= known.generation


def _new_files(
    job: Job, raw: Storage, kind: Kind, table: Table, known: TableState, files: list[StoredFile]
) -> tuple[list[NewFile], bool]:
    """Files whose rows are not in the change log yet, and whether the state changed while looking."""
    new: list[NewFile] = []
    changed = False
    in_log = {seen.changes: seen for seen in known.files.values() if seen.changes}
    for file in files:
        seen: SeenFile | SetAside | None = known.files.get(file.name) or known.set_aside.get(file.name)
        if seen is not None and (seen.size, seen.modified) == (file.size, file.modified):
            continue
        changed = True
        try:
            footer = raw_files.read_footer(raw, file, kind)
        except BrokenFile as error:
            known.set_aside[file.name] = SetAside(file.size, file.modified, str(error))
            continue
        known.set_aside.pop(file.name, None)
        same = seen if isinstance(seen, SeenFile) and seen.footer == footer.digest else in_log.get(footer.changes)
        if same is not None:
            # The same content, written once more or delivered under another name.
            known.files[file.name] = SeenFile(file.size, file.modified, footer.digest, same.batch, same.changes)
            continue
        if known.old_files.until and old_files.has_rows(job, raw, table, known, file, footer):
            known.files[file.name] = SeenFile(file.size, file.modified, footer.digest, 0, footer.changes)
            continue
        if footer.changes:
            in_log[footer.changes] = SeenFile(file.size, file.modified, footer.digest, 0, footer.changes)
        new.append(NewFile(file, footer))
    return new, changed


def _set_aside_unreadable(job: Job, raw: Storage, table: Table, files: list[NewFile]) -> bool:
    """Quarantines files whose footer is whole but whose data is not. Says whether there were any."""
    known = state.load(job.processed, table)
    found = False
    for entry in files:
        file = entry.file
        try:
            raw_files.read_all(raw, file)
        except BrokenFile as error:
            known.set_aside[file.name] = SetAside(file.size, file.modified, str(error))
            found = True
    if found:
        state.save(job.processed, table, known)
    return found


def _write(job: Job, raw: Storage, kind: Kind, table: Table, known: TableState, new: list[NewFile]) -> None:
    """
    Writes new files as batches, one or more for each run of files with one schema, and the state after each. Killed in
    between, the next run finds folders that no state knows, removes them and continues with the files of that batch.
    """
    folders = [name for name in job.processed.folders(table.change_log) if name.startswith(BATCH)]
    numbers = {batch.number for batch in known.batches if batch.rows > 0}
    for name in folders:
        if int(name.removeprefix(BATCH)) not in numbers:
            job.processed.delete_folder(f"{table.change_log}/{name}")
    known.number_after(job.lease.takeovers)
    rows = 0
    in_log = sorted(known.files)

    def run(entry: NewFile) -> tuple[str, int | str, bool]:
        # Files with one of the log's between them stay apart: the order of batches is the order of schemas.
        position: int | str = bisect(in_log, entry.file.name)
        if known.old_files.until and position == 0:
            position = entry.file.name
        old = kind == "change" and raw_files.written_at(entry.file.name) < known.loaded_at
        return entry.footer.layout, position, old

    left = len(new)
    # Before the loop: with each batch the state knows more files.
    runs = [(key, list(group)) for key, group in groupby(new, key=run)]
    for (_, _, old), of_run in runs:
        for entries in batches.of_bounded_size(of_run):
            batch = batches.of(known.next_batch, kind, entries, old)
            paths = [entry.file.path for entry in entries if entry.footer.rows > 0]
            if paths:
                frame = batches.rows(job.engine.read_parquet(raw, paths), batch)
                batches.write(job, table, batch, frame)
            known.batches.append(batch)
            known.next_batch += 1
            for entry in entries:
                file = entry.file
                footer = entry.footer
                known.files[file.name] = SeenFile(file.size, file.modified, footer.digest, batch.number, footer.changes)
            rows += batch.rows
            left -= len(entries)
            if kind == "load":
                known.part_of_load = left > 0
            known.fold()
            state.save(job.processed, table, known)
    job.report.table(table.schema, table.name, rows, rows, f"{len(new)} files" if len(new) > 1 else "1 file")
