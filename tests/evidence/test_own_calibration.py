"""Somebody's own runs before and after their correction: each is tested by the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from isocost.catalog import load
from isocost.evidence.own_runs import calibrated, wrong_speeds

CATALOG = load(Path("no user files"))


def row(gpus="64", speed="9000", model="Llama 3 8B", tp="1"):
    return {
        "model": model, "gpu": "H100", "n_gpus": gpus, "seq_len": "8192", "precision": "bf16", "tp": tp,
        "pp": "1",
        "micro_batch": "1", "global_batch_seqs": "256", "framework": "NeMo", "tokens_per_s_per_gpu": speed,
    }  # fmt: skip


def found(*rows):
    return calibrated(rows, CATALOG, source="runs.csv", date="2026-11-29")


def test_runs_that_agree_are_nearer_after_and_those_that_cannot_be_used_say_why():
    told = found(row(), row("128"), row(speed=""), row(speed="fast"), row(model="Nothing"), row("lots"))
    assert told.found.runs == 2
    assert told.after < told.before
    first, second, blank, fast, unknown, lots = told.runs
    assert first.used
    assert second.used
    assert abs(first.error(first.after)) < abs(first.error(first.before))
    assert [blank.measured, fast.measured, unknown.before, lots.before] == [None] * 4
    assert blank.before is not None
    assert "measured" in blank.note
    assert "line 5, tokens_per_s_per_gpu" in fast.note
    assert "Nothing" in unknown.note
    assert "lots" in lots.note
    assert [run.line for run in told.runs] == [2, 3, 4, 5, 6, 7]


def test_a_run_is_corrected_by_the_others_alone():
    same, other = row(), row("128", speed="4000")
    told = found(same, other)
    alone = found(same).found.factor
    assert told.runs[1].after == pytest.approx(told.runs[1].before * alone)
    # The one that is off makes the other worse: a correction is not fitted to what it is tested on.
    assert abs(told.runs[0].error(told.runs[0].after)) > abs(told.runs[0].error(told.runs[0].before))


def test_one_run_alone_has_no_test():
    told = found(row())
    assert told.after is None
    assert told.runs[0].after is None
    assert told.before == pytest.approx(abs(told.runs[0].error(told.runs[0].before)))


def test_a_table_without_a_speed_is_refused():
    with pytest.raises(ValueError, match="tokens_per_s_per_gpu"):
        found(row(speed=""))
    assert wrong_speeds([row(), row(speed="-1")]) == (
        "line 3, tokens_per_s_per_gpu: expected a number above 0, got '-1'.",
    )


def test_a_speed_that_no_such_part_can_reach_is_left_out_and_says_so():
    """6 x 8e9 FLOPs a token at 50,000 tokens a second are 2.4 times the 989 TFLOP/s of an H100."""
    told = found(row(), row(speed="50000"))
    assert told.found.runs == 1
    assert told.found.factor == found(row()).found.factor
    assert told.runs[1].measured is None
    assert not told.runs[1].used
    said = told.runs[1].note
    assert said.startswith("line 3, tokens_per_s_per_gpu: 50000 is 2.")
    assert "times what the peak of the part allows" in said


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"speed": "-5"}, "line 2, tokens_per_s_per_gpu: expected a number above 0, got '-5'."),
        ({"speed": "9e9"}, "line 2, tokens_per_s_per_gpu: 9e+09 is "),
        ({"speed": ""}, "line 2: No speed was measured."),
        ({"gpus": "6.5"}, "line 2: n_gpus, tp, pp, cp and ep count accelerators: give whole numbers."),
        ({"model": "Nothing"}, "line 2: "),
    ],
)
def test_where_no_row_can_be_used_the_rows_say_why(wrong, why):
    with pytest.raises(ValueError, match="what a prediction needs: ") as refused:
        found(row(**wrong), row(**wrong), row(**wrong), row(**wrong))
    assert why in str(refused.value)
    assert "line 4" in str(refused.value)
    assert "line 5" not in str(refused.value)
