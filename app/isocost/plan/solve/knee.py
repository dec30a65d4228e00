"""What the next doubling of a cluster brings, and where it stops paying."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from isocost.plan.kinds import data_of, kind_of
from isocost.plan.physics.resolve import batch_tokens
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.reach import every_count

PAYS = 1.5
"""Times as fast that twice as many accelerators must be, at least, for the doubling to pay: half of the ideal
saving of time is still had."""


@dataclass(frozen=True, slots=True)
class Doubling:
    """A count beside half of it."""

    choice: Choice
    faster: float | None
    """Times as fast as half as many; None of the first."""
    days_saved: float
    usd_more: float
    """What it costs beyond half as many; negative where it is even cheaper."""

    @property
    def usd_per_day(self) -> float | None:
        """Price of a day saved; None where none is."""
        return self.usd_more / self.days_saved if self.days_saved > 0.0 else None


@dataclass(frozen=True, slots=True)
class Knee:
    """The plan's accelerator, doubled from the fewest that hold the model."""

    doublings: tuple[Doubling, ...]
    knee: int | None
    """The last count whose doublings up to it all pay; None where the model fits on no number, or hours are
    claimed, not predicted."""
    batch_limit: int | None
    """Sequences of a batch: of more accelerators several share each one. None where no text is read."""


def knee(case: Case) -> Knee:
    """Where more accelerators stop paying, at the plan's own price and batch."""
    counts = every_count(case.card.accelerator, case.scenario.supply.owns, 10**9, case.catalog)
    on = case.reach([case.card], [counts])
    usable = on.fits & on.sold & (on.days > 0.0)
    if all(kind_of(stage).claimed for stage in case.scenario.stages if stage.enabled):
        usable[:] = False  # claimed hours are shared out without loss among any number
    if not usable.any():
        return Knee((), None, None)
    data = data_of(case.stage) if case.reads else None
    most = int(batch_tokens(data, case.catalog) // data.sequence) if data is not None else None
    rows: list[Doubling] = []
    count, last = int(counts[np.flatnonzero(usable)[0]]), None
    while count <= int(counts[-1]):
        at = int(np.searchsorted(counts, count))
        if counts[at] != count or not usable[at]:
            break
        choice = case.choice(on, at)
        if last is None:
            rows.append(Doubling(choice, None, 0.0, 0.0))
        else:
            saved = last.span_days - choice.span_days
            faster = last.wall_days / choice.wall_days if choice.wall_days > 0.0 else math.inf
            rows.append(Doubling(choice, faster, saved, choice.cost_usd - last.cost_usd))
        last, count = choice, 2 * count
    paying = rows[0].choice.count
    for row in rows[1:]:
        if row.faster is None or row.faster < PAYS:
            break
        paying = row.choice.count
    return Knee(tuple(rows), paying, most)
