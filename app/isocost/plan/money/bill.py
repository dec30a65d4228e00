"""The bill of a programme: a row for each of its lines, and for each step on the way to them."""

from __future__ import annotations

import numpy as np

from isocost.language import tr
from isocost.plan.money.arithmetic import Number, in_cents
from isocost.plan.money.energy import ENERGY
from isocost.plan.money.figure import BILL, LINES, Figure, Paid, by_stage
from isocost.plan.money.supply import RATES
from isocost.plan.project.programme import PREPAID
from isocost.quantities.units import (
    DAYS_PER_MONTH,
    DAYS_PER_WEEK,
    HOURS_PER_DAY,
    HOURS_PER_MONTH,
    HOURS_PER_WEEK,
    KILO,
    MEGA,
)


def _product(*factors: Number) -> Number:
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def _same(value: Number) -> Number:
    return value


WITH_STAGES, WITH_MAIN, AT_START = Paid("stages"), Paid("main stages"), Paid("start")

_RUNS = (
    Figure(
        "stage.rent", tr("Rent"), "USD", ("stage.gpu_hours", "stage.rate"),
        "{stage.gpu_hours} GPU-hours x {stage.rate}",
        lambda hours, rate: in_cents(hours * rate), over="stage",
    ),
    Figure(
        "stage.main_rent", tr("Rent of the main run"), "USD", ("stage.rent", "stage.main"),
        "{stage.rent} x {stage.main}", _product, over="stage",
    ),
    Figure(
        "stage.shared_days", tr("Days on the plan's own accelerators"), "days", ("stage.days",
        "stage.shared"),
        "{stage.days} x {stage.shared}", _product, over="stage",
    ),
    Figure("rent", tr("Rent of all stages"), "USD", ("stage.rent",), "{stage.rent}", by_stage),
    Figure("main_rent", tr("Rent of the main run"), "USD", ("stage.main_rent",), "{stage.main_rent}",
    by_stage),
    Figure("days", tr("Days of all stages"), "days", ("stage.days",), "{stage.days}", by_stage),
    Figure(
        "shared_days", tr("Days on the plan's own accelerators"), "days", ("stage.shared_days",),
        "{stage.shared_days}", by_stage,
    ),
)  # fmt: skip

_TIME = (
    Figure(
        "programme_days", tr("Length of the programme"), "days",
        ("days", "schedule.preparation_weeks", "schedule.wrap_up_weeks", "schedule.gap_weeks", "stages"),
        "{days} + 7 x ({schedule.preparation_weeks} + {schedule.wrap_up_weeks} +"
        " {schedule.gap_weeks} x ({stages} - 1))",
        lambda days, before, after, gap, stages: (
            days + DAYS_PER_WEEK * (before + after + gap * np.maximum(stages - 1, 0))
        ),
    ),
    Figure(
        "months", tr("Length of the programme"), "months", ("programme_days",), "{programme_days} x 24 / 730",
        lambda days: days / DAYS_PER_MONTH,
    ),
    Figure(
        "people_months", tr("Months of work"), "months", ("people.months",), "{people.months}", _same,
        typed=("people.months",),
    ),
    Figure("people_months", tr("Months of work"), "months", ("months",), "{months}", _same),
    Figure(
        "storage_months", tr("Months of storage"), "months", ("storage.months",), "{storage.months}", _same,
        typed=("storage.months",),
    ),
    Figure("storage_months", tr("Months of storage"), "months", ("months",), "{months}", _same),
)  # fmt: skip

_UNUSED = (
    Figure(
        "paid_days", tr("Days of the reservation"), "days", ("supply.term_months",),
        "{supply.term_months} x 730 / 24", lambda months: months * DAYS_PER_MONTH, modes=("reserved",),
    ),
    # Blocks are sold by the day: the last one is paid to its end.
    Figure(
        "paid_days", tr("Days of the capacity block"), "days", ("shared_days", "supply.block_days"),
        "the larger of ({shared_days} in whole days) and {supply.block_days}",
        lambda working, block: np.maximum(np.ceil(working), block), modes=("block",),
    ),
    # Where no stage works on the plan's own accelerators there is nothing to reserve.
    Figure(
        "reserved", tr("Whether accelerators are reserved: 1, or 0 where no stage works on them"), "",
        ("shared_days",), "the smaller of 1 and ({shared_days} in whole days)",
        lambda working: np.minimum(1.0, np.ceil(working)), modes=PREPAID,
    ),
    Figure(
        "unused_days", tr("Days paid and not used"), "days", ("reserved", "paid_days", "shared_days"),
        "{reserved} x the larger of 0 and ({paid_days} - {shared_days})",
        lambda reserved, paid, working: reserved * np.maximum(paid - working, 0.0),
        modes=PREPAID,
    ),
    Figure(
        "unused_hours", tr("Hours paid and not used"), "h", ("unused_days",), "{unused_days} x 24",
        lambda days: days * HOURS_PER_DAY, modes=PREPAID,
    ),
    Figure(
        "unsold_share", tr("Share of unused hours nobody else pays for"), "", ("supply.resold",),
        "100 % - {supply.resold}", lambda resold: 1.0 - resold, modes=PREPAID,
    ),
)  # fmt: skip

