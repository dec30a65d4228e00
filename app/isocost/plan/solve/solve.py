"""Solving a plan for one of its inputs: what budget and deadline allow, and what holds it there."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import msgspec
import numpy as np

from isocost.catalog import CatalogError
from isocost.catalog.entries.prices import PriceCard
from isocost.engine.scaling import ParametricLaw
from isocost.language import in_sentence, tr
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.physics.counts import Counts, count_grid, units_of
from isocost.plan.physics.records import Array
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import replace_scenario
from isocost.plan.solve.best_model import Size, Sizes
from isocost.plan.solve.case import WITHIN, Case, Choice, WishError, kept, margin, with_text
from isocost.plan.solve.crossings import crossings
from isocost.plan.solve.knee import knee
from isocost.plan.solve.nearest import nearest
from isocost.plan.solve.offered import offered, on_offer
from isocost.plan.solve.reach import Flags, Reach, every_count
from isocost.plan.solve.solution import (
    PATHS,
    Alternative,
    Limit,
    ScanPoint,
    Solution,
    Unknown,
    Wish,
    held_against,
)

VALUES = ("tokens", "parameters", "price", "mfu")
"""Unknowns of which any value can be tried."""
NODES = {"tokens": 25, "parameters": 15, "price": 15, "mfu": 15}
"""Values looked at over the whole range before any crossing is followed: a new model is a new search."""
LEAST_MFU = 0.005
LOWER = 1e-3
"""Of the least that a slider shows: what is typed, and what a small sum pays for, may lie below it."""
BESIDE = 1.002
"""Just beyond a value, where what holds it there is broken."""
OTHER_SIZES = (0.25, 0.5, 2.0)
"""Times the best model's size, for other models of the same bill."""
RATIO_STEPS = 7


def solve(case: Case, wish: Wish) -> Solution:
    """The value of an unknown input that holds the plan's budget and deadline, all others as they are.

    Largest model, most text, highest price, lowest utilization; of counts and accelerators the cheapest that
    holds both; of a budget the least, of a deadline the soonest.

    Raises:
        WishError: no plan answers such a question.
        CatalogError: the law is unknown.
    """
    _refuse(case, wish)
    if case.is_locked(PATHS["count"]):
        wish = replace(wish, keep_count=True)
    law = case.catalog.constants.laws.law(wish.law)
    if wish.unknown == "model":
        return _model(case, wish, law)
    if wish.unknown in VALUES:
        return _value(case, wish, law)
    if wish.unknown == "count" and case.goal == Goal():
        return _paying(case, wish, law)
    return _hardware(case, wish, law)


def _refuse(case: Case, wish: Wish) -> None:
    """Raise WishError where the question makes no sense of this plan."""
    goal, unknown = case.goal, wish.unknown
    _refuse_locked(case, unknown)
    if unknown in ("count", "accelerator", "budget", "deadline"):
        case.refuse_idle()
    if unknown == "model" and case.apart:
        raise WishError(
            tr("{name} has hardware of its own: there is no shared count to choose.", name=case.stage.name)
        )
    if unknown in ("model", "tokens", "parameters") and not case.reads:
        raise WishError(
            tr("No stage of this plan trains on text of its own: there is no model to solve for.")
        )
    if unknown == "model" and not case.makes_model:
        raise WishError(
            tr(
                "{name} changes a finished model, of which laws of loss say nothing: solve for "
                "tokens, or for parameters.",
                name=case.stage.name,
            )
        )
    if unknown == "price" and case.scenario.supply.mode == "own":
        raise WishError(tr("This plan owns its accelerators: no rent decides what it costs."))
    if unknown == "budget" and goal.deadline_days is None:
        raise WishError(tr("To solve for a budget, say by when: --deadline, or the plan's goal."))
    if unknown == "deadline" and goal.budget_usd is None:
        raise WishError(tr("To solve for a deadline, say for how much: --budget, or the plan's goal."))
    if unknown == "price" and goal.budget_usd is None:
        raise WishError(tr("To solve for a price, say for how much in all: --budget, or the plan's goal."))
    if goal == Goal() and unknown != "count":
        raise WishError(tr("There is nothing to solve against: give a --budget or a --deadline."))


def _refuse_locked(case: Case, unknown: Unknown) -> None:
    """Raise WishError where the plan has locked what would move."""
    moved: tuple[Unknown, ...] = ("parameters", "tokens") if unknown == "model" else (unknown,)
    for each in moved:
        path = PATHS.get(each)
        if path is not None and case.is_locked(path):
            label = NUMBERS[path].label
            spoken = in_sentence(label)
            raise WishError(tr("The plan keeps {spoken} locked: unlock to solve for it.", spoken=spoken))


