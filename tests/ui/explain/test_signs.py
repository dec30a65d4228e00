"""The sign of how a value is known means that alone: the window says other things with others."""

from __future__ import annotations

from isocost import paths
from isocost.ui.explain.tree import SIGNS
from isocost.ui.palette.rows import ICONS


def test_no_sign_of_how_a_value_is_known_is_that_of_something_to_do():
    assert len(set(SIGNS.values())) == len(SIGNS)
    assert not {SIGNS[each] for each in ("measured", "fitted", "sampled")} & set(ICONS.values())
    for name in SIGNS.values():
        assert paths.resource("icons", f"{name}.svg").is_file()
