"""A plan's counts brought to what one can have: the input itself changes, and keeps what was typed."""

from __future__ import annotations

import msgspec

from isocost.catalog import Catalog
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.physics.counts import obtained, units_of
from isocost.plan.project.project import Project, Scenario
from isocost.plan.values import Hardware


def with_obtainable_counts(project: Project, catalog: Catalog) -> Project:
    """The project with every accelerator by its id, and every count one that can be had under its scenario's
    terms; itself if all are.

    Claimed stages say what somebody used: they keep their count. Raises CatalogError for an unknown name.
    """
    scenarios = tuple(_scenario(each, catalog) for each in project.scenarios)
    same = all(new is old for new, old in zip(scenarios, project.scenarios, strict=True))
    return project if same else msgspec.structs.replace(project, scenarios=scenarios)


def _scenario(scenario: Scenario, catalog: Catalog) -> Scenario:
    owned = scenario.supply.owns
    shared = [stage for stage in scenario.stages if stage.hardware is None]
    used = not shared or any(not kind_of(stage).claimed for stage in shared)
    hardware = _by_id(scenario.hardware, catalog)
    hardware = _hardware(hardware, owned, catalog) if used else hardware
    stages = tuple(_stage(stage, owned, catalog) for stage in scenario.stages)
    same = all(new is old for new, old in zip(stages, scenario.stages, strict=True))
    if same and hardware is scenario.hardware:
        return scenario
    return msgspec.structs.replace(scenario, hardware=hardware, stages=stages)


def _stage(stage: Stage, owned: bool, catalog: Catalog) -> Stage:
    if stage.hardware is None:
        return stage
    hardware = _by_id(stage.hardware, catalog)
    hardware = hardware if kind_of(stage).claimed else _hardware(hardware, owned, catalog)
    return stage if hardware is stage.hardware else msgspec.structs.replace(stage, hardware=hardware)


def _by_id(hardware: Hardware, catalog: Catalog) -> Hardware:
    """The accelerator by its id: what is of the plan's own part is told by it, whatever people call that.

    A name that says more than the part is kept beside it, for as long as it is one of that part.
    """
    label = hardware.accelerator
    key = catalog.accelerator(label).spec.id
    named = label if label != key and catalog.alias(label) is not None else hardware.named
    if named and (catalog.alias(named) is None or catalog.accelerator(named).spec.id != key):
        named = ""
    same = (key, named) == (label, hardware.named)
    return hardware if same else msgspec.structs.replace(hardware, accelerator=key, named=named)


def _hardware(hardware: Hardware, owned: bool, catalog: Catalog) -> Hardware:
    """What was typed is kept only as long as it leads to this count."""
    units = units_of(catalog.accelerator(hardware.accelerator), owned)
    count = obtained(hardware.count, units)
    if count != hardware.count:
        return msgspec.structs.replace(hardware, count=count, typed=hardware.count)
    if hardware.typed is not None and (hardware.typed == count or obtained(hardware.typed, units) != count):
        return msgspec.structs.replace(hardware, typed=None)
    return hardware
