"""What is said of a plan has one kind of marks, whichever: no sentence writes a number by itself."""

from __future__ import annotations

import json
import re

import pytest

from isocost.catalog import load
from isocost.cli import main
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import estimate
from isocost.quantities import PLAIN, NumberMarks, mark_numbers, numbers_marked, plain_spaces
from isocost.report.estimate_tables import json_text
from isocost.report.estimate_text import text

GERMAN = NumberMarks(",", ".")
NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
QUOTED = re.compile(
    r"arXiv \S+|\S*arxiv\.org\S*|\(arXiv.*|table \d.*|v\d+\.\d+|Meta RSC-1.*|\d+S\.\d+V|H100\.\d+"
    r"|p5\.48xlarge|BM\.GPU\S+|“.*?”|PUE: .*|[Ll]lama ?3\.1|Pythia 6\.9B|for \$7,500:|Granite 3\.0"
    r"|@v\S+|https?\S+|10\.1016\S*"
)
"""Names, and sources as they write themselves."""

COMMANDS = [
    "estimate deepseek-chain", "estimate lora-70b-one-node", "estimate rent-or-buy-64-h100",
    "solve startup-7b --for count --deadline 40", "offers startup-7b --budget 400000 --deadline 60",
    "rank startup-7b", "risk startup-7b --samples 200", "tornado startup-7b", "loss startup-7b",
    "compare startup-7b --suppliers", "compare rent-or-buy-64-h100", "explain startup-7b total.cost_usd",
    "translate startup-7b --to b200:8", "nearest startup-7b", "claim neuralbase-7b",
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_number_is_written_in_the_marks_shown(capsys, command):
    said = []
    # Plain first: what is remembered of it is not to come back.
    for marks in (PLAIN, GERMAN):
        mark_numbers(marks)
        assert main(command.split()) == 0
        said.append(QUOTED.sub("", capsys.readouterr().out).splitlines())
    plain, german = said
    assert len(plain) == len(german)
    pairs = [
        (one, other, line)
        for before, line in zip(plain, german, strict=True)
        for one, other in zip(NUMBER.findall(before), NUMBER.findall(line), strict=True)
    ]
    assert any("," in other for _, other, _ in pairs)
    assert not [(one, line) for one, other, line in pairs if one == other and re.search("[.,]", one)]


def test_other_programs_are_told_the_same_in_any_marks():
    catalog = load()
    project = load_project(presets() / "deepseek-chain.yaml", catalog)
    plain = json_text(estimate(project, catalog))
    mark_numbers(GERMAN)
    words = text(estimate(project, catalog))
    assert "$6,02M and 71 days on 2.048 H800" in plain_spaces(words)
    with numbers_marked(PLAIN):
        assert json.loads(json_text(estimate(project, catalog))) == json.loads(plain)
