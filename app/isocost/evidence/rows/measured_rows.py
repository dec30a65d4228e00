"""From a row that describes a run, ours or a user's, to what the engine computes on.

A row may leave out its layout, batch or recomputation: ``None`` says so, and the prediction completes it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import msgspec

from isocost.catalog.catalog import Catalog
from isocost.catalog.entries.frameworks import frameworks
from isocost.catalog.entries.measured_training import (
    DEFAULT_STACK,
    MeasuredRun,
    stack_of,
    year_of,
)
from isocost.catalog.errors import CatalogError
from isocost.catalog.vocabulary import vocabulary
from isocost.engine.peaks import PEAK_FORMAT, dense_peak
from isocost.engine.records import Accelerator, Habits, Optimizer, Recompute, Stack, Transformer, Workload
from isocost.engine.training.efficiency import PRESENT
from isocost.engine.training.states import OPTIMIZER_BYTES
from isocost.evidence.rows import words
from isocost.language import tr
from isocost.quantities.units import BYTES_PER_GBIT, GIGA, TERA

_Found = TypeVar("_Found")

UNKNOWN_HABITS = Habits()
"""Of a framework nothing is known of."""

SAME_MEMORY = 0.1
"""Share by which the memory on a label may differ from the catalogue's: GB and GiB, rounding."""

UNFUSED_UNTIL = 2023.0
"""Runs dated earlier wrote attention scores to memory: FlashAttention, of May 2022, came into Megatron-LM in
January 2023 and into PyTorch in March."""


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One run to predict: the row, and its model, accelerator and work resolved."""

    run: MeasuredRun
    transformer: Transformer
    accelerator: Accelerator
    work: Workload
    """``global_batch`` is 0 when the row does not state it."""
    stack: Stack
    year: float | None
    """When the software ran; None = today's."""
    mapping_given: bool
    """Whether the row states how the accelerators share the model."""
    recompute: Recompute | None
    """Stated, or what the framework's recipes do; None = the least that fits."""
    more_recomputed: bool = False
    """Whether selective recomputation is said to repeat more than core attention."""
    grouped: bool = False
    """Whether states are spread over groups of servers of a size that is not stated (hybrid sharding)."""
    habits: Habits = UNKNOWN_HABITS
    """What the framework's name tells of how it computes."""
    unknown: tuple[str, ...] = ()
    """Sentences on words of its row that nothing is known of, and that were left out."""


def run_spec(run: MeasuredRun, catalog: Catalog, transformer: Transformer | None = None) -> RunSpec:
    """Resolve a measured run by the catalogue's names, or with a transformer of its own.

    Raises CatalogError when the model or the accelerator is unknown.
    """
    model = transformer or catalog.model(run.model).transformer
    run = msgspec.structs.replace(
        run,
        framework=words.software(run.framework, run.notes),
        document=run.document or words.document(run.notes),
    )
    if not run.mtp:
        model = replace(model, mtp_layers=0.0)
    year = year_of(run.date)
    split = max(run.tp or 1.0, run.pp or 1.0) > 1.0
    stack = run.stack or stack_of(run.framework, run.source, split=split)
    usual = catalog.constants.memory.for_framework(run.framework, stack)
    compiled = words.compiled(run.framework, run.notes)
    fused = run.fused_attention
    if fused is None:
        fused = year is None or year >= UNFUSED_UNTIL
    work = Workload(
        sequence=run.sequence,
        global_batch=run.global_batch or 0.0,
        precision=run.precision,
        method=run.method,
        optimizer=run.optimizer or usual.optimizer,
        flash_attention=fused,
        update_in_backward=run.update_in_backward,
        offload_activations=run.offload_activations or (run.recompute is None and usual.offload_activations),
        offload=run.offload,
        lora_rank=run.lora_rank,
        lora_targets=words.lora_targets(run.lora_targets) or frozenset(usual.lora_targets),
        document=run.document or math.inf,
        schedule=run.schedule,
        wide_experts=model.is_moe and frameworks().experts_unquantised(run.framework, year or PRESENT),
        fused_kernels=frameworks().fused.in_name(run.framework.casefold()),
        recompute_share=run.recompute_share or words.recompute_share(run.notes) or 1.0,
        whole_logits=run.whole_logits or usual.keeps_all_logits(compiled, year or PRESENT),
        compiled=compiled,
        quantised_inputs=usual.inputs_of_quantised(run.method, year or PRESENT),
        autocast=frameworks().casts(
            run.framework, run.precision, run.method, run.optimizer or usual.optimizer
        ),
    )
    if run.sequence_parallel is None and frameworks().replicated.in_name(f"{run.framework.casefold()} "):
        run = msgspec.structs.replace(run, sequence_parallel=False)
    recompute = run.recompute or usual.recompute
    if _unsaid(run) and frameworks().sharded.in_name(run.framework.casefold()):
        run = msgspec.structs.replace(run, sharding="zero3", microbatch=_at_once(run))
        recompute = recompute or "full"
    accelerator = catalog.accelerator(run.accelerator).spec
    if run.network_gbit_s is not None:
        accelerator = replace(accelerator, scaleout_bandwidth=run.network_gbit_s * BYTES_PER_GBIT)
    stated = run.tp is not None or run.pp is not None or run.sharding in ("none", "zero3")
    return RunSpec(
        run=run,
        transformer=model,
        accelerator=accelerator,
        work=work,
        stack=stack,
        year=year,
        mapping_given=stated,
        recompute=recompute,
        more_recomputed=words.recomputes_more_than_attention("", run.notes),
        habits=_habits(run),
    )


