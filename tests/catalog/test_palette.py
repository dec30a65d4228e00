"""Colours of accelerators: seen on both grounds, told apart by any eyes, and one accelerator's each."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from isocost.catalog import load
from isocost.catalog.constants.palette import Shade, read_palette
from isocost.catalog.errors import CatalogError
from isocost.ui.look.theme import DARK, LIGHT, Theme
from isocost.ui.plot.styles import series_of

CATALOG = load()
PALETTE = CATALOG.constants.palette
STYLES = {
    entry.spec.id: PALETTE.style(entry.spec.id, entry.spec.vendor, entry.spec.architecture)
    for entry in CATALOG.accelerators.values()
}
BLIND = {
    # Linear RGB as seen: Machado et al. 2009, doi 10.1109/TVCG.2009.113, table 1, severity 1.0.
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB under D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    f = np.cbrt(np.maximum(xyz / [0.9505, 1.0, 1.089], 1e-6))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["window", "panel"])
def test_every_line_is_seen_and_every_name_is_read(theme: Theme, ground: str):
    for name in STYLES:
        series = series_of(theme, STYLES, name)
        assert contrast(series.line, getattr(theme, ground)) >= 3.0, name
        assert contrast(series.text, theme.panel) >= 4.5, name


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("eyes", ["usual", *BLIND])
def test_makers_are_told_apart_by_any_eyes(theme: Theme, eyes: str):
    """By colour, or by the dash of the models most compared."""
    seen = np.eye(3) if eyes == "usual" else np.array(BLIND[eyes])
    compared = ("h100-sxm", "mi300x", "tpu-v6e", "trainium2", "gaudi3")
    for one, other in combinations(compared, 2):
        a, b = (lab(np.clip(seen @ linear(series_of(theme, STYLES, n).line), 0, 1)) for n in (one, other))
        assert np.linalg.norm(a - b) > (20 if eyes == "usual" else 10), (one, other)


def test_models_of_a_maker_differ_in_shade_or_dash():
    compared = [name for name in PALETTE.models if name in STYLES]
    looks = [(STYLES[name].shade, STYLES[name].dash) for name in compared]
    assert len(set(looks)) == len(looks)


def test_every_model_named_is_one_of_the_catalogue():
    assert set(PALETTE.models) <= set(STYLES)
    assert set(PALETTE.makers) <= {entry.spec.vendor for entry in CATALOG.accelerators.values()}


def test_one_that_nobody_named_has_its_makers_hue_and_a_broken_line():
    style = PALETTE.style("example-100", "NVIDIA", "Example")
    assert style.shade == next(iter(PALETTE.makers["NVIDIA"].values()))
    assert style.dash in PALETTE.dashes[1:]
    assert isinstance(PALETTE.style("example-100", "Nobody", "").shade, Shade)


def test_a_dash_that_is_not_there_is_named():
    with pytest.raises(CatalogError, match="h100-sxm"):
        read_palette(
            "{dashes: [[]], makers: {}, others: {light: '#000000', dark: '#ffffff'}, models: {h100-sxm: 4}}"
        )
