"""A claim read from a sentence: lenient and total. What is not understood is named, and nothing raises."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.language import tr
from isocost.plan.claims import patterns
from isocost.plan.claims.claim import Claim
from isocost.plan.claims.foreign import in_dollars
from isocost.plan.claims.named import Origin, Size, further, job_in, same_size, size_of
from isocost.plan.claims.sentence import Sentence
from isocost.plan.claims.terms import JOBS
from isocost.quantities import format_count, format_quantity

LONGEST = 2000
"""Characters of a sentence that are read; a claim needs a hundred."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence understood."""

    claim: Claim
    unread: tuple[str, ...] = ()
    """Pieces with a figure in them that were not understood."""
    problems: tuple[str, ...] = ()
    """What was left out and why: a sentence each."""


_OTHER_WAY = str.maketrans({",": ".", ".": None})
"""A number as it is written where commas and dots have each other's place."""


def read_claim(text: str, catalog: Catalog) -> Reading:
    """The claim of a sentence in any order and free units: "70B from scratch, 8 H100, 18 days, $8,605"."""
    return _Reader(text, catalog).read()


FIELDS: Mapping[str, str] = {
    "text": "{}", "model": "{}", "parameters": "{} parameters", "active": "{} active", "tokens": "{} tokens",
    "epochs": "{} epochs", "hardware": "{}", "accelerator": "{}", "count": "{} GPUs", "hours": "{} hours",
    "days": "{} days", "time": "{}", "gpu_hours": "{} GPU-hours", "usd": "${}", "cost": "{}",
    "usd_per_gpu_hour": "${} per GPU-hour", "price": "{} per GPU-hour", "job": "{}", "precision": "{}",
    "mfu": "{} % MFU", "flops": "{} FLOP",
}  # fmt: skip
"""Fields of a claim in a file, each with the words that make it part of a sentence."""


def read_fields(values: Mapping[str, Any], catalog: Catalog) -> Reading:
    """The claim of a mapping such as a YAML file holds; unknown fields are named among what was not read."""
    unknown = tuple(f"{name}: {value}" for name, value in values.items() if name not in FIELDS)
    said = {name: "" if value is None else str(value).strip() for name, value in values.items()}
    if "accelerator" in said and "count" in said:
        said["accelerator"] = f"{said.pop('count')} {said['accelerator']}"
    sentence = ", ".join(_worded(name, value) for name, value in said.items() if name in FIELDS and value)
    found = read_claim(sentence, catalog)
    return replace(found, unread=(*found.unread, *unknown))


def _worded(name: str, value: str) -> str:
    """A field as a part of a sentence; a unit that stands in the value already is not said twice."""
    words = FIELDS[name]
    tail = words.replace("{}", "").replace("$", "").strip().lower()
    if tail and value.lower().endswith(tail.split()[-1]):
        words = "{}"
    return words.format(value.lstrip("$") if words.startswith("$") else value)


