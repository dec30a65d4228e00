"""The edge of a goal: offers lie on the lines that are drawn, and taking one gives what it says."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest

from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.comparison import published
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.claims.published import as_published
from isocost.plan.project.choosing import with_choice
from isocost.plan.project.project import Project, set_section, set_value
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.edge import doublings, doublings_follow, edge, edge_follows, ranks, taken
from isocost.plan.solve.hardware.ranks import ranking, sureness_of
from isocost.plan.solve.offered import offered, only_offer
from isocost.quantities import format_count, plain_spaces
from isocost.report.decisions.solving.rank import change_words, only_words
from isocost.report.findings.tabs.plan import published_lines
from isocost.report.findings.tabs.plan_offers import knee_view, offers_view
from isocost.ui.plot.lines import Line

QUICK = (
    "api-or-own", "deepseek-r1", "deepseek-v3", "distil-instead-of-rl", "eight-gpu-lab", "gpt-3-175b",
    "llama-3.1-405b", "lora-70b-one-node", "qlora-8b-on-a-4090", "rent-or-buy-64-h100", "startup-7b",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(tmp_path_factory.mktemp("no-user-files"))


def held(name: str, catalog: Catalog, money: float, time: float) -> Answer:
    """A preset held against shares of its own cost and of its own length."""
    plan = answer(load_project(presets() / f"{name}.yaml", catalog), catalog)
    goal = {
        "budget_usd": plan.estimate.total.cost_usd * money,
        "deadline_days": plan.reckoning["programme_days"] * time,
    }
    return answer(set_section(plan.project, "goal", **goal), catalog)


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize(("money", "time"), [(1.3, 1.5), (0.8, 4.0), (3.0, 0.4)])
def test_every_offer_lies_on_its_line_and_gives_what_it_says(name, money, time, catalog):
    plan = held(name, catalog, money, time)
    found = edge(plan)
    curves = {curve.accelerator: curve for curve in found.curves}
    for _, offer in found.distinct:
        choice = offer.choice
        line = Line.of(curves[choice.accelerator], whole=False, through=frozenset({choice.count}))
        x, y = line.x[line.bends], line.y[line.bends]
        at = np.log10(choice.wall_days)
        assert np.any(np.isclose(x, at, atol=1e-9) & np.isclose(y, np.log10(choice.cost_usd), atol=1e-9))
        after = answer(taken(plan.project, choice, catalog, 0), catalog)
        assert after.estimate.total.cost_usd == pytest.approx(choice.cost_usd, rel=1e-9)
        assert after.reckoning["programme_days"] == pytest.approx(choice.span_days, rel=1e-9)
        assert after.scenario.goal == plan.scenario.goal


@pytest.mark.parametrize("name", ["startup-7b", "api-or-own", "qlora-8b-on-a-4090"])
def test_where_nothing_holds_the_cards_are_plans_that_are_possible(name, catalog):
    plan = held(name, catalog, 0.02, 0.2)
    found = edge(plan)
    view = offers_view(found)
    assert view.words
    assert 1 <= len(view.cards) <= 3
    assert not found.curves
    for card in view.cards:
        assert card.alternative is not None
        assert card.choice.fits
        assert card.chance == ""
        assert card.hardware in card.words
    assert [card.number for card in view.cards] == list(range(1, len(view.cards) + 1))


def test_offers_that_are_the_same_are_one_card(catalog):
    plan = held("eight-gpu-lab", catalog, 1e4, 1e4)
    cards = offers_view(edge(plan)).cards
    hardware = [(card.choice.accelerator, card.choice.count) for card in cards]
    assert len(set(hardware)) == len(hardware)
    names = " ".join(card.name for card in cards).lower()
    assert all(name in names for name in ("cheapest", "fastest", "balanced"))


def test_an_edge_follows_the_goal_and_the_knee_does_not(catalog):
    plan, other = held("startup-7b", catalog, 1.3, 1.5), held("startup-7b", catalog, 1.2, 1.5)
    assert edge_follows(plan) != edge_follows(other)
    assert edge_follows(plan)[-1] == date.today()
    assert doublings_follow(plan) == doublings_follow(other)
    dearer = answer(set_section(plan.project, "price", usd_per_gpu_hour=9.0), catalog)
    assert doublings_follow(dearer) != doublings_follow(plan)


@pytest.mark.parametrize("path", ["efficiency.mfu", "efficiency.goodput"])
def test_the_knee_follows_the_count_where_something_typed_is_of_it(path, catalog):
    def at(count, typed):
        made = set_value(load_project(presets() / "startup-7b.yaml", catalog), "hardware.count", count)
        return doublings_follow(answer(set_value(made, path, typed), catalog))

    assert at(256, None) == at(512, None)
    assert at(256, 0.4) != at(512, 0.4)


@pytest.mark.parametrize("name", QUICK)
def test_the_knee_lies_on_the_plans_curve_and_says_what_the_next_doubling_costs(name, catalog):
    plan = held(name, catalog, 1.3, 1.5)
    view = knee_view(doublings(plan), plan.curve, current=True)
    if view is None:
        return
    at = int(np.flatnonzero(plan.curve.counts == view.count)[0])
    assert (view.days, view.cost_usd) == (plan.curve.days[at], plan.curve.cost_usd[at])
    twice = plan.curve.counts == 2 * view.count
    days, usd = float(plan.curve.days[twice][0]), float(plan.curve.cost_usd[twice][0])
    assert view.days / days < 1.5
    if days < view.days and usd > view.cost_usd:
        assert re.match(r"doubled, (a day|an hour) less costs \$", view.lines[1])
    elif days >= view.days:
        assert view.lines[1].endswith("are no faster")
    stale = knee_view(doublings(plan), plan.curve, current=False)
    assert stale is not None
    assert len(stale.lines) == 1


@pytest.mark.parametrize("name", ["deepseek-r1", "minimax-m1-rl", "gpt-3-175b"])
@pytest.mark.parametrize(("accelerator", "count"), [("h100-sxm", 512), ("b200", 1024), ("h800-sxm", 64)])
def test_claimed_hours_chosen_on_a_chart_are_the_work_the_chart_shows(name, accelerator, count, catalog):
    plan = answer(load_project(presets() / f"{name}.yaml", catalog), catalog)
    curves = (plan.curve, *other_curves(plan.project, catalog))
    curve = next((each for each in curves if each.accelerator == accelerator), None)
    if curve is None or count not in curve.counts:
        return
    at = int(np.flatnonzero(curve.counts == count)[0])
    after = answer(with_choice(plan.project, accelerator, count, catalog), catalog)
    assert after.estimate.total.wall_days == pytest.approx(curve.days[at], rel=1e-9)
    assert after.estimate.total.cost_usd == pytest.approx(curve.cost_usd[at], rel=1e-9)


def test_a_published_run_opens_as_what_it_took_and_cost(catalog):
    """Every mark that says it opens becomes a scenario of its cost, its hours and its accelerators."""
    marks = published(catalog)
    opened = [(mark, scenario) for mark in marks if mark.run and (scenario := as_published(mark.run))]
    assert len(opened) >= 8
    for mark, scenario in opened:
        project = Project(name="Published", scenarios=(scenario,))
        found = answer(project, catalog)
        assert found.estimate.total.cost_usd == pytest.approx(mark.cost_usd, rel=1e-6)
        assert found.estimate.total.wall_days == pytest.approx(mark.days, rel=0.12)
        assert published_lines(mark)[-1].endswith("click to open it as a scenario")


@pytest.mark.parametrize("name", ["startup-7b", "deepseek-v3", "smollm3-programme"])
@pytest.mark.parametrize("dated", [True, False])
def test_what_would_change_the_winner_changes_it(name, dated, catalog):
    plan = held(name, catalog, 5.0, 1.5)
    if not dated:
        plan = answer(set_section(plan.project, "goal", deadline_days=None), catalog)
    found, case = ranks(plan)
    own = next(row for row in found.rows if row.choice.price == case.card)
    assert own is not found.rows[0]
    words = [plain_spaces(each) for each in change_words(found, case)]
    assert 1 <= len(words) <= 4
    below = next(each for each in words if each.startswith(f"{own.choice.label} again below $"))
    price = float(below.split("$")[1].split(" ")[0])
    for usd, wins in ((price - 0.001, True), (price + 0.02, False)):
        cheaper = answer(set_section(plan.project, "price", usd_per_gpu_hour=usd), catalog)
        assert (ranks(cheaper)[0].rows[0].choice.accelerator == own.choice.accelerator) is wins
    if found.own_mfu is not None:
        percent = next(each for each in words if each.endswith(str(format_count(own.choice.count)) + "."))
        told = float(percent.split("above ")[1].split(" %")[0]) / 100.0
        assert own.choice.mfu < found.own_mfu <= told < found.own_mfu + 0.01 + 1e-9
        on = case.reach([case.card])
        cost, days = on.at_pace(own.choice.mfu / told)
        timely = days <= (case.goal.deadline_days or np.inf) if dated else on.counts == own.choice.count
        assert cost[timely & on.fits].min() <= found.rows[0].choice.cost_usd * (1 + 1e-6)


def test_a_winner_by_the_price_of_one_supplier_alone_says_so(catalog):
    """An MI355X is asked for by the hour at $2.95 by TensorWave, by quote, and at $8.60 by OCI."""
    plan = answer(load_project(presets() / "startup-7b.yaml", catalog), catalog)
    case = Case(plan.project, catalog, 0, date(2026, 11, 29))
    cards = {card.accelerator: card for card in offered(case)}
    only = only_offer(cards["mi355x"], case)
    assert (only.supplier, only.usd_per_gpu_hour) == ("TensorWave", 2.95)
    assert (only.dearest.supplier, only.dearest.usd_per_gpu_hour) == ("OCI", 8.6)
    assert only_offer(case.card, case) is None  # many ask for an H100
    rows = ranking(case).rows
    row = next(each for each in rows if each.choice.accelerator == "mi355x")
    assert plain_spaces(only_words(row)) == "MI355X at $2.95 rests on TensorWave alone; OCI asks $8.60."


def test_the_ranges_of_a_ranking_are_those_of_the_plans_they_are_said_of(catalog):
    plan = held("startup-7b", catalog, 5.0, 1.5)
    found, case = ranks(plan)
    sure = sureness_of(found)
    assert sure.keys() == {row.choice.accelerator for row in found.rows}
    for row in (found.rows[0], next(row for row in found.rows if row.choice.price == case.card)):
        chosen = answer(taken(plan.project, row.choice, catalog, 0), catalog).estimate.range.cost_usd
        ends = [row.choice.cost_usd * each for each in sure[row.choice.accelerator].spread]
        assert ends == pytest.approx((chosen.p10, chosen.p90), rel=1e-9)


def test_another_price_simulates_no_run_of_rounds_again(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rollouts on fifty accelerators take seconds: they follow from the recipe, whatever it costs."""
    plan = load_project(presets() / "deepseek-chain.yaml", catalog)
    before = answer(plan, catalog)
    ranks(before), edge(before), doublings(before)
    monkeypatch.setattr("isocost.plan.physics.rounds.rl_times", None)  # whoever simulates would fail
    dearer = answer(set_section(plan, "price", usd_per_gpu_hour=7.77), catalog)
    assert ranks(dearer) is not None
    assert edge(dearer).offers is not None
    assert doublings(dearer) is not None
