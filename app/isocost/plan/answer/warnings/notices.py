"""What is impossible, unlikely or out of date in a plan, said in words at the input that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.language import capital, in_sentence, listed, tr
from isocost.plan.answer.across.curves import CostCurve, better_count
from isocost.plan.answer.results import StageEstimate
from isocost.plan.answer.warnings.prices import rent_notices
from isocost.plan.answer.warnings.software import software_notices
from isocost.plan.answer.warnings.words import (
    model_notices,
    name_notices,
    precision_notices,
    rank_notices,
    word_notices,
)
from isocost.plan.inputs.table import CHOICES, NUMBERS, UNDER_SOME_TERMS, matters
from isocost.plan.kinds import ModelStage, Stage, data_of, kind_of
from isocost.plan.kinds.kind import Case
from isocost.plan.money.cashflow import start_date
from isocost.plan.money.ownership import PURCHASE, purchase_price
from isocost.plan.notice import Cure, Notice
from isocost.plan.physics.counts import obtained, units_of
from isocost.plan.physics.throughput import TYPED
from isocost.plan.physics.training import FULL
from isocost.plan.project.programme import Supply
from isocost.plan.project.project import (
    Scenario,
    efficiency_of,
    hardware_of,
    layout_of,
    model_of,
)
from isocost.plan.values import Data, Layout
from isocost.quantities import (
    format_count,
    format_counted,
    format_duration,
    format_memory,
    format_money,
    format_quantity,
    format_share,
    format_significant,
)
from isocost.quantities.units import DAYS_PER_YEAR, MINUTES_PER_DAY

ALMOST_ALL = 0.99
"""Share up to which a saving is told: nothing that costs something is 100 % cheaper."""


def stage_notices(
    scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """Every warning about one stage."""
    yield from rent_notices(scenario, stage, result, catalog)
    if stage.hardware is not None:
        yield from name_notices(stage.hardware, catalog)
    kind = kind_of(stage)
    if not kind.claimed:
        yield from _hardware(scenario, stage, result, catalog)
    if (data := data_of(stage)) is not None:
        yield from precision_notices(data, result, catalog)
        yield from _batch(data)
    yield from _efficiency(result, catalog)
    yield from _waste(scenario, stage, result, catalog)
    if isinstance(stage, ModelStage):
        yield from software_notices(scenario, stage, result, catalog)
    yield from _fit(scenario, stage, result, catalog)
    entry, model = catalog.accelerator(result.accelerator), model_of(scenario, stage)
    if isinstance(stage, ModelStage):
        yield from model_notices(model, catalog)
        yield from rank_notices(getattr(stage, "tuning", FULL), model, catalog)
    yield from word_notices(scenario, stage, result, catalog)
    yield from _scale(scenario, stage, result)
    units = units_of(entry, scenario.supply.owns)
    yield from kind.notices(Case(stage, model, entry, result.count, units, result.fits, catalog))


def scenario_notices(scenario: Scenario, catalog: Catalog) -> Iterator[Notice]:
    """Every warning about the order of the stages and about what surrounds them."""
    yield from name_notices(scenario.hardware, catalog)
    yield from _order(scenario)
    entry = catalog.accelerator(scenario.hardware.accelerator)
    price, why = purchase_price(entry, scenario, catalog)
    if scenario.supply.owns and price is None:
        yield Notice(
            "no-purchase-price",
            PURCHASE,
            tr(
                "{why}: it is taken as rented until a purchase price is typed.",
                why=capital(why),
            ),
        )
    yield from _withdrawn(scenario, catalog, date.today())
    if scenario.ranges:
        one = len(scenario.ranges) == 1
        yours = tr("range") if one else format_counted(len(scenario.ranges), "range")
        yield Notice(
            "ranges-apart",
            scenario.ranges[0].input,
            tr(
                "Your {yours} {word} in what is said of chances, not in the plan's figures.",
                yours=yours,
                word=tr("is") if one else tr("are"),
            ),
            "info",
        )
    yield from _unused_terms(scenario.supply)
    yield from _electricity(scenario, catalog)
    if scenario.site.region and scenario.site.region not in catalog.constants.regions:
        yield Notice(
            "unknown-region",
            "site.region",
            tr(
                "No region {region!r} is known{hint} The grid of the United States is used.",
                region=scenario.site.region,
                hint=catalog.constants.region_names.hint(scenario.site.region) or ".",
            ),
        )
    if scenario.schedule.start and start_date(scenario) is None:
        yield Notice(
            "start-not-a-day",
            "schedule.start",
            tr(
                "The start {start!r} is not a day such as 2027-01-15: months are numbered.",
                start=scenario.schedule.start,
            ),
        )


def _unused_terms(supply: Supply) -> Iterator[Notice]:
    """That what is typed of other terms than the plan's changes nothing."""
    usual = Supply()
    for path in UNDER_SOME_TERMS:
        name = path.partition(".")[2]
        if getattr(supply, name) != getattr(usual, name) and not matters(path, supply):
            yield Notice(
                "unused-terms",
                path,
                tr(
                    "{label} changes nothing on these terms ({terms}).",
                    label=NUMBERS[path].label,
                    terms=in_sentence(CHOICES["supply.mode"].options[supply.mode]),
                ),
                "info",
            )


