"""Each question that users ask most is answered in at most three gestures from a window with a plan in it.

What then stands in sight is held against the plan's pure functions, which know nothing of a window.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget

from isocost.catalog import Catalog
from isocost.files import load_project
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.answer.fit import fit_report
from isocost.plan.doubt.risk import risk
from isocost.plan.doubt.tornado import tornado
from isocost.plan.inputs.roads import put
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Place, Project
from isocost.plan.solve.hardware.ladder import ladder
from isocost.quantities import format_money, parse
from isocost.report.decisions.solving.ladder import ladder_view
from isocost.report.decisions.words import unsigned_share
from isocost.report.estimate_questions import questions
from isocost.report.estimate_tables import markdown_text
from isocost.ui.tabs.claims import ladder as rungs
from isocost.ui.tabs.claims.ladder import SOLVING
from isocost.ui.widgets.fields.slider import LogSlider
from isocost.ui.window import Window
from tests.ui.conftest import preset
from tests.ui.hand import CONTROL, SHIFT, Hand

MOST = 3


@pytest.fixture
def hand(window: Window) -> Iterator[Hand]:
    """On a small training that is open and computed; after the test its gestures are counted."""
    made = Hand(window)
    yield made
    assert made.gestures <= MOST


def changed(project: Project, catalog: Catalog, **values: float | str) -> Project:
    """The plan with inputs given values, as typed; ``data__tokens`` stands for ``data.tokens``."""
    for name, value in values.items():
        path = name.replace("__", ".")
        project = put(project, path, value, at=Place(0, 0), today=date.today(), catalog=catalog)
    return with_obtainable_counts(project, catalog)


def answered(hand: Hand, **values: float | str) -> Answer:
    """What the plan as it was opened, with inputs changed, comes to."""
    catalog = hand.window.session.catalog
    return answer(changed(opened(hand), catalog, **values), catalog)


def opened(hand: Hand) -> Project:
    """The plan as it was opened."""
    return load_project(preset("startup-7b"), hand.window.session.catalog)


def plain(text: str) -> str:
    """Words with ordinary spaces, as they are read."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def cost(found: Answer) -> str:
    """What a plan costs, as it is written."""
    return format_money(found.estimate.total.cost_usd)


# The twelve


def test_1_roughly_what_it_costs_and_how_long_on_my_gpus(hand: Hand):
    hand.find("13B parameters, 1T tokens, 64 H200")
    found = answered(
        hand, hardware__accelerator="h200-sxm", model__parameters=13e9, data__tokens=1e12, hardware__count=64
    )
    assert hand.headline == plain(found.estimate.headline)
    assert hand.headline.startswith(f"{cost(found)} and ")
    assert hand.headline.endswith(" days on 64 H200")
    assert hand.window.session.undo_stack.count() == 1


def test_2_the_best_model_for_300k_and_60_days(hand: Hand):
    """Solve, on the size of the model: by Besiroglu et al. 2024 no other size does better for the bill."""
    pytest.importorskip("isocost.ui.solve.panel")
    hand.find("budget 300K, deadline 60 days")
    hand.click(hand.window.findChild(QToolButton, "model.parameters.solve"))
    said = hand.reads(hand.window.findChild(QLabel, "solve.value"))
    size, tokens = (parse(each, "number") for each in said.removesuffix(" tokens").split(" on "))
    found = answered(hand, hardware__count=64, model__parameters=size, data__tokens=tokens)
    assert 0.99 * 300e3 < found.estimate.total.cost_usd <= 300e3
    assert found.estimate.total.wall_days <= 60.0

    def loss(size: float, tokens: float) -> float:
        return 1.8172 + 482.01 / size**0.3478 + 2085.43 / tokens**0.3658

    assert loss(size, tokens) < min(loss(size * by, tokens / by) for by in (0.7, 1.4))


