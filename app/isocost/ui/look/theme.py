"""The only source of colour, type and spacing: two themes and the palette and style sheet made from each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QLabel, QWidget

from isocost import paths
from isocost.ui.look.stylesheet import FROM_BIRTH, about, stylesheet

ThemeChoice = Literal["system", "light", "dark"]
Role = Literal["headline", "figure", "card", "body", "small", "quiet"]

SPACE = 4
"""Every margin and gap is a multiple of this many pixels."""

RADIUS = 8
FAMILY = "Inter"

_SIZES: dict[Role, float] = {"headline": 24, "figure": 17, "card": 14, "body": 13, "small": 12, "quiet": 11}
_WEIGHTS: dict[Role, QFont.Weight] = {
    "headline": QFont.Weight.DemiBold,
    "figure": QFont.Weight.DemiBold,
    "card": QFont.Weight.DemiBold,
}


class Series(NamedTuple):
    """How one accelerator is drawn: a line colour, a darker one for its label, and a dash pattern."""

    line: str
    text: str
    dash: tuple[float, ...]
    """Pen dashes in pen widths; empty = solid."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One look. Colours are ``#rrggbb``; text colours reach 4.5:1 on ``window`` and on ``panel``."""

    name: Literal["light", "dark"]
    window: str
    panel: str
    field: str
    """Ground of text fields and chips."""
    line: str
    grid: str
    track: str
    """The part of a slider beyond its value."""
    text: str
    quiet: str
    accent: str
    on_accent: str
    """Text on a ground of ``accent``."""
    fine: str
    care: str
    stop: str
    series: tuple[Series, ...]
    scale: float = 1.0
    """Text size relative to the design's."""
    printed: bool = False
    """Whether it is for a document: each glyph stands for a character, and nothing can be dragged. On screen
    digits have one width, so that a number keeps its place while it changes, and punctuation follows its
    neighbours."""

    def px(self, size: float) -> int:
        """A length of the design in pixels at this text size."""
        return round(size * self.scale)

    def font(self, role: Role = "body", *, bold: bool = False) -> QFont:
        """The bundled font for a role."""
        font = QFont(FAMILY)
        # Not points, whose size depends on the resolution a screen claims to have.
        font.setPixelSize(self.px(_SIZES[role]))
        font.setWeight(QFont.Weight.DemiBold if bold else _WEIGHTS.get(role, QFont.Weight.Normal))
        # Off is said too: Qt takes what a font leaves open from the application's, which has tabular digits.
        font.setFeature(QFont.Tag.fromString("tnum"), int(not self.printed))
        if self.printed:
            font.setFeature(QFont.Tag.fromString("calt"), 0)
        return font

    def severity(self, name: str) -> str:
        """Text colour of a notice: info, care or stop."""
        return {"info": self.quiet, "care": self.care, "stop": self.stop}[name]


_DASHES: tuple[tuple[float, ...], ...] = ((), (), (5.0, 2.5), (5.0, 2.0, 1.2, 2.0), (1.2, 2.2), (8.0, 3.0))


def _series(lines: str, texts: str) -> tuple[Series, ...]:
    """Six colours with their dashes, then the same colours with other dashes for six more."""
    pairs = list(zip(lines.split(), texts.split(), strict=True))
    shifted = (*_DASHES[2:], *_DASHES[2:4])
    return tuple(
        Series(line, text, dash)
        for dashes in (_DASHES, shifted)
        for (line, text), dash in zip(pairs, dashes, strict=True)
    )


LIGHT = Theme(
    name="light",
    window="#f6f7f9",
    panel="#ffffff",
    field="#f6f7f9",
    line="#e3e6eb",
    grid="#eceef2",
    track="#dfe3e9",
    text="#171b22",
    quiet="#5f6979",
    accent="#2f6fed",
    on_accent="#ffffff",
    fine="#18794e",
    care="#a35300",
    stop="#c0362c",
    series=_series(
        "#2f6fed #d9730d #0f9d76 #b0389b #7a7f87 #c9a400",
        "#2563d9 #ad5600 #0b7a5c #b0389b #666c76 #806500",
    ),
)

DARK = Theme(
    name="dark",
    window="#14171c",
    panel="#1b1f26",
    field="#14171c",
    line="#2a303a",
    grid="#262c35",
    track="#2f3641",
    text="#e8ebf0",
    quiet="#949eae",
    accent="#6ea0ff",
    on_accent="#0e1116",
    fine="#4cc38a",
    care="#f0a75a",
    stop="#ff8279",
    series=_series(
        "#6ea0ff #f59e4c #3ecf9b #e27bd0 #9aa3af #e6c94d",
        "#6ea0ff #f59e4c #3ecf9b #e27bd0 #9aa3af #e6c94d",
    ),
)


