"""Fit the vendor serving stack to measured throughput, hold groups out, and write ``resources/serving.yaml``.

    python tools/calibrate_generation.py            fit, hold out, write
    python tools/calibrate_generation.py --check    report the accuracy of the file as it stands

Each fitted figure starts at its ``prior`` and is held near it by ``width``; no constant belongs to one model
or one row. Groups held out are pairs of model and accelerator, accelerator architectures and model families,
one at a time. Rows marked ``apart`` are never fitted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import yaml
from scipy.optimize import least_squares

from isocost.catalog import load
from isocost.catalog.constants.physics.serving import EngineName, RolloutFigure, ServingFacts, read_serving
from isocost.catalog.entries.measured_generation import (
    MeasuredGeneration,
    MeasuredRl,
    measured_generation,
    measured_rl,
)
from isocost.engine.generation.deployment import Replica, ServingConstants
from isocost.engine.generation.rl import RlPhase, RlPlan, RlStack, RlTime, rl_times
from isocost.engine.records import Accelerator, Transformer
from isocost.evidence.generation import measured_plan, predicted_rates
from isocost.paths import resource
from isocost.quantities.units import SECONDS_PER_HOUR

FILE = resource("serving.yaml")

NOISE = 0.2
"""Scatter of the logarithm two releases of one benchmark may show; weighs rows against priors."""

ROWS_OF_A_GROUP = 12
"""Rows of one model on one accelerator from one source count as so many at most: they err together."""

PART_COUNTS = 0.5
"""What a part of a step counts beside the step itself: parts tell apart what sums cannot."""

MOST_PRECISE = 0.02
"""Share of a step below which what its parts leave is not told from their rounding."""

STEPS_OF_A_POLICY = 10
"""Steps of one policy in one framework count as so many at most."""

KINDS = ("dense", "moe", "wide")
"""Classes of the error, as ``Case.kind`` tells them."""

WHOLE_RUN = 1.0 / 0.92
"""Whole-run over step time: the median published whole-run MFU is 0.92 of the step's."""

HEADER = """\
# Constants of generation and reinforcement learning. tools/calibrate_generation.py writes the fitted figures,
# from resources/measured_generation.csv; the others hold what their source says. Spreads are measured over
# predicted throughput of rows held out of the fit.
"""


@dataclass(frozen=True)
class Case:
    """A measured row with its records found."""

    row: MeasuredGeneration
    t: Transformer
    a: Accelerator

    @property
    def kind(self) -> str:
        """Class of the error: dense, moe or wide."""
        if not self.t.is_moe:
            return "dense"
        return "wide" if self.row.ep > self.row.tp else "moe"


def cases(*, apart: bool = False) -> list[Case]:
    """Every measured serving point that is fitted, or every one kept apart."""
    catalog = load()
    return [
        Case(row, catalog.model(row.model).transformer, catalog.accelerator(row.accelerator).spec)
        for row in measured_generation()
        if row.apart == apart
    ]


Engines = Mapping[EngineName, ServingConstants]


def residuals(rows: list[Case], c: Engines) -> np.ndarray:
    """Logarithms of predicted over measured tokens/s."""
    predicted = predicted_rates([case.row for case in rows], load(), c)
    return np.log(np.maximum(predicted, 1e-6) / [case.row.tokens_per_second_per_gpu for case in rows])


def pair_of(case: Case) -> str:
    """Model and accelerator: what a plan asks about has mostly not been measured as a pair."""
    return f"{case.row.model} on {case.row.accelerator}"


def shares_of(groups: list[str]) -> np.ndarray:
    """What each row counts when every group of rows counts as one."""
    size = {group: groups.count(group) for group in set(groups)}
    return np.array([1.0 / size[group] for group in groups])


