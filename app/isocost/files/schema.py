"""A tree of text -> the frozen values of a plan, checked against their types and the table of inputs.

Every complaint is one sentence that starts with the place: ``scenarios[0].hardware.count: ...``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, get_args

import msgspec
from msgspec import inspect

from isocost.catalog.entries.prices import PriceCard
from isocost.catalog.names import nearest_name, normalised
from isocost.catalog.vocabulary import vocabulary
from isocost.catalog.yaml_text import Tree, Unquoted
from isocost.files.errors import ContentError, got
from isocost.language import tr
from isocost.plan.inputs.input import ExpertsError, problem
from isocost.plan.inputs.range import range_problem
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import KINDS, StageBase
from isocost.plan.project.project import Project
from isocost.plan.project.ranges import SEPARATOR, InputRange, RangeShape
from isocost.plan.values import Currency, Hardware, ModelChoice
from isocost.quantities import DayError, QuantityError, parse
from isocost.quantities.ranges import parse_range

LARGEST_DEGREE = 100_000_000
"""Of whole numbers the table of inputs says nothing about, such as parallel degrees."""
LONGEST_LIST = 500
LONGEST_LINE = 500
LONGEST_PROSE = 20_000
_PROSE = {"notes", "note"}
_SECTIONS: dict[type, str] = {ModelChoice: "model", PriceCard: "price"}
"""Sections of the table of inputs by the values they hold, where the key is called otherwise."""
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][-+]?[0-9]{1,4})?")


def convert(tree: Tree) -> Project:
    """The project a tree describes. Raises ContentError."""
    project = _struct(tree, _record_type(Project), "", "project")
    assert isinstance(project, Project)
    return project


def nearest_or_all(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, else all of them."""
    names = list(known)
    near = nearest_name(word, names)
    return f"did you mean {near!r}?" if near else f"known are {', '.join(names)}."


def section_of(held: type, key: str) -> str:
    """The section of the table of inputs that a value under a key belongs to."""
    return "stage" if issubclass(held, StageBase) else _SECTIONS.get(held, key)


@lru_cache(maxsize=64)
def _record_type(record: type) -> inspect.StructType:
    info = inspect.type_info(record)
    assert isinstance(info, inspect.StructType)
    return info


def _struct(tree: Tree, kind: inspect.StructType, where: str, section: str) -> msgspec.Struct:
    """The record a tree describes; every value is checked here, by its type and the table of inputs."""
    if kind.cls is ModelChoice and isinstance(tree, str):
        return _model(tree, where)
    if kind.cls is Currency and isinstance(tree, str):
        return Currency(_text(tree, where, prose=False).upper())
    if not isinstance(tree, dict):
        raise _wrong(where, tr("expected keys and values, got {got}.", got=got(tree)))
    fields = {field.encode_name: field for field in kind.fields}
    known = [*([kind.tag_field] if kind.tag_field else []), *fields]
    for key in tree:
        if key not in known:
            raise _wrong(
                where,
                tr(
                    "unknown key {got}; {nearest_or_all}",
                    got=got(key),
                    nearest_or_all=nearest_or_all(key, known),
                ),
            )
    values: dict[str, Any] = {}
    for name, field in fields.items():
        place = f"{where}.{name}" if where else name
        if name in tree:
            values[name] = _value(tree[name], field.type, place, section, name)
        elif field.required:
            if kind.cls is Hardware and name == "count":
                said = tr("count is missing: write how many, or a name that says it, such as 8xH100.")
                raise _wrong(where, said)
            raise _wrong(where, tr("{name} is missing.", name=name))
    made: msgspec.Struct = kind.cls(**values)
    return made


def _model(tree: str, where: str) -> ModelChoice:
    """The model of a single word: its parameters where that is a number, else its name."""
    try:
        parse(tree, NUMBERS["model.parameters"].quantity)
    except QuantityError:
        return ModelChoice(name=_text(tree, where, prose=False))
    return ModelChoice(parameters=_number(tree, where, "model.parameters", whole=False))


