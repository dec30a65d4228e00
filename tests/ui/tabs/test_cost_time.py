"""Cost against time: drawn right, read right, and choosing by mouse and keys."""

from __future__ import annotations

import itertools
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from isocost.plan.answer.across.comparison import Published, worth_showing
from isocost.quantities import plain_spaces
from isocost.report.findings.goal import DEADLINE
from isocost.ui.look.theme import ThemeManager
from isocost.ui.plot.base import text_size
from isocost.ui.plot.placing import Box
from isocost.ui.plot.styles import series_of
from isocost.ui.screenshot import settle
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.tabs.plan.page import NAMED, PlanPage
from tests.plan.curves import STYLES, comparison
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed
from tests.ui.tabs.plans import FakeSession

LEFT = Qt.MouseButton.LeftButton


def point_of(page: PlanPage, accelerator: str, count: int) -> QPoint:
    """Where a curve's point is on screen."""
    plot = page.cost_time.plot
    curve = plot.lines.get(accelerator).curve
    at = int(np.flatnonzero(curve.counts == count)[0])
    x, y = plot.pixels(np.log10(curve.days[at : at + 1]), np.log10(curve.cost_usd[at : at + 1]))[0]
    return QPoint(round(x), round(y))


def picture(page: PlanPage) -> QImage:
    return page.cost_time.plot.grab().toImage()


def pixels_like(image: QImage, colour: str, slack: int = 12) -> int:
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    pixels = rows[:, : plain.width() * 4].reshape(plain.height(), plain.width(), 4)[:, :, :3].astype(int)
    return int((np.abs(pixels - QColor(colour).getRgb()[:3]).max(axis=2) <= slack).sum())


def test_a_click_on_a_curve_plans_with_it(page: PlanPage, made_up: FakeSession):
    QTest.mouseClick(page.cost_time.plot.viewport(), LEFT, pos=point_of(page, "b200", 512))
    assert made_up.chosen == [("b200", 512, None)]


def test_a_click_beside_every_curve_changes_nothing(page: PlanPage, made_up: FakeSession):
    area = page.cost_time.plot.area()
    corner = QPoint(round(area.right()) - 4, round(area.bottom()) - 3)
    QTest.mouseClick(page.cost_time.plot.viewport(), LEFT, pos=corner)
    assert made_up.chosen == []


def test_a_click_on_a_name_plans_with_that_accelerator(page: PlanPage, made_up: FakeSession):
    name = next(n for n in page.cost_time.plot.labels.names if n.text == "H100")
    at = QPoint(round(name.box.left + 5), round(name.box.top + name.box.height / 2))
    QTest.mouseClick(page.cost_time.plot.viewport(), LEFT, pos=at)
    assert made_up.chosen[0][0] == "h100-sxm"


def hover(page: PlanPage, at: QPoint, qtbot) -> None:
    """Bring the mouse to a place from beside it, until the plot has noticed."""
    plot = page.cost_time.plot

    def noticed() -> bool:
        QTest.mouseMove(plot.viewport(), at + QPoint(0, 2))
        QTest.mouseMove(plot.viewport(), at)
        return bool(plot.hover_text)

    qtbot.waitUntil(noticed)


def test_hovering_tells_accelerator_count_days_and_cost(page: PlanPage, qtbot):
    plot = page.cost_time.plot
    hover(page, point_of(page, "b200", 512), qtbot)
    assert plain_spaces(plot.hover_text) == "512 B200\n95 days, $6.51M\nclick to plan with it"
    hover(page, point_of(page, "h800-sxm", 2048), qtbot)
    assert plain_spaces(plot.hover_text).startswith("2,048 H800\n56 days, $5.51M\nthe plan")


def test_hovering_tells_what_does_not_fit(page: PlanPage, made_up: FakeSession, qtbot):
    made_up.current_scenario.hardware.count = 96
    made_up.compute()
    QApplication.processEvents()
    plot = page.cost_time.plot
    hover(page, point_of(page, "h800-sxm", 40), qtbot)
    assert plot.hover_text.endswith("does not fit in memory")


def test_leaving_the_plot_ends_the_hover(page: PlanPage, qtbot):
    plot = page.cost_time.plot
    QTest.mouseMove(plot.viewport(), point_of(page, "b200", 512))
    plot.leaveEvent(None)
    assert plot.hover_text == ""