_STEPS = (
    Figure(
        "synthetic_mtok", tr("Million tokens bought"), "Mtok", ("dataset.synthetic_tokens",),
        "{dataset.synthetic_tokens} / 1,000,000", lambda tokens: tokens / MEGA,
    ),
    Figure(
        "stored_gb", tr("Kept on fast storage"), "GB",
        ("storage.terabytes", "storage.checkpoints", "checkpoint_gb"),
        "{storage.terabytes} x 1,000 + {storage.checkpoints} x {checkpoint_gb}",
        lambda tb, kept, each: tb * KILO + kept * each,
    ),
    Figure(
        "egress_gb", tr("Moved out"), "GB", ("storage.egress_terabytes",),
        "{storage.egress_terabytes} x 1,000",
        lambda terabytes: terabytes * KILO,
    ),
)  # fmt: skip

_LINES = (
    # Of the main run only: experiments that fail are part of what experiments cost. Goodput is in the rent.
    Figure(
        "failed-runs", tr("Failed runs"), "USD", ("programme.failed_runs", "main_rent"),
        "{programme.failed_runs} of the main run's {main_rent}", _product,
        where=("programme.failed_runs",), group="failures", inputs=("programme.failed_runs",),
        missing=tr("runs aborted or rolled back, beyond what goodput covers"), paid=WITH_MAIN,
    ),
    Figure(
        "interruptions", tr("Work done again on spot"), "USD", ("supply.rework", "rent"),
        "{supply.rework} of {rent} rent", _product,
        modes=("spot",), group="failures", inputs=("supply.rework",), paid=WITH_STAGES,
    ),
    # Hours that others pay for are named only where there are any: "100 % of" would be a riddle.
    Figure(
        "unused", tr("Reserved and unused"), "USD",
        ("unsold_share", "unused_hours", "held.count", "held.rate"),
        "{unsold_share} of {unused_hours} h x {held.count} GPUs x {held.rate}",
        lambda share, hours, count, rate: hours * count * rate * share,
        modes=PREPAID, where=("supply.resold",), group="infrastructure",
        paid=Paid("after", "unused_days"), committed=True,
    ),
    Figure(
        "unused", tr("Reserved and unused"), "USD", ("unused_hours", "held.count", "held.rate"),
        "{unused_hours} h x {held.count} GPUs x {held.rate}", _product,
        modes=PREPAID, group="infrastructure",
        paid=Paid("after", "unused_days"), committed=True,
    ),
    Figure(
        "licences", tr("Data licences"), "USD", ("dataset.licences_usd",), "{dataset.licences_usd}", _same,
        where=("dataset.licences_usd",), group="data", inputs=("dataset.licences_usd",),
        missing=tr("text bought from its owners"), paid=AT_START, committed=True,
    ),
    Figure(
        "annotations", tr("Annotation"), "USD", ("dataset.annotations", "dataset.usd_per_annotation"),
        "{dataset.annotations} x {dataset.usd_per_annotation}", _product,
        where=("dataset.annotations",), group="data",
        inputs=("dataset.annotations", "dataset.usd_per_annotation"),
        missing=tr("preferences and demonstrations written by people"), paid=Paid("before"),
    ),
    Figure(
        "synthetic", tr("Synthetic text"), "USD", ("synthetic_mtok", "dataset.usd_per_synthetic_mtok"),
        "{synthetic_mtok} million tokens x {dataset.usd_per_synthetic_mtok}", _product,
        where=("dataset.synthetic_tokens",), group="data",
        inputs=("dataset.synthetic_tokens", "dataset.usd_per_synthetic_mtok"),
        missing=tr("text written by models"), counted_with=("data",), paid=Paid("before"),
    ),
    Figure(
        "people", tr("People"), "USD", ("people.heads", "people_months", "people.usd_per_month"),
        "{people.heads} people x {people_months} months x {people.usd_per_month}", _product,
        where=("people.heads",), group="people",
        inputs=("people.heads", "people.months", "people.usd_per_month"),
        missing=tr("salaries of those who do it"), paid=Paid("throughout", "people_months"), committed=True,
    ),
    Figure(
        "storage", tr("Storage"), "USD", ("stored_gb", "storage_months", "storage.usd_per_gb_month"),
        "{stored_gb} GB x {storage_months} months x {storage.usd_per_gb_month}", _product,
        where=("storage.terabytes", "storage.checkpoints"), group="infrastructure",
        inputs=("storage.terabytes", "storage.checkpoints", "storage.usd_per_gb_month", "storage.months"),
        missing=tr("data, checkpoints and logs on fast storage"), paid=Paid("throughout", "storage_months"),
    ),
    Figure(
        "egress", tr("Egress"), "USD", ("egress_gb", "storage.usd_per_egress_gb"),
        "{egress_gb} GB x {storage.usd_per_egress_gb}", _product,
        where=("storage.egress_terabytes",), group="infrastructure",
        inputs=("storage.egress_terabytes", "storage.usd_per_egress_gb"),
        missing=tr("moving data out of the supplier's network"), paid=Paid("end"),
    ),
    Figure(
        "support", tr("Support"), "USD", ("programme.support", "rent"), "{programme.support} of {rent} rent",
        _product, where=("programme.support",), group="infrastructure", inputs=("programme.support",),
        missing=tr("the supplier's support contract"), paid=WITH_STAGES, committed=True,
    ),
    Figure(
        "setup", tr("Setup"), "USD", ("programme.setup_usd",), "{programme.setup_usd}", _same,
        where=("programme.setup_usd",), group="infrastructure", inputs=("programme.setup_usd",),
        missing=tr("migration, acceptance tests, contracts"), paid=AT_START, committed=True,
    ),
    # A reserve is held against all that can go wrong, so every line counts, those added later too.
    Figure(
        "everything_else", tr("Everything else"), "USD", ("rent", LINES), "{rent} + {lines}",
        lambda rent, lines: rent + lines,
    ),
    Figure(
        "contingency", tr("Contingency"), "USD", ("programme.contingency", "everything_else"),
        "{programme.contingency} of everything else, {everything_else}", _product,
        where=("programme.contingency",), group="contingency", inputs=("programme.contingency",),
        missing=tr("a reserve for what nobody thought of"), paid=Paid("as the rest"),
    ),
)  # fmt: skip

