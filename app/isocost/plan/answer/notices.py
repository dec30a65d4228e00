"""What is impossible, unlikely or out of date in a plan, said in words at the input that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.catalog.vocabulary import vocabulary
from isocost.plan.answer.curves import CostCurve, better_count
from isocost.plan.answer.results import StageEstimate
from isocost.plan.answer.software import software_notices
from isocost.plan.kinds import ModelStage, Stage, data_of, kind_of
from isocost.plan.kinds.kind import Case
from isocost.plan.money.cashflow import start_date
from isocost.plan.money.ownership import purchase_price
from isocost.plan.notice import Cure, Notice
from isocost.plan.physics.counts import obtained, units_of
from isocost.plan.physics.resolve import precision_on
from isocost.plan.project.choosing import NO_PRICE, is_too_many
from isocost.plan.project.project import (
    Scenario,
    hardware_of,
    layout_of,
    model_of,
    price_of,
)
from isocost.plan.values import Currency, Data, Hardware, Layout, ModelChoice, Price
from isocost.quantities import (
    format_count,
    format_counted,
    format_duration,
    format_memory,
    format_money,
    format_quantity,
    format_share,
    format_significant,
    shown_money,
)
from isocost.quantities.units import DAYS_PER_YEAR, MINUTES_PER_DAY

_FIELD = "price.usd_per_gpu_hour"


def price_notices(price: Price, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Every warning about the price of a stage."""
    name = result.accelerator_name
    if price.supplier == NO_PRICE:
        left = format_money(price.usd_per_gpu_hour)
        yield Notice(
            "no-price",
            _FIELD,
            f"No price of {name} is known: {left} an hour is left from another accelerator; "
            "type what you are offered.",
        )
    if price.unnamed:
        yield Notice(
            "price-from-catalogue",
            _FIELD,
            f"The plan names no price: the catalogue's for {name} is taken, "
            f"{format_money(price.usd_per_gpu_hour)} an hour ({price.supplier}, {price.date}).",
            "info",
        )
    if is_too_many(result.count, price.commitment, catalog.accelerator(result.accelerator)):
        yield Notice(
            "single-price",
            _FIELD,
            f"The price is that of single {name}: {format_count(result.count)} with a network between them "
            "are quoted apart; type what you are offered.",
            "info",
        )
    newest = newest_price(price, result.accelerator, catalog)
    severity = staleness(price, newest, catalog)
    if severity is not None:
        cure = f"; one of {newest} is known: take it or" if newest > price.date else ":"
        age = format_counted(price_age_days(price) or 0, "day")
        message = f"The price is {age} old{cure} type what you are offered."
        yield Notice("price-stale", _FIELD, message, severity)


def price_age_days(price: Price, today: date | None = None) -> int | None:
    """Days since the price was read; None when it carries no full date."""
    try:
        return ((today or date.today()) - date.fromisoformat(price.date)).days
    except ValueError:
        return None


def newest_price(price: Price, accelerator: str, catalog: Catalog) -> str:
    """The day of the price the catalogue offers instead, on the same terms if it has such; empty = none."""
    card = catalog.default_price(accelerator, price.commitment) or catalog.default_price(accelerator)
    return card.date if card is not None else ""


def staleness(
    price: Price, newest: str, catalog: Catalog, today: date | None = None
) -> Literal["info", "care"] | None:
    """How grave the age of a price is; None = recent, or nothing newer is known.

    Older than ``price_stale_days`` a price is out of date if that of the day ``newest`` can replace it, or if
    the user typed it; beyond ``price_old_days`` it is whatever is known. What a claim assumed is history.
    """
    days = catalog.constants.economics
    age = price_age_days(price, today)
    if age is None or price.commitment == "claim":
        return None
    replaceable = newest > price.date or price.commitment == "typed"
    if age > days.price_old_days.value:
        return "care" if replaceable else "info"
    return "info" if age > days.price_stale_days.value and replaceable else None


