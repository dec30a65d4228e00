"""The page as Markdown, as one HTML file and as a workbook or CSV of its figures."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence

from isocost import paths
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.quantities import plain_spaces
from isocost.report.findings.ledger import cash_table
from isocost.report.forms import markdown as md
from isocost.report.paper.content import Paper
from isocost.report.paper.workbook import workbook
from isocost.report.table import Column, Table, csv_of

METHOD = tr(
    "Figures by Isocost: step times from the shapes of model and layout, efficiencies "
    "fitted to published runs; ranges are 8 chances in 10, from the model's own error on "
    "runs left out of the fit."
)
"""How the figures were found, for whoever quotes them."""


def sections(page: Paper) -> Iterator[tuple[str, tuple[str, ...], Table | None]]:
    """What stands below the figures, in reading order: a heading, sentences, a table."""
    yield tr("What it rests on, in order of weight"), (), page.assumptions
    yield tr("The bill"), (), page.bill
    yield "Prices", (), page.prices
    if page.others.rows:
        yield tr("What else we looked at"), (), page.others
    yield tr("Not in this bill"), (page.not_in,), None
    if page.wrong:
        yield tr("What could go wrong"), page.risks, None
    steps = tuple(each for each in (page.now, page.stop) if each)
    yield tr("Next step, and when to stop"), steps, None
    if page.notes:
        yield tr("Warnings"), page.notes, None


def markdown_text(page: Paper) -> str:
    """The page as a document that can be pasted, with how its figures were found."""
    lines = [f"# {md(page.title)}", "", md(page.lead), ""]
    lines += _md_table(
        [figure.label for figure in page.figures],
        [[figure.value for figure in page.figures], [figure.note for figure in page.figures]],
    )
    for heading, sentences, table in sections(page):
        lines += ["", f"## {heading}", ""]
        lines += [f"- {md(each)}" for each in sentences]
        if table is not None:
            rows = [[table.shown(r, c) for c in range(len(table.columns))] for r in range(len(table.rows))]
            lines += _md_table([column.name for column in table.columns], rows)
    lines += ["", f"*{md(METHOD)}*", "", f"*{md(' · '.join(page.foot))}*"]
    return plain_spaces("\n".join(lines)) + "\n"


def _md_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = ["| " + " | ".join(map(md, heads)) + " |", "|" + " --- |" * len(heads)]
    return lines + ["| " + " | ".join(md(cell) for cell in row) + " |" for row in rows]


def html_text(page: Paper, charts: Mapping[str, str]) -> str:
    """The page as one file without anything from elsewhere; ``charts`` are SVG documents by their titles."""
    style = paths.resource("report.css").read_text(encoding="utf-8")
    out = [
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">',
        f"<title>{_e(page.title)}</title>\n<style>\n{style}</style>",
        f'<h1>{_e(page.title)}</h1>\n<p class="lead">{_e(page.lead)}</p>\n<dl>',
    ]
    for figure in page.figures:
        note = f'<dd class="note">{_e(figure.note)}</dd>'
        out.append(f"<div><dt>{_e(figure.label)}</dt><dd>{_e(figure.value)}</dd>{note}</div>")
    out.append("</dl>")
    out += [f"<figure>{_inside(svg)}</figure>" for svg in charts.values()]
    for heading, sentences, table in sections(page):
        out.append(f"<h2>{_e(heading)}</h2>")
        out += [f"<p>{_e(each)}</p>" for each in sentences]
        if table is not None:
            out += _html_table(table)
    out.append(f"<footer>{_e(METHOD)}<br>{_e(' · '.join(page.foot))}</footer></html>")
    return "\n".join(out) + "\n"


def _html_table(table: Table) -> Iterator[str]:
    def cell(tag: str, column: Column, text: str) -> str:
        return f'<{tag} class="right">{_e(text)}</{tag}>' if column.right else f"<{tag}>{_e(text)}</{tag}>"

    yield "<table><tr>" + "".join(cell("th", column, column.name) for column in table.columns) + "</tr>"
    for r in range(len(table.rows)):
        shown = (cell("td", column, table.shown(r, c)) for c, column in enumerate(table.columns))
        yield "<tr>" + "".join(shown) + "</tr>"
    yield "</table>"


def _e(text: str) -> str:
    return html.escape(text)


def _inside(svg: str) -> str:
    """An SVG document without what only a file of its own has before it."""
    return svg[svg.index("<svg") :] if "<svg" in svg else ""


def sheets(page: Paper, found: Answer) -> dict[str, Table]:
    """Every figure by sheet, as plain values in USD."""
    summary = Table(
        (Column(tr("Figure")), Column(tr("Value")), Column(tr("Note"))),
        tuple((figure.label, figure.value, figure.note) for figure in page.figures),
    )
    return {
        "Summary": summary,
        "Bill": page.bill,
        "Figures": figures_table(found),
        "Cash by month": cash_table(found.cash),
        "Assumptions": page.assumptions,
        "Prices": page.prices,
        "Other plans": page.others,
    }


def figures_table(found: Answer) -> Table:
    """Every declared figure of a plan with its unit; those of stages once for each that counts."""
    columns = (
        Column(tr("Figure")),
        Column(tr("Stage")),
        Column(tr("Value"), key="value"),
        Column(tr("Unit")),
        Column(tr("Key")),
    )
    on, rows = found.reckoning, []
    stages = [stage.name for stage in found.estimate.stages if stage.enabled]
    for figure in on.values.sheet.rows.values():
        if figure.over:
            values = zip(stages, on.by_stage(figure.key), strict=True)
        else:
            values = zip(("",), (on[figure.key],), strict=True)
        rows += [(figure.label, stage, value, figure.unit, figure.key) for stage, value in values]
    return Table(columns, tuple(rows))


def _markdown_bytes(page: Paper, _: Answer) -> bytes:
    return markdown_text(page).encode("utf-8")


def _workbook_bytes(page: Paper, found: Answer) -> bytes:
    return workbook(sheets(page, found))


def _csv_bytes(_: Paper, found: Answer) -> bytes:
    return csv_of(figures_table(found)).encode("utf-8")


PLAIN: Mapping[str, Callable[[Paper, Answer], bytes]] = {
    ".md": _markdown_bytes,
    ".xlsx": _workbook_bytes,
    ".csv": _csv_bytes,
}
"""Forms without charts, by the suffix of their file."""
NAMES: Mapping[str, str] = {
    ".pdf": "PDF",
    ".html": "HTML",
    ".md": tr("Markdown"),
    ".xlsx": tr("Workbook"),
    ".csv": "Figures",
}
"""Every form by the suffix of its file; those that are not ``PLAIN`` have charts, which a window's library
draws."""