_DELAY = (
    Figure(
        "late.hours", tr("Hours late"), "h", ("weeks_late",), "{weeks_late} x 168",
        lambda weeks: weeks * HOURS_PER_WEEK,
    ),
    Figure(
        "late.months", tr("Months late"), "months", ("late.hours",), "{late.hours} / 730",
        lambda hours: hours / HOURS_PER_MONTH,
    ),
    # A delay falls into what is reserved, unused and paid already, of which others would have taken a part.
    Figure(
        "late.paid_hours", tr("Hours late that are paid already"), "h", ("late.hours", "unused_hours"),
        "the smaller of {late.hours} and {unused_hours}", np.minimum, modes=PREPAID,
    ),
    Figure(
        "late.idle_hours", tr("Hours late to be paid"), "h",
        ("late.hours", "late.paid_hours", "unsold_share"),
        "{late.hours} - {late.paid_hours} x {unsold_share}",
        lambda late, paid, unsold: late - paid * unsold, modes=PREPAID,
    ),
    Figure("late.idle_hours", tr("Hours late to be paid"), "h", ("late.hours",), "{late.hours}", _same),
    Figure(
        "late.idle", tr("Idle accelerators"), "USD", ("held.count", "late.idle_hours", "held.idle_rate"),
        "{held.count} x {late.idle_hours} h x {held.idle_rate}", _product, of="delay", group="infrastructure",
    ),
    Figure(
        "late.support", tr("Support"), "USD", ("programme.support", "late.idle"),
        "{programme.support} of {late.idle}", _product, of="delay", group="infrastructure",
        inputs=("programme.support",),
    ),
    Figure(
        "late.people", tr("People"), "USD", ("people.heads", "late.months", "people.usd_per_month"),
        "{people.heads} people x {late.months} months x {people.usd_per_month}", _product, of="delay",
        group="people", inputs=("people.heads", "people.usd_per_month"),
    ),
    Figure(
        "late.storage", tr("Storage"), "USD", ("stored_gb", "late.months", "storage.usd_per_gb_month"),
        "{stored_gb} GB x {late.months} months x {storage.usd_per_gb_month}", _product, of="delay",
        group="infrastructure",
        inputs=("storage.terabytes", "storage.checkpoints", "storage.usd_per_gb_month"),
    ),
    Figure(
        "late.late", tr("Late delivery"), "USD", ("weeks_late", "schedule.usd_per_week_late"),
        "{weeks_late} weeks x {schedule.usd_per_week_late}", _product, of="delay", group="contingency",
        inputs=("schedule.usd_per_week_late",),
    ),
)  # fmt: skip
"""What it costs when everything ends later and no more work is done."""

_TOTAL = (
    Figure(
        "total", tr("Programme"), "USD", ("rent", BILL), "{rent} + {bill}", lambda rent, bill: rent + bill
    ),
)

FIGURES: tuple[Figure, ...] = (*RATES, *_RUNS, *ENERGY, *_TIME, *_UNUSED, *_STEPS, *_LINES, *_DELAY, *_TOTAL)
"""Every figure of a programme; lines in the order of the bill."""
