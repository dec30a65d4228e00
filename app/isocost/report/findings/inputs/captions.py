"""What stands under the inputs: what a value means here, where it comes from, what a folded group holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import PriceCard, PriceQuote
from isocost.language import in_sentence, tr
from isocost.plan.answer.automatic import automatic
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import StageEstimate, result_of
from isocost.plan.answer.warnings.ages import purchase_age, purchase_staleness
from isocost.plan.answer.warnings.badges import (
    NEAR_OPTIMAL,
    badges,
    thresholds_reached,
    training_flops,
    training_regime,
)
from isocost.plan.inputs.defaults import default_of
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.roads import DENSE
from isocost.plan.inputs.table import CHOICES, NUMBERS, OFF, origin
from isocost.plan.kinds import Stage, data_of, kind_of
from isocost.plan.money.ownership import PURCHASE, purchase_price
from isocost.plan.physics.layouts import pinned_words
from isocost.plan.physics.resolve import impossible_model, parameters_of, transformer_of
from isocost.plan.physics.throughput import ATTENTION_WORDS, TYPED
from isocost.plan.project.programme import Api
from isocost.plan.project.project import (
    Place,
    Project,
    Scenario,
    get_value,
    hardware_of,
    model_of,
    price_of,
)
from isocost.plan.project.ranges import InputRange
from isocost.plan.values import Data, Efficiency, Layout, Price, asked_by
from isocost.quantities import (
    SPACE,
    format_counted,
    format_duration,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
)

NOTHING_SET = tr("off")
OWN_PRICE = tr("Your own price")
FEW_PINS = 2
TIMES = ("days", "weeks", "months")
"""Units that are told with their number."""
"""As many pinned parts are named in a line of their own; more are counted."""

QUOTE_TERMS = {
    "marketplace": tr("Marketplace"),
    "single": tr("Single accelerators"),
    "specialist": tr("Specialist cloud"),
    "hyperscaler": tr("Hyperscaler list price"),
    "one-year": tr("Committed for a year"),
    "capacity-block": tr("Reserved for weeks"),
    "claim": tr("Published claims"),
}
"""Terms of market prices, in the order offered."""
NO_QUOTES = tr("No market price is known; type one.")
YOUR_QUOTES = tr("Your quotes")
ADD_QUOTE = tr("Quotes of your own…")


_REMARKED = ("data.tokens", "model.parameters")
"""Inputs that badges stand at."""
SHORT_TERMS = {
    "typed": "",
    "marketplace": tr("marketplace"),
    "single": tr("one at a time"),
    "specialist": tr("specialist"),
    "hyperscaler": tr("hyperscaler"),
    "one-year": tr("1-year"),
    "capacity-block": tr("capacity block"),
    "claim": tr("claim"),
}
"""Terms of a price beside its supplier."""
_ADDRESS = re.compile(r" ?\(https?://[^)]*\)")


@dataclass(frozen=True, slots=True)
class Selected:
    """The stage whose inputs are shown, and what the newest answer says of its scenario."""

    project: Project
    place: Place
    catalog: Catalog
    answer: Answer | None = None
    """None before the first one."""

    @property
    def scenario(self) -> Scenario:
        """The scenario it belongs to."""
        return self.project.scenarios[self.place.scenario]

    @property
    def stage(self) -> Stage:
        """The stage itself."""
        return self.scenario.stages[self.place.stage]

    @property
    def results(self) -> tuple[StageEstimate, ...]:
        """What every stage comes to; none before the first answer."""
        return self.answer.estimate.stages if self.answer is not None else ()

    @property
    def result(self) -> StageEstimate | None:
        """What this stage comes to; None while the answer is of other stages."""
        estimate = self.answer.estimate if self.answer is not None else None
        return result_of(self.scenario.stages, estimate, self.place.stage)

    def value(self, path: str) -> Any:
        """The value at a path such as ``hardware.count``, wherever it is held."""
        return get_value(self.project, path, scenario=self.place.scenario, stage=self.place.stage)

    def filled_from(self, path: str) -> str | None:
        """Where what an empty input comes to is from; None when nothing fills it in."""
        known = automatic(self.project, path, at=self.place, catalog=self.catalog, answer=self.answer)
        return known.source if known is not None else None


# Captions


def value_words(declared: Input, value: float | None) -> str:
    """A value put into an input: "Tokens 2T", "Deadline 60 days"; None = it is left to be filled in."""
    if value is None:
        return tr("{label} automatic", label=declared.label)
    if declared.unit == "days" and value < 1.0:  # "3.1 h", not 0.129 days
        return f"{declared.label} {format_duration(value)}"
    # A sum wears its currency and a share its sign; of a time the number alone says nothing.
    told = declared.unit in TIMES and declared.unit not in declared.label.lower()
    unit = f" {tr(declared.unit)}" if told else ""
    return f"{declared.label} {format_quantity(value, declared.quantity)}{unit}"


def caption(path: str, selected: Selected) -> str:
    """One short line for the input at a path; empty when there is nothing to add."""
    line = _CAPTIONS.get(path)
    return line(selected) if line else ""


def range_caption(held: InputRange, middle: float | None = None) -> str:
    """What a range of an input says, and the value the plan takes of it where that is to be said."""
    quantity = NUMBERS[held.input].quantity
    low, high = (format_quantity(end, quantity) for end in (held.low, held.high))
    chances = {"lognormal": tr("8 chances in 10 lie "), "uniform": "evenly "}.get(held.shape, "")
    taken = (
        ""
        if middle is None
        else tr("; the plan takes {quantity}", quantity=format_quantity(middle, quantity))
    )
    return tr("{chances}between {low} and {high}{taken}", chances=chances, low=low, high=high, taken=taken)


def range_words(declared: Input, low: float, high: float) -> str:
    """A range given to an input, for the undo menu."""
    first, last = (format_quantity(end, declared.quantity) for end in (low, high))
    return tr("{label} {first} to {last}", label=declared.label, first=first, last=last)


def no_range_words(declared: Input) -> str:
    """A range taken from an input, for the undo menu."""
    return tr("{label} without a range", label=declared.label)


def end_words(declared: Input, end: Literal["low", "high"], value: float) -> str:
    """One end of a range, for those who cannot see where it stands."""
    return tr(
        "{label}, {end} end of its range: {quantity}",
        label=declared.label,
        end=end,
        quantity=format_quantity(value, declared.quantity),
    )


MAKE_RANGE, DROP_RANGE = tr("Make it a range"), tr("Drop the range")


def remarks_at(path: str, selected: Selected) -> str:
    """What laws, published models and rules say at an input, with their sources; empty when nothing."""
    if path not in _REMARKED or data_of(selected.stage) is None:
        return ""
    found = badges(selected.scenario, selected.results, selected.catalog, selected.place.stage)
    return "\n\n".join(f"{b.text}. {b.detail} {b.source}" for b in found if b.path == path)


def programme_caption(path: str, selected: Selected) -> str:
    """Where a number of the ledger comes from, or what it means while it is off."""
    value = selected.value(path)
    source = selected.filled_from(path) if value is None else None
    if source is None:
        source = origin(path, value)
    return tr("Off. {help}", help=NUMBERS[path].help) if source == OFF else short_source(source)


def stage_caption(path: str, selected: Selected) -> str:
    """Where a number of a kind of stage comes from: its kind, what fills it in, or the user."""
    value = selected.value(path)
    if value is None:
        return selected.filled_from(path) or NUMBERS[path].default_source
    default = default_of(selected.stage, NUMBERS[path], selected.catalog)
    return without_address(default.source) if value == default.value else TYPED


def price_origin(price: Price) -> str:
    """Who asks a price, on which terms, and when it was read."""
    terms = SHORT_TERMS.get(price.commitment, price.commitment)
    supplier = asked_by(price.supplier)
    parts = [supplier, terms if terms not in supplier.lower() else "", price.date[:10]]
    return " · ".join(part for part in parts if part)


def short_source(source: str) -> str:
    """A source without its address and asides, which the tooltip holds."""
    return without_address(source.split("; ")[0])


def without_address(source: str) -> str:
    """A source without the address of its page."""
    return _ADDRESS.sub("", source)


def precision_note(accelerator: str, asked: str, used: str) -> str:
    """That an accelerator lacks a number format, and which one it uses instead."""
    names = CHOICES["data.precision"].options
    return tr(
        "{accelerator} has no {names}: {names_2} is used.",
        accelerator=accelerator,
        names=names[asked],
        names_2=names[used],
    )


def api_note(api: Api) -> str:
    """Which model by the token the plan is compared with, and who asks its price."""
    told = f"{api.supplier}, {api.date}" if api.source else tr("typed")
    return tr("Now: {model}, {told}.", model=api.model or OWN_PRICE, told=told)


def _parameters(selected: Selected) -> str:
    model = model_of(selected.scenario, selected.stage)
    if impossible := impossible_model(model):
        return impossible
    shape = transformer_of(model, selected.catalog)
    parts = [model.name or tr("custom shape"), format_counted(shape.layers, "layer")]
    if shape.feedforward_layers is not None:
        # Mixers and feed-forwards stand one after another, each a block of its own.
        parts[1] = format_counted(shape.layers + shape.feedforward_layers, "block")
    if shape.is_moe:
        parts.append(format_counted(shape.experts, "expert"))
    if shape.attention == "mla":
        parts.append("MLA")
    return " · ".join(parts)


def _active(selected: Selected) -> str:
    counted = parameters_of(model_of(selected.scenario, selected.stage), selected.catalog)
    share = counted.active / counted.total
    if share >= DENSE:
        return tr("dense: every weight is used")
    return tr("{share} of all weights a token", share=format_share(share))


def _tokens(selected: Selected) -> str:
    stage, data = selected.stage, data_of(selected.stage)
    if data is None or not kind_of(stage).makes_model:
        default = default_of(stage, NUMBERS["data.tokens"], selected.catalog)
        return default.source if selected.value("data.tokens") == default.value else TYPED
    counted = parameters_of(model_of(selected.scenario, stage), selected.catalog)
    ratio = data.tokens / counted.active
    shown = format_rounded(ratio)
    regime = training_regime(counted.active, data.tokens, selected.catalog)
    reached = thresholds_reached(training_flops(selected.results), selected.catalog)
    rule = tr(" · above {flops:.0e} FLOPs", flops=reached[-1].flops).replace("e+", "e") if reached else ""
    word = NEAR_OPTIMAL if regime == "compute-optimal" else tr(regime)
    return tr("{shown} per active parameter: {regime}{rule}", shown=shown, regime=word, rule=rule)


def _sequence(selected: Selected) -> str:
    result = selected.result
    if result is None or result.flops is None:
        return ""
    return tr(
        "attention is {share} of the work", share=format_share(result.flops.attention / result.flops.total)
    )


def _batch(selected: Selected) -> str:
    if selected.value("data.batch_tokens") is not None:
        return tr("tokens of one optimizer step")
    return selected.filled_from("data.batch_tokens") or ""


def _count(selected: Selected) -> str:
    """How many nodes a count is; and what was typed, where one cannot have that many."""
    asked = hardware_of(selected.scenario, selected.stage).typed
    if asked is None:
        return _nodes(selected)
    return tr("for {asked} typed: {nodes}", asked=format_rounded(asked), nodes=_nodes(selected))


def _nodes(selected: Selected) -> str:
    entry = selected.catalog.accelerator(selected.value("hardware.accelerator"))
    size, count = entry.spec.node_size, int(selected.value("hardware.count"))
    if size == 1:
        return tr(
            "{word} one by one", word=tr("bought") if selected.scenario.supply.mode == "own" else tr("rented")
        )
    nodes, more = divmod(count, size)
    if not nodes:
        return (
            tr("a single {noun}", noun=entry.noun)
            if count == 1
            else tr("{count} of a node of {size}", count=count, size=size)
        )
    # A claim may be of any count.
    rest = tr(" and {more} of another", more=more) if more else ""
    return tr("{counted} of {size}{rest}", counted=format_counted(nodes, "node"), size=size, rest=rest)


def _price(selected: Selected) -> str:
    return price_origin(price_of(selected.scenario, selected.stage))


def prices_shown(selected: Selected) -> tuple[bool, bool]:
    """Whether (rent, purchase price) of the selected stage's accelerators bear on what an hour costs."""
    scenario, stage = selected.scenario, selected.stage
    accelerator = hardware_of(scenario, stage).accelerator
    if not scenario.supply.owns:
        return True, False
    # A typed purchase price is the shared accelerator's: that of a stage's own is the catalogue's.
    known = purchase_price(selected.catalog.accelerator(accelerator), scenario, selected.catalog)[0]
    return scenario.supply.mode == "mixed" or known is None, accelerator == scenario.hardware.accelerator


