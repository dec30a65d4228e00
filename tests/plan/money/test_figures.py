"""Figures declared once: words agree with their code, arrays with numbers; a line is added from outside."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings

from isocost import paths
from isocost.files import load_project
from isocost.plan.answer.estimate import answer
from isocost.plan.inputs.table import INPUTS, NUMBERS
from isocost.plan.money import bill
from isocost.plan.money.arithmetic import Factor, filled, places, read
from isocost.plan.money.bill import FIGURES
from isocost.plan.money.explain import Explanation, explained
from isocost.plan.money.figure import BILL, LINES, Figure, Paid, sheet
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.programme import (
    Dataset,
    Ownership,
    People,
    Programme,
    Schedule,
    Storage,
    Supply,
)
from isocost.plan.project.project import Hardware, Project, Scenario
from isocost.report.estimate_tables import json_text
from isocost.report.estimate_text import text
from tests.plan.programmes import CATALOG, SCENARIOS, answered, scenario

EVERYTHING = {
    "programme": Programme(0.1, 0.05, 25_000.0, 0.2),
    "people": People(8.0, None, 20_000.0),
    "dataset": Dataset(1e6, 1.4e5, 5.0, 1e12, 0.2),
    "storage": Storage(100.0, 10.0, None, egress_terabytes=2.0),
    "schedule": Schedule("2027-01-15", 4.0, 1.0, 2.0, usd_per_week_late=5_000.0),
}
PLANS = {
    mode: scenario(hours=(240.0, 120.0), supply=Supply(mode, discount=0.1, resold=0.25), **EVERYTHING)
    for mode in ("on-demand", "reserved", "spot", "block", "own", "mixed")
} | {
    "plain": scenario(),
    "months typed": scenario(people=People(8.0, 6.0), storage=Storage(1.0, months=3.0)),
    "nothing resold": scenario(supply=Supply("reserved")),
    "no interest": scenario(supply=Supply("own"), ownership=Ownership(cost_of_capital=0.0)),
    "given back": scenario(supply=Supply("own"), schedule=Schedule(keep_reserved=False)),
    "given back on demand": scenario(schedule=Schedule(keep_reserved=False)),
    "not for sale": msgspec.structs.replace(scenario(supply=Supply("mixed")), hardware=Hardware("b300", 64)),
    "not for sale, owned": msgspec.structs.replace(
        scenario(supply=Supply("own")), hardware=Hardware("b300", 64)
    ),
}


def on_words(on: Reckoning, row: Figure, stage: int | None) -> float:
    """A figure as its words say, from the values it needs."""
    values = {}
    for name in (*row.needs, LINES, BILL):
        if name.startswith("stage."):
            every = on.by_stage(name)
            values[name] = math.fsum(every) if stage is None else every[stage]
        else:
            values[name] = on[name]
    unknown = row.unknown and any(math.isnan(value) for value in values.values())
    return read(row.unknown if unknown else row.words, values)


def check_words(on: Reckoning) -> set[Figure]:
    """The rows of one plan whose words were compared with their code; NaN where a price is not known."""
    for row in on.values.sheet.rows.values():
        stages = range(len(on.stages)) if row.over == "stage" else (None,)
        for place in stages:
            coded = on[row.key] if place is None else on.by_stage(row.key)[place]
            # A rent is a line of the bill, in whole cents; the others are exact.
            within = 0.006 if row.key == "stage.rent" else 1e-9
            exact = pytest.approx(coded, rel=1e-9, abs=within, nan_ok=True)
            if row.key == "unused_days" and on["shared_days"] == 0.0:
                continue  # nothing is reserved where nothing runs on it
            if row.key == "peak_kw" and len(on.stages) > 1:
                assert coded == max(on.by_stage("stage.facility_kw"))
                assert read(explained(on, "peak_kw").formula) == pytest.approx(coded)
                continue
            assert on_words(on, row, place) == exact, (row.key, place)
    return set(on.values.sheet.rows.values())


def test_the_words_of_every_figure_agree_with_its_code():
    checked = set().union(*(check_words(answered(chosen).reckoning.late(3.0)) for chosen in PLANS.values()))
    assert set(FIGURES) == checked


@settings(deadline=None, max_examples=30)
@given(chosen=SCENARIOS)
def test_words_and_code_agree_in_any_plan(chosen: Scenario):
    check_words(answered(chosen).reckoning.late(1.5))


def test_words_have_places_only_for_what_the_figure_needs():
    for row in FIGURES:
        assert {*places(row.words), *places(row.unknown)} <= {*row.needs, LINES, BILL}, row.key


def evaluated_at(chosen: Scenario, **inputs: float) -> float:
    """The total with some inputs replaced, one plan at a time."""
    sections: dict[str, dict[str, float]] = {}
    for path, value in inputs.items():
        section, name = path.split(".")
        sections.setdefault(section, {})[name] = value
    changed = {
        section: msgspec.structs.replace(getattr(chosen, section), **values)
        for section, values in sections.items()
    }
    return answered(msgspec.structs.replace(chosen, **changed)).reckoning["total"]


@pytest.mark.parametrize("mode", ["on-demand", "reserved", "spot", "block", "own", "mixed"])
def test_many_samples_at_once_are_the_same_as_one_after_another(mode: str):
    random = np.random.default_rng(7)
    samples = {
        "programme.failed_runs": random.uniform(0.01, 0.3, 20),
        "people.usd_per_month": random.uniform(9e3, 40e3, 20),
        "supply.discount": random.uniform(0.0, 0.6, 20),
        "ownership.cost_of_capital": np.append(random.uniform(0.0, 0.2, 19), 0.0),
        "programme.contingency": random.uniform(0.01, 0.3, 20),
        "storage.terabytes": random.uniform(1.0, 500.0, 20),
    }
    chosen = PLANS[mode]
    together = answered(chosen).reckoning.values.again(**samples)["total"]
    apart = [
        evaluated_at(chosen, **{path: float(values[i]) for path, values in samples.items()})
        for i in range(20)
    ]
    assert together == pytest.approx(np.array(apart), abs=0.011)


def walk(node: Explanation) -> list[Explanation]:
    return [node, *(deeper for each in node.inputs for deeper in walk(each))]


@pytest.mark.parametrize("path", sorted(paths.presets().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_line_of_a_preset_is_explained_down_to_sourced_inputs(path):
    project = load_project(path, CATALOG)
    for index in range(len(project.scenarios)):
        result = answer(project, CATALOG, index)
        for line in (*result.estimate.ledger, None):
            tree = explained(result.reckoning, "total" if line is None else line.key)
            cost = result.estimate.total.cost_usd if line is None else line.cost_usd
            assert tree.value == pytest.approx(cost, abs=0.006 * (1 + len(result.estimate.ledger)))
            for node in walk(tree):
                assert bool(node.words) == bool(node.inputs) or node.words == "0"
                assert node.inputs or node.source, node.key


def test_a_figure_there_is_not_is_not_explained():
    with pytest.raises(KeyError):
        explained(answered(scenario()).reckoning, "people")


def test_an_unknown_need_and_a_circle_are_named():
    values = answered(scenario()).reckoning.values.__getitem__
    lost = Figure("lost", "Lost", "USD", ("nowhere",), "{nowhere}", lambda value: value)
    with pytest.raises(ValueError, match="lost needs nowhere, which nobody declares"):
        sheet((*FIGURES, lost), values)
    hen = Figure("hen", "Hen", "USD", ("egg",), "{egg}", lambda value: value)
    egg = replace(hen, key="egg", needs=("hen",), words="{hen}")
    with pytest.raises(ValueError, match=r"circle: (hen -> egg -> hen|egg -> hen -> egg)"):
        sheet((*FIGURES, hen, egg), values)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("2 + 3 x 4", 14.0),
        ("5 % of $2 + $3", 0.25),
        ("the larger of 0 and (3 - 5)", 0.0),
        ("2 x the smaller of 1 and (0.2 in whole days)", 2.0),
        ("the smaller of 1 and (0 in whole days)", 0.0),
        ("2.2 in whole days", 3.0),
        ("100 x ((1 + 10 %) ^ 2 - 0) x 10 % / ((1 + 10 %) ^ 2 - 1)", 57.61904761904762),
        ("384 GPUs x $3.99", 1532.16),
    ],
)
def test_arithmetic_is_read_as_people_read_it(words: str, value: float):
    assert read(words) == pytest.approx(value)


@pytest.mark.parametrize("words", ["2 +", "(2", "2 3", "of 3", "the larger of 2", "the smaller of 2"])
def test_what_is_no_arithmetic_is_refused(words: str):
    with pytest.raises(ValueError, match=r"not arithmetic|missing|not closed|needs two"):
        read(words)


def test_a_place_of_several_values_holds_their_sum():
    assert filled("{a} x 2", {"a": [Factor(1.0), Factor(2.0)]}, 3) == "1 + 2 x 2"


# A ledger line added from outside: one figure and one input


class Insured(Programme, frozen=True):
    """A programme with one input more."""

    insurance: float = 0.0


INSURANCE = Figure(
    "insurance", "Insurance", "USD", ("programme.insurance", "rent"),
    "{programme.insurance} of {rent} rent", lambda share, rent: share * rent,
    where=("programme.insurance",), group="infrastructure", inputs=("programme.insurance",),
    missing="cover against loss of a run", paid=Paid("start"), committed=True,
)  # fmt: skip


def test_a_line_is_one_figure_and_one_input(monkeypatch: pytest.MonkeyPatch):
    row = replace(NUMBERS["programme.support"], path="programme.insurance", label="Insurance", default=0.0)
    monkeypatch.setitem(NUMBERS, "programme.insurance", row)
    monkeypatch.setitem(INPUTS, "programme.insurance", row)
    monkeypatch.setattr(bill, "FIGURES", (*FIGURES, INSURANCE))
    start = Schedule(start="2027-01-26")
    without, chosen = (
        answered(scenario(programme=Insured(insurance=share), schedule=start)) for share in (0.0, 0.02)
    )
    cost = 0.02 * 384 * 240 * 3.99
    # The ledger and the total
    line = next(line for line in chosen.estimate.ledger if line.key == "insurance")
    assert (line.line, line.group, line.source) == ("Insurance", "infrastructure", "your input")
    assert line.cost_usd == pytest.approx(cost, abs=0.005)
    assert line.how == "2 % of $367,718.40 rent = $7,354.37".replace(" %", "\N{NO-BREAK SPACE}%")
    assert chosen.estimate.total.cost_usd - without.estimate.total.cost_usd == pytest.approx(cost, abs=0.005)
    # Text and JSON
    assert "Insurance" in text(chosen.estimate)
    assert '"key": "insurance"' in json_text(chosen.estimate)
    # Cash by month, and what is owed
    january, _ = chosen.cash
    assert january.by_group["infrastructure"] == line.cost_usd
    assert january.committed_usd == line.cost_usd
    # The list of what is left out
    assert "Insurance" in {each.name for each in without.omissions}
    assert "Insurance" not in {each.name for each in chosen.omissions}
    # The explanation
    tree = explained(chosen.reckoning, "insurance")
    assert [node.key for node in tree.inputs] == ["programme.insurance", "rent"]
    assert tree.inputs[0].source == "your input"
    # The reserve counts it too
    reserve = answered(scenario(programme=Insured(insurance=0.02, contingency=0.1)))
    held = next(line for line in reserve.estimate.ledger if line.key == "contingency")
    assert held.cost_usd == pytest.approx(0.1 * (384 * 240 * 3.99 + cost), abs=0.01)


def test_a_project_with_a_foreign_section_is_priced():
    project = Project(name="Test", scenarios=(scenario(programme=Insured(insurance=0.5)),))
    assert answer(project, CATALOG).estimate.total.cost_usd == 367_718.40
