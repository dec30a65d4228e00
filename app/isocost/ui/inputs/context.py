"""The quiet line under an input: what its value means here and where it comes from."""

from __future__ import annotations

from collections.abc import Callable

from isocost.plan.answer.badges import badges, thresholds_reached, training_flops
from isocost.plan.answer.results import StageEstimate
from isocost.plan.inputs.defaults import default_of
from isocost.plan.inputs.table import NUMBERS, TYPED
from isocost.plan.kinds import data_of, kind_of
from isocost.plan.physics.resolve import transformer_of
from isocost.plan.project.project import Price, model_of, price_of
from isocost.quantities import format_counted, format_share
from isocost.ui.inputs.bindings import filled, model_parameters, read, stage_estimate
from isocost.ui.session.session import Session

COMPUTE_OPTIMAL = 20.0
"""Tokens per parameter of the compute-optimal rule (Hoffmann et al., arXiv 2203.15556)."""


_REMARKED = ("data.tokens", "model.parameters")
"""Inputs that badges stand at."""


def context(path: str, session: Session) -> str:
    """One short line for the input at a path; empty when there is nothing to add."""
    line = _LINES.get(path)
    return line(session) if line else ""


def remarks(path: str, session: Session) -> str:
    """What laws, published models and rules say at an input, with their sources; empty when nothing."""
    if path not in _REMARKED or data_of(session.current_stage) is None:
        return ""
    found = badges(session.current_scenario, _results(session), session.catalog, session.stage)
    return "\n\n".join(f"{b.text}. {b.detail} {b.source}" for b in found if b.path == path)


def _results(session: Session) -> tuple[StageEstimate, ...]:
    """The newest estimate's stages; none before the first one."""
    return session.estimate.stages if session.estimate else ()


_TERMS = {"typed": "", "one-year": "1-year", "single": "one at a time"}


def price_origin(price: Price) -> str:
    """Who asks a price, on which terms, and when it was read."""
    terms = _TERMS.get(price.commitment, price.commitment)
    parts = [price.supplier, terms if terms not in price.supplier.lower() else "", price.date[:10]]
    return " · ".join(part for part in parts if part)


def _parameters(session: Session) -> str:
    model = model_of(session.current_scenario, session.current_stage)
    shape = transformer_of(model, session.catalog)
    parts = [model.name or "custom shape", format_counted(shape.layers, "layer")]
    if shape.feedforward_layers is not None:
        # Mixers and feed-forwards stand one after another, each a block of its own.
        parts[1] = format_counted(shape.layers + shape.feedforward_layers, "block")
    if shape.is_moe:
        parts.append(format_counted(shape.experts, "expert"))
    if shape.attention == "mla":
        parts.append("MLA")
    return " · ".join(parts)


def _active(session: Session) -> str:
    counted = model_parameters(session)
    share = counted.active / counted.total
    return "dense: every weight is used" if share >= 0.99 else f"{format_share(share)} of all weights a token"


def _tokens(session: Session) -> str:
    stage = session.current_stage
    data = data_of(stage)
    if data is None or not kind_of(stage).makes_model:
        default = default_of(stage, NUMBERS["data.tokens"], session.catalog)
        return default.source if session.value("data.tokens") == default.value else TYPED
    ratio = data.tokens / model_parameters(session).active
    shown = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.3g}"
    reached = thresholds_reached(training_flops(_results(session)), session.catalog)
    rule = f" · above {reached[-1].flops:.0e} FLOPs".replace("e+", "e") if reached else ""
    return f"{shown} per active parameter: {training_regime(ratio)}{rule}"


def training_regime(tokens_per_parameter: float) -> str:
    """How a ratio of tokens to parameters compares with the compute-optimal one, in words."""
    ratio = tokens_per_parameter / COMPUTE_OPTIMAL
    if ratio < 0.5:
        return "under-trained"
    if ratio <= 2:
        return "compute-optimal"
    return "over-trained"


def _sequence(session: Session) -> str:
    result = stage_estimate(session)
    if result is None or result.flops is None:
        return ""
    return f"attention is {format_share(result.flops.attention / result.flops.total)} of the work"


def _count(session: Session) -> str:
    entry = session.catalog.accelerator(session.value("hardware.accelerator"))
    size = entry.spec.node_size
    nodes = -(-int(session.value("hardware.count")) // size)
    if size == 1:
        return "rented one by one"
    return f"{format_counted(nodes, 'node')} of {size}"


def _price(session: Session) -> str:
    return price_origin(price_of(session.current_scenario, session.current_stage))


def _source(path: str, session: Session) -> str:
    """Where what an input left empty comes to is from; empty while nothing is known."""
    known = filled(session, path)
    return known.source if known is not None else ""


def _mfu(session: Session) -> str:
    result = stage_estimate(session)
    basis = f"of the {result.mfu_basis}; " if result is not None else ""
    if not read(session, "efficiency.mfu").automatic:
        return f"{basis}your input, on others as far as their matmuls reach; empty the field for the estimate"
    if result is None:
        return ""
    return basis + (f"{result.layout}; {result.mfu_source}" if result.layout else result.mfu_source)


def _goodput(session: Session) -> str:
    if not read(session, "efficiency.goodput").automatic:
        return "your input; empty the field for the estimate"
    return _source("efficiency.goodput", session)


def _batch(session: Session) -> str:
    if not read(session, "data.batch_tokens").automatic:
        return "tokens of one optimizer step"
    return _source("data.batch_tokens", session)


def _claim(session: Session) -> str:
    return session.current_stage.note or "as claimed; nothing is added"


_LINES: dict[str, Callable[[Session], str]] = {
    "model.parameters": _parameters,
    "model.active_parameters": _active,
    "data.tokens": _tokens,
    "data.sequence": _sequence,
    "data.batch_tokens": _batch,
    "hardware.count": _count,
    "price.usd_per_gpu_hour": _price,
    "efficiency.mfu": _mfu,
    "efficiency.goodput": _goodput,
    "stage.hours": _claim,
    "stage.gpu_hours": _claim,
}
