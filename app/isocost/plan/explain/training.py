"""The hours of a training stage as a tree: tokens, speed, goodput and waste, each down to its sources."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.engine.architecture import forward_flops_per_token, training_flops_per_token
from isocost.engine.goodput import CHECKPOINT_BYTES
from isocost.engine.peaks import matmul_peak
from isocost.engine.records import Transformer, Workload
from isocost.language import tr
from isocost.plan.inputs.table import NUMBERS, origin
from isocost.plan.money.arithmetic import places
from isocost.plan.money.explain import Explanation, given, provenance_of, unit_of, worked_out
from isocost.plan.physics.layouts import layout_words, memory_breakdown, step_breakdown
from isocost.plan.physics.records import StageRun
from isocost.plan.physics.resolve import (
    BATCH_LAW,
    adapters_of,
    attended_tokens,
    parameters_of,
    precision_on,
    transformer_of,
)
from isocost.plan.physics.throughput import TYPED, Throughput, work_on
from isocost.plan.physics.training import FULL, Training
from isocost.plan.project.project import Efficiency
from isocost.plan.values import ModelChoice
from isocost.quantities import format_count
from isocost.quantities.units import SECONDS_PER_YEAR

FLOPS_SOURCE = tr("counted from the layers of its shape, attention at the sequence's length")
STEP_SOURCE = tr("step-time model fitted to published runs (resources/efficiency.yaml)")
E_WORDS = "2.718281828459045"
"""The base of natural logarithms, as it is written in arithmetic."""


@dataclass(frozen=True)
class Ground:
    """A stage and what its figures are worked out from."""

    at: str
    """Begins the keys of its values: ``stages.0``."""
    stage: Any
    run: StageRun
    model: ModelChoice
    efficiency: Efficiency
    asked: int
    """Accelerators the plan asks for."""
    catalog: Catalog

    @property
    def entry(self) -> AcceleratorEntry:
        """What it runs on."""
        return self.catalog.accelerator(self.run.accelerator)

    def key(self, name: str) -> str:
        """The key of one of its values."""
        return f"{self.at}.{name}"

    def typed(self, path: str, value: float) -> Explanation:
        """An input of the stage, with the source of its default where it is that."""
        declared, source = NUMBERS[path], origin(path, value)
        key = self.key(path)
        return given(key, declared.label, value, unit_of(declared), source, provenance_of(path, source))

    def count(self) -> Explanation:
        """How many accelerators it runs on."""
        value = float(self.run.counts[0])
        asked = tr("{count} asked for, and let in whole nodes", count=format_count(self.asked))
        source = TYPED if value == self.asked else asked
        return given(self.key("count"), tr("Accelerators"), value, "", source, "typed")


def summed(parts: Sequence[Explanation]) -> str:
    """Words of a sum of inputs, "0" of none."""
    return " + ".join(f"{{{at}}}" for at in range(len(parts))) or "0"


def training_figures(on: Ground, work: Training) -> dict[str, Explanation]:
    """Hours, speed, MFU, goodput and waste of a training stage by their names."""
    speed = on.run.speed
    assert speed is not None
    step = _step_rate(on, speed)
    found = {"tokens_per_s_per_gpu": _rate(on, work, step), "mfu": _mfu(on, speed, step)}
    found["goodput"] = goodput_of(on, saved_by(on, work))
    found |= _memory(on, speed)
    found["step_seconds"] = _step_seconds(on, speed)
    found["waste"] = waste_of(on, found["goodput"])
    found["gpu_hours"] = worked_out(
        on.key("gpu_hours"), tr("Accelerator-hours"), "h",
        "{0} tokens / {1} / {2} / (1 - {3}) / 3,600",
        tokens_of(on, work), found["tokens_per_s_per_gpu"], found["goodput"], found["waste"],
    )  # fmt: skip
    return found


def tokens_of(on: Ground, work: Training) -> Explanation:
    """The tokens of all epochs, from the inputs of the stage's kind."""
    name, label = on.key("tokens"), tr("Tokens trained on")
    section = next((each for each in _TOKENS if hasattr(on.stage, each)), "")
    if section:
        words = _TOKENS[section] + (" x {tuning.epochs}" if hasattr(on.stage, "tuning") else "")
        inputs = {path: on.typed(path, _held(on.stage, path)) for path in places(words)}
        keyed = _PATH.sub(lambda path: f"{{{inputs[path[1]].key}}}", words)
        made = worked_out(name, label, "tokens", keyed, *inputs.values())
        if math.isclose(made.value, work.data.tokens, rel_tol=1e-9):
            return made
    return given(name, label, work.data.tokens, "tokens", tr("this plan"), "typed")


