"""Fractions of its peaks that an accelerator sustains under a software stack, and the rates that follow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import BLOCK_SCALED, Array, array_of
from isocost.engine.peaks import PEAK_FORMAT, WIDER, dense_peak
from isocost.engine.records import Accelerator, Habits, Precision, Stack
from isocost.engine.training.constants import Efficiency
from isocost.engine.training.network import Links

PRESENT = 2026.5
"""Year of the newest measured software; what a plan made today runs."""

MATURING = 1.0
"""Years in which the shortfall of an architecture's first software fades to 1/e. Chosen; the shortfall
itself (``young``) is fitted."""

FUSED_ATTENTION_YEAR = 2024.5
"""From the middle of 2024 libraries and stacks ship attention kernels written for the newer architectures
(FlashAttention-3, arXiv 2407.08608)."""

FA2_YEAR = 2024.05
"""From its version 2.2, of January 2024, PyTorch's own attention is FlashAttention-2
(pytorch.org/blog/pytorch2-2)."""

PLAIN_ATTENTION = {"Hopper": 2026.25, "Blackwell": 2026.25, "Blackwell Ultra": 2026.25, "CDNA3": math.inf}
"""Architectures, and until when stacks other than the vendor's run attention kernels written for another on
them. PyTorch puts FlashAttention-2 before cuDNN's kernels, 1.7-2.3 times as fast on Hopper, until version
2.11 of March 2026 brings the cuDNN it waits for (``check_prefer_cudnn_attention``,
github.com/huggingface/transformers/pull/48163). On CDNA3 its kernels are compiled from Triton, and AMD's own
1.2-1.6 times as fast forward (midiareshadi.github.io/blog/attn-dsl-bench, 2026), more backward (arXiv
2511.08083)."""

FUSED_EXPERTS_YEAR = 2026.4
"""From mid-2026 stacks hide the all-to-all of one microbatch behind the layers of another, and run
block-scaled experts as one kernel with their activation and casts: the vendor's (Megatron-Bridge 26.06
recipes: ``overlap_moe_expert_parallel_comm``, ``cutedsl_fused_grouped_mlp``), and open ones that compile
(torchtitan's DeepEP and HybridEP dispatch with grouped MXFP8 products). Those that run operator by operator
do not."""

DEDUPLICATED_YEAR = 2025.85
"""From late 2025 the vendor's recipes send a token once to each domain that has experts for it (DeepEP,
HybridEP): release 25.09 of Megatron-Bridge still dispatches by all-to-all (its changelog), which sends one
copy for every expert, and Qwen3-235B on 256 H100 was three tenths faster in the next."""

GROUPED_EXPERTS_YEAR = 2026.0
"""From 2026 code that called experts one after another multiplies them in one call (version 5 of
Transformers)."""

EXPERT_LAUNCHES = 0.3
"""Launches of an expert that is called alone over a dense layer's: a dozen of some forty. Counted: its rows
looked up and gathered, three products, the activation's two, weighing and adding back."""

EARLY_STOP_YEAR = 2023.75
"""From its version 2.1 PyTorch recomputes up to the last tensor a gradient needs (pytorch/pull/90105)."""

PARAMETER_SHARDS_YEAR = 2024.4
"""From its version 2.4 PyTorch's FSDP shards parameters one by one, and copies what it has gathered."""

LANES = {"TPU": 128.0}
"""Columns of a register of architectures that fill narrow tensors up to them: a TPU's are 8 x 128, and so are
the tiles of what its kernels read (docs.jax.dev, Pallas TPU): a head of 64 costs as much as one of 128."""

DEFAULT_ARCHITECTURE = "Hopper"
"""Architecture whose shares stand in for one nobody has measured."""

