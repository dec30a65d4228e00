"""A claim completed by its own arithmetic, and by what is usual where it tells nothing, which is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.claims import ClaimJob, ClaimPart
from isocost.catalog.names import normalised
from isocost.catalog.records import AcceleratorEntry, PublishedRun
from isocost.engine.architecture import training_flops_per_token
from isocost.language import later, tr
from isocost.plan.claims.claim import Claim
from isocost.plan.inputs.table import check
from isocost.plan.physics.resolve import Parameters, impossible_model, parameters_of, transformer_of
from isocost.plan.values import ModelChoice
from isocost.quantities import (
    DOLLAR,
    format_count,
    format_money,
    format_quantity,
    format_rounded,
    format_significant,
    money_shown_in,
    shown_money,
)

Taken = Literal["job", "accelerator", "tokens"]
"""What of a claim something usual stands in for."""
FROM_NOTHING: tuple[ClaimJob, ...] = ("pretrain", "total")
"""Jobs whose work is that of pre-training."""
ADAPTERS: tuple[ClaimJob, ...] = ("lora", "qlora")
WHOLE, FROZEN = 6.0, 4.0
"""FLOPs per parameter and token: every weight trained, or adapters beside frozen weights."""
SEQUENCE = 4096
"""Tokens a sequence is taken to have: what a new plan starts with."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure of a claim."""

    value: float
    words: str
    """How it comes about: "8 x 432 h = 3,456 GPU-hours"."""
    told: bool = True
    """False where it is taken, because the claim does not tell."""
    usual: bool = False
    """Whether it is only what is usual: nobody has published it of the model either."""
    follows: bool = False
    """Whether it is hours that money and price were divided for, none being told."""


@dataclass(frozen=True, slots=True)
class Work:
    """Floating-point operations a claim needs at the least."""

    flops: float
    words: str


@dataclass(frozen=True)
class Terms:
    """All that follows from a claim; None = it does not follow."""

    claim: Claim
    job: ClaimJob
    model: ModelChoice | None = None
    counted: Parameters | None = None
    entry: AcceleratorEntry | None = None
    count: float | None = None
    wall_hours: float | None = None
    gpu_hours: Amount | None = None
    price: Amount | None = None
    """USD per accelerator-hour, told or implied by hours and dollars."""
    usd: Amount | None = None
    tokens: Amount | None = None
    """All epochs together."""
    work: Work | None = None
    taken: Mapping[Taken, str] = field(default_factory=dict)
    """What stands in for what is not told, a sentence each."""
    missing: tuple[str, ...] = ()
    """What is not told and nothing stands in for."""
    problems: tuple[str, ...] = field(default=())

    @property
    def noun(self) -> str:
        """What one of its accelerators is called."""
        return self.entry.noun if self.entry is not None else "GPU"

    @property
    def accelerator(self) -> str:
        """The accelerator's short name."""
        return self.entry.short_name if self.entry is not None else tr("accelerator")

    @property
    def frozen(self) -> bool:
        """Whether only adapters are trained."""
        return self.job in ADAPTERS


def terms_of(claim: Claim, catalog: Catalog) -> Terms:
    """The claim completed."""
    problems: list[str] = []
    taken: dict[Taken, str] = {}
    job = claim.job or "pretrain"
    model, counted = _model(claim, catalog, problems)
    if claim.job is None and counted is not None:
        taken["job"] = tr("What was done is not told: training from scratch is taken.")
    entry = catalog.accelerators.get(claim.accelerator or "")
    hours = _hours(claim, entry, problems)
    if entry is None and hours is None and claim.usd is not None and counted is not None:
        entry, taken["accelerator"] = _usual_accelerator(claim, catalog)
    count, wall = _count(claim, hours)
    price, usd = _money(claim, hours)
    tokens = _tokens(claim, job, counted, catalog)
    if tokens is not None and not tokens.told:
        taken["tokens"] = tr("Tokens are not told: {words} are taken.", words=tokens.words)
    work = _work(claim, job, model, counted, tokens, catalog)
    return Terms(
        claim=claim,
        job=job,
        model=model,
        counted=counted,
        entry=entry,
        count=count,
        wall_hours=wall,
        gpu_hours=hours,
        price=price,
        usd=usd,
        tokens=tokens,
        work=work,
        taken=taken,
        missing=tuple(_missing(claim, counted, tokens, hours, usd)),
        problems=tuple(problems),
    )


