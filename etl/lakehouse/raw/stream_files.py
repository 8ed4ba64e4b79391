"""
Tables that come through Kinesis: files of messages below `<schema>/<table>/YYYY/MM/DD/HH/` of the raw zone become files
as DMS writes them to S3, in the folder `_stream` of the processed zone. From there on there is one way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.contract import PARQUET, STREAM, is_load_file, is_messages_file, load_file
from lakehouse.raw.raw_files import BrokenFile, Kind, folder_of, table_at, written_at
from lakehouse.raw.stream_messages import CLEARING, Definition, Message, parse, table_of
from lakehouse.raw.taken_in import Known, TakenIn
from lakehouse.run.job import Job
from lakehouse.storage import state
from lakehouse.storage.datasets import Table
from lakehouse.storage.files import DamagedState, Storage, StoredFile

BYTES_AT_A_TIME = 16 * 1024 * 1024
"""Compressed bytes of messages that are in memory at a time."""


@dataclass
class _State(Known):
    """
    Beside what was taken in, `files`: the files made of it, each with the time of its last message. `definition`: the
    newest `table-def`. `cleared`: when the table last started over. `loads`, `changes`: numbers in the names of the
    last files.
    """

    files: dict[str, str] = field(default_factory=dict)
    definition: dict[str, object] | None = None
    cleared: str = ""
    loads: int = 0
    changes: int = 0


@dataclass
class _Run:
    """Messages in a row that become one file."""

    kind: Kind
    definition: Definition
    messages: list[Message] = field(default_factory=list)
    last: str = ""


def storage(job: Job) -> Storage:
    """Where the made files lie, in the layout of the raw zone."""
    return Storage(f"{job.processed.uri}/{STREAM}")


def starts(job: Job) -> dict[tuple[str, str], str]:
    """Tables whose messages need not all be listed, each with the day from which on they are."""
    target = storage(job)
    found = {}
    for name in state.known_tables(target):
        try:
            first = _load(target, name).lists_from
        except DamagedState:
            continue  # who works on the table says so
        if first:
            found[name] = first
    return found


def stage(
    job: Job, files: Iterable[StoredFile], first: dict[tuple[str, str], str]
) -> dict[tuple[str, str], list[StoredFile]]:
    """
    Takes in what is new of the raw zone's files, and gives the made files of every table that comes by Kinesis.
    `first`: as `starts` gives it.
    """
    target = storage(job)
    listed = _messages(job.raw, files)
    names = sorted(listed.keys() | first.keys())
    job.for_each(names, lambda name: _stage_table(job, target, name, listed.get(name, []), first.get(name, "")))
    made: dict[tuple[str, str], list[StoredFile]] = {}
    for name in names:
        known = _load(target, name)
        own = target.files(Table(*name).folder)
        made[name] = [file for file in own if file.name in known.files]
    return made


def _messages(raw: Storage, files: Iterable[StoredFile]) -> dict[tuple[str, str], list[StoredFile]]:
    found: dict[tuple[str, str], list[StoredFile]] = {}
    for file in files:
        schema, _, rest = file.path.partition("/")
        table, _, inner = rest.partition("/")
        if is_messages_file(inner) and file.size > 0:
            found.setdefault(table_at(raw, schema, table), []).append(file)
    return found


def _stage_table(job: Job, target: Storage, name: tuple[str, str], files: list[StoredFile], first: str) -> None:
    table = Table(*name)
    known = _load(target, name)
    _remove_unknown(target, name, known)
    before = asdict(known)
    taken_in = TakenIn(target, table, known, folder_of(job.raw, table), files, first)
    fresh = [file for file in files if not taken_in.has(file)]
    while fresh:
        group, fresh = _group(fresh)
        messages: list[Message] = []
        read: list[str] = []
        for file in group:
            try:
                messages += parse(job.raw.read(file.path), file.name)
                read.append(file.path)
            except BrokenFile as error:
                job.report.file_set_aside(f"{job.raw.uri}/{file.path}", str(error))
        try:
            _take_in(target, name, known, sorted(messages, key=lambda message: message.timestamp))
        except BrokenFile as error:
            # None of it counts yet: what is missing may come, and later messages must not pass these.
            for path in read:
                job.report.file_set_aside(f"{job.raw.uri}/{path}", str(error))
            break
        taken_in.add(read)
        taken_in.note(known)
        if read:
            target.write_json(_state_file(name), asdict(known))
            before = asdict(known)
            _remove_unknown(target, name, known)
    taken_in.note(known)
    if asdict(known) != before:
        target.write_json(_state_file(name), asdict(known))


def _group(files: list[StoredFile]) -> tuple[list[StoredFile], list[StoredFile]]:
    """The first files, as many as fit into memory, and the others."""
    size = 0
    for index, file in enumerate(files):
        size += file.size
        if index > 0 and size > BYTES_AT_A_TIME:
            return files[:index], files[index:]
    return files, []


def _take_in(target: Storage, name: tuple[str, str], known: _State, messages: list[Message]) -> None:
    """Writes the files for some messages; they count once the state is written."""
    runs: list[_Run] = []
    newest = known.definition
    definition = None if newest is None else Definition.of(newest)
    cleared = ""
    empty = False
    for message in messages:
        if message.timestamp < known.cleared:
            continue  # it came late, and what came before the table's last beginning does not count
        if message.operation in CLEARING:
            runs.clear()
            cleared = message.timestamp
        if message.definition is not None:
            changed = Definition.of(message.definition)
            empty = empty or changed != definition or message.operation in CLEARING
            newest, definition = message.definition, changed
        if not message.data:
            continue
        if definition is None or not definition.names >= _columns(message, definition):
            raise BrokenFile("no earlier control message describes the columns of its rows")
        kind: Kind = "load" if message.operation == "load" else "change"
        if not runs or (runs[-1].kind, runs[-1].definition) != (kind, definition):
            runs.append(_Run(kind, definition))
        runs[-1].messages.append(message)
        runs[-1].last = message.timestamp
    tables = [(run, table_of(run.messages, run.definition)) for run in runs]
    if empty and definition is not None and (not runs or runs[-1].definition != definition):
        # Readers see a table's new columns, or that it is empty, though no row came yet.
        tables.append((_Run("change", definition, last=cleared), table_of([], definition)))
    if cleared:
        _clear(target, name, known, cleared)
    for run, rows in tables:
        path = _next_file(known, run.kind, run.last)
        sink = pa.BufferOutputStream()
        pq.write_table(rows, sink)
        target.write(f"{Table(*name).folder}/{path}", sink.getvalue())
        known.files[path] = run.last
    known.definition = newest
    known.cleared = cleared or known.cleared


def _columns(message: Message, definition: Definition) -> set[str]:
    """Source columns in a message."""
    added = set(definition.schema.names) - definition.names
    return message.data.keys() - added


def _clear(target: Storage, name: tuple[str, str], known: _State, time: str) -> None:
    """
    Forgets the files of what came before; then the table starts over. A file of what came after, though it was taken in
    before, is written under a new name, so that it counts for the new beginning.
    """
    for file, last in list(known.files.items()):
        del known.files[file]
        if last > time:
            again = _next_file(known, "load" if is_load_file(file) else "change", last)
            folder = Table(*name).folder
            target.write(f"{folder}/{again}", target.read(f"{folder}/{file}"))
            known.files[again] = last


def _next_file(known: _State, kind: Kind, last: str) -> str:
    """`last`: time of its newest message. Changes are named no earlier: a load has the time of its own messages."""
    if kind == "load":
        known.loads += 1
        return load_file(known.loads)
    now = int(datetime.now(timezone.utc).timestamp() * 1000)
    known.changes = max(known.changes + 1, now, _milliseconds(last))
    time = datetime.fromtimestamp(known.changes / 1000, timezone.utc)
    return f"{time:%Y%m%d-%H%M%S}{known.changes % 1000:03d}{PARQUET}"


def _milliseconds(time: str) -> int:
    """Since 1970, of an ISO 8601 time in UTC, however many digits its seconds have; 0 of what is none."""
    digits = written_at(time)
    if len(digits) < 14:
        return 0
    seconds = datetime.strptime(digits[:14], "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    return int(seconds.timestamp()) * 1000 + int(digits[14:].ljust(3, "0"))


def _state_file(name: tuple[str, str]) -> str:
    return Table(*name).state


def _load(target: Storage, name: tuple[str, str]) -> _State:
    path = _state_file(name)
    try:
        return _State(**(target.read_json(path) or {}))
    except TypeError as error:
        raise DamagedState(
            f"{target.uri}/{path} is damaged ({error}): remove it and run the jobs, which rebuild it"
        ) from error


def _remove_unknown(target: Storage, name: tuple[str, str], known: _State) -> None:
    """Removes files that a run left that was killed before it wrote the state, and those that were cleared."""
    for file in target.files(Table(*name).folder):
        if file.name not in known.files:
            target.delete_file(file.path)