def stage_notices(
    scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """Every warning about one stage."""
    yield from price_notices(price_of(scenario, stage), result, catalog)
    if stage.hardware is not None:
        yield from _name(stage.hardware, catalog)
    kind = kind_of(stage)
    if not kind.claimed:
        yield from _hardware(scenario, stage, result, catalog)
    if (data := data_of(stage)) is not None:
        yield from _precision(data, result, catalog)
        yield from _batch(data)
    yield from _efficiency(result, catalog)
    if isinstance(stage, ModelStage):
        yield from software_notices(scenario, stage, result, catalog)
    yield from _fit(scenario, stage, result, catalog)
    entry, model = catalog.accelerator(result.accelerator), model_of(scenario, stage)
    if isinstance(stage, ModelStage):
        yield from _model(model, catalog)
    yield from _words(scenario, stage)
    yield from _scale(scenario, stage, result)
    units = units_of(entry, scenario.supply.owns)
    yield from kind.notices(Case(stage, model, entry, result.count, units, result.fits, catalog))


def scenario_notices(scenario: Scenario, catalog: Catalog) -> Iterator[Notice]:
    """Every warning about the order of the stages and about what surrounds them."""
    yield from _name(scenario.hardware, catalog)
    yield from _order(scenario)
    entry = catalog.accelerator(scenario.hardware.accelerator)
    price, why = purchase_price(entry, scenario, catalog)
    if scenario.supply.owns and price is None:
        yield Notice(
            "no-purchase-price",
            "ownership.usd_per_accelerator",
            f"{why[0].upper()}{why[1:]}: it is taken as rented until a purchase price is typed.",
        )
    yield from _withdrawn(scenario, catalog, date.today())
    if scenario.ranges:
        one, yours = len(scenario.ranges) == 1, format_counted(len(scenario.ranges), "range")
        yield Notice(
            "ranges-apart",
            scenario.ranges[0].input,
            f"Your {yours} {'is' if one else 'are'} in what is said of chances, not in the plan's figures.",
            "info",
        )
    if scenario.site.region and scenario.site.region not in catalog.constants.regions:
        yield Notice(
            "unknown-region",
            "site.region",
            f"No region {scenario.site.region!r} is known: the grid of the United States is used.",
        )
    if scenario.schedule.start and start_date(scenario) is None:
        yield Notice(
            "start-not-a-day",
            "schedule.start",
            f"The start {scenario.schedule.start!r} is not a day such as 2027-01-15: months are numbered.",
        )


def _withdrawn(scenario: Scenario, catalog: Catalog, today: date) -> Iterator[Notice]:
    """Models of others that the plan is priced with, and that are sold no more or end on a known day."""
    api, tune = scenario.api, scenario.finetune
    for quote in catalog.constants.api_quotes:
        if quote.end_date is None:
            continue
        if quote.kind == "inference":
            field, asked = "api.model", (quote.model, quote.supplier) == (api.model, api.supplier)
        else:
            field = "finetune.supplier"
            asked = (quote.supplier, quote.usd_per_mtok_in) == (tune.supplier, tune.usd_per_mtok_trained)
        if not asked:
            continue
        gone = quote.end_date < today.isoformat()
        yield Notice(
            "withdrawn-model",
            field,
            f"{quote.supplier} {'withdrew' if gone else 'withdraws'} {quote.model} on {quote.end_date}: "
            f"{'its price is history' if gone else 'no price holds beyond it'}; choose one that is sold.",
            "care" if gone else "info",
        )


def _order(scenario: Scenario) -> Iterator[Notice]:
    """That a stage changes a model which only a later one makes."""
    on = [stage for stage in scenario.stages if stage.enabled]
    for at, stage in enumerate(on):
        later = on[at + 1 :] if kind_of(stage).changes_model else []
        model = model_of(scenario, stage)
        made = next((s for s in later if kind_of(s).makes_model and model_of(scenario, s) == model), None)
        earlier = any(kind_of(s).makes_model and model_of(scenario, s) == model for s in on[:at])
        if made is not None and not earlier:
            yield Notice(
                "before-its-model",
                "model.name",
                f"{stage.name} stands before {made.name}, which makes the model it changes: move it below.",
            )


def _hardware(scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    hardware = hardware_of(scenario, stage)
    entry = catalog.accelerator(hardware.accelerator)
    typed = hardware.count if hardware.typed is None else hardware.typed
    if result.count != typed:
        sentence = other_count(typed, result.count, entry, scenario.supply.owns)
        yield Notice("partial-node", "hardware.count", sentence, "info")
    if entry.announced:
        yield Notice(
            "announced-part",
            "hardware.accelerator",
            f"{entry.short_name} is announced, not sold: its figures are promises.",
        )


def other_count(typed: int, used: int, entry: AcceleratorEntry, owned: bool) -> str:
    """Why a plan uses another count than was typed, naming both."""
    units, node = units_of(entry, owned), entry.spec.node_size
    step = units[-1]
    if typed > step:
        whole = "in whole nodes" if step == node else f"by {step}"
        rule = f"above {f'one node of {node}' if step == node else step} they come {whole}"
    elif len(units) == 1:
        rule = f"they come by {step}"
    else:
        rule = f"up to {step} they come by {', '.join(map(str, units[:-1]))} or {step}"
    asked = f"{format_count(typed)} {entry.short_name}"
    return f"{asked} are not {'run' if owned else 'rented'}: {rule}; {format_count(used)} is used."


_WORDS = (
    "data.precision", "preference.precision", "distillation.precision", "tuning.method", "tuning.optimizer",
)  # fmt: skip
"""Inputs of a stage whose words may stand for what is computed as something else."""


def _words(scenario: Scenario, stage: Stage) -> Iterator[Notice]:
    """What of the words a plan is written in is understood but not computed."""
    said = vocabulary().said
    for path in _WORDS:
        section, name = path.split(".")
        held = getattr(stage, section, None)
        if held is not None and (sentence := said(path, getattr(held, name))):
            yield Notice("not-modelled", path, sentence, "info")
    sharding = layout_of(scenario, stage).sharding
    if (
        sharding is not None
        and isinstance(stage, ModelStage)
        and (sentence := said("layout.sharding", sharding))
    ):
        yield Notice("not-modelled", "layout.sharding", sentence)


def _model(model: ModelChoice, catalog: Catalog) -> Iterator[Notice]:
    """What of a model is not computed as it is written."""
    total, active = model.parameters, model.active_parameters
    if model.name is None and total is not None and active is not None and active > total:
        yield Notice(
            "active-above-total",
            "model.active_parameters",
            f"More active parameters, {format_quantity(active, 'number')}, than the model has, "
            f"{format_quantity(total, 'number')}: a dense model of all of them is computed.",
        )
    entry = catalog.model(model.name) if model.name is not None else None
    if entry is not None and entry.unmodelled:
        yield Notice(
            "model-unmodelled", "model.name", f"{entry.name}: not modelled is {entry.unmodelled}.", "info"
        )


def _name(hardware: Hardware, catalog: Catalog) -> Iterator[Notice]:
    """What a plan's name of an accelerator stands for, where that is not the part alone."""
    label, count = hardware.accelerator, hardware.count
    alias, name = catalog.alias(label), catalog.accelerator(label).short_name
    if alias is None:
        return
    if alias.count is not None:
        noun = catalog.accelerator(label).noun
        yield Notice(
            "instance-name",
            "hardware.count",
            f"{label} holds {format_count(alias.count)} {name}. A plan counts single {noun}s: "
            f"{format_count(count)} here, {format_significant(count / alias.count, 3)} x {label}.",
            "info",
        )
    if alias.note:
        yield Notice(
            "name-of-several", "hardware.accelerator", f"{label} is taken as {name}; {alias.note}.", "info"
        )


def _precision(data: Data, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    entry = catalog.accelerator(result.accelerator)
    wanted = data.precision
    given = precision_on(entry.spec, wanted)
    if given != vocabulary().computed("data.precision", wanted) and not (
        wanted == "fp8" and given == "mxfp8"
    ):
        yield Notice(
            "precision-unsupported",
            "data.precision",
            f"{entry.short_name} has no {wanted.upper()}; the estimate uses {given.upper()}.",
        )


def _batch(data: Data) -> Iterator[Notice]:
    if data.batch_tokens is not None and data.batch_tokens < data.sequence:
        yield Notice(
            "batch-below-sequence",
            "data.batch_tokens",
            f"A batch of {format_quantity(data.batch_tokens, 'number')} tokens is less than one sequence of "
            f"{format_count(data.sequence)}; steps of one sequence are computed.",
        )


def _scale(scenario: Scenario, stage: Stage, result: StageEstimate) -> Iterator[Notice]:
    """A run that outlives its accelerators, or that is over before it is paid for: rarely what was meant."""
    life = scenario.ownership.years
    if result.wall_days > life * DAYS_PER_YEAR:
        yield Notice(
            "longer-than-hardware",
            "hardware.count",
            f"{stage.name} takes {format_duration(result.wall_days)}, longer than the "
            f"{format_significant(life)} years accelerators serve: more of them, a smaller model or "
            "fewer tokens.",
        )
    if result.gpu_hours > 0.0 and result.wall_days * MINUTES_PER_DAY < 1.0 and isinstance(stage, ModelStage):
        yield Notice(
            "over-at-once",
            "data.tokens" if data_of(stage) is not None else "hardware.count",
            f"{stage.name} is over in less than a minute: starting up takes longer than that, and is not in "
            "its price. Look at the sizes typed.",
            "info",
        )


def _efficiency(result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    ceiling = catalog.matmul_ceiling(result.accelerator)
    if result.mfu is not None and result.mfu > ceiling.share:
        yield Notice(
            "mfu-above-measured",
            "efficiency.mfu",
            f"MFU {format_quantity(result.mfu, 'share')} is above the best matmul measured on "
            f"{result.accelerator_name}, {format_quantity(ceiling.share, 'share')} of the dense peak"
            f"{ceiling.above_peak}; was a sparse peak meant?",
            "stop",
        )
    elif result.mfu is not None and result.mfu_reachable is not None and result.mfu > result.mfu_reachable:
        yield Notice(
            "mfu-above-reach",
            "efficiency.mfu",
            f"MFU {format_quantity(result.mfu, 'share')} is high: nine in ten runs like this one would stay "
            f"below {format_quantity(result.mfu_reachable, 'share')}; empty the field for the estimate.",
        )


def _fit(scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Whether the stage can run at all, and whether everything rented has work."""
    where = f"{format_count(result.count)} {result.accelerator_name}"
    if result.layout_problem:
        pin = _pin_at_fault(layout_of(scenario, stage), result.layout_problem)
        field = "hardware.count" if pin is None else f"layout.{pin}"
        advice = "Change the count." if pin is None else "Release a pin, or let the search choose."
        remedy = None if pin is None else Cure(None, scenario.stages.index(stage))
        yield Notice("layout-impossible", field, f"{result.layout_problem} {advice}", "stop", remedy)
    elif result.fits is False:
        curable = result.pinned or result.smallest_count is not None
        smallest = None if result.pinned else result.smallest_count
        remedy = Cure(smallest, scenario.stages.index(stage)) if curable else None
        yield Notice("does-not-fit", "hardware.count", does_not_fit(stage.name, result), "stop", remedy)
    if result.idle:
        yield Notice(
            "batch-limited",
            "data.batch_tokens",
            f"The batch has no sequences for {format_count(result.idle)} of {where}; "
            "use a larger batch or fewer accelerators.",
        )
    tp = layout_of(scenario, stage).tp
    domain = catalog.accelerator(result.accelerator).spec.scaleup_domain
    if tp is not None and tp > max(domain, 1) and result.layout is not None:
        yield Notice(
            "crosses-domain",
            "layout.tp",
            f"Tensor parallel {tp} leaves the {domain} {result.accelerator_name} joined by fast links: "
            f"its traffic crosses the network; pin {domain} or less.",
        )


def _pin_at_fault(layout: Layout, problem: str) -> str | None:
    """The pinned part a problem names, else the first that is pinned; None when nothing is."""
    pinned = [name for name in layout.__struct_fields__ if getattr(layout, name) is not None]
    named = [name for name in pinned if f"with {name}" in problem.casefold()]
    return next(iter([*named, *pinned]), None)


def does_not_fit(name: str, result: StageEstimate) -> str:
    """What is needed, what there is, and what would fit, in a sentence."""
    breakdown, where = result.memory, f"{format_count(result.count)} {result.accelerator_name}"
    if result.pinned:
        where += " as pinned"
    if breakdown is None or breakdown.limit is None or breakdown.total <= breakdown.limit:
        return f"{name} does not fit on {where}: use more accelerators, or ones with more memory."
    needs, has = (format_memory(size) for size in (breakdown.total, breakdown.limit))
    sure = "probably does" if breakdown.close else "does"
    sentence = f"{name} {sure} not fit on {where}: it needs {needs} on each, which has {has}"
    if result.smallest_count is None and result.pinned:
        return f"{sentence}; release a pin, or let the search choose."
    if result.smallest_count is None:
        return f"{sentence}, however many there are; use ones with more memory."
    smallest = format_count(result.smallest_count)
    if result.pinned:
        return f"{sentence}; release a pin, or use {smallest}."
    return f"{sentence}; the smallest count that fits is {smallest}."


def currency_notices(currency: Currency) -> Iterator[Notice]:
    """That amounts are shown at a rate which is another one tomorrow."""
    shown = shown_money()
    if not shown.is_dollar and currency.per_usd is None:
        yield Notice(
            "rate-not-frozen",
            "currency",
            f"The plan names no rate: amounts are shown in {shown.code} at the catalogue's, "
            f"{shown.rate_words}; choose the currency in the View menu to keep it.",
            "info",
        )


def other_count_is_better(scenario: Scenario, curve: CostCurve, catalog: Catalog) -> Iterator[Notice]:
    """That another count is no slower and notably cheaper, as the chart of cost against time has it.

    Args:
        curve: the scenario's own; its count is a point of it unless it takes too long.
    """
    units = units_of(catalog.accelerator(curve.accelerator), scenario.supply.owns)
    count = obtained(scenario.hardware.count, units)
    here = np.flatnonzero(curve.counts == count)
    shared = [i for i, stage in enumerate(scenario.stages) if stage.enabled and stage.hardware is None]
    if not len(here) or not shared or not curve.fits[here[0]]:
        return
    days, cost = float(curve.days[here[0]]), float(curve.cost_usd[here[0]])
    at = better_count(curve, count, days, cost, catalog.constants.economics.notable_saving.value)
    if at is None:
        return
    found, saved = int(curve.counts[at]), format_share(1.0 - float(curve.cost_usd[at]) / cost, decimals=0)
    takes = f"{format_duration(float(curve.days[at]))} and {format_money(float(curve.cost_usd[at]))}"
    yield Notice(
        "better-count",
        "hardware.count",
        f"{format_count(found)} {curve.label} would be no slower and {saved} cheaper than "
        f"{format_count(count)}: {takes} instead of {format_duration(days)} and {format_money(cost)}.",
        cure=Cure(found, shared[0]),
    )
