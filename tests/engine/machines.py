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
