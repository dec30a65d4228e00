"""What leaves the checkout: the wheel, the desktop entry, the fonts and icons."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from configparser import RawConfigParser
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF
from PySide6.QtSvg import QSvgRenderer

import isocost
from isocost import paths


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory):
    """Names of the files in a wheel built from this checkout."""
    target = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=Path(__file__).resolve().parent.parent,
        check=True,
        capture_output=True,
    )
    (wheel,) = target.glob("*.whl")
    assert isocost.__version__ in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["resources", "presets", "docs"])
def test_wheel_holds_every_shipped_file(folder, wheel_names, repository):
    shipped = {
        f"isocost/{path.relative_to(repository).as_posix()}"
        for path in (repository / folder).rglob("*")
        if path.is_file()
    }
    assert shipped
    assert shipped <= wheel_names


def test_wheel_is_typed_and_holds_no_tests(wheel_names):
    assert "isocost/py.typed" in wheel_names
    assert not [name for name in wheel_names if name.startswith("tests/")]


def test_desktop_entry_is_valid_and_names_the_mime_type(repository):
    entry = repository / "packaging/linux/isocost.desktop"
    if validator := shutil.which("desktop-file-validate"):
        run = subprocess.run([validator, str(entry)], capture_output=True, text=True, check=False)
        assert (run.returncode, run.stdout) == (0, "")
    parser = RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(entry)
    mime = ElementTree.parse(repository / "packaging/linux/isocost-mime.xml")
    (kind,) = mime.getroot()
    assert parser["Desktop Entry"]["MimeType"] == f"{kind.get('type')};"
    about = ElementTree.parse(repository / "packaging/linux/org.isocost.Isocost.metainfo.xml").getroot()
    assert about.findtext("launchable") == entry.name
    assert about.findtext("provides/mediatype") == kind.get("type")


def test_a_desktop_takes_a_plan_for_a_plan_and_lets_an_editor_open_it(repository, tmp_path):
    if not (update := shutil.which("update-mime-database")):
        pytest.skip("shared-mime-info is not installed")
    packages = tmp_path / "packages"
    packages.mkdir()
    shutil.copy(repository / "packaging/linux/isocost-mime.xml", packages / "isocost.xml")
    run = subprocess.run([update, str(tmp_path)], capture_output=True, text=True, check=True)
    assert not [line for line in run.stderr.splitlines() if "isocost" in line]
    assert "application/x-isocost+yaml:*.isocost" in (tmp_path / "globs2").read_text()
    assert "application/x-isocost+yaml text/plain" in (tmp_path / "subclasses").read_text()


@pytest.mark.parametrize("size", [16, 22, 24, 32, 48, 64, 128, 256, 512])
@pytest.mark.parametrize("icon", ["apps/isocost", "mimetypes/application-x-isocost"])
def test_linux_icons_have_the_size_their_folder_says(size, icon, repository):
    data = (repository / f"packaging/linux/icons/{size}x{size}/{icon}.png").read_bytes()
    assert struct.unpack(">II", data[16:24]) == (size, size)


def test_every_icon_renders(qapp):
    icons = sorted(paths.resource("icons").glob("*.svg"))
    assert len(icons) > 20
    for icon in icons:
        assert QSvgRenderer(QByteArray(icon.read_bytes())).isValid(), icon.name


def test_bundled_font_has_digits_of_one_width_and_the_signs_we_write(qapp):
    for file in paths.resource("fonts").glob("*.ttf"):
        assert QFontDatabase.addApplicationFont(str(file)) >= 0, file.name
    font = QFont("Inter")
    font.setPixelSize(17)
    font.setFeature(QFont.Tag("tnum"), 1)
    metrics = QFontMetricsF(font)
    assert len({metrics.horizontalAdvance(digit * 4) for digit in "0123456789"}) == 1
    assert [sign for sign in "×·≈→−⁵²₂µ€$£¥✓⚠≤≥±…–" if not metrics.inFontUcs4(ord(sign))] == []


FIGURES = """echo '{"first_paint_ms": 1}'"""


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the app is a shell script")
@pytest.mark.parametrize(
    "behaviour",
    [
        f"echo 'isocost: error while loading shared libraries: libfoo.so.1' >&2; {FIGURES}",
        f"echo 'QFont::setPixelSize: Pixel size <= 0 (0)' >&2; {FIGURES}",
        f"echo 'Traceback (most recent call last):' >&2; {FIGURES}",
        f"{FIGURES}; exit 3",
        "true",
    ],
    ids=["loader", "qt", "traceback", "exit code", "silence"],
)
def test_smoke_check_fails_for_an_app_that_misbehaves(behaviour, python, repository, tmp_path):
    app = tmp_path / "isocost"
    app.write_text(f"#!/bin/sh\n{behaviour}\n")
    app.chmod(0o755)
    run = subprocess.run(
        [python, str(repository / "tools/smoke.py"), str(app)], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "The frozen app failed its check" in run.stderr
