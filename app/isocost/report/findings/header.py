"""What the header says beside its sentence: figures, remarks, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import CurrencyRate
from isocost.catalog.records import AcceleratorEntry, named_for
from isocost.evidence.word import Evidence, Word
from isocost.language import tr
from isocost.plan.answer.headline import impossible, usage
from isocost.plan.answer.results import Estimate, StageEstimate
from isocost.plan.answer.warnings.ages import (
    newest_price,
    price_age_days,
    purchase_age,
    purchase_staleness,
    staleness,
)
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.doubt.ours import GOODPUT, PRICE
from isocost.plan.doubt.span import EstimateRange, RangePart
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.money.ownership import purchase_price
from isocost.plan.notice import Notice
from isocost.plan.physics.fitting import FitWord
from isocost.plan.project.project import Price, Project, Scenario, hardware_of, price_of
from isocost.plan.values import NO_PRICE
from isocost.quantities import (
    MoneyUnit,
    format_carbon,
    format_cents,
    format_count,
    format_counted,
    format_duration,
    format_energy,
    format_memory_of,
    format_money,
    format_quantity,
    format_share,
    format_significant,
    plain_spaces,
)
from isocost.report.findings.said import KeyFigure

Tone = Literal["quiet", "fine", "care", "stop"]

NO_ESTIMATE = tr("No estimate")
NO_WARNINGS = tr("No warnings")
RANGES = tr("Ranges")
RANGES_TIP = tr("On every tab, how far a figure may lie from the plan's: 8 chances in 10 (Ctrl+R)")
_EXPECTED = (((PRICE, "price."), tr("Price")), ((GOODPUT, "efficiency.goodput"), tr(GOODPUT)))
"""What people expect a range of: how doubts of it begin in any language, ours and the user's."""

