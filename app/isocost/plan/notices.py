"""What is impossible, unlikely or out of date in a plan, said in words at the input that causes it."""

from __future__ import annotations

from collections.abc import Iterator

from isocost.catalog import Catalog
from isocost.catalog.economics import load_regions
from isocost.engine.finetune import adam_state_bytes
from isocost.engine.memory import usable_bytes
from isocost.plan.ownership import purchase_price
from isocost.plan.price_notices import price_notices
from isocost.plan.project import (
    GpuHoursStage,
    Layout,
    PretrainStage,
    Scenario,
    Stage,
    hardware_of,
    layout_of,
    model_of,
    price_of,
)
from isocost.plan.resolve import parameters_of, precision_on, whole_nodes
from isocost.plan.results import Cure, Notice, StageEstimate
from isocost.plan.stages import RlStage
from isocost.plan.timeline import start_date
from isocost.quantities import format_count, format_memory, format_quantity


def stage_notices(
    scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """Every warning about one stage."""
    yield from price_notices(price_of(scenario, stage), result, catalog)
    if not isinstance(stage, GpuHoursStage):
        yield from _hardware(scenario, stage, result, catalog)
    if isinstance(stage, PretrainStage):
        yield from _precision(stage, result, catalog)
    if isinstance(stage, RlStage):
        yield from _update_memory(scenario, stage, result, catalog)
    yield from _efficiency(result, catalog)
    yield from _fit(scenario, stage, result, catalog)
    if type(stage) is PretrainStage:
        yield from _data(scenario, stage, catalog)


def scenario_notices(scenario: Scenario, catalog: Catalog) -> Iterator[Notice]:
    """Every warning about what surrounds the stages."""
    entry = catalog.accelerator(scenario.hardware.accelerator)
    owning = scenario.supply.mode in ("own", "mixed")
    if owning and purchase_price(entry, scenario.ownership)[0] is None:
        yield Notice(
            "no-purchase-price",
            "ownership.usd_per_accelerator",
            f"No purchase price of {entry.short_name} is known: it is taken as rented until one is typed.",
        )
    if scenario.site.region and scenario.site.region not in load_regions():
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


def _hardware(scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    hardware = hardware_of(scenario, stage)
    entry = catalog.accelerator(hardware.accelerator)
    if result.count != hardware.count:
        yield Notice(
            "partial-node",
            "hardware.count",
            f"{entry.short_name} is rented in nodes of {entry.spec.node_size}: "
            f"{format_count(hardware.count)} became {format_count(result.count)}.",
            "info",
        )
    if entry.announced:
        yield Notice(
            "announced-part",
            "hardware.accelerator",
            f"{entry.short_name} is announced, not sold: its figures are promises.",
        )


def _precision(stage: PretrainStage, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    entry = catalog.accelerator(result.accelerator)
    wanted = stage.data.precision
    given = precision_on(entry.spec, wanted)
    if given != wanted and not (wanted == "fp8" and given == "mxfp8"):
        yield Notice(
            "precision-unsupported",
            "data.precision",
            f"{entry.short_name} has no {wanted.upper()}; the estimate uses {given.upper()}.",
        )


def _update_memory(
    scenario: Scenario, stage: RlStage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """Whether the policy's training states fit by themselves; rollouts are checked by the simulation."""
    needed = adam_state_bytes(parameters_of(model_of(scenario, stage), catalog).total)
    spec = catalog.accelerator(result.accelerator).spec
    each = usable_bytes(spec)
    if result.fits and needed / result.count > each:
        yield Notice(
            "update-offloads",
            "hardware.count",
            f"Weights, gradients and optimizer take {format_memory(needed / result.count)} on each of "
            f"{format_count(result.count)} {result.accelerator_name} with {format_memory(each)}: the update "
            "needs host memory, which makes it slower; "
            f"{format_count(whole_nodes(spec, needed / each))} hold it.",
        )


def _efficiency(result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    ceiling = catalog.matmul_ceiling(result.accelerator)
    if result.mfu is not None and result.mfu > ceiling.share:
        yield Notice(
            "mfu-above-measured",
            "efficiency.mfu",
            f"MFU {format_quantity(result.mfu, 'share')} is above the best matmul measured on "
            f"{result.accelerator_name}, {format_quantity(ceiling.share, 'share')} of the dense peak; "
            "was a sparse peak meant?",
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
    bill, where = result.memory, f"{format_count(result.count)} {result.accelerator_name}"
    if result.pinned:
        where += " as pinned"
    if bill is None or bill.limit is None or bill.total <= bill.limit:
        return f"{name} does not fit on {where}: use more accelerators, or ones with more memory."
    needs, has = (format_memory(size) for size in (bill.total, bill.limit))
    sentence = f"{name} does not fit on {where}: it needs {needs} on each, which has {has}"
    if result.smallest_count is None and result.pinned:
        return f"{sentence}; release a pin, or let the search choose."
    if result.smallest_count is None:
        return f"{sentence}, however many there are; use ones with more memory."
    smallest = format_count(result.smallest_count)
    if result.pinned:
        return f"{sentence}; release a pin, or use {smallest}."
    return f"{sentence}; the smallest count that fits is {smallest}."


def _data(scenario: Scenario, stage: PretrainStage, catalog: Catalog) -> Iterator[Notice]:
    counted = parameters_of(model_of(scenario, stage), catalog)
    if stage.data.tokens < counted.active:
        yield Notice(
            "tokens-below-parameters",
            "data.tokens",
            "Fewer tokens than active parameters: the model would be far from trained; "
            f"20 per parameter would be {format_quantity(20 * counted.active, 'number')}.",
        )
