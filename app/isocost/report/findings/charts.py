"""What the charts and tables of the window are called, and on which page each stands."""

from __future__ import annotations

from typing import NamedTuple


class ChartPlace(NamedTuple):
    """Where a chart is found."""

    page: str
    name: str
    also: tuple[str, ...] = ()
    """Other words people have for it, questions it answers among them."""


CHARTS = {
    "cost_time": ChartPlace("Plan", "Cost against time", ("budget and deadline", "front", "offers")),
    "by_hardware": ChartPlace(
        "Plan", "Accelerators ranked", ("cheapest accelerator", "which GPU", "best GPU")
    ),
    "scale.isocost": ChartPlace(
        "Scale",
        "Parameters against tokens",
        ("isocost", "compute-optimal", "best model for the money", "loss"),
    ),
    "scale.counts": ChartPlace(
        "Scale", "Time, MFU and cost against count", ("knee", "how many nodes", "returns")
    ),
    "scale.wins": ChartPlace("Scale", "Which accelerator wins where", ("winners", "price at which it flips")),
    "fit.memory": ChartPlace("Fit", "Memory", ("does it fit", "out of memory", "OOM", "GiB")),
    "fit.step": ChartPlace("Fit", "Time of a step", ("where the time goes", "bottleneck")),
    "fit.nearest": ChartPlace("Fit", "Nearest measured runs", ("evidence", "accuracy")),
    "fit.layouts": ChartPlace(
        "Fit", "Layouts", ("parallelism", "which parallelism", "TP PP DP", "ZeRO", "FSDP")
    ),
    "risk.dots": ChartPlace("Risk", "Chances of the cost", ("how sure", "distribution", "range", "P90")),
    "risk.safer": ChartPlace(
        "Risk", "Safer budgets and dates", ("budget to ask for", "chance of the deadline")
    ),
    "risk.tornado": ChartPlace("Risk", "What matters most", ("tornado", "sensitivity", "which assumption")),
    "risk.experiment": ChartPlace(
        "Risk", "What short runs of your own free", ("calibrate", "value of information")
    ),
    "waterfall": ChartPlace(
        "Ledger", "Bill", ("ledger", "waterfall", "techniques", "what it costs in parts")
    ),
    "calendar": ChartPlace("Ledger", "Calendar and cash by month", ("slip", "a week late", "cash flow")),
    "scope": ChartPlace(
        "Ledger", "Not in this bill", ("what the headline leaves out", "left out", "omissions")
    ),
    "rent_or_buy": ChartPlace("Ledger", "Rent or buy", ("own", "break even", "purchase")),
    "energy": ChartPlace("Ledger", "Energy and emissions", ("CO2", "carbon", "power", "electricity")),
    "api_or_own": ChartPlace(
        "Ledger", "API, fine-tune or train", ("options", "train or API", "fine-tune or API", "API or own")
    ),
    "badges": ChartPlace("Ledger", "Where this run stands", ("thresholds", "law", "EU", "over-trained")),
    "columns": ChartPlace("Compare", "Scenarios side by side", ("compare", "deltas")),
    "why": ChartPlace("Compare", "Why another costs more", ("attribution", "difference")),
    "suppliers": ChartPlace("Compare", "The plan at each supplier's price", ("quotes", "market", "prices")),
    "claims.ours": ChartPlace("Claims", "Our estimate of the claim"),
    "claims.left_out": ChartPlace("Claims", "What the claim leaves out"),
    "claims.needs": ChartPlace("Claims", "What would have to be true of the claim"),
    "claims.buys": ChartPlace("Claims", "What the money of the claim does buy"),
    "claims.runs": ChartPlace("Claims", "Published runs by date", ("trend", "outlier", "history")),
    "claims.ladder": ChartPlace(
        "Claims", "Ladder: what sums of money buy", ("what can I train for", "$1,000")
    ),
}
"""By the name of its card."""
