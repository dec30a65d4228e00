"""The declared inputs of the ledger: the numbers of :mod:`isocost.plan.project.programme`."""

from __future__ import annotations

from isocost.plan.inputs.fields import FIELDS, STAGE_FIELDS, Field

OFF = "off until it is set"
"""Source of a default of zero: the line it belongs to costs nothing."""
LASTING = "as long as the programme lasts"
"""Source of months that are not typed."""

_PROGRAMME = (
    Field(
        "programme.failed_runs", "Failed runs", "%", "share", 0.0, 0.5, 0.0, 10.0,
        "Runs aborted or rolled back, as a share of the main run; 5-20 % is usual. Goodput already covers"
        " failures the run recovers from.", 0.0, OFF, scale="linear",
    ),
    Field(
        "programme.support", "Support", "%", "share", 0.0, 0.2, 0.0, 10.0,
        "Supplier's support, as a share of all rent; the whole bill of equal rents differs by 5-15 %.",
        0.0, OFF, scale="linear",
    ),
    Field(
        "programme.setup_usd", "Setup", "$", "money", 1e3, 1e7, 0.0, 1e12,
        "Paid once: migration, images, acceptance tests, contracts.", 0.0, OFF,
    ),
    Field(
        "programme.contingency", "Contingency", "%", "share", 0.0, 0.5, 0.0, 10.0,
        "Held back for what nobody thought of, as a share of everything else.", 0.0, OFF, scale="linear",
    ),
    Field(
        "people.heads", "People", "people", "number", 1, 1000, 0.0, 1e6,
        "Full-time equivalents at work on it.", 0.0, OFF,
    ),
    Field(
        "people.months", "Months of work", "months", "number", 0.5, 60, 0.0, 1200.0,
        "How long they are paid.", default_source=LASTING, optional=True,
    ),
    Field(
        "people.usd_per_month", "Cost of a person", "$/month", "money", 3e3, 150e3, 0.0, 1e7,
        "Loaded: salary, taxes, benefits and overhead.", 25_000.0,
        "$300K a year, the middle of $200-400K for an ML engineer at a start-up; large laboratories"
        " pay $300K to over $1M (arXiv 2405.21015 uses $200K-1.2M x 1.25-1.4)",
    ),
    Field(
        "dataset.licences_usd", "Data licences", "$", "money", 1e3, 1e9, 0.0, 1e12,
        "Paid to owners of text; a book title $3,000-5,000 (HarperCollins 2024, Anthropic settlement 2025).",
        0.0, OFF,
    ),
    Field(
        "dataset.annotations", "Annotations", "", "number", 1e3, 1e8, 0.0, 1e12,
        "Preference pairs and demonstrations written by people; Llama 2 used over 1.4M pairs.", 0.0, OFF,
    ),
    Field(
        "dataset.usd_per_annotation", "Price of an annotation", "$", "money", 0.1, 200, 0.0, 1e6,
        "A preference pair $1-10, an expert's demonstration $20-100.", 5.0,
        "middle of $1-10 a preference pair (analysts' range, 2024-25)",
    ),
    Field(
        "dataset.synthetic_tokens", "Synthetic tokens bought", "tokens", "number", 1e8, 1e13, 0.0, 1e17,
        "Text bought from an API; text generated on own accelerators is a stage.", 0.0, OFF,
    ),
    Field(
        "dataset.usd_per_synthetic_mtok", "Price of synthetic text", "$/Mtok", "money", 0.02, 50, 0.0, 1e5,
        "API price of a million tokens written.", 0.38,
        "DeepSeek-V3.2 on DeepInfra, output, 2026-11 (https://deepinfra.com/pricing)",
    ),
    Field(
        "dataset.unique_tokens", "Different tokens", "tokens", "number", 1e8, 1e14, 1e3, 1e17,
        "Text at hand before it repeats; fewer than the tokens trained on means several epochs.",
        default_source="enough for one pass", optional=True,
    ),
    Field(
        "storage.terabytes", "Stored data", "TB", "number", 1, 1e5, 0.0, 1e9,
        "Data sets, logs and results on fast storage.", 0.0, OFF,
    ),
    Field(
        "storage.checkpoints", "Checkpoints kept", "", "number", 1, 1000, 0.0, 1e6,
        "Full checkpoints held at once, 14 bytes a parameter each (arXiv 1910.02054).", 0.0, OFF,
    ),
    Field(
        "storage.months", "Months of storage", "months", "number", 0.5, 60, 0.0, 1200.0,
        "How long it is kept.", default_source=LASTING, optional=True,
    ),
    Field(
        "storage.usd_per_gb_month", "Price of storage", "$/GB-month", "money", 0.01, 0.6, 0.0, 1e3,
        "Object storage 0.015-0.06, parallel file systems 0.07-0.60.", 0.07,
        "CoreWeave distributed file storage, 2026-09-20 (https://www.coreweave.com/pricing)",
    ),
    Field(
        "storage.egress_terabytes", "Egress", "TB", "number", 0.1, 1e5, 0.0, 1e9,
        "Data moved out of the supplier's network.", 0.0, OFF,
    ),
    Field(
        "storage.usd_per_egress_gb", "Price of egress", "$/GB", "money", 0.01, 0.2, 0.0, 1e3,
        "Free at CoreWeave, Lambda and Hyperstack; falls to 0.05 above 150 TB at large clouds.", 0.09,
        "AWS, first 10 TB a month (https://aws.amazon.com/ec2/pricing/on-demand/, 2024-26)",
    ),
)  # fmt: skip

