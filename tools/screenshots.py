"""Draw ``docs/screenshots``: the window with a preset open, light and dark (``make screenshots``)."""

from __future__ import annotations

import subprocess
import sys

from measured import ROOT

FOLDER = ROOT / "docs" / "screenshots"
PICTURES = {
    "plan": ("Plan", "deepseek-v3.yaml"),
    "stages": ("Plan", "deepseek-r1-first-principles.yaml"),
    "scale": ("Scale", "startup-7b.yaml"),
    "fit": ("Fit", "llama-3.1-405b.yaml"),
    "risk": ("Risk", "startup-7b.yaml"),
    "ledger": ("Ledger", "smollm3-programme.yaml"),
    "compare": ("Compare", "rent-or-buy-64-h100.yaml"),
    "claims": ("Claims", "deepseek-r1.yaml"),
}
THEMES = ("light", "dark")


def main() -> None:
    """Draw every picture, each by the command a user would type."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, (page, preset) in PICTURES.items():
        for theme in THEMES:
            picture = FOLDER / f"{name}-{theme}.png"
            options = ["-o", str(picture), "--theme", theme, "--page", page]
            command = ["screenshot", f"presets/{preset}", *options]
            subprocess.run([sys.executable, "-m", "isocost.cli", *command], cwd=ROOT, check=True)
            print(picture.relative_to(ROOT))


if __name__ == "__main__":
    main()