_PATH = re.compile(r"{([^{}]+)}")
_TOKENS = {
    "data": "{data.tokens}",
    "preference": "2 x {preference.pairs} x ({preference.prompt_tokens} + {preference.answer_tokens})",
    "distillation": (
        "{distillation.samples} x ({distillation.prompt_tokens} + {distillation.answer_tokens})"
    ),
}
"""How stages that hold these inputs count the tokens of an epoch."""


def _held(stage: Any, path: str) -> float:
    section, name = path.split(".")
    return float(getattr(getattr(stage, section), name))


def _rate(on: Ground, work: Training, step: Explanation) -> Explanation:
    """Tokens that count a second: padding and a reference model's passes left out."""
    name, label, unit = on.key("tokens_per_s_per_gpu"), tr("Tokens a second that count, each"), "tokens/s"
    words, inputs = "{0}", [step]
    if work.tuning is not FULL:
        words += f" x {{{len(inputs)}}}"
        inputs.append(on.typed("tuning.packing", work.tuning.packing))
    if work.reference_passes > 0.0:
        words += f" / (1 + {{{len(inputs)}}})"
        inputs.append(_reference(on, work))
    return worked_out(name, label, unit, words, *inputs)


def _reference(on: Ground, work: Training) -> Explanation:
    """Time of a frozen copy's forward passes over that of the training."""
    t, sequence = transformer_of(work.model, on.catalog), attended_tokens(work.data)
    trained = float(training_flops_per_token(t, sequence, frozen=work.tuning.method != "full").total)
    read = float(forward_flops_per_token(t, sequence).total)
    parts = (
        given(
            on.key("reference_passes"),
            tr("Passes of the reference"),
            work.reference_passes,
            "",
            "DPO",
            "typed",
        ),
        given(on.key("flops_read"), tr("FLOPs of a token read"), read, "FLOPs", FLOPS_SOURCE),
        given(on.key("flops_trained"), tr("FLOPs of a token trained on"), trained, "FLOPs", FLOPS_SOURCE),
    )
    label = tr("Time of the reference over the training's")
    return worked_out(on.key("reference_share"), label, "", "{0} x {1} / {2}", *parts)


def _step_rate(on: Ground, speed: Throughput) -> Explanation:
    """Tokens of a step a second, padding included: from a typed MFU, or from the seconds of a step."""
    name, label, unit = on.key("step_tokens_per_s_per_gpu"), tr("Tokens of a step a second, each"), "tokens/s"
    if speed.source == TYPED:
        parts = (_typed_mfu(on, speed), _peak(on, speed), _flops(on, speed))
        return worked_out(name, label, unit, "{0} x {1} / {2}", *parts)
    parts = (_batch(on, speed), _step_seconds(on, speed), on.count())
    own = on.efficiency.correction
    if own is None or not speed.corrected:
        return worked_out(name, label, unit, "{0} / ({1} s x {2})", *parts)
    of = tr("Measured over predicted speed of your runs")
    source = tr("{runs} runs, {source}, {date}", runs=own.runs, source=own.source, date=own.date)
    factor = given(on.key("correction"), of, own.factor, "", source, "measured")
    return worked_out(name, label, unit, "{3} x {0} / ({1} s x {2})", *parts, factor)


