"""The fixed grid of predictions that ``make accuracy`` holds against the last commit's."""

from __future__ import annotations

import importlib.util
import sys

import pytest


@pytest.fixture(scope="module")
def tool():
    from pathlib import Path

    path = Path(__file__).resolve().parents[2] / "tools" / "predictions.py"
    spec = importlib.util.spec_from_file_location("predictions", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["predictions"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["predictions"]


def test_the_kept_file_has_every_run_of_the_grid_once_with_its_figure(tool):
    runs = [tool.called(row) for row in (*tool.training(), *tool.generation())]
    kept = tool.read((tool.ROOT / tool.KEPT).read_text(encoding="utf-8"))
    assert len(set(runs)) == len(runs) > 280
    assert list(kept) == runs
    assert all(float(line["tokens_per_s_per_gpu"]) > 0 for line in kept.values())


def table(tool, **rates):
    lines = [
        {"run": run, "tokens_per_s_per_gpu": rate, "peak_memory_gb": "40"} for run, rate in rates.items()
    ]
    return tool.written(lines)


def test_what_moved_is_told_by_how_much_the_largest_first(tool):
    before = table(tool, still="1000", slower="1000", faster="1000", gone="1")
    after = table(tool, still="1000.5", slower="600", faster="1100", new="7")
    found = tool.moves(before, after)
    assert [(each.run, round(each.share, 6)) for each in found] == [("slower", -0.4), ("faster", 0.1)]
    said = tool.told(before, after)
    assert said[0].startswith("2 of 4 predictions moved by more than 0.1%")
    assert "1 are new, 1 are gone" in said[0]
    assert "1,000 -> 600 tokens_per_s_per_gpu  slower" in said[1]
    assert tool.told(after, after)[0].startswith("0 of 4")
    assert tool.told("", after) == ["No predictions were committed before."]


def test_a_figure_that_was_not_predicted_before_is_a_move(tool):
    (found,) = tool.moves(table(tool, run=""), table(tool, run="5"))
    assert found.share == float("inf")
