"""What a bill does not contain: what is switched off, and what is never counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isocost.plan.money.surroundings import DATA_KINDS, EXPERIMENT_KINDS, kind_of
from isocost.plan.project.project import Scenario


@dataclass(frozen=True, slots=True)
class Omission:
    """Something that costs money and is not in the bill."""

    name: str
    meaning: str
    """What it would cover, in a few words."""
    path: str = ""
    """The input that would count it, ``stages`` for a stage to add; empty = Isocost never does."""


def omissions(scenario: Scenario) -> tuple[Omission, ...]:
    """Everything left out of a scenario's bill: first what can be set, then what is never counted."""
    return tuple(each for each, counted in _OPTIONAL if not counted(scenario)) + _NEVER


def _has_kind(scenario: Scenario, kinds: frozenset[str]) -> bool:
    return any(stage.enabled and kind_of(stage) in kinds for stage in scenario.stages)


_OPTIONAL: tuple[tuple[Omission, Callable[[Scenario], bool]], ...] = (
    (
        Omission("Experiments", "ablations, pilot runs and evaluation: stages of their own", "stages"),
        lambda s: _has_kind(s, EXPERIMENT_KINDS),
    ),
    (
        Omission("Failed runs", "runs aborted or rolled back, beyond what goodput covers",
                 "programme.failed_runs"),
        lambda s: s.programme.failed_runs > 0.0,
    ),
    (
        Omission("People", "salaries of those who do it", "people.heads"),
        lambda s: s.people.heads > 0.0,
    ),
    (
        Omission("Data licences", "text bought from its owners", "dataset.licences_usd"),
        lambda s: s.dataset.licences_usd > 0.0,
    ),
    (
        Omission("Annotation", "preferences and demonstrations written by people", "dataset.annotations"),
        lambda s: s.dataset.annotations > 0.0,
    ),
    (
        Omission("Synthetic text", "text written by models", "dataset.synthetic_tokens"),
        lambda s: s.dataset.synthetic_tokens > 0.0 or _has_kind(s, DATA_KINDS),
    ),
    (
        Omission("Storage", "data, checkpoints and logs on fast storage", "storage.terabytes"),
        lambda s: s.storage.terabytes > 0.0 or s.storage.checkpoints > 0.0,
    ),
    (
        Omission("Egress", "moving data out of the supplier's network", "storage.egress_terabytes"),
        lambda s: s.storage.egress_terabytes > 0.0,
    ),
    (
        Omission("Support", "the supplier's support contract", "programme.support"),
        lambda s: s.programme.support > 0.0,
    ),
    (
        Omission("Setup", "migration, acceptance tests, contracts", "programme.setup_usd"),
        lambda s: s.programme.setup_usd > 0.0,
    ),
    (
        Omission("Contingency", "a reserve for what nobody thought of", "programme.contingency"),
        lambda s: s.programme.contingency > 0.0,
    ),
)  # fmt: skip

_NEVER = (
    Omission("Serving", "running the finished model for its users"),
    Omission("Earlier research", "work before this programme that it builds on"),
    Omission("Taxes", "value-added and income tax, duties"),
    Omission("Overhead", "offices, management and legal advice beyond a person's loaded cost"),
)
