"""The rack of techniques: what each would change on a plan, who measured it, and their sum together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from isocost.catalog import Catalog
from isocost.catalog.constants.techniques import Measurement, TechniqueRow
from isocost.language import listed, tr
from isocost.plan.compare.differences import Difference
from isocost.plan.compare.rack import Outcome, Rack, Technique
from isocost.quantities import format_counted, format_duration, format_fixed, format_money
from isocost.report.decisions.words import input_label, signed_money, unsigned_share, value_words
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

GROUPS = {"same": tr("The same model"), "another": tr("Another model, or one that can do something else")}
ABSENT, UNMODELLED = tr("Not in this plan"), tr("Known, and not modelled")
"""Headings of those that have nothing to change."""
SHOWN = 3
"""Inputs of a technique that are written out; the rest are counted."""
LEAST_DAYS = 0.05
LEAST_LOSS = 0.0005


def told(title: str, found: Rack, catalog: Catalog) -> Told:
    """Every technique on a plan."""
    here = [each for each in found.techniques if each.after is not None]
    sections = [Section("", tuple(together_said(found)))]
    for group, heading in GROUPS.items():
        rows = [each for each in here if each.row.group == group]
        sections += [Section(heading, (), _shown(rows, catalog))] if rows else []
    absent = [each for each in found.techniques if each.after is None and not each.row.unmodelled]
    sections += [Section(ABSENT, (), _absent(absent))] if absent else []
    unmodelled = [each for each in found.techniques if each.row.unmodelled]
    sections += [Section(UNMODELLED, (), _unmodelled(unmodelled))] if unmodelled else []
    sections.append(Section(tr("Who says so"), (), _sources([each.row for each in found.techniques])))
    return Told(
        title=title,
        finding=rack_said(found),
        sections=tuple(sections),
        tree=_tree(found, catalog),
        rows=_rows(found, catalog),
    )


def rack_said(found: Rack) -> str:
    """What those that are on come to together, and which of the others would save most."""
    on = [each for each in found.techniques if each.on]
    most = _most(found)
    if not on:
        return (
            tr("Most is saved by {most}", most=most)
            if most
            else tr("No technique saves anything on this plan")
        )
    return (
        tr("{on_said}; of the others most is saved by {most}", on_said=_on_said(on, found), most=most)
        if most
        else _on_said(on, found)
    )


def _on_said(on: Sequence[Technique], found: Rack) -> str:
    usd, total = found.combined_usd, found.base.total_usd
    share = f", {unsigned_share(usd / total)}" if total and usd else ""
    return f"{on_names(on)}: {format_money(abs(usd))} {(tr('more') if usd > 0 else tr('less'))}{share}"


def on_names(on: Sequence[Technique]) -> str:
    """Techniques by their names: "FP8 matmuls and Spot together"."""
    names = [each.row.label for each in on]
    return names[0] if len(names) == 1 else tr("{names} together", names=listed(names))


def _most(found: Rack) -> str:
    """What saves most of the techniques that are off and run: of the same model, and of another."""
    said = []
    for group, words in (("same", tr("the same model")), ("another", tr("another model"))):
        if best := saves_most(found, group):
            label, usd = best.row.label, best.delta_usd or 0.0
            said.append(
                tr("'{label}' ({words}, {money} less)", label=label, words=words, money=format_money(-usd))
            )
    return listed(said, "or")


def saves_most(found: Rack, group: str) -> Technique | None:
    """What saves most of a group's techniques that are off and run; None = none of them saves."""
    savings = [
        each
        for each in found.techniques
        if each.row.group == group and not each.on and (each.delta_usd or 0.0) < 0.0 and _runs(each)
    ]
    return min(savings, key=lambda each: (each.delta_usd or 0.0, each.row.label), default=None)


def _runs(each: Technique) -> bool:
    return each.after is not None and each.after.fits


def together_said(found: Rack) -> list[str]:
    """What those that are on come to together, beside what they promise one by one."""
    base, now = found.base, found.together
    on = [each for each in found.techniques if each.on]
    said = [tr("The plan as it stands: {outcome}.", outcome=_outcome(base))]
    if on:
        said.append(
            tr(
                "With {list}: {outcome}.",
                list=", ".join(each.row.label for each in on),
                outcome=_outcome(now),
            )
        )
    said += [words] if (words := counted_twice(found)) else []
    said.append(tr("Each figure is on top of what is on, worked out anew on this plan."))
    return said


def counted_twice(found: Rack) -> str:
    """What several together come to, beside what they promise one by one; empty for one or none."""
    if sum(each.on for each in found.techniques) < 2:
        return ""
    twice = found.combined_usd - found.promised_usd
    return tr(
        "One by one they come to {signed_money}, together to {signed_money_2}: {money} would "
        "be counted twice.",
        signed_money=signed_money(found.promised_usd),
        signed_money_2=signed_money(found.combined_usd),
        money=format_money(abs(twice)),
    )


def _outcome(each: Outcome) -> str:
    parts = [
        format_money(each.total_usd),
        tr("{duration} on the accelerators", duration=format_duration(each.days)),
    ]
    parts += [] if each.fits else [tr("does not fit in memory")]
    parts += [tr("predicted loss {fixed}", fixed=format_fixed(each.loss, 3))] if each.loss is not None else []
    return ", ".join(parts)


def change_words(changed: Sequence[Difference], catalog: Catalog) -> str:
    """What a technique changes: "BF16 -> FP8"; several inputs by their names."""
    said = []
    for each in changed[:SHOWN]:
        before, after = (value_words(each.path, value, catalog) for value in (each.a, each.b))
        label = "" if len(changed) == 1 else f"{input_label(each.path, lone=each.lone)} "
        said.append(f"{label}{before} -> {after}")
    more = len(changed) - SHOWN
    return "; ".join(said) + (f"; {format_counted(more, 'more input')}" if more > 0 else "")


