"""``isocost compare``: plans side by side, and why one costs more than another."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_format, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.plan.answer.estimate import Answer
    from isocost.plan.project.project import Project
    from isocost.report.told import Told

DESCRIPTION = (
    "Put scenarios side by side: figures, only the inputs that differ, and the difference in cost laid to "
    "each of them. Name scenarios of one plan (all of them where none is named), or give two plans. With "
    "--suppliers one scenario stands under every price known for its accelerator."
)


def run(arguments: Sequence[str]) -> int:
    """Print the comparison. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("compare", DESCRIPTION)
    parser.add_argument("file", metavar="FILE", help="a plan file, or the name of a preset")
    parser.add_argument("others", metavar="NAME", nargs="*", help="its scenarios, or one other plan")
    parser.add_argument(
        "--scenario-a", metavar="NAME", help="scenario of the first plan (default: its first)"
    )
    parser.add_argument(
        "--scenario-b", metavar="NAME", help="scenario of the other plan (default: its first)"
    )
    parser.add_argument("--suppliers", action="store_true", help="one run under every supplier's price")
    add_format(parser)
    chosen = parser.parse_args(arguments)
    named = (chosen.scenario_a, chosen.scenario_b)
    if chosen.suppliers:
        if len(chosen.others) > 1 or chosen.scenario_b is not None:
            raise UsageError("--suppliers: takes one plan and one of its scenarios.")
        scenario = chosen.others[0] if chosen.others else chosen.scenario_a
        said = _suppliers(chosen.file, scenario)
    else:
        said = _compared(chosen.file, chosen.others, named)
    from isocost.report.told import FORMS

    write(FORMS[chosen.format](said))
    return 0


def _compared(file: str, others: Sequence[str], named: tuple[str | None, str | None]) -> Told:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import open_catalog
    from isocost.plan.compare.beside import side_of
    from isocost.plan.compare.comparing import compared_pair
    from isocost.report.decisions.comparing import compare

    catalog = open_catalog()
    sides = _sides(file, others, named, catalog)
    names = _names(sides)
    answers = [_answered(file, project, at, catalog) for project, at in sides]
    pairs = [compared_pair(answers[0], each, catalog) for each in answers[1:]]
    return compare.told(names, [side_of(each) for each in answers], pairs, catalog)


def _suppliers(file: str, scenario: str | None) -> Told:
    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.plan.compare.suppliers import priced_by_suppliers
    from isocost.report.decisions.comparing import suppliers

    catalog = open_catalog()
    project = open_plan(file, catalog)
    found = _answered(file, project, scenario_index(project, scenario), catalog)
    return suppliers.told(priced_by_suppliers(found, catalog), found)


def _sides(
    file: str, others: Sequence[str], named: tuple[str | None, str | None], catalog: Catalog
) -> list[tuple[Project, int]]:
    """The plans and scenarios meant, two at least."""
    from isocost.cli.plans import open_plan, scenario_index

    project = open_plan(file, catalog)
    names = [scenario.name for scenario in project.scenarios]
    known = [name in names for name in others]
    if len(others) == 1 and not known[0]:
        _expect_plan(others[0], file, names)
        other = open_plan(others[0], catalog, shown=False)
        return [(project, scenario_index(project, named[0])), (other, scenario_index(other, named[1]))]
    if any(each is not None for each in named) and others:
        raise UsageError("--scenario-a and --scenario-b: are for two plans; name the scenarios after FILE.")
    if named != (None, None):
        wanted = [*(name or names[0] for name in named)]
    elif len(others) == 1:
        wanted = [names[0], others[0]]
    else:
        wanted = list(others) or names
    places = [scenario_index(project, name) for name in wanted]
    if len(places) < 2:
        raise UsageError(f"{file} has one scenario; give another plan to compare it with.")
    if repeated := next((name for name in wanted if wanted.count(name) > 1), None):
        raise UsageError(f"{repeated!r} is named twice; name two scenarios that differ.")
    return [(project, place) for place in places]


def _expect_plan(word: str, file: str, names: Sequence[str]) -> None:
    """Raise UsageError where a word that is no scenario of the plan is no other plan either."""
    from isocost.files import FileError
    from isocost.files.presets import find_plan
    from isocost.files.schema import nearest_or_all

    with suppress(FileError, OSError):
        if find_plan(word).exists():
            return
    raise UsageError(f"{word!r} is no plan, and no scenario of {file}; {nearest_or_all(word, names)}")


def _names(sides: Sequence[tuple[Project, int]]) -> list[str]:
    """What each is called: its scenario, with its plan where two scenarios are called alike."""
    names = [project.scenarios[at].name for project, at in sides]
    if len(set(names)) < len(names):
        names = [f"{project.name}: {name}" for (project, _), name in zip(sides, names, strict=True)]
    return [
        name if names.index(name) == at else f"{name} ({names[: at + 1].count(name)})"
        for at, name in enumerate(names)
    ]


def _answered(file: str, project: Project, at: int, catalog: Catalog) -> Answer:
    from isocost.cli.plans import refusals
    from isocost.plan.answer.estimate import answer

    with refusals(file):
        return answer(project, catalog, at)
