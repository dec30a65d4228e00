"""One door for changes, one undo step per gesture, one newest estimate."""

from __future__ import annotations

import gc
import threading

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.catalog import CatalogError, load
from isocost.plan.answer.estimate import estimate
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Project, set_value
from isocost.plan.values import Price
from isocost.ui.inputs.bindings import write_range
from isocost.ui.screenshot import settle
from isocost.ui.session import session as module


def set_tokens(session, tokens, gesture=None):
    session.set_value("data.tokens", tokens, f"Tokens {tokens:g}", gesture)


def test_changes_of_one_gesture_are_one_step(session):
    before = session.project
    drag = object()
    for tokens in (3e12, 4e12, 5e12):
        set_tokens(session, tokens, drag)
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "Tokens 5e+12"
    after = session.project
    session.undo_stack.undo()
    assert session.project == before
    session.undo_stack.redo()
    assert session.project == after


def test_two_gestures_are_two_steps_and_so_are_two_changes_without_one(session):
    set_tokens(session, 3e12, object())
    set_tokens(session, 4e12, object())
    set_tokens(session, 5e12)
    set_tokens(session, 6e12)
    assert session.undo_stack.count() == 4


def test_a_gesture_that_ends_where_it_began_leaves_nothing_to_undo(session):
    drag = object()
    start = session.value("data.tokens")
    set_tokens(session, 9e12, drag)
    set_tokens(session, start, drag)
    assert session.undo_stack.count() == 0
    assert not session.dirty


def test_the_same_value_again_is_no_change(session):
    set_tokens(session, session.value("data.tokens"))
    assert session.undo_stack.count() == 0


def test_the_history_is_bounded_and_a_dropped_start_is_never_called_saved(catalog, monkeypatch):
    monkeypatch.setattr(module, "UNDO_STEPS", 5)
    session = module.Session(new_project(catalog), catalog)
    every = []
    for step in range(12):
        set_tokens(session, (step + 1) * 1e12)
        every.append(session.project)
    assert session.undo_stack.count() == 5
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert session.project == every[-6]
    assert session.dirty
    session.close()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.lists(st.tuples(st.floats(1e9, 1e14), st.integers(0, 2)), max_size=12))
def test_undoing_everything_restores_the_first_project(session, changes):
    session.open(new_project(session.catalog), None)
    first = session.project
    gestures = [object(), object(), None]
    for tokens, which in changes:
        set_tokens(session, tokens, gestures[which])
    last = session.project
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert session.project == first
    while session.undo_stack.canRedo():
        session.undo_stack.redo()
    assert session.project == last


def test_many_changes_in_a_frame_are_one_estimate_of_the_last(session, qtbot):
    seen = []
    session.answered.connect(lambda answer: seen.append(answer.estimate))
    for tokens in (3e12, 4e12, 5e12):
        set_tokens(session, tokens)
    settle(session)
    # Once with the plan's own figures, once more with the curves of the other accelerators beside them.
    assert seen == [estimate(session.project, session.catalog)] * 2
    assert seen[0] is seen[1]
    assert session.answer.curve.accelerator == "h100-sxm"


def test_the_other_curves_follow_and_leave_out_the_active_accelerator(session, qtbot):
    session.refresh()
    settle(session)
    names = {curve.accelerator for curve in session.answer.others}
    assert len(names) > 3
    assert "h100-sxm" not in names


def test_nothing_is_called_cheapest_before_the_others_have_come(session, qtbot):
    seen = []
    session.answered.connect(lambda answer: seen.append((answer.awaited, len(answer.others))))
    session.refresh()
    settle(session)
    assert seen[0] == (True, 0)
    assert seen[-1] == (False, len(session.answer.others))
    session.set_value("data.batch_tokens", 2**22, "Batch")  # those of the last answer stand in
    settle(session)
    assert not any(awaited for awaited, _ in seen[1:])


def test_other_curves_that_need_no_search_come_with_the_estimate(session):
    session.refresh()
    settle(session)
    seen = []
    session.answered.connect(lambda answer: seen.append(cost_of(answer)))
    first = session.answer.others[0].accelerator

    def cost_of(answer):
        return next(c for c in answer.others if c.accelerator == first).cost_usd[-1]

    before = cost_of(session.answer)
    session.set_value("data.batch_tokens", 2**22, "Batch")
    settle(session)
    searched = cost_of(session.answer)
    assert seen == [before, searched]  # another batch is another search, which comes later
    assert searched != before
    session.set_value("data.tokens", 2 * session.value("data.tokens"), "Tokens")
    settle(session)
    assert seen[2:] == [cost_of(session.answer)]
    assert seen[2] > 1.5 * searched


