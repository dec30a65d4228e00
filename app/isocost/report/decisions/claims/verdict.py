"""A claim judged, in sentences and tables: the verdict, four checks, what is left out, two ways out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isocost.catalog.entries.claims import ClaimEntry, LeftOut
from isocost.language import capital, in_sentence, listed, tr
from isocost.plan.claims.checked import Checked
from isocost.plan.claims.checks.check import FAR_LESS, Check, times_words
from isocost.plan.claims.terms import JOBS, Terms, as_told, dollars, scientific
from isocost.plan.doubt.span import Range
from isocost.quantities import (
    format_count,
    format_counted,
    format_duration,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
    format_significant,
)
from isocost.quantities.units import HOURS_PER_DAY, HOURS_PER_MONTH
from isocost.report.findings.header import evidence_line
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

HEADINGS = {
    "money": tr("Money: do hours and price give the dollars?"),
    "memory": tr("Memory: does it fit?"),
    "work": tr("Work: can the hours do it?"),
    "sense": tr("Sense: where do we put it?"),
}
"""What each check asks, in their order."""
LEAST_SHARE = 0.005
"""Of the published cost: less left out is not worth a word."""
MOST_ALIKE = 3
"""Claims of the library that are named beside one's own."""
UNTOLD = tr("Neither confirmed nor refuted: too little is told to check it")
UNKNOWN = "?"
"""An amount that nobody has published."""


def claim_told(checked: Checked, unread: Sequence[str] = (), problems: Sequence[str] = ()) -> Told:
    """The verdict on a claim for every form.

    Args:
        unread: pieces of its sentence that were not understood.
        problems: what of it was left out and why, a sentence each.
    """
    said = tuple(dict.fromkeys((*problems, *checked.terms.problems)))
    return Told(
        title=title_said(checked),
        finding=verdict_said(checked),
        sections=tuple(_sections(checked, unread, said)),
        tree=_tree(checked, unread, said),
        rows=_rows(checked),
    )


def title_said(checked: Checked) -> str:
    """What the claim is of, who makes it and when."""
    entry = checked.entry
    if entry is None:
        return tr("Claim: {list}", list=" ".join(checked.terms.claim.text.split())[:160] or tr("as given"))
    return f"{entry.name}: “{entry.said}” ({entry.by}, {entry.date})"


def verdict_said(checked: Checked) -> str:
    """The verdict in one sentence with what is left out, without its full stop."""
    judged = judged_said(checked)
    upheld = checked.verdict not in ("impossible", "doubtful") and judged != UNTOLD
    return f"{judged}{_left_words(checked)}" if upheld else judged


def judged_said(checked: Checked) -> str:
    """The verdict alone, without its full stop."""
    if checked.verdict == "impossible":
        return tr("Impossible: {and_}", and_=_and(list(_against(checked))))
    if checked.verdict == "doubtful":
        return tr("Doubtful: {and_}", and_=_and(list(_against(checked))))
    if checked.verdict == "reproduces":
        return tr("Reproduces: {reproduced}", reproduced=_reproduced(checked))
    if all(check.status == "unknown" for check in checked.checks):
        return UNTOLD
    held = _and([_plausible(check, checked.terms) for check in checked.checks if check.status == "holds"])
    return tr("Plausible: {held}", held=held)


def _reproduced(checked: Checked) -> str:
    money = checked.checks[0]
    claim = checked.terms.claim
    if money.reproduces and money.ratio and claim.usd is not None:
        if claim.usd_per_gpu_hour is not None:
            return tr(
                "hours and price give {dollars}, {dollars_2} are told",
                dollars=dollars(claim.usd / money.ratio),
                dollars_2=as_told(claim.usd),
            )
        price, told = checked.terms.price, as_told(claim.usd)
        if money.outcome == "bounded":
            usual = dollars(claim.usd / money.ratio)
            return tr(
                "{usual} at the newest usual price, {bound} {told} are told",
                usual=usual,
                bound=claim.bound,
                told=told,
            )
        asked = format_money(price.value) if price is not None else UNKNOWN
        whose = tr("is asked") if money.outcome == "asked" else tr("authors of claims assume")
        return tr("{told} is {asked} an hour, a price that {whose}", told=told, asked=asked, whose=whose)
    work, other = checked.checks[2], claim.compared
    if other is None or not work.ratio:
        return tr("the numbers agree")
    counted, said = (format_share(share) for share in (other.share / work.ratio, other.share))
    limit = f"{claim.bound} " if claim.bound else ""
    return tr(
        "by our count {counted} of the work of {model}, {limit}{said} are told",
        counted=counted,
        model=other.model,
        limit=limit,
        said=said,
    )


