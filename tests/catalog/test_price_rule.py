"""The rule that makes default prices of quotes."""

from __future__ import annotations

import msgspec

from isocost.catalog.entries.prices import PriceQuote, default_cards, market_of


def quote(supplier="A", price=1.0, date="2026-10-01", **changes):
    values = {
        "accelerator": "gpu",
        "supplier": supplier,
        "usd_per_gpu_hour": price,
        "terms": "on-demand",
        "tier": "specialist",
        "date": date,
        "date_precision": "day",
        "standing": "listed",
        "source": f"https://{supplier.lower()}.example",
    }
    return PriceQuote(**{**values, **changes})


def only(quotes):
    (card,) = default_cards(quotes, 92)
    return card


def test_the_median_over_suppliers_sets_the_price():
    three = [quote("A", 1.0), quote("B", 2.0), quote("C", 9.0)]
    card = only(three)
    assert card.usd_per_gpu_hour == 2.0
    assert card.supplier == "median of 3: B, A, C"
    assert "b.example" in card.source


def test_the_median_of_two_is_neither_of_them():
    card = only([quote("A", 2.29), quote("B", 6.5)])
    assert card.usd_per_gpu_hour == 4.395
    assert card.supplier == "median of 2: A, B"
    assert "a.example" in card.source
    assert "b.example" in card.source
    assert "$2.29 to $6.50" in card.source


def test_a_supplier_of_single_accelerators_does_not_price_servers():
    cheap, server = quote("A", 1.0, gpus_per_instance=1), quote("B", 3.0, gpus_per_instance=8)
    assert only([cheap, server]).usd_per_gpu_hour == 3.0
    assert only([cheap, quote("C", 4.0)]).usd_per_gpu_hour == 4.0
    one_year = only([cheap, server, quote("D", 2.0, terms="one-year", gpus_per_instance=1)][2:])
    assert one_year.commitment == "one-year"


def test_where_only_single_accelerators_are_offered_the_terms_say_so():
    card = only([quote("A", 1.0, gpus_per_instance=1), quote("B", 3.0, gpus_per_instance=1)])
    assert (card.commitment, card.usd_per_gpu_hour) == ("single", 2.0)
    assert "clusters are quoted apart" in card.includes


def test_a_marketplace_offers_single_cards():
    offers = [quote("A", 1.0, gpus_per_instance=1), quote("B", 3.0, gpus_per_instance=8)]
    card = only([msgspec.structs.replace(each, terms="marketplace") for each in offers])
    assert (card.commitment, card.usd_per_gpu_hour) == ("marketplace", 2.0)


def test_order_of_quotes_does_not_matter():
    quotes = [quote("A", 1.0), quote("B", 2.0), quote("C", 2.0), quote("D", 9.0)]
    assert default_cards(quotes, 92) == default_cards(quotes[::-1], 92)


def test_each_supplier_counts_once_with_its_newest_day_and_largest_instance():
    quotes = [
        quote("A", 9.0, "2026-05-01"),
        quote("A", 4.0, gpus_per_instance=1),
        quote("A", 3.5, gpus_per_instance=8, region="far"),
        quote("A", 3.0, gpus_per_instance=8, region="near"),
    ]
    card = only(quotes)
    assert (card.usd_per_gpu_hour, card.supplier, card.date) == (3.0, "A", "2026-10-01")


def test_suppliers_not_seen_for_three_months_drop_out():
    stale, edge = quote("Old", 0.5, "2026-06-30"), quote("Edge", 0.6, "2026-07-01")
    assert only([quote("A", 3.0), stale]).usd_per_gpu_hour == 3.0
    assert only([quote("A", 3.0), edge]).usd_per_gpu_hour == 1.8


def test_a_price_is_dated_like_the_middle_of_its_quotes():
    quotes = [quote("A", 1.0, "2026-07-15"), quote("B", 2.0, "2026-08-01"), quote("C", 3.0, "2026-10-01")]
    assert only(quotes).date == "2026-08-01"


def test_what_is_not_an_offer_never_enters():
    junk = [
        quote("B", 0.1, terms="spot"),
        quote("C", 0.1, terms="serverless"),
        quote("D", 0.1, standing="unverified"),
        quote("E", 0.1, standing="floor"),
        quote("F", 0.1, standing="variant-unknown"),
        quote("G", 0.1, terms="three-year"),
        quote("H", 0.1, tier="index"),
    ]
    assert only([quote("A", 3.0), *junk]).usd_per_gpu_hour == 3.0
    assert default_cards(junk, 92) == []


def test_terms_and_accelerators_are_kept_apart():
    quotes = [
        quote("A", 3.0),
        quote("B", 7.0, tier="hyperscaler"),
        quote("C", 2.0, terms="one-year", tier="hyperscaler"),
        quote("D", 1.5, terms="marketplace"),
        quote("E", 5.0, accelerator="other"),
    ]
    found = {(card.accelerator, card.commitment): card.usd_per_gpu_hour for card in default_cards(quotes, 92)}
    assert found == {
        ("gpu", "specialist"): 3.0,
        ("gpu", "hyperscaler"): 7.0,
        ("gpu", "one-year"): 2.0,
        ("gpu", "marketplace"): 1.5,
        ("other", "specialist"): 5.0,
    }


def test_claims_are_never_averaged():
    claims = [
        quote("Paper", 2.0, "2024-12-27", terms="claim", tier="claim", note="rent assumed"),
        quote("Blog", 5.0, "2023-06-22", terms="claim", tier="claim"),
    ]
    cards = default_cards(claims, 92)
    assert [(card.supplier, card.usd_per_gpu_hour) for card in cards] == [("Blog", 5.0), ("Paper", 2.0)]
    assert cards[1].includes == "rent assumed"


def test_a_price_from_an_undated_snapshot_says_so():
    card = only([quote("A", 3.0, "2025-10-01", date_precision="window")])
    assert "newer than its date" in card.includes


def test_the_market_is_the_newest_quote_of_each_supplier_on_the_same_terms():
    quotes = [
        quote("A", 3.0, "2026-10-01"),
        quote("A", 4.0, "2026-11-01"),
        quote("B", 5.0, gpus_per_instance=1),
        quote("C", 2.0, standing="variant-unknown"),
        quote("D", 1.0, standing="unverified"),
        quote("E", 0.5, "2025-01-01"),
        quote("F", 9.0, tier="hyperscaler"),
    ]
    asked = [(each.supplier, each.usd_per_gpu_hour) for each in market_of(quotes, "specialist", 92)]
    assert asked == [("C", 2.0), ("A", 4.0), ("B", 5.0)]
    assert [each.supplier for each in market_of(quotes, "hyperscaler", 92)] == ["F"]
    # What is called single are the on-demand terms of all clouds.
    assert len(market_of(quotes, "single", 92)) == 4


def test_nobody_offers_a_claim_or_terms_of_ones_own():
    quotes = [quote("A", 3.0), quote("B", 2.0, terms="claim", tier="claim")]
    for terms in ("claim", "typed", "", "a friend's"):
        assert market_of(quotes, terms, 92) == []
