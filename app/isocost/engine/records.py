"""The frozen records the engine computes on.

Units are SI throughout: bytes, seconds, FLOP/s, bytes/s, watts. Counts that a slider may vary smoothly
(layers, hidden size, ...) are floats; named models carry whole numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Attention = Literal["mha", "mla", "hybrid"]
"""How keys and values are formed; grouped-query and multi-query are ``mha`` with fewer ``kv_heads``."""

Precision = Literal["fp32", "tf32", "fp16", "bf16", "fp8", "mxfp8", "nvfp4"]
Recompute = Literal["none", "selective", "full"]
Sharding = Literal["none", "zero1", "zero2", "zero3"]
AttentionKernel = Literal["fa2", "tuned", "masked"]
"""FlashAttention-2 (arXiv 2307.08691); one written for the architecture: FlashAttention-3, cuDNN's; or, of
PyTorch's, the one that takes a mask, as of padding, which the others refuse (memory-efficient attention)."""
Offload = Literal["none", "optimizer", "states"]
"""What waits in the host's memory: nothing, the optimizer's states (ZeRO-Offload, arXiv 2101.06840), or the
weights too (DeepSpeed's ZeRO-3 offload, FSDP's CPU offload)."""
Schedule = Literal["1f1b", "zero-bubble", "zbv", "v-half", "dualpipe"]
"""The order in which pipeline stages run passes; ``1f1b`` is interleaved where a stage has chunks."""
SCHEDULE_CODES: dict[Schedule, int] = {"1f1b": 0, "zero-bubble": 1, "zbv": 2, "v-half": 3, "dualpipe": 4}
Method = Literal["full", "lora", "qlora"]
AdaptedMatrix = Literal["query", "key", "value", "output", "up", "down"]
"""Matrices of a layer that adapters change: those into the feed-forward, its gate's too, are ``up``."""
ADAPTED_MATRICES: tuple[AdaptedMatrix, ...] = ("query", "key", "value", "output", "up", "down")
Optimizer = Literal[
    "adamw", "adamw-bf16", "adamw-8bit", "adamw-8bit-paged", "muon", "lion", "adafactor", "sgd"
]
"""``adamw`` keeps 32-bit master weights and moments, as do those called otherwise; its variants are named for
how they keep their moments.
Paged ones move to the host's memory when the accelerator's runs short."""
Stack = Literal["vendor", "open", "research"]


@dataclass(frozen=True, slots=True)
class Accelerator:
    """One accelerator and the server and network it is sold in."""

    id: str
    name: str
    vendor: str
    architecture: str
    """Family that shares kernels and efficiencies: "Ampere", "Hopper", "Blackwell", "CDNA3", "TPU"..."""
    peak_flops: Mapping[str, float]
    """Dense peak in FLOP/s by number format: fp32, tf32, bf16, fp16, fp8, fp4 (absent = unsupported)."""
    memory_bytes: float
    memory_bandwidth: float
    """HBM or GDDR, bytes/s."""
    scaleup_bandwidth: float
    """NVLink, ICI, Infinity Fabric or PCIe between accelerators of one domain: bytes/s per direction each."""
    scaleup_domain: int
    """Accelerators that reach each other at ``scaleup_bandwidth`` (8, 72, a TPU pod; 1 = none)."""
    scaleout_bandwidth: float
    """Network between domains, bytes/s per direction per accelerator."""
    node_size: int
    """Accelerators of one server; clusters are built of whole ones."""
    power_w: float
    """Board power limit, W."""
    server_power_w: float
    """Nameplate server power divided by its accelerators, W."""
    scaleup_meshed: bool = False
    """Whether each two of a domain have a link of their own, instead of a switch between all."""
    measured_flops: Mapping[str, float] = field(default_factory=dict)
    """FLOP/s of the best large product anybody measured, by number format (absent = not measured)."""


