"""A claim made into plans: itself, what would have to be true of it, what its money does buy."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from isocost.language import tr
from isocost.plan.claims.checked import Checked
from isocost.plan.claims.terms import dollars
from isocost.plan.project.project import Project, Scenario
from isocost.quantities import format_count
from isocost.report.findings.said import Said

LONGEST_NAME = 60
"""Characters of a claim that name its scenario."""
SOLVING = tr("Looking for what the money buys…")


@dataclass(frozen=True)
class Way:
    """One sentence, with the plan it speaks of."""

    words: str
    scenario: Scenario | None
    """What opens as a plan; None = nothing does."""


def claim_scenario(checked: Checked, first_principles: Project | None = None) -> Scenario | None:
    """The claim as a scenario of a plan; None where it tells too little for one.

    ``first_principles`` is the preset that predicts it, where there is one.
    """
    if first_principles is not None:
        return _called(first_principles, _name(checked))
    if checked.plan is None:
        return None
    name, told = _name(checked), checked.terms.count
    count = checked.plan.project.scenarios[0].hardware.count
    if told is not None and count != told:  # as many as are told do not hold it, or nobody rents so many
        name = tr("{name}, on the {count} it takes", name=name, count=format_count(count))
    return _called(checked.plan.project, name)


def _called(project: Project, name: str) -> Scenario:
    return msgspec.structs.replace(project.scenarios[0], name=name)


def _name(checked: Checked) -> str:
    if checked.entry is not None:
        return checked.entry.name
    return " ".join(checked.terms.claim.text.split())[:LONGEST_NAME] or "A claim"


def opened_words(scenario: Scenario) -> str:
    """The undo step of adding a scenario."""
    return tr("Open “{name}” as a plan", name=scenario.name)


def needs_said(checked: Checked) -> tuple[Said, tuple[Way, ...]]:
    """What each part of the claim would have to be, the others kept."""
    ways = tuple(
        Way(
            need.words,
            None if need.project is None else _called(need.project, f"{_name(checked)}, {need.what}"),
        )
        for need in checked.needs
    )
    if not ways:
        return _said(
            tr("What would have to be true"), tr("Too little is told to say what would fit."), ways
        ), ways
    finding = (
        tr("What it takes")
        if checked.verdict in ("reproduces", "plausible")
        else tr("What would have to be true")
    )
    return _said(finding, tr("One part is changed in each line, the others are kept."), ways), ways


def buys_said(checked: Checked, whole: bool) -> tuple[Said, tuple[Way, ...]]:
    """What the money does buy; ``whole`` = that was looked for."""
    told = (
        tr("What {dollars} does buy", dollars=dollars(checked.told_usd))
        if checked.told_usd is not None
        else tr("What the money buys")
    )
    if not whole:
        return _said(told, SOLVING, ()), ()
    ways = tuple(
        Way(buy.words, _called(buy.project, f"{_name(checked)}, {_KINDS[buy.kind]}")) for buy in checked.buys
    )
    if not ways:
        return _said(told, tr("No money is told, or no price is known to spend it at."), ways), ways
    return _said(
        told, tr("On {accelerator}, checked for memory.", accelerator=checked.terms.accelerator), ways
    ), ways


_KINDS = {"scratch": tr("from scratch"), "full": tr("full tune"), "lora": "LoRA"}


def _said(finding: str, how: str, ways: tuple[Way, ...]) -> Said:
    return Said(finding, how, f"{finding}. {how} {' '.join(f'{way.words}.' for way in ways)}".strip())
