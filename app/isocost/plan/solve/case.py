"""A plan asked backwards: where its unknowns stand, and what it comes to with other values in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import msgspec
import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.engine.arrays import Number
from isocost.engine.scaling import ParametricLaw, data_constrained_loss, loss
from isocost.language import tr
from isocost.plan.answer.warnings.badges import spokesman
from isocost.plan.inputs.locks import is_locked
from isocost.plan.inputs.roads import put
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import Stage, data_of, kind_of
from isocost.plan.physics.counts import Counts, obtained, units_of
from isocost.plan.physics.records import Array
from isocost.plan.physics.resolve import batch_tokens, parameters_of
from isocost.plan.project.choosing import card_of, price_from
from isocost.plan.project.elsewhere import same_work
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Place, Project, Scenario, model_of, replace_scenario, replace_stage
from isocost.plan.solve.reach import Flags, Reach, reach

WITHIN = 1.0 + 1e-6
"""A budget or a deadline holds what ends on it, rounding aside."""


AGAIN = 1.5
"""Tokens so many times off the guess change their batch enough to be looked at again."""
TIMES = 4
MOST_TOKENS = NUMBERS["data.tokens"].maximum


class WishError(ValueError):
    """A question that no plan can answer, as one sentence."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to run the programme, with all it comes to."""

    accelerator: str
    label: str
    count: int
    cost_usd: float
    wall_days: float
    """Of its stages."""
    span_days: float
    """From the first day of the programme to its last."""
    gpu_hours: float
    fits: bool
    price: PriceCard
    usd_per_hour: float
    """Of an accelerator on the plan's terms: of one's own what it costs to own."""
    owned: bool
    mfu: float | None = None
    parameters: float | None = None
    """All of the model's; None where the plan trains on no text."""
    tokens: float | None = None
    loss: float | None = None
    low_usd: float | None = None
    """Cost that one in ten stays below; None = nothing is in doubt, or nobody has asked."""
    high_usd: float | None = None
    """Cost that nine in ten stay below."""
    chance: float | None = None
    """That budget and deadline both hold; None = there is neither, or nobody has asked."""
    evidence: str | None = None
    """What its prediction rests on, in one word; None = nothing is predicted, or nobody has asked."""