def _purchase(selected: Selected) -> str:
    """Where the purchase price comes from, or that there is none."""
    entry = selected.catalog.accelerator(selected.scenario.hardware.accelerator)
    price, source = purchase_price(entry, selected.scenario, selected.catalog)
    if price is None:
        return tr("{source}; taken as rented", source=source)
    age = purchase_age(entry, selected.scenario)
    if age is None:
        return tr("bought; {typed}", typed=TYPED)
    old = f", {age.words}" if purchase_staleness(age, selected.catalog) is not None else ""
    return tr("bought; {typed}", typed=f"{entry.purchase_basis}, {entry.purchase_date}{old}")


TWO_LINES = 84
"""Letters that a caption has room for."""
_TRIED = re.compile(r"best of [\d,.\s]+ layouts?")


def _mfu(selected: Selected) -> str:
    result = selected.result
    basis = tr("of the {mfu_basis}; ", mfu_basis=result.mfu_basis) if result is not None else ""
    if selected.value("efficiency.mfu") is not None:
        return tr("{basis}yours here, elsewhere by the model; empty it for an estimate", basis=basis)
    if result is None:
        return ""
    whole = basis + (f"{result.layout}; {result.mfu_source}" if result.layout else result.mfu_source)
    # How many were tried stands on the Fit page too.
    crowded = result.layout and len(whole) > TWO_LINES and _TRIED.fullmatch(result.mfu_source)
    return f"{basis}{result.layout}" if crowded else whole


