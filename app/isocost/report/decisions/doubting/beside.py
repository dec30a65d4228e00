"""Scenarios in columns: the figures, the chances and the inputs that differ, as cells in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from isocost.catalog import Catalog
from isocost.language import capital, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.beside import Differing, Held, Side, differing
from isocost.plan.compare.differences import STAGE, distinct
from isocost.plan.doubt.beside import PRICE
from isocost.plan.kinds import Stage, uses
from isocost.plan.money.figure import LedgerGroup
from isocost.plan.money.ledger import bars_by_group
from isocost.plan.project.project import Scenario
from isocost.plan.project.ranges import SEPARATOR
from isocost.quantities import (
    format_counted,
    format_duration,
    format_money,
    format_rounded,
    format_share,
)
from isocost.report.decisions.comparing.compare import (
    ALIKE,
    FIRST,
    chances,
    fits_said,
    letters,
    main_mfu,
    main_stage,
    of_group,
)
from isocost.report.decisions.words import (
    NO_STAGE,
    RANGES,
    input_label,
    signed_share,
    unsigned_share,
    value_words,
)
from isocost.report.findings.said import Said, spread_of
from isocost.report.table import Column, Table

Kind = Literal["headline", "figure", "strip", "alike", "heading", "input"]
Tone = Literal["", "dearer", "cheaper"]
NONE = "–"
"""In a cell of what a scenario does not have."""
UNPRICED = tr("no estimate")
COMING = "…"
ALONE = Said(
    tr("This plan has one scenario"),
    tr("A copy of it, with an input changed, stands beside it: what differs, by how much, and why."),
    tr("This plan has one scenario; duplicate it, or add a plan from a file, to compare."),
)
LEAST_CHANGE = 0.0005
"""Of a figure: below it a change is none that people would name."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure or input of one scenario."""

    words: str
    change: str = ""
    """Against the first scenario."""
    tone: Tone = ""
    """What the change means for the bill or the calendar."""
    differs: bool = False
    """Whether it is an input that differs from the first scenario's."""
    tip: str = ""
    likely: str = ""
    """8 chances in 10 of it; empty = it is as good as known, or not shown."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Where a scenario's cost may lie, in USD."""

    low: float
    high: float
    plan: float
    with_reserve: float
    budget: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure or input across the scenarios."""

    kind: Kind
    label: str
    cells: tuple[Cell, ...] = ()
    path: str = ""
    """Of an input."""
    strips: tuple[Strip | None, ...] = ()
    figures: tuple[str, ...] = ()
    """Keys by which each of its figures is explained; empty = they are not."""
    parts: tuple[Row, ...] = ()
    """The rows that are told at once, each with a figure alike in all."""

    def figure(self, column: int) -> str:
        """Key by which the figure of a scenario is explained; empty = it is not."""
        return self.figures[column] if self.figures else ""

    def at(self, column: int) -> Cell | Strip | None:
        """What it shows of a scenario."""
        return self.cells[column] if self.cells else self.strips[column] if self.strips else None


@dataclass(frozen=True, slots=True)
class Columns:
    """The scenarios of a plan beside each other, the first of them the base of every change."""

    names: tuple[str, ...]
    letters: tuple[str, ...]
    rows: tuple[Row, ...]
    scale: tuple[float, float]
    """Ends in USD of what every strip is drawn on."""
    said: Said
    told: tuple[Row, ...] = ()
    """The rows with every figure on one of its own, those alike in all too."""

    def words(self, row: int, column: int) -> str:
        """A cell as a sentence."""
        line = self.rows[row]
        if line.kind == "heading":
            return line.label
        named = f"{self.names[column]}, {line.label}"
        if line.kind == "strip":
            return f"{named}: {_strip_words(line.strips[column])}"
        cell = line.cells[column]
        change = (
            tr(", {change} against {names}", change=cell.change, names=self.names[0]) if cell.change else ""
        )
        differs = tr(", differs from {names}", names=self.names[0]) if cell.differs else ""
        likely = tr(", 8 chances in 10 {likely}", likely=cell.likely) if cell.likely else ""
        return f"{named}: {cell.words}{change}{likely}{differs}"

    def table(self) -> Table:
        """Every cell in words, a column for each scenario."""
        columns = (Column(""), *(Column(name) for name in self.names))
        rows = tuple(
            (
                line.label,
                *(f"{cell.words} ({cell.change})" if cell.change else cell.words for cell in line.cells),
            )
            for line in self.told
            if line.cells
        )
        return Table(columns, rows)


def columns(
    scenarios: Sequence[Scenario], sides: Sequence[Side | None], catalog: Catalog, *, ranged: bool = True
) -> Columns:
    """The scenarios in columns.

    Args:
        sides: what is known of each; None = still to come.
        ranged: whether figures are told with their ranges, and budgets with their chances.
    """
    names = tuple(scenario.name for scenario in scenarios)
    inputs = differing(scenarios, catalog)
    figures = _figures(sides, ranged=ranged)
    others, alike = _apart(figures, sides)
    below = (_inputs_heading(inputs), *(_input_row(each, catalog) for each in inputs))
    return Columns(
        names,
        tuple(letters(names)),
        (*others, *below, *alike),
        _scale(sides),
        _said(names, sides, inputs, figures),
        (*figures, *below),
    )


# Figures


def _figures(sides: Sequence[Side | None], *, ranged: bool) -> list[Row]:
    answers = [side.answer if side is not None else None for side in sides]
    rows = [
        _figure(
            tr("Programme"), sides, _total, format_money, kind="headline", costs=True, figure="total.cost_usd"
        )
    ]
    likely, *held = [
        Row("figure", label, tuple(Cell(words or NONE) for words in said)) for label, said in chances(sides)
    ]
    strips = Row("strip", _strip_label(sides), strips=tuple(_strip(side) for side in sides))
    rows += [likely, strips, *held] if ranged else []
    rows += [
        _figure(
            capital(tr(group)), sides, of_group(group), format_money, costs=True, range_of=f"group.{group}"
        )
        for group in _groups([each for each in answers if each is not None])
    ]
    rows += [
        _figure(
            tr("On the accelerators"),
            sides,
            lambda a: a.estimate.total.wall_days,
            format_duration,
            costs=True,
            figure="total.wall_days",
            range_of="total.wall_days",
        ),
        _figure(
            tr("Start to finish"),
            sides,
            lambda a: a.reckoning["programme_days"],
            format_duration,
            costs=True,
            figure="programme_days",
            range_of="programme_days",
        ),
        _figure(
            tr("Accelerator-hours"),
            sides,
            lambda a: a.estimate.total.gpu_hours,
            format_rounded,
            costs=True,
            figure="total.gpu_hours",
            range_of="total.gpu_hours",
        ),
        _of_main_stage(
            _figure(tr("MFU of the main stage"), sides, main_mfu, format_share, range_of=MAIN_MFU),
            sides,
            "mfu",
        ),
        _of_main_stage(
            Row("figure", tr("Memory"), tuple(Cell((each and fits_said(each)) or NONE) for each in answers)),
            sides,
            "memory_bytes",
        ),
    ]
    return rows if ranged else [replace(row, cells=tuple(map(_plain, row.cells))) for row in rows]


def _apart(figures: Sequence[Row], sides: Sequence[Side | None]) -> tuple[list[Row], list[Row]]:
    """The rows without those of figures that no scenario has otherwise, and one that tells these at once."""
    if len(sides) < 2 or any(side is None for side in sides):
        return list(figures), []
    after = max((at for at, row in enumerate(figures) if row.kind == "strip"), default=0)
    alike = [
        row for row in figures[after + 1 :] if len({(cell.words, cell.likely) for cell in row.cells}) == 1
    ]
    if len(alike) < 2:
        return list(figures), []
    words = " · ".join(map(alike_words, alike))
    likely = "; ".join(f"{row.label} {_with_likely(row.cells[0])}" for row in alike)
    said = Row("alike", tr("Alike in all"), (Cell(words, tip=likely),) * len(sides), parts=tuple(alike))
    return [row for row in figures if row not in alike], [said]


def alike_words(row: Row) -> str:
    """A figure that all have alike, with its name."""
    return f"{row.label} {row.cells[0].words}"


def _with_likely(cell: Cell) -> str:
    return (
        tr("{words} (8 chances in 10: {likely})", words=cell.words, likely=cell.likely)
        if cell.likely
        else cell.words
    )


MAIN_MFU = "mfu"
"""Stands for the MFU of the stage that is the main one of each."""


def _plain(cell: Cell) -> Cell:
    return replace(cell, likely="")


def _total(answer: Answer) -> float | None:
    return answer.estimate.total.cost_usd


def _groups(answers: Sequence[Answer]) -> list[LedgerGroup]:
    """Groups of the bill that do not cost the same everywhere, where there is more than one."""
    found: dict[LedgerGroup, None] = {}
    for each in answers:
        found |= dict.fromkeys(bar.group for bar in bars_by_group(each.estimate.ledger))
    if len(found) < 2:
        return []
    costs = {group: [of_group(group)(each) or 0.0 for each in answers] for group in found}
    return [group for group, usd in costs.items() if max(usd) - min(usd) >= ALIKE]


def _figure(
    label: str,
    sides: Sequence[Side | None],
    read: Callable[[Answer], float | None],
    show: Callable[[float], str],
    *,
    kind: Kind = "figure",
    costs: bool = False,
    figure: str = "",
    range_of: str = "",
) -> Row:
    """A figure of each, with its change.

    Args:
        costs: more of it is dearer or later.
        range_of: key of its range.
    """
    values = [None if side is None or side.answer is None else read(side.answer) for side in sides]
    return Row(
        kind,
        label,
        tuple(
            replace(
                _cell(side, value, values[0], show, at, costs), likely=_likely(side, value, range_of, show)
            )
            for at, (side, value) in enumerate(zip(sides, values, strict=True))
        ),
        figures=(figure,) * len(sides) if figure else (),
    )


def _of_main_stage(row: Row, sides: Sequence[Side | None], name: str) -> Row:
    """The row with the keys of a figure of each scenario's main stage, where that is trained."""
    trained = [side and side.answer and main_mfu(side.answer) is not None for side in sides]
    places = [main_stage(side.answer) if side and side.answer else None for side in sides]
    keys = [f"stages.{at}.{name}" if told else "" for at, told in zip(places, trained, strict=True)]
    return replace(row, figures=tuple(keys))


