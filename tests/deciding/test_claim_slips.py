"""Invented claims with a classic slip each are recognised; honest ones have no story."""

from __future__ import annotations

import itertools

import pytest

from isocost.catalog import load
from isocost.plan.claims.checked import check_claim
from isocost.plan.claims.claim import claim_of
from isocost.plan.claims.reading import read_claim
from tests.deciding.asked import answered

CATALOG = load()
OFF = (0.85, 1.15)
"""Slips are recognised where the rest of the numbers is rounded by so much."""

# Dense 16-bit peaks, FLOP/s (NVIDIA's data sheets), for the hours that honest runs take at a usual MFU.
H100, A100 = 989.4e12, 312e12


def hours_of(active: float, tokens: float, peak: float, mfu: float) -> float:
    """GPU-hours of 6ND at an MFU."""
    return 6 * active * tokens / (peak * mfu) / 3600


def slip_ids(sentence: str) -> list[str]:
    """The slips found in a claim, which is doubted for them."""
    found = read_claim(sentence, CATALOG)
    assert found.unread == (), sentence
    judged = check_claim(found.claim, CATALOG, ways_out=False)
    assert not judged.slips or judged.verdict in ("doubtful", "impossible")
    return [slip.id for slip in judged.slips]


RUNS = (
    ("7B on 1T tokens", "H100", hours_of(7e9, 1e12, H100, 0.36), 3.0),
    ("13B on 2T tokens", "A100", hours_of(13e9, 2e12, A100, 0.45), 1.8),
    ("70B on 1.5T tokens", "H100", hours_of(70e9, 1.5e12, H100, 0.37), 2.5),
)
"""A run, its accelerator, the hours it takes, what an hour costs."""


def told(run, *, hours: float = 1.0, usd: float = 1.0, rate: float | None = 1.0) -> str:
    """A run as a sentence, its figures times slips."""
    what, gpu, takes, price = run
    asked = "" if rate is None else f", ${price * rate:.4g} per GPU-hour"
    return f"{what}, {takes * hours:.0f} {gpu}-hours, ${takes * price * usd:.0f}{asked}"


@pytest.mark.parametrize("run", RUNS, ids=[run[0] for run in RUNS])
def test_the_runs_are_honest_without_a_slip(run):
    assert slip_ids(told(run)) == []


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize("run", RUNS, ids=[run[0] for run in RUNS])
@pytest.mark.parametrize(
    ("slip", "figures"),
    [
        # A server of eight at eight times the price of one: told as the price of each, with or without it.
        ("node-price", {"rate": 8.0}),
        ("node-price", {"usd": 8.0}),
        ("node-price", {"usd": 8.0, "rate": None}),
        ("node-price", {"usd": 8.0, "rate": 8.0}),
        # Hours of servers told as those of accelerators: an eighth of them, the dollars as they are.
        ("node-hours", {"hours": 1 / 8}),
        ("node-hours", {"hours": 1 / 8, "rate": 8.0}),
        ("days-for-hours", {"hours": 1 / 24}),
        ("days-for-hours", {"hours": 1 / 24, "rate": None}),
        ("thousand", {"usd": 1e-3}),
    ],
)
def test_a_slip_of_a_unit(slip, figures, run, off):
    first = next(iter(figures))
    changed = {**figures, first: figures[first] * off}
    assert slip in slip_ids(told(run, **changed))


