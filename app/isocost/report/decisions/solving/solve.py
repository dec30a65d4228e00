"""What a plan solved for one of its inputs says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isocost.catalog.entries.prices import NO_CLUSTER
from isocost.language import capital, listed, tr
from isocost.plan.inputs.roads import DENSE
from isocost.plan.project.programme import Goal
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.knee import PAYS, Knee
from isocost.plan.solve.odds import pace_kept
from isocost.plan.solve.solution import Alternative, Solution, held_against
from isocost.quantities import (
    format_budget,
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
    "tokens": tr("number of tokens"),
    "parameters": tr("size of model"),
    "count": "count",
    "accelerator": tr("accelerator on offer"),
    "price": "price",
    "mfu": "MFU",
    "budget": "budget",
    "deadline": "time",
}


def solved(solution: Solution, case: Case, law: str, knee: Knee | None = None) -> Told:
    """The answer in every form; ``law`` is the name of the law of loss."""
    sections = [Section("", tuple(sentences(solution, case, law)))]
    if solution.choice is not None:
        heading = tr("The plan with it") if solution.feasible else tr("The nearest that was tried")
        sections.append(Section(heading, table=choice_table([solution.choice])))
    if solution.alternatives:
        heading = tr("The same bill, another size") if solution.feasible else tr("What is possible")
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
    return tr(
        "the nearest, {near}, {over_words}", near=_near(solution, choice), over_words=over_words(choice, goal)
    )


def verdict(solution: Solution, case: Case, *, where: bool = True) -> str:
    """The answer, or that there is none; ``where`` tells on what hardware as well."""
    held = held_against(solution.wish.unknown, case.goal)
    choice, goal = solution.choice, tr("within {goal_words}", goal_words=goal_words(held))
    if not solution.feasible or choice is None:
        return f"{impossible_words(solution)} {goal}"
    on, value = hardware_words(choice), solution.value
    there = tr(", on {on}", on=on) if where else ""
    match solution.wish.unknown:
        case "model":
            place = f", {on}" if where else ""
            return tr(
                "Best {goal}: {model_words}{place}", goal=goal, model_words=model_words(choice), place=place
            )
        case "tokens" | "parameters" if isinstance(value, float):
            what = tr("tokens") if solution.wish.unknown == "tokens" else tr("parameters")
            return tr(
                "At most {quantity} {what} {goal}{there}",
                quantity=format_quantity(value, "number"),
                what=what,
                goal=goal,
                there=there,
            )
        case "price" if isinstance(value, float):
            return tr(
                "At {money} an hour or less it stays {goal}{there}",
                money=format_money(value),
                goal=goal,
                there=there,
            )
        case "mfu" if isinstance(value, float):
            return tr(
                "From an MFU of {share} on it stays {goal}{there}",
                share=format_share(value),
                goal=goal,
                there=there,
            )
        case "budget":
            time = format_duration(case.goal.deadline_days or 0.0)
            return tr(
                "{money} is the least for it in {time}{there}",
                money=format_money(choice.cost_usd),
                time=time,
                there=there,
            )
        case "deadline":
            money = format_budget(case.goal.budget_usd or 0.0)
            return tr(
                "{duration} is the soonest for {money}{there}",
                duration=format_duration(choice.span_days),
                money=money,
                there=there,
            )
    if solution.binding == ("returns",):
        return tr("More than {on} hardly pay: {cost_words}", on=on, cost_words=cost_words(choice))
    return tr(
        "{on} {agreeing} it {goal} for the least: {cost_words}",
        on=on,
        agreeing=agreeing(choice, "do"),
        goal=goal,
        cost_words=cost_words(choice),
    )


def impossible_words(solution: Solution) -> str:
    """That nothing does it."""
    return tr("No {unknown} does it", unknown=_UNKNOWN[solution.wish.unknown])


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
        return tr("does not fit in memory")
    parts = []
    if goal.budget_usd is not None and choice.cost_usd > goal.budget_usd:
        more = choice.cost_usd / goal.budget_usd - 1.0
        parts.append(
            tr("costs {money}, {excess} too much", money=format_money(choice.cost_usd), excess=_excess(more))
        )
    if goal.deadline_days is not None and choice.span_days > goal.deadline_days:
        more = choice.span_days / goal.deadline_days - 1.0
        parts.append(
            tr(
                "takes {duration}, {excess} too long",
                duration=format_duration(choice.span_days),
                excess=_excess(more),
            )
        )
    return listed(parts) or tr("cannot be had so")


FAR = 2.0
"""Shares from which on people speak of times."""
WHOLE_PERCENT = 0.05
"""Shares below which a percent is not enough."""


def _excess(share: float) -> str:
    """ "57 %", or "3.2 times" of what is far beyond."""
    return (
        tr("{quantity} times", quantity=format_quantity(share + 1.0, "number", digits=2))
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
            yield tr("Loss {loss} nats a token by {law}; compare it within one law only.", loss=loss, law=law)
        if solution.case.active < DENSE and choice.loss is not None:
            share = format_share(solution.case.active)
            yield tr(
                "{share} of the parameters are active on a token: the law is asked of these.", share=share
            )
        if solution.wish.unknown == "model":
            yield _free(solution, case)
        if choice.span_days - choice.wall_days > SAME_TIME:
            yield (
                tr(
                    "The programme takes {duration}, its stages {duration_2} of them: a deadline is held "
                    "against the programme.",
                    duration=format_duration(choice.span_days),
                    duration_2=format_duration(choice.wall_days),
                )
            )
        if solution.wish.unknown == "mfu":
            yield from _predicted(case)
        return
    yield from _not_rented(solution)
    if not solution.alternatives:
        yield tr("Nothing near it is possible either: not with more money, not with more time.")


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
        single = tr(", which is that of single ones") if choice.price.commitment in NO_CLUSTER else ""
        yield (
            tr(
                "{hardware_words} would do it, {cost_words}, but so many are not for rent at the "
                "plan's price{single}: give a price for several, or own them.",
                hardware_words=hardware_words(choice),
                cost_words=cost_words(choice),
                single=single,
            )
        )


def held_words(solution: Solution) -> str:
    """What holds the answer where it is."""
    limits = solution.binding
    if limits == ("returns",):
        return tr(
            "Twice as many would be less than {significant} times as fast.",
            significant=format_significant(PAYS),
        )
    if not limits:
        return tr("Nothing holds it there: nothing else is cheaper.")
    words = capital(limits_words(limits))
    if len(limits) > 1:
        return tr("{words} hold it there.", words=words)
    return tr("{words} holds it there.", words=words)


def _free(solution: Solution, case: Case) -> str:
    """What was free beside the model."""
    if solution.wish.any_accelerator:
        return tr("Every accelerator on offer was tried, at every usual count.")
    if case.scenario.supply.mode == "own":
        return tr("The count is the plan's: these accelerators are owned.")
    if case.goal.deadline_days is None:
        return tr("The count is the plan's: without a deadline fewer would always be cheaper.")
    if solution.wish.keep_count:
        return tr("The count is the plan's.")
    return tr("The count was free; accelerator, price and all else are the plan's.")


def _predicted(case: Case) -> Iterator[str]:
    """Beside a typed utilization the predicted one, which carries the predicted waste of whole runs too."""
    on = case.reach()
    mfu, pace = case.choice(on, 0).mfu, pace_kept(on, case.goal)
    if mfu is None or pace is None:
        return
    predicted = tr("The plan as it stands is predicted to reach {share}", share=format_share(mfu))
    if pace >= 1.0:
        yield tr(
            "{predicted}, and stays within it down to {share}.",
            predicted=predicted,
            share=format_share(mfu / pace),
        )
    else:
        yield tr(
            "{predicted}; as predicted it would have to be {share}.",
            predicted=predicted,
            share=format_share(mfu / pace),
        )
    if case.scenario.efficiency.mfu is None:
        yield (
            tr(
                "An MFU that is typed may be lower than one that is predicted: it counts as "
                "measured, without most of the waste that whole runs are predicted to have."
            )
        )


def why(other: Alternative, case: Case, held: Goal | None = None) -> str:
    """Why another plan is told beside a wish that cannot be; ``held`` is its goal, None = the plan's."""
    choice, goal = other.choice, held or case.goal
    match other.changed:
        case "count":
            return tr(
                "{hardware_words} {agreeing} within {goal_words}",
                hardware_words=hardware_words(choice),
                agreeing=agreeing(choice, "stay"),
                goal_words=goal_words(goal),
            )
        case "accelerator":
            return tr(
                "{hardware_words} {agreeing} within {goal_words}",
                hardware_words=hardware_words(choice),
                agreeing=agreeing(choice, "stay"),
                goal_words=goal_words(goal),
            )
        case "budget":
            more = choice.cost_usd - (goal.budget_usd or 0.0)
            return tr("with {money} more it is possible", money=format_money(more))
        case "deadline":
            more = choice.span_days - (goal.deadline_days or 0.0)
            return tr("with {duration} more it is possible", duration=format_duration(more))
        case "both":
            return tr("the least beyond both limits")
        case "tokens":
            tokens = format_quantity(choice.tokens or 0.0, "number")
            return tr("{tokens} tokens are paid for", tokens=tokens)
    times = (choice.parameters or 0.0) / (case.parameters or 1.0)
    return tr("{quantity} times the plan's size", quantity=format_quantity(times, "number", digits=2))


