"""Published runs of about a claim's size, on one basis: hours by 16-bit peak."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.records import PublishedRun
from isocost.engine.peaks import dense_peak
from isocost.engine.records import Accelerator
from isocost.language import tr
from isocost.plan.claims.named import same_size
from isocost.plan.claims.terms import FROM_NOTHING, Terms
from isocost.plan.kinds import GpuHoursStage
from isocost.plan.project.project import Price, Scenario
from isocost.plan.values import Hardware, ModelChoice
from isocost.quantities import format_money, format_quantity, format_rounded, within_factor


@dataclass(frozen=True, slots=True)
class Published:
    """A published run as if it had been on the claim's accelerator."""

    label: str
    date: str
    hours: float
    """Accelerator-hours of the claim's kind, by the ratio of 16-bit peaks."""
    words: str


def cheapest_published(terms: Terms, catalog: Catalog) -> Published | None:
    """Of the trusted pre-training runs of about the claim's size the one of the fewest hours; None = none."""
    if terms.counted is None or terms.entry is None or terms.job != "pretrain":
        return None
    spec = terms.entry.spec
    found = [
        (run.gpu_hours * _peak(catalog, run) / dense_peak(spec, "bf16")[0], run)
        for run in _of_its_size(terms, catalog)
        # Without its text hours say nothing, least of all those of a model of pictures.
        if run.gpu_hours and run.tokens
    ]
    if not found:
        return None
    hours, run = min(found, key=lambda each: each[0])
    return Published(run.label, run.date, hours, _words(hours, run, spec, terms))


def _peak(catalog: Catalog, run: PublishedRun) -> float:
    return dense_peak(catalog.accelerator(run.accelerator or "").spec, "bf16")[0]


def _words(hours: float, run: PublishedRun, spec: Accelerator, terms: Terms) -> str:
    read = tr(" for {quantity} tokens", quantity=format_quantity(run.tokens, "number")) if run.tokens else ""
    if run.accelerator == spec.id:
        return tr(
            "{count} {accelerator}-hours{read}",
            count=format_rounded(hours),
            accelerator=terms.accelerator,
            read=read,
        )
    return tr(
        "what {count} {accelerator}-hours would be by peak{read}",
        count=format_rounded(hours),
        accelerator=terms.accelerator,
        read=read,
    )


def same_run(terms: Terms, catalog: Catalog) -> PublishedRun | None:
    """The trusted published run of the claim's model that took about its hours, or cost its dollars."""
    if terms.claim.model is None or terms.job not in FROM_NOTHING:
        return None
    rules = catalog.constants.claim_rules
    for run in _from_nothing(terms.claim.model, catalog):
        if terms.gpu_hours is not None:
            where = terms.entry is not None and run.accelerator == terms.entry.spec.id
            same = where and _about(run.gpu_hours, terms.gpu_hours.value, rules.same_amount.value)
        else:
            told = terms.claim.usd if run.cost_kind == "reported" else None
            same = _about(run.cost_usd, told, rules.about_the_same.value)
        if same:
            return run
    return None


def as_fast(terms: Terms, catalog: Catalog) -> tuple[PublishedRun, float] | None:
    """A trusted published run of about the claim's size that was at least as fast, and the hours it means.

    By tokens read and by 16-bit peak: of the claim's text on the claim's accelerator.
    """
    if terms.counted is None or terms.entry is None or terms.gpu_hours is None or terms.tokens is None:
        return None
    if terms.job != "pretrain":
        return None
    told, peak = terms.gpu_hours.value, dense_peak(terms.entry.spec, "bf16")[0]
    found = [
        (run.gpu_hours * _peak(catalog, run) / peak * terms.tokens.value / run.tokens, run)
        for run in _of_its_size(terms, catalog)
        if run.gpu_hours and run.tokens
    ]
    fastest = min(found, key=lambda each: each[0], default=None)
    if fastest is None or fastest[0] > told * catalog.constants.claim_rules.same_amount.value:
        return None
    return fastest[1], fastest[0]


