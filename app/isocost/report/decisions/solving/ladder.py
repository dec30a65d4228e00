"""What the ladder of budgets says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.constants.ladder import LadderKind
from isocost.language import listed, tr
from isocost.plan.project.project import Scenario
from isocost.plan.solve.hardware.ladder import Ladder, Rung
from isocost.quantities import (
    format_budget,
    format_duration,
    format_money,
    format_quantity,
    with_article,
)
from isocost.report.decisions.choices import hardware_words, supplier_of
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

TOO_MUCH = tr("more text than there is")
NOTHING = tr("nothing")
NONE = "–"
"""In a cell of nothing to be had."""
WORTH = 3e5
"""The sum the sentence speaks of: what a small group can raise."""


@dataclass(frozen=True)
class LadderStep:
    """One cell: what a sum buys of a kind of training."""

    amount: str
    time: str
    words: str
    scenario: Scenario | None
    """What opens as a plan."""


@dataclass(frozen=True)
class LadderView:
    """Cells kind by kind, the sums rising within each."""

    budgets: tuple[float, ...]
    kinds: tuple[str, ...]
    steps: tuple[LadderStep, ...]
    said: Said
    table: Table


def climbed(found: Ladder, catalog: Catalog) -> Told:
    """The ladder in every form."""
    kinds = list(dict.fromkeys(rung.kind.id for rung in found.rungs))
    by_kind = {each: [rung for rung in found.rungs if rung.kind.id == each] for each in kinds}
    sections = [Section("", tuple(_sentences(found, catalog)))]
    for rungs in by_kind.values():
        sections.append(Section(_heading(rungs[0].kind), table=_table(rungs)))
    rows = _csv(found)
    title = found.named or tr("What a sum buys today")
    return Told(title, finding(found), tuple(sections), _tree(found), rows)


def finding(found: Ladder) -> str:
    """What a middling sum buys from nothing."""
    scratch = [each for each in found.rungs if each.kind.amount == "parameters" and each.choice is not None]
    rung = min(scratch, key=lambda each: abs(each.budget_usd - WORTH), default=None)
    if rung is None or rung.choice is None:
        return tr("These sums train no model from nothing")
    size = format_quantity(rung.parameters, "number")
    return tr(
        "{money} trains {with_article} model from nothing, in {duration} on {hardware_words}",
        money=format_budget(rung.budget_usd),
        with_article=with_article(size),
        duration=format_duration(rung.choice.wall_days),
        hardware_words=hardware_words(rung.choice),
    )


def _sentences(found: Ladder, catalog: Catalog) -> Iterator[str]:
    known = catalog.constants.ladder
    ratio = format_quantity(known.tokens_per_parameter.value, "number")
    yield tr(
        "A model from nothing reads {ratio} tokens a parameter ({source}).",
        ratio=ratio,
        source=known.tokens_per_parameter.source,
    )
    yield (
        tr(
            "Accelerators alone are paid: no people, data or failed runs. Each is the most that "
            "any count of any accelerator on offer does in {duration} or less, and fits in "
            "memory.",
            duration=format_duration(found.longest_days),
        )
    )
    if found.owned:
        yield tr("At what an hour of one's own costs, bought, housed and used as the plan has it.")
    most = format_quantity(known.most_text.value, "number")
    yield tr(
        "Beyond {most} tokens there is hardly text in the open ({source}).",
        most=most,
        source=known.most_text.source,
    )
    stale = dict.fromkeys(each.choice.label for each in found.rungs if each.stale and each.choice is not None)
    if stale:
        yield tr("Old prices, which may be gone: {list}.", list=", ".join(stale))


def _heading(kind: LadderKind) -> str:
    what = {"parameters": "parameters", "tokens": tr("tokens trained on"), "rounds": tr("tokens generated")}
    return f"{kind.name} ({what[kind.amount]})"


def ladder_view(found: Ladder, catalog: Catalog) -> LadderView:
    """The ladder as a table of kinds by sums."""
    budgets = tuple(dict.fromkeys(rung.budget_usd for rung in found.rungs))
    kinds = tuple(dict.fromkeys(_heading(rung.kind) for rung in found.rungs))
    steps = tuple(_step(rung) for rung in found.rungs)
    longest = format_duration(found.longest_days)
    how = tr("The most each sum buys in {longest}, on any accelerator; a click opens it.", longest=longest)
    lacking = dict.fromkeys(amount_words(each) for each in found.rungs if not _is_had(each))
    if lacking:
        how = f"{how} {NONE}: {listed(lacking, 'or')}."
    told = climbed(found, catalog)
    said = Said(told.finding, how, f"{told.finding}. {' '.join(told.sections[0].sentences)}")
    return LadderView(budgets, kinds, steps, said, told.rows)


def _is_had(rung: Rung) -> bool:
    """Whether a sum buys any of a kind, and there is text enough to read."""
    return rung.choice is not None and rung.enough_text


def _step(rung: Rung) -> LadderStep:
    money = format_budget(rung.budget_usd)
    if rung.choice is None or not _is_had(rung):
        return LadderStep(
            NONE,
            "",
            tr(
                "{name} for {money}: {amount_words}.",
                name=rung.kind.name,
                money=money,
                amount_words=amount_words(rung),
            ),
            None,
        )
    amount, time = amount_words(rung), format_duration(rung.choice.wall_days)
    rate = format_money(rung.choice.cost_usd / rung.choice.gpu_hours)
    stale = tr(" The price is old.") if rung.stale else ""
    on = tr(
        "{hardware_words} at {rate} an hour.{stale}",
        hardware_words=hardware_words(rung.choice),
        rate=rate,
        stale=stale,
    )
    words = tr(
        "{heading} for {money}: {amount} in {time} on {on}",
        heading=_heading(rung.kind),
        money=money,
        amount=amount,
        time=time,
        on=on,
    )
    if rung.project is None:
        return LadderStep(amount, time, words, None)
    named = msgspec.structs.replace(rung.project.scenarios[0], name=f"{rung.kind.name} for {money}")
    return LadderStep(amount, time, words, named)


def amount_words(rung: Rung) -> str:
    """What a rung buys: "25B", "1.4T", or why nothing is told."""
    if rung.choice is None:
        return NOTHING
    if not rung.enough_text:
        return TOO_MUCH
    value = rung.parameters if rung.kind.amount == "parameters" else rung.tokens
    return format_quantity(value, "number", digits=2)


def _table(rungs: list[Rung]) -> Table:
    columns = (
        Column(tr("Money"), format_money, right=True),
        Column(tr("Buys"), right=True),
        Column(tr("Time"), format_duration, right=True),
        Column(tr("Hardware")),
        Column(tr("Costs"), format_money, right=True),
        Column(tr("An hour"), format_money, right=True),
    )
    rows = [
        (
            rung.budget_usd,
            amount_words(rung),
            None if rung.choice is None else rung.choice.wall_days,
            None if rung.choice is None else hardware_words(rung.choice),
            None if rung.choice is None else rung.choice.cost_usd,
            None if rung.choice is None else rung.choice.cost_usd / rung.choice.gpu_hours,
        )
        for rung in rungs
    ]
    return Table(columns, tuple(rows))


def _tree(found: Ladder) -> dict[str, Any]:
    return {
        "longest_days": found.longest_days,
        "owned": found.owned,
        "rungs": [_rung_tree(each) for each in found.rungs],
    }


def _rung_tree(rung: Rung) -> dict[str, Any]:
    choice = rung.choice
    return {
        "budget_usd": rung.budget_usd,
        "kind": rung.kind.id,
        "parameters": rung.parameters if choice is not None else None,
        "tokens": rung.tokens if choice is not None else None,
        "accelerator": None if choice is None else choice.accelerator,
        "count": None if choice is None else choice.count,
        "wall_days": None if choice is None else choice.wall_days,
        "fits": choice is not None and choice.fits,
        "cost_usd": None if choice is None else choice.cost_usd,
        "usd_per_gpu_hour": None if choice is None else choice.usd_per_hour,
        "supplier": None if choice is None else supplier_of(choice),
        "price_date": None if choice is None else choice.price.date,
        "stale": rung.stale,
        "enough_text": rung.enough_text,
    }


def _csv(found: Ladder) -> Table:
    trees = [_rung_tree(each) for each in found.rungs]
    keys = tuple(trees[0]) if trees else ()
    return Table(tuple(Column(key) for key in keys), tuple(tuple(tree.values()) for tree in trees))
