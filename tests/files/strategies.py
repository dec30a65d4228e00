"""Any plan a file can hold."""

from __future__ import annotations

from hypothesis import strategies as st

from isocost.catalog.prices import PriceCard
from isocost.plan.fields import FIELDS
from isocost.plan.project import (
    Currency,
    Data,
    Efficiency,
    GpuHoursStage,
    Hardware,
    Layout,
    ModelChoice,
    PretrainStage,
    Price,
    Project,
    Scenario,
)

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


def within(path: str) -> st.SearchStrategy[float]:
    field = FIELDS[path]
    if field.integer:
        return st.integers(int(field.minimum), int(field.maximum))
    return st.floats(field.minimum, field.maximum, allow_subnormal=False).map(lambda value: value + 0.0)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


MODELS = st.builds(
    ModelChoice,
    name=maybe(LINES),
    parameters=maybe(within("model.parameters")),
    active_parameters=maybe(within("model.active_parameters")),
)
DATA = st.builds(
    Data,
    tokens=within("data.tokens"),
    sequence=within("data.sequence"),
    batch_tokens=maybe(within("data.batch_tokens")),
    precision=st.sampled_from(["fp32", "fp16", "bf16", "fp8", "mxfp8", "nvfp4"]),
)
HARDWARE = st.builds(Hardware, accelerator=LINES, count=within("hardware.count"))
PRICES = st.builds(
    Price,
    usd_per_gpu_hour=within("price.usd_per_gpu_hour"),
    supplier=LINES,
    commitment=LINES,
    includes=LINES,
    source=LINES,
    date=LINES,
)
EFFICIENCIES = st.builds(
    Efficiency,
    mfu=maybe(within("efficiency.mfu")),
    goodput=maybe(within("efficiency.goodput")),
    stack=st.sampled_from(["vendor", "open", "research"]),
)
DEGREES = maybe(st.integers(1, 1_000_000))
LAYOUTS = st.builds(
    Layout,
    tp=DEGREES,
    pp=DEGREES,
    vp=DEGREES,
    cp=DEGREES,
    ep=DEGREES,
    microbatch=DEGREES,
    recompute=st.sampled_from([None, "none", "selective", "full"]),
    sharding=st.sampled_from([None, "none", "zero1", "zero2", "zero3"]),
)
PRETRAIN = st.builds(
    PretrainStage,
    name=LINES,
    group=LINES,
    note=PROSE,
    data=DATA,
    model=maybe(MODELS),
    hardware=maybe(HARDWARE),
    price=maybe(PRICES),
    efficiency=maybe(EFFICIENCIES),
    layout=maybe(LAYOUTS),
)
CLAIMED = st.one_of(
    st.builds(GpuHoursStage, name=LINES, note=PROSE, hours=within("stage.hours"), hardware=maybe(HARDWARE)),
    st.builds(
        GpuHoursStage, name=LINES, group=LINES, gpu_hours=within("stage.gpu_hours"), price=maybe(PRICES)
    ),
)
SCENARIOS = st.builds(
    Scenario,
    name=LINES,
    hardware=HARDWARE,
    price=PRICES,
    stages=st.lists(PRETRAIN | CLAIMED, min_size=1, max_size=3).map(tuple),
    model=MODELS,
    efficiency=EFFICIENCIES,
    layout=LAYOUTS,
)
CARDS = st.builds(
    PriceCard,
    accelerator=LINES,
    usd_per_gpu_hour=within("price.usd_per_gpu_hour"),
    supplier=LINES,
    commitment=LINES,
    source=LINES,
    date=LINES,
    includes=LINES,
)
PROJECTS = st.builds(
    Project,
    name=LINES,
    notes=PROSE,
    scenarios=st.lists(SCENARIOS, min_size=1, max_size=2, unique_by=lambda each: each.name).map(tuple),
    prices=st.lists(CARDS, max_size=2, unique_by=lambda each: each.accelerator).map(tuple),
    currency=st.builds(Currency, code=LINES, per_usd=st.floats(1e-6, 1e6), source=LINES, date=LINES),
)