def _usual_accelerator(claim: Claim, catalog: Catalog) -> tuple[AcceleratorEntry, str]:
    """That of the published run of a named model where it has a price, else the one most asked for."""
    for run in _own_runs(claim, catalog):
        if run.accelerator is not None and catalog.default_price(run.accelerator) is not None:
            entry = catalog.accelerator(run.accelerator)
            return entry, tr(
                "The accelerator is not told: {short_name}, as published of it, at its usual price is taken.",
                short_name=entry.short_name,
            )
    entry = catalog.accelerator(catalog.constants.claim_rules.accelerator.value[0])
    return entry, tr(
        "The accelerator is not told: {short_name} at its usual price is taken.",
        short_name=entry.short_name,
    )


def _own_runs(claim: Claim, catalog: Catalog) -> list[PublishedRun]:
    """Published runs that trained a named model from nothing, those whose figures agree first.

    Of the others only what is published of the model itself, not of one made out of it.
    """
    if claim.model is None:
        return []
    own = normalised(claim.model)
    runs = [run for run in catalog.runs_of(claim.model) if run.stage == "pretrain"]
    others = [run for run in runs if not run.trusted and run.evidence != "recalled"]
    named = [run for run in others if normalised(run.label).startswith(own)]
    return [run for run in runs if run.trusted] + named


def _model(
    claim: Claim, catalog: Catalog, problems: list[str]
) -> tuple[ModelChoice | None, Parameters | None]:
    """The model to compute with; None where its size is not known, or none has such a size."""
    if claim.model is not None:
        choice = ModelChoice(name=claim.model)
    elif claim.parameters is not None and claim.sparse and claim.active is None:
        problems.append(tr("Model: how many parameters of it work on a token is not told."))
        return None, None
    elif claim.parameters is not None:
        choice = ModelChoice(parameters=claim.parameters, active_parameters=claim.active)
        wrong = check("model.parameters", claim.parameters)
        if wrong is None and claim.active is not None:
            wrong = check("model.active_parameters", claim.active)
        if wrong := wrong or impossible_model(choice):
            problems.append(tr("Model: {wrong}", wrong=wrong))
            return None, None
    else:
        return None, None
    try:
        return choice, parameters_of(choice, catalog)
    except (CatalogError, ValueError) as error:
        problems.append(str(error))
        return None, None


def _hours(claim: Claim, entry: AcceleratorEntry | None, problems: list[str]) -> Amount | None:
    """Accelerator-hours, with the sum they come from."""
    noun = entry.noun if entry is not None else "GPU"
    by_time = claim.count * claim.hours if claim.count is not None and claim.hours is not None else None
    if claim.parts and all(_part_hours(part) is not None for part in claim.parts):
        total = sum(_part_hours(part) or 0.0 for part in claim.parts)
        sums = " + ".join(_part_words(part, noun) for part in claim.parts)
        return Amount(
            total, tr("{sums} = {count} {noun}-hours", sums=sums, count=format_rounded(total), noun=noun)
        )
    if claim.gpu_hours is not None:
        if by_time is not None and not 0.9 < by_time / claim.gpu_hours < 1.1:
            sums = f"{format_count(claim.count or 0)} x {format_quantity(claim.hours or 0, 'hours')}"
            hours = tr(
                "{count} {noun}-hours, not {count_2}",
                count=format_count(by_time),
                noun=noun,
                count_2=format_rounded(claim.gpu_hours),
            )
            problems.append(tr("{sums} are {hours}; those told are taken.", sums=sums, hours=hours))
        return Amount(
            claim.gpu_hours, tr("{rounded} {noun}-hours", rounded=format_rounded(claim.gpu_hours), noun=noun)
        )
    if by_time is not None and claim.count is not None and claim.hours is not None:
        wall = format_quantity(claim.hours, "hours")
        hours = format_quantity(by_time, "number") if by_time < 1 else format_rounded(by_time)
        return Amount(
            by_time,
            tr(
                "{count} x {wall} = {hours} {noun}-hours",
                count=format_count(claim.count),
                wall=wall,
                hours=hours,
                noun=noun,
            ),
        )
    if claim.usd is not None and claim.usd_per_gpu_hour is not None:
        value = claim.usd / claim.usd_per_gpu_hour
        rate = format_money(claim.usd_per_gpu_hour)
        return Amount(
            value,
            tr(
                "{dollars} / {rate} = {rounded} {noun}-hours",
                dollars=dollars(claim.usd),
                rate=rate,
                rounded=format_rounded(value),
                noun=noun,
            ),
            follows=True,
        )
    return None


