"""The catalogue: everything the app knows of hardware, prices, models and published runs, found by name."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, timedelta
from functools import cached_property, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Unpack

from msgspec.structs import replace

from isocost.catalog.constants.all import AllConstants, Replacements
from isocost.catalog.entries import accelerators as accelerator_file
from isocost.catalog.entries import models as model_file
from isocost.catalog.entries.accelerators import AliasRow
from isocost.catalog.entries.claims import ClaimEntry, shipped_claims
from isocost.catalog.entries.prices import OFFERS, PriceCard, PriceQuote
from isocost.catalog.errors import CatalogError
from isocost.catalog.names import NameIndex, normalised
from isocost.catalog.records import AcceleratorEntry, MatmulCeiling, ModelEntry, PublishedRun
from isocost.catalog.searching import search_names
from isocost.catalog.table import read_rows, read_text
from isocost.catalog.user import NOTHING_OWN, UserRecords, left_out, read_user_folder
from isocost.language import tr
from isocost.paths import resource, user_data
from isocost.quantities.units import GIGA


@dataclass(frozen=True, eq=False)
class Catalog:
    """What the world offers, shipped and the user's own. Immutable; compared and hashed by its ``digest``."""

    accelerators: Mapping[str, AcceleratorEntry]
    """By id, in the order of the file."""
    models: Mapping[str, ModelEntry]
    """By name, benchmark grid points included; ``named_models`` are those for a picker."""
    prices: Mapping[str, tuple[PriceCard, ...]]
    """Shipped default prices by accelerator id."""
    constants: AllConstants = field(repr=False)
    """Everything the estimate takes as given beside hardware, models and prices."""
    own_prices: Mapping[str, tuple[PriceCard, ...]] = field(default_factory=dict)
    """Prices of the user's files by accelerator id, in their order."""
    own_files: str = ""
    """Digest of the user's files."""
    problems: tuple[str, ...] = ()
    """What of the user's files was left out, and why: a sentence for each, naming file, record and field."""
    accelerator_names: NameIndex = field(default_factory=lambda: NameIndex("accelerator"), repr=False)
    model_names: NameIndex = field(default_factory=lambda: NameIndex("model"), repr=False)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of what it holds: the bytes of the files behind it, and the constants replaced.

        Made when first asked for, so that reading the catalogue does not wait for it.
        """
        replaced = repr(sorted(self.constants.replaced.items()))
        return sha256("\n".join((_shipped_digest(), self.own_files, replaced)).encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def with_constants(self, **others: Unpack[Replacements]) -> Catalog:
        """The catalogue with other constants in place of some, by their names in ``AllConstants``."""
        return changed(self, constants=self.constants.but(**others))

    def accelerator(self, label: str) -> AcceleratorEntry:
        """The accelerator of an id, name or alias. Raises CatalogError with the closest name otherwise."""
        found = self.accelerators.get(label)
        if found is not None:
            return found
        counted = self.counted(label)
        part = label if counted is None else counted[1]
        sliced = self._slice(part)
        key = self.accelerator_names.key(part) if sliced is None else sliced.accelerator
        if key not in self.accelerators:
            raise CatalogError(
                tr(
                    "{label} has no published dense peak, so it cannot be planned; add the accelerator "
                    "with your own figures in the catalogue folder.",
                    label=label,
                )
            )
        return self.accelerators[key]

    def alias(self, label: str) -> AliasRow | None:
        """What is to be said of a name: how many it holds, what else it may mean. None = nothing."""
        if label in self.accelerators:
            return None
        if (counted := self.counted(label)) is not None:
            number, part = counted
            spec = self.accelerator(part).spec
            held = self.alias(part) or AliasRow(part, spec.id)
            whole = spec.scaleup_domain if _RACK.search(part) else 1
            return replace(held, label=label, count=number * (held.count or whole))
        if (sliced := self._slice(label)) is not None:
            return sliced
        found = self._remarkable.get(normalised(self.accelerator_names.found_by(label) or label))
        return found if found and self.accelerator_names.key(label) == found.accelerator else None

    def counted(self, label: str) -> tuple[int, str] | None:
        """A number of accelerators and their name, as in "8xH100" or "8 H100"; None = it is no such name."""
        parts = _COUNTED.fullmatch(label.strip())
        if parts is None or self.accelerator_names.find(label) is not None:
            return None
        number, part = parts["before"] or parts["after"], parts["of"] or parts["named"]
        known = self.accelerator_names.find(part) is not None or self._slice(part) is not None
        return (int(number), part) if known else None

    def _slice(self, label: str) -> AliasRow | None:
        """A slice of TPUs of a size no row has, counted as the smallest of its kind: "v5p-768" by v5p-8."""
        parts = _SLICE.fullmatch(label.strip())
        if parts is None or self.accelerator_names.find(label) is not None:
            return None
        smallest = f"{parts['kind']}-{_SMALLEST_SLICE}"
        row = self._remarkable.get(normalised(self.accelerator_names.found_by(smallest) or ""))
        if row is None or row.count is None:
            return None
        count, left = divmod(int(parts["number"]) * row.count, _SMALLEST_SLICE)
        return None if left else replace(row, label=label, count=count)

    @cached_property
    def _remarkable(self) -> Mapping[str, AliasRow]:
        return {
            normalised(row.label): row
            for row in accelerator_file.shipped_aliases()
            if row.count is not None or row.note
        }

    def model(self, name: str) -> ModelEntry:
        """The model of a name or alias. Raises CatalogError with the closest name otherwise."""
        found = self.models.get(name)
        return found if found is not None else self.models[self.model_names.key(name)]

    def spellings(self, name: str) -> tuple[str, ...]:
        """Everything a model of the catalogue is called, model hubs included: what a search finds."""
        return self.model_names.spellings(name)

    def encoders(self, name: str) -> str:
        """What a model of that name has beside the text part that is planned; empty = nothing known."""
        return next((part.what for part in model_file.encoders() if part.matches(name)), "")

    def made_out_of(self, name: str) -> str:
        """The model of another family that one of this name was made out of; empty = of none, or unknown."""
        found = self.model_names.find(name)
        family = re.match("[a-z]+", (found or "").casefold())
        if found is None or family is None or family[0] in normalised(name):
            return ""
        return "" if any(part.matches(name) for part in model_file.from_scratch()) else found

    @cached_property
    def named_models(self) -> tuple[ModelEntry, ...]:
        """Models worth a place in a picker: known by name, with a size, sorted by maker and then size."""
        known = [m for m in self.models.values() if m.named and m.shape != "undisclosed"]
        return tuple(sorted(known, key=lambda m: (m.organisation.casefold(), m.published_total or 0.0)))

    def models_like(self, text: str) -> dict[str, str]:
        """Names of models that a text may mean, each with the spelling that says so, the likeliest first."""
        return search_names(text, self.model_names, *self._of_models)

    def accelerators_like(self, text: str) -> dict[str, str]:
        """Ids of accelerators that a text may mean, each with the spelling, the likeliest first."""
        return search_names(text, self.accelerator_names, *self._of_accelerators)

    @cached_property
    def _of_models(self) -> tuple[Mapping[str, Sequence[str]], Mapping[str, str]]:
        """What is told of models beside their names, and when they came out."""
        told = {key: (each.organisation, *_sizes(each)) for key, each in self.models.items()}
        return told, {key: each.released or "" for key, each in self.models.items()}

    @cached_property
    def _of_accelerators(self) -> tuple[Mapping[str, Sequence[str]], Mapping[str, str]]:
        """What is told of accelerators beside their names; those equally likely stand in their order."""
        entries = self.accelerators.items()
        told = {
            key: (each.spec.vendor, *_OTHER_MAKERS.get(each.spec.vendor, ()), each.spec.architecture)
            for key, each in entries
        }
        return told, {}

    def price_cards(self, accelerator: str) -> tuple[PriceCard, ...]:
        """Prices of an accelerator to start from, the user's own first; empty = one must be typed."""
        key = self.accelerator(accelerator).spec.id
        return self.own_prices.get(key, ()) + self.prices.get(key, ())

    def default_price(self, accelerator: str, commitment: str | None = None) -> PriceCard | None:
        """The price to start from: the user's own, else the first kind of ``OFFERS`` with one of today.

        Terms whose price is much older than another's are passed over (``economics.price_default_days``).
        With ``commitment``, of those terms only; nobody offers what a claim assumes, so it must be asked for.
        Of several the newest counts. None = none is known.
        """
        cards = self.price_cards(accelerator)
        own = self.own_prices.get(self.accelerator(accelerator).spec.id, ())
        for card in own:
            if commitment in (None, card.commitment):
                return card
        if commitment is None:
            cards = self._of_today([card for card in cards if card.commitment in OFFERS])
        for terms in OFFERS if commitment is None else (commitment,):
            offered = [card for card in cards if card.commitment == terms]
            if offered:
                return max(offered, key=lambda card: card.date)
        return None

    def _of_today(self, offers: Sequence[PriceCard]) -> tuple[PriceCard, ...]:
        """Those about as new as the newest of them."""
        days = [date.fromisoformat(card.date) for card in offers]
        oldest = timedelta(days=self.constants.economics.price_default_days.value)
        return tuple(card for card, day in zip(offers, days, strict=True) if max(days) - day <= oldest)

    @cached_property
    def _quotes(self) -> Mapping[str, tuple[PriceQuote, ...]]:
        found: dict[str, list[PriceQuote]] = {}
        for quote in read_rows(resource("prices.csv"), PriceQuote):
            found.setdefault(quote.accelerator, []).append(quote)
        return {key: tuple(quotes) for key, quotes in found.items()}

    def quotes(self, accelerator: str) -> tuple[PriceQuote, ...]:
        """The individual quotes behind an accelerator's prices, oldest first. Read when first asked for."""
        return self._quotes.get(self.accelerator(accelerator).spec.id, ())

    @cached_property
    def runs(self) -> tuple[PublishedRun, ...]:
        """Every published run, trusted or not. Read when first asked for."""
        return tuple(read_rows(resource("runs.csv"), PublishedRun))

    @cached_property
    def claims(self) -> Mapping[str, ClaimEntry]:
        """What others have said that training took, by id. Read when first asked for."""
        return shipped_claims()

    def runs_of(self, model: str) -> tuple[PublishedRun, ...]:
        """Runs of a model, or those labelled so."""
        name = self.model(model).name
        return tuple(run for run in self.runs if name == run.model or run.label == model)

    def matmul_ceiling(self, accelerator: str, precision: str = "bf16") -> MatmulCeiling:
        """The best share of its dense peak a matrix multiply reaches on an accelerator.

        Where none is published for it: the best of its architecture, else of any accelerator.
        """
        return _ceiling(self, self.accelerator(accelerator).spec.id, precision)


