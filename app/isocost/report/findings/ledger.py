"""What the Ledger page has to say of a bill and its calendar: findings, summaries and tables."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.plan.answer.results import Estimate
from isocost.plan.money.cashflow import CashMonth, TimelineBar
from isocost.plan.money.figure import LedgerGroup
from isocost.plan.money.ledger import BillBar, LedgerLine, only_the_run
from isocost.plan.money.slip import Slip
from isocost.quantities import format_cents, format_duration, format_money, format_quantity, format_share
from isocost.report.table import Column, Table

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

NAMES: dict[LedgerGroup, str] = {
    "final run": "Final run",
    "failures": "Failures",
    "experiments": "Experiments",
    "data": "Data",
    "people": "People",
    "infrastructure": "Infrastructure",
    "contingency": "Contingency",
}


def whole_share(share: float) -> str:
    """A share in whole per cent, neither nothing nor all unless it is: "41 %", "<1 %", ">99 %"."""
    if 0.0 < share < 0.005:
        return f"<{format_quantity(0.01, 'share')}"
    if 0.995 <= share < 1.0:
        return f">{format_quantity(0.99, 'share')}"
    return format_share(share, decimals=0)


def bill_finding(bars: Sequence[BillBar], groups: Sequence[BillBar], total: float) -> str:
    """How much of the programme the final run is."""
    money = format_money(total)
    if not bars:
        return "Nothing costs anything"
    if only_the_run(bars):
        if len(bars) == 1:
            return f"The run is the whole bill: {money}"
        largest = max(bars, key=lambda bar: bar.cost_usd)
        return f"{short_name(largest)} is {whole_share(largest.share)} of {money}"
    run = next((bar for bar in groups if bar.group == "final run"), None)
    if run is None:
        return f"The programme's {money} has no final run"
    share = whole_share(run.share).replace("<", "under ").replace(">", "over ")
    return f"The run is {share} of the programme's {money}"


def bill_subtitle(bars: Sequence[BillBar], estimate: Estimate) -> str:
    """What is drawn, and how sure it is."""
    if only_the_run(bars):
        return "Nothing around it is counted: experiments, failures, data and people usually follow."
    doubt = f" {estimate.doubt}." if estimate.doubt else ""
    return f"Each bar stands on those before it.{doubt}"


def short_name(bar: BillBar) -> str:
    """A line's name without the way its accelerators are obtained."""
    return bar.name.rpartition(": ")[0] or bar.name


def bar_in_words(bar: BillBar) -> str:
    """Name, amount and share."""
    return f"{bar.name}: {format_money(bar.cost_usd)}, {whole_share(bar.share)}"


def arithmetic(bar: BillBar) -> str:
    """How a bar comes to its amount."""
    if len(bar.lines) == 1:
        return bar.lines[0].how
    parts = " + ".join(f"{line.line} {format_cents(line.cost_usd)}" for line in bar.lines)
    return f"{parts} = {format_cents(bar.cost_usd)}"


def sources(bar: BillBar) -> str:
    """Where a bar's inputs come from."""
    return "; ".join(dict.fromkeys(line.source for line in bar.lines))


def bill_summary(finding: str, bars: Sequence[BillBar], total: float) -> str:
    """The waterfall in sentences."""
    rows = ". ".join(bar_in_words(bar) for bar in bars)
    return f"{finding}. {rows}. Total {format_cents(total)}."


def bill_table(lines: Sequence[LedgerLine], bars: Sequence[BillBar]) -> Table:
    """Every line of the bill with its arithmetic and source."""
    columns = (
        Column("Group", lambda group: NAMES[group]),
        Column("Line"),
        Column("USD", format_cents, right=True),
        Column("Share", lambda share: format_share(share), right=True),
        Column("Arithmetic"),
        Column("Source"),
    )
    shares = {bar.lines[0].key: bar.share for bar in bars}
    return Table(
        columns,
        tuple((x.group, x.line, x.cost_usd, shares.get(x.key, 0.0), x.how, x.source) for x in lines),
    )