@dataclass(frozen=True)
class Case:
    """One scenario of a project, and the stage its unknowns stand in."""

    project: Project
    catalog: Catalog
    at: int
    today: date
    of: int | None = None
    """Place of that stage; None = the one that speaks for the plan."""

    @property
    def scenario(self) -> Scenario:
        """What is asked about."""
        return self.project.scenarios[self.at]

    @property
    def goal(self) -> Goal:
        """What it is held against."""
        return self.scenario.goal

    @cached_property
    def stage_at(self) -> int:
        """Place of the stage whose model and text are the unknowns."""
        return spokesman(self.scenario) if self.of is None else self.of

    @property
    def place(self) -> Place:
        """Where its unknowns stand."""
        return Place(self.at, self.stage_at)

    def is_locked(self, path: str) -> bool:
        """Whether an unknown is to stay; the count and the goal are those that the stages share."""
        shared = path.partition(".")[0] in ("hardware", "goal")
        return path in self.scenario.locked if shared else is_locked(self.project, path, self.place)

    @property
    def stage(self) -> Stage:
        """That stage."""
        return self.scenario.stages[self.stage_at]

    @property
    def reads(self) -> bool:
        """Whether that stage is trained on text of its own."""
        return self.stage.enabled and data_of(self.stage) is not None

    @property
    def makes_model(self) -> bool:
        """Whether it starts from nothing, which is what laws of loss speak of."""
        return self.reads and kind_of(self.stage).makes_model

    @property
    def tokens(self) -> float | None:
        """Tokens of that stage."""
        data = data_of(self.stage)
        return data.tokens if self.reads and data is not None else None

    @cached_property
    def parameters(self) -> float | None:
        """All parameters of its model."""
        model = model_of(self.scenario, self.stage)
        return parameters_of(model, self.catalog).total if self.reads else None

    @cached_property
    def active(self) -> float:
        """Share of them that each token passes through."""
        counted = parameters_of(model_of(self.scenario, self.stage), self.catalog)
        return min(1.0, counted.active / counted.total)

    def put(self, path: str, value: Any) -> Case:
        """The case with a value in an input. Raises CatalogError where no model has such parameters."""
        declared = NUMBERS.get(path)
        if declared is not None:
            value = min(max(value, declared.minimum), declared.maximum)
        return replace(
            self,
            project=put(self.project, path, value, at=self.place, today=self.today, catalog=self.catalog),
        )

    def on(self, card: PriceCard, count: int) -> Case:
        """The case on other accelerators at their price, the same work done there.

        What the plan's own accelerators cost to buy is of those alone.
        """
        chosen = self.scenario
        changed = msgspec.structs.replace(
            same_work(chosen, card.accelerator, count, self.catalog),
            hardware=msgspec.structs.replace(
                chosen.hardware, accelerator=card.accelerator, count=count, typed=None
            ),
        )
        if card.accelerator != chosen.hardware.accelerator:
            changed = msgspec.structs.replace(
                changed,
                price=price_from(card),
                ownership=msgspec.structs.replace(chosen.ownership, usd_per_accelerator=None),
            )
        return replace(self, project=replace_scenario(self.project, changed, scenario=self.at))

    @property
    def apart(self) -> bool:
        """Whether that stage runs on hardware of its own, which no choice of the shared one changes."""
        return self.stage.hardware is not None

    def refuse_idle(self) -> None:
        """Raise WishError where no stage takes time on accelerators that can be chosen."""
        running = [stage for stage in self.scenario.stages if stage.enabled]
        if not running:
            raise WishError(tr("Every stage of this plan is switched off: there is nothing to do."))
        if all(stage.hardware is not None for stage in running):
            raise WishError(
                tr("Every stage has hardware of its own: there is no shared accelerator or count to choose.")
            )

    @property
    def card(self) -> PriceCard:
        """The plan's own accelerator at its price."""
        return card_of(self.scenario)

    @cached_property
    def count(self) -> int:
        """The plan's own count, of those one can have."""
        hardware, owns = self.scenario.hardware, self.scenario.supply.owns
        return obtained(hardware.count, units_of(self.catalog.accelerator(hardware.accelerator), owns))

    def reach(
        self, cards: Sequence[PriceCard] | None = None, counts: Sequence[Counts] | None = None
    ) -> Reach:
        """The programme on some accelerators; on the plan's own at its own count where none are named."""
        if cards is None:
            cards = [self.card]
            counts = [np.array([self.count], dtype=np.int64)] if counts is None else counts
        return reach(self.scenario, cards, self.catalog, counts)

    def choice(
        self, on: Reach, at: int, law: ParametricLaw | None = None, *, of_stage: bool = False
    ) -> Choice:
        """One point of what this case reaches.

        Args:
            of_stage: whether the accelerators told are those of the stage of the unknowns, which may have
                its own, and not those that are shared.
        """
        card, mfu = on.cards[int(on.which[at])], float(on.mfu[at])
        own = self.stage.hardware if of_stage else None
        entry = self.catalog.accelerator(card.accelerator if own is None else own.accelerator)
        return Choice(
            accelerator=entry.spec.id,
            label=entry.short_name,
            count=int(on.counts[at]) if own is None else own.count,
            cost_usd=float(on.cost_usd[at]),
            wall_days=float(on.days[at]),
            span_days=float(on.span_days[at]),
            gpu_hours=float(on.gpu_hours[at]),
            fits=bool(on.fits[at]),
            price=card,
            usd_per_hour=float(on.rates[at]),
            owned=on.scenario.supply.mode == "own",
            mfu=None if np.isnan(mfu) else mfu,
            parameters=self.parameters,
            tokens=self.tokens,
            loss=self.loss(law),
        )

    def loss(self, law: ParametricLaw | None = None) -> float | None:
        """Loss a law predicts for the model this plan makes; None where it makes none.

        Of a mixture of experts the active parameters are taken, which is cautious. Where the law knows of
        repeated text and the plan says how much of it is different, repetition counts.
        """
        if not self.makes_model or self.parameters is None or self.tokens is None:
            return None
        law = law or self.catalog.constants.laws.law()
        return loss_of(law, self.parameters * self.active, self.tokens, self.scenario.dataset.unique_tokens)


