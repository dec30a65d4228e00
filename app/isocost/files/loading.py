"""Plan file -> Project."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.accelerators import of_several
from isocost.catalog.entries.prices import PriceCard
from isocost.files.errors import ContentError, FileError
from isocost.files.filling import filled
from isocost.files.migration import current_tree
from isocost.files.schema import convert, nearest_or_all
from isocost.files.text import bounded_text
from isocost.files.tree import parse_tree
from isocost.language import tr
from isocost.plan.inputs.locks import LOCKABLE
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.physics.shape import shape_flaw
from isocost.plan.project.currency import money_of
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Project, Scenario
from isocost.plan.project.quotes import offer_of
from isocost.plan.project.ranges import SEPARATOR
from isocost.plan.values import Currency, Efficiency, Hardware, ModelChoice
from isocost.quantities import DOLLAR, PLAIN, money_shown_in, numbers_marked

SMALLEST_RATE, LARGEST_RATE = 1e-6, 1e9
"""Units of a currency for one USD."""
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")
LARGEST_FILE = 1_000_000
"""Bytes; the presets take about a thousandth of it."""
MODEL_SUFFIX = ".json"
PLAN_SUFFIX = ".isocost"
LOOKED_AT = 64_000
"""Bytes in which a plan's own keys stand."""
_PLAN = re.compile(rb"^\s*[\"']?(isocost|scenarios)[\"']?\s*:", re.MULTILINE)


def is_plan(path: Path) -> bool:
    """Whether a file is to be opened as a plan: by its keys, or to have said why not."""
    if path.suffix.lower() == PLAN_SUFFIX:
        return True
    try:
        if not path.is_file():
            return path.suffix.lower() != MODEL_SUFFIX and not path.is_dir()
        with path.open("rb") as file:
            return _PLAN.search(file.read(LOOKED_AT)) is not None
    except (OSError, ValueError):
        return True


def load_project(path: Path, catalog: Catalog | None = None) -> Project:
    """Read a plan file.

    With a catalogue, the accelerators and models it names must exist too. Raises FileError with one sentence.
    """
    return parsed_plan(path, plan_text(path), catalog)


def plan_text(path: Path) -> str:
    """The text of a plan file, not yet understood. Raises FileError with one sentence."""
    return bounded_text(path, LARGEST_FILE, "a plan", "a YAML file")


def parsed_plan(path: Path, text: str, catalog: Catalog | None = None) -> Project:
    """The project of a plan file's text. Raises FileError with one sentence."""
    try:
        return parse_project(text, catalog)
    except ContentError as error:
        raise FileError(path, str(error)) from None


def parse_project(text: str, catalog: Catalog | None = None) -> Project:
    """The project a plan file's text describes. Raises ContentError with one sentence."""
    # Numbers are those of files, and what is wrong with one is said as the file has it.
    with money_shown_in(DOLLAR), numbers_marked(PLAIN):
        return _parsed(text, catalog)


def _parsed(text: str, catalog: Catalog | None) -> Project:
    tree = current_tree(parse_tree(text))
    if catalog is not None:
        tree = filled(tree, catalog)
    project = convert(tree)
    _check(project)
    if catalog is not None:
        _check_names(project, catalog)
        _known(lambda _: money_of(project.currency, catalog), project.currency.code, "currency.code")
        return with_obtainable_counts(project, catalog)
    return project


def _check(project: Project) -> None:
    """What types alone cannot say."""
    if not project.scenarios:
        raise ContentError(tr("scenarios: a plan needs at least one scenario."))
    names = [scenario.name for scenario in project.scenarios]
    for index, scenario in enumerate(project.scenarios):
        if scenario.name in names[:index]:
            raise ContentError(
                tr(
                    "scenarios[{index}].name: {name!r} is taken by another scenario.",
                    index=index,
                    name=scenario.name,
                )
            )
        if not scenario.stages:
            raise ContentError(
                tr("scenarios[{index}].stages: a scenario needs at least one stage.", index=index)
            )
        _check_own_runs(scenario.efficiency, f"scenarios[{index}]")
        for place, stage in enumerate(scenario.stages):
            _check_stage(stage, f"scenarios[{index}].stages[{place}]")
        _check_paths(scenario, f"scenarios[{index}]")
    offers = [offer_of(card) for card in project.prices]
    for index, (accelerator, supplier, terms) in enumerate(offers):
        if offers[index] in offers[:index]:
            raise ContentError(
                tr(
                    "prices[{index}]: {accelerator!r} of {supplier!r} on {terms!r} terms has a price "
                    "already.",
                    index=index,
                    accelerator=accelerator,
                    supplier=supplier,
                    terms=terms,
                )
            )
    _check_currency(project.currency)


