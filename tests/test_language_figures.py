"""Figures do not know the language: commands tell the same ones in English, German and made-up letters."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.speaking import MADE_UP

CHILD = Path(__file__).parent / "commands_told.py"
COMMANDS = """\
estimate startup-7b --format json
estimate api-or-own --format json
estimate qlora-8b-on-a-4090 --format json
estimate deepseek-chain --format json
risk startup-7b --format json
risk smollm3-programme --format json
risk ranged.yaml --format json
estimate ranged.yaml --format json
tornado smollm3-programme --format json
compare rent-or-buy-64-h100 --format json
compare startup-7b --suppliers --format json
offers startup-7b --budget $300K --deadline 60 --format json
rank startup-7b --deadline 60 --format json
wins startup-7b deadline count --size 6 --format json
solve startup-7b --for tokens --budget $300K --deadline 60 --format json
solve startup-7b --for accelerator --deadline 60 --format json
ladder --format json
techniques startup-7b --format json
translate startup-7b --to h200 --format json
loss startup-7b --format json
nearest startup-7b --format json
claim --text "7B on 2T tokens, 64 H100, 30 days" --format json
claim deepseek-r1 --format json
explain deepseek-chain total.cost_usd --format json
explain distil-instead-of-rl --list
report startup-7b -o startup.csv
report rent-or-buy-64-h100
report distil-instead-of-rl
"""
RANGED = """\
isocost: 1
name: Ranged
scenarios:
  - name: A
    hardware: {accelerator: h100-sxm, count: 64}
    price: {usd_per_gpu_hour: 3}
    ranges: {price.usd_per_gpu_hour: 2..4, efficiency.mfu: 0.3..0.45, Run/data.tokens: 1e11..3e11}
    stages:
      - kind: pretrain
        name: Run
        model: {parameters: 7e9}
        data: {tokens: 2e11}
"""
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*")
"""A number that is no part of a name: languages name things more or less often."""


@pytest.fixture
def told(python, isocost_environment, tmp_path):
    """What every command tells, by the language."""
    found = {}
    for language in ("en", "de", MADE_UP):
        folder = tmp_path / language
        folder.mkdir()
        (folder / "ranged.yaml").write_text(RANGED, encoding="utf-8")
        run = subprocess.run(
            [python, str(CHILD), language],
            env=isocost_environment, cwd=folder, input=COMMANDS, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr[-3000:]
        found[language] = json.loads(run.stdout.splitlines()[-1])
        written = (folder / "startup.csv").read_text(encoding="utf-8")
        found[language]["startup.csv"] = {"code": 0, "out": written, "err": ""}
    return found


def figures(out: str) -> Any:
    """Every value of JSON by its place, with the numbers in what is said; of text the numbers in it."""
    try:
        tree = json.loads(out)
    except json.JSONDecodeError:
        return _numbers(out)
    return dict(_placed(tree, ""))


def _placed(tree: Any, place: str) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict | list):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from _placed(value, f"{place}.{key}")
    else:
        yield place, _numbers(tree) if isinstance(tree, str) else tree


def _numbers(words: str) -> list[str]:
    """Numbers in a text; languages say them in another order."""
    return sorted(NUMBER.findall(words))


def test_every_figure_is_the_same_in_any_language(told):
    english = told.pop("en")
    for language, others in told.items():
        for line, mine in english.items():
            assert mine["code"] == others[line]["code"] == 0, (line, mine["err"], others[line]["err"])
            assert figures(mine["out"]) == figures(others[line]["out"]), f"{line} in {language}"
    assert (
        english["risk startup-7b --format json"]["out"] != told["de"]["risk startup-7b --format json"]["out"]
    )
