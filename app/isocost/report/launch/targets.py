"""The frameworks a plan's layout can be written for, each as text that its own users would write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isocost.language import tr
from isocost.report.launch.body import Body
from isocost.report.launch.megatron import megatron
from isocost.report.launch.rounds import nemo_rl, verl
from isocost.report.launch.titan import torchtitan
from isocost.report.launch.trainers import axolotl, deepspeed
from isocost.report.launch.wanted import Wanted

LABELS = {
    "megatron": "Megatron-LM",
    "torchtitan": "torchtitan",
    "deepspeed": tr("DeepSpeed + HF"),
    "axolotl": "axolotl",
    "nemo-rl": "NeMo-RL",
    "verl": "verl",
}
"""What each target is called."""

TARGETS: Mapping[str, Callable[[Wanted], Body]] = {
    "megatron": megatron,
    "torchtitan": torchtitan,
    "deepspeed": deepspeed,
    "axolotl": axolotl,
    "nemo-rl": nemo_rl,
    "verl": verl,
}
"""By the name of --for."""
