"""What the panel says that solves a plan for one input: the answer, the scan around it, other ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from isocost.engine.scaling import ParametricLaw
from isocost.language import capital, in_sentence, listed, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.physics.records import Array
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import efficiency_of
from isocost.plan.solve.asking.asked import UNKNOWNS, Asked, asked, case_asked
from isocost.plan.solve.asking.tried import looked_closer, taken, told
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.odds import judged
from isocost.plan.solve.solution import PATHS, Alternative, ScanPoint, Solution, Unknown, held_against
from isocost.plan.solve.solve import VALUES, solve
from isocost.quantities import (
    format_budget,
    format_count,
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_share,
)
from isocost.report.decisions.choices import (
    CHOICE_COLUMNS,
    agreeing,
    chance_words,
    choice_row,
    cost_words,
    goal_words,
    hardware_words,
    model_words,
)
from isocost.report.decisions.solving.solve import (
    impossible_words,
    nearest_words,
    sentences,
    verdict,
    why_beside,
)
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

AROUND = 5.0
"""Times the answer, and the plan's own value, up to which a scan is drawn."""
AS_GOOD = 0.01
"""Nats a token of loss that two models may differ by and count as equally good."""
STILL = 0.002
"""Share by which a figure must differ over the scan to be drawn."""
KEYS = tr("Left and right arrows choose another value that was tried, Enter takes it.")
LOOKING = tr("Looking over the whole range…")
Kind = Literal["cost", "days", "loss"]
_AXES: dict[Unknown, str] = {
    "model": "parameters",
    "parameters": "parameters",
    "tokens": "tokens",
    "price": tr("an hour"),
    "mfu": "MFU",
}


