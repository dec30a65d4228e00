# What __init__.py reads when it is asked for; a stub, so that no module of the package is seen to import all.
from isocost.api import CatalogError as CatalogError
from isocost.api import Chances as Chances
from isocost.api import Explanation as Explanation
from isocost.api import FileError as FileError
from isocost.api import Plan as Plan
from isocost.api import PlanError as PlanError
from isocost.api import Sweep as Sweep
from isocost.api import SweepError as SweepError
from isocost.api import WishError as WishError
from isocost.api import curves as curves
from isocost.api import estimate as estimate
from isocost.api import explain as explain
from isocost.api import figures as figures
from isocost.api import import_file as import_file
from isocost.api import load as load
from isocost.api import predict as predict
from isocost.api import presets as presets
from isocost.api import risk as risk
from isocost.api import solve as solve
from isocost.api import sweep as sweep
from isocost.api import to_columns as to_columns
from isocost.api import to_frame as to_frame

__version__: str