_GRAVITY = {"stop": 0, "care": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Remark:
    """A few words under the sentence, and how they should feel."""

    text: str
    tone: Tone = "quiet"
    opens: str = ""
    """What a click on it opens: "range" = what the range is made of, "evidence" = one's own runs beside the
    model; empty = nothing."""
    spare: bool = False
    """Whether it may go where there is no room for all."""
    shorter: tuple[str, ...] = ()
    """The same in ever fewer words, for where its text has no room."""


def key_figures(estimate: Estimate, ranges: FigureRanges | None = None) -> tuple[KeyFigure, ...]:
    """Four figures at most, from left to right; none of a plan that cannot run or has nothing to run."""
    return tuple(figure.ranged(ranges) for figure in _key_figures(estimate))


def _key_figures(estimate: Estimate) -> tuple[KeyFigure, ...]:
    total, counted = estimate.total, _counted(estimate)
    if not counted or impossible(counted) is not None:
        return ()
    at = trained_at(estimate)
    trained = None if at is None else counted[at]
    number = partial(format_quantity, quantity="number")
    hours, note = number(total.gpu_hours), _hours_note(estimate)
    chosen = [
        KeyFigure(_hours_label(estimate), hours, note, "total.gpu_hours", total.gpu_hours, number),
    ]
    if len(estimate.groups) > 1:
        last = estimate.groups[-1]
        note = tr("{money} of the total", money=format_money(last.cost_usd))
        chosen.append(KeyFigure(last.name, format_share(last.share), note, _group_figure(estimate)))
    if trained is not None and trained.mfu is not None:
        note, share = (
            tr("of the {mfu_basis}", mfu_basis=trained.mfu_basis),
            partial(format_quantity, quantity="share"),
        )
        chosen.append(KeyFigure("MFU", share(trained.mfu), note, f"stages.{at}.mfu", trained.mfu, share))
        chosen += _speed(trained, f"stages.{at}.tokens_per_s")
    energy, carbon = format_energy(total.energy_kwh), format_carbon(total.co2_kg)
    chosen.append(
        KeyFigure(tr("Energy"), energy, carbon, "total.energy_kwh", total.energy_kwh, format_energy)
    )
    return tuple(chosen[:4])


def _group_figure(estimate: Estimate) -> str:
    """What explains the last group of stages: the rent of its one stage, else the rent of all."""
    names = [stage.name for stage in _counted(estimate)]
    last = estimate.groups[-1].name
    return f"stages.{names.index(last)}.cost_usd" if last in names else "rent"


@dataclass(frozen=True, slots=True)
class HeadlineFigure:
    """A figure in the words of the headline."""

    start: int
    """Place of its first letter."""
    text: str
    figure: str
    """Key by which it is explained."""


def headline_figures(estimate: Estimate) -> tuple[HeadlineFigure, ...]:
    """The figures in the headline that can be explained, from left to right."""
    counted, total = _counted(estimate), estimate.total
    if not counted or impossible(counted) is not None:
        return ()
    rent = sum(stage.cost_usd for stage in counted)
    found, end = [], 0
    for text, key in (
        (format_money(total.cost_usd), "total.cost_usd"),
        (format_money(rent), "rent"),
        (format_duration(total.wall_days), "total.wall_days"),
    ):
        at = estimate.headline.find(text, end)
        if at >= 0:
            found.append(HeadlineFigure(at, text, key))
            end = at + len(text)
    return tuple(found)


def trained_at(estimate: Estimate) -> int | None:
    """The place, among stages that count, of the one that takes most of the rent, if it has an MFU.

    A small stage's says little of the plan.
    """
    counted = _counted(estimate)
    most = max(range(len(counted)), key=lambda at: counted[at].cost_usd, default=None)
    return most if most is not None and counted[most].mfu is not None else None


def _counted(estimate: Estimate) -> list[StageEstimate]:
    return [stage for stage in estimate.stages if stage.enabled]


def _hours_label(estimate: Estimate) -> str:
    return named_for(estimate.noun, tr("GPU-hours"), heading=True)


def _hours_note(estimate: Estimate) -> str:
    """The rent of an hour: what surrounds the stages is not paid by the hour."""
    counted = _counted(estimate)
    prices = {stage.usd_per_gpu_hour for stage in counted}
    if len(prices) == 1:
        return tr("at {cents} an hour", cents=format_cents(prices.pop()))
    average = sum(stage.cost_usd for stage in counted) / max(estimate.total.gpu_hours, 1e-9)
    return tr("{cents} an hour on average", cents=format_cents(average))


def _speed(stage: StageEstimate, figure: str) -> Iterator[KeyFigure]:
    if stage.tokens_per_s_per_gpu is not None:
        rate = stage.tokens_per_s_per_gpu
        note = tr(
            "{count} per {noun}",
            count=format_count(rate) if rate >= 10 else format_significant(rate, 3),
            noun=stage.noun,
        )
        number = partial(format_quantity, quantity="number")
        yield KeyFigure("Tokens/s", number(rate * stage.count), note, figure, rate * stage.count, number)


def remarks(
    estimate: Estimate, project: Project, scenario: int, catalog: Catalog, today: date | None = None
) -> tuple[Remark, ...]:
    """How sure the estimate is, whether it fits, how old its prices are, its hours; the gravest first.

    Of the stages that count. The line they stand on ends where the window does.
    """
    found = [_doubt(estimate.doubt)] if estimate.doubt else []
    chosen = project.scenarios[scenario]
    stages = [stage for stage in chosen.stages if stage.enabled]
    if not stages:
        return ()
    if all(kind_of(stage).claimed for stage in stages):
        found.append(Remark(tr("hours taken as claimed")))
    found += _fit(estimate)
    found += _prices(chosen, stages, catalog, today)
    if estimate.evidence is not None:
        found.append(_evidence(estimate.evidence))
    for words in (usage(_counted(estimate)), (currency_words(estimate.money),)):
        found += [Remark(words[0], spare=True, shorter=words[1:])] if any(words) else []
    return tuple(sorted(found, key=lambda remark: _GRAVITY.get(remark.tone, len(_GRAVITY))))


def plain(said: Iterable[Remark]) -> tuple[Remark, ...]:
    """Remarks of a plan that is told without its ranges."""
    return tuple(each for each in said if each.opens != "range")


def _doubt(words: str) -> Remark:
    """How sure the cost is; that the plan is the middle of its range may go first."""
    middle, _, ends = words.partition("; ")
    named = tr("Median{reserve}; {said}", reserve="", said="").partition(";")[0]
    reserve = middle.removeprefix(named)
    return Remark(words, opens="range", shorter=(ends + reserve,) if middle.startswith(named) else ())


def _evidence(evidence: Evidence) -> Remark:
    """What a prediction rests on, in a few words beside it."""
    short = _SHORT_EVIDENCE.get(evidence.word)
    return Remark(_EVIDENCE[evidence.word], opens="evidence", shorter=(short,) if short else ())


_EVIDENCE: dict[Word, str] = {
    "measured": tr("a run like it is measured"),
    "near": tr("near measured runs"),
    "extrapolated": tr("extrapolated from measured runs"),
    "guessed": tr("partly guessed"),
}
_SHORT_EVIDENCE: dict[Word, str] = {
    "measured": tr("evidence: measured"),
    "near": tr("evidence: near"),
    "extrapolated": tr("extrapolated"),
}


def evidence_line(evidence: Evidence) -> str:
    """The word of a prediction with its reason, without the full stop."""
    return tr("Evidence: {word}. {reason}", word=tr(evidence.word), reason=evidence.reason).rstrip(".")


def fit_words(estimate: Estimate) -> str:
    """Whether every stage's memory fits, in a few words; empty where none has to."""
    return next((remark.text for remark in _fit(estimate)), "")


_FIT_TONES: dict[FitWord, Tone] = {
    "fits": "fine",
    "probably fits": "fine",
    "probably needs host memory": "care",
    "needs host memory": "care",
    "probably does not fit": "stop",
    "does not fit": "stop",
}


def _fit(estimate: Estimate) -> Iterator[Remark]:
    """Whether every stage's memory fits, with that of the tightest."""
    judged, word = [stage for stage in _counted(estimate) if stage.fits is not None], estimate.fit
    if word is None:
        return
    if any(stage.layout_problem for stage in judged):
        yield Remark(tr("impossible as pinned"), "stop")
        return
    filled = [stage.held for stage in judged if stage.held is not None and stage.held.limit]
    said, shorter, tone = tr(word), tuple[str, ...](), _FIT_TONES[word]
    # What generates without training has no breakdown, and may be the tightest.
    if filled and len(filled) == len(judged):
        tightest = max(filled, key=lambda breakdown: breakdown.total / (breakdown.limit or 1.0))
        held = format_memory_of(tightest.total, tightest.limit or 0.0)
        shorter = (said,)
        said = f"{said}, {held}" if tone == "fine" else tr("{said}, {held} on each", said=said, held=held)
    yield Remark(said, tone, shorter=shorter)


def _prices(
    scenario: Scenario, stages: Sequence[Stage], catalog: Catalog, today: date | None
) -> Iterator[Remark]:
    """What the rate of an hour rests on: a purchase, a rent and its age, or both."""
    paid, bought = [], dict[str, Remark]()
    for stage in stages:
        entry = catalog.accelerator(hardware_of(scenario, stage).accelerator)
        usd, _ = purchase_price(entry, scenario, catalog) if scenario.supply.owns else (None, "")
        if usd is not None:
            bought[entry.spec.id] = _purchase(usd, entry, scenario, catalog, today)
        if usd is None or scenario.supply.mode == "mixed":
            paid.append((price_of(scenario, stage), entry.spec.id))
    yield from bought.values()
    if paid:
        yield _price_age(paid, catalog, today)


def _purchase(
    usd: float, entry: AcceleratorEntry, scenario: Scenario, catalog: Catalog, today: date | None
) -> Remark:
    """At which purchase price an accelerator is owned, from when that is, and whether it is out of date."""
    own = scenario.ownership.usd_per_accelerator is not None
    typed = own and entry.spec.id == scenario.hardware.accelerator
    when = tr("as typed") if typed else tr("price of {purchase_date}", purchase_date=entry.purchase_date[:7])
    said = tr(
        "{short_name} bought at {money}, {when}",
        short_name=entry.short_name,
        money=format_money(usd),
        when=when,
    )
    age = purchase_age(entry, scenario, today)
    if age is None or purchase_staleness(age, catalog) is None:
        return Remark(said)
    return Remark(f"{said}, {age.words}", "care")


def _price_age(paid: Sequence[tuple[Price, str]], catalog: Catalog, today: date | None) -> Remark:
    """How old the oldest of the prices is that somebody asks; each with its accelerator."""
    if any(price.supplier == NO_PRICE for price, _ in paid):
        return Remark(tr(NO_PRICE), "care")
    offers = [(price, accelerator) for price, accelerator in paid if price.commitment != "claim"]
    if not offers:
        days = sorted({price.date for price, _ in paid if price.date})
        return Remark(" ".join([tr("price as claimed"), *days[:1]]))
    dated = [(age, *offer) for offer in offers if (age := price_age_days(offer[0], today)) is not None]
    if not dated:
        return Remark(tr("price without a date"), "care")
    oldest = max(age for age, _, _ in dated)
    gravest = {staleness(price, newest_price(price, at, catalog), catalog, today) for _, price, at in dated}
    tone: Tone = "stop" if "care" in gravest else "care" if "info" in gravest else "quiet"
    when = tr("of today") if oldest <= 0 else tr("{counted} old", counted=format_counted(oldest, "day"))
    return Remark(tr("price {when}", when=when), tone)


def currency_line(currency: CurrencyRate) -> str:
    """A currency to choose, with its rate: "Euro (EUR), 0.86 per $, 2026-11-27"."""
    named = f"{currency.name} ({currency.code})"
    return named if currency.unit.is_dollar else f"{named}, {currency.unit.rate_words}"


def currency_words(money: MoneyUnit) -> str:
    """Which currency amounts are shown in, at which rate; empty for dollars."""
    return (
        ""
        if money.is_dollar
        else tr("in {code} at {rate_words}", code=money.code, rate_words=money.rate_words)
    )


def range_rows(span: EstimateRange) -> tuple[tuple[str, str], ...]:
    """What a range of the cost is made of: each doubt with the ends it alone gives, then what has none."""
    rows = [(part.name, _spread(part)) for part in span.parts]
    still = [
        shown
        for beginnings, shown in _EXPECTED
        if not any(part.identity.startswith(beginnings) for part in span.parts)
    ]
    return (*rows, *((name, tr("as it stands")) for name in still))


def _spread(part: RangePart) -> str:
    """The ends a doubt gives the cost, or that and why it gives none."""
    if part.still:
        return part.still
    low, high = (format_money(end) for end in (part.cost_usd.p10, part.cost_usd.p90))
    return tr("{low} to {high}", low=low, high=high) if low != high else tr("too little to show")


def copied(sentence: str, told: Sequence[Remark]) -> str:
    """The answer, how sure it is, and whether it fits, as one line to paste."""
    return plain_spaces("; ".join(part for part in (sentence, *(remark.text for remark in told)) if part))


def remarks_line(told: Sequence[Remark]) -> str:
    """Every remark, for those who cannot see them."""
    return ", ".join(remark.text for remark in told)


def by_gravity(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Warnings with the gravest first, and of those as grave the ones with a cure."""
    return tuple(sorted(notices, key=lambda notice: (_GRAVITY[notice.severity], notice.cure is None)))


def cure_line(notice: Notice) -> str:
    """What taking a warning's cure does, and what it is for; empty where there is no cure."""
    return f"{notice.cure.words}: {notice.message}" if notice.cure is not None else ""


def title_line(name: str, path: Path | None) -> str:
    """The plan's name, and where it is saved."""
    return f"{name}  ·  {shown_path(path)}" if path else name


def shown_path(path: Path) -> str:
    """A file as the header shows it: its last two parts, the whole in the tooltip."""
    return str(Path(*path.parts[-2:])) if len(path.parts) > 2 else str(path)
