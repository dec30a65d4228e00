"""What the Ledger page says of a bill and of its calendar."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from isocost.plan.money.cashflow import CashMonth, TimelineBar
from isocost.plan.money.ledger import bars_by_group
from isocost.plan.project.programme import People, Programme, Schedule
from isocost.quantities import format_cents, format_money, plain_spaces
from isocost.quantities.units import DAYS_PER_MONTH
from isocost.report.findings.tabs.ledger import (
    FEW,
    TOTAL,
    CalendarView,
    arithmetic,
    axis_label,
    bill_table,
    bill_view,
    calendar_finding,
    calendar_said,
    calendar_summary,
    cash_table,
    late_words,
    month_in_words,
    row_description,
    row_explained,
    row_in_words,
    row_tip,
    slip_words,
    sources,
    stage_groups,
    whole_share,
)
from tests.plan.programmes import answered, priced, scenario
from tests.report.findings.plans import estimated

PROGRAMME = scenario(
    hours=(240.0, 480.0),
    people=People(heads=6.0, months=6.0),
    programme=Programme(failed_runs=0.1, contingency=0.1),
    schedule=Schedule(start="2027-01-15", preparation_weeks=6),
)


# The bill


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0 %"), (0.004, "<1 %"), (0.41, "41 %"), (0.998, ">99 %"), (1.0, "100 %")]
)
def test_a_share_is_never_rounded_to_nothing_or_all(share: float, said: str):
    assert plain_spaces(whole_share(share)) == said


@pytest.mark.parametrize("by_line", [None, True, False])
def test_the_bars_stand_on_each_other_and_end_at_the_total_to_the_cent(by_line):
    estimate = priced(PROGRAMME)
    view = bill_view(estimate, by_line)
    bars, total = [row.bar for row in view.rows[:-1]], view.rows[-1]
    assert total.is_total
    assert total.bar.name == TOTAL
    assert bars[0].start_usd == 0.0
    assert all(a.end_usd == b.start_usd for a, b in pairwise(bars))
    assert bars[-1].end_usd == total.bar.cost_usd == estimate.total.cost_usd


def test_the_title_states_how_much_of_the_programme_the_run_is(catalog):
    estimate = estimated("api-or-own", catalog)
    run = next(bar for bar in bars_by_group(estimate.ledger) if bar.group == "final run")
    total = format_money(estimate.total.cost_usd)
    finding = bill_view(estimate).said.finding
    assert finding == f"The run is {run.share * 100:.0f}\N{NO-BREAK SPACE}% of the programme's {total}"


def test_a_plan_of_a_run_alone_says_what_is_missing(catalog):
    estimate = estimated("startup-7b", catalog)
    said = bill_view(estimate).said
    assert said.finding == f"The run is the whole bill: {format_money(estimate.total.cost_usd)}"
    assert "people" in said.subtitle


def test_groups_come_to_the_same_total_and_stand_by_themselves_when_lines_are_many():
    estimate = priced(PROGRAMME)
    by_group = bill_view(estimate, False)
    assert by_group.rows[0].bar.name == "Final run"
    assert len(by_group.rows) == len(bars_by_group(estimate.ledger)) + 1
    assert not by_group.by_line
    assert bill_view(estimate).by_line
    many = priced(scenario(hours=(24.0,) * (FEW + 1)))
    assert not bill_view(many).by_line


def test_every_row_says_name_amount_share_arithmetic_and_source(catalog):
    estimate = estimated("api-or-own", catalog)
    for row in bill_view(estimate, True).rows[:-1]:
        (line,) = row.bar.lines
        text, tip = row_in_words(row), row_tip(row)
        assert line.line in text
        assert format_money(line.cost_usd) in text
        assert "%" in text
        assert line.source in tip
        assert line.how in tip
        assert row_description(row) == f"{line.how}. {line.source}"
        assert row_explained(row) == f"{line.line}: {line.how}"


def test_the_arithmetic_of_a_group_is_the_sum_of_its_lines():
    group = next(bar for bar in bars_by_group(priced(PROGRAMME).ledger) if len(bar.lines) == 2)
    one, two = (format_cents(line.cost_usd) for line in group.lines)
    assert arithmetic(group).endswith(f" = {format_cents(group.cost_usd)}")
    assert one in arithmetic(group)
    assert two in arithmetic(group)
    assert sources(group)


def test_the_row_explained_is_the_one_pointed_at_else_the_largest():
    view = bill_view(priced(PROGRAMME))
    assert view.explained(0) == view.rows[0]
    largest = max(view.rows[:-1], key=lambda row: row.bar.cost_usd)
    assert view.explained(-1) == view.explained(len(view.rows)) == largest


def test_a_bill_of_nothing_says_so_and_its_total_is_no_share():
    view = bill_view(priced(scenario(price=0.0)))
    assert view.said.finding == "Nothing costs anything"
    assert [(row.is_total, row.bar.share) for row in view.rows] == [(True, 0.0)]
    assert view.explained(-1).bar.name == TOTAL


def test_the_longest_bar_leaves_room_for_the_range(catalog):
    estimate = estimated("startup-7b", catalog)
    view = bill_view(estimate)
    assert view.spread == (estimate.range.cost_usd.p10, estimate.range.cost_usd.p90)
    assert view.full_usd == max(estimate.total.cost_usd, view.spread[1])
    assert bill_view(replace(estimate, range=None)).spread is None


def test_the_table_has_every_line_with_its_source(catalog):
    estimate = estimated("api-or-own", catalog)
    table = bill_table(estimate.ledger)
    assert [row[1] for row in table.rows] == [line.line for line in estimate.ledger]
    assert all(row[5] for row in table.rows)
    assert sum(round(row[2] * 100) for row in table.rows) == round(estimate.total.cost_usd * 100)


# The calendar


def calendar(chosen):
    """The bars and months of a scenario."""
    result = answered(chosen)
    return result.timeline, result.cash, result.estimate


def test_a_start_date_names_the_months():
    bars, months, _ = calendar(PROGRAMME)
    said = calendar_said(bars, months)
    assert said.finding.startswith("Done on ")
    assert "2027" in said.finding
    assert "Jan 2027" in said.summary


def test_without_a_start_months_are_numbered():
    bars, months, _ = calendar(scenario(people=People(heads=6.0, months=6.0)))
    said = calendar_said(bars, months)
    assert "Month 1" in said.summary
    assert "month 1 costs most" in said.finding


def test_no_month_of_the_same_cash_is_said_to_cost_most():
    months = answered(PROGRAMME).cash
    level = tuple(replace(month, total_usd=1e5) for month in months)
    assert plain_spaces(calendar_said(answered(PROGRAMME).timeline, level).finding).endswith(
        "; at most $100K a month"
    )


def test_a_place_of_the_calendar_is_a_stage_or_a_month():
    bars, months, estimate = calendar(PROGRAMME)
    view = CalendarView(bars, months, stage_groups(estimate.ledger))
    assert plain_spaces(view.words(0)).startswith("Preparation: 42 days")
    assert view.words(len(bars)).startswith("Jan 2027: $")
    assert view.words(len(bars) + len(months) - 1).endswith(" so far")
    assert view.rows == len(bars) + 1
    assert view.finish == bars[-1].end_day
    assert view.dearest == max(month.total_usd for month in months)


def test_the_axis_reaches_past_the_delay_and_never_is_empty():
    bars, months, _ = calendar(PROGRAMME)
    view = CalendarView(bars, months)
    late = replace(view, late_weeks=52.0)
    assert view.last >= view.finish
    assert late.last == pytest.approx(view.finish + 364.0)
    assert CalendarView().last > 0.0
    assert CalendarView().month_edges == []


def test_each_stage_has_its_group_of_the_bill(catalog):
    groups = stage_groups(estimated("smollm3-programme", catalog).ledger)
    assert groups[0] == "experiments"
    assert groups[1] == "final run"


@pytest.mark.parametrize(
    ("label", "first", "text"),
    [
        ("Month 3", True, "Month 3"),
        ("Month 3", False, "3"),
        ("2027-01", False, "Jan 2027"),
        ("2027-03", False, "Mar"),
        ("2027-03", True, "Mar 2027"),
    ],
)
def test_the_year_stands_at_the_first_month_and_at_every_january(label, first, text):
    assert axis_label(label, first=first) == text


def test_the_months_of_the_table_add_up_to_the_bill():
    _, months, estimate = calendar(PROGRAMME)
    table = cash_table(months)
    total = [column.name for column in table.columns].index("Total")
    assert sum(round(row[total] * 100) for row in table.rows) == round(estimate.total.cost_usd * 100)


def test_a_delay_says_what_it_costs_the_largest_line_first():
    found = answered(PROGRAMME).slip(4.0)
    words = slip_words(found)
    assert words.startswith(f"+4 weeks: {format_money(found.total_usd)} more")
    assert slip_words(replace(found, weeks=0.0)) == "On time: nothing more to pay."
    assert slip_words(replace(found, lines=())).endswith("nobody is paid and nothing is kept meanwhile.")


@pytest.mark.parametrize(("weeks", "text"), [(0.0, "on time"), (1.0, "+1 week"), (4.0, "+4 weeks")])
def test_a_delay_is_named_in_weeks(weeks, text):
    assert late_words(weeks) == text


def test_a_calendar_of_a_century_finds_its_edges_once():
    """Every month's bar asks for them: found anew each time, a plan of decades froze the window."""
    months = tuple(CashMonth(f"Month {m}", m * 30.4, {}, 1.0, 0.0, m + 1.0) for m in range(1200))
    view = CalendarView(months=months)
    assert view.month_edges is view.month_edges
    assert view.last == view.month_edges[-1]
    assert view.dearest == 1.0


