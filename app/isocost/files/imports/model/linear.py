"""The linear layers of hybrids and of state-space models, from their facts."""

from __future__ import annotations

import math

from isocost.files.imports.model.blocks import (
    DeltaNet,
    KimiDelta,
    Lightning,
    Mamba1,
    Mamba2,
    Mixer,
    ShortConvolution,
)
from isocost.files.imports.model.facts import Facts
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr

STEP_RANK_SHARE = 16
"""Mamba's step comes from a sixteenth of the hidden size, where it is "auto"."""


def linear_mixer(facts: Facts, hidden: int) -> Mixer:
    """The linear layer of a family. Raises NotUnderstoodError: none is known, or a key is wrong."""
    makers = {
        "delta": _delta,
        "kimi": _kimi,
        "mamba1": _mamba1,
        "mamba2": _mamba2,
        "lightning": _lightning,
        "convolution": _convolution,
    }
    found = makers.get(facts.word("linear"))
    if found is None:
        raise NotUnderstoodError(
            tr(
                "{place}layer_types: names linear layers, whose shape is not known of this family.",
                place=facts.place,
            )
        )
    return found(facts, hidden)


def _delta(facts: Facts, _: int) -> Mixer:
    names = ("key_heads", "value_heads", "key_dim", "value_dim", "conv")
    return DeltaNet(*(facts.count(name, 1) for name in names))


def _kimi(facts: Facts, _: int) -> Mixer:
    return KimiDelta(*(facts.count(name, 1) for name in ("linear_heads", "linear_dim", "conv")))


def _lightning(facts: Facts, hidden: int) -> Mixer:
    heads = facts.count("heads", 1)
    return Lightning(heads, facts.whole("head_dim", 1) or max(1, hidden // heads))


def _convolution(facts: Facts, _: int) -> Mixer:
    return ShortConvolution(facts.count("conv", 1), facts.flag("conv_bias"))


def _mamba1(facts: Facts, hidden: int) -> Mixer:
    rank = facts.held("step_rank")[1]
    step = math.ceil(hidden / STEP_RANK_SHARE) if rank == "auto" else facts.count("step_rank", 1)
    width = facts.whole("ssm_width", 1) or facts.count("ssm_expand", 1) * hidden
    return Mamba1(
        width=width,
        state=facts.count("ssm_state", 1),
        step_rank=step,
        conv=facts.count("conv", 1),
        conv_bias=facts.flag("conv_bias"),
        bias=facts.flag("ssm_bias"),
        norms=facts.flag("ssm_norms"),
    )


def _mamba2(facts: Facts, hidden: int) -> Mixer:
    heads = facts.count("ssm_heads", 1)
    given = facts.held("ssm_dim")[1]
    if given in (None, "auto"):
        width = facts.whole("ssm_width", 1) or facts.count("ssm_expand", 1) * hidden
        dim = max(1, width // heads)
    else:
        dim = facts.count("ssm_dim", 1)
    return Mamba2(
        heads=heads,
        head_dim=dim,
        groups=facts.count("ssm_groups", 1),
        state=facts.count("ssm_state", 1),
        conv=facts.count("conv", 1),
        conv_bias=facts.flag("conv_bias"),
        bias=facts.flag("ssm_bias"),
        norm="ssm_norm" not in facts.family.defaults or facts.flag("ssm_norm"),
    )
