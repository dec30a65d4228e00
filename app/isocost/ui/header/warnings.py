"""What stands against the plan, in words; each leads to the input at fault."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from isocost.language import tr
from isocost.plan.notice import Notice
from isocost.quantities import format_counted
from isocost.report.findings.header import NO_WARNINGS, by_gravity, cure_line
from isocost.ui.look.icons import icon, put_icon
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.widgets.labels import plain_tip, restyle, shorten

_ICONS = {"stop": "error", "care": "warning", "info": "info"}


class WarningLine(QWidget):
    """The gravest warning on one line, the others a click away; it keeps its height when there is none."""

    field_wanted = Signal(str)
    cure_wanted = Signal(object)
    """The :class:`Notice` whose cure is to be taken."""

    def __init__(self) -> None:
        super().__init__()
        self._notices: tuple[Notice, ...] = ()
        self._calm = NO_WARNINGS
        self._theme = LIGHT
        self.setAccessibleName(tr("Warnings"))
        self.first = QPushButton()
        self.first.setObjectName("warnings.first")
        self.first.setProperty("role", "link")
        self.first.setCursor(Qt.CursorShape.PointingHandCursor)
        self.first.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.first.clicked.connect(self._jump)
        self.cure = QToolButton()
        self.cure.setObjectName("warnings.cure")
        self.cure.setProperty("role", "cure")
        self.cure.clicked.connect(self._take)
        self.more = QToolButton()
        self.more.setObjectName("warnings.more")
        self.more.setProperty("role", "more")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        keep = self.more.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.more.setSizePolicy(keep)
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.first, 1)
        row.addWidget(self.cure)
        row.addWidget(self.more)
        self.show_notices(())

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown, the gravest first."""
        return self._notices

    def show_notices(self, notices: Sequence[Notice], calm: str = NO_WARNINGS) -> None:
        """Replace the warnings; ``calm`` is said where there is none."""
        ordered = by_gravity(notices)
        if (ordered, calm) == (self._notices, self._calm) and self.first.text():
            return
        self._notices, self._calm = ordered, calm
        self._show()

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the icons."""
        self._theme = theme
        self._show()

    def _show(self) -> None:
        grave = self._notices[0] if self._notices else None
        severity = grave.severity if grave else "info"
        restyle(self.first, "severity", severity)
        self.first.setEnabled(grave is not None)
        sign = _ICONS[severity] if grave else "check"
        put_icon(self.first, sign, self._theme.severity(severity), self._theme.px(14))
        self.first.setToolTip(plain_tip(grave.message if grave else ""))
        self.first.setAccessibleName(grave.message if grave else self._calm)
        self._offer(grave)
        rest = len(self._notices) - 1
        self.more.setVisible(rest > 0)
        self.more.setText(tr("+{rest} more", rest=rest) if rest > 0 else "")
        self.more.setAccessibleName(f"{format_counted(max(0, rest), 'more warning')}")
        self._fill_menu()
        self._elide()

    def _offer(self, notice: Notice | None) -> None:
        """A button that takes the cure of the warning shown, when it has one."""
        self.cure.setVisible(notice is not None and notice.cure is not None)
        if notice is not None and notice.cure is not None:
            self.cure.setText(notice.cure.words)
            self.cure.setAccessibleName(cure_line(notice))

    def _fill_menu(self) -> None:
        self.menu.clear()
        for notice in self._notices:
            action = self.menu.addAction(
                icon(_ICONS[notice.severity], self._theme.severity(notice.severity), 16), notice.message
            )
            action.triggered.connect(lambda _=False, path=notice.field: self.field_wanted.emit(path))

    def _elide(self) -> None:
        text = self._notices[0].message if self._notices else self._calm
        room = self.first.width() - 26
        shown = shorten(text, self.first.fontMetrics(), max(60, room))
        self.first.setText(shown)

    def _jump(self) -> None:
        if self._notices:
            self.field_wanted.emit(self._notices[0].field)

    def _take(self) -> None:
        if self._notices:
            self.cure_wanted.emit(self._notices[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()