def _plausible(check: Check, terms: Terms) -> str:
    if check.outcome == "text":
        return tr("more text than is usual would explain it")
    taken = _taken_words(terms) if check.ratio is not None else ""
    return {
        "money": tr("the money {short}", short=check.short)
        if check.outcome in ("sums", "asked")
        else tr("the price is {short}", short=check.short),
        "memory": tr("it fits"),
        "work": tr("the hours can do the work"),
        "sense": f"{tr('it is {short}', short=check.short)}{taken}",
    }[check.name]


def _against(checked: Checked) -> Iterator[str]:
    """What speaks against a claim, the gravest first."""
    terms, by_name = checked.terms, {str(check.name): check for check in checked.checks}
    work, memory, money, sense = (by_name[n] for n in ("work", "memory", "money", "sense"))
    text = _text_words(terms)
    if work.status in ("impossible", "doubtful"):
        if work.outcome == "share":
            yield tr("the hours are {short} of the work{text}", short=work.short, text=text)
        elif work.outcome == "times":
            yield tr("{lacking} too much work{text}", lacking=work.lacking, text=text)
        elif work.outcome == "bits":
            yield tr("the hours suffice {short}", short=work.short)
        else:
            yield tr("its numbers contradict each other")
    if memory.status == "doubtful":
        yield tr("it does not fit")
    if money.status == "doubtful":
        yield (
            tr("the price is {short}", short=money.short)
            if money.outcome == "priced"
            else tr("hours and price do not give the dollars")
        )
    if sense.status == "doubtful" and work.status not in ("impossible",):
        if sense.ratio is not None and sense.outcome == "below" and sense.ratio < FAR_LESS:
            less = times_words(1.0 / sense.ratio)
            yield tr("{less} less than we estimate{assumed}", less=less, assumed=_taken_words(terms))
        elif sense.ratio is not None and sense.outcome in ("below", "above"):
            times = format_significant(sense.ratio, 2) if sense.ratio < 100 else format_count(sense.ratio)
            yield tr("{times} times what we estimate{assumed}", times=times, assumed=_taken_words(terms))
        else:
            yield tr("so little text makes no model")
    if checked.slips and all(each.status not in ("impossible", "doubtful") for each in checked.checks):
        yield tr("its numbers agree only with one of them corrected")


def _taken_words(terms: Terms) -> str:
    """The text a verdict is for, where the claim does not tell it."""
    return _text_words(terms) if terms.tokens is not None and not terms.tokens.told else ""


def _text_words(terms: Terms) -> str:
    """The text a verdict is for; "taken" where the claim does not tell it."""
    if terms.tokens is None:
        return ""
    read = tr("{quantity} tokens", quantity=format_quantity(terms.tokens.value, "number"))
    return (
        tr(" for {read}", read=read) if terms.tokens.told else tr(" for the {read} we have taken", read=read)
    )


def _left_words(checked: Checked) -> str:
    """What is left out: the share and the lines of what is published, and what nobody has said."""
    share = checked.left_share
    if share is None or share < LEAST_SHARE:
        return ""
    known = _and([_lower(each.line) for each in checked.left_out if each.usd is not None])
    unknown = _and([_lower(each.line) for each in checked.left_out if each.usd is None])
    unsaid = tr(", and what nobody has said: {unknown}", unknown=unknown) if unknown else ""
    return tr(
        "; it leaves out {share} of the published cost ({known}){unsaid}",
        share=format_share(share, decimals=0),
        known=known,
        unsaid=unsaid,
    )


def _lower(line: str) -> str:
    """A line within a sentence: its first word small unless it is a name."""
    first = line.split()[0] if line.split() else ""
    named = first[1:] != first[1:].lower() or any(letter.isdigit() for letter in first)
    return line if named else in_sentence(line)


def _and(parts: Sequence[str]) -> str:
    # Where a part lists things itself, semicolons keep the parts apart.
    if len(parts) > 1 and any("," in part or tr(" and ") in part for part in parts):
        return "; ".join(parts)
    return listed(parts)


def story_said(words: str) -> str:
    """A slip as our reading of a claim."""
    return tr("The likeliest story, by our reading: {words}.", words=words)


