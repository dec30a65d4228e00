"""The row of offers at the edge of a goal: a card each; a click or its number takes one."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.report.findings.tabs.plan_offers import NOTHING, WORKING, OffersView, OfferView
from isocost.ui.look.theme import RADIUS, Role, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.tabs.plan.marks import paint_disc
from isocost.ui.widgets.labels import WrapLabel, plain_tip
from isocost.ui.widgets.rows import RIGHT, write_text

HEIGHT, GAP, LEFT, SIDE = 74, 12, 42, 14
"""Pixels of a card: its height, the gap between two, where its words begin, its side."""
NARROW = 230
"""Pixels of a card from which on there is room for the chance at the right of the words."""
MOST = 3


class OfferCard(QAbstractButton):
    """One offer, painted."""

    def __init__(self, number: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(f"offers.{number}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view: OfferView | None = None
        self.dimmed = False
        self._theme = theme

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def show_offer(self, view: OfferView, *, dimmed: bool) -> None:
        """Show an offer; ``dimmed`` while a newer one is to come, and it cannot be taken."""
        if (view, dimmed) == (self.view, self.dimmed):
            return
        self.view, self.dimmed = view, dimmed
        self.setAccessibleName(view.words)
        self.setAccessibleDescription(
            WORKING if dimmed else tr("Press {number} to take it.", number=view.number)
        )
        self.setToolTip(plain_tip(view.words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(240), self._theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(150), self._theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.view is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, px = self._theme, self._theme.px
        lit = self.hasFocus() or (self.underMouse() and not self.dimmed)
        painter.setPen(made_pen(theme.accent if lit else theme.line, 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)
        paint_disc(painter, QPointF(px(24), px(22)), self.view.number, theme, dimmed=self.dimmed)
        right = self.width() - px(SIDE)
        beside = (0.0, 0.0)
        if self.view.chance and self._has_column:
            self._paint_chance(painter, QRectF(px(LEFT), 0, right - px(LEFT), self.height()), self.view)
            # Each line as wide as what stands at its right lets it be: no word of either is cut in vain.
            beside = (
                text_size(font_of(theme, "figure"), self.view.chance)[0] + 6,
                text_size(font_of(theme, "quiet"), self.view.holds)[0] + 6,
            )
        self._paint_words(painter, QRectF(px(LEFT), 0, right - px(LEFT), self.height()), self.view, beside)
        self._paint_price(painter, self.view)
        painter.end()

    @property
    def _has_column(self) -> bool:
        """Whether there is room for the chance beside the words; else it stands before the price."""
        return self.width() >= self._theme.px(NARROW)

    def _ink(self, colour: str) -> QColor:
        """A colour; on a dimmed card nearer to its ground, and still read."""
        return mixed(colour, self._theme.panel, 0.62) if self.dimmed else QColor(colour)

    def _paint_words(
        self, painter: QPainter, room: QRectF, view: OfferView, beside: tuple[float, float]
    ) -> None:
        theme, px = self._theme, self._theme.px
        text, quiet = self._ink(theme.text).name(), self._ink(theme.quiet).name()
        small, bold = font_of(theme, "small"), font_of(theme, "small", bold=True)
        line = QRectF(room.left(), px(11), room.width() - beside[0], px(18))
        write_text(painter, line, view.name, bold, text)
        after = QFontMetricsF(bold).horizontalAdvance(view.name) + 8
        write_text(painter, line.adjusted(after, 0, 0, 0), view.hardware, small, quiet)
        line, figures = (
            QRectF(room.left(), px(29), room.width() - beside[1], px(22)),
            tr("{cost} in {time}", cost=view.cost, time=view.time),
        )
        roles: tuple[Role, ...] = ("figure", "card", "small")
        fitting = (
            font for role in roles if text_size(font := font_of(theme, role), figures)[0] <= line.width()
        )
        write_text(painter, line, figures, next(fitting, small), text)

    def _paint_price(self, painter: QPainter, view: OfferView) -> None:
        """Who asks the price and what the prediction rests on, as wide as the card."""
        theme, px = self._theme, self._theme.px
        line = QRectF(px(LEFT), px(51), self.width() - px(LEFT + SIDE), px(16))
        ink = self._ink(theme.care if view.stale else theme.quiet).name()
        words = " · ".join(filter(None, (view.price, view.evidence)))
        if view.chance and not self._has_column:
            words = f"{view.chance} {view.holds} · {words}"
        write_text(painter, line, words, font_of(theme, "quiet"), ink)

    def _paint_chance(self, painter: QPainter, room: QRectF, view: OfferView) -> None:
        theme, px = self._theme, self._theme.px
        ink = self._ink(theme.care if view.risky else theme.fine).name()
        line = QRectF(room.left(), px(11), room.width(), px(20))
        write_text(painter, line, view.chance, font_of(theme, "figure"), ink, RIGHT)
        below = QRectF(room.left(), px(31), room.width(), px(16))
        write_text(painter, below, view.holds, font_of(theme, "quiet"), self._ink(theme.quiet).name(), RIGHT)


class OfferRow(QWidget):
    """The cards, with a sentence above them where they are no offers."""

    chosen = Signal(object)
    """The :class:`OfferView` to take."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offers")
        self.setAccessibleName(tr("Offers"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.words = WrapLabel(self)
        self.words.setObjectName("offers.words")
        self.words.setProperty("role", "small")
        self.view = NOTHING
        self.cards = tuple(OfferCard(number, theme, self) for number in range(1, MOST + 1))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(GAP)
        for card in self.cards:
            self._row.addWidget(card)
            card.clicked.connect(lambda _=False, at=card: self._choose(at))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.words)
        column.addLayout(self._row)
        self.apply_theme(theme)
        self.show_view(None, dimmed=False)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        for card in self.cards:
            card.apply_theme(theme)
        self._keep_height()
        self._arrange()

    def show_view(self, view: OffersView | None, *, dimmed: bool) -> None:
        """Show offers in place of the last ones; None = the first are being looked for."""
        self.view = NOTHING if view is None else view
        said = WORKING if view is None else view.words
        self.words.say(said)
        self.words.setVisible(bool(said))
        self._keep_height()
        for at, card in enumerate(self.cards):
            there = at < len(self.view.cards)
            card.setVisible(there)
            if there:
                card.show_offer(self.view.cards[at], dimmed=dimmed)

    def _keep_height(self) -> None:
        """A sentence without cards stands where they will, so that nothing moves when they come."""
        self.words.setMinimumHeight(0 if self.view.cards else self._theme.px(HEIGHT))

    def take(self, number: int) -> None:
        """Choose the card of a number, if there is one and it is of the goal that stands."""
        if number <= len(self.view.cards):
            self._choose(self.cards[number - 1])

    def _choose(self, card: OfferCard) -> None:
        if card.view is not None and not card.dimmed and self.isVisible():
            self.chosen.emit(card.view)

    def _arrange(self) -> None:
        """Side by side, or below each other where they have no room."""
        wide = self.width() >= MOST * self._theme.px(NARROW - 30)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(across if wide else down)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
