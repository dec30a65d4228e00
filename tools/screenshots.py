"""Draw ``docs/screenshots``: the window with a preset open, light and dark (``make screenshots``)."""

from __future__ import annotations

import subprocess
import sys

from measured import ROOT

FOLDER = ROOT / "docs" / "screenshots"
PRESETS = {"plan": "deepseek-v3.yaml", "stages": "deepseek-r1-with-base.yaml"}
THEMES = ("light", "dark")


def main() -> None:
    """Draw every picture, each by the command a user would type."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, preset in PRESETS.items():
        for theme in THEMES:
            picture = FOLDER / f"{name}-{theme}.png"
            command = ["screenshot", f"presets/{preset}", "-o", str(picture), "--theme", theme]
            subprocess.run([sys.executable, "-m", "isocost.cli", *command], cwd=ROOT, check=True)
            print(picture.relative_to(ROOT))


if __name__ == "__main__":
    main()
