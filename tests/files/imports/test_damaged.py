"""Logs and catalogues damaged in every way: a figure, a sentence or nothing, never another error."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from isocost.files.imports import Given, NotUnderstoodError, SourceFile
from isocost.files.imports.logs import LogReader
from isocost.files.imports.prices import PriceReader
from isocost.quantities import plain_spaces

SAMPLES = Path(__file__).parent / "samples"
NAMES = [
    name
    for part in ("logs", "prices")
    for name in json.loads((SAMPLES / f"expect_{part}.json").read_text(encoding="utf-8"))[part]
]
TEXTS = {name: (SAMPLES / name).read_text(encoding="utf-8") for name in NAMES}
STRANGE = (
    "\x1b[31m", "\r", "\n", "\t", '"', "'", ",", "{", "[", "}", "]", ":", "|", "nan", "Infinity", "-1",
    "1e400",
    "9" * 400, "0", "1/0", "é", "\ufeff", "\u2028", "null", "true", "=cmd|x", "[rank3]:", ":::MLLOG ",
    "step: 1", "iteration 1/", '{"log": "', " - ", "%|", "0.0", "1,2,3", "[" * 2000, "{'a':" * 500,
    '"two\nlines"',
)  # fmt: skip


def damaged(text: str, dice: random.Random) -> str:
    """A text with a few places changed."""
    for _ in range(dice.randint(1, 6)):
        at, end = sorted(dice.randrange(len(text) + 1) for _ in range(2))
        near = min(end, at + dice.choice((1, 3, 20, 300, 5000)))
        way = dice.randrange(6)
        if way == 0:
            text = text[:at] + text[near:]
        elif way == 1:
            text = text[:at] + dice.choice(STRANGE) + text[at:]
        elif way == 2:
            text = text[:at] + text[at:near] * dice.randint(2, 4) + text[near:]
        elif way == 3:
            text = text[:at] + "".join(dice.sample(text[at:near], near - at)) + text[near:]
        elif way == 4:
            text = text[:near] or "x"
        else:
            other = TEXTS[dice.choice(NAMES)]
            text = text[:at] + other[: dice.randrange(len(other))] + text[at:]
    return text


def survives(name: str, text: str, given: Given) -> bool:
    """Read a text by every reader there is; whether one knew it."""
    known = False
    for reader in (LogReader(), PriceReader()):
        file = SourceFile(name, text)
        if not reader.knows(file):
            continue
        known = True
        try:
            found = reader.read(file, given)
        except NotUnderstoodError as problem:
            said = str(problem)
            assert said
            assert plain_spaces(said).isprintable()
            continue
        json.dumps(found.as_json(), allow_nan=False)
        assert found.finding()
        assert all(
            line.label and plain_spaces(line.label + line.value).isprintable() for line in found.lines()
        )
    return known


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_read_as_far_as_it_can_be(name):
    known = 0
    for seed in range(14):
        dice = random.Random(f"{name} {seed}")
        given = Given(*(dice.choice((None, 1, 8, 10**12)) for _ in range(3)))
        known += survives(name, damaged(TEXTS[name], dice), given)
    assert known > 3
