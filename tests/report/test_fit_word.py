"""Whether a plan fits is one word, the same in every form it is told in."""

from __future__ import annotations

import json
from functools import lru_cache

import pytest

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.files.presets import preset_paths
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.answer.fit import fit_report
from isocost.plan.physics.fitting import FIT_WORDS
from isocost.plan.project.project import Project, set_value
from isocost.report.decisions.comparing.compare import fits_said
from isocost.report.estimate_tables import csv_text, json_text, markdown_text
from isocost.report.estimate_text import text
from isocost.report.findings.header import fit_words
from isocost.report.findings.tabs.fit import memory_said, rounds_memory_said

PRESETS = tuple(path.stem for path in preset_paths())


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    return load(paths.presets() / "no-such-folder")


def shipped(name: str) -> Project:
    return load_project(paths.presets() / f"{name}.yaml", catalog())


def tab_said(found: Answer, place: int) -> str:
    """What the Fit tab says of the memory of a stage; empty where it says nothing."""
    stage = found.estimate.stages[place]
    if stage.memory is not None:
        return memory_said(stage, stage.memory).finding
    rounds = fit_report(found.project, catalog(), found.at, place).rounds
    return "" if rounds is None else rounds_memory_said(stage, rounds).finding


def same_everywhere(found: Answer) -> None:
    made = found.estimate
    tree = json.loads(json_text(made))
    shown, table = text(made), markdown_text(made)
    counted = [(place, stage) for place, stage in enumerate(made.stages) if stage.enabled]
    for (place, stage), told in zip(counted, tree["stages"], strict=True):
        assert told["fit"] == stage.fit
        row = next(line for line in shown.splitlines() if line.startswith(f"{stage.name}  "))
        line = next(line for line in table.splitlines() if line.startswith(f"| {stage.name} |"))
        assert line.endswith(f"| {stage.fit or ''} |")
        if stage.fit is not None:
            assert f"  {stage.fit}  " in row
            assert (told["memory_fits"] or "close") == (
                "close" if "probably" in stage.fit or told["memory_fits"] is None
                else "yes" if stage.fit == "fits" else "no"
            )  # fmt: skip
            finding = tab_said(found, place)
            assert not finding or stage.layout_problem or f": {stage.fit}" in finding
    words = [stage.fit for _, stage in counted if stage.fit is not None]
    assert made.fit == max(words, key=FIT_WORDS.index, default=None)
    assert tree["fit"] == made.fit == fits_said(found)
    assert (fit_words(made).partition(",")[0] or None) == made.fit
    if words:
        assert csv_text(made).splitlines()[1].endswith(f",{words[0]}") or counted[0][1].fit is None


@pytest.mark.parametrize("name", PRESETS)
def test_one_word_says_whether_a_plan_fits(name):
    project = shipped(name)
    for at in range(len(project.scenarios)):
        same_everywhere(answer(project, catalog(), at))


@pytest.mark.parametrize("count", [8, 16, 32, 40, 64, 128, 256])
@pytest.mark.parametrize("name", ["minimax-m1-rl", "distil-instead-of-rl", "startup-7b"])
def test_the_word_holds_at_every_count(name, count):
    at = 1 if name == "minimax-m1-rl" else 0
    project = set_value(shipped(name), "hardware.count", count, scenario=at)
    same_everywhere(answer(project, catalog(), at))


def test_rounds_whose_update_is_beyond_memory_say_what_they_need():
    project = set_value(shipped("minimax-m1-rl"), "hardware.count", 64, scenario=1)
    found = answer(project, catalog(), 1).estimate
    assert (found.fits, found.fit) == (True, "needs host memory")
    assert fit_words(found).endswith(" on each")
