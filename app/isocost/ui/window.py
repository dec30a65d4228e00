"""The window: the answer on top, inputs on the left, pages of charts on the right.

It is made in three steps, so that it is on screen at once: a frame that needs nothing but Qt; after its first
paint :meth:`Window.fill` imports what a plan needs and adds the inputs; and then come the charts.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QByteArray,
    QChildEvent,
    QPoint,
    QSettings,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from isocost import paths
from isocost.language import tr
from isocost.ui.asides import Asides
from isocost.ui.dialogs.errors import show_error
from isocost.ui.dialogs.gallery import Gallery
from isocost.ui.look.icons import app_icon
from isocost.ui.look.motion import Motion
from isocost.ui.look.theme import Theme, ThemeChoice, ThemeManager
from isocost.ui.look.wardrobe import Wardrobe, lay_out
from isocost.ui.menus import TEXT_SIZES, Menus
from isocost.ui.pages import PAGES, HoldsInputs, LeadsToInputs, Page, PageView, TakesPlans, Views, worn_by
from isocost.ui.speaking import SETTING, chosen_language
from isocost.ui.tab_strip import TabStrip
from isocost.ui.widgets.boxes import Icon, Role, message_box
from isocost.ui.widgets.cards.saving import ask_where, with_suffix
from isocost.ui.widgets.fields.typing import leave
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.sections import bring_into_sight, upright_rule

if TYPE_CHECKING:  # imported by Window.fill
    from isocost.catalog import Catalog
    from isocost.plan.project.project import Project
    from isocost.ui.own.opening import OwnDialog as OwnDialogName

log = logging.getLogger(__name__)
FIRST_SIZE = QSize(1280, 800)
AHEAD_MS = 50
"""Between two pages that are made ahead: events go before."""
FRAME = QSize(16, 48)
"""About what a frame and its title take of a screen; a system tells only once the window is on it."""
HEADER_HEIGHT = 100
INPUTS_WIDTH = 292
"""The places of the headline and the inputs until they are there."""


class _Centre(QStackedWidget):
    """What is below the headline: the presets, or the plan; says when it was painted first."""

    painted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.was_painted = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.was_painted:
            self.was_painted = True
            self.painted.emit()


class Window(QMainWindow):
    """One open plan, once :meth:`fill` was called; a frame in the theme's colours before."""

    pages_loaded = Signal()

    def __init__(self, settings: QSettings, themes: ThemeManager) -> None:
        super().__init__()
        self.themes = themes
        self._settings = settings
        self.filled = False
        self.gallery = Gallery()
        self.page_titles = tuple(page.title for page in PAGES)
        self.views: Sequence[PageView] = ()
        """The pages, once :meth:`load_pages` was called; each is made when it is first asked for."""
        self._left: QWidget | None = None
        self._behind: QWidget | None = None
        """What had the keyboard before the presets came."""
        self.motion = Motion(settings)
        self.wardrobe = Wardrobe(self, themes)
        self.asides = Asides(self, settings)
        self.setWindowIcon(app_icon())
        self.setWindowTitle("Isocost")
        self._build()
        self.menus: Menus = Menus(self, self)
        themes.follow(self.apply_theme)
        self._restore()

    # Building

    def fill(self, catalog: Catalog) -> None:
        """Put a new plan, its inputs and its answer into the frame; the charts follow after a paint."""
        from isocost.plan.inputs.starting import new_project
        from isocost.ui.header.headline import Headline
        from isocost.ui.header.ranges_switch import RangesSwitch
        from isocost.ui.inputs.column import InputColumn
        from isocost.ui.inputs.folding import FoldedInputs
        from isocost.ui.inputs.scenarios import ScenarioPicker
        from isocost.ui.session.documents import Documents
        from isocost.ui.session.rescue import Rescue
        from isocost.ui.session.session import Session

        self.session = Session(new_project(catalog), catalog, self)
        self.documents = Documents(self.session, self, self._settings)
        self.rescue = Rescue(self.documents, self)
        self.headline = Headline(self.session)
        self.inputs = InputColumn(self.session)
        scenarios = ScenarioPicker(self.session)
        self.ranges = RangesSwitch(self.session, self._settings)
        places = (self._header_place, self._inputs_place)
        self._column.replaceWidget(self._header_place, self.headline)
        self._below.replaceWidget(self._inputs_place, self.inputs)
        self.fold = FoldedInputs(self.inputs, self._settings, self.plan)
        self._below.insertWidget(0, self.fold)
        for place in places:
            place.deleteLater()
        self._strip.add_beside(self.ranges, scenarios)
        self.wardrobe.forget(*places)
        self.wardrobe.add(self.headline, self.headline.apply_theme)
        # It paints itself: what it stands in is dressed, and it needs the theme's colours alone.
        self.ranges.apply_theme(self.themes.theme)
        self.themes.changed.connect(self.ranges.apply_theme)
        for part in self.inputs.sections:
            self.wardrobe.add(part)
        for group in self.inputs.recipe.groups.values():
            self.wardrobe.add(group, group.apply_theme)
        self.inputs.recipe.made.connect(lambda group: self.wardrobe.add(group, group.apply_theme))
        self.wardrobe.add(self.inputs.verticalScrollBar(), self.inputs.apply_theme)  # last: it measures them
        self.wardrobe.add(self.fold, self.fold.apply_theme)
        self.wardrobe.dress()
        self.menus.fill()
        self._connect()
        self.setAcceptDrops(True)
        self.filled = True
        self._show_title()
        if self.centre.was_painted:
            QTimer.singleShot(0, self.load_pages)
        else:
            self.centre.painted.connect(lambda: QTimer.singleShot(0, self.load_pages))

    def _build(self) -> None:
        self._strip = top = TabStrip(self.page_titles)
        self.tabs = top.tabs
        self.pages = QStackedWidget()
        self._right = right = QVBoxLayout()
        right.setContentsMargins(0, 6, 0, 0)
        right.setSpacing(0)
        right.addWidget(top)
        right.addWidget(self.pages, 1)
        self._header_place, self._inputs_place = QFrame(), QFrame()
        self._header_place.setObjectName("header")
        self._inputs_place.setObjectName("inputs")
        self._below = below = QHBoxLayout()
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._inputs_place)
        between = upright_rule()
        below.addWidget(between)
        below.addLayout(right, 1)
        self.plan = QWidget()
        self.plan.setLayout(below)
        self.centre = _Centre()
        self.centre.addWidget(self.gallery)
        self.centre.addWidget(self.plan)
        self.workspace = QWidget()
        self._column = column = QVBoxLayout(self.workspace)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header_place)
        column.addWidget(self.centre, 1)
        self.setCentralWidget(self.workspace)
        self.wardrobe.add(self.gallery, self.gallery.apply_theme)
        for part in (self.menuBar(), self._header_place, self._inputs_place, between, top):
            self.wardrobe.add(part)
        self.centre.currentChanged.connect(self.wardrobe.dress)
        self.pages.currentChanged.connect(self.wardrobe.dress_page)

    def _connect(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._remember_focus)
        session, documents, gallery = self.session, self.documents, self.gallery
        session.dirty_changed.connect(self._show_title)
        session.path_changed.connect(self._show_title)
        session.project_changed.connect(self._show_title)
        # The scenarios' picker comes with a second one, and another stage has other inputs.
        session.project_changed.connect(self.wardrobe.dress)
        session.selection_changed.connect(self.wardrobe.dress)
        documents.opened.connect(self.show_workspace)
        documents.import_wanted.connect(self.asides.import_files)
        documents.recent_changed.connect(lambda: gallery.show_recent(documents.recent()))
        gallery.blank_chosen.connect(documents.new)
        gallery.open_wanted.connect(documents.ask_open)
        gallery.preset_chosen.connect(documents.open)
        gallery.recent_chosen.connect(documents.open)
        gallery.find_wanted.connect(self.asides.find_anything)
        self.headline.field_wanted.connect(self.reveal)
        self.fold.folded.connect(self._show_folded)
        self.headline.copied.connect(self._say_copied)
        self.tabs.currentChanged.connect(self._show_view)

    def load_pages(self) -> None:
        """Build the charts and estimate the plan: after the first paint, so the window is there at once."""
        if self.views:
            return
        self.views = Views(self.pages, self._make_page)
        self._show_view(self.tabs.currentIndex())
        # What is told of a stage comes into sight with its answer.
        self.session.shown.connect(self.wardrobe.dress)
        self.session.shown.connect(lay_out)
        self.session.refresh()
        # What is there now stays: else each full collection looks through all of it, for a tenth of a second.
        gc.freeze()
        self.pages_loaded.emit()

    def make_ahead(self) -> None:
        """Make and dress the other pages one by one while nothing else is to be done, and dress them again
        after another theme was chosen: each opens at once."""
        ahead = QTimer(self)
        ahead.setInterval(AHEAD_MS)

        def make_next() -> None:
            if self.session.busy or self.wardrobe.busy:
                return
            if isinstance(self.views, Views) and self.views.make_next():
                if self.views.complete:
                    gc.freeze()
            elif not self.wardrobe.dress_ahead():
                ahead.stop()

        ahead.timeout.connect(make_next)
        self.themes.changed.connect(lambda _: ahead.start())
        ahead.start()

    def _make_page(self, page: Page) -> QWidget:
        view = page.maker()(self.session, self.themes.theme)
        for part, restyle in worn_by(view):
            self.wardrobe.add(part, restyle)
        if isinstance(view, LeadsToInputs):
            view.field_wanted.connect(self.reveal)
        if isinstance(view, TakesPlans):
            view.plan_wanted.connect(self.documents.ask_scenario)
        return view

    def _show_view(self, index: int) -> None:
        """Show a page of the tab strip, made now where it was never shown."""
        if self.views:
            self.views[index]
        self.pages.setCurrentIndex(index)
        self.wardrobe.dress_page()
        lay_out()

    # Showing

    def show_first(self) -> None:
        """What is seen at the start: the presets, and the headline of the first, which lies behind."""
        first = self.session.catalog.constants.gallery.first
        self.documents.open(paths.presets() / f"{first}.yaml")
        self._put_gallery()
        self.asides.tour.offer()

    def show_gallery(self) -> None:
        """The presets instead of the plan, with the keyboard."""
        if self.centre.currentWidget() is not self.gallery:
            self._behind = self.focusWidget() or self._left
        self._put_gallery()
        self.gallery.seek()

    def _put_gallery(self) -> None:
        self.asides.leave_figure()
        self.gallery.show_recent(self.documents.recent())
        self.gallery.load(self.session.catalog, self.session.project)
        self.centre.setCurrentWidget(self.gallery)

    def show_workspace(self) -> None:
        """The plan."""
        self.centre.setCurrentWidget(self.plan)

    def show_page(self, index: int) -> None:
        """One page of the tab strip."""
        self.show_workspace()
        self.tabs.setCurrentIndex(index)

    def show_chart(self, name: str) -> None:
        """A chart with its page, and the keyboard there."""
        from isocost.report.findings.charts import CHARTS
        from isocost.ui.widgets.cards.card import ChartCard

        self.show_page(self.page_titles.index(tr(CHARTS[name].page)))
        card = self.pages.currentWidget().findChild(ChartCard, name)
        if card is not None:
            card.seek()

    def reveal(self, path: str) -> None:
        """Show an input wherever it is, and put the cursor there."""
        here = self.tabs.currentIndex()
        for index in sorted(range(len(self.views)), key=lambda each: each != here):  # a page in sight first
            view = self.views[index]
            if isinstance(view, HoldsInputs) and view.holds(path):
                self.show_page(index)
                view.reveal(path)
                return
        self.show_inputs()
        self.inputs.reveal(path)

    def show_inputs(self) -> None:
        """The plan with its inputs, folded away or not."""
        self.show_workspace()
        self.fold.fold(False)

    def fold_inputs(self) -> None:
        """Give the inputs' room to the page, or bring them back."""
        self.fold.fold(not self.fold.are_folded)

    def _show_folded(self) -> None:
        self.wardrobe.dress()
        lay_out()
        self.asides.place()

    # The roads from any widget, which looks for them around itself

    def explain(self, key: str, of: Project | None = None) -> None:
        """Open a figure of the answer, or of another plan: its formula, its inputs, their sources."""
        self.asides.explain(key, of)

    def solve(self, path: str) -> None:
        """Solve the plan for an input of the selected stage."""
        self.asides.solve(path)

    def open_own(self, dialog: OwnDialogName) -> None:
        """A dialog for what users bring of their own: accelerators, quotes, runs."""
        self.asides.open_own(dialog)

    def give_room(self, width: int) -> None:
        """Leave so many pixels at the right of the page to what stands there."""
        self._right.setContentsMargins(0, 6, width, 0)

    # Commands

    def solve_input(self) -> None:
        """Solve for the input that has the keyboard; else for one that is looked for by its name."""
        from isocost.plan.solve.asking.asked import UNKNOWNS

        path = self._input_at_hand()
        if path in UNKNOWNS:
            self.solve(path)
        else:
            self.asides.find_anything(tr("Solve for "))

    def lock_input(self) -> None:
        """Lock the input that has the keyboard, or unlock it."""
        from isocost.plan.inputs.locks import LOCKABLE
        from isocost.ui.inputs.marks import toggle_lock

        if (path := self._input_at_hand()) in LOCKABLE:
            toggle_lock(self.session, path)

    def _input_at_hand(self) -> str:
        """The input that has the keyboard, or had it last; empty = none."""
        from isocost.ui.inputs.field_input import FieldInput

        part = self.focusWidget() or (self._left if self._left is not None and isValid(self._left) else None)
        while part is not None and not isinstance(part, FieldInput):
            part = part.parentWidget()
        return part.field.path if part is not None else ""

    def take_files(self, files: Sequence[Path]) -> None:
        """Open the first of files that is a plan; else show what they say, to be put into this one."""
        from isocost.files.loading import is_plan

        plans = [path for path in files if is_plan(path)]
        if plans:
            self.documents.open(plans[0])
        else:
            self.asides.import_files(files)

    def duplicate_plan(self) -> None:
        """A copy of the scenario on screen, and both side by side."""
        self.session.duplicate_scenario(self.session.scenario)
        self.show_page(self.page_titles.index(tr("Compare")))

    def toggle_table(self) -> None:
        """The chart with the keyboard, else the first of the page, as a table or back as a picture."""
        from isocost.ui.widgets.cards.card import ChartCard

        self.show_workspace()
        part: QWidget | None = self.focusWidget()
        while part is not None and not isinstance(part, ChartCard):
            part = part.parentWidget()
        page = self.pages.currentWidget()
        charts = [each for each in page.findChildren(ChartCard) if each.isVisible()]
        card = part or next(iter(charts), None)
        if card is not None:
            card.toggle_table()

    def _show_title(self, _: object = None) -> None:
        self.setWindowTitle(f"{self.session.project.name}[*] — Isocost")
        self.setWindowModified(self.session.dirty)

    def _say_copied(self, text: str) -> None:
        below = self.headline.sentence.mapToGlobal(QPoint(0, self.headline.sentence.height()))
        QToolTip.showText(below, plain_tip(tr("Copied: {text}", text=text)), self.headline.sentence)

    def export_picture(self) -> None:
        """Save what the window shows as a PNG picture."""
        title, kinds = tr("Export a picture"), tr("PNG pictures (*.png)")
        path = ask_where(self, title, "plan.png", kinds, with_suffix(".png"))
        if path is not None and not self.workspace.grab().save(str(path)):
            show_error(self, tr("{path}: the picture cannot be written there.", path=path))

    # Look

    def apply_theme(self, theme: Theme) -> None:
        """Restyle what is in sight."""
        if not self.filled:
            self._header_place.setFixedHeight(theme.px(HEADER_HEIGHT))
            self._inputs_place.setFixedWidth(theme.px(INPUTS_WIDTH))
        self.wardrobe.change()

    def childEvent(self, event: QChildEvent) -> None:
        """Dress a dialog that opens above the window, Qt's own as well: the window itself wears no sheet."""
        super().childEvent(event)
        if not event.polished():
            return
        child = event.child()
        if isinstance(child, QWidget) and child.isWindow():
            opened = self.wardrobe.worn_by(child) or self.wardrobe.add(child)
            opened.wear(self.themes.theme)
            child.destroyed.connect(lambda: self.wardrobe.forget(opened.part))

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Light, dark or as the system; remembered."""
        self.themes.choose(choice)
        self._settings.setValue("theme", choice)

    @property
    def language(self) -> str:
        """The language that was chosen, or that the system's is followed."""
        return chosen_language(self._settings)

    def choose_language(self, choice: str) -> None:
        """Another language from the next start on: what is on screen has been said already."""
        if choice == self.language:
            return
        self._settings.setValue(SETTING, choice)
        said = tr("The language changes when Isocost is started again.")
        box = message_box(self, "language", Icon.Information, said)
        box.setDefaultButton(box.addButton(tr("Close"), Role.AcceptRole))
        box.open()

    def choose_currency(self, code: str) -> None:
        """Show the plan's amounts in another currency, at today's rate of the catalogue: one step to undo."""
        self.take_typed()
        self.session.show_in(code)

    def step_text(self, step: int) -> None:
        """Larger (1) or smaller (-1) text, or the design's (0); remembered."""
        at = min(range(len(TEXT_SIZES)), key=lambda i: abs(TEXT_SIZES[i] - self.themes.scale))
        wanted = TEXT_SIZES[min(len(TEXT_SIZES) - 1, max(0, at + step))] if step else 1.0
        self.themes.set_scale(wanted)
        self._settings.setValue("text_size", wanted)

    # Events

    def take_typed(self) -> None:
        """Apply what is being typed: a command is about the plan as it is seen."""
        leave(self.focusWidget())

    def take_back(self, gesture: object) -> None:
        """Put back what was before a drag that Escape ends."""
        from isocost.ui.inputs.bindings import take_back  # with the inputs, which come after the first paint

        take_back(self.session, gesture)

    def _remember_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is None and before is not None and before.window() is self:
            self._left = before
        elif now is not None and now.window() is self and not QApplication.mouseButtons():
            bring_into_sight(now)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt's name
        """Tab goes on from the field that gave the focus back, not from the first of the window."""
        if self.focusWidget() is None and self._left is not None and isValid(self._left):
            self._left.setFocus(Qt.FocusReason.TabFocusReason)
        return super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button with the keyboard, which Qt lets it do in dialogs alone; Escape leaves the
        presets for the plan behind them; an open figure takes the keys left over."""
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Escape and self.filled and self.centre.currentWidget() is self.gallery:
            self.show_workspace()
            if self._behind is not None and isValid(self._behind) and self._behind.isVisible():
                self._behind.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not self.asides.take_key(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on nothing leaves the field that is being typed in."""
        self.take_typed()
        super().mousePressEvent(event)

    def _restore(self) -> None:
        geometry = self._settings.value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - FRAME))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.take_files(files)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.take_typed()
        if self.filled and not (self.documents.keeping.ended or self.documents.may_close()):
            event.ignore()
            return
        self._settings.setValue("geometry", self.saveGeometry())
        self.hide()  # a search that runs cannot be stopped: nobody is to watch the window wait for it
        if self.filled:
            self.rescue.close()
            self.documents.close()
            self.session.close()
        self.gallery.close_worker()
        event.accept()

    def end(self) -> None:
        """Go at once, asking nothing: what is not saved is kept, and offered at the next start."""
        if self.filled:
            self.take_typed()
            self.documents.end()
        self.close()