def test_dragging_the_plan_changes_the_count_in_one_gesture(page: PlanPage, made_up: FakeSession):
    viewport = page.cost_time.plot.viewport()
    before = page.cost_time.plot.spans
    stops = [point_of(page, "h800-sxm", count) for count in (2048, 1536, 1024, 768)]
    QTest.mousePress(viewport, LEFT, pos=stops[0])
    for stop in stops[1:]:
        QTest.mouseMove(viewport, stop)
    assert page.cost_time.plot.spans == before
    QTest.mouseRelease(viewport, LEFT, pos=stops[-1])
    assert [count for _, count, _ in made_up.chosen] == [1536, 1024, 768]
    gestures = {id(gesture) for _, _, gesture in made_up.chosen}
    assert len(gestures) == 1
    assert made_up.chosen[0][2] is not None


@pytest.mark.parametrize(("key", "count"), [(Qt.Key.Key_Left, 2560), (Qt.Key.Key_Right, 1536)])
def test_arrow_keys_walk_along_the_curve(page: PlanPage, made_up: FakeSession, key, count):
    QTest.keyClick(page.cost_time.plot, key)
    assert made_up.chosen == [("h800-sxm", count, None)]


def test_up_and_down_change_to_the_next_curve(page: PlanPage, made_up: FakeSession):
    total = made_up.answer.estimate.total.cost_usd
    QTest.keyClick(page.cost_time.plot, Qt.Key.Key_Up)
    assert made_up.chosen[0][0] != "h800-sxm"
    assert made_up.answer.estimate.total.cost_usd > total
    QTest.keyClick(page.cost_time.plot, Qt.Key.Key_Down)
    assert made_up.chosen[1][0] == "h800-sxm"


def test_the_deadline_can_be_dragged(page: PlanPage, made_up: FakeSession):
    made_up.deadline_days = 100.0
    QApplication.processEvents()
    plot = page.cost_time.plot
    x, area = plot.goal.flag(DEADLINE).at, plot.area()
    y = round(area.bottom()) - 4
    QTest.mousePress(plot.viewport(), LEFT, pos=QPoint(round(x), y))
    QTest.mouseMove(plot.viewport(), QPoint(round(x) - 30, y))
    QTest.mouseRelease(plot.viewport(), LEFT, pos=QPoint(round(x) - 30, y))
    assert made_up.deadline_days < 90
    assert made_up.deadline_days == round(made_up.deadline_days)
    assert made_up.chosen == []


@pytest.mark.parametrize("count", [128, 512, 2048, 8192, 24576])
@pytest.mark.parametrize("deadline", [None, 45.0])
def test_no_two_texts_touch_and_all_stay_inside(page: PlanPage, made_up: FakeSession, count, deadline):
    made_up.current_scenario.hardware.count = count
    made_up.compute()
    made_up.deadline_days = deadline
    QApplication.processEvents()
    plot = page.cost_time.plot
    boxes = plot.labels.boxes()
    assert len(boxes) > 6
    assert not [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)]
    for box in boxes:
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= plot.width()
        assert box.bottom <= plot.height()


def test_the_plans_text_keeps_clear_of_every_curve_when_there_is_room(page: PlanPage, made_up: FakeSession):
    made_up.names = ("h800-sxm", "b200", "a100-sxm-80gb")
    made_up.compute()
    QApplication.processEvents()
    plot = page.cost_time.plot
    box = plot.labels.plan.box
    for _, line in plot.lines.shown():
        fine = np.linspace(line.x.min(), line.x.max(), 3000)
        points = plot.pixels(fine, np.interp(fine, line.x, line.y))
        inside = (
            (points[:, 0] > box.left)
            & (points[:, 0] < box.right)
            & (points[:, 1] > box.top)
            & (points[:, 1] < box.bottom)
        )
        assert not inside.any()


@pytest.mark.parametrize("name", ["api-or-own", "lora-70b-one-node", "deepseek-v3"])
def test_no_text_covers_the_end_of_a_curve(make, qtbot, name):
    """How far a curve goes is what it tells."""
    window = make()
    window.resize(1280, 800)
    window.documents.open(preset(name))
    window.show()
    qtbot.waitExposed(window)
    window.load_pages()
    for _ in range(2):
        settle(window.session)
        QApplication.processEvents()
    plot = window.views[0].cost_time.plot
    ends = [name.end for name in plot.labels.names if name.end[0] < plot.area().right()]
    assert ends
    tips = [Box(x - 6, y - 1, 7, 2) for x, y in ends]
    assert not [(tip, box) for tip in tips for box in plot.labels.boxes() if tip.overlaps(box)]


