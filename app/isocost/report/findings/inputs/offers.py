"""What can be chosen from the catalogue, as lines of a list: models and accelerators with their figures."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.errors import CatalogError
from isocost.catalog.names import normalised
from isocost.catalog.records import AcceleratorEntry, ModelEntry
from isocost.language import in_sentence, tr
from isocost.plan.inputs.roads import DENSE
from isocost.plan.inputs.table import CHOICES
from isocost.plan.money.ownership import purchase_price
from isocost.plan.physics.resolve import parameters_of, precision_on
from isocost.plan.project.choosing import price_for
from isocost.plan.project.project import ModelChoice, Project, Scenario
from isocost.quantities import (
    SPACE,
    format_cents,
    format_count,
    format_money,
    format_quantity,
    format_significant,
    marked,
    remembered_words,
)
from isocost.quantities.units import GIGA, TERA
from isocost.report.table import Column

CUSTOM = tr("Custom model")
ADD_OWN = tr("Add your own…")
UNKNOWN = "–"
"""Stands in a column for a figure nobody has published."""

MODEL_COLUMNS = (
    Column(tr("Model")),
    Column(tr("Parameters"), right=True),
    Column(tr("Active"), right=True),
    Column(tr("Shape")),
    Column(tr("Year"), right=True),
)
_BASIS = "bf16"
"""Number format accelerators are compared in; those without it by the next wider one they have."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A line of a list to choose from."""

    value: str
    """What choosing it writes into the plan."""
    cells: tuple[str, ...]
    """Its texts, a column each, the name first."""
    sentence: str
    """All of it, for those who hear it."""
    group: str
    """The heading it stands under."""


def spelled(name: str, spelling: str, held: str = "") -> str:
    """A name for somebody who typed another of its spellings, which holds ``held``."""
    if normalised(spelling) in normalised(name):
        return name
    return f"{name} · {spelling}: {held}" if held else f"{name} · {spelling}"


def not_taken(text: str, first: str, unknown: str, kept: str) -> str:
    """What is said of a name that was typed and left: why it was not taken, and what the plan keeps."""
    if first:
        return tr(
            "“{text}” is not the whole name: Enter takes {first}. The plan keeps {kept}.",
            text=text,
            first=first,
            kept=kept,
        )
    return tr("{unknown} The plan keeps {kept}.", unknown=unknown, kept=kept)


def own_file_words(path: str, *, there: bool) -> tuple[str, str]:
    """Where a user's own records stand, and how one adds to them."""
    stand = tr("stand") if there else tr("will stand")
    where = tr(
        "Your own accelerators, models and prices {stand} in this file:\n\n{path}", stand=stand, path=path
    )
    how = tr(
        "Add yours as its examples show, and save it. Isocost reads the file when it starts: "
        "start it again to find them in its lists."
    )
    return where, how


# Models


def model_offers(catalog: Catalog) -> tuple[Offer, ...]:
    """Models known by name, by maker and then size."""
    return tuple(model_offer(entry, catalog) for entry in catalog.named_models)


@remembered_words(1024)
def model_offer(entry: ModelEntry, catalog: Catalog) -> Offer:
    """A model: parameters, those active where they are fewer, its class of shape, the year it came out."""
    total, active = _sizes(entry, catalog)
    mixture = active < DENSE * total
    shape = shape_class(entry, mixture=mixture)
    year = entry.released[:4] if entry.released else UNKNOWN
    size, used = format_quantity(total, "number"), format_quantity(active, "number")
    told = tr("{size} parameters", size=size) + (tr(", {used} active", used=used) if mixture else "")
    sentence = tr(
        "{name} by {organisation}: {told}, {shape}",
        name=entry.name,
        organisation=entry.organisation,
        told=told,
        shape=in_sentence(shape),
    )
    if entry.released:
        sentence += f", {year}"
    return Offer(
        value=entry.name,
        cells=(entry.name, size, used if mixture else "", shape, year),
        sentence=f"{sentence}.",
        group=entry.organisation,
    )


def shape_class(entry: ModelEntry, *, mixture: bool) -> str:
    """What kind of network a model is: whether every weight is used, and whether all layers attend."""
    hybrid = entry.shape == "hybrid" or (entry.exact is not None and entry.exact.attention == "hybrid")
    if hybrid:
        return tr("Hybrid mixture") if mixture else tr("Hybrid")
    return tr("Mixture of experts") if mixture else tr("Dense")


