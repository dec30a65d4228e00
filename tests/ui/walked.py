"""What the window says: run by test_language, as a language is chosen before any module that says something.

``walked.py pseudo PLANS`` says everything in other letters, opens the plans on every tab and tells what is
still in plain ones. ``walked.py en --texts PLANS`` tells all that is said, in tables, dialogs and opened
figures as well. ``walked.py de --scale 1.5 PLANS`` tells which labels are cut and what help has no page of.
``walked.py de --save FILE PLAN`` saves a plan after a change to it.
"""

import argparse
import json
import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

from tests.speaking import speak

asked = argparse.ArgumentParser()
asked.add_argument("language")
asked.add_argument("--save", default="")
asked.add_argument("--texts", action="store_true", help="tell all that is said, tables and panels too")
asked.add_argument("--scale", type=float, default=1.0)
asked.add_argument("plans", nargs="*")
options = asked.parse_intermixed_args()
speak(options.language)

from PySide6.QtCore import (  # noqa: E402
    QAbstractTableModel,
    QEventLoop,
    QModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QTimer,
)
from PySide6.QtGui import QAction, QFontMetricsF, QPainter  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from isocost import paths  # noqa: E402
from isocost.catalog import load  # noqa: E402
from isocost.plan.inputs.table import INPUTS  # noqa: E402
from isocost.quantities import PRINTED, mark_numbers  # noqa: E402
from isocost.report.findings.charts import CHARTS  # noqa: E402
from isocost.report.help.pages import manual  # noqa: E402
from isocost.report.help.topics import place_of  # noqa: E402
from isocost.ui.app import application  # noqa: E402
from isocost.ui.explain.panel import ExplainPanel  # noqa: E402
from isocost.ui.look.theme import ThemeManager  # noqa: E402
from isocost.ui.own.dialogs import MADE_BY  # noqa: E402
from isocost.ui.screenshot import settle  # noqa: E402
from isocost.ui.speaking import PassingSettings  # noqa: E402
from isocost.ui.widgets.cards.card import ChartCard  # noqa: E402
from isocost.ui.widgets.fields.switch import Switch  # noqa: E402
from isocost.ui.widgets.rows import ROW  # noqa: E402
from isocost.ui.window import Window  # noqa: E402

GETTERS = (
    "text", "title", "toolTip", "accessibleName", "accessibleDescription", "windowTitle", "placeholderText",
)  # fmt: skip
ROWS = 60
FIGURES = (
    "total.cost_usd", "rent", "total.wall_days", "total.gpu_hours", "total.energy_kwh", "stages.0.cost_usd",
    "stages.0.mfu", "stages.0.tokens_per_s", "stages.0.step_seconds", "stages.0.memory_bytes",
)  # fmt: skip
"""Figures that are opened."""
said: dict[str, str] = {}
measured, cut = 0, []
spilt: set[str] = set()
"""Painted lines that run out of their room."""
NEARLY = 1.5
"""Pixels that no letter misses."""
draw = QPainter.drawText


def painted(self, *arguments):
    for each in arguments:
        if isinstance(each, str):
            said.setdefault(each, "painted")
            if beyond_its_room(self, arguments[0], each, arguments):
                spilt.add(each)
    return draw(self, *arguments)


def beyond_its_room(painter, place, text, arguments):
    """Whether a painted line is wider than the rectangle it is for, or runs out of the picture."""
    wide = QFontMetricsF(painter.font()).horizontalAdvance(text.replace("&", ""))
    if isinstance(place, QRectF | QRect):
        flags = next((int(each) for each in arguments[1:] if isinstance(each, int | Qt.AlignmentFlag)), 0)
        if not flags & int(Qt.TextFlag.TextDontClip):
            wraps = flags & int(Qt.TextFlag.TextWordWrap) or "\n" in text
            return not wraps and wide > place.width() + NEARLY
        if flags & int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignHCenter):
            return False
        place = place.topLeft()
    device = painter.device()
    if not isinstance(place, QPointF | QPoint) or painter.transform().isRotating() or device is None:
        return False
    at = painter.combinedTransform().map(QPointF(place)).x()
    return at + wide > device.width() / device.devicePixelRatio() + NEARLY