def _likely(side: Side | None, value: float | None, key: str, show: Callable[[float], str]) -> str:
    """8 chances in 10 of a figure."""
    if side is None or side.answer is None or value is None or not key:
        return ""
    if key == MAIN_MFU:
        key = f"stages.{main_stage(side.answer)}.mfu"
    return spread_of(side.ranges, key, value, show)


def _cell(
    side: Side | None,
    value: float | None,
    first: float | None,
    show: Callable[[float], str],
    at: int,
    costs: bool,
) -> Cell:
    if side is None:
        return Cell(COMING)
    if side.answer is None:
        return Cell(UNPRICED, tip=side.problem)
    if value is None:
        return Cell(NONE)
    if not at or not first or abs(value / first - 1.0) < LEAST_CHANGE:
        return Cell(show(value))
    change = value / first - 1.0
    tone: Tone = "" if not costs else "dearer" if change > 0 else "cheaper"
    return Cell(show(value), signed_share(change), tone)


# Strips


def _strip(side: Side | None) -> Strip | None:
    if side is None or side.odds is None:
        return None
    odds = side.odds
    return Strip(
        odds.p10_usd, odds.p90_usd, odds.plan_usd, odds.with_reserve_usd, side.scenario.goal.budget_usd
    )


def _strip_label(sides: Sequence[Side | None]) -> str:
    budgets = {side.scenario.goal.budget_usd for side in sides if side is not None}
    if len(budgets) == 1 and (budget := next(iter(budgets))) is not None:
        return tr("line: budget {money}", money=format_money(budget))
    return tr("line: its budget") if any(budget is not None for budget in budgets) else tr("on one scale")