def _part_hours(part: ClaimPart) -> float | None:
    if part.gpu_hours is not None:
        return part.gpu_hours
    return part.count * part.hours if part.count is not None and part.hours is not None else None


def _part_words(part: ClaimPart, noun: str) -> str:
    if part.gpu_hours is not None:
        return format_rounded(part.gpu_hours)
    return f"{format_count(part.count or 0)} x {format_quantity(part.hours or 0.0, 'hours')}"


def _count(claim: Claim, hours: Amount | None) -> tuple[float | None, float | None]:
    """How many accelerators, and hours of wall time; either from the other where hours are known."""
    count, wall = claim.count, claim.hours
    if hours is None:
        return count, wall
    if count is None and wall is not None:
        return max(1.0, round(hours.value / wall)), wall
    if count is not None and wall is None:
        return count, hours.value / count
    return count, wall


def _money(claim: Claim, hours: Amount | None) -> tuple[Amount | None, Amount | None]:
    """Price of an accelerator-hour, and dollars."""
    told, price = claim.usd, claim.usd_per_gpu_hour
    usd = Amount(told, tr("{dollars} told", dollars=dollars(told))) if told is not None else None
    if price is not None:
        rate = Amount(price, tr("{money} an hour, as told", money=format_money(price)))
        if usd is None and hours is not None:
            value = hours.value * price
            usd = Amount(value, f"{format_rounded(hours.value)} x {format_money(price)} = {dollars(value)}")
        return rate, usd
    if told is not None and hours is not None and hours.value > 0:
        value = told / hours.value
        words = tr(
            "{dollars} / {rounded} hours = {money} an hour",
            dollars=dollars(told),
            rounded=format_rounded(hours.value),
            money=format_money(value),
        )
        return Amount(value, words), usd
    return None, usd


def _tokens(claim: Claim, job: ClaimJob, counted: Parameters | None, catalog: Catalog) -> Amount | None:
    """Tokens trained on; of pre-training that tells none, the model's own or what is usual for it."""
    if claim.tokens is not None:
        value = claim.tokens * (claim.epochs or 1.0)
        words = tr("{quantity} tokens", quantity=format_quantity(value, "number"))
        return Amount(value, words) if check("data.tokens", value) is None else None
    if counted is None or job != "pretrain":
        return None
    if claim.flops is not None:
        value = claim.flops / (WHOLE * counted.active)
        words = tr("{quantity} tokens (FLOPs told / 6N)", quantity=format_quantity(value, "number"))
        return Amount(value, words) if check("data.tokens", value) is None else None
    published = _published_tokens(claim, catalog)
    if published is not None:
        words = tr("{quantity}, as published of it,", quantity=format_quantity(published, "number"))
        return Amount(published, words, told=False)
    each = catalog.constants.claim_rules.tokens_per_parameter.value
    value = each * counted.active
    words = tr(
        "{quantity}, {significant} a parameter,",
        quantity=format_quantity(value, "number"),
        significant=format_significant(each),
    )
    return Amount(value, words, told=False, usual=True) if check("data.tokens", value) is None else None


