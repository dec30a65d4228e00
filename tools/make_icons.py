"""Draw the platform icons of ``packaging/`` from ``resources/icons/isocost.svg`` (``make icons``)."""

from __future__ import annotations

import os
import struct
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
LINUX_SIZES = (16, 32, 48, 128, 256)
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


def main() -> None:
    """Write every platform's icon."""
    app = QGuiApplication([])
    renderer = QSvgRenderer(str(ROOT / "resources/icons/isocost.svg"))
    packaging = ROOT / "packaging"
    for size in LINUX_SIZES:
        target = packaging / f"linux/icons/{size}x{size}/isocost.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png(renderer, size))
    (packaging / "isocost.ico").write_bytes(ico({size: png(renderer, size) for size in ICO_SIZES}))
    (packaging / "isocost.icns").write_bytes(icns({k: png(renderer, s) for k, s in ICNS_TYPES.items()}))
    del renderer, app


if __name__ == "__main__":
    main()