_UNKNOWN = MatmulCeiling(1.0, "the dense peak itself", measured=False)


@lru_cache(maxsize=512)
def _ceiling(catalog: Catalog, accelerator: str, precision: str) -> MatmulCeiling:
    entry = catalog.accelerators[accelerator]
    if own := _measured(entry, precision):
        return own
    others = catalog.accelerators.values()
    measured = [(other, found) for other in others if (found := _measured(other, precision))]
    # Cards that clock above the rate their peak is stated at say nothing of others.
    measured = [(other, found) for other, found in measured if found.share <= 1.0]
    family = [found for other, found in measured if other.spec.architecture == entry.spec.architecture]
    best = max(family or [found for _, found in measured] or [_UNKNOWN], key=lambda found: found.share)
    return MatmulCeiling(best.share, best.source, measured=False)


def _measured(entry: AcceleratorEntry, precision: str) -> MatmulCeiling | None:
    rate, peak = entry.measured_flops.get(precision), entry.spec.peak_flops.get(precision)
    if rate is None or peak is None:
        return None
    return MatmulCeiling(rate / peak, entry.sources["measured"], measured=True)


def load(user_folder: Path | None = None) -> Catalog:
    """The shipped catalogue with the user's files over it, from ``user_folder`` or the app's data folder.

    A record of the user's that is wrong is left out: see ``Catalog.problems``.

    Raises:
        CatalogError: a shipped record is wrong; the sentence names file, row and field.
    """
    if user_folder is None:
        return _load_default(user_data() / "catalog")
    return _load(user_folder)


