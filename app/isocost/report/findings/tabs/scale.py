"""What the map of size against text says: what the bill buys, where the least loss is, who has been where."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.constants.palette import LineStyle
from isocost.engine.scaling import ParametricLaw
from isocost.language import capital, in_sentence, tr
from isocost.plan.answer.across.comparison import styles
from isocost.plan.answer.predicted import Prediction
from isocost.plan.answer.results import StageEstimate
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import Stage, data_of, kind_of
from isocost.plan.physics.records import Array
from isocost.plan.project.project import Scenario
from isocost.plan.solve.case import Case, losses_of
from isocost.plan.solve.scale import Best, CostMap, Extent, Ridge, Survey, best_for, place_of
from isocost.quantities import (
    format_count,
    format_fixed,
    format_money,
    format_quantity,
    shown_money,
    with_article,
    without_idle_cents,
)
from isocost.report.findings.next_step import PREDICT, NextStep, add_model, show, switch_on
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

MIXTURE = 1.02
"""All parameters over the active ones from which on a model is a mixture of experts."""
APART = 1.35
"""Times two bills differ at least whose lines are both drawn."""
SHAPED = 1.04
"""Times a plan costs more or less than a model of the usual shape from which on that is told."""
SAME = 0.005
"""Losses closer than this are the same as they are told."""

EMPTY_TITLE = tr("Size against text")
MAPPING = tr("Working out what other sizes and texts would cost…")
FREE = tr("This plan costs nothing: there are no lines of equal cost. Give its accelerators a price.")
NO_SIZES = tr("No model of this plan's kind has sizes around its own at a cost above nothing.")
KEYS = tr(
    "Arrow keys move the plan along the line of its bill, with Shift freely. Enter takes "
    "the least loss for the bill. Page Up and Page Down walk over the published models; "
    "Enter then takes one."
)

Mark = Literal["cost", "band", "loss", "ridge", "dense", "mixture", "unfit"]
LEGEND: dict[Mark, str] = {
    "cost": tr("equal cost"),
    "band": tr("8 chances in 10 of the bill"),
    "loss": tr("equal loss, nats a token"),
    "ridge": tr("least loss for its money"),
    "dense": tr("published"),
    "mixture": tr("mixture, active size"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the map with what it stands for."""

    label: str
    sizes: Array = field(repr=False)
    tokens: Array = field(repr=False)


@dataclass(frozen=True, slots=True)
class Model:
    """A published model on the map."""

    name: str
    entry: str
    """Its model in the catalogue."""
    size: float
    """Active parameters."""
    tokens: float
    total: float
    source: str

    @property
    def mixture(self) -> bool:
        """Whether a token passes through a part of it only."""
        return self.total > MIXTURE * self.size

    @property
    def words(self) -> str:
        """ "8.03B on 15T tokens"."""
        size = format_quantity(self.total, "number")
        active = (
            tr(" ({quantity} active)", quantity=format_quantity(self.size, "number")) if self.mixture else ""
        )
        return tr(
            "{size}{active} on {quantity} tokens",
            size=size,
            active=active,
            quantity=format_quantity(self.tokens, "number"),
        )

    @property
    def offer(self) -> str:
        """What taking it is called."""
        return tr("Train {name}: {words}", name=self.name, words=self.words)

    @property
    def text_offer(self) -> str:
        """What taking its text alone is called."""
        return tr(
            "Only its {quantity} tokens, for the plan's own model",
            quantity=format_quantity(self.tokens, "number"),
        )


@dataclass(frozen=True)
class Ground:
    """What stands still while the plan moves along its line."""

    survey: Survey
    unique: float | None
    accelerator: str
    style: LineStyle
    usd: float
    """The bill whose line the plan moves along."""
    best: Best | None
    """What that bill is best spent on."""
    bill: Line
    band: tuple[Line, Line] | None
    """What the bill buys where the plan turns out dear and cheap, 1 chance in 10 each; None = not shown."""
    costs: tuple[Line, ...]
    budget: Line | None
    losses: tuple[Line, ...]
    models: tuple[Model, ...]
    hardware: str
    """ "256 H100 at $3.99 an hour"."""
    legend: tuple[Mark, ...]

    @property
    def on(self) -> CostMap:
        """What places cost."""
        return self.survey.on

    @property
    def law(self) -> ParametricLaw:
        """By which losses are told."""
        return self.survey.law

    @property
    def ridge(self) -> Ridge | None:
        """Where money reaches the least loss."""
        return self.survey.ridge


