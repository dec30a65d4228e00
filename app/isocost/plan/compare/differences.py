"""Inputs that differ between two scenarios, and scenarios that mix the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.plan.inputs.table import INPUTS, matters
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.physics.resolve import impossible_model, parameters_of
from isocost.plan.project.project import Scenario
from isocost.plan.project.ranges import SEPARATOR, InputRange
from isocost.plan.values import Hardware, ModelChoice, Price, Value

BESIDE = ("demand", "api", "finetune", "serving", "goal", "ranges")
"""Sections that a plan is compared with or held against: no line of its bill rests on them."""
STAGE = "stage"
"""Ends the path of a stage that stands on one side only."""
_LABELS = ("name", "group", "note")
_CARRIED = ("typed", "named", "supplier", "commitment", "includes", "source", "date", "unnamed")
"""Where a value beside it comes from: it goes along with the value."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One input that two scenarios hold different values of."""

    path: str
    """As in a plan's ranges: ``people.heads``, ``Ablations/ablations.share``; ``Ablations/stage`` for a stage
    that one side alone has."""
    a: Any
    """As the first side holds it: a plain value, a record where several belong together, a stage; None = left
    empty, or no such stage."""
    b: Any
    place: int | None = None
    """Stage of the joined list that holds it; None = the scenario."""
    section: str = ""
    """Record that holds it; empty = the stage itself."""
    names: tuple[str, ...] = ()
    """Fields that go over together; none = the whole section."""
    inert: bool = False
    """Whether it can change no cost."""
    also: int | None = None
    """Second stage that goes over with it: the one of the same name and another kind that takes its place."""
    lone: bool = False
    """Whether both sides hold one stage, the same: its name tells nothing."""

    @property
    def group(self) -> str:
        """The stage it belongs to, else its section."""
        return self.path.rpartition(SEPARATOR)[0] or self.section

    @property
    def order(self) -> tuple[int, str]:
        """Where it stands in a list, whichever side comes first."""
        return (-1 if self.place is None else self.place, self.path)


@dataclass(frozen=True, slots=True)
class Joined:
    """Two scenarios with the same list of stages: one that a side does not have is switched off there."""

    a: Scenario
    b: Scenario
    differences: tuple[Difference, ...]
    """Of the shared inputs, then stage by stage."""

    def mixed(self, taken: Iterable[Difference]) -> Scenario:
        """The first scenario with the other's values of some inputs, and without the stages that are off."""
        sections: dict[str, Value] = {}
        stages = list(self.a.stages)
        for each in taken:
            if each.inert:
                continue
            if each.place is None:
                held = sections.get(each.section, getattr(self.a, each.section))
                sections[each.section] = _taking(held, getattr(self.b, each.section), each.names)
            else:
                for place in (each.place, each.also) if each.also is not None else (each.place,):
                    stages[place] = _stage_taking(stages[place], self.b.stages[place], each)
        counted = tuple(stage for stage in stages if stage.enabled)
        return msgspec.structs.replace(self.a, **sections, stages=counted)


def joined(a: Scenario, b: Scenario, catalog: Catalog) -> Joined:
    """Two scenarios made comparable, with every input that differs."""
    pairs = _paired(a.stages, b.stages)
    replaced = _replaced(pairs)
    taken = set(replaced.values())
    listed = [at for at in range(len(pairs)) if at not in taken]
    names = dict(zip(listed, distinct([_either(pairs[at]) for at in listed]), strict=True))
    differences = [each for section in _sections(a) for each in _of_section(a, b, section, catalog)]
    differences += _of_ranges(a.ranges, b.ranges)
    for place, (mine, theirs) in enumerate(pairs):
        if place in replaced:
            differences.append(_of_another_kind(pairs, place, replaced[place], names[place]))
        elif place not in taken:
            differences += _of_stage(mine, theirs, place, names[place], catalog)
    with_all = [
        msgspec.structs.replace(side, stages=tuple(_present(pair, at) for pair in pairs))
        for at, side in enumerate((a, b))
    ]
    lone = len(listed) == 1
    return Joined(with_all[0], with_all[1], tuple(replace(each, lone=lone) for each in differences))


