"""A plausible transformer for any number of parameters: for sliders and for models of unknown shape.

The proportions follow the open models of 2023-2025 (Llama 2/3, Qwen3, DeepSeek-V3, OLMo 2). Everything varies
continuously with the parameters, so an estimate made from it does too.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from isocost.engine.architecture import attention_parameters, parameters
from isocost.engine.records import Transformer
from isocost.quantities import format_significant

LARGEST_VOCABULARY = 128_256.0
"""Llama 3's tokenizer, typical of models above a few billion parameters."""
VOCABULARY_SCALE = 3e9
"""Active parameters around which vocabularies stop growing. Chosen, as the exponent: see there."""
VOCABULARY_EXPONENT = 0.45
"""Small models carry small vocabularies: about 30,000 at 124M parameters, 3,000 at 1M."""
VOCABULARY_SHARPNESS = 4
"""Power with which the growing and the constant part meet. Chosen: smooth, and soon close to either."""

REFERENCE_HIDDEN = 4096.0
REFERENCE_LAYERS = 36.0
"""Layers at that width, as Qwen3 8B has them."""
DEPTH_EXPONENT = 0.8
"""Layers grow a little slower than width above a few billion parameters: 63 at 8,192, 109 at 16,384."""
SMALL_LAYERS = 22.0
"""Layers of smaller models, whatever their width: fitted by least absolute deviation of the logarithm to the
catalogue's 31 gated dense models below 3.5 billion parameters, makers weighing as the root of their models
(SmolLM2 135M has 30, Qwen2.5 0.5B 24, Qwen3 1.7B 28, Llama 3.2 1B 16). It holds with any maker left out:
``tests/catalog/test_shapes_by_size.py``."""
DEPTH_SHARPNESS = 6
"""Power with which the constant and the growing part meet. Chosen: of 3, 4, 6 and 8 all fit within 7 %."""
NARROWEST_HIDDEN = 576.0
"""The narrowest of those models (SmolLM2 135M): below it layers shrink with the width."""
NARROW_EXPONENT = 0.6
"""Layers over width below that: 9 at 128, as Pythia's 6 of 128 and 256 and GPT-2's 12 of 768. Chosen."""

DENSE_FFN_RATIO = 3.5
"""Inner width of a dense feed-forward over the hidden size (Llama 3 8B and 70B)."""
MOE_FFN_RATIO = 3.0
"""Inner width of all experts a token meets, over the hidden size (Qwen3 3.0, DeepSeek-V3 2.6)."""
ROUTED = 8.0
"""Experts a token is sent to (DeepSeek-V3, Qwen3, Kimi K2)."""
KV_HEADS = 8.0
"""Key-value heads of grouped-query attention (Llama 3, Qwen3)."""
HEAD_DIM = 128.0
"""Width of a head (Llama 3, Qwen3)."""
FULL_HEAD_HIDDEN = 2048.0
"""Below this hidden size heads narrow, as the square root."""

HYBRID_ATTENTION_SHARE = 0.125
"""Layers of a hybrid model that keep full attention (Nemotron-H, Nemotron 3: 8-12 %)."""
HYBRID_CHUNK = 256.0
"""Tokens a state-space layer mixes quadratically at a time (Mamba-2's chunk, arXiv 2405.21060)."""
STATE_PROJECTED = 2.3
"""Columns of a state-space layer's input projection over its inner width (Nemotron-H and 3: 2.1-2.5)."""

SOLVER_STEPS = 60
"""Newton steps before a shape is given up."""
SOLVER_TOLERANCE = 1e-12
"""Error of the logarithm of the parameters at which a shape is taken."""
LEAST_SLOPE = 0.2
"""Growth of log parameters with log width below which Newton's steps are near the curve's minimum, where
routers take over: the next would leave the branch that is looked for. Chosen."""

LEAST_ACTIVE_SHARE = 1e-6
"""A share of active parameters that no mixture of the family reaches, at any size."""
LEAST_ACTIVE_STEP = 1e-6
"""Distance of logarithms at which the least active parameters are known."""


def default_vocabulary(active: float) -> float:
    """Vocabulary typical of a model with ``active`` parameters; rises smoothly to 128,256.

    >>> round(default_vocabulary(124e6)), round(default_vocabulary(70e9))
    (30554, 128146)
    """
    scale = math.pow(active / VOCABULARY_SCALE, VOCABULARY_EXPONENT)
    capped = math.pow(1.0 + scale**VOCABULARY_SHARPNESS, 1.0 / VOCABULARY_SHARPNESS)
    return LARGEST_VOCABULARY * scale / capped


def shape_for(
    total: float, active: float | None = None, vocabulary: float | None = None, name: str = ""
) -> Transformer:
    """The transformer whose parameters are ``total``, or ``total`` with ``active`` for a mixture of experts.

    Counts are matched exactly by solving for the hidden size (and the number of experts); the shape is
    therefore fractional. ``active`` of None or not below ``total`` means dense. Source: proportions of Llama
    3 (arXiv 2407.21783), Qwen3 (2505.09388) and DeepSeek-V3 (2412.19437).

    >>> shape = shape_for(8.03e9)
    >>> round(parameters(shape).total), round(shape.hidden), round(shape.layers)
    (8030000000, 3927, 35)

    Raises:
        ValueError: ``total`` is not a positive number, or ``active`` cannot even hold the routers of the
            experts.
    """
    if not (math.isfinite(total) and total > 0):
        raise ValueError(f"Total parameters must be a positive number, not {total!r}.")
    met = total if active is None else min(active, total)
    if not met > 0:
        raise ValueError(f"Active parameters must be a positive number, not {active!r}.")
    tokens = default_vocabulary(met) if vocabulary is None else vocabulary
    return _solve(met, total - met, tokens, name)


