"""Scenarios side by side, and why one costs more than another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_uppercase
from typing import Any

from isocost.catalog import Catalog
from isocost.language import capital, tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.beside import Odds, Side
from isocost.plan.compare.comparing import ALL, Pair, Share
from isocost.plan.compare.differences import STAGE
from isocost.plan.compare.shapley import LARGEST
from isocost.plan.doubt.evaluation import reserve_apart
from isocost.plan.money.figure import LedgerGroup
from isocost.plan.money.ledger import bars_by_group
from isocost.plan.project.ranges import SEPARATOR
from isocost.quantities import (
    format_carbon,
    format_cents,
    format_count,
    format_counted,
    format_duration,
    format_energy,
    format_money,
    format_rounded,
    format_share,
)
from isocost.report.decisions.doubting.doubt import in_hundred
from isocost.report.decisions.words import (
    input_label,
    plain_value,
    signed_share,
    unsigned_share,
    value_words,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

ALIKE = 0.005
"""USD: below it a cost is the same to the cent."""
MOST = 0.5
"""Of a difference: an input with more of it is named as most of it."""


def told(names: Sequence[str], sides: Sequence[Side], pairs: Sequence[Pair], catalog: Catalog) -> Told:
    """The first scenario beside each of the others.

    Args:
        names: what each is called, no two alike.
        pairs: the first beside each other one, in order.
    """
    sections = [figures_section(names, sides)]
    for letter, pair in zip(letters(names)[1:], pairs, strict=True):
        sections += [differs_section(pair, letter, catalog)]
        sections += [why_section(pair, letter, catalog)] if pair.differs else []
    return Told(
        title=" beside ".join(names),
        finding="; ".join(
            pair_said(pair, names[0], name) for name, pair in zip(names[1:], pairs, strict=True)
        ),
        sections=tuple(sections),
        tree=_tree(names, sides, pairs, catalog),
        rows=_rows(names, pairs, catalog),
    )


def letters(names: Sequence[object]) -> list[str]:
    """A letter for each scenario, as headings have no room for names."""
    return [ascii_uppercase[at] if at < len(ascii_uppercase) else str(at + 1) for at in range(len(names))]


def pair_said(pair: Pair, a: str, b: str) -> str:
    """Which of two costs more, by how much, and the input to blame for most of it."""
    delta, total = pair.delta_usd, pair.a.estimate.total.cost_usd
    if abs(delta) < ALIKE:
        return tr("{b} costs the same as {a}", b=b, a=a)
    share = f", {unsigned_share(delta / total)}" if total else ""
    said = tr(
        "{b} costs {money} {word} than {a}{share}",
        b=b,
        money=format_money(abs(delta)),
        word=tr("more") if delta > 0 else tr("less"),
        a=a,
        share=share,
    )
    same_way = [each for each in pair.shares if each.usd * delta > 0]
    largest = max(same_way, key=lambda each: abs(each.usd), default=None)
    if largest is not None and largest.usd / delta > MOST and largest.path != ALL:
        verb = tr("saves") if delta < 0 else tr("adds")
        said += tr(
            "; {share_label} alone {verb} {money}",
            share_label=share_label(largest),
            verb=verb,
            money=format_money(abs(largest.usd)),
        )
    return said


def share_label(share: Share) -> str:
    """What an input, or a group of them, is called."""
    if len(share.differences) == 1:
        only = share.differences[0]
        label = input_label(only.path, lone=only.lone)
        if only.path.endswith("efficiency.mfu") and None in (only.a, only.b):
            # Beside a typed speed less waste is added than beside a predicted one: both change at once.
            return tr("{label}, and the waste beside it", label=label)
        return label
    return f"{share.path} ({format_counted(len(share.differences), 'input')})"


# Figures

_Figure = tuple[str, Callable[[Answer], float | None], Callable[[float], str]]


def _figures(answers: Sequence[Answer]) -> list[_Figure]:
    """Label, value and words of each figure, and the bill by its groups."""
    groups = dict.fromkeys(
        bar.group for answer in answers for bar in bars_by_group(answer.estimate.ledger) if bar.cost_usd
    )
    return [
        (tr("Programme"), lambda answer: answer.estimate.total.cost_usd, format_money),
        *((f"  {capital(tr(g))}", of_group(g), format_money) for g in (groups if len(groups) > 1 else ())),
        (tr("On the accelerators"), lambda answer: answer.estimate.total.wall_days, format_duration),
        (tr("Start to finish"), lambda answer: answer.reckoning["programme_days"], format_duration),
        (tr("Accelerator-hours"), lambda answer: answer.estimate.total.gpu_hours, format_rounded),
        (tr("MFU of the main stage"), main_mfu, format_share),
        (tr("Energy"), lambda answer: answer.estimate.total.energy_kwh, format_energy),
        (tr("Emissions"), lambda answer: answer.estimate.total.co2_kg, format_carbon),
    ]


def of_group(group: LedgerGroup) -> Callable[[Answer], float | None]:
    """What a group of the bill costs."""

    def cost(answer: Answer) -> float | None:
        bars = bars_by_group(answer.estimate.ledger)
        return next((bar.cost_usd for bar in bars if bar.group == group), 0.0)

    return cost


def main_mfu(answer: Answer) -> float | None:
    """The MFU of the stage that takes most hours; None where it has none."""
    at, stages = main_stage(answer), [stage for stage in answer.estimate.stages if stage.enabled]
    return None if at is None else stages[at].mfu


def main_stage(answer: Answer) -> int | None:
    """The place, among stages that count, of the one that takes most hours; None where none counts."""
    hours = [stage.gpu_hours for stage in answer.estimate.stages if stage.enabled]
    return hours.index(max(hours)) if hours else None


def figures_section(names: Sequence[str], sides: Sequence[Side]) -> Section:
    """Every figure of each scenario, with what the others have more or less than the first."""
    answers = [side.answer for side in sides if side.answer is not None]
    columns, called = [Column(tr("Figure"))], letters(names)
    for at, letter in enumerate(called):
        columns += [Column(letter, right=True)]
        columns += [Column(f"{letter} - {called[0]}", right=True)] if at else []
    rows = [_row(label, [read(each) for each in answers], show) for label, read, show in _figures(answers)]
    rows[1:1] = [_words(label, said) for label, said in chances(sides)]
    rows.append(_words(tr("Memory"), [fits_said(each) for each in answers]))
    kept = tuple(row for row in rows if any(cell not in (None, "") for cell in row[1:]))
    legend = tuple(f"{letter}: {name}" for letter, name in zip(called, names, strict=True))
    return Section(tr("Figures"), legend, Table(tuple(columns), kept))


def chances(sides: Sequence[Side | None]) -> list[tuple[str, list[str | None]]]:
    """What each may cost, and the chances that it holds its budget and its deadline, by their labels.

    Of a budget or a deadline that no scenario has nothing is said.
    """
    odds = [None if side is None else side.odds for side in sides]
    apart = any(side is not None and reserve_apart(side.scenario) for side in sides)
    likely = tr("8 in 10 without reserve") if apart else tr("8 chances in 10")
    said = {
        likely: [None if each is None else _span(each) for each in odds],
        tr("Budget is enough"): [None if each is None else _held(each.budget_held) for each in odds],
        tr("Deadline is kept"): [None if each is None else _held(each.deadline_held) for each in odds],
    }
    first, *held = said.items()
    return [first, *((label, words) for label, words in held if any(words))]


def _held(chance: float | None) -> str | None:
    return None if chance is None else in_hundred(chance)


def _span(odds: Odds) -> str:
    low, high = format_money(odds.p10_usd), format_money(odds.p90_usd)
    return (
        tr("{low} to {high}", low=low, high=high) if low != high else tr("{low}, nothing in doubt", low=low)
    )


def _row(label: str, values: Sequence[float | None], show: Callable[[float], str]) -> tuple[str | None, ...]:
    cells: list[str | None] = [label]
    first = values[0]
    for at, value in enumerate(values):
        cells.append(None if value is None else show(value))
        if at:
            known = value is not None and first is not None and first != 0.0
            change = (value or 0.0) / first - 1.0 if known and first else 0.0
            cells.append(signed_share(change) if known and round(change, 4) else None)
    return tuple(cells)


def _words(label: str, said: Sequence[str | None]) -> tuple[str | None, ...]:
    cells: list[str | None] = [label]
    for at, words in enumerate(said):
        cells += [words, None] if at else [words]
    return tuple(cells)


def fits_said(answer: Answer) -> str | None:
    """Whether every stage fits in memory; None where no stage says."""
    word = answer.estimate.fit
    return None if word is None else tr(word)


# What differs


FIRST = ascii_uppercase[0]


def differs_section(pair: Pair, letter: str, catalog: Catalog) -> Section:
    """Only the inputs that differ, each with both values in words."""
    heading = tr("Inputs that differ between {first} and {letter}", first=FIRST, letter=letter)
    if not pair.differs:
        return Section(heading, (tr("None: both hold the same inputs."),))
    columns = (Column(tr("Input")), Column(FIRST), Column(letter), Column(tr("Path")))
    rows = tuple(
        (
            input_label(each.path, lone=each.lone),
            value_words(each.path, each.a, catalog),
            value_words(each.path, each.b, catalog),
            each.path,
        )
        for each in pair.differs
    )
    return Section(heading, (), Table(columns, rows))


def why_section(pair: Pair, letter: str, catalog: Catalog) -> Section:
    """Each input's part of the difference, dearest first, and how it was found."""
    total = pair.a.estimate.total.cost_usd
    columns = (
        Column(tr("Input")),
        Column(tr("From {first} to {letter}", first=FIRST, letter=letter)),
        Column(tr("Share"), lambda usd: f"{'+' if usd > 0 else ''}{format_cents(usd)}", right=True),
        Column(tr("Of {first}", first=FIRST), signed_share, right=True),
    )
    rows = tuple(
        (share_label(each), change_words(each, catalog), each.usd, each.usd / total if total else None)
        for each in pair.shares
        if not is_inert(each)
    )
    end = (tr("Difference"), "", pair.delta_usd, pair.delta_usd / total if total else None)
    return Section(
        tr("Where the difference of {letter} comes from", letter=letter),
        tuple(how_said(pair)),
        Table(columns, (*rows, end)),
    )


