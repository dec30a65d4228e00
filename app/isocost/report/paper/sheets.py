"""The page as sheets of a workbook: every amount in the plan's currency, every total the sum of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.quantities import MoneyUnit, money_shown_in
from isocost.report.findings.header import currency_words
from isocost.report.findings.tabs.ledger import cash_table
from isocost.report.paper.content import Paper, note_words
from isocost.report.paper.numbers import Number, ledger_numbers
from isocost.report.paper.workbook import Cell, Form, Page, column_letters
from isocost.report.table import Table

_FORMS: dict[str, Form] = {"USD": "money", "share": "share"}
"""Of units; those of so much a unit are rates, all others numbers."""


def sheets(page: Paper, found: Answer) -> dict[str, Page]:
    """The sheets that have something to say, by their names."""
    with money_shown_in(found.money):
        made = {
            tr("Summary"): _summary(page, found),
            tr("Bill"): _bill(page.bill, found.money),
            tr("Cash by month"): _cash(found, nothing=bool(page.stopped)),
            tr("Assumptions"): _words(page.assumptions),
            tr("Prices"): _words(page.prices.table),
            tr("Other plans"): _others(page.others, found.money),
            tr("Figures"): _figures(() if page.stopped else ledger_numbers(found), found.money),
            tr("Warnings"): Page((tr("Warning"),), tuple((note_words(each),) for each in page.notes)),
        }
    return {name: each for name, each in made.items() if each.rows}


def _summary(page: Paper, found: Answer) -> Page:
    """What the page says, then its figures as numbers."""
    heads = (tr("Figure"), tr("Value"), tr("Unit"), tr("Stage"))
    told = (
        (tr("Plan"), found.estimate.project),
        (tr("Scenario"), found.estimate.scenario),
        (tr("Answer"), page.title),
        (tr("In words"), page.lead),
        (tr("Currency"), currency_words(found.money) or tr("in US dollars")),
    )
    numbers = (
        (number.label, _number(number, found.money), _unit(number, found.money), number.stage)
        for number in page.numbers
    )
    return Page(heads, ((*told, *numbers)))


def _figures(numbers: Iterable[Number], money: MoneyUnit) -> Page:
    heads = (tr("Figure"), tr("Stage"), tr("Value"), tr("Unit"), tr("Key"))
    rows = ((n.label, n.stage, _number(n, money), _unit(n, money), n.key) for n in numbers)
    return Page(heads, tuple(rows))


def _number(number: Number, money: MoneyUnit) -> Cell:
    usd = number.unit.startswith("USD")
    whole: Form = "count" if float(number.value).is_integer() else "number"
    form = _FORMS.get(number.unit, "rate" if usd else whole)
    return Cell(money.shown(number.value) if usd else number.value, form)


def _unit(number: Number, money: MoneyUnit) -> str:
    return unit_words(number).replace("USD", money.code)


def unit_words(number: Number) -> str:
    """The unit of a figure, that of a plain number and of a share said too."""
    return number.unit or tr("number")


def _bill(bill: Table, money: MoneyUnit) -> Page:
    """Lines, and below them their sum."""
    *lines, total = bill.rows or ((),)
    if not lines:
        return Page((), ())
    cost = _in(tr("Cost"), money)
    heads = tuple(cost if column.key == "cost_usd" else column.name for column in bill.columns)
    rows: list[tuple[object, ...]] = []
    for at, (line, usd, _, how, source) in enumerate(lines):
        rows.append((line, Cell(money.shown(usd), "money"), bill.shown(at, 2), how, source))
    summed = Cell(money.shown(total[1]), "sum", f"SUM(B2:B{len(lines) + 1})")
    return Page(heads, (*rows, (Cell(total[0], "head"), summed)))


def _cash(found: Answer, *, nothing: bool) -> Page:
    """What is paid each month by group; each total the sum of its groups, and of its months at the foot."""
    table = cash_table(found.cash)
    heads = [column.name for column in table.columns]
    if nothing or not table.rows:
        return Page((), ())
    groups, money = len(heads) - 4, found.money
    rows: list[tuple[object, ...]] = []
    for at, (_, *amounts) in enumerate(table.rows):
        cells = [Cell(money.shown(usd), "money") for usd in amounts]
        total = f"SUM(B{at + 2}:{column_letters(groups)}{at + 2})" if groups else ""
        so_far = f"SUM({column_letters(groups + 1)}$2:{column_letters(groups + 1)}{at + 2})"
        cells[groups] = Cell(cells[groups].value, "money", total)
        cells[groups + 2] = Cell(cells[groups + 2].value, "money", so_far)
        rows.append((table.shown(at, 0), *cells))
    last = len(rows) + 1
    sums = [
        Cell(
            money.shown(sum(row[at] for row in table.rows)),
            "sum",
            f"SUM({column_letters(at)}2:{column_letters(at)}{last})",
        )
        for at in range(1, groups + 3)
    ]
    named = (heads[0], *(_in(head, money) for head in heads[1:]))
    return Page(named, (*rows, (Cell(tr("Total"), "head"), *sums)))


def _others(others: Table, money: MoneyUnit) -> Page:
    heads = [column.name for column in others.columns]
    heads[1], heads[3] = _in(heads[1], money), tr("Start to finish (days)")
    return Page(tuple(heads), tuple(_other_rows(others, money)))


def _other_rows(others: Table, money: MoneyUnit) -> Iterator[tuple[object, ...]]:
    for name, usd, over, days in others.rows:
        cost = Cell("" if usd == "" else money.shown(usd), "money")
        yield name, cost, over, Cell(days, "number")


def _words(table: Table) -> Page:
    """A table as people read it."""
    rows = (
        tuple(table.shown(row, column) for column in range(len(table.columns)))
        for row in range(len(table.rows))
    )
    return Page(tuple(column.name for column in table.columns), tuple(rows))


def _in(head: str, money: MoneyUnit) -> str:
    return f"{head} ({money.code})"
