"""Every shipped plan opens, is priced, and lands where its sources say."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.files import load_project, project_text
from isocost.files.presets import find_plan, preset_paths, summary
from isocost.plan.estimate import estimate
from isocost.plan.project import Project, price_of
from isocost.plan.results import Estimate

NAMES = (
    "deepseek-r1",
    "deepseek-r1-with-base",
    "deepseek-v3",
    "eight-gpu-lab",
    "gpt-3-175b",
    "llama-3.1-405b",
    "palm-540b",
    "startup-7b",
)


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The shipped catalogue, nothing of the user's over it."""
    return load(paths.presets() / "no-such-folder")


def preset(name: str) -> Project:
    return load_project(paths.presets() / f"{name}.yaml", catalog())


def priced(name: str) -> Estimate:
    return estimate(preset(name), catalog())


def test_the_gallery_has_these() -> None:
    assert tuple(path.stem for path in preset_paths()) == NAMES
    assert find_plan("palm-540b") == paths.presets() / "palm-540b.yaml"
    assert find_plan("palm-540b.yaml") == paths.presets() / "palm-540b.yaml"
    assert find_plan("./palm-540b") == Path("./palm-540b")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_priced_and_nothing_stops_it(name: str) -> None:
    result = priced(name)
    assert result.total.cost_usd > 0
    assert result.total.wall_days > 0
    assert [notice for notice in result.warnings if notice.severity == "stop"] == []
    assert all(stage.fits is not False for stage in result.stages)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_written_as_the_app_writes_it(name: str) -> None:
    text = (paths.presets() / f"{name}.yaml").read_text(encoding="utf-8")
    assert project_text(preset(name)) == text


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_is_and_where_its_figures_come_from(name: str) -> None:
    project = preset(name)
    assert 20 < len(summary(project)) < 110
    assert re.search(r"arXiv|doi", project.notes)
    for scenario in project.scenarios:
        for stage in scenario.stages:
            price = price_of(scenario, stage)
            assert price.source.startswith("https://")
            assert price.supplier
            assert price.includes
            assert price.commitment in {"claim", "specialist", "hyperscaler"}
            assert date.fromisoformat(price.date) <= date(2026, 11, 23)


def test_r1_as_claimed() -> None:
    total = priced("deepseek-r1").total
    assert total.gpu_hours == 512 * 198 + 512 * 80 + 5000 == 147_336
    assert total.cost_usd == 294_672.00


def test_r1_with_its_base() -> None:
    result = priced("deepseek-r1-with-base")
    assert result.total.cost_usd == 5_870_672.00
    shares = {group.name: group.share for group in result.groups}
    assert list(shares) == ["DeepSeek-V3 base", "DeepSeek-R1"]
    assert round(shares["DeepSeek-R1"], 3) == 0.050


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("deepseek-v3", 2_664_000),  # arXiv 2412.19437, table 1
        ("llama-3.1-405b", 30_840_000),  # model card
    ],
)
def test_predicted_gpu_hours_are_of_the_published_size(name: str, published: float) -> None:
    assert published / 2 < priced(name).total.gpu_hours < published * 2


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("gpt-3-175b", 3_552_000),  # arXiv 2104.10350, table 4
        ("palm-540b", 8_404_992),  # arXiv 2204.02311, appendix B
    ],
)
def test_published_utilization_gives_the_published_gpu_hours(name: str, published: float) -> None:
    assert priced(name).total.gpu_hours == pytest.approx(published, rel=0.02)


@pytest.mark.parametrize(
    ("name", "six_nd"),
    [
        ("gpt-3-175b", 3.15e23),
        ("palm-540b", 2.53e24),
        ("deepseek-v3", 3.29e24),
        ("llama-3.1-405b", 3.79e25),
    ],
)
def test_6nd_is_the_figure_people_quote(name: str, six_nd: float) -> None:
    (stage,) = priced(name).stages
    assert stage.flops is not None
    assert stage.flops.six_nd == pytest.approx(six_nd, rel=0.012)


def test_the_lab_and_the_startup_are_what_their_notes_promise() -> None:
    lab, startup = priced("eight-gpu-lab"), priced("startup-7b")
    assert 4 < lab.total.wall_days < 10
    assert lab.total.cost_usd < 5_000
    assert startup.total.wall_days < 14