HALF_RATE = 2.5
"""Peak of 16-bit products over that of 32-bit arithmetic below which NVIDIA's tensor cores run at half their
rate (GeForce, A10G, L20: twice; others four times and more). Everything that feeds them is made for twice
that, so that PyTorch's products reach what the best do at almost any size: 0.92 to 1 of the peak from 2,048
rows and columns on, on RTX 4090 (github.com/zzc0721/torch-performance-test-data, issue 78)."""

PCIE = 70e9
"""Bytes/s below which a link inside a server is PCIe, shared through host bridges: no fabric is slower, and
16 lanes of PCIe 5 carry 63e9."""

ACCUMULATED_TRAFFIC = 8.0
"""Bytes a weight gradient moves where a product adds it in 32 bits: read and written
(``gradient_accumulation_fusion`` of Megatron-LM)."""
WRITTEN_TRAFFIC = 4.0
"""Bytes it moves where a product writes it in 16 bits and the reduction reads it."""

KEPT_WIDE = 0.15
"""Share of the layers that training in NVFP4 leaves in 16 bits, the last ones (arXiv 2509.25149, followed by
torchtitan's ``llama3_8b_nvfp4_mixed``). What the vendor's leave is in the rate fitted to its runs."""

COPIED_WEIGHT = 4.0
"""Bytes a weight moves where what was gathered in 16 bits is copied."""

NARROW = 8.0
"""Peak of 16-bit products over that of 32-bit arithmetic below which NVIDIA's multiprocessors share 100 kB
instead of 164 to 228 (CUDA's guide, compute capabilities 8.6, 8.9 and 12.0 against 8.0, 9.0 and 10.0)."""
MASKED_LANES = 64.0
"""Columns of a head that the kernel of attention that takes a mask is compiled for: 64 or 128
(``cutlassF_bf16`` of PyTorch's transformers/cuda/mem_eff_attention/kernels)."""

SIXTEEN_BITS = ("bf16", "fp16")
"""Number formats whose products run at one rate."""

NARROW_GRADIENTS = 2.0
"""Bytes of a gradient on the wire where it is reduced in 16 bits: published recipes of the vendor's stack."""
WIDE_GRADIENTS = 4.0
"""Bytes of one reduced in 32 bits, as PyTorch's stacks do (torchtitan's ``apply_fsdp``)."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Machines:
    """Sustained rates of each row's accelerator under its stack: arrays of one length.

    Fields named as in ``Efficiency`` carry its constant to each row; rates are FLOP/s and bytes/s.
    """

    matmul: Array
    """In the row's number format."""
    bf16: Array
    batched_matmul: Array
    attention: Array
    """Forward."""
    attention_backward: Array
    head_overhead: Array
    masked: Array
    """1 where the kernel of attention is handed a mask, and computes what it hides."""
    lanes: Array
    """Columns that a head's width is filled up to a multiple of."""
    grouped: Array
    memory: Array
    elementwise: Array
    eager: Array
    """1 where operators run one by one."""
    fused_loss: Array
    """1 where one kernel computes the loss, as in the vendor's stack; others widen logits first."""
    host: Array
    adapter_host: Array
    step_overhead: Array
    cast_bytes: Array
    block_casts: Array
    wide_gathers: Array
    """1 where weights of products below 16 bits travel in 16 and are cast in every pass."""
    dequantise: Array
    gradient_traffic: Array
    """Bytes a weight gradient moves when it is made: accumulated in 32 bits by the vendor's stack."""
    gradient_bytes: Array
    """Bytes of a gradient on the wire."""
    links: Links
    tensor_exposed: Array
    context_exposed: Array
    data_exposed: Array
    sharded_exposed: Array
    unhidden: Array
    """1 where computation waits for all traffic."""
    contention: Array
    hybrid: Array
    balanced: Array
    """1 where layers are dealt to stages with the head weighed (Nanotron's ``get_block_compute_costs``)."""
    pipelined_host: Array
    """Share of a layer's launches that a pipeline across nodes adds per tensor-parallel rank."""
    stall: Array
    pipeline_exposed: Array
    exchange: Array
    exchange_exposed: Array
    """1 where the stack does not overlap the all-to-all."""
    deduplicated: Array
    """1 where a token crosses the network once for all experts that want it in a domain."""
    dispatch_passes: Array
    fused_experts: Array
    """1 where experts are computed one after another."""
    routed_seconds: Array
    routed_host: Array
    dispatch_host: Array
    """Launches beyond these where tokens go to other ranks and nothing captures what that takes."""
    looped: Array
    """Launches of an expert over a dense layer's where each is called alone; 0 where all are at once."""
    module_fetches: Array
    """1 where ZeRO-3 fetches weights module by module, no more of them than ``step.LIVE_PARAMETERS``."""
    stops_early: Array
    """1 where full recomputation ends with the last tensor a gradient needs."""
    copied_weights: Array
    """Bytes a weight moves when it is copied from where sharded weights are gathered."""
    copied_gradients: Array
    """Bytes its gradient moves when it is copied to where gradients are scattered from."""
    straggler: Array
    node: Array
    """Accelerators of a server."""
    host_update: Array
    host_link: Array


