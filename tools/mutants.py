"""Change the code of engine and money at random places, and see which changes no test notices.

``python tools/mutants.py [HOW_MANY] [SEED]`` draws that many of all mutants (all of them would take a day),
runs the tests that come by each, and prints by module how many were caught, and every one that was not, with
its change. Needs mutmut: ``.venv/bin/pip install "isocost[mutants]"``. Works in ``build/mutants``, on a copy
of what git holds. What was found last is in ``docs/reliability.md``.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter

from measured import ROOT

PLACE = ROOT / "build" / "mutants"
TESTS = ("tests/engine", "tests/plan/money", "tests/validation")
MUTATED = ("engine", "plan/money")
BESIDE = ("resources", "presets", "docs", "packaging", "tools", "Makefile", "README.md", "CHANGELOG.md")
# A fork inherits what ran when its module was loaded, so a change there is never run: no verdict.
WHILE_LOADING = ("plan.money.figure.x_whose_", "engine.training.schedules.x__of_")
VERDICTS = {0: "survived", 5: "no test", 33: "no test"}
"""Exit code that mutmut keeps of a mutant -> what it means; a failure, a crash and no end are all noticed."""


def copy() -> None:
    """A copy of the checkout, its packages under ``src``: mutmut knows no other name for their folder."""
    shutil.rmtree(PLACE, ignore_errors=True)
    named = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, named.stdout.split("\0")):
        place = PLACE / ("src" + name[3:] if name.startswith("app/") else name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place)
    settings = PLACE / "pyproject.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('pythonpath = ["app"]', 'pythonpath = ["src"]')
        + "\n[tool.mutmut]\nmutate_only_covered_lines = true\nsource_paths = ['src']\n"
        + f"only_mutate = {[f'src/isocost/{room}/*' for room in MUTATED]}\n"
        + f"also_copy = {list(BESIDE)}\npytest_add_cli_args_test_selection = {list(TESTS)}\n"
        + "pytest_add_cli_args = ['-p', 'no:randomly']\n",
        "utf-8",
    )


def mutmut(*arguments: str) -> str:
    """Run mutmut in the copy; its standard output."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "CI")}
    return subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=PLACE,
        env=kept | {"QT_QPA_PLATFORM": "offscreen", "OPENBLAS_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout


def verdicts() -> dict[str, int | None]:
    """Every mutant -> the exit code of its tests, none where they did not run yet."""
    found: dict[str, int | None] = {}
    for path in sorted((PLACE / "mutants").rglob("*.meta")):
        found |= json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return found


def main(how_many: int = 500, seed: int = 1) -> None:
    """Draw, run, and say what came of it."""
    copy()
    mutmut("run", "isocost.engine.peaks.*")  # makes all mutants, and finds the tests that come by each
    names = sorted(name for name in verdicts() if not any(part in name for part in WHILE_LOADING))
    drawn = sorted(random.Random(seed).sample(names, min(how_many, len(names))))
    mutmut("run", *drawn)
    codes = verdicts()
    came = {name: VERDICTS.get(code, "caught") for name in drawn if (code := codes[name]) is not None}
    modules = Counter((name.split(".x")[0], verdict) for name, verdict in came.items())
    print(f"{len(came)} of {len(names)} mutants, seed {seed}:", dict(Counter(came.values())))
    for (module, verdict), count in sorted(modules.items()):
        print(f"{count:5} {verdict:9} {module}")
    for name, verdict in came.items():
        if verdict in ("survived", "no test"):
            print(f"\n{verdict}: {name}\n{mutmut('show', name)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
