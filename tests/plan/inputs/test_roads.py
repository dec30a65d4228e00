"""What is put into a plan is read back, brings along what belongs to it, and has a way back."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.plan.answer.automatic import automatic
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.answer.results import result_of
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.programme_rows import LASTING
from isocost.plan.inputs.roads import NUMBER_ROADS, ROADS, put
from isocost.plan.inputs.table import CHOICES, NUMBERS, RECORDS
from isocost.plan.kinds import KINDS, RolloutPhase
from isocost.plan.project.editing import hold_sections
from isocost.plan.project.programme import Site
from isocost.plan.project.project import (
    GpuHoursStage,
    Hardware,
    ModelChoice,
    Place,
    Price,
    Project,
    Scenario,
    get_value,
    set_value,
)
from isocost.plan.values import BY_HAND, Layout
from tests.plan.programmes import CATALOG

TODAY = date(2026, 11, 29)
STAGES = tuple(new_stage(kind, CATALOG) for kind in KINDS)
PLAN = Project(
    name="Plan",
    scenarios=(
        Scenario(
            name="Base",
            model=ModelChoice(parameters=7e9),
            hardware=Hardware("h100-sxm", 64),
            price=Price(2.0, supplier="Lambda"),
            stages=STAGES,
        ),
    ),
)
"""A plan with a stage of every kind."""


def place_of(path: str) -> Place:
    """A stage that holds an input."""
    section, name = path.split(".")
    if hasattr(PLAN.scenarios[0], section):
        return Place()
    if section == "stage":
        return Place(stage=next(i for i, each in enumerate(STAGES) if hasattr(each, name)))
    held = "rl" if section == "phases" else section
    return Place(stage=next(i for i, each in enumerate(STAGES) if hasattr(each, held)))


def typed(path: str, value: object, project: Project = PLAN, at: Place | None = None) -> Project:
    return put(project, path, value, at=at or place_of(path), today=TODAY, catalog=CATALOG)


def shown(path: str, project: Project, at: Place | None = None) -> float | None:
    return NUMBER_ROADS[path].read(project, at or place_of(path), CATALOG, lambda: None).value


def values(path: str) -> st.SearchStrategy[float]:
    declared = NUMBERS[path]
    # A model is built to a size: as small as can be, its embeddings alone would be larger.
    low = declared.low if declared.section == "model" else declared.minimum
    if declared.integer:
        return st.integers(int(low), int(declared.maximum)).map(float)
    high = declared.high if declared.section == "model" else declared.maximum
    return st.floats(low, high, allow_subnormal=False)


@pytest.mark.parametrize("path", [path for path in NUMBERS if path != "model.active_parameters"])
@settings(max_examples=40)  # of each of a hundred inputs
@given(data=st.data())
def test_a_number_put_in_is_read_back(path, data):
    value = data.draw(values(path))
    after = typed(path, value)
    assert shown(path, after) == pytest.approx(value, rel=1e-9)
    stored = NUMBER_ROADS[path].held(after, place_of(path))
    if path != "model.parameters":
        assert stored == value
        assert isinstance(stored, int) is NUMBERS[path].integer


@given(share=st.floats(0.05, 1.0))
def test_active_parameters_put_in_are_read_back(share):
    after = typed("model.active_parameters", share * 7e9)
    assert shown("model.active_parameters", after) == pytest.approx(share * 7e9, rel=1e-3)
    assert shown("model.parameters", after) == pytest.approx(7e9)


@pytest.mark.parametrize("path", NUMBERS)
def test_a_reset_takes_back_what_was_put_in(path):
    road, at = NUMBER_ROADS[path], place_of(path)
    usual = road.reset(PLAN, at, CATALOG)
    assert road.at_default(usual, at, CATALOG)
    declared = NUMBERS[path]
    ends = (1e9,) if path == "model.active_parameters" else (declared.high, declared.low)
    changed = typed(path, next(end for end in ends if end != declared.default))
    back = road.reset(changed, at, CATALOG)
    assert road.at_default(back, at, CATALOG)
    if path == "stage.hours":  # a claim of hours has no usual value to go back to
        assert back == changed
        return
    assert not road.at_default(changed, at, CATALOG)
    assert road.held(back, at) == road.held(usual, at)


@pytest.mark.parametrize("path", CHOICES)
def test_a_choice_stores_its_words(path):
    names = {
        "model.name": ["Qwen3 8B", None],
        "distillation.teacher": ["Llama 3.1 405B"],
        "hardware.accelerator": ["b200", "h200-sxm"],
        "site.region": ["", "france"],
        "site.operator": ["hyperscaler"],
        "schedule.start": ["2027-01-15", ""],
    }
    if path in ("api.model", "finetune.supplier"):
        return
    for word in names.get(path) or [*CHOICES[path].options, *([None] if CHOICES[path].optional else [])]:
        held = ROADS[path].held(typed(path, word), place_of(path))
        assert (held.name if isinstance(held, ModelChoice) else held) == word


def test_a_typed_price_is_the_users_own_as_of_today():
    price = typed("price.usd_per_gpu_hour", 3.25).scenarios[0].price
    assert price == Price(3.25, supplier=BY_HAND, commitment="typed", date="2026-11-29")
    api = typed("api.usd_per_mtok_in", 0.5).scenarios[0].api
    assert (api.usd_per_mtok_in, api.supplier, api.model, api.source) == (0.5, BY_HAND, "", "")
    assert api.date == "2026-11-29"
    assert api.usd_per_mtok_out == PLAN.scenarios[0].api.usd_per_mtok_out


def test_the_usual_price_is_the_markets():
    card = CATALOG.default_price("h100-sxm")
    road = NUMBER_ROADS["price.usd_per_gpu_hour"]
    after = road.reset(PLAN, Place(), CATALOG)
    assert (after.scenarios[0].price.supplier, after.scenarios[0].price.date) == (card.supplier, card.date)
    unknown = typed("hardware.accelerator", "trainium3")
    assert road.reset(unknown, Place(), CATALOG) == unknown
    assert road.at_default(unknown, Place(), CATALOG)


def test_a_total_of_ones_own_keeps_the_share_of_active_parameters():
    named = typed("model.name", "DeepSeek-V3")
    total, active = (shown(f"model.{name}", named) for name in ("parameters", "active_parameters"))
    model = typed("model.parameters", 2 * total, named).scenarios[0].model
    assert model.name is None
    assert model.active_parameters == pytest.approx(2 * active)
    own = typed("model.name", None, named).scenarios[0].model
    assert (own.name, own.parameters, own.active_parameters) == (None, total, active)
    dense = NUMBER_ROADS["model.active_parameters"].reset(named, Place(), CATALOG)
    assert dense.scenarios[0].model == ModelChoice(parameters=total)


def test_all_parameters_active_is_a_dense_model():
    assert typed("model.active_parameters", 7e9).scenarios[0].model == ModelChoice(parameters=7e9)


def test_an_accelerator_brings_its_price_to_whoever_holds_the_hardware():
    card = CATALOG.default_price("b200")
    shared = typed("hardware.accelerator", "b200")
    assert shared.scenarios[0].hardware == Hardware("b200", 64)
    assert shared.scenarios[0].price.usd_per_gpu_hour == card.usd_per_gpu_hour
    assert [each.accelerator for each in shared.prices] == ["h100-sxm"]
    own = typed("hardware.accelerator", "b200", hold_sections(PLAN, ("hardware", "price"), 3), Place(stage=3))
    assert own.scenarios[0].hardware == PLAN.scenarios[0].hardware
    assert own.scenarios[0].stages[3].hardware == Hardware("b200", 64)
    assert own.scenarios[0].stages[3].price.usd_per_gpu_hour == card.usd_per_gpu_hour


@pytest.mark.parametrize(
    ("path", "kind", "price"),
    [
        ("api.model", "inference", "usd_per_mtok_in"),
        ("finetune.supplier", "fine-tune", "usd_per_mtok_trained"),
    ],
)
def test_a_quote_brings_its_price_and_its_source(path, kind, price):
    quote = next(q for q in CATALOG.constants.api_quotes if q.kind == kind and q.supplier != "OpenAI")
    section = getattr(typed(path, quote).scenarios[0], path.split(".")[0])
    assert getattr(section, price) == quote.usd_per_mtok_in
    assert (section.supplier, section.source, section.date) == (quote.supplier, quote.source, quote.date)


def test_one_claim_replaces_the_other():
    claim = GpuHoursStage(name="Claim", gpu_hours=1000.0)
    project = msgspec.structs.replace(
        PLAN, scenarios=(msgspec.structs.replace(PLAN.scenarios[0], stages=(claim,)),)
    )
    after = typed("stage.hours", 10.0, project, Place()).scenarios[0].stages[0]
    assert (after.hours, after.gpu_hours) == (10.0, None)


def test_a_phase_is_changed_alone():
    at = place_of("phases.cap")
    both = set_value(PLAN, "rl.phases", (RolloutPhase(10, 20, 30, 40),) * 2, stage=at.stage)
    after = typed("phases.cap", 50.0, both, Place(stage=at.stage, phase=1))
    assert get_value(after, "rl.phases", stage=at.stage) == (
        RolloutPhase(10, 20, 30, 40),
        RolloutPhase(10, 20, 30, 50),
    )
    assert shown("phases.cap", after, Place(stage=at.stage, phase=1)) == 50.0


def test_a_value_goes_where_the_stage_holds_it():
    own = hold_sections(PLAN, ("efficiency",), 0)
    after = typed("efficiency.mfu", 0.4, own)
    assert after.scenarios[0].efficiency.mfu is None
    assert after.scenarios[0].stages[0].efficiency.mfu == 0.4


def test_every_part_of_the_layout_can_be_pinned_and_left_to_the_search_again():
    project = PLAN
    for name in Layout.__struct_fields__:
        project = typed(f"layout.{name}", next(iter(CHOICES[f"layout.{name}"].options)), project)
    assert None not in msgspec.structs.astuple(project.scenarios[0].layout)
    for name in Layout.__struct_fields__:
        project = typed(f"layout.{name}", None, project)
    assert project.scenarios[0].layout == Layout()


# What fills in an input left empty


def of_all_kinds(path: str, project: Project = PLAN, with_answer: bool = True):
    found = answer(project, CATALOG) if with_answer else None
    return automatic(project, path, at=place_of(path), catalog=CATALOG, answer=found)


ALWAYS_GIVEN = ("model.parameters", "model.active_parameters", "stage.hours", "stage.gpu_hours")
"""A model has its counts, typed or of its shape; of two claims one is given."""
OFTEN_NONE = ("dataset.unique_tokens", "goal.budget_usd", "goal.deadline_days", "rl.generation_share")
"""Left empty, nothing stands for them."""


@pytest.mark.parametrize("path", [path for path, each in NUMBERS.items() if each.optional])
def test_an_input_left_empty_says_what_it_comes_to_and_why(path):
    filled = of_all_kinds(path)
    if path in (*ALWAYS_GIVEN, *OFTEN_NONE):
        assert filled is None
        return
    assert filled.value is not None
    assert filled.source
    assert shown(path, PLAN) in (filled.value, None)


def test_what_follows_from_the_estimate_is_unknown_before_it():
    for path in ("efficiency.mfu", "efficiency.goodput", "people.months"):
        assert of_all_kinds(path, with_answer=False).value is None
    assert of_all_kinds("people.months", with_answer=False).source == LASTING
    assert of_all_kinds("people.months").source.startswith(f"{LASTING}: ")


def test_an_estimate_of_other_stages_fills_nothing_in():
    found = estimate(PLAN, CATALOG)
    assert result_of(STAGES, found, 0) is found.stages[0]
    assert result_of(STAGES[::-1], found, 0) is None
    assert result_of((*STAGES, STAGES[0]), found, len(STAGES)) is None


def test_a_site_fills_in_what_its_region_and_operator_say():
    chosen = msgspec.structs.replace(PLAN.scenarios[0], site=Site(operator="own-room"))
    project = msgspec.structs.replace(PLAN, scenarios=(chosen,))
    assert of_all_kinds("site.pue", project, with_answer=False).value == 1.56
    assert "own server room" in of_all_kinds("site.pue", project, with_answer=False).source.lower()


def test_every_section_has_its_record():
    assert {each.split(".")[0] for each in ROADS} - set(RECORDS) == {"stage"}
