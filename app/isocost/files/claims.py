"""Claims of the library with the presets that predict them."""

from __future__ import annotations

from isocost.catalog import Catalog
from isocost.catalog.entries.claims import ClaimEntry
from isocost.files.loading import load_project
from isocost.files.presets import find_plan
from isocost.plan.claims.checked import Checked, check_claim
from isocost.plan.claims.claim import claim_of
from isocost.plan.project.project import Project


def predicted_by(entry: ClaimEntry, catalog: Catalog) -> Project | None:
    """The preset that predicts a claim from first principles; None = its own fields say enough.

    Raises FileError where there is no such preset.
    """
    return load_project(find_plan(entry.plan), catalog) if entry.plan else None


def check_entry(entry: ClaimEntry, catalog: Catalog, *, ways_out: bool = True) -> Checked:
    """The verdict on a claim of the library; ``ways_out`` as in ``check_claim``. Raises FileError."""
    return check_claim(claim_of(entry), catalog, entry, predicted_by(entry, catalog), ways_out=ways_out)
