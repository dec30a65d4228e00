"""What the Ledger page has to say of a bill and its calendar: findings, summaries and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from isocost.language import capital, in_sentence, tr
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.beside import CashRanges
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.money.cashflow import NUMBERED, ONWARD, CashMonth, TimelineBar
from isocost.plan.money.figure import LedgerGroup
from isocost.plan.money.ledger import BillBar, LedgerLine, bars_by_group, bars_by_line, only_the_run
from isocost.plan.money.slip import Slip
from isocost.quantities import (
    format_cents,
    format_count,
    format_duration,
    format_money,
    format_quantity,
    format_share,
    shown_money,
)
from isocost.quantities.units import DAYS_PER_MONTH, DAYS_PER_WEEK
from isocost.report.decisions.doubting.doubt import SURE, chance_said, days_said, ends_said
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

TOTAL = tr("Programme total")
READ_OUT = 60
"""Months told one by one; a listener wants no more, and of a hundred years each step would write them all."""
FEW = 12
"""Lines up to which each has a row of its own unless groups are asked for."""

_MONTHS = [
    tr("Jan"),
    tr("Feb"),
    tr("Mar"),
    tr("Apr"),
    tr("May"),
    tr("Jun"),
    tr("Jul"),
    tr("Aug"),
    tr("Sep"),
    tr("Oct"),
    tr("Nov"),
    tr("Dec"),
]

NAMES: dict[LedgerGroup, str] = {
    "final run": tr("Final run"),
    "failures": tr("Failures"),
    "experiments": tr("Experiments"),
    "data": tr("Data"),
    "people": tr("People"),
    "infrastructure": tr("Infrastructure"),
    "contingency": tr("Contingency"),
}


# The bill


@dataclass(frozen=True, slots=True)
class BillRow:
    """A bar of the bill, or its total."""

    bar: BillBar
    is_total: bool = False
    spread: tuple[float, float] | None = None
    """8 chances in 10 of what it comes to, USD; None = it is as good as known, or not shown."""

    @property
    def likely(self) -> str:
        """Its range in words; empty = it has none."""
        if self.spread is None:
            return ""
        low, high = map(format_money, self.spread)
        return "" if low == high else tr("8 chances in 10: {ends_said}", ends_said=ends_said(low, high))


@dataclass(frozen=True, slots=True)
class BillView:
    """What the waterfall shows."""

    said: Said
    rows: tuple[BillRow, ...]
    """From the final run outwards; the total last."""
    by_line: bool
    """Whether each row is a line, not a group."""
    full_usd: float
    """USD of the longest bar, its range included."""
    spread: tuple[float, float] | None
    """USD that 10 and 90 % of outcomes of the total stay below; None = not shown."""

    def explained(self, at: int) -> BillRow:
        """A row; the largest one where there is no such row."""
        if 0 <= at < len(self.rows):
            return self.rows[at]
        return max(self.rows[:-1] or self.rows, key=lambda row: row.bar.cost_usd)


def bill_view(
    estimate: Estimate,
    by_line: bool | None = None,
    *,
    ranged: bool = True,
    ranges: FigureRanges | None = None,
) -> BillView:
    """A bill as rows by line or by group; None = by line while there are few.

    Args:
        ranged: whether it is told with its range; ``ranges``: those of its lines, where they are known.
    """
    total = estimate.total.cost_usd
    lines, groups = bars_by_line(estimate.ledger), bars_by_group(estimate.ledger)
    each_line = len(lines) <= FEW if by_line is None else by_line
    bars = lines if each_line else groups
    finding = bill_finding(lines, groups, total)
    known = estimate.range.cost_usd if estimate.range and ranged else None
    spread = (known.p10, known.p90) if known else None
    rows = tuple(BillRow(bar, spread=_spread(bar, each_line, ranges)) for bar in bars)
    whole = BillBar(TOTAL, "final run", 0.0, total, total, 1.0, estimate.ledger)
    return BillView(
        Said(finding, bill_subtitle(lines, estimate, ranged=ranged), bill_summary(finding, rows, total)),
        (*rows, BillRow(whole if bars else replace(whole, share=0.0), True, spread)),
        each_line,
        max(total, spread[1] if spread else 0.0),
        spread,
    )


def _spread(bar: BillBar, by_line: bool, ranges: FigureRanges | None) -> tuple[float, float] | None:
    """8 chances in 10 of a line or of a group."""
    key = bar.lines[0].key if by_line else f"group.{bar.group}"
    return None if ranges is None else ranges.of(key, bar.cost_usd)


def row_figure(row: BillRow) -> str:
    """Key by which a row is explained; a group of several lines has none."""
    if row.is_total:
        return "total.cost_usd"
    return row.bar.lines[0].key if len(row.bar.lines) == 1 else ""


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
        return tr("Nothing costs anything")
    if only_the_run(bars):
        if len(bars) == 1:
            return tr("The run is the whole bill: {money}", money=money)
        largest = max(bars, key=lambda bar: bar.cost_usd)
        return tr(
            "{short_name} is {whole_share} of {money}",
            short_name=short_name(largest),
            whole_share=whole_share(largest.share),
            money=money,
        )
    run = next((bar for bar in groups if bar.group == "final run"), None)
    if run is None:
        return tr("The programme's {money} has no final run", money=money)
    share = whole_share(run.share).replace("<", tr("under ")).replace(">", tr("over "))
    return tr("The run is {share} of the programme's {money}", share=share, money=money)


def bill_subtitle(bars: Sequence[BillBar], estimate: Estimate, *, ranged: bool = True) -> str:
    """What is drawn, and how sure it is."""
    if only_the_run(bars):
        return tr("Nothing around it is counted: experiments, failures, data and people usually follow.")
    doubt = f" {estimate.doubt}." if estimate.doubt and ranged else ""
    return tr("Each bar stands on those before it.{doubt}", doubt=doubt)


def short_name(bar: BillBar) -> str:
    """A line's name without the way its accelerators are obtained."""
    return bar.name.rpartition(": ")[0] or bar.name