@dataclass(frozen=True, slots=True)
class ScanPanel:
    """One figure over the values that were tried."""

    kind: Kind
    name: str
    values: Array = field(repr=False)
    """NaN where the model does not fit, or no text is paid for."""
    limit: float | None
    """What it is to stay within; None = it is only told."""
    show: Callable[[float], str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Another plan beside the answer, or in place of one."""

    name: str
    note: str
    case: Case = field(repr=False)
    step: str
    """Taking it, for the undo menu."""

    @property
    def words(self) -> str:
        """All of it on one line."""
        return f"{self.name}: {self.note}"


@dataclass(frozen=True)
class Solving:
    """An answer with all that is drawn and said of it."""

    asked: Asked
    solution: Solution = field(repr=False)
    case: Case = field(repr=False)
    """The plan that was asked."""
    points: tuple[ScanPoint, ...] = field(repr=False)
    """Values drawn, rising."""
    values: Array = field(repr=False)
    """The same as numbers."""
    panels: tuple[ScanPanel, ...]
    good: Array = field(repr=False)
    """Whether each keeps all limits; of the best model whether it is as good as the best."""
    shaded: tuple[tuple[float, float], ...]
    """The stretches of the axis where that is so."""
    at: int | None
    """Place of the answer; None = there is none."""
    own: float | None
    """The plan's present value."""
    said: Said
    more: tuple[str, ...]
    """Sentences beside the answer."""
    others: tuple[OtherWay, ...]

    @property
    def unknown(self) -> Unknown:
        """What was asked for."""
        return self.asked.wish.unknown

    @property
    def axis(self) -> str:
        """What the values are, at the end of their axis."""
        return _AXES.get(self.unknown, f"{self.case.catalog.accelerator(self._accelerator).noun}s")

    @property
    def _accelerator(self) -> str:
        return self.case.scenario.hardware.accelerator

    def label(self, value: float) -> str:
        """A value of the axis."""
        return axis_words(self.unknown, value)

    def headline(self, at: int | None) -> str:
        """The value at a place of the scan, large; the answer's, or that there is none, where it is None."""
        point = self.point(at)
        return impossible_words(self.solution) if point is None else value_words(self.unknown, point)

    def line(self, at: int | None) -> str:
        """What the plan comes to there."""
        point = self.point(at)
        if point is None:
            near = nearest_words(self.solution, self.case)
            return f"{capital(near)}." if near else ""
        choice = point.choice
        on = (
            ""
            if self.unknown == "count"
            else tr("on {hardware_words}: ", hardware_words=hardware_words(choice))
        )
        loss = "" if choice.loss is None else tr(", loss {fixed}", fixed=format_fixed(choice.loss, 3))
        told = f"{on}{cost_words(choice)}{loss}"
        if not choice.fits:
            return tr(
                "{hardware_words} {agreeing} not hold the model.",
                hardware_words=hardware_words(choice),
                agreeing=agreeing(choice, "do"),
            )
        return f"{capital(told)}."

    def point(self, at: int | None) -> ScanPoint | None:
        """What was tried at a place; None = where the answer is."""
        at = self.at if at is None else at
        return None if at is None else self.points[at]

    def take_words(self, at: int | None) -> str:
        """The button that takes a value."""
        point = self.point(at)
        return (
            tr("Nothing to take")
            if point is None
            else tr("Take {value_words}", value_words=value_words(self.unknown, point))
        )

    def step(self, at: int | None) -> str:
        """Taking a value, for the undo menu."""
        point = self.point(at)
        if point is None:
            return ""
        if self.unknown in VALUES:
            value = axis_words(self.unknown, float(point.value))
        else:
            value = value_words(self.unknown, point)
        return tr("Solve for {spoken}: {value}", spoken=_spoken(self.unknown), value=value)

    def words(self, at: int) -> str:
        """A value that was tried, in a sentence."""
        point = self.points[at]
        told = [
            f"{panel.name} {panel.show(float(panel.values[at]))}"
            for panel in self.panels
            if math.isfinite(panel.values[at])
        ]
        what = "; ".join(filter(None, (", ".join(told) or tr("the model does not fit"), self._keeps(at))))
        by_count = self.unknown in ("budget", "deadline")
        return f"{hardware_words(point.choice) if by_count else value_words(self.unknown, point)}: {what}."

    def _keeps(self, at: int) -> str:
        goal, choice = held_against(self.unknown, self.case.goal), self.points[at].choice
        if self.unknown == "model":
            return (
                tr("within {as_good:g} of the best", as_good=AS_GOOD)
                if self.good[at]
                else tr("worse than the best")
            )
        if not self.points[at].sold:
            return tr("so many are not for rent at this price")
        if not choice.fits or goal == Goal():
            return ""
        if self.good[at]:
            return tr("within {goal_words}", goal_words=goal_words(goal))
        over = goal.budget_usd is not None and choice.cost_usd > goal.budget_usd
        late = goal.deadline_days is not None and choice.span_days > goal.deadline_days
        return listed(
            [*([tr("over the budget")] if over else []), *([tr("after the deadline")] if late else [])]
        )

    def table(self) -> Table:
        """Every value tried."""
        unknown: Unknown = "count" if self.unknown in ("budget", "deadline") else self.unknown
        columns = (
            Column(label_of(unknown), lambda value: axis_words(unknown, value), right=True, key="value"),
            Column(tr("Kept"), lambda kept: "yes" if kept else "no", key="feasible"),
            *CHOICE_COLUMNS,
        )  # fmt: skip
        rows = [
            (value, point.feasible, *choice_row(point.choice))
            for value, point in zip(self.values.tolist(), self.points, strict=True)
        ]
        return Table(columns, tuple(rows))


def label_of(unknown: Unknown) -> str:
    """What an unknown is called."""
    return tr("Best model") if unknown == "model" else NUMBERS[PATHS[unknown]].label


def _spoken(unknown: Unknown) -> str:
    """The same within a sentence."""
    label = label_of(unknown)
    return in_sentence(label)


def asking_words(found: Asked | None, path: str, *, answered: bool = False) -> str:
    """What is asked, above the answer; ``answered``: that there is one, and nothing has changed yet."""
    unknown = UNKNOWNS[path] if found is None else found.wish.unknown
    words = tr(
        "Solving for {word}{spoken}", word=tr("the ") if unknown == "model" else "", spoken=_spoken(unknown)
    )
    return tr("{words}  ·  not taken yet", words=words) if answered else words


def value_words(unknown: Unknown, point: ScanPoint) -> str:
    """The value of a point with its unit."""
    choice = point.choice
    match unknown:
        case "model":
            return model_words(choice)
        case "tokens":
            return tr("{quantity} tokens", quantity=format_quantity(float(point.value), "number"))
        case "parameters":
            return tr("{quantity} parameters", quantity=format_quantity(float(point.value), "number"))
        case "price":
            return tr("{money} an hour", money=format_money(float(point.value)))
        case "mfu":
            return f"{format_share(float(point.value))} MFU"
        case "budget":
            return format_money(choice.cost_usd)
        case "deadline":
            return format_duration(choice.span_days)
    return hardware_words(choice)


def axis_words(unknown: Unknown, value: float) -> str:
    """A value along the axis of a scan."""
    if unknown in ("model", "tokens", "parameters"):
        return format_quantity(value, "number")
    if unknown == "price":
        return format_money(value)
    return format_share(value) if unknown == "mfu" else format_count(value)


def wanting_words(found: Asked) -> str:
    """What it needs to be held against."""
    if found.wish.unknown == "budget":
        return tr("By when? The least budget is that of a deadline.")
    if found.wish.unknown in ("deadline", "price"):
        what = tr("The soonest deadline") if found.wish.unknown == "deadline" else tr("The highest price")
        return tr("For how much? {what} is that of a budget.", what=what)
    return tr("What is it to hold? Give a budget, a deadline or both.")


def proposal_words(path: str, goal: Goal) -> str:
    """A goal to begin with, as a button says it; empty = there is none."""
    if path == PATHS["budget"]:
        return (
            "" if goal.budget_usd is None else tr("Use {money}, as now", money=format_budget(goal.budget_usd))
        )
    return (
        ""
        if goal.deadline_days is None
        else tr("Use {duration}, as now", duration=format_duration(goal.deadline_days))
    )


# The answer


def solving(answer: Answer, stage: int, path: str) -> Solving:
    """The answer to an input of one stage, with its scan.

    Raises:
        WishError: no plan answers such a question.
        CatalogError: the plan names what is not known.
    """
    case = case_asked(answer, stage)
    found = asked(case, path)
    law = case.catalog.constants.laws.law(found.wish.law)
    return said_of(told(solve(case, found.wish), case, law), case, found, law)


def said_of(solution: Solution, case: Case, found: Asked, law: ParametricLaw) -> Solving:
    """A solution with all that is drawn and said of it."""
    unknown, goal = found.wish.unknown, held_against(found.wish.unknown, case.goal)
    own = own_value(case, unknown)
    points = _drawn(solution, case, found, own, law)
    values = np.array([_place(unknown, point) for point in points], dtype=np.float64)
    panels = _panels(unknown, points, goal)
    at = None
    if solution.feasible and solution.choice is not None and len(points):
        at = _at(solution, values)
    good = _good(unknown, points, panels, at) if goal != Goal() else np.zeros(len(points), bool)
    shaded = tuple(_shaded(unknown, values, good, panels, at))
    finding = verdict(solution, case, where=False)
    how = _how(solution, case, goal)
    more = (*_chance(solution, case), *sentences(solution, case, law.name))
    others = tuple(_other(each, solution, case) for each in solution.alternatives)
    summary = " ".join([f"{finding}.", how, *more, *(f"{each.words}." for each in others), KEYS])
    return Solving(
        found, solution, case, points, values, panels, good, shaded, at, own,
        Said(finding, how, summary), more, others,
    )  # fmt: skip


def _chance(solution: Solution, case: Case) -> Iterator[str]:
    """How likely the answer holds what it is held against: just met, a limit is met as often as not."""
    point = None if solution.choice is None else ScanPoint(solution.value or 0, solution.choice, True)
    if not solution.feasible or point is None:
        return
    there = replace(case, project=taken(case.project, solution.case, solution.wish, point))
    chance = judged(there, there.reach(), 0).chance
    if chance is not None:
        yield tr(
            "The chance that it holds {goal_words} is {chance_words}.",
            goal_words=goal_words(there.goal),
            chance_words=chance_words(chance),
        )


def own_value(case: Case, unknown: Unknown) -> float | None:
    """The plan's present value on the axis of a scan; None = it has none."""
    match unknown:
        case "tokens":
            return case.tokens
        case "model" | "parameters":
            return case.parameters
        case "price":
            return case.card.usd_per_gpu_hour
        case "mfu":  # a predicted one has waste that a typed one does not have: it is on another curve
            return efficiency_of(case.scenario, case.stage).mfu
    return float(case.count)


def _place(unknown: Unknown, point: ScanPoint) -> float:
    """Where a point stands on the axis: a budget and a deadline are looked for among counts."""
    return float(point.choice.count) if unknown in ("count", "budget", "deadline") else float(point.value)


def _drawn(
    solution: Solution, case: Case, found: Asked, own: float | None, law: ParametricLaw
) -> tuple[ScanPoint, ...]:
    """The values tried around the answer and the plan's own, with more of them where any can be tried."""
    wish, unknown = found.wish, found.wish.unknown
    marks = [own] if own is not None and own > 0.0 else []
    marks += [each for each in solution.crossings if each > 0.0]
    scan = list(solution.scan)
    if solution.feasible and solution.choice is not None:
        # Told as it would be taken: of a model with exactly the text that is paid for.
        answer = ScanPoint(
            solution.choice.count if solution.value is None else solution.value, solution.choice, True
        )
        at = _place(unknown, answer)
        scan = [*(point for point in scan if _place(unknown, point) != at), answer]
        marks.append(at)
    if not marks or not scan:
        return tuple(scan)
    tried = sorted({_place(unknown, point) for point in scan})
    ends = max(tried[0], min(marks) / AROUND), min(tried[-1], max(marks) * AROUND)
    closer = looked_closer(case, wish, ends, law) if ends[0] < ends[1] else ()
    by_place = {_place(unknown, point): point for point in (*closer, *scan)}
    return tuple(by_place[each] for each in sorted(by_place) if ends[0] <= each <= ends[1])


def _at(solution: Solution, values: Array) -> int:
    """The place of the answer among the values drawn."""
    choice, value = solution.choice, solution.value
    assert choice is not None
    number = (
        value if isinstance(value, float) and solution.wish.unknown in (*VALUES, "model") else choice.count
    )
    return int(np.argmin(np.abs(np.log(values / float(number)))))


def _panels(unknown: Unknown, points: Sequence[ScanPoint], goal: Goal) -> tuple[ScanPanel, ...]:
    """The figures that the goal is about, and the one that is sought; none that stays the same."""

    def of(take: Callable[[Choice], float | None]) -> Array:
        found = [take(point.choice) if point.choice.fits else None for point in points]
        return np.array([math.nan if each is None else each for each in found], dtype=np.float64)

    if unknown == "model":
        return (ScanPanel("loss", "loss", of(lambda c: c.loss), None, lambda v: format_fixed(v, 3)),)
    cost = ScanPanel("cost", tr("cost"), of(lambda c: c.cost_usd), goal.budget_usd, format_money)
    days = ScanPanel("days", tr("time"), of(lambda c: c.span_days), goal.deadline_days, format_duration)
    nothing = goal == Goal()
    wanted = [
        panel
        for panel, sought in ((cost, unknown == "budget"), (days, unknown == "deadline"))
        if nothing or sought or panel.limit is not None
    ]
    moving = [panel for panel in wanted if _moves(panel.values)]
    return tuple(moving or [panel for panel in wanted if np.isfinite(panel.values).any()])


def _moves(values: Array) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 1 and bool(known.max() > known.min() * (1.0 + STILL))


def _good(
    unknown: Unknown, points: Sequence[ScanPoint], panels: Sequence[ScanPanel], at: int | None
) -> Array:
    if unknown == "model":
        loss = panels[0].values
        return np.zeros(len(points), bool) if at is None else loss <= loss[at] + AS_GOOD
    return np.array([point.feasible and point.sold for point in points], dtype=bool)


def _shaded(
    unknown: Unknown, values: Array, good: Array, panels: Sequence[ScanPanel], at: int | None
) -> Iterator[tuple[float, float]]:
    """The stretches of the axis that are good: to where the loss leaves what is as good as the best, to the
    last value known to be good, or halfway to the next count."""
    runs = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(int), [0]))))
    for first, after in runs.reshape(-1, 2).tolist():
        ends = []
        for inside, outside in ((first, first - 1), (after - 1, after)):
            place = float(values[inside])
            if 0 <= outside < len(values) and unknown not in VALUES:
                share = 0.5
                if unknown == "model" and at is not None:
                    loss = panels[0].values
                    rise = float(loss[outside] - loss[inside])
                    share = float(loss[at] + AS_GOOD - loss[inside]) / rise if math.isfinite(rise) else 0.0
                place *= float(values[outside] / values[inside]) ** share
            ends.append(place)
        yield ends[0], ends[1]


def _how(solution: Solution, case: Case, goal: Goal) -> str:
    """How the picture is read."""
    unknown, held = solution.wish.unknown, goal_words(goal)
    if unknown == "model":
        return tr(
            "Each size on the text it affords; shaded: within {as_good:g} of the best.", as_good=AS_GOOD
        )
    if goal == Goal():
        return tr("The mark is the last count whose doublings all pay.")
    if unknown in ("budget", "deadline"):
        return tr("Every count of the plan's accelerator; shaded: within {held}.", held=held)
    return tr("All else stays as it is; shaded: within {held}.", held=held)


def _other(each: Alternative, solution: Solution, case: Case) -> OtherWay:
    choice = each.choice
    name = model_words(choice) if each.changed in ("size", "tokens") else hardware_words(choice)
    why = why_beside(each, solution, case)
    note = f"{cost_words(choice)}; {why}" if each.changed != "size" else why
    return OtherWay(name, note, each.case, tr("Take {name}", name=name))
