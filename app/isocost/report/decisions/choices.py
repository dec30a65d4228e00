"""What is said of a choice of hardware wherever one is offered: its figures, its price, what it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from isocost.language import in_sentence, later, listed, tr
from isocost.plan.answer.across.curves import other_cards
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import RlStage, Stage
from isocost.plan.project.elsewhere import GOODPUT, MFU, typed_value
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Scenario
from isocost.plan.project.terms import apart_from
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.offered import Caveat
from isocost.plan.solve.solution import Limit
from isocost.plan.values import asked_by
from isocost.quantities import (
    format_budget,
    format_count,
    format_counted,
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_share,
)
from isocost.report.decisions.doubting.doubt import ends_said, in_hundred
from isocost.report.table import Column, Table

LIMITS: dict[Limit, str] = {
    "budget": tr("the budget"),
    "deadline": tr("the deadline"),
    "memory": "memory",
    "batch": tr("the batch, which cannot feed more or fewer evenly"),
    "supply": tr("supply, as other numbers are not for rent on these terms,"),
    "range": tr("the end of the input's range"),
    "returns": tr("the returns of more"),
}
"""What can hold an answer, in the words of a sentence."""

SAME_TIME = 0.05
"""Days by which a programme must outlast its stages for both to be told."""


def title_of(case: Case) -> str:
    """The plan and its scenario."""
    return ", ".join(name for name in (case.project.name, case.scenario.name) if name)


def hardware_words(choice: Choice) -> str:
    """ "256 H100"."""
    return f"{format_count(choice.count)} {choice.label}"


MARK = "*"
"""What a name carries whose place among others deserves doubt."""
_CAVEATS: dict[Caveat, str] = {
    "one supplier": later("one supplier"),
    "old price": later("old price"),
    "guessed speed": later("guessed speed"),
}


def starred(name: str, caveats: Sequence[Caveat]) -> str:
    """A name with its mark, where its price or speed deserves doubt."""
    return f"{name} {MARK}" if caveats else name


def caveat_words(caveats: Iterable[Caveat]) -> str:
    """ "one supplier, old price"; empty without any."""
    found = set(caveats)
    return ", ".join(tr(words) for each, words in _CAVEATS.items() if each in found)


def marks_words(caveats: Iterable[Caveat]) -> str:
    """What the mark means among names: "* one supplier, old price or guessed speed"; empty without any."""
    found = set(caveats)
    said = [tr(words) for each, words in _CAVEATS.items() if each in found]
    return f"{MARK} {listed(said, 'or')}" if said else ""


def terms_words(case: Case) -> str:
    """That others stand at prices of other terms than the plan's; empty where theirs are the same."""
    others = other_cards(case.project, case.catalog, case.at)
    if not (mode := apart_from(case.card, case.scenario.supply, others)):
        return ""
    return tr(
        "The plan's price is of its terms ({terms}); other accelerators stand at their price by the hour, "
        "unless the plan names one: on these terms they may cost less.",
        terms=in_sentence(CHOICES["supply.mode"].options[mode]),
    )


def typed_words(case: Case) -> tuple[str, ...]:
    """Whose a typed MFU and goodput are, and what is taken elsewhere; empty where none is typed."""
    scenario, said = case.scenario, []
    count = format_count(case.count)
    if _types_mfu(scenario):
        said.append(
            tr(
                "The typed MFU is of {count} {name}: elsewhere it is as far above or below the model, and no "
                "higher above it than nine runs in ten.",
                count=count,
                name=case.catalog.accelerator(scenario.hardware.accelerator).short_name,
            )
        )
    if _types(scenario, GOODPUT):
        said.append(
            tr("The typed goodput is of {count}: at other counts failures take more or less.", count=count)
        )
    return tuple(said)


def moved_words(step: str, scenario: Scenario, count: int) -> str:
    """What a step to other hardware, or so many, is called: what is typed and another there goes along."""
    mfu = _types_mfu(scenario)
    goodput = _types(scenario, GOODPUT) and count != scenario.hardware.count
    if mfu and goodput:
        return tr("{step}, MFU and goodput by the model", step=step)
    if goodput:
        return tr("{step}, goodput by the model", step=step)
    return tr("{step}, MFU by the model", step=step) if mfu else step


def _types_mfu(scenario: Scenario) -> bool:
    """Whether a stage that counts has a typed MFU on the shared hardware."""
    updates = (stage.rl.mfu for stage in _counted(scenario) if isinstance(stage, RlStage))
    return _types(scenario, MFU) or any(mfu is not None for mfu in updates)


def _types(scenario: Scenario, path: str) -> bool:
    """Whether a stage that counts has a typed value of an input of the efficiency on the shared hardware."""
    return any(typed_value(scenario, stage, path) is not None for stage in _counted(scenario))


def _counted(scenario: Scenario) -> list[Stage]:
    return [stage for stage in scenario.stages if stage.enabled and stage.hardware is None]


