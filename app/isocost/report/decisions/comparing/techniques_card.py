"""The rack of techniques as the Ledger shows it: rows with switches, and the plan that is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.language import capital, listed, tr
from isocost.plan.compare.rack import DeltaRange, Rack, Technique
from isocost.quantities import format_counted, format_duration, format_money
from isocost.report.decisions.comparing.techniques import (
    ABSENT,
    GROUPS,
    UNMODELLED,
    change_words,
    counted_twice,
    days_said,
    loss_change,
    measured,
    on_names,
    rack_said,
    saves_most,
    source_said,
    together_said,
    what_else,
)
from isocost.report.decisions.doubting.doubt import chance_said, ends_said
from isocost.report.decisions.words import signed_money, signed_share
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table

SUBTITLE = tr("Each switch tries a change on top of those that are on; the plan stays until you apply it.")
WORKING = tr("Working the techniques out on this plan…")
TITLE = tr("Techniques")
RANGED = tr("Under a cost 8 chances in 10 of it, the plan with and without sampled alike.")
"""What is said of the rack where figures are told with their ranges."""
RANGED_BRIEF = tr("Under a cost: 8 chances in 10.")
"""The same where there is little room."""
NOTHING_ON = tr("The plan as it stands. Switch on what you would like to try.")
TOGETHER = tr("What several come to is worked out as one plan, not added up.")
ADDED = tr("Compare shows it beside the plan")


@dataclass(frozen=True, slots=True)
class RackRow:
    """A technique, or the heading of those that follow."""

    name: str
    """What it is called; of a heading all there is."""
    id: str = ""
    """The technique's own; empty = a heading."""
    on: bool = False
    can: bool = False
    """Whether its switch can be turned."""
    change: str = ""
    """What it changes."""
    delta_usd: float | None = None
    """On top of the others that are on; None where it has nothing to change."""
    cost: str = ""
    time: str = ""
    likely: str = ""
    """8 chances in 10 of the cost; empty = as good as known, or not shown."""
    flips: str = ""
    """That it may turn out the other way: dearer where it saves; empty = hardly."""
    catch: str = ""
    """What to know of it; of one that cannot be on, why not."""
    source: str = ""
    """What was measured of it, and who says so."""
    subject: str = ""
    """What that was measured on."""
    here: bool = True
    """Whether it has something to change on this plan, were the others off."""

    @property
    def words(self) -> str:
        """It on one line."""
        if not self.id:
            return self.name
        if not self.can:
            return f"{self.name}: {self.catch}"
        said = f"{self.name}, {(tr('on') if self.on else tr('off'))}: {self.cost}"
        said = f"{said}, {self.time}" if self.time else said
        return "; ".join(part for part in (said, self.likely_words) if part)

    @property
    def likely_words(self) -> str:
        """Its range in a sentence; empty = as good as known, or not shown."""
        if not self.likely:
            return ""
        return tr("8 chances in 10: {likely}", likely=self.likely) + (f", {self.flips}" if self.flips else "")

    @property
    def more(self) -> str:
        """What else there is to know, a line each."""
        measured = tr("Measured: {source}, on {subject}", source=self.source, subject=self.subject)
        return "\n".join(each for each in (self.change, self.catch if self.can else "", measured) if each)

    @property
    def tip(self) -> str:
        """All of it, for who points at it."""
        return f"{self.words}\n{self.more}" if self.id else ""


@dataclass(frozen=True, slots=True)
class RackView:
    """What the rack shows."""

    said: Said
    rows: tuple[RackRow, ...]
    total: str
    """What the tried plan costs."""
    delta: str
    """What it costs and takes more than the plan; empty while nothing is on."""
    dearer: bool
    note: str
    """What the tried plan is beside its cost."""
    beside: str
    """What became of those chosen, or would be counted twice."""
    full_usd: float
    """USD of the longest bar: of the largest saving, where anything saves."""

    @property
    def result(self) -> str:
        """What the tried plan comes to, on one line."""
        cost = (
            tr("{total}, {delta} against the plan", total=self.total, delta=self.delta)
            if self.delta
            else self.total
        )
        return f"{cost}. {self.note}"


