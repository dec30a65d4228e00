"""A claim written as a sentence is the same claim when it is read."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from isocost.catalog import load
from isocost.catalog.entries.claims import shipped_claims
from isocost.plan.claims.claim import claim_of
from isocost.plan.claims.reading import read_claim
from isocost.plan.claims.terms import terms_of
from isocost.plan.claims.writing import sentence_of

NOT_IN_WORDS = ("text", "stack", "compared", "parts")
"""What no sentence tells: where a claim is from, and what its makers' software was."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return load(tmp_path_factory.mktemp("no-user-files"))


@pytest.mark.parametrize("claim_id", shipped_claims())
def test_every_claim_of_the_library_reads_back(catalog, claim_id):
    claim = claim_of(catalog.claims[claim_id])
    terms = terms_of(claim, catalog)
    sentence = sentence_of(terms, catalog)
    found = read_claim(sentence, catalog)
    told, read = asdict(claim), asdict(found.claim)
    if claim.parts and terms.gpu_hours is not None:
        told["gpu_hours"] = terms.gpu_hours.value
    if claim.usd is None:
        told["bound"] = ""  # of a share of another model's work, which the sentence leaves out
    for name in NOT_IN_WORDS:
        told.pop(name), read.pop(name)
    assert read == told, sentence
    assert (found.unread, found.problems) == ((), ())
