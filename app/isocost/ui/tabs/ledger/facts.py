"""What a bill does not say in dollars: energy and emissions, what is left out, what its size means."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from isocost.catalog import Catalog
from isocost.language import in_sentence, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.warnings.badges import Badge
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.money.energy import Footprint
from isocost.plan.money.ledger import Omission
from isocost.report.findings.facts import (
    badge_description,
    badges_said,
    badges_table,
    energy_figures,
    energy_said,
    energy_sources,
    energy_table,
    never_counted,
    omission_tip,
    scope_said,
    scope_table,
)
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.cards.key_figure import KeyFigureBlock
from isocost.ui.widgets.flow import Flow
from isocost.ui.widgets.labels import WrapLabel, broken_lines, plain_label, plain_tip, restyle, set_text


class EnergyCard(ChartCard):
    """Power, energy, its price and its emissions."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("energy", parent)
        self.blocks = tuple(KeyFigureBlock() for _ in range(4))
        self.sources = WrapLabel(self)
        self.sources.setProperty("role", "quiet")
        self._found: Footprint | None = None
        self._ranges: FigureRanges | None = None
        self.figures = Flow(self, spacing=10)
        self.figures.hold(self.blocks)
        for block in self.blocks:
            self.figures.align(block, Qt.AlignmentFlag.AlignTop)  # some have a range below
        self.body.addWidget(self.figures)
        self.body.addSpacing(6)
        self.body.addWidget(self.sources)
        self.body.addStretch(1)
        self.apply_theme(theme)
        self.explains("energy.kwh")
        self.say(tr("Energy"), tr("Estimating…"), tr("Estimating…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.figures.fit()

    def show_answer(self, answer: Answer, ranges: FigureRanges | None = None) -> None:
        """Say what a programme draws, uses and emits, with the ranges that are shown."""
        found = answer.reckoning.footprint
        self._found, self._ranges = found, ranges
        for block, figure in zip(self.blocks, energy_figures(found, ranges), strict=True):
            block.fill(figure)
        self.figures.fit()
        self.say(*energy_said(found, ranges).of(answer.estimate))
        self.sources.say(energy_sources(found))

    def table(self) -> Table:
        return energy_table(energy_figures(self._found, self._ranges) if self._found is not None else ())


class ScopeCard(ChartCard):
    """What the bill leaves out: a click on what can be counted counts it and leads to its input."""

    count_wanted = Signal(object)
    """The :class:`Omission` to count."""

    def __init__(self, theme: Theme, catalog: Catalog, parent: QWidget | None = None) -> None:
        super().__init__("scope", parent)
        self._catalog = catalog
        self.chips = Flow(self)
        self.never = WrapLabel(self)
        self.never.setProperty("role", "quiet")
        self._omissions: tuple[Omission, ...] = ()
        self.body.addWidget(self.chips)
        self.body.addWidget(self.never)
        self.body.addStretch(1)
        self.apply_theme(theme)
        self.say(tr("Not in this bill"), tr("Estimating…"), tr("Estimating…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chips.fit()

    def show_omissions(self, omissions: tuple[Omission, ...]) -> None:
        """List what is left out; nothing is rebuilt while that stays."""
        self.say(*scope_said(omissions))
        if omissions == self._omissions:
            return
        self._omissions = omissions
        optional = [each for each in omissions if each.path]
        self.chips.hold([self._chip(each) for each in optional])
        self.chips.setVisible(bool(optional))
        self.never.say(never_counted(omissions))

    def table(self) -> Table:
        return scope_table(self._omissions)

    def _chip(self, omission: Omission) -> QPushButton:
        chip = QPushButton(f"+ {omission.name}")
        chip.setProperty("role", "chip")
        chip.setObjectName(f"scope.{omission.path}")
        chip.setAccessibleName(tr("Count {name}", name=in_sentence(omission.name)))
        chip.setAccessibleDescription(omission.meaning)
        chip.setToolTip(plain_tip(omission_tip(omission, self._catalog)))
        chip.clicked.connect(lambda: self.count_wanted.emit(omission))
        return chip


EDGES, LEAST_BADGE = 24, 120
"""Pixels of a badge beside its words, and of those at least: it is laid out before it has a width."""


class BadgeFlow(Flow):
    """Badges in lines, each broken into as many as its words need."""

    def fit(self) -> None:
        room = max(LEAST_BADGE, self.width() - EDGES)
        for chip in self.findChildren(QLabel):
            words = chip.accessibleName()
            set_text(chip, "\n".join(broken_lines(words, room, chip.fontMetrics())))
        super().fit()


class BadgeCard(ChartCard):
    """What the plan's size, data and compute mean beside laws, published models and rules."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("badges", parent)
        self.chips = BadgeFlow(self)
        self._badges: tuple[Badge, ...] | None = None
        self._chips: list[QLabel] = []
        self.body.addWidget(self.chips)
        self.body.addStretch(1)
        self.apply_theme(theme)
        self.say(tr("Where this run stands"), tr("Estimating…"), tr("Estimating…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chips.fit()

    def show_badges(self, badges: tuple[Badge, ...]) -> None:
        """Show other badges; nothing is rebuilt while they stay."""
        self.setVisible(bool(badges))
        self.say(*badges_said(badges))
        if badges == self._badges:
            return
        before, self._badges = self._badges or (), badges
        # A chip that is made anew is polished and laid out again, at every step of a drag.
        if [each.key for each in before] == [each.key for each in badges]:
            for chip, badge in zip(self._chips, badges, strict=True):
                fill_badge(chip, badge)
            self.chips.fit()
        else:
            self._chips = [badge_chip(each) for each in badges]
            self.chips.hold(self._chips)

    def table(self) -> Table:
        return badges_table(self._badges or ())


def badge_chip(badge: Badge) -> QLabel:
    """A small remark; its tooltip explains it and names its source."""
    chip = plain_label()
    chip.setProperty("role", "badge")
    chip.setObjectName(f"badge.{badge.key}")
    fill_badge(chip, badge)
    return chip


def fill_badge(chip: QLabel, badge: Badge) -> None:
    """Make a chip say another remark of the same kind."""
    restyle(chip, "tone", badge.tone)
    chip.setAccessibleName(badge.text)  # which the words on it are broken from
    chip.setAccessibleDescription(badge_description(badge))
    chip.setToolTip(f"<p>{escape(badge.detail)}</p><p>{escape(badge.source)}</p>")
