"""A plausible transformer for any number of parameters: for sliders and for models of unknown shape.

How deep, how wide across the heads and with what vocabulary follows what models of the size have, from a
table that the catalogue hands in. Everything varies continuously with the parameters, so an estimate made
from it does too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from isocost.engine.architecture import attention_parameters, parameters
from isocost.engine.records import Transformer
from isocost.quantities import format_significant

ROUTED = 8.0
"""Experts a token is sent to (DeepSeek-V3, Qwen3, Kimi K2)."""
KV_HEADS = 8.0
"""Most key-value heads of grouped-query attention (Llama 3, Qwen3)."""
HEAD_DIM = 128.0
"""Width of a head (Llama 3, Qwen3)."""
FULL_HEAD_HIDDEN = 2048.0
"""Below this hidden size heads narrow, as the square root: 68 at 576, where SmolLM2 135M has 64."""

HYBRID_ATTENTION_SHARE = 0.125
"""Layers of a hybrid model that keep full attention (Nemotron-H, Nemotron 3: 8-12 %)."""
HYBRID_CHUNK = 256.0
"""Tokens a state-space layer mixes quadratically at a time (Mamba-2's chunk, arXiv 2405.21060)."""
STATE_PROJECTED = 2.3
"""Columns of a state-space layer's input projection over its inner width (Nemotron-H and 3: 2.1-2.5)."""

BEYOND = 4
"""Rows of the table over which the growth of depth is taken that goes on beyond it: models there are few."""

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


@dataclass(frozen=True, slots=True)
class UsualShapes:
    """What is usual of transformers at each size: rows by parameters a token meets, and what holds at all."""

    parameters: tuple[float, ...]
    """Parameters a token meets, rising; between rows logarithms are interpolated."""
    layers: tuple[float, ...]
    """Layers of a dense model. Beyond the largest size they grow as they do on the way there."""
    moe_layers: tuple[float, ...]
    """Layers of a mixture of experts, likewise."""
    attention: tuple[float, ...]
    """Width of a dense model's heads together over its hidden size."""
    vocabulary: tuple[float, ...]
    """Rows of the embedding table. Below the smallest size they shrink with the parameters, so that tables
    stay the part of a model they are there."""
    tied_embeddings: tuple[float, ...]
    """Share of models whose output projection is the embedding table again."""
    ffn: float
    """Inner width of a gated dense feed-forward over the hidden size."""
    kv_heads: float
    """Key-value heads over heads, where that is fewer than ``KV_HEADS``."""
    moe_attention: float
    """Width of a mixture's heads together over its hidden size."""
    moe_ffn: float
    """Inner width of all experts a token meets, over the hidden size."""

    def at(self, met: float, is_moe: bool) -> tuple[float, float, float, float]:
        """Layers, width of the heads, vocabulary and tied share of models whose tokens meet ``met``."""
        sizes = np.log(self.parameters)
        size = math.log(met)
        deep = self.moe_layers if is_moe else self.layers
        layers, attention, vocabulary = (
            math.exp(np.interp(size, sizes, np.log(column)))
            for column in (deep, self.attention, self.vocabulary)
        )
        if met > self.parameters[-1]:
            way = max(-1 - BEYOND, -len(deep))
            growth = math.log(deep[-1] / deep[way]) / (sizes[-1] - sizes[way])
            layers *= math.exp(growth * (size - sizes[-1]))
        vocabulary *= min(1.0, met / self.parameters[0])
        tied = float(np.interp(size, sizes, self.tied_embeddings))
        return layers, self.moe_attention if is_moe else attention, vocabulary, tied


def shape_for(
    total: float,
    usual: UsualShapes,
    active: float | None = None,
    vocabulary: float | None = None,
    name: str = "",
) -> Transformer:
    """The transformer whose parameters are ``total``, or ``total`` with ``active`` for a mixture of experts.

    Counts are matched exactly by solving for the hidden size (and the number of experts); the shape is
    therefore fractional, the tied share of its embeddings too. ``active`` of None or not below ``total``
    means dense. Source: ``resources/usual_shapes.yaml``, fitted to the catalogue's models.

    Raises:
        ValueError: ``total`` is not a positive number, or ``active`` cannot even hold the routers of the
            experts.
    """
    if not (math.isfinite(total) and total > 0):
        raise ValueError(f"Total parameters must be a positive number, not {total!r}.")
    met = total if active is None else min(active, total)
    if not met > 0:
        raise ValueError(f"Active parameters must be a positive number, not {active!r}.")
    return _solve(_family(met, total - met, usual, vocabulary, name), met, total)


@lru_cache(maxsize=64)
def least_active(total: float, usual: UsualShapes) -> float:
    """The least parameters a token can meet in a mixture of ``total`` that :func:`shape_for` can build.

    Below it the routers of ever more, ever smaller experts would take more than all of it. Found by halving
    the logarithm, to a part in a million. Raises ValueError if ``total`` is not a positive number.
    """
    refused, built = math.log(total * LEAST_ACTIVE_SHARE), math.log(total)
    while built - refused > LEAST_ACTIVE_STEP:
        middle = 0.5 * (refused + built)
        try:
            shape_for(total, usual, math.exp(middle))
        except ValueError:
            refused = middle
        else:
            built = middle
    return math.exp(built)


def hybrid_for(total: float, usual: UsualShapes, active: float | None = None, name: str = "") -> Transformer:
    """The stand-in for a hybrid of unknown shape.

    A transformer of the same total and active parameters most of whose layers mix by a state space of as many
    parameters as attention. Raises ValueError as :func:`shape_for` does.
    """
    shape = shape_for(total, usual, active, name=name)
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


Family = Callable[[float], Transformer]
"""Members of one size by their hidden width."""


def _family(met: float, dormant: float, usual: UsualShapes, vocabulary: float | None, name: str) -> Family:
    """Shapes usual where a token meets ``met`` parameters and not ``dormant`` ones."""
    is_moe = dormant > 0
    layers, attention, tokens, tied = usual.at(met, is_moe)
    tokens = tokens if vocabulary is None else vocabulary

    def member(hidden: float) -> Transformer:
        head_dim = HEAD_DIM * min(1.0, math.sqrt(hidden / FULL_HEAD_HIDDEN))
        heads = attention * hidden / head_dim
        expert_ffn = usual.moe_ffn * hidden / ROUTED
        return Transformer(
            name=name,
            layers=layers,
            hidden=hidden,
            heads=heads,
            kv_heads=min(usual.kv_heads * heads, KV_HEADS),
            head_dim=head_dim,
            ffn=usual.ffn * hidden,
            vocabulary=tokens,
            tied_embeddings=tied,
            moe_layers=layers if is_moe else 0.0,
            experts=ROUTED + dormant / (layers * 3.0 * hidden * expert_ffn) if is_moe else 0.0,
            top_k=ROUTED if is_moe else 0.0,
            expert_ffn=expert_ffn if is_moe else 0.0,
        )

    return member


def _solve(member: Family, active: float, total: float) -> Transformer:
    """The member with ``active`` parameters, by Newton's method on log parameters against log width.

    The count is nearly a posynomial of the width, hence convex in these coordinates: from above, the steps
    descend to the wider of the two widths that fit (the other spends everything on routers).
    """
    target = math.log(active)
    # About the square root of a double's precision, where the error of a difference quotient is least.
    step = 1e-6
    # Wider than any that fits: one square matrix a layer would hold all parameters.
    x = 0.5 * math.log(active / member(1.0).layers)

    def excess(log_width: float) -> float:
        return math.log(parameters(member(math.exp(log_width))).active) - target

    for _ in range(SOLVER_STEPS):
        error = excess(x)
        if abs(error) < SOLVER_TOLERANCE:
            return member(math.exp(x))
        slope = (excess(x + step) - error) / step
        if slope < LEAST_SLOPE:
            break
        x -= error / slope
    raise ValueError(
        f"{format_significant(active, 3)} active of {format_significant(total, 3)} "
        "total parameters cannot be built: the routers alone "
        "would take more. Raise the active parameters or lower the total."
    )
