"""``isocost report``: the plan on one page for the person who decides."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_goal, add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.plan.answer.chances import Chances
    from isocost.plan.answer.estimate import Answer
    from isocost.report.paper.content import Paper

DESCRIPTION = (
    "Write a plan on one page for the person who decides: what is asked for, the chance that it is enough, "
    "what it rests on with its sources and dates, what could go wrong, what is not in it. The suffix says in "
    "which form: .pdf, .html, .md, .xlsx (sums in the plan's currency) or .csv (every figure with its unit, "
    "sums in USD)."
)


def run(arguments: Sequence[str]) -> int:
    """Write the page of a plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("report", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    add_goal(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        help="file, .pdf, .html, .md, .xlsx or .csv (default: Markdown here)",
    )
    parser.add_argument(
        "--level", metavar="CHANCE", default="0.8", help="chance that the ask is enough, such as 0.9 or 90%%"
        " (default: four in five)",
    )  # fmt: skip
    parser.add_argument(
        "--paper", choices=("A4", "Letter"), default="A4", help="sheet of a PDF (default: A4)"
    )
    chosen = parser.parse_args(arguments)
    if chosen.output is None:
        from isocost.report.paper.forms import markdown_text

        write(markdown_text(_page(chosen)[2]))
        return 0
    _write_file(chosen, Path(chosen.output))
    return 0


def _write_file(chosen: argparse.Namespace, out: Path) -> None:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.arguments import refuse_same
    from isocost.files import ensure_writable, write_atomically
    from isocost.files.presets import find_plan
    from isocost.quantities import PRINTED, mark_numbers
    from isocost.report.paper.forms import NAMES, PLAIN

    suffix = out.suffix.lower()
    if suffix not in NAMES:
        known = ", ".join(NAMES)
        raise UsageError(f"--output: {out.name!r} names none of the forms there are: {known}.")
    refuse_same(find_plan(chosen.file), out)
    ensure_writable(out)
    if suffix not in PLAIN:
        mark_numbers(PRINTED)
    found, chances, page = _page(chosen)
    if suffix in PLAIN:
        made = PLAIN[suffix](page, found)
    else:
        from isocost.ui.app import application, use_offscreen
        from isocost.ui.paper.documents import document

        use_offscreen()
        application()
        made = document(suffix, found, chances, page, chosen.paper)
    write_atomically(out, made)


def _page(chosen: argparse.Namespace) -> tuple[Answer, Chances, Paper]:
    from dataclasses import replace
    from datetime import date

    from isocost.cli.plans import answered
    from isocost.plan.answer.across.curves import other_curves
    from isocost.plan.answer.chances import chances
    from isocost.report.paper.content import paper
    from isocost.report.paper.tables import sampled_beside

    level = level_of(chosen.level)
    found = answered(chosen.file, chosen.scenario, chosen.budget, chosen.deadline)
    found = replace(found, others=other_curves(found.project, found.reckoning.catalog, found.at))
    sampled = chances(found, level)
    beside = sampled_beside(found, sampled)
    return found, sampled, paper(found, sampled, beside, Path(chosen.file).name, date.today())


def level_of(text: str) -> float:
    """A chance that was typed, from 0 to 1. Raises UsageError."""
    try:
        typed = text.strip()
        level = float(typed.removesuffix("%")) / (100.0 if typed.endswith("%") else 1.0)
    except ValueError:
        level = 0.0
    if not 0.01 <= level <= 0.99:
        raise UsageError(f"--level: must be a chance from 0.01 to 0.99, such as 0.8 or 90%, got {text!r}.")
    return level
