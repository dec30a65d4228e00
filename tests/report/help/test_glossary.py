"""Every abbreviation that the app can show has an entry in the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from isocost.catalog import load
from isocost.plan.inputs.input import Choice
from isocost.plan.inputs.table import INPUTS
from isocost.plan.kinds import KINDS
from isocost.plan.money.bill import FIGURES
from isocost.report.findings.charts import CHARTS
from isocost.report.help.pages import manual

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "tests" / "report" / "golden"
ROOMS = ("report", "ui", "plan")
"""Rooms whose sentences reach the screen."""
NO_WORDS = ("ui/look/stylesheet.py", "ui/app.py", "report/paper/workbook.py", "report/launch/")
"""Files whose texts are for Qt, for a spreadsheet or for a framework."""

WORD = re.compile(r"[A-Za-z0-9₂]+")
ADDRESS = re.compile(r"https?://\S+|\bgithub\.com\S+|\barXiv\b|\bdoi\b")
DEGREE = re.compile(r"(TP|CP|PP|VP|EP|DP)\d+")
"""Parts of a layout, as in TP8."""

PRODUCTS = frozenset(
    [
        "AITER",
        "AutoModel",
        "cuDNN",
        "DeepSpeed",
        "EC2",
        "HarperCollins",
        "NeMo",
        "RAISE",
        "SkyPilot",
        "UltraFeedback",
    ]
)
"""Proper names of software, data, firms and laws that no table of the catalogue names in a column."""
OTHERS = frozenset(["SIL", "KEY", "LOW", "HIGH"])
"""Part of a licence's name; what stands for values in the form of an axis of a sweep."""


def sentences() -> Iterator[tuple[str, str]]:
    """What the app can show, each with where it stands."""
    for declared in INPUTS.values():
        told = [declared.label, declared.help]
        if isinstance(declared, Choice):
            told += [*declared.options.values(), *declared.meanings.values()]
        else:
            told.append(declared.unit)
        yield from ((declared.path, each) for each in told)
    for figure in FIGURES:
        told = [figure.label, figure.words, figure.missing, figure.unit]
        yield from ((figure.key, each) for each in told)
    for kind in KINDS.values():
        yield from ((kind.tag, each) for each in (kind.label, kind.help, kind.unsearched))
    for name, place in CHARTS.items():
        yield from ((name, each) for each in (place.page, place.name, *place.also))
    for technique in load().constants.techniques:
        yield from ((technique.id, each) for each in (technique.label, technique.catch))
    for threshold in load().constants.thresholds:
        yield threshold.id, threshold.name
    for path in GOLDEN.glob("*.txt"):
        yield path.name, path.read_text(encoding="utf-8")


def written() -> Iterator[tuple[str, str]]:
    """The texts of the code that speaks, docstrings left out: what no preset makes it say as well."""
    for room in ROOMS:
        for path in sorted((ROOT / "app" / "isocost" / room).rglob("*.py")):
            name = path.relative_to(ROOT / "app" / "isocost").as_posix()
            if name.startswith(NO_WORDS):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
            for each in ast.walk(tree):
                text = each.value if isinstance(each, ast.Constant) and id(each) not in told else ""
                if isinstance(text, str) and " " in text.strip():
                    yield name, text


def proper_names() -> frozenset[str]:
    """Words of the names in the catalogue: accelerators, models, suppliers, regions, currencies, claims..."""
    catalog = load()
    names: list[str] = list(PRODUCTS | OTHERS)
    for entry in catalog.accelerators.values():
        spec = entry.spec
        names += [spec.id, spec.name, entry.short_name, spec.vendor, spec.architecture]
        names += [quote.supplier for quote in catalog.quotes(spec.id)]
    for model in catalog.models.values():
        names += [model.name, model.organisation]
    names += [run.label for run in catalog.runs]
    names += [run.organisation for run in catalog.runs]
    names += [each.model for each in catalog.constants.api_quotes]
    names += [each.supplier for each in catalog.constants.api_quotes]
    names += [each.name for each in catalog.constants.regions.values()]
    names += list(catalog.constants.currencies)
    names += [each.name for each in catalog.claims.values()]
    return frozenset(word for name in names for word in WORD.findall(name))


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    terms = {word for term in manual().terms for word in WORD.findall(term)}
    return frozenset(terms) | proper_names()


def unknown(texts: Iterator[tuple[str, str]], known: frozenset[str]) -> dict[str, str]:
    """Words with two capitals or more that nobody explains, each with a place where it stands."""
    found = {}
    for place, text in texts:
        for word in WORD.findall(ADDRESS.sub(" ", "" if " " in text and text == text.upper() else text)):
            short = sum(letter.isupper() for letter in word) > 1 and not DEGREE.fullmatch(word)
            if short and word not in known:
                found.setdefault(word, f"{place}: {text[:80]}")
    return found


def test_every_abbreviation_that_is_declared_or_printed_has_an_entry(known):
    assert unknown(sentences(), known) == {}


def test_every_abbreviation_that_is_written_has_an_entry(known):
    assert unknown(written(), known) == {}


@pytest.mark.parametrize(
    "term",
    [
        "MFU",
        "HBM",
        "FSDP",
        "ZeRO",
        "DP",
        "TP",
        "PP",
        "CP",
        "EP",
        "TTFT",
        "GQA",
        "MLA",
        "MoE",
        "LoRA",
        "QLoRA",
        "RL",
        "SFT",
        "DPO",
        "PUE",
        "P10",
        "P90",
        "FLOP/s",
        "NVLink",
        "FP8",
        "MXFP4",
        "GRPO",
        "KL",
        "GPU-hours",
        "OOM",
        "CO2e",
        "6ND",
        "1F1B",
    ],
)
def test_a_term_has_an_entry(term):
    entry = manual().terms[term]
    assert len(entry.text) > 15
    assert manual().find(term)[0].section.page == "glossary.md"


def test_what_has_no_entry_is_found_out(known):
    assert unknown(iter([("here", "The XQZ of 2 GPUs, TP8, see https://ABC.org")]), known) == {
        "XQZ": "here: The XQZ of 2 GPUs, TP8, see https://ABC.org"
    }


def test_no_term_has_two_entries():
    terms = [term for each in set(manual().terms.values()) for term in each.title.split(", ")]
    assert len(terms) == len(set(terms))
