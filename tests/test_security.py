"""A file from a stranger runs nothing, fills nothing and reaches nothing; a build is what its lock says."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from PySide6.QtCore import QSettings

from isocost.files import ContentError, FileError, load_project, parse_project
from isocost.files.loading import LARGEST_FILE
from isocost.ui.app import make_frame, readable_settings
from isocost.ui.speaking import settings
from tests.files.test_loading import GOOD

RUNS_CODE = {"eval", "exec", "compile", "__import__"}
UNPICKLES = {"pickle", "marshal", "shelve", "dill", "jinja2"}
UNSAFE_YAML = {"load", "unsafe_load", "full_load", "UnsafeLoader", "FullLoader", "Loader"}


def test_nothing_in_the_app_runs_text(repository: Path) -> None:
    for path in (repository / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in RUNS_CODE, f"{path}:{node.lineno}"
            if isinstance(node, ast.Import):
                assert not {each.name.partition(".")[0] for each in node.names} & UNPICKLES, (
                    f"{path}:{node.lineno}"
                )
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] not in UNPICKLES, f"{path}:{node.lineno}"
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "yaml"
            ):
                assert node.attr not in UNSAFE_YAML


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [*{old},*{old},*{old},*{old},*{old},*{old},*{old},*{old}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LAUGHS, "anchors and aliases"),
        ("name: !!python/object/apply:os.system ['touch /tmp/owned']\n", "tags (!) are not allowed"),
        ("name: !!python/name:os.system\n", "tags (!) are not allowed"),
        ("!!python/module:os {}\n", "tags (!) are not allowed"),
        ("? !!python/object/new:type {}\n: 1\n", "tags (!) are not allowed"),
        ("a: " + "[" * 500 + "]" * 500, "nested more than 16 levels"),
        ("a: " + "{a: " * 500 + "}" * 500, "nested more than 16 levels"),
        ("- " * 5_000 + "x", "nested more than 16 levels"),
        ("<<: *x\n", "anchors and aliases"),
        ("%YAML 1.1\n%TAG ! tag:yaml.org,2002:python/\n--- !object {}\n", "tags (!) are not allowed"),
        (GOOD + "  stages: []\n", "appears twice"),
        (GOOD + "---\n" + GOOD, "more than one YAML document"),
    ],
)  # fmt: skip
def test_a_file_that_would_harm_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_project(text)
    assert said in str(caught.value)


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE * 5_000)  # sparse: reading it would be seen
    with pytest.raises(FileError, match=r"the file is 5 GB large; a plan is at most 1 MB"):
        load_project(path)


PROBE = """
import socket, sys
def refuse(*_):
    raise AssertionError("a connection was opened")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from isocost.cli import main
codes = [main(["estimate", "startup-7b", "--format", "json"]), main(["rank", "startup-7b"]), main(["schema"])]
import json
network = {"http.client", "urllib.request", "ssl", "PySide6.QtNetwork"} & set(sys.modules)
print("\\n@" + json.dumps([codes, sorted(network)]))
"""


def test_a_command_opens_no_connection_and_loads_nothing_that_could(isocost_environment) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROBE], env=isocost_environment, capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout.rpartition("@")[2]) == [[0, 0, 0], []]


@pytest.mark.parametrize(
    "damage", [b"\x00\xff\xfe" * 99, b"[General\nthe=me\n]]]]", b"no settings at all\n", b"a" * 200_000]
)
def test_damaged_settings_are_set_aside_and_the_defaults_hold(home, qtbot, damage: bytes) -> None:
    path = home / "settings" / "Isocost" / "Isocost.ini"  # as it is found at the start
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(damage)
    stored, said = readable_settings()
    assert stored.status() is QSettings.Status.NoError
    if said:
        assert said == f"The settings were damaged: the defaults hold. What there was is in {path}.broken."
        assert path.with_name(f"{path.name}.broken").read_bytes() == damage
    window = make_frame(stored)
    qtbot.addWidget(window)
    assert (window.themes.choice, window.themes.scale) == ("system", 1.0)
    stored.setValue("theme", "dark")
    stored.sync()
    assert stored.status() is QSettings.Status.NoError
    assert settings().value("theme") == "dark"


@pytest.mark.parametrize(
    ("name", "value"),
    [("theme", "purple"), ("theme", ["a"]), ("text_size", "huge"), ("text_size", "nan"),
     ("text_size", "-1e999"),
     ("motion", 7), ("geometry", "not bytes"), ("geometry", b"\x01\xd9\xd0\xcb" * 9),
     ("recent", {"a": 1})],
)  # fmt: skip
def test_a_setting_that_means_nothing_is_its_default(qtbot, name: str, value: object) -> None:
    stored = settings()
    stored.setValue(name, value)
    window = make_frame(stored)
    qtbot.addWidget(window)
    assert window.themes.choice == "system"
    assert 0.9 <= window.themes.scale <= 2.0


def test_the_lock_names_every_package_of_a_build_with_its_hashes(repository: Path) -> None:
    import tomllib

    lock = (repository / "packaging" / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z])", lock.strip())
    locked: dict[str, list[str]] = {}
    for entry in entries:
        named = re.match(r"([a-z0-9-]+)==([^ ]+)", entry)
        assert named, entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        locked.setdefault(named[1], []).append(named[2])
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in project["dependencies"]:
        needed = Requirement(line)
        name = needed.name.lower().replace("_", "-")
        assert any(needed.specifier.contains(each) for each in locked.get(name, [])), line
