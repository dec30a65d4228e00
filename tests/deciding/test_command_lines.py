"""Whatever is typed ends in an answer or in one sentence."""

from __future__ import annotations

import contextlib
import io
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.cli import main

WORDS = st.sampled_from(
    [
        "startup-7b", "distil-instead-of-rl", "On-policy distillation", "nothing.yaml", "", "-1", "7B",
        "h100-sxm:8", "a100-sxm-80gb", "tpu-v5p:4", ":", "fp8", "spot,lora", ",", "rl", "2T", "1e400",
        "12 weeks", "\N{SNOWMAN}",
    ]
)  # fmt: skip
OPTIONS = st.sampled_from(
    [
        "--suppliers", "--scenario-a", "--scenario", "--stage", "--on", "--to", "--from", "--hours",
        "--model", "--tokens", "--kind", "--precision", "--other-code", "--sequence",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["compare", "techniques", "translate"]), st.lists(WORDS | OPTIONS, max_size=6))
def test_an_answer_or_one_sentence(command: str, typed: list[str]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([command, *typed, "--format", "json"])
    if code == 0:
        assert isinstance(json.loads(out.getvalue()), dict)
        assert err.getvalue() == ""
    else:
        assert (code, out.getvalue()) == (2, "")
        assert err.getvalue().startswith("isocost: ")
        assert err.getvalue().count("\n") == 1
