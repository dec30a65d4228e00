"""What is usual of a transformer at each size, fitted to the catalogue's models. Part of ``make calibrate``.

Writes resources/usual_shapes.yaml. Widths of heads, vocabularies and tied embeddings are averages over models
near a size. Layers are those with which shapes of the table take as long to train as models of their size:
launches and narrow products take much of a small model's time, and a depth fitted to counts of layers alone
leaves what all other fields have in common as an error of the time. No number belongs to one model or maker.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from isocost.catalog import Catalog, load
from isocost.catalog.records import ModelEntry
from isocost.engine.architecture import parameters
from isocost.engine.records import Transformer, Workload
from isocost.engine.search.best import best_layouts
from isocost.engine.search.precomputed import Constants
from isocost.engine.shapes import UsualShapes, shape_for

OUT = Path(__file__).resolve().parent.parent / "resources" / "usual_shapes.yaml"
SINCE = "2023"
"""Models made public before are of another time: GPT-2 and OPT have few wide layers without gates."""
UNKNOWN = 1e8
"""Parameters below which no model of the picker is, so that those of research suites stand in."""
SIZES = tuple(1e9 * 2.0**k for k in (-6, -4.5, -3, -1.5, 0, 1, 2, 3, 4.5, 6, 7.5, 9))
"""15.6 million to 512 billion parameters, closest where models are most."""
NEAR = 0.4
"""Distance of log sizes at which a model counts for 0.6 of one of the size itself."""
DEPTHS = np.log(np.array([0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.2]))
"""Layers over a model's own at which the time of its size's shape is computed."""
CERTAIN = 0.03
"""Error of a log time below which errors pull less: between models that disagree a shape stands in the
middle, not with one of them."""
DEPTH_WEIGHT = 0.01
"""What an error of the depth counts beside one of the time: it decides where time hardly depends on depth."""
MIXTURE_SIZES = (1e9, 4e9, 1.6e10, 6.4e10)
"""Parameters met at which mixtures are told from dense models: too few are known to say more."""
MIXTURE_DEPTH_WEIGHT = 0.05
"""As ``DEPTH_WEIGHT``: mixtures of a size differ in more than depth, which is not to make up for it all."""
STEPS = (0.3, 0.1, 0.03, 0.01, 0.003)
"""Changes of log layers tried, largest first."""
ACCELERATORS = ("h100-sxm", "a100-sxm-80gb", "rtx4090")
SEQUENCES = (2048.0, 4096.0, 8192.0)
BATCH = 2.0**20
"""Tokens a step."""
COUNTS = ((0.0, (8.0, 64.0)), (2e10, (64.0, 1024.0)))
"""Accelerators, by the parameters from which on."""
HEAD = """\
# What is usual of transformers of a size, for shapes of which only the parameters are known; written by
# `make calibrate`: change tools/calibrate_shapes.py.
"""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """Models of known shape, each with its size and its weight in a fit."""

    models: tuple[ModelEntry, ...]
    sizes: Array
    """Logarithm of the parameters."""
    weights: Array
    """A maker counts as the root of its models."""

    @classmethod
    def of(cls, models: Sequence[ModelEntry]) -> Known:
        """Weigh models by their makers."""
        made = Counter(model.organisation for model in models)
        return cls(
            tuple(models),
            np.log([parameters(model.transformer).active for model in models]),
            np.array([made[model.organisation] ** -0.5 for model in models]),
        )

    def near(self, size: float) -> Array:
        """The weights about a log size."""
        return self.weights * np.exp(-0.5 * ((self.sizes - size) / NEAR) ** 2)

    def each(self, of: str) -> Array:
        """A field of every shape."""
        return np.array([float(getattr(model.transformer, of)) for model in self.models])


def known(catalog: Catalog, *, mixtures: bool = False) -> Known:
    """Models people know, dense ones or mixtures of experts, made public since ``SINCE``; no hybrids."""
    found = []
    for model in catalog.models.values():
        t = model.exact
        if t is None or (model.released or "") < SINCE or t.is_moe != mixtures:
            continue
        kinds = ("mha", "mla") if mixtures else ("mha",)
        plain = t.attention in kinds and not t.layer_table_width
        if plain and (model.named or parameters(t).total < UNKNOWN):
            found.append(model)
    return Known.of(found)


def weighted_median(values: Array, weights: Array) -> float:
    """The value half the weight lies below, between two of them by their weights."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(0.5 * weights.sum(), below, values[order]))