def _value(tree: Tree, kind: inspect.Type, where: str, section: str, name: str) -> Any:
    if isinstance(kind, inspect.UnionType):
        if isinstance(tree, Unquoted) and tree.is_null and kind.includes_none:
            return None
        kind = _chosen(tree, kind, where)
    if isinstance(kind, inspect.StructType):
        return _struct(tree, kind, where, section_of(kind.cls, name))
    if isinstance(kind, inspect.VarTupleType):
        if isinstance(kind.item_type, inspect.StructType) and kind.item_type.cls is InputRange:
            return _ranges(tree, where)
        return _list(tree, kind, where, name)
    if isinstance(kind, inspect.FloatType | inspect.IntType):
        return _number(tree, where, f"{section}.{name}", whole=isinstance(kind, inspect.IntType))
    if isinstance(kind, inspect.BoolType):
        return _choice(tree, ["true", "false"], where, f"{section}.{name}") == "true"
    if isinstance(kind, inspect.LiteralType):
        return _choice(tree, [str(value) for value in kind.values], where, f"{section}.{name}")
    return _text(tree, where, prose=name in _PROSE)


def _list(tree: Tree, kind: inspect.VarTupleType, where: str, name: str) -> tuple[Any, ...]:
    if not isinstance(tree, list):
        raise _wrong(where, tr("expected a list, got {got}.", got=got(tree)))
    if len(tree) > LONGEST_LIST:
        raise _wrong(
            where,
            tr(
                "a list may hold {longest_list} entries, got {count}.",
                longest_list=LONGEST_LIST,
                count=len(tree),
            ),
        )
    return tuple(_value(item, kind.item_type, f"{where}[{i}]", name, name) for i, item in enumerate(tree))


def _ranges(tree: Tree, where: str) -> tuple[InputRange, ...]:
    """The ranges of a scenario: a mapping from the path of each input to its ends, or to text ("2..3")."""
    if not isinstance(tree, dict):
        raise _wrong(where, tr("expected paths of inputs and their ranges, got {got}.", got=got(tree)))
    if len(tree) > LONGEST_LIST:
        raise _wrong(
            where,
            tr(
                "there may be {longest_list} ranges, got {count}.", longest_list=LONGEST_LIST, count=len(tree)
            ),
        )
    return tuple(_range(path, each, f"{where}.{path}") for path, each in tree.items())


def _range(path: str, tree: Tree, where: str) -> InputRange:
    name = path.rpartition(SEPARATOR)[2]
    declared = NUMBERS.get(name)
    if declared is None:
        raise _wrong(
            where,
            tr(
                "unknown input {got}; {nearest_or_all}",
                got=got(name),
                nearest_or_all=nearest_or_all(name, NUMBERS),
            ),
        )
    if isinstance(tree, str):
        try:
            ends = parse_range(tree, declared.quantity, unit=declared.words)
        except QuantityError as error:
            raise _wrong(where, str(error)) from None
        if ends is None:
            raise _wrong(where, tr("expected a range such as 2..3, got {got}.", got=got(tree)))
        made = InputRange(path=path, low=ends[0], mode=ends[1], high=ends[2])
    else:
        made = _range_record(path, name, tree, where)
    if wrong := range_problem(made, declared):
        raise _wrong(where, wrong)
    return made


def _range_record(path: str, name: str, tree: Tree, where: str) -> InputRange:
    known = {field.encode_name: field for field in _record_type(InputRange).fields if field.name != "path"}
    if not isinstance(tree, dict):
        raise _wrong(where, tr("expected low, high and perhaps mode and shape, got {got}.", got=got(tree)))
    for key in tree:
        if key not in known:
            raise _wrong(
                where,
                tr(
                    "unknown key {got}; {nearest_or_all}",
                    got=got(key),
                    nearest_or_all=nearest_or_all(key, known),
                ),
            )
    for key in ("low", "high"):
        if key not in tree:
            raise _wrong(where, tr("{key} is missing.", key=key))
    ends = {key: _number(tree[key], f"{where}.{key}", name, whole=False) for key in tree if key != "shape"}
    shapes = list(get_args(RangeShape))
    shape: Any = _choice(tree["shape"], shapes, f"{where}.shape", "shape") if "shape" in tree else shapes[0]
    return InputRange(path=path, shape=shape, **ends)