@dataclass(frozen=True, slots=True)
class Point:
    """Where the plan is, and what could be had for the same bill."""

    size: float
    """Active parameters."""
    tokens: float
    usd: float
    """Its bill."""
    loss: float
    total: float
    """All parameters."""
    best: Best | None
    on_line: bool
    """Whether the bill is the one whose line is drawn."""
    usual_usd: float
    """The bill of a model of the usual shape in its place, by the map; NaN where that is beyond it."""
    fits: bool
    """Whether the map finds a layout for a model of its size."""

    @property
    def apart(self) -> bool:
        """Whether its own shape makes the plan stand beside the line of its bill."""
        return math.isfinite(self.usual_usd) and abs(math.log(self.usd / self.usual_usd)) > math.log(SHAPED)


@dataclass(frozen=True, slots=True)
class ScaleView:
    """The whole picture."""

    ground: Ground
    point: Point


def ground(
    case: Case,
    found: Survey,
    on: StageEstimate,
    usd: float,
    spread: tuple[float, float] | None = None,
) -> Ground:
    """What is drawn around a plan whose bill is ``usd``.

    Args:
        on: the stage whose model and text are moved.
        spread: shares of its bill that 1 and 9 chances in 10 stay at or below; None = not shown.
    """
    catalog, budget = case.catalog, case.goal.budget_usd
    near = not budget or _near(budget, usd)
    taken = [usd] if near else [usd, budget or usd]
    bills = [*taken, *_round_bills(found.on.ends, taken)]
    sizes = found.on.along()
    drawn = len(bills)
    # What turns out twice as dear as planned buys what half the bill was planned to.
    bills += [usd / share for share in reversed(spread or ())]
    texts = found.on.texts(np.array(bills), sizes)
    if found.on.most is not None:
        texts[sizes > found.on.most] = np.nan  # what does not fit costs nothing that anybody would pay
    lines = [
        Line(without_idle_cents(format_money(each)), sizes, texts[:, at]) for at, each in enumerate(bills)
    ]
    lines, edges = lines[:drawn], lines[drawn:]
    models = tuple(_models(catalog, found.extent))
    kinds: dict[Mark, bool] = {
        "cost": True,
        "band": spread is not None,
        "loss": True,
        "ridge": found.ridge is not None,
        "dense": any(not each.mixture for each in models),
        "mixture": any(each.mixture for each in models),
    }
    price = format_money(on.usd_per_gpu_hour)
    return Ground(
        survey=found,
        unique=case.scenario.dataset.unique_tokens,
        accelerator=on.accelerator,
        style=styles(catalog)[on.accelerator],
        usd=usd,
        best=best_for(found.on, found.law, usd, case.scenario.dataset.unique_tokens),
        bill=lines[0],
        band=(edges[0], edges[1]) if edges else None,
        budget=None if near else lines[1],
        costs=tuple(lines[len(taken) :]),
        losses=tuple(Line(format_fixed(level, 2), *line) for level, *line in found.losses),
        models=models,
        hardware=tr(
            "{count} {accelerator_name} at {price} an hour",
            count=format_count(on.count),
            accelerator_name=on.accelerator_name,
            price=price,
        ),
        legend=tuple(mark for mark, there in kinds.items() if there),
    )


def _near(one: float, other: float) -> bool:
    return abs(math.log(one / other)) < math.log(1.02)


def _round_bills(ends: tuple[float, float], taken: list[float]) -> Iterator[float]:
    """1 and 3 of every decade, round in the currency shown, that keep clear of lines drawn anyway."""
    unit = shown_money()
    low, high = (math.log10(max(unit.shown(end), 1e-9)) for end in ends)
    for decade in range(math.floor(low), math.ceil(high) + 1):
        for mantissa in (1.0, 3.0):
            usd = unit.usd(mantissa * 10.0**decade)
            if ends[0] < usd < ends[1] and all(abs(math.log(usd / t)) > math.log(APART) for t in taken):
                yield usd


def _models(catalog: Catalog, extent: Extent) -> Iterator[Model]:
    """Trusted runs from scratch, one for each size and amount of text; the newest first."""
    seen: set[tuple[str, str]] = set()
    for run in sorted(catalog.runs, key=lambda each: each.date, reverse=True):
        size, tokens = run.params_active, run.tokens
        if run.stage != "pretrain" or not run.trusted or not size or not tokens:
            continue
        place = (f"{size:.2g}", f"{tokens:.2g}")
        inside = extent.sizes[0] < size < extent.sizes[1] and extent.tokens[0] < tokens < extent.tokens[1]
        if inside and place not in seen:
            seen.add(place)
            yield Model(run.label, run.model, size, tokens, run.params_total or size, run.source)


def point(case: Case, on: Ground, usd: float) -> Point:
    """The plan on the map, with a bill of ``usd``."""
    size, tokens = place_of(case)
    best = on.best if usd == on.usd else best_for(on.on, on.law, usd, on.unique)
    loss = float(losses_of(on.law, size, tokens, on.unique))
    return Point(
        size,
        tokens,
        usd,
        loss,
        case.parameters or size,
        best,
        _near(usd, on.usd),
        on.on.cost(size, tokens),
        on.on.most is None or size < on.on.most,
    )