def _unsaid(run: MeasuredRun) -> bool:
    """Whether a row says nothing of how the accelerators share the model."""
    return all(each is None for each in (run.tp, run.pp, run.cp, run.ep, run.sharding))


def _at_once(run: MeasuredRun) -> float | None:
    """Sequences a microbatch of a run that shares nothing but weights: all of an accelerator's, as MaxText's
    base.yml accumulates no gradients (``gradient_accumulation_steps: 1``)."""
    if run.microbatch is not None or run.global_batch is None:
        return run.microbatch
    return max(run.global_batch / run.accelerators, 1.0)


def _habits(run: MeasuredRun) -> Habits:
    """How a run's software computes: by its framework's name, and by what the row says itself."""
    named = frameworks().habits(run.framework, run.attention_kernel, year_of(run.date))
    return replace(
        named,
        eager=named.eager and not words.compiled(run.framework, run.notes),
        exposed=named.exposed if run.overlap is None else not run.overlap,
        overlapping=named.overlapping or run.schedule == "dualpipe",
        matmul=None if run.matmul_tflops is None else run.matmul_tflops * TERA,
    )


def run_from_row(row: Mapping[str, str], catalog: Catalog) -> RunSpec:
    """A run from a row with the columns of a published-throughput table.

    Columns read: model, gpu, n_gpus, seq_len, precision, kind, framework, date, tp, pp, vp, cp, ep,
    zero_or_fsdp, seq_parallel, recompute, micro_batch, global_batch_seqs, the shape (n_layers, d_model,
    n_heads, ...) for models the catalogue does not know, and optionally attention_kernel (FA2, FA3, cuDNN,
    flash, masked or unfused), overlap (off), matmul_tflops (of a large product, measured on the part in the
    row's precision), schedule (1f1b, zero-bubble, zbv, v-half, dualpipe), lora_rank, lora_targets (modules
    that have adapters: q_proj v_proj, attention, all-linear...; else the framework's recipes'), document_len
    (mean tokens of documents packed into a sequence and masked apart), optimizer (adamw, adamw_8bit,
    lion...; else what the framework uses), stack (vendor, open or research), network_gbit_s (between nodes,
    per accelerator and direction; else the catalogue's) and gpus_per_node. A word that nothing is known of,
    in a column that need not be given, is left out and named (``RunSpec.unknown``). Raises ValueError saying
    what else is missing or not understood.
    """
    text = {key.strip().casefold(): (value or "").strip() for key, value in row.items() if key}
    count, sequence = _number(text, "n_gpus"), _number(text, "seq_len")
    if count is None:
        raise ValueError("n_gpus is empty: give the number of accelerators.")
    if sequence is None:
        raise ValueError("seq_len is empty: give the tokens of a sequence.")
    accelerator, model = _accelerator(text, catalog), _transformer(text, catalog)
    unknown: list[str] = []

    def read(word: Callable[[str], _Found], name: str) -> _Found:
        try:
            return word(text.get(name, ""))
        except words.UnknownWordError as error:
            unknown.append(f"left out: {str(error).rstrip('.')}")
            return word("")

    sharding, group = read(words.sharding, "zero_or_fsdp")
    fused, kernel = read(words.attention_kernel, "attention_kernel")
    stack = read(words.stack, "stack")
    run = MeasuredRun(
        id=text.get("id", ""),
        source=text.get("source", ""),
        model=text.get("model", ""),
        accelerator=accelerator.id,
        accelerators=count,
        sequence=sequence,
        date=text.get("date", ""),
        framework=words.software(
            text.get("framework", ""),
            f"{text.get('schedule', '')}; {words.casting(text.get('precision', ''))}",
        ),
        stack=stack,
        precision=words.precision(text.get("precision", "")),
        method=read(words.method, "kind"),
        global_batch=_number(text, "global_batch_seqs"),
        microbatch=_number(text, "micro_batch"),
        tp=_number(text, "tp"),
        pp=_number(text, "pp"),
        vp=_number(text, "vp"),
        cp=_number(text, "cp"),
        ep=_number(text, "ep") if model.is_moe else None,
        sharding=sharding,
        shard_group=None if group == words.SERVERS_APART else group,
        offload=words.offload(text.get("zero_or_fsdp", ""), text.get("framework", "")),
        offload_activations=words.layer_inputs_offloaded(text.get("recompute", "")),
        lora_rank=_number(text, "lora_rank") or 16.0,
        lora_targets=text.get("lora_targets", "") if read(words.lora_targets, "lora_targets") else "",
        document=_number(text, "document_len"),
        sequence_parallel=read(partial(words.flag, name="seq_parallel"), "seq_parallel"),
        recompute=read(words.recompute, "recompute"),
        recompute_share=words.recompute_share(f"recompute {text.get('recompute', '')}"),
        fused_attention=fused,
        attention_kernel=kernel,
        schedule=read(words.schedule, "schedule"),
        overlap=read(partial(words.flag, name="overlap"), "overlap"),
        matmul_tflops=_number(text, "matmul_tflops"),
        optimizer=read(_optimizer, "optimizer") or words.pure_16_bit(text.get("precision", "")),
        tokens_per_s=_measured(text, "tokens_per_s_per_gpu") or _from_step(text, count, sequence),
        peak_memory_gb=_measured(text, "peak_memory_gb"),
        network_gbit_s=_number(text, "network_gbit_s"),
        mtp="w/o MTP" not in text.get("notes", ""),
        notes=text.get("notes", ""),
    )
    if run.method != "qlora" and words.kept_in_4_bits(text.get("precision", "")):
        unknown.append(
            tr(
                "precision is {precision}: weights are in 4 bits where kind is qlora alone, here in 16",
                precision=text["precision"].strip(),
            )
        )
    spec = run_spec(run, catalog, model)
    refuse_impossible(spec)
    _, multiplied = dense_peak(spec.accelerator, PEAK_FORMAT[run.precision])
    if multiplied != PEAK_FORMAT[run.precision]:
        unknown.append(
            tr(
                "precision is {precision}: {name} has none, {format} is taken",
                precision=run.precision,
                name=spec.accelerator.name,
                format=multiplied,
            )
        )
    server = _server(spec.accelerator, _number(text, "gpus_per_node"))
    if text.get("date", "").casefold() not in words.BLANK and spec.year is None:
        unknown.append(f"date is {text['date']}: no year in it, today's software is assumed")
    grouped = group == words.SERVERS_APART
    more = spec.more_recomputed or words.recomputes_more_than_attention(text.get("recompute", ""))
    return replace(spec, accelerator=server, grouped=grouped, more_recomputed=more, unknown=tuple(unknown))