def test_a_line_is_smooth_where_counts_divide_the_work_badly(page: PlanPage):
    """Every third count costs a fifth more: the line runs below them, and still through the good ones."""
    plot = page.cost_time.plot
    active = plot.comparison.active
    bad = np.arange(len(active.counts)) % 3 == 1
    jagged = replace(active, cost_usd=active.cost_usd * (1 + 0.2 * bad))
    shown = replace(plot.comparison, active=jagged)
    plot.show_comparison(shown, worth_showing(shown, 6))
    line = plot.lines.get("h800-sxm")
    drawn = line.points[line.bends]
    assert not bad[drawn].any()
    assert len(drawn) > 5
    slopes = np.diff(line.y[line.bends]) / np.diff(line.x[line.bends])
    assert (np.diff(slopes) > -0.1).all()
    assert (line.y >= np.interp(line.x, line.x[line.bends], line.y[line.bends]) - 1e-9)[
        jagged.fits[line.points]
    ].all()


def test_only_named_accelerators_are_drawn(page: PlanPage):
    plot = page.cost_time.plot
    assert {name for name, _ in plot.lines.shown()} == {name.accelerator for name in plot.labels.names}
    assert len(plot.lines.shown()) == NAMED


def test_a_name_stands_beside_the_end_of_a_line_that_ends_within_the_plot(page: PlanPage, made_up):
    plot = page.cost_time.plot
    short = [replace(c, fits=c.counts >= 1024) for c in plot.comparison.others[:1]]
    shown = replace(plot.comparison, others=tuple(short))
    plot.show_comparison(shown, worth_showing(shown, 6))
    name = next(n for n in plot.labels.names if n.accelerator == short[0].accelerator)
    assert name.end[0] < plot.area().right() - 60
    assert name.box.right <= plot.area().right()
    assert abs(name.box.top + name.box.height / 2 - name.end[1]) < 30


def test_no_name_covers_the_dash_of_a_curve_of_one_count(page: PlanPage):
    plot = page.cost_time.plot
    one, other = plot.comparison.others[:2]
    one = replace(one, fits=one.counts == 1024)
    for factor in (0.92, 0.94, 0.96, 1.06):
        near = replace(other, days=one.days, cost_usd=one.cost_usd * factor, fits=one.fits)
        shown = replace(plot.comparison, others=(one, near))
        plot.show_comparison(shown, worth_showing(shown, 6))
        ends = {name.accelerator: name.end for name in plot.labels.names}
        dashes = [Box(x - 4, y - 2, 8, 4) for x, y in (ends[c.accelerator] for c in (one, near))]
        assert not [(d, n) for d in dashes for n in plot.labels.names if d.overlaps(n.box)]


