"""Techniques as ordinary changes of inputs: pure functions from one project to the next.

Each takes a project, the place of a scenario, the catalogue and the figures of its row, and gives the changed
project; where the plan offers nothing to change it raises :class:`NotHereError` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard
from isocost.language import in_sentence, tr
from isocost.plan.answer.across.curves import active_curve, other_curves, ranking
from isocost.plan.answer.warnings.badges import training_regime
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.roads import DENSE
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import KINDS, Stage, kind_of, uses
from isocost.plan.physics.resolve import batch_tokens, impossible_model, parameters_of, precision_on
from isocost.plan.project.choosing import card_of, price_from, with_choice
from isocost.plan.project.editing import add_stage
from isocost.plan.project.project import (
    Project,
    Scenario,
    efficiency_of,
    hardware_of,
    layout_of,
    model_of,
    replace_scenario,
    replace_stage,
    set_value,
)
from isocost.plan.project.terms import NoSuchTermsError, card_on_terms
from isocost.plan.values import ModelChoice
from isocost.quantities import format_count, format_quantity

Figures = Mapping[str, Any]
Change = Callable[[Project, int, Catalog, Figures], Project]
"""(project, place of the scenario, catalogue, figures of the technique) -> the changed project."""

_WIDE = ("fp32", "tf32", "fp16", "bf16", "bf16-true")
_EIGHT = (*_WIDE, "fp8", "mxfp8")


class NotHereError(Exception):
    """A plan that a technique has nothing to change in; the message says why."""

    technique: str = ""
    """Which, where several are put in."""


TYPED = tr("The MFU is typed: it would hold whatever is changed. Empty it for the estimate.")


def _needs(tag: str) -> NotHereError:
    return NotHereError(tr("It needs a stage of the kind {label}.", label=in_sentence(KINDS[tag].label)))


def _stages(project: Project, at: int) -> Iterator[tuple[int, Stage]]:
    """The stages that count, with their places."""
    for place, stage in enumerate(project.scenarios[at].stages):
        if stage.enabled:
            yield place, stage


def _of_kind(project: Project, at: int, *tags: str) -> list[tuple[int, Any]]:
    """Stages of some kinds that count. Raises NotHereError: there is none."""
    found = [(place, stage) for place, stage in _stages(project, at) if kind_of(stage).tag in tags]
    if not found:
        raise _needs(tags[0])
    return found


def _put(project: Project, at: int, place: int, path: str, value: Any) -> Project:
    return set_value(project, path, value, scenario=at, stage=place)


def _predicted(project: Project, at: int, path: str) -> list[tuple[int, Any]]:
    """Stages that an input of the run bears on and whose speed is predicted, so that it answers.

    Raises NotHereError: there is none.
    """
    scenario = project.scenarios[at]
    using = [(place, stage) for place, stage in _stages(project, at) if uses(stage, path)]
    found = [(place, stage) for place, stage in using if efficiency_of(scenario, stage).mfu is None]
    if not found:
        raise NotHereError(TYPED) if using else _needs("pretrain")
    return found


def _making(project: Project, at: int) -> list[tuple[int, Any]]:
    """Pre-training whose speed is predicted. Raises NotHereError: there is none."""
    _of_kind(project, at, "pretrain")
    found = _predicted(project, at, "efficiency.mfu")
    making = [(place, stage) for place, stage in found if kind_of(stage).makes_model]
    if not making:
        raise NotHereError(TYPED)
    return making


def _lower(narrower: str, wider: tuple[str, ...], exact: tuple[str, ...]) -> Change:
    """Every training stage in a narrower number format that its accelerator has."""

    def change(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
        changed, lacking, adapters = project, "", True
        for place, stage in _predicted(project, at, "efficiency.mfu"):
            section = next((s for s in ("data", "preference", "distillation") if _has_format(stage, s)), None)
            if section is None:
                continue
            adapters = False
            if getattr(stage, section).precision not in wider:
                continue
            entry = catalog.accelerator(hardware_of(project.scenarios[at], stage).accelerator)
            if precision_on(entry.spec, narrower) not in exact:
                lacking = entry.short_name
                continue
            changed = _put(changed, at, place, f"{section}.precision", narrower)
        if changed is project:
            name = CHOICES["data.precision"].options[narrower]
            if lacking:
                raise NotHereError(tr("{lacking} has no {name}.", lacking=lacking, name=name))
            if adapters:
                raise NotHereError(tr("No stage trains every weight."))
            raise NotHereError(tr("Every stage is in {name} or narrower already.", name=name))
        return changed

    return change


def _has_format(stage: Stage, section: str) -> bool:
    """Whether a stage trains every weight in a format held in a section."""
    if getattr(stage, section, None) is None or not uses(stage, f"{section}.precision"):
        return False
    tuning = getattr(stage, "tuning", None)
    return tuning is None or tuning.method == "full"


def _vendor_stack(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    changed, measured = project, False
    for place, _ in _predicted(project, at, "efficiency.stack"):
        efficiency = efficiency_of(changed.scenarios[at], changed.scenarios[at].stages[place])
        measured = measured or efficiency.correction is not None
        if efficiency.stack != "vendor" and efficiency.correction is None:
            changed = _put(changed, at, place, "efficiency.stack", "vendor")
    if changed is project:
        raise NotHereError(
            tr("The speed is corrected by runs of yours, on your software.")
            if measured
            else tr("The software is the vendor's already.")
        )
    return changed


def _recompute(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    changed = project
    for place, _ in _predicted(project, at, "layout.recompute"):
        if layout_of(changed.scenarios[at], changed.scenarios[at].stages[place]).recompute != "full":
            changed = _put(changed, at, place, "layout.recompute", "full")
    if changed is project:
        raise NotHereError(tr("Everything is recomputed already."))
    return changed


def _larger_batch(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    changed = project
    for place, stage in _predicted(project, at, "data.batch_tokens"):
        batch = 2.0 * batch_tokens(stage.data, catalog)
        if batch <= stage.data.tokens:
            changed = _put(changed, at, place, "data.batch_tokens", batch)
    if changed is project:
        raise NotHereError(tr("The batch is all the text there is."))
    return changed


def _short_context_first(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    short, share = int(figures["sequence"]), float(figures["share"])
    found = [(p, s) for p, s in _making(project, at) if s.data.sequence > short]
    if not found:
        raise NotHereError(
            tr("No pre-training reads more than {count} tokens at once.", count=format_count(short))
        )
    changed = project
    for place, stage in reversed(found):  # from the end, so that places before stay what they are
        data, batch = stage.data, batch_tokens(stage.data, catalog)
        longer = new_stage("context-extension", catalog)
        shared = {
            name: getattr(stage, name) for name in ("hardware", "price", "model", "efficiency", "layout")
        }
        rest = msgspec.structs.replace(data, tokens=data.tokens * (1.0 - share), batch_tokens=batch)
        longer = msgspec.structs.replace(
            longer, name=f"{stage.name}, full context", group=stage.group, data=rest, **shared
        )
        first = msgspec.structs.replace(data, tokens=data.tokens * share, sequence=short, batch_tokens=batch)
        changed = replace_stage(changed, msgspec.structs.replace(stage, data=first), scenario=at, stage=place)
        changed = add_stage(changed, longer, place + 1, scenario=at)
    return changed


def _packing(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    packed, changed, tuned = float(figures["packing"]), project, False
    for place, stage in _stages(project, at):
        if not uses(stage, "tuning.packing"):
            continue
        tuned = True
        if stage.tuning.packing < packed:  # type: ignore[union-attr]
            changed = _put(changed, at, place, "tuning.packing", packed)
    if changed is project:
        raise NotHereError(tr("The batches are packed already.")) if tuned else _needs("sft")
    return changed


def _asynchronous(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    found = [(p, s) for p, s in _of_kind(project, at, "rl") if s.rl.schedule != "asynchronous"]
    if not found:
        raise NotHereError(tr("Rollouts are asynchronous already."))
    for place, _ in found:
        project = _put(project, at, place, "rl.schedule", "asynchronous")
    return project


def _critic_free(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    found = [(p, s) for p, s in _of_kind(project, at, "rl") if s.rl.algorithm == "ppo"]
    if not found:
        raise NotHereError(tr("No reinforcement learning here has a critic."))
    for place, _ in found:
        project = _put(project, at, place, "rl.algorithm", "grpo")
    return project


def _early_stop(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    for place, stage in _of_kind(project, at, "rl"):
        fewer = tuple(
            msgspec.structs.replace(phase, steps=phase.steps * float(figures["share"]))
            for phase in stage.rl.phases
        )
        project = _put(project, at, place, "rl.phases", fewer)
    return project


# Money


def _rented(project: Project, at: int) -> Scenario:
    scenario = project.scenarios[at]
    if scenario.supply.mode != "on-demand":
        words = in_sentence(CHOICES["supply.mode"].options[scenario.supply.mode])
        raise NotHereError(tr("The accelerators are had on terms of their own: {words}.", words=words))
    return scenario


def _on_terms(project: Project, at: int, card: PriceCard, mode: str) -> Project:
    scenario = project.scenarios[at]
    supply = msgspec.structs.replace(scenario.supply, mode=mode, discount=0.0)
    changed = msgspec.structs.replace(scenario, price=price_from(card), supply=supply)
    return replace_scenario(project, changed, scenario=at)


def _spot(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    scenario = _rented(project, at)
    return _on_terms(project, at, _card(scenario, "spot", catalog), "spot")


def _one_year(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    scenario = _rented(project, at)
    return _on_terms(project, at, _card(scenario, "reserved", catalog), "reserved")


def _card(scenario: Scenario, mode: str, catalog: Catalog) -> PriceCard:
    try:
        return card_on_terms(card_of(scenario), scenario.hardware.count, mode, catalog)
    except NoSuchTermsError as error:
        raise NotHereError(str(error)) from None


def _cheaper_accelerator(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    if project.scenarios[at].supply.mode not in ("on-demand", "own"):
        raise NotHereError(tr("Others are not priced on these terms."))
    own = active_curve(project, catalog, at)
    if not len(own.counts):
        raise NotHereError(tr("No stage that counts takes any time."))
    if card_of(project.scenarios[at]).commitment == "claim":
        raise NotHereError(tr("The price is what a claim assumed, and no offer to compare with."))
    now = own.at_count(project.scenarios[at].hardware.count)
    days, cost = float(own.days[now]), float(own.cost_usd[now])
    choices = ranking(other_curves(project, catalog, at), deadline_days=days)
    better = next((c for c in choices if c.fits and c.in_time and c.for_sale and c.cost_usd < cost), None)
    if better is None:
        raise NotHereError(tr("None is cheaper and as fast on these terms."))
    return with_choice(project, better.accelerator, better.count, catalog, at)


def _cheaper_region(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    scenario = project.scenarios[at]
    if not scenario.supply.owns:
        raise NotHereError(tr("The rent holds the electricity."))
    if scenario.site.usd_per_kwh is not None:
        raise NotHereError(tr("The price of electricity is typed."))
    priced = [region for region in catalog.constants.regions.values() if region.usd_per_kwh is not None]
    cheapest = min(priced, key=lambda region: (region.usd_per_kwh or 0.0, region.id))
    if cheapest.id == scenario.site.region:
        raise NotHereError(tr("It stands where electricity is cheapest already."))
    return _put(project, at, 0, "site.region", cheapest.id)


# Another model


def _open_weights(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    continued = new_stage("mid-training", catalog)
    wanted = continued.data.tokens
    found = [(p, s) for p, s in _of_kind(project, at, "pretrain") if s.data.tokens > wanted]
    if not found:
        raise NotHereError(
            tr(
                "The training is no longer than going on with a model, {number} tokens.",
                number=_number(wanted),
            )
        )
    for place, stage in found:
        batch = batch_tokens(stage.data, catalog)
        data = msgspec.structs.replace(stage.data, tokens=wanted, batch_tokens=batch)
        kept = {name: getattr(stage, name) for name in stage.__struct_fields__ if name != "data"}
        made = msgspec.structs.replace(continued, **kept, data=data)
        project = replace_stage(project, made, scenario=at, stage=place)
    return project


def _sparse(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    """The mixture that its authors found as good as a dense model, scaled to this plan's model."""
    sparse, dense = (
        parameters_of(ModelChoice(name=str(figures[name])), catalog) for name in ("sparse", "dense")
    )
    changed = project
    for place, stage in _making(project, at):
        held = model_of(project.scenarios[at], stage)
        counted = parameters_of(held, catalog)
        if counted.active < DENSE * counted.total:
            continue
        total = float(f"{counted.total * sparse.total / dense.total:.3g}")
        active = float(f"{counted.total * sparse.active / dense.total:.3g}")
        mixture = ModelChoice(parameters=total, active_parameters=active)
        if why := impossible_model(mixture):
            raise NotHereError(why)
        own = stage.model is not None
        changed = (
            replace_stage(changed, msgspec.structs.replace(stage, model=mixture), scenario=at, stage=place)
            if own
            else replace_scenario(
                changed, msgspec.structs.replace(changed.scenarios[at], model=mixture), scenario=at
            )
        )
    if changed is project:
        raise NotHereError(tr("The model is a mixture of experts already."))
    return changed


