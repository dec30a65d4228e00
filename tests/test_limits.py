"""The ends of what can be asked for: computed without a number that is none, or said to be beyond the end."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from isocost.catalog import Catalog, load
from isocost.cli import main
from isocost.files import ContentError, load_project, parse_project, project_text
from isocost.files.schema import LONGEST_LIST
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.project import GpuHoursStage, Project
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from tests.files.test_loading import GOOD
from tests.files.test_saving import plan

PRESETS = sorted((Path(__file__).resolve().parent.parent / "presets").glob("*.yaml"))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(tmp_path_factory.mktemp("no-user-files"))


def figures(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Every number in a tree of records."""
    if isinstance(value, float):
        yield where, value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from figures(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, msgspec.Struct):
        yield from figures(msgspec.structs.asdict(value), where)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from figures(each, f"{where}[{key}]")
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from figures(each, f"{where}[{at}]")


@pytest.mark.parametrize("parameters", ["1e5", "1e9", "1e15"])
@pytest.mark.parametrize("count", ["1", "8", "131072"])
@pytest.mark.parametrize("price", ["0", "3.99", "1000"])
def test_no_number_is_none_at_the_ends(catalog: Catalog, parameters: str, count: str, price: str) -> None:
    text = (
        GOOD.replace("7e9", parameters).replace("256", count).replace("price: {usd_per_gpu_hour: 3.99}",
                                                                     f"price: {{usd_per_gpu_hour: {price}}}")
    )  # fmt: skip
    found = estimate(parse_project(text, catalog), catalog)
    assert [(where, each) for where, each in figures(found) if not math.isfinite(each)] == []
    assert found.total.cost_usd >= 0.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("7e9", "1", "Parameters must lie between 100K and 1,000T"),
        ("7e9", "1e16", "Parameters must lie between"),
        ("256", "1e7", "Count must lie between 1 and 131,072"),
        ("256", "0", "Count must lie between 1 and 131,072"),
        ("3.99", "-1", "must lie between"),
        ("2e12", "1e30", "Tokens must lie between"),
    ],
)
def test_beyond_the_ends_a_sentence_names_them(old: str, new: str, said: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_project(GOOD.replace(old, new))
    assert said.partition(" between")[0] in str(caught.value)


def long(stages: int) -> Project:
    """A plan of so many stages, of hours that differ."""
    project = plan()
    made = tuple(GpuHoursStage(name=f"Stage {at}", gpu_hours=100.0 + at) for at in range(stages))
    return msgspec.structs.replace(
        project, scenarios=(msgspec.structs.replace(project.scenarios[0], stages=made),)
    )


def test_five_hundred_stages_and_two_hundred_scenarios_are_saved_opened_and_priced(catalog: Catalog) -> None:
    many = long(500)
    wide = msgspec.structs.replace(
        plan(),
        scenarios=tuple(msgspec.structs.replace(long(3).scenarios[0], name=f"Way {at}") for at in range(200)),
    )
    for project in (many, wide):
        again = parse_project(project_text(project), catalog)
        found = estimate(again, catalog)
        assert all(math.isfinite(each) for _, each in figures(found))
        assert found.total.cost_usd > 0.0
    with pytest.raises(ContentError, match=rf"stages: a list may hold {LONGEST_LIST} entries, got 501"):
        parse_project(project_text(long(501)))


LINES = """
import json, sys
from isocost.cli import main
for name in ("startup-7b", "deepseek-r1"):
    assert main(["estimate", name, "--format", "json"]) == 0
assert main(["schema"]) == 0
from isocost import paths
from isocost.files import load_project, project_text
print(project_text(load_project(paths.presets() / "deepseek-v3.yaml")))
"""


def made_locale(folder: Path, name: str) -> bool:
    """Compile a locale of the system's sources, where it has them."""
    tool = shutil.which("localedef")
    if tool is None or not Path(f"/usr/share/i18n/locales/{name}").exists():
        return False
    made = subprocess.run(
        [tool, "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")], capture_output=True, check=False
    )
    return made.returncode in (0, 1) and (folder / f"{name}.UTF-8").exists()


def test_the_same_bytes_wherever_and_whenever(isocost_environment, tmp_path: Path) -> None:
    places = [
        {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"},
        {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr", "TZ": "America/Los_Angeles", "PYTHONHASHSEED": "4242"},
    ]
    for name in ("de_DE", "tr_TR"):
        if made_locale(tmp_path, name):
            isocost_environment["LOCPATH"] = str(tmp_path)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", LINES], env=isocost_environment | each, stdout=subprocess.PIPE
        )
        for each in places
    ]
    written = [each.communicate()[0] for each in running]
    assert [each.returncode for each in running] == [0, 0, 0]
    assert len(written[0]) > 10_000
    assert written[0] == written[1] == written[2]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_the_window_and_the_command_line_agree_to_the_cent(qapp, catalog, path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    session = Session(load_project(path, catalog), catalog)
    try:
        session.refresh()
        settle(session)
        assert session.estimate is not None
        assert main(["estimate", str(path), "--format", "json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert round(told["total"]["cost_usd"], 2) == round(session.estimate.total.cost_usd, 2)
        assert told["total"]["wall_days"] == pytest.approx(session.estimate.total.wall_days, rel=1e-12)
        shown = [round(stage.cost_usd, 2) for stage in session.estimate.stages if stage.enabled]
        assert [
            round(stage["cost_usd"], 2) for stage in told["stages"] if stage.get("enabled", True)
        ] == shown
    finally:
        session.close()
