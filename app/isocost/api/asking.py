"""Questions to a plan: what it costs and takes, on what else, how sure, why, and asked backwards."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

from isocost.api.plans import Plan, PlanError, opened
from isocost.catalog import Catalog, CatalogError
from isocost.catalog import load as load_catalog
from isocost.evidence.generation import GenerationPrediction, predict_row
from isocost.evidence.predict import Prediction
from isocost.evidence.table import predict as predict_training
from isocost.files import load_runs
from isocost.files.imports.reading import Imported, read_file
from isocost.files.imports.source import Given
from isocost.plan.answer.across.curves import CostCurve, active_curve, other_curves
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.evaluation import FIGURES
from isocost.plan.doubt.risk import Risk, Spread
from isocost.plan.doubt.risk import risk as sampled
from isocost.plan.doubt.sampling import SAMPLES, SEED
from isocost.plan.explain.figures import Explainer, UnknownFigureError
from isocost.plan.inputs.table import check
from isocost.plan.money.arithmetic import cents
from isocost.plan.money.explain import Explanation
from isocost.plan.project.project import replace_scenario
from isocost.plan.solve.case import Case
from isocost.plan.solve.solution import Solution, Unknown, Wish
from isocost.plan.solve.solve import solve as solved
from isocost.report.decisions.doubting.doubt import spread_tree
from isocost.report.decisions.explain import unknown_said
from isocost.report.estimate_questions import LATE_WEEKS

TRAINING = ("model", "gpu", "n_gpus", "seq_len")
GENERATION = ("model", "gpu", "n_gpus", "precision", "isl", "osl", "metric")
"""Columns that rows to be predicted need."""


def estimate(plan: Plan | str | os.PathLike[str], scenario: str | None = None) -> Estimate:
    """What a plan costs, takes and emits, with its range and its warnings: ``isocost estimate``.

    >>> import isocost
    >>> found = isocost.estimate("startup-7b")
    >>> found.total.cost_usd == found.stages[0].cost_usd
    True
    >>> found.range.cost_usd.p10 < found.total.cost_usd < found.range.cost_usd.p90
    True

    Args:
        plan: a :class:`Plan`, a file, or the name of a preset.
        scenario: name of the scenario; None = the plan's own, or its first.

    Returns:
        ``total`` (USD, accelerator-hours, days, kWh, kg of CO2), ``stages`` (one each, in order; those
        switched off have ``enabled`` False), ``range`` (what 10, 50 and 90 in 100 stay below), ``ledger``
        (the lines of the bill with their arithmetic), ``warnings``, ``headline``. Shares are of 1.

    Raises:
        FileError: the plan cannot be read.
        CatalogError: no model has its parameters.
    """
    return opened(plan, scenario).answer().estimate


def curves(
    plan: Plan | str | os.PathLike[str], scenario: str | None = None, *, others: bool = True
) -> tuple[CostCurve, ...]:
    """Cost and time of a plan at every count of its accelerator, and of the others it is compared with.

    >>> import isocost
    >>> own, *rest = isocost.curves("startup-7b")
    >>> own.accelerator, own.counts.shape == own.days.shape == own.cost_usd.shape
    ('h100-sxm', True)

    Args:
        plan: a :class:`Plan`, a file, or the name of a preset.
        scenario: name of the scenario; None = the plan's own, or its first.
        others: whether other accelerators are searched too.

    Returns:
        The plan's own curve first. ``counts`` (accelerators, rising), ``days``, ``cost_usd``, ``mfu`` (share
        of the dense peak; NaN where nothing is trained) and ``fits`` are arrays of one entry a count;
        ``price`` is the rent it is reckoned at.

    Raises:
        FileError: the plan cannot be read.
        CatalogError: no model has its parameters.
    """
    of = opened(plan, scenario)
    own = active_curve(of.project, of.catalog, of.at)
    return (own, *other_curves(of.project, of.catalog, of.at)) if others else (own,)


def solve(
    plan: Plan | str | os.PathLike[str],
    unknown: Unknown,
    scenario: str | None = None,
    *,
    budget_usd: float | None = None,
    deadline_days: float | None = None,
    law: str | None = None,
    tokens_per_parameter: float | None = None,
    keep_count: bool = False,
    any_accelerator: bool = False,
) -> Solution:
    """The value of an input that holds a budget and a deadline, all else as planned: ``isocost solve``.

    >>> import isocost
    >>> found = isocost.solve("startup-7b", "tokens", budget_usd=300_000)
    >>> found.unit, found.feasible, found.choice.cost_usd <= 300_000
    ('tokens', True, True)

    Args:
        plan: a :class:`Plan`, a file, or the name of a preset.
        unknown: ``model``, ``tokens``, ``parameters``, ``count``, ``accelerator``, ``price``, ``mfu``,
            ``budget`` or ``deadline``.
        scenario: name of the scenario; None = the plan's own, or its first.
        budget_usd: None = the plan's goal.
        deadline_days: from the programme's first day to its last; None = the plan's goal.
        law: id of a law of loss; None = the usual one.
        tokens_per_parameter: tokens that follow the model's size; None = they stay.
        keep_count: whether the plan's count stays where it would be free.
        any_accelerator: whether every accelerator on offer is tried.

    Returns:
        ``value`` in ``unit`` (None = none does it), ``feasible``, ``choice`` (the plan with it: cost, days,
        accelerator, count), ``scan`` (all that was tried), ``alternatives``.

    Raises:
        WishError: the question makes no sense of this plan; a ValueError, as for an unknown word.
        FileError: the plan cannot be read.
    """
    of = opened(plan, scenario)
    wish = Wish(unknown, law, tokens_per_parameter, keep_count, any_accelerator)
    of.catalog.constants.laws.law(law)
    return solved(
        Case(_held_against(of, budget_usd, deadline_days).project, of.catalog, of.at, date.today()), wish
    )


def _held_against(plan: Plan, budget_usd: float | None, deadline_days: float | None) -> Plan:
    """The plan held against a budget and a deadline, its own where none is given. Raises PlanError."""
    wanted = {"budget_usd": budget_usd, "deadline_days": deadline_days}
    given = {name: float(value) for name, value in wanted.items() if value is not None}
    for name, value in given.items():
        if wrong := check(f"goal.{name}", value):
            raise PlanError(f"{name}: {wrong}")
    goal = msgspec.structs.replace(plan.scenario.goal, **given)
    scenario = msgspec.structs.replace(plan.scenario, goal=goal)
    return Plan(replace_scenario(plan.project, scenario, scenario=plan.at), plan.at, plan.catalog)


@dataclass(frozen=True)
class Chances:
    """What a plan may come to, as ``isocost risk`` has it: what 10, 50, 80 and 90 in 100 samples stay below.

    Each spread has ``p10``, ``p50``, ``p80``, ``p90``, ``base`` (the plan as it stands) and
    ``base_percentile`` (samples in 100 below it), without the last digits, which processors do not share.
    """

    cost_usd: Spread
    """Without the reserve, unless the plan has a range of it."""
    wall_days: Spread
    """Days of all stages."""
    programme_days: Spread
    """From the programme's first day to its last."""
    gpu_hours: Spread
    energy_kwh: Spread
    with_reserve_usd: float
    """The plan as it stands, with its reserve."""
    ask_usd: float
    """The sum that is enough in four cases of five."""
    sampled: Risk = field(repr=False)
    """Every sample: ``sampled.outcomes`` has an array of each figure above."""

    def chance_over(self, budget_usd: float) -> float:
        """Chance that the programme costs more than this, as a share of 1."""
        return self.sampled.chance_over(budget_usd)

    def chance_late(self, days: float) -> float:
        """Chance that the programme takes longer, from its first day to its last, as a share of 1."""
        return self.sampled.chance_late(days)

    def chance_both(self, budget_usd: float, days: float) -> float:
        """Chance that both hold, as a share of 1."""
        return self.sampled.chance_both(budget_usd, days)


