"""What the names and words of a plan were taken for, where that is not all of what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from isocost.catalog import Catalog
from isocost.catalog.vocabulary import vocabulary
from isocost.language import tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.kinds import ModelStage, Stage
from isocost.plan.notice import Notice
from isocost.plan.physics.resolve import parameters_of, precision_on, transformer_of
from isocost.plan.project.project import Scenario, layout_of
from isocost.plan.values import Data, Hardware, ModelChoice, Tuning
from isocost.quantities import format_count, format_quantity, format_significant

_WORDS = (
    "data.precision", "preference.precision", "distillation.precision", "tuning.method", "tuning.optimizer",
)  # fmt: skip
"""Inputs of a stage whose words may stand for what is computed as something else."""


def word_notices(
    scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """What of the words a plan is written in is understood but not computed."""
    said = vocabulary().said
    for path in _WORDS:
        section, name = path.split(".")
        held = getattr(stage, section, None)
        if path == "data.precision" and held is not None and _is_replaced(held.precision, result, catalog):
            continue  # what stands in for it there is said of the accelerator
        if held is not None and (sentence := said(path, getattr(held, name))):
            yield Notice("not-modelled", path, sentence, "info")
    sharding = layout_of(scenario, stage).sharding
    if (
        sharding is not None
        and isinstance(stage, ModelStage)
        and (sentence := said("layout.sharding", sharding))
    ):
        yield Notice("not-modelled", "layout.sharding", sentence)


def model_notices(model: ModelChoice, catalog: Catalog) -> Iterator[Notice]:
    """What of a model is not computed as it is written."""
    total, active = model.parameters, model.active_parameters
    if model.name is None and total is not None and active is not None and active > total:
        yield Notice(
            "active-above-total",
            "model.active_parameters",
            tr(
                "More active parameters, {quantity}, than the model has, {quantity_2}: a dense model "
                "of all of them is computed.",
                quantity=format_quantity(active, "number"),
                quantity_2=format_quantity(total, "number"),
            ),
        )
    if model.name is None and model.shape is None and total is None:
        yield Notice(
            "model-unnamed",
            "model.parameters",
            tr(
                "The plan says neither a model nor its parameters: one of {quantity} parameters is taken.",
                quantity=format_quantity(parameters_of(model, catalog).total, "number"),
            ),
        )
    if model.name is None:
        return
    entry = catalog.model(model.name)
    unmodelled = entry.unmodelled or catalog.encoders(model.name)
    if unmodelled:
        yield Notice(
            "model-unmodelled",
            "model.name",
            tr("{name}: not modelled is {unmodelled}.", name=entry.name, unmodelled=entry.unmodelled)
            if entry.unmodelled
            else tr(
                "{name} is taken as {entry}: not modelled is {unmodelled}.",
                name=model.name,
                entry=entry.name,
                unmodelled=unmodelled,
            ),
            "info",
        )


def name_notices(hardware: Hardware, catalog: Catalog) -> Iterator[Notice]:
    """What a plan's name of an accelerator stands for, where that is not the part alone."""
    label, count = hardware.named or hardware.accelerator, hardware.count
    if (alias := catalog.alias(label)) is None:
        return
    name = catalog.accelerator(label).short_name
    held, plain = alias.count, False
    if (written := catalog.counted(label)) is not None:
        # "8xH100" says itself that it is eight; of "2x p5.48xlarge" what one holds is to be told.
        each = catalog.alias(written[1])
        plain = (each is None or each.count is None) and held in (count, hardware.typed)
        if each is not None:
            label, held = written[1], each.count or held
    if held is not None and not plain:
        noun = catalog.accelerator(label).noun
        yield Notice(
            "instance-name",
            "hardware.count",
            tr(
                "{label} holds {count} {name}. A plan counts single {noun}s: {count_2} here, "
                "{significant} x {label}.",
                label=label,
                count=format_count(held),
                name=name,
                noun=noun,
                count_2=format_count(count),
                significant=format_significant(count / held, 3),
            ),
            "info",
        )
    if alias.note:
        yield Notice(
            "name-of-several",
            "hardware.accelerator",
            tr("{label} is taken as {name}; {note}.", label=label, name=name, note=alias.note),
            "info",
        )


def precision_notices(data: Data, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    entry = catalog.accelerator(result.accelerator)
    wanted = data.precision
    given = precision_on(entry.spec, wanted)
    if _is_replaced(wanted, result, catalog):
        yield Notice(
            "precision-unsupported",
            "data.precision",
            tr(
                "{short_name} has no {wanted}; the estimate uses {given}.",
                short_name=entry.short_name,
                wanted=wanted.upper(),
                given=given.upper(),
            ),
        )


def _is_replaced(wanted: str, result: StageEstimate, catalog: Catalog) -> bool:
    """Whether the accelerator lacks a number format, so that a wider one is computed."""
    given = precision_on(catalog.accelerator(result.accelerator).spec, wanted)
    same = wanted == "fp8" and given == "mxfp8"
    return given != vocabulary().computed("data.precision", wanted) and not same


def rank_notices(tuning: Tuning, model: ModelChoice, catalog: Catalog) -> Iterator[Notice]:
    """That adapters are as wide as what they stand beside, and so spare nothing."""
    width = transformer_of(model, catalog).hidden
    if tuning.method == "full" or tuning.rank < width:
        return
    yield Notice(
        "rank-above-width",
        "tuning.rank",
        tr(
            "Adapters of rank {rank} are no narrower than the model's layers, {width} wide: they are "
            "more to train than the weights. Ranks of 8 to 256 are usual.",
            rank=format_count(tuning.rank),
            width=format_count(width),
        ),
    )