def _strip_words(strip: Strip | None) -> str:
    if strip is None:
        return tr("not known yet")
    said = tr(
        "{money} to {money_2}, plan {money_3}",
        money=format_money(strip.low),
        money_2=format_money(strip.high),
        money_3=format_money(strip.plan),
    )
    if strip.with_reserve > strip.plan:
        said += tr(", {money} with the reserve", money=format_money(strip.with_reserve))
    return (
        said
        if strip.budget is None
        else tr("{said}, budget {money}", said=said, money=format_money(strip.budget))
    )


def _scale(sides: Sequence[Side | None]) -> tuple[float, float]:
    """Ends of the one scale that holds every strip."""
    strips = [strip for side in sides if (strip := _strip(side)) is not None]
    ends = [end for s in strips for end in (s.low, s.high, s.plan, s.with_reserve, s.budget or s.plan)]
    return (min(ends), max(ends)) if ends else (0.0, 0.0)


# Inputs


def _inputs_heading(inputs: Sequence[Differing]) -> Row:
    counted = format_counted(len(inputs), "input")
    if not inputs:
        return Row("heading", tr("No input differs"))
    if len(inputs) == 1:
        return Row("heading", tr("{counted} that differs", counted=counted))
    return Row("heading", tr("{counted} that differ", counted=counted))


