"""Rows of the table of inputs: what surrounds the run, the values of :mod:`isocost.plan.project.programme`.

A row without a source is off until it is set (a default of zero), or its source stands with its default in
``resources/defaults.yaml``; see :mod:`isocost.plan.inputs.table`.
"""

from __future__ import annotations

from isocost.language import tr
from isocost.plan.inputs.input import Choice, Input

LASTING = tr("as long as the programme lasts")
"""Source of months that are not typed."""

_PROGRAMME = (
    Input(
        "programme.failed_runs", tr("Failed runs"), "%", "share", 0.0, 0.5, 0.0, 10.0,
        tr(
            "Runs aborted or rolled back, as a share of the main run; 5-20 % is usual. Goodput "
            "already covers failures the run recovers from."
        ), scale="linear",
    ),
    Input(
        "programme.support", tr("Support"), "%", "share", 0.0, 0.2, 0.0, 10.0,
        tr(
            "Supplier's support, as a share of all rent; the whole bill of equal rents differs "
            "by 5-15 %."
        ),
        scale="linear",
    ),
    Input(
        "programme.setup_usd", tr("Setup"), "$", "money", 1e3, 1e7, 0.0, 1e12,
        tr("Paid once: migration, images, acceptance tests, contracts."),
    ),
    Input(
        "programme.contingency", tr("Contingency"), "%", "share", 0.0, 0.5, 0.0, 10.0,
        tr("Held back for what nobody thought of, as a share of everything else."), scale="linear",
    ),
    Input(
        "people.heads", tr("People"), "people", "number", 1, 1000, 0.0, 1e6,
        tr("Full-time equivalents at work on it."),
    ),
    Input(
        "people.months", tr("Months of work"), "months", "number", 0.5, 60, 0.0, 1200.0,
        tr("How long they are paid."), default_source=LASTING, optional=True,
    ),
    Input(
        "people.usd_per_month", tr("Cost of a person"), "$/month", "money", 3e3, 150e3, 0.0, 1e7,
        tr("Loaded: salary, taxes, benefits and overhead."),
    ),
    Input(
        "dataset.licences_usd", tr("Data licences"), "$", "money", 1e3, 1e9, 0.0, 1e12,
        tr(
            "Paid to owners of text; a book title $3,000-5,000 (HarperCollins 2024, Anthropic "
            "settlement 2025)."
        ),
    ),
    Input(
        "dataset.annotations", tr("Annotations"), "", "number", 1e3, 1e8, 0.0, 1e12,
        tr("Preference pairs and demonstrations written by people; Llama 2 used over 1.4M pairs."),
    ),
    Input(
        "dataset.usd_per_annotation", tr("Price of an annotation"), "$", "money", 0.1, 200, 0.0, 1e6,
        tr("A preference pair $1-10, an expert's demonstration $20-100."),
    ),
    Input(
        "dataset.synthetic_tokens", tr("Synthetic tokens bought"), "tokens", "number", 1e8, 1e13, 0.0, 1e17,
        tr("Text bought from an API; text generated on own accelerators is a stage."),
    ),
    Input(
        "dataset.usd_per_synthetic_mtok", tr("Price of synthetic text"), "$/Mtok", "money", 0.02, 50, 0.0,
        1e5,
        tr("API price of a million tokens written."),
    ),
    Input(
        "dataset.unique_tokens", tr("Different tokens"), "tokens", "number", 1e8, 1e14, 1e3, 1e17,
        tr(
            "Text at hand before it repeats; fewer than the tokens trained on means several "
            "epochs."
        ),
        default_source=tr("enough for one pass"), optional=True,
    ),
    Input(
        "storage.terabytes", tr("Stored data"), "TB", "number", 1, 1e5, 0.0, 1e9,
        tr("Data sets, logs and results on fast storage."),
    ),
    Input(
        "storage.checkpoints", tr("Checkpoints kept"), "", "number", 1, 1000, 0.0, 1e6,
        "Full checkpoints held at once, 14 bytes a parameter each (arXiv 1910.02054).",
    ),
    Input(
        "storage.months", tr("Months of storage"), "months", "number", 0.5, 60, 0.0, 1200.0,
        tr("How long it is kept."), default_source=LASTING, optional=True,
    ),
    Input(
        "storage.usd_per_gb_month", tr("Price of storage"), "$/GB-month", "money", 0.01, 0.6, 0.0, 1e3,
        tr("Object storage 0.015-0.06, parallel file systems 0.07-0.60."),
    ),
    Input(
        "storage.egress_terabytes", tr("Egress"), "TB", "number", 0.1, 1e5, 0.0, 1e9,
        tr("Data moved out of the supplier's network."),
    ),
    Input(
        "storage.usd_per_egress_gb", tr("Price of egress"), "$/GB", "money", 0.01, 0.2, 0.0, 1e3,
        tr(
            "Free at CoreWeave, Lambda and Hyperstack; falls to 0.05 above 150 TB at large "
            "clouds."
        ),
    ),
)  # fmt: skip