def _own(values: Mapping[str, Value], a: Accelerator) -> Value:
    """A part's own value, else its architecture's."""
    return values.get(a.id) or values.get(a.architecture) or values[DEFAULT_ARCHITECTURE]


def _stack_share(a: Accelerator, stack: Stack, e: Efficiency) -> float:
    """Rate of large products under a stack over their rate under the vendor's."""
    multiplied = dense_peak(a, "bf16")[0]
    if a.vendor == "NVIDIA" and multiplied < HALF_RATE * a.peak_flops.get("fp32", 0.0):
        return 1.0
    return e.matmul_stack[stack]


def _matmul(a: Accelerator, precision: Precision, stack: Stack, e: Efficiency) -> float:
    peak, format_ = dense_peak(a, PEAK_FORMAT[precision])
    # Most measured first: the part under this stack, the part, its architecture.
    shares = e.matmul.get(f"{a.id}-{stack}") or _own(e.matmul, a)
    key = "mxfp8" if precision == "mxfp8" and format_ == "fp8" else format_
    share = next(shares[k] for k in (key, *WIDER.get(format_, ()), "bf16") if k in shares)
    return peak * share * _stack_share(a, stack, e)


def _measured_or(habits: Sequence[Habits], rates: Array, known: Sequence[bool] | None = None) -> Array:
    """Measured rates of products where they are known, else ``rates``."""
    # Software and its age are in what was measured.
    measured = array_of(habits, lambda h: np.nan if h.matmul is None else h.matmul)
    if known is not None:
        measured = np.where(known, measured, np.nan)
    return np.where(np.isnan(measured), rates, measured)


def _links(accelerators: Sequence[Accelerator], stacks: Sequence[Stack], e: Efficiency) -> Links:
    n = len(accelerators)
    share = array_of(accelerators, lambda a: e.inside["pcie" if a.scaleup_bandwidth < PCIE else "fabric"])
    sustained = array_of(stacks, lambda stack: e.outside[stack])
    return Links(
        inside=array_of(accelerators, lambda a: a.scaleup_bandwidth) * share,
        outside=array_of(accelerators, lambda a: a.scaleout_bandwidth) * sustained,
        domain=array_of(accelerators, lambda a: a.scaleup_domain),
        inside_latency=np.full(n, e.inside_latency),
        outside_latency=array_of(stacks, lambda stack: e.outside_latency[stack]),
        rails=np.full(n, e.rails),
        meshed=array_of(accelerators, lambda a: a.scaleup_meshed),
    )