def _or_filled(path: str, typed: str) -> Callable[[Selected], str]:
    """What is said of an input that may be left empty: where it comes from then, else ``typed``."""

    def said(selected: Selected) -> str:
        return typed if selected.value(path) is not None else selected.filled_from(path) or ""

    return said


def _claim(selected: Selected) -> str:
    return selected.stage.note or tr("as claimed; nothing is added")


_CAPTIONS: dict[str, Callable[[Selected], str]] = {
    "model.parameters": _parameters,
    "model.active_parameters": _active,
    "data.tokens": _tokens,
    "data.sequence": _sequence,
    "data.batch_tokens": _batch,
    "hardware.count": _count,
    "price.usd_per_gpu_hour": _price,
    PURCHASE: _purchase,
    "efficiency.mfu": _mfu,
    **{
        path: _or_filled(path, tr("your input{kept}; empty the field for {left}", kept=kept, left=left))
        for path, kept, left in (
            ("efficiency.goodput", tr(" at this count"), tr("the estimate")),
            ("efficiency.waste", "", tr("what published runs lose")),
            ("efficiency.matmul_tflops", tr(", on this accelerator alone"), tr("the estimate")),
            ("data.document", tr(": attention within each document"), tr("the whole sequence")),
        )
    },
    "stage.hours": _claim,
    "stage.gpu_hours": _claim,
}


