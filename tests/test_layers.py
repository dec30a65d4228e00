"""What is priced without a window never loads Qt."""

from __future__ import annotations

import importlib.util
import json
import subprocess

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