def loss_of(law: ParametricLaw, size: float, tokens: float, unique: float | None) -> float:
    """Loss by a law, of text that is repeated where only ``unique`` tokens of it are different."""
    return float(losses_of(law, size, tokens, unique))


def losses_of(law: ParametricLaw, size: Number, tokens: Number, unique: float | None) -> Number:
    """The same at each of many sizes and amounts, which broadcast."""
    if unique is not None and law.repeat_data is not None and law.repeat_parameters is not None:
        return data_constrained_loss(law, size, unique, tokens)
    return loss(law, size, tokens)


def margin(on: Reach, goal: Goal) -> Array:
    """The larger of cost over budget and span over deadline at each point; 1 = just kept, 0 = no goal."""
    over = np.zeros(len(on))
    if goal.budget_usd is not None:
        over = np.maximum(over, on.cost_usd / max(goal.budget_usd, 1e-9))
    if goal.deadline_days is not None:
        over = np.maximum(over, on.span_days / max(goal.deadline_days, 1e-9))
    return over


def kept(on: Reach, goal: Goal) -> Flags:
    """Where the programme fits, can be had, and holds budget and deadline."""
    return on.fits & on.sold & (margin(on, goal) <= WITHIN)


def with_text(case: Case, tokens: float, batch: float | None) -> Case:
    """The case whose stage reads so many tokens in batches of so many; None = as the plan has them."""
    data = data_of(case.stage)
    assert data is not None
    changed = msgspec.structs.replace(data, tokens=tokens, batch_tokens=batch or data.batch_tokens)
    stage = msgspec.structs.replace(case.stage, data=changed)
    return replace(case, project=replace_stage(case.project, stage, scenario=case.at, stage=case.stage_at))


def tokens_paid(
    case: Case, cards: Sequence[PriceCard], counts: Sequence[Counts], guess: float
) -> tuple[Reach, Array]:
    """The programme at about those tokens, and the most that budget and deadline pay for at each point.

    Cost and time are straight in the tokens while the batch stays: two amounts tell both. None are paid for
    where the model does not fit, or nobody sells so many.
    """
    for _ in range(TIMES):
        data = data_of(with_text(case, guess, None).stage)
        assert data is not None
        batch = batch_tokens(data, case.catalog)
        one, two = (with_text(case, amount, batch).reach(cards, counts) for amount in (guess, 2.0 * guess))
        most = np.full(len(one), MOST_TOKENS)
        for goal, first, second in (
            (case.goal.budget_usd, one.cost_usd, two.cost_usd),
            (case.goal.deadline_days, one.span_days, two.span_days),
        ):
            if goal is not None:
                a_token = (second - first) / guess
                # What costs the same whatever is read is paid for all of it, or for none.
                flat = np.where(first <= goal, MOST_TOKENS, 0.0)
                straight = guess + (goal - first) / np.where(a_token > 0.0, a_token, 1.0)
                most = np.minimum(most, np.where(a_token > 0.0, straight, flat))
        most = np.where(one.fits & one.sold, np.maximum(most, 0.0), 0.0)
        best = float(most.max(initial=0.0))
        if best <= 0.0 or 1.0 / AGAIN < best / guess < AGAIN:
            break
        guess = best
    return one, most