def averages(dense: Known, mixtures: Known) -> UsualShapes:
    """The table but for its layers, which are one of every size."""
    near = [dense.near(math.log(size)) for size in SIZES]
    heads, hidden = dense.each("heads"), dense.each("hidden")
    attention = np.log(heads * dense.each("head_dim") / hidden)
    vocabulary, tied = np.log(dense.each("vocabulary")), dense.each("tied_embeddings")
    gated = dense.each("gated") > 0.0
    grouped = heads <= 24.0
    met = (mixtures.each("top_k") + mixtures.each("shared_experts")) * mixtures.each("expert_ffn")
    return UsualShapes(
        parameters=SIZES,
        layers=(1.0,) * len(SIZES),
        moe_layers=(1.0,) * len(SIZES),
        attention=tuple(math.exp(np.average(attention, weights=each)) for each in near),
        vocabulary=tuple(
            np.exp(
                isotonic_regression(
                    [np.average(vocabulary, weights=each) for each in near],
                    weights=[each.sum() for each in near],
                ).x
            ).tolist()
        ),
        tied_embeddings=tuple(float(np.average(tied, weights=each)) for each in near),
        ffn=weighted_median((dense.each("ffn") / hidden)[gated], dense.weights[gated]),
        kv_heads=weighted_median((dense.each("kv_heads") / heads)[grouped], dense.weights[grouped]),
        moe_attention=weighted_median(
            mixtures.each("heads") * mixtures.each("head_dim") / mixtures.each("hidden"), mixtures.weights
        ),
        moe_ffn=weighted_median(met / mixtures.each("hidden"), mixtures.weights),
    )


class Clock:
    """Seconds of steps on several accelerators, counts and sequences, on the software most teams run."""

    def __init__(self, catalog: Catalog) -> None:
        known = catalog.constants
        self._constants = Constants(known.efficiency.record(), known.memory.for_stack("open"), "open")
        self._accelerators = [catalog.accelerator(name).spec for name in ACCELERATORS]

    def seconds(self, t: Transformer, size: float) -> Array:
        """Log seconds of a step wherever it fits; NaN where it does not. ``size`` is a log of parameters."""
        counts = np.array([each for least, each in COUNTS if math.exp(size) >= least][-1])
        kinds = len(self._accelerators)
        found = [
            best_layouts(
                t,
                [Workload(sequence, BATCH / sequence)] * kinds,
                self._accelerators,
                [counts] * kinds,
                self._constants,
            )
            for sequence in SEQUENCES
        ]
        times = [np.where(best.fits, best.seconds, np.nan) for each in found for best in each]
        logs: Array = np.log(np.array(times))
        return logs


def pulls(errors: Array) -> Array:
    """What errors cost: as they are, but for small ones, which cost their square."""
    cost: Array = np.hypot(errors, CERTAIN) - CERTAIN
    return cost


def curves(of: Known, usual: UsualShapes, clock: Clock) -> Array:
    """Log of the time of each model's size over its own, by ``DEPTHS``; (models, depths)."""
    rows = []
    for model, size in zip(of.models, of.sizes.tolist(), strict=True):
        own, count = clock.seconds(model.transformer, size), parameters(model.transformer)
        active = count.active if model.transformer.is_moe else None
        row = []
        for depth in DEPTHS.tolist():
            layers = (model.transformer.layers * math.exp(depth),) * len(SIZES)
            tried = replace(usual, layers=layers, moe_layers=layers)
            apart = clock.seconds(shape_for(count.total, tried, active), size) - own
            row.append(np.nanmedian(apart) if np.isfinite(apart).any() else 0.0)
        rows.append(row)
    return np.array(rows)