def row_in_words(row: BillRow) -> str:
    """Name, amount, share and range."""
    said = f"{row.bar.name}: {format_money(row.bar.cost_usd)}, {whole_share(row.bar.share)}"
    return f"{said}; {row.likely}" if row.likely else said


def arithmetic(bar: BillBar) -> str:
    """How a bar comes to its amount."""
    if len(bar.lines) == 1:
        return bar.lines[0].how
    parts = " + ".join(f"{line.line} {format_cents(line.cost_usd)}" for line in bar.lines)
    return f"{parts} = {format_cents(bar.cost_usd)}"


def sources(bar: BillBar) -> str:
    """Where a bar's inputs come from."""
    return "; ".join(dict.fromkeys(line.source for line in bar.lines))


def row_explained(row: BillRow) -> str:
    """How a bar comes to its amount, below the chart."""
    return f"{row.bar.name}: {arithmetic(row.bar)}"


def row_sources(row: BillRow) -> str:
    """How sure the amount is, and where its inputs come from."""
    said = sources(row.bar)
    return f"{row.likely} · {said}" if row.likely else said


def row_tip(row: BillRow) -> str:
    """Amount, arithmetic and sources of a bar, a line each."""
    return f"{row_in_words(row)}\n{arithmetic(row.bar)}\n{sources(row.bar)}"


def row_description(row: BillRow) -> str:
    """Arithmetic and sources of a bar, for those who cannot see its tooltip."""
    return f"{arithmetic(row.bar)}. {sources(row.bar)}"


def bill_summary(finding: str, rows: Sequence[BillRow], total: float) -> str:
    """The waterfall in sentences."""
    told = ". ".join(row_in_words(row) for row in rows)
    return tr("{finding}. {told}. Total {cents}.", finding=finding, told=told, cents=format_cents(total))


def bill_table(lines: Sequence[LedgerLine], ranges: FigureRanges | None = None) -> Table:
    """Every line of the bill with its arithmetic and source, and its range where that is shown."""
    likely = (
        Column(tr("1 in 10 below"), format_cents, right=True, key="low_USD"),
        Column(tr("1 in 10 above"), format_cents, right=True, key="high_USD"),
    )
    columns = (
        Column(tr("Group"), lambda group: NAMES[group]),
        Column(tr("Line")),
        Column(shown_money().code, format_cents, right=True, key="USD"),
        *(likely if ranges is not None else ()),
        Column(tr("Share"), lambda share: format_share(share), right=True),
        Column(tr("Arithmetic")),
        Column(tr("Source")),
    )
    shares = {bar.lines[0].key: bar.share for bar in bars_by_line(lines)}

    def ends(line: LedgerLine) -> tuple[float, ...]:
        known = (line.cost_usd, line.cost_usd)
        return () if ranges is None else ranges.of(line.key, line.cost_usd) or known

    return Table(
        columns,
        tuple(
            (x.group, x.line, x.cost_usd, *ends(x), shares.get(x.key, 0.0), x.how, x.source) for x in lines
        ),
    )