def _server(accelerator: Accelerator, held: float | None) -> Accelerator:
    """The accelerator in a server of ``held``: links that end with the server end sooner in a smaller one."""
    if held is None or not accelerator.scaleup_domain == accelerator.node_size > held:
        return accelerator
    return replace(accelerator, node_size=int(held), scaleup_domain=int(held))


def _accelerator(text: Mapping[str, str], catalog: Catalog) -> Accelerator:
    """The catalogue's, by any spelling of its name. Raises ValueError where its memory is not the label's."""
    label = text.get("gpu", "")
    found = _named(catalog.accelerator, words.accelerator_spellings(label)).spec
    # Nobody splits matrices but over links of their own.
    together = _number(text, "gpus_per_node") or _number(text, "tp") or 1.0
    if together > found.node_size == 1:
        # Sold one by one, and four to a node with such links ("GH200 x4").
        found = _named(catalog.accelerator, (f"{label} x{together:.0f}", found.id)).spec
    named, held = words.memory_named(label), found.memory_bytes / GIGA
    if named is not None and abs(named / held - 1.0) > SAME_MEMORY:
        raise ValueError(
            tr(
                "gpu is {label!r}: {name} has {held:.0f} GB, and no other is known.",
                label=label,
                name=found.name,
                held=held,
            )
        )
    return found