def _without_own_attention(
    accelerators: Sequence[Accelerator], stacks: Sequence[Stack], year: Array
) -> NDArray[np.bool_]:
    """Whether attention runs on kernels of an older architecture: before they were written, or shipped."""
    rows = list(zip(accelerators, stacks, strict=True))
    # Ampere is the architecture those older kernels were written for.
    mature = array_of(rows, lambda r: r[0].architecture == "Ampere" and r[1] == "vendor") > 0
    until = array_of(rows, lambda r: 0.0 if r[1] == "vendor" else PLAIN_ATTENTION.get(r[0].architecture, 0.0))
    return ((year < FUSED_ATTENTION_YEAR) & ~mature) | (year < until)


def _borrowed(architecture: str, stack: Stack, e: Efficiency) -> float:
    """Factor on attention of the kernels a stack runs that were not written for an architecture."""
    own = e.attention_fa2.get(f"{architecture}-{stack}")
    return e.attention_fa2.get(architecture, 1.0) if own is None else own


def _kernel(a: Accelerator, habits: Habits, e: Efficiency) -> float:
    """Factor on attention of a kernel that is named; not a number where none is."""
    if habits.attention is None:
        return np.nan
    older = habits.attention != "tuned" and a.id not in e.attention
    return e.attention_fa2.get(a.architecture, 1.0) if older else 1.0


def _masked(a: Accelerator, e: Efficiency) -> float:
    """FLOP/s of attention that is handed a mask; not a number for parts of makers that have no such kernel.

    It is held up by what is not products, which tensor cores do not help: by the multiprocessors there are
    and what they hold, not by the peak of 16 bits.
    """
    vector = a.peak_flops.get("fp32")
    if a.vendor != "NVIDIA" or vector is None:
        return np.nan
    narrow = dense_peak(a, "bf16")[0] < NARROW * vector
    return vector * (e.attention_masked["narrow"] if narrow else _own(e.attention_masked, a))