_SUPPLY = (
    Field(
        "supply.discount", "Discount", "%", "share", 0.0, 0.8, 0.0, 1.0,
        "Share off the price for its terms; 0 when the price is already that of the terms. Spot is usually"
        " 40-70 % off, a year 25-41 %, three years 49-64 % (Epoch training-cost-trends, 2024-04).",
        0.0, "the price is taken as it stands", scale="linear",
    ),
    Field(
        "supply.term_months", "Term", "months", "number", 1, 60, 0.0, 600.0,
        "Length of the contract; unused hours are paid too.", 12.0, "a year, the most common contract",
    ),
    Field(
        "supply.block_days", "Shortest block", "days", "number", 1, 182, 0.0, 3650.0,
        "Least days of a capacity block; longer ones are sold by the day.", 1.0,
        "AWS EC2 Capacity Blocks: 1 day to 182 days (https://aws.amazon.com/ec2/capacityblocks/)",
    ),
    Field(
        "supply.rework", "Spot rework", "%", "share", 0.0, 0.3, 0.0, 10.0,
        "Work done again after interruptions, as a share of the rent.", 0.08,
        "middle of 5-15 % lost work on spot instances (suppliers' and users' reports, 2024-26)",
        scale="linear",
    ),
    Field(
        "supply.owned_share", "Owned share", "%", "share", 0.0, 1.0, 0.0, 1.0,
        "Share of the hours on accelerators of one's own; the rest is rented.", 0.5, "half",
        scale="linear",
    ),
    Field(
        "supply.resold", "Unused hours resold", "%", "share", 0.0, 1.0, 0.0, 1.0,
        "Share of unused reserved hours that other work pays for.", 0.0, "none", scale="linear",
    ),
    Field(
        "ownership.usd_per_accelerator", "Purchase price", "$", "money", 1e3, 2e5, 0.0, 1e8,
        "One accelerator with its share of the server, network apart.", optional=True,
        default_source="the catalogue's purchase price; a bare card x 1.64 for its server",
    ),
    Field(
        "ownership.network_share", "Network share", "%", "share", 0.0, 0.4, 0.0, 0.9,
        "Of the cluster's whole price.", 0.19,
        "Epoch training-cost-trends, 2026-04: 19 % of cluster cost", scale="linear",
    ),
    Field(
        "ownership.years", "Service life", "years", "number", 2, 8, 0.25, 50.0,
        "Years over which the price is written off; 3-4 is pessimistic.", 5.0,
        "Amazon 5 years (2025), Meta 5.5, Alphabet and CoreWeave 6, Nebius 4 (annual reports)",
        scale="linear",
    ),
    Field(
        "ownership.residual", "Residual value", "%", "share", 0.0, 0.6, 0.0, 1.0,
        "Share of the price got back at the end; values fall 28 % a year (Epoch).", 0.0,
        "written off to zero, as in large operators' accounts", scale="linear",
    ),
    Field(
        "ownership.cost_of_capital", "Cost of capital", "%", "share", 0.0, 0.2, 0.0, 1.0,
        "Yearly interest or expected return.", 0.10, "8-12 % for GPU clouds (analysts, 2024-26)",
        scale="linear",
    ),
    Field(
        "ownership.utilization", "Utilization", "%", "share", 0.2, 1.0, 0.01, 1.0,
        "Hours used over hours owned.", 0.80,
        "Meta's research clusters ran above 80 % (arXiv 2410.21680); fleets 60-80 %", scale="linear",
    ),
    Field(
        "ownership.facility_usd_per_kw_month", "Facility", "$/kW-month", "money", 50, 300, 0.0, 1e5,
        "Space, cooling and power distribution per kW of server; energy apart.", 140.0,
        "US wholesale colocation asks $120-200 (2024-26)", scale="linear",
    ),
    Field(
        "ownership.upkeep", "Upkeep", "%", "share", 0.0, 0.15, 0.0, 1.0,
        "Yearly staff, spares and repairs, as a share of the price.", 0.03,
        "lower end of 3-8 % of capital a year (analysts)", scale="linear",
    ),
    Field(
        "site.pue", "PUE", "", "number", 1.0, 2.0, 1.0, 5.0,
        "Facility energy over IT energy.", optional=True, scale="linear",
        default_source="usual for the kind of operator",
    ),
    Field(
        "site.usd_per_kwh", "Electricity", "$/kWh", "money", 0.03, 0.35, 0.0, 100.0,
        "Matters for owned accelerators only: rent contains it.", optional=True,
        default_source="the region's industrial price",
    ),
    Field(
        "site.grid_kg_per_kwh", "Grid intensity", "kg/kWh", "number", 0.01, 1.0, 0.0, 10.0,
        "CO2e of the local grid.", optional=True, scale="linear",
        default_source="the region's grid over a year",
    ),
    Field(
        "site.market_kg_per_kwh", "Market-based intensity", "kg/kWh", "number", 0.0, 1.0, 0.0, 10.0,
        "CO2e after contracts and certificates.", optional=True, scale="linear",
        default_source="none claimed: the grid's",
    ),
)  # fmt: skip