# Market prices


def is_market(quote: PriceQuote) -> bool:
    """Whether anybody can rent at this price: no claims, and nothing of doubtful standing."""
    return quote.standing == "listed" and quote.terms in ("on-demand", "marketplace", "one-year", "spot")


def quote_line(card: PriceCard | PriceQuote) -> str:
    """Price, supplier and day of a card on one line."""
    return f"{format_money(card.usd_per_gpu_hour)}  {card.supplier}, {card.date}"


def quote_tick(quote: PriceQuote) -> str:
    """A quote with its terms, at its mark on the slider."""
    return f"{quote_line(quote)}, {quote.terms}"


# What folded groups hold


def details_line(data: Data) -> str:
    """The training details: sequence and number format."""
    sequence = format_quantity(data.sequence, "count")
    packed = (
        ""
        if data.document is None
        else tr(" · {quantity} a document", quantity=format_quantity(data.document, "count"))
    )
    return tr(
        "{sequence} context{packed} · {options}",
        sequence=sequence,
        packed=packed,
        options=CHOICES["data.precision"].options[data.precision],
    )


def software_line(efficiency: Efficiency) -> str:
    """What is said of the software beside its tier, or that it is left open."""
    words = (
        []
        if efficiency.attention is None
        else [tr("{attention_words} attention", attention_words=ATTENTION_WORDS[efficiency.attention])]
    )
    words += [] if efficiency.overlap else [tr("no overlap")]
    if efficiency.matmul_tflops is not None:
        words.append(f"{format_quantity(efficiency.matmul_tflops, 'number')}{SPACE}TFLOP/s")
    return " · ".join(words) or tr("kernels and overlap as usual")


