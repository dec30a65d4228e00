"""Sums of money and what each is asked to buy (``resources/ladder.yaml``)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from isocost.catalog.constants.economics import DatedFigure
from isocost.catalog.table import yaml_record

Usd = Annotated[float, msgspec.Meta(gt=0)]
Said = Annotated[str, msgspec.Meta(min_length=1)]


class LadderKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of training that money is spent on."""

    id: Said
    name: Said
    amount: Literal["parameters", "tokens", "rounds"]
    """What is solved for: the size of a model whose text follows it, tokens, or rounds of rollouts."""
    stage: dict[str, Any]
    """As in a plan file, the amount at any value."""
    source: Said


class LadderRungs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ladder's sums and kinds."""

    budgets: tuple[Usd, ...]
    longest_days: DatedFigure
    """What a run may take where the plan sets no deadline."""
    tokens_per_parameter: DatedFigure
    """Text of a model from nothing."""
    most_text: DatedFigure
    """Tokens beyond which there is hardly text to be had."""
    kinds: tuple[LadderKind, ...]


def read_ladder(text: str) -> LadderRungs:
    """The ladder from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, LadderRungs, "ladder.yaml")
