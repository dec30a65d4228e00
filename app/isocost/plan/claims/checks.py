"""Four checks of a claim in a fixed order: money, memory, work, sense; each with its arithmetic in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.records import MatmulCeiling
from isocost.engine.peaks import dense_peak
from isocost.language import tr
from isocost.plan.claims.market import market_of
from isocost.plan.claims.prediction import Ours, Planned, assumed, held
from isocost.plan.claims.published import Published, as_fast, cheapest_published, run_words, same_run
from isocost.plan.claims.terms import FROM_NOTHING, WHOLE, Terms, dollars, flops_each, scientific
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.values import ModelChoice
from isocost.quantities import (
    format_count,
    format_duration,
    format_fixed,
    format_memory_of,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
    format_significant,
    marked,
)
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR, TERA

Status = Literal["holds", "doubtful", "impossible", "unknown"]
Outcome = Literal[
    "", "sums", "bounded", "asked", "priced", "share", "times", "bits", "below", "above", "near", "text"
]
"""Of money: its sum, its limit or its price is judged, or the price is one that is asked. Of work: a share or
a multiple of it is lacking, or fewer bits would do. Of sense: below or above what we estimate, or near it; or
above it unless more text was read than is usual."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check says."""

    name: Literal["money", "memory", "work", "sense"]
    status: Status
    short: str
    """The outcome in two or three words."""
    words: tuple[str, ...] = ()
    """The arithmetic, a sentence each."""
    ratio: float | None = None
    """Told over recomputed; None = nothing to compare."""
    reproduces: bool = False
    """Whether told and recomputed are the same number."""
    outcome: Outcome = ""
    """What came out, for code that goes on from it; empty where nothing does."""
    lacking: str = ""
    """How much of the work the hours cannot do."""


def money(terms: Terms, catalog: Catalog) -> Check:
    """Whether hours times price give the dollars told, or dollars over hours a price that is asked."""
    claim, hours, rules = terms.claim, terms.gpu_hours, catalog.constants.claim_rules
    if claim.usd is None:
        sums = terms.usd.words if terms.usd is not None else ""
        if terms.price is not None and terms.entry is not None:
            return _on_the_market(terms, sums or terms.price.words, catalog)
        return Check(
            "money",
            "unknown",
            tr("no dollars told"),
            (f"{sums}." if sums else tr("No amount of money is told."),),
        )
    if hours is None:
        return Check(
            "money",
            "unknown",
            tr("no hours told"),
            (tr("No hours are told that the money could be held against."),),
        )
    rate = claim.usd_per_gpu_hour
    if rate is None:
        return _implied_price(terms, catalog)
    made = hours.value * rate
    ratio = claim.usd / made
    sums = f"{hours.words}; x {format_money(rate)} = {dollars(made)}"
    told = tr(
        "{sums}. Told: {dollars}, {fixed} times that.",
        sums=sums,
        dollars=dollars(claim.usd),
        fixed=format_fixed(ratio, 2),
    )
    words = (told, *_today(terms, catalog))
    if _within(ratio, rules.same_amount.value):
        return Check("money", "holds", tr("adds up"), words, ratio, reproduces=True, outcome="sums")
    if _bounded(claim.bound, ratio):
        return Check(
            "money", "holds", tr("within its limit"), words, ratio, reproduces=True, outcome="bounded"
        )
    if _within(ratio, rules.about_the_same.value):
        return Check("money", "holds", tr("about adds up"), words, ratio, outcome="sums")
    return Check("money", "doubtful", tr("does not add up"), words, ratio)


def _today(terms: Terms, catalog: Catalog) -> Iterator[str]:
    """The hours told at what an hour of the accelerator costs now."""
    card = catalog.default_price(terms.entry.spec.id) if terms.entry is not None else None
    if card is not None and terms.gpu_hours is not None:
        cost = dollars(terms.gpu_hours.value * card.usd_per_gpu_hour)
        price = tr(
            "{money} an hour ({supplier}, {date})",
            money=format_money(card.usd_per_gpu_hour),
            supplier=card.supplier,
            date=card.date,
        )
        yield tr("The same hours at the newest usual price, {price}, cost {cost}.", price=price, cost=cost)


