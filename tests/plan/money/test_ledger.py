"""The bill: each line's arithmetic and source, and sums that hold to the cent."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings

from isocost import paths
from isocost.files import load_project
from isocost.plan.answer.across.curves import active_curve
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.inputs.table import NUMBERS, origin
from isocost.plan.kinds import Ablations, AblationStage
from isocost.plan.money.arithmetic import Factor, money_amount, on_paper
from isocost.plan.money.figure import GROUPS
from isocost.plan.money.ledger import LedgerLine, bars_by_group, programme_total
from isocost.plan.project.programme import (
    Dataset,
    Ownership,
    People,
    Programme,
    Schedule,
    Site,
    Storage,
    Supply,
)
from isocost.plan.project.project import GpuHoursStage, Hardware, Project, Scenario, get_value
from isocost.report.estimate_text import text
from tests.declared import PROGRAMME
from tests.plan.programmes import CATALOG, SCENARIOS, lines_of, priced, scenario

RENT = 384 * 240 * 3.99


def test_a_plan_without_surroundings_is_its_rents():
    result = priced(scenario())
    assert [(line.key, line.cost_usd) for line in result.ledger] == [("stage.0", 367_718.40)]
    assert result.total.cost_usd == 367_718.40
    assert "Ledger" not in text(result)


@pytest.mark.parametrize(
    ("parts", "key", "expected"),
    [
        ({"programme": Programme(failed_runs=0.1)}, "failed-runs", 0.1 * RENT),
        ({"programme": Programme(support=0.05)}, "support", 0.05 * RENT),
        ({"programme": Programme(setup_usd=25_000.0)}, "setup", 25_000.0),
        ({"programme": Programme(contingency=0.2)}, "contingency", 0.2 * RENT),
        ({"people": People(8.0, 6.0, 20_000.0)}, "people", 960_000.0),
        # Ten days of 24 of the month's 730 hours, and four weeks before them.
        (
            {"people": People(2.0), "schedule": Schedule(preparation_weeks=4.0)},
            "people",
            2 * (240 + 672) / 730 * 25_000,
        ),
        ({"dataset": Dataset(licences_usd=1e6)}, "licences", 1e6),
        ({"dataset": Dataset(annotations=1.4e6, usd_per_annotation=5.0)}, "annotations", 7e6),
        # economics.md: 1T tokens at $0.20 a million
        ({"dataset": Dataset(synthetic_tokens=1e12, usd_per_synthetic_mtok=0.20)}, "synthetic", 200_000.0),
        ({"storage": Storage(terabytes=100.0, months=3.0)}, "storage", 100e3 * 3 * 0.07),
        # 14 bytes a parameter: 980 GB of a 70B model each.
        ({"storage": Storage(checkpoints=10.0, months=2.0)}, "storage", 9_800 * 2 * 0.07),
        ({"storage": Storage(egress_terabytes=2.0)}, "egress", 180.0),
        ({"supply": Supply("spot", rework=0.08)}, "interruptions", 0.08 * RENT),
        ({"supply": Supply("block", block_days=14.0)}, "unused", 4 * 24 * 384 * 3.99),
        ({"supply": Supply("reserved", term_months=1.0)}, "unused", (730 - 240) * 384 * 3.99),
        ({"supply": Supply("reserved", term_months=1.0, resold=0.5)}, "unused", 245 * 384 * 3.99),
    ],
)
def test_each_line_is_the_product_of_its_inputs(parts, key, expected):
    assert lines_of(scenario(**parts))[key] == pytest.approx(expected, abs=0.006)


def test_a_reservation_shorter_than_the_work_leaves_nothing_unused():
    assert "unused" not in lines_of(scenario(supply=Supply("reserved", term_months=0.2)))


def test_a_discount_takes_its_share_off_the_rent():
    chosen = scenario(supply=Supply("spot", discount=0.6))
    assert lines_of(chosen)["stage.0"] == pytest.approx(0.4 * RENT, abs=0.006)


def test_failed_runs_are_a_share_of_the_main_run_without_its_experiments():
    stages = (
        GpuHoursStage(name="Main", hours=240.0),
        AblationStage(name="Ablations", ablations=Ablations(share=0.5)),
        GpuHoursStage(name="Left out", hours=1000.0, enabled=False),
    )
    chosen = scenario(stages=stages, programme=Programme(failed_runs=0.1))
    result = priced(chosen)
    lines = {line.key: line for line in result.ledger}
    assert list(lines) == ["stage.0", "stage.1", "failed-runs"]
    assert lines["stage.1"].group == "experiments"
    assert lines["failed-runs"].cost_usd == pytest.approx(0.1 * RENT, abs=0.006)


@settings(deadline=None, max_examples=60)
@given(chosen=SCENARIOS)
def test_lines_waterfall_stages_and_total_agree_to_the_cent(chosen: Scenario):
    result = priced(chosen)
    cents = sum(round(line.cost_usd * 100) for line in result.ledger)
    assert round(result.total.cost_usd * 100) == cents
    assert all(line.cost_usd == round(line.cost_usd, 2) for line in result.ledger)
    bars = bars_by_group(result.ledger)
    assert [bar.group for bar in bars] == [g for g in GROUPS if g in {bar.group for bar in bars}]
    assert math.fsum(bar.cost_usd for bar in bars) == pytest.approx(result.total.cost_usd, abs=0.005)
    if bars:
        assert (bars[0].start_usd, bars[-1].end_usd) == (0.0, result.total.cost_usd)
    assert all(left.end_usd == right.start_usd for left, right in pairwise(bars))


@settings(deadline=None, max_examples=60)
@given(chosen=SCENARIOS)
def test_every_line_says_where_it_comes_from(chosen: Scenario):
    for line in priced(chosen).ledger:
        assert line.source
        assert line.key == "stage.0" or line.how or line.key in ("licences", "setup") or "stage." in line.key


def figures_of(words: str) -> list[float]:
    """The numbers of a text as a reader takes them, per cents as shares."""
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)(\s%)?", words)
    return [float(number.replace(",", "")) / (100.0 if percent else 1.0) for number, percent in found]


def check_on_paper(line: LedgerLine) -> None:
    """The factors shown come to the amount shown, and that is the line's cost as far as it is shown."""
    left, _, right = line.how.partition(" = ")
    (shown,) = figures_of(right)
    unit = 1.0 if shown >= 10_000.0 else 0.01
    assert abs(shown - line.cost_usd) <= unit / 2 + 1e-6, line.how
    if left != "As set":
        assert abs(math.prod(figures_of(left)) - shown) <= unit / 2 + 1e-6 + shown * 1e-12, line.how


