"""Accelerators of one's own: a form that adds, changes and removes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from isocost.catalog import Catalog, reload
from isocost.files.own.fields import FIELDS, GROUPS, base_text
from isocost.files.own.parts import Checked, Draft, check, nearest_part
from isocost.files.own.store import (
    OwnPart,
    OwnParts,
    begun_with,
    own_parts,
    remove_part,
    save_part,
)
from isocost.language import tr
from isocost.paths import user_data
from isocost.plan.project.choosing import names
from isocost.report.findings.own import parts as words
from isocost.ui.inputs.bindings import write
from isocost.ui.inputs.pickers import DropDown
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.own.field import FormField
from isocost.ui.own.frame import OwnDialog
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import plain_label
from isocost.ui.widgets.rows import ROW, ClickList, Index, Lines, RowDelegate, write_text
from isocost.ui.widgets.sections import ScrollBody, scrolling, upright_rule

NAME = "own_accelerators"
LIST = 196
ROW_HEIGHT = 40
TWO_COLUMNS = 880
"""Pixels of the dialog from which on the form has two columns."""
COLUMNS = ((0, 1, 5, 6), (2, 3, 4))
"""Groups of the form, in two columns."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What the worker read, after what it did."""

    parts: OwnParts
    catalog: Catalog | None = None
    """The catalogue anew; None = nothing was changed."""
    said: str = ""
    draft: Draft | None = None
    """What the form goes on with; None = as it is."""
    use: str = ""
    """Id of the one the plan is to have."""


