"""Models and accelerators are found by any of their names, in a list that tells what each is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton, QToolTip, QVBoxLayout, QWidget

from isocost import paths
from isocost.catalog import load
from isocost.files import load_project
from isocost.quantities import format_money, plain_spaces
from isocost.ui.inputs.pickers import ChoicePicker
from isocost.ui.inputs.search import AcceleratorPicker, ModelPicker, SearchPicker
from isocost.ui.look.theme import ThemeManager
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import plain_tip
from tests.ui.conftest import preset

SELECT_ALL = (Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def press(qtbot, picker: SearchPicker, key: Qt.Key) -> None:
    """A key as a user presses it: the list has it while it is open."""
    qtbot.keyClick(QApplication.activePopupWidget() or picker.lineEdit(), key)


def search(qtbot, picker: SearchPicker, text: str) -> None:
    """Type over what stands there."""
    picker.lineEdit().setFocus()
    qtbot.keyClick(picker.lineEdit(), *SELECT_ALL)
    qtbot.keyClicks(picker.lineEdit(), text)


def rows(picker: SearchPicker) -> list[list[str]]:
    """The texts of the open list."""
    assert picker.list.is_open
    model = picker.list.view.model()
    return [
        [plain_spaces(model.index(row, at).data() or "") for at in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def row_of(picker: SearchPicker, name: str) -> int:
    return next(at for at, row in enumerate(rows(picker)) if row[0] == name)


def click(qtbot, picker: SearchPicker, name: str) -> None:
    """Scroll to a line of the open list and click it."""
    view = picker.list.view
    index = view.model().index(row_of(picker, name), 0)
    view.scrollTo(index)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


@pytest.fixture
def pickers(qtbot, qapp, session: Session) -> Iterator[tuple[SearchPicker, SearchPicker]]:
    """Both in a window of their own, which takes a fraction of the time of the app's."""
    before = (qapp.palette(), qapp.styleSheet(), qapp.font())
    themes = ThemeManager("light")
    body = QWidget()
    body.themes = themes
    qtbot.addWidget(body)
    column = QVBoxLayout(body)
    made = (ModelPicker(session), AcceleratorPicker(session))
    for each in made:
        column.addWidget(each)
        session.project_changed.connect(each.refresh)
        session.selection_changed.connect(each.refresh)
        each.refresh()
    session.choose_hardware("h100-sxm", 256)
    body.resize(292, 90)
    body.show()
    qtbot.waitExposed(body)
    yield made
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[0])
    qapp.setFont(before[2])


@pytest.fixture
def model(pickers) -> SearchPicker:
    return pickers[0]


@pytest.fixture
def accelerator(pickers) -> SearchPicker:
    return pickers[1]


@pytest.mark.parametrize(
    ("typed", "keys", "chosen"),
    [
        ("405", [Qt.Key.Key_Return], "Llama 3.1 405B"),
        ("405", [Qt.Key.Key_Down, Qt.Key.Key_Return], "Llama 3.1 405B"),
        ("llama-3.1 405", [Qt.Key.Key_Return], "Llama 3.1 405B"),
        ("deepseekv3", [Qt.Key.Key_Return], "DeepSeek-V3"),
        ("unsloth/Qwen3-8B-bnb-4bit", [Qt.Key.Key_Return], "Qwen3 8B"),
        ("custom", [Qt.Key.Key_Return], None),
        ("405", [Qt.Key.Key_Escape], "GPT-3 175B"),
        ("no such model", [Qt.Key.Key_Return, Qt.Key.Key_Escape], "GPT-3 175B"),
    ],
)
def test_a_model_is_found_by_typing_any_part_of_its_name(session, qtbot, model, typed, keys, chosen):
    model.activated.emit(model.findText("GPT-3 175B"))
    assert session.value("model.name") == "GPT-3 175B"
    search(qtbot, model, typed)
    for key in keys:
        press(qtbot, model, key)
    assert session.value("model.name") == chosen
    assert model.lineEdit().text() == (chosen or "Custom model")
    assert not model.list.is_open


