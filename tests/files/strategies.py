"""Any plan a file can hold, made from the types of a plan themselves."""

from __future__ import annotations

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from isocost.files.loading import LARGEST_RATE, SMALLEST_RATE
from isocost.files.schema import section_of
from isocost.plan.inputs.locks import LOCKABLE
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.project import GpuHoursStage, Project
from isocost.plan.project.quotes import offer_of
from isocost.plan.project.ranges import InputRange
from isocost.plan.values import Correction, Currency, MeasuredSpeed

LINES = st.one_of(
    st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=30),
    st.sampled_from(
        [
            "",
            "~",
            "null",
            "no",
            "7e9",
            "1_000",
            "12:30",
            "0x1F",
            "- a",
            "a: b",
            "#x",
            "'",
            "|",
            " x ",
            "=",
            "&a",
        ]
    ),
)
PROSE = st.lists(LINES, max_size=4).map("\n".join)


def numbers(path: str, *, whole: bool) -> st.SearchStrategy:
    """Values within the limits of a field."""
    field = NUMBERS.get(path)
    if whole:
        low, high = (int(field.minimum), int(field.maximum)) if field else (1, 1_000_000)
        return st.integers(low, high)
    if field and field.integer:
        return st.integers(int(field.minimum), int(field.maximum)).map(float)
    low, high = (field.minimum, field.maximum) if field else (1e-6, 1e12)
    return st.floats(low, high, allow_subnormal=False).map(lambda value: value + 0.0)


def values(kind: inspect.Type, section: str, name: str) -> st.SearchStrategy:
    """Values of one type, under one key."""
    if isinstance(kind, inspect.UnionType):
        return st.one_of([values(each, section, name) for each in kind.types])
    if isinstance(kind, inspect.NoneType):
        return st.none()
    if isinstance(kind, inspect.BoolType):
        return st.booleans()
    if isinstance(kind, inspect.StructType):
        return structs(kind, name)
    if isinstance(kind, inspect.VarTupleType) and name == "ranges":
        return st.lists(ranges(), max_size=3, unique_by=lambda held: held.path).map(tuple)
    if isinstance(kind, inspect.VarTupleType) and name == "locked":
        return st.lists(st.sampled_from(LOCKABLE), max_size=3, unique=True).map(tuple)
    if isinstance(kind, inspect.VarTupleType):
        return st.lists(values(kind.item_type, name, name), min_size=1, max_size=2).map(tuple)
    if isinstance(kind, inspect.FloatType | inspect.IntType):
        return numbers(f"{section}.{name}", whole=isinstance(kind, inspect.IntType))
    if isinstance(kind, inspect.LiteralType):
        return st.sampled_from(kind.values)
    assert isinstance(kind, inspect.StrType), kind
    return PROSE if name in ("note", "notes") else LINES


@st.composite
def ranges(draw: st.DrawFn) -> InputRange:
    """A range of an input that all stages share."""
    path = draw(st.sampled_from([path for path, each in NUMBERS.items() if not each.integer]))
    ends = st.lists(numbers(path, whole=False), min_size=3, max_size=3, unique=True).map(sorted)
    low, mode, high = draw(ends)
    shape = draw(st.sampled_from(["lognormal", "uniform", "triangular"])) if low > 0.0 else "uniform"
    return InputRange(path=path, low=low, high=high, mode=draw(st.sampled_from([None, mode])), shape=shape)


def structs(kind: inspect.StructType, key: str) -> st.SearchStrategy:
    """Values of one struct, each optional part given or left out."""
    if kind.cls is Currency:
        return CURRENCIES
    section = section_of(kind.cls, key)
    parts = {field.name: values(field.type, section, field.name) for field in kind.fields}
    needed = {field.name: parts[field.name] for field in kind.fields if field.required}
    extra = {name: part for name, part in parts.items() if name not in needed}
    made = st.fixed_dictionaries(needed, optional=extra).map(lambda given: kind.cls(**given))
    whole = made.flatmap(one_kind_of_hours) if kind.cls is GpuHoursStage else made.map(rising)
    # Behind a lambda: else the name of every strategy spells out all the kinds of stage.
    return st.none().flatmap(lambda _: whole)


def rising(made: object) -> object:
    """The struct, a range of the user's own runs in the order of its ends."""
    if not isinstance(made, Correction | MeasuredSpeed):
        return made
    names = ("low", "factor" if isinstance(made, Correction) else "predicted", "high")
    values = sorted(getattr(made, name) for name in names)
    return msgspec.structs.replace(made, **dict(zip(names, values, strict=True)))


CURRENCIES = st.just(Currency()) | st.builds(
    Currency,
    st.from_regex(r"[A-Z]{3}", fullmatch=True).filter(lambda code: code != "USD"),
    st.none() | st.floats(SMALLEST_RATE, LARGEST_RATE),
    LINES,
    LINES,
)
"""Codes of three letters, with a rate or without."""


def one_kind_of_hours(stage: GpuHoursStage) -> st.SearchStrategy:
    """The stage with either hours or accelerator-hours."""
    hours = st.fixed_dictionaries({"hours": numbers("stage.hours", whole=False)})
    product = st.fixed_dictionaries({"gpu_hours": numbers("stage.gpu_hours", whole=False)})
    empty = msgspec.structs.replace(stage, hours=None, gpu_hours=None)
    return (hours | product).map(lambda given: msgspec.structs.replace(empty, **given))


def distinct(project: Project) -> bool:
    """Whether scenarios and prices are told apart."""
    names = [scenario.name for scenario in project.scenarios]
    priced = [offer_of(card) for card in project.prices]
    return len(set(names)) == len(names) and len(set(priced)) == len(priced)


def projects() -> st.SearchStrategy[Project]:
    """Whole plans."""
    kind = inspect.type_info(Project)
    assert isinstance(kind, inspect.StructType)
    return structs(kind, "project").filter(distinct)


PROJECTS = projects()
