"""Which models are built, in which order, and what becomes of those behind a failed one."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from lakehouse.contract import MODELS
from lakehouse.current.apply_changes import MAINTAIN_EVERY
from lakehouse.models import rows
from lakehouse.models.inputs import Input, Inputs, UnknownName
from lakehouse.models.made_of import Made, MadeOf
from lakehouse.quality import checks
from lakehouse.quality.rules import Candidate
from lakehouse.run import arguments
from lakehouse.run.job import Job
from lakehouse.run.report import log
from lakehouse.storage.datasets import Table
from lakehouse.storage.models import Model, Reference

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def build_models(job: Job) -> None:
    """
    Builds every model whose SQL, rules or tables changed, or of these those that `--models` names; one that the
    definition has no more goes. Models of `--failed_tables`, whose jobs failed in this run, stay as they are.
    """
    job.report.rests_on_lake()
    models = {model.name: model for model in map(Model.of, job.datasets.models)}
    wanted = arguments.optional(job.argv, "models")
    names = set(models) if wanted is None else set(wanted.split(","))
    unknown = sorted(names - set(models))
    if unknown:
        raise ValueError(f"unknown model {', '.join(unknown)}; the models are {', '.join(models) or 'none'}")
    build = _Build(job, models, (arguments.optional(job.argv, "failed_tables") or "").split(","))
    if wanted is None:
        build.remove_others()
    job.keeps += [model.place for model in models.values()]
    for wave in _waves([model for name, model in models.items() if name in names]):
        job.for_each(wave, build.model)


def _waves(models: Iterable[Model]) -> Iterator[list[Model]]:
    """Models in groups, each after those that its models come after."""
    waiting = list(models)
    while waiting:
        names = {model.name for model in waiting}
        ready = [model for model in waiting if not names & set(model.after)]
        if not ready:
            raise ValueError(f"these models depend on each other: {', '.join(sorted(names))}")
        yield ready
        waiting = [model for model in waiting if model not in ready]


class _Build:
    """One run. `stopped`: models of it that came to nothing, and tables of jobs that failed."""

    def __init__(self, job: Job, models: dict[str, Model], failed_tables: Iterable[str]) -> None:
        self._job = job
        self._models = models
        self._made = Made(job.processed)
        self._inputs = Inputs(job)
        self._stopped = set(failed_tables)

    def remove_others(self) -> None:
        """Removes the tables of models that are no more."""
        there = {*self._made.names, *self._job.processed.folders(MODELS)}
        for name in sorted(there - set(self._models)):
            table = Table(MODELS, name).current
            if self._inputs.owner(name) is None:
                self._job.engine.drop_table(table)
            else:
                # Its name in the catalog is another table's now.
                self._job.processed.delete_folder(table.location)
            self._made.put(name, None)
            self._job.report.table(MODELS, name, 0, 0, "removed: no longer in the definition")

    def model(self, model: Model) -> None:
        """Builds a model where that is due. One that fails stops those that read it."""
        behind = next((one.name for one in model.references if one.name.lower() in self._stopped), None)
        if behind is not None:
            self._stop(model, f"skipped: depends on {behind.lower()}")
            return
        try:
            owner = self._inputs.owner(model.name)
            if owner is not None:
                raise ValueError(
                    f"{model.file}: {owner} is already called {model.name} in the catalog: rename the file"
                )
            self._build(model)
        except Exception:
            self._stopped.add(model.name)
            raise

    def _stop(self, model: Model, why: str) -> None:
        self._stopped.add(model.name)
        self._job.report.table(MODELS, model.name, 0, 0, why)

    def _build(self, model: Model) -> None:
        spelled = {one.name: self._find(one, model) for one in model.references}
        inputs = {found.name: found for found in spelled.values()}
        missing = [name for name, found in inputs.items() if found.version is None]
        if missing:
            self._stop(model, f"skipped: {', '.join(missing)} does not exist yet")
            return
        versions = {name: found.version for name, found in inputs.items() if found.version is not None}
        before = self._made.get(model.name)
        now = MadeOf.of(model, versions, _first_version() if before is None else before.version + 1)
        why = now.difference(before)
        is_there = not self._job.is_gone(model.place)
        if is_there and before is None:
            why = "its state was lost"
        elif before is not None and not is_there:
            why = "its table was removed"
        if why is None:
            self._job.report.left(MODELS, model.name)
            return
        written = self._publish(model, spelled)
        if written is None:
            self._stop(model, f"blocked by a rule ({why})")
            return
        self._made.put(model.name, now)
        if now.version % MAINTAIN_EVERY == 0:
            self._job.engine.maintain(model.place, lambda found, _: found)
        self._job.report.table(MODELS, model.name, sum(found.count() for found in inputs.values()), written, why)

    def _publish(self, model: Model, spelled: dict[str, Input]) -> int | None:
        """
        Number of rows; None where a rule is broken and nothing was published. `spelled`: tables by the SQL's names for
        them.
        """
        job = self._job
        selected = job.engine.select(model.sql, {name: found.read() for name, found in spelled.items()})
        with job.engine.unpublished(model.place, rows.publishable(model, selected)) as new:
            if not checks.check(job, Candidate.of(model.table, new.rows, self._other)):
                return None
            new.publish()
        return job.engine.count_rows(model.place)

    def _other(self, schema: str, name: str) -> DataFrame | None:
        table = self._job.datasets.table(schema, name).current
        return self._job.engine.read_table(table) if self._job.engine.table_exists(table) else None

    def _find(self, reference: Reference, model: Model) -> Input:
        name = reference.name.lower()
        if name not in self._models:
            try:
                return self._inputs.find(reference, model, [other for other in self._models if other != model.name])
            except UnknownName:
                log.warning("%s reads a table that is not in the lake", model.file)
                raise
        place = self._models[name].place
        made = self._made.get(name)
        is_there = made is not None and not self._job.is_gone(place)
        return Input(
            name,
            str(made.version) if made is not None and is_there else None,
            lambda: self._job.engine.read_table(place),
            lambda: self._job.engine.count_rows(place),
        )


def _first_version() -> int:
    """Another than any before, so that what was made of a table whose state was removed is made of it once more."""
    return time.time_ns() // 1_000_000 * MAINTAIN_EVERY + 1