def unknown_model(text: str, catalog: Catalog) -> str:
    """Why no model can be planned by a name, with the closest one; empty = one can."""
    if normalised(text) == normalised(CUSTOM):
        return ""
    try:
        entry = catalog.model(text)
    except CatalogError as error:
        return str(error)
    if entry.exact is None and entry.published_total is None:
        return tr(
            "The size of {name} is not published: choose a custom model and type its parameters.",
            name=entry.name,
        )
    return ""


def _sizes(entry: ModelEntry, catalog: Catalog) -> tuple[float, float]:
    """(Total, active) parameters; a shape that stands for a published size is not solved for a list."""
    if entry.exact is None and entry.published_total is not None:
        return entry.published_total, entry.published_active or entry.published_total
    counted = parameters_of(ModelChoice(name=entry.name), catalog)
    return counted.total, counted.active


# Accelerators


def accelerator_columns(scenario: Scenario) -> tuple[Column, ...]:
    """What an accelerator's line tells; who owns them is told what one costs, who rents them an hour."""
    return (
        Column(tr("Accelerator")),
        Column(tr("Memory"), right=True),
        Column("TFLOP/s", right=True),
        Column("dense"),
        Column(tr("To buy") if scenario.supply.owns else tr("An hour"), right=True),
        Column(tr("Link"), right=True),
    )


def accelerator_offers(project: Project, scenario: Scenario, catalog: Catalog) -> tuple[Offer, ...]:
    """Accelerators by maker, the newest of each first, at what they cost today."""
    entries = catalog.accelerators.values()
    makers = list(dict.fromkeys(entry.spec.vendor for entry in entries))
    by_day = sorted(entries, key=lambda entry: entry.release_date, reverse=True)
    by_maker = sorted(by_day, key=lambda entry: makers.index(entry.spec.vendor))
    return tuple(_accelerator(entry, project, scenario, catalog) for entry in by_maker)


def named_accelerator(entry: AcceleratorEntry) -> str:
    """An accelerator by its full name, marked where it is not sold yet."""
    return tr("{name} (announced)", name=entry.spec.name) if entry.announced else entry.spec.name


def holding(catalog: Catalog, spelling: str) -> str:
    """How many accelerators an instance or system of this name holds, in words; empty = none has the name."""
    alias = catalog.alias(spelling)
    return tr("{count} of them", count=alias.count) if alias is not None and alias.count else ""


def unknown_accelerator(text: str, catalog: Catalog) -> str:
    """Why no accelerator can be planned by a name, with the closest one; empty = one can."""
    try:
        catalog.accelerator(text)
    except CatalogError as error:
        return str(error)
    return ""


def _accelerator(entry: AcceleratorEntry, project: Project, scenario: Scenario, catalog: Catalog) -> Offer:
    spec = entry.spec
    basis = precision_on(spec, _BASIS)
    names = CHOICES["data.precision"].options
    memory = f"{format_significant(spec.memory_bytes / GIGA)}{SPACE}GB"
    speed, kind = format_count(spec.peak_flops[basis] / TERA), names.get(basis, basis.upper())
    link = f"{marked(f'{spec.scaleup_bandwidth / GIGA:,.4g}')}{SPACE}GB/s"
    price, costs = _price(entry, project, scenario, catalog)
    name = named_accelerator(entry)
    sentence = tr(
        "{name} by {vendor}: {memory}, {speed} dense {kind} TFLOP/s, {costs}, {link} to "
        "others by {scaleup_link}.",
        name=name,
        vendor=spec.vendor,
        memory=memory,
        speed=speed,
        kind=kind,
        costs=costs,
        link=link,
        scaleup_link=entry.scaleup_link,
    )
    return Offer(spec.id, (name, memory, speed, kind, price, link), sentence, spec.vendor)


def _price(
    entry: AcceleratorEntry, project: Project, scenario: Scenario, catalog: Catalog
) -> tuple[str, str]:
    """The price in its column, and in words: of one that is bought, of an hour of one that is rented."""
    if scenario.supply.owns:
        bought, why = purchase_price(entry, scenario, catalog)
        if bought is None:
            return UNKNOWN, why
        return f"${format_count(bought)}", tr("{money} to buy", money=format_money(bought))
    card = price_for(project, entry.spec.id, catalog)
    if card is None:
        return UNKNOWN, tr("no price known")
    asked = format_cents(card.usd_per_gpu_hour)
    return asked, tr("{asked} an hour from {supplier}", asked=asked, supplier=card.supplier)
