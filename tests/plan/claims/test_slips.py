"""Each classic slip is recognised by the correction that makes its numbers agree, and only then."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.plan.claims.claim import Claim
from isocost.plan.claims.prediction import Ours
from isocost.plan.claims.slips import slips
from isocost.plan.claims.terms import terms_of
from isocost.plan.doubt.span import Range

CATALOG = load()
H100 = {"accelerator": "h100-sxm"}


def ours(hours: float) -> Ours:
    """An estimate of so many hours, a fifth to either side."""
    span = Range(hours / 1.2, hours, hours * 1.2)
    return Ours(span, span, None, 8, 0.4, "8 H100")


@pytest.mark.parametrize(
    ("slip", "claim", "estimated"),
    [
        # 512 x 278 x $2 = $284,672, 3 % from $294,000; 648 x 278 x $2 = $360,288 is 18 % off.
        ("count-without-sign", Claim(**H100, count=648, hours=278, usd=294_000, usd_per_gpu_hour=2), None),
        # $24 an hour is a server's: 1,000 x $24 / 8 = $3,000.
        ("node-price", Claim(**H100, gpu_hours=1000, usd=3000, usd_per_gpu_hour=24), None),
        # 1,000 hours of servers are 8,000 GPU-hours at $2.
        ("node-hours", Claim(**H100, gpu_hours=1000, usd=16_000, usd_per_gpu_hour=2), 8000.0),
        # 8 x 5 "hours" at $2.50 are $2,400 if they are days.
        ("days-for-hours", Claim(**H100, count=8, hours=5, usd=2400, usd_per_gpu_hour=2.5), None),
        # 180,000 hours a trillion, 14.8 trillion: 2,664,000 at $2.
        (
            "per-trillion",
            Claim(
                accelerator="h800-sxm", model="DeepSeek-V3", tokens=14.8e12, gpu_hours=180e3, usd=5.328e6,
                usd_per_gpu_hour=2,
            ),
            2.7e6,
        ),
        # 671B / 37B = 18.1 times the hours.
        ("total-for-active", Claim(**H100, parameters=671e9, active=37e9, tokens=1e12, gpu_hours=3.6e6), 2e5),
        # Half of what the dense peak allows.
        ("sparse-peak", Claim(**H100, parameters=7e9, tokens=1e12, gpu_hours=20_000), 40_000.0),
        ("thousand", Claim(**H100, gpu_hours=1000, usd=2, usd_per_gpu_hour=2), None),
    ],
)  # fmt: skip
def test_a_slip_is_recognised(slip, claim, estimated):
    terms = terms_of(claim, CATALOG)
    found = slips(terms, None, ours(estimated) if estimated else None, CATALOG)
    assert slip in [each.id for each in found]


def test_numbers_that_agree_have_no_story():
    claim = Claim(**H100, parameters=7e9, tokens=1e12, gpu_hours=40_000, usd=80_000, usd_per_gpu_hour=2)
    assert slips(terms_of(claim, CATALOG), None, ours(40_000), CATALOG) == ()


def test_numbers_that_no_correction_mends_have_no_story():
    claim = Claim(**H100, parameters=7e9, tokens=1e12, gpu_hours=7, usd=80_000, usd_per_gpu_hour=2)
    assert slips(terms_of(claim, CATALOG), None, ours(40_000), CATALOG) == ()