def refuse_impossible(spec: RunSpec) -> None:
    """Raise ValueError for what no run can have had: degrees beyond the accelerators, layers or experts."""
    run, t = spec.run, spec.transformer
    split = {"tp": run.tp or 1.0, "pp": run.pp or 1.0, "cp": run.cp or 1.0}
    product = math.prod(split.values())
    if any(degree % 1.0 for degree in (run.accelerators, *split.values(), run.ep or 1.0)):
        raise ValueError("n_gpus, tp, pp, cp and ep count accelerators: give whole numbers.")
    if product > run.accelerators:
        used = " x ".join(f"{name} {degree:.0f}" for name, degree in split.items() if degree > 1)
        raise ValueError(
            tr(
                "{used} is {product:.0f}, more than n_gpus, {accelerators:.0f}.",
                used=used,
                product=product,
                accelerators=run.accelerators,
            )
        )
    if t.is_moe and (run.ep or 1.0) > t.experts:
        raise ValueError(
            tr("ep is {ep:.0f}, more than the {experts:.0f} experts.", ep=run.ep, experts=t.experts)
        )
    held = run.accelerators / split["pp"]
    if (run.ep or 1.0) > held:
        raise ValueError(
            tr("ep is {ep:.0f}, more than the {held:.0f} accelerators of a stage.", ep=run.ep, held=held)
        )
    if t.is_moe and t.top_k > t.experts:
        raise ValueError(
            tr("top_k is {top_k:.0f}, more than the {experts:.0f} experts.", top_k=t.top_k, experts=t.experts)
        )
    if t.moe_layers > t.layers:
        raise ValueError(
            tr(
                "moe_layers is {moe_layers:.0f}, more than the {layers:.0f} layers.",
                moe_layers=t.moe_layers,
                layers=t.layers,
            )
        )
    try:
        peak, _ = dense_peak(spec.accelerator, PEAK_FORMAT[run.precision])
    except ValueError:
        formats = ", ".join(name for name in spec.accelerator.peak_flops)
        raise ValueError(
            tr(
                "precision is {precision}: {name} has dense peaks in {formats} only.",
                precision=run.precision,
                name=spec.accelerator.name,
                formats=formats,
            )
        ) from None
    if run.matmul_tflops is not None and run.matmul_tflops * TERA > peak:
        raise ValueError(
            tr(
                "matmul_tflops is {matmul_tflops:g}, above the dense {precision} peak of {name}, {peak:g}.",
                matmul_tflops=run.matmul_tflops,
                precision=run.precision,
                name=spec.accelerator.name,
                peak=peak / TERA,
            )
        )
    if run.schedule != "1f1b" and (run.vp or 1.0) > 1.0:
        raise ValueError(
            tr(
                "vp is {vp:g}: the schedule {schedule} has chunks of its own, or none.",
                vp=run.vp,
                schedule=run.schedule,
            )
        )