def month_name(label: str, *, year: bool = True) -> str:
    """A month of the cash table as people write it: "Mar 2027", "Month 3"."""
    if label.startswith("Month"):
        return label
    years, _, month = label.partition("-")
    name = _MONTHS[int(month) - 1]
    return f"{name} {years}" if year else name


def calendar_finding(bars: Sequence[TimelineBar], months: Sequence[CashMonth]) -> str:
    """When it ends and when most is paid."""
    if not bars:
        return "Nothing takes time"
    last = bars[-1]
    length = format_duration(last.end_day)
    ends = f"Done on {last.end.day} {_MONTHS[last.end.month - 1]} {last.end.year}" if last.end else length
    paid = [month for month in months if month.total_usd]
    if not paid:
        return f"{ends}; nothing is paid"
    dearest = max(paid, key=lambda month: month.total_usd)
    when = month_name(dearest.label) if last.end else month_name(dearest.label).lower()
    if len(paid) == 1:
        return f"{ends}, all paid in {when}"
    return f"{ends}; {when} costs most, {format_money(dearest.total_usd)}"


def month_in_words(month: CashMonth) -> str:
    """What is paid in a month, by group, what is owed whatever is used, and the sum so far."""
    groups = ", ".join(f"{NAMES[g].lower()} {format_money(usd)}" for g, usd in month.by_group.items())
    owed = f"; {format_money(month.committed_usd)} owed whatever is used" if month.committed_usd else ""
    so_far = format_money(month.cumulative_usd)
    return f"{month_name(month.label)}: {format_money(month.total_usd)} ({groups}){owed}; {so_far} so far"


def stage_in_words(bar: TimelineBar) -> str:
    """Name, length, days and accelerators of a stretch of time."""
    dates = f", {bar.start.isoformat()} to {bar.end.isoformat()}" if bar.start and bar.end else ""
    where = f" on {bar.accelerators}" if bar.accelerators else ""
    return f"{bar.name}: {format_duration(bar.end_day - bar.start_day)}{where}{dates}"


def calendar_summary(finding: str, bars: Sequence[TimelineBar], months: Sequence[CashMonth]) -> str:
    """The calendar in sentences."""
    parts = [finding, *(stage_in_words(bar) for bar in bars), *(month_in_words(month) for month in months)]
    return ". ".join(parts) + "."


def cash_table(months: Sequence[CashMonth]) -> Table:
    """Cash by month and group."""
    groups = [g for g in NAMES if any(g in month.by_group for month in months)]

    def money(name: str) -> Column:
        return Column(name, format_cents, right=True)

    columns = (
        Column("Month", month_name),
        *(money(NAMES[group]) for group in groups),
        money("Total"),
        money("Committed"),
        money("So far"),
    )
    rows = tuple(
        (m.label, *(m.by_group.get(g, 0.0) for g in groups), m.total_usd, m.committed_usd, m.cumulative_usd)
        for m in months
    )
    return Table(columns, rows)


def slip_words(slip: Slip) -> str:
    """What a delay costs, the largest line first."""
    if not slip.weeks:
        return "On time: nothing more to pay."
    late = late_words(slip.weeks)
    if not slip.lines:
        return f"{late}: nothing more, as nobody is paid and nothing is kept meanwhile."
    if len(slip.lines) == 1:
        return f"{late}: {format_money(slip.total_usd)} more, all of it {slip.lines[0].line.lower()}"
    ordered = sorted(slip.lines, key=lambda line: -line.cost_usd)
    parts = ", ".join(f"{format_money(line.cost_usd)} {line.line.lower()}" for line in ordered)
    return f"{late}: {format_money(slip.total_usd)} more: {parts}"


def late_words(weeks: float) -> str:
    """A delay in a few words."""
    if not weeks:
        return "on time"
    return f"+{format_quantity(weeks, 'number')} week{'' if weeks == 1 else 's'}"
