"""The library of claims: every record found, sourced, and told apart from what is assumed."""

from __future__ import annotations

import msgspec
import pytest

from isocost.catalog import CatalogError, load
from isocost.catalog.entries.claims import ClaimEntry
from isocost.catalog.table import yaml_record
from isocost.plan.inputs.table import CHOICES

CATALOG = load()


@pytest.mark.parametrize("claim", CATALOG.claims.values(), ids=list(CATALOG.claims))
def test_every_claim_names_things_the_catalogue_has_and_where_it_stands(claim):
    if claim.model:
        assert CATALOG.model(claim.model).name == claim.model
    if claim.accelerator:
        assert CATALOG.accelerators[claim.accelerator]
    if claim.compared:
        assert CATALOG.model(claim.compared.model).name == claim.compared.model
    assert not claim.precision or claim.precision in CHOICES["data.precision"].options
    assert claim.source
    told = (claim.usd, claim.gpu_hours, claim.hours, claim.days, claim.tokens)
    assert claim.parts or any(each is not None for each in told)
    for part in claim.parts:
        assert (part.gpu_hours is None) != (part.count is None or part.hours is None)


def test_amounts_left_out_carry_their_source_and_what_nobody_said_has_none():
    for claim in CATALOG.claims.values():
        for line in claim.left_out:
            assert bool(line.source) == (line.usd is not None), (claim.id, line.line)


def test_the_claims_people_ask_about_are_there():
    wanted = {
        "deepseek-r1": 294_000, "deepseek-v3": 5_576_000, "minimax-m1": 534_700, "s1-32b": 50,
        "sky-t1-32b": 450, "gpt-3": 4_336_473, "palm-540b": 13_947_799, "nanochat": 100,
    }  # fmt: skip
    assert {key: CATALOG.claims[key].usd for key in wanted} == wanted
    others = "llama-1-65b llama-2-70b llama-3-70b llama-3.1-405b smollm3 olmo-3-32b lucie-7b apertus"
    assert set(others.split()) | {"qwen3-next-80b", "deploybase-lora", "titanforge-70b"} <= set(
        CATALOG.claims
    )


def test_a_wrong_record_is_refused_by_its_field():
    record = msgspec.to_builtins(CATALOG.claims["mpt-7b"])
    text = msgspec.json.encode([{**record, "job": "magic"}]).decode()
    with pytest.raises(CatalogError, match=r"claims.yaml.*job"):
        yaml_record(text, tuple[ClaimEntry, ...], "claims.yaml")
