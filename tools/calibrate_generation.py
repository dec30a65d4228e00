"""Fit the vendor serving stack to measured throughput, hold groups out, and write ``resources/serving.yaml``.

    python tools/calibrate_generation.py            fit, hold out, write
    python tools/calibrate_generation.py --check    report the accuracy of the file as it stands

Each fitted figure starts at its ``prior`` and is held near it by ``width``; no constant belongs to one model
or one row. Groups held out are accelerator architectures and model families, one at a time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import yaml
from scipy.optimize import least_squares

from isocost.catalog import load
from isocost.catalog.constants.serving import ServingFacts, read_serving
from isocost.catalog.measured_generation import MeasuredGeneration, measured_generation, measured_rl
from isocost.engine.generation.deployment import Replica, ServingConstants
from isocost.engine.generation.rl import RlPhase, RlPlan, RlStack, rl_times
from isocost.engine.records import Accelerator, Transformer
from isocost.evidence.generation import measured_plan, predicted_rate
from isocost.paths import resource

FILE = resource("serving.yaml")

NOISE = 0.2
"""Scatter of the logarithm two releases of one benchmark may show; weighs rows against priors."""

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


def cases() -> list[Case]:
    """Every measured serving point."""
    catalog = load()
    return [
        Case(row, catalog.model(row.model).transformer, catalog.accelerator(row.accelerator).spec)
        for row in measured_generation()
    ]


def residual(case: Case, c: ServingConstants) -> float:
    """Logarithm of predicted over measured tokens/s."""
    rate = predicted_rate(case.row, case.t, case.a, c)
    return float(np.log(max(rate, 1e-6) / case.row.tokens_per_second_per_gpu))


def free_figures(profile: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fitted figures of a stack by path, those with a prior only."""
    found = {f"matmul.{name}": figure for name, figure in profile["matmul_efficiency"].items()}
    found |= {
        name: figure for name, figure in profile.items() if isinstance(figure, dict) and "value" in figure
    }
    return {name: figure for name, figure in found.items() if "prior" in figure}


def constants_of(base: ServingConstants, names: list[str], values: np.ndarray) -> ServingConstants:
    """``base`` with the named figures replaced; fp16 follows bf16."""
    shares = dict(base.matmul_efficiency)
    others: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        if name.startswith("matmul."):
            shares[name.removeprefix("matmul.")] = float(value)
        else:
            others[name] = float(value)
    shares["fp16"] = shares["bf16"]
    return replace(base, matmul_efficiency=shares, **others)


def fit(
    rows: list[Case], base: ServingConstants, figures: dict[str, dict[str, Any]]
) -> tuple[ServingConstants, np.ndarray, np.ndarray]:
    """(constants, values, standard errors of their logarithms) that suit ``rows`` and the priors."""
    names = list(figures)
    prior = np.log([figures[name]["prior"] for name in names])
    width = np.array([figures[name]["width"] for name in names])
    shares = np.array(
        ["share" in figures[name]["unit"] or "factor" in figures[name]["unit"] for name in names]
    )
    top = np.where(shares, np.log(0.95), 0.0)

    def misfit(x: np.ndarray) -> np.ndarray:
        c = constants_of(base, names, np.exp(x))
        errors = np.array([residual(case, c) for case in rows])
        return np.concatenate([errors / NOISE, (x - prior) / width])

    start = np.minimum(prior, top - 1e-3)
    solved = least_squares(misfit, start, loss="soft_l1", bounds=(-np.inf, top), diff_step=1e-3, max_nfev=25)
    errors = np.sqrt(np.diag(np.linalg.inv(solved.jac.T @ solved.jac)))
    return constants_of(base, names, np.exp(solved.x)), np.exp(solved.x), errors


def summary(errors: np.ndarray) -> str:
    """Median absolute error, bias and share within a factor of two."""
    size = np.median(np.abs(np.expm1(errors)))
    inside = np.mean(np.abs(errors) < np.log(2.0))
    bias = np.exp(np.median(errors))
    return f"{len(errors):4d} rows  median error {size:6.1%}  bias {bias:5.2f}  within 2x {inside:6.1%}"


def accuracy(errors: np.ndarray) -> dict[str, Any]:
    """The same three figures as the file keeps them."""
    size = np.median(np.abs(np.expm1(errors)))
    inside = np.mean(np.abs(errors) < np.log(2.0))
    return {"median_error": round(float(size), 3), "within_2x": round(float(inside), 3), "rows": len(errors)}


def hold_out(
    rows: list[Case], base: ServingConstants, figures: dict[str, dict[str, Any]], key: Callable[[Case], str]
) -> np.ndarray:
    """Residuals of every row under a fit that never saw its group."""
    errors = np.zeros(len(rows))
    for group in sorted({key(case) for case in rows}):
        c = fit([case for case in rows if key(case) != group], base, figures)[0]
        inside = [i for i, case in enumerate(rows) if key(case) == group]
        errors[inside] = [residual(rows[i], c) for i in inside]
        print(f"  without {group:12s} {summary(errors[inside])}")
    print(f"  together             {summary(errors)}")
    return errors


def quantiles(errors: np.ndarray, source: str) -> dict[str, Any]:
    """A spread: measured over predicted at 10, 50 and 90 %."""
    low, middle, high = np.exp(np.quantile(-errors, [0.1, 0.5, 0.9]))
    return {
        "p10": round(float(low), 3),
        "p50": round(float(middle), 3),
        "p90": round(float(high), 3),
        "rows": len(errors),
        "source": source,
    }


