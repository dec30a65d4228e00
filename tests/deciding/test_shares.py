"""A share of other stages on accelerators of its own has one count, and hours at each of theirs."""

from __future__ import annotations

import pytest

from .asked import answered, plan_file

PLAN = """\
isocost: 1
name: Experiments elsewhere
scenarios:
  - name: Only
    model: {parameters: 7e9}
    hardware: {accelerator: h100-sxm, count: 64}
    price: {usd_per_gpu_hour: 3, supplier: Somebody, date: '2026-11-01'}
    stages:
      - {kind: pretrain, name: Run, data: {tokens: 200e9}}
      - kind: ablations
        name: Experiments
        hardware: {accelerator: a100-sxm-80gb, count: 8}
        price: {usd_per_gpu_hour: 1.5, supplier: Somebody, date: '2026-11-01'}
        ablations: {share: 0.3}
"""


@pytest.mark.parametrize(
    "asked",
    [("offers", "--budget", "1M"), ("rank",), ("wins", "tokens", "count"), ("ladder",)],
)
def test_it_is_decided_on_beside_any_number_of_them(asked, tmp_path, capsys):
    command, *rest = asked
    plan = plan_file(tmp_path, PLAN)
    assert answered(capsys, command, plan, *rest)
    told = answered(capsys, "estimate", plan)
    main, share = (stage["gpu_hours"] for stage in told["stages"])
    assert share == pytest.approx(0.3 * main)