def rack_view(found: Rack, chosen: Sequence[str], catalog: Catalog) -> RackView:
    """The rack as rows.

    Args:
        chosen: ids of the techniques whose switches are on, which may be ahead of what ``found`` was worked
            out for.
    """
    rows: list[RackRow] = []
    placed = [(_heading(each), each) for each in found.techniques]
    for heading in (*GROUPS.values(), ABSENT, UNMODELLED):
        mine = [_row(each, chosen, catalog) for place, each in placed if place == heading]
        rows += [RackRow(heading), *mine] if mine else []
    on = [each for each in found.techniques if each.on]
    deltas = [each.delta_usd for each in found.techniques if each.delta_usd is not None]
    least, most = min(deltas, default=0.0), max(deltas, default=0.0)
    said = Said(_title(found), SUBTITLE, " ".join((f"{rack_said(found)}.", *together_said(found))))
    return RackView(
        said,
        tuple(rows),
        format_money(found.together.total_usd),
        _delta(found) if on else "",
        found.combined_usd > 0,
        _note(found, on),
        " ".join(_dropped(found, chosen)) or counted_twice(found) or TOGETHER,
        # What costs many times what any of them saves would leave the others no bar.
        -least if least < 0 else most,
    )


def _heading(each: Technique) -> str:
    """Where a technique stands, whatever is on: a row that moved would move under the mouse."""
    if each.row.unmodelled:
        return UNMODELLED
    return GROUPS[each.row.group] if each.after is not None or each.crowded else ABSENT


def _row(each: Technique, chosen: Sequence[str], catalog: Catalog) -> RackRow:
    row = each.row
    if each.after is None:
        most = (
            tr(" At most {signed_money} here.", signed_money=signed_money(each.most_usd))
            if each.most_usd is not None
            else ""
        )
        return RackRow(
            row.label,
            row.id,
            catch=f"{each.why_not}{most}",
            source=_source(each),
            subject=row.sources[0].subject,
            here=each.crowded,
        )
    beside = what_else(each)
    return RackRow(
        row.label,
        row.id,
        on=row.id in chosen,
        can=True,
        change="; ".join(part for part in (change_words(each.changed, catalog), beside) if part),
        delta_usd=each.delta_usd,
        cost=signed_money(each.delta_usd or 0.0),
        time=_time_said(each.delta_days or 0.0),
        likely=_likely(each.likely),
        flips=_flips(each),
        catch=row.catch,
        source=_source(each),
        subject=row.sources[0].subject,
    )


def _likely(span: DeltaRange | None) -> str:
    if span is None:
        return ""
    low, high = signed_money(span.low_usd), signed_money(span.high_usd)
    return "" if low == high else ends_said(low, high)


def _flips(each: Technique) -> str:
    """That what saves may cost more, or the other way round, with its chance."""
    if each.likely is None or not each.delta_usd:
        return ""
    saves = each.delta_usd < 0.0
    other = each.likely.dearer if saves else 1.0 - each.likely.dearer
    if other < FLIPS:
        return ""
    return tr(
        "{chance_said} that it {word}",
        chance_said=chance_said(other),
        word=tr("costs more") if saves else tr("costs no more"),
    )


FLIPS = 0.01
"""Chance of the other sign from which on it is said."""


def _source(each: Technique) -> str:
    first = each.row.sources[0]
    figure = capital(first.figure)
    return f"{figure} · {source_said(first)}, {first.date}"


def _title(found: Rack) -> str:
    on = [each for each in found.techniques if each.on]
    if on:
        usd = found.combined_usd
        names = (
            on_names(on)
            if len(on) <= 2
            else tr("{counted} together", counted=format_counted(len(on), "technique"))
        )
        return f"{names}: {format_money(abs(usd))} {(tr('more') if usd > 0 else tr('less'))}"
    for group, words in (("same", tr("For the same model")), ("another", tr("With another model"))):
        if best := saves_most(found, group):
            return tr(
                "{words} '{label}' saves most: {money}",
                words=words,
                label=best.row.label,
                money=format_money(-(best.delta_usd or 0.0)),
            )
    return rack_said(found)