def is_inert(share: Share) -> bool:
    """Whether no line of the bill rests on it."""
    return all(each.inert for each in share.differences)


def change_words(share: Share, catalog: Catalog) -> str:
    """From which value to which; of a group, what is in it."""
    if len(share.differences) > 1:
        return ", ".join(input_label(each.path, lone=True) for each in share.differences)
    each = share.differences[0]
    if each.path.endswith(f"{SEPARATOR}{STAGE}") and None in (each.a, each.b):
        return tr("added") if each.a is None else tr("left out")  # what it is, its name says
    before, after = (value_words(each.path, value, catalog) for value in (each.a, each.b))
    return f"{before} -> {after}"


def how_said(pair: Pair) -> list[str]:
    """How the difference was shared out, and what of it deserves caution."""
    corners = pair.corners
    said = [
        tr(
            "Each share is the mean over every order of changing the inputs; together they are "
            "the difference."
        )
    ]
    if pair.grouped:
        said.append(
            tr(
                "More than {largest} inputs differ: they are taken together by what they belong to.",
                largest=LARGEST,
            )
        )
    if corners.missing:
        which = tr(
            "{count} of {count_2}",
            count=format_count(corners.missing),
            count_2=format_count(len(corners.cents)),
        )
        said.append(
            tr(
                "{which} mixtures of the two are no plan and are passed by: {unpriced}",
                which=which,
                unpriced=corners.unpriced,
            )
        )
    if corners.misfits:
        which = tr(
            "{count} of {count_2}",
            count=format_count(corners.misfits),
            count_2=format_count(len(corners.cents)),
        )
        said.append(
            tr(
                "{which} mixtures do not fit in memory; they are priced by their arithmetic all the same.",
                which=which,
            )
        )
    inert = [each for each in pair.shares if is_inert(each)]
    if inert:
        names = "; ".join(share_label(each) for each in inert)
        said.append(tr("No line of the bill rests on: {names}.", names=names))
    return said