def risk(
    plan: Plan | str | os.PathLike[str],
    scenario: str | None = None,
    *,
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Chances:
    """What a plan may come to, everything it does not know sampled through its whole bill: ``isocost risk``.

    >>> import isocost
    >>> found = isocost.risk("startup-7b", samples=2000)
    >>> found.cost_usd.p10 < found.cost_usd.p50 < found.cost_usd.p90
    True
    >>> found.sampled.outcomes.cost_usd.shape
    (2000,)
    >>> 0.0 < found.chance_over(found.cost_usd.p50) < 1.0
    True

    Args:
        plan: a :class:`Plan`, a file, or the name of a preset.
        scenario: name of the scenario; None = the plan's own, or its first.
        samples: how many.
        seed: the same seed gives the same samples, on every machine.

    Returns:
        A :class:`Chances`: spreads of cost (USD), days, accelerator-hours and energy (kWh), chances of a
        budget and a deadline, and the samples.

    Raises:
        FileError: the plan cannot be read.
        PlanError: there are no samples.
    """
    if samples < 1:
        raise PlanError(f"samples: at least one is needed, got {samples}.")
    found = sampled(opened(plan, scenario).answer().reckoning, samples, seed)
    tree = {name: Spread(**spread_tree(name, found.spread(name))) for name in FIGURES}
    return Chances(
        **tree,
        with_reserve_usd=cents(found.with_reserve_usd),
        ask_usd=cents(found.ask_usd),
        sampled=found,
    )


def explain(plan: Plan | str | os.PathLike[str], key: str, scenario: str | None = None) -> Explanation:
    """Where a figure of a plan comes from, down to inputs and sources: ``isocost explain``.

    >>> import isocost
    >>> found = isocost.explain("startup-7b", "total.cost_usd")
    >>> found.unit, found.value == isocost.estimate("startup-7b").total.cost_usd
    ('USD', True)

    Args:
        plan: a :class:`Plan`, a file, or the name of a preset.
        key: its place in the JSON of ``isocost estimate``, such as ``stages.0.mfu``; see :func:`figures`.
        scenario: name of the scenario; None = the plan's own, or its first.

    Returns:
        ``value`` in ``unit``, ``formula`` with values in it, ``source``, ``provenance``, and ``inputs``: the
        values in the formula, each such a record itself.

    Raises:
        PlanError: the plan has no such figure; the message has the nearest.
        FileError: the plan cannot be read.
    """
    try:
        return Explainer(opened(plan, scenario).answer(), LATE_WEEKS).of(key)
    except UnknownFigureError as error:
        raise PlanError(unknown_said(error.key, error.nearest)) from None


def figures(plan: Plan | str | os.PathLike[str], scenario: str | None = None) -> tuple[str, ...]:
    """The key of every figure that :func:`explain` opens.

    >>> import isocost
    >>> "stages.0.mfu" in isocost.figures("startup-7b")
    True
    """
    return Explainer(opened(plan, scenario).answer(), LATE_WEEKS).every_key()


def predict(
    runs: str | os.PathLike[str] | Iterable[Mapping[str, Any]] | Any,
    kind: Literal["training", "generation"] = "training",
    *,
    catalog: Catalog | None = None,
) -> tuple[Prediction | GenerationPrediction, ...]:
    """What the model says of runs described row by row: ``isocost predict``.

    >>> import isocost
    >>> row = {"model": "Llama 3 8B", "gpu": "H100", "n_gpus": 64, "seq_len": 8192, "precision": "bf16"}
    >>> (found,) = isocost.predict([row])
    >>> found.p10 < found.tokens_per_s < found.p90
    True

    Args:
        runs: a CSV file, rows as mappings from column to value, or a pandas frame. Training needs ``model``,
            ``gpu``, ``n_gpus`` and ``seq_len``, generation ``model``, ``gpu``, ``n_gpus``, ``precision``,
            ``isl``, ``osl`` and ``metric``; `isocost predict --help` names the other columns.
        kind: ``training`` or ``generation``.
        catalog: accelerators and models; None = what ships, and the user's own files.

    Returns:
        One record a row, in order. Of training ``tokens_per_s`` (of one accelerator) with ``p10`` and
        ``p90``, ``peak_memory_gb`` (1e9 bytes), ``fits``, ``evidence``; of generation
        ``tokens_per_second_per_gpu``. Where a row cannot be predicted they are None, of generation NaN, and
        ``note`` says why.

    Raises:
        FileError: the file cannot be read, or lacks a column.
        PlanError: rows lack a column.
    """
    if kind not in ("training", "generation"):
        raise PlanError(f"kind: training or generation, got {kind!r}.")
    needed = TRAINING if kind == "training" else GENERATION
    rows = _rows(runs, needed)
    known = load_catalog() if catalog is None else catalog
    if kind == "training":
        return tuple(predict_training(rows, known))
    return tuple(_generated(row, known) for row in rows)


def _generated(row: Mapping[str, str], catalog: Catalog) -> GenerationPrediction:
    try:
        return predict_row(row, catalog)
    except (CatalogError, ValueError, LookupError, ArithmeticError) as error:  # its own row alone
        return GenerationPrediction(math.nan, math.nan, math.nan, str(error) or type(error).__name__)


def _rows(runs: Any, needed: Sequence[str]) -> list[dict[str, str]]:
    if isinstance(runs, str | os.PathLike):
        return load_runs(Path(runs), needed)[1]
    listed = runs.to_dict("records") if hasattr(runs, "to_dict") else list(runs)
    rows = [{str(name).casefold(): _cell(value) for name, value in row.items()} for row in listed]
    for at, row in enumerate(rows):
        if missing := [name for name in needed if name not in row]:
            raise PlanError(f"row {at}: missing are {', '.join(missing)}.")
    return rows


def _cell(value: Any) -> str:
    """A value as a table has it: whole numbers without a point, nothing for what is not known."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    whole = isinstance(value, float) and math.isfinite(value) and value == int(value)
    return str(int(value)) if whole else str(value)


def import_file(
    path: str | os.PathLike[str],
    *,
    gpus: int | None = None,
    sequence: int | None = None,
    batch: int | None = None,
) -> Imported:
    """What a file of other software says: a model's configuration, settings, a log, prices.

    Args:
        path: the file; what it is, is told by its content.
        gpus: accelerators of the run, where the file does not say.
        sequence: tokens of a sequence, where the file does not say.
        batch: sequences of a step, where the file does not say.

    Returns:
        A record of its kind; ``as_json()`` has every field, None for what the file does not say.

    Raises:
        FileError: it cannot be read, or is none of the kinds that are known.
    """
    return read_file(Path(path), Given(gpus, sequence, batch))