def reload() -> Catalog:
    """The catalogue of the app's data folder as its files are now, for whoever has just changed one."""
    _load_default.cache_clear()
    return load()


@lru_cache(maxsize=4)
def _load_default(folder: Path) -> Catalog:
    return _load(folder)


def _load(folder: Path) -> Catalog:
    own = read_user_folder(folder, accelerator_file.shipped_rows())
    return _shipped() if own == NOTHING_OWN else _joined(own)


@lru_cache(maxsize=1)
def _shipped() -> Catalog:
    """One for everybody who has no files of their own."""
    return _joined(NOTHING_OWN)


def _joined(own: UserRecords) -> Catalog:
    """The shipped catalogue with the user's records over it."""
    rows = dict(accelerator_file.shipped_rows())
    problems = list(own.problems)
    accelerator_names = _accelerator_names().copy(partial(_has_memory, rows))
    for row, where in own.accelerators:
        with left_out(problems):
            accelerator_names.add_all((row.id, row.name, row.short_name), row.id, where)
            rows[row.id] = row
    shipped = model_file.shipped_models()
    models, model_names = dict(shipped), _model_names().copy()
    for model, where in own.models:
        with left_out(problems):
            made = model_file.own_entry(model, where)
            model_names.add_all((model.name,), model.name, where)
            models[model.name] = made
    # Last, so that a model of the user's own may be called as one on a hub is.
    for label, key in _pairs("model_hub_names.csv", shipped.keys()):
        model_names.add_exactly(label, key)
    return Catalog(
        accelerators={
            key: accelerator_file.entry(row) for key, row in rows.items() if row.status != "unrated"
        },
        models=models,
        prices=_shipped_cards(),
        constants=_shipped_constants(),
        own_prices=_own_cards(own, accelerator_names, problems),
        own_files=own.digest,
        problems=tuple(problems),
        accelerator_names=accelerator_names,
        model_names=model_names,
    )