def _input_row(each: Differing, catalog: Catalog) -> Row:
    cells = tuple(_held(each.path, held, catalog) for held in each.held)
    return Row("input", input_label(each.path, lone=each.lone), cells, each.path)


def _held(path: str, held: Held, catalog: Catalog) -> Cell:
    if held.absent:
        return Cell(NO_STAGE, differs=held.differs)
    words = value_words(path, held.value, catalog)
    return Cell(capital(words) if path.endswith(f"{SEPARATOR}{STAGE}") else words, differs=held.differs)


# Sentences


def _said(
    names: Sequence[str], sides: Sequence[Side | None], inputs: Sequence[Differing], rows: Sequence[Row]
) -> Said:
    finding = _finding(
        names, [side.answer.estimate.total.cost_usd if side and side.answer else None for side in sides]
    )
    how = tr(
        "Click a name to open that plan. Tinted inputs differ from {first}: click one to go to it.",
        first=FIRST,
    )
    labels = ", ".join(input_label(each.path, lone=each.lone) for each in inputs) or tr("none")
    costs = "; ".join(f"{name} {cell.words}" for name, cell in zip(names, rows[0].cells, strict=True))
    return Said(
        finding,
        how,
        tr("{finding}. {costs}. Inputs that differ: {labels}.", finding=finding, costs=costs, labels=labels),
    )


def _finding(names: Sequence[str], totals: Sequence[float | None]) -> str:
    """Which costs least, and how far the others are from the first."""
    first = totals[0]
    known = [(usd, name) for usd, name in zip(totals, names, strict=True) if usd is not None]
    if first is None or len(known) < 2:
        return tr("{counted} side by side", counted=format_counted(len(names), "scenario"))
    (least, cheapest), (most, dearest) = min(known), max(known)
    if most - least < ALIKE:
        return tr(
            "{word} cost the same: {money}",
            word=tr("Both") if len(known) == 2 else tr("All {count}", count=len(known)),
            money=format_money(least),
        )
    if not first:
        return tr("{cheapest} costs least: {money}", cheapest=cheapest, money=format_money(least))
    less = tr(
        "{cheapest} costs {unsigned_share} less than {first}",
        cheapest=cheapest,
        unsigned_share=unsigned_share(1.0 - least / first),
        first=FIRST,
    )
    more = tr(
        "{dearest} {unsigned_share} more", dearest=dearest, unsigned_share=unsigned_share(most / first - 1.0)
    )
    if most <= first + ALIKE:
        return less
    if least < first - ALIKE:
        return f"{less}, {more}"
    more = tr(
        "{dearest} costs {unsigned_share} more",
        dearest=dearest,
        unsigned_share=unsigned_share(most / first - 1.0),
    )
    return (
        tr("{more} than {first}", more=more, first=FIRST)
        if len(known) == 2
        else tr("None costs less than {first}; {more}", first=FIRST, more=more)
    )


# Places


def input_place(scenario: Scenario, path: str, selected: int = 0) -> tuple[int | None, str]:
    """The stage of a scenario to look at for the input of a row, and the input's own path.

    The stage is None where none is needed, or there is none; the path is empty where the stage itself is
    meant. Of an input that stages share it is the selected one, if that uses it, else the first that does.
    """
    stage, _, name = path.removeprefix(RANGES).rpartition(SEPARATOR)
    if stage:
        names = distinct(scenario.stages)
        place = names.index(stage) if stage in names else None
        return place, "" if name == STAGE or place is None else _own_input(name)
    order = sorted(range(len(scenario.stages)), key=lambda at: at != selected)
    using = (at for at in order if _shares(scenario.stages[at], _own_input(name)))
    return next(using, None), _own_input(name)


def _own_input(name: str) -> str:
    """The input that stands for a value: who asks a price, and when, go with the price."""
    return PRICE if name.startswith("price.") else name


def _shares(stage: Stage, path: str) -> bool:
    """Whether a stage uses the scenario's value of an input."""
    return uses(stage, path) and getattr(stage, path.partition(".")[0], None) is None