def title(found: Point) -> str:
    """What else the bill buys; true of the plan as it stands, to the digits told."""
    bill, own = without_idle_cents(format_money(found.usd)), _model_words(found.size, found.tokens)
    if not found.fits:
        return _unfit_title(own, found.best)
    if found.best is None:
        return tr("{own} for {bill}: loss {fixed}", own=own, bill=bill, fixed=format_fixed(found.loss, 2))
    if found.loss - found.best.loss < SAME or format_fixed(found.loss, 2) == format_fixed(found.best.loss, 2):
        return tr(
            "{own} is about the best {bill} buys: loss {fixed}",
            own=own,
            bill=bill,
            fixed=format_fixed(found.loss, 2),
        )
    size = with_article(format_quantity(found.best.size, "number", digits=2))
    tokens = format_quantity(found.best.tokens, "number", digits=2)
    return tr(
        "{size} on {tokens} tokens costs the same: loss {fixed}, not {fixed_2}",
        size=capital(size),
        tokens=tokens,
        fixed=format_fixed(found.best.loss, 2),
        fixed_2=format_fixed(found.loss, 2),
    )


def _unfit_title(own: str, best: Best | None) -> str:
    """A plan that cannot run, and what its bill buys of what can."""
    if best is None:
        return tr("{own} does not fit", own=own)
    return tr(
        "{own} does not fit; {size} on {tokens} tokens does: loss {fixed}",
        own=own,
        size=with_article(format_quantity(best.size, "number", digits=2)),
        tokens=format_quantity(best.tokens, "number", digits=2),
        fixed=format_fixed(best.loss, 2),
    )


def _model_words(size: float, tokens: float) -> str:
    return tr(
        "{quantity} on {quantity_2} tokens",
        quantity=format_quantity(size, "number"),
        quantity_2=format_quantity(tokens, "number"),
    )


def subtitle(on: Ground) -> str:
    """How to read the map."""
    return tr("What the whole plan costs on {hardware}. Drag the dot: the bill stays.", hardware=on.hardware)


def said(view: ScaleView) -> Said:
    """The map in sentences."""
    on, found = view.ground, view.point
    head, foot = title(found), subtitle(on)
    parts = [
        f"{head}.",
        tr(
            "The plan: {model_words}, {money}, loss {fixed} nats a token by {name}.",
            model_words=_model_words(found.size, found.tokens),
            money=format_money(found.usd),
            fixed=format_fixed(found.loss, 3),
            name=on.law.name,
        ),
    ]
    if found.best is not None:
        best = _model_words(found.best.size, found.best.tokens)
        parts.append(
            tr(
                "Least loss for that bill: {best}, loss {fixed}.",
                best=best,
                fixed=format_fixed(found.best.loss, 3),
            )
        )
    if on.on.most is not None:
        parts.append(f"{unfit_words(on)}.")
    parts.append(foot)
    return Said(head, foot, " ".join(parts))


def unfit_words(on: Ground) -> str:
    """Beyond which size the plan's accelerators hold no model."""
    return tr(
        "From {quantity} on it does not fit", quantity=format_quantity(on.on.most or 0.0, "number", digits=2)
    )


def point_words(found: Point, *, held: bool) -> tuple[str, str]:
    """Two lines beside the plan's dot."""
    bill = without_idle_cents(format_money(found.usd))
    first = tr(
        "{model_words}: loss {fixed}",
        model_words=_model_words(found.size, found.tokens),
        fixed=format_fixed(found.loss, 2),
    )
    if not found.fits:
        return first, tr("does not fit")
    if found.apart:
        return first, tr(
            "{bill} by its own shape, {money} by a usual one", bill=bill, money=format_money(found.usual_usd)
        )
    return first, tr("the bill stays {bill}", bill=bill) if held else tr("the bill is {bill}", bill=bill)


def best_words(found: Point) -> tuple[str, str]:
    """Two lines beside the place of least loss; empty where the plan is there, or there is none."""
    best = found.best
    if best is None or (found.fits and found.loss - best.loss < SAME):
        return "", ""
    bill = without_idle_cents(format_money(found.usd))
    return tr("Least loss for {bill}: {fixed}", bill=bill, fixed=format_fixed(best.loss, 2)), _model_words(
        float(f"{best.size:.2g}"), float(f"{best.tokens:.2g}")
    )