def cost(deeper: Array, times: Array, weights: Array, depth_weight: float) -> float:
    """What depths cost, as logs over those of the models, by the errors of time and depth they make."""
    inside = np.clip(deeper, DEPTHS[0], DEPTHS[-1])
    errors = np.array([np.interp(each, DEPTHS, row) for each, row in zip(inside, times, strict=True)])
    return float(np.sum(weights * (pulls(errors) + depth_weight * np.abs(deeper))) / weights.sum())


def cheapest(values: Array, priced: Callable[[Array], float]) -> Array:
    """Values in a row of least cost: one by one, and neighbours together, they move while that costs less."""
    least = priced(values)
    moves = [(i, j, sign) for i, j in combinations(range(len(values) + 1), 2) for sign in (1, -1)]
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for i, j, sign in moves:
                tried = values.copy()
                tried[i:j] += sign * step
                if (now := priced(tried)) < least - 1e-9:
                    values, least, moved = tried, now, True
    return values


def depths(of: Known, times: Array) -> Array:
    """Log layers of dense models at every size of the table."""
    rows, own = np.log(SIZES), np.log(of.each("layers"))
    near = np.array([np.average(own, weights=of.near(size)) for size in rows])
    return cheapest(
        near, lambda each: cost(np.interp(of.sizes, rows, each) - own, times, of.weights, DEPTH_WEIGHT)
    )


def mixture_depths(of: Known, times: Array, dense: Array) -> Array:
    """Log layers of mixtures at every size of the table: those of dense models, and more or fewer."""
    rows, few, own = np.log(SIZES), np.log(MIXTURE_SIZES), np.log(of.each("layers"))

    def layers(more: Array) -> Array:
        return dense + np.interp(rows, few, more)

    def priced(more: Array) -> float:
        deeper = np.interp(of.sizes, rows, layers(more)) - own
        return cost(deeper, times, of.weights, MIXTURE_DEPTH_WEIGHT)

    return layers(cheapest(np.zeros(len(few)), priced))


def fitted(dense: Known, mixtures: Known, clock: Clock) -> UsualShapes:
    """The whole table."""
    usual = averages(dense, mixtures)
    layers = depths(dense, curves(dense, usual, clock))
    deep = mixture_depths(mixtures, curves(mixtures, usual, clock), layers)
    return replace(usual, layers=tuple(np.exp(layers).tolist()), moe_layers=tuple(np.exp(deep).tolist()))


def three(value: float) -> float:
    return float(f"{value:.3g}")


def written(usual: UsualShapes, dense: Known, mixtures: Known) -> str:
    """The file's text."""
    columns = ("parameters", "layers", "moe_layers", "attention", "vocabulary", "tied_embeddings")
    rows = [
        {name: three(value) for name, value in zip(columns, row, strict=True)}
        for row in zip(*(getattr(usual, name) for name in columns), strict=True)
    ]
    source = (
        f"{len(dense.models)} dense models and {len(mixtures.models)} mixtures of experts of models.csv "
        f"made public since {SINCE}, each with its source there"
    )
    rest = ("ffn", "kv_heads", "moe_attention", "moe_ffn")
    tree = {"source": source, "sizes": rows, **{name: three(getattr(usual, name)) for name in rest}}
    return HEAD + yaml.safe_dump(tree, sort_keys=False, width=110)


def main() -> None:
    """Fit and write."""
    catalog = load()
    dense, mixtures = known(catalog), known(catalog, mixtures=True)
    usual = fitted(dense, mixtures, Clock(catalog))
    OUT.write_text(written(usual, dense, mixtures), encoding="utf-8")
    print(OUT.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
