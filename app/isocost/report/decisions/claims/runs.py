"""Published runs on one price basis, with a claim and the plan among them: outlier or trend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from isocost.catalog import Catalog
from isocost.engine.peaks import dense_peak
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.claims.checked import Checked
from isocost.plan.claims.published import priced_runs
from isocost.plan.claims.terms import FROM_NOTHING
from isocost.quantities import format_money
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

KINDS = {
    "scratch": tr("from scratch"),
    "tuned": tr("tuned from a base"),
    "claim": tr("this claim"),
    "plan": tr("your plan"),
}


@dataclass(frozen=True, slots=True)
class Dot:
    """One run."""

    label: str
    date: str
    """ISO month."""
    usd: float
    kind: Literal["scratch", "tuned", "claim", "plan"]
    source: str = ""

    @property
    def year(self) -> float:
        """The middle of its month as a year."""
        return int(self.date[:4]) + (int(self.date[5:7]) - 0.5) / 12.0

    @property
    def words(self) -> str:
        """The run in a sentence."""
        where = f" ({self.source})" if self.source else ""
        return f"{self.label}, {self.date}, {KINDS[self.kind]}: {format_money(self.usd)}{where}."


@dataclass(frozen=True, slots=True)
class RunsView:
    """Every dot by date, the claim and the plan last."""

    dots: tuple[Dot, ...]
    said: Said


def runs_view(checked: Checked, answer: Answer, catalog: Catalog) -> RunsView:
    """The runs at the plan's price of its accelerator."""
    scenario = answer.scenario
    accelerator, price = scenario.hardware.accelerator, scenario.price.usd_per_gpu_hour
    runs = priced_runs(accelerator, price, catalog)
    dots = [Dot(r.label, r.date, r.usd, "tuned" if r.tuned else "scratch", r.source) for r in runs]
    claim = _claim_dot(checked, accelerator, price, catalog)
    plan = Dot(
        tr("Your plan"), date.today().strftime("%Y-%m"), answer.estimate.total.gpu_hours * price, "plan"
    )
    own = [each for each in (claim, plan) if each is not None and each.usd > 0]
    name = catalog.accelerator(accelerator).short_name
    how = tr(
        "All at {money} an hour of {name}, by 16-bit peak; only runs whose figures agree.",
        money=format_money(price),
        name=name,
    )
    finding = _finding(claim, dots, checked)
    return RunsView((*dots, *own), Said(finding, how, f"{finding}. {how}"))


def _claim_dot(checked: Checked, accelerator: str, price: float, catalog: Catalog) -> Dot | None:
    """The claim by its own hours; None where it tells none, or not of what."""
    terms = checked.terms
    if terms.gpu_hours is None or terms.entry is None:
        return None
    peaks = [
        dense_peak(spec, "bf16")[0] for spec in (terms.entry.spec, catalog.accelerator(accelerator).spec)
    ]
    usd = terms.gpu_hours.value * peaks[0] / peaks[1] * price
    told = checked.entry.date if checked.entry is not None else date.today().strftime("%Y-%m")
    return Dot(checked.entry.name if checked.entry is not None else tr("This claim"), told, usd, "claim")


def _finding(claim: Dot | None, dots: list[Dot], checked: Checked) -> str:
    if claim is None:
        return tr("What published runs cost, on one price")
    kind = "scratch" if checked.terms.job in FROM_NOTHING else "tuned"
    alike = [dot for dot in dots if dot.kind == kind]
    dearer = sum(dot.usd > claim.usd for dot in alike)
    return tr(
        "{dearer} of {count} published runs {kinds} cost more than this claim",
        dearer=dearer,
        count=len(alike),
        kinds=KINDS[kind],
    )


def runs_table(view: RunsView | None) -> Table:
    """The dots as a table."""
    columns = (
        Column(tr("Run")),
        Column(tr("Month")),
        Column(tr("Kind")),
        Column(tr("Cost"), format_money, right=True, key="usd"),
        Column(tr("Source")),
    )
    dots = view.dots if view is not None else ()
    return Table(columns, tuple((d.label, d.date, KINDS[d.kind], d.usd, d.source or None) for d in dots))
