"""What a plan solved for one of its inputs says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isocost.catalog.prices import NO_CLUSTER
from isocost.plan.inputs.roads import DENSE
from isocost.plan.project.programme import Goal
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.knee import PAYS, Knee
from isocost.plan.solve.odds import pace_kept
from isocost.plan.solve.solution import Alternative, Solution, held_against
from isocost.quantities import (
    format_count,
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_share,
    format_significant,
    marked,
)
from isocost.report.decisions.choices import (
    CHOICE_COLUMNS,
    SAME_TIME,
    agreeing,
    choice_row,
    choice_table,
    choice_tree,
    cost_words,
    goal_words,
    hardware_words,
    limits_words,
    model_words,
    title_of,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

_UNKNOWN = {
    "model": "model",
    "tokens": "number of tokens",
    "parameters": "size of model",
    "count": "count",
    "accelerator": "accelerator on offer",
    "price": "price",
    "mfu": "MFU",
    "budget": "budget",
    "deadline": "time",
}


def solved(solution: Solution, case: Case, law: str, knee: Knee | None = None) -> Told:
    """The answer in every form; ``law`` is the name of the law of loss."""
    sections = [Section("", tuple(sentences(solution, case, law)))]
    if solution.choice is not None:
        heading = "The plan with it" if solution.feasible else "The nearest that was tried"
        sections.append(Section(heading, table=choice_table([solution.choice])))
    if solution.alternatives:
        heading = "The same bill, another size" if solution.feasible else "What is possible"
        sections.append(
            Section(heading, table=_alternatives(solution, case)),
        )
    if knee is not None:
        sections.append(knee_section(knee))
    return Told(
        title_of(case),
        finding(solution, case),
        tuple(sections),
        _tree(solution, case, knee),
        _scan(solution),
    )


def finding(solution: Solution, case: Case) -> str:
    """The answer in one sentence; of a wish that cannot be with what is nearest to it."""
    near = nearest_words(solution, case)
    return f"{verdict(solution, case)}: {near}" if near else verdict(solution, case)


def nearest_words(solution: Solution, case: Case) -> str:
    """What came nearest where nothing does it: "the nearest, 256 H100, costs..."; else empty."""
    choice = solution.choice
    if solution.feasible or choice is None:
        return ""
    goal = held_against(solution.wish.unknown, case.goal)
    return f"the nearest, {_near(solution, choice)}, {over_words(choice, goal)}"


def verdict(solution: Solution, case: Case, *, where: bool = True) -> str:
    """The answer, or that there is none; ``where`` tells on what hardware as well."""
    held = held_against(solution.wish.unknown, case.goal)
    choice, goal = solution.choice, f"within {goal_words(held)}"
    if not solution.feasible or choice is None:
        return f"{impossible_words(solution)} {goal}"
    on, value = hardware_words(choice), solution.value
    there = f", on {on}" if where else ""
    match solution.wish.unknown:
        case "model":
            place = f", {on}" if where else ""
            return f"Best {goal}: {model_words(choice)}{place}"
        case "tokens" | "parameters" if isinstance(value, float):
            what = "tokens" if solution.wish.unknown == "tokens" else "parameters"
            return f"At most {format_quantity(value, 'number')} {what} {goal}{there}"
        case "price" if isinstance(value, float):
            return f"At {format_money(value)} an hour or less it stays {goal}{there}"
        case "mfu" if isinstance(value, float):
            return f"From an MFU of {format_share(value)} on it stays {goal}{there}"
        case "budget":
            time = format_duration(case.goal.deadline_days or 0.0)
            return f"{format_money(choice.cost_usd)} is the least for it in {time}{there}"
        case "deadline":
            money = format_money(case.goal.budget_usd or 0.0)
            return f"{format_duration(choice.span_days)} is the soonest for {money}{there}"
    if solution.binding == ("returns",):
        return f"More than {on} hardly pay: {cost_words(choice)}"
    return f"{on} {agreeing(choice, 'do')} it {goal} for the least: {cost_words(choice)}"


def impossible_words(solution: Solution) -> str:
    """That nothing does it."""
    return f"No {_UNKNOWN[solution.wish.unknown]} does it"


def _near(solution: Solution, choice: Choice) -> str:
    """What was nearest, by the input that was tried."""
    if solution.wish.unknown in ("count", "accelerator", "budget", "deadline"):
        return hardware_words(choice)
    words = model_words(choice) if solution.wish.unknown in ("model", "tokens", "parameters") else ""
    if solution.wish.unknown == "price":
        words = format_money(choice.usd_per_hour)
    if solution.wish.unknown == "mfu" and choice.mfu is not None:
        words = format_share(choice.mfu)
    return words or hardware_words(choice)


def over_words(choice: Choice, goal: Goal) -> str:
    """By how much a choice breaks the goal: "costs $314K, 57 % too much and takes..."."""
    if not choice.fits:
        return "does not fit in memory"
    parts = []
    if goal.budget_usd is not None and choice.cost_usd > goal.budget_usd:
        more = choice.cost_usd / goal.budget_usd - 1.0
        parts.append(f"costs {format_money(choice.cost_usd)}, {_excess(more)} too much")
    if goal.deadline_days is not None and choice.span_days > goal.deadline_days:
        more = choice.span_days / goal.deadline_days - 1.0
        parts.append(f"takes {format_duration(choice.span_days)}, {_excess(more)} too long")
    return " and ".join(parts) or "cannot be had so"


FAR = 2.0
"""Shares from which on people speak of times."""
WHOLE_PERCENT = 0.05
"""Shares below which a percent is not enough."""


def _excess(share: float) -> str:
    """ "57 %", or "3.2 times" of what is far beyond."""
    return (
        f"{format_quantity(share + 1.0, 'number', digits=2)} times"
        if share >= FAR
        else format_share(share, decimals=0 if share >= WHOLE_PERCENT else 1)
    )


def sentences(solution: Solution, case: Case, law: str) -> Iterator[str]:
    """What is to be known beside the answer."""
    choice = solution.choice
    if solution.feasible and choice is not None:
        yield held_words(solution)
        if choice.loss is not None and solution.wish.unknown in ("model", "tokens", "parameters"):
            loss = format_fixed(choice.loss, 3)
            yield f"Loss {loss} nats a token by {law}; compare it within one law only."
        if solution.case.active < DENSE and choice.loss is not None:
            share = format_share(solution.case.active)
            yield f"{share} of the parameters are active on a token: the law is asked of these."
        if solution.wish.unknown == "model":
            yield _free(solution, case)
        if choice.span_days - choice.wall_days > SAME_TIME:
            yield (
                f"The programme takes {format_duration(choice.span_days)}, its stages "
                f"{format_duration(choice.wall_days)} of them: a deadline is held against the programme."
            )
        if solution.wish.unknown == "mfu":
            yield from _predicted(case)
        return
    yield from _not_rented(solution)
    if not solution.alternatives:
        yield "Nothing near it is possible either: not with more money, not with more time."


def _not_rented(solution: Solution) -> Iterator[str]:
    """Numbers that would do and that nobody rents out."""
    goal = solution.case.goal
    if "supply" not in solution.binding:
        return
    enough = (
        point.choice
        for point in solution.scan
        if not point.sold
        and point.choice.fits
        and (goal.budget_usd is None or point.choice.cost_usd <= goal.budget_usd)
        and (goal.deadline_days is None or point.choice.span_days <= goal.deadline_days)
    )
    choice = next(enough, None)
    if choice is not None:
        single = ", which is that of single ones" if choice.price.commitment in NO_CLUSTER else ""
        yield (
            f"{hardware_words(choice)} would do it, {cost_words(choice)}, but so many are not for rent at "
            f"the plan's price{single}: give a price for several, or own them."
        )


def held_words(solution: Solution) -> str:
    """What holds the answer where it is."""
    limits = solution.binding
    if limits == ("returns",):
        return f"Twice as many would be less than {format_significant(PAYS)} times as fast."
    if not limits:
        return "Nothing holds it there: nothing else is cheaper."
    words = limits_words(limits)
    verb = "hold" if len(limits) > 1 else "holds"
    return f"{words[0].upper()}{words[1:]} {verb} it there."


def _free(solution: Solution, case: Case) -> str:
    """What was free beside the model."""
    if solution.wish.any_accelerator:
        return "Every accelerator on offer was tried, at every usual count."
    if case.scenario.supply.mode == "own":
        return "The count is the plan's: these accelerators are owned."
    if case.goal.deadline_days is None:
        return "The count is the plan's: without a deadline fewer would always be cheaper."
    if solution.wish.keep_count:
        return "The count is the plan's."
    return "The count was free; accelerator, price and all else are the plan's."


def _predicted(case: Case) -> Iterator[str]:
    """Beside a typed utilization the predicted one, which carries the predicted waste of whole runs too."""
    on = case.reach()
    mfu, pace = case.choice(on, 0).mfu, pace_kept(on, case.goal)
    if mfu is None or pace is None:
        return
    predicted = f"The plan as it stands is predicted to reach {format_share(mfu)}"
    if pace >= 1.0:
        yield f"{predicted}, and stays within it down to {format_share(mfu / pace)}."
    else:
        yield f"{predicted}; as predicted it would have to be {format_share(mfu / pace)}."
    if case.scenario.efficiency.mfu is None:
        yield (
            "An MFU that is typed may be lower than one that is predicted: it counts as measured, without "
            "most of the waste that whole runs are predicted to have."
        )


def why(other: Alternative, case: Case, held: Goal | None = None) -> str:
    """Why another plan is told beside a wish that cannot be; ``held`` is its goal, None = the plan's."""
    choice, goal = other.choice, held or case.goal
    match other.changed:
        case "count":
            return f"{hardware_words(choice)} {agreeing(choice, 'stay')} within {goal_words(goal)}"
        case "accelerator":
            return f"{hardware_words(choice)} {agreeing(choice, 'stay')} within {goal_words(goal)}"
        case "budget":
            more = choice.cost_usd - (goal.budget_usd or 0.0)
            return f"with {format_money(more)} more it is possible"
        case "deadline":
            more = choice.span_days - (goal.deadline_days or 0.0)
            return f"with {format_duration(more)} more it is possible"
        case "both":
            return "the least beyond both limits"
        case "tokens":
            tokens = format_quantity(choice.tokens or 0.0, "number")
            return f"{tokens} tokens are paid for"
    times = (choice.parameters or 0.0) / (case.parameters or 1.0)
    return f"{format_quantity(times, 'number', digits=2)} times the plan's size"


