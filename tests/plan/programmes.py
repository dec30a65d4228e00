"""Plans whose rents are plain arithmetic, for tests of what surrounds them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from isocost.catalog import load
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.answer.results import Estimate
from isocost.plan.project.programme import Dataset, People, Programme, Schedule, Storage, Supply
from isocost.plan.project.project import GpuHoursStage, Hardware, ModelChoice, Price, Project, Scenario

CATALOG = load()


def scenario(
    *, count: int = 384, price: float = 3.99, hours: tuple[float, ...] = (240.0,), **parts: Any
) -> Scenario:
    """Stages of claimed hours on H100, with whatever surrounds them."""
    stages = tuple(GpuHoursStage(name=f"Run {n}", hours=each) for n, each in enumerate(hours))
    return Scenario(
        name="Base",
        hardware=Hardware("h100-sxm", count),
        price=Price(price, supplier="Lambda", date="2026-09-20"),
        **({"stages": stages, "model": ModelChoice(parameters=70e9)} | parts),
    )


def answered(chosen: Scenario) -> Answer:
    """The answer for one scenario."""
    return answer(Project(name="Test", scenarios=(chosen,)), CATALOG)


def priced(chosen: Scenario) -> Estimate:
    """The estimate of one scenario."""
    return answered(chosen).estimate


def lines_of(chosen: Scenario) -> dict[str, float]:
    """Cost of each line of the bill by its key."""
    return {line.key: line.cost_usd for line in priced(chosen).ledger}


SHARES = st.floats(0.0, 1.0)
MONEY = st.floats(0.0, 1e7)
WEEKS = st.floats(0.0, 60.0)
STARTS = st.sampled_from(["", "2027-01-31", "2028-02-29", "2026-12-01", "9999-11-02", "soon"])

SCENARIOS = st.builds(
    scenario,
    count=st.integers(1, 4096),
    price=st.floats(0.01, 20.0),
    hours=st.lists(st.floats(0.0, 5000.0), min_size=1, max_size=3).map(tuple),
    programme=st.builds(Programme, SHARES, SHARES, MONEY, SHARES),
    people=st.builds(People, st.floats(0.0, 500.0), st.none() | st.floats(0.0, 60.0), MONEY),
    dataset=st.builds(Dataset, MONEY, st.floats(0.0, 1e6), st.floats(0.0, 100.0), st.floats(0.0, 1e12)),
    storage=st.builds(Storage, st.floats(0.0, 1e4), st.floats(0.0, 50.0), st.none() | st.floats(0.0, 60.0)),
    supply=st.builds(
        Supply,
        st.sampled_from(["on-demand", "reserved", "spot", "block", "own", "mixed"]),
        SHARES,
        st.floats(0.0, 40.0),
    ),
    schedule=st.builds(Schedule, STARTS, WEEKS, WEEKS, WEEKS),
)
"""Programmes with everything in them."""
