"""Terms chosen in the window bring their price along, unless one was typed."""

from __future__ import annotations

from datetime import date

from isocost.catalog import load
from isocost.files.loading import load_project
from isocost.files.presets import find_plan
from isocost.plan.inputs.roads import put
from isocost.plan.project.project import Place

CATALOG = load()
TODAY = date(2026, 11, 30)


def chosen(project, path, value):
    return put(project, path, value, at=Place(), today=TODAY, catalog=CATALOG)


def test_a_price_on_offer_follows_the_terms_and_comes_back():
    project = load_project(find_plan("startup-7b"), CATALOG)
    usual = project.scenarios[0].price
    spot = chosen(project, "supply.mode", "spot").scenarios[0].price
    assert (spot.commitment, spot.usd_per_gpu_hour < usual.usd_per_gpu_hour) == ("spot", True)
    back = chosen(chosen(project, "supply.mode", "spot"), "supply.mode", "on-demand").scenarios[0].price
    assert back.commitment == "specialist"


def test_a_typed_price_stays_under_any_terms():
    typed = chosen(load_project(find_plan("startup-7b"), CATALOG), "price.usd_per_gpu_hour", 2.0)
    for mode in ("spot", "reserved", "block", "own", "mixed", "on-demand"):
        assert chosen(typed, "supply.mode", mode).scenarios[0].price == typed.scenarios[0].price