def _typed_mfu(on: Ground, speed: Throughput) -> Explanation:
    value, basis = float(speed.mfu[0]), precision_on(on.entry.spec, speed.question.data.precision).upper()
    return given(
        on.key("mfu"),
        tr("MFU, of the {basis} dense peak", basis=basis),
        value,
        "share",
        TYPED,
        "typed",
    )


def _mfu(on: Ground, speed: Throughput, step: Explanation) -> Explanation:
    """Model FLOPs over the dense peak during a step."""
    if speed.source == TYPED:
        return _typed_mfu(on, speed)
    peak, flops = _peak(on, speed), _flops(on, speed)
    basis = precision_on(on.entry.spec, speed.question.data.precision).upper()
    label = tr("MFU, of the {basis} dense peak", basis=basis)
    return worked_out(on.key("mfu"), label, "share", "{0} x {1} / {2}", step, flops, peak)


def _work(on: Ground, speed: Throughput) -> tuple[Transformer, Workload]:
    asked = speed.question
    return transformer_of(asked.model, on.catalog), work_on(asked, on.entry.spec, on.catalog)


def _flops(on: Ground, speed: Throughput) -> Explanation:
    """FLOPs of a token trained on: matrix multiplies and attention."""
    t, work = _work(on, speed)
    found = training_flops_per_token(t, work.attended, frozen=work.method != "full")
    across = tr("sequence") if work.attended == work.sequence else tr("mean document")
    counted = tr("counted from the layers of its shape, attention at the {across}'s length", across=across)
    source = f"{_model_words(on)}: {counted}"
    parts = (
        given(on.key("flops_matmul"), tr("In matrix multiplies"), float(found.matmul), "FLOPs", source),
        given(on.key("flops_attention"), tr("In attention"), float(found.attention), "FLOPs", source),
    )
    label = tr("FLOPs of a token trained on")
    return worked_out(on.key("flops_per_token"), label, "FLOPs", "{0} + {1}", *parts)


def _model_words(on: Ground) -> str:
    name = on.model.name
    if name is None:
        return (
            tr("a plausible shape for the parameters typed")
            if on.model.shape is None
            else tr("the shape typed")
        )
    return f"{name} ({on.catalog.model(name).source})"


def _peak(on: Ground, speed: Throughput) -> Explanation:
    spec = on.entry.spec
    precision = precision_on(spec, speed.question.data.precision)
    source = tr(
        "{get}, read {sources_read}",
        get=on.entry.sources.get("compute", ""),
        sources_read=on.entry.sources_read,
    ).strip(", ")
    label = tr("{precision} dense peak of {name}", precision=precision.upper(), name=spec.name)
    return given(on.key("peak_flops"), label, matmul_peak(spec, precision), "FLOP/s", source)


def _batch(on: Ground, speed: Throughput) -> Explanation:
    """Tokens of an optimizer step."""
    _, work = _work(on, speed)
    held = getattr(on.stage, "data", None)
    typed = held is None or held.batch_tokens is not None
    law = on.catalog.constants.laws.batch_law(BATCH_LAW)
    source = tr("this plan") if typed else law.name
    value = work.sequence * work.global_batch
    return given(
        on.key("batch_tokens"),
        tr("Tokens of a step"),
        value,
        "tokens",
        source,
        "typed" if typed else "fitted",
    )


