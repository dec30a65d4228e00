"""Moving the plan over its map: along the line of a bill, freely, or to where somebody has been."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

from isocost.catalog import CatalogError
from isocost.language import tr
from isocost.plan.answer.across.curves import is_quick
from isocost.plan.answer.estimate import Answer
from isocost.plan.inputs.roads import put
from isocost.plan.project.project import Place, Project
from isocost.plan.solve.case import Case
from isocost.plan.solve.scale import DIGITS, TEXT_DIGITS, CostMap, at_place
from isocost.quantities import format_quantity
from isocost.report.findings.tabs.scale import Model
from isocost.ui.session.session import Session

CLOSE = 1e-4
"""Share by which a bill that is held may differ from what it was: nobody sees it in the three digits told."""
CORRECTIONS = 3
"""Times the tokens are mended after a move; the map they come from is straight between what was estimated."""


@dataclass(frozen=True)
class Held:
    """A bill that stays while the plan moves."""

    project: Project
    """As the move left it."""
    usd: float
    on: CostMap
    size: float
    tokens: float
    total: float
    gesture: object
    mended: int = 0


class Mover:
    """Changes the selected stage's model and text together; the moves of one gesture are one step to undo."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._held: Held | None = None
        self._off = 1.0
        """Times the map's figure that the last place of the gesture came to: its neighbours will too. Of a
        plan whose search takes longer than a frame that must do; another is worked out at its new place."""

    @property
    def bill(self) -> float | None:
        """The bill that is held, while the project is as the last move left it."""
        held = self._held
        return held.usd if held is not None and held.project is self._session.project else None

    def along(self, on: CostMap, usd: float, size: float, total: float, gesture: object) -> None:
        """Put the plan where a model of a size costs a bill: first by the map, then to the last digit.

        Args:
            size: active parameters.
            total: all of them.
        """
        if self._held is None or self._held.gesture is not gesture:
            self._off = 1.0
        tokens = on.text(usd / self._off, size)
        if not math.isfinite(tokens):
            return
        if is_quick(self._session.current_scenario):
            tokens = self._exactly(on, usd, size, total, tokens)
        if self._put(total, tokens, gesture):
            self._held = Held(self._session.project, usd, on, size, tokens, total, gesture)

    def _exactly(self, on: CostMap, usd: float, size: float, total: float, tokens: float) -> float:
        """Tokens that cost the bill as the plan is worked out at a size, not as the map has it: layouts
        change between the sizes it looked at. Their search is remembered, and the answer takes it up."""
        case = self._there(total, tokens)
        try:
            cost = float(case.reach().cost_usd[0]) if case is not None else math.nan
        except CatalogError:
            return tokens
        return (_mended(on, usd, size, tokens, cost) if math.isfinite(cost) else None) or tokens

    def freely(self, total: float, tokens: float, gesture: object) -> None:
        """Put the plan anywhere, whatever it costs there."""
        self._held = None
        self._put(total, tokens, gesture)

    def take(self, model: Model, *, text_only: bool) -> None:
        """Train a published model on its text, or the plan's own on as much."""
        session, catalog, today = self._session, self._session.catalog, date.today()
        place, self._held = Place(session.scenario, session.stage), None

        def change(project: Project) -> Project:
            if not text_only:
                known = model.entry in catalog.models
                path, value = ("model.name", model.entry) if known else ("model.parameters", model.total)
                project = put(project, path, value, at=place, today=today, catalog=catalog)
            return put(project, "data.tokens", model.tokens, at=place, today=today, catalog=catalog)

        tokens = tr("{quantity} tokens", quantity=format_quantity(model.tokens, "number"))
        session.apply(
            change,
            tr("As many as {name}: {tokens}", name=model.name, tokens=tokens)
            if text_only
            else f"{model.name}, {tokens}",
        )

    def settle(self, answer: Answer, *, dragging: bool) -> None:
        """Mend the tokens of the last move, in a drag of the next too, so that the bill is what it was."""
        held = self._held
        if held is None or answer.project is not held.project or held.mended >= CORRECTIONS:
            return
        cost = answer.estimate.total.cost_usd
        if dragging:
            told = held.on.cost(held.size, held.tokens)
            self._off = cost / told if math.isfinite(told) else 1.0
        if abs(cost - held.usd) <= CLOSE * held.usd:
            return
        tokens = _mended(held.on, held.usd, held.size, held.tokens, cost)
        if tokens is not None and self._put(held.total, tokens, held.gesture):
            project = self._session.project
            self._held = replace(held, project=project, tokens=tokens, mended=held.mended + 1)

    def _put(self, total: float, tokens: float, gesture: object) -> bool:
        """Whether there is such a model; it is then the selected stage's, with so much text."""
        session = self._session
        total, tokens = float(f"{total:.{DIGITS}g}"), float(f"{tokens:.{TEXT_DIGITS}g}")
        case = self._there(total, tokens)
        if case is None:
            return False
        words = tr(
            "{quantity} on {quantity_2} tokens",
            quantity=format_quantity(total, "number"),
            quantity_2=format_quantity(tokens, "number"),
        )
        session.apply(lambda _: case.project, words, gesture)
        return True

    def _there(self, total: float, tokens: float) -> Case | None:
        """The plan with such a model and so much text; None where there is no such model."""
        session = self._session
        total = float(f"{total:.{DIGITS}g}")
        case = Case(session.project, session.catalog, session.scenario, date.today(), session.stage)
        try:
            own = case.parameters
            # A named model keeps its exact shape while its size is told the same.
            same = own is not None and abs(total - own) < 0.5 * 10.0 ** (
                math.floor(math.log10(own)) - DIGITS + 1
            )
            return at_place(case, own if same and own is not None else total, tokens)
        except CatalogError:
            return None


def _mended(on: CostMap, usd: float, size: float, tokens: float, cost: float) -> float | None:
    """Tokens that cost a bill where so many come to ``cost``, by the map's slope; None where it has none.

    What a programme costs beside the run is the map's, so what the map is off by is of the tokens alone.
    """
    told = on.cost(size, tokens)
    a_token = (told - on.cost(size, tokens * 0.98)) / (0.02 * tokens) + (cost - told) / tokens
    if not math.isfinite(a_token) or a_token <= 0.0:
        return None
    return max(1.0, tokens + (usd - cost) / a_token)