def understood_said(terms: Terms) -> tuple[tuple[str, str], ...]:
    """What a claim was understood to tell: pairs of a name and a value."""
    claim = terms.claim
    pairs = (
        (tr("Model"), claim.model or _size_words(terms)),
        (tr("Job"), JOBS[claim.job] if claim.job is not None else ""),
        (tr("Tokens"), format_quantity(claim.tokens, "number") if claim.tokens is not None else ""),
        (tr("Epochs"), format_significant(claim.epochs) if claim.epochs is not None else ""),
        (tr("Work"), f"{scientific(claim.flops)} FLOP" if claim.flops is not None else ""),
        (tr("On"), _hardware_words(terms)),
        (tr("For"), _time_words(claim.hours) if claim.hours is not None else ""),
        (tr("Hours"), terms.gpu_hours.words if terms.gpu_hours is not None and _told_hours(terms) else ""),
        (
            tr("Money"),
            f"{tr(claim.bound) if claim.bound else ''} {as_told(claim.usd)}".strip()
            if claim.usd is not None
            else "",
        ),
        (
            tr("Price"),
            tr("{money} an hour", money=as_told(claim.usd_per_gpu_hour, format_money))
            if claim.usd_per_gpu_hour
            else "",
        ),
        ("MFU", format_quantity(claim.mfu, "share") if claim.mfu is not None else ""),
        (tr("Format"), claim.precision.upper()),
    )
    return tuple((name, value) for name, value in pairs if value)


def _told_hours(terms: Terms) -> bool:
    return terms.claim.gpu_hours is not None or bool(terms.claim.parts)


def _size_words(terms: Terms) -> str:
    claim = terms.claim
    if claim.parameters is None:
        return ""
    if claim.sparse and claim.active is None:
        return f"{format_quantity(claim.parameters, 'number')}, {tr('a mixture of experts')}"
    kind = (
        tr("dense")
        if claim.active is None
        else tr("{quantity} active", quantity=format_quantity(claim.active, "number"))
    )
    return f"{format_quantity(claim.parameters, 'number')}, {kind}"


def _hardware_words(terms: Terms) -> str:
    count = terms.claim.count
    if count is None:
        return terms.accelerator if terms.claim.accelerator is not None else ""
    name = (
        terms.accelerator
        if terms.entry is not None
        else (tr("accelerator") if count == 1 else tr("accelerators"))
    )
    return f"{format_count(count)} {name}"


def _time_words(hours: float) -> str:
    days, months = hours / HOURS_PER_DAY, hours / HOURS_PER_MONTH
    if months >= 1.0 and months == round(months):
        return f"{format_counted(months, 'month')}, {format_quantity(hours, 'hours')}"
    whole = days >= 2.0 and abs(days - round(days, 1)) < 1e-6
    if hours < 1.0:
        return format_duration(days)
    return (
        tr("{significant} days", significant=format_significant(days, 4))
        if whole
        else format_quantity(hours, "hours")
    )


def ours_said(checked: Checked) -> tuple[str, ...]:
    """Our estimate with its range, and what it rests on; empty = we have none."""
    ours = checked.ours
    if ours is None:
        return ()
    noun = checked.terms.noun
    hours = _between(ours.hours, format_rounded)
    # Held against the told ones the hours stand in the last check already.
    compared = checked.checks[-1].ratio is not None
    said = (
        []
        if compared
        else [tr("{noun}-hours on {words}: {hours}.", noun=noun, words=ours.words, hours=hours)]
    )
    if ours.usd is not None:
        said.append(
            tr("Dollars: {between}; at {rate}.", between=_between(ours.usd, format_money), rate=ours.rate)
        )
    return (*said, *rests_said(checked))


def rests_said(checked: Checked) -> tuple[str, ...]:
    """What our estimate rests on; empty = we have none."""
    ours = checked.ours
    if ours is None:
        return ()
    evidence = () if ours.evidence is None else (f"{evidence_line(ours.evidence)}.",)
    return (*evidence, *_paragraphs(checked.ours_words))


def _between(span: Range, show: Any) -> str:
    return tr(
        "{show}; 8 chances in 10 between {show_2} and {show_3}",
        show=show(span.p50),
        show_2=show(span.p10),
        show_3=show(span.p90),
    )


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of a plan's notes that say how independent of the claim it is."""
    for paragraph in text.split("\n\n"):
        words = " ".join(paragraph.split())
        if words and not words.startswith("Sources:"):
            yield words


