"""What a ranking of accelerators says, and where it changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from isocost.language import tr
from isocost.plan.answer.across.deadlines import ABOUT_AS_CHEAP, Reign
from isocost.plan.kinds import kind_of
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.ranks import Ranked, Ranking
from isocost.quantities import (
    format_budget,
    format_cents,
    format_count,
    format_duration,
    format_money,
    format_share,
    shown_duration,
    shown_money,
)
from isocost.report.decisions.choices import (
    agreeing,
    chance_words,
    choice_tree,
    cost_words,
    hardware_words,
    likely_heading,
    marks_words,
    price_date,
    range_words,
    starred,
    supplier_of,
    terms_words,
    title_of,
    typed_words,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told


def ranked(found: Ranking, case: Case) -> Told:
    """The ranking in every form."""
    table = _table(found, case.goal.deadline_days is not None)
    return Told(
        title_of(case),
        finding(found, case),
        (
            Section("", tuple(_sentences(found, case))),
            Section(tr("Accelerators"), table=table),
            Section(
                tr("About the cheapest"),
                tuple(words for each in found.reigns if (words := reign_words(each))),
            ),
        ),
        _tree(found, case),
        table,
    )


def finding(found: Ranking, case: Case) -> str:
    """Who is the cheapest, and how much dearer the next is."""
    if not found.rows:
        return tr("No accelerator on offer can hold this model")
    first, deadline = found.rows[0], case.goal.deadline_days
    by = (
        tr("at the plan's count")
        if deadline is None
        else tr("in {duration}", duration=format_duration(deadline))
    )
    if not first.in_time:
        return tr(
            "No accelerator does it {by}: the fastest, {hardware_words}, takes {duration}",
            by=by,
            hardware_words=hardware_words(first.choice),
            duration=format_duration(first.choice.span_days),
        )
    do = agreeing(first.choice, "do")
    said = tr(
        "{hardware_words} {do} it {by} for the least: {cost_words}",
        hardware_words=hardware_words(first.choice),
        do=do,
        by=by,
        cost_words=cost_words(first.choice),
    )
    second = next((row for row in found.rows[1:] if row.in_time), None)
    if second is None:
        return tr("{said}; no other does", said=said)
    more = second.choice.cost_usd / max(first.choice.cost_usd, 1e-9) - 1.0
    label, share = second.choice.label, format_share(more, decimals=0)
    if share == format_share(0.0, decimals=0):
        return tr("{said}; {label} costs as much", said=said, label=label)
    return tr("{said}; {label} is {share} dearer", said=said, label=label, share=share)


CLAIMED = tr("The claimed hours on each accelerator at equal utilization of its 16-bit peak.")
"""What a comparison of a claim's hours on other accelerators supposes."""


def _sentences(found: Ranking, case: Case) -> Iterator[str]:
    counted = [stage for stage in case.scenario.stages if stage.enabled]
    if found.rows and all(kind_of(stage).claimed for stage in counted):
        yield CLAIMED
    first = found.rows[0] if found.rows else None
    if first is None or not first.in_time:
        return
    name = first.choice.label
    if first.wins_below is not None and len(found.rows) > 1:
        yield (
            tr(
                "{name} stays the cheapest up to {money} an hour; it is {money_2}.",
                name=name,
                money=format_money(first.wins_below),
                money_2=format_money(first.choice.price.usd_per_gpu_hour),
            )
        )
    if found.mfu_lost is not None and first.choice.mfu is not None:
        yield (
            tr(
                "And down to an MFU of {share}, slower at every count alike; it is {share_2}.",
                share=format_share(found.mfu_lost),
                share_2=format_share(first.choice.mfu),
            )
        )
    yield from own_words(found, case)
    yield from typed_words(case)
    if words := terms_words(case):
        yield words
    if first.stale:
        yield tr("The price of {name} is of {date}: it may be gone.", name=name, date=first.choice.price.date)
    if words := only_words(first):
        yield words
    if words := marks_words(caveat for row in found.rows for caveat in row.caveats):
        yield f"{words}."
    if not first.within_budget:
        yield tr("That is beyond the budget of {money}.", money=format_budget(case.goal.budget_usd or 0.0))


def only_words(row: Ranked) -> str:
    """That a price rests on one supplier alone, and what another asks; empty where it does not."""
    only = row.only
    if only is None:
        return ""
    said = tr(
        "{label} at {money} rests on {supplier} alone",
        label=row.choice.label,
        money=format_money(only.usd_per_gpu_hour),
        supplier=only.supplier,
    )
    other = only.dearest
    if other is None:
        return tr("{said}: nobody else asks a price.", said=said)
    return tr(
        "{said}; {supplier} asks {money}.",
        said=said,
        supplier=other.supplier,
        money=format_money(other.usd_per_gpu_hour),
    )


def own_words(found: Ranking, case: Case) -> Iterator[str]:
    """At which price and at which utilization the plan's own accelerator would be the cheapest."""
    own = _own(found, case)
    if own is None or own is found.rows[0]:
        return
    name, now = own.choice.label, format_money(own.choice.price.usd_per_gpu_hour)
    if own.wins_below is not None:
        yield tr(
            "{name} would be the cheapest below {cents} an hour; it is {now}.",
            name=name,
            cents=_cents(own.wins_below, math.floor),
            now=now,
        )
    if found.own_mfu is not None and own.choice.mfu is not None:
        yield (
            tr(
                "{name} would be the cheapest above an MFU of {percent}, faster at every count "
                "alike; it is {share}.",
                name=name,
                percent=_percent(found.own_mfu),
                share=format_share(own.choice.mfu),
            )
        )


