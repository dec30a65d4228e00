"""What surrounds the accelerator-hours of a scenario: people, data, storage, supply, site, calendar, demand.

Everything that costs is off until it is set: a plan without these sections is a bill of rents alone.
Defaults that are figures of the world are read from ``resources/defaults.yaml``, where their source stands.
"""

from __future__ import annotations

from typing import Literal

from isocost.catalog.constants.defaults import default_number, default_text
from isocost.plan.values import Value

SupplyMode = Literal["on-demand", "reserved", "spot", "block", "own", "mixed"]
OperatorName = Literal["hyperscaler", "specialist", "colocation", "own-room", "liquid-cooled"]


class Programme(Value, frozen=True):
    """Shares and sums on top of the stages."""

    failed_runs: float = 0.0
    """Runs aborted or rolled back, as a share of the main run's rent; goodput is already in that rent."""
    support: float = 0.0
    """Supplier's support, as a share of all rent."""
    setup_usd: float = 0.0
    contingency: float = 0.0
    """Share of everything else."""


class People(Value, frozen=True):
    """Who works on it."""

    heads: float = 0.0
    months: float | None = None
    """None = as long as the programme lasts."""
    usd_per_month: float = default_number("people.usd_per_month")
    """Loaded: salary, taxes, benefits, overhead."""


class Storage(Value, frozen=True):
    """Bytes that are kept and moved."""

    terabytes: float = 0.0
    """Data sets, logs, results."""
    checkpoints: float = 0.0
    """Full checkpoints kept at once; their size follows from the parameters."""
    months: float | None = None
    """None = as long as the programme lasts."""
    usd_per_gb_month: float = default_number("storage.usd_per_gb_month")
    egress_terabytes: float = 0.0
    usd_per_egress_gb: float = default_number("storage.usd_per_egress_gb")


class Dataset(Value, frozen=True):
    """What the text costs before it is trained on."""

    licences_usd: float = 0.0
    annotations: float = 0.0
    usd_per_annotation: float = default_number("dataset.usd_per_annotation")
    synthetic_tokens: float = 0.0
    """Tokens bought from an API; text generated on own accelerators is a stage."""
    usd_per_synthetic_mtok: float = default_number("dataset.usd_per_synthetic_mtok")
    unique_tokens: float | None = None
    """Different tokens at hand; None = enough for one pass."""


OWNING = ("own", "mixed")
"""Terms under which accelerators are one's own, all or some."""
PREPAID: tuple[SupplyMode, ...] = ("reserved", "block")
"""Of accelerators whose hours are paid whether they are used or not."""


class Supply(Value, frozen=True):
    """How the accelerators are obtained; the price of the scenario is the rent it starts from."""

    mode: SupplyMode = "on-demand"
    discount: float = 0.0
    """Share taken off the price by the terms; 0 = the price is already that of the terms."""
    term_months: float = 12.0
    """Contract of reserved accelerators, paid whether used or not."""
    block_days: float = 1.0
    """Shortest capacity block; longer ones are sold by the day."""
    rework: float = default_number("supply.rework")
    """Work a spot run does again, as a share of its rent."""
    owned_share: float = 0.5
    """Of the hours, when some are owned and the rest is rented."""
    resold: float = 0.0
    """Share of unused reserved hours that others pay for."""

    @property
    def owns(self) -> bool:
        """Whether accelerators are one's own, all or some."""
        return self.mode in OWNING

    @property
    def share_owned(self) -> float:
        """Of the hours, those on machines of one's own."""
        return self.owned_share if self.mode == "mixed" else float(self.owns)


class Ownership(Value, frozen=True):
    """What an accelerator of one's own costs."""

    usd_per_accelerator: float | None = None
    """With its share of the server; None = from the catalogue's purchase price."""
    network_share: float = default_number("ownership.network_share")
    """Of the cluster's whole price."""
    years: float = default_number("ownership.years")
    residual: float = 0.0
    """Share of the price got back at the end."""
    cost_of_capital: float = default_number("ownership.cost_of_capital")
    """Yearly."""
    utilization: float = default_number("ownership.utilization")
    """Hours used over hours owned."""
    facility_usd_per_kw_month: float = default_number("ownership.facility_usd_per_kw_month")
    """Space, cooling and power distribution, energy apart."""
    upkeep: float = default_number("ownership.upkeep")
    """Yearly staff, spares and repairs, as a share of the price."""


class Site(Value, frozen=True):
    """Where the accelerators stand: sets energy and emissions."""

    region: str = ""
    """Id of the catalogue's regions; empty = the United States as a whole."""
    operator: OperatorName = "specialist"
    pue: float | None = None
    """Facility energy over IT energy; None = usual for the operator."""
    usd_per_kwh: float | None = None
    grid_kg_per_kwh: float | None = None
    market_kg_per_kwh: float | None = None
    """After contracts and certificates; None = none are claimed."""


class Schedule(Value, frozen=True):
    """When things happen."""

    start: str = ""
    """ISO day the programme starts; empty = months are numbered."""
    preparation_weeks: float = 0.0
    """Before the first stage."""
    gap_weeks: float = 0.0
    """Between stages."""
    wrap_up_weeks: float = 0.0
    """After the last stage."""
    keep_reserved: bool = True
    """Whether accelerators stay reserved, and paid, while the plan is late."""
    usd_per_week_late: float = 0.0
    """Penalties and lost income."""


class Demand(Value, frozen=True):
    """What the finished model is used for; 0 tokens = not compared with an API."""

    tokens_per_day: float = 0.0
    """Read and written together."""
    input_share: float = 0.75
    months: float = 24.0


class Goal(Value, frozen=True):
    """What the plan is held against; None = nothing."""

    budget_usd: float | None = None
    deadline_days: float | None = None
    """From the first day of the programme to its last."""


class Api(Value, frozen=True, omit_defaults=False):
    """Somebody else's model by the token."""

    # Written whole: a file that names a model alone is given that model's prices of today.

    model: str = default_text("api.model")
    supplier: str = default_text("api.supplier")
    usd_per_mtok_in: float = default_number("api.usd_per_mtok_in")
    usd_per_mtok_out: float = default_number("api.usd_per_mtok_out")
    source: str = default_text("api.source")
    date: str = default_text("api.date")


class FineTune(Value, frozen=True):
    """An open model fine-tuned and served by a host."""

    tokens: float = 100e6
    """Trained on, every epoch counted."""
    usd_per_mtok_trained: float = default_number("finetune.usd_per_mtok_trained")
    other_usd: float = 0.0
    """Data and people of the fine-tune."""
    usd_per_mtok_in: float = default_number("finetune.usd_per_mtok_in")
    usd_per_mtok_out: float = default_number("finetune.usd_per_mtok_out")
    supplier: str = default_text("finetune.supplier")
    source: str = default_text("finetune.source")
    date: str = default_text("finetune.date")


class Serving(Value, frozen=True):
    """A model of one's own in use."""

    usd_per_mtok_in: float = default_number("serving.usd_per_mtok_in")
    usd_per_mtok_out: float = default_number("serving.usd_per_mtok_out")
    usd_per_month: float = 0.0
    """Fixed: people on call, idle replicas."""
