"""Catalogues of prices as they are published, with prices that were found by hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from isocost.catalog import load
from isocost.files.imports import Given, NotUnderstoodError, SourceFile, read_file
from isocost.files.imports.prices import PriceReader
from isocost.files.own.quotes import MOST_ROWS
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Place

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = json.loads((SAMPLES / "expect_prices.json").read_text(encoding="utf-8"))["prices"]


def read(text: str, name: str = "vms.csv", folder: str = ""):
    file = SourceFile(name, text, folder)
    assert PriceReader().knows(file)
    return PriceReader().read(file, Given())


@pytest.mark.parametrize("name", EXPECTED)
def test_every_price_is_what_was_found_by_hand(name):
    expected = EXPECTED[name]
    found = read_file(SAMPLES / name).as_json()
    assert found["kind"] == "prices"
    assert found["format"] == expected["format"]
    assert found["rows"] == expected["rows"]
    assert found["skipped"] == expected.get("skipped", 0) == len(found["why"])
    prices = [
        {key: each[key] for key in wanted}
        for each, wanted in zip(found["prices"], expected["prices"], strict=True)
    ]
    assert prices == [
        {**wanted, "usd_per_gpu_hour": pytest.approx(wanted["usd_per_gpu_hour"], abs=0.01)}
        for wanted in expected["prices"]
    ]
    assert all(each["part"] in load().accelerators for each in found["prices"])


@pytest.mark.parametrize("name", EXPECTED)
def test_the_way_a_file_was_copied_changes_nothing(name):
    text = (SAMPLES / name).read_text(encoding="utf-8")
    plain = PriceReader().read(SourceFile(name, text), Given()).as_json()
    for copied in ("\ufeff" + text, text.replace("\n", "\r\n"), text + "\n\n"):
        file = SourceFile(name, copied)
        assert PriceReader().knows(file)
        assert PriceReader().read(file, Given()).as_json() == plain


SKY = (
    "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,Price,SpotPrice,Region,AvailabilityZone,"
    "GpuInfo\n"
)


def prices_of(found):
    return [(each.accelerator, each.kind, round(each.usd_per_gpu_hour, 4)) for each in found.prices]


def test_azure_writes_zero_where_it_knows_no_price():
    found = read(f"{SKY}Standard_ND96isr_H100_v5,H100,8,96,1900,0.0,0.0,eastus,,H100\n", folder="azure")
    assert prices_of(found) == []
    assert found.why == ("line 2: no price is known of Standard_ND96isr_H100_v5.",)
    with pytest.raises(NotUnderstoodError, match="no price is known"):
        found.change(new_project(load()), load(), Place())


def test_the_lowest_of_the_zones_of_a_region_is_one_price():
    rows = "".join(
        f"p5.x,H100,8,192,2048,80.0,{spot},us-east-1,us-east-1{zone},\n"
        for zone, spot in zip("abc", (24, 16, 32), strict=True)
    )
    found = read(SKY + rows, folder="aws")
    assert prices_of(found) == [("H100", "on-demand", 10.0), ("H100", "spot", 2.0)]
    assert {each.provider for each in found.prices} == {"aws"}


@pytest.mark.parametrize(
    ("name", "gpus", "each"),
    [
        ("tpu-v6e-16", 16, 1.0),
        ("tpu-v5p-16", 8, 2.0),
        ("tpu-v4-8", 4, 4.0),
        ("tpu-v3-32", 16, 1.0),
        ("tpu-v5litepod-4", 4, 4.0),
    ],
)
def test_a_slice_of_tpus_is_counted_in_chips(name, gpus, each):
    found = read(f"{SKY},{name},1,,,16,,us-east5,us-east5-a,{name}\n", folder="gcp")
    assert (found.prices[0].gpus, found.prices[0].usd_per_gpu_hour) == (gpus, each)
    assert found.prices[0].part is not None


def test_machines_of_gcp_are_added_by_zone_and_without_theirs_a_price_is_none():
    rows = (
        "g2-standard-4,,,4,16,0.30,0.10,us-central1,us-central1-a,\n"
        "g2-standard-32,,,32,128,1.30,0.50,us-central1,us-central1-a,\n"
        ",L4,1,,,0.70,0.20,us-central1,us-central1-a,\n"
        ",L4,1,,,0.70,0.20,us-east1,us-east1-b,\n"
        ",V100,8,,,16,8,us-central1,us-central1-a,\n"
        "n2-standard-8,,,8,32,0.40,0.10,us-central1,us-central1-a,\n"
    )
    found = read(SKY + rows, folder="gcp")
    assert prices_of(found) == [("L4", "on-demand", 1.0), ("L4", "spot", 0.3)]
    assert found.skipped == 4
    assert sum("machine that holds" in why for why in found.why) == 2


def test_names_mean_the_part_with_the_memory_beside_them():
    info = "\"{'Gpus': [{'Name': 'A100', 'MemoryInfo': {'SizeInMiB': 40960}}]}\""
    found = read(
        f"{SKY}a,A100,8,1,1,8,,r,,\nb,A100,8,1,1,8,,r,,{info}\nc,A100-80GB,8,1,1,8,,r,,\nd,H100-NVL,2,1,1,8,,r,,\n"
    )
    assert [each.part for each in found.prices] == [
        "a100-sxm-40gb",
        "a100-sxm-40gb",
        "a100-sxm-80gb",
        "h100-nvl",
    ]
    assert {each.provider for each in found.prices} == {None}


HUNT = "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size\n"


def test_gpuhunt_of_before_its_second_version_is_read_and_its_folder_is_its_day():
    found = read(
        f"{HUNT}x,eu,8,64,512,4,A100,40.0,False,\ny,eu,8,64,512,4,A100,80.0,True,\n",
        "runpod.csv",
        "20260412-1",
    )
    assert [(each.part, each.kind, each.date) for each in found.prices] == [
        ("a100-sxm-40gb", "on-demand", "2026-04-12"),
        ("a100-sxm-80gb", "spot", "2026-04-12"),
    ]
    assert {each.provider for each in found.prices} == {"runpod"}


def test_hosts_of_a_market_are_one_price_that_is_not_the_lowest():
    rows = "".join(
        f"h{at},eu,{price},8,64,1,RTX4090,24.0,False,\n"
        for at, price in enumerate((0.01, 0.3, 0.4, 0.5, 9.0))
    )
    found = read(HUNT + rows, "vastai.csv")
    assert prices_of(found) == [("RTX4090", "marketplace", 0.3)]


def test_vantage_takes_the_cheapest_way_to_pay_a_reservation():
    held = [
        {
            "instance_type": "a3-highgpu-8g",
            "GPU": 8,
            "GPU_model": "NVIDIA H100",
            "GPU_memory": 640,
            "pricing": {
                "us-central1": {
                    "linux": {"ondemand": "88.0", "spot": "24", "cud_1yr": "64", "cud_3yr": "N/A"},
                    "mswin": {"ondemand": "1"},
                },
                "emr": "0.27",
            },
        },
        {
            "instance_type": "p4d.24xlarge",
            "GPU": 8,
            "GPU_model": "NVIDIA A100",
            "GPU_memory": "320",
            "pricing": {
                "us-east-1": {
                    "linux": {
                        "ondemand": "N/A",
                        "reserved": {
                            "yrTerm1Standard.noUpfront": "20",
                            "yrTerm1Convertible.allUpfront": "16",
                            "yrTerm3Standard.partialUpfront": "8",
                        },
                    }
                }
            },
        },
        "nonsense",
    ]
    found = read(json.dumps(held), "instances.json")
    assert prices_of(found) == [
        ("H100", "on-demand", 11.0),
        ("H100", "spot", 3.0),
        ("H100", "1-yr reserved", 8.0),
        ("A100", "1-yr reserved", 2.0),
        ("A100", "3-yr reserved", 1.0),
    ]
    assert [each.provider for each in found.prices] == ["gcp"] * 3 + ["aws"] * 2
    assert found.prices[-1].part == "a100-sxm-40gb"
    assert found.skipped == 1


def test_our_own_table_keeps_age_supplier_and_source():
    text = (
        "provider,instance,gpu_id,gpu_label,gpus_per_instance,usd_per_gpu_hour,kind,region,date,date_precision,"
        "tier,source_url,via,notes\nLambda,gpu_8x,h100-sxm,H100,8,2.99,on-demand,us,2026-03-01,day,specialist,"
        "https://example.org/p,,\nLambda,gpu_8x,h100-sxm,H100,8,,on-demand,us,2026-03-01,day,specialist,,,\n"
    )
    found = read(text, "prices.csv")
    (card,) = found.cards(date(2026, 11, 1))
    assert (card.supplier, card.date, card.source) == ("Lambda", "2026-03-01", "https://example.org/p")
    assert card.commitment == "on demand"
    assert found.skipped == 1


def test_any_other_table_of_quotes_is_read_row_by_row():
    found = read(
        "GPU,Price per hour,Vendor\nH100,$2.10,Acme\nWarp9,1,Acme\nB200,=cmd|calc,Acme\n", "mine.csv"
    )
    assert found.format == "quotes"
    assert prices_of(found) == [("h100-sxm", "not stated", 2.1)] or found.prices[0].usd_per_gpu_hour == 2.1
    assert found.skipped == 2
    assert "Warp9" in found.why[0]


def test_a_plan_keeps_the_cheapest_of_each_offer_and_no_more_than_it_holds():
    rows = "".join(f"i{at},H100,8,1,1,{80 + at},{16 + at},r{at},,\n" for at in range(40))
    catalog = load()
    found = read(SKY + rows + "z,H100,0.5,1,1,0.01,,r,,\n", folder="aws")
    before = new_project(catalog)
    after = found.change(before, catalog, Place())
    assert [(card.commitment, card.usd_per_gpu_hour, card.supplier) for card in after.prices] == [
        ("on demand", 10.0, "aws"),
        ("spot", 2.0, "aws"),
    ]
    assert after.scenarios == before.scenarios
    assert found.change(after, catalog, Place()) == after


def test_a_share_of_an_accelerator_is_told_and_no_plan_is_priced_by_it():
    found = read(f"{SKY}v,A10,0.167,6,55,0.454,,r,,\n", folder="azure")
    assert found.prices[0].as_json()["gpus_per_instance"] == 0.167
    assert found.cards(date(2026, 11, 1)) == ()


@pytest.mark.parametrize(
    "text",
    [
        SKY,
        SKY + '"never closed,H100\n',
        SKY + ",".join(["x"] * 300) + "\n",
        SKY + "a,H100,1e999,1,1,nan,inf,r,,{'Gpus': [\n",
        SKY + "a,H100,8,1,1,8,,r,," + "{" * 3000 + "\n",
        HUNT + "x,eu,-1,8,64,1,RTX4090,24.0,maybe,\n",
        HUNT + "x,eu,1,8,64,-4,RTX4090,24.0,maybe,\n",
    ],
)
def test_nonsense_is_a_row_left_out_or_a_sentence(text):
    if text == SKY:
        with pytest.raises(NotUnderstoodError, match="no rows"):
            read(text)
        return
    found = read(text)
    json.dumps(found.as_json(), allow_nan=False)
    assert len(found.lines()) < 100


def instance(**more):
    held = {"instance_type": "p5.48xlarge", "GPU": 8, "GPU_model": "NVIDIA H100", "vCPU": 192, "memory": 2048}
    held["pricing"] = {"us-east-1": {"linux": {"ondemand": "80"}}}
    return {**held, **more}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"GPU": 0}, "entry 2: p5.48xlarge has no accelerator."),
        ({"GPU_model": ""}, "entry 2: which accelerator p5.48xlarge has is not said."),
        (
            {"pricing": {"us-east-1": {"mswin": {"ondemand": "80"}}}},
            "entry 2: p5.48xlarge has no price for linux.",
        ),
        (
            {"pricing": {"us-east-1": {"linux": {"reserved": {"yrTerm1Standard": "N/A"}}}}},
            "has no price for linux.",
        ),
    ],
)
def test_an_instance_without_an_accelerator_or_a_price_is_named(more, why):
    found = read(json.dumps([instance(), instance(**more)]), "instances.json")
    assert prices_of(found) == [("H100", "on-demand", 10.0)]
    assert why in found.why[0]
    assert found.prices[0].includes == "192 vCPU, 2048 GiB"


def test_a_cloud_is_known_by_how_it_calls_its_instances():
    azure = instance(instance_type="Standard_ND96isr_H100_v5")
    assert [each.provider for each in read(json.dumps([azure, instance()]), "x.json").prices] == [
        "azure",
        "aws",
    ]


OURS = "provider,gpu_label,gpu_id,usd_per_gpu_hour,date,kind\n"


def test_a_row_of_our_own_table_without_a_name_or_a_price_is_left_out():
    found = read(
        OURS + "Acme,,,2.0,2026-11,\nAcme,H100,,dear,2026-11,\nAcme,H100,,2.0,2026-11,claim\n", "prices.csv"
    )
    assert [(each.accelerator, each.date, each.kind) for each in found.prices] == [
        ("H100", "2026-11-01", "claim")
    ]
    assert found.why == ("line 2: it names no accelerator.", "line 3: 'dear' is no price.")


def test_quotes_beyond_those_a_plan_holds_are_counted_as_left_out():
    rows = "".join(f"H100,$2.{at:03d},Acme {at}\n" for at in range(MOST_ROWS + 5))
    found = read(f"GPU,Price per hour,Vendor\n{rows}", "mine.csv")
    assert (len(found.prices), found.skipped) == (MOST_ROWS, 5)
    lines = found.lines()
    assert any(each.label == "Further prices" for each in lines)
    assert any((each.label, each.value) == ("Day", "today is taken") for each in lines)


def test_a_plan_that_is_full_takes_the_prices_of_its_own_accelerators_first():
    catalog = load()
    plan = new_project(catalog)
    here = plan.scenarios[0].hardware.accelerator
    rows = "".join(f"MI300X,$2.{at:03d},Acme {at}\n" for at in range(MOST_ROWS - 10))
    full = read(f"GPU,Price per hour,Vendor\n{rows}", "mine.csv").change(plan, catalog, Place())
    more = "".join(f"B200,$4.{at:03d},Late {at}\n" for at in range(20)) + f"{here},$1.5,Late\n"
    held = read(f"GPU,Price per hour,Vendor\n{more}", "more.csv").change(full, catalog, Place()).prices
    assert len(held) == MOST_ROWS
    assert sum(card.accelerator == here for card in held) == 1
    assert sum(card.accelerator == "b200" for card in held) == 9


def test_a_catalogue_of_parts_nobody_knows_prices_no_plan():
    found = read(f"{SKY}w,Warp9,8,1,1,8,,r,,\n", folder="aws")
    assert any(
        (each.label, each.value) == ("Warp9", "no such part in the catalogue") for each in found.lines()
    )
    with pytest.raises(NotUnderstoodError, match=r"none of its accelerators is in the catalogue \(Warp9\)"):
        found.change(new_project(load()), load(), Place())


def test_a_row_that_is_no_csv_ends_the_table():
    found = read(f'{SKY}a,H100,8,1,1,80,,r,,\nb,H100,8,1,1,40,,q,,"' + "x" * 200_000, folder="aws")
    assert prices_of(found) == [("H100", "on-demand", 10.0)]