def _sections(checked: Checked, unread: Sequence[str], problems: Sequence[str]) -> Iterator[Section]:
    terms, entry = checked.terms, checked.entry
    told = tuple(f"{name}: {value}" for name, value in understood_said(terms))
    said = [*told, *terms.taken.values()]
    missing = [each for each in terms.missing if each != "tokens" or terms.tokens is None]
    if missing:
        said.append(tr("Not told: {list}.", list=", ".join(map(tr, missing))))
    if unread:
        said.append(tr("Not read: {list}.", list=", ".join(unread)))
    yield Section(tr("Understood"), (*said, *problems))
    for check in checked.checks:
        yield Section(f"{HEADINGS[check.name]} {capital(check.short)}", check.words)
    if checked.slips:
        yield Section(tr("What may have happened"), tuple(story_said(slip.words) for slip in checked.slips))
    if checked.ours is not None:
        yield Section(tr("Our estimate"), ours_said(checked))
    if entry is not None and entry.includes:
        yield Section(tr("What it includes"), tuple(f"{each}." for each in entry.includes))
    if checked.left_out:
        priced = any(each.usd is not None for each in checked.left_out)
        table = _left_table(checked.left_out) if priced else None
        yield Section(tr("What it leaves out"), _left_said(checked), table)
    if checked.needs:
        yield Section(tr("What would have to be true"), tuple(f"{need.words}." for need in checked.needs))
    if checked.buys and checked.told_usd is not None:
        yield Section(
            tr("What {dollars} does buy", dollars=dollars(checked.told_usd)),
            tuple(f"{buy.words}." for buy in checked.buys),
        )
    if checked.alike:
        found = tuple(f"{e.id}: “{e.said}” ({e.by}, {e.date})." for e in checked.alike[:MOST_ALIKE])
        yield Section(tr("In the library"), found)
    if entry is not None:
        note = (entry.note,) if entry.note else ()
        yield Section(
            "Source",
            (
                tr("{source}; read {sources_read}.", source=entry.source, sources_read=entry.sources_read),
                *note,
            ),
        )


def _left_said(checked: Checked) -> tuple[str, ...]:
    share = checked.left_share
    if share is None:
        if any(each.usd is not None for each in checked.left_out):
            return ()
        names = _and([_lower(each.line) for each in checked.left_out])
        return (
            tr(
                "{names}. Nobody has published what these cost.",
                names=capital(names),
            ),
        )
    told = (
        tr("{dollars} told", dollars=as_told(checked.told_usd))
        if checked.told_usd is not None
        else tr("what is told")
    )
    return (
        tr(
            "{share} of what is published, beside {told}; {unknown} = nobody has said.",
            share=format_share(share),
            told=told,
            unknown=UNKNOWN,
        ),
    )


def _left_table(left: Sequence[LeftOut]) -> Table:
    columns = (
        Column(tr("Left out")),
        Column(tr("Amount"), right=True),
        Column(tr("Which is")),
        Column(tr("Where it stands")),
    )
    rows = tuple(
        (each.line, UNKNOWN if each.usd is None else dollars(each.usd), _kind(each), each.source or None)
        for each in left
    )
    return Table(columns, rows)


def _kind(left: LeftOut) -> str | None:
    return None if left.usd is None else left.kind


def _tree(checked: Checked, unread: Sequence[str], problems: Sequence[str]) -> dict[str, Any]:
    terms, entry, ours = checked.terms, checked.entry, checked.ours
    return {
        "verdict": checked.verdict,
        "finding": verdict_said(checked),
        "ratio": checked.ratio,
        "ratio_of": checked.ratio_of or None,
        "claimed": _claimed(checked),
        "recomputed": _recomputed(checked),
        "ours": None if ours is None or ours.usd is None else _span(ours.usd),
        "ours_gpu_hours": None if ours is None else _span(ours.hours),
        "ours_wall_days": None if ours is None else _span(ours.days),
        "ours_count": None if ours is None else ours.count,
        "evidence": None if ours is None or ours.evidence is None else ours.evidence.word,
        "reasons": list(_reasons(checked)),
        "checks": [_check(check) for check in checked.checks],
        "slips": [{"id": slip.id, "words": story_said(slip.words)} for slip in checked.slips],
        "includes": list(entry.includes) if entry is not None else [],
        "left_out": [
            {"line": e.line, "usd": e.usd, "kind": _kind(e), "source": e.source or None}
            for e in checked.left_out
        ],
        "left_out_share": checked.left_share,
        "would_need": [
            {"what": n.what, "value": n.value, "unit": n.unit, "usd": n.usd, "words": n.words}
            for n in checked.needs
        ],
        "buys": [_buy(buy) for buy in checked.buys],
        "alike": [each.id for each in checked.alike],
        "taken": list(terms.taken.values()),
        "missing": list(terms.missing),
        "unread": list(unread),
        "problems": list(problems),
        "id": entry.id if entry is not None else None,
        "name": entry.name if entry is not None else None,
        "by": entry.by if entry is not None else None,
        "basis": entry.basis if entry is not None else None,
        "date": entry.date if entry is not None else None,
        "source": entry.source if entry is not None else None,
    }


