"""The numbers that surround a run: how each reads and writes, and where its value comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy

from isocost.plan.energy import SiteFacts, site_facts
from isocost.plan.field import Field
from isocost.plan.ledger import basis_of
from isocost.plan.ledger_fields import LASTING, OFF, origin
from isocost.plan.ownership import purchase_price
from isocost.plan.surroundings import DAYS_PER_MONTH, programme_days
from isocost.quantities import format_duration
from isocost.ui.inputs.bindings import Binding, Fill, plain_binding, words
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.session import Session
from isocost.ui.theme import Theme

EDIT_WIDTH = 148

_ADDRESS = re.compile(r" ?\(https?://[^)]*\)")


class ProgrammeInput(FieldInput):
    """One declared input of the ledger; the context line says where its value comes from."""

    def __init__(self, field: Field, session: Session) -> None:
        super().__init__(field, session, road(field))

    def _lay_out(self) -> None:
        """The reset stands beside the slider: long names need the room beside the field."""
        self.edit.setFixedWidth(EDIT_WIDTH)
        keep = self.reset_button.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset_button.setSizePolicy(keep)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        top, middle = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.label)
        top.addWidget(self.edit)
        middle.setSpacing(4)
        middle.addWidget(self.slider)
        middle.addWidget(self.reset_button)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addLayout(top, 0, 0)
        grid.addLayout(middle, 1, 0)
        grid.addWidget(self.context, 2, 0)

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the icon and grow with the text."""
        super().apply_theme(theme)
        self.edit.setFixedWidth(theme.px(EDIT_WIDTH))

    def context_line(self) -> str:
        """Where the value comes from: the user, or the source of its default; what it means while off."""
        value = self._session.value(self.field.path)
        said = _ORIGINS.get(self.field.path)
        if value is None and said is not None:
            return short_source(said(self._session))
        source = origin(self.field.path, value)
        return f"Off. {self.field.help}" if source == OFF else short_source(source)


def short_source(source: str) -> str:
    """A source without its address and asides, which the tooltip holds."""
    return _ADDRESS.sub("", source.split("; ")[0])


def road(field: Field) -> Binding:
    """How an input of the ledger reaches the project."""
    plain = plain_binding(field, _FILLS.get(field.path))
    return _typed_price(field, plain) if field.section == "api" else plain


def _typed_price(field: Field, plain: Binding) -> Binding:
    """A token price typed by hand is the user's own, as of today."""

    def write(session: Session, value: float, gesture: object) -> None:
        own = {"model": "", "supplier": "your input", "source": "", "date": date.today().isoformat()}
        session.set_section("api", words(field, value), gesture, **{field.name: value}, **own)

    return Binding(plain.read, write, plain.reset, plain.at_default)


def _days(session: Session) -> float | None:
    """Days the programme lasts; None before the first estimate."""
    if session.estimate is None or len(session.estimate.stages) != len(session.current_scenario.stages):
        return None
    scenario = session.current_scenario
    on = basis_of(scenario, session.estimate.stages, session.catalog)
    return float(programme_days(scenario, on))


def _months(session: Session) -> float | None:
    days = _days(session)
    return None if days is None else days / DAYS_PER_MONTH


def _lasting(session: Session) -> str:
    days = _days(session)
    return LASTING if days is None else f"{LASTING}: {format_duration(days)}"


def _facts(session: Session) -> SiteFacts:
    return site_facts(session.current_scenario.site)


def _purchase(session: Session) -> tuple[float | None, str]:
    scenario = session.current_scenario
    return purchase_price(session.catalog.accelerator(scenario.hardware.accelerator), scenario.ownership)


_FILLS: dict[str, Fill] = {
    "people.months": _months,
    "storage.months": _months,
    "ownership.usd_per_accelerator": lambda session: _purchase(session)[0],
    "site.pue": lambda session: _facts(session).pue,
    "site.usd_per_kwh": lambda session: _facts(session).usd_per_kwh,
    "site.grid_kg_per_kwh": lambda session: _facts(session).grid_kg_per_kwh,
    "site.market_kg_per_kwh": lambda session: _facts(session).market_kg_per_kwh,
}
"""What an input left empty comes to."""

_ORIGINS: dict[str, Callable[[Session], str]] = {
    "people.months": _lasting,
    "storage.months": _lasting,
    "ownership.usd_per_accelerator": lambda session: _purchase(session)[1],
    "site.pue": lambda session: _facts(session).pue_source,
    "site.usd_per_kwh": lambda session: _facts(session).usd_per_kwh_source,
    "site.grid_kg_per_kwh": lambda session: _facts(session).grid_source,
    "site.market_kg_per_kwh": lambda session: _facts(session).market_source,
}
"""Where what an empty input comes to is from."""