def _alternatives(solution: Solution, case: Case) -> Table:
    columns = (*CHOICE_COLUMNS, Column("Why"))
    rows = [(*choice_row(each.choice), why_beside(each, solution, case)) for each in solution.alternatives]
    return Table(columns, tuple(rows))


def why_beside(other: Alternative, solution: Solution, case: Case) -> str:
    """Why another plan is told beside an answer, or beside that there is none."""
    best = solution.choice
    if (
        other.changed == "size"
        and best is not None
        and best.loss is not None
        and other.choice.loss is not None
    ):
        worse = other.choice.loss - best.loss
        serve = (other.choice.parameters or 0.0) / (best.parameters or 1.0)
        served = format_quantity(serve, "number", digits=2)
        return f"loss {marked(f'{worse:+.3f}')}, {served} of the work to serve"
    return why(other, case, held_against(solution.wish.unknown, case.goal))


def knee_section(knee: Knee) -> Section:
    """What each doubling of the cluster brings, and where that stops paying."""
    columns = (
        Column("Accelerators", format_count, right=True, key="count"),
        Column("Time", format_duration, right=True, key="programme_days"),
        Column("Cost", format_money, right=True, key="cost_usd"),
        Column("Times as fast", lambda v: format_fixed(v, 2), right=True, key="faster"),
        Column("A day saved costs", _a_day, right=True, key="usd_per_day_saved"),
    )
    rows = tuple(
        (r.choice.count, r.choice.span_days, r.choice.cost_usd, r.faster, r.usd_per_day)
        for r in knee.doublings
    )
    return Section(
        "Each doubling", (knee_words(knee),) if knee.knee is not None else (), Table(columns, rows)
    )


