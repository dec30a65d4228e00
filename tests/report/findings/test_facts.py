"""What is said of energy, of what a bill leaves out, and of what a run's size means."""

from __future__ import annotations

from dataclasses import replace

from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.answer.warnings.badges import badges
from isocost.plan.money.ledger import omissions
from isocost.plan.project.programme import Site, Supply
from isocost.quantities import format_carbon, format_energy, plain_spaces
from isocost.report.findings.facts import (
    badge_description,
    badges_said,
    badges_table,
    energy_figures,
    energy_said,
    energy_sources,
    energy_table,
    never_counted,
    omission_tip,
    scope_said,
    scope_table,
)
from tests.plan.programmes import CATALOG, answered, scenario
from tests.report.findings.plans import shipped


def found(**parts):
    """What a made-up scenario draws, uses and emits."""
    return answered(scenario(**parts)).reckoning.footprint


def test_energy_says_power_energy_price_and_both_emissions():
    notes = {figure.label: figure.note for figure in energy_figures(found())}
    assert list(notes) == ["Energy", "Power", "Electricity", "Emissions"]
    assert notes["Electricity"] == "within the rent"
    assert notes["Emissions"] == "no contracts claimed"
    bought = {figure.label: figure.note for figure in energy_figures(found(site=Site(market_kg_per_kwh=0.0)))}
    assert plain_spaces(bought["Emissions"]) == "0 kg CO₂ market-based"
    owned = {figure.label: figure.note for figure in energy_figures(found(supply=Supply("own")))}
    assert owned["Electricity"] == "paid beside the machines"
    some = energy_figures(found(supply=Supply("mixed", owned_share=0.4)))
    assert plain_spaces(some[2].note) == "40 % beside own machines, the rest within the rent"


def test_the_finding_is_energy_and_emissions_and_every_figure_is_read_out():
    one = found()
    said = energy_said(one)
    assert said.finding == f"{format_energy(one.kwh)} and {format_carbon(one.co2_kg)}"
    for figure in energy_figures(one):
        assert figure.words in said.summary
    assert said.subtitle.endswith(" kg CO₂e per kWh.")
    assert energy_sources(one).startswith("PUE: ")
    assert [row[0] for row in energy_table(energy_figures(one)).rows] == [
        figure.label for figure in energy_figures(one)
    ]


def test_what_is_left_out_is_counted_and_what_never_is_is_named(catalog):
    left_out = omissions(scenario(), catalog)
    said = scope_said(left_out)
    assert said.finding == "11 costs are not in this bill"
    assert said.subtitle == "Choose one to count it."
    assert never_counted(left_out).startswith("Never counted: serving, ")
    assert all(each.meaning in said.summary for each in left_out)
    tips = [omission_tip(each, catalog) for each in left_out if each.path]
    assert all(" Counts " in tip and ": " in tip.split(" Counts ")[1] for tip in tips)
    assert tips[0].startswith(
        f"Not counted: {left_out[0].meaning}. Counts 58\N{NO-BREAK SPACE}% of the training: SmolLM3"
    )
    assert [row[2] for row in scope_table(left_out).rows][-1] == "never counted"


def test_one_cost_and_none_are_said_as_such():
    left_out = omissions(scenario(), CATALOG)
    optional = [each for each in left_out if each.path]
    never = [each for each in left_out if not each.path]
    assert scope_said((optional[0], *never)).finding == "One cost is not in this bill"
    nothing = scope_said(never)
    assert (nothing.finding, nothing.subtitle) == ("All that can be counted is", "")


def test_badges_are_read_out_with_their_meaning_and_stand_with_their_source(catalog):
    project = shipped("api-or-own", catalog)
    chosen = project.scenarios[0]
    stages = estimate(project, catalog).stages
    at = next(i for i, stage in enumerate(chosen.stages) if stage.name.startswith("Pre-training"))
    shown = {badge.key: badge for badge in badges(chosen, stages, catalog, at)}
    assert "over-trained" in shown["tokens-per-parameter"].text
    law = shown["threshold-eu-gpai"]
    assert "2025" in badge_description(law)
    said = badges_said(tuple(shown.values()))
    assert all(f"{badge.text}: {badge.detail}" in said.summary for badge in shown.values())
    assert [row[2] for row in badges_table(tuple(shown.values())).rows] == [b.source for b in shown.values()]
    assert badges_said((replace(law, text="A", detail="B"),)).summary == "A: B"


def test_the_model_a_plan_starts_from_is_named_first_unless_a_stage_is_its_training(catalog):
    left_out = answer(shipped("deepseek-r1", catalog), catalog).omissions
    assert left_out[0].name == "Base model ($5.58M)"
    assert scope_said(left_out).finding == "Base model ($5.58M) is not in this bill, nor are 11 more costs"
    assert "DeepSeek-V3" in never_counted(left_out).split("Never counted")[0]
    for name in ("deepseek-r1-with-base", "deepseek-v3", "startup-7b"):
        assert not any(each.kind == "base" for each in answer(shipped(name, catalog), catalog).omissions)
