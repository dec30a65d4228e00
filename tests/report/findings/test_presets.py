"""What the gallery says of the shipped plans."""

from __future__ import annotations

from isocost import paths
from isocost.quantities import format_money
from isocost.report.findings.presets import preset_of, read_presets
from tests.report.findings.plans import estimated, shipped


def test_a_preset_tells_its_price_and_the_first_paragraph_of_its_notes(catalog):
    path = paths.presets() / "startup-7b.yaml"
    result = estimated("startup-7b", catalog)
    preset = preset_of(path, shipped("startup-7b", catalog), result)
    assert preset.price == format_money(result.total.cost_usd)
    assert preset.line
    assert "\n" not in preset.line
    assert preset.words == f"{preset.name}: {preset.price}, {preset.detail}"


def test_presets_are_listed_the_cheapest_first_and_what_does_not_open_is_left_out(catalog, tmp_path):
    for name in ("deepseek-v3", "startup-7b"):
        (tmp_path / f"{name}.yaml").write_bytes((paths.presets() / f"{name}.yaml").read_bytes())
    (tmp_path / "broken.yaml").write_text("stages: [", encoding="utf-8")
    assert [preset.path.stem for preset in read_presets(tmp_path, catalog)] == ["startup-7b", "deepseek-v3"]
