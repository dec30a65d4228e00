"""Where a value of a derivation is typed: its input, and the stage that holds it."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import uses
from isocost.plan.money.explain import Explanation
from isocost.plan.money.ownership import PURCHASE
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.project import model_of

_STAGE = {
    "count": "hardware.count",
    "price": "price.usd_per_gpu_hour",
    "rate": "price.usd_per_gpu_hour",
    "purchase": PURCHASE,
    "mfu": "efficiency.mfu",
    "goodput": "efficiency.goodput",
    "waste": "efficiency.waste",
    "tokens": "data.tokens",
    "batch_tokens": "data.batch_tokens",
    "peak_flops": "hardware.accelerator",
    "server_kw": "hardware.accelerator",
    "flops_matmul": "model.name",
    "flops_attention": "model.name",
    "saved_parameters": "model.name",
    "gpu_hours": "stage.gpu_hours",
}
"""Values of a stage, and of what the scenario holds, that are called otherwise than their inputs."""
_OF_SCENARIO = ("hardware", "price", "ownership")
"""Sections that stand with the inputs of a stage, whose values need none."""


@dataclass(frozen=True, slots=True)
class InputPlace:
    """An input of a scenario."""

    path: str
    stage: int | None = None
    """Place of its stage in the scenario; None = it belongs to no one stage."""


def input_of(node: Explanation, on: Reckoning) -> InputPlace | None:
    """Where a value is typed, or can be in place of what is worked out; None = nowhere."""
    if node.key in NUMBERS:
        return InputPlace(node.key)
    found = _place(node.key, on)
    estimated = found is not None and found.path.startswith("efficiency.")
    return found if estimated or not node.inputs else None


def _place(key: str, on: Reckoning) -> InputPlace | None:
    owner, _, rest = key.partition(".")
    if owner == "held":
        path = _STAGE.get(rest, "")
        return InputPlace(path) if path.split(".")[0] in _OF_SCENARIO else None
    place, _, name = rest.partition(".")
    if owner != "stages" or not place.isdigit() or int(place) >= len(on.stages):
        return None
    at = on.stages[int(place)]
    stage = on.scenario.stages[at]
    path = name if name in NUMBERS else _STAGE.get(name, "")
    if path == "model.name" and model_of(on.scenario, stage).name is None:
        path = "model.parameters"  # a shape of one's own has no name to choose
    belongs = path.split(".")[0] in _OF_SCENARIO or uses(stage, path)
    return InputPlace(path, at) if path and belongs else None