def machines(
    accelerators: Sequence[Accelerator],
    precisions: Sequence[Precision],
    stacks: Sequence[Stack],
    e: Efficiency,
    years: Sequence[float] | None = None,
    habits: Sequence[Habits] | None = None,
) -> Machines:
    """Sustained rates of each accelerator, number format and stack (sequences of one length).

    A rate is the peak of a data sheet times the share of it that large kernels were measured or fitted to
    reach: ``resources/accelerators.csv`` and ``resources/efficiency.yaml``.

    Args:
        years: when each row's software ran, as a decimal year; None = today's.
        habits: what is known of each row's framework; None = what its tier and date have.

    Raises:
        ValueError: an accelerator has no dense peak.
    """
    n = len(accelerators)

    def full(value: float) -> Array:
        return np.full(n, value)

    def by_stack(values: Mapping[str, float]) -> Array:
        return array_of(stacks, lambda stack: values[stack])

    def by_name(name: Stack) -> Array:
        return array_of(stacks, lambda stack: stack == name)

    rows = list(zip(accelerators, precisions, stacks, strict=True))
    known = [Habits()] * n if habits is None else habits
    year = full(PRESENT) if years is None else np.array(years, dtype=np.float64)
    since = year - array_of(accelerators, lambda a: _own(e.introduced, a))
    # Libraries catch up with a new architecture: first releases on Hopper and Blackwell were slower
    # throughout.
    immature = 1.0 + e.young * np.exp(-np.maximum(since, 0.0) / MATURING)
    # Software routes tokens with fewer launches and copies every year: one mixture sped up release by
    # release.
    age = np.exp(e.routed_decline * np.maximum(PRESENT - year, 0.0))
    sixteen_bit = array_of(accelerators, lambda a: dense_peak(a, "bf16")[0])
    attention = sixteen_bit * array_of(accelerators, lambda a: _own(e.attention, a))
    # A part whose products are slow beside its exponentials computes them at its own rate with any kernel.
    own = array_of(accelerators, lambda a: a.id in e.attention) > 0
    older = _without_own_attention(accelerators, stacks, year) & ~own
    kernels = array_of(list(zip(accelerators, known, strict=True)), lambda r: _kernel(*r, e))
    # No number where no kernel is named.
    # The vendor's stack had kernels of its own before they were fused throughout.
    slower = array_of(rows, lambda r: 1.0 if r[2] == "vendor" else _borrowed(r[0].architecture, r[2], e))
    # What ran before FlashAttention-2 was everywhere may have been slower yet.
    first = np.minimum(by_stack(e.attention_early), slower)
    foreign = np.where(year < np.where(by_name("vendor"), FUSED_ATTENTION_YEAR, FA2_YEAR), first, slower)
    early = np.where(np.isnan(kernels), np.where(older, foreign, 1.0), kernels)
    masked = array_of(known, lambda h: h.attention == "masked") > 0
    handed = np.where(masked, array_of(accelerators, lambda a: _masked(a, e)), np.nan)

    def habit(name: str) -> NDArray[np.bool_]:
        return array_of(known, lambda h: getattr(h, name)) > 0

    lanes = array_of(accelerators, lambda a: LANES.get(a.architecture, 1.0))
    # A rate measured in 8 bits says nothing of the head's product in 16.
    wide = [PEAK_FORMAT[each] in SIXTEEN_BITS for each in precisions]
    exposed, tuned = habit("exposed"), habit("tuned")
    by_rows = habit("rowwise") & (array_of(precisions, lambda p: PEAK_FORMAT[p] == "fp8") > 0)
    # The vendor's products are the reference of every stack's.
    held = array_of(accelerators, lambda a: _own(e.power_limited, a))
    starved = immature / np.where(habit("power_limited"), held, 1.0)
    slowed = np.where(tuned, array_of(rows, lambda r: _stack_share(r[0], r[2], e)), 1.0) * starved
    vendor, research = by_name("vendor"), by_name("research")
    # No framework widens gradients of FP16 to reduce them: they are scaled instead.
    half = array_of(precisions, lambda p: p == "fp16") > 0
    narrow, widened = habit("narrow_gradients") | half, habit("wide_gradients") & ~half
    gradient_bytes = np.where(np.where(vendor, ~widened, narrow), NARROW_GRADIENTS, WIDE_GRADIENTS)
    open_ = by_name("open") > 0
    stops = array_of(known, lambda h: np.nan if h.stops_early is None else h.stops_early)
    compiled = (vendor > 0) | (open_ & ~habit("eager"))
    current = compiled & (year >= FUSED_EXPERTS_YEAR)
    deduplicated = current | ((vendor > 0) & (year >= DEDUPLICATED_YEAR)) | habit("deduplicated")
    overlaps = (current | habit("overlapping")) & ~exposed
    host = np.where(habit("eager"), np.maximum(by_stack(e.host), e.host["eager"]), by_stack(e.host))
    pace = array_of(accelerators, lambda a: e.host_pace.get(a.architecture, 1.0))
    tensor = np.where(habit("asynchronous"), e.tensor_exposed["asynchronous"], by_stack(e.tensor_exposed))
    # A compiler stops where tokens leave for other ranks: what sorts and sends them is launched as ever.
    uncompiled = np.where(open_, e.host["eager"] / host, 1.0)
    products = array_of(rows, lambda r: _matmul(*r, e)) * np.where(by_rows, e.row_products, 1.0) / slowed
    bf16 = array_of(rows, lambda r: _matmul(r[0], "bf16", r[2], e)) / slowed
    kept = KEPT_WIDE * (open_ & (array_of(precisions, lambda p: p == "nvfp4") > 0))
    block_scaled = array_of(precisions, lambda p: p in BLOCK_SCALED) > 0
    return Machines(
        matmul=_measured_or(known, 1.0 / ((1.0 - kept) / products + kept / bf16)),
        bf16=_measured_or(known, bf16, wide),
        batched_matmul=sixteen_bit * e.batched_matmul,
        attention=np.where(np.isnan(handed), attention * early, handed) / starved,
        attention_backward=full(e.attention_backward),
        head_overhead=array_of(accelerators, lambda a: _own(e.head_overhead, a)),
        masked=np.where(masked, 1.0, 0.0),
        lanes=np.where(masked, np.maximum(lanes, MASKED_LANES), lanes),
        grouped=full(e.grouped),
        memory=array_of(accelerators, lambda a: a.memory_bandwidth * e.memory),
        elementwise=np.where(
            tuned,
            e.elementwise["vendor"],
            np.where(habit("eager"), e.elementwise["eager"], by_stack(e.elementwise)),
        ),
        eager=np.where(habit("eager"), 1.0, 0.0),
        fused_loss=np.where(tuned, 1.0, vendor),
        host=pace * host,
        adapter_host=pace * np.where(habit("eager"), e.adapter_host, 0.0),
        step_overhead=by_stack(e.step_overhead),
        cast_bytes=by_stack(e.cast_bytes) * np.where(by_rows, 1.0 + e.row_casts, 1.0) * (1.0 - kept),
        block_casts=by_stack(e.block_casts),
        # What is scaled by rows or blocks torchao gathers in 16 bits (torchtitan's docs/mxfp8.md, nvfp4.md).
        wide_gathers=np.where(habit("wide_gathers") | by_rows | (open_ & block_scaled), 1.0, 0.0),
        dequantise=full(e.dequantise),
        gradient_traffic=np.where(vendor, ACCUMULATED_TRAFFIC, WRITTEN_TRAFFIC),
        gradient_bytes=gradient_bytes,
        links=_links(accelerators, stacks, e),
        tensor_exposed=np.where(exposed, 1.0, tensor),
        context_exposed=full(e.context_exposed),
        data_exposed=np.where(exposed, 1.0, by_stack(e.data_exposed)),
        sharded_exposed=np.where(exposed, 1.0, by_stack(e.sharded_exposed)),
        unhidden=np.where(exposed, 1.0, 0.0),
        contention=full(e.contention),
        hybrid=full(e.hybrid),
        balanced=research,
        pipelined_host=e.pipelined_host * research,
        stall=e.stall * research,
        pipeline_exposed=full(e.pipeline_exposed),
        exchange=full(e.exchange),
        exchange_exposed=np.where(overlaps, e.exchange_exposed, 1.0),
        deduplicated=np.where(deduplicated, 1.0, 0.0),
        dispatch_passes=np.where(habit("uncaptured"), e.dispatch_passes["plain"], e.dispatch_passes["fused"]),
        fused_experts=np.where(current & block_scaled, e.fused_experts, 1.0),
        routed_seconds=e.routed_seconds * age,
        routed_host=e.routed_host["captured"] * age,
        dispatch_host=np.where(
            habit("uncaptured"),
            (e.routed_host["plain"] - e.routed_host["captured"]) * age * uncompiled,
            0.0,
        ),
        looped=np.where(habit("looped") & (year < GROUPED_EXPERTS_YEAR), EXPERT_LAUNCHES, 0.0),
        module_fetches=np.where(habit("module_fetches"), 1.0, 0.0),
        stops_early=np.where(np.isnan(stops), open_ & (year >= EARLY_STOP_YEAR), stops),
        # Those that reduce gradients in 16 bits have FSDP's first version, or ZeRO: one flat tensor a layer.
        copied_weights=np.where(
            open_ & (year >= PARAMETER_SHARDS_YEAR) & ~habit("narrow_gradients"), COPIED_WEIGHT, 0.0
        ),
        # Read as products wrote it, written as it is reduced.
        copied_gradients=np.where(open_, NARROW_GRADIENTS + gradient_bytes, 0.0),
        straggler=full(e.straggler),
        node=array_of(accelerators, lambda a: a.node_size),
        host_update=np.where(
            habit("trainer"),
            e.host_update["trainer"],
            np.where(habit("host_kernel"), e.host_update["deepspeed"], by_stack(e.host_update)),
        ),
        host_link=full(e.host_link),
    )