def test_choosing_hardware_is_one_step_and_takes_the_market_price(session):
    session.choose_hardware("h200-sxm", 512)
    assert session.undo_stack.count() == 1
    scenario = session.current_scenario
    assert (scenario.hardware.accelerator, scenario.hardware.count) == ("h200-sxm", 512)
    card = session.catalog.default_price("h200-sxm")
    assert scenario.price.usd_per_gpu_hour == card.usd_per_gpu_hour
    assert scenario.price.source == card.source


def test_an_accelerator_without_a_known_price_takes_nobodys_quote(session):
    session.set_section("price", "Price", usd_per_gpu_hour=1.11, source="somewhere", date="2026-11-01")
    session.choose_hardware("trainium3", 256)
    assert session.current_scenario.price == Price(1.11, supplier="no price known")
    settle(session)
    (said,) = (each for each in session.estimate.warnings if each.field == "price.usd_per_gpu_hour")
    assert "No price of Trainium3 is known" in said.message
    session.choose_hardware("h20", 256)
    assert all(card.accelerator != "trainium3" for card in session.project.prices)


def test_a_typed_price_comes_back_with_its_accelerator(session):
    session.set_section("price", "Price", usd_per_gpu_hour=1.11)
    session.choose_hardware("h200-sxm", 256)
    session.choose_hardware("h100-sxm", 256)
    assert session.value("price.usd_per_gpu_hour") == 1.11


def test_a_project_the_engine_refuses_is_said_and_the_session_goes_on(session, qtbot, monkeypatch):
    def refuse(*_):
        raise CatalogError("No such thing as h1000.")

    settle(session)
    monkeypatch.setattr(module, "answer", refuse)
    with qtbot.waitSignal(session.failed) as said:
        set_tokens(session, 5e12)
    assert said.args == ["No such thing as h1000."]
    monkeypatch.undo()
    with qtbot.waitSignal(session.failed) as said:
        set_tokens(session, 6e12)
    assert said.args == [""]


def test_an_unexpected_error_is_said_too(session, qtbot, monkeypatch, caplog):
    monkeypatch.setattr(module, "answer", lambda *_: 1 / 0)
    with qtbot.waitSignal(session.failed) as said:
        session.refresh()
    assert "division by zero" in said.args[0]
    assert "ZeroDivisionError" in caplog.text


def test_a_failed_comparison_leaves_the_estimate(session, qtbot, monkeypatch, caplog):
    settle(session)
    monkeypatch.setattr(module, "other_curves", lambda *_: 1 / 0)
    with qtbot.waitSignal(session.comparison_failed) as said, qtbot.assertNotEmitted(session.failed):
        set_tokens(session, 5e12)
    assert "division by zero" in said.args[0]
    assert session.estimate == estimate(session.project, session.catalog)


def test_opening_forgets_history_and_selection(session):
    set_tokens(session, 9e12)
    project = msgspec.structs.replace(new_project(session.catalog), name="Other")
    session.open(project, None)
    assert session.project.name == "Other"
    assert not session.undo_stack.canUndo()
    assert not session.dirty


def test_saving_makes_it_clean_until_the_next_change(session, tmp_path, qtbot):
    set_tokens(session, 9e12)
    assert session.dirty
    with qtbot.waitSignal(session.dirty_changed):
        session.mark_saved(tmp_path / "plan.yaml")
    assert not session.dirty
    session.undo_stack.undo()
    assert session.dirty


@pytest.mark.parametrize("index", [-1, 5])
def test_a_stage_that_is_not_there_cannot_be_selected(session, index):
    session.select_stage(index)
    assert session.stage == 0


def test_what_comes_later_is_worked_out_once_for_equal_answers_and_forgotten_with_the_document(session):
    worked = []

    def work(answer):
        worked.append(answer)
        return answer.scenario.hardware.count

    later = session.later(work, lambda answer: answer.scenario.hardware)
    session.refresh()
    settle(session)
    for _ in range(2):
        later.ask(session.answer)
        settle(session)
    assert later.value == session.current_scenario.hardware.count
    assert len(worked) == 1
    session.set_value("hardware.count", 64, "Count")
    settle(session)
    later.ask(session.answer)
    assert session.busy
    settle(session)
    assert later.value == 64
    session.open(session.project, None)
    assert later.value is None
    settle(session)
    later.ask(session.answer)
    settle(session)
    assert later.value == 64


def test_a_goal_moves_no_figure_and_is_answered_without_reckoning(session, monkeypatch):
    session.refresh()
    settle(session)
    before = session.answer
    monkeypatch.setattr(module, "answer", lambda *_: pytest.fail("reckoned anew"))
    session.set_value("goal.budget_usd", 1e5, "Budget")
    settle(session)
    after = session.answer
    assert after is not before
    assert after.estimate is before.estimate
    assert after.others is before.others
    assert after.scenario.goal.budget_usd == 1e5
    assert after.comparison.budget_usd == 1e5
    session.undo_stack.undo()
    settle(session)
    assert session.answer.comparison.budget_usd is None
    assert session.answer.project == session.project


