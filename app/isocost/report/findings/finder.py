"""Everything that can be found by typing: inputs, commands, plans, models, accelerators and figures."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.names import normalised
from isocost.language import in_sentence, tr
from isocost.plan.answer.across.comparison import familiar
from isocost.plan.answer.chances import stage_with
from isocost.plan.answer.estimate import Answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.inputs.input import Choice, Input, problem
from isocost.plan.inputs.table import INPUTS, NUMBERS
from isocost.plan.kinds import uses
from isocost.plan.money.explain import Explanation
from isocost.plan.project.project import Place, Project, Scenario, get_value, model_of
from isocost.plan.solve.asking.asked import can_ask
from isocost.plan.solve.solution import PATHS
from isocost.quantities import MoneyUnit, QuantityError, format_count, format_quantity
from isocost.report.decisions.explain import value_said
from isocost.report.estimate_questions import LATE_WEEKS
from isocost.report.findings.charts import CHARTS
from isocost.report.findings.inputs.captions import value_words
from isocost.report.findings.inputs.offers import Offer, holding, model_offer, spelled

Kind = Literal[
    "recent", "value", "input", "solve", "chart", "command", "plan", "model", "accelerator", "figure"
]
HEADINGS: dict[Kind, str] = {
    "recent": tr("Recent"),
    "value": tr("Set"),
    "input": tr("Inputs"),
    "solve": tr("Solve"),
    "chart": tr("Charts"),
    "command": tr("Commands"),
    "plan": tr("Plans"),
    "model": tr("Models"),
    "accelerator": tr("Accelerators"),
    "figure": tr("Figures"),
}
"""What the groups are called."""
DOES: dict[Kind, str] = {
    "value": tr("set it"),
    "input": tr("go to it"),
    "solve": tr("solve for it"),
    "chart": tr("go to it"),
    "command": tr("do it"),
    "plan": "open",
    "model": tr("plan with it"),
    "accelerator": tr("plan with it"),
    "figure": "explain",
}
"""What taking one of a kind does."""
ORDER: tuple[Kind, ...] = (
    "value", "input", "solve", "accelerator", "model", "plan", "chart", "command", "figure",
)  # fmt: skip
"""Kinds that a text names as well, the likeliest to be meant first."""
HINT = tr("Any input, command, plan, model or figure; or price 3.49, 64 H200")
NOTHING = tr("Nothing is called that. Try part of a name: price, H100, Llama, export.")
IN_THE_PLAN = tr("in the plan")
MUCH_LONGER = 3
MOST_OF_A_KIND, MOST = 7, 30
"""Lines shown of a kind, and of all."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be taken."""

    kind: Kind
    key: str
    """What it is called among its kind: an input's path, a figure's key, a file."""
    name: str
    note: str = ""
    """A line about it."""
    value: str = ""
    """What the plan holds or what it comes to."""
    number: float = 0.0
    """What an input is set to."""
    parts: tuple[Found, ...] = ()
    """Of several values that are set together each one."""
    also: tuple[str, ...] = ()
    """Other words it is found by."""
    asked: int = 0
    """Place among its like by how many ask about it, the most asked first; 0 where nobody counts."""
    spellings: tuple[str, ...] = field(default=(), compare=False)
    """All of them as they are compared, the name first; made when it is made."""

    @property
    def id(self) -> str:
        """By which it is remembered: a value that was set by its input, the last of several."""
        if self.parts:
            return self.parts[-1].id
        return f"{'input' if self.kind == 'value' else self.kind}:{self.key}"

    @property
    def words(self) -> str:
        """All of it as one sentence."""
        told = (f"{self.name}, {self.value}" if self.value else self.name, self.note)
        return tr(
            "{list}. Enter: {does}.",
            list=". ".join(each.rstrip(".") for each in told if each),
            does=DOES[self.kind],
        )


def made(kind: Kind, key: str, name: str, note: str = "", value: str = "", also: Iterable[str] = ()) -> Found:
    """Something that can be taken, with its spellings as they are compared."""
    others = tuple(also)
    return Found(kind, key, name, note, value, also=others, spellings=tuple(map(normalised, (name, *others))))


# What there is


def found_inputs(project: Project, scenario: int, stage: int) -> tuple[Found, ...]:
    """Every input that bears on the scenario, with what it holds."""
    chosen = project.scenarios[scenario]
    found = []
    for path, declared in INPUTS.items():
        at = stage_of_input(chosen, path, stage)
        if at is None:
            continue
        value = _held(project, declared, scenario, at)
        note = declared.help if at == stage or len(chosen.stages) < 2 else chosen.stages[at].name
        found.append(made("input", path, declared.label, note, value, (path, declared.help)))
    return tuple(found)


