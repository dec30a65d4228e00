"""Plan files: YAML with a version, read with care and saved in one step."""

from isocost.files.errors import ContentError, FileError
from isocost.files.loading import load_project, parse_project
from isocost.files.runs import load_runs, table_text
from isocost.files.saving import ensure_writable, project_text, save_project, write_atomically

__all__ = [
    "ContentError",
    "FileError",
    "ensure_writable",
    "load_project",
    "load_runs",
    "parse_project",
    "project_text",
    "save_project",
    "table_text",
    "write_atomically",
]
