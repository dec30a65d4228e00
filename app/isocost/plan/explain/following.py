"""The key of a figure after an edit: stages are counted by their place, which moves when one goes."""

from __future__ import annotations

import re

from isocost.plan.answer.estimate import Answer
from isocost.plan.project.editing import followed

_OF_STAGE = re.compile(r"(?P<late>late\.)?(?P<by>stages?)\.(?P<place>\d+)(?P<rest>\..+)?")
"""``stages.1.mfu`` is of the second stage that counts, ``stage.1`` of the second of the scenario."""


def followed_key(key: str, before: Answer, now: Answer) -> str | None:
    """The key that a figure of one answer has in a later one of the same scenario.

    Of another scenario it is the figure in the same place. None = its stage counts no more.
    """
    found = _OF_STAGE.fullmatch(key)
    if found is None or before.at != now.at:
        return key
    place, counted = int(found["place"]), found["by"] == "stages"
    held = before.reckoning.stages if counted else tuple(range(len(before.scenario.stages)))
    if place >= len(held):
        return key
    stages, later = before.scenario.stages, now.scenario.stages
    if stages[held[place]] not in later and len(later) < len(stages):
        return None  # gone: of as many stages one that is nowhere as it was has been edited
    at = followed(stages, held[place], later)
    if at not in now.reckoning.stages:
        return None
    moved = now.reckoning.stages.index(at) if counted else at
    return f"{found['late'] or ''}{found['by']}.{moved}{found['rest'] or ''}"
