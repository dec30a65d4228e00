"""Owning an accelerator: the hour it costs, when it pays, and the energy it takes."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.plan.money.energy import site_facts
from isocost.plan.money.ownership import OwnedRate, purchase_price
from isocost.plan.money.rent_or_buy import RentOrBuy
from isocost.plan.project.programme import Ownership, Site, Supply
from isocost.quantities import plain_spaces
from isocost.quantities.units import HOURS_PER_YEAR
from tests.plan.programmes import CATALOG, answered, priced, scenario

H100 = CATALOG.accelerator("h100-sxm")
PLAIN = Ownership(cost_of_capital=0.0, usd_per_accelerator=33_750.0)
HYPERSCALE = Site(operator="hyperscaler")


def owned_rate(ownership: Ownership, site: Site) -> OwnedRate | None:
    """An owned H100."""
    return answered(scenario(ownership=ownership, site=site)).reckoning.owned


def rent_or_buy(rent: float, ownership: Ownership, site: Site) -> RentOrBuy | None:
    """64 H100 rented or bought."""
    chosen = scenario(count=64, price=rent, ownership=ownership, site=site)
    return answered(chosen).reckoning.rent_or_buy


def test_an_owned_h100_costs_what_the_anchors_say():
    # $33.75K x 1.235 network = $41.7K; over five years at 80 %: $1.19 + facility + energy 0.09 + upkeep.
    owned = owned_rate(PLAIN, HYPERSCALE)
    assert owned is not None
    assert owned.capital == pytest.approx(41_667, rel=1e-3)
    assert owned.write_off / owned.utilization == pytest.approx(1.19, abs=0.005)
    assert owned.energy == pytest.approx(0.09, abs=0.005)
    assert owned.interest == 0.0
    assert 1.6 < owned.per_used_hour < 1.8


def test_capital_is_recovered_with_interest_by_an_annuity():
    # The textbook factor at 10 % over 5 years is 0.26380.
    owned = owned_rate(Ownership(cost_of_capital=0.10), Site())
    assert owned is not None
    yearly = (owned.write_off + owned.interest) * HOURS_PER_YEAR
    assert yearly / owned.capital == pytest.approx(0.26380, abs=1e-5)
    kept = owned_rate(Ownership(cost_of_capital=0.10, residual=1.0), Site())
    assert kept is not None
    assert kept.interest * HOURS_PER_YEAR == pytest.approx(0.10 * kept.capital)


@given(st.floats(0.0, 1.0), st.floats(0.25, 20.0), st.floats(0.0, 1.0))
def test_interest_and_a_shorter_life_never_make_it_cheaper(rate: float, years: float, residual: float):
    owned = owned_rate(Ownership(years=years, cost_of_capital=rate, residual=residual), Site())
    longer = owned_rate(Ownership(years=years + 1, cost_of_capital=rate, residual=residual), Site())
    free = owned_rate(Ownership(years=years, cost_of_capital=0.0, residual=residual), Site())
    assert owned is not None
    assert longer is not None
    assert free is not None
    assert owned.per_used_hour >= free.per_used_hour - 1e-9
    assert owned.per_used_hour >= longer.per_used_hour - 1e-9


def test_a_bare_card_is_given_its_server_and_a_system_is_not():
    for name in ("a100-pcie-80gb", "rtx4080", "rtx4090"):
        bare = CATALOG.accelerator(name)
        card, words = purchase_price(bare, scenario(), CATALOG)
        assert card == pytest.approx(bare.purchase_usd * 1.64)
        assert "x 1.64 for the server" in words
    for system in ("gb300", "m4-max", "m5-max", "strix-halo", "dgx-station-gb300", "gb10"):
        entry = CATALOG.accelerator(system)
        assert purchase_price(entry, scenario(), CATALOG)[0] == entry.purchase_usd
    typed = scenario(ownership=Ownership(usd_per_accelerator=40_000.0))
    assert purchase_price(H100, typed, CATALOG) == (40_000.0, "your input")
    b200 = CATALOG.accelerator("b200")
    assert purchase_price(b200, typed, CATALOG) == purchase_price(b200, scenario(), CATALOG)
    price, words = purchase_price(CATALOG.accelerator("tpu-v6e"), scenario(), CATALOG)
    assert (price, words) == (None, "TPU v6e is not for sale")


def test_at_the_break_even_utilization_owning_and_renting_cost_the_same():
    choice = rent_or_buy(3.99, Ownership(), Site())
    assert choice is not None
    assert choice.break_even_utilization is not None
    even = owned_rate(Ownership(utilization=choice.break_even_utilization), Site())
    assert even is not None
    assert even.per_used_hour == pytest.approx(3.99)


def test_buying_overtakes_renting_when_the_money_spent_meets():
    choice = rent_or_buy(3.99, Ownership(), Site())
    assert choice is not None
    assert choice.crossover_month is not None
    owned = choice.fleets[0].owned
    monthly = 730 * (0.8 * (3.99 - owned.energy) - owned.facility - owned.upkeep - owned.interest)
    assert choice.crossover_month == pytest.approx(owned.capital / monthly)
    assert choice.bought_usd[0] == pytest.approx(64 * owned.capital)
    assert choice.rented_usd[12] == pytest.approx(64 * 0.8 * 8760 * 3.99)
    # After a year used hardware is worth 72.4 % of its price.
    assert choice.bought_usd[12] - choice.resold_usd[12] == pytest.approx(64 * owned.capital * 0.724)


def test_a_rent_below_the_cost_of_power_is_never_beaten():
    choice = rent_or_buy(0.05, Ownership(), Site())
    assert choice is not None
    assert choice.break_even_utilization is None
    assert choice.crossover_month is None


def test_what_is_not_for_sale_is_rented():
    chosen = scenario(price=7.4, count=8, supply=Supply("own"))
    hardware = msgspec.structs.replace(chosen.hardware, accelerator="b300")
    chosen = msgspec.structs.replace(chosen, hardware=hardware)
    assert answered(chosen).reckoning.owned is None
    assert answered(chosen).reckoning.rent_or_buy is None
    (line,) = priced(chosen).ledger
    assert line.cost_usd == pytest.approx(8 * 240 * 7.4)
    assert "no purchase price is known for B300" in line.source


def test_owned_and_mixed_hours_are_charged_at_their_rates():
    owned = owned_rate(Ownership(), Site())
    assert owned is not None
    own = priced(scenario(supply=Supply("own"))).stages[0]
    assert own.usd_per_gpu_hour == pytest.approx(owned.per_used_hour)
    mixed = priced(scenario(supply=Supply("mixed", owned_share=0.25))).stages[0]
    assert mixed.usd_per_gpu_hour == pytest.approx(0.25 * owned.per_used_hour + 0.75 * 3.99)


def test_energy_is_nameplate_draw_pue_and_hours():
    # An H100 with its share of the server draws 1.275 kW at most; 0.78 of it x 1.10 makes 1.09 kWh an hour.
    used = answered(scenario(count=100, hours=(10.0,), site=HYPERSCALE)).reckoning.footprint
    assert used.kwh == pytest.approx(1000 * 1.275 * 0.78 * 1.10)
    assert used.peak_kw == pytest.approx(100 * 1.275 * 0.78 * 1.10)
    assert used.co2_kg == pytest.approx(used.kwh * 0.3836)
    assert used.co2_market_kg == used.co2_kg
    assert used.usd == pytest.approx(used.kwh * 0.0826)


def test_a_site_is_its_region_and_operator_unless_typed():
    norway = site_facts(Site(region="no", operator="own-room", market_kg_per_kwh=0.0), CATALOG)
    assert (norway.pue, norway.grid_kg_per_kwh, norway.usd_per_kwh) == (
        1.56,
        CATALOG.constants.regions["no"].grid_kg_per_kwh,
        0.085,
    )
    assert norway.market_kg_per_kwh == 0.0
    assert norway.market_source == "your input"
    assert "Norway, 2024" in norway.grid_source
    typed = site_facts(Site("no", "own-room", 1.2, 0.1, 0.5), CATALOG)
    assert (typed.pue, typed.usd_per_kwh, typed.grid_kg_per_kwh, typed.market_kg_per_kwh) == (
        1.2,
        0.1,
        0.5,
        0.5,
    )
    nowhere = site_facts(Site(region="atlantis"), CATALOG)
    assert nowhere.grid_kg_per_kwh == CATALOG.constants.economics.grid_kg_per_kwh.value


def test_every_region_has_a_grid_and_a_source():
    regions = CATALOG.constants.regions
    assert {"us", "de", "us-tx", "gcp-europe-north1"} <= set(regions)
    for region in regions.values():
        assert region.grid_source
        assert (region.usd_per_kwh is None) == (not region.price_source)
    assert regions["us-tx"].grid_kg_per_kwh == pytest.approx(0.350, abs=0.001)


@pytest.mark.parametrize(
    ("supply", "words"),
    [
        (Supply("own"), r"owned; .+"),
        (Supply("mixed", owned_share=0.25), r"25 % owned \(.+\); rest .+"),
        (Supply("reserved", discount=0.1), r".+; reserved, less 10 %"),
        (Supply("reserved"), r".+; reserved"),
        (Supply(), r"(?!owned)[^;]+"),
    ],
)
def test_a_rate_says_on_which_terms_it_is(supply, words):
    chosen = scenario(supply=supply)
    assert re.fullmatch(words, plain_spaces(answered(chosen).reckoning.rate_source(chosen.stages[0])))


@pytest.mark.parametrize(
    ("place", "around"),
    [
        ("gcp-europe-west3", "de"),
        ("gcp-europe-west2", "gb"),
        ("grid-ercot", "us-tx"),
        ("gcp-us-central1", "us-ia"),
        ("grid-no1", "no"),
    ],
)
def test_a_place_without_a_price_of_electricity_has_that_of_where_it_lies(place, around):
    inside, outside = (site_facts(Site(region=each), CATALOG) for each in (place, around))
    assert inside.usd_per_kwh == outside.usd_per_kwh
    assert inside.usd_per_kwh_source == outside.usd_per_kwh_source
    assert inside.grid_source != outside.grid_source


def test_every_place_whose_price_stands_for_another_has_one():
    regions = CATALOG.constants.regions
    for region in regions.values():
        if region.price_of:
            assert region.usd_per_kwh is None
            assert regions[region.price_of].usd_per_kwh is not None


@pytest.mark.parametrize(
    ("region", "mode", "said"),
    [("is", "own", True), ("is", "on-demand", False), ("de", "own", False), ("gcp-us-east1", "own", False)],
)
def test_electricity_of_another_country_is_said_where_it_is_paid(region, mode, said):
    held = scenario(supply=Supply(mode=mode), site=Site(region=region))
    told = [each.message for each in priced(held).warnings if each.code == "electricity-elsewhere"]
    assert told == (
        ["No price of electricity in Iceland is known: that of the United States is taken; type your own."]
        if said
        else []
    )