class AcceleratorsDialog(OwnDialog):
    """The user's own accelerators, and the form of one of them."""

    size_wanted = (940, 724)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, NAME, words.TITLE, words.HOW, parent)
        self._parts: OwnParts | None = None
        self._draft = Draft("")
        self._touched: set[str] = set()
        self._like_chosen = False
        self.lines: Lines[OwnPart] = Lines(words.part_words, self)
        self._delegate = _Rows(self.theme, ROW_HEIGHT, self)
        self.list = ClickList(f"{NAME}.list", self.lines, self._delegate, self)
        self.list.setAccessibleName(words.TITLE)
        self.new = QPushButton(tr("New"))
        self.like = DropDown(f"{NAME}.like", words.LIKE, words.LIKE_HELP)
        self.heading = plain_label(words.NEW)
        self.fields = {key: FormField(NAME, field) for key, field in FIELDS.items()}
        self._name_parts()
        self._lay_out_form()
        self.remove = self.add_button("remove", tr("Remove"))
        self.save = self.add_button("save", tr("Save"))
        self.use = self.add_button("use", tr("Save and use"), primary=True)
        self._worker = session.worker(self._take, self._fail, of_plan=False)
        self._connect()

    def _name_parts(self) -> None:
        self.new.setObjectName(f"{NAME}.new")
        self.new.setAutoDefault(False)
        self.like.setMinimumContentsLength(18)
        self.heading.setProperty("role", "card")
        self.nothing = QLabel(words.NONE_YET)
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("role", "quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _lay_out_form(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.new)
        side.addWidget(self.list, 1)
        side.addWidget(self.nothing, 1)
        top = QHBoxLayout()
        top.setSpacing(8)
        begins = plain_label(words.LIKE)
        begins.setBuddy(self.like)
        top.addWidget(self.heading, 1)
        top.addWidget(begins)
        top.addWidget(self.like)
        form = ScrollBody()
        self._pair = pair = QBoxLayout(QBoxLayout.Direction.LeftToRight, form)
        pair.setContentsMargins(0, 2, 8, 8)
        pair.setSpacing(24)
        for groups in COLUMNS:
            pair.addLayout(self._column(groups), 1)
        self.area = scrolling(form, f"{NAME}.form")
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addLayout(top)
        right.addWidget(self.area, 1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(side)
        row.addWidget(upright_rule())
        row.addLayout(right, 1)
        self.body.addLayout(row, 1)

    def _column(self, groups: tuple[int, ...]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        for at in groups:
            title, fields = GROUPS[at]
            heading = plain_label(title.upper())
            heading.setProperty("role", "section")
            column.addWidget(heading)
            for field in fields:
                column.addWidget(self.fields[field.key])
            column.addSpacing(6)
        column.addStretch(1)
        return column

    def _connect(self) -> None:
        self.list.clicked.connect(self._open)
        self.new.clicked.connect(self._begin)
        self.like.activated.connect(self._choose_like)
        self.save.clicked.connect(lambda: self._save(use=False))
        self.use.clicked.connect(lambda: self._save(use=True))
        self.remove.clicked.connect(self._remove)
        for key, field in self.fields.items():
            field.edited.connect(self._check_again)
            field.left.connect(lambda key=key: self._leave(key))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.list.apply_theme(theme)
        for part in (self.list, self.nothing, self.new):
            part.setFixedWidth(theme.px(LIST))
        put_icon(self.new, "plus", theme.text, theme.px(14))
        for field in self.fields.values():
            field.apply_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two columns where both have room for figures, else one."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        wide = self.width() >= self.theme.px(TWO_COLUMNS)
        self._pair.setDirection(ways.LeftToRight if wide else ways.TopToBottom)

    # The list

    def arrive(self) -> None:
        """Read the user's files as they are now; the first time the form is that of a new one."""
        self._ask(lambda: _Done(own_parts(_folder())))
        self.fields["name"].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self, work: Callable[[], _Done]) -> None:
        self.waiting(True)
        self._worker.request(work)

    def _take(self, done: _Done) -> None:
        first = self._parts is None
        self._parts = done.parts
        self.lines.show(done.parts.own)
        self.list.setVisible(bool(done.parts.own))
        self.nothing.setVisible(not done.parts.own)
        if done.catalog is not None:
            self.session.take_catalog(done.catalog)
        self.waiting(False)
        if first:
            self._begin()
        elif done.draft is not None:
            self._show(done.draft)
        if done.use:
            name = self.session.catalog.accelerator(done.use).short_name
            write(self.session, "hardware.accelerator", done.use, tr("Choose {name}", name=name))
        problems = words.own_problems(done.parts.problems)
        if done.said or problems:
            self.say(done.said or problems, "fine" if done.said else "care")

    def _fail(self, error: Exception) -> None:
        self.waiting(False)
        self.say(str(error), "stop")

    def _open(self, index: QModelIndex) -> None:
        """Put an accelerator of the list into the form; one that is written by hand stays where it is."""
        part: OwnPart = index.data(ROW)
        if part.draft is None:
            self.say(words.written_by_hand(part), "care")
        else:
            self._show(part.draft)
            self.say("")

    # The form

    def _begin(self) -> None:
        """Begin a new one, like what the plan has."""
        self._like_chosen = False
        self._show(
            Draft(self.session.catalog.accelerator(self.session.value("hardware.accelerator")).spec.id)
        )
        self.say("")
        self.fields["name"].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, draft: Draft) -> None:
        self._draft, self._touched = draft, set()
        self._delegate.shown = draft.id
        self.list.viewport().update()
        assert self._parts is not None
        known = words.likes(self.session.catalog)
        # One may not begin with what began with it.
        never = {draft.id, *(part.row.id for part in begun_with(self._parts, draft.id))}
        self.like.clear()
        for key, name in known:
            if key not in never:
                self.like.addItem(name, key)
        self._show_like(draft.like)
        for key, field in self.fields.items():
            field.show_text(draft.typed.get(key, ""))
        self.heading.setText(draft.typed.get("name", "") if draft.id else words.NEW)
        self.remove.setVisible(bool(draft.id))
        self._check_again()

    def _show_like(self, like: str) -> None:
        self.like.setCurrentIndex(self.like.findData(like))
        row = self._parts.rows.get(like) if self._parts is not None else None
        if row is not None:
            for key, field in self.fields.items():
                field.offer(base_text(FIELDS[key], row))
        self.fields["sources_read"].offer(date.today().isoformat())

    def _choose_like(self, index: int) -> None:
        self._like_chosen = True
        self._show_like(self.like.itemData(index))
        self._check_again()

    def _typed(self) -> Draft:
        texts = {key: field.text for key, field in self.fields.items() if field.text.strip()}
        return Draft(self.like.currentData(), texts, self._draft.id)

    def _leave(self, key: str) -> None:
        """What is wrong with a field is said once the cursor has left it."""
        if not self.fields[key].edit.isModified():
            return
        self._touched.add(key)
        if key == "name" and not self._like_chosen and not self._draft.id:
            near = nearest_part(self.fields["name"].text, self.session.catalog)
            if near is not None:
                self._show_like(near)
        if key == "name":
            self.fields["short_name"].offer(self.fields["name"].text)
        self._check_again()

    def _check_again(self) -> Checked | None:
        if self._parts is None:
            return None
        found = check(self._typed(), self._parts.rows, self.session.catalog, date.today())
        for key, field in self.fields.items():
            told = key in self._touched
            wrong = found.problems.get(key, "") if told else ""
            field.say(wrong or (found.remarks.get(key, "") if told else ""), wrong=bool(wrong))
        return found

    # Saving and removing

    def _save(self, *, use: bool) -> None:
        self._touched = set(self.fields)
        found = self._check_again()
        if found is None:
            return
        if found.problems:
            self.say(words.wrong_fields(len(found.problems)), "stop")
            first = next(key for key in self.fields if key in found.problems)
            self.area.ensureWidgetVisible(self.fields[first])
            self.fields[first].edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        own, again = str(found.record["id"]), bool(self._draft.id)
        said = words.saved(str(found.record["name"]), again=again)

        def work() -> _Done:
            save_part(_folder(), found.record, found.price)
            parts = own_parts(_folder())
            draft = next((each.draft for each in parts.own if each.row.id == own), None)
            return _Done(parts, reload(), said, draft, own if use else "")

        self._ask(work)

    def _remove(self) -> None:
        own, name = self._draft.id, self._draft.typed.get("name", "")
        assert self._parts is not None
        others = [part.row.name for part in begun_with(self._parts, own)]
        if self.session.holds(own):
            self.say(words.not_removed(name, in_plan=names(self.session.project, own)), "stop")
            return
        if others:
            self.say(words.begun_from(name, others), "stop")
            return
        kept = Draft(self._draft.like, self._draft.typed)

        def work() -> _Done:
            remove_part(_folder(), own)
            return _Done(own_parts(_folder()), reload(), words.removed(name), kept)

        self._ask(work)


class _Rows(RowDelegate):
    """Paints an accelerator: its name, and beneath it what it is."""

    shown = ""
    """Id of the one in the form."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        part: OwnPart = index.data(ROW)
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, row, option.state, chosen=part.row.id == self.shown)
        inner, half = row.adjusted(8, 3, -8, -3), (row.height() - 6) / 2
        first = QRectF(inner.left(), inner.top(), inner.width(), half)
        second = QRectF(inner.left(), inner.top() + half, inner.width(), half)
        write_text(painter, first, part.row.name, self.bold, self.theme.text)
        write_text(painter, second, words.part_line(part), self.quiet, self.theme.quiet)
        painter.restore()


def _folder() -> Path:
    return user_data() / "catalog"
