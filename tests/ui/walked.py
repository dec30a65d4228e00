"""What the window says: run by test_language, as a language is chosen before any module that says something.

``walked.py pseudo PLANS`` says everything in other letters, opens the plans on every tab and tells what is
still in plain ones. ``walked.py de --scale 1.5 PLANS`` tells which labels are cut
and what help has no page of. ``walked.py de --save FILE PLAN`` saves a plan after a change to it.
"""

import argparse
import json
import os
import re
import sys

from isocost import paths
from isocost.language import choose_language, say_with

PARTS = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&[a-z]+;|%[a-z(])")
"""What of a message is no word: values, tags, entities."""
MADE_UP = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in map(chr, range(128)) if letter.isalpha()}
"""Letters twice as wide."""


def made_up(message: str) -> str:
    """A message in the letters of no language, its values where they were."""
    parts = PARTS.split(message)
    return "".join(part if PARTS.fullmatch(part) else part.translate(MADE_UP) for part in parts)


asked = argparse.ArgumentParser()
asked.add_argument("language")
asked.add_argument("--save", default="")
asked.add_argument("--scale", type=float, default=1.0)
asked.add_argument("plans", nargs="*")
options = asked.parse_intermixed_args()
if options.language == "pseudo":
    say_with(made_up)
else:
    choose_language(options.language, paths.resource("languages"))

from PySide6.QtCore import QEventLoop, QModelIndex, QSettings, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QAction, QPainter  # noqa: E402
from PySide6.QtWidgets import (  # noqa: E402
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from isocost.catalog import load  # noqa: E402
from isocost.plan.inputs.table import INPUTS  # noqa: E402
from isocost.report.findings.charts import CHARTS  # noqa: E402
from isocost.report.help.pages import manual  # noqa: E402
from isocost.report.help.topics import place_of  # noqa: E402
from isocost.ui.app import application  # noqa: E402
from isocost.ui.look.theme import ThemeManager  # noqa: E402
from isocost.ui.screenshot import settle  # noqa: E402
from isocost.ui.window import Window  # noqa: E402

GETTERS = (
    "text", "title", "toolTip", "accessibleName", "accessibleDescription", "windowTitle", "placeholderText",
)  # fmt: skip
ROWS = 60
said: dict[str, str] = {}
measured, cut = 0, []
draw = QPainter.drawText


def painted(self, *arguments):
    for each in arguments:
        if isinstance(each, str):
            said.setdefault(each, "painted")
    return draw(self, *arguments)


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
        for row in range(min(model.rowCount(QModelIndex()), ROWS)):
            yield model.index(row, 0).data()
            yield model.headerData(0, Qt.Orientation.Horizontal)


def look(window):
    """Note what the window says, and which labels are cut."""
    global measured
    for widget in (window, *window.findChildren(QWidget), *window.findChildren(QAction)):
        for text in texts(widget):
            if isinstance(text, str):
                said.setdefault(text, f"{type(widget).__name__} {widget.objectName()}")
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
    return isinstance(widget, QAbstractButton) or window.inputs.isAncestorOf(widget)


def wait(milliseconds):
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


QPainter.drawText = painted
application()
settings = QSettings(os.devnull, QSettings.Format.IniFormat)
window = Window(settings, ThemeManager("light", options.scale))
window.fill(load())
window.resize(1280, 800)
window.show_workspace()
window.show()
window.load_pages()
for plan in options.plans:
    window.documents.open(paths.presets() / f"{plan}.yaml")
    settle(window.session)
    for page in range(len(window.views)):
        window.show_page(page)
        settle(window.session)
        wait(150)
        window.grab()
        look(window)
    window.session.undo_stack.setClean()
if options.save:
    window.show_page(0)
    window.session.set_value("data.tokens", 3e12, "tokens")
    window.session.set_value("price.usd_per_gpu_hour", 2.5, "price")
    window.session.set_value("api.usd_per_mtok_in", 0.5, "price")
    settle(window.session)
    from pathlib import Path

    window.documents.write(Path(options.save))
lost = [name for name in (*INPUTS, *CHARTS) if place_of([name]) not in manual().places]
plain = {
    text: where for text, where in said.items() if re.search("[A-Za-z]{2}", re.sub("<[^<>]*>", "", text))
}
print(json.dumps({"said": len(said), "left": plain, "measured": measured, "cut": cut, "lost": lost}))
sys.stdout.flush()
window.close()