def _electricity(scenario: Scenario, catalog: Catalog) -> Iterator[Notice]:
    """That what is owned is reckoned at another country's electricity, as no price of its own is known."""
    region = catalog.constants.regions.get(scenario.site.region)
    known = region is None or region.usd_per_kwh is not None or bool(region.price_of)
    if known or not scenario.supply.owns or scenario.site.usd_per_kwh is not None:
        return
    yield Notice(
        "electricity-elsewhere",
        "site.usd_per_kwh",
        tr(
            "No price of electricity in {name} is known: that of the United States is taken; type your own.",
            name=region.name if region is not None else scenario.site.region,
        ),
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
            tr(
                "{supplier} {word} {model} on {end_date}: {word_2}; choose one that is sold.",
                supplier=quote.supplier,
                word=tr("withdrew") if gone else tr("withdraws"),
                model=quote.model,
                end_date=quote.end_date,
                word_2=tr("its price is history") if gone else tr("no price holds beyond it"),
            ),
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
                tr(
                    "{name} stands before {name_2}, which makes the model it changes: move it below.",
                    name=stage.name,
                    name_2=made.name,
                ),
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
            tr("{short_name} is announced, not sold: its figures are promises.", short_name=entry.short_name),
        )


def other_count(typed: int, used: int, entry: AcceleratorEntry, owned: bool) -> str:
    """Why a plan uses another count than was typed, naming both."""
    units, node = units_of(entry, owned), entry.spec.node_size
    step = units[-1]
    if typed > step:
        whole = tr("in whole nodes") if step == node else tr("by {step}", step=step)
        rule = tr(
            "above {word} they come {whole}",
            word=tr("one node of {node}", node=node) if step == node else step,
            whole=whole,
        )
    elif len(units) == 1:
        rule = tr("they come by {step}", step=step)
    else:
        rule = tr("up to {step} they come by {units}", step=step, units=listed(map(str, units), "or"))
    asked = f"{format_count(typed)} {entry.short_name}"
    said = {"asked": asked, "rule": rule, "count": format_count(used)}
    if owned:
        return tr("{asked} are not run: {rule}; {count} is used.", **said)
    return tr("{asked} are not rented: {rule}; {count} is used.", **said)


def _batch(data: Data) -> Iterator[Notice]:
    if data.batch_tokens is not None and data.batch_tokens < data.sequence:
        yield Notice(
            "batch-below-sequence",
            "data.batch_tokens",
            tr(
                "A batch of {quantity} tokens is less than one sequence of {count}; steps of one "
                "sequence are computed.",
                quantity=format_quantity(data.batch_tokens, "number"),
                count=format_count(data.sequence),
            ),
        )


def _scale(scenario: Scenario, stage: Stage, result: StageEstimate) -> Iterator[Notice]:
    """A run that outlives its accelerators, or that is over before it is paid for: rarely what was meant."""
    life = scenario.ownership.years
    if result.wall_days > life * DAYS_PER_YEAR:
        yield Notice(
            "longer-than-hardware",
            "hardware.count",
            tr(
                "{name} takes {duration}, longer than the {significant} years accelerators serve: "
                "more of them, a smaller model or fewer tokens.",
                name=stage.name,
                duration=format_duration(result.wall_days),
                significant=format_significant(life),
            ),
        )
    if result.gpu_hours > 0.0 and result.wall_days * MINUTES_PER_DAY < 1.0 and isinstance(stage, ModelStage):
        yield Notice(
            "over-at-once",
            "data.tokens" if data_of(stage) is not None else "hardware.count",
            tr(
                "{name} is over in less than a minute: starting up takes longer than that, and is "
                "not in its price. Look at the sizes typed.",
                name=stage.name,
            ),
            "info",
        )


