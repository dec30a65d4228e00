"""Whether the hours told can do the work: against the peak and the best matmul measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

from isocost.catalog import Catalog
from isocost.catalog.records import MatmulCeiling
from isocost.engine.peaks import dense_peak
from isocost.language import tr
from isocost.plan.claims.checks.check import (
    AS_TIMES,
    Check,
    Outcome,
    bounded,
    lacking_words,
    not_known,
    times_words,
)
from isocost.plan.claims.published import Published, cheapest_published
from isocost.plan.claims.terms import WHOLE, Terms, flops_each, scientific
from isocost.plan.physics.resolve import parameters_of
from isocost.plan.values import ModelChoice
from isocost.quantities import format_count, format_quantity, format_rounded, format_share, within_factor
from isocost.quantities.units import SECONDS_PER_HOUR, TERA


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
        if done.status == "holds" and not within_factor(used / terms.claim.mfu, about):
            done = replace(done, status="doubtful", short=tr("contradicts itself"))
    return replace(done, words=tuple(words))


def _why_not(terms: Terms, catalog: Catalog) -> str:
    """Why the work of a claim is not known, and what its hours could read."""
    if why := not_known(terms):
        return why
    most = affordable_tokens(terms, catalog)
    if most is None:
        return tr("How many tokens is not told.")
    does = tr("write and train on") if terms.job == "rl" else tr("read")
    return tr(
        "How many tokens is not told: at the best matmul the hours {does} {quantity} at most.",
        does=does,
        quantity=format_quantity(most, "number"),
    )


def _done(terms: Terms, rates: tuple[Rate, ...], seconds: float, catalog: Catalog) -> Check:
    """Whether the work can be done in so many seconds of one accelerator, and that in a few words."""
    assert terms.work is not None
    needs = terms.work.flops / (rates[0].best * seconds)
    lacking = lacking_words(needs)
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
    hours = tr("{count} {noun}-hours", count=format_rounded(terms.gpu_hours.value), noun=terms.noun)
    if beyond > 1.0:
        given, short = scientific(rate.peak * seconds), lacking_words(need / (rate.best * seconds))
        return tr(
            "In {name}, {hours} give {given} at the dense peak of {peak}, {lacking} too little; "
            "{short} too little at the best matmul {whose} ({best}).",
            name=name,
            hours=hours,
            given=given,
            peak=peak,
            lacking=lacking_words(beyond),
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
        tr("about as many as told")
        if ratio < about
        else tr("{times} the hours told", times=times_words(ratio))
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
    if ratio is not None and (
        within_factor(ratio, rules.same_amount.value) or bounded(terms.claim.bound, ratio)
    ):
        return Check("work", "holds", tr("reproduces"), words, ratio, reproduces=True)
    if ratio is not None and within_factor(ratio, rules.about_the_same.value):
        return Check("work", "holds", tr("about right"), words, ratio)
    return Check("work", "doubtful", tr("another share"), words, ratio)


def affordable_tokens(terms: Terms, catalog: Catalog) -> float | None:
    """Tokens that the hours told can read at the best matmul measured; None where it does not follow."""
    if terms.counted is None or terms.gpu_hours is None or terms.entry is None:
        return None
    rates = rates_of(terms, catalog)
    if not rates:
        return None
    each = flops_each(terms.job, catalog) * terms.counted.active
    return rates[0].best * terms.gpu_hours.value * SECONDS_PER_HOUR / each