def _bounded(bound: str, ratio: float) -> bool:
    """Whether what is recomputed keeps to a limit that is told."""
    return (bound == "at most" and ratio >= 1.0) or (bound == "at least" and ratio <= 1.0)


def _implied_price(terms: Terms, catalog: Catalog) -> Check:
    """The price that hours and dollars come to, against the market."""
    assert terms.price is not None
    assert terms.gpu_hours is not None
    return _on_the_market(terms, f"{terms.gpu_hours.words}; {terms.price.words}", catalog)


def _on_the_market(terms: Terms, sums: str, catalog: Catalog) -> Check:
    """The price of an hour, told or implied, against what is asked; ``sums`` say where it comes from."""
    assert terms.price is not None
    price, about = terms.price.value, catalog.constants.claim_rules.about_the_same.value
    market = market_of(terms.entry.spec.id, catalog) if terms.entry is not None else None
    if market is None:
        whose = (
            tr("Nobody's price of {name} is known.", name=terms.accelerator)
            if terms.entry is not None
            else tr("The accelerator is not told, or not in the catalogue, and so its price is not known.")
        )
        return Check("money", "unknown", tr("no price known"), (f"{sums}. {whose}",))
    asked = f"{sums}; {market.words}."
    card = catalog.default_price(terms.entry.spec.id) if terms.entry is not None else None
    usual = card.usd_per_gpu_hour if card is not None else market.low
    ratio = price / usual
    if _bounded(terms.claim.bound, ratio):
        return Check(
            "money", "holds", tr("within its limit"), (asked,), ratio, reproduces=True, outcome="bounded"
        )
    same = catalog.constants.claim_rules.same_amount.value
    assumed = next((each for each in market.claimed if _within(price / each, same)), None)
    if assumed is not None:
        said = (asked, tr("Authors of claims assume {money}.", money=format_money(assumed)))
        return Check("money", "holds", tr("adds up as claims do"), said, price / assumed, reproduces=True)
    if market.low <= price <= market.high:
        # Quotes are wide: only near the usual one is it the same number.
        return Check(
            "money",
            "holds",
            tr("adds up"),
            (asked,),
            ratio,
            reproduces=_within(ratio, about),
            outcome="asked",
        )
    ever = tr(
        "Ever asked: {money} to {money_2}.",
        money=format_money(market.lowest),
        money_2=format_money(market.highest),
    )
    if market.lowest / about <= price <= market.highest * about:
        where = tr("below") if price < market.low else tr("above")
        said = (asked, tr("That is {where} the newest prices. {ever}", where=where, ever=ever))
        return Check("money", "holds", tr("{where} the newest prices", where=where), said, ratio)
    if price < market.low:
        return Check(
            "money",
            "doubtful",
            tr("too cheap"),
            (asked, tr("Nobody asks so little. {ever}", ever=ever)),
            ratio,
            outcome="priced",
        )
    return Check(
        "money",
        "doubtful",
        tr("too dear"),
        (asked, tr("Nobody asks so much. {ever}", ever=ever)),
        ratio,
        outcome="priced",
    )


def memory(terms: Terms, plan: Planned | None, catalog: Catalog) -> Check:
    """Whether the accelerators told hold the model as it is trained."""
    stage = held(terms, catalog)
    if stage is None and plan is None:
        why = _not_known(terms) or tr("How many accelerators is not told.")
        return Check("memory", "unknown", tr("not checked"), (why,))
    if stage is None:
        curve = plan.curve if plan is not None else None
        fits = [] if curve is None else curve.counts[curve.fits].tolist()
        least = (
            tr(
                " {count} {accelerator} at least would hold it.",
                count=format_count(fits[0]),
                accelerator=terms.accelerator,
            )
            if fits
            else ""
        )
        return Check(
            "memory",
            "unknown",
            tr("number not told"),
            (tr("How many accelerators is not told.{least}", least=least),),
        )
    needs = ""
    if stage.memory is not None and stage.memory.limit is not None:
        used = format_memory_of(stage.memory.total, stage.memory.limit)
        on = tr("each of {count}", count=format_count(stage.count)) if stage.count > 1 else "one"
        needs = tr("{used} on {on} {accelerator}", used=used, on=on, accelerator=terms.accelerator)
    if terms.job == "rl":
        needs = tr(
            "{needs} for its training alone; the engine that writes its text needs room beside that",
            needs=needs,
        )
    if needs and stage.count != terms.count and terms.count is not None:
        needs = tr("{needs}, as they are rented, not {count}", needs=needs, count=format_count(terms.count))
    if stage.fits and stage.fit is not None:
        return Check("memory", "holds", tr(stage.fit), (f"{needs}.",) if needs else ())
    enough = tr("no number of them would do")
    if stage.smallest_count is not None:
        enough = tr(
            "{count} {accelerator} at least",
            count=format_count(stage.smallest_count),
            accelerator=terms.accelerator,
        )
    return Check(
        "memory",
        "doubtful",
        tr("does not fit"),
        (
            tr(
                "{needs}: {enough}, or slow offloading to the host's memory, which is not modelled here.",
                needs=needs,
                enough=enough,
            ),
        ),
    )


