"""The questions of the tour: each is asked before its answer is shown, which is computed, not told."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.constants.gallery import TourStep
from isocost.language import tr
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
GUESS_FIRST = tr("Guess first, then see.")
NO_GUESS = tr("Type a guess first.")
SHOW, NEXT, DONE, SKIP = tr("Show me"), tr("Next"), tr("Done"), tr("Skip the tour")
COMING = tr("Working it out…")


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
            return (
                tr("Between 0 and 100{percent}.", percent=_PERCENT)
                if self.quantity == "share"
                else tr("More than nothing.")
            )
        return guess

    def verdict(self, guess: float) -> str:
        """The guess beside the answer."""
        said = tr("You said {quantity}", quantity=format_quantity(guess, self.quantity))
        times = max(guess, self.value) / min(guess, self.value)
        if times <= SAME:
            return tr("{said}: that is it.", said=said)
        if times <= CLOSE:
            return tr("{said}: close.", said=said)
        far = format_fixed(times, 1 if times < 10.0 else 0)
        return tr(
            "{said}: {far} times too {word}.",
            said=said,
            far=far,
            word=tr("much") if guess > self.value else tr("little"),
        )


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
        tr(
            "{name}: {money}. What share is that of the whole chain?",
            name=part.name,
            money=format_money(cost),
        ),
        tr("The chain has the base model it starts from as well. {guess_first}", guess_first=GUESS_FIRST),
        "share",
        tr("% of the chain"),
        cost / total,
        tr(
            "{share}: {money} of {money_2}. {name} alone takes {share_2}.",
            share=format_share(cost / total),
            money=format_money(cost),
            money_2=format_money(total),
            name=largest.name,
            share_2=format_share(largest.cost_usd / total),
        ),
    )


def _count(project: Project, times: int, catalog: Catalog) -> Question:
    count = times * project.scenarios[0].hardware.count
    before, after = (
        estimate(each, catalog) for each in (project, set_value(project, "hardware.count", count))
    )
    name, was, now = before.stages[0].accelerator_name, before.total, after.total
    often = tr("twice") if times == 2 else tr("{times} times", times=times)
    beside = _beside(now.cost_usd / was.cost_usd)
    return Question(
        tr(
            "{often} as many {name}, {count}: what does the run cost then?",
            often=often.capitalize(),
            name=name,
            count=format_count(count),
        ),
        tr(
            "Now it is {money} in {duration}. {guess_first}",
            money=format_money(was.cost_usd),
            duration=format_duration(was.wall_days),
            guess_first=GUESS_FIRST,
        ),
        "money",
        tr("$ in all"),
        now.cost_usd,
        tr(
            "{money}, {beside}: an hour costs {often} as much, and {duration} do what took {duration_2}.",
            money=format_money(now.cost_usd),
            beside=beside,
            often=often,
            duration=format_duration(now.wall_days),
            duration_2=format_duration(was.wall_days),
        ),
        count,
    )


def _beside(ratio: float) -> str:
    """A sum beside another, of which it is ``ratio`` times as much."""
    if abs(ratio - 1.0) < 0.0005:
        return tr("the same")
    return f"{format_share(abs(ratio - 1.0))} {(tr('more') if ratio > 1.0 else tr('less'))}"


def _budget(project: Project, catalog: Catalog) -> Question:
    answered = answer(project, catalog)
    with_doubt = risk(reckoned(answered.scenario, run_as_planned(answered.scenario, catalog), catalog))
    asked, planned = with_doubt.ask_usd, answered.estimate.total.cost_usd
    enough = round(100 * (1.0 - with_doubt.chance_over(planned)))
    return Question(
        tr(
            "The plan comes to {money}. What do you ask for, to have enough four times in five?",
            money=format_money(planned),
        ),
        tr("Speed, failures and price are not known before. {guess_first}", guess_first=GUESS_FIRST),
        "money",
        tr("$ to ask for"),
        asked,
        tr(
            "{money}, {beside} than the plan, which is enough in {enough} of 100 cases. Each dot is one.",
            money=format_money(asked),
            beside=_beside(asked / planned),
            enough=enough,
        ),
    )
