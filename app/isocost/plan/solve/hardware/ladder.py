"""What sums of money buy today: a model from nothing, more text, a tune, a round of reinforcement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
import numpy as np

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.constants.ladder import LadderKind
from isocost.catalog.entries.prices import PriceCard
from isocost.language import tr
from isocost.plan.answer.across.deadlines import ABOUT_AS_CHEAP
from isocost.plan.kinds import RlStage, Stage, data_of
from isocost.plan.physics.records import Array
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.project.choosing import price_from
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Hardware, Price, Project, Scenario, model_of
from isocost.plan.solve.case import WITHIN, Case, Choice, WishError
from isocost.plan.solve.offered import is_stale, offered, on_offer
from isocost.plan.solve.reach import Flags, Reach

SIZES = np.geomspace(1e7, 1e13, 10)
"""Models from nothing that are searched; between them costs are straight on logarithms."""
DIGITS = 2
"""Sizes and texts are told to so many digits, rounded down, so that the sum pays for them."""
TRIES = 6
USUAL = "h100-sxm"
"""The accelerator that a ladder without a plan is priced around; others are compared with it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """The most that a sum buys of one kind of training."""

    budget_usd: float
    kind: LadderKind
    choice: Choice | None
    """None = it buys none: not on any accelerator on offer, within the time."""
    parameters: float
    tokens: float
    """Trained on; of reinforcement those that are generated."""
    enough_text: bool
    """Whether there is so much text to be had."""
    stale: bool
    project: Project | None = None
    """The plan that buys it; None = it buys none."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Every sum and kind, the sums rising within each kind."""

    rungs: tuple[Rung, ...]
    longest_days: float
    owned: bool
    named: str
    """Name of the plan whose terms hold; empty = the usual ones."""


def usual_plan(catalog: Catalog) -> Project:
    """A plan of nothing yet, on the usual accelerator at its usual price."""
    card = catalog.default_price(USUAL)
    price = price_from(card) if card is not None else Price(1.0)
    stage: Any = _stage_of(catalog.constants.ladder.kinds[0])
    scenario = Scenario(name="Ladder", hardware=Hardware(USUAL, 8), price=price, stages=(stage,))
    return Project(name="", scenarios=(scenario,))


def ladder(
    project: Project,
    catalog: Catalog,
    at: int,
    today: date,
    *,
    owned: bool = False,
    accelerators: frozenset[str] = frozenset(),
) -> Ladder:
    """What each sum buys of each kind of training, with accelerators alone paid from it.

    Model, text and what surrounds a plan are the ladder's own; accelerator, prices, software, site and terms
    are the plan's.

    Args:
        owned: at what an hour of one's own accelerators costs, else rented.
        accelerators: the only ones that are taken, by id; empty = any on offer.

    Raises:
        WishError: none of these is on offer.
    """
    known = catalog.constants.ladder
    longest = project.scenarios[at].goal.deadline_days or known.longest_days.value
    rungs: list[Rung] = []
    for kind in known.kinds:
        case = _case(project, catalog, at, today, kind, owned)
        cards = [c for c in offered(case) if not accelerators or c.accelerator in accelerators]
        if owned:
            cards = [c for c in cards if c.accelerator == case.card.accelerator or c.commitment == "owned"]
        if not cards:
            raise WishError(tr("None of these accelerators is on offer."))
        look = _sizes if kind.amount == "parameters" else _amounts
        rungs += look(case, kind, cards, longest)
    return Ladder(tuple(rungs), longest, owned, project.name)


def _stage_of(kind: LadderKind) -> Any:
    stage: Any = msgspec.convert(kind.stage, Stage)
    return stage


def _case(project: Project, catalog: Catalog, at: int, today: date, kind: LadderKind, owned: bool) -> Case:
    """The plan's hardware and terms around one stage of a kind, and nothing else."""
    plan = project.scenarios[at]
    supply = plan.supply
    if owned != supply.owns or supply.mode == "mixed":
        supply = msgspec.structs.replace(supply, mode="own" if owned else "on-demand")
    around = Scenario(
        name=plan.name,
        hardware=msgspec.structs.replace(plan.hardware, typed=None),
        price=plan.price,
        efficiency=msgspec.structs.replace(plan.efficiency, mfu=None, correction=None),
        supply=supply,
        ownership=plan.ownership,
        site=plan.site,
        goal=Goal(),
        stages=(_stage_of(kind),),
    )
    return Case(msgspec.structs.replace(project, scenarios=(around,)), catalog, 0, today)


def _with(case: Case, kind: LadderKind, amount: float) -> Case:
    """The case with so many parameters, tokens or rounds."""
    if kind.amount == "parameters":
        ratio = case.catalog.constants.ladder.tokens_per_parameter.value
        sized = case.put("model.parameters", amount)
        return sized.put("data.tokens", ratio * amount)
    if kind.amount == "tokens":
        return case.put("data.tokens", amount)
    stage = case.stage
    assert isinstance(stage, RlStage)
    steps = sum(phase.steps for phase in stage.rl.phases)
    phases = tuple(
        msgspec.structs.replace(phase, steps=phase.steps * amount / steps) for phase in stage.rl.phases
    )
    changed = msgspec.structs.replace(stage, rl=msgspec.structs.replace(stage.rl, phases=phases))
    scenario = msgspec.structs.replace(case.scenario, stages=(changed,))
    return replace(case, project=msgspec.structs.replace(case.project, scenarios=(scenario,)))