class _Reader(Sentence):
    """Takes what it understands out of a sentence, the least ambiguous first."""

    def __init__(self, text: str, catalog: Catalog) -> None:
        powers = patterns.RAISED.sub(lambda found: f"^{found[1]}", text[:LONGEST])
        clean = unicodedata.normalize("NFKC", powers).translate(patterns.TYPOGRAPHY)
        clean = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in clean))
        converted, problems = in_dollars(patterns.in_english(clean), catalog)
        super().__init__(patterns.plainly(converted))
        self._catalog = catalog
        self._said = text
        self._problems += problems
        for found in patterns.THOUSANDS.finditer(clean) if patterns.is_foreign(clean) else ():
            meant, other = found[0].replace(",", ""), found[0].translate(_OTHER_WAY)
            self._problems.append(
                tr(
                    "{found} is read as {meant}; write {other} where that is meant.",
                    found=found[0],
                    meant=meant,
                    other=other,
                )
            )
        if len(text) > LONGEST:
            self._problems.append(
                tr("Only the first {count} characters were read.", count=format_count(LONGEST))
            )
        self._entry: AcceleratorEntry | None = None
        self._made: tuple[str, Origin] | None = None
        self._called = ""
        self._at = False

    def read(self) -> Reading:
        """Everything understood, and the rest."""
        self._formats()
        self._money()
        self._work()
        self._models()
        self._accelerators()
        self._times()
        self._sizes()
        self._jobs()
        self._price_of_hours()
        self._unread += [found[0].strip() for found in self._take(patterns.VAGUE)]
        self._unread += [piece[0].strip(",.") for piece in patterns.LEFT.finditer(self._text)]
        claim = Claim(text=self._said[:LONGEST], **self._found)
        return Reading(claim, tuple(dict.fromkeys(self._unread)), tuple(dict.fromkeys(self._problems)))

    def _formats(self) -> None:
        for found in self._take(patterns.FORMATS):
            self._found.setdefault("precision", found[1].lower())

    def _money(self) -> None:
        self._unread += [found[0].strip() for found in self._take(patterns.FEW)]
        for found in self._take(patterns.PRICE):
            of = (found["of"] or found["of2"] or "").strip()
            value = self._value(found, tr("Price"))
            if value is None:
                continue
            if patterns.NODE.search(of):
                self._found.setdefault("_node_price", value)
            else:
                self._keep("usd_per_gpu_hour", value)
                self._names_hardware(of)
        self._sums(list(self._take(patterns.MONEY)))
        for found in self._take(patterns.FOREIGN):
            self._problems.append(
                tr("{found!r} is not in US dollars: convert it, for example $3.99.", found=found[0].strip())
            )

    def _sums(self, told: list[re.Match[str]]) -> None:
        """The amount, and beside it a price in its shortest form: "2.788M hours at $2, $5.576M"."""
        rates = [found for found in told if found["at"]] if len(told) == 2 else []
        self._at = len(told) == 1 and told[0]["at"] is not None
        for found in told:
            value = self._value(found, tr("Money"))
            if len(rates) == 1 and found is rates[0] and "usd_per_gpu_hour" not in self._found:
                self._keep("usd_per_gpu_hour", value)
                continue
            self._keep("usd", value)
            if "usd" in self._found and (found["most"] or found["least"]):
                self._found.setdefault("bound", "at most" if found["most"] else "at least")

    def _price_of_hours(self) -> None:
        """A sum that hours of accelerators are told to be "at" is the price of one, where it is so little."""
        usd, timed = self._found.get("usd"), "hours" in self._found and "count" in self._found
        if not self._at or usd is None or "usd_per_gpu_hour" in self._found:
            return
        cards = [card for each in self._catalog.prices.values() for card in each]
        dearest = max((card.usd_per_gpu_hour for card in cards), default=0.0)
        if ("gpu_hours" in self._found or timed) and usd <= dearest:
            self._found["usd_per_gpu_hour"] = self._found.pop("usd")
            self._found.pop("bound", None)

    def _names_hardware(self, words: str) -> None:
        """Remember an accelerator named in passing: "$2 an H800-hour"."""
        key = self._accelerator(words.strip(" -"))
        if key is not None:
            self._found.setdefault("accelerator", key)

    def _work(self) -> None:
        for found in self._take(patterns.MFU):
            value = self._value(found, "MFU")
            self._keep("mfu", None if value is None else value / 100.0)
        for found in self._take(patterns.FLOP_DAYS):
            days = self._value(found, "FLOPs")
            a_day = patterns.FLOPS_OF_DAY[found["prefix"][0].lower()]
            self._keep("flops", None if days is None else days * a_day)
        for found in self._take(patterns.RATES):
            self._unread.append(found[0].strip())
        for found in self._take(patterns.TOKENS):
            self._keep("tokens", self._value(found, tr("Tokens")))
        for found in self._take(patterns.FLOPS):
            self._keep("flops", self._value(found, "FLOPs"))
        for found in self._take(patterns.EPOCHS):
            self._keep("epochs", self._value(found, tr("Epochs")))
        for found in self._take(patterns.CONTEXT):
            value = self._value(found, tr("Context"), quantity="length")
            if value is not None and 1 <= value <= 1e9:
                self._keep("sequence", float(round(value)))
        if "sequence" in self._found:
            self._found["sequence"] = int(self._found["sequence"])

    def _models(self) -> None:
        for start, end, key in self._named(5, self._model):
            if _is_plain(self._text[start:end]) and patterns.ARTICLE_BEFORE.search(self._text[:start]):
                continue  # "for the price of a limo"
            if self._is_compared(start, end):
                self._problems.append(tr("{key} is what it is compared with.", key=key))
                self._drop(start, end)
                continue
            if patterns.TAUGHT_BY.search(self._text[:start]):
                self._problems.append(tr("{key} is what it is distilled from.", key=key))
                self._drop(start, end)
                continue
            if "model" in self._found and self._found["model"] != key:
                self._problems.append(
                    tr("Two models are named; {found} is taken.", found=self._found["model"])
                )
            if "model" not in self._found:
                self._made_of(self._text[start:end])
            self._found.setdefault("model", key)
            self._drop(start, end)

    def _is_compared(self, start: int, end: int) -> bool:
        """Whether a name is that of a model to compare with: "GPT-3 quality", "a rival of GPT-4"."""
        before = self._text[max(0, start - 20) : start]
        return bool(patterns.AS_GOOD.match(self._text, end) or patterns.AS_GOOD_AS.search(before))

    def _made_of(self, name: str) -> None:
        """What was done, where a name is that of a model made out of another."""
        origin = further(name.rstrip("."), self._catalog)
        self._made = None if origin is None else (name, origin)
        self._called = name

    def _model(self, phrase: str) -> str | None:
        """The model a phrase names; a plain word is one only where it is the whole of a name."""
        bare = re.fullmatch(rf"{patterns.DIGITS}\s?{patterns.SCALE}", phrase)
        if bare or not any(c.isalpha() for c in phrase):
            return None
        if _is_plain(phrase) and self._catalog.model_names.found_by(phrase) != phrase:
            return None
        found = self._catalog.model_names.find(phrase)
        if found is None and (origin := further(phrase, self._catalog)) is not None:
            found = origin.model
        without = patterns.AMOUNT_BEHIND.sub("", phrase)
        if found is not None and without != phrase and self._model(without) == found:
            return None  # "StarCoder 320K A100 hours"
        return found

    def _accelerators(self) -> None:
        for found in self._take(patterns.GPU_HOURS):
            self._accelerator_hours(found)
        for start, end, key in self._named(5, self._accelerator):
            told = self._found.get("accelerator")
            if told is not None and told != key:
                self._problems.append(tr("Two accelerators are named; the first is taken."))
                continue
            self._found["accelerator"] = key
            self._count_around(start, end)
        if "accelerator" in self._found:
            self._entry = self._catalog.accelerators[self._found["accelerator"]]
        for found in self._take(patterns.COUNTED):
            self._keep("count", self._product(found))
        for found in self._take(patterns.NODES):
            nodes = self._servers(found)
            if nodes is not None and self._entry is not None and "count" not in self._found:
                self._keep("count", nodes * self._entry.spec.node_size)
            else:
                self._unread.append(found[0].strip())
        self._node_amounts()

    def _node_amounts(self) -> None:
        """Prices and hours of whole servers, brought to one accelerator."""
        price, hours = self._found.pop("_node_price", None), self._found.pop("_node_hours", None)
        size = self._entry.spec.node_size if self._entry is not None else None
        for name, value, said in (
            ("usd_per_gpu_hour", None if price is None or size is None else price / size, price),
            ("gpu_hours", None if hours is None or size is None else hours * size, hours),
        ):
            if said is not None and value is None:
                self._problems.append(
                    tr("How many accelerators a server has is not known: name the hardware.")
                )
            elif value is not None:
                self._keep(name, value)
                self._problems.append(tr("A server is taken as {size} accelerators.", size=size))

    def _accelerator(self, phrase: str) -> str | None:
        """The id an accelerator's name stands for, in the singular or the plural."""
        cleaned = re.sub(r"\s?(?:GPUs?|chips?|cards?)$", "", phrase.strip(), flags=re.IGNORECASE)
        if not cleaned or (cleaned.isdigit() and len(cleaned) != 4):
            return None
        index = self._catalog.accelerator_names
        for name in (cleaned, cleaned.removesuffix("s"), cleaned.removesuffix("'s")):
            key = index.find(name)
            if key is not None and key in self._catalog.accelerators:
                return key
        return None

    def _named(self, most: int, find: Callable[[str], str | None]) -> Iterator[tuple[int, int, str]]:
        """Stretches of the text that name something, the longest first at each place."""
        words = list(patterns.NAME_WORD.finditer(self._text))
        at = 0
        while at < len(words):
            step = 1
            for size in range(min(most, len(words) - at), 0, -1):
                first, last = words[at], words[at + size - 1]
                phrase = self._text[first.start() : last.end()]
                if len(phrase) > 60 or not re.fullmatch(r"[A-Za-z0-9.+ /_-]+", phrase):
                    continue
                key = find(phrase.rstrip("."))
                if key is not None:
                    yield first.start(), last.end(), key
                    step = size
                    break
            at += step

    def _accelerator_hours(self, found: re.Match[str]) -> None:
        of = found["of"].strip(" -")
        key = self._accelerator(of)
        if key is None and not patterns.GENERIC.fullmatch(of) and not patterns.NODE.fullmatch(of):
            # A sentence goes on: "8 H100 for days". The figure is somebody else's.
            self._text = f"{self._text[: found.start()]}{found[0]}{self._text[found.end() :]}"
            return
        value = self._value(found, tr("Hours"))
        if value is None:
            return
        value *= patterns.UNITS[_unit(found["unit"])]
        if patterns.NODE.fullmatch(of):
            self._found["_node_hours"] = value
            return
        self._found["gpu_hours"] = self._found.get("gpu_hours", 0.0) + value
        if key is not None:
            self._found.setdefault("accelerator", key)

    def _count_around(self, start: int, end: int) -> None:
        """Take out an accelerator's name with the number of them that stands beside it."""
        name = self._text[start:end]
        alias = self._catalog.alias(name) or self._catalog.alias(name.removesuffix("s"))
        per = float(alias.count) if alias is not None and alias.count else 1.0
        servers = patterns.NODE_BEHIND.match(self._text, end) if per == 1 else None
        before = self._text[max(0, start - 60) : start]
        if (found := patterns.COUNT_BEFORE.search(before)) is not None:
            value = self._product(found)
            self._drop_before(found, before, start)
            self._variant(name, found["memory"])
            front, place = before[: found.start()], start - len(before) + found.start()
            if servers is not None:
                self._drop(servers.start(), servers.end())
                self._in_servers(value, servers, found["sign"] is not None, front, place)
            else:
                nodes = self._nodes_before(front, place)
                self._keep("count", None if value is None else value * per * (nodes or 1.0))
        elif (nodes := self._nodes_before(before, start)) is not None:
            self._keep("count", nodes * self._catalog.accelerators[self._found["accelerator"]].spec.node_size)
        elif (after := patterns.COUNT_AFTER.match(self._text, end)) is not None:
            value = self._product(after)
            self._keep("count", None if value is None else value * per)
            self._drop(after.start(), after.end())
        elif servers is not None and patterns.ONE_BEFORE.search(before) is not None:
            self._drop(servers.start(), servers.end())
            self._in_servers(1.0, servers, sign=False, before=before, end=start)
        elif patterns.ONE_BEFORE.search(before) is not None or per > 1:
            self._keep("count", per)
        self._drop(start, end)

    def _in_servers(
        self, value: float | None, servers: re.Match[str], sign: bool, before: str, end: int
    ) -> None:
        """Accelerators of "14 H100 nodes", or "two 8 x H100 nodes": what stands before the sign is in each.

        More than a server holds is a number of servers: "12 x H800 machines".
        """
        spec = self._catalog.accelerators[self._found["accelerator"]].spec
        size = spec.scaleup_domain if servers["linked"] else spec.node_size
        if value is None:
            return
        if sign and value <= size:
            several = patterns.SERVERS_OF.search(before)
            if several is not None:
                self._drop_before(several, before, end)
                value *= self._servers(several) or 1.0
            self._keep("count", value)
            return
        said = servers[0].strip()
        if servers["linked"] and size <= spec.node_size:
            self._unread.append(f"{value:g} {said}")
            return
        self._problems.append(
            tr("A rack or pod is taken as {size} accelerators.", size=format_count(size))
            if servers["linked"]
            else tr("A server is taken as {size} accelerators.", size=size)
        )
        self._keep("count", value * size)

    def _variant(self, name: str, memory: str | None) -> None:
        """Of the accelerators of a name the one with the memory that is told before it: "8 40GB A100"."""
        if memory is None:
            return
        key = self._accelerator(f"{name.removesuffix('s')} {memory}")
        if key is None:
            self._unread.append(memory)
        else:
            self._found["accelerator"] = key

    def _nodes_before(self, before: str, end: int) -> float | None:
        """Servers told right before a place, taken out; None = none are."""
        found = patterns.NODES_BEFORE.search(before)
        if found is None:
            return None
        self._drop_before(found, before, end)
        return self._servers(found)

    def _servers(self, found: re.Match[str]) -> float | None:
        """How many servers; None where that makes no sense, which is said."""
        number = self._number(found["nodes"], found["nodes_scale"] or "", tr("Servers"))
        return number if number is not None and self._sound(number, found[0], tr("Servers"), 0.0) else None

    def _drop_before(self, found: re.Match[str], before: str, end: int) -> None:
        """Take out a match in the text that ends at a place."""
        offset = end - len(before)
        self._drop(offset + found.start(), offset + found.end())

    def _product(self, found: re.Match[str]) -> float | None:
        """A count such as 8, or 64 x 8; None where it is no whole number above zero."""
        value = 1.0
        for name in ("times", "per", "each"):
            digits = found.groupdict().get(name)
            if digits is None:
                continue
            number = self._number(digits, found[f"{name}_scale"] or "", tr("Count"))
            if number is None:
                return None
            value *= number
        if value != math.floor(value) or not 0 < value <= 1e9:
            self._problems.append(
                tr("Count: {found!r} is no whole number above zero; it is left out.", found=found[0].strip())
            )
            return None
        return value

    def _times(self) -> None:
        spans = []
        for found in self._take(patterns.DURATION):
            value = self._value(found, tr("Time"))
            if value is not None:
                spans.append(value * patterns.UNITS[_unit(found["unit"])])
        if len(spans) > 1:
            self._problems.append(tr("{count} spans of time are told; they are added up.", count=len(spans)))
        if spans and self._sound(sum(spans), tr("the time"), tr("Time"), 0.0):
            self._found["hours"] = sum(spans)

    def _sizes(self) -> None:
        size = size_of(self._found["model"], self._catalog) if "model" in self._found else None
        for found in self._take(patterns.ACTIVE):
            if found["low_scale"] is None and (found["low2"] is None or found["low2_scale"] is None):
                continue
            value = self._value(found, tr("Active parameters"))
            if size is None or value is None:
                self._keep("active", value)
            elif not same_size(value, size.active, self._catalog):
                self._other_size(found[0], size.active)
        rest = []
        for found in patterns.SIZE.finditer(self._text):
            if not (found["noun"] or found["low_scale"]) or found["high"]:
                continue
            scale = (found["low_scale"] or "")[:1].lower()
            if not found["noun"] and scale not in ("m", "b", "t"):
                continue
            rest.append((found, scale))
        trillions = [found for found, scale in rest if scale == "t" and any(s == "b" for _, s in rest)]
        for found, _ in rest:
            self._size(found, size, found in trillions)
            self._drop(found.start(), found.end())
        if size is None and "model" in self._found and "parameters" in self._found:
            model = self._found.pop("model")
            self._problems.append(
                tr("The size of {model} is not published: the one told is taken.", model=model)
            )
        if any(True for _ in self._take(patterns.SPARSE)):
            self._found["sparse"] = True

    def _size(self, found: re.Match[str], size: Size | None, trillions: bool) -> None:
        """An amount of parameters, or of text; ``trillions`` of it beside a size are text: "70B on 15T"."""
        told = self._value(found, tr("Parameters"))
        if told is not None and size is not None and not trillions:
            if any(same_size(told, each, self._catalog) for each in (size.total, size.active)):
                return  # the named model's size
            if found["noun"]:
                self._other_size(found[0], size.total)
                return
        if told is not None and told == self._found.get("parameters"):
            return  # said again
        # So is a second bare amount.
        if found["noun"] or not (trillions or size is not None or "parameters" in self._found):
            self._keep("parameters", told)
            return
        self._keep("tokens", told)
        if "tokens" in self._found:
            self._problems.append(tr("{found!r} is taken for tokens.", found=found[0].strip()))

    def _other_size(self, said: str, published: float) -> None:
        """Say that a sentence tells another size than the model it names has."""
        self._problems.append(
            tr(
                "{said!r} is not the size of {model}, {published}: the model's own is taken.",
                said=said.strip(),
                model=self._found["model"],
                published=format_quantity(published, "number"),
            )
        )

    def _jobs(self) -> None:
        for words, job in patterns.JOBS:
            pattern = re.compile(rf"\b(?:{words})(?![A-Za-z])", re.IGNORECASE)
            if any(True for _ in self._take(pattern)):
                self._found.setdefault("job", job)
        if "job" in self._found:
            return
        if self._made is not None:
            name, origin = self._made
            self._found["job"] = origin.job
            self._problems.append(
                tr(
                    "{name} was made out of {model}: {job} is taken.",
                    name=name,
                    model=origin.model,
                    job=tr(JOBS[origin.job]),
                )
            )
        elif (told := job_in(self._called, even_from_scratch=True)) is not None:
            self._found["job"] = told


def _is_plain(phrase: str) -> bool:
    """Whether a phrase is of small letters alone, as words that are no names are."""
    return not any(c.isdigit() or c.isupper() for c in phrase)


def _unit(word: str) -> str:
    lower = word.lower()
    return lower if lower in patterns.UNITS else lower.removesuffix("s")