def generation_of(case: Case) -> str:
    """Accelerator generation: variants of one architecture ("Blackwell Ultra") are held out together."""
    return case.a.architecture.split()[0]


def wall_hours(t: Transformer, a: Accelerator, plan: RlPlan, stack: RlStack, gpus: float) -> float:
    """Simulated hours of a run. Raises ValueError where the policy does not fit: it was run, so it must."""
    (time,) = rl_times(t, a, plan, stack, gpus=[gpus])
    if time is None:
        raise ValueError(f"{t.name} does not fit on {gpus:.0f} x {a.name}, though it was run there.")
    return time.wall


def rl_ratios(stack: RlStack) -> list[tuple[str, bool, float]]:
    """(row, dense, measured over simulated step time) of each open-source step with published lengths."""
    catalog = load()
    found = []
    for row in measured_rl():
        plan = measured_plan(row)
        if plan is None:
            continue
        t, a = catalog.model(row.model).transformer, catalog.accelerator(row.accelerator).spec
        wall = wall_hours(t, a, plan, replace(stack, weights=row.weights), row.gpus)
        ratio = row.step_seconds / (wall * 3600.0)
        label = (
            f"{row.framework:12s} {row.model:16s} {row.gpus:4.0f} x {row.accelerator:9s} {row.schedule:12s}"
        )
        found.append((f"{label} {row.weights} {row.step_seconds:6.0f} s", not t.is_moe, ratio))
    return found


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


def write_unmodelled(content: dict[str, Any]) -> None:
    """Set both stacks' ratio of whole-run to simulated time from runs other than DeepSeek-R1's."""
    stack = read_serving(yaml.safe_dump(content)).rl_stack("open")
    ratios = np.array([ratio for _, _, ratio in rl_ratios(stack)])
    low, middle, high = (float(q) * WHOLE_RUN for q in np.quantile(ratios, [0.1, 0.5, 0.9]))
    ultra = ultra_ratio(stack)
    content["rl"]["open"]["unmodelled"] = {
        "low": round(low, 2),
        "central": round(middle, 2),
        "high": round(high, 2),
        "source": f"P10, P50, P90 of measured over simulated step time, {len(ratios)} NeMo-RL rows of "
        "measured_rl.csv, over 0.92 for the whole run",
    }
    content["rl"]["frontier"]["unmodelled"] = {
        "low": round(middle, 2),
        "central": round(float(np.sqrt(middle * ultra)), 2),
        "high": round(ultra, 2),
        "source": "low: median NeMo-RL step over its simulation, over 0.92 for the whole run; high: "
        "Llama-Nemotron Ultra, 140K H100-hours (arXiv 2505.00949), over its simulation; central: their "
        "geometric mean. "
        "DeepSeek-R1 and R1-Zero are not among them",
    }


def report_rl(serving: ServingFacts) -> None:
    """Print every open-source step against its simulation."""
    for label, dense, ratio in rl_ratios(serving.rl_stack("open")):
        print(f"{label}  predicted/measured {1.0 / ratio:5.2f}{'  dense' if dense else ''}")


def main() -> None:
    """Fit, hold out and write; or with --check only report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="report the file's accuracy without fitting")
    arguments = parser.parse_args()
    rows = cases()
    base = load().constants.serving.constants("vendor")
    if arguments.check:
        print(summary(np.array([residual(case, base) for case in rows])))
        report_rl(load().constants.serving)
        return
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    figures = free_figures(content["serving"]["vendor"])
    c, values, deviations = fit(rows, base, figures)
    seen = np.array([residual(case, c) for case in rows])
    print(f"in sample: {summary(seen)}")
    for figure, value, deviation in zip(figures.values(), values, deviations, strict=True):
        figure["value"] = float(f"{value:.3g}")
        figure["spread"] = round(float(deviation), 3)
        figure["source"] = f"{len(rows)} rows of measured_generation.csv"
    content["serving"]["vendor"]["matmul_efficiency"]["fp16"]["value"] = figures["matmul.bf16"]["value"]
    print("accelerator architectures held out:")
    by_chip = hold_out(rows, base, figures, generation_of)
    print("model families held out:")
    by_model = hold_out(rows, base, figures, lambda case: case.row.family)
    for kind in ("dense", "moe", "wide"):
        inside = [i for i, case in enumerate(rows) if case.kind == kind]
        both = np.concatenate([by_chip[inside], by_model[inside]])
        content["spreads"][kind] = quantiles(both, "rows held out by architecture and by family")
    far = np.array([generation_of(case) == "Blackwell" for case in rows])
    content["spreads"]["unmeasured"] = quantiles(
        by_chip[far], "Blackwell rows predicted without any Blackwell"
    )
    content["accuracy"] = {
        "in_sample": accuracy(seen),
        "generations_held_out": accuracy(by_chip),
        "families_held_out": accuracy(by_model),
    }
    content["measured_architectures"] = sorted({case.a.architecture for case in rows})
    write_unmodelled(content)
    body = yaml.safe_dump(content, sort_keys=False, width=110, allow_unicode=True)
    FILE.write_text(HEADER + body, encoding="utf-8")
    report_rl(read_serving(body))


if __name__ == "__main__":
    main()