def _sections(scenario: Scenario) -> Iterator[str]:
    for name in scenario.__struct_fields__:
        if isinstance(getattr(scenario, name), Value):
            yield name


def _of_section(a: Scenario, b: Scenario, section: str, catalog: Catalog) -> Iterator[Difference]:
    """The inputs of a section of both scenarios that differ."""
    for names, path, mine, theirs in _fields(section, getattr(a, section), getattr(b, section), catalog):
        unused = not (matters(path, a.supply) or matters(path, b.supply))
        yield Difference(path, mine, theirs, None, section, names, section in BESIDE or unused)


Field = tuple[tuple[str, ...], str, Any, Any]
"""Names of fields that go together, path, and both values."""


def _fields(section: str, a: Any, b: Any, catalog: Catalog) -> Iterator[Field]:
    """What differs between two records of a section."""
    if a == b:
        return
    if isinstance(a, ModelChoice):
        yield from _model_fields(section, a, b, catalog)
        return
    if isinstance(a, Price):
        # Who asks it and when belongs to the price; of the same price it is all that differs.
        same = a.usd_per_gpu_hour == b.usd_per_gpu_hour
        name = next(n for n in a.__struct_fields__ if getattr(a, n) != getattr(b, n))
        if not same or name in ("supplier", "commitment"):
            yield a.__struct_fields__, f"{section}.{'usd_per_gpu_hour' if not same else name}", a, b
        return
    for name in a.__struct_fields__:
        mine, theirs = getattr(a, name), getattr(b, name)
        path = f"{section}.{name}"
        if mine == theirs or (name in _CARRIED and path not in INPUTS):
            continue
        along = ("typed",) if isinstance(a, Hardware) and name == "count" else ()
        yield (name, *along), path, mine, theirs


def _model_fields(section: str, a: ModelChoice, b: ModelChoice, catalog: Catalog) -> Iterator[Field]:
    """A model goes over whole, but for two sizes whose parameters and active parameters can be swapped."""
    if all(each.name is None and each.shape is None for each in (a, b)):
        names = [name for name in a.__struct_fields__ if getattr(a, name) != getattr(b, name)]
        if len(names) == 1 or not _at_odds(a, b, catalog):
            for name in names:
                yield (name,), f"{section}.{name}", getattr(a, name), getattr(b, name)
            return
    named = "name" if a.name != b.name else "parameters"
    yield a.__struct_fields__, f"{section}.{named}", a, b


def _at_odds(a: ModelChoice, b: ModelChoice, catalog: Catalog) -> bool:
    """Whether one's total with the other's active parameters makes no model."""
    for total, active in ((a, b), (b, a)):
        mixed = ModelChoice(parameters=total.parameters, active_parameters=active.active_parameters)
        counted = parameters_of(mixed, catalog)
        if impossible_model(mixed) or (mixed.active_parameters or 0.0) > counted.total:
            return True
    return False


def _of_ranges(a: Sequence[InputRange], b: Sequence[InputRange]) -> Iterator[Difference]:
    """Ranges that differ, by the path of their input."""
    mine, theirs = ({each.path: each for each in side} for side in (a, b))
    for path in dict.fromkeys((*mine, *theirs)):
        if mine.get(path) != theirs.get(path):
            yield Difference(f"ranges.{path}", mine.get(path), theirs.get(path), section="ranges", inert=True)


Pair = tuple[Stage | None, Stage | None]


def _paired(a: Sequence[Stage], b: Sequence[Stage]) -> list[Pair]:
    """The stages of both sides: those of one name are the same, of those left those of one kind.

    The order is the first side's, with each of the other's after the one it follows there.
    """
    partner: dict[int, int] = {}
    for same in (_same_stage, _same_kind):
        for i, mine in enumerate(a):
            free = (j for j, other in enumerate(b) if j not in partner.values() and same(mine, other))
            if i not in partner and (found := next(free, None)) is not None:
                partner[i] = found
    pairs: list[Pair] = [(mine, b[partner[i]] if i in partner else None) for i, mine in enumerate(a)]
    at = {j: i for i, j in partner.items()}
    for j, other in enumerate(b):
        if j not in at:
            place = at[j - 1] + 1 if j else 0
            pairs.insert(place, (None, other))
            at = {key: i + (i >= place) for key, i in at.items()} | {j: place}
    return pairs