def found_solves(project: Project, scenario: int, stage: int) -> tuple[Found, ...]:
    """Every input that the plan can be solved for as it stands."""
    chosen = project.scenarios[scenario]
    found = []
    for path in PATHS.values():
        at = stage_of_input(chosen, path, stage)
        if at is not None and can_ask(project, path, Place(scenario, at)):
            label = NUMBERS[path].label
            name = tr("Solve for {label}", label=in_sentence(label))
            found.append(made("solve", path, name, tr("What budget and deadline allow"), also=(path,)))
    return tuple(found)


_NAMED = re.compile(r"(?P<name>.*\S)\s+(?P<value>[-+.\d$€£¥].*)")
_NAMED_AFTER = re.compile(r"(?P<value>[-+.\d$€£¥]\S*(?:\s?%)?)\s+(?P<name>[^\d\s].*)")
"""A name and what may be a value, in either order."""
BEGUN, WELL = 1, 2
"""Ranks up to which a text begins the name of an input that is to be set, or is a part of it."""


def found_values(
    text: str, inputs: Sequence[Found], money: Sequence[MoneyUnit], well: int = WELL
) -> Iterator[Found]:
    """The inputs that a text names and gives a value, the best named first: "price 3.49", "2T tokens"; no
    value that cannot be."""
    parts = _NAMED.fullmatch(text.strip()) or _NAMED_AFTER.fullmatch(text.strip())
    if parts is None:
        return
    whole = normalised(parts["name"])
    ranked = [(rank, each) for each in inputs if (rank := _rank(each, whole, [whole])) is not None]
    for rank, each in sorted(ranked, key=lambda pair: (pair[0], len(pair[1].name))):
        declared = NUMBERS.get(each.key)
        if declared is None or rank > well:
            continue
        try:
            number = declared.read(parts["value"], money=tuple(money))
        except QuantityError:
            continue
        if problem(declared, number) is None:
            now = tr("now {value}", value=each.value) if each.value else tr("left to the estimate now")
            yield replace(
                made("value", each.key, value_words(declared, number), now, also=(text,)), number=number
            )


_APART = re.compile(r"\s*(?:[;\n]|,(?!\d)|\band\b)\s*")
"""Between two values; a comma within a number is a part of it."""
_COUNTED = re.compile(r"(?P<count>\d[\d.,' ]*?)\s?[x×]?\s(?P<name>\S.*)")
"""A number of something: "64 H200", "8x H100"."""
TOGETHER = tr("all in one step")


def found_several(
    text: str, inputs: Sequence[Found], money: Sequence[MoneyUnit], offered: Collection[str], catalog: Catalog
) -> Iterator[Found]:
    """The values that a text gives to several inputs: "7B parameters, 2T tokens, 64 H200"; none unless every
    piece of it is understood and no input is meant twice.

    Args:
        offered: ids of the accelerators that can be chosen.
    """
    parts: list[Found] = []
    pieces = [each for each in _APART.split(text.strip()) if each]
    sizes = _sizes_alone(pieces)
    for at, piece in enumerate(pieces):
        named = (
            list(found_values(sizes[at], inputs, money, BEGUN))[:1]
            if at in sizes
            else _named_things(piece, inputs, offered, catalog)
            or list(found_values(piece, inputs, money, BEGUN))[:1]
        )
        if not named:
            return
        parts += named
    keys = [_path(each) for each in parts]
    if len(parts) > 1 and len(set(keys)) == len(keys):
        # A model brings its size, an accelerator its price and, of some, its count: numbers told stand.
        parts.sort(key=lambda each: each.kind == "value")
        yield replace(
            made("value", parts[-1].key, several_words(parts), TOGETHER, also=(text,)), parts=tuple(parts)
        )


_SIZE_ALONE = re.compile(r"\d{1,6}(?:\.\d{1,6})?\s?[kmbt]", re.IGNORECASE)


def _sizes_alone(pieces: Sequence[str]) -> dict[int, str]:
    """What two sizes without a name are, by their places: people say the model's first, then its tokens'."""
    places = [at for at, piece in enumerate(pieces) if _SIZE_ALONE.fullmatch(piece)]
    if len(places) != 2:
        return {}
    labels = (NUMBERS["model.parameters"].label, NUMBERS["data.tokens"].label)
    return {at: f"{label} {pieces[at]}" for at, label in zip(places, labels, strict=True)}


def several_words(parts: Sequence[Found]) -> str:
    """Values that are set together: "64 H200, Tokens 2T"."""
    told, count = [], next((each for each in parts if each.key == "hardware.count"), None)
    counted = count is not None and any(each.kind == "accelerator" for each in parts)
    for each in parts:
        if each.kind == "accelerator" and count is not None:
            told.append(f"{format_count(count.number)} {each.name}")
        elif each is not count or not counted:
            told.append(each.name)
    return ", ".join(told)