def _span(span: Range) -> dict[str, float]:
    return {"p10": span.p10, "p50": span.p50, "p90": span.p90}


def _check(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "status": check.status,
        "short": check.short,
        "ratio": check.ratio,
        "words": list(check.words),
    }


def _buy(buy: Any) -> dict[str, Any]:
    names = ("kind", "model", "parameters", "tokens", "count", "days", "usd", "words")
    return {name: getattr(buy, name) for name in names}


def _reasons(checked: Checked) -> Iterator[str]:
    """The words of every check that says something, and the stories."""
    for check in checked.checks:
        if check.status != "unknown":
            yield from check.words
    yield from (story_said(slip.words) for slip in checked.slips)


def _claimed(checked: Checked) -> Mapping[str, Any]:
    claim = checked.terms.claim
    return {
        "text": claim.text,
        "job": claim.job,
        "model": claim.model,
        "parameters": claim.parameters,
        "active_parameters": claim.active,
        "tokens": claim.tokens,
        "accelerator": claim.accelerator,
        "count": claim.count,
        "hours": claim.hours,
        "gpu_hours": claim.gpu_hours,
        "usd": claim.usd,
        "usd_per_gpu_hour": claim.usd_per_gpu_hour,
        "mfu": claim.mfu,
        "precision": claim.precision or None,
        "bound": claim.bound or None,
    }


def _recomputed(checked: Checked) -> Mapping[str, Any]:
    terms = checked.terms
    money, _, work, _ = checked.checks
    hours = terms.gpu_hours.value if terms.gpu_hours is not None else None
    usd = terms.usd.value if terms.usd is not None and terms.claim.usd is None else None
    if money.ratio and terms.claim.usd is not None:
        usd = terms.claim.usd / money.ratio
    least = hours / work.ratio if hours is not None and work.ratio and terms.claim.compared is None else None
    mfu = next((need.value for need in checked.needs if need.what == "mfu"), None)
    tokens, counted = terms.tokens, terms.counted
    return {
        "gpu_hours": hours,
        "usd": usd,
        "usd_per_gpu_hour": terms.price.value if terms.price is not None else None,
        "flops": terms.work.flops if terms.work is not None else None,
        "mfu": mfu,
        "least_gpu_hours": least,
        "tokens": tokens.value if tokens is not None else None,
        "tokens_told": tokens.told if tokens is not None else None,
        "tokens_per_parameter": tokens.value / counted.active
        if tokens is not None and counted is not None
        else None,
    }


def _rows(checked: Checked) -> Table:
    columns = (Column("part"), Column("item"), Column("value", right=True), Column("unit"), Column("words"))
    rows: list[tuple[Any, ...]] = [
        ("verdict", checked.verdict, checked.ratio, tr("told over recomputed"), verdict_said(checked))
    ]
    rows += [
        (c.name, c.status, c.ratio, tr("told over recomputed"), " ".join(c.words)) for c in checked.checks
    ]
    rows += [(tr("left out"), e.line, e.usd, "USD", e.source) for e in checked.left_out]
    rows += [(tr("would need"), n.what, n.value, n.unit, n.words) for n in checked.needs]
    rows += [("buys", b.kind, b.tokens, "tokens", b.words) for b in checked.buys]
    return Table(columns, tuple(rows))


def library_told(claims: Sequence[ClaimEntry]) -> Told:
    """The library as a list."""
    columns = (Column("id"), Column("claim"), Column("by"), Column("date"), Column("group"))
    rows = tuple((c.id, c.said, c.by, c.date, c.group) for c in claims)
    groups = list(dict.fromkeys(claim.group for claim in claims))
    shown = (Column("Id"), Column(tr("Claim")), Column(tr("By")), Column(tr("Date")))
    sections = tuple(
        Section(
            capital(group),
            (),
            Table(shown, tuple((c.id, c.said, c.by, c.date) for c in claims if c.group == group)),
        )
        for group in groups
    )
    tree = {
        "claims": [
            {
                "id": c.id, "name": c.name, "said": c.said, "by": c.by, "date": c.date, "group": c.group,
                "basis": c.basis, "job": JOBS[c.job], "usd": c.usd, "source": c.source,
            }
            for c in claims
        ]
    }  # fmt: skip
    title = tr("Claims about what training took")
    return Told(
        title,
        tr("{count} claims; isocost claim ID checks one", count=len(claims)),
        sections,
        tree,
        Table(columns, rows),
    )