def free_figures(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fitted figures of both kinds of engine by path, those with a prior only."""
    profile = content["serving"]["vendor"]
    found = {f"matmul.{name}": figure for name, figure in profile["matmul_efficiency"].items()}
    found |= {
        name: figure for name, figure in profile.items() if isinstance(figure, dict) and "value" in figure
    }
    found |= {f"open.{name}": figure for name, figure in content["open"].items()}
    return {name: figure for name, figure in found.items() if "prior" in figure}


def engines_of(base: Engines, names: list[str], values: np.ndarray) -> Engines:
    """``base`` with the named figures replaced; fp16 follows bf16, and open engines what is not theirs."""
    given = {name: float(value) for name, value in zip(names, values, strict=True)}
    shares = dict(base["vendor"].matmul_efficiency)
    shares |= {name.removeprefix("matmul."): each for name, each in given.items() if "matmul." in name}
    shares["fp16"] = shares["bf16"]
    common: dict[str, Any] = {name: each for name, each in given.items() if "." not in name}
    own: dict[str, Any] = {name[5:]: each for name, each in given.items() if name.startswith("open.")}
    return {
        "vendor": replace(base["vendor"], matmul_efficiency=shares, **common),
        "open": replace(base["open"], matmul_efficiency=shares, **(common | own)),
    }


@dataclass(frozen=True)
class Fit:
    """Figures that suit measurements and priors, and how each measurement pulls at them."""

    x: np.ndarray
    """Logarithms of the figures."""
    top: np.ndarray
    """What they may not pass."""
    misfit: np.ndarray
    """Of every measurement, then of every prior."""
    slope: np.ndarray
    """The misfits' derivatives by ``x``."""

    def deviations(self) -> np.ndarray:
        """Standard errors of ``x``."""
        found: np.ndarray = np.sqrt(np.diag(np.linalg.inv(self.slope.T @ self.slope)))
        return found

    def without(self, out: list[int]) -> np.ndarray:
        """``x`` had the measurements ``out`` not been there: one Gauss-Newton step from the fit of all."""
        kept = np.delete(np.arange(len(self.misfit)), out)
        slope, misfit = self.slope[kept], self.misfit[kept]
        step = np.linalg.solve(slope.T @ slope, -slope.T @ misfit)
        found: np.ndarray = np.minimum(self.x + step, self.top)
        return found


def fitted_to(
    errors: Callable[[np.ndarray], np.ndarray],
    counted: np.ndarray,
    figures: dict[str, dict[str, Any]],
    steps: int,
    change: float,
) -> Fit:
    """Figures for which ``errors`` (logarithms, each counting ``counted``) and misfits of priors are least.

    ``change`` is the relative step that derivatives are taken over.
    """
    prior = np.log([figure["prior"] for figure in figures.values()])
    width = np.array([figure["width"] for figure in figures.values()])
    shares = [figure["unit"].startswith(("share", "factor")) for figure in figures.values()]
    top = np.where(shares, np.log(0.95), np.inf)

    def misfit(x: np.ndarray) -> np.ndarray:
        off = errors(np.exp(x)) / NOISE
        # Measurements far off count in step with their distance, not with its square; priors are not cut.
        off = np.sign(off) * np.sqrt(2.0 * (np.sqrt(1.0 + off * off) - 1.0))
        return np.concatenate([off * counted, (x - prior) / width])

    start = np.minimum(np.log([figure["value"] for figure in figures.values()]), top - 1e-3)
    solved = least_squares(
        misfit, start, bounds=(-np.inf, top), diff_step=change, max_nfev=steps, x_scale=width
    )
    return Fit(solved.x, top, solved.fun, solved.jac)


def fit(rows: list[Case], base: Engines, figures: dict[str, dict[str, Any]], steps: int = 25) -> Fit:
    """Figures of both kinds of engine that suit ``rows``."""
    names = list(figures)
    pairs = [f"{pair_of(case)}, {case.row.source}" for case in rows]
    counted = np.sqrt(np.minimum(1.0, ROWS_OF_A_GROUP * shares_of(pairs)))
    return fitted_to(lambda x: residuals(rows, engines_of(base, names, x)), counted, figures, steps, 1e-3)


def summary(errors: np.ndarray) -> str:
    """Median factor, bias and share within a factor of two."""
    size = np.exp(np.median(np.abs(errors)))
    inside = np.mean(np.abs(errors) < np.log(2.0))
    bias = np.exp(np.median(errors))
    return f"{len(errors):4d} rows  median factor {size:5.2f}  bias {bias:5.2f}  within 2x {inside:6.1%}"


def accuracy(errors: np.ndarray) -> dict[str, Any]:
    """The same figures as the file keeps them."""
    return {
        "median_error": round(float(np.median(np.abs(np.expm1(errors)))), 3),
        "median_factor": round(float(np.exp(np.median(np.abs(errors)))), 3),
        "within_2x": round(float(np.mean(np.abs(errors) < np.log(2.0))), 3),
        "rows": len(errors),
    }


def hold_out(
    rows: list[Case], fitted: Fit, engines: Callable[[np.ndarray], Engines], key: Callable[[Case], str]
) -> np.ndarray:
    """Residuals of every row under constants that its group had no part in."""
    errors = np.zeros(len(rows))
    for group in sorted({key(case) for case in rows}):
        inside = [i for i, case in enumerate(rows) if key(case) == group]
        errors[inside] = residuals([rows[i] for i in inside], engines(fitted.without(inside)))
        print(f"  without {group:40s} {summary(errors[inside])}")
    print(f"  together                                         {summary(errors)}")
    return errors


def spread(errors: np.ndarray, groups: list[str], source: str) -> dict[str, Any]:
    """Measured over predicted at 10, 50 and 90 %, every group counting as one.

    Rows of one group err together: what is new to the fit is a group, not a row.
    """
    low, middle, high = np.exp(weighted_quantiles(-errors, shares_of(groups)))
    return {
        "p10": round(float(low), 3),
        "p50": round(float(middle), 3),
        "p90": round(float(high), 3),
        "rows": len(errors),
        "source": source,
    }


def weighted_quantiles(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The 10, 50 and 90 % quantiles of ``values`` that count as ``shares``."""
    order = np.argsort(values)
    at = np.cumsum(shares[order]) - shares[order] / 2.0
    found: np.ndarray = np.interp([0.1, 0.5, 0.9], at / shares.sum(), values[order])
    return found


def spreads_beside(rows: list[Case], errors: np.ndarray) -> dict[str, Any]:
    """Spreads of fitted rows by kind: what a plan meets that was measured as a pair."""
    found = {}
    for kind in KINDS:
        inside = [i for i, case in enumerate(rows) if case.kind == kind]
        found[kind] = spread(errors[inside], [pair_of(rows[i]) for i in inside], "rows in the fit")
    return found


def coverage(errors: np.ndarray, groups: list[str]) -> float:
    """Share of rows inside P10-P90 of the other groups, every group counting as one."""
    inside, weights = np.zeros(len(errors)), shares_of(groups)
    for group in set(groups):
        own = np.array([each == group for each in groups])
        low, _, high = weighted_quantiles(-errors[~own], weights[~own])
        inside[own] = (-errors[own] >= low) & (-errors[own] <= high)
    return float(inside @ weights / weights.sum())


def generation_of(case: Case) -> str:
    """Accelerator generation: variants of one architecture ("Blackwell Ultra") are held out together."""
    return case.a.architecture.split()[0]


def wall_hours(t: Transformer, a: Accelerator, plan: RlPlan, stack: RlStack, gpus: float) -> float:
    """Simulated hours of a run. Raises ValueError where the policy does not fit: it was run, so it must."""
    (time,) = rl_times(t, a, plan, stack, gpus=[gpus])
    if time is None:
        raise ValueError(f"{t.name} does not fit on {gpus:.0f} x {a.name}, though it was run there.")
    return time.wall


@dataclass(frozen=True)
class Step:
    """A measured step of reinforcement learning as a plan."""

    row: MeasuredRl
    t: Transformer
    a: Accelerator
    plan: RlPlan

    def ratio(self, stack: RlStack) -> float:
        """Measured over simulated seconds."""
        return self.row.step_seconds / (self._hours(stack).wall * SECONDS_PER_HOUR)

    def errors(self, stack: RlStack) -> list[float]:
        """Logarithms of simulated over measured seconds: of the step, and of its parts where told."""
        hours, row = self._hours(stack), self.row
        pairs = [(hours.wall, row.step_seconds)]
        if row.generation_seconds is not None and row.update_seconds is not None:
            scoring = row.scoring_seconds or 0.0
            rest = row.step_seconds - row.generation_seconds - scoring - row.update_seconds
            pairs += [
                (hours.generation, row.generation_seconds),
                (hours.scoring + hours.update, scoring + row.update_seconds),
                (hours.overhead, max(rest, MOST_PRECISE * row.step_seconds)),
            ]
        return [float(np.log(own * SECONDS_PER_HOUR / measured)) for own, measured in pairs]

    def _hours(self, stack: RlStack) -> RlTime:
        stack = replace(stack, weights=self.row.weights)
        (time,) = rl_times(self.t, self.a, self.plan, stack, gpus=[self.row.gpus])
        if time is None:
            raise ValueError(
                f"{self.t.name} does not fit on {self.row.gpus:.0f} x {self.a.name}: it ran there."
            )
        return time

    @property
    def label(self) -> str:
        """The row in words."""
        row = self.row
        where = f"{row.gpus:4.0f} x {row.accelerator:9s} {row.schedule:12s} {row.weights}"
        return f"{row.framework:12s} {row.model:16s} {where} {row.step_seconds:6.0f} s"


def rl_steps(*, apart: bool = False) -> list[Step]:
    """Open-source steps with published lengths: those fitted, or those kept apart."""
    catalog = load()
    found = []
    for row in measured_rl():
        plan = measured_plan(row)
        if plan is not None and row.apart == apart:
            spec = catalog.accelerator(row.accelerator).spec
            found.append(Step(row, catalog.model(row.model).transformer, spec, plan))
    return found


def rl_figures(open_stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fitted figures of the open stack by field; those of its rollouts under their own names."""
    every = {**open_stack["rollouts"], **open_stack}
    return {name: figure for name, figure in every.items() if isinstance(figure, dict) and "prior" in figure}


def rl_stack_with(stack: RlStack, names: list[str], values: np.ndarray) -> RlStack:
    """``stack`` with the named figures replaced, those of its rollouts within its serving constants."""
    given: dict[str, Any] = {name: float(value) for name, value in zip(names, values, strict=True)}
    inner = {name: given.pop(name) for name in list(given) if name in get_args(RolloutFigure)}
    return replace(stack, serving=replace(stack.serving, **inner), **given)


def policy_of(step: Step) -> str:
    """Framework and policy: steps of one err together."""
    return f"{step.row.framework.split()[0]} {step.row.model}"


def fit_rl(content: dict[str, Any]) -> dict[str, RlStack]:
    """Set the open stack's fitted figures from measured steps, every policy of a framework counting alike.

    Returns the stack that every policy had no part in.
    """
    figures, steps = rl_figures(content["rl"]["open"]), rl_steps()
    stack, names = read_serving(yaml.safe_dump(content)).rl_stack("open"), list(figures)

    def errors(x: np.ndarray) -> np.ndarray:
        trial = rl_stack_with(stack, names, x)
        return np.concatenate([step.errors(trial) for step in steps])

    owner = np.repeat(np.arange(len(steps)), [len(step.errors(stack)) for step in steps])
    policies = [policy_of(step) for step in steps]
    counted = np.sqrt(np.minimum(1.0, STEPS_OF_A_POLICY * shares_of(policies)))[owner]
    # The step counts in full, each of its parts as much less as they are more.
    first = np.concatenate([[True], owner[1:] != owner[:-1]])
    counted = counted * np.where(first, 1.0, PART_COUNTS)
    fitted = fitted_to(errors, counted, figures, 6, 1e-2)
    for figure, value in zip(figures.values(), np.exp(fitted.x), strict=True):
        figure["value"] = float(f"{value:.3g}")
        figure["source"] = f"{len(steps)} steps of measured_rl.csv"
    unseen = {}
    for policy in sorted(set(policies)):
        out = np.flatnonzero(
            np.isin(owner, [i for i, each in enumerate(policies) if each == policy])
        ).tolist()
        unseen[policy] = rl_stack_with(stack, names, np.exp(fitted.without(out)))
        own = [step.ratio(unseen[policy]) for step in steps if policy_of(step) == policy]
        print(f"  without {policy:32s} {summary(-np.log(own))}")
    ratios = [step.ratio(unseen[policy_of(step)]) for step in steps]
    print(f"  policies held out                        {summary(-np.log(ratios))}")
    return unseen


def ultra_ratio(stack: RlStack) -> float:
    """Measured over simulated wall time of Llama-Nemotron Ultra's reasoning RL (arXiv 2505.00949, section 5).

    576 H100, 140,000 hours, about 500 steps of 72 prompts x 16 responses up to 24,576 tokens, generated in
    FP8 with TP8. Its shape is that of Llama 3.1 405B with layers removed until 253B remain; the mean response
    is not published and taken as 6,000 (4,000-8,000 move the ratio by 5 %).
    """
    catalog = load()
    t = replace(catalog.model("Llama 3.1 405B").transformer, layers=78.0)
    plan = RlPlan((RlPhase(500.0, 6000.0, 6000.0, 24576.0),), 72.0, 16.0, replica=Replica(8.0))
    measured = 140e3 / 576.0
    fp8 = replace(stack, weights="fp8")
    return measured / wall_hours(t, catalog.accelerator("h100-sxm").spec, plan, fp8, 576.0)


def write_unmodelled(content: dict[str, Any], unseen: Mapping[str, RlStack]) -> None:
    """Set both stacks' ratio of whole-run to simulated time from runs other than DeepSeek-R1's.

    ``unseen``: the stack that a policy had no part in, of every policy that was fitted.
    """
    stack = read_serving(yaml.safe_dump(content)).rl_stack("open")
    steps, apart = rl_steps(), rl_steps(apart=True)
    # A plan is of a policy that no step was measured of: each under figures it had no part in, and as one.
    policies = [policy_of(step) for step in (*steps, *apart)]
    stacks = [unseen.get(policy, stack) for policy in policies]
    every = np.array([step.ratio(own) for step, own in zip((*steps, *apart), stacks, strict=True)])
    alike = shares_of(policies)
    low, middle, high = (float(q) * WHOLE_RUN for q in weighted_quantiles(every, alike))
    ultra = ultra_ratio(stack)
    content["rl"]["open"]["unmodelled"] = {
        "low": round(low, 2),
        "central": round(middle, 2),
        "high": round(high, 2),
        "source": f"P10, P50, P90 of measured over simulated step time, {len(steps)} NeMo-RL and verl rows "
        f"of measured_rl.csv under fits without their policy and {len(apart)} kept apart, policies alike, "
        f"over 0.92 for the whole run",
    }
    content["rl"]["frontier"]["unmodelled"] = {
        "low": round(middle, 2),
        "central": round(float(np.sqrt(middle * ultra)), 2),
        "high": round(ultra, 2),
        "source": "low: the median policy of NeMo-RL and verl over its simulation, over 0.92 for the whole "
        "run; high: Llama-Nemotron Ultra, 140K H100-hours (arXiv 2505.00949), over its simulation; central: "
        "their geometric mean. "
        "DeepSeek-R1 and R1-Zero are not among them",
    }


def report_rl(serving: ServingFacts) -> None:
    """Print every open-source step against its simulation, those kept apart last."""
    stack = serving.rl_stack("open")
    low, _, high = stack.unmodelled
    for name, steps in (("fitted", rl_steps()), ("kept apart", rl_steps(apart=True))):
        ratios = np.array([step.ratio(stack) for step in steps])
        for step, ratio in zip(steps, ratios, strict=True):
            print(f"{step.label}  predicted/measured {1.0 / ratio:5.2f}  {name}")
        inside = np.mean((ratios * WHOLE_RUN >= low) & (ratios * WHOLE_RUN <= high))
        size = np.exp(np.median(np.abs(np.log(ratios))))
        print(f"{name}: {len(steps)} steps, median factor {size:.2f}, inside the range {inside:.0%}")


def main() -> None:
    """Fit, hold out and write; or with --check only report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="report the file's accuracy without fitting")
    arguments = parser.parse_args()
    rows, kept = cases(), cases(apart=True)
    serving = load().constants.serving
    base: Engines = {"vendor": serving.constants("vendor"), "open": serving.constants("open")}
    if arguments.check:
        print("fitted:    ", summary(residuals(rows, base)))
        print("kept apart:", summary(residuals(kept, base)))
        report_rl(load().constants.serving)
        return
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    figures = free_figures(content)
    fitted = fit(rows, base, figures)

    def engines(x: np.ndarray) -> Engines:
        return engines_of(base, list(figures), np.exp(x))

    c = engines(fitted.x)
    seen = residuals(rows, c)
    print(f"in sample:  {summary(seen)}")
    for figure, value, deviation in zip(figures.values(), np.exp(fitted.x), fitted.deviations(), strict=True):
        figure["value"] = float(f"{value:.3g}")
        figure["spread"] = round(float(deviation), 3)
        figure["source"] = f"{len(rows)} rows of measured_generation.csv"
    content["serving"]["vendor"]["matmul_efficiency"]["fp16"]["value"] = figures["matmul.bf16"]["value"]
    unseen = residuals(kept, c)
    print(f"kept apart: {summary(unseen)}")
    print("pairs of model and accelerator held out:")
    by_pair = hold_out(rows, fitted, engines, pair_of)
    print("accelerator architectures held out:")
    by_chip = hold_out(rows, fitted, engines, generation_of)
    print("model families held out:")
    by_model = hold_out(rows, fitted, engines, lambda case: case.row.family)
    content["measured_pairs"] = [list(pair) for pair in sorted({(case.t.name, case.a.id) for case in rows})]
    content["spreads_beside"] = spreads_beside(rows, seen)
    for kind in KINDS:
        inside = [i for i, case in enumerate(rows) if case.kind == kind]
        pairs = [pair_of(rows[i]) for i in inside]
        content["spreads"][kind] = spread(by_pair[inside], pairs, "pairs of model and accelerator held out")
        held = coverage(by_pair[inside], pairs)
        print(f"{kind}: P10-P90 of the other pairs holds {held:.0%} of a pair's rows")
    content["spreads"]["unmeasured"] = spread(
        by_chip, [pair_of(case) for case in rows], "accelerator architectures held out"
    )
    content["accuracy"] = {
        "in_sample": accuracy(seen),
        "pairs_held_out": accuracy(by_pair),
        "generations_held_out": accuracy(by_chip),
        "families_held_out": accuracy(by_model),
        "kept_apart": accuracy(unseen),
    }
    content["measured_architectures"] = sorted({case.a.architecture for case in rows})
    print("reinforcement learning:")
    write_unmodelled(content, fit_rl(content))
    body = yaml.safe_dump(content, sort_keys=False, width=110, allow_unicode=True)
    FILE.write_text(HEADER + body, encoding="utf-8")
    report_rl(read_serving(body))


if __name__ == "__main__":
    main()