# The calendar


@dataclass(frozen=True)
class CalendarView:
    """What the calendar draws; what follows from all its months is found once, as every bar asks."""

    bars: tuple[TimelineBar, ...] = ()
    months: tuple[CashMonth, ...] = ()
    groups: Mapping[int, LedgerGroup] | None = None
    """The group of the bill that each stage belongs to, by its place."""
    late_weeks: float = 0.0
    ranges: CashRanges | None = None
    """8 chances in 10 of each month's sum, where they are shown."""
    slips: bool = True
    """Whether a delay has a row, in which it can be dragged."""

    @property
    def rows(self) -> int:
        """Rows above the cash: a bar each, and the delay where it has one."""
        return len(self.bars) + self.slips

    @cached_property
    def finish(self) -> float:
        """Day everything ends when on time."""
        return max((bar.end_day for bar in self.bars), default=0.0)

    @cached_property
    def dearest(self) -> float:
        """USD of the dearest month, or of the highest end of a month's range."""
        ends = self.ranges.month_usd if self.ranges is not None else ()
        drawn = ends[:-1] if self.onward else ends
        return max([*map(self.paid, range(len(self.months))), *(high for _, high in drawn)], default=0.0)

    @property
    def onward(self) -> bool:
        """Whether all that is paid later falls in the last month too."""
        return bool(self.months) and self.months[-1].label.endswith(ONWARD)

    def paid(self, month: int) -> float:
        """USD of a month; of the last one, where all later ones fall in it, of each of them on average."""
        usd, edges = self.months[month].total_usd, self.month_edges
        if not self.onward or month < len(self.months) - 1:
            return usd
        return usd * DAYS_PER_MONTH / (edges[-1] - edges[-2])

    def ends(self, month: int) -> tuple[float, float] | None:
        """8 chances in 10 of what is paid in a month; None = known, or not shown."""
        held = self.ranges.month_usd if self.ranges is not None else ()
        if self.onward and month == len(self.months) - 1:
            return None
        return (
            held[month]
            if month < len(held) and format_money(held[month][0]) != format_money(held[month][1])
            else None
        )

    @cached_property
    def month_edges(self) -> list[float]:
        """First day of every month, and the end of the last."""
        starts = [month.start_day for month in self.months]
        if not starts:
            return []
        end = starts[-1] + DAYS_PER_MONTH
        return [*starts, max(end, self.finish) if self.onward else end]

    @cached_property
    def last(self) -> float:
        """Day the axis ends on."""
        return max(1e-6, self.finish + self.late_weeks * DAYS_PER_WEEK, *self.month_edges)

    def words(self, at: int) -> str:
        """What a bar is, or what is paid in a month: bars come first."""
        if at < len(self.bars):
            return stage_in_words(self.bars[at])
        month = at - len(self.bars)
        return month_in_words(self.months[month]) + cash_likely(self.ranges, month)


def cash_likely(ranges: CashRanges | None, month: int) -> str:
    """8 chances in 10 of what is paid in a month and by its end, to follow the month's own words."""
    if ranges is None or month >= len(ranges.month_usd):
        return ""
    paid, so_far = (
        ends_said(*map(format_money, each[month])) for each in (ranges.month_usd, ranges.so_far_usd)
    )
    beside = tr(" without the reserve") if ranges.without_reserve else ""
    return tr(
        "; 8 chances in 10{beside}: {paid} in it, {so_far} by its end",
        beside=beside,
        paid=paid,
        so_far=so_far,
    )


