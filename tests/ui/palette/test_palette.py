"""The palette finds whatever has a name, and Enter takes it; by keys alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from isocost.plan.kinds.ablations import AblationStage
from isocost.report.findings.charts import CHARTS
from isocost.report.findings.finder import Found
from isocost.ui.explain.panel import ExplainPanel
from isocost.ui.palette.palette import Palette
from isocost.ui.screenshot import settle
from isocost.ui.widgets.cards.card import ChartCard
from tests.ui.conftest import preset

CONTROL = Qt.KeyboardModifier.ControlModifier


def opened(window, qtbot) -> Palette:
    window.activateWindow()
    qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_K, CONTROL)
    settle(window.session)
    return window.findChild(Palette)


def typed(window, qtbot, text: str) -> Palette:
    palette = opened(window, qtbot)
    qtbot.keyClicks(palette.line, text)
    return palette


def press(qtbot, key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key)


def current(palette: Palette) -> Found:
    found = palette.found_at(palette.list.currentIndex().row())
    assert found is not None
    return found


def found(palette: Palette) -> list[Found]:
    return [line.found for line in palette.rows.rows if line.found is not None]


def test_an_input_gets_the_cursor(window, qtbot):
    palette = typed(window, qtbot, "price")
    assert current(palette).key == "price.usd_per_gpu_hour"
    assert current(palette).value == "$3.99"
    press(qtbot, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.inputs.fields["price.usd_per_gpu_hour"].edit.hasFocus()


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("price 3.49", "price.usd_per_gpu_hour", 3.49),
        ("mfu 40 %", "efficiency.mfu", 0.4),
        ("tokens 3T", "data.tokens", 3e12),
    ],
)
def test_a_value_behind_a_name_is_set_in_one_step(window, qtbot, text, path, value):
    before = window.session.project
    palette = typed(window, qtbot, text)
    assert (current(palette).kind, current(palette).key) == ("value", path)
    press(qtbot, Qt.Key.Key_Return)
    assert window.session.value(path) == pytest.approx(value)
    window.session.undo_stack.undo()
    assert window.session.project == before


def test_a_value_that_cannot_be_is_not_offered(window, qtbot):
    palette = typed(window, qtbot, "mfu 400 %")
    assert "value" not in [each.kind for each in found(palette)]


def test_an_input_of_another_page_is_shown_there(window, qtbot):
    typed(window, qtbot, "contingency")
    press(qtbot, Qt.Key.Key_Return)
    assert window.page_titles[window.tabs.currentIndex()] == "Ledger"
    assert QApplication.focusWidget().objectName() == "programme.contingency.edit"


def test_a_command_is_given(window, qtbot):
    palette = typed(window, qtbot, "text lar")
    assert current(palette).name == "Text larger"
    press(qtbot, Qt.Key.Key_Return)
    assert window.themes.scale > 1.0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dark theme", "Dark"),
        ("theme light", "Light"),
        ("german", "Deutsch"),
        ("zoom", "Text larger"),
        ("csv", "Import"),
        ("stage add sft", "Supervised fine-tuning"),
        ("examples", "Presets"),
        ("duplicate compare", "Duplicate this plan to compare"),
        ("add a stage ablat", "Ablations"),
        ("stage rename", "Rename"),
    ],
)
def test_a_command_is_found_by_what_people_call_it(window, qtbot, text: str, name: str):
    palette = typed(window, qtbot, text)
    assert name in [each.name for each in found(palette) if each.kind == "command"]


def test_a_stage_is_added_and_the_plan_duplicated_from_anywhere(window, qtbot):
    palette = typed(window, qtbot, "add a stage ablations")
    assert (current(palette).kind, current(palette).name) == ("command", "Ablations")
    press(qtbot, Qt.Key.Key_Return)
    assert isinstance(window.session.current_stage, AblationStage)
    typed(window, qtbot, "duplicate this plan")
    press(qtbot, Qt.Key.Key_Return)
    assert len(window.session.project.scenarios) == 2
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Compare"
    window.session.undo_stack.setIndex(0)


def test_looking_through_the_commands_leaves_the_menus_as_they_are(window, qtbot):
    opened(window, qtbot)
    press(qtbot, Qt.Key.Key_Escape)
    window.documents.remember(preset("startup-7b"))
    listed = [each.text() for each in window.menus.recent.actions()]
    assert listed == ["startup-7b.yaml", "", "Forget all"]


def test_several_values_are_set_in_one_step(window, qtbot):
    typed(window, qtbot, "13B parameters, 1T tokens, 64 H200")
    press(qtbot, Qt.Key.Key_Return)
    scenario, session = window.session.current_scenario, window.session
    assert (scenario.hardware.accelerator, scenario.hardware.count) == ("h200-sxm", 64)
    assert (session.value("model.parameters"), session.value("data.tokens")) == (13e9, 1e12)
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "64 H200, Parameters 13B, Tokens 1T"


def test_a_value_that_cannot_stand_beside_the_others_changes_nothing(window, qtbot):
    before = window.session.project
    typed(window, qtbot, "active 9B, tokens 1T")
    press(qtbot, Qt.Key.Key_Return)
    assert window.session.project == before
    assert window.focusWidget() is window.inputs.fields["model.active_parameters"].edit


def test_what_is_taken_in_a_copy_stands_beside_the_plan(window, qtbot):
    before = window.session.project.scenarios[0]
    typed(window, qtbot, "price 2.5")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CONTROL)
    settle(window.session)
    base, copy = window.session.project.scenarios
    assert base == before
    assert (copy.name, copy.price.usd_per_gpu_hour) == ("Price $2.50", 2.5)
    assert window.session.current_scenario is copy
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Compare"
    for _ in range(window.session.undo_stack.count()):
        window.session.undo_stack.undo()
    assert window.session.project.scenarios == (before,)


def test_every_chart_of_the_window_is_found_where_it_is(window, qtbot):
    listed = {}
    for at, title in enumerate(window.page_titles):
        window.show_page(at)
        settle(window.session)
        for card in window.pages.currentWidget().findChildren(ChartCard):
            listed[card.objectName()] = title
    assert {key: each.page for key, each in CHARTS.items()} == listed


def test_a_chart_comes_into_sight_with_the_keyboard(window, qtbot):
    typed(window, qtbot, "where this run stands")
    press(qtbot, Qt.Key.Key_Return)
    settle(window.session)
    QApplication.processEvents()
    card = window.findChild(ChartCard, "badges")
    assert card.isAncestorOf(QApplication.focusWidget())
    assert card.title.visibleRegion().boundingRect() == card.title.rect()


def test_an_accelerator_is_taken_and_can_be_undone(window, qtbot):
    before = window.session.project
    palette = typed(window, qtbot, "h-200")
    assert current(palette).kind == "accelerator"
    press(qtbot, Qt.Key.Key_Return)
    assert window.session.value("hardware.accelerator") == current_id(window, "H200")
    assert window.session.value("hardware.count") == 256
    window.session.undo_stack.undo()
    assert window.session.project == before


def current_id(window, name: str) -> str:
    return window.session.catalog.accelerator(name).spec.id


def test_a_model_is_taken_by_the_name_a_hub_gives_it(window, qtbot):
    palette = typed(window, qtbot, "meta-llama/Llama-3.1-8B")
    assert current(palette).kind == "model"
    press(qtbot, Qt.Key.Key_Return)
    assert window.session.value("model.name") == "Llama 3.1 8B"


def test_a_plan_opens(window, qtbot):
    palette = typed(window, qtbot, "eight gpus")
    assert current(palette).kind == "plan"
    press(qtbot, Qt.Key.Key_Return)
    assert window.session.project.name == "Eight GPUs in a lab"


def test_a_figure_is_explained(window, qtbot):
    palette = typed(window, qtbot, "goodput")
    figure = next(each for each in found(palette) if each.kind == "figure")
    while current(palette) != figure:
        press(qtbot, Qt.Key.Key_Down)
    press(qtbot, Qt.Key.Key_Return)
    assert window.findChild(ExplainPanel).shown.key == figure.key


@pytest.mark.parametrize("text", ["goodputt", "acelerators", "contngency"])
def test_a_slip_of_the_finger_still_finds(window, qtbot, text):
    palette = typed(window, qtbot, text)
    assert found(palette)


def test_what_is_not_there_is_said_and_escape_gives_the_keyboard_back(window, qtbot):
    window.activateWindow()
    edit = window.inputs.fields["data.tokens"].edit
    edit.setFocus()
    palette = typed(window, qtbot, "xyzzyx")
    assert not found(palette)
    assert palette.nothing.isVisible()
    press(qtbot, Qt.Key.Key_Return)
    assert palette.isVisible()
    press(qtbot, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert edit.hasFocus()


def test_it_wears_the_theme_that_was_chosen_while_it_was_closed(window, qtbot):
    palette = opened(window, qtbot)
    press(qtbot, Qt.Key.Key_Escape)
    light = palette.styleSheet()
    window.themes.choose("dark")
    opened(window, qtbot)
    assert palette.styleSheet() != light


def test_what_was_taken_lately_comes_first(window, qtbot):
    typed(window, qtbot, "goodput")
    press(qtbot, Qt.Key.Key_Return)
    palette = opened(window, qtbot)
    assert palette.rows.rows[0].heading == "Recent"
    assert current(palette).key == "efficiency.goodput"
    names = [each.id for each in found(palette)]
    assert len(names) == len(set(names))


def test_arrow_keys_pass_over_headings_and_stop_at_the_ends(window, qtbot):
    palette = typed(window, qtbot, "h100")
    seen = [current(palette)]
    for _ in range(len(palette.rows.rows)):
        press(qtbot, Qt.Key.Key_Down)
        seen.append(current(palette))
    assert list(dict.fromkeys(seen)) == found(palette)
    press(qtbot, Qt.Key.Key_PageUp)
    press(qtbot, Qt.Key.Key_PageUp)
    assert current(palette) == found(palette)[0]
    assert palette.line.hasFocus()


@pytest.mark.parametrize("name", ["startup-7b", "smollm3-programme"])
def test_every_input_that_is_found_gets_the_cursor(window, qtbot, name):
    window.documents.open(preset(name))
    settle(window.session)
    palette = opened(window, qtbot)
    inputs = [each for each in found(palette) if each.kind == "input"]
    assert len(inputs) > 40
    lost = []
    for each in inputs:
        palette.taken.emit(each)
        QApplication.processEvents()
        holder = QApplication.focusWidget()
        while holder is not None and not holder.objectName().startswith(each.key):
            holder = holder.parentWidget()
        if holder is None:
            lost.append(each.key)
        if (focused := QApplication.focusWidget()) is not None:
            focused.clearFocus()
    assert lost == []


def test_a_command_by_its_key_closes_the_palette(window, qtbot):
    """It would stand over what the command shows, or half beneath it."""
    palette = opened(window, qtbot)
    qtbot.keyClick(palette.line, Qt.Key.Key_I, CONTROL)
    assert not palette.isVisible()
    panel = window.findChild(ExplainPanel)
    assert panel.isVisible()
    assert panel.isAncestorOf(QApplication.focusWidget())
    field = window.inputs.fields["price.usd_per_gpu_hour"].edit
    field.setFocus()
    opened(window, qtbot)
    qtbot.keyClick(palette.line, Qt.Key.Key_2, CONTROL)
    assert window.pages.currentIndex() == 1
    assert not palette.isVisible()
    assert field.hasFocus()
    assert opened(window, qtbot).isVisible()
    assert opened(window, qtbot).isVisible()
