"""Which share of its peak an accelerator is given: the part's own, else its architecture's."""

from dataclasses import replace

import pytest

from isocost.catalog import load
from isocost.engine.records import Accelerator, Habits
from isocost.engine.training.efficiency import machines
from tests.engine.machines import A100, H100, RTX_4090

E = load().constants.efficiency.record()


def matmul(accelerator: Accelerator, precision: str = "bf16") -> float:
    """Sustained FLOP/s of a very large matmul on the vendor's stack."""
    return machines([accelerator], [precision], ["vendor"], E).matmul.item()


def ada(part: str, bf16: float, fp8: float) -> Accelerator:
    return replace(H100, id=part, architecture="Ada", peak_flops={"bf16": bf16, "fp8": fp8})


def test_a_part_measured_to_differ_from_its_architecture_has_its_own_share():
    card = ada("rtx4090", 165.2e12, 330.3e12)
    assert matmul(card) == pytest.approx(162e12, rel=0.02)  # cuBLAS, 8,192 and larger
    assert matmul(ada("some other", 165.2e12, 330.3e12)) == pytest.approx(0.77 * 165.2e12, rel=0.02)
    assert matmul(replace(A100, id="a6000", peak_flops={"bf16": 154.8e12})) < 124e12


def test_a_share_measured_in_16_bits_holds_for_narrower_formats():
    card = ada("rtx4090", 165.2e12, 330.3e12)
    assert matmul(card, "fp8") / matmul(card) == pytest.approx(330.3 / 165.2)


def test_accelerators_of_other_vendors_have_their_own_measured_shares():
    cdna3 = {"bf16": 1307.4e12, "fp8": 2614.9e12}
    mi300x, mi325x = (
        replace(H100, id=f"mi3{n}x", architecture="CDNA3", peak_flops=cdna3) for n in ("00", "25")
    )
    # AMD's max-achievable FLOPs: one silicon, 750 and 1,000 W.
    assert matmul(mi300x) == pytest.approx(708e12, rel=0.03)
    assert matmul(mi325x) == pytest.approx(843e12, rel=0.03)
    assert matmul(mi300x, "fp8") == pytest.approx(1273e12, rel=0.03)
    assert matmul(mi325x, "fp8") == pytest.approx(1519e12, rel=0.03)
    # Measured on MI355X, whose software is young; other shares CDNA4 borrows.
    mi355x = replace(H100, id="mi355x", architecture="CDNA4", peak_flops={"bf16": 2500e12})
    assert 0.85 * 1565e12 < matmul(mi355x) < 1565e12


def test_libraries_that_are_tuned_by_their_vendor_alone_are_slower_elsewhere():
    mi300x = replace(
        H100, id="mi300x", architecture="CDNA3", peak_flops={"bf16": 1307.4e12, "fp8": 2614.9e12}
    )

    def share(stack: str, accelerator: Accelerator = mi300x) -> float:
        return machines([accelerator], ["bf16"], [stack], E).matmul.item() / accelerator.peak_flops["bf16"]

    assert share("open") / share("vendor") == pytest.approx(
        0.45 / 0.541 * share("open", H100) / share("vendor", H100)
    )
    # 990 TFLOPS of FP8 were measured from outside, 1,273 by AMD.
    assert machines([mi300x], ["fp8"], ["open"], E).matmul.item() < 990e12


def test_a_part_limited_in_power_multiplies_more_slowly():
    # PyTorch's FP8 product of 8,192 each: 1,126 TFLOPS at 500 W, 1,305 at 700 W.
    limited = replace(H100, id="h100-sxm-96gb-500w")
    assert matmul(limited, "fp8") / matmul(H100, "fp8") == pytest.approx(1126 / 1305, rel=0.01)
    assert matmul(limited) / matmul(H100) == pytest.approx(1126 / 1305, rel=0.01)
    # A superchip's 680 W are its processor's too.
    shared = replace(H100, id="gh200-quad")
    for precision in ("bf16", "fp8"):
        assert matmul(limited, precision) < matmul(shared, precision) < matmul(H100, precision)


def test_a_part_held_below_its_rated_power_is_slower_though_nobody_says_by_how_much():
    known = Habits(power_limited=True)
    for rate in ("matmul", "attention"):
        full, held = (
            getattr(machines([H100], ["bf16"], ["open"], E, habits=[each]), rate).item()
            for each in (Habits(), known)
        )
        assert held / full == pytest.approx(1126 / 1305, rel=0.01)
    own = machines([H100], ["bf16"], ["open"], E, habits=[replace(known, matmul=5e14)])
    assert own.matmul.item() == 5e14


def test_ironwoods_products_reach_what_google_measured():
    """956 TFLOPS on each of two devices of 1,153.5 (accelerator-microbenchmarks)."""
    ironwood = replace(H100, id="tpu-v7", architecture="TPU", peak_flops={"bf16": 2307e12, "fp8": 4614e12})
    assert matmul(ironwood) == pytest.approx(2 * 956e12, rel=0.02)
    assert matmul(ironwood, "fp8") == pytest.approx(2 * matmul(ironwood))


