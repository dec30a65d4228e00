"""Documents, gallery, menus and drops: nothing is lost, nothing is silent."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QAction, QDropEvent, QFileOpenEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMessageBox, QPushButton

from isocost.files import load_project, save_project
from isocost.plan.answer.estimate import estimate
from isocost.ui.app import FileOpener, make_frame
from isocost.ui.dialogs.about import KeyboardMap
from isocost.ui.dialogs.errors import show_error
from isocost.ui.dialogs.own_catalog import show_own_catalog
from isocost.ui.pages import PAGES
from isocost.ui.screenshot import settle
from isocost.ui.speaking import settings
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.cards.saving import may_replace
from isocost.ui.widgets.fields.slider import LogSlider
from isocost.ui.widgets.fields.typing import window_actions
from tests.ui.conftest import preset


def answer(button: str | None = None) -> list[str]:
    """Close the next message box, by the button of these words; what it said, then what its buttons do."""
    said: list[str] = []

    def close() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            said.append(box.text())
            if button is None:
                box.accept()
                return
            words = {each.text(): each for each in box.buttons()}
            said.extend(words)
            words.get(button, box.escapeButton()).click()
        elif not said:
            QTimer.singleShot(10, close)

    QTimer.singleShot(0, close)
    return said


def action(window, text: str) -> QAction:
    return next(
        each for each in window.findChildren(QAction) if each.text().replace("&", "").startswith(text)
    )


def test_dragging_a_slider_is_one_undo_step(window, qtbot):
    slider = window.findChild(LogSlider, "data.tokens.slider")
    before = window.session.project

    def place(tokens: float):
        from PySide6.QtCore import QPoint

        return QPoint(round(slider.x_of(tokens)), 8)

    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=place(2e12))
    for tokens in (3e12, 5e12, 8e12):
        qtbot.mouseMove(slider, place(tokens))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=place(8e12))
    settle(window.session)
    assert window.session.undo_stack.count() == 1
    assert window.session.estimate == estimate(window.session.project, window.session.catalog)
    undo = action(window, "Undo")
    assert undo.text() == "&Undo Tokens 8T"
    undo.trigger()
    assert window.session.project == before
    assert slider.quantity == 2e12


@pytest.mark.parametrize(
    "content", ["tokens: lots", "isocost: 1\nname: x\nscenarios: []\ntypo: 1\n", "a: &a [*a]\n", "\0\1\2"]
)
def test_a_bad_file_is_a_dialog_and_the_open_plan_stays(window, tmp_path, content):
    bad = tmp_path / "bad.yaml"
    bad.write_text(content, encoding="utf-8")
    before = window.session.project
    said = answer()
    assert not window.documents.open(bad)
    assert len(said) == 1
    assert "bad.yaml" in said[0]
    assert window.session.project is before


def test_saving_and_opening_again_is_the_same_plan_and_the_same_cents(window, tmp_path, monkeypatch):
    window.session.set_value("data.tokens", 3.3e12, "Tokens")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    assert window.windowTitle().startswith("A startup's 7B[*]")
    assert window.isWindowModified()
    action(window, "Save as").trigger()
    path = tmp_path / "mine.yaml"
    assert not window.isWindowModified()
    assert window.session.path == path
    again = load_project(path)
    assert again == window.session.project
    settle(window.session)
    assert estimate(again, window.session.catalog).total == window.session.estimate.total
    assert "mine.yaml" in window.headline.title.text()


def test_a_preset_is_never_overwritten(window, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: asked.append(args) or ("", ""))
    before = preset("startup-7b").read_bytes()
    window.session.set_value("data.tokens", 9e12, "Tokens")
    assert not window.documents.save()
    assert asked
    assert preset("startup-7b").read_bytes() == before


def test_a_folder_that_cannot_be_written_is_said(window, tmp_path):
    said = answer()
    assert not window.documents.write(tmp_path / "missing" / "plan.yaml")
    assert "plan.yaml" in said[0]


@pytest.mark.parametrize(
    ("button", "closes", "saved"),
    [
        ("Save plan", True, True),
        ("Discard changes", True, False),
        ("Keep editing", False, False),
    ],
)
def test_changes_are_asked_about_before_they_are_lost(window, tmp_path, button, closes, saved):
    path = tmp_path / "plan.yaml"
    save_project(window.session.project, path)
    window.documents.open(path)
    window.session.set_value("data.tokens", 4e12, "Tokens")
    said = answer(button)
    assert window.documents.may_close() is closes
    assert sorted(said[1:]) == ["Discard changes", "Keep editing", "Save plan"]
    assert (load_project(path) == window.session.project) is saved


def test_a_dropped_file_opens(window, tmp_path):
    path = tmp_path / "dropped.yaml"
    save_project(load_project(preset("deepseek-r1")), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    assert window.session.path == path


@pytest.fixture
def opener(window, qapp):
    """What opens files in a window, listening as it does where a system hands them over."""
    listening = FileOpener(window)
    qapp.installEventFilter(listening)
    yield listening
    qapp.removeEventFilter(listening)


def test_a_file_handed_over_by_the_system_opens(window, opener, tmp_path, qapp):
    path = tmp_path / "a plan, handed.isocost"
    save_project(load_project(preset("deepseek-r1")), path)
    QApplication.sendEvent(qapp, QFileOpenEvent(str(path)))
    assert window.session.path == path


def test_a_file_handed_over_before_the_window_is_filled_opens_then(qtbot, tmp_path, qapp):
    path = tmp_path / "handed.isocost"
    save_project(load_project(preset("deepseek-r1")), path)
    window = make_frame(settings())
    qtbot.addWidget(window)
    opener = FileOpener(window)
    qapp.installEventFilter(opener)
    QApplication.sendEvent(qapp, QFileOpenEvent(str(path)))
    qapp.removeEventFilter(opener)
    opener.start()
    assert window.session.path == path


def answer_boxes(monkeypatch) -> list[str]:
    """Close every dialog at once; what they said."""
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    return said


@pytest.mark.parametrize(
    "recent",
    [
        ["/root/" + "x" * 300 + ".yaml", "/proc/1/root/plan.yaml", "/dev/null/plan.yaml", ""],
        ["nul\0in.yaml", 7, None, {"a": 1}],
        7,
        {"a": "b"},
        "plan.yaml",
        b"\xff\xfe",
    ],
)
def test_recent_files_that_cannot_be_reached_hold_nothing_up(make, recent, monkeypatch):
    settings().setValue("recent", recent)
    said = answer_boxes(monkeypatch)
    window = make()
    window.show_gallery()
    for path in window.documents.recent():
        assert not window.documents.open(path)
    assert len(said) == len([each for each in said if each.strip()])
    window.documents.remember(preset("startup-7b"))
    assert window.documents.recent()[0].name == "startup-7b.yaml"


def test_recent_files_are_remembered_and_missing_ones_forgotten(window, tmp_path, make, monkeypatch):
    kept, gone = tmp_path / "kept.yaml", tmp_path / "gone.yaml"
    for path in (gone, kept):
        save_project(window.session.project, path)
        window.documents.open(path)
    gone.unlink()
    other = make()
    assert other.documents.recent() == [kept, gone]  # nobody waits for a drive before it is asked for
    answer_boxes(monkeypatch)
    assert not other.documents.open(gone)
    assert other.documents.recent() == [kept]
    assert action(other, "kept.yaml").toolTip() == str(kept)


def test_the_gallery_prices_every_preset_and_opens_the_chosen_one(make, qtbot):
    window = make()
    window.show_gallery()
    window.show()
    settle(window.gallery)
    names = {card.preset.path.stem for card in window.gallery.cards}
    assert names == {path.stem for path in preset("x").parent.glob("*.yaml")}
    r1 = next(card for card in window.gallery.cards if card.preset.path.stem == "deepseek-r1")
    assert r1.preset.price == "$295K"
    qtbot.mouseClick(r1, Qt.MouseButton.LeftButton)
    assert window.centre.currentWidget() is window.plan
    assert window.session.project.name == "DeepSeek-R1, as claimed"
    assert window.session.path is None
    assert not window.session.dirty


def test_the_gallery_has_a_key_and_a_menu_entry(window):
    action(window, "Presets").trigger()
    assert window.centre.currentWidget() is window.gallery


def test_charts_come_after_the_first_paint(make, qtbot):
    window = make()
    assert not window.views
    window.show_workspace()
    with qtbot.waitSignal(window.pages_loaded):
        window.show()
    assert window.pages.count() == len(window.page_titles) == window.tabs.count()


class Paints(QObject):
    """Counts how often the widget it watches is painted."""

    count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() is QEvent.Type.Paint
        return False


@pytest.mark.parametrize("title", ["Plan", "Fit", "Ledger"])
def test_an_edit_paints_a_page_once_also_one_that_was_made_late(window, title):
    window.session.doubt = False  # ranges come from a worker, and are painted when they have
    window.show_page(window.page_titles.index(title))
    settle(window.session)
    paints = watched_cards(window)
    tokens = window.session.value("data.tokens")
    counted = []
    for step in range(1, 5):
        settle(window.session)  # what takes longer than the edit is painted when it comes
        QApplication.processEvents()
        for each in paints:
            each.count = 0
        window.session.set_value("data.tokens", tokens * (1 + step), "Tokens", paints)
        for _ in range(10):
            QApplication.processEvents()
        counted.append(max(each.count for each in paints))
    assert max(counted[1:]) <= 1  # with the first edit the page itself came into sight


@pytest.mark.parametrize("title", ["Plan", "Fit", "Claims"])
def test_a_page_that_comes_to_sight_again_is_painted_once(window, title):
    window.session.doubt = False
    at = window.page_titles.index(title)
    other = (at + 1) % len(PAGES)
    for index in (at, other, at, other, at):
        window.show_page(index)
        settle(window.session)
        for _ in range(10):
            QApplication.processEvents()
    paints = watched_cards(window)
    for index in (other, at):
        window.show_page(index)
        for _ in range(10):
            QApplication.processEvents()
    assert max(each.count for each in paints) == 1


def watched_cards(window):
    """A count of paints for each card of the page in sight."""
    found = []
    for card in window.pages.currentWidget().findChildren(ChartCard):
        if card.isVisible():
            found.append(Paints())
            card.installEventFilter(found[-1])
    return found


def test_pages_are_made_ahead_each_in_a_turn_after_it_was_imported(window):
    def made():
        return sum(window.pages.widget(at).objectName().endswith("_page") for at in range(len(PAGES)))

    assert made() == 1
    turns = []
    while window.views.make_next():
        turns.append(made())
    assert turns == [1 + turn // 2 for turn in range(1, 2 * len(PAGES) - 1)]
    assert made() == len(PAGES)


def test_theme_and_text_size_are_remembered(window, make):
    action(window, "Dark").trigger()
    action(window, "Text larger").trigger()
    other_settings = window.documents._settings
    assert other_settings.value("theme") == "dark"
    assert float(other_settings.value("text_size")) > 1
    assert window.themes.theme.name == "dark"


def test_the_window_comes_back_as_large_as_it_was(make):
    window = make()
    window.resize(770, 640)
    window.close()
    again = make()
    assert (again.width(), again.height()) == (770, 640)


def test_a_new_plan_is_complete_and_computed(window):
    window.documents.new()
    settle(window.session)
    assert window.session.project.name == "Untitled plan"
    assert window.session.estimate.total.cost_usd > 0


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("mine", "mine.yaml"),
        ("mine v1.2", "mine v1.2.yaml"),
        ("mine.isocost", "mine.isocost"),
        ("mine.png", None),
    ],
)
def test_a_plan_is_saved_under_a_plans_name(window, tmp_path, monkeypatch, typed, written):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    said = answer() if written is None else []
    assert window.documents.save_as() is (written is not None)
    assert [each.name for each in tmp_path.iterdir()] == ([written] if written else [])
    assert ("mine.png" in said[0] and ".yaml" in said[0]) if said else written


@pytest.mark.parametrize(
    ("typed", "button", "replaced"),
    [("mine", "Keep it", False), ("mine.yaml", "Keep it", False), ("mine", "Replace it", True)],
)
def test_a_file_is_replaced_when_that_is_wanted(window, tmp_path, monkeypatch, typed, button, replaced):
    file = tmp_path / "mine.yaml"
    file.write_text("kept", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    said = answer(button)
    assert window.documents.save_as() is replaced
    assert said == ["Replace mine.yaml?", "Replace it", "Keep it"]
    assert (file.read_text(encoding="utf-8") == "kept") is not replaced


def test_a_picture_is_replaced_when_that_is_wanted(window, tmp_path, monkeypatch):
    file = tmp_path / "plan.png"
    file.write_bytes(b"kept")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "plan"), ""))
    answer("Keep it")
    window.export_picture()
    assert file.read_bytes() == b"kept"
    answer("Replace it")
    window.export_picture()
    assert file.read_bytes().startswith(b"\x89PNG")


WORDLESS = {"ok", "yes", "no", "cancel", "apply", "&ok", "&yes", "&no"}


def test_no_dialog_has_a_button_that_does_not_say_what_it_does(window, qtbot, monkeypatch, tmp_path):
    """Every dialog the app has, opened."""
    shown: list[str] = []

    def buttons(box: QDialog) -> int:
        shown.extend(each.text() for each in box.findChildren(QPushButton))
        return 0

    monkeypatch.setattr(QDialog, "exec", buttons)
    monkeypatch.setattr(QMessageBox, "exec", buttons)
    monkeypatch.setattr(QMessageBox, "open", buttons)
    window.session.set_value("data.tokens", 4e12, "Tokens")
    assert not window.documents.may_close()
    show_error(window, "A sentence.", "Details.")
    may_replace(window, tmp_path / "plan.yaml")
    show_own_catalog(window)
    window.asides.show_about()
    window.asides.show_keys()
    table = window.views[0].cost_time.show_table()
    buttons(table)
    assert len(shown) > 8
    assert not WORDLESS & {each.lower() for each in shown}


def test_escape_leaves_the_gallery(window, qtbot):
    window.show_gallery()
    qtbot.keyClick(window.gallery, Qt.Key.Key_Escape)
    assert window.centre.currentWidget() is window.plan


def test_the_keyboard_map_names_every_command_with_a_key(window):
    shown = {label.text() for label in KeyboardMap(window).findChildren(QLabel)}
    for each in window_actions(window):
        assert each.shortcuts()[0].toString(QKeySequence.SequenceFormat.NativeText) in " ".join(shown)
    assert {"Undo", "Redo", "Save as", "Plan", "Fit", "Ledger"} <= shown


def test_recent_files_come_before_the_presets(window, qtbot, tmp_path):
    save_project(window.session.project, tmp_path / "mine.yaml")
    window.documents.open(tmp_path / "mine.yaml")
    window.show_gallery()
    settle(window.gallery)
    QApplication.processEvents()
    link = window.gallery.findChild(QPushButton, "gallery.recent.mine.yaml")
    assert link.isVisible()
    at = link.mapTo(window.gallery.widget(), link.rect().topLeft())
    first = min(window.gallery.cards, key=lambda card: (card.mapTo(window, QPoint()).y(), card.x()))
    assert (link.x(), link.width()) == (first.x(), first.width())  # one grid
    assert "come first here" not in window.gallery.foot.whole
    top = at.y()
    assert all(
        card.mapTo(window.gallery.widget(), card.rect().topLeft()).y() > top for card in window.gallery.cards
    )


def test_an_input_two_pages_hold_is_shown_on_the_one_in_sight(window):
    window.activateWindow()
    for title in ("Plan", "Risk"):
        window.show_page(window.page_titles.index(title))
        settle(window.session)
        window.reveal("goal.budget_usd")
        assert window.page_titles[window.tabs.currentIndex()] == title
        assert QApplication.focusWidget().isVisible()
        assert window.views[window.tabs.currentIndex()].isAncestorOf(QApplication.focusWidget())
    window.show_page(window.page_titles.index("Fit"))
    window.reveal("goal.budget_usd")
    assert window.page_titles[window.tabs.currentIndex()] == "Plan"
