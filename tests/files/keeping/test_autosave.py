"""A copy of what is not saved outlives its window, and is nobody else's while that is there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from isocost.catalog import Catalog, load
from isocost.files import load_project, save_project
from isocost.files.keeping.autosave import (
    Keeper,
    Origin,
    copies_folder,
    left_copies,
    offered_copies,
    remove_copy,
)
from isocost.plan.project.project import Project, set_value
from tests.files.test_saving import plan


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return load(tmp_path_factory.mktemp("no-user-files"))


@pytest.fixture
def folder() -> Path:
    return copies_folder()


def left_behind(folder: Path, project: Project, origin: Origin = Origin()) -> Path:  # noqa: B008
    """A copy whose window is gone."""
    keeper = Keeper(folder)
    keeper.keep(project, origin)
    file = keeper.file
    assert file is not None
    keeper.leave()
    return file


def test_a_copy_is_offered_once_its_window_is_gone(folder: Path, catalog: Catalog) -> None:
    keeper = Keeper(folder)
    keeper.keep(plan("Mine"), Origin(path=Path("/where/it/is.yaml"), head="# Ours.\n"))
    assert left_copies(folder, catalog) == [], "its window lives"
    keeper.leave()
    (copy,) = left_copies(folder, catalog)
    assert copy.project == plan("Mine")
    assert copy.origin == Origin(path=Path("/where/it/is.yaml"), head="# Ours.\n")
    assert abs(copy.kept_at - time.time()) < 60


def test_a_copy_is_a_plan_file_for_its_owner_alone(folder: Path) -> None:
    file = left_behind(folder, plan("Mine"))
    assert load_project(file) == plan("Mine")
    assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def test_a_window_has_one_copy_the_newest(folder: Path, catalog: Catalog) -> None:
    keeper = Keeper(folder)
    for name in ("One", "Two", "Three"):
        keeper.keep(plan(name), Origin())
    keeper.leave()
    assert [copy.project.name for copy in left_copies(folder, catalog) if copy.project] == ["Three"]


def test_several_are_listed_newest_first_and_taking_one_leaves_the_others(folder, catalog) -> None:
    for name in ("Oldest", "Middle", "Newest"):
        left_behind(folder, plan(name))
        time.sleep(0.002)
    copies = left_copies(folder, catalog)
    assert [copy.project.name for copy in copies] == ["Newest", "Middle", "Oldest"]
    keeper = Keeper(folder)
    assert keeper.adopt(copies[1])
    assert [copy.project.name for copy in left_copies(folder, catalog)] == ["Newest", "Oldest"]
    keeper.keep(plan("Middle, further"), Origin())
    keeper.leave()
    assert len(list(folder.glob("*.yaml"))) == 3
    remove_copy(left_copies(folder, catalog)[0])
    assert [copy.project.name for copy in left_copies(folder, catalog)] == ["Newest", "Oldest"]


def test_a_copy_is_taken_by_one_window_alone(folder: Path, catalog: Catalog) -> None:
    left_behind(folder, plan())
    (copy,) = left_copies(folder, catalog)
    first, second = Keeper(folder), Keeper(folder)
    assert first.adopt(copy)
    assert not second.adopt(copy)
    first.drop()
    assert not second.adopt(copy), "it is gone"
    assert os.listdir(folder) == []


def test_a_fresh_window_never_writes_over_a_copy(folder: Path, catalog: Catalog) -> None:
    left_behind(folder, plan("Lost"))
    fresh = Keeper(folder)
    fresh.keep(plan("Fresh"), Origin())
    fresh.drop()
    assert [copy.project.name for copy in left_copies(folder, catalog)] == ["Lost"]


def test_a_clean_close_leaves_nothing(folder: Path) -> None:
    keeper = Keeper(folder)
    keeper.drop()
    keeper.keep(plan(), Origin())
    keeper.drop()
    keeper.drop()
    assert os.listdir(folder) == []


def test_what_its_file_holds_by_now_is_not_offered(folder: Path, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Saved"), path)
    left_behind(folder, load_project(path, catalog), Origin(path=path))
    changed = set_value(load_project(path, catalog), "price.usd_per_gpu_hour", 3.5)
    left_behind(folder, changed, Origin(path=path))
    ((copy, base),) = offered_copies(folder, catalog)
    assert (copy.project, base) == (changed, load_project(path, catalog))
    assert len(list(folder.glob("*.yaml"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# isocost copy: {}\n",
        "# isocost copy: [1]\nisocost: 1\n",
        "# isocost copy: {broken\nname: x\n",
        '# isocost copy: {"kept_at": NaN, "path": 7, "opened": ["a"]}\nisocost: 99\n',
        '# isocost copy: {"kept_at": -1e300, "path": "a\\u0000b"}\nisocost: 1\nname: x\n',
        "# isocost copy: " + "[" * 100_000,
        "\0\1\2",
        "a: &a [*a]\n",
    ],
)
def test_a_copy_that_cannot_be_read_is_listed_and_kept(folder, catalog, text) -> None:
    left_behind(folder, plan("Good"))
    bad = folder / "1-bad.yaml"
    bad.write_text(text, encoding="utf-8")
    copies = {copy.file.name: copy for copy in left_copies(folder, catalog)}
    assert len(copies) == 2
    assert copies["1-bad.yaml"].project is None
    assert copies["1-bad.yaml"].problem.endswith((".", "?"))
    assert bad.exists()


def test_without_a_folder_there_is_nothing(tmp_path: Path, catalog: Catalog) -> None:
    assert left_copies(tmp_path / "none", catalog) == []
    (tmp_path / "file").write_text("")
    assert left_copies(tmp_path / "file", catalog) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no such processes here")
@pytest.mark.parametrize("what", ["save", "keep"])
def test_killed_at_any_moment_a_plan_is_whole(tmp_path, repository, isocost_environment, what) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.files.keeping.killing", what, "15", str(tmp_path)],
        env=isocost_environment,
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("15 kills, ")
