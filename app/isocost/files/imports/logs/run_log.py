"""A log that was read: its figures, and the run they are of beside a stage of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from isocost.catalog import Catalog
from isocost.files.imports.logs.figures import Figures, figures
from isocost.files.imports.logs.formats import GIBI
from isocost.files.imports.logs.series import Series
from isocost.files.imports.source import Given, Line, NotUnderstoodError, Origin, one_line
from isocost.language import tr
from isocost.plan.project.measuring import (
    DEGREES,
    Measured,
    NotComparableError,
    RunFacts,
    facts_of,
    measured,
    stage_of,
    with_measured,
)
from isocost.plan.project.project import Place, Project
from isocost.quantities import format_fixed, format_rounded, format_share, format_significant
from isocost.quantities.units import GIGA

_NAMES = {"batch": "global_batch_sequences"}
_WORDS = {
    "gpus": "Accelerators",
    "batch": "Sequences a step",
    "sequence": "Tokens a sequence",
    "microbatch": "Microbatch",
}
LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """A log's run beside the stage of a plan that it is of."""

    found: Measured
    figures: Figures
    taken: tuple[str, ...]
    """Of ``gpus``, ``sequence`` and ``batch``: what the log does not say, and the stage does."""
    stage: str
    """Its name."""


@dataclass(frozen=True, slots=True)
class RunLog:
    """A log of a training run."""

    name: str
    """Of the file."""
    series: Series
    figures: Figures

    @property
    def kind(self) -> str:
        return "log"

    def as_json(self) -> dict[str, object]:
        """Every field by its name in commands."""
        told = self.figures
        memory = told.memory_bytes
        return {
            "kind": self.kind,
            "format": self.series.format,
            "tokens_per_s_per_gpu": told.tokens_per_s_per_gpu,
            "tokens_per_s_per_gpu_p10": told.low,
            "tokens_per_s_per_gpu_p90": told.high,
            "step_seconds": told.step_seconds,
            "memory_gb": None if memory is None else memory / GIGA,
            "memory_gib": None if memory is None else memory / GIBI,
            "memory_kind": told.memory_kind,
            "mfu": told.mfu,
            "goodput": told.goodput,
            "steps_used": told.used,
            "records": told.records,
            "layout": {_NAMES.get(name, name): int(value) for name, value in told.layout.items()},
            "needs": list(told.needs),
            "notes": list(told.notes),
        }

    def finding(self) -> str:
        """What it says in one line, without a full stop."""
        told, name = self.figures, f"A log of {self.series.format}"
        if told.tokens_per_s_per_gpu is not None:
            return (
                f"{name}: {_number(told.tokens_per_s_per_gpu)} tokens/s per accelerator in the steady state"
            )
        if told.step_seconds is not None:
            return f"{name}: {format_significant(told.step_seconds, 4)} s a step in the steady state"
        return f"{name} that tells no speed by itself"

    def lines(self) -> tuple[Line, ...]:
        """What was read, each value with where it is from."""
        told = self.figures
        speed = _number(told.tokens_per_s_per_gpu)
        if told.low is not None and told.high is not None and (told.used or 0) > 1:
            speed = f"{speed} (8 records in 10: {_number(told.low)} to {_number(told.high)})"
        found = [
            _line("Tokens/s per accelerator", speed, told.tokens_per_s_per_gpu),
            _line("Seconds a step", format_significant(told.step_seconds or 0.0, 4), told.step_seconds),
            _line("Memory", _memory(told), told.memory_bytes),
            _line("MFU, by the program's own count", format_share(told.mfu or 0.0), told.mfu),
        ]
        if told.goodput is not None:
            found.append(Line("Goodput", format_share(told.goodput), "file"))
        if told.used is not None:
            used = f"{told.used:,} of {told.records:,}: no warm-up, no stalls"
            found.append(Line("Records used", used, "reckoned"))
        for facts, origin in ((told.layout, _FILE), (told.given, _GIVEN)):
            found += [Line(_label(name), _number(value), origin) for name, value in facts.items()]
        found += [Line(_label(name), "needed; the log does not say", "not said") for name in told.needs]
        found += [Line("Note", note, "reckoned") for note in told.notes]
        return tuple(found)

    def change(self, project: Project, catalog: Catalog, at: Place) -> Project:
        """The project corrected by the run. Raises NotUnderstoodError: no stage can be held against it."""
        beside = self.beside(project, catalog, at)
        goodput = beside.figures.goodput
        return with_measured(project, beside.found, scenario=at.scenario, goodput=goodput)

    def beside(self, project: Project, catalog: Catalog, at: Place) -> Beside:
        """The run beside the stage it is of; what the log does not say is taken from that stage.

        Raises NotUnderstoodError.
        """
        if not self.series.trains:
            raise NotUnderstoodError(
                tr(
                    "its speed is of whole steps of reinforcement learning ({format}), which no stage of "
                    "training can be held against.",
                    format=self.series.format,
                )
            )
        scenario = project.scenarios[at.scenario]
        try:
            place = stage_of(scenario, self._facts(self.figures), catalog, at.stage)
            stage = scenario.stages[place]
            own = facts_of(scenario, stage, catalog)
            taken = tuple(name for name in self.figures.needs if getattr(own, name))
            given = Given(**{name: round(getattr(own, name)) for name in taken})
            told = figures(self.series, _joined(self.figures, given))
            if told.tokens_per_s_per_gpu is None:
                raise NotUnderstoodError(
                    tr("it tells no steady speed. {list}", list=" ".join(told.notes)).strip()
                )
            found = measured(
                project,
                told.tokens_per_s_per_gpu,
                self._facts(told),
                catalog,
                source=one_line(self.name)[:LONGEST_SOURCE],
                date=date.today().isoformat(),
                scenario=at.scenario,
                stage=place,
            )
        except NotComparableError as problem:
            raise NotUnderstoodError(str(problem)) from None
        return Beside(found, told, taken, stage.name)

    def _facts(self, told: Figures) -> RunFacts:
        batch, sequence = told.told("batch"), told.told("sequence")
        if batch is None and told.step_tokens and sequence:
            batch = told.step_tokens / sequence
        degrees = {name: told.layout[name] for name in DEGREES if name in told.layout}
        return RunFacts(told.told("gpus"), sequence, batch, degrees)


def run_log(name: str, series: Series, given: Given) -> RunLog:
    """A log with its figures, from what it says and what is said beside it."""
    return RunLog(name, series, figures(series, given))


_FILE: Origin = "file"
_GIVEN: Origin = "given"


def _joined(told: Figures, more: Given) -> Given:
    """What was said beside the log before, and what is said now."""
    values = {name: told.given.get(name, getattr(more, name)) for name in ("gpus", "sequence", "batch")}
    return Given(**{name: None if value is None else int(value) for name, value in values.items()})


def _line(label: str, value: str, figure: float | None) -> Line:
    return Line(label, "", "not said") if figure is None else Line(label, value, "file")


def _label(name: str) -> str:
    return _WORDS.get(name, name.upper())


def _number(value: float | None) -> str:
    return "" if value is None else format_rounded(value)


def _memory(told: Figures) -> str:
    if told.memory_bytes is None:
        return ""
    gib, gb = (format_fixed(told.memory_bytes / unit, 2) for unit in (GIBI, GIGA))
    return f"{gib} GiB ({told.memory_kind}), {gb} GB"