def _not_known(terms: Terms) -> str:
    """Which of the model and the accelerator is not known, as a sentence; empty = neither."""
    if terms.counted is None and terms.claim.sparse:
        return tr("How many parameters work on a token is not told.")
    if terms.counted is None:
        return tr("The model's size is not told.")
    return tr("The accelerator is not told, or not in the catalogue.") if terms.entry is None else ""


def _why_not(terms: Terms, catalog: Catalog) -> str:
    """Why the work of a claim is not known, and what its hours could read."""
    if why := _not_known(terms):
        return why
    most = affordable_tokens(terms, catalog)
    if most is None:
        return tr("How many tokens is not told.")
    does = tr("write and train on") if terms.job == "rl" else "read"
    return tr(
        "How many tokens is not told: at the best matmul the hours {does} {quantity} at most.",
        does=does,
        quantity=format_quantity(most, "number"),
    )


@dataclass(frozen=True, slots=True)
class Rate:
    """What accelerators can do in one number format, FLOP/s each."""

    format: str
    peak: float
    best: float
    """Of the best matrix multiply measured."""
    ceiling: MatmulCeiling


def rates_of(terms: Terms, catalog: Catalog) -> tuple[Rate, ...]:
    """The format told, else 16 bits and, where the part has it, 8 bits."""
    assert terms.entry is not None
    spec, told = terms.entry.spec, terms.claim.precision
    key = {"mxfp8": "fp8", "nvfp4": "fp4", "mxfp4": "fp4", "fp16": "bf16"}.get(told, told) or "bf16"
    found: list[Rate] = []
    for wanted in (key,) if told else ("bf16", "fp8"):
        try:
            peak, name = dense_peak(spec, wanted)
        except ValueError:
            continue
        if any(rate.format == name for rate in found):
            continue
        ceiling = catalog.matmul_ceiling(spec.id, name)
        # Cards that clock above the rate their peak is stated at are not held to it.
        found.append(Rate(name, peak, peak * ceiling.share, ceiling))
    return tuple(found)


def work(terms: Terms, catalog: Catalog) -> Check:
    """Whether the hours told can do the work: against the peak and the best that was measured."""
    if terms.claim.compared is not None:
        return _compared(terms, catalog)
    if terms.work is None:
        return Check("work", "unknown", tr("not checked"), (_why_not(terms, catalog),))
    if terms.gpu_hours is None:
        none = tr("{words}; no hours are told to do it in.", words=terms.work.words)
        return Check("work", "unknown", tr("not checked"), (none,))
    if terms.entry is None or not (rates := rates_of(terms, catalog)):
        none = tr(
            "{words}; what {hours} can do is not known.", words=terms.work.words, hours=terms.gpu_hours.words
        )
        return Check("work", "unknown", tr("not checked"), (none,))
    seconds = terms.gpu_hours.value * SECONDS_PER_HOUR
    first, fastest = rates[0], max(rates, key=lambda rate: rate.peak)
    ratio = first.best * seconds / terms.work.flops
    shown = (first,) if ratio >= 1.0 else dict.fromkeys((first, fastest))
    words = [
        tr("Needed: {words}.", words=terms.work.words),
        *(_given(terms, rate, seconds) for rate in shown),
    ]
    words += _published_words(terms, cheapest_published(terms, catalog), catalog)
    done = replace(_done(terms, rates, seconds, catalog), ratio=ratio)
    used = terms.work.flops / (first.peak * seconds)
    if terms.claim.mfu is not None:
        told, meant = (format_quantity(x, "share") for x in (terms.claim.mfu, used))
        words.insert(1, tr("It tells an MFU of {told}; its hours mean {meant}.", told=told, meant=meant))
        about = catalog.constants.claim_rules.about_the_same.value
        if done.status == "holds" and not _within(used / terms.claim.mfu, about):
            done = replace(done, status="doubtful", short=tr("contradicts itself"))
    return replace(done, words=tuple(words))