@pytest.mark.parametrize(
    ("typed", "keys", "chosen"),
    [
        ("4090", [Qt.Key.Key_Return], "rtx4090"),
        ("4090", [Qt.Key.Key_Down, Qt.Key.Key_Return], "rtx4090"),
        ("gfx942", [Qt.Key.Key_Return], "mi300x"),
        ("p5.48xlarge", [Qt.Key.Key_Return], "h100-sxm"),
        ("a3-highgpu-8g", [Qt.Key.Key_Return], "h100-sxm"),
        ("H100", [Qt.Key.Key_Return], "h100-sxm"),
        ("H100", [Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return], "h100-pcie"),
        ("MI400", [Qt.Key.Key_Return], "mi455x"),
        ("H1000", [Qt.Key.Key_Return], "b200"),
        ("4090", [Qt.Key.Key_Escape], "b200"),
    ],
)
def test_an_accelerator_is_found_by_any_of_its_names(session, qtbot, accelerator, typed, keys, chosen):
    session.choose_hardware("b200", 256)
    search(qtbot, accelerator, typed)
    for key in keys:
        press(qtbot, accelerator, key)
    assert session.value("hardware.accelerator") == chosen
    assert session.value("hardware.count") == (288 if chosen == "mi455x" else 256)  # racks of 72


def test_the_list_tells_memory_speed_price_and_link(session, qtbot, accelerator):
    search(qtbot, accelerator, "H100 SXM5")
    card = session.catalog.default_price("h100-sxm")
    price = session.value("price.usd_per_gpu_hour")
    assert card is not None
    assert price == card.usd_per_gpu_hour
    assert rows(accelerator)[0] == ["H100 SXM5 80GB", "80 GB", "989", "BF16", f"${price:.2f}", "450 GB/s"]
    header = accelerator.list.view.header().model()
    titles = [header.headerData(at, Qt.Orientation.Horizontal) for at in range(6)]
    assert titles == ["Accelerator", "Memory", "TFLOP/s", "dense", "An hour", "Link"]
    search(qtbot, accelerator, "V100 32GB")
    assert rows(accelerator)[0][2:4] == ["125", "FP16"]


def test_who_owns_is_told_what_one_costs(session, qtbot, accelerator):
    session.open(load_project(preset("rent-or-buy-64-h100"), session.catalog), None)
    session.select_scenario(1)
    assert session.current_scenario.supply.owns
    search(qtbot, accelerator, "RTX 4090")
    # the card with its share of a server
    catalog = session.catalog
    over_card = catalog.constants.economics.server_over_card.value
    assert rows(accelerator)[0][4] == format_money(catalog.accelerator("rtx4090").purchase_usd * over_card)
    search(qtbot, accelerator, "L40S")
    assert rows(accelerator)[0][4] == "–"
    assert "no purchase price is known" in accelerator.list.lines[0].sentence


def test_a_spelling_that_is_not_the_name_stands_beside_it(qtbot, accelerator):
    search(qtbot, accelerator, "p5.48xlarge")
    assert rows(accelerator)[0][0] == "H100 SXM5 80GB · p5.48xlarge: 8 of them"
    search(qtbot, accelerator, "gfx942")
    assert rows(accelerator)[0][0] == "Instinct MI300X 192GB · gfx942"


def test_a_name_that_says_too_little_lists_all_it_may_mean(qtbot, accelerator):
    search(qtbot, accelerator, "sm_100")
    names = [row[0] for row in rows(accelerator)]
    assert any(name.startswith("B200") for name in names)
    assert any(name.startswith("GB200") for name in names)


def test_a_name_nobody_knows_is_answered_and_stays_until_escape(session, qtbot, accelerator):
    before = accelerator.currentText()
    search(qtbot, accelerator, "H1000")
    assert rows(accelerator)[0][0] == "No accelerator is called 'H1000'; did you mean H100?"
    press(qtbot, accelerator, Qt.Key.Key_Return)
    assert rows(accelerator)[0][0].endswith("did you mean H100?")  # still to be read
    assert accelerator.lineEdit().text() == "H1000"
    assert accelerator.property("wrong")
    assert "did you mean H100?" in accelerator.toolTip()
    press(qtbot, accelerator, Qt.Key.Key_Escape)
    assert accelerator.lineEdit().text() == before
    assert not accelerator.property("wrong")
    assert session.value("hardware.accelerator") == "h100-sxm"


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_what_was_typed_and_left_is_taken_when_it_is_a_whole_name(session, qtbot, accelerator, key):
    search(qtbot, accelerator, "MI300X")
    press(qtbot, accelerator, key)
    assert session.value("hardware.accelerator") == "mi300x"
    assert not accelerator.list.is_open
    assert not accelerator.lineEdit().hasFocus()


