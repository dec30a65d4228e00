"""What every chart is drawn with."""

from isocost.ui.plot.mirrors import import_pyqtgraph

import_pyqtgraph()  # before any other module of charts is imported
