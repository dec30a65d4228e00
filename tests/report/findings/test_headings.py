"""Headings are claims: of any plan within the inputs' ranges, what they name is so."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import Catalog, load
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.ledger import bars_by_group, bars_by_line
from isocost.quantities import format_duration, format_money, plain_spaces
from isocost.report.findings.tabs.fit import USEFUL, step_finding
from isocost.report.findings.tabs.ledger import (
    bill_finding,
    calendar_finding,
    month_name,
    short_name,
    whole_share,
)
from tests.report.findings.plans import shipped

PRESETS = (
    "api-or-own",
    "deepseek-r1",
    "eight-gpu-lab",
    "lora-70b-one-node",
    "smollm3-programme",
    "startup-7b",
)
EDITED = (
    "price.usd_per_gpu_hour", "programme.contingency", "programme.failed_runs", "programme.setup_usd",
    "people.heads", "people.months", "storage.terabytes", "storage.months",
)  # fmt: skip
PLACES = st.dictionaries(st.sampled_from(EDITED), st.floats(0.0, 1.0), max_size=4)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(tmp_path_factory.mktemp("no-user-files"))


def edited(name: str, places: dict[str, float], catalog: Catalog) -> Answer:
    """A preset with inputs somewhere between the ends of their sliders."""
    changes = []
    for path, place in places.items():
        declared = NUMBERS[path]
        changes.append((path, declared.low + place**3 * (declared.high - declared.low)))
    return answer(shipped(name, catalog, *changes), catalog)


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(PRESETS), places=PLACES)
def test_what_is_told_of_a_bill_and_its_months_is_so(name: str, places: dict[str, float], catalog: Catalog):
    found = edited(name, places, catalog)
    lines, groups = bars_by_line(found.estimate.ledger), bars_by_group(found.estimate.ledger)
    total = found.estimate.total.cost_usd
    told = plain_spaces(bill_finding(lines, groups, total))
    largest = max(lines, key=lambda bar: bar.cost_usd)
    run = sum(line.cost_usd for line in found.estimate.ledger if line.group == "final run")
    if told.startswith("The run is the whole bill"):
        assert len(lines) == 1
    elif (part := re.fullmatch(r"The run is (under |over )?(\d+) % of the programme's .*", told)) is not None:
        low, high = {"under ": (0.0, 0.01), "over ": (0.99, 1.0)}.get(
            part[1] or "", (int(part[2]) / 100 - 0.005, int(part[2]) / 100 + 0.005)
        )
        assert low - 1e-9 <= run / total <= high + 1e-9
    else:
        share = plain_spaces(whole_share(largest.cost_usd / total))
        assert told == plain_spaces(f"{short_name(largest)} is {share} of {format_money(total)}")
    assert format_money(total) in bill_finding(lines, groups, total)

    told = plain_spaces(calendar_finding(found.timeline, found.cash))
    assert told.startswith(plain_spaces(format_duration(max(bar.end_day for bar in found.timeline))))
    sums = {month_name(month.label).lower(): month.total_usd for month in found.cash if month.total_usd}
    if (part := re.search(r"; (month \d+) costs most, (.*)", told)) is not None:
        assert plain_spaces(format_money(sums[part[1]])) == part[2]
        assert all(usd < sums[part[1]] for when, usd in sums.items() if when != part[1])
    elif (part := re.search(r"; at most (.*) a month", told)) is not None:
        assert part[1] == plain_spaces(format_money(max(sums.values())))
    else:
        assert told.endswith(f"all paid in {next(iter(sums))}")
        assert len(sums) == 1


@settings(max_examples=15, deadline=None)
@given(
    tokens=st.floats(9.0, 13.0), count=st.sampled_from((8, 64, 256, 2048)), name=st.sampled_from(PRESETS[-2:])
)
def test_where_a_step_goes_is_where_most_of_it_goes(tokens: float, count: int, name: str, catalog: Catalog):
    changes = (("hardware.count", count), ("data.tokens", 10.0**tokens))
    changes = changes if name == "startup-7b" else changes[:1]
    for stage in answer(shipped(name, catalog, *changes), catalog).estimate.stages:
        if stage.step is None or not stage.step.total:
            continue
        told, parts = step_finding(stage.step), {part.name.lower(): part.amount for part in stage.step.parts}
        named = re.fullmatch(
            r"(\d+) % of the .* step is (.*?)(?:; the largest loss is (.*))?", plain_spaces(told)
        )
        assert named is not None, told
        assert parts[named[2]] == max(parts.values())
        assert int(named[1]) == pytest.approx(100 * parts[named[2]] / stage.step.total, abs=0.5001)
        if named[3]:
            losses = {k: v for k, v in parts.items() if k.capitalize() not in USEFUL}
            assert parts[named[3]] == max(losses.values())