@dataclass(frozen=True, slots=True)
class Transformer:
    """The shape of a decoder-only transformer, dense or mixture of experts."""

    name: str
    layers: float
    hidden: float
    heads: float
    kv_heads: float
    head_dim: float
    ffn: float
    """Inner width of a dense feed-forward layer."""
    vocabulary: float
    gated: bool = True
    """SwiGLU or GeGLU: three matrices a feed-forward instead of two."""
    tied_embeddings: float = 0.0
    """Share of the output projection that is the embedding table again: 1 where it is tied, 0 where it is a
    table of its own, between for shapes that stand for many models (``shapes.shape_for``)."""
    attention: Attention = "mha"
    window: float | None = None
    """Tokens a sliding-window layer looks back; None = every layer sees the whole sequence."""
    windowed_layers: float = 0.0
    """Layers with a window; in a hybrid those that mix by a state space, a chunk of tokens at a time."""
    chunked: bool = False
    """Whether a windowed layer sees its own chunk of ``window`` tokens, not the last ``window`` (Llama 4)."""
    index_layers: float = 0.0
    """Layers with an indexer that scores the whole sequence, so that windowed layers attend to the ``window``
    positions it chooses (DeepSeek sparse attention); 0 = windows are the nearest positions."""
    index_heads: float = 0.0
    index_dim: float = 0.0
    """Width of an indexer's head."""
    full_head_dim: float = 0.0
    """Width of a head in layers without a window; 0 = as in the others (Gemma 4)."""
    full_kv_heads: float = 0.0
    """Key-value heads of layers without a window; 0 = as in the others."""
    full_keys_as_values: bool = False
    """Whether layers without a window use their keys as values, so that they have one projection for both."""
    shared_kv_layers: float = 0.0
    """Layers that attend to an earlier layer's keys and values, and have none of their own (Gemma 3n)."""
    layer_table_width: float = 0.0
    """Width of a second embedding, looked up anew in every layer (Gemma 3n); 0 = none."""
    state_width: float = 0.0
    """Inner width of a state-space layer, what its output projection reads; 0 = shaped like attention."""
    state_projected: float = 0.0
    """Columns of its input projection: values and gate, keys and queries, a step for each head."""
    q_lora_rank: float = 0.0
    kv_lora_rank: float = 0.0
    qk_nope_dim: float = 0.0
    qk_rope_dim: float = 0.0
    v_head_dim: float = 0.0
    moe_layers: float = 0.0
    """How many of ``layers`` hold experts; 0 = dense."""
    experts: float = 0.0
    top_k: float = 0.0
    shared_experts: float = 0.0
    expert_ffn: float = 0.0
    expert_biases: bool = False
    """Whether the experts' matrices have biases (gpt-oss)."""
    expert_hidden: float = 0.0
    """Width tokens are projected to before they are sent to routed experts (0 = not projected)."""
    feedforward_layers: float | None = None
    """Layers followed by a feed-forward, experts included; None = all."""
    mtp_layers: float = 0.0
    """Multi-token-prediction modules: extra layers used in training only."""
    learned_positions: float = 0.0
    """Rows of a learned position table (0 = rotary or none)."""

    @property
    def is_moe(self) -> bool:
        """Whether any layer routes tokens to experts."""
        return self.moe_layers > 0