def cash_doubt(ranges: CashRanges | None, months: Sequence[CashMonth]) -> str:
    """What of the cash may be another: the month that most is paid in, and the last one; empty = neither."""
    if months and months[-1].label.endswith(ONWARD):
        return ""  # what falls in the last month is of no one month
    if ranges is None or len(ranges.dearest) != len(months):
        return ""
    said = []
    most = max(range(len(months)), key=lambda at: months[at].total_usd, default=0)
    if len(months) > 1 and ranges.dearest[most] < SURE:
        said.append(
            tr(
                "{capital} that another month costs most.",
                capital=capital(chance_said(1.0 - ranges.dearest[most])),
            )
        )
    if ranges.later > 1.0 - SURE:
        last = month_name(months[-1].label)
        said.append(
            tr(
                "{capital} that something is still paid after {last}.",
                capital=capital(chance_said(ranges.later)),
                last=last,
            )
        )
    return " ".join(said)


def calendar_said(
    bars: Sequence[TimelineBar],
    months: Sequence[CashMonth],
    days: tuple[float, float] | None = None,
    ranges: CashRanges | None = None,
) -> Said:
    """What the calendar says.

    Args:
        days: 8 chances in 10 of its length, where they are shown; ``ranges``: those of its cash.
    """
    finding = calendar_finding(bars, months)
    subtitle = tr("Stages, and below them the cash of each month; the tick: owed whatever is used.")
    likely = ""
    if days is not None and format_duration(days[0]) != format_duration(days[1]):
        likely = tr("8 chances in 10 that it takes {days_said}", days_said=days_said(*days))
        subtitle = tr("{likely}; drawn as planned. The tick: owed whatever is used.", likely=likely)
        if ranges is not None:
            subtitle = tr(
                "8 chances in 10: {days_said}; whiskers: the cash. Tick: owed whatever is used.",
                days_said=days_said(*days),
            )
    told = [
        calendar_summary(finding, bars, months),
        f"{likely}." if likely else "",
        cash_doubt(ranges, months),
    ]
    return Said(finding, subtitle, " ".join(each for each in told if each))


def stage_groups(ledger: Sequence[LedgerLine]) -> dict[int, LedgerGroup]:
    """The group of the bill each stage belongs to, by its place."""
    lines = [line for line in ledger if line.key.startswith("stage.")]
    return {int(line.key.removeprefix("stage.")): line.group for line in lines}


def axis_label(label: str, *, first: bool) -> str:
    """A month on the axis: the year stands at the first one and at every January."""
    if label.startswith(NUMBERED) and not first:
        return label.removeprefix(NUMBERED)
    return month_name(label, year=first or label.endswith("-01"))


def month_name(label: str, *, year: bool = True) -> str:
    """A month of the cash table as people write it: "Mar 2027", "Month 3", "Month 1200 and later"."""
    if label.endswith(ONWARD):
        return tr("{month} and later", month=month_name(label.removesuffix(ONWARD), year=year))
    if label.startswith(NUMBERED):
        return tr("Month {number}", number=label.removeprefix(NUMBERED))
    years, _, month = label.partition("-")
    name = _MONTHS[int(month) - 1]
    return f"{name} {years}" if year else name


def calendar_finding(bars: Sequence[TimelineBar], months: Sequence[CashMonth]) -> str:
    """When it ends and when most is paid."""
    if not bars:
        return tr("Nothing takes time")
    last = bars[-1]
    length = format_duration(last.end_day)
    ends = (
        tr(
            "Done on {day} {months} {year}",
            day=last.end.day,
            months=_MONTHS[last.end.month - 1],
            year=last.end.year,
        )
        if last.end
        else length
    )
    paid = [month for month in months if month.total_usd]
    if not paid:
        return tr("{ends}; nothing is paid", ends=ends)
    dearest = max(paid, key=lambda month: month.total_usd)
    if paid[-1].label.endswith(ONWARD):  # of which it is not known what each month costs
        dearest = paid[-1]
    when = month_name(dearest.label.removesuffix(ONWARD))
    when = when if last.end else in_sentence(when)
    if dearest.label.endswith(ONWARD):
        return tr(
            "{ends}; {most} are paid from {when} on",
            ends=ends,
            most=format_money(dearest.total_usd),
            when=when,
        )
    if len(paid) == 1:
        return tr("{ends}, all paid in {when}", ends=ends, when=when)
    most = format_money(dearest.total_usd)
    if sum(format_money(month.total_usd) == most for month in paid) > 1:
        return tr("{ends}; at most {most} a month", ends=ends, most=most)
    return tr("{ends}; {when} costs most, {most}", ends=ends, when=when, most=most)


