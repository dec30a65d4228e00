"""Amounts in other currencies: written and read at the plan's own rate, and held in USD whatever is shown."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import CatalogError, load
from isocost.catalog.constants.economics import read_currencies
from isocost.cli import main
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import answer
from isocost.plan.money.arithmetic import read
from isocost.plan.project.currency import money_of, typed_in, with_currency
from isocost.plan.values import Currency
from isocost.quantities import (
    DOLLAR,
    MoneyUnit,
    QuantityError,
    format_cents,
    format_exact,
    format_money,
    format_quantity,
    money_shown_in,
    parse,
    plain_spaces,
    shown_money,
)
from isocost.report.estimate_tables import json_text, markdown_text
from isocost.report.estimate_text import text
from isocost.ui.plot.ticks import fit_ticks, money_scale

CATALOG = load()
EUR = MoneyUnit("EUR", "€", 2, 0.86, "2026-11-27", ("euro", "euros"))
JPY = MoneyUnit("JPY", "¥", 0, 150.0, "2026-11-27")
CHF = MoneyUnit("CHF", "CHF", 2, 0.8)
CNY = MoneyUnit("CNY", "CN¥", 2, 7.0)
KNOWN = (DOLLAR, EUR, JPY, CHF, CNY)

PLAN = """\
isocost: 1
name: Plan
{currency}scenarios:
- name: Base
  model: {{parameters: 7e9}}
  hardware: {{accelerator: h100-sxm, count: 256}}
  price: {{usd_per_gpu_hour: 3.99}}
  programme: {{setup_usd: 25000, failed_runs: 9 %}}
  people: {{heads: 3}}
  demand: {{tokens_per_day: 1e9}}
  schedule: {{start: 2027-01-01}}
  stages:
  - kind: gpu-hours
    name: Training
    gpu_hours: 5000
  - kind: gpu-hours
    name: Tuning
    gpu_hours: 3000
