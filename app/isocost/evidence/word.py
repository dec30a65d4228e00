"""What a prediction rests on, in one word and one sentence: the rule of ``resources/evidence.yaml``.

*Guessed*: an efficiency behind it is borrowed from another architecture, or of a number format no run in the
fit uses there. *Measured*: a run alike in every size is in the data, its speed within our range of it.
*Extrapolated*: a size lies outside all that was measured of its kind and architecture, or no run is close.
*Near*: all else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.entries.measured_generation import measured_generation, measured_rl
from isocost.engine.architecture import parameters
from isocost.engine.records import Accelerator, Transformer
from isocost.evidence.nearest import NearRun, alike, beyond, closest, guesses
from isocost.evidence.points import OTHER_FAMILY, OTHER_KIND, OTHER_PART, SCALES, Point, format_measured
from isocost.language import tr
from isocost.quantities import format_count, format_share, format_significant, remembered_words

Word = Literal["measured", "near", "extrapolated", "guessed"]
WORDS: tuple[Word, ...] = get_args(Word)
"""From the firmest to the least firm."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a prediction rests on."""

    word: Word
    reason: str
    """Why, as a sentence."""


def weakest(found: Iterable[Evidence]) -> Evidence | None:
    """The least firm of several, the first of those as firm; None of none."""
    return max(found, key=lambda each: WORDS.index(each.word), default=None)


def training_evidence(plan: Point, name: str, catalog: Catalog) -> Evidence:
    """What the predicted speed of a training stage rests on; ``name`` is what its accelerator is called."""
    relatives = catalog.constants.efficiency.relatives
    if plan.accelerator.architecture in relatives or not format_measured(plan, catalog):
        return Evidence("guessed", guesses(plan, name, catalog)[0])
    same = alike(plan, catalog)
    if same is not None and same.p10 <= same.measured <= same.p90:
        return Evidence("measured", _measured_words(same))
    if outside := beyond(plan, catalog):
        return Evidence("extrapolated", outside)
    run, distance = closest(plan, catalog)
    where = catalog.accelerator(run.accelerator).short_name
    which = tr(
        "{model} on {count} {where} ({source})",
        model=run.model,
        count=format_count(run.accelerators),
        where=where,
        source=run.source,
    )
    if distance > catalog.constants.evidence.close:
        return Evidence("extrapolated", tr("None close is measured; nearest: {which}.", which=which))
    if same is not None:
        return Evidence(
            "near", tr("{measured_words}, outside our range.", measured_words=_measured_words(same)[:-1])
        )
    return Evidence("near", tr("Nearest measured: {which}.", which=which))


def _measured_words(run: NearRun) -> str:
    """What a run alike got, and what we say of it."""
    where = tr(
        "{model} on {count} {accelerator}",
        model=run.run.model,
        count=format_count(run.run.accelerators),
        accelerator=run.accelerator,
    )
    speed = format_count(run.measured) if run.measured >= 10 else format_significant(run.measured, 3)
    return tr(
        "Measured: {where} ({source}), {speed} tokens/s each, {compared}.",
        where=where,
        source=run.run.source,
        speed=speed,
        compared=_compared(run),
    )


def _compared(run: NearRun) -> str:
    """How far what was measured lies from what is predicted, as a share of that."""
    # The run's own error is the other way round: the prediction over what was measured.
    further = 1.0 / (1.0 + run.error) - 1.0
    share = format_share(abs(further), decimals=0)
    if round(abs(further), 2) == 0:
        return tr("as predicted")
    if further < 0:
        return tr("{share} less than predicted", share=share)
    return tr("{share} more than predicted", share=share)


