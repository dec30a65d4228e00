"""The questions of the tour: each is asked before its answer is shown, which is computed, not told."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.constants.gallery import TourStep
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.doubt.risk import risk
from isocost.plan.money.reckoning import reckoned
from isocost.plan.project.project import Project, set_value
from isocost.plan.project.runs import run_as_planned
from isocost.quantities import (
    Quantity,
    QuantityError,
    format_count,
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_share,
    parse,
)

SAME, CLOSE = 1.05, 1.3
"""Times beside the answer up to which a guess is the same, and up to which it is close."""
GUESS_FIRST = "Guess first, then see."
NO_GUESS = "Type a guess first."
SHOW, NEXT, DONE, SKIP = "Show me", "Next", "Done", "Skip the tour"
COMING = "Working it out…"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what it comes to."""

    asked: str
    how: str
    """What the plan on screen says of it."""
    quantity: Quantity
    placeholder: str
    value: float
    answered: str
    """The answer as a sentence."""
    count: int | None = None
    """Accelerators of the plan that the answer shows; None = the plan stays."""

    def read(self, text: str) -> float | str:
        """What was guessed, or what is wrong with it."""
        if not text.strip():
            return NO_GUESS
        try:
            guess = parse(text, self.quantity)
        except QuantityError as error:
            return str(error)
        if guess <= 0.0 or (self.quantity == "share" and guess > 1.0):
            return f"Between 0 and 100{_PERCENT}." if self.quantity == "share" else "More than nothing."
        return guess

    def verdict(self, guess: float) -> str:
        """The guess beside the answer."""
        said = f"You said {format_quantity(guess, self.quantity)}"
        times = max(guess, self.value) / min(guess, self.value)
        if times <= SAME:
            return f"{said}: that is it."
        if times <= CLOSE:
            return f"{said}: close."
        far = format_fixed(times, 1 if times < 10.0 else 0)
        return f"{said}: {far} times too {'much' if guess > self.value else 'little'}."


_PERCENT = "\N{NARROW NO-BREAK SPACE}%"


def question(step: TourStep, project: Project, whole: Project | None, catalog: Catalog) -> Question:
    """A step of the tour about a plan, and about the ``whole`` it is a part of where its share is asked."""
    if step.asks == "share" and whole is not None:
        return _share(project, whole, catalog)
    if step.asks == "count":
        return _count(project, step.times, catalog)
    return _budget(project, catalog)


def _share(part: Project, whole: Project, catalog: Catalog) -> Question:
    mine, all_of_it = estimate(part, catalog), estimate(whole, catalog)
    cost, total = mine.total.cost_usd, all_of_it.total.cost_usd
    largest = max(all_of_it.stages, key=lambda stage: stage.cost_usd)
    return Question(
        f"{part.name}: {format_money(cost)}. What share is that of the whole chain?",
        f"The chain has the base model it starts from as well. {GUESS_FIRST}",
        "share",
        "% of the chain",
        cost / total,
        f"{format_share(cost / total)}: {format_money(cost)} of {format_money(total)}. "
        f"{largest.name} alone takes {format_share(largest.cost_usd / total)}.",
    )


def _count(project: Project, times: int, catalog: Catalog) -> Question:
    count = times * project.scenarios[0].hardware.count
    before, after = (
        estimate(each, catalog) for each in (project, set_value(project, "hardware.count", count))
    )
    name, was, now = before.stages[0].accelerator_name, before.total, after.total
    often = "twice" if times == 2 else f"{times} times"
    beside = _beside(now.cost_usd / was.cost_usd)
    return Question(
        f"{often.capitalize()} as many {name}, {format_count(count)}: what does the run cost then?",
        f"Now it is {format_money(was.cost_usd)} in {format_duration(was.wall_days)}. {GUESS_FIRST}",
        "money",
        "$ in all",
        now.cost_usd,
        f"{format_money(now.cost_usd)}, {beside}: an hour costs {often} as much, and "
        f"{format_duration(now.wall_days)} do what took {format_duration(was.wall_days)}.",
        count,
    )


def _beside(ratio: float) -> str:
    """A sum beside another, of which it is ``ratio`` times as much."""
    if abs(ratio - 1.0) < 0.0005:
        return "the same"
    return f"{format_share(abs(ratio - 1.0))} {'more' if ratio > 1.0 else 'less'}"


def _budget(project: Project, catalog: Catalog) -> Question:
    answered = answer(project, catalog)
    with_doubt = risk(reckoned(answered.scenario, run_as_planned(answered.scenario, catalog), catalog))
    asked, planned = with_doubt.ask_usd, answered.estimate.total.cost_usd
    enough = round(100 * (1.0 - with_doubt.chance_over(planned)))
    return Question(
        f"The plan comes to {format_money(planned)}. What do you ask for, to have enough four times in five?",
        f"Speed, failures and price are not known before. {GUESS_FIRST}",
        "money",
        "$ to ask for",
        asked,
        f"{format_money(asked)}, {_beside(asked / planned)} than the plan, which is enough in {enough} of "
        "100 cases. Each dot is one.",
    )
