"""What an imported file says, for people and for other programs."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog import Catalog
from isocost.files.imports import Imported
from isocost.files.imports.source import Line, Origin
from isocost.language import tr
from isocost.plan.project.project import PretrainStage, Project
from isocost.quantities import format_count, format_quantity
from isocost.report.forms import json_of
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told, text

ORIGINS: dict[Origin, str] = {
    "file": tr("from file"),
    "given": "given",
    "default": tr("framework's default"),
    "reckoned": "reckoned",
    "not said": tr("not in the file"),
    "ignored": "ignored",
}
"""Where a value is from, in words."""

LINE_COLUMNS = (Column(tr("What")), Column(tr("Value")), Column(tr("Where from")))


def lines_table(lines: Sequence[Line]) -> Table:
    """What was read as a table."""
    return Table(LINE_COLUMNS, tuple((each.label, each.value, ORIGINS[each.origin]) for each in lines))


def imported_text(name: str, found: Imported) -> str:
    """One file's content for a terminal."""
    table = lines_table(found.lines())
    return text(Told(name, found.finding(), (Section(table=table),), found.as_json(), table))


def imported_json(found: Sequence[Imported]) -> str:
    """JSON of what one file says, or a list for several."""
    trees = [dict(each.as_json()) for each in found]
    return json_of(trees[0] if len(trees) == 1 else trees)


def assumed(name: str, project: Project, catalog: Catalog) -> str:
    """What a new plan of a model takes for what no configuration says."""
    scenario = project.scenarios[0]
    stage, hardware = scenario.stages[0], scenario.hardware
    assert isinstance(stage, PretrainStage)
    chips = catalog.accelerator(hardware.accelerator).short_name
    tokens, sequence = format_quantity(stage.data.tokens, "number"), format_count(stage.data.sequence)
    return tr(
        "{name} is a model, put into a new plan. Assumed, as the file does not say: {tokens} "
        "tokens in sequences of {sequence}, {count} {chips} at {quantity} an hour. isocost "
        "model {name} -o plan.yaml makes it a plan to change.",
        name=name,
        tokens=tokens,
        sequence=sequence,
        count=format_count(hardware.count),
        chips=chips,
        quantity=format_quantity(scenario.price.usd_per_gpu_hour, "money"),
    )