@dataclass(frozen=True, slots=True)
class Rounds:
    """The size of a stage of rollout rounds, beside its model."""

    count: int
    """Accelerators."""
    longest: float
    """Tokens of a prompt and its longest response."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """Measured runs that generate text, as arrays over them."""

    names: tuple[str, ...]
    scales: NDArray[np.float64]
    """Binary logarithms of active parameters, parameters in all, accelerators and the longest text, NaN where
    that is not published; (4, runs)."""
    parts: NDArray[np.str_]
    families: NDArray[np.str_]
    mixtures: NDArray[np.bool_]


def writing_evidence(
    transformer: Transformer, accelerator: Accelerator, name: str, catalog: Catalog, rounds: Rounds | None
) -> Evidence:
    """What the predicted speed of generated text rests on.

    Args:
        name: what the accelerator is called.
        rounds: the size of a stage of rollout rounds; None where text is only written, whose speed on each
            accelerator does not depend on their number.
    """
    family, rule = accelerator.architecture, catalog.constants.evidence
    if family not in catalog.constants.serving.measured_architectures:
        return Evidence(
            "guessed",
            tr(
                "{name} generates with other accelerators' shares of peak; no {family} is in the fit.",
                name=name,
                family=family,
            ),
        )
    table = _benchmarks(catalog) if rounds is None else _rounds(catalog)
    counted = parameters(transformer)
    sizes = [float(counted.active), float(counted.total)]
    sizes += [1.0, 1.0] if rounds is None else [rounds.count, rounds.longest]
    apart = np.abs(table.scales - np.log2(sizes)[:, None])
    alike_in_kind = table.mixtures == transformer.is_moe
    same = alike_in_kind & (table.parts == accelerator.id) & (apart <= np.log2(rule.alike)).all(axis=0)
    what = tr("text generation") if rounds is None else tr("rollout rounds")
    if same.any():
        return Evidence(
            "measured", tr("Measured: {what} of {names}.", what=what, names=table.names[int(same.argmax())])
        )
    there = alike_in_kind & (table.families == family)
    if rounds is not None and there.any():
        most = 2.0 ** float(np.nanmax(table.scales[3, there]))
        if rounds.longest > most * rule.alike:
            longest = tr(
                "{count} tokens a response (at most {count_2})",
                count=format_count(rounds.longest),
                count_2=format_count(most),
            )
            kind = tr("mixture of experts") if transformer.is_moe else tr("dense model")
            return Evidence(
                "extrapolated",
                tr(
                    "Beyond all {what} measured of a {kind} on {family}: {longest}.",
                    what=what,
                    kind=kind,
                    family=family,
                    longest=longest,
                ),
            )
    distance = np.array(SCALES) @ np.nan_to_num(apart[[0, 2, 3]]) + OTHER_KIND * ~alike_in_kind
    distance += np.where(table.families == family, OTHER_PART * (table.parts != accelerator.id), OTHER_FAMILY)
    first = int(distance.argmin())
    if distance[first] > rule.close:
        return Evidence(
            "extrapolated",
            tr("None close is measured; nearest: {what} of {names}.", what=what, names=table.names[first]),
        )
    return Evidence("near", tr("Nearest measured: {what} of {names}.", what=what, names=table.names[first]))


@remembered_words(2)
def _benchmarks(catalog: Catalog) -> _Texts:
    runs = [(run.model, run.accelerator, run.gpus) for run in measured_generation()]
    found = _texts(runs, [1.0] * len(runs), catalog)
    return replace(found, scales=found.scales * np.array([[1.0], [1.0], [0.0], [0.0]]))


@remembered_words(2)
def _rounds(catalog: Catalog) -> _Texts:
    runs = [(run.model, run.accelerator, run.gpus) for run in measured_rl()]
    return _texts(runs, [run.longest_tokens or math.nan for run in measured_rl()], catalog)


def _texts(runs: Sequence[tuple[str, str, float]], longest: Sequence[float], catalog: Catalog) -> _Texts:
    chips = [catalog.accelerator(accelerator) for _, accelerator, _ in runs]
    models = [catalog.model(model).transformer for model, _, _ in runs]
    counted = [parameters(model) for model in models]
    sizes = [[float(c.active) for c in counted], [float(c.total) for c in counted], [run[2] for run in runs]]
    return _Texts(
        tuple(
            tr(
                "{model} on {count} {short_name}",
                model=model,
                count=format_count(count),
                short_name=chip.short_name,
            )
            for (model, _, count), chip in zip(runs, chips, strict=True)
        ),
        np.log2([*sizes, longest]),
        np.array([chip.spec.id for chip in chips]),
        np.array([chip.spec.architecture for chip in chips]),
        np.array([model.is_moe for model in models]),
    )