def test_what_was_typed_and_left_is_said_when_it_was_not_taken(session, qtbot, accelerator, monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, words, widget: said.append(words))
    for text in ("409", "H1000"):
        search(qtbot, accelerator, text)
        accelerator.list.close()
        accelerator.lineEdit().clearFocus()
    assert session.value("hardware.accelerator") == "h100-sxm"
    assert accelerator.currentText() == "H100 SXM5 80GB"
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[0] == plain_tip(
        "“409” is not the whole name: Enter takes GeForce RTX 4090 24GB. The plan keeps H100 SXM5 80GB."
    )
    assert said[1].endswith("did you mean H100? The plan keeps H100 SXM5 80GB.")


@pytest.mark.parametrize("key", [Qt.Key.Key_Down, Qt.Key.Key_F4])
def test_a_key_opens_everything_at_what_the_plan_has(session, qtbot, accelerator, key):
    accelerator.lineEdit().setFocus()
    press(qtbot, accelerator, key)
    view = accelerator.list.view
    assert view.currentIndex().data() == "H100 SXM5 80GB"
    assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))
    names = [row[0] for row in rows(accelerator)]
    makers = [name for name in names if name in ("NVIDIA", "AMD", "INTEL", "GOOGLE", "AWS", "APPLE")]
    assert makers[:2] == ["NVIDIA", "AMD"]
    assert names[-1] == "Add your own…"
    press(qtbot, accelerator, Qt.Key.Key_Down)
    press(qtbot, accelerator, Qt.Key.Key_Return)
    assert session.value("hardware.accelerator") == "h100-sxm-96gb-500w"


def test_typing_in_the_open_list_searches_it(qtbot, accelerator):
    accelerator.lineEdit().setFocus()
    press(qtbot, accelerator, Qt.Key.Key_Down)
    qtbot.keyClicks(QApplication.activePopupWidget(), "4090")
    assert [row[0] for row in rows(accelerator)] == [
        "GeForce RTX 4090 24GB",
        "GeForce RTX 4090 D 24GB",
        "Add your own…",
    ]


def test_a_click_chooses_and_a_heading_is_no_choice(session, qtbot, accelerator):
    arrow = QPoint(accelerator.width() - 12, accelerator.height() // 2)
    qtbot.mouseClick(accelerator, Qt.MouseButton.LeftButton, pos=arrow)
    click(qtbot, accelerator, "AMD")
    assert session.value("hardware.accelerator") == "h100-sxm"
    if not accelerator.list.is_open:
        accelerator.showPopup()
    click(qtbot, accelerator, "Instinct MI300X 192GB")
    assert session.value("hardware.accelerator") == "mi300x"
    assert not accelerator.list.is_open
    assert accelerator.currentText() == "Instinct MI300X 192GB"


def test_announced_parts_are_marked_and_listed_on_demand(session, qtbot, accelerator):
    parts = [each for each in session.catalog.accelerators.values() if each.announced]
    marked = {f"{each.spec.name} (announced)" for each in parts}
    assert marked
    accelerator.showPopup()
    assert not marked & {row[0] for row in rows(accelerator)}
    click(qtbot, accelerator, f"Show {len(marked)} announced parts")
    assert marked <= {row[0] for row in rows(accelerator)}
    search(qtbot, accelerator, "B100")
    assert rows(accelerator)[0][0] == "B100 192GB (announced)"


@pytest.mark.parametrize(
    ("typed", "cells"),
    [
        ("405", ["Llama 3.1 405B", "406B", "", "Dense", "2024"]),
        ("DeepSeek-V3", ["DeepSeek-V3", "671B", "37B", "Mixture of experts", "2024"]),
        ("Falcon-H1 34B", ["Falcon-H1 34B", "33.6B", "", "Hybrid", "2025"]),
        ("Jamba 1.5 Large", ["Jamba 1.5 Large", "398B", "94B", "Hybrid mixture", "2024"]),
    ],
)
def test_the_list_tells_size_shape_and_year_of_a_model(qtbot, model, typed, cells):
    search(qtbot, model, typed)
    assert rows(model)[0] == cells


def test_a_model_whose_size_nobody_knows_is_said(session, qtbot, model):
    search(qtbot, model, "GPT-4")
    assert rows(model)[0][0].startswith("The size of GPT-4 is not published")
    press(qtbot, model, Qt.Key.Key_Return)
    assert session.value("model.name") is None
    press(qtbot, model, Qt.Key.Key_Escape)
    assert model.currentText() == "Custom model"


def test_moving_through_the_list_writes_nothing_into_the_line(qtbot, model):
    search(qtbot, model, "llama")
    press(qtbot, model, Qt.Key.Key_Down)
    press(qtbot, model, Qt.Key.Key_Down)
    assert model.lineEdit().text() == "llama"


def test_figures_stand_at_the_right_and_all_is_heard(qtbot, model, accelerator):
    for picker, text in ((model, "DeepSeek-V3"), (accelerator, "H100 SXM5")):
        search(qtbot, picker, text)
        first = picker.list.view.model().index(0, 0)
        assert first.sibling(0, 1).data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight
        heard = first.data(Qt.ItemDataRole.AccessibleTextRole)
        assert all(cell in plain_spaces(heard) for cell in (text, "671B" if picker is model else "80 GB"))
        assert picker.list.view.accessibleName()
        press(qtbot, picker, Qt.Key.Key_Escape)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_list_stays_on_the_screen_and_cuts_no_figure(qtbot, accelerator, scale):
    accelerator.window().themes.set_scale(scale)
    accelerator.lineEdit().setFocus()
    accelerator.showPopup()
    view = accelerator.list.view
    assert accelerator.screen().availableGeometry().contains(view.geometry())
    metrics = view.fontMetrics()
    for at in range(1, view.model().columnCount()):
        widest = max(metrics.horizontalAdvance(row[at]) for row in rows(accelerator))
        assert view.header().sectionSize(at) >= widest + 2 * 8
    assert not view.horizontalScrollBar().isVisible()


@pytest.mark.parametrize("path", ["data.precision", "site.region"])
def test_the_list_of_a_drop_down_shows_its_entries_in_full(qtbot, session, pickers, path):
    made = ChoicePicker(session, path)
    qtbot.addWidget(made)
    longest = "The longest of all that can be chosen here"
    made.addItem(longest)
    made.setFixedWidth(60)
    made.show()
    made.showPopup()
    view = made.view()
    assert view.viewport().width() >= view.fontMetrics().horizontalAdvance(longest) + 2 * 8
    assert made.screen().availableGeometry().contains(view.window().geometry())


def boxes() -> list[QMessageBox]:
    """The dialogs on screen."""
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, QMessageBox)]