def texts(widget):
    """All that a widget shows or tells."""
    for name in GETTERS:
        get = getattr(widget, name, None)
        if callable(get) and not (name == "text" and isinstance(widget, QLineEdit)):
            yield get()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from (widget.tabText(at) for at in range(widget.count()))
    if isinstance(widget, QAbstractItemView) and (model := widget.model()) is not None:
        for column in range(
            model.columnCount(QModelIndex()) if isinstance(model, QAbstractTableModel) else 1
        ):
            for row in range(min(model.rowCount(QModelIndex()), ROWS)):
                yield model.headerData(column, Qt.Orientation.Horizontal)
                index = model.index(row, column)
                yield index.data()
                if options.texts:
                    yield index.data(Qt.ItemDataRole.ToolTipRole)


def hear(part):
    """Note what a part of the window says."""
    for widget in (part, *part.findChildren(QWidget), *part.findChildren(QAction)):
        for text in texts(widget):
            if isinstance(text, str):
                said.setdefault(text, f"{type(widget).__name__} {widget.objectName()}")


def look(window):
    """Note what the window says, and which labels are cut."""
    global measured
    hear(window)
    for widget in window.findChildren(QWidget):
        if (
            isinstance(widget, QLabel | QAbstractButton)
            and widget.isVisible()
            and shows_it_whole(window, widget)
        ):
            measured += 1
            lines = [line.replace("&", "") for line in widget.text().split("\n")]
            widest = max(widget.fontMetrics().horizontalAdvance(line) for line in lines)
            if widest > widget.width() + 1 or widget.height() < widget.fontMetrics().height() - 1:
                cut.append(f"{widget.text()} ({widget.objectName()})")


def shows_it_whole(window, widget):
    """Whether a text must have room: of inputs and buttons. Titles of cards shorten or break themselves."""
    if not widget.isVisible() or not widget.text():
        return False
    if isinstance(widget, Switch) and widget.wordless:
        return False
    return isinstance(widget, QAbstractButton) or window.inputs.isAncestorOf(widget)


def wait(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def look_at_tables(window):
    """Note what stands in the tables of the charts in sight."""
    for card in window.findChildren(ChartCard):
        if card.isVisible():
            note(card.table(), card.objectName())


def look_at_figures(window):
    """Note what stands in opened figures: the same on every page."""
    for key in FIGURES:
        window.explain(key)
        settle(window.session)
        panel = window.findChild(ExplainPanel)
        hear(panel)
        for row in range(panel.tree.rows.rowCount(QModelIndex())):
            told = panel.tree.rows.index(row, 0).data(ROW)
            for text in (told.label, told.value, told.how, told.change):
                said.setdefault(text, f"row of {key}")
        window.grab()
    panel.leave()


def look_at_dialogs(window):
    """Note what the dialogs beside a plan say."""
    for name in MADE_BY:
        dialog = MADE_BY[name](window.session, window)
        dialog.show()
        settle(window.session)
        wait(100)
        dialog.grab()
        hear(dialog)
        dialog.close()


def note(table, where):
    """Note what a table shows."""
    for column in table.columns:
        said.setdefault(column.name, f"table of {where}")
    for row in range(min(len(table.rows), ROWS)):
        for column in range(len(table.columns)):
            said.setdefault(table.shown(row, column), f"table of {where}")


QPainter.drawText = painted
application()
if options.texts:
    mark_numbers(PRINTED)
settings = PassingSettings()
window = Window(settings, ThemeManager("light", options.scale))
window.fill(load())
window.resize(1280, 800)
window.show_workspace()
window.show()
window.load_pages()
for plan in options.plans:
    window.documents.open(paths.presets() / f"{plan}.yaml")
    settle(window.session)
    for page in () if options.save else range(len(window.views)):
        window.show_page(page)
        settle(window.session)
        wait(150)
        window.grab()
        look(window)
        if options.texts:
            look_at_tables(window)
    if options.texts:
        look_at_figures(window)
        look_at_dialogs(window)
    window.session.undo_stack.setClean()
if options.save:
    window.show_page(0)
    window.session.set_value("data.tokens", 3e12, "tokens")
    window.session.set_value("price.usd_per_gpu_hour", 2.5, "price")
    window.session.set_value("api.usd_per_mtok_in", 0.5, "price")
    settle(window.session)
    window.documents.write(Path(options.save))
lost = [name for name in (*INPUTS, *CHARTS) if place_of([name]) not in manual().places]
plain = {
    text: where for text, where in said.items() if re.search("[A-Za-z]{2}", re.sub("<[^<>]*>", "", text))
}
texts_said = said if options.texts else {}
print(
    json.dumps(
        {
            "texts": texts_said,
            "said": len(said),
            "left": plain,
            "measured": measured,
            "cut": cut,
            "spilt": sorted(spilt),
            "lost": lost,
        }
    )
)
sys.stdout.flush()
window.close()
