"""Every chart paints on any device, in any theme and size, without a window."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from isocost.plan.answer.across.comparison import ranked, worth_showing
from isocost.plan.money.cashflow import CashMonth, TimelineBar
from isocost.plan.physics.records import Breakdown, Part
from isocost.report.findings.inputs.choices import Crossover, LinesView, NamedLine
from isocost.report.findings.tabs.ledger import CalendarView
from isocost.report.findings.tabs.plan import in_words
from isocost.ui.look.theme import DARK, LIGHT, Theme, ThemeManager
from isocost.ui.plot.chart import ChartWidget, Drawing
from isocost.ui.plot.crossings import LinesChart
from isocost.ui.plot.export import Titled, to_image, to_pdf, to_svg
from isocost.ui.tabs.fit.memory import MemoryChart
from isocost.ui.tabs.fit.step import StepChart
from isocost.ui.tabs.ledger.calendar_plot import CalendarChart
from isocost.ui.tabs.plan.by_hardware import HardwareDelegate
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.widgets.rows import Lines, RowsDrawing
from tests.plan.curves import comparison

SVG = "{http://www.w3.org/2000/svg}"
SIZES = [QSize(560, 420), QSize(901, 633)]
THEMES = [LIGHT, DARK]

MONTHS = tuple(
    CashMonth(
        f"2026-{month:02}", 30.4 * i, {"final run": usd, "contingency": usd / 10}, usd * 1.1, usd / 2, 0.0
    )
    for i, (month, usd) in enumerate(((10, 1e6), (11, 3e6), (12, 2e6)))
)
CALENDAR = CalendarView(
    bars=(
        TimelineBar("Preparation", "preparation", 0.0, 20.0),
        TimelineBar("Pre-training", "stage", 20.0, 85.0, stage=0),
    ),
    months=MONTHS,
    groups={0: "final run"},
    late_weeks=3.0,
)
BILL = Breakdown((Part("Weights", 30e9), Part("Activations", 45e9), Part("Optimizer", 11e9)), 80e9)
STEP = Breakdown((Part("Matrix multiplies", 3.0), Part("Pipeline bubble", 0.5), Part("Host", 0.1)))
X = np.linspace(0.0, 36.0, 37)
MONEY = LinesView(
    x=X,
    lines=(NamedLine("Rent", 1e6 * X, 1), NamedLine("Buy", 1e7 + 1e5 * X, 0, bold=True)),
    marks=(Crossover(11.0, "month 11"),),
    here=2.0,
    ticks=lambda month: f"{month:.0f}",
    say=lambda at: f"Month {at}",
)
DECADES = np.geomspace(1e8, 1e12, 40)
DEMAND = LinesView(
    x=DECADES,
    lines=(NamedLine("API", DECADES / 1e4, 1), NamedLine("Train", 2e6 + DECADES / 1e6, 0)),
    logarithmic=True,
    ticks=lambda tokens: f"{tokens / 1e9:g}B",
)


@pytest.fixture
def plot(qtbot, theme: Theme) -> CostTimePlot:
    """Cost against time on made-up curves, never shown."""
    made = CostTimePlot(theme)
    qtbot.addWidget(made)
    shown = comparison(deadline_days=60.0)
    made.show_comparison(shown, worth_showing(shown, 6))
    return made


@pytest.fixture
def ranking(qapp: object, theme: Theme) -> RowsDrawing:
    """Accelerators by cost."""
    shown, model, delegate = comparison(), Lines(in_words), HardwareDelegate(theme)
    model.show(ranked(shown))
    delegate.show(shown, model.rows)
    return RowsDrawing(model, delegate)


MADE: dict[str, Callable[[pytest.FixtureRequest], Drawing]] = {
    "calendar": lambda _: CalendarChart(CALENDAR),
    "money": lambda _: LinesChart(MONEY),
    "demand": lambda _: LinesChart(DEMAND),
    "memory": lambda _: MemoryChart(BILL),
    "over": lambda _: MemoryChart(Breakdown((*BILL.parts, Part("Logits", 40e9)), 80e9)),
    "step": lambda _: StepChart(STEP),
    "cost_time": lambda request: request.getfixturevalue("plot"),
    "by_hardware": lambda request: request.getfixturevalue("ranking"),
}
WORDS = {
    "calendar": ["Preparation", "Pre-training", "+3 weeks", "Cash by month", "Oct 2026", "Nov", "$3.3M"],
    "money": ["$0", "$10M", "$30M", "12", "36", "Rent", "Buy", "month 11", "now"],
    "demand": ["$100K", "$10M", "1B", "1000B", "API", "Train"],
    "memory": ["Weights", "Usable", "74.5 GiB"],
    "over": ["Logits", "Usable", "37.3 GiB"],
    "step": ["Matrix multiplies", "3 s", "13.9 %"],
    "cost_time": ["1 month", "1 year", "$5M", "H800", "MI300X", "2,048 H800", "60 days", "too late"],
    "by_hardware": ["H800", "B200", "$5.51M"],
}


@pytest.fixture(params=MADE)
def name(request: pytest.FixtureRequest, themes: ThemeManager) -> str:
    return request.param


@pytest.fixture
def drawing(request: pytest.FixtureRequest, name: str) -> Drawing:
    return MADE[name](request)


def texts(svg: bytes) -> list[str]:
    """What is written in an SVG, with plain spaces."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}text")
    return [(each.text or "").replace("\u00a0", " ") for each in found]


def pixels(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : plain.width() * 4].reshape(plain.height(), plain.width(), 4)[:, :, :3].copy()


