"""What a plan written by hand leaves to the catalogue: prices, an instance's count, who sells a model."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import msgspec

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.constants.economics import ApiQuote
from isocost.catalog.entries.prices import PriceCard, commitment_of, quoted_card
from isocost.catalog.names import normalised, suggestion
from isocost.catalog.records import AcceleratorEntry
from isocost.catalog.vocabulary import vocabulary
from isocost.catalog.yaml_text import Tree
from isocost.files.errors import ContentError
from isocost.language import tr
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.physics.counts import counted_by
from isocost.plan.project.choosing import price_from
from isocost.plan.project.programme import Api
from isocost.plan.project.terms import OF_MODE, NoSuchTermsError, card_on_terms
from isocost.plan.values import BY_HAND, NO_PRICE, Data, Price, sequences_of
from isocost.quantities import QuantityError, parse

Section = dict[str, Any]
"""One mapping of a file, its values still text."""


def filled(tree: dict[str, Tree], catalog: Catalog) -> dict[str, Tree]:
    """The tree of a file with what it leaves open as the catalogue has it.

    Raises ContentError where it names what the catalogue must know and does not.
    """
    _spell_out(tree)
    made: dict[str, Tree] = _counted(tree, catalog)
    scenarios = made.get("scenarios")
    for index, scenario in enumerate(scenarios if isinstance(scenarios, list) else []):
        if isinstance(scenario, dict):
            _name_region(scenario, catalog)
            _fill_prices(scenario, catalog, f"scenarios[{index}]")
            _fill_api(scenario, catalog, f"scenarios[{index}].api")
            _fill_tuner(scenario, catalog, f"scenarios[{index}].finetune")
    return made


_OF_ONE_WORD = {"hardware": "accelerator", "supply": "mode", "site": "region"}
"""Sections a file may write as one word, and the key that is."""


def _spell_out(tree: dict[str, Tree]) -> None:
    """Let a section of one word be what it is short for: ``hardware: 8xH100``, ``supply: spot``, a price."""
    scenarios = tree.get("scenarios")
    for scenario in scenarios if isinstance(scenarios, list) else []:
        if not isinstance(scenario, dict):
            continue
        for held in (scenario, *_stages(scenario)):
            for section, key in _OF_ONE_WORD.items():
                if isinstance(word := held.get(section), str):
                    held[section] = {key: word}
            if isinstance(price := held.get("price"), str):
                # What an hour costs, or whose price it is.
                key = "usd_per_gpu_hour" if any(letter.isdigit() for letter in price) else "supplier"
                held["price"] = {key: price}


def _counted(tree: Any, catalog: Catalog) -> Any:
    """The tree with the count of an instance such as p5.48xlarge wherever hardware of that name has none, a
    count of nodes or racks in accelerators, and a batch of sequences in tokens.

    The plan's notices say what the instance holds.
    """
    if isinstance(tree, list):
        return [_counted(item, catalog) for item in tree]
    if not isinstance(tree, dict):
        return tree
    counted = {key: _counted(value, catalog) for key, value in tree.items()}
    hardware = counted.get("hardware")
    if isinstance(hardware, dict) and isinstance(hardware.get("accelerator"), str):
        alias = catalog.alias(hardware["accelerator"])
        if "count" not in hardware and alias is not None and alias.count is not None:
            counted["hardware"] = {**hardware, "count": str(alias.count)}
        elif isinstance(hardware.get("count"), str):
            counted["hardware"] = {**hardware, "count": _of_machines(hardware, catalog)}
    data = counted.get("data")
    if isinstance(data, dict) and isinstance(data.get("batch_tokens"), str):
        counted["data"] = {**data, "batch_tokens": _of_sequences(data)}
    return counted


def _of_machines(hardware: Section, catalog: Catalog) -> str:
    """A count as it is written; of nodes, or racks, the accelerators they hold."""
    try:
        entry = catalog.accelerator(hardware["accelerator"])
        count, several = NUMBERS["hardware.count"], counted_by(entry, catalog)
        return f"{count.read(hardware['count'], unit=entry.noun, several=several):.0f}"
    except (CatalogError, QuantityError):
        return str(hardware["count"])  # said where the name, or the number, is checked


def _of_sequences(data: Section) -> str:
    """A batch as it is written; of sequences, the tokens they hold."""
    if "seq" not in data["batch_tokens"].lower():
        return str(data["batch_tokens"])
    sequence, batch = NUMBERS["data.sequence"], NUMBERS["data.batch_tokens"]
    try:
        length = str(data.get("sequence", Data(tokens=0.0).sequence))
        several = sequences_of(sequence.read(length))
        return f"{batch.read(data['batch_tokens'], several=several):.12g}"
    except QuantityError:
        return str(data["batch_tokens"])


def _name_region(scenario: Section, catalog: Catalog) -> None:
    """Let a region called as people or clouds call it be the catalogue's; notices say an unknown one."""
    found = catalog.constants.region_names.find(_word(scenario, "site", "region"))
    if found is not None:
        scenario["site"] = {**scenario["site"], "region": found}


