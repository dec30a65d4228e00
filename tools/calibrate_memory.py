"""Fit the memory profiles of ``resources/memory.yaml`` to the measured peaks of published runs.

Run with ``python tools/calibrate_memory.py``; deterministic. For each profile with measured peaks, its own
constants are fitted by least squares on the logarithm of predicted over measured bytes, with a Cauchy loss
(some runs of a grid recompute or skip sequence parallelism without saying so) and bounds that keep each
constant physical. Runs that do not state recomputation are taken to have none. Where layouts that crashed are
known too, the allocator's gaps are the largest share of the activations that calls no more than 1 % of the
runs that ran too large. Prints the errors and writes the values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

from isocost.catalog.catalog import load
from isocost.catalog.entries.measured_training import MeasuredRun, failed_runs, held_out_runs, measured_runs
from isocost.engine.arrays import Array
from isocost.engine.training.memory import usable_bytes
from isocost.engine.training.states import MemoryProfile
from isocost.evidence.accuracy import as_reported
from isocost.evidence.predict import predict_specs
from isocost.evidence.ranges import weighted_quantiles
from isocost.evidence.rows.completion import stated_memory
from isocost.evidence.rows.measured_rows import run_spec

FILE = Path(__file__).resolve().parent.parent / "resources" / "memory.yaml"
SCALE = 0.05
"""Error (log) from which a run loses influence."""
FITTED = ("BLOOM chronicles", "Ultra-Scale Playbook (Nanotron)")
"""Sources a profile of their own is fitted to."""
STUDY = ("ScaleTorch Ascend 910B", "universal-llm-trainer")
"""Code written for study, whose tensors nobody plans with."""
REFUSED = 0.01
"""Share of runs that ran which may be called too large."""


@dataclass(frozen=True)
class Target:
    """A profile to fit: the runs that measured it and the bounds of its constants."""

    framework: str
    bounds: dict[str, tuple[float, float]]


TARGETS = {
    "nanotron": Target(
        framework="Nanotron",
        bounds={
            "gradient_bytes": (4.0, 6.0),
            "attention_copies": (0.0, 3.0),
            "ffn_copies": (1.0, 3.0),
            "logit_bytes": (2.0, 16.0),
            "working_layers": (0.0, 4.0),
            "allocated_bytes": (1e8, 2e9),
        },
    ),
    "megatron-deepspeed": Target(
        framework="Megatron-DeepSpeed",
        bounds={
            "gradient_bytes": (4.0, 6.0),
            "logit_bytes": (2.0, 28.0),
            "working_layers": (0.0, 4.0),
            "allocated_bytes": (1e8, 1.5e10),
        },
    ),
}


def measured(framework: str) -> list[MeasuredRun]:
    """The runs of a framework whose peak memory and layout are known."""
    return [
        run
        for run in measured_runs()
        if run.framework == framework and run.peak_memory_gb is not None and run.tp is not None
    ]


def fit(target: Target, start: MemoryProfile) -> tuple[MemoryProfile, Array]:
    """The fitted profile and each run's predicted over measured peak."""
    runs = measured(target.framework)
    catalog = load()
    specs = [run_spec(run, catalog) for run in runs]
    peaks = np.array([run.peak_memory_gb or np.nan for run in runs]) * 1e9
    names = list(target.bounds)
    low, high = np.array([target.bounds[name] for name in names]).T

    def profile(x: Array) -> MemoryProfile:
        return replace(start, **dict(zip(names, (low + x * (high - low)).tolist(), strict=True)))

    def ratio(x: Array) -> Array:
        return stated_memory(specs, profile(x)).allocated / peaks

    middle = np.full(len(names), 0.5)
    found = least_squares(
        lambda x: np.log(ratio(x)), middle, bounds=(0.0, 1.0), loss="cauchy", f_scale=SCALE, diff_step=1e-3
    )
    return profile(found.x), ratio(found.x)


