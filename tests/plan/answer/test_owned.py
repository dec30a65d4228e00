"""A plan that owns its accelerators: ranked among what can be bought, and what the figure rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.comparison import ranked
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.answer.warnings.ages import purchase_age, purchase_staleness
from isocost.plan.money.ownership import purchase_price
from isocost.plan.project.choosing import with_hardware
from isocost.plan.project.project import Project, replace_scenario
from isocost.quantities import format_money, plain_spaces
from isocost.report.findings.header import remarks
from isocost.report.findings.tabs.plan import in_words, ranking_said, why_out
from isocost.report.paper.prices import prices_table

CATALOG = load()
PROJECT = load_project(presets() / "rent-or-buy-64-h100.yaml", CATALOG)
OWNED = 1


def bought_at(project: Project, usd: float | None) -> Project:
    """The project with a purchase price typed for its owned accelerators, or with the catalogue's."""
    chosen = project.scenarios[OWNED]
    own = msgspec.structs.replace(chosen.ownership, usd_per_accelerator=usd)
    return replace_scenario(project, msgspec.structs.replace(chosen, ownership=own), scenario=OWNED)


def compare(project, mode: str = "own") -> Answer:
    chosen = project.scenarios[OWNED]
    changed = msgspec.structs.replace(chosen, supply=msgspec.structs.replace(chosen.supply, mode=mode))
    project = msgspec.structs.replace(project, scenarios=(project.scenarios[0], changed))
    found = answer(project, CATALOG, OWNED)
    return replace(found, others=other_curves(project, CATALOG, OWNED))


@pytest.mark.parametrize("mode", ["own", "mixed"])
def test_only_what_can_be_bought_is_ranked_and_the_rest_says_why(mode):
    comparison = compare(PROJECT, mode).comparison
    choices = ranked(comparison)
    out = [choice for choice in choices if not choice.for_sale]
    assert {"tpu-v6e"} <= {choice.accelerator for choice in out}
    assert all(why_out(choice) == "no purchase price" for choice in out)
    assert all(in_words(choice).endswith("no purchase price") for choice in out)
    assert choices[-len(out) :] == tuple(out)
    assert "TPU" not in ranking_said(comparison, choices).finding
    assert not {curve.accelerator for curve in comparison.curves} & {choice.accelerator for choice in out}
    # An owned one's hour is the owner's, and its hours at that rate are its rent.
    for curve in comparison.others:
        assert curve.for_sale
        assert curve.price.usd_per_gpu_hour > 0.0


def test_rent_changes_nothing_where_all_is_owned():
    dear = msgspec.structs.replace(
        PROJECT.scenarios[OWNED],
        price=msgspec.structs.replace(PROJECT.scenarios[OWNED].price, usd_per_gpu_hour=99.0),
    )
    other = msgspec.structs.replace(PROJECT, scenarios=(PROJECT.scenarios[0], dear))
    one, two = compare(PROJECT), compare(other)
    assert one.estimate.total == two.estimate.total
    sold, again = ([c.cost_usd.tolist() for c in each.others if c.for_sale] for each in (one, two))
    assert sold == again


def price(accelerator: str) -> str:
    scenario = bought_at(PROJECT, None).scenarios[OWNED]
    usd, _ = purchase_price(CATALOG.accelerator(accelerator), scenario, CATALOG)
    return format_money(usd)


def said(project) -> list[str]:
    found = answer(project, CATALOG, OWNED)
    return [remark.text for remark in remarks(found.estimate, project, OWNED, CATALOG)]


@pytest.mark.parametrize(
    ("today", "gravity", "words"),
    [
        (date(2026, 1, 20), None, "up to 19 days old"),
        (date(2026, 3, 20), None, "up to 78 days old"),  # nothing newer is known
        (date(2026, 11, 30), "info", "up to 333 days old"),
        (date(2030, 1, 1), "info", "up to 4 years old"),
    ],
)
def test_a_purchase_price_has_an_age(today, gravity, words):
    scenario = bought_at(PROJECT, None).scenarios[OWNED]
    entry = replace(CATALOG.accelerator("h100-sxm"), purchase_date="2026-01")
    age = purchase_age(entry, scenario, today)
    assert age is not None
    assert (purchase_staleness(age, CATALOG), plain_spaces(age.words)) == (gravity, words)
    typed = bought_at(PROJECT, 20_000.0).scenarios[OWNED]
    assert purchase_age(entry, typed, today) is None


def test_an_old_purchase_price_is_said_in_the_headline_on_paper_and_at_its_input():
    project = bought_at(PROJECT, None)
    found, later = answer(project, CATALOG, OWNED), date(2031, 1, 1)
    (bought,) = (
        remark
        for remark in remarks(found.estimate, project, OWNED, CATALOG, later)
        if "bought" in remark.text
    )
    assert bought.tone == "care"
    assert "years old" in plain_spaces(bought.text)
    table = prices_table(project.scenarios[OWNED], CATALOG, later)
    at = next(place for place, row in enumerate(table.table.rows) if "bought" in str(row))
    assert table.gravity[at] == "info"
    assert "years old" in plain_spaces(str(table.table.rows[at]))


def test_the_headline_names_the_purchase_it_rests_on():
    market = said(bought_at(PROJECT, None))
    assert any(text.startswith(f"H100 bought at {price('h100-sxm')}, price of ") for text in market)
    typed = bought_at(PROJECT, 20_000.0)
    assert "H100 bought at $20K, as typed" in [text.replace("$20.0K", "$20K") for text in said(typed)]
    # The rent, which nobody pays here, is not mentioned.
    assert not any(text.startswith("price ") for text in (*market, *said(typed)))
    # Another accelerator is not to be had at the price typed for this one.
    moved = with_hardware(typed, "h200-sxm", 64, CATALOG, OWNED)
    assert moved.scenarios[OWNED].ownership.usd_per_accelerator is None
    assert any(text.startswith(f"H200 bought at {price('h200-sxm')}") for text in said(moved))
