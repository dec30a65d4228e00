"""Plans that are asked backwards, and asking them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from isocost.cli import main
from isocost.quantities import plain_spaces

CLAIMED = """\
isocost: 1
name: Claimed
scenarios:
- name: Only
  hardware: {accelerator: h100-sxm, count: 8}
  price: {usd_per_gpu_hour: 2, supplier: Somebody, date: '2026-11-01'}
  stages:
  - {kind: gpu-hours, name: Run, gpu_hours: 1000}
"""
"""1,000 GPU-hours at $2: nothing is predicted, so that every answer is arithmetic."""

KNOWN = """\
isocost: 1
name: Known speed
scenarios:
- name: Only
  model: {parameters: 1e9}
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2, supplier: Somebody, date: '2026-11-01'}
  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 2e10, sequence: 2048, batch_tokens: 1048576}}
"""
"""A typed MFU of 40 % and nothing lost: 989.4 TFLOP/s x 40 % of an H100 whatever the layout."""

PROGRAMME = """\
isocost: 1
name: A programme
scenarios:
- name: Only
  model: {parameters: 1e9}
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2, supplier: Somebody, date: '2026-11-01'}
  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}
  programme: {failed_runs: 0.1, setup_usd: 1000, contingency: 0.2}
  people: {heads: 2, months: 3, usd_per_month: 5000}
  schedule: {preparation_weeks: 2, wrap_up_weeks: 1}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 2e10, sequence: 2048, batch_tokens: 1048576}}
"""
H100_FLOPS = 989.4e12
"""Dense peak of 16-bit matrix multiplies, FLOP/s (NVIDIA's data sheet)."""


def run(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command, with plain spaces."""
    code = main(list(arguments))
    told = capsys.readouterr()
    return code, plain_spaces(told.out), plain_spaces(told.err)


def answered(capsys: Any, *arguments: str) -> Any:
    """What a command says as JSON."""
    code, out, err = run(capsys, *arguments, "--format", "json")
    assert (code, err) == (0, ""), err
    return json.loads(out)


def plan_file(folder: Path, text: str) -> str:
    """The path of a plan file with this text."""
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)