"""


def plan(currency: str = ""):
    return parse_project(PLAN.format(currency=f"currency: {currency}\n" if currency else ""), CATALOG)


@pytest.mark.parametrize(
    ("usd", "unit", "shown", "cents", "exact"),
    [
        (350e3, EUR, "€301K", "€301,000.00", "€301,000.00"),
        (2.0, EUR, "€1.72", "€1.72", "€1.72"),
        (1.99, EUR, "€1.71", "€1.71", "€1.7114"),
        (-3.0, EUR, "-€2.58", "-€2.58", "-€2.58"),
        (2.06, JPY, "¥309", "¥309", "¥309"),
        (0.0826, JPY, "¥12.4", "¥12", "¥12.39"),
        (30_800.0, JPY, "¥4.62M", "¥4,620,000", "¥4,620,000"),
        (0.0, JPY, "¥0", "¥0", "¥0"),
        (10.0, CHF, "CHF 8.00", "CHF 8.00", "CHF 8.00"),
        (1e6, CNY, "CN¥7M", "CN¥7,000,000.00", "CN¥7,000,000.00"),
        (3.99, DOLLAR, "$3.99", "$3.99", "$3.99"),
    ],
)
def test_an_amount_is_written_in_the_currency_shown(usd, unit, shown, cents, exact):
    with money_shown_in(unit):
        written = format_money(usd), format_cents(usd), format_exact(usd, "money")
        assert format_quantity(usd, "money") == written[0]
    assert [plain_spaces(each) for each in written] == [shown, cents, exact]
    assert shown_money() == DOLLAR


@pytest.mark.parametrize(
    ("typed", "usd"),
    [
        ("€300K", 300e3 / 0.86),
        ("300K EUR", 300e3 / 0.86),
        ("300K euros", 300e3 / 0.86),
        ("EUR 1,5", 1.5 / 0.86),
        ("-€3", -3 / 0.86),
        ("€2.10/GPU-h", 2.1 / 0.86),
        ("¥309", 2.06),
        ("1.6 chf", 2.0),
        ("CN¥14", 2.0),
        ("$3.99", 3.99),
        ("3.99", 3.99),
        ("3.99 USD", 3.99),
        ("€20 - 5%", 19 / 0.86),
        ("€1.72 * 3", 6.0),
        ("€0.86 + $2", 3.0),
        ("=2*3", 6.0),
    ],
)
def test_an_amount_is_read_in_any_known_currency(typed, usd):
    assert parse(typed, "money", money=KNOWN) == pytest.approx(usd, rel=1e-12)


@pytest.mark.parametrize(("typed", "usd"), [("1.72", 2.0), ("$2", 2.0), ("=0.86*2", 2.0), ("0.86 + $1", 2.0)])
def test_a_bare_number_is_of_the_currency_shown(typed, usd):
    assert parse(typed, "money", money=(EUR, DOLLAR, JPY)) == usd


def test_a_sign_that_two_have_is_the_one_shown():
    assert parse("¥14", "money", money=(CNY, DOLLAR, EUR, JPY)) == 2.0
    assert parse("¥300", "money", money=KNOWN) == 2.0


@pytest.mark.parametrize("typed", ["300 XAU", "₿3", "XAU 300", "₽5 * 2"])
def test_a_currency_without_a_rate_is_refused_with_those_that_have_one(typed):
    with pytest.raises(QuantityError) as caught:
        parse(typed, "money", money=KNOWN)
    assert str(caught.value).startswith("No rate of ")
    assert "USD, EUR, JPY, CHF, CNY" in str(caught.value)


@given(st.floats(0.001, 1e12).map(lambda usd: float(f"{usd:.12g}")), st.sampled_from([EUR, JPY, CHF, CNY]))
def test_what_is_shown_to_be_edited_is_read_as_the_same_float(usd, unit):
    with money_shown_in(unit):
        assert parse(format_exact(usd, "money"), "money", money=(unit, DOLLAR)) == usd


@given(st.integers(1, 10**9), st.sampled_from([EUR, JPY, CHF, CNY]))
def test_a_sum_that_is_typed_is_shown_again_as_it_was_typed(cents, unit):
    typed = f"{cents / 10**unit.digits:.{unit.digits}f}"
    with money_shown_in(unit):
        again = format_exact(parse(typed, "money", money=(unit, DOLLAR)), "money")
    assert again.removeprefix(unit.prefix).replace(",", "") == typed


def test_the_catalogue_has_rates_with_day_and_source():
    known = CATALOG.constants.currencies
    assert {"USD", "EUR", "GBP", "JPY", "CNY", "INR", "KRW"} <= set(known)
    assert known["USD"].unit.per_usd == 1.0
    for row in known.values():
        assert row.source
        assert date.fromisoformat(row.date) <= date(2026, 11, 29)
        assert parse(f"{row.symbol}8", "money", money=typed_in(Currency(), CATALOG)) == pytest.approx(
            8 / row.unit.per_usd
        )
    signs = [row.symbol for row in known.values()]
    assert len(set(signs)) == len(signs)
    with pytest.raises(CatalogError, match="no rate of USD on 2026-01-01"):
        read_currencies([msgspec.structs.replace(known["EUR"], date="2026-01-01")])


def test_a_currency_that_is_chosen_freezes_its_rate():
    chosen = with_currency(plan(), "EUR", CATALOG)
    row = CATALOG.constants.currencies["EUR"]
    assert chosen.currency == Currency("EUR", row.unit.per_usd, row.source, row.date)
    assert parse_project(project_text(chosen), CATALOG) == chosen
    assert with_currency(chosen, "USD", CATALOG) == plan()
    with pytest.raises(CatalogError, match="no rate of 'XAU'"):
        with_currency(plan(), "XAU", CATALOG)


def test_a_plain_code_takes_the_catalogues_rate_and_says_so():
    for written in ("EUR", "eur", "{code: EUR}"):
        plain = plan(written)
        assert plain.currency == Currency("EUR")
        assert parse_project(project_text(plain), CATALOG) == plain
        result = answer(plain, CATALOG).estimate
        (said,) = [each for each in result.warnings if each.code == "rate-not-frozen"]
        assert f"{result.money.per_usd:g} per $, {result.money.date}" in said.message
    frozen = answer(plan("{code: EUR, per_usd: 0.86}"), CATALOG).estimate
    assert "rate-not-frozen" not in {each.code for each in frozen.warnings}
    assert frozen.money.per_usd == 0.86


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (1.16, "it reads as dollars for one EUR; per_usd is EUR for one dollar."),
        (86.0, "is it EUR for one dollar?"),
        (0.97, None),  # a year's mean
        (0.63, None),
    ],
)
def test_a_rate_the_wrong_way_round_or_far_off_is_asked_about(rate, said):
    warnings = answer(plan(f"{{code: EUR, per_usd: {rate}}}"), CATALOG).estimate.warnings
    found = [each.message for each in warnings if each.code == "rate-far-off"]
    assert [each.partition(": ")[2] for each in found] == ([said] if said else [])


def test_a_rate_of_ones_own_needs_no_known_currency():
    assert plain_spaces(answer(plan("{code: XAU, per_usd: 0.0004}"), CATALOG).estimate.headline)[:4] == "XAU "


@pytest.mark.parametrize(
    ("currency", "said"),
    [
        ("XAU", "currency.code: no rate of 'XAU' is known: give its per_usd, or take one of USD, EUR"),
        ("euros", "currency.code: must be three letters such as EUR, got 'EUROS'."),
        ("{code: EUR, per_usd: 0}", "currency.per_usd: must be above 0, got 0."),
        ("{code: EUR, per_usd: 1e-300}", "currency.per_usd: must lie from 1e-06 to 1e+09"),
        ("{code: USD, per_usd: 2}", "currency.per_usd: one USD is one USD, got 2"),
    ],
)
def test_a_currency_that_cannot_be_is_refused_in_one_sentence(currency, said):
    with pytest.raises(ContentError) as caught:
        plan(currency)
    assert said in str(caught.value)


def test_a_file_is_in_dollars_whatever_is_shown():
    with money_shown_in(EUR):
        assert plan() == parse_project(project_text(plan()), CATALOG)
        with pytest.raises(ContentError, match=r"\$"):
            parse_project(PLAN.format(currency="").replace("3.99", "-5"), CATALOG)


def test_every_amount_of_a_report_is_in_the_plans_currency_and_json_figures_are_usd():
    dollars, euros = (answer(plan(code), CATALOG) for code in ("", "{code: EUR, per_usd: 0.86}"))
    assert euros.estimate.total == dollars.estimate.total
    with money_shown_in(euros.money):
        told = text(euros.estimate), markdown_text(euros.estimate)
    for report in told:
        plain = report.replace("\\", "").replace("per $", "")
        sums = [line for line in plain.split("\n") if "$" in line]
        # Sources quote what others say, in their own currency.
        assert all("assumption" in line or "a year" in line for line in sums)
        assert "€" in report
        assert "in EUR at 0.86 per" in report
    tree = json.loads(json_text(euros.estimate))
    assert tree["currency"] == {"code": "EUR", "per_usd": 0.86, "date": None}
    assert tree["total"] == json.loads(json_text(dollars.estimate))["total"]
    assert json.loads(json_text(dollars.estimate))["currency"]["code"] == "USD"


@pytest.mark.parametrize("currency", ["{code: EUR, per_usd: 0.8739}", "{code: JPY, per_usd: 158.08}", "CHF"])
def test_arithmetic_in_another_currency_comes_to_its_result_as_written(currency):
    found = answer(plan(currency), CATALOG)
    unit = found.money
    for line in found.estimate.ledger:
        words, _, result = line.how.rpartition(" = ")
        if words and words != "As set":
            comes_to = read(result)
            assert read(words) == pytest.approx(
                comes_to, abs=0.51 if comes_to >= 1e4 else 0.51 / 10**unit.digits
            )
            assert comes_to == pytest.approx(unit.shown(line.cost_usd), abs=1.0)


def test_axes_have_round_sums_of_the_currency_shown():
    with money_shown_in(EUR):
        ticks = fit_ticks(money_scale, 80e3, 5e6, 400.0, lambda label: 12.0, 14.0)
    labels = {tick.label: tick.value for tick in ticks}
    assert {"€100K", "€1M"} <= set(labels)
    assert labels["€1M"] == pytest.approx(1e6 / 0.86)


def test_the_command_line_shows_a_plan_in_its_currency(tmp_path, capsys):
    file = tmp_path / "plan.yaml"
    file.write_text(PLAN.format(currency="currency: {code: GBP, per_usd: 0.75, date: 2026-11-27}\n"))
    assert main(["estimate", str(file)]) == 0
    out = capsys.readouterr().out
    assert "£" in out
    assert "Amounts in GBP at 0.75 per $, 2026-11-27" in out
    assert main(["estimate", str(file), "--format", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["currency"] == {"code": "GBP", "per_usd": 0.75, "date": "2026-11-27"}
    assert shown_money() == DOLLAR


def test_an_unfrozen_rate_is_that_of_the_catalogue_in_use():
    assert money_of(Currency("EUR"), CATALOG) == CATALOG.constants.currencies["EUR"].unit


EUROS = """\
isocost: 1
name: In euros
currency: {code: EUR, per_usd: 0.5}
scenarios:
- name: Only
  model: {parameters: 1e9}
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2}
  goal: {budget_usd: 5000, deadline_days: 10}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 2e10, sequence: 2048, batch_tokens: 1048576}}