def _waste(scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    if result.mfu_source == TYPED and result.waste and result.waste_source != TYPED:
        stack = efficiency_of(scenario, stage).stack
        # Most of what whole runs lose over predictions is slower steps, which a typed speed has in it.
        yield Notice(
            "waste-beside-typed-mfu",
            "efficiency.waste",
            tr(
                "A typed MFU counts as measured on steps: whole-run waste is {share} beside it, {usual} "
                "beside a predicted one; type a waste to hold it.",
                share=format_share(result.waste, decimals=0),
                usual=format_share(catalog.constants.whole_runs.by_stack[stack].share, decimals=0),
            ),
            "info",
        )


def _efficiency(result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    ceiling = catalog.matmul_ceiling(result.accelerator)
    if result.mfu is not None and result.mfu > ceiling.share:
        yield Notice(
            "mfu-above-measured",
            "efficiency.mfu",
            tr(
                "MFU {quantity} is above the best matmul measured on {accelerator_name}, "
                "{quantity_2} of the dense peak{above_peak}; was a sparse peak meant?",
                quantity=format_quantity(result.mfu, "share"),
                accelerator_name=result.accelerator_name,
                quantity_2=format_quantity(ceiling.share, "share"),
                above_peak=ceiling.above_peak,
            ),
            "stop",
        )
    elif result.mfu is not None and result.mfu_reachable is not None and result.mfu > result.mfu_reachable:
        yield Notice(
            "mfu-above-reach",
            "efficiency.mfu",
            tr(
                "MFU {quantity} is high: nine in ten runs like this one would stay below "
                "{quantity_2}; empty the field for the estimate.",
                quantity=format_quantity(result.mfu, "share"),
                quantity_2=format_quantity(result.mfu_reachable, "share"),
            ),
        )


def _fit(scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Whether the stage can run at all, and whether everything rented has work."""
    where = f"{format_count(result.count)} {result.accelerator_name}"
    if result.layout_problem:
        pin = _pin_at_fault(layout_of(scenario, stage), result.layout_problem)
        field = "hardware.count" if pin is None else f"layout.{pin}"
        advice = tr("Change the count.") if pin is None else tr("Release a pin, or let the search choose.")
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
            tr(
                "The batch has no sequences for {count} of {where}; use a larger batch or fewer "
                "accelerators.",
                count=format_count(result.idle),
                where=where,
            ),
        )
    yield from _left_over(scenario, stage, result, catalog)
    tp = layout_of(scenario, stage).tp
    domain = catalog.accelerator(result.accelerator).spec.scaleup_domain
    if tp is not None and tp > max(domain, 1) and result.layout is not None:
        yield Notice(
            "crosses-domain",
            "layout.tp",
            tr(
                "Tensor parallel {tp} leaves the {domain} {accelerator_name} joined by fast links: "
                "its traffic crosses the network; pin {domain} or less.",
                tp=tp,
                domain=domain,
                accelerator_name=result.accelerator_name,
            ),
        )


def _left_over(scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Warning that replicas of the layout leave a notable part of what is paid without work."""
    notable = catalog.constants.economics.notable_saving.value
    if result.left_over < notable * result.count or result.layout_problem:
        return
    pin = _pin_at_fault(layout_of(scenario, stage), "")
    yield Notice(
        "layout-leaves-idle",
        "hardware.count" if pin is None else f"layout.{pin}",
        tr(
            "{layout} works on {used} of the {count} {name}; the others are paid and idle: {cure}.",
            layout=result.layout,
            used=format_count(result.count - result.left_over),
            count=format_count(result.count),
            name=result.accelerator_name,
            cure=tr("change the count") if pin is None else tr("release a pin, or change the count"),
        ),
        cure=None if pin is None else Cure(None, scenario.stages.index(stage)),
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
        where += tr(" as pinned")
    if breakdown is None or breakdown.limit is None or breakdown.total <= breakdown.limit:
        return tr(
            "{name} does not fit on {where}: use more accelerators, or ones with more memory.",
            name=name,
            where=where,
        )
    needs, has = (format_memory(size) for size in (breakdown.total, breakdown.limit))
    known = {"name": name, "where": where, "needs": needs, "has": has}
    sentence = (
        tr("{name} probably does not fit on {where}: it needs {needs} on each, which has {has}", **known)
        if breakdown.close
        else tr("{name} does not fit on {where}: it needs {needs} on each, which has {has}", **known)
    )
    if result.smallest_count is None and result.pinned:
        return tr("{sentence}; release a pin, or let the search choose.", sentence=sentence)
    if result.smallest_count is None:
        return tr("{sentence}, however many there are; use ones with more memory.", sentence=sentence)
    smallest = format_count(result.smallest_count)
    if result.pinned:
        return tr("{sentence}; release a pin, or use {smallest}.", sentence=sentence, smallest=smallest)
    return tr("{sentence}; the smallest count that fits is {smallest}.", sentence=sentence, smallest=smallest)


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
    found, cheaper = int(curve.counts[at]), float(curve.cost_usd[at])
    if format_money(cheaper) == format_money(0.0):  # of what costs nothing there is no better
        return
    saved = format_share(min(1.0 - cheaper / cost, ALMOST_ALL), decimals=0)
    takes = tr(
        "{duration} and {money}",
        duration=format_duration(float(curve.days[at])),
        money=format_money(float(curve.cost_usd[at])),
    )
    yield Notice(
        "better-count",
        "hardware.count",
        tr(
            "{count} {label} would be no slower and {saved} cheaper than {count_2}: {takes} "
            "instead of {duration} and {money}.",
            count=format_count(found),
            label=curve.label,
            saved=saved,
            count_2=format_count(count),
            takes=takes,
            duration=format_duration(days),
            money=format_money(cost),
        ),
        cure=Cure(found, shared[0]),
    )
