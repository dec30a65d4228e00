"""Training settings -> a stage of a plan; what a plan has no words for is said in the stage's note."""

from __future__ import annotations

import re
from typing import Any, cast, get_args

import msgspec

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.vocabulary import vocabulary
from isocost.files.imports.settings.settled import FIELDS, Settings, origin_words
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.starting import new_project
from isocost.plan.inputs.table import NUMBERS, check
from isocost.plan.kinds.preference import PreferenceStage
from isocost.plan.kinds.reinforcement import AlgorithmName, RlStage, RolloutPhase
from isocost.plan.physics.resolve import impossible_model, transformer_of
from isocost.plan.physics.shape import shape_flaw
from isocost.plan.project.editing import free_name
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import (
    Layout,
    ModelChoice,
    Place,
    Project,
    Scenario,
    Stage,
    replace_scenario,
)
from isocost.plan.values import (
    PrecisionName,
    ScheduleName,
    ShardingName,
    TuningMethod,
    TuningOptimizer,
    TuningTargets,
)

PACKED, UNPACKED = 0.95, 0.35
"""Share of a batch that is real tokens; Tuning.packing says where from."""
LONGEST_NOTE = 4000
LARGEST_DEGREE = 65_536
_SIZE = re.compile(r"(?<![A-Za-z0-9.])(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z0-9])", re.IGNORECASE)
_ACTIVE = re.compile(r"[-_]a(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])", re.IGNORECASE)
_OPTIMIZERS = {"muon+adamw": "muon"}
_SHARDING: dict[tuple[str, str], ShardingName] = {
    ("zero1", "optimizer"): "zero-offload",
    ("zero2", "optimizer"): "zero-offload",
    ("zero3", "optimizer"): "zero3-offload",
    # Parameters in the host's memory take the states with them; on disks it is ZeRO-Infinity.
    ("zero3", "parameters"): "zero3-offload",
    ("zero3", "disk"): "zero-infinity",
}


class _Made:
    """A stage under way, with the words of its note."""

    def __init__(self, settings: Settings, catalog: Catalog) -> None:
        self.settings = settings
        self.catalog = catalog
        self.said: list[str] = list(settings.notes)

    def number(self, path: str, value: Any) -> float | None:
        """A value a plan may hold; None and a sentence where it may not."""
        if value is None:
            return None
        if wrong := check(path, float(value)):
            self.said.append(f"not taken: {wrong}")
            return None
        return int(value) if NUMBERS[path].integer else float(value)


def planned(settings: Settings, project: Project, catalog: Catalog, at: Place) -> Project:
    """The project with a stage as the settings have it.

    A plan that is new becomes that stage alone; another has its first stage of that kind changed, or gets one
    more at its end. Raises NotUnderstoodError where the settings are half of a run.
    """
    if settings.task is None:
        raise NotUnderstoodError(
            tr(
                "{label} settings alone are no run; import them together with the trainer's arguments.",
                label=settings.label,
            )
        )
    _refuse_unmodelled(settings)
    made = _Made(settings, catalog)
    scenario = project.scenarios[at.scenario]
    fresh = project == new_project(catalog)
    place = None if fresh else _place(scenario, _tag(settings), at)
    held = new_stage(_tag(settings), catalog) if place is None else scenario.stages[place]
    model = _model(made)
    stage = _stage(made, held, model)
    hardware = scenario.hardware if stage.hardware is None else stage.hardware
    count = _count(made, hardware.count)
    changed_hardware = msgspec.structs.replace(hardware, count=count, typed=None)
    alone = fresh or (place is not None and len(scenario.stages) == 1)
    layout = _layout(made, held, model)
    if alone:
        stage = msgspec.structs.replace(stage, model=None, layout=None, hardware=None)
        scenario = msgspec.structs.replace(
            scenario, model=model or scenario.model, layout=layout, hardware=changed_hardware, stages=(stage,)
        )
    else:
        own = changed_hardware if count != hardware.count or stage.hardware is not None else None
        stage = msgspec.structs.replace(stage, model=model or stage.model, layout=layout, hardware=own)
        scenario = msgspec.structs.replace(scenario, stages=_with(scenario.stages, stage, place))
    stages = list(scenario.stages)
    index = 0 if alone else len(stages) - 1 if place is None else place
    stages[index] = msgspec.structs.replace(stages[index], note=_note(made))
    scenario = msgspec.structs.replace(scenario, stages=tuple(stages))
    project = replace_scenario(project, scenario, scenario=at.scenario)
    if fresh:
        project = msgspec.structs.replace(project, name=_title(settings))
    return with_obtainable_counts(project, catalog)


