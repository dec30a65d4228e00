"""Writers killed at random moments: ``python -m tests.files.keeping.killing save|keep KILLS FOLDER``.

Each kill is a process of its own that saves a plan, or keeps copies of it, over and over until it is ended;
what is then on the disk must be whole, and the last that was written or the one after it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import msgspec

from isocost.catalog import load
from isocost.files import load_project, save_project
from isocost.files.keeping.autosave import Keeper, Origin, left_copies, remove_copy
from isocost.plan.project.project import Project
from tests.files.test_saving import plan

LONGEST_S = 0.08
"""Until a writer is killed; a save takes a few milliseconds."""


def main(what: str, kills: int, folder: Path) -> None:
    """Kill writers and check what they leave, as often as is asked for."""
    catalog = load(folder / "no-user-files")
    path = folder / "plan.yaml"
    for name in ("First", "Second"):
        save_project(msgspec.structs.replace(plan(), name=name), path)
    random.seed(7)
    amid, saves = 0, 0
    for _ in range(kills):
        done = killed(path, folder / "copies", what)
        if what == "save":
            held = load_project(path, catalog)
            load_project(path.with_name("plan.yaml.bak"), catalog)
        else:
            copies = left_copies(folder / "copies", catalog)
            assert len(copies) <= 1
            for copy in copies:
                assert copy.project is not None, copy.problem
                held = copy.project
                remove_copy(copy)
            if not copies:
                assert not done
                continue  # killed before the first was written
        number = int(held.name.removeprefix("Plan ")) if held.name.startswith("Plan ") else -1
        if not done and number != 0:
            continue  # killed before the first took its place: what was there before still is
        assert number in (done - 1, done), (number, done)
        assert held.notes == notes(number), number
        amid += number == done
        saves += done
    save_project(msgspec.structs.replace(plan(), name="After"), path)
    left_copies(folder / "copies", catalog)
    left = [each.name for each in folder.rglob("*") if each.suffix in (".tmp", ".held")]
    assert not left, left
    assert load_project(path, catalog).name == "After"
    print(f"{kills} kills, {saves} whole before them, {amid} between taking place and being told", flush=True)


def killed(path: Path, folder: Path, what: str) -> int:
    """Start a writer and kill it at some moment; how often it said it was through."""
    out, into = os.pipe()
    writer = os.fork()
    if not writer:
        os.close(out)
        try:
            write(load_project(path), path, folder, what, into)
        finally:
            os._exit(1)
    os.close(into)
    first = os.read(out, 1)
    time.sleep(random.uniform(0.0, LONGEST_S))
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    told = first
    while part := os.read(out, 65_536):
        told += part
    os.close(out)
    assert told.startswith(b"r"), "the writer came to nothing by itself"
    return len(told) - 1


def write(project: Project, path: Path, folder: Path, what: str, into: int) -> None:
    """Save or keep plans that can be told apart, and tell of each."""
    keeper = Keeper(folder)
    os.write(into, b"r")
    for number in range(10**9):
        changed = msgspec.structs.replace(project, name=f"Plan {number}", notes=notes(number))
        if what == "save":
            save_project(changed, path)
        else:
            keeper.keep(changed, Origin(path=path, head="# Seen.\n"))
        os.write(into, b".")


def notes(number: int) -> str:
    """Of another length each time, so that a part of one is never another."""
    return "x" * (number * 131 % 977)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