def test_a_product_that_ends_on_half_a_cent_is_rounded_like_its_line():
    chosen = scenario(count=22, price=0.75, hours=(0.75,), programme=Programme(contingency=0.75))
    check_on_paper(priced(chosen).ledger[-1])


PRESETS = sorted(paths.presets().glob("*.yaml"))


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_line_of_a_preset_can_be_checked_on_paper(path: Path):
    project = load_project(path, CATALOG)
    for index in range(len(project.scenarios)):
        result = answer(project, CATALOG, index)
        for line in (*result.estimate.ledger, *result.slip(4.0).lines):
            check_on_paper(line)


@settings(deadline=None, max_examples=80)
@given(chosen=SCENARIOS)
def test_every_line_of_any_plan_can_be_checked_on_paper(chosen: Scenario):
    for line in priced(chosen).ledger:
        check_on_paper(line)


def test_a_short_rent_shows_the_hours_it_charges():
    line = priced(scenario(count=8, price=0.69, hours=(0.6812,))).ledger[0]
    assert line.how == "5.45 GPU-hours x $0.69 = $3.76"


@settings(deadline=None, max_examples=40)
@given(chosen=SCENARIOS)
def test_the_plan_is_a_point_of_its_curve(chosen: Scenario):
    project = Project(name="Test", scenarios=(chosen,))
    result, curve = estimate(project, CATALOG), active_curve(project, CATALOG)
    at = np.flatnonzero(curve.counts == -(-chosen.hardware.count // 8) * 8)
    shared = result.stages[0].count
    if shared == -(-chosen.hardware.count // 8) * 8 and len(at):
        assert curve.cost_usd[at[0]] == pytest.approx(result.total.cost_usd, rel=1e-9, abs=0.005)


@settings(deadline=None, max_examples=40)
@given(chosen=SCENARIOS)
def test_a_dearer_hour_or_a_longer_run_never_makes_it_cheaper(chosen: Scenario):
    base = priced(chosen).total.cost_usd
    price = msgspec.structs.replace(chosen.price, usd_per_gpu_hour=chosen.price.usd_per_gpu_hour * 1.3)
    assert priced(msgspec.structs.replace(chosen, price=price)).total.cost_usd >= base - 0.10
    more = (*chosen.stages, GpuHoursStage(name="More", gpu_hours=1e5))
    if chosen.supply.mode not in ("reserved", "block"):
        assert priced(msgspec.structs.replace(chosen, stages=more)).total.cost_usd >= base - 0.10


def test_the_range_moves_only_with_what_is_computed():
    fixed = priced(scenario(people=People(8.0, 6.0)))
    assert fixed.range is None
    assert programme_total(fixed.ledger) == fixed.total.cost_usd


def test_inputs_left_alone_name_their_source_and_typed_ones_the_user():
    lines = {line.key: line for line in priced(scenario(people=People(heads=5.0))).ledger}
    assert lines["people"].source.startswith("your input; months of work: as long as the programme lasts")
    assert "arXiv 2405.21015" in lines["people"].source
    typed = {line.key: line for line in priced(scenario(people=People(5.0, 2.0, 9_000.0))).ledger}
    assert typed["people"].source == "your input"
    assert typed["people"].how == "5 people x 2 months x $9,000 = $90,000"


def test_every_declared_input_stands_in_a_scenario_with_its_default_and_its_source():
    project = Project(name="Test", scenarios=(scenario(),))
    for path in PROGRAMME:
        field = NUMBERS[path]
        assert get_value(project, path) == field.default, path
        assert field.default_source, path
        assert field.minimum <= field.low < field.high <= field.maximum, path
        assert origin(path, field.default) == field.default_source
        assert origin(path, 0.123456) == "your input"


@pytest.mark.parametrize(
    "section",
    [Programme, People, Storage, Dataset, Supply, Ownership, Site],
)
def test_every_number_of_a_section_is_declared(section):
    names = {Programme: "programme", People: "people", Storage: "storage", Dataset: "dataset"}
    names |= {Supply: "supply", Ownership: "ownership", Site: "site"}
    for field in msgspec.structs.fields(section):
        if field.type in (float, float | None):
            assert f"{names[section]}.{field.name}" in PROGRAMME


def test_the_bill_is_printed_when_it_is_more_than_rents():
    said = text(priced(scenario(people=People(8.0, 6.0, 20_000.0))))
    assert "8 people x 6 months x $20,000 = $960,000" in said
    assert "Programme" in said
    assert "$1,327,718.40" in said


@pytest.mark.parametrize(
    ("parts", "code", "field"),
    [
        ({"site": Site(region="atlantis")}, "unknown-region", "site.region"),
        ({"schedule": Schedule(start="soon")}, "start-not-a-day", "schedule.start"),
        (
            {"supply": Supply("own"), "hardware": Hardware("b300", 8)},
            "no-purchase-price",
            "ownership.usd_per_accelerator",
        ),
    ],
)
def test_what_cannot_be_used_as_written_is_said_at_its_input(parts, code, field):
    chosen = msgspec.structs.replace(scenario(), **parts)
    assert (code, field) in [(notice.code, notice.field) for notice in priced(chosen).warnings]
    assert not {code} & {notice.code for notice in priced(scenario()).warnings}


def test_arithmetic_is_read_in_english_and_said_in_any_language():
    factors = {"hours": [Factor(1_234.5)], "price": [Factor(3.99, "usd")]}
    english, total = on_paper("{hours} GPU-hours x {price}", factors, money_amount)
    german, same = on_paper(
        "{hours} GPU-hours x {price}", factors, money_amount, "{hours} GPU-Stunden x {price}"
    )
    assert total == same == "$4,925.66"
    assert german == english.replace("GPU-hours", "GPU-Stunden")