def _chosen(tree: Tree, kind: inspect.UnionType, where: str) -> inspect.Type:
    """The member of a union a tree is meant for: the one that is not null, or the stage of its ``kind``."""
    members = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    if len(members) == 1:
        return members[0]
    if not isinstance(tree, dict):
        raise _wrong(where, tr("expected keys and values, got {got}.", got=got(tree)))
    if "kind" not in tree:
        raise _wrong(where, tr("kind is missing; known are {list}.", list=", ".join(KINDS)))
    return _record_type(KINDS[_choice(tree["kind"], list(KINDS), f"{where}.kind", "kind")].record)


def _number(tree: Tree, where: str, field: str, *, whole: bool) -> float | int:
    """A number written for YAML (7e10) or for people (14.8T, 40 %, $2.00), within the field's limits."""
    declared = NUMBERS.get(field)
    if not isinstance(tree, str):
        raise _wrong(where, tr("expected a number, got {got}.", got=got(tree)))
    if _NUMBER.fullmatch(tree):
        value = float(tree)
    else:
        try:
            value = declared.read(tree) if declared else parse(tree, "number")
        except (DayError, ExpertsError) as error:
            raise _wrong(where, str(error)) from None
        except QuantityError:
            wanted = "an amount of US dollars" if declared and declared.quantity == "money" else "a number"
            raise _wrong(where, tr("expected {wanted}, got {got}.", wanted=wanted, got=got(tree))) from None
    if not math.isfinite(value):
        raise _wrong(where, tr("expected a finite number, got {got}.", got=got(tree)))
    if declared and (wrong := problem(declared, value)):
        raise _wrong(where, wrong)
    if value < 0:
        raise _wrong(where, tr("expected a number of 0 or more, got {got}.", got=got(tree)))
    if whole and not (1 <= value <= LARGEST_DEGREE and value == int(value)):
        raise _wrong(
            where,
            tr(
                "expected a whole number from 1 to {largest_degree:,}, got {got}.",
                largest_degree=LARGEST_DEGREE,
                got=got(tree),
            ),
        )
    return int(value) if whole else value


def _choice(tree: Tree, known: list[str], where: str, field: str) -> str:
    """A word out of a few, as plans spell it or as frameworks do."""
    if isinstance(tree, str) and tree in known:
        return str(tree)
    if isinstance(tree, str):
        forms = {normalised(word): word for word in known}
        if (same := forms.get(normalised(tree))) is not None:
            return same
    meant = vocabulary().row(field, tree) if isinstance(tree, str) else None
    if meant is not None and meant.refused:
        raise _wrong(where, tr("{got} is not taken: {refused}", got=got(tree), refused=meant.refused))
    if meant is not None and (word := meant.word if meant.word in known else meant.value) in known:
        return word
    if isinstance(tree, str):
        raise _wrong(
            where,
            tr(
                "unknown value {got}; {nearest_or_all}",
                got=got(tree),
                nearest_or_all=nearest_or_all(tree, known),
            ),
        )
    raise _wrong(where, tr("expected one of {list}, got {got}.", list=", ".join(known), got=got(tree)))


def _text(tree: Tree, where: str, *, prose: bool) -> str:
    if not isinstance(tree, str):
        raise _wrong(where, tr("expected text, got {got}.", got=got(tree)))
    longest = LONGEST_PROSE if prose else LONGEST_LINE
    if len(tree) > longest:
        raise _wrong(
            where, tr("text may be {longest} characters long, got {count}.", longest=longest, count=len(tree))
        )
    allowed = "\n\t" if prose else "\t"
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in allowed for letter in tree):
        what = "a control character" if prose else "a line break or control character"
        raise _wrong(where, tr("text may not hold {what}.", what=what))
    return str(tree)


def _wrong(where: str, sentence: str) -> ContentError:
    return ContentError(f"{where}: {sentence}" if where else sentence)