def _replaced(pairs: Sequence[Pair]) -> dict[int, int]:
    """Places of stages of one side alone, by that of the other side's stage of the same name."""
    mine = [(at, pair[0].name) for at, pair in enumerate(pairs) if pair[0] is not None and pair[1] is None]
    theirs = {pair[1].name: at for at, pair in enumerate(pairs) if pair[1] is not None and pair[0] is None}
    return {at: theirs.pop(name) for at, name in mine if name in theirs}


def _either(pair: Pair) -> Stage:
    stage = pair[0] if pair[0] is not None else pair[1]
    assert stage is not None
    return stage


def _of_another_kind(pairs: Sequence[Pair], place: int, also: int, name: str) -> Difference:
    """A stage that is of another kind on the other side."""
    a, b = pairs[place][0], pairs[also][1]
    off = not any(stage is not None and stage.enabled for stage in (a, b))
    return Difference(f"{name}{SEPARATOR}{STAGE}", a, b, place, "", ("enabled",), off, also)


def _same_stage(a: Stage, b: Stage) -> bool:
    return a.name == b.name and type(a) is type(b)


def _same_kind(a: Stage, b: Stage) -> bool:
    # Claims of other names are claims of other things.
    return type(a) is type(b) and not kind_of(a).claimed


def distinct(stages: Sequence[Stage]) -> list[str]:
    """A name for each stage that no other has: a second of a name is numbered."""
    seen: dict[str, int] = {}
    names = []
    for stage in stages:
        seen[stage.name] = seen.get(stage.name, 0) + 1
        names.append(stage.name if seen[stage.name] == 1 else f"{stage.name} ({seen[stage.name]})")
    return names


def _present(pair: Pair, side: int) -> Stage:
    """The stage as one side has it; the other's, switched off, where it has none."""
    own = pair[side]
    if own is not None:
        return own
    other = pair[1 - side]
    assert other is not None
    return msgspec.structs.replace(other, enabled=False)


def _of_stage(
    a: Stage | None, b: Stage | None, place: int, name: str, catalog: Catalog
) -> Iterator[Difference]:
    if a is None or b is None:
        off = not _either((a, b)).enabled
        yield Difference(f"{name}{SEPARATOR}{STAGE}", a, b, place, "", ("enabled",), off)
        return
    still_off = not (a.enabled or b.enabled)

    def found(section: str, path: str, names: tuple[str, ...], mine: Any, theirs: Any) -> Difference:
        whole = f"{name}{SEPARATOR}{path}"
        return Difference(whole, mine, theirs, place, section, names, still_off and path != "stage.enabled")

    claimed = ("hours", "gpu_hours")
    for field in a.__struct_fields__:
        mine, theirs = getattr(a, field), getattr(b, field)
        if mine == theirs or field in _LABELS:
            continue
        if isinstance(mine, Value) and isinstance(theirs, Value):
            for names, path, one, other in _fields(field, mine, theirs, catalog):
                yield found(field, path, names, one, other)
        elif isinstance(mine, Value) or isinstance(theirs, Value):
            yield found(field, field, (), mine, theirs)
        elif field not in claimed:
            yield found("", f"stage.{field}", (field,), mine, theirs)
    # A claim is one of two numbers: with both or neither there is none.
    if held := [each for each in claimed if getattr(a, each, None) != getattr(b, each, None)]:
        shown = held[0] if len(held) == 1 else next(n for n in held if getattr(b, n) is not None)
        yield found("", f"stage.{shown}", claimed, getattr(a, shown), getattr(b, shown))


def _taking(held: Any, other: Any, names: Sequence[str]) -> Any:
    return msgspec.structs.replace(held, **{name: getattr(other, name) for name in names})


def _stage_taking(held: Stage, other: Stage, each: Difference) -> Stage:
    if not each.section:
        return _taking(held, other, each.names)  # type: ignore[no-any-return]
    own = getattr(other, each.section)
    if each.names:
        own = _taking(getattr(held, each.section), own, each.names)
    return msgspec.structs.replace(held, **{each.section: own})
