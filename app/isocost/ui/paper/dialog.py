"""The page before it is saved: as it will be printed, with the level of the ask and the sheet to choose."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QHideEvent, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from isocost.files import write_atomically
from isocost.files.text import os_problem
from isocost.language import tr
from isocost.plan.answer.chances import Chances, chances
from isocost.plan.answer.estimate import Answer
from isocost.report.paper.content import Paper, paper
from isocost.report.paper.forms import NAMES, markdown_text
from isocost.report.paper.tables import Beside, sampled_beside
from isocost.ui.inputs.pickers import DropDown
from isocost.ui.own.frame import OwnDialog
from isocost.ui.paper.documents import SIZES, Format, document, image
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.saving import ask_where, with_suffix
from isocost.ui.widgets.labels import plain_label

USUAL = tr("4 in 5")
LEVELS = {tr("1 in 2"): 0.5, tr("2 in 3"): 2.0 / 3.0, USUAL: 0.8, tr("9 in 10"): 0.9}
KINDS = tuple(f"{name} (*{suffix})" for suffix, name in NAMES.items())
SHARP = 2.0
"""Pixels of the preview to one of its widget's: it is scaled down, never up."""


class Preview(QLabel):
    """A sheet as large as its room lets it be."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("report.preview")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(200, 260)
        self._sheet = QImage()

    def show_sheet(self, sheet: QImage) -> None:
        """Show another sheet."""
        self._sheet = sheet
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._sheet.isNull():
            self.clear()
            return
        sharp = self.devicePixelRatioF()
        room = QSize(round(self.width() * sharp), round(self.height() * sharp))
        smooth = Qt.TransformationMode.SmoothTransformation
        shown = QPixmap.fromImage(self._sheet.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, smooth))
        shown.setDevicePixelRatio(sharp)
        self.setPixmap(shown)


ASK, SHEET = tr("The ask is enough in"), tr("Sheet")


class ReportDialog(OwnDialog):
    """The plan on one page; what is seen is what is saved."""

    size_wanted = (760, 860)

    def __init__(self, session: Session, parent: QWidget) -> None:
        how = tr(
            "One page for whoever decides. The suffix chooses the form: PDF, HTML, Markdown, XLSX or CSV."
        )
        super().__init__(session, "report", tr("Report"), how, parent)
        self.level = self._choice("level", ASK, tuple(LEVELS), USUAL)
        self.sheet = self._choice("sheet", SHEET, tuple(SIZES), "A4")
        self.preview = Preview()
        row = QHBoxLayout()
        row.setSpacing(10)
        for words, field in ((ASK, self.level), (SHEET, self.sheet)):
            label = plain_label(words)
            label.setBuddy(field)
            row.addWidget(label)
            row.addWidget(field)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self.preview, 1)
        self.copy = self.add_button("copy", tr("Copy as Markdown"))
        self.save = self.add_button("save", tr("Save…"), primary=True)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        self._found: tuple[Answer, Chances, Beside] | None = None
        self._page: Paper | None = None
        self._sampler = session.worker(self._take, self._fail)
        session.answered.connect(self._follow)

    def _choice(self, name: str, label: str, words: tuple[str, ...], chosen: str) -> DropDown:
        field = DropDown(f"report.{name}", label, "")
        field.addItems(list(words))
        field.setCurrentText(chosen)
        field.currentTextChanged.connect(self._draw)
        return field

    def arrive(self) -> None:
        self.level.setFocus()
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed, it holds no page: its picture takes 17 MB, and it is drawn anew when it is opened."""
        super().hideEvent(event)
        if not event.spontaneous():  # iconified by the system it is still open
            self._sampler.discard()
            self._found = self._page = None
            self.preview.show_sheet(QImage())

    def _follow(self, _: object = None) -> None:
        """Draw the plan as it now is, once its chances are sampled."""
        found = self.session.answer
        if found is None or not self.isVisible():
            return
        self.waiting(True)
        self.say(tr("Sampling the plan…"))

        def sample() -> tuple[Answer, Chances, Beside]:
            sampled = chances(found)
            return found, sampled, sampled_beside(found, sampled)

        self._sampler.request(sample)

    def _take(self, sampled: tuple[Answer, Chances, Beside]) -> None:
        self._found = sampled
        self._draw()
        self.waiting(False)

    def _fail(self, error: Exception) -> None:
        self._found = self._page = None
        self.waiting(False)
        self.say(tr("There is no page of this plan: {error}", error=error), "stop")

    def _draw(self, _: object = None) -> None:
        if self._found is None:
            return
        found, sampled, beside = self._found
        path = self.session.path
        name = path.name if path is not None else tr("not saved yet")
        # What is saved and what is copied must be of the same ask as what is seen.
        sampled = sampled.asking(LEVELS[self.level.currentText()])
        self._found = found, sampled, beside
        self._page = page = paper(found, sampled, beside, name, date.today())
        self.preview.show_sheet(image(found, sampled, page, self._format, SHARP))
        self.preview.setAccessibleName(page.title)
        self.preview.setAccessibleDescription(page.lead)
        self.say("")

    @property
    def _format(self) -> Format:
        return cast(Format, self.sheet.currentText())

    def _copy(self) -> None:
        if self._page is not None:
            QGuiApplication.clipboard().setText(markdown_text(self._page))
            self.say(tr("Copied, with how its figures were found."), "fine")

    def _save(self) -> None:
        if self._found is None or self._page is None:
            return
        stem = self.session.path.stem if self.session.path is not None else "plan"
        place = ask_where(self, tr("Save the report"), f"{stem}.pdf", ";;".join(KINDS), _with_known_suffix)
        if place is None:
            return
        try:
            made = document(place.suffix.lower(), *self._found[:2], self._page, self._format)
            write_atomically(place, made)
        except OSError as error:
            self.say(
                tr("{name} cannot be written: {os_problem}.", name=place.name, os_problem=os_problem(error)),
                "stop",
            )
            return
        self.say(tr("Saved {name}.", name=place.name), "fine")


def _with_known_suffix(path: Path) -> Path:
    """The name with a suffix that says the form; a PDF's where it has none of ours."""
    return path if path.suffix.lower() in NAMES else with_suffix(".pdf")(path)