def what_else(each: Technique) -> str:
    """What a technique does beside the cost: to the fit, to the loss."""
    if each.after is None or each.before is None:
        return ""
    said = []
    if not each.after.fits:
        said.append(tr("does not fit in memory"))
    elif not each.before.fits:
        said.append(tr("makes it fit in memory"))
    return "; ".join((*said, *loss_change(each.before.loss, each.after.loss)))


def loss_change(old: float | None, new: float | None) -> tuple[str, ...]:
    """What becomes of a predicted loss; empty where it stays, or there was none."""
    if old is None:
        return ()
    if new is None:
        return (tr("its loss is not predicted"),)
    if abs(new - old) < LEAST_LOSS:
        return ()
    return (
        tr("predicted loss {fixed} -> {fixed_2}", fixed=format_fixed(old, 3), fixed_2=format_fixed(new, 3)),
    )


def days_said(days: float) -> str:
    """A difference of time with its sign; 0 where it is too short to tell."""
    if abs(days) < LEAST_DAYS:
        return "0"
    return f"{'+' if days > 0 else '-'}{format_duration(abs(days))}"


def _shown(rows: Sequence[Technique], catalog: Catalog) -> Table:
    columns = (
        Column(tr("Switched on")),
        Column(tr("Technique")),
        Column(tr("Cost"), signed_money, right=True),
        Column(tr("Time"), days_said, right=True),
        Column(tr("Change")),
        Column(tr("Beside")),
        Column(tr("Catch")),
        Column(tr("Name")),
    )
    return Table(
        columns,
        tuple(
            (
                "on" if each.on else "",
                each.row.label,
                each.delta_usd,
                each.delta_days,
                change_words(each.changed, catalog),
                what_else(each) or None,
                each.row.catch,
                each.row.id,
            )
            for each in rows
        ),
    )


def _absent(rows: Sequence[Technique]) -> Table:
    columns = (Column(tr("Technique")), Column(tr("Why")), Column(tr("Measured elsewhere")))
    return Table(columns, tuple((each.row.label, each.why_not, measured(each.row)) for each in rows))


def _unmodelled(rows: Sequence[Technique]) -> Table:
    columns = (
        Column(tr("Technique")),
        Column(tr("Why")),
        Column(tr("Most it could do here")),
        Column(tr("Measured")),
    )
    return Table(
        columns,
        tuple(
            (
                each.row.label,
                each.why_not,
                None if each.most_usd is None else signed_money(each.most_usd),
                measured(each.row),
            )
            for each in rows
        ),
    )


def measured(row: TechniqueRow) -> str:
    """What was measured of a technique first, and on what."""
    first = row.sources[0]
    return f"{first.figure} ({first.subject})"


def source_said(source: Measurement) -> str:
    """Who says what was measured, and whether that was read again."""
    return source.source + (tr(" (not read again)") if source.recalled else "")


def _sources(rows: Sequence[TechniqueRow]) -> Table:
    columns = (
        Column(tr("Technique")),
        Column(tr("Measured")),
        Column(tr("Switched on")),
        Column(tr("Source")),
        Column(tr("Date")),
    )
    return Table(
        columns,
        tuple(
            (
                row.label,
                each.figure,
                each.subject,
                source_said(each),
                each.date,
            )
            for row in rows
            for each in row.sources
        ),
    )


# For other programs


def _tree(found: Rack, catalog: Catalog) -> dict[str, Any]:
    return {
        "base": _outcome_tree(found.base),
        "on": [each.row.id for each in found.techniques if each.on],
        "together": _outcome_tree(found.together),
        "combined_usd": found.combined_usd,
        "one_by_one_usd": found.promised_usd,
        "techniques": [_technique_tree(each, catalog) for each in found.techniques],
    }


def _outcome_tree(each: Outcome) -> dict[str, Any]:
    return {
        "cost_usd": each.total_usd,
        "wall_days": each.days,
        "programme_days": each.programme_days,
        "gpu_hours": each.gpu_hours,
        "fits": each.fits,
        "loss": each.loss,
    }


def _technique_tree(each: Technique, catalog: Catalog) -> dict[str, Any]:
    return {
        "id": each.row.id,
        "label": each.row.label,
        "group": each.row.group,
        "on": each.on,
        "modelled": not each.row.unmodelled,
        "applies": each.after is not None,
        "why_not": each.why_not,
        "delta_usd": each.delta_usd,
        "delta_days": each.delta_days,
        "alone_usd": each.alone_usd,
        "at_most_usd": each.most_usd,
        "fits": None if each.after is None else each.after.fits,
        "loss_before": None if each.before is None else each.before.loss,
        "loss_after": None if each.after is None else each.after.loss,
        "changes": [
            {
                "path": one.path,
                "before": value_words(one.path, one.a, catalog),
                "after": value_words(one.path, one.b, catalog),
            }
            for one in each.changed
        ],
        "catch": each.row.catch,
        "sources": [
            {
                "figure": one.figure,
                "on": one.subject,
                "source": one.source,
                "date": one.date,
                "recalled": one.recalled,
            }
            for one in each.row.sources
        ],
    }


def _rows(found: Rack, catalog: Catalog) -> Table:
    keys = ("id", "group", "on", "delta_usd", "delta_days", "change", "why_not", "catch", "source")
    rows = tuple(
        (
            each.row.id,
            each.row.group,
            "on" if each.on else "",
            each.delta_usd,
            each.delta_days,
            change_words(each.changed, catalog),
            each.why_not,
            each.row.catch,
            each.row.sources[0].source,
        )
        for each in found.techniques
    )
    return Table(tuple(Column(key) for key in keys), rows)
