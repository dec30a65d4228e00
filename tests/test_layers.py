"""What is priced without a window never loads Qt."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import tomllib

import pytest

QT = ("PySide6", "pyqtgraph", "shiboken6")

PROBE = """
import importlib, json, pkgutil, sys
root = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(getattr(root, "__path__", []), root.__name__ + "."):
    importlib.import_module(found.name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


PACKAGES = ("quantities", "engine", "catalog", "plan", "files", "report", "paths", "cli")


@pytest.mark.parametrize("package", PACKAGES)
def test_package_and_all_its_modules_import_without_qt(package, python, isocost_environment):
    name = f"isocost.{package}"
    assert importlib.util.find_spec(name), f"{name} is gone: name its successor here"
    run = subprocess.run(
        [python, "-c", PROBE, name], env=isocost_environment, capture_output=True, text=True, check=True
    )
    loaded = json.loads(run.stdout)
    assert "isocost" in loaded
    assert not set(QT) & set(loaded)


def test_engine_loads_no_third_party_package_but_numpy(python, isocost_environment):
    run = subprocess.run(
        [python, "-c", PROBE, "isocost.engine"],
        env=isocost_environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"msgspec", "yaml", "scipy", "contourpy", "jinja2"} & set(json.loads(run.stdout))


LIGHT = """
import json, sys
import isocost.ui.app
print(json.dumps([".".join(name.split(".")[:parts]) for name in sys.modules for parts in (1, 2)]))
"""


def test_first_paint_waits_for_neither_plans_nor_charts(python, isocost_environment):
    run = subprocess.run(
        [python, "-c", LIGHT], env=isocost_environment, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(run.stdout))
    assert "isocost.ui" in loaded
    heavy = {f"isocost.{room}" for room in ("engine", "catalog", "evidence", "plan", "files")}
    assert not loaded & (heavy | {"numpy", "pyqtgraph", "msgspec", "yaml"})


@pytest.mark.parametrize("module", ["isocost.ui.own.dialogs", "isocost.ui.own.quotes"])
def test_dialogs_open_without_the_modules_of_the_network(python, isocost_environment, module):
    light = LIGHT.replace("isocost.ui.app", module)
    run = subprocess.run(
        [python, "-c", light], env=isocost_environment, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(run.stdout))
    assert "isocost.ui" in loaded
    assert not loaded & {"http.client", "urllib.request", "ssl"}


def test_every_tab_stands_in_the_contract_that_no_tab_knows_another(repository):
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    listed = next(each["modules"] for each in contracts if each["name"] == "No tab knows another")
    rooms = (path.parent.name for path in (repository / "app/isocost/ui/tabs").glob("*/__init__.py"))
    assert sorted(listed) == sorted(f"isocost.ui.tabs.{room}" for room in rooms)


def test_a_word_or_path_stands_once(repository):
    """Two modules that name the same words or the same path of an input alike would drift apart."""
    places: dict[tuple[str, str], list[str]] = {}
    for path in (repository / "app/isocost").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(name := node.targets[0], ast.Name):
                value = (
                    node.value.args[0] if isinstance(node.value, ast.Call) and node.value.args else node.value
                )
                if (
                    name.id.isupper()
                    and isinstance(value, ast.Constant)
                    and isinstance(value.value, str)
                    and len(value.value) > 1
                ):
                    key = name.id.lstrip("_"), repr(value.value)
                    places.setdefault(key, []).append(path.name)
    assert not {key: at for key, at in places.items() if len(at) > 1}
