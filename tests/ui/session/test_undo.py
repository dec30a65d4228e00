"""Undo of everything gives the plan as it was opened, whatever was edited and in whatever order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import Catalog
from isocost.files import load_project
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import KINDS, uses
from isocost.ui.inputs.bindings import (
    place,
    read,
    refused,
    reset,
    write_number,
    write_range,
    write_together,
    write_typed,
)
from isocost.ui.inputs.stage.commands import StageCommands
from isocost.ui.session.session import Session
from isocost.ui.tabs.compare.commands import ScenarioCommands

Edit = Callable[[Session], object]
PRESETS = ("startup-7b", "deepseek-chain", "rent-or-buy-64-h100")
GESTURES = (object(), object(), None)
"""Two drags, and changes that are each a step."""
share, small = st.floats(0.0, 1.0), st.integers(0, 4)


def has(session: Session, path: str) -> bool:
    """Whether an input stands in the selected stage."""
    section = path.split(".")[0]
    alone = hasattr(session.current_scenario, section) and section not in ("model", "hardware", "price")
    return section != "phases" and (alone or uses(session.current_stage, path))


def number(path: str, part: float, gesture: object | None) -> Edit:
    def edit(session: Session) -> None:
        declared = NUMBERS[path]
        value = declared.low + part * (declared.high - declared.low)
        if has(session, path) and not refused(session, path, value):
            if gesture is None:
                write_typed(session, path, value)
            else:
                write_number(session, path, value, gesture)

    return edit


def ranged(path: str, part: float) -> Edit:
    def edit(session: Session) -> None:
        value = read(session, path).value if has(session, path) else None
        if value:
            write_range(session, path, (value * (1.0 - part / 2), None, value * (1.0 + part)))

    return edit


def taken_back(path: str) -> Edit:
    return lambda session: reset(session, path) if has(session, path) else None


def of_stages(what: str, at: int, kind: str) -> Edit:
    def edit(session: Session) -> None:
        commands = StageCommands(session)
        at_stage = at % len(commands.stages)
        session.select_stage(at_stage)
        {
            "add": lambda: commands.add(kind),
            "copy": commands.duplicate,
            "remove": commands.remove,
            "move": lambda: commands.move(at_stage, at // 2, GESTURES[at % 3]),
            "switch": lambda: commands.switch(at_stage, not commands.stages[at_stage].enabled),
            "rename": lambda: commands.rename(at_stage, f"Stage {at}"),
        }[what]()

    return edit


def of_scenarios(what: str, at: int) -> Edit:
    def edit(session: Session) -> None:
        commands = ScenarioCommands(session)
        at_scenario = at % len(commands.scenarios)
        {
            "copy": lambda: commands.duplicate(at_scenario),
            "remove": lambda: commands.remove(at_scenario),
            "move": lambda: commands.move(at_scenario, at // 2, GESTURES[at % 3]),
            "pin": lambda: commands.pin(at_scenario),
            "rename": lambda: commands.rename(at_scenario, f"Scenario {at}"),
            "open": lambda: commands.open(at_scenario),
        }[what]()

    return edit


def together(part: float) -> Edit:
    def edit(session: Session) -> None:
        at = place(session)
        values = [(at, "hardware.accelerator", "h200-sxm"), (at, "goal.budget_usd", 1e5 * (1 + part))]
        write_together(session, values, "Together")

    return edit


PATHS = st.sampled_from(sorted(NUMBERS))
EDITS = st.one_of(
    st.builds(number, PATHS, share, st.sampled_from(GESTURES)),
    st.builds(ranged, st.sampled_from(["price.usd_per_gpu_hour", "data.tokens", "efficiency.mfu"]), share),
    st.builds(taken_back, PATHS),
    st.builds(
        of_stages,
        st.sampled_from(["add", "copy", "remove", "move", "switch", "rename"]),
        small,
        st.sampled_from(sorted(KINDS)),
    ),
    st.builds(of_scenarios, st.sampled_from(["copy", "remove", "move", "pin", "rename", "open"]), small),
    st.builds(
        lambda name, count, gesture: lambda session: session.choose_hardware(name, count, gesture),
        st.sampled_from(["h100-sxm", "b200", "mi300x"]),
        st.integers(1, 5000),
        st.sampled_from(GESTURES),
    ),
    st.builds(
        lambda code: lambda session: session.show_in(code), st.sampled_from(["EUR", "USD", "JPY", "GBP"])
    ),
    st.builds(together, share),
)
"""Everything that the window changes a plan by."""


@pytest.fixture
def still(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session that estimates nothing: what is asked is which plan it holds."""
    monkeypatch.setattr(session, "refresh", lambda: None)
    return session


@pytest.mark.parametrize("preset", PRESETS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(edits=st.lists(EDITS, max_size=25))
def test_undoing_all_edits_restores_the_first_plan_and_redoing_them_the_last(
    still: Session, catalog: Catalog, preset: str, edits: list[Edit]
):
    session = still
    session.open(load_project(paths.presets() / f"{preset}.yaml", catalog), None)
    first, every = session.project, [session.project]
    for edit in edits:
        edit(session)
        every.append(session.project)
    stack, last = session.undo_stack, session.project
    while stack.canUndo():
        stack.undo()
        assert session.project in every
    assert session.project == first
    assert session.current_scenario in first.scenarios
    assert session.current_stage in session.current_scenario.stages
    while stack.canRedo():
        stack.redo()
    assert session.project == last


def test_a_jump_over_many_steps_is_shown_once(window):
    session = window.session
    first = session.project
    for count in range(1, 9):
        session.set_value("hardware.count", 8 * count, "Count")
    newest, shown = session.project, []
    session.project_changed.connect(shown.append)
    session.undo_stack.setIndex(0)
    assert shown == [first]
    assert session.project == first
    session.undo_stack.setIndex(session.undo_stack.count())
    assert shown == [first, newest]
