"""The small style sheet: only what a palette cannot say (cards, chips, tabs, roles of text)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from string import Template

FROM_BIRTH = "QComboBox { combobox-popup: 0; }"
"""What a widget must know before it has a place in a window. Qt makes the list of a combo box with its first
entry: 0 is one that scrolls, and Fusion's own a menu of all entries, as long as the screen."""

ARROW_ROOM = 42
"""Pixels of a drop-down that its frame and arrow take."""
_SIZES = (11, 12, 13, 14, 17, 20, 24)


_SHEET = Template("""
QLabel[role="headline"] { font-size: ${s24}px; font-weight: 600; }
QLabel[role="figure"] { font-size: ${s17}px; font-weight: 600; }
QLabel[role="section"] { font-size: ${s11}px; font-weight: 600; color: $quiet; }
QLabel[role="quiet"] { font-size: ${s11}px; color: $quiet; }
QLabel[role="small"] { font-size: ${s12}px; color: $quiet; }
QLabel[role="told"] { font-size: ${s13}px; }
QLabel[role="go"] { font-size: ${s12}px; color: $accent; }
QLabel[role="fine"] { font-size: ${s12}px; color: $fine; }
QLabel[role="care"] { font-size: ${s12}px; color: $care; }
QLabel[role="stop"] { font-size: ${s12}px; color: $stop; }
QFrame#header { background: $panel; border: none; border-bottom: 1px solid $line; }
QFrame#inputs { background: $panel; border: none; }
QFrame[role="card"], QPushButton[role="card"] {
    background: $panel; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[role="side"] { background: $panel; border: none; border-left: 1px solid $line; }
QFrame[role="tour"] { background: $panel; border: 1px solid $accent; border-radius: ${radius}px; }
QWidget[role="ring"] { background: transparent; border: 2px solid $accent; border-radius: ${radius}px; }
QFrame[role="inset"] { background: $field; border: 1px solid $line; border-radius: ${radius}px; }
QDialog[role="own"] { background: $panel; }
QFrame[role="cover"] { background: $panel; border: none; }
QFrame[role="foot"] { background: transparent; border: none; border-top: 1px solid $line; }
QFrame[role="rule"] { background: $line; border: none; }
QFrame[role="popup"] { background: $panel; border: 1px solid $line; }
QLabel[role="card"] { background: transparent; border: none; font-size: ${s14}px; font-weight: 600; }
QPushButton[role="card"]:hover, QPushButton[role="card"]:focus { border-color: $accent; }
QLineEdit, QComboBox { background: $field; border: 1px solid $line; border-radius: 6px;
    padding: 2px 8px; min-height: ${s20}px; selection-background-color: $accent; }
QLineEdit[role="search"] { font-size: ${s14}px; padding: 6px 8px; border-radius: ${radius}px; }
QLineEdit[role="quantity"] { font-weight: 600; }
QLineEdit[role="cell"] { font-size: ${s12}px; padding: 1px 4px; min-height: ${s17}px; border-radius: 5px; }
QPlainTextEdit { background: $field; border: 1px solid $line; border-radius: 6px; padding: 2px 4px;
    font-size: ${s12}px; selection-background-color: $accent; }
QPlainTextEdit:focus { border-color: $accent; }
QTextBrowser[role="page"] { background: $panel; border: none; selection-background-color: $accent; }
QListView[role="plain"] { background: transparent; border: none; outline: none; }
QListView[role="plain"] QLineEdit { padding: 0 4px; min-height: 0; }
QLabel[role="fact"] { font-weight: 600; }
QLineEdit:focus, QComboBox:focus { border-color: $accent; }
QLineEdit[wrong="true"] { border-color: $stop; }
QComboBox { font-weight: 600; }
QComboBox[role="flat"] { border: none; background: transparent; color: $quiet; font-weight: 400;
    font-size: ${s11}px; padding: 0 ${s12}px 0 0; min-height: ${s14}px; }
QComboBox[role="flat"]::drop-down { width: 0; }
QComboBox[role="flat"]:focus { color: $accent; }
QComboBox QLineEdit { border: none; background: transparent; padding: 0; margin-left: -2px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; }
QPushButton[role="disclosure"] { border: none; background: transparent; padding: 0; color: $quiet;
    font-size: ${s11}px; text-align: right; }
QPushButton[role="disclosure"]:hover, QPushButton[role="disclosure"]:focus { color: $accent; }
QComboBox QAbstractItemView { font-weight: 400; font-size: ${s13}px; padding: 4px; background: $panel;
    border: 1px solid $line; outline: none;
    selection-background-color: $accent; selection-color: $on_accent; }
QComboBox QAbstractItemView::item { padding: 3px 8px; min-height: ${s17}px; border: none; }
QComboBox QAbstractItemView::item:selected { background: $accent; color: $on_accent; }
QComboBox[wrong="true"] { border-color: $stop; }
QTreeView[role="choices"] { background: $panel; border: 1px solid $line; outline: none; padding: 0;
    font-weight: 400; font-size: ${s13}px; }
QTreeView[role="choices"]::item { padding: 5px 8px; min-height: 0; border: none; }
QTreeView[role="choices"]::item:hover { background: $field; }
QTreeView[role="choices"]::item:selected { background: $accent; color: $on_accent; }
QTreeView[role="choices"] QHeaderView { background: $panel; border: none; font-size: ${s11}px; }
QTreeView[role="choices"] QHeaderView::section { background: $panel; color: $quiet; border: none;
    border-bottom: 1px solid $line; padding: 6px 11px 4px 11px; }
QPushButton { background: $panel; border: 1px solid $line; border-radius: 6px; padding: 5px 14px; }
QPushButton:hover, QPushButton:focus { border-color: $accent; }
QPushButton:default, QPushButton[role="primary"]:enabled { background: $accent; color: $on_accent;
    border-color: $accent; font-weight: 600; }
QPushButton[role="chip"] { border-radius: ${pill}px; padding: 2px 10px;
    font-size: ${s12}px; min-height: ${s14}px; }
QPushButton[role="chip"]:checked { background: $accent; color: $on_accent; border-color: $accent;
    font-weight: 600; }
QPushButton:default:focus, QPushButton[role="primary"]:enabled:focus, QPushButton[role="chip"]:checked:focus {
    border: 2px solid $text; padding: 4px 13px; }
QPushButton[role="chip"]:checked:focus { padding: 1px 9px; }
QLabel[role="badge"] { background: $field; border: 1px solid $line; border-radius: ${pill}px;
    padding: 2px 10px; font-size: ${s12}px; color: $text; }
QLabel[role="badge"][tone="care"] { color: $care; }
QPushButton[role="part"] { border-radius: ${pill}px; padding: 2px 10px; font-size: ${s12}px;
    min-height: ${s14}px; font-weight: 400; }
QPushButton[role="part"][tone="open"] { border: 1px dashed $care; color: $care; }
QPushButton[role="part"]:focus { border: 1px solid $accent; }
QPushButton[role="link"][tone="go"] { color: $accent; }
QLabel[role="verdict"] { font-size: ${s20}px; font-weight: 600; }
QLabel[strong="true"] { font-size: ${s13}px; font-weight: 600; }
QLabel[role="arithmetic"] { font-size: ${s12}px; }
QPushButton[role="link"] { border: none; background: transparent; padding: 0; text-align: left;
    font-size: ${s12}px; }
QPushButton[role="link"]:hover, QPushButton[role="link"]:focus { text-decoration: underline; }
QPushButton[severity="info"] { color: $quiet; }
QPushButton[severity="care"] { color: $care; }
QPushButton[severity="stop"] { color: $stop; }
QToolButton { border: none; background: transparent; border-radius: 4px; padding: 1px; color: $quiet; }
QToolButton:hover, QToolButton:focus { color: $accent; background: $field; }
QToolButton[role="cure"] { color: $accent; font-weight: 600; }
/* Qt would paint an arrow over the text of a button that has a menu. */
QToolButton::menu-indicator { image: none; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $quiet; border: none; border-bottom: 2px solid transparent;
    padding: 6px 3px; margin-right: 24px; font-size: ${s13}px; }
QTabBar::tab:selected { color: $text; font-weight: 600; border-bottom-color: $accent; }
QTabBar[tight="true"]::tab { margin-right: 10px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected:focus { color: $accent; background: $field; }
QMenuBar { background: $panel; border-bottom: 1px solid $line; padding: 1px 10px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $field; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $quiet; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip { background: $panel; color: $text; border: 1px solid $line; padding: 4px 6px; }
QScrollArea { border: none; background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QListView[role="history"] { background: $panel; border: 1px solid $line; border-radius: ${radius}px;
    outline: none; padding: 4px; }
QListView[role="history"]::item { padding: 5px 8px; border-radius: 4px; }
QListView[role="history"]::item:hover { background: $field; }
QListView[role="history"]::item:selected { background: $accent; color: $on_accent; }
QTableView[role="inset"] { background: transparent; border: none; outline: none; }
QTableView[role="inset"] QHeaderView { background: transparent; border: none; }
QTableView[role="inset"] QHeaderView::section { background: transparent; border: none; color: $quiet;
    border-bottom: 1px solid $line; font-size: ${s11}px; padding: 2px 0 3px 8px; }
QTableView[role="read"] { background: transparent; border: none; outline: none; font-size: ${s12}px;
    alternate-background-color: $field; }
QTableView[role="read"]::item { padding: 0 6px; border: none; }
QTableView[role="read"]::item:selected { background: $accent; color: $on_accent; }
QTableView[role="read"] QHeaderView { background: transparent; border: none; }
QTableView[role="read"] QHeaderView::section { background: transparent; border: none; color: $quiet;
    border-bottom: 1px solid $line; font-size: ${s11}px; padding: 2px 6px 3px 6px; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 4px; min-height: 24px; }
QScrollBar::handle:vertical:hover { background: $quiet; }
QScrollBar:horizontal { background: transparent; height: 8px; margin: 0; }
QScrollBar::handle:horizontal { background: $line; border-radius: 4px; min-width: 24px; }
QScrollBar::handle:horizontal:hover { background: $quiet; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
""")


def stylesheet(colours: dict[str, str], px: Callable[[float], int], radius: int) -> str:
    """The sheet in some colours, by name, with sizes scaled by ``px``."""
    sizes = {f"s{size}": str(px(size)) for size in _SIZES}
    # Half the height of a chip: a line of text, with 2 of padding and 1 of border above and below.
    pill = (px(14) + 6) // 2
    return _SHEET.substitute(colours, **sizes, radius=radius, pill=pill)


_RULE = re.compile(r"([^{}]*)\{[^{}]*\}\s*")
_SUBJECT = re.compile(r"(\w+)[^\s]*\s*$")
"""The class in a selector's last place, which is what the rule is about."""


def about(sheet: str, classes: Collection[str]) -> str:
    """The rules of a sheet that are about widgets of some classes of Qt."""
    return "".join(
        rule[0]
        for rule in _RULE.finditer(sheet)
        if any((subject := _SUBJECT.search(each)) and subject[1] in classes for each in rule[1].split(","))
    )