def model_lines(on: Ground, at: int) -> tuple[str, ...]:
    """What there is to say of a published model: its name, its figures, what it would cost here."""
    each = on.models[at]
    loss = float(losses_of(on.law, each.size, each.tokens, on.unique))
    usd = on.on.cost(each.size, each.tokens)
    cost = tr(", about {money} here", money=format_money(usd)) if math.isfinite(usd) else ""
    return each.name, each.words, tr("loss {fixed}{cost}", fixed=format_fixed(loss, 2), cost=cost)


def axis_titles() -> tuple[str, str]:
    """Across and up."""
    return tr("{label} (both scales logarithmic)", label=NUMBERS["model.parameters"].label), NUMBERS[
        "data.tokens"
    ].label


COLUMNS = (
    Column(tr("What")),
    Column(
        tr("Active parameters"), lambda v: format_quantity(v, "number"), right=True, key="active_parameters"
    ),
    Column(tr("Tokens"), lambda v: format_quantity(v, "number"), right=True, key="tokens"),
    Column(tr("Cost"), format_money, right=True, key="cost_usd"),
    Column(tr("Loss"), partial(format_fixed, decimals=3), right=True, key="loss"),
)
LINE_ROWS = 12
"""Places of the plan's line that the table tells."""


def table(view: ScaleView) -> Table:
    """The plan, the best for its bill, places along its line, the ridge, and the published models."""
    on, found = view.ground, view.point

    def row(what: str, size: float, tokens: float, usd: float | None) -> tuple[Any, ...]:
        known = usd if usd is not None and math.isfinite(usd) else None
        return what, size, tokens, known, float(losses_of(on.law, size, tokens, on.unique))

    rows = [row(tr("The plan"), found.size, found.tokens, found.usd)]
    if found.best is not None:
        rows.append(row(tr("Least loss for its bill"), found.best.size, found.best.tokens, found.usd))
    there = np.flatnonzero(np.isfinite(on.bill.tokens))
    for at in there[np.linspace(0, len(there) - 1, min(LINE_ROWS, len(there))).astype(int)]:
        rows.append(row(tr("Same bill"), float(on.bill.sizes[at]), float(on.bill.tokens[at]), on.usd))
    if on.ridge is not None:
        for at in range(0, len(on.ridge.usd), 4):
            place = (float(on.ridge.sizes[at]), float(on.ridge.tokens[at]))
            if all(map(math.isfinite, place)):
                rows.append(row(tr("Least loss for its money"), *place, float(on.ridge.usd[at])))
    rows += [row(each.name, each.size, each.tokens, on.on.cost(each.size, each.tokens)) for each in on.models]
    return Table(COLUMNS, tuple(rows))


@dataclass(frozen=True, slots=True)
class NoMap:
    """Why there is no map of a stage, and what to do about it."""

    said: Said
    reason: str
    step: NextStep
    """What would give one."""


def no_map(scenario: Scenario, at: int, foretold: Prediction | None = None) -> NoMap | None:
    """Why a stage of a scenario has no map; None = it has one.

    ``foretold``: what would take the stage's place, were a claim predicted instead.
    """
    stage = scenario.stages[at]
    if has_map(stage):
        return None
    reason, head = _why_not(stage), tr("{name}: no map of size against text", name=stage.name)
    others = [i for i, each in enumerate(scenario.stages) if has_map(each)]
    if others:
        step = show(scenario, max(others, key=lambda i: _tokens(scenario.stages[i])))
    elif not stage.enabled:
        step = switch_on(scenario, at)
    elif foretold is not None and kind_of(foretold.stage).makes_model:
        reason = tr("{reason} As {words}", reason=reason, words=in_sentence(foretold.words))
        step = PREDICT
    else:
        reason = tr("{reason} No stage of this plan makes a model.", reason=reason)
        step = add_model()
    return NoMap(Said(head, "", f"{head}. {reason}"), reason, step)


def has_map(stage: Stage) -> bool:
    """Whether a stage makes a model out of text, which is what laws of loss speak of."""
    return stage.enabled and data_of(stage) is not None and kind_of(stage).makes_model


def _tokens(stage: Stage) -> float:
    data = data_of(stage)
    return data.tokens if data is not None else 0.0


def _why_not(stage: Stage) -> str:
    if not stage.enabled:
        return tr("This stage is switched off.")
    if kind_of(stage).claimed:
        return tr("The hours of this stage are taken as claimed: neither size nor text is behind them.")
    if data_of(stage) is None:
        return tr("It reads no text of its own. {unsearched}", unsearched=kind_of(stage).unsearched)
    return tr("It changes a finished model, and scaling laws of loss speak of models made from nothing.")


def laws(catalog: Catalog) -> Mapping[str, str]:
    """Laws of loss that a map can be drawn by: name by id, the usual one first."""
    rows = catalog.constants.laws
    ordered = sorted(rows.parametric, key=lambda row: row.id != rows.default)
    return {row.id: row.name.split(" (")[0].rstrip(" 0123456789") for row in ordered}