def _refuse_unmodelled(settings: Settings) -> None:
    """Raise NotUnderstoodError where a fine-tune is of a method or optimizer that no plan has.

    Another's time and memory would stand for it in the plan, and nothing there would say so.
    """
    if settings.task != "sft":
        return
    for name, known in (("method", get_args(TuningMethod)), ("optimizer", get_args(TuningOptimizer))):
        word = str(settings.get(name) or known[0])
        row = vocabulary().row(f"tuning.{name}", word)
        if word in known or word in _OPTIMIZERS or (row is not None and row.value in known):
            continue
        raise NotUnderstoodError(
            tr(
                "{label} settings: {what} {word!r} is not taken: {why}",
                label=settings.label,
                what=FIELDS[name].lower(),
                word=word[:40],
                why=row.refused if row is not None else tr("known are {list}.", list=", ".join(known)),
            )
        )


def _tag(settings: Settings) -> str:
    return "preference" if settings.pairs and settings.task == "sft" else str(settings.task)


def _place(scenario: Scenario, tag: str, at: Place) -> int | None:
    tags = [str(type(stage).__struct_config__.tag) for stage in scenario.stages]
    if at.stage < len(tags) and tags[at.stage] == tag:
        return at.stage
    return tags.index(tag) if tag in tags else None


def _with(stages: tuple[Stage, ...], stage: Any, place: int | None) -> tuple[Stage, ...]:
    if place is not None:
        return (*stages[:place], stage, *stages[place + 1 :])
    return (*stages, msgspec.structs.replace(stage, name=free_name(stage.name, stages)))


def _title(settings: Settings) -> str:
    named = (settings.model or {}).get("name")
    short = _plain(str(named).rsplit("/", 1)[-1])[:60].strip() if named else ""
    return short or f"{settings.label} run"


def _plain(text: str) -> str:
    """Text of a file without what a plan's own may not hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


# The model


def _model(made: _Made) -> ModelChoice | None:
    """The model by its name in the catalogue, its shape, or the size in its name; None = the plan's stays."""
    named, found = (made.settings.model or {}).get("name"), made.settings.architecture
    if named is not None and (choice := _named(made, str(named))) is not None:
        return choice
    if found is not None:
        shape = found.shape()
        if shape is not None and shape_flaw(ModelChoice(shape=shape)) is None:
            return ModelChoice(shape=shape)
        total, active = found.counts()
        return _sized(made, total, active if found.experts else None, "counted from the shape in the file")
    counted = None if made.settings.run is None else made.settings.run.extra.get("parameters")
    if counted is not None:
        return _sized(made, float(counted), None, "counted from the depth in the file")
    made.said.append(
        f"the model {str(named)[:60]} is not in the catalogue: the plan's stays"
        if named
        else "no model in the file: the plan's stays"
    )
    return None


def _named(made: _Made, name: str) -> ModelChoice | None:
    try:
        entry = made.catalog.model(name)
        choice = ModelChoice(name=entry.name)
        transformer_of(choice, made.catalog)
        return choice
    except CatalogError:
        pass
    base = name.rsplit("/", 1)[-1]
    sizes = _SIZE.findall(_ACTIVE.sub("", base))
    if not sizes:
        return None
    number, unit = sizes[0]
    total = float(number) * (1e9 if unit.lower() == "b" else 1e6)
    active = _ACTIVE.search(base)
    return _sized(
        made, total, float(active.group(1)) * 1e9 if active else None, f"read in the name {base[:60]}"
    )


def _sized(made: _Made, total: float, active: float | None, how: str) -> ModelChoice | None:
    choice = ModelChoice(parameters=total, active_parameters=active)
    if made.number("model.parameters", total) is None or impossible_model(choice):
        return None
    made.said.append(f"{total / 1e9:,.4g} billion parameters, {how}")
    return choice


# The stage