def box() -> QMessageBox:
    """The only dialog on screen."""
    (only,) = boxes()
    return only


def opening(monkeypatch, *, works: bool) -> list[Path]:
    """What the desktop is asked to open."""
    opened: list[Path] = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: opened.append(Path(url.toLocalFile())) or works
    )
    return opened


def test_adding_ones_own_opens_a_file_of_examples(session, qtbot, model, monkeypatch):
    opened = opening(monkeypatch, works=True)
    model.lineEdit().setFocus()
    model.showPopup()
    click(qtbot, model, "Add your own…")
    file = paths.user_data() / "catalog" / "own.yaml"
    assert str(file) in box().text()
    assert "when it starts" in box().informativeText()
    assert not file.exists()
    assert session.value("model.name") is None
    words = {each.text(): each for each in box().findChildren(QPushButton)}
    assert set(words) == {"Open the file", "Show its folder", "Close"}
    qtbot.mouseClick(words["Open the file"], Qt.MouseButton.LeftButton)
    assert opened == [file]
    assert load(file.parent).problems == ()
    assert load(file.parent).models == load().models


def test_every_example_of_the_file_is_a_good_record(tmp_path):
    text = paths.resource("templates", "own_catalog.yaml").read_text(encoding="utf-8")
    lines = [line[2:] if line.startswith(("# - ", "#   ")) else line for line in text.splitlines()]
    (tmp_path / "own.yaml").write_text("\n".join(lines), encoding="utf-8")
    catalog = load(tmp_path)
    assert catalog.problems == ()
    assert catalog.accelerator("h200-lab").spec.power_w == 600
    assert {"Planned 90B-A6B", "Ours 3B"} <= set(catalog.models)
    assert catalog.models["Planned 90B-A6B"].released == "2027"
    assert catalog.default_price("h100-sxm").usd_per_gpu_hour == 2.85


def test_the_file_that_is_there_is_the_one_that_opens(qtbot, model, monkeypatch):
    opened = opening(monkeypatch, works=False)
    folder = paths.user_data() / "catalog"
    folder.mkdir(parents=True)
    (folder / "lab.yaml").write_text("prices: []\n", encoding="utf-8")
    model.showPopup()
    click(qtbot, model, "Add your own…")
    qtbot.keyClick(box(), Qt.Key.Key_Return)
    assert opened == [folder / "lab.yaml"]
    assert (folder / "lab.yaml").read_text(encoding="utf-8") == "prices: []\n"
    # Nothing on this desktop opens it: that is said, with its name.
    assert any("lab.yaml" in each.text() and each.objectName() == "error" for each in boxes())
