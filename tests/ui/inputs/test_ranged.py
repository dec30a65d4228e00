"""A range typed into a field is the input's doubt: said, kept, taken back; one number is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt

from isocost.files import load_project, save_project
from isocost.plan.answer.chances import chances
from isocost.plan.inputs.table import NUMBERS
from isocost.quantities import plain_spaces
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset


@pytest.fixture
def session(session, monkeypatch):
    """A session on a programme of two stages, its first one selected."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    session.open(load_project(preset("api-or-own"), session.catalog), None)
    settle(session)
    return session


@pytest.fixture
def field(session, qtbot) -> Iterator[Callable[[str], FieldInput]]:
    """Makes an input that stands alone."""
    # Held until Qt has deleted them: what Python alone collects may go in the session's worker.
    kept = []

    def make(path: str) -> FieldInput:
        made = FieldInput(NUMBERS[path], session)
        kept.append(made)
        qtbot.addWidget(made)
        made.resize(260, 90)
        session.project_changed.connect(made.refresh)
        made.show()
        made.refresh()
        return made

    yield make
    settle(session)


def typed(made: FieldInput, qtbot, text: str) -> str:
    """Type a text over what is there; what is said of it before Enter."""
    made.edit.setFocus()
    made.edit.selectAll()
    qtbot.keyClicks(made.edit, text)
    said = made.context.whole
    qtbot.keyClick(made.edit, Qt.Key.Key_Return)
    return plain_spaces(said)


def ranges(session) -> dict[str, tuple[float, float]]:
    return {held.path: (held.low, held.high) for held in session.current_scenario.ranges}


def test_a_range_around_the_plans_value_leaves_it_and_is_one_step(session, field, qtbot, tmp_path):
    made, before = field("price.usd_per_gpu_hour"), session.project
    price = session.value("price.usd_per_gpu_hour")
    said = typed(made, qtbot, "$3..5")
    assert said == f"8 chances in 10 lie between $3.00 and $5.00; the plan takes ${price:.2f}"
    assert session.value("price.usd_per_gpu_hour") == price
    assert ranges(session) == {"price.usd_per_gpu_hour": (3.0, 5.0)}
    assert plain_spaces(made.context.whole) == "8 chances in 10 lie between $3.00 and $5.00"
    settle(session)
    found = chances(session.answer)
    assert any(bar.doubt.whose == "yours" and (bar.low, bar.high) == (3.0, 5.0) for bar in found.tornado.bars)
    save_project(session.project, tmp_path / "plan.yaml")
    assert load_project(tmp_path / "plan.yaml", session.catalog) == session.project
    session.undo_stack.undo()
    assert session.project == before


def test_a_range_beside_the_plans_value_moves_it_to_the_middle_and_says_so(session, field, qtbot):
    made = field("price.usd_per_gpu_hour")
    assert typed(made, qtbot, "$8 to $18").endswith("the plan takes $12.00")
    assert session.value("price.usd_per_gpu_hour") == pytest.approx(12.0)
    assert typed(made, qtbot, "10 +- 10 %").endswith("between $9.00 and $11.00; the plan takes $10.00")
    assert ranges(session) == {"price.usd_per_gpu_hour": (9.0, 11.0)}
    assert session.value("price.usd_per_gpu_hour") == 10.0


def test_an_input_of_one_stage_is_ranged_under_its_name(session, field, qtbot):
    made = field("ablations.share")
    typed(made, qtbot, "30-80 %")
    assert ranges(session) == {"Ablations/ablations.share": (0.3, 0.8)}
    assert session.value("ablations.share") == 0.5


@pytest.mark.parametrize("back", ["number", "reset"])
def test_one_number_and_the_way_back_take_the_range_out(session, field, qtbot, back):
    made = field("price.usd_per_gpu_hour")
    typed(made, qtbot, "3..5")
    assert made.reset_button.isVisible()
    if back == "number":
        typed(made, qtbot, "4.5")
        assert session.value("price.usd_per_gpu_hour") == 4.5
    else:
        qtbot.mouseClick(made.reset_button, Qt.MouseButton.LeftButton)
    assert ranges(session) == {}
    assert "chances" not in made.context.whole


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("price.usd_per_gpu_hour", "5..3", "not in order"),
        ("goal.budget_usd", "1M..2M", "moves neither the bill nor the calendar"),
        ("efficiency.goodput", "50..140 %", "%"),
    ],
)
def test_a_range_that_cannot_be_is_refused_at_the_field(session, field, qtbot, path, text, said):
    session.select_stage(1)
    made, before = field(path), session.project
    assert said in typed(made, qtbot, text)
    assert made.edit.property("wrong")
    assert session.project == before


def test_a_range_that_reaches_nothing_is_even(session, field, qtbot):
    made = field("programme.failed_runs")
    assert typed(made, qtbot, "0..20 %").startswith("evenly between 0 % and 20 %")
    assert session.current_scenario.ranges[0].shape == "uniform"