@cache
def load_fonts() -> None:
    # Ours is in the package, so that widths of text and screenshots are the same on every machine.
    for file in sorted(paths.resource("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def palette(theme: Theme) -> QPalette:
    """The theme as a Qt palette; widgets that paint themselves take their colours from it."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.Base: theme.field,
        role.AlternateBase: theme.panel,
        role.Button: theme.panel,
        role.WindowText: theme.text,
        role.Text: theme.text,
        role.ButtonText: theme.text,
        role.PlaceholderText: theme.quiet,
        role.ToolTipBase: theme.panel,
        role.ToolTipText: theme.text,
        role.Highlight: theme.accent,
        role.Accent: theme.accent,
        role.HighlightedText: theme.on_accent,
        role.Link: theme.accent,
        role.Mid: theme.line,
        role.Midlight: theme.track,
        role.Dark: theme.quiet,
        role.Light: theme.panel,
        role.Shadow: theme.window,
        role.BrightText: theme.stop,
    }
    made = QPalette()
    for each, colour in colours.items():
        made.setColor(each, QColor(colour))
    # A colour set for all groups holds for disabled widgets too, which then look like the others.
    for each in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(theme.quiet))
    return made


@lru_cache(maxsize=2)
def _sheet(theme: Theme) -> str:
    """The style sheet of a theme, which each part of the window wears."""
    values = {field.name: getattr(theme, field.name) for field in fields(theme)}
    colours = {name: value for name, value in values.items() if isinstance(value, str)}
    return stylesheet(colours, theme.px, RADIUS)


ALONE = (QLabel, QAbstractButton, QAbstractSlider)
"""Widgets that hold no others, whatever becomes of them."""


@lru_cache(maxsize=8)
def _sheet_about(theme: Theme, classes: tuple[str, ...]) -> str:
    return about(_sheet(theme), classes)


def _sheet_of(part: QWidget, theme: Theme) -> str:
    """What a part is to wear: Qt keeps a copy of the sheet for each, 0.3 MB of the whole, of which a widget
    that holds no others needs little."""
    if not isinstance(part, ALONE):
        return _sheet(theme)
    kind, classes = part.metaObject(), list[str]()
    while kind is not None:
        classes.append(kind.className())
        kind = kind.superClass()
    return _sheet_about(theme, tuple(classes))


class Dress:
    """What a part of a window wears: the theme's style sheet, and what the part draws with itself."""

    # Not the application: at a change of its sheet Qt restyles every widget once for each widget around it,
    # ten times on average. And what is hidden can wait until it is shown, as most of a window is.

    def __init__(self, part: QWidget, restyle: Callable[[Theme], None] | None = None) -> None:
        """``restyle`` gives the part the theme it draws with."""
        self.part = part
        self._restyle = restyle
        self._worn: Theme | None = None

    def wears(self, theme: Theme) -> bool:
        """Whether the part is in a theme."""
        return theme == self._worn

    def wear(self, theme: Theme) -> bool:
        """Put the part, and whatever opens from it, into a theme; False where it wears that already."""
        if self.wears(theme):
            return False
        self._worn = theme
        self.part.setStyleSheet(_sheet_of(self.part, theme))
        if self._restyle is not None:
            self._restyle(theme)
        return True


class ThemeManager(QObject):
    """Holds the chosen theme, gives the application its font and palette and tells those who wear more."""

    changed = Signal(object)
    """The new :class:`Theme`."""

    def __init__(
        self, choice: ThemeChoice = "system", scale: float = 1.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._choice: ThemeChoice = choice
        self._scale = scale
        load_fonts()
        # Asked for a dark scheme, Qt does nothing on plain X11: the system's is a hint, the palettes ours.
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self._theme = self._wanted()
        self._dress()

    @property
    def theme(self) -> Theme:
        """The look on screen."""
        return self._theme

    @property
    def choice(self) -> ThemeChoice:
        """What the user asked for: a theme, or to follow the system."""
        return self._choice

    @property
    def scale(self) -> float:
        """Text size relative to the design's."""
        return self._scale

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or stay light or dark."""
        self._choice = choice
        self._refresh()

    def set_scale(self, scale: float) -> None:
        """Make all text larger or smaller."""
        self._scale = scale
        self._refresh()

    def follow(self, restyle: Callable[[Theme], None]) -> None:
        """Call ``restyle`` with the theme now and at every change."""
        restyle(self._theme)
        self.changed.connect(restyle)

    def _wanted(self) -> Theme:
        dark = self._choice == "dark"
        if self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return replace(DARK if dark else LIGHT, scale=self._scale)

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._refresh()

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted == self._theme:
            return
        self._theme = wanted
        self._dress()
        self.changed.emit(wanted)

    def _dress(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setFont(self._theme.font())
        application.setPalette(palette(self._theme))
        if application.styleSheet() != FROM_BIRTH:  # once: see Dress
            application.setStyleSheet(FROM_BIRTH)
