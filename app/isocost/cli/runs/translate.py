"""``isocost translate``: theirs took so many hours on that; what on mine?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from isocost.cli.arguments import add_format, add_scenario, command_parser, number_of
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.plan.kinds import Stage
    from isocost.plan.project.project import Project
    from isocost.plan.values import Hardware, ModelChoice
    from isocost.report.told import Told

DESCRIPTION = (
    "Hours on one kind of accelerator as hours on another: their hours times what is predicted here "
    "over what is predicted there. What was run is a plan's stages, or described with --model, --tokens and "
    "--from."
)
KINDS = ("pretrain", "sft", "lora", "qlora", "rl")
_TUNED = {"lora": "lora", "qlora": "qlora"}


def run(arguments: Sequence[str]) -> int:
    """Print the translation. Raises FileError, UsageError, CatalogError."""
    chosen = _parser().parse_args(arguments)
    said = _told(chosen)
    from isocost.report.told import FORMS

    write(FORMS[chosen.format](said))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("translate", DESCRIPTION)
    parser.add_argument("file", metavar="FILE", nargs="?", help="the plan of what was run there")
    add_scenario(parser)
    parser.add_argument("--stage", metavar="NAME", help="one stage of the plan (default: all that count)")
    where = "ACCELERATOR[:COUNT]"
    parser.add_argument("--to", metavar=where, required=True, help="yours, for example a100-sxm-80gb:8")
    parser.add_argument("--from", dest="there", metavar=where, help="theirs (default: the plan's)")
    parser.add_argument("--hours", metavar="HOURS", help="wall hours it took there (default: as predicted)")
    parser.add_argument("--kind", choices=KINDS, help="what was run, without a plan (default: pretrain)")
    parser.add_argument("--model", metavar="MODEL", help="its model: a name, or a size such as 7B")
    parser.add_argument("--tokens", metavar="TOKENS", help="tokens it was trained on, for example 2T")
    parser.add_argument("--sequence", metavar="TOKENS", help="tokens of a sequence")
    parser.add_argument("--batch", metavar="TOKENS", help="tokens of an optimizer step")
    parser.add_argument("--precision", metavar="FORMAT", help="number format, for example fp8")
    parser.add_argument("--software", metavar="STACK", help="vendor, open or research (default: open)")
    parser.add_argument("--other-code", action="store_true", help="yours runs code of its own, not theirs")
    add_format(parser)
    return parser


def _told(chosen: argparse.Namespace) -> Told:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import open_catalog, scenario_index
    from isocost.plan.compare.translation import translate
    from isocost.report.decisions.comparing import translate as report

    hours = None if chosen.hours is None else number_of("--hours", chosen.hours, "stage.hours")
    if hours is not None and hours <= 0.0:
        raise UsageError("--hours: must be more than none.")
    catalog = open_catalog()
    project = _described(chosen, catalog) if chosen.file is None else _opened(chosen, catalog)
    index = scenario_index(project, chosen.scenario)
    scenario = project.scenarios[index]
    to = _hardware("--to", chosen.to, catalog, scenario.hardware.count)
    stages = None if chosen.stage is None else [_stage(chosen.stage, scenario.stages)]
    try:
        found = translate(
            project,
            to,
            catalog,
            scenario=index,
            stages=stages,
            hours=hours,
            same_code=not chosen.other_code,
        )
    except ValueError as error:
        raise UsageError(f"{chosen.file or 'translate'}: {error}") from error
    return report.told(f"{project.name}: {scenario.name}", found, catalog)


_ALONE = ("kind", "model", "tokens", "sequence", "batch", "precision", "software")


def _opened(chosen: argparse.Namespace, catalog: Catalog) -> Project:
    """The plan in a file, on other accelerators where they are given."""
    from msgspec.structs import replace

    from isocost.cli.plans import open_plan, scenario_index
    from isocost.plan.project.project import replace_scenario

    if given := next((name for name in _ALONE if getattr(chosen, name) is not None), None):
        raise UsageError(f"--{given}: describes a run without a plan; {chosen.file} is one.")
    project = open_plan(chosen.file, catalog)
    if chosen.there is None:
        return project
    index = scenario_index(project, chosen.scenario)
    scenario = project.scenarios[index]
    there = _hardware("--from", chosen.there, catalog, scenario.hardware.count)
    stages = tuple(replace(stage, hardware=None, price=None) for stage in scenario.stages)
    return replace_scenario(project, replace(scenario, hardware=there, stages=stages), scenario=index)


def _described(chosen: argparse.Namespace, catalog: Catalog) -> Project:
    """A plan of what the options say was run."""
    from isocost.plan.project.programme import Supply
    from isocost.plan.project.project import Efficiency, Price, Project, Scenario

    for option, value in (("--model", chosen.model), ("--from", chosen.there)):
        if value is None:
            raise UsageError(f"{option} is missing: give a plan, or --model and --from.")
    for option, value in (("--scenario", chosen.scenario), ("--stage", chosen.stage)):
        if value is not None:
            raise UsageError(f"{option}: is of a plan, and none is given.")
    hardware = _hardware("--from", chosen.there, catalog, 0)
    if hardware.count == 0:
        raise UsageError(f"--from: how many {chosen.there}? Write {chosen.there}:8.")
    software = _choice("--software", chosen.software or "open", "efficiency.stack")
    stage = _run_there(chosen, catalog)
    scenario = Scenario(
        name=stage.name,
        model=_model(chosen.model, catalog),
        hardware=hardware,
        price=Price(0.0),
        efficiency=Efficiency(stack=software),
        supply=Supply(mode="own"),
        stages=(stage,),
    )
    return Project(name=str(chosen.model), scenarios=(scenario,))


def _run_there(chosen: argparse.Namespace, catalog: Catalog) -> Stage:
    """The stage the options describe, its other values those of a new one of its kind."""
    from msgspec.structs import replace

    from isocost.plan.inputs.defaults import new_stage

    kind = chosen.kind or "pretrain"
    stage = new_stage("sft" if kind in _TUNED else kind, catalog)
    given: dict[str, object] = {}
    for name, path in (
        ("tokens", "data.tokens"),
        ("sequence", "data.sequence"),
        ("batch", "data.batch_tokens"),
    ):
        typed = getattr(chosen, name)
        if typed is not None:
            value = number_of(f"--{name}", typed, path)
            given[path.split(".")[1]] = int(value) if name == "sequence" else value
    if chosen.precision is not None:
        given["precision"] = _choice("--precision", chosen.precision, "data.precision")
    if kind == "rl":
        if given:
            raise UsageError("--kind rl: rounds have no tokens of their own; write a plan for other recipes.")
        made: Stage = stage
        return made
    made = replace(stage, data=replace(stage.data, **given))
    if kind in _TUNED:
        made = replace(made, tuning=replace(stage.tuning, method=_TUNED[kind], epochs=1.0))
    elif kind == "sft":
        made = replace(made, tuning=replace(stage.tuning, epochs=1.0))
    return made


def _hardware(option: str, text: str, catalog: Catalog, count: int) -> Hardware:
    """An accelerator and how many; as many as are there where none is given."""
    from isocost.plan.values import Hardware

    label, colon, number = text.rpartition(":")
    if not colon:
        label, number = text, ""
    entry = catalog.accelerator(label.strip())
    alias = catalog.alias(label.strip())
    if number.strip():
        count = int(number_of(option, number, "hardware.count"))
    elif colon:
        raise UsageError(f"{option}: a number is missing after the colon of {text!r}.")
    elif alias is not None and alias.count is not None:
        count = alias.count
    return Hardware(entry.spec.id, count)


def _model(text: str, catalog: Catalog) -> ModelChoice:
    """A model by its name, or of a size."""
    from isocost.plan.values import ModelChoice
    from isocost.quantities import QuantityError, parse

    try:
        parse(text, "number")
    except QuantityError:
        entry = catalog.model(text)
        _ = entry.transformer  # a model without a known shape cannot be planned, which this says
        return ModelChoice(name=entry.name)
    return ModelChoice(parameters=number_of("--model", text, "model.parameters"))


def _choice(option: str, text: str, path: str) -> Any:
    """A word out of a few, as a plan or a framework spells it. Raises UsageError."""
    from isocost.catalog.vocabulary import vocabulary
    from isocost.files.schema import nearest_or_all
    from isocost.plan.inputs.table import CHOICES

    known = list(CHOICES[path].options)
    if text in known:
        return text
    meant = vocabulary().row(path, text)
    if meant is not None and meant.value in known:
        return meant.value
    raise UsageError(f"{option}: unknown value {text!r}; {nearest_or_all(text, known)}")


def _stage(name: str, stages: Sequence[Stage]) -> int:
    """Place of a stage by its name. Raises UsageError."""
    from isocost.files.schema import nearest_or_all

    names = [stage.name for stage in stages]
    if name not in names:
        raise UsageError(f"--stage: unknown stage {name!r}; {nearest_or_all(name, names)}")
    return names.index(name)