def _fill_prices(scenario: Section, catalog: Catalog, where: str) -> None:
    """A scenario that names no price has the catalogue's of its accelerator on its terms, marked so; and its
    stages on other accelerators have those of theirs.

    A price it names is that of all its stages, which notices say where one is on another accelerator.
    """
    named, mode = _word(scenario, "hardware", "accelerator"), _terms(scenario)
    if not named:
        return  # said where the section is checked
    priced = "price" in scenario
    if _names_supplier(scenario):
        scenario["price"] = _supplied(scenario["price"], named, mode, catalog, where)
    elif not priced:
        typed = _word(scenario, "ownership", "usd_per_accelerator")
        scenario["price"] = _price_of(scenario, mode, bool(typed), catalog, where)
    for index, stage in enumerate(_stages(scenario)):
        own, place = _word(stage, "hardware", "accelerator"), f"{where}.stages[{index}]"
        if _names_supplier(stage):
            stage["price"] = _supplied(stage["price"], own or named, mode, catalog, place)
        elif not priced and "price" not in stage and own and not _same_part(own, named, catalog):
            stage["price"] = _price_of(stage, mode, False, catalog, place)


def _stages(scenario: Section) -> list[Section]:
    held = scenario.get("stages")
    return [each if isinstance(each, dict) else {} for each in held] if isinstance(held, list) else []


def _names_supplier(held: Section) -> bool:
    """Whether a price says whose it is, not what it is."""
    price = held.get("price")
    return isinstance(price, dict) and "supplier" in price and "usd_per_gpu_hour" not in price


def _supplied(asked: Section, named: str, mode: str, catalog: Catalog, where: str) -> Section:
    """The price a supplier is known to ask of an accelerator on the terms, as a file would have it.

    Raises ContentError where none is known, naming who asks one.
    """
    entry = _part(named, catalog, where)
    word = str(asked.get("commitment", mode))
    terms = OF_MODE.get(word, (word,) if "commitment" in asked else OF_MODE["on-demand"])
    offers = list(catalog.own_prices.get(entry.spec.id, ()))
    for quote in catalog.quotes(entry.spec.id):
        commitment = "spot" if quote.terms == "spot" else commitment_of(quote)
        if commitment is not None and quote.standing == "listed":
            offers.append(quoted_card(quote, commitment))
    offers = [each for each in offers if each.commitment in terms]
    meant = [each for each in offers if normalised(each.supplier) == normalised(str(asked["supplier"]))]
    if not meant:
        known = sorted({each.supplier for each in offers}, key=str.casefold)
        raise ContentError(
            tr(
                "{where}.price: no price of {name} from {supplier!r} on these terms is known{list} Or write "
                "usd_per_gpu_hour.",
                where=where,
                name=entry.short_name,
                supplier=str(asked["supplier"])[:60],
                list=tr("; known are {known}.", known=", ".join(known)) if known else ".",
            )
        )
    oldest = date.fromisoformat(max(each.date for each in meant)) - timedelta(
        days=catalog.constants.economics.price_window_days.value
    )
    meant = [each for each in meant if each.date >= oldest.isoformat()]
    # Of the terms asked now the first that a default is looked for on; of those the newest, then the lowest.
    meant.sort(key=lambda each: each.usd_per_gpu_hour)
    meant.sort(key=lambda each: each.date, reverse=True)
    best = min(meant, key=lambda each: terms.index(each.commitment))
    return _as_text(msgspec.structs.replace(price_from(best), unnamed=True))


