"""What cannot be said in a table: how each framework's own words make a layout, a precision, a recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isocost.files.imports.settings.rules import families, hugging, megatron, recipes, reinforcement, torch
from isocost.files.imports.settings.run import Run

RULES: Mapping[str, Callable[[Run], None]] = {
    "megatron": megatron.megatron,
    "bridge": megatron.bridge,
    "nemo": megatron.nemo,
    "nemo2": megatron.nemo2,
    "megatron_swift": megatron.megatron_swift,
    "torchtitan": torch.torchtitan,
    "automodel": torch.automodel,
    "olmo": torch.olmo,
    "maxtext": families.maxtext,
    "nanochat": families.nanochat,
    "nanogpt": families.nanogpt,
    "llmc": families.llmc,
    "deepspeed": hugging.deepspeed,
    "accelerate": hugging.accelerate,
    "hf": hugging.hf,
    "trl": hugging.trl,
    "axolotl": hugging.axolotl,
    "llama_factory": hugging.llama_factory,
    "swift": hugging.swift,
    "torchtune": recipes.torchtune,
    "litgpt": recipes.litgpt,
    "nanotron": recipes.nanotron,
    "foundry": recipes.foundry,
    "verl": reinforcement.verl,
    "nemo_rl": reinforcement.nemo_rl,
    "openrlhf": reinforcement.openrlhf,
}
"""By the name a framework's table gives."""