def knee_words(knee: Knee) -> str:
    """Where more accelerators stop paying."""
    if knee.knee is None:
        return "The model fits on no number of them."
    last = knee.doublings[-1].choice.count
    stops = f"Doubling pays up to {format_count(knee.knee)}"
    if len(knee.doublings) == 1:
        return f"More than {format_count(last)} are not for rent at this price: nothing to double."
    if knee.knee < last:
        stops += f": beyond, twice as many are less than {format_significant(PAYS)} times as fast."
    else:
        stops += ", the most that were tried."
    if knee.batch_limit is None:
        return stops
    return f"{stops} The batch holds {format_count(knee.batch_limit)} sequences: more accelerators share one."


def _a_day(usd: float) -> str:
    return format_money(usd) if usd >= 0.0 else f"saves {format_money(-usd)}"


def _tree(solution: Solution, case: Case, knee: Knee | None) -> dict[str, Any]:
    choice = solution.choice
    tree: dict[str, Any] = {
        "for": solution.wish.unknown,
        "value": solution.value,
        "unit": solution.unit,
        "binding": solution.binding[0] if solution.binding else None,
        "limits": list(solution.binding),
        "feasible": solution.feasible,
        "goal": {"budget_usd": case.goal.budget_usd, "deadline_days": case.goal.deadline_days},
        "estimate": None if choice is None else choice_tree(choice),
        "scan": [
            {"value": point.value, "feasible": point.feasible, **choice_tree(point.choice)}
            for point in solution.scan
        ],
        "crossings": list(solution.crossings),
        "alternatives": [
            {**choice_tree(each.choice), "changed": each.changed, "why": why_beside(each, solution, case)}
            for each in solution.alternatives
        ],
    }
    if knee is not None:
        tree["knee"] = {
            "count": knee.knee,
            "batch_sequences": knee.batch_limit,
            "doublings": [
                {
                    "count": each.choice.count,
                    "cost_usd": each.choice.cost_usd,
                    "programme_days": each.choice.span_days,
                    "faster": each.faster,
                    "usd_per_day_saved": each.usd_per_day,
                }
                for each in knee.doublings
            ],
        }
    return tree


def _scan(solution: Solution) -> Table:
    unknown = Column(solution.wish.unknown, str, key=_key(solution))
    columns = (unknown, Column("Feasible", str, key="feasible"), *CHOICE_COLUMNS)
    rows = [(point.value, point.feasible, *choice_row(point.choice)) for point in solution.scan]
    return Table(columns, tuple(rows))


def _key(solution: Solution) -> str:
    unit = solution.unit
    return (
        solution.wish.unknown if unit in ("", solution.wish.unknown) else f"{solution.wish.unknown} [{unit}]"
    )