def test_software_of_an_architecture_is_as_old_on_its_refresh():
    b200, b300 = (replace(H100, id=name, architecture=name) for name in ("Blackwell", "Blackwell Ultra"))

    def matured(accelerator: Accelerator) -> float:
        rates = machines([accelerator] * 2, ["bf16"] * 2, ["vendor"] * 2, E, [2025.7, 2026.5]).matmul
        return float(rates[1] / rates[0])

    assert matured(b300) == pytest.approx(matured(b200))


def test_trainium_is_not_taken_for_a_tpu():
    trainium = replace(H100, id="trainium2", architecture="NeuronCore-v3")
    assert matmul(trainium) < 0.7 * matmul(replace(trainium, architecture="TPU"))


def test_software_without_the_vendors_kernels_reads_its_operands_again_to_cast_them():
    vendor, open_ = machines([H100] * 2, ["fp8"] * 2, ["vendor", "open"], E).cast_bytes
    assert open_ > 1.3 * vendor


def test_an_architecture_nobody_knows_gets_hoppers_share():
    assert matmul(replace(H100, id="new", architecture="New")) == matmul(H100)


def test_attention_of_a_half_rate_card_hides_its_exponentials():
    card = ada("rtx4090", 165.2e12, 330.3e12)
    own, others = machines([card, replace(card, id="l40s")], ["bf16"] * 2, ["open"] * 2, E).attention
    assert own == pytest.approx(162e12, rel=0.05)  # FlashAttention-2, from arXiv 2410.02367
    assert others < 0.6 * own


def test_open_stacks_run_amperes_attention_until_pytorch_prefers_another():
    b200 = replace(H100, id="b200", architecture="Blackwell")

    def attention(accelerator: Accelerator, stack: str, year: float) -> float:
        return machines([accelerator], ["bf16"], [stack], E, [year]).attention.item()

    # PyTorch preferred FlashAttention-2 there: FlashAttention-3 is 1.5-2.0 times as fast (arXiv 2407.08608),
    # cuDNN's kernels 1.7-2.3.
    assert 1.5 < attention(H100, "vendor", 2026.0) / attention(H100, "open", 2026.0) < 2.3
    # Before version 2.2 of PyTorch its predecessors ran.
    assert attention(H100, "open", 2024.0) < 0.97 * attention(H100, "open", 2024.3)
    assert attention(A100, "open", 2024.0) < 0.7 * attention(A100, "open", 2024.3)
    assert attention(b200, "open", 2026.0) < 0.35 * attention(b200, "vendor", 2026.0)
    for each in (H100, b200):
        assert attention(each, "open", 2026.5) == pytest.approx(attention(each, "vendor", 2026.5))
    assert attention(A100, "open", 2026.0) == pytest.approx(attention(A100, "vendor", 2026.0))


def test_pytorchs_attention_on_cdna3_is_a_third_as_fast_as_amds_own():
    """Its backward pass in Triton reaches a quarter of the best kernel's rate (arXiv 2511.08083)."""
    mi300x = replace(H100, id="mi300x", architecture="CDNA3")

    def attention(stack: str, kernel: str | None = None) -> float:
        rates = machines([mi300x], ["bf16"], [stack], E, [2026.0], [Habits(attention=kernel)])
        return rates.attention.item()

    assert 0.25 < attention("open") / attention("vendor") < 0.45
    assert attention("open", "tuned") == attention("open", "fa2") == pytest.approx(attention("vendor"))


def test_casts_of_blocks_are_dearer_outside_the_vendors_stack():
    """torchao's casts reach 5.5 and 3.9 TB/s on B200, the vendor's are fused."""
    vendor, own = (machines([H100], ["mxfp8"], [stack], E).block_casts.item() for stack in ("vendor", "open"))
    assert (1.0 + own) / (1.0 + vendor) == pytest.approx(0.88 * 8.0 * (0.5 / 5.5 + 0.5 / 3.9) / 1.3, rel=0.02)


def test_gradients_are_reduced_as_wide_as_the_framework_keeps_them():
    def width(stack: str, precision: str = "bf16", **habits) -> float:
        return machines([H100], [precision], [stack], E, habits=[Habits(**habits)]).gradient_bytes.item()

    assert (width("vendor"), width("open")) == (2.0, 4.0)
    assert (width("vendor", wide_gradients=True), width("open", narrow_gradients=True)) == (4.0, 2.0)
    assert width("vendor", "fp16", wide_gradients=True) == 2.0


def test_attention_that_is_handed_a_mask_goes_by_multiprocessors_not_by_tensor_cores():
    def attention(part: Accelerator, kernel: str) -> float:
        habits = [Habits(attention=kernel)]
        return machines([part], ["bf16"], ["open"], E, [2026.0], habits).attention.item()

    for part in (A100, H100, RTX_4090):
        assert 0.15 < attention(part, "masked") / attention(part, "fa2") < 0.55
    # H100's tensor cores are three times as fast, its multiprocessors little more than half again.
    assert 1.4 < attention(H100, "masked") / attention(A100, "masked") < 2.0
    assert attention(RTX_4090, "masked") < 0.3 * attention(H100, "masked")


def test_workstation_blackwell_runs_amperes_kernels_at_amperes_share():
    card = replace(H100, architecture="Blackwell", id="rtxpro6000")
    server = replace(card, id="b200")
    kernels = [Habits(attention="fa2")] * 2
    own, others = machines([card, server], ["bf16"] * 2, ["open"] * 2, E, [2026.0] * 2, kernels).attention
    assert own > 2.0 * others
