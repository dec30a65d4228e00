"""Files people already have: models, training settings, logs, price catalogues, each read as what it says."""

from isocost.files.imports.reading import Brought, Imported, read_as, read_file, read_files
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile

__all__ = [
    "Brought",
    "Given",
    "Imported",
    "NotUnderstoodError",
    "SourceFile",
    "read_as",
    "read_file",
    "read_files",
]