def _check_currency(currency: Currency) -> None:
    if not _CURRENCY_CODE.fullmatch(currency.code):
        raise ContentError(
            tr("currency.code: must be three letters such as EUR, got {code!r}.", code=currency.code)
        )
    rate = currency.per_usd
    if rate is not None and not rate > 0:
        raise ContentError(tr("currency.per_usd: must be above 0, got {rate:g}.", rate=rate))
    if rate is not None and currency.code == "USD" and rate != 1:
        raise ContentError(
            tr("currency.per_usd: one USD is one USD, got {rate:g}; name another code.", rate=rate)
        )
    if rate is not None and not SMALLEST_RATE <= rate <= LARGEST_RATE:
        raise ContentError(
            tr(
                "currency.per_usd: must lie from {smallest_rate:g} to {largest_rate:g}, got {rate:g}.",
                smallest_rate=SMALLEST_RATE,
                largest_rate=LARGEST_RATE,
                rate=rate,
            )
        )


def _check_stage(stage: Stage, where: str) -> None:
    if flaw := kind_of(stage).flaw(stage):
        raise ContentError(f"{where}: {flaw}")
    _check_own_runs(getattr(stage, "efficiency", None), where)


def _check_own_runs(efficiency: Efficiency | None, where: str) -> None:
    """Speeds of own runs, and what they make of a prediction, are such that others can be told from them."""
    if efficiency is None or (own := efficiency.correction) is None:
        return
    place = f"{where}.efficiency.correction"
    _check_rise(place, low=own.low, factor=own.factor, high=own.high)
    for at, run in enumerate(own.measured):
        _check_rise(f"{place}.measured[{at}]", measured=run.measured)
        _check_rise(f"{place}.measured[{at}]", low=run.low, predicted=run.predicted, high=run.high)


def _check_rise(where: str, **values: float) -> None:
    """Refuse speeds, or factors on them, that are not above 0 or do not rise in their order."""
    told = list(values.values())
    if told == sorted(told) and told[0] > 0.0:
        return
    got = ", ".join(f"{name} {value:g}" for name, value in values.items())
    raise ContentError(
        tr("{where}: must be above 0, each at least the one before it, got {got}.", where=where, got=got)
    )


def _check_paths(scenario: Scenario, where: str) -> None:
    """Ranges and locks of one stage name a stage that is there, and locks an input that can be solved for."""
    names = [stage.name for stage in scenario.stages]
    held = [(f"{where}.ranges.{each.path}", each.stage) for each in scenario.ranges]
    for at, path in enumerate(scenario.locked):
        stage, _, name = path.rpartition(SEPARATOR)
        held.append((f"{where}.locked[{at}]", stage))
        if name not in LOCKABLE:
            raise ContentError(
                tr(
                    "{where}.locked[{at}]: {name!r} is no input that can be locked; {nearest_or_all}",
                    where=where,
                    at=at,
                    name=name,
                    nearest_or_all=nearest_or_all(name, LOCKABLE),
                )
            )
    for place, stage in held:
        # A path without a stage is of all stages, and several may go without a name.
        if stage and names.count(stage) > 1:
            raise ContentError(
                tr(
                    "{place}: {count} stages are called {stage!r}; give each a name of its own.",
                    place=place,
                    count=names.count(stage),
                    stage=stage,
                )
            )
        if stage and stage not in names:
            raise ContentError(
                tr(
                    "{place}: no stage is called {stage!r}; {nearest_or_all}",
                    place=place,
                    stage=stage,
                    nearest_or_all=nearest_or_all(stage, names),
                )
            )


def _check_names(value: object, catalog: Catalog, where: str = "") -> None:
    """Look up every accelerator and model named anywhere in a plan."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            _check_names(item, catalog, f"{where}[{index}]")
    if isinstance(value, Hardware | PriceCard):
        _known(catalog.accelerator, value.accelerator, f"{where}.accelerator")
    if isinstance(value, PriceCard):
        _of_one(value, catalog, where)
    if isinstance(value, ModelChoice) and (flaw := shape_flaw(value)):
        raise ContentError(f"{where}.{flaw}")
    if isinstance(value, ModelChoice) and value.name is not None:
        cure = tr(" Or write its parameters, or its shape, in place of the name.")
        _known(lambda name: catalog.model(name).transformer, value.name, f"{where}.name", cure)
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            _check_names(getattr(value, name), catalog, f"{where}.{name}" if where else name)


def _known(find: Callable[[str], object], name: str, where: str, cure: str = "") -> None:
    try:
        find(name)
    except CatalogError as error:
        raise ContentError(f"{where}: {error}{cure}") from None


def _of_one(quote: PriceCard, catalog: Catalog, where: str) -> None:
    """Refuse a quote under the name of an instance of several."""
    alias = catalog.alias(quote.accelerator)
    if alias is not None and (alias.count or 1) > 1:
        raise ContentError(f"{where}.accelerator: {of_several(quote.accelerator, alias)}")
