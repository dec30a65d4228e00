"""The verdict on a claim: its checks in order, and all that follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.entries.claims import ClaimEntry, LeftOut
from isocost.language import tr
from isocost.plan.answer.estimate import answer
from isocost.plan.claims.checks.check import Check
from isocost.plan.claims.checks.memory import memory
from isocost.plan.claims.checks.money import money
from isocost.plan.claims.checks.sense import sense
from isocost.plan.claims.checks.work import work
from isocost.plan.claims.claim import Claim
from isocost.plan.claims.prediction import Ours, Planned, ours_of, planned
from isocost.plan.claims.slips import Slip, slips
from isocost.plan.claims.terms import FROM_NOTHING, Terms, terms_of
from isocost.plan.claims.ways_out import Buy, Need, buys, would_need
from isocost.plan.project.project import Project
from isocost.quantities import format_count, format_significant

Verdict = Literal["reproduces", "plausible", "doubtful", "impossible"]


@dataclass(frozen=True)
class Checked:
    """A claim judged."""

    terms: Terms
    checks: tuple[Check, ...]
    """Money, memory, work, sense: always all four, in this order."""
    verdict: Verdict
    ratio: float | None
    """Told over recomputed, of the figure that decides; None = nothing could be compared."""
    ratio_of: str
    """Which figure: ``usd``, ``gpu_hours``, ``work`` or nothing."""
    ours: Ours | None
    ours_words: str
    """What our estimate rests on, and how independent of the claim it is."""
    left_out: tuple[LeftOut, ...]
    needs: tuple[Need, ...]
    buys: tuple[Buy, ...]
    slips: tuple[Slip, ...]
    plan: Planned | None = None
    """The claim as a plan to open; None where it tells too little for one."""
    ours_plan: Project | None = None
    """The plan that our estimate is of."""
    entry: ClaimEntry | None = None
    """Of the library; None = the user's own."""
    alike: tuple[ClaimEntry, ...] = ()
    """Claims of the library with the same amount as the user's own."""

    @property
    def told_usd(self) -> float | None:
        """Dollars told, or what the told hours and price come to."""
        return self.terms.usd.value if self.terms.usd is not None else None

    @property
    def left_share(self) -> float | None:
        """Share of the published amounts that the told one leaves out; None where none is published."""
        known = sum(each.usd for each in self.left_out if each.usd is not None and each.kind == "published")
        told = self.told_usd
        return known / (known + told) if known and told else None


def check_claim(
    claim: Claim,
    catalog: Catalog,
    entry: ClaimEntry | None = None,
    first_principles: Project | None = None,
    *,
    ways_out: bool = True,
) -> Checked:
    """The verdict on a claim.

    Args:
        entry: where it comes from the library.
        first_principles: the plan that predicts it, where its own fields do not say enough.
        ways_out: whether what its money does buy is wanted too: a tenth of a second each.
    """
    terms = terms_of(claim, catalog)
    plan = planned(terms, catalog)
    ours = plan.ours if plan is not None else None
    if first_principles is not None:
        ours = ours_of(answer(first_principles, catalog).estimate)
    done, put = work(terms, catalog), sense(terms, plan, ours, catalog)
    if put.status == "holds" and done.outcome == "bits":
        # Fewer bits are among what our estimate allows it.
        done = replace(done, status="holds")
    checks = (money(terms, catalog), memory(terms, plan, catalog), done, put)
    stories = slips(terms, plan, ours, catalog, upheld=put.status == "holds")
    verdict = _verdict(checks, stories)
    ratio, of = _ratio(checks, terms)
    bought = buys(terms, catalog) if ways_out else ()
    if not stories and (story := _adapters(terms, verdict, bought)) is not None:
        stories = (story,)
    return Checked(
        terms=terms,
        checks=checks,
        verdict=verdict,
        ratio=ratio,
        ratio_of=of,
        ours=ours,
        ours_words=_rests_on(first_principles),
        left_out=entry.left_out if entry is not None else tuple(_left_out(terms, plan, catalog)),
        needs=would_need(terms, plan, catalog),
        buys=bought,
        slips=stories,
        plan=plan,
        ours_plan=first_principles or (plan.project if plan is not None else None),
        entry=entry,
        alike=tuple(_alike(claim, catalog)) if entry is None else (),
    )


