"""The questions beside a bill as trees: rent or buy, and an API, a tuned model or one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from isocost.language import tr
from isocost.plan.explain.training import summed
from isocost.plan.inputs.table import NUMBERS, origin
from isocost.plan.money.explain import Derivations, Explanation, given, provenance_of, unit_of, worked_out
from isocost.plan.money.options import Crossing, Option, OptionComparison
from isocost.plan.money.rent_or_buy import Fleet, RentOrBuy
from isocost.plan.project.project import Scenario

Builder = Callable[[], Explanation]


def rent_or_buy_figures(question: RentOrBuy, money: Derivations) -> Iterator[tuple[str, Builder]]:
    """The figures of renting or buying the plan's accelerators."""
    tree = _RentOrBuy(question, money)
    figures: dict[str, Builder | None] = {
        "utilization": tree.utilization,
        "break_even_utilization": None if question.break_even_utilization is None else tree.break_even,
        "service_life_months": tree.life,
        "crossover_month": None if question.crossover_month is None else tree.crossover,
        "plan_days": tree.days,
        "plan_months_at_utilization": tree.months,
        "plan_rented_usd": tree.rented,
        "plan_bought_usd": tree.bought,
    }
    for name, build in figures.items():
        if build is not None:
            yield f"rent_or_buy.{name}", build
    for at in range(len(question.fleets)):
        for name, one in (
            ("count", tree.count),
            ("rent_usd_per_hour", tree.rent),
            ("price_usd", lambda at: tree.owned("capital", at)),
            ("owned_usd_per_used_hour", lambda at: tree.owned("owned_rate", at)),
        ):
            yield f"rent_or_buy.accelerators.{at}.{name}", lambda one=one, at=at: one(at)  # type: ignore[misc]


