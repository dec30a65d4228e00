"""The page as Markdown, as one HTML file and as a workbook or CSV of its figures."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from isocost import paths
from isocost.language import language, tr
from isocost.plan.answer.estimate import Answer
from isocost.quantities import plain_spaces
from isocost.report.forms import markdown as md
from isocost.report.paper.content import Paper, note_words
from isocost.report.paper.links import linked
from isocost.report.paper.numbers import ledger_numbers
from isocost.report.paper.prices import AGE
from isocost.report.paper.sheets import sheets, unit_words
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
    if page.notes:
        yield tr("Warnings"), tuple(map(note_words, page.notes)), None
    tables = (
        (tr("What it rests on, in order of weight"), page.assumptions),
        (tr("The bill"), page.bill),
        (tr("Prices"), page.prices.table),
        (tr("What else we looked at"), page.others),
    )
    for heading, table in tables:
        if table.rows:
            yield heading, (), table
    if page.not_in:
        yield tr("Not in this bill"), (page.not_in,), None
    if page.wrong:
        yield tr("What could go wrong"), page.wrong, None
    if page.next:
        yield tr("Next step, and when to stop"), page.next, None


def markdown_text(page: Paper) -> str:
    """The page as a document that can be pasted, with how its figures were found."""
    lines = [f"# {md(page.title)}", "", md(page.lead), ""]
    if page.figures:
        notes = [figure.note for figure in page.figures]
        heads = [figure.label for figure in page.figures]
        lines += _md_table(heads, [[figure.value for figure in page.figures], notes])
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
        f'<!doctype html>\n<html lang="{language()}">\n<meta charset="utf-8">',
        f"<title>{_e(page.title)}</title>\n<style>\n{style}</style>",
        f'<h1>{_e(page.title)}</h1>\n<p class="lead">{_e(page.lead)}</p>\n<dl>',
    ]
    for figure in page.figures:
        note = f'<dd class="note">{_e(figure.note)}</dd>'
        out.append(f"<div><dt>{_e(figure.label)}</dt><dd>{_e(figure.value)}</dd>{note}</div>")
    out.append("</dl>")
    out += [f"<figure>{_inside(svg, f'chart{at}-')}</figure>" for at, svg in enumerate(charts.values(), 1)]
    for heading, sentences, table in sections(page):
        out.append(f"<h2>{_e(heading)}</h2>")
        out += [f"<p>{_linked(each)}</p>" for each in sentences]
        if table is not None:
            out += _html_table(table, _ages(page) if table is page.prices.table else {})
    out.append(f"<footer>{_e(METHOD)}<br>{_e(' · '.join(page.foot))}</footer></html>")
    return "\n".join(out) + "\n"


def _ages(page: Paper) -> Mapping[tuple[int, int], str]:
    """Prices that are out of date stand out."""
    return {(row, AGE): gravity for row, gravity in enumerate(page.prices.gravity) if gravity}


def _html_table(table: Table, classes: Mapping[tuple[int, int], str]) -> Iterator[str]:
    """A table whose addresses are links; ``classes`` by row and column."""

    def cell(tag: str, column: Column, text: str, named: str = "") -> str:
        kinds = " ".join(each for each in ("right" if column.right else "", named) if each)
        return f'<{tag} class="{kinds}">{text}</{tag}>' if kinds else f"<{tag}>{text}</{tag}>"

    yield "<table><tr>" + "".join(cell("th", column, _e(column.name)) for column in table.columns) + "</tr>"
    for r in range(len(table.rows)):
        shown = (
            cell("td", column, _linked(table.shown(r, c)), classes.get((r, c), ""))
            for c, column in enumerate(table.columns)
        )
        yield "<tr>" + "".join(shown) + "</tr>"
    yield "</table>"


def _e(text: str) -> str:
    return html.escape(text)


def _linked(text: str) -> str:
    """A text whose addresses can be followed."""
    parts = linked(text)
    return "".join(f'<a href="{_e(to)}">{_e(words)}</a>' if to else _e(words) for words, to in parts)


_NAMED = re.compile(r'\b(id="|xlink:href="#|href="#|url\(#)')


def _inside(svg: str, prefix: str) -> str:
    """An SVG document without what only a file of its own has before it.

    Its names are its own among those of other charts: a browser takes the first of a name on a page.
    """
    return _NAMED.sub(rf"\1{prefix}", svg[svg.index("<svg") :]) if "<svg" in svg else ""


def figures_table(page: Paper, found: Answer) -> Table:
    """What the page says in numbers, then every declared figure of the plan, each with its unit; sums in USD.

    Of a plan that cannot run nothing but that it cannot.
    """
    columns = (
        Column(tr("Figure")),
        Column(tr("Stage")),
        Column(tr("Value"), key="value"),
        Column(tr("Unit")),
        Column(tr("Key")),
    )
    if page.stopped:
        return Table(columns, ((page.stopped, "", None, tr("none"), "stopped"),))
    every = (*page.numbers, *ledger_numbers(found))
    return Table(columns, tuple((n.label, n.stage, n.value, unit_words(n), n.key) for n in every))


def _markdown_bytes(page: Paper, _: Answer) -> bytes:
    return markdown_text(page).encode("utf-8")


def _workbook_bytes(page: Paper, found: Answer) -> bytes:
    return workbook(sheets(page, found))


def _csv_bytes(page: Paper, found: Answer) -> bytes:
    return csv_of(figures_table(page, found)).encode("utf-8")


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
    ".csv": tr("Figures"),
}
"""Every form by the suffix of its file; those that are not ``PLAIN`` have charts, which a window's library
draws."""
