"""What is said of a file somebody brings, before and after it goes into the plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isocost.files.imports import Brought, Given, Imported
from isocost.files.imports.reading import KINDS
from isocost.files.own.fields import PartField
from isocost.language import listed, tr
from isocost.quantities import QuantityError, parse
from isocost.report.imported import ORIGINS
from isocost.report.table import Column, Table

TITLE = tr("Import")
HOW = tr(
    "What a file says, and where each value is from. Nothing changes until it is put "
    "into the plan, which is one step to undo."
)
CHOOSE = tr("Choose files…")
APPLY = tr("Put into the plan")
READING = tr("Reading…")
NOTHING = tr("The plan says all of that already.")
ASKED = tr("The file does not say these; left empty, those of the plan are kept.")
FILE_KINDS = tr(
    "Configurations, settings, logs, prices (*.json *.jsonl *.yaml *.yml *.toml *.sh "
    "*.txt *.log *.csv *.out);;All files (*)"
)
LARGEST_ASKED = 1e12
FIELDS = {
    "gpus": PartField(
        "gpus", "GPUs", kind="count", help=tr("Accelerators of the run: the launcher knows them.")
    ),
    "sequence": PartField(
        "sequence", tr("Sequence"), unit=tr("tokens"), kind="count", help=tr("Tokens of a sequence.")
    ),
    "batch": PartField(
        "batch", tr("Batch"), unit=tr("seqs"), kind="count", help=tr("Sequences of a step, of all GPUs.")
    ),
}
"""What can be said beside a file."""
_SETTINGS = {"gpus": "gpus", "sequence": "sequence", "batch": "global_batch_sequences"}
"""Fields of settings that are asked for where they are not known, by what is asked."""


class AskedError(ValueError):
    """Text that is no number to be said beside a file; ``field`` says whose, the message why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


def nothing_yet() -> str:
    """What can be imported, before anything is chosen."""
    forms = listed((kind.form for kind in KINDS), "or")
    return tr("Choose {forms}, or drop one onto the window.", forms=forms)


def asked(content: Imported) -> tuple[str, ...]:
    """What must be said beside a file for all of its figures to be known."""
    told = content.as_json()
    needs = told.get("needs")
    if isinstance(needs, list):
        return tuple(name for name in FIELDS if name in needs)
    if content.kind != "settings":
        return ()
    return tuple(name for name, key in _SETTINGS.items() if told.get(key) is None)


def given(texts: dict[str, str]) -> Given:
    """What is typed beside a file; empty = nothing. Raises AskedError: it is no whole number."""
    values: dict[str, int] = {}
    for name, text in texts.items():
        if not text.strip():
            continue
        try:
            value = parse(text, "count")
        except QuantityError as error:
            raise AskedError(name, str(error)) from None
        if not 1 <= value <= LARGEST_ASKED or value != int(value):
            raise AskedError(name, tr("A whole number of at least 1 is needed."))
        values[name] = int(value)
    return Given(**values)


def finding(found: Sequence[Brought]) -> str:
    """What the files are, in a sentence each."""
    return " ".join(f"{each.content.finding()}." for each in found)


def table(found: Sequence[Brought]) -> Table:
    """Every value of the files with where it is from."""
    columns: tuple[Column, ...] = (Column(tr("What")), Column(tr("Where from")), Column(tr("Value")))
    if len(found) > 1:
        columns = (Column(tr("File")), *columns)
    rows: list[tuple[str, ...]] = []
    for each in found:
        for line in each.content.lines():
            row = (line.label, ORIGINS[line.origin], line.value)
            rows.append((each.name, *row) if len(found) > 1 else row)
    return Table(columns, tuple(rows))


def names(found: Iterable[Brought]) -> str:
    """The files that were read."""
    return ", ".join(each.name for each in found)


def applied_words(found: Sequence[Brought]) -> str:
    """The step of the history that puts files into the plan."""
    said = tr("Import {names}", names=names(found))
    return f"{said}: {found[0].content.finding()}" if len(found) == 1 else said