_TIME = (
    Field(
        "schedule.preparation_weeks", "Preparation", "weeks", "number", 0, 52, 0.0, 1000.0,
        "Before the first stage: data, code, acceptance of the cluster.", 0.0, OFF, scale="linear",
    ),
    Field(
        "schedule.gap_weeks", "Between stages", "weeks", "number", 0, 12, 0.0, 1000.0,
        "Between one stage and the next.", 0.0, OFF, scale="linear",
    ),
    Field(
        "schedule.wrap_up_weeks", "Wrap-up", "weeks", "number", 0, 26, 0.0, 1000.0,
        "After the last stage: evaluation, report, release.", 0.0, OFF, scale="linear",
    ),
    Field(
        "schedule.usd_per_week_late", "Cost of a week's delay", "$/week", "money", 1e3, 1e7, 0.0, 1e12,
        "Penalties and lost income, beside idle accelerators and people.", 0.0, OFF,
    ),
    Field(
        "demand.tokens_per_day", "Tokens a day", "tokens", "number", 1e5, 1e13, 0.0, 1e18,
        "Read and written by users of the finished model.", 0.0, OFF,
    ),
    Field(
        "demand.input_share", "Share read", "%", "share", 0.0, 1.0, 0.0, 1.0,
        "Of those tokens, how many are prompts.", 0.75,
        "three prompt tokens to one answer token, as token prices are usually blended", scale="linear",
    ),
    Field(
        "demand.months", "Months in use", "months", "number", 1, 60, 0.1, 600.0,
        "How long the model serves.", 24.0, "two years, about the life of a model", scale="linear",
    ),
    Field(
        "api.usd_per_mtok_in", "API, input", "$/Mtok", "money", 0.01, 100, 0.0, 1e5,
        "Price of a million tokens read.", 0.25,
        "gpt-5-mini, 2026-11 (https://developers.openai.com/api/docs/pricing)",
    ),
    Field(
        "api.usd_per_mtok_out", "API, output", "$/Mtok", "money", 0.01, 200, 0.0, 1e5,
        "Price of a million tokens written.", 2.0,
        "gpt-5-mini, 2026-11 (https://developers.openai.com/api/docs/pricing)",
    ),
    Field(
        "finetune.tokens", "Fine-tuned on", "tokens", "number", 1e5, 1e11, 0.0, 1e15,
        "Tokens of a hosted fine-tune, every epoch counted.", 100e6, "50M tokens twice, a large chat set",
    ),
    Field(
        "finetune.usd_per_mtok_trained", "Fine-tuning", "$/Mtok", "money", 0.1, 100, 0.0, 1e5,
        "Price of a million tokens trained on.", 0.48,
        "Together AI, adapters of up to 16B parameters, 2026-05-08 (https://www.together.ai/pricing)",
    ),
    Field(
        "finetune.other_usd", "Fine-tune, other", "$", "money", 1e2, 1e7, 0.0, 1e12,
        "Data and people of the fine-tune.", 0.0, OFF,
    ),
    Field(
        "finetune.usd_per_mtok_in", "Tuned, input", "$/Mtok", "money", 0.01, 100, 0.0, 1e5,
        "Price of a million tokens read by the tuned model.", 0.18,
        "Llama 3.1 8B on Together AI, 2026-11 (https://www.together.ai/pricing)",
    ),
    Field(
        "finetune.usd_per_mtok_out", "Tuned, output", "$/Mtok", "money", 0.01, 200, 0.0, 1e5,
        "Price of a million tokens written by the tuned model.", 0.18,
        "Llama 3.1 8B on Together AI, 2026-11 (https://www.together.ai/pricing)",
    ),
    Field(
        "serving.usd_per_mtok_in", "Own model, input", "$/Mtok", "money", 0.001, 100, 0.0, 1e5,
        "Cost of a million tokens read by one's own model.", 0.02,
        "lowest price of hosts of an 8B model, Nebius 2026-11: about what serving costs when busy",
    ),
    Field(
        "serving.usd_per_mtok_out", "Own model, output", "$/Mtok", "money", 0.001, 200, 0.0, 1e5,
        "Cost of a million tokens written by one's own model.", 0.05,
        "low price of hosts of an 8B model, DeepInfra 2026-11: about what serving costs when busy",
    ),
    Field(
        "serving.usd_per_month", "Own model, fixed", "$/month", "money", 1e2, 1e7, 0.0, 1e12,
        "People on call and idle replicas.", 0.0, OFF,
    ),
)  # fmt: skip

LEDGER_FIELDS: dict[str, Field] = {each.path: each for each in (*_PROGRAMME, *_SUPPLY, *_TIME)}
"""Every input of the ledger by its path."""

ALL_FIELDS: dict[str, Field] = FIELDS | STAGE_FIELDS | LEDGER_FIELDS
"""Inputs of stages and of the ledger."""


def origin(path: str, value: float | None) -> str:
    """Where an input's value comes from: its default's source, or the user."""
    field = LEDGER_FIELDS[path]
    return field.default_source if value == field.default else "your input"
