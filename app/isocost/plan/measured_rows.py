"""From a row that describes a run, ours or a user's, to what the engine computes on.

A row may leave out its layout, batch or recomputation: ``None`` says so, and the prediction completes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from isocost.catalog.catalog import Catalog
from isocost.catalog.errors import CatalogError
from isocost.catalog.measured_training import DEFAULT_STACK, MeasuredRun, stack_of, year_of
from isocost.engine.records import Accelerator, Precision, Stack, Transformer, Workload

UNFUSED_UNTIL = 2022.4
"""Runs dated earlier wrote attention scores to memory: FlashAttention appeared in May 2022."""


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


def run_spec(run: MeasuredRun, catalog: Catalog, transformer: Transformer | None = None) -> RunSpec:
    """Resolve a measured run by the catalogue's names, or with a transformer of its own.

    Raises CatalogError when the model or the accelerator is unknown.
    """
    model = transformer or catalog.model(run.model).transformer
    if not run.mtp:
        model = replace(model, mtp_layers=0.0)
    year = year_of(run.date)
    fused = run.fused_attention
    if fused is None:
        fused = year is None or year >= UNFUSED_UNTIL
    work = Workload(
        sequence=run.sequence,
        global_batch=run.global_batch or 0.0,
        precision=run.precision,
        method=run.method,
        flash_attention=fused,
    )
    stated = run.tp is not None or run.pp is not None or run.sharding == "zero3"
    return RunSpec(
        run=run,
        transformer=model,
        accelerator=catalog.accelerator(run.accelerator).spec,
        work=work,
        stack=run.stack or stack_of(run.framework, run.source),
        year=year,
        mapping_given=stated,
    )


METHODS = {"pretrain": "full", "sft": "full", "full": "full", "lora": "lora", "qlora": "qlora"}
PRECISIONS = ("fp32", "fp16", "bf16", "fp8", "mxfp8", "nvfp4")


def run_from_row(row: Mapping[str, str], catalog: Catalog) -> RunSpec:
    """A run from a row with the columns of a published-throughput table.

    Columns read: model, gpu, n_gpus, seq_len, precision, kind, framework, date, tp, pp, vp, cp, ep,
    zero_or_fsdp, seq_parallel, recompute, micro_batch, global_batch_seqs, the shape (n_layers, d_model,
    n_heads, ...) for models the catalogue does not know, and optionally attention_kernel (flash or unfused)
    and stack (vendor, open or research). Raises ValueError saying what is missing or not understood.
    """
    text = {key: (value or "").strip() for key, value in row.items() if key}
    count, sequence = _number(text, "n_gpus"), _number(text, "seq_len")
    if count is None:
        raise ValueError("n_gpus is empty: give the number of accelerators.")
    if sequence is None:
        raise ValueError("seq_len is empty: give the tokens of a sequence.")
    sharding, group = _sharding(text.get("zero_or_fsdp", ""))
    kernel = text.get("attention_kernel", "").casefold()
    stack = text.get("stack", "").casefold()
    if stack not in ("", "vendor", "open", "research"):
        raise ValueError(f"stack is {stack}: use vendor, open or research.")
    if kernel not in ("", "flash", "unfused"):
        raise ValueError(f"attention_kernel is {kernel}: use flash or unfused.")
    run = MeasuredRun(
        id=text.get("id", ""),
        source=text.get("source", ""),
        model=text.get("model", ""),
        accelerator=text.get("gpu", ""),
        accelerators=count,
        sequence=sequence,
        date=text.get("date", ""),
        framework=text.get("framework", ""),
        stack=stack or None,  # type: ignore[arg-type]
        precision=_precision(text.get("precision", "")),
        method=METHODS.get(text.get("kind", "").casefold(), "full"),  # type: ignore[arg-type]
        global_batch=_number(text, "global_batch_seqs"),
        microbatch=_number(text, "micro_batch"),
        tp=_number(text, "tp"),
        pp=_number(text, "pp"),
        vp=_number(text, "vp"),
        cp=_number(text, "cp"),
        ep=_number(text, "ep"),
        sharding=sharding,  # type: ignore[arg-type]
        shard_group=group,
        sequence_parallel={"0": False, "1": True}.get(text.get("seq_parallel", "")),
        recompute=_recompute(text.get("recompute", "")),  # type: ignore[arg-type]
        fused_attention=None if not kernel else kernel == "flash",
        tokens_per_s=_number(text, "tokens_per_s_per_gpu"),
        mtp="w/o MTP" not in text.get("notes", ""),
    )
    return run_spec(run, catalog, _transformer(text, catalog))


def _number(text: Mapping[str, str], name: str) -> float | None:
    value = text.get(name, "")
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        raise ValueError(f"{name} is {value!r}, not a number.") from None
    if not 0 < number < 1e18:
        raise ValueError(f"{name} is {value}: it must be positive.")
    return number


def _precision(value: str) -> Precision:
    name = value.casefold() or "bf16"
    if name not in PRECISIONS:
        raise ValueError(f"precision is {value}: use one of {', '.join(PRECISIONS)}.")
    return name  # type: ignore[return-value]


def _sharding(value: str) -> tuple[str | None, float | None]:
    """Sharding stage and, when named, its group from words such as "FSDP (shard 64)" or "ZeRO-1"."""
    words = value.casefold()
    if not words:
        return None, None
    for word, stage in (("grad_op", "zero2"), ("zero-2", "zero2"), ("zero-3", "zero3"), ("fsdp", "zero3")):
        if word in words:
            digits = "".join(c if c.isdigit() else " " for c in words.replace("fsdp2", "fsdp")).split()
            return stage, float(digits[0]) if digits and stage == "zero3" and "fsdp" in words else None
    return ("none" if words in ("none", "zero-0", "ddp") else "zero1"), None


def _recompute(value: str) -> str | None:
    words = value.casefold()
    if not words:
        return None
    return words if words in ("none", "full") else "selective"


def _transformer(text: Mapping[str, str], catalog: Catalog) -> Transformer | None:
    """None when the catalogue knows the model; else its shape from the row."""
    try:
        catalog.model(text.get("model", ""))
    except CatalogError:
        pass
    else:
        return None
    names = ("n_layers", "d_model", "n_heads", "vocab")
    layers, hidden, heads, vocabulary = (_number(text, name) for name in names)
    if layers is None or hidden is None or heads is None:
        raise ValueError(
            f"{text.get('model', '')!r} is not in the catalogue and the row gives no n_layers, d_model "
            "and n_heads."
        )
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
        gated=text.get("ffn_type", "").casefold() not in ("gelu", "relu", "relu2"),
        moe_layers=moe_layers,
        experts=experts,
        top_k=_number(text, "top_k") or (1.0 if experts else 0.0),
        shared_experts=_number(text, "n_shared_experts") or 0.0,
        expert_ffn=(_number(text, "d_ff_expert") or ffn) if experts else 0.0,
    )


__all__ = ["DEFAULT_STACK", "RunSpec", "run_from_row", "run_spec"]