# An input with a range of values


def _value(case: Case, wish: Wish, law: ParametricLaw) -> Solution:
    """Tokens, parameters, price or utilization: everything else locked."""
    seen: dict[float, tuple[Case, Reach] | None] = {}

    def over(value: float) -> float:
        """Logarithm of the worse of cost over budget and time over deadline; infinite where it cannot run."""
        if value not in seen:
            try:
                changed = with_value(case, wish, value)
                seen[value] = changed, changed.reach()
            except CatalogError:  # no model is so sparse
                seen[value] = None
        found = seen[value]
        if found is None or not (found[1].fits[0] and found[1].sold[0]):
            return math.inf
        return math.log(max(float(margin(found[1], case.goal)[0]), 1e-300))

    values = _range(case, wish)
    first = np.array([over(each) for each in values])
    _refuse_still(wish, seen)
    found = crossings(over, values, first)
    # More is better of all but utilization: what is wanted is the least that has to be reached.
    least = wish.unknown == "mfu"
    held = [*(each.value for each in found), *values[first <= 0.0].tolist()]
    if not held:
        return _impossible(case, wish, law, _points(seen, case.goal, law))
    value = (min if least else max)(held)
    place = seen[value]
    assert place is not None
    choice = place[0].choice(place[1], 0, law, of_stage=True)
    beyond = value / BESIDE if least else value * BESIDE
    at_end = value in (float(values[0]), float(values[-1]))
    binding: tuple[Limit, ...] = ("range",) if at_end else _broken(beyond, over, seen, case.goal)
    return Solution(
        wish=wish,
        value=value,
        feasible=True,
        binding=binding,
        choice=choice,
        case=place[0],
        scan=_points(seen, case.goal, law),
        crossings=tuple(sorted(each.value for each in found)),
        alternatives=(),
    )


def _refuse_still(wish: Wish, seen: dict[float, tuple[Case, Reach] | None]) -> None:
    """Raise WishError where the input moves neither cost nor time: every value of it would answer."""
    found = [each[1] for each in seen.values() if each is not None]
    amounts = np.array([(float(on.cost_usd[0]), float(on.span_days[0])) for on in found])
    if len(found) > 1 and (amounts == amounts[0]).all():
        label = NUMBERS[PATHS[wish.unknown]].label
        raise WishError(
            tr(
                "{label} changes neither the cost nor the time of this plan: no value of it is to find.",
                label=label,
            )
        )


def with_value(case: Case, wish: Wish, value: float) -> Case:
    """The case with a value in its unknown. Raises CatalogError where no model has such parameters."""
    changed = case.put(PATHS[wish.unknown], value)
    if wish.unknown == "parameters" and wish.tokens_per_parameter is not None:
        changed = with_text(changed, wish.tokens_per_parameter * value * changed.active, None)
    return changed


def _range(case: Case, wish: Wish) -> Array:
    """Values to look at, rising: the input's whole range, its present value among them."""
    path = PATHS[wish.unknown]
    declared = NUMBERS[path]
    low, high = declared.low, declared.high
    if wish.unknown == "mfu":
        # Cards that clock above the rate of their peak reach more than it; a share of it may not.
        ceiling = case.catalog.matmul_ceiling(case.scenario.hardware.accelerator).share
        low, high = LEAST_MFU, min(ceiling, declared.maximum)
    elif wish.unknown in ("tokens", "price"):
        low = max(declared.minimum, low * LOWER)
    own = {"tokens": case.tokens, "parameters": case.parameters, "price": case.card.usd_per_gpu_hour}.get(
        wish.unknown
    )
    values = np.geomspace(low, high, NODES[wish.unknown])
    return np.unique([*values, own]) if own and low < own < high else values


def _broken(
    beyond: float,
    over: Callable[[float], float],
    seen: dict[float, tuple[Case, Reach] | None],
    goal: Goal,
) -> tuple[Limit, ...]:
    """What is not kept just beyond a value."""
    over(beyond)
    found = seen[beyond]
    return ("range",) if found is None else limits(found[1], 0, goal)


