"""Tables as an Office Open XML workbook (ECMA-376): text, numbers with formats and sums, a sheet each."""

from __future__ import annotations

import io
import math
import numbers
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from xml.sax.saxutils import escape, quoteattr

LONGEST_NAME, LONGEST_TEXT = 31, 32_767
"""Letters of a sheet's name and of a cell, which spreadsheets hold at most."""
NARROWEST, WIDEST = 8, 60
"""Letters of a column's width at least and at most."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML cannot say."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Same tables, same bytes: no file in the archive tells when it was made."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

Form = Literal["plain", "head", "money", "sum", "rate", "share", "number", "count"]
"""How a cell is written: as it is, a heading, an amount to the cent, a total of such, an amount of an hour or
of a unit, per cent, a number with its thousands apart, or such a whole one."""
FORMS: tuple[Form, ...] = get_args(Form)
_NUMBERS: Mapping[Form, int] = {"money": 4, "sum": 4, "rate": 164, "share": 165, "number": 4, "count": 3}
"""Number formats by their ids; those below 164 are every spreadsheet's own: 3 = #,##0, 4 = #,##0.00."""
_BOLD: tuple[Form, ...] = ("head", "sum")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and how it is written."""

    value: Any
    form: Form = "plain"
    formula: str = ""
    """What the value is worked out by in the spreadsheet: "SUM(B2:B9)"; empty = it stands as it is."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: headings in words, and rows of cells or plain values."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def column_letters(at: int) -> str:
    """The name of a column, counted from 0: "A", "Z", "AA"."""
    letters = ""
    while at >= 0:
        letters, at = chr(ord("A") + at % 26) + letters, at // 26 - 1
    return letters


def workbook(pages: Mapping[str, Page]) -> bytes:
    """A workbook of pages by the names of their sheets.

    Text is never a formula, whatever it begins with. Numbers that are not finite are text.
    """
    names = [_FORBIDDEN.sub(" ", name)[:LONGEST_NAME] for name in pages]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(path: str, text: str) -> None:
            member = zipfile.ZipInfo(path, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text.encode("utf-8"))

        put("[Content_Types].xml", _content_types(len(names)))
        put("_rels/.rels", _relations((("officeDocument", "xl/workbook.xml"),)))
        places = [("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(names) + 1)]
        put("xl/_rels/workbook.xml.rels", _relations((*places, ("styles", "styles.xml"))))
        put("xl/workbook.xml", _book(names))
        put("xl/styles.xml", _styles())
        for i, page in enumerate(pages.values(), 1):
            put(f"xl/worksheets/sheet{i}.xml", "".join(_sheet(page)))
    return buffer.getvalue()


def _styles() -> str:
    """A style for each form, in their order."""

    def style(form: Form) -> str:
        number, font = _NUMBERS.get(form, 0), int(form in _BOLD)
        return f'<xf xfId="0" numFmtId="{number}" fontId="{font}" applyNumberFormat="1" applyFont="1"/>'

    font = '<sz val="11"/><name val="Calibri"/></font>'
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" '
        'formatCode="#,##0.00####"/><numFmt numFmtId="165" formatCode="0.0%"/></numFmts>'
        f'<fonts count="2"><font>{font}<font><b/>{font}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
        'patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{len(FORMS)}">'
        f'{"".join(map(style, FORMS))}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" '
        'builtinId="0"/></cellStyles></styleSheet>'
    )


def _content_types(sheets: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    parts += [(f"/xl/worksheets/sheet{i}.xml", "worksheet") for i in range(1, sheets + 1)]
    overrides = "".join(
        f'<Override PartName="{path}" ContentType="{_TYPE}.{kind}+xml"/>' for path, kind in parts
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(parts: tuple[tuple[str, str], ...]) -> str:
    each = "".join(
        f'<Relationship Id="rId{i}" Type="{_RELATED}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(parts, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _book(names: list[str]) -> str:
    each = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1)
    )
    # Sums are worked out again when it is opened: what stands beside them is what they came to here.
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{each}</sheets>'
        '<calcPr calcId="0" fullCalcOnLoad="1"/></workbook>'
    )


def _sheet(page: Page) -> Iterator[str]:
    rows = [tuple(Cell(head, "head") for head in page.heads), *(tuple(map(_as_cell, r)) for r in page.rows)]
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
    yield 'topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
    yield from _widths(rows)
    yield "<sheetData>"
    for number, row in enumerate(rows, 1):
        each = (_written(cell, f"{column_letters(at)}{number}") for at, cell in enumerate(row))
        yield f'<row r="{number}">{"".join(each)}</row>'
    yield "</sheetData></worksheet>"


def _as_cell(value: Any) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def _widths(rows: Sequence[tuple[Cell, ...]]) -> Iterator[str]:
    """Columns as wide as what stands in them."""
    count = max(map(len, rows))
    if not count:
        return
    yield "<cols>"
    for at in range(count):
        longest = max(_letters(row[at]) for row in rows if at < len(row))
        width = min(WIDEST, max(NARROWEST, longest + 2))
        yield f'<col min="{at + 1}" max="{at + 1}" width="{width}" customWidth="1"/>'
    yield "</cols>"


def _letters(cell: Cell) -> int:
    if _is_number(cell.value):
        return len(f"{float(cell.value):,.2f}")
    return len(str("" if cell.value is None else cell.value))


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and math.isfinite(value)


def _written(cell: Cell, place: str) -> str:
    styled = f' r="{place}" s="{FORMS.index(cell.form)}"' if cell.form != "plain" else f' r="{place}"'
    value = cell.value
    if value is None or value == "":
        return f"<c{styled}/>"
    if _is_number(value):
        formula = f"<f>{escape(cell.formula)}</f>" if cell.formula else ""
        return f"<c{styled}>{formula}<v>{float(value):.15g}</v></c>"
    text = _UNWRITABLE.sub("", str(value))[:LONGEST_TEXT]
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