def _fewer_tokens(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    changed = project
    for place, stage in _of_kind(project, at, "pretrain"):
        size = parameters_of(model_of(project.scenarios[at], stage), catalog).active
        fewer = stage.data.tokens * float(figures["share"])
        if training_regime(size, fewer, catalog) != "under-trained":
            changed = _put(changed, at, place, "data.tokens", fewer)
    if changed is project:
        raise NotHereError(tr("It would be under-trained: a smaller model is the better saving."))
    return changed


def _fewer_ablations(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    share = float(figures["share"])
    found = [(p, s) for p, s in _of_kind(project, at, "ablations") if s.ablations.share > share]
    if not found:
        raise NotHereError(tr("Experiments take no larger share already."))
    for place, _ in found:
        project = _put(project, at, place, "ablations.share", share)
    return project


def _adapters(method: str) -> Change:
    def change(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
        changed, tuned = project, False
        for place, stage in _stages(project, at):
            if uses(stage, "tuning.method"):
                tuned = True
                if stage.tuning.method != method:  # type: ignore[union-attr]
                    changed = _put(changed, at, place, "tuning.method", method)
        if changed is project:
            raise NotHereError(tr("Adapters are trained already.")) if tuned else _needs("sft")
        return changed

    return change


def _distillation(project: Project, at: int, catalog: Catalog, figures: Figures) -> Project:
    changed = project
    for place, stage in _of_kind(project, at, "rl"):
        taught = new_stage("distillation", catalog)
        teacher = parameters_of(taught.distillation.teacher, catalog)
        student = parameters_of(model_of(project.scenarios[at], stage), catalog)
        if student.total >= teacher.total:
            raise NotHereError(
                tr(
                    "{name}, the teacher, is no larger than this model.",
                    name=taught.distillation.teacher.name,
                )
            )
        kept = {name: getattr(stage, name) for name in stage.__struct_fields__ if name != "rl"}
        changed = replace_stage(changed, msgspec.structs.replace(taught, **kept), scenario=at, stage=place)
    return changed


def _number(value: float) -> str:
    return format_quantity(value, "number")


CHANGES: dict[str, Change] = {
    "fp8": _lower("fp8", _WIDE, ("fp8",)),
    "fp4": _lower("nvfp4", _EIGHT, ("nvfp4",)),
    "vendor-stack": _vendor_stack,
    "recompute": _recompute,
    "larger-batch": _larger_batch,
    "short-context-first": _short_context_first,
    "packing": _packing,
    "asynchronous-rollouts": _asynchronous,
    "spot": _spot,
    "one-year": _one_year,
    "cheaper-accelerator": _cheaper_accelerator,
    "cheaper-region": _cheaper_region,
    "open-weights": _open_weights,
    "sparse": _sparse,
    "fewer-tokens": _fewer_tokens,
    "fewer-ablations": _fewer_ablations,
    "lora": _adapters("lora"),
    "qlora": _adapters("qlora"),
    "distillation": _distillation,
    "critic-free": _critic_free,
    "early-stop": _early_stop,
}
"""The change of inputs behind each technique, by its id in ``resources/techniques.yaml``."""
