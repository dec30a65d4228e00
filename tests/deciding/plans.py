"""Plans that several commands are tried on, and running a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from isocost.catalog import load
from isocost.cli import main
from isocost.cli.plans import open_plan
from isocost.files.saving import project_text
from isocost.plan.project.project import set_section
from isocost.quantities import plain_spaces

CLAIMED = """\
isocost: 1
name: Claimed
scenarios:
- name: Before
  hardware: {accelerator: h100-sxm, count: 8}
  price: {usd_per_gpu_hour: 2, supplier: First, date: '2026-11-01'}
  programme: {contingency: 0.1}
  stages:
  - {kind: gpu-hours, name: Run, gpu_hours: 1000}
- name: After
  hardware: {accelerator: h100-sxm, count: 8}
  price: {usd_per_gpu_hour: 3, supplier: Second, date: '2026-11-01'}
  programme: {contingency: 0.2}
  goal: {budget_usd: 5000}
  stages:
  - {kind: gpu-hours, name: Run, gpu_hours: 1500}
"""
"""1,000 hours at $2 against 1,500 at $3, with reserves of 10 and of 20 %: $2,200 against $5,400."""


def run(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command, with plain spaces."""
    code = main(list(arguments))
    told = capsys.readouterr()
    return code, plain_spaces(told.out), plain_spaces(told.err)


def run_json(capsys: Any, *arguments: str) -> Any:
    """What a command prints as JSON."""
    code, out, err = run(capsys, *arguments, "--format", "json")
    assert (code, err) == (0, ""), err
    return json.loads(out)


def with_waste_typed(preset: str, folder: Path) -> str:
    """The path of a shipped plan with its whole-run waste typed, so that the step model alone is in doubt."""
    typed = set_section(open_plan(preset, load()), "efficiency", waste=0.3)
    return written(folder, project_text(typed))


def written(folder: Path, text: str, name: str = "plan.yaml") -> str:
    """The path of a plan file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)