def too_large(runs: Sequence[MeasuredRun], profile: MemoryProfile) -> float:
    """Share of runs that do not fit by a profile, each in its stated layout."""
    catalog = load()
    specs = [run_spec(run, catalog) for run in runs]
    capacity = np.array([usable_bytes(spec.accelerator) for spec in specs])
    return 1.0 - float(stated_memory(specs, profile).fits(capacity).mean())


def gaps(target: Target, profile: MemoryProfile) -> dict[str, float]:
    """The largest fragmentation that still lets the measured runs run; none where no crashes are known."""
    runs = measured(target.framework)
    crashed = [run for run in failed_runs() if run.framework == target.framework]
    if not crashed:
        return {}
    tried = [replace(profile, fragmentation=share / 100.0) for share in range(31)]
    found = max((each for each in tried if too_large(runs, each) <= REFUSED), key=lambda p: p.fragmentation)
    caught, refused = too_large(crashed, found), too_large(runs, found)
    print(f"  {len(crashed)} crashed: {caught:.1%} called too large, and {refused:.1%} of those that ran")
    return {"fragmentation": found.fragmentation}


def written(text: str, name: str, constants: Mapping[str, float]) -> str:
    """The YAML text with a profile's fitted constants replaced, everything else untouched."""
    head, body, rest = re.split(rf"(^  {name}:\n(?:    .*\n)+)", text, maxsplit=1, flags=re.MULTILINE)
    for constant, value in constants.items():
        shown = f"{value / 1e6:.0f}.0e+6" if value > 1e6 else f"{value:.3g}"
        body = re.sub(rf"^    {constant}: .*$", f"    {constant}: {shown}", body, flags=re.MULTILINE)
    return head + body + rest


def reported() -> tuple[float, float]:
    """Ends of what 9 measured peaks in 10 are over predicted ones; every source weighs alike."""
    catalog = load()
    runs = [
        run
        for run in (*measured_runs(), *held_out_runs())
        if run.peak_memory_gb
        and run.tokens_per_s
        and "doubtful" not in run.notes
        and run.source not in (*FITTED, *STUDY)
    ]
    specs = [run_spec(run, catalog) for run in runs]
    told = predict_specs(specs, catalog)
    logs, sources = [], []
    for run, spec, each in zip(runs, specs, told, strict=True):
        peak = each.peak_memory_gb or np.nan
        expected = as_reported(spec, peak, catalog.constants.memory, each.pooled_memory_gb)
        logs.append(np.log((run.peak_memory_gb or np.nan) / expected))
        sources.append(run.source)
    counts = {source: sources.count(source) for source in sources}
    weight = np.array([1.0 / counts[source] for source in sources])
    low, high = np.exp(weighted_quantiles(np.array(logs), weight, (0.05, 0.95))).tolist()
    medians = [np.median([a for a, s in zip(logs, sources, strict=True) if s == source]) for source in counts]
    typical = float(np.mean(np.abs(np.expm1(medians))))
    print(f"peaks of {len(counts)} sources: typical source {typical:.1%} off, range {low:.2f} to {high:.2f}")
    return low, high


def main() -> None:
    """Fit every target, print its errors and write the file."""
    profiles = load().constants.memory
    text = FILE.read_text(encoding="utf-8")
    for name, target in TARGETS.items():
        profile, ratio = fit(target, profiles.profiles[name].record())
        error = np.abs(ratio - 1.0)
        print(
            f"{name}: {len(ratio)} runs, median error {np.median(error):.1%}, 90th percentile "
            f"{np.quantile(error, 0.9):.1%}, bias {np.median(ratio) - 1.0:+.1%}"
        )
        fitted = {constant: getattr(profile, constant) for constant in target.bounds}
        text = written(text, name, fitted | gaps(target, profile))
    FILE.write_text(text, encoding="utf-8")
    low, high = reported()
    for name, value in (("low", low), ("high", high)):
        text = re.sub(rf"^  {name}: .*$", f"  {name}: {value:.3g}", text, count=1, flags=re.MULTILINE)
    FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
