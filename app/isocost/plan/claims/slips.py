"""The classic slips: each correction is tried, and told where it makes the numbers of a claim agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.plan.claims.market import market_of
from isocost.plan.claims.prediction import Ours
from isocost.plan.claims.terms import Terms
from isocost.quantities import format_count, format_quantity
from isocost.quantities.units import HOURS_PER_DAY, TERA

KEPT = 2
"""Stories told: more would be guessing."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A correction that reconciles a claim: our reading, not its author's word."""

    id: str
    words: str


@dataclass(frozen=True, slots=True)
class _Numbers:
    """What a claim's relations hold between; None = not told."""

    usd: float | None
    hours: float | None
    rate: float | None
    fast: float | None
    """Hours our range begins at."""
    slow: float | None
    """Hours it ends at."""


@dataclass(frozen=True, slots=True)
class _Correction:
    """Factors that undo a slip."""

    id: str
    words: str
    usd: float = 1.0
    hours: float = 1.0
    rate: float = 1.0
    work: float = 1.0
    """On the hours we estimate."""


def slips(terms: Terms, ours: Ours | None, catalog: Catalog) -> tuple[Slip, ...]:
    """The likeliest stories behind numbers that disagree, in the order of how often they are met.

    A correction counts when it mends every relation that can be tested, of which one fails without it.
    """
    numbers = _Numbers(
        terms.claim.usd,
        terms.gpu_hours.value if terms.gpu_hours is not None else None,
        terms.claim.usd_per_gpu_hour,
        ours.hours.p10 if ours is not None else None,
        ours.hours.p90 if ours is not None else None,
    )
    beyond = catalog.constants.claim_rules.beyond_range.value
    wider = _Numbers(
        numbers.usd,
        numbers.hours,
        numbers.rate,
        None if numbers.fast is None else numbers.fast / beyond,
        None if numbers.slow is None else numbers.slow * beyond,
    )
    if all(_relations(wider, terms, catalog)):
        return ()
    found = []
    for correction in _corrections(terms):
        if correction.work != 1.0 and ours is None:
            continue
        mended = _mended(numbers, correction)
        relations = _relations(mended, terms, catalog)
        if relations and all(relations):
            found.append(Slip(correction.id, correction.words))
    return tuple(found[:KEPT])


def _mended(numbers: _Numbers, by: _Correction) -> _Numbers:
    def times(value: float | None, factor: float) -> float | None:
        return None if value is None else value * factor

    return _Numbers(
        times(numbers.usd, by.usd),
        times(numbers.hours, by.hours),
        times(numbers.rate, by.rate),
        times(numbers.fast, by.work),
        times(numbers.slow, by.work),
    )


def _relations(numbers: _Numbers, terms: Terms, catalog: Catalog) -> list[bool]:
    """Whether each relation that can be tested holds: dollars and hours, hours and work, price and market."""
    same = catalog.constants.claim_rules.same_amount.value
    market = market_of(terms.entry.spec.id, catalog) if terms.entry is not None else None
    found = []
    if numbers.usd is not None and numbers.hours:
        made = numbers.usd / numbers.hours
        if numbers.rate is not None:
            found.append(1.0 / same <= made / numbers.rate <= same)
        elif market is not None:
            found.append(market.lowest <= made <= market.highest)
    if numbers.hours is not None and numbers.fast is not None and numbers.slow is not None:
        found.append(numbers.fast <= numbers.hours <= numbers.slow)
    return found


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
    digits = f"{terms.claim.count:.0f}"
    for each in ("16", "8", "4"):
        front = digits.removesuffix(each)
        if front != digits and front and int(front) > 1:
            product = int(front) * int(each)
            words = (
                f"{digits} may be {front} x {each} = {format_count(product)} accelerators with the sign lost"
            )
            yield _Correction("count-without-sign", words, hours=product / terms.claim.count)


def _servers(terms: Terms) -> Iterator[_Correction]:
    size = terms.entry.spec.node_size if terms.entry is not None else 8
    if size <= 1 or terms.gpu_hours is None:
        return
    noun = terms.noun
    if terms.claim.usd_per_gpu_hour is not None:
        words = f"the price may be that of a server of {size}, not of one {noun}"
        yield _Correction("node-price", words, rate=1.0 / size)
        words = f"the price may be that of one {noun}, and the dollars those of servers of {size}"
        yield _Correction("node-price", words, rate=float(size))
    elif terms.claim.usd is not None:
        words = f"each {noun} may have been paid at the price of a server of {size}"
        yield _Correction("node-price", words, usd=1.0 / size)
    words = f"the hours may be those of servers of {size}, not of single {noun}s"
    yield _Correction("node-hours", words, hours=float(size))
    if terms.claim.gpu_hours is not None:
        words = f"the hours may have been multiplied by the {size} {noun}s of a server twice"
        yield _Correction("node-hours", words, hours=1.0 / size)


def _units(terms: Terms) -> Iterator[_Correction]:
    if terms.gpu_hours is None:
        return
    yield _Correction("days-for-hours", "what is told as hours may be days", hours=HOURS_PER_DAY)
    yield _Correction("days-for-hours", "what is told as days may be hours", hours=1.0 / HOURS_PER_DAY)
    if terms.tokens is not None and terms.tokens.told and terms.tokens.value > 2 * TERA:
        read = format_quantity(terms.tokens.value, "number")
        words = f"the hours may be those of each trillion of the {read} tokens"
        yield _Correction("per-trillion", words, hours=terms.tokens.value / TERA)


def _physics(terms: Terms) -> Iterator[_Correction]:
    counted = terms.counted
    if counted is None:
        return
    if counted.total > 1.5 * counted.active:
        total, active = (format_quantity(x, "number") for x in (counted.total, counted.active))
        words = f"it may be reckoned with all {total} parameters, where {active} work on a token"
        yield _Correction("total-for-active", words, work=counted.total / counted.active)
    words = "it may be reckoned with the sparse peak of the data sheet, twice the dense one"
    yield _Correction("sparse-peak", words, work=0.5)


def _thousands(terms: Terms) -> Iterator[_Correction]:
    for factor, more in ((1000.0, "a thousand times more"), (0.001, "a thousandth")):
        if terms.claim.usd is not None:
            yield _Correction("thousand", f"the dollars may be meant as {more}", usd=factor)
        if terms.gpu_hours is not None:
            yield _Correction("thousand", f"the hours may be meant as {more}", hours=factor)
        if terms.tokens is not None and terms.tokens.told:
            yield _Correction("thousand", f"the tokens may be meant as {more}", work=factor)
