"""The notebook and the page on Python run as they are written."""

from __future__ import annotations

import importlib.util
import json
import re

import pytest

import isocost

RECORDS = ("Chances", "Explanation", "Sweep")
"""What functions give: their help is their page."""


def cells(repository):
    """Code of the notebook's cells, each with its tags."""
    found = json.loads((repository / "docs" / "python.ipynb").read_text(encoding="utf-8"))
    for cell in found["cells"]:
        if cell["cell_type"] == "code":
            assert not cell["outputs"]  # numbers of a day would stay
            yield "".join(cell["source"]), cell["metadata"].get("tags", [])


def test_the_notebook_runs_from_top_to_bottom(repository, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for number, (code, tags) in enumerate(cells(repository)):
        if "pandas" in tags and importlib.util.find_spec("pandas") is None:
            continue
        exec(compile(code, f"cell {number}", "exec"), names)
    said = capsys.readouterr().out
    assert "did you mean 'hardware.accelerator'" in said
    assert "tokens/s per GPU" in said
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def page(repository):
    return (repository / "docs" / "python.md").read_text(encoding="utf-8")


def test_the_page_runs_as_it_is_written(page):
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, "python.md", "exec"), names)


def test_the_page_names_all_there_is(page):
    for name in isocost.__all__:
        assert name == "__version__" or re.search(rf"`{name}\b|\b{name}\b", page) or name in RECORDS