def _of_its_size(terms: Terms, catalog: Catalog) -> list[PublishedRun]:
    """Trusted published pre-training whose hours are told, of about as many parameters."""
    assert terms.counted is not None
    return [
        run
        for run in catalog.runs
        if run.trusted
        and run.stage == "pretrain"
        and run.gpu_hours
        and run.accelerator is not None
        and run.params_total is not None
        and run.params_active is not None
        and same_size(run.params_total, terms.counted.total, catalog)
        and same_size(run.params_active, terms.counted.active, catalog)
    ]


def known_hours(terms: Terms, catalog: Catalog) -> tuple[float, ...]:
    """Hours that trusted published runs of the claim's model took on its accelerator."""
    if terms.claim.model is None or terms.entry is None or terms.job not in FROM_NOTHING:
        return ()
    runs = _from_nothing(terms.claim.model, catalog)
    return tuple(run.gpu_hours for run in runs if run.gpu_hours and run.accelerator == terms.entry.spec.id)


def _from_nothing(model: str, catalog: Catalog) -> list[PublishedRun]:
    """Trusted runs that trained a model from nothing: all stages of one made from it took fewer hours."""
    runs = [run for run in catalog.runs_of(model) if run.trusted and run.stage in ("pretrain", "total")]
    least = max((run.gpu_hours or 0.0 for run in runs if run.stage == "pretrain"), default=0.0)
    return [run for run in runs if run.gpu_hours is None or run.gpu_hours >= least]


def _about(published: float | None, told: float | None, factor: float) -> bool:
    return bool(published and told) and within_factor((published or 1.0) / (told or 1.0), factor)


def run_words(run: PublishedRun, noun: str) -> str:
    """What a run took, in a few words, with its source."""
    took = tr("{count} {noun}-hours", count=format_rounded(run.gpu_hours), noun=noun) if run.gpu_hours else ""
    cost = format_money(run.cost_usd) if run.cost_usd and run.cost_kind == "reported" else ""
    return f"{run.label}, {', '.join(each for each in (took, cost) if each)} ({run.source})"


@dataclass(frozen=True, slots=True)
class PricedRun:
    """A published run as if it had been on one accelerator at one price."""

    label: str
    date: str
    """ISO month."""
    usd: float
    tuned: bool
    """Of an existing model, not from nothing."""
    source: str


def priced_runs(accelerator: str, usd_per_hour: float, catalog: Catalog) -> tuple[PricedRun, ...]:
    """Trusted published runs whose hours are told, by date: hours x ratio of 16-bit peaks x one price.

    ``total`` rows stand for their stages where these are told apart too: both are shown, never added.
    """
    peak = dense_peak(catalog.accelerator(accelerator).spec, "bf16")[0]
    found = [
        PricedRun(
            run.label,
            run.date,
            run.gpu_hours * (_peak(catalog, run) / peak) * usd_per_hour,
            run.stage not in ("pretrain", "total"),
            run.source,
        )
        for run in catalog.runs
        if run.trusted and run.gpu_hours and run.accelerator is not None
    ]
    return tuple(sorted(found, key=lambda each: each.date))


def as_published(run: PublishedRun) -> Scenario | None:
    """A run as a scenario: the hours it took, on its accelerators, at what it says they cost.

    None where the accelerators, how many, or the cost are not told.
    """
    if run.accelerator is None or not run.count or not run.cost_usd:
        return None
    hours = run.gpu_hours or (run.wall_days or 0.0) * 24.0 * run.count
    if hours <= 0.0:
        return None
    return Scenario(
        name=f"{run.label}, as published",
        model=ModelChoice(name=run.model),
        hardware=Hardware(run.accelerator, run.count),
        price=Price(
            usd_per_gpu_hour=run.cost_usd / hours,
            supplier=run.organisation,
            commitment="claim",
            source=run.source,
            date=run.date,
        ),
        stages=(GpuHoursStage(name="Training as published", gpu_hours=hours, note=run.note),),
    )