def _done(terms: Terms, rates: tuple[Rate, ...], seconds: float, catalog: Catalog) -> Check:
    """Whether the work can be done in so many seconds of one accelerator, and that in a few words."""
    assert terms.work is not None
    needs = terms.work.flops / (rates[0].best * seconds)
    lacking = _lacking(needs)
    outcome: Outcome = "times" if needs >= AS_TIMES else "share"
    short = Check(
        "work", "impossible", tr("{lacking} short", lacking=lacking), outcome=outcome, lacking=lacking
    )
    if _least_work(terms, catalog) > max(max(rate.peak, rate.best) for rate in rates) * seconds:
        return short
    if terms.work.flops > max(rate.best for rate in rates) * seconds:
        # Between the best ever measured and the peak nobody has been; nothing forbids it either.
        return replace(short, status="doubtful")
    if terms.work.flops > rates[0].best * seconds:
        format = max(rates, key=lambda rate: rate.peak).format.upper()
        return Check("work", "doubtful", tr("only in {format}", format=format), outcome="bits")
    return Check("work", "holds", tr("can be done"))


def _least_work(terms: Terms, catalog: Catalog) -> float:
    """The work that makes a claim impossible: as told, or of the least text any model is trained on."""
    assert terms.work is not None
    if terms.tokens is None or terms.tokens.told or terms.counted is None:
        return terms.work.flops
    rules = catalog.constants.claim_rules
    return terms.work.flops * rules.fewest_tokens_per_parameter.value / rules.tokens_per_parameter.value


def _given(terms: Terms, rate: Rate, seconds: float) -> str:
    """What the hours give in one number format, at the peak and at the best measured."""
    assert terms.work is not None
    assert terms.gpu_hours is not None
    need, name = terms.work.flops, rate.format.upper()
    peak, best = (f"{format_count(x / TERA)} TFLOP/s" for x in (rate.peak, rate.best))
    beyond = need / (rate.peak * seconds)
    whose = tr("measured on it") if rate.ceiling.measured else tr("measured on parts like it")
    hours = tr("{count} {noun}-hours", count=format_count(terms.gpu_hours.value), noun=terms.noun)
    if beyond > 1.0:
        given, short = scientific(rate.peak * seconds), _lacking(need / (rate.best * seconds))
        return tr(
            "In {name}, {hours} give {given} at the dense peak of {peak}, {lacking} too little; "
            "{short} too little at the best matmul {whose} ({best}).",
            name=name,
            hours=hours,
            given=given,
            peak=peak,
            lacking=_lacking(beyond),
            short=short,
            whose=whose,
            best=best,
        )
    share, reached = format_share(beyond), format_share(rate.best / rate.peak, decimals=0)
    return tr(
        "In {name}, that is {share} of the dense peak ({peak}) over {hours}; the best matmul "
        "{whose} reaches {reached}{above_peak}.",
        name=name,
        share=share,
        peak=peak,
        hours=hours,
        whose=whose,
        reached=reached,
        above_peak=rate.ceiling.above_peak,
    )


def _published_words(terms: Terms, run: Published | None, catalog: Catalog) -> list[str]:
    if run is None or terms.gpu_hours is None:
        return []
    ratio = run.hours / terms.gpu_hours.value
    # One that took fewer hours may have read less: it says nothing.
    if ratio < 1.0:
        return []
    which = tr(
        "The cheapest published run of about that size, {label} ({date}),", label=run.label, date=run.date
    )
    about = catalog.constants.claim_rules.same_amount.value
    as_told = (
        tr("about as many as told") if ratio < about else tr("{times} the hours told", times=_times(ratio))
    )
    return [tr("{which} took {words}: {as_told}.", which=which, words=run.words, as_told=as_told)]


