"""Files people already have: models, training settings, logs, price catalogues, each read as what it says."""

from isocost.files.imports.reading import Imported, read_file
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile

__all__ = ["Given", "Imported", "NotUnderstoodError", "SourceFile", "read_file"]
