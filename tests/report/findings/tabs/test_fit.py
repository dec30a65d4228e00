"""What the Fit page says of memory, of a step's time, and of stages that have neither."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.plan.physics.fitting import fit_word
from isocost.plan.physics.records import Breakdown, Detail, Part
from isocost.quantities import plain_spaces
from isocost.report.findings.tabs.fit import (
    ALL_OFF,
    breakdown_table,
    breakdown_words,
    dearest_searched,
    engine_said,
    held_words,
    in_rounds,
    memory_labels,
    memory_said,
    nothing_runs,
    rounds_memory_said,
    rounds_step_said,
    seconds,
    shown_parts,
    step_said,
    step_share,
    unsearched,
    unsearched_rounds,
)
from tests.report.findings.plans import estimated, reported

GIB = 2.0**30


def first(name, catalog, *changes):
    """The first stage of a preset."""
    return estimated(name, catalog, *changes).stages[0]


def test_memory_that_fits_says_what_is_free(catalog):
    stage = first("startup-7b", catalog)
    said = memory_said(stage, stage.memory)
    spare = (stage.memory.limit - stage.memory.total) / GIB
    assert plain_spaces(said.finding).endswith(f"fits, {spare:.2g} GiB free")
    low, high = (stage.memory.total * error / GIB for error in (stage.memory.low, stage.memory.high))
    assert plain_spaces(said.subtitle) == f"Likely {low:.1f} to {high:.1f} GiB at the peak of a step"
    assert said.summary == f"{said.finding}. {said.subtitle}: {breakdown_words(stage.memory, 'bytes')}"


@given(st.floats(0.05, 3.0), st.floats(0.5, 1.0), st.floats(1.0, 1.5))
def test_memory_nearer_to_its_limit_than_our_error_probably_fits_or_does_not(filled, low, high):
    breakdown = Breakdown((Part("Weights", filled * 80 * GIB),), 80 * GIB, low, high)
    said = held_words(breakdown, fit_word(breakdown))
    assert ("does not fit" in said) == (breakdown.total > 80 * GIB)
    surely_fits, surely_not = breakdown.total * high <= 80 * GIB, breakdown.total * low > 80 * GIB
    assert ("probably" in said) == (not surely_fits and not surely_not)


def test_a_plan_that_does_not_fit_says_what_would(catalog):
    stage = first("llama-3.1-405b", catalog, ("hardware.count", 64))
    said = memory_said(stage, stage.memory)
    assert said.finding.endswith("does not fit")
    assert f": {stage.smallest_count} H100" in said.subtitle


@pytest.mark.parametrize(
    ("pinned", "cure"),
    [(False, "No count fits: use accelerators with more memory"),
     (True, "No count fits as pinned: release a pin")],
)  # fmt: skip
def test_what_no_count_holds_is_told_another_way_out(catalog, pinned, cure):
    stage = replace(first("startup-7b", catalog), smallest_count=None, pinned=pinned)
    assert memory_said(stage, Breakdown((Part("Weights", 90 * GIB),), 80 * GIB)).subtitle == cure


def test_an_impossible_pin_is_said_and_not_taken_for_what_is_drawn(catalog):
    stage = first("startup-7b", catalog, ("layout.ep", 8))
    said = memory_said(stage, stage.memory)
    assert said.finding == "The pinned layout is impossible"
    assert said.subtitle == "Drawn: the layout found without the pins"


def test_the_labels_of_the_bar_go_upwards_to_what_can_be_used():
    parts = (Part("Weights", 30 * GIB), Part("Logits", 0.01 * GIB), Part("Reserve", 10 * GIB))
    breakdown = Breakdown(parts, 80 * GIB)
    labels = memory_labels(breakdown)
    assert [(each.text, each.names) for each in labels] == [
        ("Weights", "part"),
        ("Reserve", "part"),
        ("Free", "free"),
        ("Usable", "limit"),
    ]
    assert [each.at / GIB for each in labels] == pytest.approx([15, 35, 60, 80])
    assert plain_spaces(labels[-1].value) == "80 GiB"
    over = memory_labels(replace(breakdown, limit=20 * GIB))
    assert "Free" not in [each.text for each in over]
    assert over[-1].at == 20 * GIB


def test_small_parts_are_shown_as_one_and_none_is_lost():
    breakdown = Breakdown((Part("Weights", 100.0), Part("Logits", 0.3), Part("Buffers", 0.4)), None)
    shown = shown_parts(breakdown)
    assert [part.name for part in shown] == ["Weights", "Everything else"]
    assert sum(part.amount for part in shown) == pytest.approx(breakdown.total)


def test_a_step_says_where_its_time_goes_and_its_largest_loss(catalog):
    stage = first("startup-7b", catalog)
    said = step_said(stage, stage.step)
    assert "matrix multiplies" in said.finding
    assert "the largest loss is " in said.finding
    assert "Solid: the model's arithmetic" in said.subtitle
    assert said.summary == f"{said.finding}. {breakdown_words(stage.step, 'seconds')}"


def test_a_typed_mfu_is_told_apart_from_the_prediction(catalog):
    stage = first("startup-7b", catalog, ("efficiency.mfu", 0.31))
    assert "your MFU of 31" in step_said(stage, stage.step).subtitle


def test_rounds_of_rollouts_say_their_update_and_where_the_time_goes(catalog):
    rounds = reported("deepseek-r1-first-principles", catalog).rounds
    stage = first("deepseek-r1-first-principles", catalog)
    assert in_rounds(stage)
    assert "generation" in rounds_step_said(rounds).finding
    assert "tokens a sequence" in rounds_memory_said(stage, rounds).subtitle
    told = engine_said(rounds)
    assert told.finding.endswith("the trainer waits in host memory")
    assert "answers at once" in told.subtitle
    beside = replace(rounds, engine=replace(rounds.engine, turns="apart", gpus=128.0))
    assert engine_said(beside).finding.endswith(" on the 128 that only generate")
    assert "Weight transfer and other overhead" in {part.name for part in rounds.round.parts}
    instead = unsearched_rounds(stage, rounds)
    assert rounds.layout in instead.subtitle
    assert "while it generates they wait in host memory" in plain_spaces(instead.subtitle)
    assert instead.finding == f"{stage.name}: rounds, not one layout"


def test_claimed_hours_have_no_layout_to_choose(catalog):
    stage = first("deepseek-r1", catalog)
    said = unsearched(stage)
    assert "no layout" in said.finding
    assert "as claimed" in said.subtitle
    assert said.summary == f"{said.finding}. {said.subtitle}"


def test_a_stage_that_only_writes_tells_what_a_copy_of_the_model_spans(catalog):
    copy = Detail("Replica", "TP8", "", "", "120 answers at once")
    stage = replace(first("deepseek-r1", catalog), kind="generation", details=(copy,))
    assert unsearched(stage).subtitle.endswith("A copy of the model spans TP8: 120 answers at once.")


def test_experiments_are_a_share_of_what_is_fitted_instead(catalog):
    stage = first("smollm3-programme", catalog)
    assert "share of the training it prepares" in unsearched(stage).subtitle


def test_with_every_stage_off_nothing_has_to_fit():
    assert nothing_runs() == ("Nothing to fit", ALL_OFF, f"Nothing to fit. {ALL_OFF}")


def test_the_dearest_stage_with_a_layout_counts_before_one_that_is_off(catalog):
    stages = estimated("smollm3-programme", catalog).stages
    at = dearest_searched(stages)
    assert stages[at] == max(stages, key=lambda each: each.cost_usd if each.memory else 0.0)
    off = tuple(replace(each, enabled=i != at) for i, each in enumerate(stages))
    assert dearest_searched(off) != at
    assert dearest_searched(estimated("deepseek-r1", catalog).stages) is None


def test_the_table_and_its_words_hold_the_same_figures(catalog):
    breakdown = first("startup-7b", catalog).step
    table = breakdown_table(breakdown, "seconds")
    assert [row[1] for row in table.rows] == [part.amount for part in breakdown.parts]
    assert sum(row[2] for row in table.rows) == pytest.approx(1.0)
    assert table.shown(0, 1) in breakdown_words(breakdown, "seconds")


@pytest.mark.parametrize(("value", "text"), [(7.21, "7.21 s"), (0.12, "120 ms"), (1234.0, "1,234 s")])
def test_seconds_are_written_in_fitting_units(value, text):
    assert plain_spaces(seconds(value)) == text


def test_a_share_of_the_step_keeps_its_decimal():
    assert plain_spaces(step_share(47.31, 100.0)) == "47.3 %"
