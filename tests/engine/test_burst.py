import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.measured_generation import measured_generation
from isocost.engine.generation import step as g
from isocost.engine.generation.burst import answers_alike, burst_rate
from isocost.engine.generation.deployment import Format, Replica
from isocost.engine.generation.lengths import Lengths
from isocost.engine.generation.serving import serve
from isocost.evidence.generation import predicted_rates
from tests.engine import shapes_of_models as models
from tests.engine.machines import H100

VENDOR = load().constants.serving.constants("vendor")
OPEN = load().constants.serving.constants("open")
FP8 = Format("fp8", "bf16")
BF16 = Format()

BURSTS = st.tuples(
    st.sampled_from(("Llama 3.1 8B", "gpt-oss-20b", "Qwen3-30B-A3B", "DeepSeek-V3")),
    st.sampled_from((Replica(8.0), Replica(ep=8.0), Replica(4.0, pp=2.0))),
    st.sampled_from((VENDOR, OPEN)),
    st.floats(1, 3000),
    st.floats(16, 8000),
    st.floats(16, 2000),
)


@given(BURSTS, st.floats(1.5, 8.0))
def test_a_burst_is_no_faster_than_a_load_that_never_ends_and_slower_where_answers_vary(burst, longest):
    name, replica, c, requests, prompt, output = burst
    t, a = load().model(name).transformer, load().accelerator("h200-sxm").spec
    steady = float(serve(t, a, replica, FP8, c, prompt=prompt, output=output).tokens_per_second_per_gpu)
    rates = [
        burst_rate(t, a, replica, FP8, c, requests=requests, prompt=prompt, answers=answers)
        for answers in (answers_alike(output), Lengths(output, longest * output, loop_rate=0.0))
    ]
    assert 0.0 < rates[1] <= 1.02 * rates[0]
    assert rates[0] <= steady


def test_a_burst_comes_near_the_steady_rate_the_more_requests_it_has():
    rates = [
        burst_rate(
            models.LLAMA3_8B, H100, Replica(), FP8, OPEN,
            requests=n, prompt=217.0, answers=Lengths(201.0, 1831.0, loop_rate=0.0),
        )
        for n in (10.0, 100.0, 1000.0, 10_000.0, 1e6)
    ]  # fmt: skip
    assert rates == sorted(rates)
    steady = serve(models.LLAMA3_8B, H100, Replica(), FP8, OPEN, prompt=217.0, output=201.0)
    assert rates[2] < 0.7 * float(steady.tokens_per_second_per_gpu), "the longest answer is waited for"
    assert rates[-1] > 0.75 * float(steady.tokens_per_second_per_gpu)


def test_a_burst_takes_its_prompts_and_its_longest_answer():
    """Qwen3 14B, gpustack on an H100: of 64 s half until the last prompt is read, then 1,700 tokens."""
    t = load().model("Qwen3 14B").transformer
    answers = Lengths(202.0, 1831.0, loop_rate=0.0)
    rate = burst_rate(t, H100, Replica(), BF16, OPEN, requests=1000.0, prompt=217.0, answers=answers)
    seconds = 1000.0 * 202.0 / rate
    alone = g.step_time(t, H100, Replica(), BF16, OPEN, sequences=1.0, context=1000.0)
    assert seconds > 1400.0 * float(alone.total)
    assert 35.0 < seconds < 80.0


def test_bursts_are_predicted_though_none_was_fitted():
    """gpustack's performance lab: ShareGPT at once; engines that had just learnt gpt-oss or R1 are slower."""
    rows = [row for row in measured_generation() if row.apart and row.requests is not None]
    rates = predicted_rates(rows, load(), {"vendor": VENDOR, "open": OPEN})
    errors = np.log(rates / [row.tokens_per_second_per_gpu for row in rows])
    steady = predicted_rates(
        [msgspec.structs.replace(row, requests=None) for row in rows],
        load(),
        {"vendor": VENDOR, "open": OPEN},
    )
    unending = np.log(steady / [row.tokens_per_second_per_gpu for row in rows])
    assert len(rows) == 38
    assert np.exp(np.median(np.abs(errors))) < 1.3
    assert np.mean(np.abs(errors) < np.log(2.0)) > 0.75
    assert np.exp(np.median(unending)) > 1.8, "as a load that never ends they come out twice as fast"
