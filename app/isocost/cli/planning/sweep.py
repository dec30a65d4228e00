"""``isocost sweep``: a plan priced at every point of a grid of its inputs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_plan, add_scenario, command_parser, refuse_same
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    import argparse
    from concurrent.futures import Executor

    from isocost.files.sweeps.part import Part
    from isocost.plan.sweep.grid import Grid
    from isocost.plan.sweep.points import Priced

DESCRIPTION = (
    "Price a plan at every combination of some values of its inputs, over all cores, and write a row for "
    "each: its cost, time, hours, energy, emissions, MFU, and whether it fits. Inputs are named as in plan "
    "files (data.tokens, hardware.accelerator, supply.discount), after a stage's name and a slash where that "
    "stage alone is meant (Ablations/ablations.share); tokens, parameters, count, price, mfu and accelerator "
    "are short for what other commands call so. What is interrupted goes on when the same command is given "
    "again, and ends in the same table."
)
MOST_WORKERS = 512
CONNECT_SECONDS = 20


def run(arguments: Sequence[str]) -> int:
    """Write the table of a sweep. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("sweep", DESCRIPTION)
    add_plan(parser)
    parser.add_argument(
        "--vary", metavar="KEY=VALUES", action="append", default=[], required=True,
        help="an input and its values: tokens=1T..10T:50 (as its slider is spaced, or :50:linear, :50:log), "
        "or a list, accelerator=h100-sxm,b200; the last one given changes fastest",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", metavar="OUT", type=Path, required=True,
        help="table to write: .csv, or .parquet where pyarrow is installed",
    )  # fmt: skip
    add_scenario(parser)
    parser.add_argument("--workers", metavar="N", help="processes that work at once (default: every core)")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="work on a Dask cluster, for example tcp://10.0.0.1:8786"
    )
    parser.add_argument(
        "--restart", action="store_true", help="throw away what an interrupted sweep has left for this table"
    )
    write(_swept(parser.parse_args(arguments)))
    return 0


def _swept(chosen: argparse.Namespace) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import open_catalog, open_plan, refusals, scenario_index
    from isocost.files import ensure_writable
    from isocost.files.presets import find_plan
    from isocost.files.sweeps.part import Part, discard_part
    from isocost.plan.sweep.axes import typed_axis
    from isocost.plan.sweep.grid import Grid
    from isocost.plan.sweep.running import sweep
    from isocost.quantities import format_count
    from isocost.report.sweep_table import write_table, writer_for

    output: Path = chosen.output
    writer_for(output)
    workers = _workers(chosen.workers)
    catalog = open_catalog()
    project = open_plan(chosen.file, catalog)
    index = scenario_index(project, chosen.scenario)
    with refusals("--vary"):
        scenario = project.scenarios[index]
        grid = Grid(tuple(typed_axis(scenario, each, catalog) for each in chosen.vary))
    refuse_same(find_plan(chosen.file), output)
    ensure_writable(output)
    if chosen.restart:
        discard_part(output)
    with Part(output, project, index, grid, catalog) as part:
        if part.done:
            there = f"{format_count(part.points_done)} of {format_count(len(grid))}"
            print(f"isocost: going on with what is there, {there} points.", file=sys.stderr)
        with (
            _keeping(part),
            refusals(chosen.file),
            _executor(chosen.dask, workers, grid, part) as (pool, size),
        ):
            found = sweep(project, catalog, grid, pool, scenario=index, done=part.done, workers=size)
            _follow(part, found)
        write_table(output, part)
        unpriced = part.unpriced
        part.discard()
    left = f" {format_count(unpriced)} could not be priced; column note says why." if unpriced else ""
    return f"{format_count(len(grid))} points priced.{left} Written to {output}."


def _follow(part: Part, found: Iterator[tuple[int, Priced]]) -> None:
    """Keep each part as it gets done, and show how far it is."""
    from isocost.cli.progress import Progress

    with Progress(len(part.grid), part.points_done, "points") as shown:
        shown.show(part.points_done)
        for at, priced in found:
            part.keep(at, priced)
            shown.show(part.points_done)


@contextlib.contextmanager
def _keeping(part: Part) -> Iterator[None]:
    """Say what is kept of a sweep that is interrupted inside the block."""
    from isocost.quantities import format_count

    try:
        yield
    except KeyboardInterrupt:
        there = f"{format_count(part.points_done)} of {format_count(len(part.grid))} points"
        print(
            f"isocost: interrupted; {there} are kept, the same command goes on from there.", file=sys.stderr
        )
        raise


def _workers(text: str | None) -> int:
    from isocost.plan.sweep.pool import cores

    if text is None:
        return cores()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_WORKERS):
        raise UsageError(f"--workers: a whole number from 1 to {MOST_WORKERS} is needed, got {text[:40]!r}.")
    return int(text)


@contextlib.contextmanager
def _executor(
    address: str | None, workers: int, grid: Grid, part: Part
) -> Iterator[tuple[Executor | None, int]]:
    """Who does the work, and how many they are; None = this process, where there is hardly any."""
    from isocost.plan.sweep.pool import processes

    left = grid.parts - len(part.done)
    if address is not None:
        with _cluster(address) as found:
            yield found
    elif left <= 1 or workers == 1:
        yield None, 1
    else:
        with processes(min(workers, left)) as pool:
            yield pool, workers


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask cluster. Raises UsageError where there is none, or none is left."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--dask needs Dask, which is not installed: pip install 'isocost[dask]'.") from None
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error).splitlines()[0] if str(error) else "no answer"
        raise UsageError(f"--dask: no cluster answers at {address}: {reason.rstrip('.')}.") from None
    with client:
        size = sum(client.nthreads().values())
        if not size:
            raise UsageError(f"--dask: the cluster at {address} has no workers.")
        try:
            with client.get_executor(pure=False) as pool:
                yield pool, size
        except Exception as error:
            if not type(error).__module__.startswith("distributed"):
                raise
            raise UsageError(f"--dask: {str(error).splitlines()[0].rstrip('.')}.") from error