def month_in_words(month: CashMonth) -> str:
    """What is paid in a month, by group, what is owed whatever is used, and the sum so far."""
    groups = ", ".join(f"{in_sentence(NAMES[g])} {format_money(usd)}" for g, usd in month.by_group.items())
    owed = (
        tr("; {money} owed whatever is used", money=format_money(month.committed_usd))
        if month.committed_usd
        else ""
    )
    so_far = format_money(month.cumulative_usd)
    return tr(
        "{month_name}: {money} ({groups}){owed}; {so_far} so far",
        month_name=month_name(month.label),
        money=format_money(month.total_usd),
        groups=groups,
        owed=owed,
        so_far=so_far,
    )


def stage_in_words(bar: TimelineBar) -> str:
    """Name, length, days and accelerators of a stretch of time."""
    dates = (
        tr(", {isoformat} to {isoformat_2}", isoformat=bar.start.isoformat(), isoformat_2=bar.end.isoformat())
        if bar.start and bar.end
        else ""
    )
    where = tr(" on {accelerators}", accelerators=bar.accelerators) if bar.accelerators else ""
    return f"{bar.name}: {format_duration(bar.end_day - bar.start_day)}{where}{dates}"


def calendar_summary(finding: str, bars: Sequence[TimelineBar], months: Sequence[CashMonth]) -> str:
    """The calendar in sentences: of very many months the first ones."""
    parts = [finding, *(stage_in_words(bar) for bar in bars)]
    parts += (month_in_words(month) for month in months[:READ_OUT])
    if (more := len(months) - READ_OUT) > 0:
        parts.append(tr("{count} months more: the table has them", count=format_count(more)))
    return ". ".join(parts) + "."


_RANGED = (tr("Total"), tr("So far"))


def cash_table(months: Sequence[CashMonth], ranges: CashRanges | None = None) -> Table:
    """Cash by month and group, and its range where that is shown."""
    groups = [g for g in NAMES if any(g in month.by_group for month in months)]
    shown = ranges is not None and len(ranges.month_usd) == len(months)
    ends = (
        [(*a, *b) for a, b in zip(ranges.month_usd, ranges.so_far_usd, strict=True)]
        if shown and ranges
        else []
    )

    def money(name: str) -> Column:
        return Column(name, format_cents, right=True, key=f"{name} (USD)")

    columns = (
        Column(tr("Month"), month_name),
        *(money(NAMES[group]) for group in groups),
        money(tr("Total")),
        money(tr("Committed")),
        money(tr("So far")),
        *(
            money(name)
            for what in _RANGED
            for name in (
                tr("{what}, 1 in 10 below", what=what),
                tr("{what}, 1 in 10 above", what=what),
            )
            if ends
        ),
    )
    rows = tuple(
        (
            m.label, *(m.by_group.get(g, 0.0) for g in groups), m.total_usd, m.committed_usd,
            m.cumulative_usd, *(ends[at] if ends else ()),
        )
        for at, m in enumerate(months)
    )  # fmt: skip
    return Table(columns, rows)


def slip_words(slip: Slip) -> str:
    """What a delay costs, the largest line first."""
    if not slip.weeks:
        return tr("On time: nothing more to pay.")
    late = late_words(slip.weeks)
    if not slip.lines and slip.paid_hours:
        return tr("{late}: nothing more, as the hours are reserved and paid already.", late=late)
    if not slip.lines:
        return tr("{late}: nothing more, as nobody is paid and nothing is kept meanwhile.", late=late)
    if len(slip.lines) == 1:
        return tr(
            "{late}: {money} more, all of it {line}",
            late=late,
            money=format_money(slip.total_usd),
            line=in_sentence(slip.lines[0].line),
        )
    ordered = sorted(slip.lines, key=lambda line: -line.cost_usd)
    parts = ", ".join(f"{format_money(line.cost_usd)} {in_sentence(line.line)}" for line in ordered)
    return tr("{late}: {money} more: {parts}", late=late, money=format_money(slip.total_usd), parts=parts)


def late_words(weeks: float) -> str:
    """A delay in a few words."""
    if not weeks:
        return tr("on time")
    return (
        tr("+{number} week", number=format_quantity(weeks, "number"))
        if weeks == 1
        else tr("+{number} weeks", number=format_quantity(weeks, "number"))
    )