def limits(on: Reach, at: int, goal: Goal) -> tuple[Limit, ...]:
    """What a point does not keep."""
    broken: list[Limit] = []
    if not on.fits[at]:
        broken.append("memory")
    if not on.sold[at]:
        broken.append("supply")
    if not broken and goal.budget_usd is not None and on.cost_usd[at] > goal.budget_usd * WITHIN:
        broken.append("budget")
    if not broken[:1] or broken == ["budget"]:
        late = goal.deadline_days is not None and on.span_days[at] > goal.deadline_days * WITHIN
        broken += ["deadline"] if late else []
    return tuple(broken)


def _points(
    seen: dict[float, tuple[Case, Reach] | None], goal: Goal, law: ParametricLaw
) -> tuple[ScanPoint, ...]:
    """What was looked at, in rising order."""
    known = [(value, each) for value, each in sorted(seen.items()) if each is not None]
    return tuple(
        ScanPoint(value, case.choice(on, 0, law, of_stage=True), bool(kept(on, goal)[0]))
        for value, (case, on) in known
    )


# Hardware, and what it costs at least


def _hardware(case: Case, wish: Wish, law: ParametricLaw) -> Solution:
    """The cheapest count or accelerator that holds both; the least budget; the soonest deadline."""
    goal = held_against(wish.unknown, case.goal)
    on = _places(case, wish)
    usable = on_offer(case, on)
    good = usable & kept(on, goal)
    scan = _places_scanned(case, wish, on, good, law)
    if not good.any():
        return _impossible(with_goal(case, goal.budget_usd, goal.deadline_days), wish, law, scan)
    by = on.span_days if wish.unknown == "deadline" else on.cost_usd
    # Of equals the fewest, which come first of each accelerator.
    at = int(np.argmin(np.where(good, by, np.inf)))
    chosen = case.on(on.cards[int(on.which[at])], int(on.counts[at]))
    choice = case.choice(on, at, law)
    values: dict[str, float | int | str] = {
        "count": choice.count,
        "accelerator": choice.accelerator,
        "budget": choice.cost_usd,
        "deadline": choice.span_days,
    }
    changes = np.flatnonzero(good[1:] != good[:-1]) if wish.unknown == "count" else np.empty(0, np.intp)
    return Solution(
        wish=wish,
        value=values[wish.unknown],
        feasible=True,
        binding=_held_by(on, by, at, usable, goal),
        choice=choice,
        case=chosen,
        scan=scan,
        # The first or last count that does, whichever side of the change it stands on.
        crossings=tuple(float(on.counts[i if good[i] else i + 1]) for i in changes),
        alternatives=(),
    )


def _paying(case: Case, wish: Wish, law: ParametricLaw) -> Solution:
    """Held against nothing a count is solved for where doubling it stops paying."""
    found = knee(case)
    scan = tuple(ScanPoint(each.choice.count, each.choice, True) for each in found.doublings)
    if found.knee is None:
        return _impossible(case, wish, law, scan)
    chosen = case.on(case.card, found.knee)
    choice = next(each.choice for each in found.doublings if each.choice.count == found.knee)
    choice = replace(choice, loss=case.loss(law))
    return Solution(wish, found.knee, True, ("returns",), choice, chosen, scan, (), ())


def _places(case: Case, wish: Wish) -> Reach:
    """Every count of the plan's accelerator, or the usual counts of every accelerator on offer."""
    if wish.unknown == "accelerator" or wish.any_accelerator:
        cards = offered(case)
        kept_count = [np.array([case.count], dtype=np.int64)] * len(cards) if wish.keep_count else None
        return case.reach(cards, kept_count)
    return case.reach([case.card], [_counts(case, wish)])


def _counts(case: Case, wish: Wish) -> Counts:
    """Every count that may be taken: of one's own accelerators no more than one has."""
    owns = case.scenario.supply.mode == "own"
    if wish.keep_count and wish.unknown != "count":
        return np.array([case.count], dtype=np.int64)
    most = case.count if owns and wish.unknown != "count" else 10**9
    return every_count(case.scenario.hardware.accelerator, case.scenario.supply.owns, most, case.catalog)


def _held_by(on: Reach, by: Array, at: int, usable: Flags, goal: Goal) -> tuple[Limit, ...]:
    """Why nothing better is taken: what breaks the points that would be."""
    better = by < by[at] * (1.0 - 1e-9)
    found: list[Limit] = []
    if better.any():
        late = (
            goal.deadline_days is not None and (usable & better & (on.span_days > goal.deadline_days)).any()
        )
        dear = goal.budget_usd is not None and (usable & better & (on.cost_usd > goal.budget_usd)).any()
        found += ["budget"] if dear else []
        found += ["deadline"] if late else []
        if not found:
            found += ["memory"] if (better & ~on.fits).any() else []
            found += ["batch"] if (better & on.fits & ~on.fed).any() else []
            found += ["supply"] if (better & on.fits & ~usable).any() else []
    if not found and at > 0 and on.which[at - 1] == on.which[at]:
        return limits(on, at - 1, goal)  # of equals the fewest were taken: what fewer would break
    return tuple(found)


