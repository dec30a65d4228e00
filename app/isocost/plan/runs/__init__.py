"""What each kind of stage takes on several accelerators at many counts: below both estimate and curves."""

from isocost.plan.runs.dispatch import run_scenario
from isocost.plan.runs.records import Array, Job, StageRun
from isocost.plan.runs.training import Training, training_of

__all__ = ["Array", "Job", "StageRun", "Training", "run_scenario", "training_of"]