def _part(named: str, catalog: Catalog, where: str) -> AcceleratorEntry:
    """The accelerator of a name. Raises ContentError."""
    try:
        return catalog.accelerator(named)
    except CatalogError as error:
        raise ContentError(f"{where}.hardware.accelerator: {error}") from None


def _same_part(name: str, other: str, catalog: Catalog) -> bool:
    """Whether two names are of one accelerator; those of none are said where names are checked."""
    with suppress(CatalogError):
        return catalog.accelerator(name) is catalog.accelerator(other)
    return True


def _price_of(held: Section, mode: str, paid_for: bool, catalog: Catalog, where: str) -> Section:
    """The catalogue's price of the hardware that a scenario or stage holds, as a file would have it.

    ``paid_for`` is whether the plan says what one costs to buy. Raises ContentError where nothing is known.
    """
    named = _word(held, "hardware", "accelerator")
    entry = _part(named, catalog, where)
    price = _usual_price(named, _count(held), mode, catalog)
    if price is None and mode == "own" and (paid_for or entry.purchase_usd is not None):
        # Nobody's rent, which what is owned does not pay.
        price = Price(0.0, supplier=NO_PRICE)
    if price is None:
        raise ContentError(
            tr(
                "{where}: price is missing: no rent of {name} is known. Write price.usd_per_gpu_hour, or "
                "supply.mode: own with ownership.usd_per_accelerator.",
                where=where,
                name=entry.short_name,
            )
        )
    return _as_text(price)


def _as_text(price: Price) -> Section:
    """A price as a file would have it: text, truth in small letters."""
    return {
        key: str(value).lower() if value is True else str(value)
        for key, value in msgspec.to_builtins(price).items()
    }


def _usual_price(accelerator: str, count: int, mode: str, catalog: Catalog) -> Price | None:
    """The catalogue's price of so many accelerators on some terms, or by the hour where it has none of those.

    None where the price is unknown.
    """
    card: PriceCard | None = catalog.default_price(accelerator)
    if card is None:
        return None
    if mode in OF_MODE and mode != "on-demand":
        with suppress(NoSuchTermsError):  # the plan's notices say that the price is of other terms
            card = card_on_terms(card, count, mode, catalog)
    return msgspec.structs.replace(price_from(card), unnamed=True)


def _fill_api(scenario: Section, catalog: Catalog, where: str) -> None:
    """Prices and supplier of the model by the token that a scenario names, unless it has them itself."""
    api = scenario.get("api")
    if not isinstance(api, dict) or not ({"model", "supplier"} & set(api)) or not api.get("model", "-"):
        return
    prices = {"usd_per_mtok_in", "usd_per_mtok_out"} - set(api)
    if not prices:
        _ones_own(api)
        return
    model, supplier = str(api.get("model", Api().model)), api.get("supplier")
    sold = [each for each in catalog.constants.api_quotes if each.kind == "inference"]
    meant = [each for each in sold if normalised(each.model) == normalised(model)]
    of_supplier = [each for each in meant if supplier in (None, each.supplier)]
    if not of_supplier:
        raise ContentError(
            tr(
                "{where}: no price of {model!r}{of_whom} is known{hint} Or write usd_per_mtok_in and "
                "usd_per_mtok_out.",
                where=where,
                model=model,
                of_whom=tr(" from {supplier}", supplier=supplier) if supplier else "",
                hint=_hint(model, meant, sold),
            )
        )
    quote = _best(of_supplier)
    whole = len(prices) == 2
    held = {name: str(getattr(quote, name)) for name in prices if getattr(quote, name) is not None}
    asked = {"supplier": quote.supplier} | (
        {"source": quote.source, "date": quote.date} if whole else {"source": "", "date": ""}
    )
    scenario["api"] = {**asked, **held, **api, "model": quote.model}