def layout_line(pins: Layout) -> str:
    """The pinned parts of a layout, or how many there are."""
    count = sum(getattr(pins, name) is not None for name in pins.__struct_fields__)
    few = pinned_words(pins) if count <= FEW_PINS else tr("{count} parts pinned", count=count)
    return few or tr("chosen by the search")


def group_line(group: str, scenario: Scenario, catalog: Catalog) -> str:
    """What a group of the ledger's inputs holds, in a few words."""
    return _site(scenario, catalog) if group == "site" else _GROUPS[group](scenario)


def _people(scenario: Scenario) -> str:
    heads = scenario.people.heads
    if not heads:
        return NOTHING_SET
    rate = format_money(scenario.people.usd_per_month)
    return tr("{quantity} at {rate} a month", quantity=format_quantity(heads, "number"), rate=rate)


def _programme(scenario: Scenario) -> str:
    p = scenario.programme
    parts = [
        f"{format_quantity(share, 'share')} {name}"
        for name, share in (
            (tr("failed"), p.failed_runs),
            (tr("support"), p.support),
            (tr("reserve"), p.contingency),
        )
        if share
    ]
    if p.setup_usd:
        parts.append(tr("{money} setup", money=format_money(p.setup_usd)))
    return _joined(parts)


def _dataset(scenario: Scenario) -> str:
    data = scenario.dataset
    parts = [tr("{money} licences", money=format_money(data.licences_usd))] if data.licences_usd else []
    parts += (
        [tr("{quantity} labels", quantity=format_quantity(data.annotations, "number"))]
        if data.annotations
        else []
    )
    tokens = data.synthetic_tokens
    parts += [tr("{quantity} tokens bought", quantity=format_quantity(tokens, "number"))] if tokens else []
    return _joined(parts)


def _storage(scenario: Scenario) -> str:
    kept = scenario.storage
    parts = [f"{format_quantity(kept.terabytes, 'number')}{SPACE}TB"] if kept.terabytes else []
    count = format_quantity(kept.checkpoints, "number")
    parts += [tr("{count} checkpoints", count=count)] if kept.checkpoints else []
    moved = format_quantity(kept.egress_terabytes, "number")
    parts += [tr("{moved}{space}TB out", moved=moved, space=SPACE)] if kept.egress_terabytes else []
    return _joined(parts)


def _schedule(scenario: Scenario) -> str:
    return (
        tr("from {start}", start=scenario.schedule.start) if scenario.schedule.start else tr("no start date")
    )


def _supply(scenario: Scenario) -> str:
    return in_sentence(CHOICES["supply.mode"].options[scenario.supply.mode])


def _ownership(scenario: Scenario) -> str:
    own = scenario.ownership
    used = format_quantity(own.utilization, "share")
    return tr("{quantity} years, {used} used", quantity=format_quantity(own.years, "number"), used=used)


def _site(scenario: Scenario, catalog: Catalog) -> str:
    site = scenario.site
    region = catalog.constants.regions.get(site.region)
    place = region.name.split(" (")[0] if region else tr("United States")
    return f"{place} · {catalog.constants.economics.operator(site.operator).name}"


def _demand(scenario: Scenario) -> str:
    tokens = scenario.demand.tokens_per_day
    return (
        tr("{quantity} tokens a day", quantity=format_quantity(tokens, "number")) if tokens else NOTHING_SET
    )


def _joined(parts: list[str]) -> str:
    """At most two of the parts, and how many more there are."""
    if not parts:
        return NOTHING_SET
    more = f" +{len(parts) - 2}" if len(parts) > 2 else ""
    return " · ".join(parts[:2]) + more


_GROUPS: dict[str, Callable[[Scenario], str]] = {
    "people": _people,
    "programme": _programme,
    "dataset": _dataset,
    "storage": _storage,
    "schedule": _schedule,
    "supply": _supply,
    "ownership": _ownership,
    "demand": _demand,
}
"""Groups that need no catalogue to say what they hold."""
