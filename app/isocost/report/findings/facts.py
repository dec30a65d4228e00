"""What a bill does not say in dollars: energy and emissions, what is left out, what its size means."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog import Catalog
from isocost.language import capital, in_sentence, tr
from isocost.plan.answer.warnings.badges import Badge
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.inputs.billing import EXPERIMENTS, STAGES
from isocost.plan.inputs.defaults import default_of, new_stage
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.energy import Footprint
from isocost.plan.money.ledger import Omission
from isocost.quantities import (
    SPACE,
    format_carbon,
    format_energy,
    format_money,
    format_power,
    format_quantity,
    format_share,
    format_significant,
)
from isocost.report.findings.said import KeyFigure, Said
from isocost.report.table import Column, Table

# Energy


def energy_figures(found: Footprint, ranges: FigureRanges | None = None) -> tuple[KeyFigure, ...]:
    """Energy, power, the price of both and their emissions."""
    return tuple(figure.ranged(ranges) for figure in _energy_figures(found))


def _energy_figures(found: Footprint) -> tuple[KeyFigure, ...]:
    market = tr("no contracts claimed")
    if found.co2_market_kg != found.co2_kg:
        market = tr("{carbon} market-based", carbon=format_carbon(found.co2_market_kg))
    pue = format_significant(found.facts.pue)
    paid = tr("paid beside the machines") if found.paid_apart else tr("within the rent")
    if 0.0 < found.paid_apart < 1.0:
        share = format_share(found.paid_apart, decimals=0)
        paid = tr("{share} beside own machines, the rest within the rent", share=share)
    return (
        KeyFigure(
            tr("Energy"),
            format_energy(found.kwh),
            tr("PUE {pue}, at the meter", pue=pue),
            "energy.kwh",
            found.kwh,
            format_energy,
        ),
        KeyFigure(tr("Power"), format_power(found.peak_kw), tr("largest stage, mean"), "energy.peak_kw"),
        KeyFigure(tr("Electricity"), format_money(found.usd), paid, "energy.cost_usd"),
        KeyFigure(
            tr("Emissions"),
            format_carbon(found.co2_kg),
            market,
            "energy.co2_kg",
            found.co2_kg,
            format_carbon,
        ),
    )


def energy_said(found: Footprint, ranges: FigureRanges | None = None) -> Said:
    """What a programme draws, uses and emits."""
    price = tr("{money} per kWh", money=format_money(found.facts.usd_per_kwh))
    grid = tr("{quantity} kg CO₂e per kWh", quantity=format_quantity(found.facts.grid_kg_per_kwh, "number"))
    return Said(
        tr("{energy} and {carbon}", energy=format_energy(found.kwh), carbon=format_carbon(found.co2_kg)),
        f"{price}, {grid}.",
        f"{'. '.join(figure.words for figure in energy_figures(found, ranges))}.",
    )


def energy_sources(found: Footprint) -> str:
    """Where the site's facts come from."""
    facts = found.facts
    return tr(
        "PUE: {pue_source}. Electricity: {usd_per_kwh_source}. Grid: {grid_source}.",
        pue_source=facts.pue_source,
        usd_per_kwh_source=facts.usd_per_kwh_source,
        grid_source=facts.grid_source,
    )


def energy_table(figures: Sequence[KeyFigure]) -> Table:
    """The figures as shown."""
    columns = (Column(tr("Figure")), Column(tr("Value")), Column(tr("Note")), Column(tr("8 chances in 10")))
    return Table(columns, tuple((each.label, each.value, each.note, each.spread) for each in figures))


# What is left out


def scope_said(omissions: Sequence[Omission]) -> Said:
    """How much of what can be counted is not."""
    optional = [each for each in omissions if each.path]
    finding = (
        tr("{count} costs are not in this bill", count=len(optional))
        if optional
        else tr("All that can be counted is")
    )
    if len(optional) == 1:
        finding = tr("One cost is not in this bill")
    base = [each for each in omissions if each.kind == "base"]
    if base:
        more = (
            tr(", nor are {count} more costs", count=len(optional))
            if len(optional) > 1
            else tr(", nor is one more") * len(optional)
        )
        finding = tr("{name} is not in this bill{more}", name=base[0].name, more=more)
    told = "; ".join(f"{each.name}: {each.meaning}" for each in omissions)
    return Said(finding, tr("Choose one to count it.") if optional else "", f"{finding}. {told}.")


def never_counted(omissions: Sequence[Omission]) -> str:
    """What no input would count."""
    never = [in_sentence(each.name) for each in omissions if not each.path and each.kind != "base"]
    base = "".join(f"{_sentence(each.meaning)}. " for each in omissions if each.kind == "base")
    return tr("{base}Never counted: {list}.", base=base, list=", ".join(never))


def _sentence(words: str) -> str:
    return capital(words)


def omission_tip(omission: Omission, catalog: Catalog) -> str:
    """What would be counted, and what a click counts first with its source."""
    told = tr("Not counted: {meaning}.", meaning=omission.meaning)
    if omission.path == STAGES:
        share = NUMBERS["ablations.share"]
        first = default_of(new_stage(EXPERIMENTS, catalog), share, catalog)
        return tr(
            "{told} Counts {quantity} of the training: {source}.",
            told=told,
            quantity=_quantity(share, first.value),
            source=first.source,
        )
    declared = NUMBERS[omission.path]
    if declared.counted is None:
        return told
    return tr(
        "{told} Counts {quantity}: {counted_source}.",
        told=told,
        quantity=_quantity(declared, declared.counted),
        counted_source=declared.counted_source,
    )


def _quantity(declared: Input, value: float) -> str:
    shown = format_quantity(value, declared.quantity)
    unit = declared.unit if declared.quantity == "number" else ""
    return f"{shown}{SPACE}{tr(unit)}" if unit else shown


def counted_words(omission: Omission) -> str:
    """The change that counts it, for the undo menu."""
    return tr("Count {name}", name=in_sentence(omission.name))


def scope_table(omissions: Sequence[Omission]) -> Table:
    """Everything left out, with the input that would count it."""
    columns = (Column(tr("Left out")), Column(tr("Meaning")), Column(tr("Input")))
    return Table(
        columns, tuple((each.name, each.meaning, each.path or tr("never counted")) for each in omissions)
    )


# What size, data and compute mean


def badges_said(badges: Sequence[Badge]) -> Said:
    """Where a run stands beside laws, published models and rules."""
    subtitle = tr("Beside scaling laws, published models and rules; point at one for its source.")
    told = ". ".join(f"{each.text}: {each.detail}" for each in badges)
    return Said(tr("Where this run stands"), subtitle, told)


def badge_description(badge: Badge) -> str:
    """What a badge means and who says so."""
    return f"{badge.detail} {badge.source}"


def badges_table(badges: Sequence[Badge]) -> Table:
    """Every badge with its meaning and source."""
    columns = (Column(tr("Remark")), Column(tr("Meaning")), Column(tr("Source")))
    return Table(columns, tuple((each.text, each.detail, each.source) for each in badges))
