"""The recipes of CONTRIBUTING.md, applied to a copy of the app: each diff is whole and does what it says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

COUNT = 5
"""An accelerator, an input, a ledger line, a kind of stage, a tab."""

PRICE = """
import json
from dataclasses import replace
from msgspec.structs import replace as put
from isocost.catalog import load
from isocost.files import load_project, save_project
from isocost.paths import presets
from isocost.plan.answer.estimate import answer
from isocost.plan.inputs.table import INPUTS
from isocost.plan.kinds import KINDS
from isocost.plan.kinds.red_teaming import RedTeamingStage
from isocost.plan.project.project import replace_scenario

catalog = load()
project = load_project(presets() / "startup-7b.yaml", catalog)
base = project.scenarios[0]
stages = (*base.stages, RedTeamingStage(name="Attacks"))
chosen = put(base, programme=put(base.programme, insurance=0.02), stages=stages)
path = __import__("pathlib").Path("plan.yaml").resolve()
save_project(replace_scenario(project, chosen), path)
reopened = load_project(path, catalog)
found = answer(reopened, catalog)
line = next(x for x in found.estimate.ledger if x.key == "insurance")
print(json.dumps({
    "accelerator": catalog.accelerator("Example 100").spec.memory_bytes,
    "declared": "programme.insurance" in INPUTS,
    "reopened": reopened.scenarios[0].programme.insurance,
    "kinds": list(KINDS),
    "stages": [stage.kind for stage in found.estimate.stages],
    "attacks": found.estimate.stages[-1].gpu_hours,
    "insurance": line.cost_usd / found.reckoning["rent"],
    "left_out": [each.name for each in answer(project, catalog).omissions],
}))
"""

SHOW = """
import os
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from isocost.catalog import load
from isocost.paths import presets
from isocost.ui.app import make_window
from isocost.ui.speaking import settings
from isocost.ui.app import application
from isocost.ui.screenshot import settle

app = application()
window = make_window(settings())
window.show_workspace()
window.show()
window.load_pages()
window.documents.open(presets() / "deepseek-r1.yaml")
window.show_page(len(window.page_titles) - 1)
settle(window.session)
app.processEvents()
print(window.pages.currentWidget().objectName(), len(window.pages.currentWidget().text()) > 20)
window.session.undo_stack.setClean()
window.close()
"""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the app is made of, with every recipe applied in turn."""
    root = Path(__file__).resolve().parent.parent
    copy = tmp_path_factory.mktemp("recipes")
    for folder in ("app", "resources", "presets"):
        shutil.copytree(root / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipes = re.findall(r"```diff\n(.*?)```", text, flags=re.DOTALL)
    assert len(recipes) == COUNT
    for recipe in recipes:
        applied = subprocess.run(
            ["git", "apply", "--unidiff-zero", "-"],
            cwd=copy, input=recipe, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert applied.returncode == 0, f"{applied.stderr}\n{recipe}"
    return copy


def run(python: str, code: str, copy: Path, environment: dict[str, str]) -> str:
    """What a program prints that imports the changed app."""
    return subprocess.run(
        [python, "-c", code],
        cwd=copy,
        env={**environment, "PYTHONPATH": str(copy / "app")},
        text=True,
        capture_output=True,
        check=True,
    ).stdout


def test_what_the_recipes_add_is_priced_saved_and_reopened(changed, python, isocost_environment):
    said = json.loads(run(python, PRICE, changed, isocost_environment))
    assert said["accelerator"] == 80e9
    assert said["declared"]
    assert said["reopened"] == 0.02
    assert said["insurance"] == pytest.approx(0.02, rel=1e-4)
    assert "Insurance" in said["left_out"]
    assert said["kinds"].index("red-teaming") == said["kinds"].index("evaluation") + 1
    assert said["stages"][-1] == "red-teaming"
    assert said["attacks"] > 0.0


def test_the_added_tab_shows_what_it_follows(changed, python, isocost_environment):
    assert run(python, SHOW, changed, isocost_environment).split() == ["notes_page", "True"]