def _fill_tuner(scenario: Section, catalog: Catalog, where: str) -> None:
    """The price of training of the host that a scenario names, unless it has one itself."""
    tune = scenario.get("finetune")
    if not isinstance(tune, dict) or "supplier" not in tune:
        return
    if "usd_per_mtok_trained" in tune:
        _ones_own(tune)
        return
    if {"source", "date"} & set(tune):
        return  # a price that was frozen, and is the usual one, which files leave out
    supplier = str(tune["supplier"])
    sold = [each for each in catalog.constants.api_quotes if each.kind == "fine-tune"]
    meant = [each for each in sold if normalised(each.supplier) == normalised(supplier)]
    if not meant:
        known = list(dict.fromkeys(each.supplier for each in sold))
        raise ContentError(
            tr(
                "{where}: no price of fine-tuning at {supplier!r} is known; known are {known}. Or write "
                "usd_per_mtok_trained.",
                where=where,
                supplier=supplier,
                known=", ".join(known),
            )
        )
    quote = _best(meant)
    asked = {"source": quote.source, "date": quote.date}
    price = {"usd_per_mtok_trained": str(quote.usd_per_mtok_in)}
    scenario["finetune"] = {**price, **asked, **tune, "supplier": quote.supplier}


def _ones_own(section: Section) -> None:
    """Whose prices are typed in a file: its author's, where it says nothing of them."""
    for name, usual in (("supplier", BY_HAND), ("source", ""), ("date", "")):
        section.setdefault(name, usual)


def _best(quotes: list[ApiQuote]) -> ApiQuote:
    """Of several prices of one name: one that is asked today before a withdrawn one, then the lowest."""
    today = date.today()
    return min(quotes, key=lambda each: (not each.asked_on(today), each.usd_per_mtok_in, each.supplier))


def _hint(model: str, meant: list[ApiQuote], sold: list[ApiQuote]) -> str:
    """Who sells the model, or which is meant."""
    if meant:
        hosts = ", ".join(dict.fromkeys(each.supplier for each in meant))
        return tr(", only of {hosts}.", hosts=hosts)
    offered = dict.fromkeys(each.model for each in sold if each.asked_on(date.today()))
    return suggestion(model, offered) or "."


def _terms(scenario: Section) -> str:
    """The terms of the price a scenario starts from: by the hour where it says what its own take off that."""
    mode = _mode(scenario)
    try:
        less = parse(_word(scenario, "supply", "discount"), "share")
    except QuantityError:  # none, or said where it is read
        less = 0.0
    return "on-demand" if less and mode in OF_MODE else mode


def _mode(scenario: Section) -> str:
    """How a scenario obtains its accelerators, as plans spell it."""
    typed = _word(scenario, "supply", "mode").strip()
    meant = vocabulary().row("supply.mode", typed)
    return meant.value or meant.word if meant is not None else typed.casefold()


def _count(scenario: Section) -> int:
    """How many accelerators; one where what stands there is no number, which is said where it is read."""
    try:
        return int(parse(_word(scenario, "hardware", "count"), "number"))
    except QuantityError:
        return 1


def _word(scenario: Section, section: str, name: str) -> str:
    """One value of a section of a file; empty where it has none."""
    held = scenario.get(section)
    return str(held[name]) if isinstance(held, dict) and isinstance(held.get(name), str) else ""