def test_of_very_many_months_the_first_are_read_out_and_the_rest_counted():
    months = tuple(CashMonth(f"Month {m}", m * 30.4, {}, 1.0, 0.0, m + 1.0) for m in range(1, 101))
    told = calendar_summary("It ends", (), months)
    assert "Month 60: " in told
    assert "Month 61: " not in told
    assert told.endswith("40 months more: the table has them.")
    assert "more: the table" not in calendar_summary("It ends", (), months[:60])


def test_no_month_after_a_century_is_called_the_dearest():
    """All that is paid later falls in the last one, and no month of it costs that much."""
    months = tuple(CashMonth(f"Month {m}", m * 30.4, {}, 100.0, 0.0, m * 100.0) for m in range(1, 1200))
    last = CashMonth("Month 1200+", 1200 * 30.4, {}, 60_000.0, 0.0, 180_000.0)
    bar = TimelineBar("Run", "stage", 0.0, 150 * 365.0)
    told = calendar_finding((bar,), (*months, last))
    assert plain_spaces(told).endswith("; $60K are paid from month 1200 on")
    assert month_in_words(last).startswith("Month 1200 and later: ")
    view = CalendarView(bars=(bar,), months=(*months, last))
    assert view.paid(1199) == pytest.approx(60_000.0 / (150 * 365.0 - 1200 * 30.4) * DAYS_PER_MONTH)
    assert view.paid(1198) == 100.0
    assert view.last == bar.end_day