_SUPPLY = (
    Input(
        "supply.discount", tr("Discount"), "%", "share", 0.0, 0.8, 0.0, 1.0,
        tr(
            "Share off the price for its terms; 0 when the price is already that of the terms. "
            "Spot is usually 40-70 % off, a year 25-41 %, three years 49-64 % (Epoch "
            "training-cost-trends, 2024-04)."
        ),
        tr("the price is taken as it stands"), scale="linear",
    ),
    Input(
        "supply.term_months", tr("Term"), "months", "number", 1, 60, 0.0, 600.0,
        tr("Length of the contract; unused hours are paid too."), tr("a year, the most common contract"),
    ),
    Input(
        "supply.block_days", tr("Shortest block"), "days", "number", 1, 182, 0.0, 3650.0,
        tr("Least days of a capacity block; longer ones are sold by the day."),
        "AWS EC2 Capacity Blocks: 1 day to 182 days (https://aws.amazon.com/ec2/capacityblocks/)",
    ),
    Input(
        "supply.rework", tr("Spot rework"), "%", "share", 0.0, 0.3, 0.0, 10.0,
        tr("Work done again after interruptions, as a share of the rent; the time it takes is not counted."),
        scale="linear",
    ),
    Input(
        "supply.owned_share", tr("Owned share"), "%", "share", 0.0, 1.0, 0.0, 1.0,
        tr("Share of the hours on accelerators of one's own; the rest is rented."), "half",
        scale="linear",
    ),
    Input(
        "supply.resold", tr("Unused hours resold"), "%", "share", 0.0, 1.0, 0.0, 1.0,
        tr("Share of unused reserved hours that other work pays for."), "none", scale="linear",
    ),
    Input(
        "ownership.usd_per_accelerator", tr("Purchase price"), "$", "money", 1e3, 2e5, 0.0, 1e8,
        tr("One accelerator with its share of the server, network apart."), optional=True,
        default_source=tr("the catalogue's purchase price; a bare card x 1.64 for its server"),
    ),
    Input(
        "ownership.network_share", tr("Network share"), "%", "share", 0.0, 0.4, 0.0, 0.9,
        tr("Of the cluster's whole price."), scale="linear",
    ),
    Input(
        "ownership.years", tr("Service life"), "years", "number", 2, 8, 0.25, 50.0,
        tr("Years over which the price is written off; 3-4 is pessimistic."),
        scale="linear",
    ),
    Input(
        "ownership.residual", tr("Residual value"), "%", "share", 0.0, 0.6, 0.0, 1.0,
        tr("Share of the price got back at the end; values fall 28 % a year (Epoch)."),
        tr("written off to zero, as in large operators' accounts"), scale="linear",
    ),
    Input(
        "ownership.cost_of_capital", tr("Cost of capital"), "%", "share", 0.0, 0.2, 0.0, 1.0,
        tr("Yearly interest or expected return."),
        scale="linear",
    ),
    Input(
        "ownership.utilization", tr("Utilization"), "%", "share", 0.2, 1.0, 0.01, 1.0,
        tr("Hours used over hours owned."), scale="linear",
    ),
    Input(
        "ownership.facility_usd_per_kw_month", tr("Facility"), "$/kW-month", "money", 50, 300, 0.0, 1e5,
        tr("Space, cooling and power distribution per kW of server; energy apart."), scale="linear",
    ),
    Input(
        "ownership.upkeep", tr("Upkeep"), "%", "share", 0.0, 0.15, 0.0, 1.0,
        tr("Yearly staff, spares and repairs, as a share of the price."), scale="linear",
    ),
    Input(
        "site.pue", "PUE", "", "number", 1.0, 2.0, 1.0, 5.0,
        tr("Facility energy over IT energy."), optional=True, scale="linear",
        default_source=tr("usual for the kind of operator"),
    ),
    Input(
        "site.usd_per_kwh", tr("Electricity"), "$/kWh", "money", 0.03, 0.35, 0.0, 100.0,
        tr("Matters for owned accelerators only: rent contains it."), optional=True,
        default_source=tr("the region's industrial price"),
    ),
    Input(
        "site.grid_kg_per_kwh", tr("Grid intensity"), "kg/kWh", "number", 0.01, 1.0, 0.0, 10.0,
        tr("CO2e of the local grid."), optional=True, scale="linear",
        default_source=tr("the region's grid over a year"),
    ),
    Input(
        "site.market_kg_per_kwh", tr("Market-based intensity"), "kg/kWh", "number", 0.0, 1.0, 0.0, 10.0,
        tr("CO2e after contracts and certificates."), optional=True, scale="linear",
        default_source=tr("none claimed: the grid's"),
    ),
)  # fmt: skip

