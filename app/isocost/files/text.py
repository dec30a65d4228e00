"""Text files read with care, regular, of bounded size, UTF-8; and tables written so that none runs."""

from __future__ import annotations

import codecs
import csv
import errno
import io
import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from isocost.files.errors import FileError
from isocost.language import tr
from isocost.quantities import format_bytes, plain_spaces


def bounded_text(path: Path, largest: int, what: str, form: str) -> str:
    """The text of a regular file of at most ``largest`` bytes; nothing else is even opened.

    ``what`` and ``form`` name what it should hold, for example "a plan" and "a YAML file". Raises FileError
    with one sentence.
    """
    return _decoded(path, _bounded_bytes(path, largest, what, form))


def _bounded_bytes(path: Path, largest: int, what: str, form: str) -> bytes:
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise FileError(path, tr("this is a folder; {what} is {form}.", what=what, form=form))
        if not stat.S_ISREG(status.st_mode):
            raise FileError(path, tr("this is not a regular file."))
        if status.st_size > largest:
            raise FileError(path, too_large(status.st_size, largest, what))
        with open(path, "rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        raise FileError(path, tr("there is no such file.")) from None
    except (OSError, ValueError) as error:
        raise FileError(path, tr("cannot be read: {os_problem}.", os_problem=os_problem(error))) from None
    if len(data) > largest:
        raise FileError(path, too_large(len(data), largest, what))
    return data


SOILED = 0.01
"""Share of letters of a text that may be none: lines cut in the middle of a letter, blocks a crash left."""
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NO_LETTERS = str.maketrans({"\0": "\ufffd"})


def forgiving_text(path: Path, largest: int, what: str, form: str) -> str:
    """The same of a file that others wrote: UTF-16 as Windows shells redirect it, a few bytes that are no
    letters. Raises FileError with one sentence.
    """
    data = _bounded_bytes(path, largest, what, form)
    text = data.decode("utf-16" if data.startswith(_WIDE) else "utf-8-sig", "replace")
    text = text.translate(_NO_LETTERS) if "\0" in text else text
    if text.count("\ufffd") > SOILED * len(text) + 1.0:
        raise FileError(path, tr("this is not a text file in UTF-8."))
    if not text.strip():
        raise FileError(path, tr("the file is empty."))
    return text


def _decoded(path: Path, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(path, tr("this is not a text file in UTF-8.")) from None
    if "\0" in text:
        raise FileError(path, tr("this is not a text file in UTF-8."))
    if not text.strip():
        raise FileError(path, tr("the file is empty."))
    return text


def too_large(size: int, largest: int, what: str) -> str:
    """What is said of a file beyond its limit, both in bytes."""
    shown, limit = plain_spaces(format_bytes(size)), plain_spaces(format_bytes(largest))
    return f"the file is {shown} large; {what} is at most {limit}."


_SAID = {
    errno.EACCES: "permission denied",
    errno.EIO: "input/output error",
    errno.ENAMETOOLONG: "file name too long",
    errno.ENOENT: "no such file or directory",
    errno.ENOSPC: "no space left on device",
    errno.EPERM: "operation not permitted",
    errno.EROFS: "read-only file system",
    getattr(errno, "EDQUOT", errno.ENOSPC): "disk quota exceeded",
} | {errno.ENOSPC: "no space left on device"}
"""In English, where the system may speak the user's language."""


def os_problem(error: Exception) -> str:
    """What the system says about a file, without number or path: "permission denied"."""
    if isinstance(error, OSError) and error.strerror:
        if error.errno in _SAID and error.strerror == os.strerror(error.errno or 0):
            return _SAID[error.errno]
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error).rstrip(".") or "unknown trouble"


_FORMULA = re.compile(r"[=+\-@\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?%?")


def csv_cell(value: Any) -> Any:
    """The value; text a spreadsheet would run as a formula gets an apostrophe in front, numbers do not."""
    if isinstance(value, str) and _FORMULA.match(value) and not _PLAIN_NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value


def csv_text(headings: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """CSV with a line of headings, for a spreadsheet; empty cells stand for what is not known."""
    buffer = io.StringIO(newline="")
    usual = csv.writer(buffer, lineterminator="\n")
    # Python before 3.13 does not quote a carriage return that ends no line of its own, and readers end one.
    quoting = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for row in (headings, *rows):
        cells = [csv_cell(value) for value in row]
        broken = any(isinstance(each, str) and "\r" in each for each in cells)
        (quoting if broken else usual).writerow(cells)
    return buffer.getvalue()
