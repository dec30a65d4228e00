"""Prints plans in a language, as one is chosen before any module that says something.

``printed.py de FOLDER PLAN[:SCENARIO]...`` writes each plan as a PDF of both sizes into a folder, and tells
the sums that have to stand in it.
"""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from isocost import paths
from isocost.language import choose_language

LANGUAGE, FOLDER, *PLANS = sys.argv[1:]
choose_language(LANGUAGE, paths.resource("languages"))

from PySide6.QtCore import QLocale  # noqa: E402

from isocost.catalog import load  # noqa: E402
from isocost.files import load_project  # noqa: E402
from isocost.plan.answer.across.curves import other_curves  # noqa: E402
from isocost.plan.answer.chances import chances  # noqa: E402
from isocost.plan.answer.estimate import answer  # noqa: E402
from isocost.quantities import format_money, mark_numbers  # noqa: E402
from isocost.report.decisions.doubting.doubt import ends_said  # noqa: E402
from isocost.report.paper.content import paper  # noqa: E402
from isocost.report.paper.tables import sampled_beside  # noqa: E402
from isocost.ui.app import application, marks_of  # noqa: E402
from isocost.ui.paper.documents import SIZES, pdf  # noqa: E402

application()
mark_numbers(marks_of(QLocale({"en": "en_US", "de": "de_DE"}[LANGUAGE])))
catalog, told = load(), {}
for plan in PLANS:
    name, _, at = plan.partition(":")
    project = load_project(paths.presets() / f"{name}.yaml", catalog)
    found = answer(project, catalog, int(at or 0))
    found = replace(found, others=other_curves(project, catalog, found.at))
    sampled = chances(found)
    page = paper(found, sampled, sampled_beside(found, sampled), f"{name}.yaml", date(2026, 11, 29))
    for size in SIZES:
        Path(FOLDER, f"{name}-{size}.pdf").write_bytes(pdf(found, sampled, page, size))
    cost = sampled.risk.cost_usd
    told[name] = {
        "ask": format_money(page.ask_usd),
        "plan": format_money(sampled.risk.with_reserve_usd),
        "range": ends_said(format_money(cost.p10), format_money(cost.p90)) if sampled.in_doubt else "",
        "usd": [page.ask_usd, cost.base, cost.p10, cost.p90],
        "dates": [row[3] for row in page.prices.table.rows],
        "sources": [row[5] for row in page.prices.table.rows],
        "headings": [page.title, *(column.name for column in page.assumptions.columns[:2])],
    }
print(json.dumps(told))