class _RentOrBuy:
    """The sums of a plan's fleets, each from the figures of its accelerators."""

    def __init__(self, question: RentOrBuy, money: Derivations) -> None:
        self._question, self._money = question, money
        self._fleets: Sequence[Fleet] = question.fleets

    def _places(self, at: int) -> list[int]:
        """Stages that a fleet serves; none where no stage counts and it is what the plan holds."""
        on = self._money.on
        names = [on.catalog.accelerator(run.accelerator).short_name for run in on.runs]
        return [place for place, name in enumerate(names) if name == self._fleets[at].name]

    def _of(self, name: str, at: int) -> Explanation:
        """A value of one of the fleet's accelerators."""
        places = self._places(at)
        return self._money.node(f"stage.{name}", places[0]) if places else self._money.node(f"held.{name}")

    def owned(self, name: str, at: int) -> Explanation:
        return self._of(name, at)

    def count(self, at: int) -> Explanation:
        label, source = (
            tr("{name} to buy", name=self._fleets[at].name),
            tr("the most that any of its stages takes"),
        )
        value = float(self._fleets[at].count)
        return given(f"rent_or_buy.accelerators.{at}.count", label, value, "", source, "typed")

    def hours(self, at: int) -> Explanation:
        parts = [self._money.node("stage.gpu_hours", place) for place in self._places(at)]
        name = f"rent_or_buy.accelerators.{at}.hours"
        return worked_out(name, tr("Accelerator-hours"), "h", summed(parts), *parts)

    def rent(self, at: int) -> Explanation:
        """Rent of an hour, on average over the hours of the fleet's stages."""
        rate, places = "price" if self._money.on.scenario.supply.owns else "rate", self._places(at)
        rates = {self._money.node(f"stage.{rate}", place).value for place in places}
        if len(rates) < 2 or not self.hours(at).value:
            return self._of(rate, at)
        pairs = [
            (self._money.node("stage.gpu_hours", p), self._money.node(f"stage.{rate}", p)) for p in places
        ]
        words = " + ".join(f"{{{2 * i}}} x {{{2 * i + 1}}}" for i in range(len(pairs)))
        name = f"rent_or_buy.accelerators.{at}.paid"
        paid = worked_out(
            name, tr("Rent of its stages"), "USD", words, *(node for pair in pairs for node in pair)
        )
        name = f"rent_or_buy.accelerators.{at}.rent_usd_per_hour"
        return worked_out(name, tr("Rent of an hour, on average"), "USD/h", "{0} / {1}", paid, self.hours(at))

    def utilization(self) -> Explanation:
        return self._money.node("ownership.utilization")

    def life(self) -> Explanation:
        years = self._money.node("ownership.years")
        return worked_out("rent_or_buy.life", tr("Service life"), "months", "{0} x 12", years)

    def _each(
        self, name: str, label: str, unit: str, words: str, *make: Callable[[int], Explanation]
    ) -> Explanation:
        """The sum over the fleets of what ``words`` say of each."""
        parts = []
        for at in range(len(self._fleets)):
            inputs = [one(at) for one in make]
            parts.append(worked_out(f"rent_or_buy.accelerators.{at}.{name}", label, unit, words, *inputs))
        return worked_out(f"rent_or_buy.{name}", label, unit, summed(parts), *parts)

    def _named(self, name: str) -> Callable[[int], Explanation]:
        """A value of an accelerator of each fleet."""
        return lambda at: self._of(name, at)

    def _fixed(self) -> Explanation:
        return self._each(
            "fixed", tr("An hour of life of all"), "USD/h", "{0} x {1}", self.count, self._named("fixed")
        )

    def _saved(self) -> Explanation:
        label, words = tr("Rent less energy of an hour of all"), "{0} x ({1} - {2})"
        return self._each("saved", label, "USD/h", words, self.count, self.rent, self._named("power"))

    def break_even(self) -> Explanation:
        label = tr("Use above which owning is cheaper")
        fixed, saved = self._fixed(), self._saved()
        return worked_out("rent_or_buy.break_even", label, "share", "{0} / {1}", fixed, saved)

    def _capital(self) -> Explanation:
        return self._each(
            "capital", tr("Price of all"), "USD", "{0} x {1}", self.count, self._named("capital")
        )

    def _used(self, at: int) -> Explanation:
        return self.utilization()

    def _rent_per_month(self) -> Explanation:
        label, words = tr("Rent of a month of all"), "{0} x {1} x 730 x {2}"
        return self._each("rent_per_month", label, "USD", words, self.count, self._used, self.rent)

    def _carrying(self) -> Explanation:
        named = [self._named(name) for name in ("interest", "facility", "upkeep", "power")]
        label, words = (
            tr("A month of all, their price apart"),
            "{0} x (({2} + {3} + {4}) x 730 + {5} x 730 x {1})",
        )
        return self._each("carrying_per_month", label, "USD", words, self.count, self._used, *named)

    def crossover(self) -> Explanation:
        """The month in which buying has cost less than renting."""
        name, label = "rent_or_buy.crossover", tr("Month from which buying has cost less")
        question = self._question
        saved = question.rent_per_month - question.carrying_per_month
        if saved <= 0.0 or question.capital_usd / saved > question.life_months:
            return worked_out(name, label, "months", "{0}", self.life(), source="the end of the service life")
        parts = (self._capital(), self._rent_per_month(), self._carrying())
        return worked_out(name, label, "months", "{0} / ({1} - {2})", *parts)

    def days(self) -> Explanation:
        """Days of the stages whose accelerators can be bought."""
        covered = sorted(place for at in range(len(self._fleets)) for place in self._places(at))
        parts = [self._money.node("stage.days", place) for place in covered]
        label = tr("Days of the stages covered")
        return worked_out("rent_or_buy.days", label, "days", summed(parts), *parts)

    def rented(self) -> Explanation:
        return self._each("rented", tr("Rent of the plan's hours"), "USD", "{0} x {1}", self.hours, self.rent)

    def months(self) -> Explanation:
        name, label, rent = "rent_or_buy.months", tr("Months of use as assumed"), self._rent_per_month()
        if rent.value <= 0.0:
            return given(name, label, 0.0, "months", tr("nothing is paid by the month"), "assumed")
        return worked_out(name, label, "months", "{0} / {1}", self.rented(), rent)

    def bought(self) -> Explanation:
        """Money spent on buying by the time the plan's hours are run."""
        name, label = "rent_or_buy.bought", tr("Money spent on buying by then")
        capital, carrying, months = self._capital(), self._carrying(), self.months()
        if self._question.planned_months < self._question.life_months:
            return worked_out(name, label, "USD", "{0} + {1} x {2}", capital, carrying, months)
        residual = self._money.node("ownership.residual")
        words = "({0} x (1 - {1}) + {2} x {3}) x {4} / {3}"
        return worked_out(name, label, "USD", words, capital, residual, carrying, self.life(), months)


def option_figures(
    question: OptionComparison, scenario: Scenario, money: Derivations
) -> Iterator[tuple[str, Builder]]:
    """The figures of using an API, a tuned model or one's own."""
    tree = _Options(question, scenario, money)
    yield "api_or_own.tokens_per_day", lambda: tree.input("demand.tokens_per_day")
    yield "api_or_own.months", lambda: tree.input("demand.months")
    for at in range(len(question.options)):
        for name in ("total_usd", "upfront_usd", "usd_per_month", "usd_per_mtok"):
            yield f"api_or_own.options.{at}.{name}", lambda at=at, name=name: tree.of(name, at)  # type: ignore[misc]
    for at, crossing in enumerate(question.crossings):
        for name in ("tokens_per_day", "payback_months"):
            if getattr(crossing, name) is not None:
                yield f"api_or_own.crossovers.{at}.{name}", lambda at=at, name=name: tree.crossing(name, at)  # type: ignore[misc]


