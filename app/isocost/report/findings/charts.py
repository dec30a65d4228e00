"""What the charts and tables of the window are called, and on which page each stands."""

from __future__ import annotations

from typing import NamedTuple

from isocost.language import later, tr


class ChartPlace(NamedTuple):
    """Where a chart is found."""

    page: str
    name: str
    """In English, as a heading of help has it; both are put into the language where they are shown."""
    also: tuple[str, ...] = ()
    """Other words people have for it, questions it answers among them."""


CHARTS = {
    "cost_time": ChartPlace(
        later("Plan"), later("Cost against time"), (tr("budget and deadline"), "front", "offers")
    ),
    "by_hardware": ChartPlace(
        later("Plan"), later("Accelerators ranked"), (tr("cheapest accelerator"), "which GPU", "best GPU")
    ),
    "scale.isocost": ChartPlace(
        later("Scale"),
        later("Parameters against tokens"),
        ("isocost", tr("compute-optimal"), tr("best model for the money"), "loss"),
    ),
    "scale.counts": ChartPlace(
        later("Scale"), later("Time, MFU and cost against count"), ("knee", tr("how many nodes"), "returns")
    ),
    "scale.wins": ChartPlace(
        later("Scale"), later("Which accelerator wins where"), ("winners", tr("price at which it flips"))
    ),
    "fit.memory": ChartPlace(
        later("Fit"), later("Memory"), (tr("does it fit"), tr("out of memory"), "OOM", "GiB")
    ),
    "fit.engine": ChartPlace(later("Fit"), later("Generation engine"), ("KV cache", tr("Rollouts"))),
    "fit.step": ChartPlace(later("Fit"), later("Time of a step"), (tr("where the time goes"), "bottleneck")),
    "fit.nearest": ChartPlace(later("Fit"), later("Nearest measured runs"), ("evidence", "accuracy")),
    "fit.layouts": ChartPlace(
        later("Fit"), later("Layouts"), ("parallelism", tr("which parallelism"), "TP PP DP", "ZeRO", "FSDP")
    ),
    "risk.dots": ChartPlace(
        later("Risk"), later("Chances of the cost"), (tr("how sure"), "distribution", "range", "P90")
    ),
    "risk.safer": ChartPlace(
        later("Risk"),
        later("Safer budgets and dates"),
        (tr("budget to ask for"), tr("chance of the deadline")),
    ),
    "risk.tornado": ChartPlace(
        later("Risk"), later("What matters most"), ("tornado", "sensitivity", tr("which assumption"))
    ),
    "risk.experiment": ChartPlace(
        later("Risk"), later("What short runs of your own free"), ("calibrate", tr("value of information"))
    ),
    "waterfall": ChartPlace(
        later("Ledger"),
        later("Bill"),
        ("ledger", "waterfall", "techniques", tr("what it costs in parts"), tr("finance"), "invoice"),
    ),
    "calendar": ChartPlace(
        later("Ledger"), later("Calendar and cash by month"), ("slip", tr("a week late"), tr("cash flow"))
    ),
    "scope": ChartPlace(
        later("Ledger"),
        later("Not in this bill"),
        (tr("what the headline leaves out"), tr("left out"), "omissions"),
    ),
    "rent_or_buy": ChartPlace(later("Ledger"), later("Rent or buy"), ("own", tr("break even"), "purchase")),
    "energy": ChartPlace(
        later("Ledger"), later("Energy and emissions"), ("CO2", "carbon", "power", "electricity")
    ),
    "api_or_own": ChartPlace(
        later("Ledger"),
        later("API, fine-tune or train"),
        ("options", tr("train or API"), tr("fine-tune or API"), tr("API or own")),
    ),
    "badges": ChartPlace(
        later("Ledger"), later("Where this run stands"), ("thresholds", "law", "EU", tr("over-trained"))
    ),
    "columns": ChartPlace(later("Compare"), later("Scenarios side by side"), ("compare", "deltas")),
    "why": ChartPlace(later("Compare"), later("Why another costs more"), ("attribution", "difference")),
    "suppliers": ChartPlace(
        later("Compare"), later("The plan at each supplier's price"), ("quotes", "market", "prices")
    ),
    "claims.ours": ChartPlace(later("Claims"), later("Our estimate of the claim")),
    "claims.left_out": ChartPlace(later("Claims"), later("What the claim leaves out")),
    "claims.needs": ChartPlace(later("Claims"), later("What would have to be true of the claim")),
    "claims.buys": ChartPlace(later("Claims"), later("What the money of the claim does buy")),
    "claims.runs": ChartPlace(
        later("Claims"), later("Published runs by date"), ("trend", "outlier", "history")
    ),
    "claims.ladder": ChartPlace(
        later("Claims"), later("Ladder: what sums of money buy"), (tr("what can I train for"), "$1,000")
    ),
}
"""By the name of its card."""