@lru_cache(maxsize=1)
def _shipped_constants() -> AllConstants:
    """One for all catalogues, so that no file is read twice."""
    return AllConstants()


@lru_cache(maxsize=1)
def _shipped_digest() -> str:
    """Digest of the shipped files but the measured runs, which no catalogue holds; about a millisecond."""
    found = sha256()
    for path in sorted(resource().iterdir()):
        if path.suffix in (".csv", ".yaml") and not path.name.startswith("measured_"):
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


_MEMORY = re.compile(r"([0-9]{1,4})\s?GB?(?![a-z])", re.IGNORECASE)


_COUNTED = re.compile(
    r"(?P<before>[1-9][0-9]{0,5})(?:\s*[x×*]\s*|\s+)(?P<of>\S.*)"
    r"|(?P<named>.*\S)\s*[x×*:]\s*(?P<after>[1-9][0-9]{0,5})",
    re.IGNORECASE,
)
"""A name with a number of what it names, as launchers and price lists have it."""


_SLICE = re.compile(r"(?P<kind>.*\bv[0-9].*)-(?P<number>[1-9][0-9]{0,5})", re.IGNORECASE)
"""A name of TPUs with the size of a slice of them, in whatever its kind is counted by."""

_SMALLEST_SLICE = 8
"""Size that every kind of slice has a row of."""

_RACK = re.compile(r"\bnvl ?[0-9]+|\brack", re.IGNORECASE)
"""Part of the name of a rack, which with no number before it is the name of what stands in it."""


def _has_memory(rows: Mapping[str, accelerator_file.AcceleratorRow], name: str, key: str) -> bool:
    """Whether an accelerator has the memory that its name tells, if it tells one."""
    told = _MEMORY.search(name)
    return told is None or float(told[1]) == rows[key].memory_gb