def _compared(terms: Terms, catalog: Catalog) -> Check:
    """The work of one model over that of another, against the share told."""
    other = terms.claim.compared
    assert other is not None
    if terms.work is None:
        return Check("work", "unknown", tr("not checked"), (_why_not(terms, catalog),))
    size = parameters_of(ModelChoice(name=other.model), catalog).active
    theirs = WHOLE * size * other.tokens
    active = terms.counted.active if terms.counted is not None else 0.0
    share = WHOLE * active * (terms.tokens.value if terms.tokens is not None else 0.0) / theirs
    rule = f"6 x {format_quantity(size, 'number')} x {format_quantity(other.tokens, 'number')}"
    words = (
        tr(
            "{words}; {model}: {rule} = {scientific} FLOP. That is {share} of it; told: {share_2}.",
            words=terms.work.words,
            model=other.model,
            rule=rule,
            scientific=scientific(theirs),
            share=format_share(share),
            share_2=format_share(other.share),
        ),
    )
    ratio = other.share / share if share else None
    rules = catalog.constants.claim_rules
    if ratio is not None and (_within(ratio, rules.same_amount.value) or _bounded(terms.claim.bound, ratio)):
        return Check("work", "holds", tr("reproduces"), words, ratio, reproduces=True)
    if ratio is not None and _within(ratio, rules.about_the_same.value):
        return Check("work", "holds", tr("about right"), words, ratio)
    return Check("work", "doubtful", tr("another share"), words, ratio)


def sense(terms: Terms, plan: Planned | None, ours: Ours | None, catalog: Catalog) -> Check:
    """Where our estimate puts it, and whether so much text makes a model.

    What a trusted published run upholds, or our estimate of better software, fewer bits and a larger batch
    than a new plan starts with, is no fault of the claim: it does not tell them.
    """
    found = _held_against_ours(terms, ours, catalog)
    fast = found.ratio is not None and found.ratio < 1.0 and found.outcome in ("below", "near")
    run = same_run(terms, catalog) if found.status == "doubtful" else None
    if run is not None:
        said = tr(
            "A published run agrees with it: {run_words}. Our estimate is off.",
            run_words=run_words(run, terms.noun),
        )
        return replace(found, status="holds", short=tr("as published"), words=(*found.words, said))
    if fast and plan is not None and (best := _assumed_for(terms, plan, catalog)) is not None:
        return replace(
            found,
            status="holds",
            short=tr("possible with {best}", best=best[0]),
            words=(*found.words, best[1]),
        )
    if fast and (published := as_fast(terms, catalog)) is not None:
        run, hours = published
        took = tr("{rounded} {noun}-hours by peak and text", rounded=format_rounded(hours), noun=terms.noun)
        said = tr(
            "A published run of its size was as fast: {run_words}, {took}.",
            run_words=run_words(run, terms.noun),
            took=took,
        )
        return replace(found, status="holds", short=tr("as fast as published"), words=(*found.words, said))
    return found


def _assumed_for(terms: Terms, plan: Planned, catalog: Catalog) -> tuple[str, str] | None:
    """The least that has to be assumed for the claim to lie in our range, in short and as a sentence."""
    for each in assumed(terms, plan, catalog):
        told, span, shown = _told_and_ours(terms, each.ours)
        if told is not None and span is not None and span[0] <= told <= span[2]:
            untold = (
                tr("software and batch") if terms.claim.precision else tr("software, number format and batch")
            )
            said = tr(
                "It does not tell its {untold}. With {words} we estimate {shown}, 8 chances in 10 "
                "between {shown_2} and {shown_3}: {share_words}.",
                untold=untold,
                words=each.words,
                shown=shown[1],
                shown_2=shown[0],
                shown_3=shown[2],
                share_words=_share_words(told / span[1]),
            )
            return each.words, said
    return None


