"""The file of measurements, ``build/bench.json``, which several tools fill."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "build" / "bench.json"


def record(values: dict[str, float]) -> None:
    """Merge ``values`` into the file, keep the others' keys, and print what was added."""
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    FILE.parent.mkdir(exist_ok=True)
    merged = dict(sorted({**known, **values}.items()))
    FILE.write_text(json.dumps(merged, indent=2) + "\n", encoding="utf-8")
    for name, value in values.items():
        print(f"{name:28} {value:,.1f}")


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]