def _published_tokens(claim: Claim, catalog: Catalog) -> float | None:
    """Tokens that a named model is published to have read from nothing; None = nobody says."""
    return next((run.tokens for run in _own_runs(claim, catalog) if run.tokens), None)


def _work(
    claim: Claim,
    job: ClaimJob,
    model: ModelChoice | None,
    counted: Parameters | None,
    tokens: Amount | None,
    catalog: Catalog,
) -> Work | None:
    """The least work: the usual rule, or the count of the model's true shape where that is less."""
    if claim.flops is not None:
        return Work(claim.flops, tr("{scientific} FLOP told", scientific=scientific(claim.flops)))
    if model is None or counted is None or tokens is None:
        return None
    each = flops_each(job, catalog)
    usual = each * counted.active * tokens.value
    size, read = (format_quantity(x, "number") for x in (counted.active, tokens.value))
    words = f"{format_significant(each)} x {size} x {read} = {scientific(usual)} FLOP"
    if job == "rl":
        writes, trains = format_significant(each - WHOLE), format_significant(WHOLE)
        return Work(
            usual,
            tr(
                "{words}, {writes} to write a token and {trains} to train on it",
                words=words,
                writes=writes,
                trains=trains,
            ),
        )
    shape = transformer_of(model, catalog)
    sequence = float(claim.sequence or SEQUENCE)
    exact = float(training_flops_per_token(shape, sequence, frozen=job in ADAPTERS).total) * tokens.value
    # The embedding is looked up, not multiplied: the rule asks too much of small models.
    if claim.model is not None and exact < usual:
        return Work(
            exact,
            tr(
                "{scientific} FLOP by the model's true shape ({words} by the rule)",
                scientific=scientific(exact),
                words=words,
            ),
        )
    return Work(usual, words)


def flops_each(job: ClaimJob, catalog: Catalog) -> float:
    """The least FLOPs per active parameter and token: rollouts are written first, then trained on."""
    if job in ADAPTERS:
        return FROZEN
    return WHOLE + (catalog.constants.claim_rules.generation_flops.value if job == "rl" else 0.0)


def _missing(
    claim: Claim,
    counted: Parameters | None,
    tokens: Amount | None,
    hours: Amount | None,
    usd: Amount | None,
) -> Iterator[str]:
    if counted is None:
        yield later("active parameters") if claim.sparse else later("the model's size")
    if tokens is None or not tokens.told:
        yield later("tokens")
    if claim.accelerator is None:
        yield later("the accelerator")
    if hours is None:
        yield later("GPU-hours, or a number of GPUs and a time")
    if usd is None:
        yield later("dollars")


def scientific(value: float) -> str:
    """Floating-point operations as people write them: "5.9e23"."""
    return format_significant(value, 2).replace("e+", "e")


def dollars(value: float) -> str:
    """An amount as it is told, in the currency shown: whole from a thousand on, to the cent below."""
    unit = shown_money()
    size = unit.shown(value)
    return f"{unit.prefix}{format_count(size)}" if 1e3 <= size < 1e12 else format_money(value)


def as_told(usd: float, write: Callable[[float], str] = dollars) -> str:
    """A sum of a claim, which is told in dollars; where another currency is shown, in that one behind."""
    if shown_money().is_dollar:
        return write(usd)
    with money_shown_in(DOLLAR):
        told = write(usd)
    return f"{told} ({write(usd)})"


JOBS: dict[ClaimJob, str] = {
    "pretrain": tr("pre-training from scratch"),
    "sft": tr("training every weight of an existing model"),
    "lora": "LoRA",
    "qlora": "QLoRA",
    "rl": tr("reinforcement learning"),
    "total": tr("all stages together"),
}
"""What was done, in words."""