@pytest.mark.parametrize("off", [0.95, 1.0, 1.05])
@pytest.mark.parametrize(("servers", "size"), [(64, 8), (96, 8), (24, 16)])
def test_a_count_whose_sign_was_lost(servers, size, off):
    usd = servers * size * 200 * 2.0 * off
    sentence = f"{servers}{size} H800 for 200 hours at $2 per GPU-hour, ${usd:.0f}"
    assert "count-without-sign" in slip_ids(sentence)


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize(
    ("size", "tokens", "gpu", "peak", "mfu"),
    [("7B", "1T", "H100", H100, 0.45), ("70B", "2T", "A100", A100, 0.5), ("13B", "500B", "H100", H100, 0.4)],
)
def test_hours_by_the_sparse_peak(size, tokens, gpu, peak, mfu, off):
    scale = {"T": 1e12, "B": 1e9}
    active, read = (float(each[:-1]) * scale[each[-1]] for each in (size, tokens))
    hours = hours_of(active, read, 2 * peak, mfu) * off
    with_mfu = f"{size} on {tokens} tokens, {hours:.0f} {gpu}-hours at {100 * mfu:.0f} % MFU"
    assert "sparse-peak" in slip_ids(with_mfu)


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize(
    ("total", "active", "tokens"), [(671e9, 37e9, 14.8e12), (47e9, 13e9, 2e12), (235e9, 22e9, 5e12)]
)
def test_work_of_all_experts(total, active, tokens, off):
    model = f"{total / 1e9:.0f}B-A{active / 1e9:.0f}B on {tokens / 1e12:g}T tokens"
    # Mixtures of experts get less of the peak than dense models of their size.
    hours = hours_of(total, tokens, H100, 0.21) * off
    assert "total-for-active" in slip_ids(f"{model}, {hours:.0f} H100-hours at 21 % MFU")
    assert "total-for-active" in slip_ids(f"{model}, {6 * total * tokens * off:.3g} FLOP")


@pytest.mark.parametrize("off", OFF)
@pytest.mark.parametrize(
    ("model", "trillions", "each", "gpu", "rate"),
    [
        ("DeepSeek-V3", 14.8, 180e3, "H800", 2.0),
        ("70B", 15.0, hours_of(70e9, 1e12, H100, 0.37), "H100", 2.5),
        ("7B", 6.0, hours_of(7e9, 1e12, A100, 0.45), "A100", 1.8),
    ],
)
def test_hours_of_each_trillion(model, trillions, each, gpu, rate, off):
    sentence = f"{model} on {trillions:g}T tokens, {each * off:.0f} {gpu}-hours"
    assert "per-trillion" in slip_ids(sentence)
    usd = each * trillions * rate
    assert "per-trillion" in slip_ids(f"{sentence}, ${usd:.0f} at ${rate:g} per GPU-hour")


HONEST = [entry for entry in CATALOG.claims.values() if entry.basis != "press"]


def test_no_story_is_told_of_honest_claims():
    assert len(HONEST) >= 30
    told = {entry.id: check_claim(claim_of(entry), CATALOG, entry, ways_out=False).slips for entry in HONEST}
    # K2 on 72 B200 and Pythia on 4 A100 are sums that only a peak could do: they may have their story. So may
    # Lucie's hours, 4.7 times ours: an eighth of them lies at the edge of our range.
    storied = {"kimi-k2-72-b200", "pythia-1b-academic", "lucie-7b"}
    assert {key for key, found in told.items() if found} <= storied


def test_a_story_mends_what_disagrees():
    """Dollars 11 % off hours times price: half the work would explain the hours, which need nothing."""
    hours = hours_of(70e9, 1.5e12, H100, 0.5)
    assert (
        slip_ids(f"70B on 1.5T tokens, {hours:.0f} H100-hours at $2 per GPU-hour, ${hours * 2.2:.0f}") == []
    )


def test_no_story_is_told_of_sentences_of_honest_ones():
    for run, rate in itertools.product(RUNS, (None, 1.0)):
        assert slip_ids(told(run, rate=rate)) == []


def test_the_command_tells_the_story(capsys):
    """1,000 hours at a server's $24 an hour are $3,000 at $3: an eighth of $24,000."""
    tree = answered(capsys, "claim", "--text", "1,000 H100-hours at $24 per GPU-hour, $24,000")
    assert tree["verdict"] == "doubtful"
    assert tree["slips"][0]["id"] == "node-price"
    assert "8 times too many" in tree["slips"][0]["words"]


def test_one_slip_is_told_once_and_usual_counts_are_what_they_are():
    """128 accelerators told with a sum a quarter too small are no 12 x 8."""
    found = slip_ids("6.4M H100-hours at $32 per GPU-hour, Llama 3 70B")
    assert found[0] == "node-price"
    assert len(set(found)) == len(found)
    usd = 128 * 200 * 2 * 0.77
    assert "count-without-sign" not in slip_ids(f"128 H800 for 200 hours at $2 per GPU-hour, ${usd:.0f}")
