"""``isocost screenshot``: the window as a picture, drawn without a display."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from isocost.cli.arguments import add_plan, command_parser
from isocost.cli.errors import UsageError

DESCRIPTION = "Draw the window with a plan open and save it as a PNG picture."
Theme = Literal["light", "dark"]
SIZE_LIMITS = (320, 8000)
SCALE_LIMITS = (0.5, 4.0)


def run(arguments: Sequence[str]) -> int:
    """Draw a plan's window to a file. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("screenshot", DESCRIPTION)
    add_plan(parser)
    parser.add_argument(
        "-o", "--output", metavar="PNG", type=_picture, required=True, help="picture to write"
    )
    parser.add_argument(
        "--theme", choices=("light", "dark"), default="light", help="colours (default: light)"
    )
    parser.add_argument(
        "--size", metavar="WxH", type=_size, default=(1280, 800), help="logical pixels (default: 1280x800)"
    )
    parser.add_argument("--scale", type=_scale, default=1.0, help="pixels per logical pixel (default: 1)")
    parser.add_argument("--page", metavar="NAME", help="tab to show, such as Fit (default: the first)")
    chosen = parser.parse_args(arguments)
    _draw(chosen.file, chosen.output, chosen.theme, chosen.size, chosen.scale, chosen.page)
    return 0


def _draw(
    file: str, output: Path, theme: Theme, size: tuple[int, int], scale: float, page: str | None
) -> None:
    from isocost.files import ensure_writable
    from isocost.files.presets import find_plan

    plan = find_plan(file)
    ensure_writable(output)
    from isocost.ui.screenshot import page_titles, render

    titles = {title.lower(): title for title in page_titles()}
    if page is not None and page.lower() not in titles:
        known = ", ".join(titles.values())
        raise UsageError(f"--page: {page!r} is not a tab of the window; there are {known}.")
    shown = None if page is None else titles[page.lower()]
    render(plan, output, theme=theme, size=size, scale=scale, page=shown)


def _picture(text: str) -> Path:
    if not text.lower().endswith(".png"):
        raise argparse.ArgumentTypeError(f"{text!r} is not the name of a PNG picture such as plan.png")
    return Path(text)


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,5})[x×]([0-9]{1,5})", text)
    low, high = SIZE_LIMITS
    if not match or not all(low <= int(side) <= high for side in match.groups()):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a size such as 1280x800, each side {low} to {high}"
        )
    return int(match[1]), int(match[2])


def _scale(text: str) -> float:
    low, high = SCALE_LIMITS
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is not a scale between {low:g} and {high:g}")
    return value