class _Options:
    """The sums of the options, from the inputs of the demand and of each."""

    def __init__(self, question: OptionComparison, scenario: Scenario, money: Derivations) -> None:
        self._question, self._scenario, self._money = question, scenario, money

    def input(self, path: str) -> Explanation:
        section, name = path.split(".")
        value, declared = float(getattr(getattr(self._scenario, section), name)), NUMBERS[path]
        source = origin(path, value)
        return given(path, declared.label, value, unit_of(declared), source, provenance_of(path, source))

    def of(self, name: str, at: int) -> Explanation:
        """A figure of one option."""
        option = self._question.options[at]
        makers: dict[str, Callable[[Option, str], Explanation]] = {
            "total_usd": self._total,
            "upfront_usd": self._upfront,
            "usd_per_month": self._fee,
            "usd_per_mtok": self._token,
        }
        return makers[name](option, f"api_or_own.{option.key}.{name}")

    def _find(self, name: str, key: str) -> Explanation:
        keys = [option.key for option in self._question.options]
        return self.of(name, keys.index(key))

    def _upfront(self, option: Option, key: str) -> Explanation:
        label = tr("Paid at the start: {name}", name=option.name)
        if option.key == "train":
            return worked_out(key, label, "USD", "{0}", self._money.node("total"))
        if option.key == "api":
            return given(key, label, 0.0, "USD", tr("nothing is paid before use"), "assumed")
        paths = ("finetune.tokens", "finetune.usd_per_mtok_trained", "finetune.other_usd")
        return worked_out(key, label, "USD", "{0} / 1,000,000 x {1} + {2}", *map(self.input, paths))

    def _fee(self, option: Option, key: str) -> Explanation:
        if option.key == "train":
            return self.input("serving.usd_per_month")
        return given(
            key,
            tr("By the month: {name}", name=option.name),
            0.0,
            "USD",
            tr("paid by the token alone"),
            "assumed",
        )

    def _token(self, option: Option, key: str) -> Explanation:
        section = {"api": "api", "fine-tune": "finetune", "train": "serving"}[option.key]
        paths = ("demand.input_share", f"{section}.usd_per_mtok_in", f"{section}.usd_per_mtok_out")
        label = tr("A million tokens of the mix: {name}", name=option.name)
        return worked_out(
            key, label, "USD", "{0} x {1} + (1 - {0}) x {2}", *map(self.input, paths), source=option.source
        )

    def _monthly(self, key: str) -> Explanation:
        """What an option costs a month in use."""
        parts = (
            self._find("usd_per_month", key),
            self.input("demand.tokens_per_day"),
            self._find("usd_per_mtok", key),
        )
        words = "{0} + {1} x 730 / 24 / 1,000,000 x {2}"
        return worked_out(f"api_or_own.{key}.monthly_usd", tr("A month in use"), "USD", words, *parts)

    def _total(self, option: Option, key: str) -> Explanation:
        parts = (
            self._find("upfront_usd", option.key),
            self.input("demand.months"),
            self._monthly(option.key),
        )
        return worked_out(key, tr("Over its use: {name}", name=option.name), "USD", "{0} + {1} x {2}", *parts)

    def crossing(self, name: str, at: int) -> Explanation:
        """Where two options cost the same, or when the dearer start is earned back."""
        found: Crossing = self._question.crossings[at]
        high, low = found.dearer_at_start, found.cheaper_at_start
        upfront = (self._find("upfront_usd", high), self._find("upfront_usd", low))
        key = f"api_or_own.crossovers.{at}.{name}"
        if name == "payback_months":
            words = "({0} - {1}) / ({2} - {3})"
            months = (self._monthly(low), self._monthly(high))
            return worked_out(key, tr("Months until it is earned back"), "months", words, *upfront, *months)
        fees = (self._find("usd_per_month", high), self._find("usd_per_month", low))
        tokens = (self._find("usd_per_mtok", low), self._find("usd_per_mtok", high))
        words = "(({0} - {1}) / {2} + {3} - {4}) / (({5} - {6}) x 730 / 24 / 1,000,000)"
        label = tr("Tokens a day at which both cost the same")
        parts = (*upfront, self.input("demand.months"), *fees, *tokens)
        return worked_out(key, label, "tokens/day", words, *parts)
