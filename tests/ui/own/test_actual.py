"""A run under way in the window: typed or imported, forecast, and held against the plan."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QScrollArea

from isocost.plan.project.underway import underway_of
from isocost.plan.values import Underway
from isocost.quantities import plain_spaces
from isocost.ui.palette.palette import Palette
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset
from tests.ui.own.dialogs import cut_labels, line, opened, press, rest, type_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(window):
    return opened(window, "actual")


def tell(qtbot, window, dialog, **texts):
    for key, text in texts.items():
        type_in(qtbot, line(dialog, key), text)
    rest(window)


def said(dialog):
    return [label.whole for label in dialog.told if label.isVisible()]


def test_nothing_scrolls_before_anything_is_told(dialog):
    area = dialog.findChild(QScrollArea, "actual.area")
    assert area.verticalScrollBar().maximum() == 0


def test_what_is_typed_tells_where_the_run_ends(window, qtbot, dialog):
    assert dialog.found is None
    assert "import a record" in dialog.nothing.whole
    tell(qtbot, window, dialog, done="45 %", after="7 days")
    told = plain_spaces(dialog.finding.whole)
    assert told.startswith("Pre-training: 45 % done after 7 days")
    assert said(dialog)[0].startswith("Against the plan: ")
    assert "later" in said(dialog)[0]
    assert "planned" in dialog.bars.accessibleName()
    usual = dialog.found.cost_usd.p50
    tell(qtbot, window, dialog, spent="$1M")
    assert dialog.found.cost_usd.p50 > 2 * usual
    assert any(each.startswith("Spent so far: $1M") for each in said(dialog))
    assert underway_of(window.session.project.scenarios[0].stages[0]) == Underway(
        share=0.45, hours=168.0, spent_usd=1e6
    )
    press(qtbot, window, dialog, "copy")
    assert QApplication.clipboard().text().splitlines()[0] == dialog.finding.whole


def test_it_follows_the_plan_and_its_stages(window, qtbot, dialog):
    tell(qtbot, window, dialog, done="1T", after="7 days")
    share = dialog.found.share
    window.session.set_value("data.tokens", 4e12, "Tokens")
    rest(window)
    assert dialog.found.share == pytest.approx(share / 2)
    window.session.undo_stack.setClean()  # else opening another asks first
    window.documents.open(preset("deepseek-r1"))
    rest(window)
    assert dialog.found is None
    assert "No stage" in dialog.message.whole


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [("done", "lots", "not a number"), ("after", "soon", "not a time"), ("spent", "-3", "above 0")],
)
def test_nonsense_is_said_at_its_field(window, qtbot, dialog, key, text, says):
    tell(qtbot, window, dialog, done="1T", after="7 days")
    assert dialog.found is not None
    tell(qtbot, window, dialog, **{key: text})
    field = next(each for each in dialog.fields.values() if each.edit is line(dialog, key))
    assert says in field.message.whole
    assert dialog.found is None
    tell(qtbot, window, dialog, **{key: "1T" if key == "done" else "8 days" if key == "after" else ""})
    assert not field.message.isVisible()
    assert dialog.found is not None


def test_a_record_is_imported_and_a_bad_one_is_a_sentence(window, qtbot, dialog, tmp_path, monkeypatch):
    path = tmp_path / "run.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, window, dialog, "import")
    assert "run.csv: there is no such file." in dialog.message.whole
    path.write_text("hours,tokens\n24,1e11\n48,2e11\nlater,3e11\n96,4e11\n")
    press(qtbot, window, dialog, "import")
    assert dialog.file.text() == "run.csv"
    assert dialog.found.share == pytest.approx(0.2)
    assert "line 4" in dialog.message.whole
    assert not line(dialog, "done").isVisible()
    press(qtbot, window, dialog, "forget")
    assert dialog.found is None
    assert line(dialog, "done").isVisible()
    path.write_text("hours,tokens\n24,0\n48,0\n")
    press(qtbot, window, dialog, "import")
    assert "no progress" in dialog.message.whole


def test_the_palette_leads_to_every_dialog(window, qtbot):
    window.activateWindow()
    for typed, name in (
        ("your accelerators", "own_accelerators"),
        ("quotes", "own_quotes"),
        ("calibrate", "own_calibration"),
        ("plan against actual", "own_actual"),
    ):
        window.asides.find_anything()
        rest(window)
        palette = window.findChild(Palette)
        qtbot.keyClicks(palette.line, typed)
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
        rest(window)
        assert name in [each.objectName() for each in QApplication.topLevelWidgets() if each.isVisible()]


@pytest.mark.parametrize(("theme", "scale"), [("light", 1.0), ("dark", 1.5)])
def test_nothing_is_cut_with_larger_text(window, qtbot, theme, scale):
    window.themes.choose(theme)
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    dialog = opened(window, "actual")
    assert cut_labels(dialog) == []
    tell(qtbot, window, dialog, done="45 %", after="7 days", spent="200K")
    assert cut_labels(dialog) == []
    assert dialog.width() <= 1280


def test_what_is_typed_stays_in_the_plan_and_can_be_undone(window, qtbot, dialog, tmp_path):
    tell(qtbot, window, dialog, done="45 %", after="7 days")
    stage = window.session.project.scenarios[0].stages[0]
    assert window.session.undo_stack.undoText() == f"Tell how far {stage.name} is"
    path = tmp_path / "running.yaml"
    window.documents.write(path)
    rest(window)
    dialog.close()
    window.session.undo_stack.undo()
    window.session.undo_stack.undo()
    window.open_own("actual")
    rest(window)
    assert line(dialog, "done").text() == ""
    assert dialog.found is None
    window.session.undo_stack.setClean()
    window.documents.open(path)
    rest(window)
    assert [plain_spaces(line(dialog, key).text()) for key in ("done", "after", "spent")] == [
        "45 %",
        "7 days",
        "",
    ]
    assert dialog.found is not None
    tell(qtbot, window, dialog, done="", after="")
    assert underway_of(window.session.project.scenarios[0].stages[0]) is None


def test_the_log_of_a_trainer_is_a_record(window, qtbot, dialog, tmp_path, monkeypatch):
    path = tmp_path / "train.log"
    path.write_text(
        "".join(
            f" iteration {at:8d}/ 500000 | elapsed time per iteration (ms): "
            f"{30000.0 if at < 2 else 4000.0} | "
            "global batch size:   512 | lm loss: 2.0 |\n"
            for at in range(1, 400)
        )
    )
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, window, dialog, "import")
    assert dialog.found is not None
    assert dialog.found.progress.hours[-1] == pytest.approx((398 * 4.0 + 30.0) / 3600.0)
    batch = window.session.estimate.stages[0].batch_tokens
    assert dialog.found.progress.tokens[-1] == pytest.approx(399 * batch)