def test_a_goal_beside_another_change_is_reckoned(session):
    session.refresh()
    settle(session)
    before = session.answer
    session.apply(
        lambda project: set_value(set_value(project, "goal.budget_usd", 1e5), "data.tokens", 9e11), "Both"
    )
    settle(session)
    assert session.answer.scenario.goal.budget_usd == 1e5
    assert session.answer.estimate.total.cost_usd != before.estimate.total.cost_usd


def test_what_takes_longer_waits_for_a_rest_and_knows_whose_it_is(session, qtbot):
    session.refresh()
    settle(session)
    worked = []
    later = session.later(lambda of: worked.append(of) or of.scenario, lambda of: of.scenario)
    first = session.answer
    set_tokens(session, 9e11)
    settle(session)
    second = session.answer
    assert not later.is_done(first)
    later.ask(first, rest_ms=30)
    assert later.busy
    assert session.busy
    later.ask(second, rest_ms=30)
    settle(session)
    assert worked == [second]
    assert later.value == second.scenario
    assert later.is_of(second)
    assert later.is_done(second)
    assert not later.is_of(first)
    later.ask(second)
    assert not later.busy
    later.discard()
    assert not later.is_of(second)


def test_another_catalogue_is_reckoned_with_at_once(session, tmp_path):
    session.refresh()
    settle(session)
    (tmp_path / "own.yaml").write_text(
        "accelerators:\n"
        "- {id: ours, like: h100-sxm, name: Ours, short_name: Ours, source: me}\n"
        "- {id: h100-sxm, memory_bandwidth_gb_s: 1000, source: me}\n"
        "prices:\n"
        "- {accelerator: ours, usd_per_gpu_hour: 1, supplier: me, commitment: x, source: me,\n"
        "   date: 2026-11-01}\n"
    )
    before = session.answer.estimate.total.cost_usd
    session.take_catalog(load(tmp_path))
    settle(session)
    assert session.answer.estimate.total.cost_usd > before
    assert "ours" in {curve.accelerator for curve in session.answer.others}
    assert not session.dirty
    assert session.holds("h100-sxm")
    assert not session.holds("ours")
    session.choose_hardware("ours", 64)
    session.undo_stack.undo()
    assert session.holds("ours")  # a step that can be done again


def test_a_plan_of_several_stages_is_answered_beside_the_window_which_says_so(session, qtbot):
    settle(session)
    said, stood = [], []
    session.failed.connect(lambda words: (said.append(words), stood.append(session.answer)))
    project = new_project(session.catalog)
    stage = project.scenarios[0].stages[0]
    many = tuple(msgspec.structs.replace(stage, name=f"Run {i}") for i in range(3))
    session.open(
        msgspec.structs.replace(
            project, scenarios=(msgspec.structs.replace(project.scenarios[0], stages=many),)
        ),
        None,
    )
    qtbot.waitUntil(lambda: bool(said))
    assert said[0] == module.ESTIMATING
    assert stood[0] is None  # what stood was of another plan
    settle(session)
    assert len(session.answer.estimate.stages) == len(many)
    assert said[-1] == ""


def test_what_a_range_has_searched_anew_is_searched_beside_the_window(session, monkeypatch):
    answered_on, answer = [], module.answer

    def noted(*asked):
        answered_on.append(threading.current_thread())
        return answer(*asked)

    monkeypatch.setattr(module, "answer", noted)

    def answered_beside(do):
        do()
        settle(session)
        assert session.answer.project == session.project
        return answered_on[-1] is not threading.main_thread()

    assert not answered_beside(lambda: session.set_value("model.parameters", 8e9, "8B"))
    assert answered_beside(lambda: write_range(session, "data.batch_tokens", (1e6, None, 4e6)))
    assert not answered_beside(lambda: set_tokens(session, 9e12))
    assert answered_beside(lambda: session.set_value("model.parameters", 9e9, "9B"))
    assert not answered_beside(lambda: session.undo_stack.setIndex(1))  # without the range
    assert not answered_beside(lambda: write_range(session, "price.usd_per_gpu_hour", (1.0, None, 4.0)))


def test_a_long_drag_leaves_no_plans_in_memory(session):
    def plans() -> int:
        gc.collect()
        return sum(type(each) is Project for each in gc.get_objects())

    gesture, before = object(), plans()
    for step in range(200):
        set_tokens(session, (1.0 + step) * 1e9, gesture)
    settle(session)
    assert session.undo_stack.count() == 1
    assert plans() < before + 20