@dataclass(frozen=True, slots=True)
class Workload:
    """One optimizer step as the hardware sees it: lengths, batch, number formats, method."""

    sequence: float
    """Tokens a sequence."""
    global_batch: float
    """Sequences an optimizer step, over all replicas."""
    precision: Precision = "bf16"
    """Number format of the matrix multiplies."""
    method: Method = "full"
    lora_rank: float = 16.0
    optimizer: Optimizer = "adamw"
    flash_attention: bool = True
    update_in_backward: bool = False
    """Whether each weight is updated as its gradient appears, so that gradients never pile up (LOMO,
    arXiv 2306.09782); needs one microbatch a step."""
    offload_activations: bool = False
    """Whether the layer inputs that full recomputation keeps wait in the host's memory."""
    recompute_share: float = 1.0
    """Share of the layers that full recomputation repeats: some where memory lacks room for a few only
    (``recompute_num_layers`` of Megatron-Core)."""
    whole_logits: bool = False
    """Whether the loss widens all logits of a microbatch at once, though its framework can take chunks."""
    wide_experts: bool = False
    """Whether QLoRA leaves experts in 16 bits: what quantises linear layers passes over those that are one
    tensor."""
    fused_kernels: bool = False
    """Whether kernels written for it compute norms, activations and, in chunks, the loss (Liger), though its
    framework runs operator by operator."""
    document: float = math.inf
    """Mean tokens of a document where several are packed into a sequence and masked apart; attention sees no
    further."""
    offload: Offload = "none"
    """What waits in the memory of the host, which then updates the weights."""
    schedule: Schedule = "1f1b"
    """Of the pipeline, where there is one."""
    lora_targets: frozenset[AdaptedMatrix] = frozenset(ADAPTED_MATRICES)
    """Matrices that have adapters, in every layer; all experts' where they are of the feed-forward."""
    compiled: bool = False
    """Whether a compiler fuses what its framework runs operator by operator."""
    quantised_inputs: float = 0.0
    """Times QLoRA's products keep their 16-bit inputs, which no gradient needs (``SourcedProfile``)."""
    autocast: bool = False
    """Whether weights and the residual stream are of 32 bits and every product casts its operands to 16
    (``torch.autocast``)."""

    @property
    def whole_batch(self) -> bool:
        """Whether the batch is so many sequences; one of a law, or of round tokens, is about so many: whoever
        runs it takes what the replicas share evenly."""
        return float(self.global_batch).is_integer()

    @property
    def attended(self) -> float:
        """Tokens attention sees at most: a sequence's, or a packed document's."""
        return min(self.sequence, self.document)

    @property
    def experts_unquantised(self) -> bool:
        """Whether experts are the part of a quantised model that is not."""
        return self.method == "qlora" and self.wide_experts


@dataclass(frozen=True, slots=True)
class Habits:
    """What a framework does that changes how fast a step is, where known; else as its tier and date do it."""

    attention: AttentionKernel | None = None
    """The kernel of fused attention; None = as the tier and the date have it."""
    overlapping: bool = False
    """Whether it hides the experts' all-to-all whatever its year."""
    deduplicated: bool = False
    """Whether it sends a token once to all experts that want it in a domain, whatever its year."""
    eager: bool = False
    """Whether operators run one by one, each through memory."""
    tuned: bool = False
    """Whether a whole step is written by hand or compiled as one: its kernels are as good as the vendor's."""
    asynchronous: bool = False
    """Whether most of the traffic of tensor parallel is hidden."""
    exposed: bool = False
    """Whether no traffic is."""
    looped: bool = False
    """Whether experts are modules of their own, called one after another."""
    uncaptured: bool = False
    """Whether every kernel of a routed layer is launched by itself, where its tier captures some, and tokens
    are sorted operator by operator."""
    rowwise: bool = False
    """Whether 8-bit operands are scaled by rows and columns rather than as a whole."""
    wide_gradients: bool = False
    """Whether gradients are reduced in 32 bits, where the tier's are in 16."""
    narrow_gradients: bool = False
    """Whether they are reduced in 16 bits, where the tier's are in 32."""
    wide_gathers: bool = False
    """Whether weights of 8-bit products are gathered in 16 bits and cast in every pass."""
    module_fetches: bool = False
    """Whether ZeRO-3 fetches weights module by module, and no more ahead than it may hold whole."""
    stops_early: bool | None = None
    """Whether recomputing a whole layer ends with the last tensor a gradient needs."""
    trainer: bool = False
    """Whether Transformers' trainers run the step, whose update by the host was measured to be slower."""
    host_kernel: bool = False
    """Whether a host updates weights by a kernel written for that (DeepSpeed's CPUAdam), not by PyTorch's."""
    power_limited: bool = False
    """Whether its accelerators are held below their rated power."""
    matmul: float | None = None
    """FLOP/s of a large product in the run's number format, where somebody measured it: in place of the share
    of the peak that the architecture, the tier and the date would give."""


@dataclass(frozen=True, slots=True)
class Pins:
    """Parts of the layout the user has fixed; None = let the search choose."""

    tp: int | None = None
    pp: int | None = None
    vp: int | None = None
    cp: int | None = None
    ep: int | None = None
    microbatch: int | None = None
    recompute: Recompute | None = None
    sharding: Sharding | None = None
    sequence_parallel: bool | None = None
