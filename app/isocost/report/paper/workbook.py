"""Tables as an Office Open XML workbook (ECMA-376): text and numbers alone, a sheet each."""

from __future__ import annotations

import io
import math
import numbers
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from isocost.report.table import Table

LONGEST_NAME, LONGEST_TEXT = 31, 32_767
"""Letters of a sheet's name and of a cell, which spreadsheets hold at most."""
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
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="1"><fill><patternFill '
    'patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/>'
    "</cellStyleXfs>"
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    "</styleSheet>"
)


def workbook(sheets: Mapping[str, Table]) -> bytes:
    """A workbook of tables by the names of their sheets; empty tables have their headings alone.

    Text is never a formula, whatever it begins with. Numbers that are not finite are text.
    """
    names = [_FORBIDDEN.sub(" ", name)[:LONGEST_NAME] for name in sheets]
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
        put("xl/styles.xml", _STYLES)
        for i, table in enumerate(sheets.values(), 1):
            put(f"xl/worksheets/sheet{i}.xml", "".join(_sheet(table)))
    return buffer.getvalue()


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
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{each}</sheets></workbook>'


def _sheet(table: Table) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
    yield 'topLeftCell="A2" state="frozen"/></sheetView></sheetViews><sheetData><row>'
    for column in table.columns:
        yield _cell(column.key or column.name, style=1)
    yield "</row>"
    for row in table.rows:
        yield "<row>" + "".join(_cell(value) for value in row) + "</row>"
    yield "</sheetData></worksheet>"


def _cell(value: Any, style: int = 0) -> str:
    styled = f' s="{style}"' if style else ""
    if value is None:
        return f"<c{styled}/>"
    if isinstance(value, numbers.Real) and math.isfinite(value):
        return f"<c{styled}><v>{float(value):.15g}</v></c>"
    text = _UNWRITABLE.sub("", str(value))[:LONGEST_TEXT]
    return f'<c{styled} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
