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
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import Estimate, StageEstimate
from isocost.plan.project.project import Project, price_of

NAMES = (
    "api-or-own",
    "deepseek-chain",
    "deepseek-r1",
    "deepseek-r1-first-principles",
    "deepseek-r1-with-base",
    "deepseek-v3",
    "distil-instead-of-rl",
    "eight-gpu-lab",
    "gpt-3-175b",
    "llama-3.1-405b",
    "lora-70b-one-node",
    "minimax-m1-rl",
    "palm-540b",
    "qlora-8b-on-a-4090",
    "rent-or-buy-64-h100",
    "smollm3-programme",
    "startup-7b",
)


@lru_cache(maxsize=1)
def catalog() -> Catalog:
    """The shipped catalogue, nothing of the user's over it."""
    return load(paths.presets() / "no-such-folder")


def preset(name: str) -> Project:
    return load_project(paths.presets() / f"{name}.yaml", catalog())


def priced(name: str, scenario: int = 0) -> Estimate:
    return estimate(preset(name), catalog(), scenario)


def test_the_gallery_has_these() -> None:
    assert tuple(path.stem for path in preset_paths()) == NAMES
    assert find_plan("palm-540b") == paths.presets() / "palm-540b.yaml"
    assert find_plan("palm-540b.yaml") == paths.presets() / "palm-540b.yaml"
    assert find_plan("./palm-540b") == Path("./palm-540b")


@pytest.mark.parametrize("name", NAMES)
def test_each_is_priced_and_nothing_stops_it(name: str) -> None:
    for scenario in range(len(preset(name).scenarios)):
        result = priced(name, scenario)
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


def stage_of(result: Estimate, name: str) -> StageEstimate:
    return next(stage for stage in result.stages if stage.name == name)


def facts(stage: StageEstimate) -> dict[str, float | str]:
    return {detail.label: detail.value for detail in stage.details}


def test_r1_zero_is_predicted_from_its_steps_and_lengths() -> None:
    zero = stage_of(priced("deepseek-r1-first-principles"), "R1-Zero RL")
    assert 0.7 * 101_000 < zero.gpu_hours < 1.4 * 101_000  # Nature supplement 2.4.4
    assert zero.gpu_hours * zero.fast < 101_000 < zero.gpu_hours * zero.slow
    told = facts(zero)
    assert told["Driven by"] == "longest response"
    assert float(told["Throughput-bound"]) < float(told["Tail-bound"]) < zero.gpu_hours


def test_no_stage_of_r1_from_first_principles_is_taken_as_claimed() -> None:
    result = priced("deepseek-r1-first-principles")
    assert {stage.kind for stage in result.stages} == {"rl", "generation", "sft"}
    assert result.range is not None
    assert result.range.cost_usd.p10 < 294_000 < result.range.cost_usd.p90


def test_r1_supervised_fine_tuning_takes_a_few_thousand_hours() -> None:
    tuned = stage_of(priced("deepseek-r1-first-principles"), "Supervised fine-tuning")
    assert tuned.gpu_hours == pytest.approx(3200, rel=0.5)  # 2.4e21 FLOPs and attention at 25 % of BF16


def test_r1_is_a_few_per_cent_of_its_chain() -> None:
    result = priced("deepseek-chain")
    shares = {group.name: group.share for group in result.groups}
    assert list(shares) == ["DeepSeek-V3", "R1-Zero", "R1"]
    assert 0.02 < shares["R1-Zero"] + shares["R1"] < 0.10
    extension = [stage for stage in result.stages if stage.kind == "context-extension"]
    assert (
        119_000 / 2 < sum(stage.gpu_hours for stage in extension) < 119_000 * 2
    )  # arXiv 2412.19437, table 1
    assert all(float(facts(stage)["Attention"]) > 0.4 for stage in extension)


def test_minimax_m1_as_claimed() -> None:
    total = priced("minimax-m1-rl").total
    assert total.gpu_hours == 512 * 21 * 24 == 258_048
    assert total.cost_usd == pytest.approx(534_700, rel=1e-4)


def test_adapters_fit_where_every_weight_needs_more_servers() -> None:
    adapters, full = priced("lora-70b-one-node"), priced("lora-70b-one-node", 1)
    assert (adapters.stages[0].count, full.stages[0].count) == (8, 32)
    assert 0.002 < float(facts(adapters.stages[0])["Adapter parameters"]) / 70.6e9 < 0.004
    assert adapters.total.gpu_hours < full.total.gpu_hours


def test_a_gaming_card_tunes_an_8b() -> None:
    (stage,) = priced("qlora-8b-on-a-4090").stages
    assert stage.count == 1
    assert stage.tokens_per_s_per_gpu == pytest.approx(2413, rel=0.3)  # torchtune README
    assert priced("qlora-8b-on-a-4090").total.cost_usd < 20


def test_ablations_of_smollm3_take_more_than_half_its_main_run() -> None:
    result = priced("smollm3-programme")
    main = stage_of(result, "Pre-training")
    assert 0.5 < stage_of(result, "Ablations and debugging").gpu_hours / main.gpu_hours < 0.8
    assert 220_000 / 1.5 < main.gpu_hours < 276_480 * 1.5  # its blog and The Smol Training Playbook


def test_distillation_takes_a_tenth_of_reinforcement_learning() -> None:
    reinforced, distilled = priced("distil-instead-of-rl"), priced("distil-instead-of-rl", 1)
    assert 17_920 / 2 < reinforced.total.gpu_hours < 17_920 * 2  # arXiv 2505.09388, table 21
    assert 1_800 / 2 < distilled.total.gpu_hours < 1_800 * 2
    assert 5 < reinforced.total.gpu_hours / distilled.total.gpu_hours < 20