def likely_heading(*, without_reserve: bool) -> str:
    """Over the ends of costs, which leave out a reserve that is held against them."""
    return tr("Likely, 8 in 10, without reserve") if without_reserve else tr("Likely, 8 in 10")


def range_words(choice: Choice) -> str:
    """Where 8 chances in 10 of its cost lie, or that nothing of it is in doubt."""
    if choice.low_usd is None or choice.high_usd is None:
        return tr("as planned")
    return ends_said(format_money(choice.low_usd), format_money(choice.high_usd))


def agreeing(choice: Choice, verb: str) -> str:
    """A verb in the number of the hardware before it: "1 H100 stays", "8 H100 stay"."""
    if choice.count != 1:
        return tr(verb)
    return tr(f"{verb}es" if verb.endswith("o") else f"{verb}s")


def cost_words(choice: Choice) -> str:
    """ "$320K and 13 days"."""
    return tr(
        "{money} and {duration}",
        money=format_money(choice.cost_usd),
        duration=format_duration(choice.span_days),
    )


def goal_words(goal: Goal) -> str:
    """ "$300K and 14 days"; empty without a goal."""
    money = "" if goal.budget_usd is None else format_budget(goal.budget_usd)
    time = "" if goal.deadline_days is None else format_duration(goal.deadline_days)
    return listed(each for each in (money, time) if each)


def chance_words(chance: float | None) -> str:
    """ "67 in 100"; empty where nothing is held against."""
    return "" if chance is None else in_hundred(chance)


def price_words(choice: Choice, age: int | None) -> str:
    """Who asks what, and how old that is: "$2.95 an hour of TensorWave, 66 days old"."""
    asked = tr("{money} an hour", money=format_money(choice.usd_per_hour))
    if choice.owned:
        bought = price_date(choice)
        return tr("{asked} of one's own", asked=asked) + (
            tr(", bought at a price of {bought}", bought=bought) if bought else ""
        )
    old = "" if age is None else tr(", {counted} old", counted=format_counted(age, "day"))
    return tr("{asked} of {supplier}{old}", asked=asked, supplier=asked_by(choice.price.supplier), old=old)


def price_date(choice: Choice) -> str:
    """Day of the price that the choice rests on; empty of one's own at a rent's card."""
    return "" if choice.owned and choice.price.commitment != "owned" else choice.price.date


def supplier_of(choice: Choice) -> str:
    """Who asks the price."""
    return tr("owned") if choice.owned else asked_by(choice.price.supplier)


def model_words(choice: Choice) -> str:
    """ "7B on 2T tokens"; without tokens no text is paid for."""
    if choice.parameters is None:
        return ""
    size = format_quantity(choice.parameters, "number")
    if choice.tokens is None:
        return tr("{size} without any text", size=size)
    return tr("{size} on {quantity} tokens", size=size, quantity=format_quantity(choice.tokens, "number"))


def limits_words(limits: Sequence[Limit]) -> str:
    """ "the budget and the deadline"."""
    return listed(LIMITS[each] for each in limits)


CHOICE_COLUMNS = (
    Column(tr("Hardware")),
    Column(tr("Parameters"), lambda v: format_quantity(v, "number"), right=True, key="parameters"),
    Column(tr("Tokens"), lambda v: format_quantity(v, "number"), right=True, key="tokens"),
    Column(tr("Loss"), lambda v: format_fixed(v, 3), right=True, key="loss"),
    Column(tr("Cost"), format_money, right=True, key="cost_usd"),
    Column(tr("Time"), format_duration, right=True, key="programme_days"),
    Column(tr("Hours"), lambda v: format_quantity(v, "number"), right=True, key="gpu_hours"),
    Column("MFU", format_share, right=True, key="mfu"),
)


def choice_row(choice: Choice) -> tuple[Any, ...]:
    """The cells of :data:`CHOICE_COLUMNS`."""
    return (
        hardware_words(choice),
        choice.parameters,
        choice.tokens,
        choice.loss,
        choice.cost_usd,
        choice.span_days,
        choice.gpu_hours,
        choice.mfu,
    )


def choice_table(choices: Sequence[Choice]) -> Table:
    """Choices beneath each other."""
    return Table(CHOICE_COLUMNS, tuple(choice_row(each) for each in choices))


def choice_tree(choice: Choice) -> dict[str, Any]:
    """A choice for other programs: ``wall_days`` are those of its stages, as in an estimate."""
    return {
        "accelerator": choice.accelerator,
        "count": choice.count,
        "cost_usd": choice.cost_usd,
        "wall_days": choice.wall_days,
        "programme_days": choice.span_days,
        "gpu_hours": choice.gpu_hours,
        "parameters": choice.parameters,
        "tokens": choice.tokens,
        "loss": choice.loss,
        "mfu": choice.mfu,
        "fits": choice.fits,
        "usd_per_gpu_hour": choice.usd_per_hour,
        "supplier": supplier_of(choice),
        "price_date": price_date(choice),
    }