def test_no_text_stands_on_the_line_that_leads_to_a_name_aside(page: PlanPage):
    """Lines that end at one height, some far from the margin: some names stand aside of the plot."""
    plot = page.cost_time.plot
    one, *others = plot.comparison.others
    seen = 0
    for factor, steps in itertools.product((0.985, 1.0, 1.015), (0, 1, 2)):
        near = [
            replace(
                each,
                days=one.days,
                cost_usd=one.cost_usd * factor ** (at + 1),
                fits=one.counts >= 512 * 2 ** (at * steps // 2),
            )
            for at, each in enumerate(others)
        ]
        shown = replace(plot.comparison, others=(replace(one, fits=one.counts >= 512), *near))
        plot.show_comparison(shown, worth_showing(shown, 6))
        boxes = (*(n.box for n in plot.labels.names), *(box for box, _ in plot.labels.counts))
        for _, (left, begin), (right, end) in plot.labels.leaders():
            seen += 1
            across = np.linspace(left, right, 300)
            down = np.linspace(begin, end, 300)
            for box in boxes:
                on = (across > box.left) & (across < box.right) & (down > box.top) & (down < box.bottom)
                assert not on.any(), (factor, steps, box)
    assert seen


def test_the_legend_explains_what_is_drawn_and_nothing_else(page: PlanPage, made_up: FakeSession):
    assert "published run" not in page.cost_time.accessibleDescription()
    plot = page.cost_time.plot
    run = Published(70.0, 7e6, "Model X", "H800", 2048, "reported", "2024-12")
    plain = replace(plot.comparison.estimate, range=None)
    for runs, told in (((run,), True), ((replace(run, days=1e6),), False)):
        shown = replace(plot.comparison, estimate=plain, published=runs)
        page.cost_time.show_comparison(shown, worth_showing(shown, 6))
        assert ("published run" in page.cost_time.accessibleDescription()) is told
        assert ("published run" in [entry.text for entry in plot.legend]) is told


@pytest.mark.parametrize("width", [420, 620, 1200])
def test_the_legend_stands_above_the_plot_and_inside_its_width(qtbot, theme, width: int):
    plot = CostTimePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(width, 480)
    shown = comparison(deadline_days=60.0)
    plot.show_comparison(shown, worth_showing(shown, 6))
    plot.show()
    QApplication.processEvents()
    font = theme.font("quiet")
    for entry in plot.legend:
        assert entry.left + text_size(font, entry.text)[0] + 28 <= width
        assert entry.top + 18 <= plot.area().top()
    assert plot.area().bottom() + 40 <= plot.height()


def test_a_line_that_goes_on_above_the_chart_says_so(page: PlanPage):
    plot = page.cost_time.plot
    curve = plot.comparison.active
    spiked = replace(curve, cost_usd=np.where(curve.counts > 8192, curve.cost_usd * 1e3, curve.cost_usd))
    shown = replace(plot.comparison, active=spiked)
    plot.show_comparison(shown, worth_showing(shown, 6))
    beyond = {each.accelerator: each for each in plot.labels.beyond}
    assert "h800-sxm" in beyond
    assert beyond["h800-sxm"].text.startswith("H800 to $")
    assert plot.area().left() <= beyond["h800-sxm"].x <= plot.area().right()


def test_a_line_of_what_fits_nowhere_that_goes_on_above_the_chart_says_so(page: PlanPage):
    plot = page.cost_time.plot
    curve = plot.comparison.active
    spiked = np.where(curve.counts > 8192, curve.cost_usd * 1e3, curve.cost_usd)
    nowhere = replace(curve, cost_usd=spiked, fits=np.zeros_like(curve.fits))
    shown = replace(plot.comparison, active=nowhere)
    plot.show_comparison(shown, worth_showing(shown, 6))
    (text,) = [each.text for each in plot.labels.beyond if each.accelerator == "h800-sxm"]
    assert text == "" or text.startswith("H800 to $")
    assert not picture(page).isNull()


def test_few_curves_are_named_and_the_plans_is_among_them(page: PlanPage):
    names = [name.text for name in page.cost_time.plot.labels.names]
    assert "H800" in names
    assert len(names) <= NAMED


def test_the_plans_colour_is_on_the_picture(page: PlanPage, themes: ThemeManager):
    image = picture(page)
    assert pixels_like(image, series_of(themes.theme, STYLES, "h800-sxm").line) > 300
    assert pixels_like(image, themes.theme.panel) > image.width() * image.height() / 3


def test_another_theme_recolours_the_plot(page: PlanPage, themes: ThemeManager):
    themes.choose("dark")
    dressed(page, themes.theme)
    QApplication.processEvents()
    image = picture(page)
    dark = themes.theme
    assert pixels_like(image, series_of(dark, STYLES, "h800-sxm").line) > 300
    assert pixels_like(image, dark.panel) > image.width() * image.height() / 3
    assert pixels_like(image, "#ffffff", slack=0) == 0


def test_the_accessible_text_tells_the_plan_and_the_keys(page: PlanPage):
    text = plain_spaces(page.cost_time.plot.accessibleDescription())
    assert "The plan: 2,048 H800, 56 days, $5.51M." in text
    assert "arrows" in text


def test_the_title_states_the_finding(page: PlanPage):
    assert " is cheapest " in page.cost_time.title.text()
    assert page.cost_time.accessibleName() == page.cost_time.title.text()


def test_axes_stand_still_while_a_number_changes_a_little(page: PlanPage, made_up: FakeSession):
    before = page.cost_time.plot.spans
    for work in np.linspace(1.0, 1.1, 12):
        made_up.compute(float(work), others=False)
    assert page.cost_time.plot.spans == before
    made_up.compute(30.0)
    assert page.cost_time.plot.spans != before


def test_a_published_run_is_a_mark_that_tells_its_source(page: PlanPage, made_up: FakeSession):
    run = Published(70.0, 7e6, "Model X", "H800", 2048, "reported", "2024-12")
    plot = page.cost_time.plot
    shown = replace(plot.comparison, published=(run, replace(run, days=1e6)))
    plot.show_comparison(shown, worth_showing(shown, 8))
    assert len([m for m, _ in plot.labels.marks.placed]) == 1
    x, y = plot.pixels(np.log10([70.0]), np.log10([7e6]))[0]
    QTest.mouseMove(plot.viewport(), QPoint(round(x), round(y)))
    assert plain_spaces(plot.hover_text) == (
        "Model X as published\n2,048 H800, 70 days, $7M\nreported, 2024-12"
    )
    QTest.mouseClick(plot.viewport(), LEFT, pos=QPoint(round(x), round(y)))
    assert made_up.chosen == []


def test_the_plans_dot_wears_the_colour_of_its_curve(page: PlanPage, themes: ThemeManager):
    plot = page.cost_time.plot
    x, y = plot.labels.plan.at
    colour = picture(page).pixelColor(round(x), round(y)).name()
    assert colour == series_of(themes.theme, STYLES, "h800-sxm").line
