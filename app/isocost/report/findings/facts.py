"""What a bill does not say in dollars: energy and emissions, what is left out, what its size means."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog import Catalog
from isocost.language import in_sentence
from isocost.plan.answer.badges import Badge
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
    format_significant,
)
from isocost.report.findings.said import KeyFigure, Said
from isocost.report.table import Column, Table

# Energy


def energy_figures(found: Footprint, ranges: FigureRanges | None = None) -> tuple[KeyFigure, ...]:
    """Energy, power, the price of both and their emissions."""
    return tuple(figure.ranged(ranges) for figure in _energy_figures(found))


def _energy_figures(found: Footprint) -> tuple[KeyFigure, ...]:
    market = "no contracts claimed"
    if found.co2_market_kg != found.co2_kg:
        market = f"{format_carbon(found.co2_market_kg)} market-based"
    pue = format_significant(found.facts.pue)
    paid = "paid beside the machines" if found.paid_apart else "within the rent"
    return (
        KeyFigure(
            "Energy",
            format_energy(found.kwh),
            f"PUE {pue}, at the meter",
            "energy.kwh",
            found.kwh,
            format_energy,
        ),
        KeyFigure("Power", format_power(found.peak_kw), "largest stage, mean", "energy.peak_kw"),
        KeyFigure("Electricity", format_money(found.usd), paid, "energy.cost_usd"),
        KeyFigure(
            "Emissions",
            format_carbon(found.co2_kg),
            market,
            "energy.co2_kg",
            found.co2_kg,
            format_carbon,
        ),
    )


def energy_said(found: Footprint, ranges: FigureRanges | None = None) -> Said:
    """What a programme draws, uses and emits."""
    price = f"{format_money(found.facts.usd_per_kwh)} per kWh"
    grid = f"{format_quantity(found.facts.grid_kg_per_kwh, 'number')} kg CO₂e per kWh"
    return Said(
        f"{format_energy(found.kwh)} and {format_carbon(found.co2_kg)}",
        f"{price}, {grid}.",
        f"{'. '.join(figure.words for figure in energy_figures(found, ranges))}.",
    )


def energy_sources(found: Footprint) -> str:
    """Where the site's facts come from."""
    facts = found.facts
    return f"PUE: {facts.pue_source}. Electricity: {facts.usd_per_kwh_source}. Grid: {facts.grid_source}."


def energy_table(figures: Sequence[KeyFigure]) -> Table:
    """The figures as shown."""
    columns = (Column("Figure"), Column("Value"), Column("Note"), Column("8 chances in 10"))
    return Table(columns, tuple((each.label, each.value, each.note, each.spread) for each in figures))


# What is left out


def scope_said(omissions: Sequence[Omission]) -> Said:
    """How much of what can be counted is not."""
    optional = [each for each in omissions if each.path]
    finding = f"{len(optional)} costs are not in this bill" if optional else "All that can be counted is"
    if len(optional) == 1:
        finding = "One cost is not in this bill"
    base = [each for each in omissions if each.kind == "base"]
    if base:
        more = (
            f", nor are {len(optional)} more costs"
            if len(optional) > 1
            else ", nor is one more" * len(optional)
        )
        finding = f"{base[0].name} is not in this bill{more}"
    told = "; ".join(f"{each.name}: {each.meaning}" for each in omissions)
    return Said(finding, "Choose one to count it." if optional else "", f"{finding}. {told}.")


def never_counted(omissions: Sequence[Omission]) -> str:
    """What no input would count."""
    never = [in_sentence(each.name) for each in omissions if not each.path and each.kind != "base"]
    base = "".join(f"{_sentence(each.meaning)}. " for each in omissions if each.kind == "base")
    return f"{base}Never counted: {', '.join(never)}."


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def omission_tip(omission: Omission, catalog: Catalog) -> str:
    """What would be counted, and what a click counts first with its source."""
    told = f"Not counted: {omission.meaning}."
    if omission.path == STAGES:
        share = NUMBERS["ablations.share"]
        first = default_of(new_stage(EXPERIMENTS, catalog), share, catalog)
        return f"{told} Counts {_quantity(share, first.value)} of the training: {first.source}."
    declared = NUMBERS[omission.path]
    if declared.counted is None:
        return told
    return f"{told} Counts {_quantity(declared, declared.counted)}: {declared.counted_source}."


def _quantity(declared: Input, value: float) -> str:
    shown = format_quantity(value, declared.quantity)
    unit = declared.unit if declared.quantity == "number" else ""
    return f"{shown}{SPACE}{unit}" if unit else shown


def counted_words(omission: Omission) -> str:
    """The change that counts it, for the undo menu."""
    return f"Count {in_sentence(omission.name)}"


def scope_table(omissions: Sequence[Omission]) -> Table:
    """Everything left out, with the input that would count it."""
    columns = (Column("Left out"), Column("Meaning"), Column("Input"))
    return Table(
        columns, tuple((each.name, each.meaning, each.path or "never counted") for each in omissions)
    )


# What size, data and compute mean


def badges_said(badges: Sequence[Badge]) -> Said:
    """Where a run stands beside laws, published models and rules."""
    subtitle = "Beside scaling laws, published models and rules; point at one for its source."
    told = ". ".join(f"{each.text}: {each.detail}" for each in badges)
    return Said("Where this run stands", subtitle, told)


def badge_description(badge: Badge) -> str:
    """What a badge means and who says so."""
    return f"{badge.detail} {badge.source}"


def badges_table(badges: Sequence[Badge]) -> Table:
    """Every badge with its meaning and source."""
    columns = (Column("Remark"), Column("Meaning"), Column("Source"))
    return Table(columns, tuple((each.text, each.detail, each.source) for each in badges))
