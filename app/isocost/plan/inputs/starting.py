"""What a plan starts with before anything is typed."""

from __future__ import annotations

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.inputs.table import CHOICES, starting_number
from isocost.plan.project.choosing import price_from
from isocost.plan.project.project import Data, Hardware, ModelChoice, PretrainStage, Price, Project, Scenario

UNTITLED = tr("Untitled plan")


def new_project(catalog: Catalog) -> Project:
    """A plan to start from: every input at its declared default."""
    first = str(CHOICES["hardware.accelerator"].default)
    entry = catalog.accelerators.get(first) or next(iter(catalog.accelerators.values()))
    card = catalog.default_price(entry.spec.id)
    price = price_from(card) if card is not None else Price(usd_per_gpu_hour=2.0)
    stage = PretrainStage(name="Pre-training", data=Data(tokens=starting_number("data.tokens")))
    scenario = Scenario(
        name="Base",
        model=ModelChoice(parameters=starting_number("model.parameters")),
        hardware=Hardware(entry.spec.id, int(starting_number("hardware.count"))),
        price=price,
        stages=(stage,),
    )
    return Project(name=UNTITLED, scenarios=(scenario,))