def _alike(claim: Claim, catalog: Catalog) -> Iterator[ClaimEntry]:
    """Claims of the library that tell the same dollars or hours, and no other model."""
    for entry in catalog.claims.values():
        same = claim.model is None or claim.model == entry.model
        pairs = ((claim.usd, entry.usd), (claim.gpu_hours, entry.gpu_hours))
        if same and any(own is not None and own == known for own, known in pairs):
            yield entry


def _rests_on(plan: Project | None) -> str:
    """What an estimate from first principles rests on: its plan's own words."""
    return "" if plan is None else f"{plan.name}. {plan.notes.strip()}"


def _verdict(checks: tuple[Check, ...], stories: tuple[Slip, ...]) -> Verdict:
    statuses = [check.status for check in checks]
    if "impossible" in statuses:
        return "impossible"
    # Numbers that only agree once one of them is corrected do not stand as told.
    if "doubtful" in statuses or stories:
        return "doubtful"
    return "reproduces" if any(check.reproduces for check in checks) else "plausible"


def _ratio(checks: tuple[Check, ...], terms: Terms) -> tuple[float | None, str]:
    """Told over recomputed of the check that decides: the worst one, else money before our estimate."""
    by_name: dict[str, Check] = {check.name: check for check in checks}
    estimated = (
        "gpu_hours" if terms.gpu_hours is not None else "usd" if terms.claim.usd is not None else "days"
    )
    figures = {"money": "usd", "work": "gpu_hours", "sense": estimated}
    for status in ("impossible", "doubtful"):
        for name in ("work", "money", "sense"):
            check = by_name[name]
            if check.status == status and check.ratio is not None:
                return check.ratio, figures[name]
    if by_name["work"].reproduces:
        return by_name["work"].ratio, "work"
    for name in ("money", "sense"):
        if by_name[name].ratio is not None:
            return by_name[name].ratio, figures[name]
    return None, ""


def _adapters(terms: Terms, verdict: Verdict, bought: tuple[Buy, ...]) -> Slip | None:
    """Adapters told as training from nothing: where those fit the hardware that the rest does not."""
    if verdict != "impossible" or terms.job != "pretrain" or terms.counted is None or terms.count is None:
        return None
    lora = next((each for each in bought if each.kind == "lora" and each.count <= terms.count), None)
    if lora is None or lora.parameters != terms.counted.total:
        return None
    if terms.tokens is not None and terms.tokens.told and terms.tokens.value > lora.tokens:
        return None
    return Slip(
        "adapters-for-all",
        tr("adapters of an existing model may be told as training it. {words}", words=lora.words),
    )


def _left_out(terms: Terms, plan: Planned | None, catalog: Catalog) -> Iterator[LeftOut]:
    """What a claim of its kind does not contain; nobody says what it would be."""
    if terms.job not in FROM_NOTHING and terms.claim.model is not None:
        yield _base(terms.claim.model, catalog)
    if plan is not None:
        for omission in answer(plan.project, catalog).omissions:
            if omission.kind == "cost":
                yield LeftOut(line=omission.name)


def _base(model: str, catalog: Catalog) -> LeftOut:
    """The model that was trained further, with what is published of its own training."""
    for run in catalog.runs_of(model):
        if (
            run.trusted
            and run.stage in ("total", "pretrain")
            and run.cost_usd
            and run.cost_kind == "reported"
        ):
            return LeftOut(
                line=tr("The base model, {model}", model=model), usd=run.cost_usd, source=run.source
            )
    for run in catalog.runs_of(model):
        if run.trusted and run.stage == "pretrain" and run.gpu_hours and run.accelerator:
            card = catalog.default_price(run.accelerator)
            if card is not None:
                hours, price = format_count(run.gpu_hours), format_significant(card.usd_per_gpu_hour)
                source = tr(
                    "{hours} hours ({source}) at ${price} an hour",
                    hours=hours,
                    source=run.source,
                    price=price,
                )
                return LeftOut(
                    line=tr("The base model, {model}", model=model),
                    usd=run.gpu_hours * card.usd_per_gpu_hour,
                    kind="assumed",
                    source=source,
                )
    return LeftOut(line=tr("The base model, {model}", model=model))
