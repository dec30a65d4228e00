"""The reader of logs: told by their content."""

from __future__ import annotations

import json

from isocost.files.imports.logs import dictionaries, exports, mlperf, scan
from isocost.files.imports.logs.run_log import RunLog, run_log
from isocost.files.imports.logs.series import Series
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile
from isocost.language import tr

LARGEST_OBJECT = 20_000_000
"""Letters of a file that is one object of JSON: it is in memory as a whole, several times its size."""


class LogReader:
    """Logs of training runs."""

    def knows(self, file: SourceFile) -> bool:
        """Whether the file is a log: a record of one that is known stands in it."""
        text = file.text
        if _begins_object(text):
            held = _object(text)
            if held is not None:
                return dictionaries.is_passport(held) or _is_state(held) or dictionaries.is_dictionary(held)
        if _is_table(file):
            return exports.is_export(exports.heading_of(text))
        return (
            next(mlperf.events(text), None) is not None
            or scan.has_record(text)
            or any(map(dictionaries.is_dictionary, dictionaries.json_lines(text)))
            or dictionaries.is_printed(text)
        )

    def read(self, file: SourceFile, given: Given) -> RunLog:
        """The figures of the log. Raises NotUnderstoodError."""
        series = _series(file)
        if series is None:
            raise NotUnderstoodError(tr("no line of this log tells a speed."))
        return run_log(file.name, series, given)


def _series(file: SourceFile) -> Series | None:
    text = file.text
    if _begins_object(text) and (held := _object(text)) is not None:
        if dictionaries.is_passport(held):
            return dictionaries.passport(held)
        if _is_state(held):
            return dictionaries.trainer_state(held)
        return dictionaries.dictionary_lines([held])
    if _is_table(file):
        return exports.export(text, file.name)
    if mlperf.MARK in text:
        return mlperf.mlperf(text)
    if (found := scan.series_in(text)) is not None:
        return found
    records = [each for each in dictionaries.json_lines(text) if dictionaries.is_dictionary(each)]
    return dictionaries.dictionary_lines(records) if records else dictionaries.printed(text)


def _is_state(held: object) -> bool:
    return isinstance(held, dict) and isinstance(held.get("log_history"), list)


def _is_table(file: SourceFile) -> bool:
    return exports.is_export(exports.heading_of(file.text.lstrip("\ufeff\n\r ")))


def _begins_object(text: str) -> bool:
    return text[:200].lstrip("\ufeff\n\r\t ").startswith("{") and len(text) <= LARGEST_OBJECT


def _object(text: str) -> dict[str, object] | None:
    """The one object a file is; None where it is none, or several."""
    try:
        held = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return held if isinstance(held, dict) else None