def _path(found: Found) -> str:
    """The input that something is put into."""
    return {"model": "model.name", "accelerator": "hardware.accelerator"}.get(found.kind, found.key)


def values_of(found: Found) -> tuple[tuple[str, float | str], ...]:
    """The inputs that taking something changes, each with its value; none where it changes no input."""
    if found.parts:
        return tuple(value for part in found.parts for value in values_of(part))
    if found.kind not in ("value", "model", "accelerator"):
        return ()
    return ((_path(found), found.number if found.kind == "value" else found.key),)


def _named_things(
    text: str, inputs: Sequence[Found], offered: Collection[str], catalog: Catalog
) -> list[Found]:
    """An accelerator, a number of them, or a model, by its whole name."""
    counted = _COUNTED.fullmatch(text)
    key = catalog.accelerator_names.find(counted["name"] if counted else text)
    if key is not None and key in offered:
        accelerator = made("accelerator", key, catalog.accelerator(key).short_name)
        return [accelerator, *(_counted(counted["count"], inputs) if counted else ())]
    name = catalog.model_names.find(text)
    known = name is not None and any(name == each.name for each in catalog.named_models)
    return [made("model", name, name)] if known and name is not None else []


def _counted(text: str, inputs: Sequence[Found]) -> Iterator[Found]:
    """A count of accelerators."""
    return (each for each in found_values(f"count {text}", inputs, ()) if each.key == "hardware.count")


SHARED = frozenset({"model", "hardware", "price", "efficiency", "layout"})
"""Sections that stages share unless they have their own."""


def stage_of_input(scenario: Scenario, path: str, selected: int) -> int | None:
    """The stage in which an input stands, the selected one where it may; None = in none of them."""
    section = path.split(".")[0]
    if hasattr(scenario, section) and section not in SHARED:
        return selected
    if section == "phases":  # each phase has its own
        return None
    at, _ = stage_with(scenario, path, selected)
    stage = scenario.stages[at]
    if not uses(stage, path):
        return None
    if path == "model.parameters" and model_of(scenario, stage).name is not None:
        return at if hasattr(stage, "data") else None
    return at


def _held(project: Project, declared: Input | Choice, scenario: int, stage: int) -> str:
    """What the plan holds of an input, in words; empty where it is left to the estimator."""
    value = get_value(project, declared.path, scenario=scenario, stage=stage)
    if value is None:
        return ""
    if isinstance(declared, Choice):
        return str(declared.options.get(value, value)) if declared.options else str(value)
    return format_quantity(float(value), declared.quantity)


def found_models(text: str, catalog: Catalog, current: str | None) -> Iterator[Found]:
    """Models that a text may mean, by any of their names."""
    named = {entry.name for entry in catalog.named_models}
    for at, (name, spelling) in enumerate(catalog.models_like(text).items()):
        if name in named:
            offer = model_offer(catalog.models[name], catalog)
            shown = spelled(name, "" if spelling == offer.value else spelling)
            value = IN_THE_PLAN if name == current else ""
            found = made("model", name, shown, _without_name(offer), value, (spelling, text))
            yield replace(found, asked=at)


def found_accelerators(text: str, offers: Sequence[Offer], catalog: Catalog, current: str) -> Iterator[Found]:
    """Accelerators on offer that a text may mean, by any of their names."""
    by_key = {each.value: each for each in offers}
    asked = {key: at for at, key in enumerate(familiar(catalog))}
    for key, spelling in catalog.accelerators_like(text).items():
        if (offer := by_key.get(key)) is not None:
            also = "" if spelling == offer.value else spelling
            shown = spelled(offer.cells[0], also, holding(catalog, spelling))
            value = IN_THE_PLAN if key == current else ""
            found = made("accelerator", key, shown, _without_name(offer), value, (spelling, text))
            yield replace(found, asked=asked.get(key, len(asked)))


def _without_name(offer: Offer) -> str:
    """What is said of an offer under its own name."""
    return offer.sentence.removeprefix(tr("{cells} by ", cells=offer.cells[0]))


def figures_of(answer: Answer) -> tuple[tuple[str, Explanation], ...]:
    """Every figure of an answer that can be explained, by its key."""
    trees = Explainer(answer, LATE_WEEKS)
    return tuple((key, trees.of(key)) for key in trees.every_key())


def found_figures(figures: Iterable[tuple[str, Explanation]]) -> tuple[Found, ...]:
    """The figures of the plan with what they come to; one that stands in two places once."""
    found: dict[tuple[str, str], Found] = {}
    for key, node in figures:
        value = value_said(node)
        found.setdefault(
            (node.label, value), made("figure", key, node.label, _place_words(key), value, (key,))
        )
    return tuple(found.values())


