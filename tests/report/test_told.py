"""One answer in every form."""

from __future__ import annotations

import csv
import io
import json
import math

from isocost.quantities import format_money
from isocost.report.table import Column, Table
from isocost.report.told import FORMS, Section, Told

TABLE = Table(
    (Column("Name"), Column("Cost", format_money, right=True, key="cost_usd")),
    (("=A*", 1500.0), ("B|", None)),
)
TOLD = Told(
    "Plan | Base",
    "It costs $1",
    (Section("Why", ("One *reason*.",), TABLE),),
    {"a": math.nan, "b": (1, "x y")},
    TABLE,
)


def test_every_form_says_the_same():
    written = {name: form(TOLD) for name, form in FORMS.items()}
    assert written["text"].splitlines() == [
        "Plan | Base",
        "It costs $1",
        "",
        "Why:",
        "  One *reason*.",
        "Name    Cost",
        "=A*   $1,500",
        "B|",
    ]
    assert "One \\*reason\\*." in written["markdown"]
    assert "| =A\\* | \\$1,500 |" in written["markdown"].replace("\u202f", " ")
    assert json.loads(written["json"]) == {"a": None, "b": [1, "x y"]}
    # A name that begins as a formula is text to a spreadsheet.
    assert list(csv.reader(io.StringIO(written["csv"]))) == [
        ["Name", "cost_usd"],
        ["'=A*", "1500.0"],
        ["B|", ""],
    ]