def _amounts(case: Case, kind: LadderKind, cards: Sequence[PriceCard], longest: float) -> list[Rung]:
    """Tokens or rounds: cost and time are straight in them while the batch stays, so two amounts tell all."""
    first = 1e9 if kind.amount == "tokens" else 100.0
    one, two = (_with(case, kind, times * first).reach(cards) for times in (1.0, 2.0))
    # What is used for minutes cannot be judged by its term: every point is judged at the rung itself.
    usable = one.fits & one.sold
    each_usd = np.maximum((two.cost_usd - one.cost_usd) / first, 1e-300)
    each_day = np.maximum((two.span_days - one.span_days) / first, 1e-300)
    rungs = []
    for budget in case.catalog.constants.ladder.budgets:
        paid = np.minimum(
            first + (budget - one.cost_usd) / each_usd, first + (longest - one.span_days) / each_day
        )
        rungs.append(_rung(case, kind, one, np.where(usable, paid, 0.0), budget, longest))
    return rungs


def _sizes(case: Case, kind: LadderKind, cards: Sequence[PriceCard], longest: float) -> list[Rung]:
    """Models from nothing with the text that suits them: searched at some sizes, read between."""
    made: list[tuple[float, Reach]] = []
    for size in SIZES:
        try:
            made.append((float(size), _with(case, kind, float(size)).reach(cards)))
        except CatalogError:
            continue
    sizes = np.log([size for size, _ in made])
    cost = np.log([np.maximum(on.cost_usd, 1e-9) for _, on in made])
    days = np.log([np.maximum(on.span_days, 1e-12) for _, on in made])
    fits = np.array([on.fits & on.sold for _, on in made])
    rungs = []
    for budget in case.catalog.constants.ladder.budgets:
        over = np.maximum(cost - np.log(budget), days - np.log(longest))
        rungs.append(_rung(case, kind, made[0][1], _largest(sizes, over, fits), budget, longest))
    return rungs


def _largest(sizes: Array, over: Array, fits: Flags) -> Array:
    """The size at each point where the limit is just kept, straight between the sizes searched; 0 = none."""
    held = (over <= 0.0) & fits
    last = held.shape[0] - 1 - np.argmax(held[::-1], axis=0)
    points = np.arange(held.shape[1])
    after = np.minimum(last + 1, held.shape[0] - 1)
    rise = over[after, points] - over[last, points]
    share = np.where(rise > 0.0, np.clip(-over[last, points] / np.maximum(rise, 1e-300), 0.0, 1.0), 0.0)
    found = np.exp(sizes[last] + share * (sizes[after] - sizes[last]))
    return np.where(held.any(axis=0), found, 0.0)


def _rung(case: Case, kind: LadderKind, on: Reach, paid: Array, budget: float, longest: float) -> Rung:
    """The accelerator and count that buy the most, tried out with the rounded amount itself."""

    def tried(amount: float, at: int) -> tuple[Case, Reach] | None:
        """The amount on a point; None where it is beyond the sum or the time, or is not to be had so."""
        changed = _with(case, kind, amount)
        try:
            found = changed.reach([on.cards[int(on.which[at])]], [on.counts[at : at + 1]])
        except CatalogError:
            return None
        kept = found.cost_usd[0] <= budget * WITHIN and found.span_days[0] <= longest * WITHIN
        return (changed, found) if kept and on_offer(changed, found)[0] else None

    paid = paid.copy()
    for _ in range(TRIES):
        at = _fewest(on, paid)
        amount = _rounded(float(paid[at]))
        if amount <= 0.0:
            break
        best = None
        # What is read between the sizes searched may be a digit off, either way.
        for _ in range(TRIES):
            found = tried(amount, at)
            if found is None and best is not None:
                break
            best = found
            amount = _rounded(amount, 1 if found is not None else -1)
        if best is not None:
            return _made(*best, kind, budget)
        paid[at] = 0.0
    return Rung(budget, kind, None, 0.0, 0.0, True, False)


def _fewest(on: Reach, paid: Array) -> int:
    """The fewest of the accelerator that buys the most that buy about as much."""
    most = int(np.argmax(paid))
    alike = (on.which == on.which[most]) & (paid * ABOUT_AS_CHEAP >= paid[most])
    return int(np.flatnonzero(alike)[0])


def _rounded(amount: float, more: int = 0) -> float:
    """The amount rounded down to fewer digits, and so many of its last digit more."""
    if not amount > 0.0:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(amount * (1 + 1e-12))) - (DIGITS - 1))
    return max(0.0, float(f"{(np.floor(amount / step * (1 + 1e-12)) + more) * step:.{DIGITS}g}"))


def _made(case: Case, found: Reach, kind: LadderKind, budget: float) -> Rung:
    choice = case.choice(found, 0)
    text = case.catalog.constants.ladder.most_text.value
    data = data_of(case.stage)
    tokens = data.tokens if data is not None else _generated(case.stage)
    enough = data is None or data.tokens <= text
    stale, project = is_stale(choice.price, case), case.on(choice.price, choice.count).project
    return Rung(budget, kind, choice, _parameters(case), tokens, enough, stale, project)


def _parameters(case: Case) -> float:
    return parameters_of(model_of(case.scenario, case.stage), case.catalog).total


def _generated(stage: Any) -> float:
    """Tokens of all answers of a recipe: rounds x prompts x answers x their mean length."""
    rl = stage.rl
    return float(
        sum(
            phase.steps * rl.prompts * rl.group * (phase.mean_start + phase.mean_end) / 2.0
            for phase in rl.phases
        )
    )
