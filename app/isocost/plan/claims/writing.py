"""A claim written as a sentence that reads back as the same claim."""

from __future__ import annotations

from collections.abc import Iterator

from isocost.catalog import Catalog
from isocost.catalog.entries.claims import ClaimJob
from isocost.plan.claims.claim import Claim
from isocost.plan.claims.terms import Terms
from isocost.quantities.units import HOURS_PER_DAY

_JOBS: dict[ClaimJob, str] = {
    "pretrain": "from scratch",
    "sft": "fine-tuning",
    "lora": "LoRA",
    "qlora": "QLoRA",
    "rl": "reinforcement learning",
    "total": "all stages",
}
"""What was done, in words that are read."""
_LIMITS = {"at most": "at most ", "at least": "at least "}


def sentence_of(terms: Terms, catalog: Catalog) -> str:
    """The figures of a claim in one line, to be edited.

    Parts of its hours stand together as their sum; another model that its work is compared with is left out.
    """
    return ", ".join(_parts(terms.claim, terms, catalog))


def _parts(claim: Claim, terms: Terms, catalog: Catalog) -> Iterator[str]:
    if model := _model(claim):
        yield model
    if claim.job is not None:
        yield _JOBS[claim.job]
    if claim.tokens is not None:
        yield f"{_plain(claim.tokens)} tokens"
    if claim.epochs is not None:
        yield f"{_plain(claim.epochs)} epochs"
    if claim.sequence is not None:
        yield f"{claim.sequence} context"
    if claim.flops is not None:
        yield f"{claim.flops:g} FLOP"
    yield from _hardware(claim, terms, catalog)
    if claim.usd is not None:
        yield f"{_LIMITS.get(claim.bound, '')}${_plain(claim.usd)}"
    if claim.usd_per_gpu_hour is not None:
        yield f"${_plain(claim.usd_per_gpu_hour)} per GPU-hour"
    if claim.mfu is not None:
        yield f"{_plain(100.0 * claim.mfu)} % MFU"
    if claim.precision:
        yield claim.precision.upper()


def _model(claim: Claim) -> str:
    if claim.model is not None:
        return claim.model
    if claim.parameters is None:
        return ""
    active = f" {_plain(claim.active)} active" if claim.active is not None else ""
    return f"{_plain(claim.parameters)} parameters{active}"


def _hardware(claim: Claim, terms: Terms, catalog: Catalog) -> Iterator[str]:
    entry = catalog.accelerators.get(claim.accelerator or "")
    name = entry.short_name if entry is not None else ""
    if claim.count is not None:
        yield f"{_plain(claim.count)} {name or 'GPUs'}"
    elif name:
        yield name
    if claim.hours is not None:
        days = claim.hours / HOURS_PER_DAY
        whole = days == round(days, 2) and days >= 2
        yield f"{_plain(days)} days" if whole else f"{_plain(claim.hours)} hours"
    told = claim.gpu_hours is not None or bool(claim.parts)
    if told and terms.gpu_hours is not None:
        yield f"{_plain(terms.gpu_hours.value)} GPU-hours"


def _plain(value: float) -> str:
    """A number without loss: "1.4T", "70B", "8,605", "0.25"."""
    for suffix, unit in (("T", 1e12), ("B", 1e9), ("M", 1e6)):
        scaled = f"{value / unit:.12g}"
        if value >= unit and "e" not in scaled and float(scaled) * unit == value and len(scaled) <= 6:
            return f"{scaled}{suffix}"
    return f"{value:,.0f}" if value == round(value) and value < 1e15 else f"{value:.12g}"