def _step_seconds(on: Ground, speed: Throughput) -> Explanation:
    """Seconds of an optimizer step and what they are spent on."""
    _, work = _work(on, speed)
    factor = on.efficiency.correction.factor if on.efficiency.correction and speed.corrected else 1.0
    count, rate = float(on.run.counts[0]), float(speed.tokens_per_s_per_gpu[0])
    seconds = factor * work.sequence * work.global_batch / (rate * count)
    name, label = on.key("step_seconds"), tr("Seconds of a step")
    hybrid = transformer_of(speed.question.model, on.catalog).attention == "hybrid"
    source = f"{speed.source}: {layout_words(speed.best, 0)}"
    speed_parts = step_breakdown(speed.best, 0, hybrid=hybrid).parts
    named = [(part, part.name.lower().replace(" ", "_")) for part in speed_parts]
    parts = [
        given(on.key(f"step.{name}"), part.label, part.amount, "s", STEP_SOURCE, "fitted")
        for part, name in named
    ]
    made = worked_out(name, label, "s", summed(parts), *parts, source=source)
    if math.isclose(made.value, seconds, rel_tol=1e-9):
        return made
    return given(name, label, seconds, "s", source, "fitted")


def _memory(on: Ground, speed: Throughput) -> dict[str, Explanation]:
    """Bytes of an accelerator at the peak by what they hold, where measured peaks lie, what is usable."""
    layout, held = layout_words(speed.best, 0), memory_breakdown(speed.best, 0, on.catalog)
    memory = on.catalog.constants.memory
    source = tr(
        "memory model (resources/memory.yaml, {stacks}); {layout}",
        stacks=memory.stacks[speed.question.stack],
        layout=layout,
    )
    parts = [
        given(on.key(f"memory.{part.name.lower()}"), part.label, part.amount, "bytes", source, "fitted")
        for part in held.parts
    ]
    label = tr("Memory of each accelerator at the peak")
    found = {"memory_bytes": worked_out(on.key("memory_bytes"), label, "bytes", summed(parts), *parts)}
    measured = tr("measured peaks over predicted, all frameworks (resources/memory.yaml)")
    for end, times, chance in (("low", held.low, tr("below")), ("high", held.high, tr("above"))):
        factor = given(
            on.key(f"memory.{end}"),
            tr("One in ten {chance}, as a factor", chance=chance),
            times,
            "",
            measured,
            "fitted",
        )
        key = f"memory_{end}_bytes"
        name = tr("{label}, one chance in ten {chance}", label=label, chance=chance)
        found[key] = worked_out(on.key(key), name, "bytes", "{0} x {1}", found["memory_bytes"], factor)
    usable = tr("memory of the accelerator less what driver and runtime take")
    key = "memory_usable_bytes"
    found[key] = given(on.key(key), tr("Usable memory of each"), held.limit or 0.0, "bytes", usable)
    return found


def saved_by(on: Ground, work: Training) -> Explanation:
    """Parameters a checkpoint of a training stage holds."""
    label, name = tr("Parameters of a checkpoint"), on.key("saved_parameters")
    if work.tuning.method != "full":
        t = transformer_of(work.model, on.catalog)
        value = adapters_of(t, work.tuning)
        return given(
            name, label, value, "parameters", tr("adapters of rank {rank}, counted", rank=work.tuning.rank)
        )
    value = parameters_of(work.model, on.catalog).total
    typed = work.model.name is None
    return given(name, label, value, "parameters", _model_words(on), "typed" if typed else "looked up")


def goodput_of(on: Ground, saved: Explanation) -> Explanation:
    """Share of time that advances the run: typed, or what failures and checkpoints leave (Daly 2006)."""
    name, label = on.key("goodput"), tr("Goodput")
    if on.efficiency.goodput is not None:
        return given(name, label, on.efficiency.goodput, "share", TYPED, "typed")
    facts, count = on.catalog.constants.reliability, on.count()
    known = facts.record()
    fleet = next(each for each in facts.fleets if each.id == facts.default)
    rate = given(
        on.key("failures_per_year"), tr("Failures a year of each"), known.failures_per_year, "1/year",
        f"{fleet.name}: {fleet.source}", "measured",
    )  # fmt: skip
    between = worked_out(
        on.key("seconds_between_failures"), tr("Seconds between failures"), "s",
        f"{SECONDS_PER_YEAR:,.0f} / ({{0}} x {{1}})", count, rate,
    )  # fmt: skip
    write = _checkpoint(on, saved, count)
    interval = _interval(on, write, between)
    restart = given(
        on.key("restart_seconds"), tr("Seconds of a restart"), known.restart_seconds, "s",
        facts.restart_seconds.source, "measured",
    )  # fmt: skip
    return worked_out(
        name, label, "share",
        f"{{0}} / ({{1}} x {E_WORDS} ^ ({{2}} / {{1}}) x ({E_WORDS} ^ (({{0}} + {{3}}) / {{1}}) - 1))",
        interval, between, restart, write, source="Daly 2006, equation 20, doi 10.1016/j.future.2004.11.016",
    )  # fmt: skip