# For other programs


def _tree(
    names: Sequence[str], sides: Sequence[Side], pairs: Sequence[Pair], catalog: Catalog
) -> dict[str, Any]:
    first = _pair_tree(names[0], names[1], pairs[0], catalog)
    return {
        **first,
        "scenarios": [_figures_tree(name, each) for name, each in zip(names, sides, strict=True)],
        "others": [
            _pair_tree(names[0], name, pair, catalog) for name, pair in zip(names[2:], pairs[1:], strict=True)
        ],
    }


def _pair_tree(a: str, b: str, pair: Pair, catalog: Catalog) -> dict[str, Any]:
    return {
        "a": a,
        "b": b,
        "total_a_usd": pair.a.estimate.total.cost_usd,
        "total_b_usd": pair.b.estimate.total.cost_usd,
        "delta_usd": pair.delta_usd,
        "differs": [
            {
                "path": each.path,
                "a": plain_value(each.path, each.a),
                "b": plain_value(each.path, each.b),
                "label": input_label(each.path, lone=each.lone),
                "a_words": value_words(each.path, each.a, catalog),
                "b_words": value_words(each.path, each.b, catalog),
            }
            for each in pair.differs
        ],
        "attribution": [
            {"path": each.path, "usd": each.usd, "inputs": [one.path for one in each.differences]}
            for each in pair.shares
        ],
        "attribution_method": tr("Shapley"),
        "mixtures": len(pair.corners.cents),
        "mixtures_without_a_price": pair.corners.missing,
        "mixtures_that_do_not_fit": pair.corners.misfits,
    }


