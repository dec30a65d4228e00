"""Write the pages of ``docs`` that say what the code declares (``make docs``); a test holds them to it."""

from __future__ import annotations

from collections.abc import Callable

import docs_commands
import docs_constants
import docs_data
import docs_engine
import docs_inputs
import docs_method
from measured import ROOT

PAGES: dict[str, Callable[[], str]] = {
    "commands.md": docs_commands.page,
    "constants.md": docs_constants.page,
    "data-sources.md": docs_data.page,
    "engine.md": docs_engine.page,
    "inputs.md": docs_inputs.page,
    "method.md": docs_method.page,
}
"""What writes each page."""


def main() -> None:
    """Write all."""
    for name, page in PAGES.items():
        (ROOT / "docs" / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
