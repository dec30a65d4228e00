"""What each kind of stage takes on several accelerators at many counts: below both estimate and curves."""

from isocost.plan.runs.dispatch import run_scenario
from isocost.plan.runs.records import Array, Job, StageRun

__all__ = ["Array", "Job", "StageRun", "run_scenario"]