def _delta(found: Rack) -> str:
    usd, base = found.combined_usd, found.base.total_usd
    share = f" ({signed_share(usd / base)})" if base else ""
    return f"{signed_money(usd)}{share}, {_time_said(found.together.days - found.base.days)}"


def _time_said(days: float) -> str:
    said = days_said(days)
    return tr("same time") if said == "0" else said


def _dropped(found: Rack, chosen: Sequence[str]) -> list[str]:
    """Techniques that were switched on and have nothing to change since the plan is another."""
    gone = [each for each in found.techniques if each.row.id in chosen and each.after is None]
    return [
        tr("{label} is not tried any more: {why_not}", label=each.row.label, why_not=each.why_not)
        for each in gone
    ]


def _note(found: Rack, on: Sequence[Technique]) -> str:
    """What the tried plan is beside its cost."""
    if not on:
        return NOTHING_ON
    base, now = found.base, found.together
    said = [
        tr(
            "{duration} -> {duration_2} on the accelerators",
            duration=format_duration(base.days),
            duration_2=format_duration(now.days),
        )
    ]
    said += [] if now.fits else [tr("does not fit in memory")]
    said += loss_change(base.loss, now.loss)
    return tr("Tried, not applied: {list}.", list=", ".join(said))


def rack_table(found: Rack | None, catalog: Catalog) -> Table:
    """Every technique as a line."""
    ranged = found is not None and any(each.likely is not None for each in found.techniques)
    columns = (
        Column(tr("Technique"), key="technique"),
        Column(tr("Switched on"), key="on"),
        Column(tr("Cost"), _cost, right=True, key="delta_usd"),
        Column(tr("Time"), _time, right=True, key="delta_days"),
        *(Column(name, _cost, right=True, key=key) for name, key in RANGE_COLUMNS if ranged),
        Column(tr("Group"), key="group"),
        Column(tr("Change"), key="change"),
        Column(tr("Catch"), key="catch"),
        Column(tr("Why not"), key="why_not"),
        Column(tr("Measured"), key="measured"),
        Column(tr("Source"), key="source"),
        Column(tr("Date"), key="date"),
    )
    rows = tuple(
        (
            each.row.label,
            tr("on") if each.on else tr("off") if each.after is not None else tr("not possible"),
            "" if each.delta_usd is None else each.delta_usd,
            "" if each.delta_days is None else each.delta_days,
            *(_ends(each.likely) if ranged else ()),
            _heading(each),
            change_words(each.changed, catalog),
            each.row.catch,
            each.why_not,
            measured(each.row),
            each.row.sources[0].source,
            each.row.sources[0].date,
        )
        for each in (found.techniques if found is not None else ())
    )
    return Table(columns, rows)


RANGE_COLUMNS = ((tr("1 in 10 below"), "low_usd"), (tr("1 in 10 above"), "high_usd"))


def _ends(span: DeltaRange | None) -> tuple[float | str, float | str]:
    return ("", "") if span is None else (span.low_usd, span.high_usd)


def _cost(usd: float | str) -> str:
    return usd if isinstance(usd, str) else signed_money(usd)


def _time(days: float | str) -> str:
    return days if isinstance(days, str) else days_said(days)


# What is done with what is tried


def apply_words(found: Rack) -> str:
    """What the undo step that applies the tried plan is called."""
    return tr("Apply {named}", named=_named(found))


def tried_name(scenario: str, found: Rack) -> str:
    """What a scenario with the tried techniques is called."""
    return tr("{scenario} with {named}", scenario=scenario, named=_named(found))


def add_words(name: str) -> str:
    """What the undo step that adds the tried plan is called."""
    return tr("Add {name}", name=name)


def added_said(name: str) -> str:
    """That the tried plan is now a scenario."""
    return tr("Added as '{name}': {added}.", name=name, added=ADDED)


def _named(found: Rack) -> str:
    on = [each.row.label for each in found.techniques if each.on]
    return (
        listed(on)
        if len(on) <= 2
        else tr("{on} and {counted}", on=on[0], counted=format_counted(len(on) - 1, "other technique"))
    )