_TIME = (
    Input(
        "schedule.preparation_weeks", tr("Preparation"), "weeks", "number", 0, 52, 0.0, 1000.0,
        tr("Before the first stage: data, code, acceptance of the cluster."), scale="linear",
    ),
    Input(
        "schedule.gap_weeks", tr("Between stages"), "weeks", "number", 0, 12, 0.0, 1000.0,
        tr("Between one stage and the next."), scale="linear",
    ),
    Input(
        "schedule.wrap_up_weeks", tr("Wrap-up"), "weeks", "number", 0, 26, 0.0, 1000.0,
        tr("After the last stage: evaluation, report, release."), scale="linear",
    ),
    Input(
        "schedule.usd_per_week_late", tr("Cost of a week's delay"), "$/week", "money", 1e3, 1e7, 0.0, 1e12,
        tr("Penalties and lost income, beside idle accelerators and people."),
    ),
    Input(
        "goal.budget_usd", tr("Budget"), "$", "money", 100, 1e9, 0.01, 1e15,
        tr("What the whole programme may cost."), default_source=tr("none is set"), optional=True,
    ),
    Input(
        "goal.deadline_days", tr("Deadline"), "days", "number", 1, 730, 0.01, 36_500.0,
        tr("Days from the first of the programme to the last."), default_source=tr("none is set"),
        optional=True,
    ),
    Input(
        "demand.tokens_per_day", tr("Tokens a day"), "tokens", "number", 1e5, 1e13, 0.0, 1e18,
        tr("Read and written by users of the finished model."),
    ),
    Input(
        "demand.input_share", tr("Share read"), "%", "share", 0.0, 1.0, 0.0, 1.0,
        tr("Of those tokens, how many are prompts."),
        tr("three prompt tokens to one answer token, as token prices are usually blended"), scale="linear",
    ),
    Input(
        "demand.months", tr("Months in use"), "months", "number", 1, 60, 0.1, 600.0,
        tr("How long the model serves."), tr("two years, about the life of a model"), scale="linear",
    ),
    Input(
        "api.usd_per_mtok_in", "API, input", "$/Mtok", "money", 0.01, 100, 0.0, 1e5,
        tr("Price of a million tokens read."),
    ),
    Input(
        "api.usd_per_mtok_out", "API, output", "$/Mtok", "money", 0.01, 200, 0.0, 1e5,
        tr("Price of a million tokens written."),
    ),
    Input(
        "finetune.tokens", tr("Fine-tuned on"), "tokens", "number", 1e5, 1e11, 0.0, 1e15,
        tr("Tokens of a hosted fine-tune, every epoch counted."), tr("50M tokens twice, a large chat set"),
    ),
    Input(
        "finetune.usd_per_mtok_trained", tr("Fine-tuning"), "$/Mtok", "money", 0.1, 100, 0.0, 1e5,
        tr("Price of a million tokens trained on."),
    ),
    Input(
        "finetune.other_usd", tr("Fine-tune, other"), "$", "money", 1e2, 1e7, 0.0, 1e12,
        tr("Data and people of the fine-tune."),
    ),
    Input(
        "finetune.usd_per_mtok_in", tr("Tuned, input"), "$/Mtok", "money", 0.01, 100, 0.0, 1e5,
        tr("Price of a million tokens read by the tuned model."),
    ),
    Input(
        "finetune.usd_per_mtok_out", tr("Tuned, output"), "$/Mtok", "money", 0.01, 200, 0.0, 1e5,
        tr("Price of a million tokens written by the tuned model."),
    ),
    Input(
        "serving.usd_per_mtok_in", tr("Own model, input"), "$/Mtok", "money", 0.001, 100, 0.0, 1e5,
        tr("Cost of a million tokens read by one's own model."),
    ),
    Input(
        "serving.usd_per_mtok_out", tr("Own model, output"), "$/Mtok", "money", 0.001, 200, 0.0, 1e5,
        tr("Cost of a million tokens written by one's own model."),
    ),
    Input(
        "serving.usd_per_month", tr("Own model, fixed"), "$/month", "money", 1e2, 1e7, 0.0, 1e12,
        tr("People on call and idle replicas."),
    ),
)  # fmt: skip

_CHOICES = (
    Choice(
        "supply.mode", tr("Terms"),
        tr("How the accelerators are obtained; the price above is the rent it starts from."),
        {
            "on-demand": tr("On demand"), "reserved": tr("Reserved for a term"), "spot": tr("Spot"),
            "block": tr("Capacity block"), "own": tr("Owned"), "mixed": tr("Part owned, part rented"),
        },
    ),
    Choice(
        "site.region", tr("Region"),
        tr("Where the accelerators stand: sets the price and the emissions of their electricity."),
    ),
    Choice("site.operator", tr("Operator"), tr("Who runs the machine room: sets its usual PUE.")),
    Choice(
        "schedule.start", tr("Start"),
        tr("Day the programme starts, year first: 2027-01-15. Empty: months are numbered."),
    ),
    Choice(
        "schedule.keep_reserved", tr("While late"),
        tr("Whether rented accelerators stay reserved, and paid, while the plan is late."),
        {True: tr("Kept and paid"), False: tr("Given back")},
    ),
    Choice("api.model", "API model", tr("The model the plan is compared with; its prices follow.")),
    Choice(
        "finetune.supplier", tr("Fine-tuned by"),
        tr("Who fine-tunes an open model; the price of training follows."),
    ),
)  # fmt: skip

PROGRAMME_ROWS: tuple[Input | Choice, ...] = (*_PROGRAMME, *_SUPPLY, *_TIME, *_CHOICES)
"""Rows of what surrounds the run, in the order shown."""
