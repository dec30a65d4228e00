"""Logs of training runs: how fast they were in their steady state, and how much memory they took."""

from isocost.files.imports.logs.reader import LogReader
from isocost.files.imports.logs.run_log import RunLog

__all__ = ["LogReader", "RunLog"]