"""


@pytest.mark.parametrize(
    "command",
    [
        "solve {} --for count", "solve {} --for price --budget 2500", "offers {}", "rank {}", "risk {}",
        "tornado {}", "compare {} --suppliers", "techniques {}", "translate {} --to b200:8",
    ],
)  # fmt: skip
def test_what_decides_speaks_the_plan_s_currency_as_the_estimate_does(capsys, tmp_path, command):
    plan = tmp_path / "plan.yaml"
    plan.write_text(EUROS, encoding="utf-8")
    words = command.format(plan).split()
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "€" in said
    assert "$" not in said
    # A plan in dollars that is asked about next is not spoken of in euros.
    assert main(["solve", "startup-7b", "--for", "budget", "--deadline", "30"]) == 0
    assert "€" not in capsys.readouterr().out


def test_a_budget_is_typed_in_the_plan_s_currency_or_names_another(capsys, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(EUROS, encoding="utf-8")
    for typed, usd in (("2500", 5000), ("€2500", 5000), ("$2500", 2500)):
        assert main(["risk", str(plan), "--budget", typed, "--format", "json"]) == 0
        assert json.loads(capsys.readouterr().out)["goal"]["budget_usd"] == usd


def test_explained_values_for_programs_are_dollars_as_their_formulas_are(capsys, tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(EUROS, encoding="utf-8")
    assert main(["explain", str(plan), "total.cost_usd", "--format", "json", "--depth", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["unit"] == "USD"
    assert found["formula"].startswith("$")
    assert "€" not in found["formula"]