def _places_scanned(
    case: Case, wish: Wish, on: Reach, good: Flags, law: ParametricLaw
) -> tuple[ScanPoint, ...]:
    """Each count, or the cheapest of each accelerator that holds both, else its nearest."""
    if wish.unknown != "accelerator":
        entry = case.catalog.accelerator(case.scenario.hardware.accelerator)
        usual = count_grid(units_of(entry, case.scenario.supply.owns), case.count)
        drawn = np.flatnonzero((on.days > 0.0) & (np.isin(on.counts, usual) | (len(on.cards) > 1)))
        return tuple(
            ScanPoint(int(on.counts[i]), case.choice(on, i, law), bool(good[i]), bool(on.sold[i]))
            for i in drawn.tolist()
        )
    scan = []
    for card in range(len(on.cards)):
        own = np.flatnonzero(on.which == card)
        far = margin(on, case.goal)[own] + np.where(on.fits[own], 0.0, 1e9)
        rank = np.where(good[own], on.cost_usd[own], 1e18 * (1.0 + far))
        at = int(own[np.argmin(rank)])
        scan.append(ScanPoint(on.cards[card].accelerator, case.choice(on, at, law), bool(good[at])))
    return tuple(sorted(scan, key=lambda point: (not point.feasible, point.choice.cost_usd)))


# The best model


def _model(case: Case, wish: Wish, law: ParametricLaw) -> Solution:
    """Size and text of least loss, on any count of the plan's accelerator or of any."""
    wish = _with_count(case, wish)
    sizes = sizes_of(case, wish, law)
    ratio = wish.tokens_per_parameter
    best = sizes.scan() if ratio is None else _on_ratio(sizes, ratio)
    scan = tuple(scanned(each, law) for each in sorted(sizes.seen.values(), key=lambda size: size.parameters))
    if best is None or not math.isfinite(best.loss):
        return _impossible(case, wish, law, scan)
    final, choice, binding = _settled(best, wish, law)
    others = _other_sizes(sizes, best, law) if wish.tokens_per_parameter is None else ()
    return Solution(wish, best.parameters, True, binding, choice, final, scan, (best.parameters,), others)


def _with_count(case: Case, wish: Wish) -> Wish:
    """Without a deadline fewer accelerators are always cheaper, and never done: the plan's own then stay."""
    stays = case.goal.deadline_days is None or case.scenario.supply.mode == "own"
    return replace(wish, keep_count=True) if stays else wish


def sizes_of(case: Case, wish: Wish, law: ParametricLaw) -> Sizes:
    """Sizes of model to look at, on the counts and accelerators that are free."""
    wish = _with_count(case, wish)
    cards: list[PriceCard] = offered(case) if wish.any_accelerator else [case.card]
    counts = [_model_counts(case, card, wish, case.scenario.supply.owns) for card in cards]
    return Sizes(case, law, cards, counts)


def scanned(size: Size, law: ParametricLaw) -> ScanPoint:
    """What a size comes to with the text that is paid for; where none is, all else costs what is told."""
    choice, paid = size.choice(law), math.isfinite(size.loss)
    return ScanPoint(size.parameters, choice if paid else replace(choice, tokens=None, loss=None), paid)


def _model_counts(case: Case, card: PriceCard, wish: Wish, owns: bool) -> Counts:
    if wish.keep_count:
        return np.array([case.count], dtype=np.int64)
    return count_grid(units_of(case.catalog.accelerator(card.accelerator), owns), case.count)


def _settled(best: Size, wish: Wish, law: ParametricLaw) -> tuple[Case, Choice, tuple[Limit, ...]]:
    """The best size with exactly the tokens that are paid for: their batch follows them."""
    chosen = best.case.on(best.on.cards[int(best.on.which[best.at])], int(best.on.counts[best.at]))
    if wish.tokens_per_parameter is not None:
        tokens = wish.tokens_per_parameter * best.parameters * chosen.active
        exact = with_text(chosen, tokens, None)
        on = exact.reach()
        further = with_text(chosen, tokens * 1.01, None).reach()
        return exact, exact.choice(on, 0, law), limits(further, 0, chosen.goal)

    def over(tokens: float) -> float:
        on = with_text(chosen, tokens, None).reach()
        over = float(margin(on, chosen.goal)[0])
        return math.log(max(over, 1e-300)) if on.fits[0] else math.inf

    near = best.tokens * np.array([0.7, 0.97, 1.03, 1.4])
    found = crossings(over, near, np.array([over(each) for each in near]))
    tokens = max((each.value for each in found), default=best.tokens)
    exact = with_text(chosen, tokens, None)
    on = exact.reach()
    further = with_text(chosen, tokens * BESIDE, None).reach()
    return exact, exact.choice(on, 0, law), _both(on, limits(further, 0, chosen.goal), chosen.goal)