def _held_against_ours(terms: Terms, ours: Ours | None, catalog: Catalog) -> Check:
    words = [*_text_words(terms, catalog)]
    thin = _too_thin(terms, catalog)
    if ours is None:
        if thin:
            return Check("sense", "doubtful", tr("no model"), tuple(words))
        return Check("sense", "unknown", tr("no estimate"), tuple(words) or (_no_estimate(terms),))
    beyond = catalog.constants.claim_rules.beyond_range.value
    told, span, shown = _told_and_ours(terms, ours)
    if told is None or span is None:
        start = tr(
            "Our estimate: {span_words} on {words}", span_words=_span_words(terms, ours), words=ours.words
        )
        words.insert(0, tr("{start}; nothing is told to hold against it.", start=start))
        short: tuple[Status, str] = (
            ("doubtful", tr("no model")) if thin else ("unknown", tr("nothing to compare"))
        )
        return Check("sense", *short, tuple(words))
    ratio = told / span[1]
    words.insert(
        0,
        tr(
            "We estimate {shown} on {words}, 8 chances in 10 between {shown_2} and {shown_3}; "
            "told: {shown_4}, {share_words}.",
            shown=shown[1],
            words=ours.words,
            shown_2=shown[0],
            shown_3=shown[2],
            shown_4=shown[3],
            share_words=_share_words(ratio),
        ),
    )
    if thin:
        return Check("sense", "doubtful", tr("no model"), tuple(words), ratio)
    bound = terms.claim.bound if terms.gpu_hours is None else ""
    if told < span[0] / beyond and bound != "at least":
        return Check("sense", "doubtful", tr("too little"), tuple(words), ratio, outcome="below")
    if told > span[2] * beyond and bound != "at most":
        if (more := _more_text(terms, ratio, catalog)) is not None:
            return Check("sense", "holds", tr("more text would do"), (*words, more), ratio, outcome="text")
        return Check("sense", "doubtful", tr("too much"), tuple(words), ratio, outcome="above")
    inside = span[0] <= told <= span[2]
    if inside:
        return Check("sense", "holds", tr("as we estimate"), tuple(words), ratio)
    return Check("sense", "holds", tr("near our range"), tuple(words), ratio, outcome="near")


def _more_text(terms: Terms, ratio: float, catalog: Catalog) -> str | None:
    """How much text a claim would be for that tells none and so much more than we estimate for the usual.

    None where its text is known, or no published run has read so much of it for its size.
    """
    if terms.tokens is None or not terms.tokens.usual or terms.counted is None:
        return None
    tokens = terms.tokens.value * ratio
    most = max(
        run.tokens / run.params_active
        for run in catalog.runs
        if run.trusted and run.stage == "pretrain" and run.tokens and run.params_active
    )
    if tokens / terms.counted.active > most:
        return None
    return tr(
        "It does not tell its text: {tokens} tokens, {each} a parameter, would take as much.",
        tokens=format_quantity(tokens, "number", digits=2),
        each=format_rounded(tokens / terms.counted.active),
    )


def _no_estimate(terms: Terms) -> str:
    if terms.job == "rl":
        return tr("Reinforcement learning: rounds, lengths and batch would have to be told for an estimate.")
    return tr("We have no estimate of it.")


def _told_and_ours(
    terms: Terms, ours: Ours
) -> tuple[float | None, tuple[float, float, float] | None, tuple[str, ...]]:
    """The figure told that we estimate too, and ours: hours where they are told, else dollars."""
    if terms.gpu_hours is not None:
        h, each = ours.hours, terms.gpu_hours.value
        shown = tuple(
            tr("{rounded} {noun}-hours", rounded=format_rounded(x), noun=terms.noun)
            for x in (h.p10, h.p50, h.p90, each)
        )
        return each, (h.p10, h.p50, h.p90), shown
    if terms.claim.usd is not None and ours.usd is not None:
        u, told = ours.usd, terms.claim.usd
        return told, (u.p10, u.p50, u.p90), tuple(format_money(x) for x in (u.p10, u.p50, u.p90, told))
    if terms.wall_hours is not None and terms.count is not None:
        d, days = ours.days, terms.wall_hours / HOURS_PER_DAY
        return days, (d.p10, d.p50, d.p90), tuple(format_duration(x) for x in (d.p10, d.p50, d.p90, days))
    return None, None, ()


