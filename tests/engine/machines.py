"""Accelerators for the engine's tests, from their data sheets."""

from isocost.engine.records import Accelerator

H100 = Accelerator(
    id="h100-sxm",
    name="H100 SXM",
    vendor="NVIDIA",
    architecture="Hopper",
    peak_flops={"fp32": 67e12, "tf32": 494.5e12, "bf16": 989.5e12, "fp16": 989.5e12, "fp8": 1979e12},
    memory_bytes=80e9,
    memory_bandwidth=3.35e12,
    scaleup_bandwidth=450e9,
    scaleup_domain=8,
    scaleout_bandwidth=50e9,
    node_size=8,
    power_w=700.0,
    server_power_w=1275.0,
)

A100 = Accelerator(
    id="a100-sxm-80gb",
    name="A100 SXM 80GB",
    vendor="NVIDIA",
    architecture="Ampere",
    peak_flops={"fp32": 19.5e12, "tf32": 156e12, "bf16": 312e12, "fp16": 312e12},
    memory_bytes=80e9,
    memory_bandwidth=2.039e12,
    scaleup_bandwidth=300e9,
    scaleup_domain=8,
    scaleout_bandwidth=25e9,
    node_size=8,
    power_w=400.0,
    server_power_w=812.0,
)
RTX_4090 = Accelerator(
    id="rtx-4090",
    name="RTX 4090",
    vendor="NVIDIA",
    architecture="Ada",
    peak_flops={"fp32": 82.6e12, "tf32": 82.6e12, "bf16": 165.2e12, "fp16": 165.2e12, "fp8": 330.3e12},
    memory_bytes=24e9,
    memory_bandwidth=1.008e12,
    scaleup_bandwidth=32e9,
    scaleup_domain=1,
    scaleout_bandwidth=3.1e9,
    node_size=1,
    power_w=450.0,
    server_power_w=800.0,
)
