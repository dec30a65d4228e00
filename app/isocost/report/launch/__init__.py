"""Launch settings: the layout of a plan in the words of a training framework, to copy into a job."""

from isocost.report.launch.targets import TARGETS
from isocost.report.launch.wanted import Wanted, wanted
from isocost.report.launch.written import Written, written

__all__ = ["TARGETS", "Wanted", "Written", "wanted", "written"]
