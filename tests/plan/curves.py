"""Made-up curves that need no catalogue, for tests of comparisons."""

from __future__ import annotations

import numpy as np

from isocost.catalog.constants.all import AllConstants
from isocost.catalog.entries.prices import PriceCard
from isocost.plan.answer.across.comparison import Comparison
from isocost.plan.answer.across.curves import CostCurve
from isocost.plan.answer.results import Estimate, StageEstimate, Total
from isocost.plan.doubt.span import EstimateRange, Range

KINDS = {
    # id: label, GPU-hours on few accelerators, count at which it slows, USD per GPU-hour
    "h800-sxm": ("H800", 2.5e6, 20_000, 2.0),
    "h100-sxm": ("H100", 2.5e6, 26_000, 3.0),
    "b200": ("B200", 1.1e6, 9_000, 5.6),
    "mi300x": ("MI300X", 2.2e6, 6_000, 4.0),
    "a100-sxm-80gb": ("A100", 8.2e6, 30_000, 1.9),
    "gb200": ("GB200", 1.0e6, 40_000, 8.0),
    "tpu-v5p": ("TPU v5p", 4.5e6, 50_000, 2.9),
    "h200-sxm": ("H200", 2.4e6, 26_000, 3.8),
    "l40s": ("L40S", 7e6, 3_000, 1.6),
    "v100": ("V100", 2e7, 9_000, 1.1),
    "h20": ("H20", 1.2e7, 20_000, 1.4),
    "mi355x": ("MI355X", 1.3e6, 12_000, 5.4),
}
MAKERS = {
    "b200": ("NVIDIA", "Blackwell"),
    "gb200": ("NVIDIA", "Blackwell"),
    "mi300x": ("AMD", "CDNA3"),
    "mi355x": ("AMD", "CDNA4"),
    "a100-sxm-80gb": ("NVIDIA", "Ampere"),
    "l40s": ("NVIDIA", "Ada"),
    "v100": ("NVIDIA", "Volta"),
    "tpu-v5p": ("Google", "TPU"),
}
PALETTE = AllConstants().palette
STYLES = {name: PALETTE.style(name, *MAKERS.get(name, ("NVIDIA", "Hopper"))) for name in KINDS}
COUNTS = np.unique(8 * np.concatenate([2**k * np.array([4, 5, 6]) // 4 for k in range(2, 13)]))


def curve(accelerator: str = "h800-sxm", *, work: float = 1.0, fits_from: int = 64) -> CostCurve:
    label, hours, slows, price = KINDS[accelerator]
    gpu_hours = work * hours * (1 + COUNTS / slows)
    return CostCurve(
        accelerator=accelerator,
        label=label,
        price=PriceCard(accelerator, price, "a cloud", "specialist", "a page", "2026-11-01"),
        counts=COUNTS,
        days=gpu_hours / COUNTS / 24,
        cost_usd=gpu_hours * price,
        mfu=np.full(len(COUNTS), 0.4),
        fits=fits_from <= COUNTS,
    )


def estimate_at(active: CostCurve, count: int, *, ranged: bool = True) -> Estimate:
    at = int(np.flatnonzero(active.counts == count)[0])
    days, cost = float(active.days[at]), float(active.cost_usd[at])
    hours = days * 24 * count
    stage = StageEstimate(
        name="Pre-training",
        group="",
        kind="pretrain",
        cost_usd=cost,
        gpu_hours=hours,
        wall_days=days,
        accelerator=active.accelerator,
        accelerator_name=active.label,
        count=count,
        usd_per_gpu_hour=active.price.usd_per_gpu_hour,
        energy_kwh=1.0,
        co2_kg=1.0,
    )
    spread = EstimateRange(
        Range(0.88 * cost, cost, 1.2 * cost),
        Range(0.88 * days, days, 1.2 * days),
        cost,
        50.0,
    )
    return Estimate(
        project="Test",
        scenario="Base",
        stages=(stage,),
        total=Total(cost, hours, days, 1.0, 1.0),
        range=spread if ranged else None,
        ledger=(),
        groups=(),
        warnings=(),
        headline="",
        doubt="",
    )


def comparison(
    names: tuple[str, ...] = ("h800-sxm", "h100-sxm", "b200", "mi300x", "a100-sxm-80gb"),
    *,
    count: int = 2048,
    deadline_days: float | None = None,
    work: float = 1.0,
    fits_from: int = 64,
) -> Comparison:
    curves = [curve(name, work=work, fits_from=fits_from) for name in names]
    return Comparison(
        estimate=estimate_at(curves[0], count),
        active=curves[0],
        others=tuple(curves[1:]),
        count=count,
        saving=AllConstants().economics.notable_saving.value,
        deadline_days=deadline_days,
        styles=STYLES,
    )
