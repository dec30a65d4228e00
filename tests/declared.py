"""The declared inputs by where the window shows them."""

from __future__ import annotations

from isocost.plan.inputs.table import CHOICES, NUMBERS

_RUN = ("model", "data", "hardware", "price", "efficiency", "layout", "stage")
_RECIPE = ("tuning", "preference", "rl", "phases", "distillation", "generation", "ablations")

RUN = [path for path, each in NUMBERS.items() if each.section in _RUN]
"""Numbers of every plan, in the column."""
RECIPE = [path for path, each in NUMBERS.items() if each.section in _RECIPE]
"""Numbers of the kinds of stage, in the column."""
RECIPE_CHOICES = [path for path, each in CHOICES.items() if each.section in _RECIPE]
"""Choices of the kinds of stage, in the column."""
PROGRAMME = [path for path in NUMBERS if path not in (*RUN, *RECIPE)]
"""Numbers of what surrounds the run, on the Ledger tab."""
