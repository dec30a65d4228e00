"""What stands at the edge of a goal: three offers, else the nearest to one; and where doubling ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.plan.answer.across.curves import LONGEST_DAYS, CostCurve
from isocost.plan.answer.estimate import Answer
from isocost.plan.project.choosing import price_from, with_choice, with_price
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Project, Scenario, efficiency_of
from isocost.plan.solve.case import Case, Choice, WishError
from isocost.plan.solve.hardware.offers import Offer, Offers, offers
from isocost.plan.solve.hardware.ranks import Ranking, ranking
from isocost.plan.solve.knee import Knee, knee
from isocost.plan.solve.nearest import nearest
from isocost.plan.solve.solution import Alternative


@dataclass(frozen=True, slots=True)
class Edge:
    """What budget and deadline leave of a plan's choices of hardware."""

    case: Case
    offers: Offers | None
    """None = no accelerator can be chosen, and ``problem`` says why."""
    alternatives: tuple[Alternative, ...]
    """Where there is no offer: at most three plans that are possible, the one that gives up least first."""
    curves: tuple[CostCurve, ...]
    """Each offer's accelerator at the offer's price, at every count that was looked at: the offer is one of
    its points."""
    problem: str = ""

    @property
    def distinct(self) -> tuple[tuple[tuple[str, ...], Offer], ...]:
        """The offers from the cheapest to the fastest, each once, with the names it has."""
        found: dict[tuple[str, int, PriceCard], tuple[list[str], Offer]] = {}
        if self.offers is not None:
            for name in ("cheapest", "balanced", "fastest"):
                offer: Offer | None = getattr(self.offers, name)
                if offer is not None:
                    chosen = offer.choice
                    key = chosen.accelerator, chosen.count, chosen.price
                    found.setdefault(key, ([], offer))[0].append(name)
        return tuple((tuple(names), offer) for names, offer in found.values())


def edge(of: Answer) -> Edge:
    """The edge of an answered plan: worked out anew of its project, so that another thread may ask."""
    case = case_of(of)
    try:
        found = offers(case)
    except WishError as error:
        return Edge(case, None, (), (), str(error))
    if found.cheapest is None:
        others = nearest(case, case.catalog.constants.laws.law())
        return Edge(case, found, others, ())
    cards = dict.fromkeys(
        offer.choice.price for offer in (found.cheapest, found.balanced, found.fastest) if offer is not None
    )
    on = case.reach(list(cards))
    shown = on.sold & (on.days > 0.0) & (on.days <= LONGEST_DAYS) & (on.cost_usd > 0.0)
    return Edge(case, found, (), on.chosen(shown))


def edge_follows(of: Answer) -> tuple[Scenario, tuple[PriceCard, ...], date]:
    """What an edge follows from: the scenario whatever it is called, frozen prices, and today."""
    return msgspec.structs.replace(of.scenario, name=""), of.project.prices, date.today()


def doublings(of: Answer) -> Knee | None:
    """Where more of an answered plan's accelerators stop paying; None where none can be chosen."""
    case = case_of(of)
    try:
        case.refuse_idle()
    except WishError:
        return None
    return knee(case)


def ranks(of: Answer) -> tuple[Ranking, Case] | None:
    """An answered plan's accelerators ranked, and what would change that; None where none can be chosen."""
    case = case_of(of)
    try:
        return ranking(case), case
    except WishError:
        return None


def ranks_follow(of: Answer) -> tuple[Scenario, tuple[PriceCard, ...], date]:
    """What that follows from: as an edge does, whatever the budget, which moves no place."""
    scenario, prices, today = edge_follows(of)
    goal = msgspec.structs.replace(scenario.goal, budget_usd=None)
    return msgspec.structs.replace(scenario, goal=goal), prices, today


def doublings_follow(of: Answer) -> Scenario:
    """What the doublings of a plan follow from: the scenario but for its name and goal, and for its count.

    A typed MFU or goodput is of that count, and so are the others' beside it.
    """
    scenario = msgspec.structs.replace(of.scenario, name="", goal=Goal())
    if any(efficiency_of(scenario, stage).of_its_count for stage in scenario.stages):
        return scenario
    hardware = msgspec.structs.replace(scenario.hardware, count=1, typed=None)
    return msgspec.structs.replace(scenario, hardware=hardware)


def case_of(of: Answer) -> Case:
    """An answered plan, asked backwards today."""
    return Case(of.project, of.reckoning.catalog, of.at, date.today())


def taken(project: Project, choice: Choice, catalog: Catalog, scenario: int) -> Project:
    """The project with an offer as its own: accelerator, count, and the price it was offered at.

    The price of the accelerator it leaves is frozen.
    """
    after = with_choice(project, choice.accelerator, choice.count, catalog, scenario)
    if choice.owned or price_from(choice.price) == after.scenarios[scenario].price:
        return after
    return with_price(after, choice.price, scenario)
