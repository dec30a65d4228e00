"""A plan written by hand without a price takes the catalogue's, and says so everywhere."""

from __future__ import annotations

import json

import pytest

from isocost.catalog import load
from isocost.cli import main
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import estimate

CATALOG = load()
PLAN = """isocost: 1
name: A plan
scenarios:
- name: One
  model: 7B
  hardware: {accelerator: h100-sxm, count: 64}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 10B}}
"""
SAID = "The plan names no price: the catalogue's for H100 is taken, "


def test_the_price_is_the_catalogues_and_is_frozen():
    project = parse_project(PLAN, CATALOG)
    price, card = project.scenarios[0].price, CATALOG.default_price("h100-sxm")
    assert card is not None
    assert (price.usd_per_gpu_hour, price.supplier, price.date) == (
        card.usd_per_gpu_hour,
        card.supplier,
        card.date,
    )
    assert parse_project(project_text(project), CATALOG) == project


def test_it_is_said_at_the_price():
    said = [n for n in estimate(parse_project(PLAN, CATALOG), CATALOG).warnings if n.message.startswith(SAID)]
    assert [notice.field for notice in said] == ["price.usd_per_gpu_hour"]


def test_a_plan_without_a_price_is_estimated_by_the_command_line(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN, encoding="utf-8")
    assert main(["estimate", str(path)]) == 0
    assert SAID in " ".join(capsys.readouterr().out.split())
    assert main(["estimate", str(path), "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert any(SAID in json.dumps(each) for each in answer["warnings"])


def test_a_typed_price_is_ones_own():
    typed = PLAN.replace("  stages:", "  price: {usd_per_gpu_hour: 2.5}\n  stages:")
    notices = estimate(parse_project(typed, CATALOG), CATALOG).warnings
    assert not any(notice.message.startswith(SAID) for notice in notices)


def test_a_part_nobody_rents_needs_a_price():
    unpriced = next(key for key in CATALOG.accelerators if CATALOG.default_price(key) is None)
    with pytest.raises(ContentError, match=r"scenarios\[0\]: price is missing"):
        parse_project(PLAN.replace("h100-sxm", unpriced), CATALOG)
