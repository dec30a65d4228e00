"""pyqtgraph is imported without every class of Qt being made."""

import subprocess

MADE = """
import isocost.ui
from PySide6 import QtCore, QtGui, QtWidgets
modules = (QtCore, QtGui, QtWidgets)
told = [set(dir(module)) for module in modules]
import isocost.ui.plot.base
import pyqtgraph
made = sum(isinstance(value, type) for module in modules for value in vars(module).values())
assert made < sum(map(len, told)) / 3, made
assert all(names <= set(dir(module)) for names, module in zip(told, modules))
assert pyqtgraph.QtGui.QPainterPath is QtGui.QPainterPath
application = QtWidgets.QApplication([])
chart = pyqtgraph.PlotWidget()
chart.plot([1, 2], [3, 4])
chart.show()
application.processEvents()
"""


def test_a_chart_is_drawn_and_few_classes_of_qt_are_made(python, isocost_environment):
    environment = isocost_environment | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([python, "-c", MADE], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
