"""What stands on screen, on every tab, in its tables, dialogs and opened figures: signs and abbreviations."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from isocost.paths import resource
from isocost.report.help.pages import manual
from isocost.report.help.words import entries_in, is_short, short, tip_of
from isocost.ui.explain.panel import ExplainPanel
from isocost.ui.help.window import HelpWindow
from isocost.ui.screenshot import settle
from tests.report.help.test_glossary import DEGREE, WORD, proper_names
from tests.ui.conftest import preset

WALK = Path(__file__).parent / "walked.py"
PLANS = {
    "many stages": "deepseek-chain",
    "RL": "distil-instead-of-rl",
    "owned": "rent-or-buy-64-h100",
    "a claim": "deepseek-r1",
    "tiny": "qlora-8b-on-a-4090",
}

HYPHEN = re.compile(r"(?<![\w.)\]/–-])-[$€]?\d")
"""A hyphen that stands for a minus: before a number, after nothing that it could join to it."""
TAG = re.compile(r"<[^<>]*>")
QUOTED = re.compile(r"“[^”]*”")
SOURCE = re.compile(r"\S*[/_@]\S*|\S*…\S*|\b(?:arXiv|doi)\b")
"""A path, an address or a file's name: how a source calls itself; and what is left of a word that is cut."""
NAMES = frozenset(
    [
        "BM",
        "ChatGPT",
        "CNBC",
        "FineWeb",
        "HelpSteer2",
        "LocalLLaMA",
        "NA",
        "ND96isr",
        "README",
        "TechCrunch",
        "TeX",
    ]
)
"""Proper names of products, papers and firms, and of machines as a cloud calls them (``BM.GPU.H100.8``)."""


_WALKED: dict[str, str] = {}


@pytest.fixture
def texts(python, isocost_environment):
    """All that five plans show, each with where; walked once."""
    if not _WALKED:
        run = subprocess.run(
            [python, str(WALK), "en", "--texts", *PLANS.values()],
            env=isocost_environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr[-3000:]
        _WALKED.update(json.loads(run.stdout.splitlines()[-1])["texts"])
    return _WALKED


def test_a_negative_number_has_a_minus_sign(texts):
    assert len(texts) > 3000
    assert any("\N{MINUS SIGN}" in text for text in texts)
    wrong = {text: where for text, where in texts.items() if HYPHEN.search(QUOTED.sub("", text))}
    assert not wrong, json.dumps(wrong, indent=1)[:3000]


def abbreviations(texts: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Words with two capitals or more, each with where it stands.

    Left out are what others wrote (sources, quotes, what is between tags), and captions: a text all in
    capitals whose words the catalogue of messages has in small letters.
    """
    messages = resource("languages", "de", "LC_MESSAGES", "isocost.po").read_text(encoding="utf-8")
    small = {word.casefold() for word in WORD.findall(messages) if word != word.upper()}
    for text, where in texts.items():
        ours = SOURCE.sub(" ", QUOTED.sub(" ", TAG.sub(" ", text)))
        words = WORD.findall(ours)
        caption = text == text.upper() and all(word.isdigit() or word.casefold() in small for word in words)
        for word in words:
            if not caption and is_short(word) and not DEGREE.fullmatch(word):
                yield word, f"{where}: {text[:90]}"


def test_every_abbreviation_on_screen_has_an_entry(texts):
    terms = {word for term in manual().terms for word in WORD.findall(term)}
    known = terms | proper_names() | NAMES
    found = dict(abbreviations(texts))
    assert {"MFU", "BF16", "FSDP"} <= found.keys()
    assert {word: where for word, where in found.items() if word not in known} == {}


def test_abbreviations_are_found_in_sentences_and_not_in_addresses():
    found = entries_in(["MFU of TP8, FSDP and 5 TFLOP/s", "https://x.org/HBM_MFU.md", "a plain word", "CO₂e"])
    assert list(found) == ["MFU", "TP", "FSDP", "TFLOP/s", "CO₂e"]
    assert short(found["TP"]).startswith("Tensor parallel")
    assert tip_of("nothing here") == ""
    assert tip_of("the MFU").startswith("MFU: Model FLOPs utilization")
    assert all(each.place in manual().places for each in found.values())


def test_an_abbreviation_of_an_opened_figure_leads_to_its_entry(window, qtbot):
    window.documents.open(preset("startup-7b"))
    settle(window.session)
    window.show()
    window.explain("stages.0.mfu")
    panel = window.findChild(ExplainPanel)
    assert 'href="glossary.md#mfu"' in panel.words.text()
    qtbot.waitUntil(lambda: panel.words.isVisible())
    panel.words.linkActivated.emit("glossary.md#mfu")
    assert window.findChild(HelpWindow).place == "glossary.md#mfu"
