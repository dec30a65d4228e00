"""The classic slips: each correction is tried, and told where it makes the numbers of a claim agree."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.claims.checks.work import rates_of
from isocost.plan.claims.market import market_of
from isocost.plan.claims.prediction import Ours, Planned, assumed
from isocost.plan.claims.published import known_hours
from isocost.plan.claims.terms import Terms, flops_each
from isocost.quantities import format_count, format_quantity
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR, TERA

USUAL_BLOCK = 64
"""Clusters are built in multiples of it: such a count has lost no sign."""
KEPT = 2
"""Stories told: more would be guessing."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A correction that reconciles a claim: our reading, not its author's word."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class _Correction:
    """Factors that undo a slip."""

    id: str
    words: str
    usd: float = 1.0
    hours: float = 1.0
    rate: float = 1.0
    work: float = 1.0
    """On what the hours are reckoned to do: on those we estimate, and on the FLOPs behind a told MFU."""
    flops: float = 1.0
    """On FLOPs told."""


@dataclass(frozen=True, slots=True)
class _Relation:
    """Two figures of a claim that should agree: one over the other, and the ratios at which they do."""

    ratio: float
    low: float = 1.0
    high: float = 1.0
    usd: int = 0
    hours: int = 0
    rate: int = 0
    work: int = 0
    flops: int = 0
    """Powers at which the figures stand in the ratio."""
    wide: float = 1.0
    """Factor beyond the ends at which they disagree so far that a slip is looked for."""

    def mended(self, by: _Correction) -> float:
        """The ratio once a slip is undone."""
        powers = (by.usd**self.usd, by.hours**self.hours, by.rate**self.rate)
        return self.ratio * math.prod(powers) * by.work**self.work * by.flops**self.flops

    @property
    def agrees(self) -> bool:
        """Whether the figures agree as they are told."""
        return self.holds(self.ratio, self.wide)

    def holds(self, ratio: float, slack: float) -> bool:
        """Whether a ratio lies between the ends, with some slack."""
        return self.low / slack <= ratio <= self.high * slack

    def off(self, ratio: float) -> float:
        """How far a ratio is from the middle, as a logarithm."""
        return abs(math.log(ratio / math.sqrt(self.low * self.high)))


def slips(
    terms: Terms, plan: Planned | None, ours: Ours | None, catalog: Catalog, *, upheld: bool = False
) -> tuple[Slip, ...]:
    """The likeliest stories behind numbers that disagree, those that mend them best first.

    A correction counts when it mends every relation that can be tested, of which one fails without it.

    Args:
        plan: the claim as a plan; None where there is none.
        ours: our estimate of it.
        upheld: whether the hours are as they may be, by our estimate or other evidence.
    """
    span = (ours.hours.p10, ours.hours.p90) if ours is not None else None
    relations = tuple(_relations(terms, _told_in(terms, span, upheld), catalog))
    if all(each.agrees for each in relations):
        return ()
    hours = terms.gpu_hours
    if plan is not None and ours is not None and hours is not None and hours.value < ours.hours.p10:
        # Authors of too few hours may have had fast ones.
        fast = [each.ours.hours.p10 for each in assumed(terms, plan, catalog)]
        span = (min(ours.hours.p10, *fast, *known_hours(terms, catalog)), ours.hours.p90)
        relations = tuple(_relations(terms, _told_in(terms, span, upheld), catalog))
    slack = catalog.constants.claim_rules.same_slip.value
    found: list[tuple[float, Slip]] = []
    for correction in _corrections(terms):
        mended = [(each, each.mended(correction)) for each in relations]
        off = sum(each.off(ratio) for each, ratio in mended)
        better = off < sum(each.off(each.ratio) for each in relations)
        # What fails has to be what it mends: the rest agrees without it.
        better &= any(each.off(ratio) < each.off(each.ratio) for each, ratio in mended if not each.agrees)
        if better and all(each.holds(ratio, slack) for each, ratio in mended):
            found.append((off, Slip(correction.id, correction.words)))
    found.sort(key=lambda each: each[0])
    best = {slip.id: slip for _, slip in reversed(found)}  # of one slip told two ways the better stays
    return tuple(sorted(best.values(), key=[slip for _, slip in found].index)[:KEPT])


def _told_in(terms: Terms, span: tuple[float, float] | None, upheld: bool) -> tuple[float, float] | None:
    """Hours between which the work may be done: our range, and those told where they are upheld."""
    if span is None or not upheld or terms.gpu_hours is None:
        return span
    return min(span[0], terms.gpu_hours.value), max(span[1], terms.gpu_hours.value)


