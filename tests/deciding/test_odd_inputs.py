"""What makes no sense, given to every command: a sentence with the place and the remedy, never a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isocost.cli import main
from isocost.quantities import plain_spaces

from .asked import CLAIMED, KNOWN, PROGRAMME, plan_file

COMMANDS = (
    ("estimate",), ("solve", "--for", "count", "--budget", "1000"), ("offers",), ("rank", "--deadline", "9"),
    ("risk",), ("tornado",), ("techniques",), ("loss",), ("explain", "total.cost_usd"),
    ("compare", "--suppliers"), ("ladder",), ("translate", "--to", "h100-sxm"), ("nearest",), ("claim",),
    ("wins", "count", "price"),
)  # fmt: skip


def said(capsys, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and complaint of a command; argparse's own way out counts too."""
    try:
        code = main(list(arguments))
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    told = capsys.readouterr()
    return code, plain_spaces(told.out), plain_spaces(told.err)


def on_file(command: tuple[str, ...], path: str) -> tuple[str, ...]:
    return command[0], path, *command[1:]


WRONG = {
    "empty": ("", "empty"),
    "a list": ("- 1\n- 2\n", "expected keys and values"),
    "no plan": ("hello: world\n", "isocost"),
    "no scenario": ("isocost: 1\nname: x\nscenarios: []\n", "scenario"),
    "no number": (KNOWN.replace("mfu: 0.4", "mfu: .nan"), "efficiency.mfu: expected a number"),
    "infinite": (KNOWN.replace("hour: 2,", "hour: .inf,"), "usd_per_gpu_hour: expected an amount"),
    "negative": (KNOWN.replace("count: 64", "count: -3"), "hardware.count: Count must lie between"),
    "huge": (KNOWN.replace("2e10", "1e300"), "data.tokens: Tokens must lie between"),
    "unknown accelerator": (KNOWN.replace("h100-sxm", "h10"), "did you mean"),
    "unknown key": (KNOWN.replace("  price:", "  prize:"), "did you mean"),
    "reversed range": (
        KNOWN.replace("  stages:", "  ranges: {price.usd_per_gpu_hour: 3..2}\n  stages:"),
        "write the lower one first",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_one_sentence_from_every_command(capsys, tmp_path: Path, name: str):
    text, part = WRONG[name]
    plan = plan_file(tmp_path, text)
    for command in COMMANDS:
        code, out, err = said(capsys, *on_file(command, plan))
        if command[0] == "claim" and "scenarios" not in text:
            assert code == 2  # what is no plan is read as a claim, which says nothing
            continue
        if command[0] == "loss" and code == 0:
            continue
        assert (code, out) == (2, ""), command
        assert err.count("\n") == 1, command
        assert part in err, command
        assert "plan.yaml" in err, command


@pytest.mark.parametrize("path", ["", "/nowhere/plan.yaml", ".", "nosuchpreset", "\0", "x" * 5000])
def test_what_is_no_file_is_one_sentence_from_every_command(capsys, path: str):
    for command in COMMANDS:
        code, out, err = said(capsys, *on_file(command, path))
        assert (code, out) == (2, ""), command
        assert err.startswith("isocost: "), command
        assert err.count("\n") == 1, command


def test_bytes_that_are_no_text(capsys, tmp_path: Path):
    path = tmp_path / "plan.yaml"
    path.write_bytes(bytes(range(256)))
    for command in COMMANDS:
        code, _, err = said(capsys, *on_file(command, str(path)))
        assert code == 2
        assert "UTF-8" in err or "text" in err


ODD = [
    "",
    "nan",
    "inf",
    "1e400",
    "abc",
    "5..3",
    "\u221e",
    "\u0663",
    "0x10",
    "$",
    "100%",
    "--",
    "1,5,2",
    "7B?",
]
OPTIONS = [
    ("solve", "--for", "model", "--budget"), ("solve", "--for", "mfu", "--deadline"), ("offers", "--budget"),
    ("rank", "--deadline"), ("risk", "--budget"), ("risk", "--samples"), ("risk", "--seed"),
    ("estimate", "--format"), ("techniques", "--on"), ("risk", "--scenario"), ("solve", "--for"),
    ("explain", "--depth"), ("ladder", "--on"),
]  # fmt: skip


READ = {"--samples": ("1,5,2",), "--seed": ("1,5,2",), "--on": ("",)}
"""What is odd and has a meaning all the same: separators of thousands, nothing switched on."""


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
def test_odd_values_of_options_are_refused_in_a_sentence(capsys, tmp_path: Path, options: tuple[str, ...]):
    plan = plan_file(tmp_path, KNOWN)
    for value in ODD:
        if value in READ.get(options[-1], ()):
            continue
        code, out, err = said(capsys, options[0], plan, *options[1:], value)
        assert (code, out) == (2, ""), value
        assert err.startswith("isocost: "), value
        assert err.count("\n") == 1, value


@pytest.mark.parametrize("value", ["0", "-1", "1e-300", "1e15", "0.01"])
def test_limits_of_budget_and_deadline_are_kept_or_named(capsys, tmp_path: Path, value: str):
    plan = plan_file(tmp_path, PROGRAMME)
    for goal in ("--budget", "--deadline"):
        for unknown in ("model", "count", "price"):
            code, out, err = said(
                capsys, "solve", plan, "--for", unknown, f"{goal}={value}", "--format", "json"
            )
            if code == 0:
                found = json.loads(out)
                assert found["feasible"] or found["alternatives"] or found["estimate"] is not None
            else:
                assert f"{goal}: " in err or "To solve for" in err or "say for" in err
                assert err.count("\n") == 1


@pytest.mark.parametrize("form", ["text", "json", "markdown", "csv"])
def test_two_goals_that_cannot_be_held_are_answered_in_every_form(capsys, tmp_path: Path, form: str):
    goal = KNOWN.replace("  stages:", "  goal: {budget_usd: 0.01, deadline_days: 0.01}\n  stages:")
    plan = plan_file(tmp_path, goal)
    commands = [("solve", "--for", each) for each in ("model", "count", "mfu", "price", "accelerator")]
    for command in (*commands, ("offers",), ("rank",), ("risk",), ("wins", "budget", "deadline")):
        code, out, err = said(capsys, *on_file(command, plan), "--format", form)
        assert (code, err) == (0, ""), command
        assert out.strip(), command
        assert "nan" not in out.lower().replace("nanochat", ""), command


@pytest.mark.parametrize("price", ["0", "1e-9", "1000000"])
def test_free_and_dear_accelerators_break_nothing(capsys, tmp_path: Path, price: str):
    plan = plan_file(tmp_path, CLAIMED.replace("hour: 2,", f"hour: {price},"))
    for command in (each for each in COMMANDS if each[0] != "ladder"):  # a second each, of other prices
        code, out, err = said(capsys, *on_file(command, plan))
        assert code in (0, 2), command
        assert (out == "") != (err == ""), command
        assert err.count("\n") <= 1, command


@pytest.mark.parametrize(
    "sentence",
    [
        "70B, 0 H100, 0 days, $0", "-7B on -2T tokens", "7B on nan tokens", "1e400B", "$1e400",
        "8.5 H100, 3 days",
        "H100 H100 H100", "7B 8B 9B 10B", "$$$$", "1/0 days on 0x8 H100", "7B, 1e29 tokens, 1e9 H100, 1e-9 h",
        "\u0663 days on \u0668 H100, 7B", "7B" * 900, "ten to the power of ten H100",
    ],
)  # fmt: skip
def test_a_dirty_claim_never_breaks_it(capsys, sentence: str):
    for form in ("text", "json"):
        code, out, err = said(capsys, "claim", "--text", sentence, "--format", form)
        assert code in (0, 2)
        assert (out == "") != (err == "")


def test_limits_of_time_have_their_unit(capsys, tmp_path: Path):
    _, _, err = said(capsys, "rank", plan_file(tmp_path, KNOWN), "--deadline=-1")
    assert "Deadline must lie between 0.01 and 36,500 days, got -1." in err


def test_an_unknown_name_gets_known_ones(capsys):
    _, _, err = said(
        capsys, "translate", "--model", "7B", "--tokens", "1T", "--from", "qqq:8", "--to", "h100"
    )
    assert "No accelerator is called 'qqq'; known are for example" in err
