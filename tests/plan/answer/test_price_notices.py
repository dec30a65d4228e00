"""When a price is out of date, and what is said of it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from isocost.catalog.entries.prices import PriceCard
from isocost.plan.answer.warnings.ages import newest_price, staleness
from isocost.plan.answer.warnings.prices import quote_notices
from isocost.plan.project.project import Hardware, Price
from tests.plan.programmes import CATALOG, priced, scenario

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "newest", "commitment", "grave"),
    [
        ("2026-11-01", "2026-11-20", "specialist", None),  # recent enough
        ("2026-10-01", "2026-11-20", "specialist", "info"),
        ("2026-10-01", "2026-10-01", "specialist", None),  # the newest known
        ("2026-10-01", "2026-09-20", "specialist", None),
        ("2026-10-01", "2026-09-20", "typed", "info"),  # what the user was offered may have changed
        ("2026-05-01", "2026-09-20", "specialist", "care"),
        ("2026-05-01", "2026-05-01", "specialist", "info"),
        ("2026-05-01", "", "typed", "care"),
        ("2023-05-01", "2026-09-20", "claim", None),
        ("", "2026-09-20", "", None),
    ],
)
def test_a_price_is_stale_when_it_is_old_and_can_be_replaced(day, newest, commitment, grave):
    assert staleness(Price(2.0, date=day, commitment=commitment), newest, CATALOG, TODAY) == grave


def test_the_usual_price_of_today_is_its_own_newest():
    for key in CATALOG.accelerators:
        card = CATALOG.default_price(key)
        if card is not None:
            paid = Price(card.usd_per_gpu_hour, commitment=card.commitment, date=card.date)
            assert newest_price(paid, key, CATALOG) == card.date


@pytest.mark.parametrize(("accelerator", "named"), [("h100-sxm", True), ("h20", False)])
def test_a_newer_price_is_named_only_where_there_is_one(accelerator, named):
    price = Price(3.0, commitment="specialist", date="2019-01-01")
    old = msgspec.structs.replace(scenario(), hardware=Hardware(accelerator, 16), price=price)
    (said,) = (each for each in priced(old).warnings if each.code == "price-stale")
    assert "days old" in said.message
    assert ("is known" in said.message) is named


def test_an_instance_by_name_is_told_from_the_accelerators_it_holds():
    held = msgspec.structs.replace(scenario(), hardware=Hardware("p5.48xlarge", 16))
    (said,) = (each for each in priced(held).warnings if each.code == "instance-name")
    assert said.message == ("p5.48xlarge holds 8 H100. A plan counts single GPUs: 16 here, 2 x p5.48xlarge.")


def test_a_name_of_several_parts_says_which_is_taken():
    held = msgspec.structs.replace(scenario(), hardware=Hardware("gfx942", 8))
    (said,) = (each for each in priced(held).warnings if each.code == "name-of-several")
    assert "taken as MI300X" in said.message
    plain = msgspec.structs.replace(scenario(), hardware=Hardware("NVIDIA H200", 8))
    assert not [each for each in priced(plain).warnings if each.code in ("instance-name", "name-of-several")]


FAR = " an hour is far from what one H100 is known to cost, "


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        (98.32, "If it is of a server of 8, one costs $12.29."),
        (0.01, "Is it of one accelerator for one hour?"),
        (9000.0, "Is it of one accelerator for one hour?"),
        (12.29, ""),  # the dearest cloud
        (0.8, ""),
        (0.0, ""),  # free is said by the bill itself
    ],
)
def test_a_price_nobody_asks_is_asked_about(hour, said):
    told = [each for each in priced(scenario(price=hour)).warnings if each.code == "price-far-off"]
    assert [each.message.endswith(said) and FAR in each.message for each in told] == [True] * bool(said)
    assert all(each.field == "price.usd_per_gpu_hour" for each in told)


@pytest.mark.parametrize("key", list(CATALOG.accelerators))
def test_no_price_of_the_catalogue_is_asked_about(key):
    for card in CATALOG.price_cards(key):
        paid = Price(card.usd_per_gpu_hour, commitment=card.commitment, date=card.date)
        held = msgspec.structs.replace(scenario(count=8), hardware=Hardware(key, 8), price=paid)
        assert not [each for each in priced(held).warnings if each.code == "price-far-off"]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-02-30", "no day such as"),
        ("yesterday", "no day such as"),
        ("2026-11", "no day such as"),
        ("9999-01-01", "has not come"),
        ("2026-09-20", ""),
        ("", ""),
    ],
)
def test_a_day_that_is_none_is_said(day, said):
    held = msgspec.structs.replace(scenario(), price=Price(3.99, date=day))
    told = [each.message for each in priced(held).warnings if each.code == "price-undated"]
    assert [said in each and day in each for each in told] == [True] * bool(said)


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-13-01", "which is no day"), ("2999-01-01", "has not come"), ("2026-06-01", ""), ("", "")],
)
def test_a_quote_of_another_accelerator_with_a_day_that_is_none_says_so(day, said):
    quote = PriceCard("b200", 4.0, "Someone", "typed", "a letter", day)
    notices = list(quote_notices((quote,), CATALOG))
    assert [each.field for each in notices] == ["prices"] * bool(said)
    assert all("price of B200" in each.message and said in each.message for each in notices)
