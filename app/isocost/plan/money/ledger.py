"""The bill line by line in whole cents, as bars, and what it leaves out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.records import PublishedRun
from isocost.language import capital, in_sentence, listed, tr
from isocost.plan.inputs.billing import STAGES
from isocost.plan.inputs.table import INPUTS, OFF, origin
from isocost.plan.kinds import GpuHoursStage, Stage, kind_of
from isocost.plan.money import bill
from isocost.plan.money.arithmetic import CENTS, cents, places
from isocost.plan.money.explain import arithmetic
from isocost.plan.money.figure import GROUPS, Figure, LedgerGroup
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.money.supply import price_words
from isocost.plan.project.project import Scenario, hardware_of, model_of
from isocost.quantities import (
    MoneyUnit,
    NumberMarks,
    format_money,
    format_quantity,
    money_shown_in,
    number_marks,
    shown_money,
)

ABOUT_ALL = 0.9
"""A claimed stage of this share of a model's published hours is taken for its training."""


@dataclass(frozen=True)
class LedgerLine:
    """One line of the bill, in whole cents."""

    line: str
    cost_usd: float
    source: str
    """Where its inputs come from, or "your input"."""
    key: str = ""
    """Stable name: ``stage.0``, ``people``, ``contingency``..."""
    group: LedgerGroup = "final run"
    inputs: Mapping[str, float] = field(default_factory=dict, hash=False)
    """The values the arithmetic has, by key."""
    write: Callable[[], str] = field(default=str, repr=False, compare=False)
    _written: dict[NumberMarks, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def how(self) -> str:
        """The arithmetic with its values in it; written when somebody looks, in the marks then shown."""
        marks = number_marks()
        if marks not in self._written:
            self._written[marks] = self.write()
        return self._written[marks]


@dataclass(frozen=True, slots=True)
class BillBar:
    """One line or one group of the bill, standing on those before it."""

    name: str
    group: LedgerGroup
    start_usd: float
    end_usd: float
    cost_usd: float
    """Its own height."""
    share: float
    """Of the programme's total, 0..1."""
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that costs money and is not in the bill."""

    name: str
    meaning: str
    """What it would cover, in a few words."""
    path: str = ""
    """The input that would count it, ``stages`` for a stage to add; empty = none does."""
    kind: Literal["cost", "base"] = "cost"
    """``base`` for the model a plan starts from, which somebody has paid for."""


def ledger(on: Reckoning) -> tuple[LedgerLine, ...]:
    """Every line of the bill: the rent of each stage that counts, in order, then what surrounds them."""
    around = (_line(on, figure) for figure in on.values.sheet.lines)
    return (*(_stage_line(on, place) for place in range(len(on.stages))), *(x for x in around if x.cost_usd))


def late_lines(on: Reckoning) -> tuple[LedgerLine, ...]:
    """What a delay costs, line by line; see :meth:`Reckoning.late`."""
    lines = (_line(on, figure) for figure in on.values.sheet.late)
    shared = next((s for s in on.scenario.stages if s.hardware is None), on.scenario.stages[0])
    return tuple(
        replace(
            line,
            key=line.key.removeprefix("late."),
            source=on.rate_source(shared) if line.key == "late.idle" else line.source,
        )
        for line in lines
        if line.cost_usd
    )


_VERBS = {"own": tr("owned"), "mixed": tr("owned and rented")}


def _stage_line(on: Reckoning, place: int) -> LedgerLine:
    stage = on.scenario.stages[on.stages[place]]
    entry = on.catalog.accelerator(on.runs[place].accelerator)
    row = on.values.sheet.rows["stage.rent"]
    return LedgerLine(
        line=f"{stage.name}: {entry.short_name} {_VERBS.get(on.scenario.supply.mode, tr('rent'))}",
        cost_usd=on.by_stage("stage.rent")[place],
        source=on.rate_source(stage),
        key=f"stage.{on.stages[place]}",
        group=kind_of(stage).group,
        write=partial(_how, on, row, place, unit=shown_money()),
        inputs={name: on.by_stage(name)[place] for name in row.needs},
    )


def _line(on: Reckoning, figure: Figure) -> LedgerLine:
    assert figure.group is not None
    return LedgerLine(
        line=figure.label,
        cost_usd=cents(on[figure.key]),
        source=_sources(on.scenario, figure.inputs) or price_words(on.scenario.price) or tr("your input"),
        key=figure.key,
        group=figure.group,
        write=partial(_how, on, figure, unit=shown_money()),
        inputs={name: on[name] for name in figure.needs},
    )


def _how(on: Reckoning, figure: Figure, stage: int | None = None, *, unit: MoneyUnit) -> str:
    """The arithmetic of a line and what it comes to; an amount that is only typed is said to be."""
    # Written when somebody reads it, by then maybe of a plan in another currency.
    with money_shown_in(unit):
        words, amount = arithmetic(on, figure, stage)
    only_typed = figure.words == f"{{{places(figure.words)[0]}}}"
    return f"{(tr('As set') if only_typed else words)} = {amount}"


def _sources(scenario: Scenario, paths: Sequence[str]) -> str:
    """Where the inputs of a line come from, those left at their default named with their source."""
    said = {}
    for path in paths:
        section, name = path.split(".")
        words = origin(path, getattr(getattr(scenario, section), name))
        if words != OFF:
            said[in_sentence(INPUTS[path].label)] = words
    defaults = [f"{name}: {words}" for name, words in said.items() if words != tr("your input")]
    return "; ".join(([tr("your input")] if len(defaults) < len(said) else []) + defaults)


def programme_total(lines: Iterable[LedgerLine]) -> float:
    """The sum of the lines, exact to the cent."""
    return sum(round(line.cost_usd * CENTS) for line in lines) / CENTS


# Bars


def bars_by_line(lines: Iterable[LedgerLine]) -> tuple[BillBar, ...]:
    """A bar for each line that costs something, from the final run outwards; they end at the total."""
    known = tuple(lines)
    ordered = [line for group in GROUPS for line in known if line.group == group and line.cost_usd]
    return _bars([(line.line, (line,)) for line in ordered], programme_total(known))


def bars_by_group(lines: Iterable[LedgerLine]) -> tuple[BillBar, ...]:
    """A bar for each group that costs something, from the final run outwards; they end at the total."""
    known = tuple(lines)
    inside = {
        group: tuple(line for line in known if line.group == group and line.cost_usd) for group in GROUPS
    }
    return _bars([(capital(tr(group)), own) for group, own in inside.items() if own], programme_total(known))


def _bars(named: Sequence[tuple[str, tuple[LedgerLine, ...]]], total: float) -> tuple[BillBar, ...]:
    bars: list[BillBar] = []
    for name, own in named:
        start, cost = bars[-1].end_usd if bars else 0.0, programme_total(own)
        bars.append(BillBar(name, own[0].group, start, cents(start + cost), cost, part_of(cost, total), own))
    return tuple(bars)


def part_of(usd: float, total: float) -> float:
    """A sum's share of a whole, 0..1; 0 of a whole that costs nothing."""
    return usd / total if total else 0.0


def only_the_run(bars: Sequence[BillBar]) -> bool:
    """Whether nothing surrounds the final run."""
    return all(bar.group == "final run" for bar in bars)


# Scope


def omissions(scenario: Scenario, catalog: Catalog) -> tuple[Omission, ...]:
    """Everything a scenario's bill lacks: the model it starts from, what can be set, what never counts."""
    groups = {kind_of(stage).group for stage in scenario.stages if stage.enabled}
    experiments = () if "experiments" in groups else (_EXPERIMENTS,)
    left_out = tuple(
        Omission(figure.label, figure.missing, figure.where[0])
        for figure in bill.FIGURES
        if figure.missing
        and not groups & set(figure.counted_with)
        and not any(_input(scenario, path) for path in figure.where)
    )
    return (*_base(scenario, catalog), *experiments, *left_out, *_NEVER)


def _base(scenario: Scenario, catalog: Catalog) -> Iterator[Omission]:
    """The finished model a scenario starts from, where its training is published and no stage here is it.

    A stage of claimed hours may be it: one of about as many as are published, or more.
    """
    on = [stage for stage in scenario.stages if stage.enabled]
    models = dict.fromkeys(model_of(scenario, stage).name for stage in on)
    made = {model_of(scenario, stage).name for stage in on if kind_of(stage).makes_model}
    claimed = max((_claimed_hours(scenario, stage) for stage in on), default=0.0)
    for name in models:
        known = (
            [run for run in catalog.runs_of(name) if _is_its_own(run)] if name and name not in made else []
        )
        if not known:
            continue
        run = max(known, key=lambda each: (each.cost_usd or 0.0, each.gpu_hours or 0.0))
        if claimed >= ABOUT_ALL * (run.gpu_hours or math.inf):
            continue
        told = [format_money(run.cost_usd)] if run.cost_usd else []
        told += (
            [tr("{quantity} accelerator-hours", quantity=format_quantity(run.gpu_hours, "number"))]
            if run.gpu_hours
            else []
        )
        meaning = tr(
            "training {name}, which this plan starts from: {list} as published",
            name=name,
            list=listed(told),
        )
        yield Omission(tr("Base model ({told})", told=told[0]), meaning, kind="base")


def _is_its_own(run: PublishedRun) -> bool:
    """Whether a published run is the training of the model itself, not of one made of it, and has a size."""
    own = run.label == run.model and run.stage in ("pretrain", "total")
    return own and run.trusted and bool(run.cost_usd or run.gpu_hours)


def _claimed_hours(scenario: Scenario, stage: Stage) -> float:
    """Accelerator-hours a stage claims."""
    if not isinstance(stage, GpuHoursStage):
        return 0.0
    return (stage.gpu_hours or 0.0) + (stage.hours or 0.0) * hardware_of(scenario, stage).count


def _input(scenario: Scenario, path: str) -> float | None:
    section, name = path.split(".")
    value: float | None = getattr(getattr(scenario, section), name)
    return value


_EXPERIMENTS = Omission(
    tr("Experiments"), tr("ablations, pilot runs and evaluation: stages of their own"), STAGES
)
_NEVER = (
    Omission(tr("Serving"), tr("running the finished model for its users")),
    Omission(tr("Earlier research"), tr("work before this programme that it builds on")),
    Omission(tr("Taxes"), tr("value-added and income tax, duties")),
    Omission(tr("Overhead"), tr("offices, management and legal advice beyond a person's loaded cost")),
)