@lru_cache(maxsize=64)
def least_active(total: float) -> float:
    """The least parameters a token can meet in a mixture of ``total`` that :func:`shape_for` can build.

    Below it the routers of ever more, ever smaller experts would take more than all of it. Found by halving
    the logarithm, to a part in a million. Raises ValueError if ``total`` is not a positive number.
    """
    refused, built = math.log(total * LEAST_ACTIVE_SHARE), math.log(total)
    while built - refused > LEAST_ACTIVE_STEP:
        middle = 0.5 * (refused + built)
        try:
            shape_for(total, math.exp(middle))
        except ValueError:
            refused = middle
        else:
            built = middle
    return math.exp(built)


def working_shape(t: Transformer) -> Transformer:
    """The transformer to compute with: ``t`` itself, or a stand-in when ``t`` is a hybrid.

    A hybrid of unknown shape becomes a transformer of the same total and active parameters most of whose
    layers mix by a state space of as many parameters as attention. Raises ValueError if its total is unknown.
    """
    if t.attention != "hybrid" or t.layers > 0:
        return t
    if t.published_total is None:
        raise ValueError(f"{t.name} is a hybrid model: its total parameters must be given.")
    vocabulary = t.vocabulary if t.vocabulary > 0 else None
    shape = shape_for(t.published_total, t.published_active, vocabulary, t.name)
    windowed = (1.0 - HYBRID_ATTENTION_SHARE) * shape.layers
    width = attention_parameters(shape) / shape.hidden / (1.0 + STATE_PROJECTED)
    return replace(
        shape,
        attention="hybrid",
        window=HYBRID_CHUNK,
        windowed_layers=windowed,
        state_width=width,
        state_projected=STATE_PROJECTED * width,
    )


def usual_layers(hidden: float) -> float:
    """Layers usual at a hidden size, between numbers that are whole in real models.

    >>> [round(usual_layers(hidden)) for hidden in (128.0, 576.0, 2048.0, 4096.0, 16384.0)]
    [9, 22, 24, 36, 109]
    """
    small = SMALL_LAYERS * min(1.0, hidden / NARROWEST_HIDDEN) ** NARROW_EXPONENT
    large = REFERENCE_LAYERS * (hidden / REFERENCE_HIDDEN) ** DEPTH_EXPONENT
    return math.pow(small**DEPTH_SHARPNESS + large**DEPTH_SHARPNESS, 1.0 / DEPTH_SHARPNESS)


def _shape(hidden: float, dormant: float, vocabulary: float, name: str) -> Transformer:
    """The family's member of one width, with ``dormant`` parameters in experts a token does not meet."""
    layers = usual_layers(hidden)
    head_dim = HEAD_DIM * min(1.0, math.sqrt(hidden / FULL_HEAD_HIDDEN))
    heads = hidden / head_dim
    expert_ffn = MOE_FFN_RATIO * hidden / ROUTED
    is_moe = dormant > 0
    return Transformer(
        name=name,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=min(heads, KV_HEADS),
        head_dim=head_dim,
        ffn=DENSE_FFN_RATIO * hidden,
        vocabulary=vocabulary,
        moe_layers=layers if is_moe else 0.0,
        experts=ROUTED + dormant / (layers * 3.0 * hidden * expert_ffn) if is_moe else 0.0,
        top_k=ROUTED if is_moe else 0.0,
        expert_ffn=expert_ffn if is_moe else 0.0,
    )


def _solve(active: float, dormant: float, vocabulary: float, name: str) -> Transformer:
    """Newton's method on log parameters against log width.

    The count is nearly a posynomial of the width, hence convex in these coordinates: from above, the steps
    descend to the wider of the two widths that fit (the other spends everything on routers).
    """
    target = math.log(active)
    # About the square root of a double's precision, where the error of a difference quotient is least.
    step = 1e-6
    trunk = REFERENCE_LAYERS * REFERENCE_HIDDEN**-DEPTH_EXPONENT * 3.0 * MOE_FFN_RATIO
    x = math.log(active / trunk) / (2.0 + DEPTH_EXPONENT)

    def excess(log_width: float) -> float:
        return math.log(parameters(_shape(math.exp(log_width), dormant, vocabulary, name)).active) - target

    for _ in range(SOLVER_STEPS):
        error = excess(x)
        if abs(error) < SOLVER_TOLERANCE:
            return _shape(math.exp(x), dormant, vocabulary, name)
        slope = (excess(x + step) - error) / step
        if slope < LEAST_SLOPE:
            break
        x -= error / slope
    raise ValueError(
        f"{format_significant(active, 3)} active of {format_significant(active + dormant, 3)} "
        "total parameters cannot be built: the routers alone "
        "would take more. Raise the active parameters or lower the total."
    )
