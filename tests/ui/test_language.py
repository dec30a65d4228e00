"""The window in another language: nothing said in English, nothing cut, nothing stored otherwise."""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from isocost.language import (
    ENGLISH,
    choose_language,
    dative,
    in_sentence,
    language,
    languages,
    listed,
    say_with,
    tr,
)
from isocost.paths import presets, resource
from tests.speaking import MADE_UP

FOLDER = resource("languages")
WALK = Path(__file__).parent / "walked.py"


@pytest.fixture(autouse=True)
def _english_again():
    yield
    choose_language(ENGLISH, FOLDER)


def test_a_message_is_said_in_the_language_chosen():
    assert tr("{name} is in use.", name="x") == "x is in use."
    choose_language("de_AT.UTF-8", FOLDER)
    assert language() == "de"
    assert tr("Budget") == "Budget"
    assert tr("Deadline") == "Frist"
    assert tr("{label} is cheapest at any pace", label="H100").startswith("H100 ist")


def test_what_a_language_lacks_is_said_in_english():
    choose_language("de", FOLDER)
    assert tr("No such message {x}", x=1) == "No such message 1"
    choose_language("tlh", FOLDER)
    assert language() == ENGLISH
    assert tr("Deadline") == "Deadline"


def test_braces_without_values_stay():
    assert tr("{a} of 100 %") == "{a} of 100 %"
    say_with(str.upper)
    assert tr("{a}") == "{A}"


def test_labels_are_small_in_english_sentences_alone():
    assert in_sentence("Price of an hour") == "price of an hour"
    assert in_sentence("MFU") == "MFU"
    assert in_sentence("A day") == "a day"
    choose_language("de", FOLDER)
    assert in_sentence("Preis") == "Preis"


def test_counted_things_stand_in_the_case_that_the_sentence_asks_for():
    choose_language("de", FOLDER)
    assert tr("in {duration}", duration="2,1 Jahre") == "in 2,1 Jahren"
    assert tr("in {duration}", duration="1 Woche") == "in 1 Woche"
    assert tr("in {duration}", duration="54 d") == "in 54 d"
    assert tr("x {significant} from {counted}", significant="1,1", counted="3 Läufe") == "x 1,1 aus 3 Läufen"
    for plain in ("8 H100", "2.048 GPUs", "12 Wochen", "5 Tokens", "1 Preis", "Stufe 2", "3 Hopper-Karten"):
        assert dative(plain) == plain
    assert dative("$300K und 1.024 Beschleuniger") == "$300K und 1.024 Beschleunigern"
    choose_language(ENGLISH, FOLDER)
    assert tr("in {duration}", duration="2 years") == "in 2 years"


PREPOSITION = r"(?i)\b(?:in|nach|mit|bei|seit|von|aus|vor|ab|binnen)(?: höchstens| etwa| rund)? "


def test_german_says_the_case_of_what_is_counted_after_a_preposition():
    """Fields that hold counted things by their name have a case there."""
    text = FOLDER.joinpath("de", "LC_MESSAGES", "isocost.po").read_text(encoding="utf-8")
    said = re.findall(r'^msgstr "(.*)"$', text.replace('"\n"', ""), re.MULTILINE)
    counted = re.compile(PREPOSITION + r"\{(?:counted|duration|crossed|so_far|ready)(?:_\d)?\}")
    assert len(said) > 2000
    assert [each for each in said if counted.search(each)] == []


def test_words_are_listed_as_the_language_has_it():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "", "a", "a and b", "a, b and c",
    ]  # fmt: skip
    assert listed((each for each in "abc"), "or") == "a, b or c"
    choose_language("de", FOLDER)
    assert (listed("abc"), listed("ab", "or")) == ("a, b und c", "a oder b")


def test_lists_of_words_are_put_together_in_one_place(repository):
    """A list whose last two are parted by a word is made by ``listed``, which asks the language for it."""
    by_hand = re.compile(r"""\(?["'] (?:and|or) ["']\)?\.join|\{list\} (?:and|or) \{""")
    sources = (repository / "app" / "isocost").rglob("*.py")
    found = {path.name for path in sources if by_hand.search(path.read_text(encoding="utf-8"))}
    assert found == {"language.py"}


def test_a_word_that_may_be_one_of_two_is_said_in_the_language_either_way(repository):
    """Of ``tr("probably does") if ... else "does"`` half was English in every language."""
    for path in sorted((repository / "app").rglob("*.py")):
        for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(each, ast.IfExp):
                continue
            ways = (each.body, each.orelse)
            said = [
                isinstance(way, ast.Call) and getattr(way.func, "id", "") in ("tr", "later") for way in ways
            ]
            words = [
                way.value
                for way in ways
                if isinstance(way, ast.Constant) and re.search("[a-z]{2}", str(way.value or ""))
            ]
            assert not (any(said) and words), f"{path.name}:{each.lineno}: {words}"


def test_catalogues_are_complete_and_in_step(repository):
    """Every message is translated, takes the same values, and the compiled form is that of the text."""
    assert languages(FOLDER) == ("en", "de")
    told = subprocess.run(
        [sys.executable, "tools/messages.py", "--check"],
        cwd=repository, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(repository / "app")},
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]