def test_3_does_it_fit_and_with_which_parallelism(hand: Hand):
    hand.page("Fit")
    project = opened(hand)
    stage = answered(hand).estimate.stages[0]
    assert stage.fits
    assert stage.memory is not None
    held = sum(part.amount for part in stage.memory.parts) / 2**30
    assert hand.title("fit.memory").startswith(f"{held:.1f} of ")
    sure = "" if stage.memory.total * stage.memory.high <= (stage.memory.limit or 0.0) else "probably "
    assert f": {sure}fits, " in hand.title("fit.memory")
    fastest = max(
        fit_report(project, hand.window.session.catalog).rows, key=lambda row: row.tokens_per_s_per_gpu
    )
    assert (fastest.tp, fastest.pp, fastest.cp, fastest.ep) == (1, 1, 1, 1)
    states = {"zero1": "ZeRO-1", "zero3": "FSDP"}[fastest.sharding]
    assert hand.title("fit.layouts").startswith(f"DP{fastest.dp} {states} is fastest")


def test_4_which_gpu_is_cheapest_for_the_date(hand: Hand, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("isocost.ui.session.session.other_curves", other_curves)
    hand.window.session.open(opened(hand), None)
    hand.rest()
    hand.find("deadline 10 days")
    catalog, best = hand.window.session.catalog, {}
    for curve in (answered(hand).curve, *other_curves(opened(hand), catalog)):
        within = curve.cost_usd[(curve.days <= 10.0) & curve.fits]
        if curve.for_sale and len(within):
            best[catalog.accelerator(curve.accelerator).short_name] = float(within.min())
    first, second, *_ = sorted(best, key=lambda name: best[name])
    assert hand.title("by_hardware") == f"Within 10 days: {first}, then {second}"
    words = hand.window.findChild(QLabel, "by_hardware.change.0")
    assert hand.reads(words) == "What would change the winner"


def test_5_what_if_mfu_is_only_30_percent(hand: Hand):
    """The plan stands beside it as it was."""
    hand.find("mfu 30 %", CONTROL)
    base, slow = answered(hand), answered(hand, efficiency__mfu=0.3)
    more = slow.estimate.total.cost_usd / base.estimate.total.cost_usd - 1.0
    assert hand.title("columns") == f"MFU 30 % costs {plain(unsigned_share(more))} more than A"
    assert (
        hand.title("why")
        == f"Why B costs {plain(unsigned_share(more))} more than A: MFU, and the waste beside it"
    )
    assert hand.headline == plain(slow.estimate.headline)
    assert answer(hand.window.session.project, hand.window.session.catalog, 0).estimate == base.estimate


def test_6_how_sure_we_are(hand: Hand):
    found = risk(answered(hand).reckoning)
    enough = float(np.quantile(found.outcomes.cost_usd, 0.8))
    hand.find(f"budget {enough:.0f}")
    hand.page("Risk")
    assert (
        hand.title("risk.dots")
        .casefold()
        .endswith(f"four chances in five that {format_money(enough)} is enough".casefold())
    )
    low, high = (format_money(float(np.quantile(found.outcomes.cost_usd, at))) for at in (0.1, 0.9))
    doubt = hand.window.headline.doubt
    hand.sees(doubt)
    assert f"8 chances in 10: {low} to {high}" in doubt.text()


def test_7_what_the_headline_leaves_out(hand: Hand):
    hand.page("Ledger")
    missing = answered(hand).omissions
    counted = [each for each in missing if "." in each.path or each.path == "stages"]
    assert hand.title("scope") == f"{len(counted)} costs are not in this bill"
    assert hand.title("waterfall") == f"The run is the whole bill: {cost(answered(hand))}"


def test_8_what_a_week_late_costs(hand: Hand):
    hand.page("Ledger")
    slider = hand.window.findChild(LogSlider, "calendar.slip")
    places = [QPoint(round(slider.x_of(weeks)), slider.height() // 2) for weeks in (0.0, 0.5, 1.0)]
    hand.drag(slider, *places)
    late = answered(hand).slip(1.0)
    said = hand.reads(hand.window.findChild(QLabel, "calendar.slip_words"))
    assert said == f"+1 week: {format_money(late.total_usd)} more, all of it idle accelerators"


def test_9_until_how_many_more_accelerators_pay(hand: Hand):
    """Up to the knee twice as many are at least 1.5 times as fast, by the plan's own curve."""
    hand.page("Scale")
    curve = answered(hand).curve
    days = dict(zip(curve.counts.tolist(), curve.days.tolist(), strict=True))
    doubled = [n for n in sorted(days) if n // 2 in days and n % 2 == 0]
    pays = [n for n in doubled if days[n // 2] / days[n] >= 1.5]
    # More than one count may lie below the first that does not pay.
    knee = max(n for n in pays if n < min(set(doubled) - set(pays)))
    assert hand.title("scale.counts") == f"Knee at {knee:,}: up to there doubling pays"


def test_10_rent_or_buy(hand: Hand):
    hand.find("rent or buy")
    found = answered(hand).reckoning.rent_or_buy
    month = round(found.crossover_month)
    assert hand.title("rent_or_buy").endswith(f", buying pays after {month} months")
    note = hand.card("rent_or_buy").note
    assert f"breaks even at {100 * found.break_even_utilization:.1f} % utilization" in hand.reads(note)


def test_11_fine_tune_train_or_use_an_api(hand: Hand):
    """The card that has no answer yet leads to the input it lacks."""
    hand.find("train or API")
    hand.enter("10B")
    options = answered(hand, demand__tokens_per_day=10e9).options
    named = {"train": "Training", "api": "The API", "finetune": "Fine-tuning"}[options.cheapest]
    assert hand.title("api_or_own") == f"{named} is cheapest at 10B tokens a day"


def test_12_what_to_send_to_finance(hand: Hand):
    hand.key(Qt.Key.Key_E, CONTROL | SHIFT)
    found = answered(hand)
    page = QApplication.clipboard().text()
    assert page == markdown_text(found.estimate, questions(found))
    for part in ("8 chances in 10", "RunPod, secure cloud, 2026-11-09", "costs are not in this bill"):
        assert part in page


# And five more


def test_two_scenarios_compared(hand: Hand):
    hand.find("64 H200", CONTROL)
    base, other = answered(hand), answered(hand, hardware__accelerator="h200-sxm", hardware__count=64)
    change = other.estimate.total.cost_usd / base.estimate.total.cost_usd - 1.0
    more = f"costs {plain(unsigned_share(change))} {'more' if change > 0 else 'less'} than A"
    assert hand.title("columns") == f"64 H200 {more}"
    assert hand.headline == plain(other.estimate.headline)


@pytest.fixture
def few_claims(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library of one claim and a ladder of one accelerator, for which nobody has to wait."""
    catalog = window.session.catalog
    monkeypatch.setitem(vars(catalog), "claims", {"deepseek-v3": catalog.claims["deepseek-v3"]})
    monkeypatch.setattr(rungs, "ladder", partial(ladder, accelerators=frozenset({"h100-sxm"})))


def test_a_claim_checked(hand: Hand, few_claims: None):
    """6 x 70e9 x 1.4e12 FLOPs, 20 tokens a parameter, in 8 x 18 x 24 hours at 80 % of 989 TFLOP/s."""
    QApplication.clipboard().setText("70B from scratch, 8 H100, 18 days, $8,605")
    hand.page("Claims")
    hand.key(Qt.Key.Key_V, CONTROL)
    page = hand.window.pages.currentWidget()
    said = hand.reads(page.verdict.verdict)
    assert said.startswith("Impossible: 59 times too much work")


def test_a_figure_explained(hand: Hand):
    figure = hand.window.headline.sentence
    hand.click(figure, QPoint(20, figure.height() // 2))
    panel = hand.window.findChild(object, "explain")
    assert hand.reads(panel.value) == f"${answered(hand).estimate.total.cost_usd:,.2f}"


def test_what_matters_most(hand: Hand):
    hand.page("Risk")
    bars = tornado(risk(answered(hand).reckoning)).bars
    first = max(bars, key=lambda bar: bar.width_usd)
    low, high = sorted((first.cost_low_usd, first.cost_high_usd))
    said = hand.title("risk.tornado")
    assert said.startswith("What moves the cost most is ")
    assert f"{format_money(low)} to {format_money(high)}" in said


def test_what_sums_of_money_buy(hand: Hand, few_claims: None, qtbot):
    hand.find("ladder")
    card, catalog = hand.card("claims.ladder"), hand.window.session.catalog
    qtbot.waitUntil(lambda: SOLVING not in card.subtitle.text(), timeout=60_000)
    found = rungs.ladder(opened(hand), catalog, 0, date.today(), owned=False)
    assert hand.title("claims.ladder") == plain(ladder_view(found, catalog).said.finding)
    hand.sees(hand.window.findChild(QWidget, "claims.ladder.chart"))