def _alternatives(solution: Solution, case: Case) -> Table:
    columns = (*CHOICE_COLUMNS, Column(tr("Why")))
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
        return tr(
            "loss {marked}, {served} of the work to serve", marked=marked(f"{worse:+.3f}"), served=served
        )
    return why(other, case, held_against(solution.wish.unknown, case.goal))


def knee_section(knee: Knee) -> Section:
    """What each doubling of the cluster brings, and where that stops paying."""
    columns = (
        Column(tr("Accelerators"), format_count, right=True, key="count"),
        Column(tr("Time"), format_duration, right=True, key="programme_days"),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Times as fast"), lambda v: format_fixed(v, 2), right=True, key="faster"),
        Column(tr("A day saved costs"), _a_day, right=True, key="usd_per_day_saved"),
    )
    rows = tuple(
        (r.choice.count, r.choice.span_days, r.choice.cost_usd, r.faster, r.usd_per_day)
        for r in knee.doublings
    )
    return Section(
        tr("Each doubling"), (knee_words(knee),) if knee.knee is not None else (), Table(columns, rows)
    )


def knee_words(knee: Knee) -> str:
    """Where more accelerators stop paying."""
    if knee.knee is None:
        return tr("The model fits on no number of them.")
    last = knee.doublings[-1].choice.count
    stops = tr("Doubling pays up to {count}", count=format_count(knee.knee))
    if len(knee.doublings) == 1:
        return tr(
            "More than {count} are not for rent at this price: nothing to double.", count=format_count(last)
        )
    if knee.knee < last:
        stops += tr(
            ": beyond, twice as many are less than {significant} times as fast.",
            significant=format_significant(PAYS),
        )
    else:
        stops += tr(", the most that were tried.")
    if knee.batch_limit is None:
        return stops
    return tr(
        "{stops} The batch holds {count} sequences: more accelerators share one.",
        stops=stops,
        count=format_count(knee.batch_limit),
    )


def _a_day(usd: float) -> str:
    return format_money(usd) if usd >= 0.0 else tr("saves {money}", money=format_money(-usd))


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
    columns = (unknown, Column(tr("Feasible"), str, key="feasible"), *CHOICE_COLUMNS)
    rows = [(point.value, point.feasible, *choice_row(point.choice)) for point in solution.scan]
    return Table(columns, tuple(rows))


def _key(solution: Solution) -> str:
    unit = solution.unit
    return (
        solution.wish.unknown if unit in ("", solution.wish.unknown) else f"{solution.wish.unknown} [{unit}]"
    )
