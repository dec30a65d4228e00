"""Pages that are written from the code are what it declares today, and figures stand in two pages alike."""

from __future__ import annotations

import importlib
import re
import tomllib

import pytest
import yaml

import isocost
from isocost.catalog import load
from isocost.catalog.entries.claims import ClaimEntry
from isocost.catalog.table import yaml_record
from isocost.plan.inputs.table import INPUTS
from isocost.report.help.topics import heading_of

PAGES = ("commands.md", "constants.md", "data-sources.md", "engine.md", "inputs.md", "method.md")


@pytest.fixture
def tool(repository, monkeypatch):
    monkeypatch.syspath_prepend(str(repository / "tools"))
    return importlib.import_module("docs")


def test_no_page_is_written_that_is_not_tested(tool):
    assert set(tool.PAGES) == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_what_the_code_declares(name, tool, repository):
    held = (repository / "docs" / name).read_text(encoding="utf-8")
    assert tool.PAGES[name]() == held, f"run make docs: {name} tells of other declarations"


def test_every_input_has_its_meaning_default_and_effect(repository):
    page = (repository / "docs" / "inputs.md").read_text(encoding="utf-8")
    for declared in INPUTS.values():
        entry = page.partition(f"### {heading_of(declared)}\n")[2].partition("\n##")[0]
        assert "- **Default**: " in entry, declared.path
        assert "- **Changes**: " in entry, declared.path


def test_figures_of_accuracy_stand_elsewhere_as_on_their_page(repository):
    accuracy = (repository / "docs" / "accuracy.md").read_text(encoding="utf-8")
    for name in ("README.md", "docs/other-tools.md"):
        text = (repository / name).read_text(encoding="utf-8")
        rows = [line for line in text.splitlines() if line.startswith(("| Isocost", "| **Isocost"))]
        assert rows, name
        for figure in [*re.findall(r"[\d.]+ %", " ".join(rows)), *re.findall(r"\d+ of \d+ are within", text)]:
            assert figure in accuracy, f"{name}: {figure} is not in docs/accuracy.md"
        # Elsewhere on that page a figure may be another's.
        told = re.search(r"([\d.]+ %) at the median source, ([\d.]+ %) in the mean", " ".join(rows))
        assert told, name
        median, mean = told.groups()
        assert f"median source is {median} off, the mean of all {mean}" in " ".join(accuracy.split()), name


def test_the_arrows_of_the_page_are_those_that_are_kept(repository):
    page = (repository / "docs" / "architecture.md").read_text(encoding="utf-8")
    contracts = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    layers = [each["layers"] for each in contracts["tool"]["importlinter"]["contracts"] if "layers" in each]
    house, plan = (
        [name.rpartition(".")[2] for layer in found for name in layer.split(" | ")] for found in layers
    )
    told = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert re.findall(r"\w+", told[0]) == house
    assert [name for name in plan if name in re.findall(r"\w+", told[1])] == re.findall(r"\w+", told[1])


def test_the_example_claim_of_extending_is_read(repository):
    page = (repository / "docs" / "extending.md").read_text(encoding="utf-8")
    example = next(
        each for each in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "example-claim" in each
    )
    (claim,) = yaml_record(example, tuple[ClaimEntry, ...], "extending.md")
    assert claim.id == "example-claim"


def test_the_example_catalogue_of_extending_is_read(repository, tmp_path):
    page = (repository / "docs" / "extending.md").read_text(encoding="utf-8")
    example = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "own.yaml").write_text(example, encoding="utf-8")
    catalog = load(tmp_path / "catalog")
    assert list(catalog.problems) == []
    assert (
        catalog.accelerator("h200-lab").spec.memory_bytes == catalog.accelerator("h200-sxm").spec.memory_bytes
    )
    assert catalog.model("Planned 90B-A6B").name == "Planned 90B-A6B"


def test_the_citation_is_of_this_version(repository):
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "type"} <= set(citation)
    assert citation["version"] == isocost.__version__
