"""A run's record against its plan: progress, pace, forecast and what is left of the doubt."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.schemas import output_schema
from isocost.cli import main
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.plan.answer.actual import NoRunError, Progress, actual, typed_progress
from isocost.plan.answer.estimate import answer
from isocost.plan.kinds import data_of
from isocost.report.decisions.actual import difference_said
from tests.deciding.schemas import flaws

RECORD = Path(__file__).parent / "run_record.csv"
CATALOG = load()
STARTUP = answer(load_project(find_plan("startup-7b"), CATALOG), CATALOG)

PLAN = """\
isocost: 1
name: Plan
scenarios:
- name: First
  model: {parameters: 7e9}
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2.5}
  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0}
  schedule: {start: 2027-01-01}
  stages:
  - kind: pretrain
    name: Work
    data: {tokens: 1e11, sequence: 4096, batch_tokens: 4194304}
  - kind: sft
    name: Tuning
    data: {tokens: 1e9, batch_tokens: 1048576}
"""


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return str(path)


def run(capsys, *arguments: str) -> str:
    assert main(["actual", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def record(tmp_path: Path, text: str) -> str:
    path = tmp_path / "record.csv"
    path.write_text(text)
    return str(path)


def told(capsys, plan: str, path: str, *more: str):
    tree = json.loads(run(capsys, plan, path, "--format", "json", *more))
    schema = output_schema("actual")
    assert list(flaws(tree, schema, schema)) == []
    return tree


def test_a_run_at_half_the_pace_is_forecast_by_hand(capsys, tmp_path, plan):
    """The plan is typed and knows no doubt: the record alone says what is to come."""
    rows = [f"{hour},{hour / 100 * 2e10}" for hour in range(0, 101, 10)]
    tree = told(capsys, plan, record(tmp_path, "hours,tokens\n" + "\n".join(rows)))
    assert tree["stage"] == "Work"
    assert tree["share"] == pytest.approx(0.2)
    assert tree["pace_tokens_per_hour"] == pytest.approx(2e8)
    assert tree["rest_hours"]["p50"] == pytest.approx(8e10 / 2e8)
    assert tree["hours"]["p50"] == pytest.approx(500.0)
    assert tree["cost_usd"]["p50"] == pytest.approx(500 * 64 * 2.5, abs=0.1)
    # An even pace has no scatter, so nothing is in doubt.
    assert tree["hours"]["p10"] == pytest.approx(tree["hours"]["p90"])
    more = tree["cost_usd"]["p50"] - tree["planned_usd"]
    assert tree["programme_usd"]["p50"] == pytest.approx(tree["programme_planned_usd"] + more, abs=0.02)
    assert tree["finish"].startswith("2027-01-21")


def test_a_plan_in_doubt_and_a_record_meet_between_each_by_how_sure_it_is():
    """By hand: the posterior of a normal mean with known prior, and the scatter of two parts."""
    stage = STARTUP.estimate.stages[0]
    planned = stage.wall_days * 24
    doubt = math.log(stage.slow / stage.fast) / (2 * 1.2816)
    paces = np.array([0.8, 0.7]) * 2e12 / planned
    tokens = np.concatenate([[0.0], np.cumsum(paces * 10)])
    found = actual(STARTUP, 0, Progress(np.array([0.0, 10.0, 20.0]), tokens, np.full(3, math.nan)), None)
    logs = np.log(paces)
    within = (doubt**2 + np.sum((logs - logs.mean()) ** 2)) / 2
    weight = doubt**2 / (doubt**2 + within / 2)
    centre = (1 - weight) * math.log(2e12 / planned) + weight * logs.mean()
    left = 2e12 - tokens[-1]
    assert found.rest_hours.p50 == pytest.approx(left / math.exp(centre))
    known = 1 / (1 / doubt**2 + 2 / within)
    reach = 1.2816 * math.sqrt(known + within / (found.rest_hours.p50 / 10))
    assert found.rest_hours.p90 / found.rest_hours.p50 == pytest.approx(math.exp(reach))


def test_the_further_a_run_is_the_surer_its_end():
    spans = []
    for share in (0.02, 0.2, 0.6, 0.98):
        hours = np.linspace(0.0, 300.0 * share, 20)
        tokens = hours / 300.0 * 2e12 * (1.0 + 0.02 * np.sin(np.arange(20)))
        found = actual(STARTUP, 0, Progress(hours, tokens, np.full(20, math.nan)), None)
        spans.append(found.hours.p90 / found.hours.p10)
    assert spans == sorted(spans, reverse=True)
    planned = STARTUP.estimate.range
    assert planned is not None
    assert spans[0] < planned.wall_days.p90 / planned.wall_days.p10


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.tuples(st.floats(0.0, 1e5), st.floats(-1e11, 1e12)), min_size=1, max_size=30),
    first=st.floats(0.0, 1e13),
)
def test_any_record_is_forecast_in_order_or_refused(steps, first):
    hours = np.cumsum([0.0, *(hour for hour, _ in steps)])
    tokens = np.maximum(first + np.cumsum([0.0, *(done for _, done in steps)]), 0.0)
    try:
        found = actual(STARTUP, 0, Progress(hours, tokens, np.full(len(hours), math.nan)), None)
    except NoRunError:
        return
    assert 0.0 <= found.rest_hours.p10 <= found.rest_hours.p50 <= found.rest_hours.p90
    assert found.cost_usd.p10 <= found.cost_usd.p50 <= found.cost_usd.p90
    assert found.done == (found.rest_hours.p50 == 0.0)
    assert np.isfinite([found.pace, *found.planned_tokens]).all()


def test_dates_steps_and_a_step_back_are_understood(capsys):
    tree = told(capsys, "startup-7b", str(RECORD))
    batch = 4_194_304
    assert tree["elapsed_hours"] == pytest.approx(96.0)
    assert tree["pace_tokens_per_hour"] == pytest.approx(141_000 * batch / 96)
    assert tree["went_back"] == 1
    assert tree["finish"].startswith("2026-11")
    assert [each["loss"] for each in tree["readings"]] == [None, 2.61, 2.44, 2.45, 2.38, 2.33]
    assert tree["readings"][-1]["planned_tokens"] == pytest.approx(2e12 * 96 / tree["planned_hours"])
    text = run(capsys, "startup-7b", str(RECORD))
    assert "Pre-training: 30 % done after 4 days" in text.replace("\u00a0", " ")
    assert "Progress went back once" in text


@pytest.mark.parametrize(
    "columns",
    [
        "days,tokens\n1,1B\n2,2B\n",
        "Elapsed_Hours,Consumed_Tokens\n24,1e9\n48,2e9\n",
        "timestamp,tokens\n2027-01-01T00:00:00Z,0\n2027-01-02T02:00:00+02:00,1000000000\n",
        "hours,tokens_per_s\n24,11574.074074\n48,11574.074074\n",
        "seconds,iteration\n86400,238.41858\n172800,476.83716\n",
    ],
)
def test_every_way_to_say_when_and_how_far_is_taken(capsys, tmp_path, plan, columns):
    tree = told(capsys, plan, record(tmp_path, columns))
    assert tree["pace_tokens_per_hour"] == pytest.approx(1e9 / 24, rel=1e-6)


def test_a_record_that_starts_late_is_held_to_its_own_pace(capsys, tmp_path, plan):
    text = "date,tokens\n2027-01-03,2e9\n2027-01-05,4e9\n"
    tree = told(capsys, plan, record(tmp_path, text))
    assert tree["elapsed_hours"] == pytest.approx(96.0)
    assert tree["pace_tokens_per_hour"] == pytest.approx(1e9 / 24)


def test_every_bad_row_is_named_and_the_rest_goes_on(capsys, tmp_path, plan):
    text = "hours,tokens,loss\n0,0,\nsoon,1e9,2\n24,1e9,nan\n12,2e9,2\n48,,2\n72,-3,2\n96,4e9,2\n"
    tree = told(capsys, plan, record(tmp_path, text))
    assert [problem.partition(":")[0] for problem in tree["problems"]] == [
        "line 3",
        "line 5",
        "line 6",
        "line 7",
    ]
    assert "'soon', not a number" in tree["problems"][0]
    assert "goes back" in tree["problems"][1]
    assert len(tree["readings"]) == 3
    assert "Not understood" in run(capsys, plan, record(tmp_path, text))


def test_a_finished_run_has_nothing_left(capsys, tmp_path, plan):
    path = record(tmp_path, "hours,tokens\n100,6e10\n200,1e11\n")
    tree = told(capsys, plan, path)
    assert tree["rest_hours"] == {"p10": 0.0, "p50": 0.0, "p90": 0.0}
    words = run(capsys, plan, path)
    assert "done after" in words
    assert "more than the plan's" not in words


def test_a_run_beyond_its_plan_says_so(capsys, tmp_path, plan):
    words = run(capsys, plan, record(tmp_path, "hours,tokens\n100,6e10\n200,1.5e11\n"))
    assert "The run has done 150B tokens, more than the plan's 100B" in words


def test_the_stage_is_chosen_by_name(capsys, tmp_path, plan):
    tree = told(capsys, plan, record(tmp_path, "hours,tokens\n1,1e8\n2,2e8\n"), "--stage", "Tuning")
    assert tree["stage"] == "Tuning"
    assert tree["share"] == pytest.approx(0.2)


def test_every_form_says_it(capsys):
    rows = list(csv.DictReader(io.StringIO(run(capsys, "startup-7b", str(RECORD), "--format", "csv"))))
    assert [float(row["hours"]) for row in rows] == [0.0, 24.0, 48.0, 60.0, 72.0, 96.0]
    assert "| Hours | Tokens |" in run(capsys, "startup-7b", str(RECORD), "--format", "markdown")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("startup-7b", "tokens\n1\n", "no column says when"),
        ("startup-7b", "hours\n1\n", "no column says how far"),
        ("startup-7b", "hours,tokens\nx,1\ny,2\n", "no row can be read; line 2: hours is 'x'"),
        ("startup-7b", "hours,tokens\n5,0\n6,0\n", "no progress over time"),
        ("deepseek-r1", "hours,tokens\n5,1e9\n", "no stage of this plan trains"),
    ],
)
def test_what_is_no_record_is_said_in_a_sentence(capsys, tmp_path, file, text, said):
    assert main(["actual", file, record(tmp_path, text)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said in captured.err


def test_an_unknown_stage_is_told_with_those_there_are(capsys, tmp_path, plan):
    assert main(["actual", plan, record(tmp_path, "hours,tokens\n1,1\n"), "--stage", "Other"]) == 2
    assert "there are Work, Tuning." in capsys.readouterr().err


CELL = st.text(alphabet='0123456789.-e,x "\n', max_size=12)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=6))
def test_no_table_makes_it_raise(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("records") / "record.csv"
    path.write_text("hours,tokens,loss\n" + "\n".join(",".join(row) for row in rows))
    assert main(["actual", "startup-7b", str(path)]) in (0, 2)


def test_what_was_spent_makes_the_rest_as_dear_as_it_was_so_far(plan, tmp_path, capsys):
    record = tmp_path / "half.csv"
    record.write_text("hours,tokens\n10,5e10\n")
    usual = json.loads(run(capsys, plan, record, "--format", "json"))
    spent = usual["cost_usd"]["p50"] * usual["elapsed_hours"] / usual["hours"]["p50"]
    same = json.loads(run(capsys, plan, record, "--spent", f"{spent}", "--format", "json"))
    assert usual["spent_usd"] is None
    assert same["cost_usd"]["p50"] == pytest.approx(usual["cost_usd"]["p50"])
    twice = json.loads(run(capsys, plan, record, "--spent", f"{2 * spent}", "--format", "json"))
    for end in ("p10", "p50", "p90"):
        assert twice["cost_usd"][end] == pytest.approx(2 * usual["cost_usd"][end])
        assert twice["hours"][end] == usual["hours"][end]
    more = twice["programme_usd"]["p50"] - usual["programme_usd"]["p50"]
    assert more >= 0.999 * usual["cost_usd"]["p50"]
    assert any(each.startswith("Spent so far: ") for each in twice["words"])
    assert any(each.startswith("Against the plan: ") and "sooner" in each for each in twice["words"])


def test_a_sum_that_is_none_is_refused_in_words(plan, tmp_path, capsys):
    assert main(["actual", plan, str(RECORD), "--spent", "lots"]) == 2
    assert "--spent: 'lots' is not an amount of money" in capsys.readouterr().err


def test_on_the_planned_pace_nothing_differs():
    at = 0
    stage = STARTUP.estimate.stages[at]
    hours = stage.wall_days * 24.0 / 2.0
    tokens = data_of(STARTUP.scenario.stages[at]).tokens / 2.0
    found = actual(STARTUP, at, typed_progress(tokens, hours), None)
    assert difference_said(found) == "Against the plan: on time, for what was planned."
    with pytest.raises(NoRunError):
        typed_progress(0.0, hours)


def test_columns_of_a_record_that_are_not_read_are_named(capsys, tmp_path, plan):
    rows = "hours,date,tokens,cost\n0,2026-11-01,0,0\n24,2026-11-02,1e9,30000\n"
    assert told(capsys, plan, record(tmp_path, rows))["problems"] == [
        "Columns that are not read: date and cost."
    ]