def _span_words(terms: Terms, ours: Ours) -> str:
    h = ours.hours
    cost = f", {format_money(ours.usd.p50)}" if ours.usd is not None else ""
    low, middle, high = (format_rounded(each) for each in (h.p10, h.p50, h.p90))
    return tr(
        "{middle} {noun}-hours ({low} to {high}){cost}",
        middle=middle,
        noun=terms.noun,
        low=low,
        high=high,
        cost=cost,
    )


def affordable_tokens(terms: Terms, catalog: Catalog) -> float | None:
    """Tokens that the hours told can read at the best matmul measured; None where it does not follow."""
    if terms.counted is None or terms.gpu_hours is None or terms.entry is None:
        return None
    rates = rates_of(terms, catalog)
    if not rates:
        return None
    each = flops_each(terms.job, catalog) * terms.counted.active
    return rates[0].best * terms.gpu_hours.value * SECONDS_PER_HOUR / each


def _text_per_parameter(terms: Terms, catalog: Catalog) -> tuple[float, bool] | None:
    """Tokens per active parameter of training from nothing: as told, or the most the hours can read."""
    if terms.counted is None or terms.job not in FROM_NOTHING:
        return None
    if terms.tokens is not None and terms.tokens.told:
        return terms.tokens.value / terms.counted.active, True
    most = affordable_tokens(terms, catalog)
    return None if most is None else (most / terms.counted.active, False)


def _too_thin(terms: Terms, catalog: Catalog) -> bool:
    found = _text_per_parameter(terms, catalog)
    return found is not None and found[0] < catalog.constants.claim_rules.fewest_tokens_per_parameter.value


ABOUT = 1.05
"""Factor within which a text is as long as is usual: sizes are told to two digits."""


def _text_words(terms: Terms, catalog: Catalog) -> list[str]:
    found = _text_per_parameter(terms, catalog)
    if found is None:
        return []
    each, told = found
    usual = catalog.constants.claim_rules.tokens_per_parameter.value
    if not told:
        most = affordable_tokens(terms, catalog) or 0.0
        read = tr("{quantity} tokens", quantity=format_quantity(most, "number"))
        ratio = format_quantity(each, "number", digits=2)
        start = tr("At the best matmul the hours read {read}, {ratio} a parameter", read=read, ratio=ratio)
        few = tr("{start}; {significant} are usual.", start=start, significant=format_significant(usual))
        return [few if each < usual else tr("{start}: enough text.", start=start)]
    kind = (
        tr("fewer tokens than parameters")
        if each < 1
        else tr("just that")
        if _within(each / usual, ABOUT)
        else tr("trained beyond that")
        if each > usual
        else tr("less than that")
    )
    shown, least = format_rounded(each), format_significant(usual)
    return [
        tr(
            "{shown} tokens a parameter; {least} are the least costly way to a loss: {kind}.",
            shown=shown,
            least=least,
            kind=kind,
        )
    ]


def _share_words(ratio: float) -> str:
    if 0.01 <= ratio < 100:
        return tr("{fixed} times ours", fixed=format_fixed(ratio, 2))
    return (
        tr("{times} more", times=_times(ratio))
        if ratio >= 1.0
        else tr("{times} less", times=_times(1.0 / ratio))
    )


AS_TIMES = 2.0
"""From how many times as much the lack is told in times, not as a share."""


def _lacking(ratio: float) -> str:
    """How much is lacking where so many times as much is needed: "17 %", "59 times"."""
    if ratio >= AS_TIMES:
        return _times(ratio)
    return format_share(1.0 - 1.0 / ratio, decimals=0) if ratio >= 1.01 else "under 1 %"


def _times(ratio: float) -> str:
    if ratio >= 1e6:
        return tr("{marked} times", marked=marked(f"{ratio:.1e}"))
    return tr("{fixed} times", fixed=format_fixed(ratio, 1) if ratio < 9.95 else format_count(ratio))


def _within(ratio: float, factor: float) -> bool:
    return 1.0 / factor <= ratio <= factor