def _checkpoint(on: Ground, saved: Explanation, count: Explanation) -> Explanation:
    """Seconds training stands still for a checkpoint."""
    facts = on.catalog.constants.reliability
    known = facts.record()
    label = tr("Bytes a second written by all")
    if count.value * known.write_bandwidth < known.write_bandwidth_limit:
        each = given(
            on.key("write_bandwidth"), tr("Bytes a second each writes"), known.write_bandwidth, "bytes/s",
            facts.write_bandwidth.source, "measured",
        )  # fmt: skip
        written = worked_out(on.key("written_per_s"), label, "bytes/s", "{0} x {1}", count, each)
    else:
        source = facts.write_bandwidth_limit.source
        written = given(
            on.key("written_per_s"), label, known.write_bandwidth_limit, "bytes/s", source, "measured"
        )
    blocking = given(
        on.key("blocking_share"), tr("Share of a write that training waits"), known.blocking_share, "",
        facts.blocking_share.source, "assumed",
    )  # fmt: skip
    return worked_out(
        on.key("checkpoint_seconds"), tr("Seconds of a checkpoint"), "s",
        f"{{0}} x {CHECKPOINT_BYTES:g} / {{1}} x {{2}}",
        saved, written, blocking, source="14 bytes a parameter (arXiv 1910.02054)",
    )  # fmt: skip


def _interval(on: Ground, write: Explanation, between: Explanation) -> Explanation:
    """Seconds of training between checkpoints, the best there are."""
    name, label = on.key("checkpoint_interval"), tr("Training seconds between checkpoints")
    source = tr("Daly 2006, doi 10.1016/j.future.2004.11.016")
    if write.value >= 2.0 * between.value:
        return worked_out(name, label, "s", "{0}", between, source=source)
    words = "(2 x {0} x {1}) ^ 0.5 x (1 + ({0} / (2 x {1})) ^ 0.5 / 3 + {0} / (2 x {1}) / 9) - {0}"
    return worked_out(name, label, "s", words, write, between, source=source)


def waste_of(on: Ground, goodput: Explanation) -> Explanation:
    """Share of the hours that whole runs lose beyond goodput."""
    value = 0.0 if on.run.waste is None else float(on.run.waste[0])
    name, label = on.key("waste"), tr("Whole-run waste")
    seen = on.catalog.constants.economics.run_over_step_mfu
    if on.efficiency.waste is not None:
        return given(name, label, value, "share", TYPED, "typed")
    # A speed that is typed, or corrected by runs of one's own, leaves what published runs lose beyond it.
    known = on.efficiency.mfu is not None or (on.run.speed is not None and on.run.speed.corrected)
    if known and value > 0.0:
        over = given(
            on.key("run_over_step_mfu"), tr("Whole-run MFU over that of a step"), seen.value, "",
            f"{seen.source}, {seen.date}", "measured",
        )  # fmt: skip
        return worked_out(name, label, "share", "1 - {0} / {1}", over, goodput)
    # None is added where nothing was measured: to adapters, or beside a goodput that is typed.
    return given(name, label, value, "share", on.run.waste_source, "measured" if value > 0.0 else "assumed")