def _walk(python: str, environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    run = subprocess.run(
        [python, str(WALK), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "plans",
    [
        ("startup-7b", "api-or-own", "deepseek-r1"),
        ("rent-or-buy-64-h100", "smollm3-programme", "qlora-8b-on-a-4090"),
        ("distil-instead-of-rl", "deepseek-chain"),
    ],
)
def test_no_english_word_is_left(python, isocost_environment, plans):
    """In a language of other letters only names, units and what others published stay as they were: on every
    tab, in tables, dialogs and opened figures."""
    left = _walk(python, isocost_environment, MADE_UP, "--texts", *plans)
    assert left["said"] > 1000
    published, ours = _published(), _our_words()
    wrong = {text: where for text, where in left["left"].items() if _english(text, published, ours)}
    assert not wrong, json.dumps(wrong, indent=1)[:4000]


WORD = re.compile(r"(?<![\w/.-])[A-Za-z][A-Za-z’']+(?![\w/.-])")
"""A word: names of things have digits, dots or hyphens too."""
TAG, CUT = re.compile(r"<[^<>]*>"), re.compile(r"\S*…\S*")
"""Markup, and what is left of a word that is cut."""
SOURCE = re.compile(r"https?://|arXiv|doi |[“”]")
"""What marks the text of a source or a quote, which stays as it was published."""
SHORT = 4
"""Letters of a name below which it could be part of any word."""
KEPT = frozenset(
    [
        "per",
        "et",
        "al",
        "kwh",
        "kw",
        "ms",
        "min",
        "api",
        "gpu",
        "tp",
        "pp",
        "vp",
        "cp",
        "ep",
        "ab",
        "ctrl",
        "enter",
        "try",
    ]
)
"""Units, and abbreviations of the field."""
AS_THEY_ARE = ("Scroll Left", "Scroll Right", "Export", "Letter", "Muon")
"""What the toolkit says of buttons and menus that nobody sees, a sheet of paper, an optimizer."""


def _english(text: str, published: list[str], ours: frozenset[str]) -> bool:
    """Whether a text that was not put into the made-up language has a word of ours beside published ones."""
    whole = " ".join(TAG.sub("", text).split())
    plain = CUT.sub("", whole)
    if text in AS_THEY_ARE or SOURCE.search(whole):
        return False
    if CUT.search(whole) and any(all(part in name for part in whole.split("…")) for name in published):
        return False
    for name in published if _words(plain) & ours else ():
        plain = plain.replace(name, "\0")
    return bool(_words(plain) & ours)


def _words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)} - KEPT


def _our_words() -> frozenset[str]:
    """Words that our sentences are made of, abbreviations left out."""
    text = (FOLDER / "de" / "LC_MESSAGES" / "isocost.po").read_text(encoding="utf-8")
    messages = re.findall(r'msgid ((?:".*"\n)+)', text)
    places = re.compile(r"\{[^{}]*\}")
    found = (WORD.findall(places.sub(" ", "".join(re.findall(r'"(.*)"', each)))) for each in messages)
    return frozenset(word.lower() for words in found for word in words if word[1:].islower())


def _published() -> list[str]:
    """What names and tables of others say, longest first: of models, parts, suppliers, shipped plans."""
    values: set[str] = set()
    for path in resource().glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            values.update(cell for row in csv.reader(file) for cell in row)
    for path in [*resource().glob("*.yaml"), *presets().glob("*.yaml")]:
        values.update(_leaves(yaml.safe_load(path.read_text(encoding="utf-8"))))
    values = {" ".join(value.split()) for value in values}
    values |= {part for value in values for part in re.split(r"(?<=[.:]) ", value)}
    values |= {part.strip() for value in values for part in re.split(r"[;:,()] ?", value)}
    return sorted((each for each in values if len(each) >= SHORT), key=len, reverse=True)


def _leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(value)
    elif isinstance(tree, str):
        yield tree


def test_a_plan_saved_in_german_is_the_plan_saved_in_english(python, isocost_environment, tmp_path):
    """Stored values, and words of the file's own form, do not know the language."""
    files = []
    for name in ("en", "de"):
        file = tmp_path / f"{name}.yaml"
        _walk(python, isocost_environment, name, "--save", str(file), "startup-7b")
        files.append(file.read_text(encoding="utf-8"))
    assert files[0] == files[1]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_german_label_is_cut(python, isocost_environment, scale):
    """Labels of inputs, buttons on every tab and lines painted in charts have the room their words take."""
    found = _walk(python, isocost_environment, "de", "--scale", str(scale), "startup-7b", "api-or-own")
    assert found["measured"] > 100
    assert not found["cut"], found["cut"][:20]
    assert not found["spilt"], "painted lines stay in their room"
    assert not found["lost"], "help has a page of everything in any language"


def test_the_language_is_chosen_in_the_menu_and_holds_from_the_next_start(window, stored):
    from PySide6.QtGui import QAction

    from isocost.ui.speaking import chosen_language, speak

    assert chosen_language(stored) == "system"
    window.findChild(QAction, "language.de").trigger()
    box = next(each for each in window.children() if each.objectName() == "language")
    assert "started again" in box.text()
    box.close()
    assert language() == ENGLISH  # what is on screen has been said
    speak(stored)
    assert language() == "de"
