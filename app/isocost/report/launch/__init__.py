"""Launch settings: the layout of a plan in the words of a training framework, to copy into a job."""

from isocost.report.launch.targets import LABELS, TARGETS
from isocost.report.launch.wanted import Wanted, wanted
from isocost.report.launch.written import Written, layout_words, written

__all__ = ["LABELS", "TARGETS", "Wanted", "Written", "layout_words", "wanted", "written"]