def _relations(terms: Terms, span: tuple[float, float] | None, catalog: Catalog) -> Iterator[_Relation]:
    """What can be tested: dollars and hours, price and market, hours and work, MFU and hours, FLOPs.

    Args:
        span: hours between which the work may be done; None = nobody knows.
    """
    rules, claim = catalog.constants.claim_rules, terms.claim
    same, about = rules.same_amount.value, rules.about_the_same.value
    hours = terms.gpu_hours.value if terms.gpu_hours is not None else None
    # What costs nothing has no ratio to anything.
    usd, rate, flops = claim.usd or None, claim.usd_per_gpu_hour or None, claim.flops
    market = market_of(terms.entry.spec.id, catalog) if terms.entry is not None else None
    if usd is not None and hours and rate is not None:
        yield _Relation(usd / hours / rate, usd=1, hours=-1, rate=-1, wide=same)
    if market is not None:
        low, high = market.lowest, market.highest
        if rate is not None:
            yield _Relation(rate, low, high, rate=1, wide=about)
        elif usd is not None and hours:
            yield _Relation(usd / hours, low, high, usd=1, hours=-1, wide=same)
    if span is not None and hours:
        yield _Relation(hours, *span, hours=1, work=-1, wide=rules.beyond_range.value)
    if terms.work is not None and hours and terms.entry is not None and claim.mfu and flops is None:
        used = terms.work.flops / (rates_of(terms, catalog)[0].peak * hours * SECONDS_PER_HOUR)
        yield _Relation(used / claim.mfu, work=1, hours=-1, wide=about)
    if flops is not None and claim.tokens is not None and terms.counted is not None:
        least = flops_each(terms.job, catalog) * terms.counted.active * claim.tokens * (claim.epochs or 1.0)
        yield _Relation(flops / least, flops=1, wide=about)


def _corrections(terms: Terms) -> Iterator[_Correction]:
    yield from _counts(terms)
    yield from _servers(terms)
    yield from _units(terms)
    yield from _physics(terms)
    yield from _thousands(terms)


def _counts(terms: Terms) -> Iterator[_Correction]:
    """648 for 64x8: the sign between two numbers was lost on the way."""
    if terms.claim.count is None or terms.gpu_hours is None or terms.claim.parts:
        return
    if terms.claim.count % USUAL_BLOCK == 0:
        return  # 128 are 128, not 12 x 8
    digits = f"{terms.claim.count:.0f}"
    for each in ("16", "8", "4"):
        front = digits.removesuffix(each)
        if front != digits and front and int(front) > 1:
            product = int(front) * int(each)
            words = tr(
                "{digits} may be {front} x {each} = {count} accelerators with the sign lost",
                digits=digits,
                front=front,
                each=each,
                count=format_count(product),
            )
            yield _Correction("count-without-sign", words, hours=product / terms.claim.count)


def _servers(terms: Terms) -> Iterator[_Correction]:
    size = terms.entry.spec.node_size if terms.entry is not None else 8
    if size <= 1 or terms.gpu_hours is None:
        return
    noun = terms.noun
    if terms.claim.usd_per_gpu_hour is not None:
        words = tr("the price may be that of a server of {size}, not of one {noun}", size=size, noun=noun)
        yield _Correction("node-price", words, rate=1.0 / size)
        words = tr(
            "the dollars may be reckoned with the price of a server of {size} for each {noun}",
            size=size,
            noun=noun,
        )
        yield _Correction("node-price", words, usd=1.0 / size)
        words = tr(
            "the price may be that of a server of {size}, so that the dollars are {size} times too many",
            size=size,
        )
        yield _Correction("node-price", words, rate=1.0 / size, usd=1.0 / size)
        words = tr(
            "hours and price may both be those of servers of {size}, not of single {noun}s",
            size=size,
            noun=noun,
        )
        yield _Correction("node-hours", words, rate=1.0 / size, hours=float(size))
    elif terms.claim.usd is not None:
        words = tr("each {noun} may have been paid at the price of a server of {size}", noun=noun, size=size)
        yield _Correction("node-price", words, usd=1.0 / size)
    words = tr("the hours may be those of servers of {size}, not of single {noun}s", size=size, noun=noun)
    yield _Correction("node-hours", words, hours=float(size))
    if terms.claim.gpu_hours is not None:
        words = tr(
            "the hours may have been multiplied by the {size} {noun}s of a server twice", size=size, noun=noun
        )
        yield _Correction("node-hours", words, hours=1.0 / size)


def _units(terms: Terms) -> Iterator[_Correction]:
    if terms.gpu_hours is None:
        return
    yield _Correction("days-for-hours", tr("what is told as hours may be days"), hours=HOURS_PER_DAY)
    yield _Correction("days-for-hours", tr("what is told as days may be hours"), hours=1.0 / HOURS_PER_DAY)
    if terms.tokens is not None and terms.tokens.value > 2 * TERA:
        read = format_quantity(terms.tokens.value, "number")
        words = tr("the hours may be those of each trillion of the {read} tokens", read=read)
        yield _Correction("per-trillion", words, hours=terms.tokens.value / TERA)


def _physics(terms: Terms) -> Iterator[_Correction]:
    counted = terms.counted
    if counted is None:
        return
    if counted.total > 1.5 * counted.active:
        total, active = (format_quantity(x, "number") for x in (counted.total, counted.active))
        words = tr(
            "it may be reckoned with all {total} parameters, where {active} work on a token",
            total=total,
            active=active,
        )
        ratio = counted.total / counted.active
        yield _Correction("total-for-active", words, work=ratio, flops=1.0 / ratio)
    words = tr("it may be reckoned with the sparse peak of the data sheet, twice the dense one")
    yield _Correction("sparse-peak", words, work=0.5)


def _thousands(terms: Terms) -> Iterator[_Correction]:
    for factor, more in ((1000.0, tr("a thousand times more")), (0.001, "a thousandth")):
        if terms.claim.usd is not None:
            yield _Correction("thousand", tr("the dollars may be meant as {more}", more=more), usd=factor)
        if terms.gpu_hours is not None:
            yield _Correction("thousand", tr("the hours may be meant as {more}", more=more), hours=factor)
        if terms.tokens is not None and terms.tokens.told:
            yield _Correction("thousand", tr("the tokens may be meant as {more}", more=more), work=factor)
