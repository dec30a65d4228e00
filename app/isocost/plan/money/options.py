"""An API, a fine-tuned open model or one's own: what each costs over its life, and where they cross."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocost.language import tr
from isocost.plan.project.programme import Demand
from isocost.plan.project.project import Scenario
from isocost.plan.values import asked_by
from isocost.quantities.units import DAYS_PER_MONTH, MEGA

GRID_DECADES = 2.0
"""The chart reaches this far to both sides of the tokens a day asked about."""
GRID_POINTS = 81

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to have a model: paid at the start, by the month and by the token."""

    key: str
    """``api``, ``fine-tune`` or ``train``."""
    name: str
    upfront_usd: float
    usd_per_month: float
    usd_per_mtok: float
    """Read and written tokens in the demand's mix."""
    source: str

    def total_usd(self, tokens_per_day: float, months: float) -> float:
        """USD over its whole use."""
        return self.upfront_usd + months * self.monthly_usd(tokens_per_day)

    def monthly_usd(self, tokens_per_day: float) -> float:
        """USD a month in use."""
        return self.usd_per_month + tokens_per_day * DAYS_PER_MONTH / MEGA * self.usd_per_mtok


@dataclass(frozen=True, slots=True)
class Crossing:
    """When one option, dearer to start, overtakes another."""

    dearer_at_start: str
    cheaper_at_start: str
    beats: Literal["from", "until", "always", "never"]
    """At which demands it is the cheaper one over the whole use."""
    tokens_per_day: float | None
    """From or until here it is; None = at every demand alike."""
    payback_months: float | None
    """At the demand asked about, until it has saved what it costs more at the start; None = never."""


@dataclass(frozen=True, slots=True)
class OptionComparison:
    """The options side by side."""

    options: tuple[Option, ...]
    totals_usd: tuple[float, ...]
    """At the demand asked about, in the options' order."""
    cheapest: str
    """Key of the cheapest there."""
    crossings: tuple[Crossing, ...]
    tokens_per_day: Array
    """Demands around it, on a logarithmic scale."""
    curves_usd: tuple[Array, ...]
    """Total of each option at those demands."""


def compare_options(scenario: Scenario, programme_usd: float) -> OptionComparison | None:
    """The three options for a scenario's demand; None when no demand is given.

    Args:
        programme_usd: what it costs to train the model, the whole ledger.
    """
    demand = scenario.demand
    if demand.tokens_per_day <= 0.0:
        return None
    options = options_of(scenario, programme_usd)
    totals = tuple(each.total_usd(demand.tokens_per_day, demand.months) for each in options)
    cheapest = options[totals.index(min(totals))].key
    centre = math.log10(demand.tokens_per_day)
    grid = np.logspace(centre - GRID_DECADES, centre + GRID_DECADES, GRID_POINTS)
    curves = tuple(np.array([each.total_usd(t, demand.months) for t in grid]) for each in options)
    pairs = [(a, b) for i, a in enumerate(options) for b in options[i + 1 :]]
    crossings = tuple(crossing(a, b, demand) for a, b in pairs)
    return OptionComparison(options, totals, cheapest, crossings, grid, curves)


def options_of(scenario: Scenario, programme_usd: float) -> tuple[Option, ...]:
    """The API, the hosted fine-tune and the model of one's own."""
    api, tuned, own = scenario.api, scenario.finetune, scenario.serving
    share = scenario.demand.input_share
    tuning = tuned.tokens / MEGA * tuned.usd_per_mtok_trained + tuned.other_usd
    return (
        Option(
            "api",
            tr("{model} from {supplier}", model=api.model, supplier=asked_by(api.supplier)),
            0.0,
            0.0,
            blended(api.usd_per_mtok_in, api.usd_per_mtok_out, share),
            _dated(api.source, api.date),
        ),
        Option(
            "fine-tune",
            tr("Fine-tuned at {supplier}", supplier=tuned.supplier),
            tuning,
            0.0,
            blended(tuned.usd_per_mtok_in, tuned.usd_per_mtok_out, share),
            _dated(tuned.source, tuned.date),
        ),
        Option(
            "train",
            tr("Trained here"),
            programme_usd,
            own.usd_per_month,
            blended(own.usd_per_mtok_in, own.usd_per_mtok_out, share),
            tr("this plan"),
        ),
    )


def blended(usd_in: float, usd_out: float, input_share: float) -> float:
    """Price of a million tokens of which a share is read and the rest written."""
    return input_share * usd_in + (1.0 - input_share) * usd_out


def crossing(one: Option, other: Option, demand: Demand) -> Crossing:
    """Where the two cost the same over the whole use, and when the dearer start is earned back.

    Tokens a day = (difference at the start / months + difference of monthly fees) / difference per token.
    A dearer start with lower fees and dearer tokens is cheaper below that demand, not above it.
    """
    low, high = sorted((one, other), key=lambda each: each.upfront_usd)
    extra = high.upfront_usd - low.upfront_usd
    per_token = (low.usd_per_mtok - high.usd_per_mtok) * DAYS_PER_MONTH / MEGA
    more = extra / demand.months + high.usd_per_month - low.usd_per_month
    beats: Literal["from", "until", "always", "never"]
    tokens = None
    if more > 0.0 < per_token or more < 0.0 > per_token:
        beats, tokens = ("from" if more > 0.0 else "until"), more / per_token
    else:
        beats = "always" if min(more, -per_token) < 0.0 else "never"
    saved = low.monthly_usd(demand.tokens_per_day) - high.monthly_usd(demand.tokens_per_day)
    return Crossing(high.key, low.key, beats, tokens, extra / saved if saved > 0.0 else None)


def _dated(source: str, day: str) -> str:
    return ", ".join(part for part in (source, day) if part)