def _stage(made: _Made, held: Any, model: ModelChoice | None) -> Any:
    settings = made.settings
    if isinstance(held, RlStage):
        return _rl(made, held)
    if isinstance(held, PreferenceStage):
        return _preference(made, held)
    data = _data(made, held)
    stage = msgspec.structs.replace(held, data=data)
    if hasattr(held, "tuning"):
        return msgspec.structs.replace(stage, tuning=_tuning(made, held.tuning))
    if settings.get("optimizer") not in (None, "adamw"):
        made.said.append(
            f"optimizer {settings.get('optimizer')}: pre-training is reckoned with AdamW's states"
        )
    if settings.get("method") not in (None, "full"):
        made.said.append(f"{settings.get('method')}: pre-training trains every weight")
    return stage


def _data(made: _Made, held: Any) -> Any:
    settings, data = made.settings, held.data
    values: dict[str, Any] = {}
    tokens = settings.get("tokens")
    for name in ("tokens", "sequence", "batch_tokens"):
        taken = made.number(f"data.{name}", settings.get(name))
        if taken is not None:
            values[name] = int(taken) if name == "sequence" else float(taken)
    if tokens is None:
        made.said.append("tokens are not in the file: the plan's stay")
    if settings.get("batch_tokens") is None and values.get("sequence"):
        made.said.append("the batch is not known without the number of accelerators: the plan's stays")
    precision = settings.get("precision")
    if precision in get_args(PrecisionName):
        values["precision"] = "bf16-true" if settings.get("optimizer") == "adamw-bf16" else precision
    return msgspec.structs.replace(data, **values)


def _tuning(made: _Made, held: Any) -> Any:
    settings = made.settings
    values: dict[str, Any] = {}
    if settings.get("method") in get_args(TuningMethod):
        values["method"] = settings.get("method")
    elif row := vocabulary().row("tuning.method", str(settings.get("method"))):
        values["method"] = row.value
    elif settings.get("method") is None:
        values["method"] = "full"
    if (rank := made.number("tuning.rank", settings.get("lora_rank"))) is not None:
        values["rank"] = float(rank)
    if settings.get("lora_targets") in get_args(TuningTargets):
        values["targets"] = settings.get("lora_targets")
    if settings.get("tokens") is not None:
        values["epochs"] = 1.0  # the tokens are those of all steps
    elif (epochs := made.number("tuning.epochs", settings.get("epochs"))) is not None:
        values["epochs"] = float(epochs)
    if settings.get("packing") is not None:
        values["packing"] = PACKED if settings.get("packing") else UNPACKED
    optimizer = _OPTIMIZERS.get(str(settings.get("optimizer")), settings.get("optimizer"))
    if optimizer in get_args(TuningOptimizer):
        values["optimizer"] = optimizer
    return msgspec.structs.replace(held, **values)


def _preference(made: _Made, held: PreferenceStage) -> PreferenceStage:
    settings = made.settings
    values: dict[str, Any] = {"objective": settings.pairs}
    batch = made.number("preference.batch_pairs", settings.get("global_batch_sequences"))
    if batch is not None:
        values["batch_pairs"] = float(batch) / (2.0 if settings.pairs == "kto" else 1.0)
    if settings.get("precision") in get_args(PrecisionName):
        values["precision"] = settings.get("precision")
    made.said.append("pairs and their lengths are not in the file: the plan's stay")
    preference = msgspec.structs.replace(held.preference, **values)
    return msgspec.structs.replace(held, preference=preference, tuning=_tuning(made, held.tuning))


def _rl(made: _Made, held: RlStage) -> RlStage:
    recipe = made.settings.recipe or {}
    values: dict[str, Any] = {}
    algorithm = recipe.get("algorithm")
    if algorithm in get_args(AlgorithmName):
        values["algorithm"] = algorithm
    elif algorithm:
        made.said.append(f"{str(algorithm)[:40]}: is no algorithm a plan has; the plan's stays")
    for name in ("prompts", "group", "updates_per_round"):
        if (value := made.number(f"rl.{name}", recipe.get(name))) is not None:
            values[name] = float(value)
    if recipe.get("schedule"):
        values["schedule"] = recipe["schedule"]
    phase: RolloutPhase = held.rl.phases[0]
    cap = made.number("phases.cap", recipe.get("response_cap")) or phase.cap
    steps = made.number("phases.steps", recipe.get("steps")) or phase.steps
    half = max(cap / 2.0, 1.0)
    phases = (RolloutPhase(float(steps), min(phase.mean_start, half), min(phase.mean_end, half), float(cap)),)
    if made.settings.get("method") not in (None, "full") or made.settings.get("lora_rank"):
        made.said.append("adapters: reinforcement learning is reckoned with every weight")
    return msgspec.structs.replace(held, rl=msgspec.structs.replace(held.rl, phases=phases, **values))