def _place_words(key: str) -> str:
    """Where a figure stands: "stage 1", "rent or buy"."""
    first, *rest = key.split(".")
    if not rest:
        return ""
    number = f" {int(rest[0]) + 1}" if first == "stages" and rest[0].isdigit() else ""
    return (tr("stage") if first == "stages" else first.replace("_", " ")) + number


def found_charts() -> tuple[Found, ...]:
    """Every chart and table of the window, with the page it stands on."""
    return tuple(made("chart", key, tr(at.name), tr(at.page), also=at.also) for key, at in CHARTS.items())


def found_plan(path: Path, name: str, line: str) -> Found:
    """A shipped plan, or one that was open lately."""
    return made("plan", str(path), name, line, also=(path.stem,))


# Finding


def search(text: str, among: Sequence[Found], recent: Sequence[str]) -> list[Found]:
    """What a text may mean, in groups, the likeliest first; without a text what was taken lately.

    Args:
        recent: ids of what was taken lately, the newest first.
    """
    if not text.strip():
        return _of_nothing(among, recent)
    typed = [normalised(word) for word in re.split(r"\s+", text.strip().rstrip("?"))]
    # Of a question the words that ask it are in no name.
    words = [word for word in typed if word not in _ASKING] or typed
    whole = normalised(text)
    ranked = [(rank, each) for each in among if (rank := _rank(each, whole, words)) is not None]
    if not ranked:
        ranked = [(0, each) for each in _misspelled(whole, among)]
    newest = {key: at for at, key in enumerate(recent)}
    ranked.sort(
        key=lambda pair: (
            pair[0], newest.get(pair[1].id, len(newest)), ORDER.index(pair[1].kind), pair[1].asked,
            len(pair[1].name),
        )
    )  # fmt: skip
    groups: dict[Kind, list[Found]] = {}
    for _, each in ranked:
        group = groups.setdefault(each.kind, [])
        if len(group) < MOST_OF_A_KIND:
            group.append(each)
    return [each for group in groups.values() for each in group][:MOST]


_ASKING = frozenset(
    ("which", "what", "is", "are", "the", "a", "an", "how", "do", "does", "of", "to", "for", "my", "i", "can")
)


def _of_nothing(among: Sequence[Found], recent: Sequence[str]) -> list[Found]:
    """What was taken lately, then every input, command and plan there is."""
    known = {each.id: each for each in among}
    lately = [known[key] for key in recent if key in known]
    kinds: tuple[Kind, ...] = ("command", "input", "solve", "chart", "plan", "figure")
    rest = [each for kind in kinds for each in among if each.kind == kind]
    return [*lately, *(each for each in rest if each not in lately)]


def _rank(found: Found, whole: str, words: Sequence[str]) -> int | None:
    """How well a text names something, 0 best; None = it does not."""
    name, *others = found.spellings
    if name == whole:
        return 0
    if name.startswith(whole):
        return 1
    if whole in name:
        return 2
    if any(whole in other for other in others):
        return 3
    if all(any(word in spelling for spelling in found.spellings) for word in words):
        return 4
    return 5 if len(whole) > 2 and _in_order(whole, name) else None


def _in_order(letters: str, name: str) -> bool:
    """Whether a name that is not much longer has all the letters in their order, from the first on."""
    rest = iter(name)
    near = name[:1] == letters[:1] and len(name) <= MUCH_LONGER * len(letters)
    return near and all(letter in rest for letter in letters)


def _misspelled(whole: str, among: Sequence[Found]) -> list[Found]:
    """What is spelled nearly like a text that names nothing."""
    by_name: dict[str, list[Found]] = {}
    for each in among:
        by_name.setdefault(each.spellings[0], []).append(each)
    near = difflib.get_close_matches(whole, by_name, 5, 0.7)
    return [each for name in near for each in by_name[name]]


@dataclass(frozen=True, slots=True)
class FinderLine:
    """A line of the list: something found, or the heading of those after it."""

    found: Found | None
    heading: str = ""

    @property
    def words(self) -> str:
        """All of it in words."""
        return self.heading if self.found is None else self.found.words


def lines_of(found: Sequence[Found], recent: int) -> tuple[FinderLine, ...]:
    """What was found under the headings of its kinds; the first ``recent`` of them were taken lately."""
    lines: list[FinderLine] = []
    last = ""
    for at, each in enumerate(found):
        heading = HEADINGS["recent" if at < recent else each.kind]
        if heading != last:
            lines.append(FinderLine(None, heading))
            last = heading
        lines.append(FinderLine(each))
    return tuple(lines)
