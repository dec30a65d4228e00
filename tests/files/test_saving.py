"""What is saved is what is read, and a save never leaves half a file."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from isocost.files import FileError, load_project, parse_project, project_text, save_project, write_atomically
from isocost.files.keeping import writing
from isocost.files.keeping.comments import comments_inside
from isocost.files.keeping.writing import ABANDONED_S
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


def test_a_plan_too_large_to_be_opened_again_is_not_saved(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    first = plan().scenarios[0]
    stages = tuple(
        msgspec.structs.replace(first.stages[1], name=f"{at}", note="long " * 3_000) for at in range(80)
    )
    large = msgspec.structs.replace(plan(), scenarios=(msgspec.structs.replace(first, stages=stages),))
    with pytest.raises(FileError, match=r"was not saved: the file is 1.33 MB large; a plan is at most 1 MB"):
        save_project(large, path)
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


@pytest.mark.parametrize("letter", ["x", "é", "語", "🧮"])
def test_names_as_long_as_a_disk_takes(tmp_path: Path, letter: str) -> None:
    name = letter * ((250 - len(".yaml")) // len(letter.encode())) + ".yaml"
    path = tmp_path / name
    for _ in range(2):
        save_project(plan(), path)
    assert load_project(path) == plan()
    assert {len(os.fsencode(each)) <= 255 for each in os.listdir(tmp_path)} == {True}


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_temporary_file_is_as_private_as_the_plan_from_its_first_byte(
    tmp_path: Path, monkeypatch, mode: int
) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    path.chmod(mode)
    seen = []
    real = os.open

    def spied(name, flags, permissions=0o777, **named):
        handle = real(name, flags, permissions, **named)
        if str(name).endswith(".tmp"):
            seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        return handle

    monkeypatch.setattr(os, "open", spied)
    save_project(plan("New"), path)
    assert seen
    assert all(each & ~mode == 0 for each in seen)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_what_was_there_before_stays_beside_the_plan(tmp_path: Path) -> None:
    path, kept = tmp_path / "plan.yaml", tmp_path / "plan.yaml.bak"
    save_project(plan("First"), path)
    assert not kept.exists()
    save_project(plan("Second"), path)
    assert load_project(kept).name == "First"
    save_project(plan("Second"), path)
    assert load_project(kept).name == "First", "saved again unchanged, the version before is not lost"
    save_project(plan("Third"), path)
    assert (load_project(path).name, load_project(kept).name) == ("Third", "Second")


def test_a_read_only_file_is_respected(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    path.chmod(0o444)
    with pytest.raises(FileError, match="the file is read-only; save under another name"):
        save_project(plan("New"), path)
    assert load_project(path).name == "Old"
    assert os.listdir(tmp_path) == ["plan.yaml"]


@pytest.mark.skipif(not hasattr(os, "link"), reason="no such names here")
def test_another_name_of_the_file_is_said_to_keep_the_old_plan(tmp_path: Path) -> None:
    path, other = tmp_path / "plan.yaml", tmp_path / "other.yaml"
    save_project(plan("Old"), path)
    os.link(path, other)
    (said,) = save_project(plan("New"), path)
    assert said == ("plan.yaml had another name on this disk (hard links): it keeps what was there before.")
    assert (load_project(path).name, load_project(other).name) == ("New", "Old")
    assert save_project(plan("Newer"), path) == ()


def test_what_killed_writers_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    name = temporary_name(path)
    left = tmp_path / name.replace(f"-{os.getpid()}-", f"-{dead.pid}-")
    alive = tmp_path / name.replace(f"-{os.getpid()}-", f"-{os.getppid()}-")
    others = [tmp_path / ".plan.yaml.tmp", tmp_path / ".other.yaml.1-1.tmp", alive]
    for each in (left, *others):
        each.write_text("half a pl")
    save_project(plan(), path)
    assert not left.exists()
    assert all(each.exists() for each in others)


def test_what_writers_of_another_machine_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    # Its machine is told by eight letters, and whether its process is there cannot be asked here.
    fresh, old = (tmp_path / f".plan.yaml.{machine}-7-0badcafe.tmp" for machine in ("00000000", "00000001"))
    for each in (fresh, old):
        each.write_text("half a pl")
    long_ago = time.time() - ABANDONED_S - 60.0
    os.utime(old, (long_ago, long_ago))
    save_project(plan(), path)
    assert fresh.exists()
    assert not old.exists()


@pytest.mark.skipif(
    not hasattr(os, "chown") or os.geteuid() != 0, reason="only an administrator gives files away"
)
def test_a_plan_stays_its_owners_whoever_saves_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    os.chmod(path, 0o640)
    os.chown(path, 12345, 12346)
    save_project(plan("New"), path)
    held = path.stat()
    assert (held.st_uid, held.st_gid, stat.S_IMODE(held.st_mode)) == (12345, 12346, 0o640)


@pytest.mark.skipif(
    not hasattr(os, "chown") or os.geteuid() != 0, reason="only an administrator gives files away"
)
@pytest.mark.parametrize(("mode", "kept"), [(0o664, 0o644), (0o660, 0o600)])
def test_what_only_its_group_might_do_no_other_group_may(
    tmp_path: Path, monkeypatch, mode: int, kept: int
) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    os.chmod(path, mode)
    os.chown(path, 12345, 12346)

    def refused(*given: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "fchown", refused)
    save_project(plan("New"), path)
    assert load_project(path).name == "New"
    assert stat.S_IMODE(path.stat().st_mode) == kept


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no such attributes here")
def test_labels_of_a_file_are_those_of_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    try:
        os.setxattr(path, "user.label", b"ours")
    except OSError:
        pytest.skip("no such attributes on this disk")
    save_project(plan("New"), path)
    assert os.getxattr(path, "user.label") == b"ours"


def test_where_files_have_no_owners_a_plan_is_saved_all_the_same(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "plan.yaml"
    save_project(plan("Old"), path)
    lacking = ("fchmod", "fchown", "listxattr", "getxattr", "setxattr", "link")
    held = {name: getattr(os, name) for name in dir(os) if name not in lacking} | {"name": "nt"}
    held["link"] = refuse_link
    monkeypatch.setattr(writing, "os", SimpleNamespace(**held))
    save_project(plan("New"), path)
    assert (load_project(path).name, load_project(tmp_path / "plan.yaml.bak").name) == ("New", "Old")
    assert writing.is_running(10**9), "where it cannot be asked it may be there"


def refuse_link(*given: object) -> None:
    """As disks without second names for a file say."""
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def test_whether_a_process_is_there() -> None:
    assert writing.is_running(os.getpid())
    assert not writing.is_running(10**18), "no process has such a number"


def temporary_name(path: Path) -> str:
    """What a save calls its temporary file."""
    made = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "replace", lambda source, target: made.append(Path(source).name))
        save_project(plan(), path)
    for each in path.parent.glob(".*.tmp"):
        each.unlink()
    return made[0]


COMMENTED = "# Ours, of May.\n#   Ask Ada.\n\nisocost: 1\n"


def test_comments_at_the_top_survive_and_others_are_said_to_be_in_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    body = project_text(plan()).removeprefix("isocost: 1\n")
    path.write_text(COMMENTED + body)
    assert save_project(load_project(path), path) == ()
    assert path.read_text() == COMMENTED + body
    path.write_text(COMMENTED + body.replace("scenarios:", "scenarios: # both of them"))
    (said,) = save_project(load_project(path), path)
    assert said == ("plan.yaml: only the comments at its top were kept; plan.yaml.bak still has the others.")
    assert path.read_text() == COMMENTED + body
    assert "# both of them" in (tmp_path / "plan.yaml.bak").read_text()


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("a: 'x # y'\n", False),
        ("a: x#y\n", False),
        ("notes: |\n  # no comment\n  # none either\nb: 1\n", False),
        ("# head\na: 1\n", False),
        ("a: 1 # one\n", True),
        ("é: 1 # one\n", True),
        ("a:\n  # one\n  b: 1\n", True),
        ("a: 1\r\n# end\r\n", True),
        ("notes: |\n  text\n# end", True),
        ("a: 1\n---\n# second: [\n", True),
        ("a: [\n", False),
    ],
)
def test_comments_inside_are_told_from_marks_in_texts(text: str, inside: bool) -> None:
    assert comments_inside(text) is inside


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_what_is_no_regular_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="not a regular file"):
        save_project(plan(), pipe)
    with pytest.raises(OSError, match="Not a regular file"):
        write_atomically(pipe, b"")
    assert stat.S_ISFIFO(pipe.stat().st_mode)
