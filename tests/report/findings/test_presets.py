"""What the gallery says of the shipped plans."""

from __future__ import annotations

from isocost import paths
from isocost.quantities import format_money
from isocost.report.findings.presets import OTHERS, preset_of, read_gallery
from tests.report.findings.plans import estimated, shipped


def test_a_preset_tells_its_price_and_the_first_paragraph_of_its_notes(catalog):
    path = paths.presets() / "startup-7b.yaml"
    result = estimated("startup-7b", catalog)
    preset = preset_of(path, shipped("startup-7b", catalog), result)
    assert preset.price == format_money(result.total.cost_usd)
    assert preset.line
    assert "\n" not in preset.line
    assert preset.words == f"{preset.name}: {preset.price}, {preset.detail}"


def test_plans_stand_on_their_shelves_and_what_does_not_open_is_left_out(catalog, tmp_path):
    for name in ("deepseek-v3", "startup-7b"):
        (tmp_path / f"{name}.yaml").write_bytes((paths.presets() / f"{name}.yaml").read_bytes())
    (tmp_path / "mine.yaml").write_bytes((paths.presets() / "startup-7b.yaml").read_bytes())
    (tmp_path / "broken.yaml").write_text("stages: [", encoding="utf-8")
    found = read_gallery(tmp_path, catalog)
    assert [(name, [each.path.stem for each in presets]) for name, presets in found.groups] == [
        ("Try", ["startup-7b"]),
        ("Check a claim", ["deepseek-v3"]),
        (OTHERS, ["mine"]),
    ]


def test_every_shipped_plan_has_a_shelf_and_a_place_on_the_scale(catalog):
    found = read_gallery(paths.presets(), catalog)
    assert OTHERS not in dict(found.groups)
    presets = [each for _, group in found.groups for each in group]
    assert {each.path for each in presets} == set(paths.presets().glob("*.yaml"))
    by_cost = sorted(presets, key=lambda each: each.cost_usd)
    places = [found.place(each.cost_usd) for each in by_cost]
    assert places == sorted(places)
    assert 0.0 <= places[0] < places[-1] <= 1.0
    assert found.low_usd <= by_cost[0].cost_usd
    assert by_cost[-1].cost_usd <= found.high_usd
    assert found.scale == "the strip of each: cost from $1 to $100M"


def test_the_plans_that_the_gallery_and_the_tour_name_are_shipped(catalog):
    rules = catalog.constants.gallery
    named = {rules.first, *(plan for shelf in rules.groups for plan in shelf.plans)}
    named |= {name for step in rules.tour for name in (step.plan, step.whole, *step.covers) if name}
    assert named <= {path.stem for path in paths.presets().glob("*.yaml")}