def change_words(found: Ranking, case: Case) -> tuple[str, ...]:
    """What would change the winner, a line each: its price, and price and speed of the plan's accelerator."""
    first, own = found.rows[0] if found.rows else None, _own(found, case)
    if first is None or not first.in_time:
        return ()
    words = []
    if first.wins_below is not None and len(found.rows) > 1:
        above, now = _cents(first.wins_below, math.ceil), format_money(first.choice.price.usd_per_gpu_hour)
        words.append(
            tr(
                "{label} above {above} an hour: then {label_2}. It is {now}.",
                label=first.choice.label,
                above=above,
                label_2=found.rows[1].choice.label,
                now=now,
            )
        )
    if only := only_words(first):
        words.append(only)
    if own is not None and own is not first:
        if own.wins_below is not None:
            below, now = _cents(own.wins_below, math.floor), format_money(own.choice.price.usd_per_gpu_hour)
            words.append(
                tr(
                    "{label} again below {below} an hour. It is {now}.",
                    label=own.choice.label,
                    below=below,
                    now=now,
                )
            )
        if found.own_mfu is not None and own.choice.mfu is not None:
            now = format_share(own.choice.mfu, decimals=0)
            words.append(
                tr(
                    "{label} again above {percent} MFU. It is {now} on {count}.",
                    label=own.choice.label,
                    percent=_percent(found.own_mfu),
                    now=now,
                    count=format_count(own.choice.count),
                )
            )
    return tuple(words)


def _own(found: Ranking, case: Case) -> Ranked | None:
    """The plan's own accelerator at its price."""
    return next((row for row in found.rows if row.choice.price == case.card), None)


def _cents(usd: float, rounding: Callable[[float], int]) -> str:
    """An amount to the cent, rounded to the side on which what is said of it holds."""
    unit = shown_money()
    return format_cents(unit.usd(rounding(unit.shown(usd) * 100.0) / 100.0))


def _percent(share: float) -> str:
    """A share in whole percent, rounded up: what holds above it holds above the number told."""
    return format_share(math.ceil(share * 100.0 - 1e-9) / 100.0, decimals=0)


def reign_words(reign: Reign) -> str:
    """For which deadlines an accelerator is about the cheapest.

    Ends are rounded inwards, for the words to hold for every deadline they name; empty where none is left.
    """
    since = format_duration(shown_duration(reign.since))
    if math.isinf(reign.until):
        return tr("{label} from {since} on", label=reign.label, since=since)
    until = format_duration(shown_duration(reign.until, least=False))
    if shown_duration(reign.since) >= shown_duration(reign.until, least=False):
        return ""
    return tr("{label} from {since} to {until}", label=reign.label, since=since, until=until)


def _table(found: Ranking, timed: bool) -> Table:
    columns = (
        Column(tr("Hardware")),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(likely_heading(without_reserve=found.without_reserve), right=True, key="range"),
        Column(tr("Time"), format_duration, right=True, key="programme_days"),
        Column(tr("In time"), lambda v: "yes" if v else "no", key="in_time"),
        Column(tr("Chance"), chance_words, right=True, key="chance"),
        Column(tr("Evidence"), key="evidence"),
        Column(tr("An hour"), format_money, right=True, key="usd_per_gpu_hour"),
        Column(tr("Cheapest below"), format_money, right=True, key="wins_below_usd_per_gpu_hour"),
        Column(tr("Supplier"), key="supplier"),
        Column(tr("Price of"), key="price_date"),
    )
    return Table(columns, tuple(_row(row, timed) for row in found.rows))


def _row(row: Ranked, timed: bool) -> tuple[Any, ...]:
    return (
        starred(hardware_words(row.choice), row.caveats),
        row.choice.cost_usd,
        range_words(row.choice),
        row.choice.span_days,
        row.in_time if timed else None,
        row.choice.chance,
        row.choice.evidence,
        row.choice.usd_per_hour,
        row.wins_below,
        supplier_of(row.choice),
        price_date(row.choice) + (tr(", stale") if row.stale else ""),
    )


def _tree(found: Ranking, case: Case) -> dict[str, Any]:
    return {
        "deadline_days": case.goal.deadline_days,
        "budget_usd": case.goal.budget_usd,
        "rows": [
            {
                **choice_tree(row.choice),
                "in_time": row.in_time,
                "within_budget": row.within_budget,
                "chance": row.choice.chance,
                "evidence": row.choice.evidence,
                "stale": row.stale,
                "one_supplier": row.only is not None,
                "p10_usd": row.choice.low_usd,
                "p90_usd": row.choice.high_usd,
                "wins_below_usd_per_gpu_hour": row.wins_below,
            }
            for row in found.rows
        ],
        "about_as_cheap": ABOUT_AS_CHEAP,
        "flips": [
            {
                "accelerator": each.accelerator,
                "from_days": each.since,
                "to_days": None if math.isinf(each.until) else each.until,
            }
            for each in found.reigns
        ],
        "winner_mfu_lost": found.mfu_lost,
        "own_mfu_wins": found.own_mfu,
    }
