"""Where our estimate puts a claim, and whether so much text makes a model."""

from __future__ import annotations

from dataclasses import replace

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.claims.checks.check import FAR_LESS, Check, Status, times_words
from isocost.plan.claims.checks.work import affordable_tokens
from isocost.plan.claims.prediction import Ours, Planned, assumed
from isocost.plan.claims.published import as_fast, run_words, same_run
from isocost.plan.claims.terms import FROM_NOTHING, Terms
from isocost.quantities import (
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_rounded,
    format_significant,
    within_factor,
)
from isocost.quantities.units import HOURS_PER_DAY


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
        if within_factor(each / usual, ABOUT)
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
    if FAR_LESS <= ratio < 100:
        return tr("{fixed} times ours", fixed=format_fixed(ratio, 2))
    return (
        tr("{times} more", times=times_words(ratio))
        if ratio >= 1.0
        else tr("{times} less", times=times_words(1.0 / ratio))
    )
