"""``isocost tornado``: which inputs move the cost of a plan, and what to measure next."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.deciding.risk import FEWEST, LARGEST_SEED, MOST, add_samples, whole
from isocost.cli.errors import UsageError
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
    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.plan.answer.estimate import answer
    from isocost.plan.doubt.experiment import next_experiment
    from isocost.plan.doubt.risk import risk
    from isocost.plan.doubt.tornado import tornado
    from isocost.report.decisions.tornado import told_tornado
    from isocost.report.told import FORMS

    samples = whole("--samples", chosen.samples, FEWEST, MOST)
    seed = whole("--seed", chosen.seed, 0, LARGEST_SEED)
    catalog = open_catalog()
    project = open_plan(chosen.file, catalog)
    try:
        found = answer(project, catalog, scenario_index(project, chosen.scenario))
    except ValueError as error:
        raise UsageError(f"{chosen.file}: {error}") from error
    sampled = risk(found, samples, seed)
    bars = tornado(sampled)
    return FORMS[chosen.format](told_tornado(bars, next_experiment(sampled, bars), sampled, found))