def _measured(text: Mapping[str, str], name: str) -> float | None:
    """A measured figure; None where there is none to compare with, however that is written ("OOM")."""
    try:
        return _number(text, name)
    except ValueError:
        return None


def _from_step(text: Mapping[str, str], count: float, sequence: float) -> float | None:
    """Tokens a second per accelerator where only the seconds of a step and its batch were measured."""
    seconds, batch = _measured(text, "step_time_s"), _measured(text, "global_batch_seqs")
    return batch * sequence / seconds / count if seconds and batch else None


def _optimizer(name: str) -> Optimizer | None:
    """An optimizer as frameworks spell it; None for a blank. Raises UnknownWordError for an unknown one."""
    known_as = vocabulary().row("tuning.optimizer", name)
    if known_as is not None and known_as.refused:
        raise words.UnknownWordError(
            tr("optimizer is {name}: {refused}", name=name, refused=known_as.refused)
        )
    word = name.casefold() if known_as is None else known_as.value
    word = vocabulary().computed("tuning.optimizer", word)
    found: Optimizer | None = next((known for known in OPTIMIZER_BYTES if known == word), None)
    if found is None and name:
        raise words.UnknownWordError(
            tr("optimizer is {name}: use one of {list}.", name=name, list=", ".join(OPTIMIZER_BYTES))
        )
    return found


def _number(text: Mapping[str, str], name: str) -> float | None:
    return words.number(text.get(name, ""), name)


def _named(lookup: Callable[[str], _Found], spellings: Iterable[str]) -> _Found:
    """The record of the first spelling that is known. Raises the first spelling's CatalogError."""
    first: CatalogError | None = None
    for spelling in spellings:
        try:
            return lookup(spelling)
        except CatalogError as error:
            first = first or error
    raise first or CatalogError(tr("no name is given."))


def _transformer(text: Mapping[str, str], catalog: Catalog) -> Transformer:
    """The catalogue's, by any spelling of its name, unless the row gives another shape; else the row's."""
    layers, hidden, heads = (_number(text, name) for name in ("n_layers", "d_model", "n_heads"))
    shape = None if layers is None or hidden is None or heads is None else (layers, hidden, heads)
    try:
        known = catalog.model(text.get("model", "").replace("(", " ").replace(")", " ")).transformer
    except CatalogError as error:
        if shape is None:
            raise ValueError(
                tr("{error} Or give its shape: n_layers, d_model and n_heads.", error=error)
            ) from None
    else:
        if shape is None or known.attention != "mha" or shape[:2] == (known.layers, known.hidden):
            return known
    return _described(text, *shape)


def _described(text: Mapping[str, str], layers: float, hidden: float, heads: float) -> Transformer:
    """The shape a row gives."""
    vocabulary = _number(text, "vocab")
    experts = _number(text, "n_experts") or 0.0
    moe_layers = (_number(text, "moe_layers") or layers) if experts else 0.0
    ffn = _number(text, "d_ff") or 4.0 * hidden
    return Transformer(
        name=text.get("model", ""),
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=_number(text, "n_kv_heads") or heads,
        head_dim=hidden / heads,
        ffn=ffn,
        vocabulary=vocabulary or 50_000.0,
        gated=words.gated(text.get("ffn_type", "")),
        moe_layers=moe_layers,
        experts=experts,
        top_k=_number(text, "top_k") or (1.0 if experts else 0.0),
        shared_experts=_number(text, "n_shared_experts") or 0.0,
        expert_ffn=(_number(text, "d_ff_expert") or ffn) if experts else 0.0,
    )


__all__ = ["DEFAULT_STACK", "RunSpec", "refuse_impossible", "run_from_row", "run_spec"]