def _figures_tree(name: str, side: Side) -> dict[str, Any]:
    answer, odds = side.answer, side.odds
    assert answer is not None
    total = answer.estimate.total
    return {
        "name": name,
        "cost_usd": total.cost_usd,
        "p10_usd": odds.p10_usd if odds else None,
        "p90_usd": odds.p90_usd if odds else None,
        "budget_held": odds.budget_held if odds else None,
        "deadline_held": odds.deadline_held if odds else None,
        "wall_days": total.wall_days,
        "programme_days": answer.reckoning["programme_days"],
        "gpu_hours": total.gpu_hours,
        "mfu": main_mfu(answer),
        "energy_kwh": total.energy_kwh,
        "co2_kg": total.co2_kg,
        "fits": answer.estimate.fits,
        "fit": answer.estimate.fit,
        "headline": answer.estimate.headline,
    }


def _rows(names: Sequence[str], pairs: Sequence[Pair], catalog: Catalog) -> Table:
    columns = tuple(Column(key) for key in ("a", "b", "path", "value_a", "value_b", "usd"))
    rows = []
    for name, pair in zip(names[1:], pairs, strict=True):
        for each in pair.shares:
            one = each.differences[0] if len(each.differences) == 1 else None
            values = [None, None] if one is None else [plain_value(one.path, v) for v in (one.a, one.b)]
            plain = [str(v) if isinstance(v, list | dict) else v for v in values]
            rows.append((names[0], name, each.path, *plain, each.usd))
    return Table(columns, tuple(rows))