# Hardware and layout


def _count(made: _Made, held: int) -> int:
    """Accelerators: those of the settings, else the plan's, rounded up to whole replicas."""
    taken = made.number("hardware.count", made.settings.get("gpus"))
    if taken is not None:
        return int(taken)
    each = 1
    for name in ("tp", "pp", "cp"):
        each *= made.settings.get(name) or 1
    made.said.append("accelerators are not in the file: the plan's count stays, in whole replicas")
    count = -(-held // each) * each
    return count if check("hardware.count", float(count)) is None else held


def _layout(made: _Made, held: Any, model: ModelChoice | None) -> Layout:
    """The layout pinned to what the settings say; what they do not say is left to the search."""
    settings = made.settings
    if isinstance(held, RlStage):
        made.said.append(
            "the layout of an update in reinforcement learning is not searched, so none is pinned"
        )
        return Layout()
    values: dict[str, Any] = {}
    for name in ("tp", "pp", "cp", "ep", "microbatch"):
        value = settings.get(name)
        if isinstance(value, int) and 1 <= value <= LARGEST_DEGREE:
            values[name] = value
    if "pp" in values:
        values["vp"] = _virtual(made, model)
    if (schedule := _schedule(made)) is not None:
        values |= {"schedule": schedule, "vp": None}
    if settings.get("recompute") in ("none", "selective", "full"):
        values["recompute"] = settings.get("recompute")
    sharding, offload = settings.get("sharding"), settings.get("offload") or "none"
    place = "parameters" if "parameters" in offload else "optimizer" if "optimizer" in offload else "none"
    if place != "none" and settings.run is not None and settings.run.extra.get("disk"):
        place = "disk"
    if sharding is not None:
        values["sharding"] = _SHARDING.get((sharding, place), sharding)
        if place != "none" and (sharding, place) not in _SHARDING:
            made.said.append(f"{sharding} with {place} in the host's memory: a plan has no such layout")
    if "activations" in offload:
        made.said.append("activations kept in the host's memory are not reckoned")
    return Layout(**values)


def _schedule(made: _Made) -> ScheduleName | None:
    """The order of a pipeline's passes where it is not 1F1B; what no plan has is said."""
    run = made.settings.run
    word = str(run.extra.get("pipeline") or "") if run is not None else ""
    row = vocabulary().row("layout.schedule", word)
    found = row.value if row is not None else word
    if found in ("", "1f1b") and (row is None or not row.refused):
        return None
    if found in get_args(ScheduleName):
        return cast(ScheduleName, found)
    why = row.refused if row is not None else tr("no plan has it.")
    made.said.append(f"pipeline schedule {word[:40]} is reckoned as 1f1b: {why.rstrip('.')}")
    return None


def _virtual(made: _Made, model: ModelChoice | None) -> int | None:
    """Chunks of layers: as said, 1 where there are none, reckoned where stages have so many layers each."""
    settings = made.settings
    pp = settings.get("pp") or 1
    if settings.stage_rule is None or pp == 1:
        return settings.get("vp") or 1
    if model is None:
        return None
    each, first, last = settings.stage_rule
    layers = int(transformer_of(model, made.catalog).layers)
    stages = -(-(layers + first + last) // each)
    if stages % pp:
        made.said.append(f"{stages} stages of {each} layers do not divide by pp {pp}; the search chooses")
        return None
    return stages // pp


def _note(made: _Made) -> str:
    """Where every value is from, and what is to be known."""
    settings = made.settings
    by_origin: dict[str, list[str]] = {}
    for name in FIELDS:
        fact = settings.values.get(name)
        if fact is not None and fact.value is not None:
            by_origin.setdefault(origin_words(fact.origin), []).append(f"{FIELDS[name].lower()} {fact.value}")
    said = [f"{words}: {', '.join(values)}" for words, values in by_origin.items()]
    ignored = f"ignored: {', '.join(settings.ignored[:30])}" if settings.ignored else ""
    parts = [f"{settings.label} settings", *said, *made.said, *settings.problems, ignored]
    return _plain("; ".join(part for part in parts if part))[:LONGEST_NOTE] + "."
