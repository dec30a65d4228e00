"""What a claim about a training run is judged by (``resources/claim_rules.yaml``)."""

from __future__ import annotations

import msgspec

from isocost.catalog.constants.economics import DatedFigure, Words
from isocost.catalog.table import yaml_record


class ClaimRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds of the verdict on a claim, and what stands in for what it does not tell."""

    tokens_per_parameter: DatedFigure
    """Taken where a claim of pre-training tells no tokens."""
    fewest_tokens_per_parameter: DatedFigure
    """Below this many no model worth its name comes of pre-training."""
    same_amount: DatedFigure
    """Factor within which told and recomputed amounts are one number."""
    about_the_same: DatedFigure
    """Factor within which they agree in round words."""
    beyond_range: DatedFigure
    """Factor outside our range from which a claim is doubtful."""
    same_size: DatedFigure
    """Factor within which two models are of one size."""
    same_slip: DatedFigure
    """Factor within which a corrected slip makes two amounts agree."""
    largest_batch: DatedFigure
    """Times the batch of the batch-size law that large runs are known to have had."""
    generation_flops: DatedFigure
    """FLOPs per parameter and token of writing the text that reinforcement learning trains on."""
    longest_days: DatedFigure
    """A run whose days and accelerators are not told is taken at its cheapest within these."""
    accelerator: Words
    """Taken where a claim tells dollars and neither hardware nor hours."""
    bases: Words
    """Models that money could train further, a small and a large one."""


def read_claim_rules(text: str) -> ClaimRules:
    """The rules from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, ClaimRules, "claim_rules.yaml")
