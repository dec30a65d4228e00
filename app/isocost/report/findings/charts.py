"""What the charts and tables of the window are called, and on which page each stands."""

from __future__ import annotations

from typing import NamedTuple

from isocost.language import tr


class ChartPlace(NamedTuple):
    """Where a chart is found."""

    page: str
    name: str
    also: tuple[str, ...] = ()
    """Other words people have for it, questions it answers among them."""


CHARTS = {
    "cost_time": ChartPlace(
        tr("Plan"), tr("Cost against time"), (tr("budget and deadline"), "front", "offers")
    ),
    "by_hardware": ChartPlace(
        tr("Plan"), tr("Accelerators ranked"), (tr("cheapest accelerator"), "which GPU", "best GPU")
    ),
    "scale.isocost": ChartPlace(
        tr("Scale"),
        tr("Parameters against tokens"),
        ("isocost", tr("compute-optimal"), tr("best model for the money"), "loss"),
    ),
    "scale.counts": ChartPlace(
        tr("Scale"), tr("Time, MFU and cost against count"), ("knee", tr("how many nodes"), "returns")
    ),
    "scale.wins": ChartPlace(
        tr("Scale"), tr("Which accelerator wins where"), ("winners", tr("price at which it flips"))
    ),
    "fit.memory": ChartPlace(tr("Fit"), tr("Memory"), (tr("does it fit"), tr("out of memory"), "OOM", "GiB")),
    "fit.engine": ChartPlace(tr("Fit"), tr("Generation engine"), ("KV cache", tr("Rollouts"))),
    "fit.step": ChartPlace(tr("Fit"), tr("Time of a step"), (tr("where the time goes"), "bottleneck")),
    "fit.nearest": ChartPlace(tr("Fit"), tr("Nearest measured runs"), ("evidence", "accuracy")),
    "fit.layouts": ChartPlace(
        tr("Fit"), tr("Layouts"), ("parallelism", tr("which parallelism"), "TP PP DP", "ZeRO", "FSDP")
    ),
    "risk.dots": ChartPlace(
        tr("Risk"), tr("Chances of the cost"), (tr("how sure"), "distribution", "range", "P90")
    ),
    "risk.safer": ChartPlace(
        tr("Risk"), tr("Safer budgets and dates"), (tr("budget to ask for"), tr("chance of the deadline"))
    ),
    "risk.tornado": ChartPlace(
        tr("Risk"), tr("What matters most"), ("tornado", "sensitivity", tr("which assumption"))
    ),
    "risk.experiment": ChartPlace(
        tr("Risk"), tr("What short runs of your own free"), ("calibrate", tr("value of information"))
    ),
    "waterfall": ChartPlace(
        tr("Ledger"), "Bill", ("ledger", "waterfall", "techniques", tr("what it costs in parts"))
    ),
    "calendar": ChartPlace(
        tr("Ledger"), tr("Calendar and cash by month"), ("slip", tr("a week late"), tr("cash flow"))
    ),
    "scope": ChartPlace(
        tr("Ledger"),
        tr("Not in this bill"),
        (tr("what the headline leaves out"), tr("left out"), "omissions"),
    ),
    "rent_or_buy": ChartPlace(tr("Ledger"), tr("Rent or buy"), ("own", tr("break even"), "purchase")),
    "energy": ChartPlace(tr("Ledger"), tr("Energy and emissions"), ("CO2", "carbon", "power", "electricity")),
    "api_or_own": ChartPlace(
        tr("Ledger"),
        tr("API, fine-tune or train"),
        ("options", tr("train or API"), tr("fine-tune or API"), tr("API or own")),
    ),
    "badges": ChartPlace(
        tr("Ledger"), tr("Where this run stands"), ("thresholds", "law", "EU", tr("over-trained"))
    ),
    "columns": ChartPlace(tr("Compare"), tr("Scenarios side by side"), ("compare", "deltas")),
    "why": ChartPlace(tr("Compare"), tr("Why another costs more"), ("attribution", "difference")),
    "suppliers": ChartPlace(
        tr("Compare"), tr("The plan at each supplier's price"), ("quotes", "market", "prices")
    ),
    "claims.ours": ChartPlace(tr("Claims"), tr("Our estimate of the claim")),
    "claims.left_out": ChartPlace(tr("Claims"), tr("What the claim leaves out")),
    "claims.needs": ChartPlace(tr("Claims"), tr("What would have to be true of the claim")),
    "claims.buys": ChartPlace(tr("Claims"), tr("What the money of the claim does buy")),
    "claims.runs": ChartPlace(tr("Claims"), tr("Published runs by date"), ("trend", "outlier", "history")),
    "claims.ladder": ChartPlace(
        tr("Claims"), tr("Ladder: what sums of money buy"), (tr("what can I train for"), "$1,000")
    ),
}
"""By the name of its card."""
