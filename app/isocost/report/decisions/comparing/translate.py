"""Somebody's hours on one's own accelerators."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.language import listed, tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.compare.translation import Half, StageTranslation, Translated
from isocost.quantities import (
    format_count,
    format_duration,
    format_fixed,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
    format_significant,
    within_factor,
)
from isocost.quantities.units import HOURS_PER_DAY
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

SIMILAR = 1.1
"""Hours told within this factor of those predicted need no word."""
APART = 3.0
"""Beyond this factor between hours told and predicted, something else was run than is described."""
NARROWER = 0.95
"""Of the narrower range of both: a ratio below it is called narrower, one within its inverse as good."""
FROM_DAYS = 48.0
"""Wall hours from which they are said in days too."""
_BASES = {
    "same_code": tr("steps of the same code on two architectures"),
    "other_code": tr("steps of two teams' code"),
    "rollouts": tr("rounds of the same code on two architectures"),
}


def told(title: str, found: Translated, catalog: Catalog) -> Told:
    """The translation, how sure it is, and what it rests on."""
    sections = [
        Section("", tuple(notes_said(found, catalog))),
        Section(tr("There and here"), (), _sides(found)),
    ]
    if len(found.stages) > 1:
        sections.append(Section(tr("Stage by stage"), (), _stages(found)))
    return Told(title, translated_said(found), tuple(sections), _tree(found, catalog), _rows(found))


def translated_said(found: Translated) -> str:
    """Hours here for hours there, with their range."""
    low, high = found.ends
    said = tr(
        "{hours} on {place} for {hours_2} on {theirs}",
        hours=_hours(found.hours),
        place=_place(_mine(found)),
        hours_2=_hours(found.from_hours),
        theirs=_theirs(found),
    )
    if unfit := next((each for each in found.stages if each.mine.result.fits is False), None):
        return tr(
            "{name} does not fit on {place}: {said} if it did",
            name=unfit.name,
            place=_place(unfit.mine.result),
            said=said,
        )
    return tr(
        "{said}; 8 chances in 10 that it is {hours} to {hours_2}",
        said=said,
        hours=_hours(low),
        hours_2=_hours(high),
    )


def _hours(hours: float) -> str:
    said = format_quantity(hours, "hours")
    return f"{said} ({format_duration(hours / HOURS_PER_DAY)})" if hours >= FROM_DAYS else said


def _place(result: StageEstimate) -> str:
    return f"{format_count(result.count)} {result.accelerator_name}"


def _mine(found: Translated) -> StageEstimate:
    return found.stages[0].mine.result


def _theirs(found: Translated) -> str:
    return listed(dict.fromkeys(_place(each.theirs.result) for each in found.stages))


def notes_said(found: Translated, catalog: Catalog) -> list[str]:
    """Where the hours come from, how sure the ratio is and why, and what does not fit."""
    said = [*_hours_said(found), *_range_said(found)]
    said += [f"{each.name}: {each.why}" for each in found.stages if each.why]
    if found.typed_mfu:
        said.append(
            tr("The plan's typed MFU is not used: each side is taken at the efficiency predicted of it.")
        )
    asked, got = found.asked.count, _mine(found).count
    if asked != got:
        said.append(
            tr(
                "{count} cannot be had: {count_2} are, in whole servers.",
                count=format_count(asked),
                count_2=format_count(got),
            )
        )
    said += _formats_said(found)
    said += [_fit_said(each, each.theirs.result, "there") for each in found.stages if _unfit(each.theirs)]
    said += [_fit_said(each, each.mine.result, "here") for each in found.stages if _unfit(each.mine)]
    card = catalog.default_price(_mine(found).accelerator)
    if card is not None:
        said.append(
            tr(
                "Rented at {money} an hour ({supplier}, {date}) it would cost {money_2}.",
                money=format_money(card.usd_per_gpu_hour),
                supplier=card.supplier,
                date=card.date,
                money_2=format_money(_usd(found, card)),
            )
        )
    return said


def _unfit(side: Half) -> bool:
    return side.result.fits is False


def _hours_said(found: Translated) -> list[str]:
    if not found.told:
        return [tr("Hours there are not told: they are predicted too.")]
    there = sum(each.theirs.hours for each in found.stages)
    ratio = found.from_hours / there
    if within_factor(ratio, SIMILAR):
        return [tr("There {hours} are predicted, about what it took.", hours=_hours(there))]
    times = format_significant(ratio, 2)
    told = tr(
        "There {hours} are predicted: it took {times} times that, and so it is taken to do here.",
        hours=_hours(there),
        times=times,
    )
    if within_factor(ratio, APART):
        return [told]
    return [
        told,
        tr("So far apart, what was run there is hardly what is described here: look at its inputs."),
    ]


def _range_said(found: Translated) -> list[str]:
    common = found.common
    mine, theirs = found.half_of("mine"), found.half_of("theirs")
    words = _BASES[found.basis]
    said = tr(
        "Errors there and here are taken to have {share} of their variance in common, as "
        "{words} had: of {count} pieces of work by {count_2} teams, {share_2} of the ratios "
        "lie in ranges made so.",
        share=_share(common.share),
        words=words,
        count=format_count(common.groups),
        count_2=format_count(common.teams),
        share_2=_share(common.covered),
    )
    factor = tr("The ratio is good to a factor of {fixed}", fixed=format_fixed(math.exp(found.half), 2))
    alone = tr(
        "of {fixed} there and {fixed_2} here alone",
        fixed=format_fixed(math.exp(theirs), 2),
        fixed_2=format_fixed(math.exp(mine), 2),
    )
    beside = found.half / min(mine, theirs) if min(mine, theirs) > 0.0 else math.inf
    verdict = (
        tr("narrower than either")
        if beside < NARROWER
        else tr("about as good")
        if beside < 1.0 / NARROWER
        else tr("no better")
    )
    waste = (
        [tr("What whole runs lose beyond their steps is taken to come along: no run is published on two.")]
        if found.wasted and found.basis == "same_code"
        else []
    )
    return [
        said,
        *waste,
        tr(
            "{factor}, {verdict}: hours alone are good to one {alone}.",
            factor=factor,
            verdict=verdict,
            alone=alone,
        ),
    ]


def _share(value: float) -> str:
    return format_share(value, decimals=0)


def _formats_said(found: Translated) -> list[str]:
    return [
        tr(
            "{name}: MFU is of the {mfu_basis} there, of the {mfu_basis_2} here.",
            name=each.name,
            mfu_basis=each.theirs.result.mfu_basis,
            mfu_basis_2=each.mine.result.mfu_basis,
        )
        for each in found.stages
        if each.theirs.result.mfu is not None and each.theirs.result.mfu_basis != each.mine.result.mfu_basis
    ]


def _fit_said(each: StageTranslation, result: StageEstimate, where: str) -> str:
    least = result.smallest_count
    cure = (
        tr("; it takes {count}", count=format_count(least))
        if least is not None
        else tr("; no number of them holds it")
    )
    return tr(
        "{name} does not fit on {place} {where}{cure}.",
        name=each.name,
        place=_place(result),
        where=where,
        cure=cure,
    )


# Tables


def _sides(found: Translated) -> Table:
    columns = (
        Column(tr("Figure")),
        Column(_theirs(found), right=True),
        Column(_place(_mine(found)), right=True),
    )
    rows: list[tuple[str | None, ...]] = [
        (tr("Wall hours"), _hours(found.from_hours), _hours(found.hours)),
        (
            tr("Accelerator-hours"),
            format_rounded(sum(each.from_hours * each.theirs.result.count for each in found.stages)),
            format_rounded(sum(each.hours * each.mine.result.count for each in found.stages)),
        ),
        (
            tr("Predicted"),
            _hours(sum(each.theirs.hours for each in found.stages)),
            _hours(sum(each.mine.hours for each in found.stages)),
        ),
    ]
    main = max(found.stages, key=lambda each: each.from_hours)
    of = "" if len(found.stages) == 1 else f", {main.name}"
    facts: Sequence[tuple[str, Callable[[StageEstimate], str | None]]] = (
        ("MFU", lambda result: None if result.mfu is None else format_share(result.mfu)),
        (tr("Tokens a second each"), _speed),
        (tr("Layout"), lambda result: result.layout),
    )
    for label, read in facts:
        cells = [read(side.result) for side in (main.theirs, main.mine)]
        if any(cells):
            rows.append((f"{label}{of}", *cells))
    return Table(columns, tuple(rows))


def _speed(result: StageEstimate) -> str | None:
    rate = result.tokens_per_s_per_gpu
    return None if rate is None else format_quantity(rate, "number")


def _stages(found: Translated) -> Table:
    columns = (
        Column(tr("Stage")),
        Column(tr("There"), _hours, right=True),
        Column(tr("Here"), _hours, right=True),
        Column(tr("Here over there"), lambda ratio: format_significant(ratio, 3), right=True),
    )
    rows = tuple(
        (each.name, each.from_hours, each.hours, each.mine.hours / each.theirs.hours) for each in found.stages
    )
    return Table(columns, rows)


# For other programs


def _usd(found: Translated, card: PriceCard) -> float:
    hours = sum(each.hours * each.mine.result.count for each in found.stages)
    return round(hours * card.usd_per_gpu_hour, 2)


def _tree(found: Translated, catalog: Catalog) -> dict[str, Any]:
    low, high = found.ends
    mine = _mine(found)
    card = catalog.default_price(mine.accelerator)
    common = found.common
    return {
        "from_hours": found.from_hours,
        "hours": found.hours,
        "p10": low,
        "p90": high,
        "from_hours_told": found.told,
        "ratio": found.ratio,
        "from_gpu_hours": sum(each.from_hours * each.theirs.result.count for each in found.stages),
        "gpu_hours": sum(each.hours * each.mine.result.count for each in found.stages),
        "predicted_from_hours": sum(each.theirs.hours for each in found.stages),
        "predicted_hours": sum(each.mine.hours for each in found.stages),
        "ratio_factor": math.exp(found.half),
        "from_factor": math.exp(found.half_of("theirs")),
        "factor": math.exp(found.half_of("mine")),
        "errors_in_common": {
            "share": common.share,
            "basis": found.basis,
            "groups": common.groups,
            "teams": common.teams,
            "covered": common.covered,
        },
        "accelerator": mine.accelerator,
        "count": mine.count,
        "fits": _fits(each.mine for each in found.stages),
        "fits_there": _fits(each.theirs for each in found.stages),
        "price": None
        if card is None
        else {
            "usd_per_gpu_hour": card.usd_per_gpu_hour,
            "supplier": card.supplier,
            "date": card.date,
            "cost_usd": _usd(found, card),
        },
        "stages": [_stage_tree(each) for each in found.stages],
    }


def _fits(sides: Any) -> bool | None:
    known = [side.result.fits for side in sides if side.result.fits is not None]
    return all(known) if known else None


def _stage_tree(each: StageTranslation) -> dict[str, Any]:
    def side(half: Half) -> dict[str, Any]:
        result = half.result
        return {
            "accelerator": result.accelerator,
            "count": result.count,
            "predicted_hours": half.hours,
            "mfu": result.mfu,
            "layout": result.layout,
            "fits": result.fits,
        }

    return {
        "name": each.name,
        "from_hours": each.from_hours,
        "hours": each.hours,
        "from": side(each.theirs),
        "to": side(each.mine),
    }


def _rows(found: Translated) -> Table:
    keys = ("stage", "from_accelerator", "from_count", "from_hours", "accelerator", "count", "hours", "p10")
    rows = tuple(
        (
            each.name,
            each.theirs.result.accelerator,
            each.theirs.result.count,
            each.from_hours,
            each.mine.result.accelerator,
            each.mine.result.count,
            each.hours,
            each.hours * math.exp(-each.half),
            each.hours * math.exp(each.half),
        )
        for each in found.stages
    )
    return Table(tuple(Column(key) for key in (*keys, "p90")), rows)