@lru_cache(maxsize=1)
def _accelerator_names() -> NameIndex:
    """Spellings of the shipped accelerators: ids, names, and what systems and clouds call them."""
    rows = accelerator_file.shipped_rows()
    parts = _name_parts("accelerator_name_parts.csv")
    refused = partial(model_file.refused, "accelerator")
    names = NameIndex("accelerator", parts, partial(_has_memory, rows), refused)
    names.extend((key, key) for key in rows)
    names.extend((row.name, key) for key, row in rows.items())
    names.extend((row.short_name, key) for key, row in rows.items())
    for number, alias in enumerate(accelerator_file.shipped_aliases(), start=2):
        meant = alias.accelerator.split(";")
        for key in meant:
            if key not in rows:
                raise CatalogError(
                    tr(
                        "accelerator_aliases.csv row {number}: {key} is not in the catalogue.",
                        number=number,
                        key=key,
                    )
                )
        if len(meant) > 1:
            names.add_ambiguous(alias.label, [rows[key].short_name for key in meant])
        else:
            names.add_all((alias.label,), meant[0], f"accelerator_aliases.csv row {number}")
    return names


@lru_cache(maxsize=1)
def _model_names() -> NameIndex:
    """Spellings of the shipped models: their names, papers' labels, and the parts a name may have besides."""
    models = model_file.shipped_models()
    names = NameIndex(
        "model", _name_parts("model_name_parts.csv"), refused=partial(model_file.refused, "model")
    )
    names.extend((name, name) for name in models)
    names.extend(_pairs("model_aliases.csv", models.keys()))
    for short, meant in _without_active(models).items():
        if len(meant) == 1 and names.find(short) is None:
            names.add(short, meant[0])
    return names


_ACTIVE = re.compile(r"(?<=[0-9][BT])[ -]A[0-9.]+[BM]$")


def _without_active(models: Iterable[str]) -> Mapping[str, list[str]]:
    """Names of mixtures of experts up to their active size, as people shorten them: "Sarvam 105B"."""
    found: dict[str, list[str]] = {}
    for name in models:
        if (short := _ACTIVE.sub("", name)) != name:
            found.setdefault(short, []).append(name)
    return found


def _name_parts(file: str) -> list[re.Pattern[str]]:
    """Parts of names that say nothing of what is meant."""
    return [re.compile(row.pattern, re.IGNORECASE) for row in read_rows(resource(file), model_file.NamePart)]


def _pairs(file: str, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The (label, key) rows of an alias file."""
    reader = csv.reader(io.StringIO(read_text(resource(file)), newline=""))
    next(reader)
    for number, (label, key) in enumerate(reader, start=2):
        if key not in known:
            raise CatalogError(
                tr("{file} row {number}: {key} is not in the catalogue.", file=file, number=number, key=key)
            )
        yield label, key


def _shipped_cards() -> dict[str, tuple[PriceCard, ...]]:
    return _by_accelerator(read_rows(resource("price_cards.csv"), PriceCard))


def _own_cards(own: UserRecords, names: NameIndex, problems: list[str]) -> dict[str, tuple[PriceCard, ...]]:
    """The user's own prices by accelerator; one of an instance of several is left out and said."""
    holding = {
        normalised(row.label): row for row in accelerator_file.shipped_aliases() if (row.count or 1) > 1
    }
    cards = []
    for card, where in own.prices:
        try:
            key = names.key(card.accelerator)
        except CatalogError as error:
            problems.append(f"{where}, accelerator: {error}")
            continue
        several = holding.get(normalised(names.found_by(card.accelerator) or card.accelerator))
        if several is None:
            cards.append(replace(card, accelerator=key))
            continue
        problems.append(f"{where}, accelerator: {accelerator_file.of_several(card.accelerator, several)}")
    return _by_accelerator(cards)


def _by_accelerator(cards: Iterable[PriceCard]) -> dict[str, tuple[PriceCard, ...]]:
    found: dict[str, list[PriceCard]] = {}
    for card in cards:
        found.setdefault(card.accelerator, []).append(card)
    return {key: tuple(members) for key, members in found.items()}


_OTHER_MAKERS = {"AWS": ("Amazon",)}
"""Other names people have for a maker."""


def _sizes(entry: ModelEntry) -> tuple[str, ...]:
    """The billions of a model's parameters, as people round them either way, where its name has none."""
    if re.search(r"\d[bm]\b", entry.name.casefold()):
        return ()
    billions = (entry.published_total or 0.0) / GIGA
    return tuple(dict.fromkeys(f"{each}b" for each in (math.floor(billions), round(billions)) if each))
