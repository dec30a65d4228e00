"""The remarks under the answer on one line: in fewer words where there is no room for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from isocost.report.findings.header import Remark, remarks_line
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.widgets.labels import plain_tip, set_text, shorten

BETWEEN = " · "


class RemarkLine(QLabel):
    """Each remark in the colour of its tone; one that opens something is a link. The tip has all of them."""

    wanted = Signal(str)
    """What the remark that was clicked opens."""

    def __init__(self) -> None:
        super().__init__()
        self._remarks: tuple[Remark, ...] = ()
        self._theme: Theme = LIGHT
        self.setProperty("role", "small")
        self.setObjectName("headline.doubt")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.LinksAccessibleByMouse)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.linkActivated.connect(self.wanted)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What there is to show."""
        return self._remarks

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Replace the remarks; the first ones stay when there is no room for all."""
        self._remarks = tuple(remarks)
        whole = remarks_line(self._remarks)
        self.setToolTip(plain_tip(whole))
        self.setAccessibleName(whole)
        self._elide()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self._elide()

    @property
    def needed(self) -> int:
        """Pixels that all remarks take in their fewest words, and those which are not spare in all theirs."""
        if not self._remarks:
            return 0
        fewest = [[remark.text, *remark.shorter][-1] for remark in self._remarks]
        whole = [remark.text for remark in self._remarks if not remark.spare]
        return max(self._wide(fewest), self._wide([*whole, "…"]))

    def _wide(self, texts: Sequence[str]) -> int:
        return self.fontMetrics().horizontalAdvance(BETWEEN.join(texts))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._elide()

    def _elide(self) -> None:
        # Qt cuts rich text mid-letter: what has no room is taken off before it becomes rich.
        set_text(self, BETWEEN.join(self._marked(remark, text) for remark, text in self._with_room()))

    def _worded(self, room: int) -> list[str]:
        """The remarks in as many words as have room: the last ones are the first to lose some, and what room
        is left then gives words back."""
        ways = [(remark.text, *remark.shorter) for remark in self._remarks]
        fewer = [0] * len(ways)

        def texts() -> list[str]:
            return [way[at] for way, at in zip(ways, fewer, strict=True)]

        while self._wide(texts()) > room:
            longest = next((at for at in reversed(range(len(ways))) if fewer[at] + 1 < len(ways[at])), None)
            if longest is None:
                return texts()
            fewer[longest] += 1
        for at, now in enumerate(fewer):
            for more in range(now):
                fewer[at] = more
                if self._wide(texts()) <= room:
                    break
                fewer[at] = now
        return texts()

    def _with_room(self) -> Iterator[tuple[Remark, str]]:
        """The remarks from the first, each with the part of its words that has room."""
        room = self.contentsRect().width()
        texts = self._worded(room)
        whole = self._wide(texts) <= room
        for at, (remark, text) in enumerate(zip(self._remarks, texts, strict=True)):
            last = at == len(texts) - 1
            if whole or self._wide([*texts[:at], text, *([] if last else ["…"])]) <= room:
                yield remark, text
                continue
            before = self._wide([*texts[:at], ""])
            yield remark, shorten(text, self.fontMetrics(), room - before) or "…"
            return

    def _marked(self, remark: Remark, text: str) -> str:
        tones = {"quiet": self._theme.quiet, "fine": self._theme.fine, "care": self._theme.care}
        style = f'style="color:{tones.get(remark.tone, self._theme.stop)}"'
        if remark.opens:
            return f'<a href="{escape(remark.opens)}" {style}>{escape(text)}</a>'
        return f"<span {style}>{escape(text)}</span>"
