"""What is saved is what is read, and a save never leaves half a file."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from isocost.files import FileError, load_project, parse_project, project_text, save_project, write_atomically
from isocost.plan.project.project import (
    Data,
    GpuHoursStage,
    Hardware,
    ModelChoice,
    PretrainStage,
    Price,
    Project,
    Scenario,
)
from tests.files.strategies import PROJECTS


def plan(name: str = "Plan", **stage: float) -> Project:
    scenario = Scenario(
        name="Base",
        model=ModelChoice(parameters=7e9),
        hardware=Hardware("h100-sxm", 256),
        price=Price(3.99),
        stages=(
            PretrainStage(name="Pre-training", data=Data(tokens=14.8e12, batch_tokens=62_914_560.0)),
            GpuHoursStage(name="Tuning", **(stage or {"gpu_hours": 5000.0})),
        ),
    )
    return Project(name=name, notes="One line.\nAnother: with a colon.\n", scenarios=(scenario,))


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(project=PROJECTS)
def test_every_plan_reads_back_the_same(project: Project) -> None:
    assert parse_project(project_text(project)) == project


def test_the_text_is_plain_to_people_and_to_other_readers() -> None:
    text = project_text(plan())
    assert text.startswith("isocost: 1\nname: Plan\nnotes: |\n  One line.\n")
    assert "tokens: 14.8e+12\n" in text
    assert "precision" not in text, "defaults are left out"
    assert list(yaml.safe_load(text)["scenarios"][0]) == ["name", "model", "hardware", "price", "stages"]
    elsewhere = yaml.safe_load(text)["scenarios"][0]
    assert elsewhere["stages"][0]["data"] == {"tokens": 14.8e12, "batch_tokens": 62_914_560.0}
    assert elsewhere["model"]["parameters"] == 7e9
    assert elsewhere["stages"][1]["gpu_hours"] == 5000


def test_saving_and_opening_a_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan(), path)
    assert load_project(path) == plan()
    assert os.listdir(tmp_path) == ["plan.yaml"]


def test_a_save_replaces_the_file_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("old")
    path.chmod(0o640)
    save_project(plan(), path)
    assert load_project(path) == plan()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_save_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    target.write_text("old")
    link.symlink_to(target)
    save_project(plan(), link)
    assert link.is_symlink()
    assert load_project(target) == plan()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="cannot be saved: no space left on device"):
        save_project(plan("New"), path)
    assert load_project(path).name == "Old"
    assert os.listdir(tmp_path) == ["plan.yaml"]


def test_a_crash_before_the_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)

    def killed(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        save_project(plan("New"), path)
    assert load_project(path).name == "Old"
    assert os.listdir(tmp_path) == ["plan.yaml"]


def test_a_plan_that_would_not_open_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    with pytest.raises(FileError, match="give either hours or gpu_hours; both are given"):
        save_project(plan("New", hours=1.0, gpu_hours=8.0), path)
    nameless = msgspec.structs.replace(plan(), name="x" * 501)
    with pytest.raises(FileError, match="was not saved: name: text may be 500 characters long"):
        save_project(nameless, path)
    assert load_project(path).name == "Old"


@pytest.mark.parametrize("name", ["missing/plan.yaml", ".", "x" * 300 + ".yaml", "nul\0.yaml"])
def test_places_that_cannot_be_written_are_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError) as caught:
        save_project(plan(), tmp_path / name)
    assert "cannot be saved: " in str(caught.value)
    assert str(caught.value).endswith(".")
    assert os.listdir(tmp_path) == []


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_atomically(tmp_path / "picture.png", b"\x89PNG\r\n")
    assert (tmp_path / "picture.png").read_bytes() == b"\x89PNG\r\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="not a regular file"):
        save_project(plan(), pipe)
    with pytest.raises(OSError, match="Not a regular file"):
        write_atomically(pipe, b"")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