@pytest.mark.parametrize("look", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["small", "large"])
def test_it_is_drawn_on_an_image_at_twice_the_size(drawing: Drawing, size: QSize, look: Theme):
    image = to_image(drawing, size, look, 2.0)
    assert image.size() == size * 2
    assert image.pixelColor(image.width() - 1, image.height() - 1).name() == look.panel
    drawn = (pixels(image) != pixels(image)[-1, -1]).any(axis=2)
    assert 0.004 < drawn.mean() < 0.7


@pytest.mark.parametrize("look", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["small", "large"])
def test_it_is_drawn_in_an_svg_whose_texts_are_text(name: str, drawing: Drawing, size: QSize, look: Theme):
    svg = to_svg(drawing, size, look, "A title", "A summary")
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox") == f"0 0 {size.width()} {size.height()}"
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == ("A title", "A summary")
    assert set(WORDS[name]) <= set(texts(svg))
    fonts = {each.get("font-family") for each in root.iter(f"{SVG}text")}
    assert fonts == {"Inter, Helvetica, Arial, sans-serif"}
    assert f'fill="{look.panel}"'.encode() in svg


@pytest.mark.parametrize("look", THEMES, ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=["small", "large"])
def test_it_is_drawn_in_a_pdf_of_one_page_of_its_size(drawing: Drawing, size: QSize, look: Theme):
    pdf = to_pdf(drawing, size, look, "A title")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    points = [size.width() * 0.75, size.height() * 0.75]
    assert [float(side) for side in box.groups()] == pytest.approx(points, abs=1.0)


def test_the_digits_of_a_pdf_can_be_searched_and_copied(themes: ThemeManager):
    """Each glyph of a PDF names the character it stands for in the map of its font."""
    pdf = to_pdf(LinesChart(MONEY), SIZES[0], themes.theme, "A title")
    maps = b"".join(re.findall(rb"begincmap(.*?)endcmap", pdf, re.DOTALL))
    named = {chr(int(code, 16)) for code in re.findall(rb"<([0-9A-Fa-f]{4})>", maps)}
    assert set("$0123M") <= named


def test_it_is_drawn_in_its_room_and_leaves_the_painter_as_it_was(drawing: Drawing):
    size, whole = QSize(300, 240), QImage(400, 300, QImage.Format.Format_RGB32)
    whole.fill(LIGHT.panel)
    painter = QPainter(whole)
    drawing.paint(painter, QRectF(70, 40, size.width(), size.height()), LIGHT)
    assert painter.transform().isIdentity()
    assert not painter.hasClipping()
    painter.end()
    alone = pixels(to_image(drawing, size, LIGHT))
    assert (pixels(whole)[40:280, 70:370] == alone).mean() > 0.995


def test_the_part_pointed_at_is_drawn_only_where_it_is_asked_for(themes: ThemeManager):
    for chart in (CalendarChart(CALENDAR), LinesChart(MONEY)):
        size, images = QSize(560, 300), []
        for hover in (None, 0, 1, None):
            image = to_image(chart, size, LIGHT)
            painter = QPainter(image)
            chart.paint(painter, QRectF(0, 0, size.width(), size.height()), LIGHT, hover)
            painter.end()
            images.append(pixels(image))
        none, first, second, again = images
        assert (none == again).all()
        assert (none != first).any()
        assert (first != second).any()


def test_nothing_to_draw_is_no_mistake(themes: ThemeManager):
    for chart in (CalendarChart(CalendarView()), LinesChart(LinesView()), MemoryChart(None), StepChart(None)):
        assert to_image(chart, QSize(200, 100), LIGHT).size() == QSize(200, 100)


def test_a_chart_on_screen_is_the_chart_of_a_picture(qtbot, themes: ThemeManager):
    chart = StepChart(STEP)
    widget = ChartWidget(chart, themes.theme)
    qtbot.addWidget(widget)
    widget.resize(560, 300)
    widget.setStyleSheet(f"background: {themes.theme.panel}")
    assert (pixels(widget.grab().toImage()) == pixels(to_image(chart, widget.size(), themes.theme))).all()


# Cost against time, which is a scene on screen


def test_the_plot_on_screen_stays_as_it_is(plot: CostTimePlot):
    plot.resize(500, 400)
    before, spans = pixels(plot.grab().toImage()), plot.spans
    to_image(plot, QSize(900, 300), DARK)
    assert plot.spans == spans
    assert (pixels(plot.grab().toImage()) == before).all()


def test_the_picture_shows_the_ranges_on_screen(plot: CostTimePlot):
    assert plot.twin(DARK).spans == plot.spans


def test_only_curves_are_clipped_so_that_names_beside_the_plot_are_seen(plot: CostTimePlot):
    root = ElementTree.fromstring(to_svg(plot, SIZES[0], LIGHT, ""))
    clipped = [text.text for g in root.iter(f"{SVG}g") if g.get("clip-path") for text in g.iter(f"{SVG}text")]
    beside = {name.text for name in plot.labels.names}
    assert beside <= set(texts(to_svg(plot, SIZES[0], LIGHT, "")))
    assert not beside & set(clipped)


def test_lines_are_as_wide_as_they_say_wherever_they_are_drawn(plot: CostTimePlot):
    """A pen that ignores coordinates would need an attribute that few programs follow."""
    svg = to_svg(plot, SIZES[0], LIGHT, "").decode()
    assert "non-scaling-stroke" not in svg
    assert 'stroke-width="3"' in svg


# Words around a drawing


def test_a_title_without_room_breaks_into_lines(themes: ThemeManager):
    long = "A finding of so many words that they do not stand beside each other in a narrow picture"
    titled = Titled(long, "What is drawn", LinesChart(MONEY), "What else there is to say")
    found = texts(to_svg(titled, QSize(300, 300), LIGHT, long))
    assert long not in found
    assert long.split() == " ".join(found).split()[: len(long.split())]
    assert "What else there is to say" in found
