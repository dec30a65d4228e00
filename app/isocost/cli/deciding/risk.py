"""``isocost risk``: what a plan may come to, and its chances against budget and deadline."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from isocost.cli.arguments import add_format, add_goal, add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

DESCRIPTION = (
    "Sample everything about a plan that is not known, ours and your own ranges, through its whole bill: "
    "what it may cost and take, and the chances of breaking a budget, a deadline, or neither."
)
FEWEST, MOST = 100, 1_000_000
LARGEST_SEED = 2**63 - 1


def add_samples(parser: argparse.ArgumentParser) -> None:
    """How many samples, and which."""
    parser.add_argument(
        "--samples", metavar="N", default="10000", help=f"from {FEWEST} to {MOST:,} (default: 10000)"
    )
    parser.add_argument("--seed", metavar="N", default="7", help="another number, other samples (default: 7)")


def samples_of(chosen: argparse.Namespace) -> tuple[int, int]:
    """How many samples were asked for, and their seed. Raises UsageError."""
    samples = _whole("--samples", chosen.samples, FEWEST, MOST)
    return samples, _whole("--seed", chosen.seed, 0, LARGEST_SEED)


def _whole(option: str, text: str, least: int, most: int) -> int:
    """A whole number typed for an option. Raises UsageError."""
    digits = text.replace(",", "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 20 and least <= int(digits) <= most):
        raise UsageError(f"{option}: must be a whole number from {least:,} to {most:,}, got {text!r}.")
    return int(digits)


def run(arguments: Sequence[str]) -> int:
    """Print the chances of a plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("risk", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    add_goal(parser)
    add_samples(parser)
    parser.add_argument("--csv", metavar="FILE", help="write every sample with its inputs to a table")
    add_format(parser)
    write(_report(parser.parse_args(arguments)))
    return 0


def _report(chosen: argparse.Namespace) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.arguments import refuse_same
    from isocost.cli.plans import answered
    from isocost.files.presets import find_plan
    from isocost.plan.doubt.risk import risk
    from isocost.report.decisions.doubting.doubt import samples_table, told_risk
    from isocost.report.table import write_csv
    from isocost.report.told import FORMS

    samples, seed = samples_of(chosen)
    found = answered(chosen.file, chosen.scenario, chosen.budget, chosen.deadline)
    sampled = risk(found.reckoning, samples, seed)
    told = FORMS[chosen.format](told_risk(sampled, found))
    if chosen.csv is not None:
        table = Path(chosen.csv)
        refuse_same(find_plan(chosen.file), table)
        try:
            write_csv(table, samples_table(sampled))
        except OSError as error:
            reason = (error.strerror or "unknown trouble").lower()
            raise UsageError(f"--csv: {chosen.csv} cannot be written: {reason}.") from error
    return told
