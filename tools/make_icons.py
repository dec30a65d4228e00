"""Draw the platform icons of ``packaging/`` (``make icons``): the app's and a plan file's."""

from __future__ import annotations

import os
import struct
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
DRAWINGS = {"isocost": ROOT / "resources/icons/isocost.svg", "isocost-plan": PACKAGING / "isocost-plan.svg"}
"""Name of the platform files -> what they are drawn from."""
LINUX_NAMES = {"isocost": "apps/isocost", "isocost-plan": "mimetypes/application-x-isocost"}
"""The same -> context and name in an icon theme; a file type's icon is called as the type is."""
LINUX_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
ICNS_TYPES = {"icp4": 16, "icp5": 32, "ic07": 128, "ic08": 256, "ic09": 512}


def png(renderer: QSvgRenderer, size: int) -> bytes:
    """The icon as a PNG file of ``size`` x ``size`` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def ico(images: dict[int, bytes]) -> bytes:
    """A Windows icon file whose entries are PNG files, by edge length."""
    offset = 6 + 16 * len(images)
    directory, body = b"", b""
    for size, data in images.items():
        edge = size % 256
        directory += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(data), offset + len(body))
        body += data
    return struct.pack("<HHH", 0, 1, len(images)) + directory + body


def icns(images: dict[str, bytes]) -> bytes:
    """A macOS icon file whose entries are PNG files, by four-letter type."""
    body = b"".join(kind.encode() + struct.pack(">I", len(data) + 8) + data for kind, data in images.items())
    return b"icns" + struct.pack(">I", len(body) + 8) + body


def draw(name: str) -> None:
    """Write the files of one drawing for every platform."""
    renderer = QSvgRenderer(str(DRAWINGS[name]))
    for size in LINUX_SIZES:
        target = PACKAGING / f"linux/icons/{size}x{size}/{LINUX_NAMES[name]}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png(renderer, size))
    (PACKAGING / f"{name}.ico").write_bytes(ico({size: png(renderer, size) for size in ICO_SIZES}))
    (PACKAGING / f"{name}.icns").write_bytes(icns({k: png(renderer, s) for k, s in ICNS_TYPES.items()}))


def main() -> None:
    """Write every platform's icons."""
    app = QGuiApplication([])
    for name in DRAWINGS:
        draw(name)
    del app


if __name__ == "__main__":
    main()
