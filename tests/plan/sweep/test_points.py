"""A row of a sweep is the estimate of that plan, whatever is varied and in whatever order."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import CatalogError, load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import estimate
from isocost.plan.inputs.roads import put, refused
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Place, set_value
from isocost.plan.sweep.axes import SweepError, axis, typed_axis
from isocost.plan.sweep.grid import Grid
from isocost.plan.sweep.points import FIGURES, FITS, NOTE
from isocost.plan.sweep.running import Task, sweep, work

PLANS = (
    "startup-7b",
    "smollm3-programme",
    "minimax-m1-rl",
    "rent-or-buy-64-h100",
    "deepseek-r1",
    "qlora-8b-on-a-4090",
)
VALUES = {
    "data.tokens": [1e9, 3e11, 2e13],
    "data.sequence": [2048, 32_768],
    "data.precision": ["bf16", "fp8"],
    "model.parameters": [1.5e9, 7e10],
    "model.active_parameters": [3e8, 2e10],
    "model.name": ["Llama 3.1 8B", "DeepSeek-V3"],
    "hardware.count": [1, 3, 8, 100, 2048],
    "hardware.accelerator": ["h100-sxm", "b200", "a100-sxm-80gb", "tpu-v5p"],
    "price.usd_per_gpu_hour": [0.0, 0.7, 4.0],
    "efficiency.mfu": [0.1, 0.45],
    "efficiency.goodput": [0.8, 1.0],
    "efficiency.stack": ["vendor", "research"],
    "tuning.method": ["lora", "full"],
    "tuning.epochs": [1.0, 3.0],
    "data.batch_tokens": [65_536.0, 4e6],
    "layout.tp": [1, 8],
    "layout.sharding": ["auto", "zero3"],
    "supply.mode": ["on-demand", "reserved", "spot", "owned"],
    "supply.discount": [0.0, 0.3],
    "supply.term_months": [1.0, 24.0],
    "ownership.usd_per_accelerator": [20_000.0, 60_000.0],
    "programme.failed_runs": [0.0, 0.25],
    "programme.contingency": [0.0, 0.2],
    "people.heads": [0.0, 12.0],
    "people.months": [3.0, 30.0],
    "storage.terabytes": [0.0, 400.0],
    "storage.checkpoints": [0, 7],
    "site.pue": [1.05, 1.6],
    "site.grid_kg_per_kwh": [0.0, 0.6],
    "schedule.gap_weeks": [0.0, 2.0],
    "phases.steps": [100.0, 2000.0],
    "rl.group": [8, 32],
}


@lru_cache
def plan(name):
    return load_project(presets() / f"{name}.yaml", load())


def usable(name, key, values):
    try:
        return axis(plan(name).scenarios[0], key, values, load())
    except SweepError:
        return None


def alone(name, axes, row, grid):
    """The plan of a row, made as the window makes it; None where it cannot be."""
    catalog, project = load(), plan(name)
    places = [int(each[0]) for each in grid.rows(row, row + 1)[0]]
    for each, at in sorted(zip(axes, places, strict=True), key=lambda pair: pair[0].order):
        place, value = Place(0, each.stages[0] if each.stages else 0), each.values[at]
        if each.path in NUMBERS and refused(project, each.path, value, at=place, catalog=catalog):
            return None
        project = put(project, each.path, value, at=place, today=date.min, catalog=catalog)
    return with_obtainable_counts(project, catalog)


def every_row(name, grid):
    """Figures and notes in the order of the rows."""
    parts = dict(sweep(plan(name), load(), grid))
    figures = np.concatenate([parts[at].figures for at in range(grid.parts)])
    notes = [["", *parts[at].notes] for at in range(grid.parts)]
    at = grid.rows(0, len(grid))[1]
    return [(figures[i], notes[i // grid.part_size][int(figures[i, NOTE])]) for i in at]


@settings(max_examples=12)
@given(st.data())
def test_a_row_is_the_estimate_of_that_plan_to_the_cent(data):
    name = data.draw(st.sampled_from(PLANS))
    keys = data.draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4, unique=True))
    axes = [made for key in keys if (made := usable(name, key, VALUES[key])) is not None]
    if not axes:
        return
    grid = Grid(tuple(axes))
    row = data.draw(st.integers(0, len(grid) - 1))
    figures, note = every_row(name, grid)[row]
    found = dict(zip(FIGURES, figures.tolist(), strict=False))
    project = alone(name, axes, row, grid)
    if project is None:
        assert note
        assert math.isnan(found["cost_usd"])
        return
    try:
        expected = estimate(project, load())
    except CatalogError as error:
        said = str(error)
    else:
        said = ""
    if said:
        assert (note, math.isnan(found["cost_usd"])) == (said, True)
        return
    total = expected.total
    if math.isnan(found["cost_usd"]):
        assert "price" in note or "for sale" in note
    else:
        assert found["cost_usd"] == pytest.approx(total.cost_usd, abs=0.005, rel=0)
    for key in ("wall_days", "gpu_hours", "energy_kwh", "co2_kg"):
        assert found[key] == pytest.approx(getattr(total, key), rel=1e-12)
    judged = [each.fits for each in expected.stages if each.enabled and each.fits is not None]
    assert (figures[FITS] == 1.0) == (bool(judged) and all(judged))
    mfu = next((each.mfu for each in expected.stages if each.enabled and each.mfu is not None), None)
    assert math.isnan(found["mfu"]) if mfu is None else found["mfu"] == pytest.approx(mfu, rel=1e-12)


@pytest.mark.parametrize("beside", ["efficiency.mfu", "efficiency.goodput"])
@pytest.mark.parametrize("swept", [True, False])
def test_what_is_typed_of_a_count_is_of_each_count_of_a_sweep(beside, swept):
    """A point is the plan with that count typed in, and leaves what is typed beside it as it is."""
    project, catalog = plan("startup-7b"), load()
    if not swept:
        project = set_value(project, beside, VALUES[beside][0])
    keys = ("hardware.count", beside) if swept else ("hardware.count",)
    grid = Grid(tuple(axis(project.scenarios[0], key, VALUES[key], catalog) for key in keys))
    (part,) = dict(sweep(project, catalog, grid)).values()
    places, at = grid.rows(0, len(grid))
    for row, found in zip(
        np.stack(places, axis=1).tolist(), part.figures[at, FIGURES.index("cost_usd")], strict=True
    ):
        made = project
        for key, place in zip(keys, row, strict=True):
            made = set_value(made, key, VALUES[key][place])
        expected = estimate(with_obtainable_counts(made, catalog), catalog).total.cost_usd
        assert found == pytest.approx(expected, abs=0.005, rel=0)


@pytest.mark.parametrize("preset", ["startup-7b", "lora-70b-one-node"])
def test_terms_bring_their_price(preset):
    """As they do in the window: reserved hours are not paid at the price of single ones."""
    axes = (axis(plan(preset).scenarios[0], "supply.mode", VALUES["supply.mode"], load()),)
    grid = Grid(axes)
    for row, (figures, _) in enumerate(every_row(preset, grid)):
        expected = estimate(alone(preset, axes, row, grid), load()).total.cost_usd
        assert figures[FIGURES.index("cost_usd")] == pytest.approx(expected, abs=0.005, rel=0)


@settings(max_examples=10)
@given(st.permutations(["data.tokens", "hardware.count", "price.usd_per_gpu_hour", "model.parameters"]))
def test_the_order_of_the_axes_is_the_order_of_the_rows_and_nothing_else(keys):
    axes = tuple(axis(plan("startup-7b").scenarios[0], key, VALUES[key][:2], load()) for key in keys)
    grid = Grid(axes)
    rows = every_row("startup-7b", grid)
    places, _ = grid.rows(0, len(grid))
    first = [int(each) for each in np.unravel_index(np.arange(len(grid)), grid.shape)[0]]
    assert places[0].tolist() == first
    sums = sorted(float(figures[0]) for figures, _ in rows)
    usual = Grid(tuple(sorted(axes, key=lambda each: each.key)))
    assert sums == sorted(float(figures[0]) for figures, _ in every_row("startup-7b", usual))


def test_a_point_that_no_model_or_price_has_is_empty_and_says_why():
    grid = Grid((usable("deepseek-r1", "hardware.accelerator", ["h100-sxm", "ascend-910b"]),))
    (known, nothing), (unknown, why) = every_row("deepseek-r1", grid)
    assert known[0] > 0
    assert nothing == ""
    assert math.isnan(unknown[0])
    assert unknown[1] > 0
    assert why == "No price of Ascend 910B is known."
    sparse = Grid((usable("startup-7b", "model.active_parameters", [1e6, 7e9]),))
    (empty, why), (full, _) = every_row("startup-7b", sparse)
    assert np.isnan(empty[:FITS]).all()
    assert "cannot be built" in why
    assert full[0] > 0


def test_one_stage_alone_is_varied_by_its_name():
    scenario = plan("smollm3-programme").scenarios[0]
    stage = next(each for each in scenario.stages if each.enabled)
    made = axis(scenario, f"{stage.name}/hardware.count", [64, 512], load())
    (few, _), (many, _) = every_row("smollm3-programme", Grid((made,)))
    assert few[1] > many[1]  # days


SENTENCES = {
    "tokns=1..2:3": "did you mean 'tokens'?",
    "data.token=1,2": "did you mean 'data.tokens'?",
    "tokens": "KEY=LOW..HIGH:N",
    "tokens=": "KEY=LOW..HIGH:N",
    "tokens=1T..10T": "how many values?",
    "tokens=10T..1T:4": "must rise",
    "tokens=1T..2T:1": "from 2 to",
    "tokens=1T..2T:4:cubic": "log or linear",
    "tokens=many": "many",
    "tokens=1T,1000B": "twice",
    "tokens=1e99": "must lie between",
    "count=8.5": "whole number",
    "accelerator=h100-sxm,h1000": "h1000",
    "data.precision=fp7": "did you mean",
    "goal.budget_usd=1,2": "neither the bill nor the calendar",
    "Pretraning/data.tokens=1T": "no stage is called",
    "ablations.share=0.1": "no stage that counts uses it",
    "supply.discount=0..1:5:log": "log spacing starts above 0",
    "=1": "unknown input",
}


@pytest.mark.parametrize("text", SENTENCES)
def test_what_cannot_be_varied_is_said(text):
    with pytest.raises(SweepError, match=SENTENCES[text].replace("?", r"\?")):
        typed_axis(plan("startup-7b").scenarios[0], text, load())


def test_values_are_spaced_as_the_slider_or_as_typed():
    scenario = plan("startup-7b").scenarios[0]
    assert typed_axis(scenario, "tokens=1T..100T:3", load()).values == (1e12, 1e13, 1e14)
    assert typed_axis(scenario, "tokens=1T..100T:3:linear", load()).values == (1e12, 5.05e13, 1e14)
    assert typed_axis(scenario, "supply.discount=0..30%:4", load()).values == (0.0, 0.1, 0.2, 0.3)
    assert typed_axis(scenario, "count=1..8:20", load()).values == (1, 2, 3, 4, 5, 6, 7, 8)
    assert typed_axis(scenario, "accelerator=H100, b200", load()).values == ("h100-sxm", "b200")
    assert typed_axis(scenario, "layout.sharding=fsdp,auto", load()).values == ("zero3", None)


def test_a_sweep_has_an_axis_each_once_and_no_more_points_than_can_be_kept():
    scenario = plan("startup-7b").scenarios[0]
    tokens = typed_axis(scenario, "tokens=1T..10T:10001", load())
    with pytest.raises(SweepError, match="twice"):
        Grid((tokens, tokens))
    with pytest.raises(SweepError, match="an input to vary"):
        Grid(())
    with pytest.raises(SweepError, match="points"):
        Grid((tokens, typed_axis(scenario, "price=1..2:10001", load())))
    with pytest.raises(SweepError, match="may vary 32 inputs"):
        Grid((tokens,) * 33)


def test_a_worker_of_another_version_or_catalogue_says_so():
    grid = Grid((usable("startup-7b", "data.tokens", [1e12]),))
    task = Task(plan("startup-7b"), *grid.part(0), load().digest)
    assert work(task).figures.shape == (1, NOTE + 1)
    with pytest.raises(SweepError, match="same files of your own"):
        work(replace(task, digest="another"))
    with pytest.raises(SweepError, match=r"this sweep 0\.0\.9: install the same"):
        work(replace(task, version="0.0.9"))
