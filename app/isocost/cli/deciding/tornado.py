"""``isocost tornado``: which inputs move the cost of a plan, and what to measure next."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.deciding.risk import add_samples, samples_of
from isocost.cli.output import write

DESCRIPTION = (
    "Take each input that is not known to its own low and high: what moves the cost and which share of the "
    "doubt it has, and what measuring the most doubtful one would free."
)


def run(arguments: Sequence[str]) -> int:
    """Print what matters in a plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("tornado", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    add_samples(parser)
    add_format(parser)
    write(_report(parser.parse_args(arguments)))
    return 0


def _report(chosen: argparse.Namespace) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import answered
    from isocost.plan.doubt.experiment import next_experiment
    from isocost.plan.doubt.risk import risk
    from isocost.plan.doubt.tornado import tornado
    from isocost.report.decisions.doubting.tornado import told_tornado
    from isocost.report.told import FORMS

    samples, seed = samples_of(chosen)
    found = answered(chosen.file, chosen.scenario)
    sampled = risk(found.reckoning, samples, seed)
    bars = tornado(sampled)
    return FORMS[chosen.format](told_tornado(bars, next_experiment(sampled, bars), sampled, found))