NEARLY = 0.985
"""A limit used up so far holds the answer too: the next whole server would break it."""


def _both(on: Reach, broken: tuple[Limit, ...], goal: Goal) -> tuple[Limit, ...]:
    """What holds the answer, and what is as good as used up beside it."""
    budget = goal.budget_usd is not None and on.cost_usd[0] >= NEARLY * goal.budget_usd
    late = goal.deadline_days is not None and on.span_days[0] >= NEARLY * goal.deadline_days
    near: list[Limit] = ["budget"] if budget else []
    near += ["deadline"] if late else []
    return tuple(near) or broken


def _on_ratio(sizes: Sizes, ratio: float) -> Size | None:
    """The largest model that is paid for with so many tokens a parameter."""
    case = sizes.case
    own = case.parameters or NUMBERS["model.parameters"].low
    first = sizes.at(own)
    size = math.sqrt(max(first.tokens, 1.0) * own / (ratio * case.active))
    for _ in range(RATIO_STEPS):
        if not sizes.try_at(float(f"{size:.4g}")):
            break
        found = sizes.at(float(f"{size:.4g}"))
        # Compute goes with the square of the size along the line.
        size *= math.sqrt(max(found.tokens, 1.0) / (ratio * size * case.active))
    for share in (0.25, 0.5, 0.7, 0.85, 0.95, 0.99, 0.999, 1.001, 1.01, 1.05):
        sizes.try_at(float(f"{size * share:.4g}"))
    enough = [s for s in sizes.seen.values() if s.tokens >= ratio * s.parameters * s.case.active]
    return max(enough, key=lambda size: size.parameters, default=None)


def _other_sizes(sizes: Sizes, best: Size, law: ParametricLaw) -> tuple[Alternative, ...]:
    """Smaller models trained longer, which serve cheaper, and a larger one, for the same bill."""
    found = []
    for times in OTHER_SIZES:
        parameters = float(f"{best.parameters * times:.3g}")
        try:
            size = sizes.at(parameters)
        except CatalogError:
            continue
        if math.isfinite(size.loss):
            card = size.on.cards[int(size.on.which[size.at])]
            case = size.case.on(card, int(size.on.counts[size.at]))
            found.append(Alternative("size", case.choice(case.reach(), 0, law), case))
    return tuple(found)


# What cannot be


def _impossible(case: Case, wish: Wish, law: ParametricLaw, scan: tuple[ScanPoint, ...]) -> Solution:
    """No value does it: the nearest that was looked at, what it breaks, and the plans that would do."""

    goal = case.goal

    def far(choice: Choice) -> float:
        over = [choice.cost_usd / goal.budget_usd] if goal.budget_usd else []
        over += [choice.span_days / goal.deadline_days] if goal.deadline_days else []
        return max(over, default=1.0) + (0.0 if choice.fits else 1e12)

    nearby = min(scan, key=lambda point: (not point.sold, far(point.choice)), default=None)
    closest = nearby.choice if nearby is not None else None
    broken: list[tuple[float, Limit]] = []
    if closest is not None:
        if not closest.fits:
            broken.append((math.inf, "memory"))
        if goal.budget_usd:
            broken.append((closest.cost_usd / goal.budget_usd, "budget"))
        if goal.deadline_days:
            broken.append((closest.span_days / goal.deadline_days, "deadline"))
    worst = [name for over, name in sorted(broken, reverse=True) if over > 1.0]
    if any(not point.sold and far(point.choice) <= WITHIN for point in scan):
        worst.append("supply")
    others = nearest(case, law)
    return Solution(wish, None, False, tuple(worst), closest, case, scan, (), others)


def with_goal(case: Case, budget: float | None, deadline: float | None) -> Case:
    """The case held against another budget and deadline."""
    changed = msgspec.structs.replace(case.scenario, goal=Goal(budget, deadline))
    return replace(case, project=replace_scenario(case.project, changed, scenario=case.at))
