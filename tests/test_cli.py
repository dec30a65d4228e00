"""The command line: the same numbers as the window, one sentence for whatever is wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from isocost import __version__, paths
from isocost.catalog import load
from isocost.cli import COMMANDS, main
from isocost.files import load_project
from isocost.plan.answer.estimate import answer, estimate
from isocost.quantities import plain_spaces
from isocost.report.findings.facts import scope_said
from isocost.report.findings.inputs.choices import options_said, rent_note, rent_said
from isocost.report.findings.tabs.ledger import slip_words

R1 = str(paths.presets() / "deepseek-r1.yaml")
TOTAL_KEYS = ["cost_usd", "gpu_hours", "hours_of", "wall_days", "energy_kwh", "co2_kg"]
STAGE_KEYS = [
    "name",
    "kind",
    "cost_usd",
    "gpu_hours",
    "hours_of",
    "wall_days",
    "accelerator",
    "count",
    "mfu",
    "goodput",
    "waste",
    "tokens_per_s_per_gpu",
    "fits",
    "fit",
    "layout",
    "memory_bytes",
    "memory_low_bytes",
    "memory_high_bytes",
    "memory_usable_bytes",
    "memory_fits",
    "evidence",
    "evidence_reason",
]
PLAN = """\
isocost: 1
name: "=1+1 | *bold* $5"
scenarios:
- name: First
  hardware: {accelerator: h100-sxm, count: 12}
  price: {usd_per_gpu_hour: 3, supplier: "A|B", date: '2020-01-01'}
  model: {parameters: 7B}
  stages:
  - {kind: pretrain, name: "=cmd|'/C calc'!A0", data: {tokens: 1B}}
- name: Second
  hardware: {accelerator: h100-sxm, count: 8}
  price: {usd_per_gpu_hour: 2}
  stages:
  - {kind: gpu-hours, name: "tab, comma \\" quote", gpu_hours: 10}
"""


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    return str(path)


def run(capsys, *arguments: str) -> str:
    code = main(arguments)
    captured = capsys.readouterr()
    assert code == 0, captured.err
    assert captured.err == ""
    return captured.out


def refused(capsys, *arguments: str) -> str:
    code = main(arguments)
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.startswith("isocost: ")
    assert captured.err.count("\n") == 1
    return captured.err


# What is printed


def test_json_has_exactly_these_keys(capsys) -> None:
    tree = json.loads(run(capsys, "estimate", R1, "--format", "json"))
    keys = ["isocost", "project", "scenario", "currency", "total", "range", "fit", "evidence"]
    keys += ["evidence_reason", "stages", "ledger", "warnings", "rent_or_buy", "api_or_own", "slip"]
    keys += ["not_in_this_bill", "energy", "standing"]
    assert list(tree) == keys
    assert list(tree["total"]) == TOTAL_KEYS
    assert [list(stage) for stage in tree["stages"]] == [STAGE_KEYS] * 3
    line = ["line", "cost_usd", "key", "group", "how", "source", "inputs"]
    assert [list(each) for each in tree["ledger"]] == [line] * len(tree["ledger"])
    assert tree["isocost"] == __version__
    assert tree["range"] is None


def test_json_of_a_range_and_of_warnings(capsys, plan: str) -> None:
    tree = json.loads(run(capsys, "estimate", plan, "--format", "json"))
    for quantity in ("cost_usd", "wall_days"):
        span = tree["range"][quantity]
        assert list(span) == ["p10", "p50", "p90"]
        assert span["p10"] < span["p50"] < span["p90"]
        assert span["p50"] == pytest.approx(tree["total"][quantity], rel=0.05)
    assert {notice["code"] for notice in tree["warnings"]} >= {"partial-node", "tokens-below-parameters"}
    assert all(list(notice) == ["code", "field", "message"] for notice in tree["warnings"])


def test_each_prediction_has_its_word_in_every_form(capsys, plan: str) -> None:
    """A run of this plan's sizes is in no table, so the word says how far the nearest is."""
    tree = json.loads(run(capsys, "estimate", "llama-3.1-405b", "--format", "json"))
    assert tree["evidence"] == tree["stages"][0]["evidence"] == "extrapolated"
    assert "16,384 accelerators (at most 11,616)" in tree["evidence_reason"]
    assert "Evidence: extrapolated. Beyond" in run(capsys, "estimate", "llama-3.1-405b")
    assert "Evidence: extrapolated." in run(capsys, "estimate", "llama-3.1-405b", "--format", "markdown")
    rows = list(csv.DictReader(io.StringIO(run(capsys, "estimate", "llama-3.1-405b", "--format", "csv"))))
    assert rows[0]["evidence"] == "extrapolated"
    claimed = json.loads(run(capsys, "estimate", R1, "--format", "json"))
    assert claimed["evidence"] is None


def test_the_command_line_says_what_the_estimate_says(capsys, plan: str) -> None:
    expected = estimate(load_project(Path(plan)), load())
    tree = json.loads(run(capsys, "estimate", plan, "--format", "json"))
    assert tree["total"]["cost_usd"] == expected.total.cost_usd
    assert tree["stages"][0]["mfu"] == expected.stages[0].mfu
    assert tree["stages"][0]["count"] == 16


def test_r1_to_the_cent(capsys) -> None:
    total = json.loads(run(capsys, "estimate", R1, "--format", "json"))["total"]
    assert total["gpu_hours"] == 147_336
    assert total["cost_usd"] == 294_672.00
    text = run(capsys, "estimate", R1)
    assert "$294,672.00" in text
    assert "147,336 GPU-hours" in text


def test_r1_with_its_base_and_r1s_share(capsys) -> None:
    text = run(capsys, "estimate", "deepseek-r1-with-base")
    assert "$5,870,672.00" in text
    assert "DeepSeek-R1: $294,672.00, 5.0 %" in text
    assert "DeepSeek-V3 base: $5,576,000.00, 95.0 %" in text
    assert "assumed by DeepSeek, 2025-09-17" in text


def test_text_explains_why_our_work_differs_from_6nd(capsys) -> None:
    text = run(capsys, "estimate", "deepseek-v3")
    (line,) = [line for line in text.splitlines() if "6ND says" in line]
    assert "attention over the sequence adds 1" in line
    assert "\u00a0" not in text, "a terminal gets plain spaces"


def test_warnings_and_range_in_the_text(capsys, plan: str) -> None:
    text = run(capsys, "estimate", plan)
    assert "hardware.count: " in text
    assert "8 chances in 10 that it costs $" in text


def test_a_scenario_by_name(capsys, plan: str) -> None:
    assert "$20.00 for 10 GPU-hours" in run(capsys, "estimate", plan, "--scenario", "Second")
    message = refused(capsys, "estimate", plan, "--scenario", "Secnd")
    assert "did you mean 'Second'?" in message


def test_csv_is_a_table_that_no_spreadsheet_runs(capsys, plan: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run(capsys, "estimate", plan, "--format", "csv"))))
    assert rows[0]["stage"] == "'=cmd|'/C calc'!A0"
    assert rows[-1]["stage"] == "Total"
    assert float(rows[-1]["cost_usd"]) == float(rows[0]["cost_usd"])
    second = run(capsys, "estimate", plan, "--format", "csv", "--scenario", "Second")
    rows = list(csv.DictReader(io.StringIO(second)))
    assert rows[0]["stage"] == 'tab, comma " quote'
    assert rows[0]["mfu"] == ""
    assert rows[0]["cost_usd"] == "20.0"


def test_markdown_keeps_its_table_whatever_the_names(capsys, plan: str) -> None:
    text = run(capsys, "estimate", plan, "--format", "markdown")
    assert text.startswith("## =1+1 \\| \\*bold\\* \\$5: First\n")
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in table} == {8}
    assert "- `hardware.count`: " in text
    groups = run(capsys, "estimate", "deepseek-r1-with-base", "--format", "markdown")
    assert "| DeepSeek-R1 | \\$294,672.00 | 5.0 % |" in groups


# What is asked for


def test_a_preset_by_its_name(capsys) -> None:
    assert run(capsys, "estimate", "deepseek-r1") == run(capsys, "estimate", R1)
    assert "did you mean deepseek-r1?" in refused(capsys, "estimate", "deepseek-r2")
    assert "presets are api-or-own, deepseek-chain, " in refused(capsys, "estimate", "zzzzzz")


def test_a_file_beside_you_comes_before_a_preset(capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("deepseek-r1").write_text(PLAN)
    assert "First" in run(capsys, "estimate", "deepseek-r1")


def test_help_names_every_command(capsys) -> None:
    text = run(capsys, "--help")
    assert all(f"  {name} " in text for name in COMMANDS)
    assert "--smoke" not in text
    assert run(capsys, "--version") == f"isocost {__version__}\n"
    for name in COMMANDS:
        assert run(capsys, name, "--help").startswith(f"usage: isocost {name}")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("estimate",), "the following arguments are required: FILE"),
        (("estimate", R1, "--format", "xml"), "invalid choice: 'xml'"),
        (("estimate", R1, "extra"), "unrecognized arguments: extra"),
        (("--frobnicate",), "unrecognized arguments: --frobnicate"),
        (("one.yaml", "two.yaml"), "unrecognized arguments: two.yaml"),
        (("screenshot", R1), "the following arguments are required: -o/--output"),
        (("screenshot", R1, "-o", "shot.gif"), "'shot.gif' is not the name of a PNG picture"),
        (("screenshot", R1, "-o", "s.png", "--size", "big"), "'big' is not a size such as 1280x800"),
        (("screenshot", R1, "-o", "s.png", "--size", "99999x1"), "is not a size such as 1280x800"),
        (("screenshot", R1, "-o", "s.png", "--scale", "0"), "'0' is not a scale between 0.5 and 4"),
        (("screenshot", R1, "-o", "s.png", "--scale", "nan"), "'nan' is not a scale"),
        (("screenshot", R1, "-o", "s.png", "--theme", "pink"), "invalid choice: 'pink'"),
        (("screenshot", "gone/plan.yaml", "-o", "gone/s.png"), "gone/s.png: cannot be saved: no such file"),
        (("screenshot", "no-such-plan", "-o", "s.png"), "there is no such file or preset"),
        (("no-such-plan",), "there is no such file or preset"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(capsys, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(capsys, *arguments)


def test_a_picture_cannot_replace_a_folder(capsys, tmp_path: Path) -> None:
    folder = tmp_path / "folder.png"
    folder.mkdir()
    assert "folder.png: cannot be saved: is a directory." in refused(
        capsys, "screenshot", R1, "-o", str(folder)
    )


# Bad files


def damaged(tmp_path: Path, old: str, new: str) -> str:
    path = tmp_path / "damaged.yaml"
    assert old in PLAN
    path.write_text(PLAN.replace(old, new))
    return str(path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("count: 12", "cuont: 12", "scenarios[0].hardware: unknown key 'cuont'; did you mean 'count'?"),
        (
            "count: 12",
            "count: -8",
            "scenarios[0].hardware.count: Count must lie between 1 and 131,072, got -8.",
        ),
        ("tokens: 1B", "tokens: lots", "scenarios[0].stages[0].data.tokens: expected a number, got 'lots'."),
        ("h100-sxm", "h1000", "scenarios[0].hardware.accelerator: "),
        ("parameters: 7B", "name: GPT-99", "scenarios[0].model.name: "),
        ("name: First", "name: &a First", "anchors and aliases"),
        (
            "  hardware: {accelerator: h100-sxm, count: 12}",
            "  hardware: {accelerator: h100-sxm, count: 12}\n  locked: [hardware.cuont]",
            "scenarios[0].locked[0]: 'hardware.cuont' is no input that can be locked; did you mean",
        ),
        (
            "  hardware: {accelerator: h100-sxm, count: 12}",
            "  hardware: {accelerator: h100-sxm, count: 12}\n  locked: [Tuning/data.tokens]",
            "scenarios[0].locked[0]: no stage is called 'Tuning'",
        ),
    ],
)
def test_a_bad_plan_is_one_sentence(capsys, tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert sentence in refused(capsys, "estimate", damaged(tmp_path, old, new))


def test_files_that_are_no_plans(capsys, tmp_path: Path) -> None:
    huge = tmp_path / "huge.yaml"
    with open(huge, "wb") as file:
        file.truncate(1 << 30)
    bomb = tmp_path / "bomb.yaml"
    bomb.write_text("a: &a [x]\n" + "".join(f"b{i}: &b{i} [{'*a,' * 9}]\n" for i in range(99)))
    assert "the file is 1.07 GB large; a plan is at most 1 MB." in refused(capsys, "estimate", str(huge))
    assert "anchors and aliases" in refused(capsys, "estimate", str(bomb))
    assert "this is a folder" in refused(capsys, "estimate", str(tmp_path))
    assert "there is no such file." in refused(capsys, "estimate", str(tmp_path / "gone.yaml"))
    if sys.platform != "win32":
        (tmp_path / "broken.yaml").symlink_to("gone.yaml")
        os.mkfifo(tmp_path / "pipe.yaml")
        assert "there is no such file." in refused(capsys, "estimate", str(tmp_path / "broken.yaml"))
        assert "not a regular file" in refused(capsys, "estimate", str(tmp_path / "pipe.yaml"))


def test_an_unreadable_file(capsys, plan: str, monkeypatch) -> None:
    real = open

    def denied(path, *rest, **options):
        if str(path) == plan:
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **options)

    monkeypatch.setattr("builtins.open", denied)
    assert f"{plan}: cannot be read: permission denied." in refused(capsys, "estimate", plan)


def test_a_model_that_cannot_be_built(capsys, tmp_path: Path) -> None:
    path = damaged(tmp_path, "parameters: 7B", "parameters: 1e15, active_parameters: 1e5")
    assert "cannot be built" in refused(capsys, "estimate", path)


# The process


def start(python, environment, *arguments: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [python, "-m", "isocost.cli", *arguments], env=environment, capture_output=True, text=True, **options
    )


def test_as_a_process(python, isocost_environment, tmp_path: Path) -> None:
    good = start(python, isocost_environment, "estimate", R1, "--format", "json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["total"]["gpu_hours"] == 147_336
    bad = start(python, isocost_environment, "estimate", str(tmp_path))
    assert bad.returncode == 2
    assert bad.stdout == ""
    assert bad.stderr == f"isocost: {tmp_path}: this is a folder; a plan is a YAML file.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise on Windows")
def test_a_reader_that_leaves_early(python, isocost_environment) -> None:
    command = [python, "-m", "isocost.cli", "estimate", R1]
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        command, env=isocost_environment, stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    assert ended.stderr == ""
    assert ended.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(python, isocost_environment) -> None:
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [python, "-m", "isocost.cli", "estimate", R1],
            env=isocost_environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert ended.stderr == "isocost: the output cannot be written: no space left on device.\n"
    assert ended.returncode == 2


def test_letters_the_terminal_lacks(python, isocost_environment, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("name: First", "name: Früh 早"), encoding="utf-8")
    ascii_only = isocost_environment | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    text = start(python, ascii_only, "estimate", str(path))
    assert text.returncode == 0
    assert "Fr?h ?" in text.stdout
    tree = start(python, ascii_only, "estimate", str(path), "--format", "json")
    assert json.loads(tree.stdout)["scenario"] == "Früh 早"


def test_interrupting_ends_quietly(capsys, monkeypatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("isocost.cli.plans.answer", interrupted)
    assert main(["estimate", R1]) == 130
    assert capsys.readouterr().err == ""


LOADED = """
import sys
from isocost.cli import main
code = main(sys.argv[1:])
print(sorted({name.split(".")[0] for name in sys.modules} & {"PySide6", "pyqtgraph", "numpy", "yaml"}))
sys.exit(code)
"""


def test_nothing_is_loaded_that_is_not_needed(python, isocost_environment) -> None:
    def loaded(*arguments: str) -> str:
        command = [python, "-c", LOADED, *arguments]
        ended = subprocess.run(command, env=isocost_environment, capture_output=True, text=True, check=True)
        return ended.stdout.splitlines()[-1]

    assert loaded("--version") == "[]"
    assert loaded("estimate", "--help") == "[]"
    assert loaded("estimate", R1) == "['numpy', 'yaml']"


def test_a_picture_of_the_window(python, isocost_environment, tmp_path: Path) -> None:
    picture = tmp_path / "shot.png"
    options = ("-o", str(picture), "--theme", "dark", "--size", "1000x700", "--scale", "2")
    drawn = start(python, isocost_environment, "screenshot", "deepseek-r1", *options)
    assert drawn.returncode == 0, drawn.stderr
    assert drawn.stdout == drawn.stderr == ""
    header = picture.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == (2000, 1400)
    bad = start(python, isocost_environment, "screenshot", str(tmp_path), "-o", str(picture))
    assert bad.returncode == 2
    assert bad.stderr == f"isocost: {tmp_path}: this is a folder; a plan is a YAML file.\n"


# Counts one can have


def test_one_card_is_one_card_and_a_model_too_large_for_it_names_the_smallest_count(capsys, tmp_path) -> None:
    path = tmp_path / "lora.yaml"
    plan = """\
isocost: 1
name: One card
scenarios:
- name: Base
  hardware: {accelerator: h100-sxm, count: 1}
  price: {usd_per_gpu_hour: 2.5}
  model: {name: Llama 3.1 %s}
  stages:
  - {kind: sft, name: LoRA, data: {tokens: 150M}, tuning: {method: lora}}
"""
    for size, fits in (("70B", False), ("8B", True)):
        path.write_text(plan % size)
        text = run(capsys, "estimate", str(path))
        (stage,) = json.loads(run(capsys, "estimate", str(path), "--format", "json"))["stages"]
        assert (stage["count"], stage["fits"]) == (1, fits)
        assert ("Does not fit 1 H100; the smallest count is 2" in text) is not fits
        assert ("the smallest count that fits is 2." in text) is not fits
    assert 2.0 < stage["wall_days"] * 24 < 4.5
    assert stage["gpu_hours"] == pytest.approx(stage["wall_days"] * 24)


# What the Ledger tab answers


def test_the_questions_beside_the_bill_are_answered_as_in_the_window(capsys) -> None:
    project = load_project(paths.presets() / "api-or-own.yaml", load())
    shown = answer(project, load())
    question, options = shown.reckoning.rent_or_buy, shown.options
    tree = json.loads(run(capsys, "estimate", "api-or-own", "--format", "json"))
    buy, own = tree["rent_or_buy"], tree["api_or_own"]
    assert buy["verdict"] == "rent"
    assert buy["break_even_utilization"] == pytest.approx(question.break_even_utilization)
    assert buy["crossover_month"] == pytest.approx(question.crossover_month)
    assert buy["plan_rented_usd"] < buy["plan_bought_usd"]
    assert [each["total_usd"] for each in own["options"]] == pytest.approx(list(options.totals_usd))
    assert own["cheapest"] == options.cheapest
    assert [each["tokens_per_day"] for each in own["crossovers"]] == pytest.approx(
        [each.tokens_per_day for each in options.crossings]
    )
    assert tree["slip"]["cost_usd"] == pytest.approx(shown.slip(1.0).total_usd)
    assert {each["name"] for each in tree["not_in_this_bill"]} == {each.name for each in shown.omissions}
    assert tree["energy"]["kwh"] == pytest.approx(tree["total"]["energy_kwh"])
    said = (rent_said(question), options_said(options, shown.scenario), scope_said(shown.omissions))
    findings = [plain_spaces(each.finding) for each in said]
    findings += [plain_spaces(rent_note(question)), plain_spaces(slip_words(shown.slip(1.0)))]
    text = run(capsys, "estimate", "api-or-own")
    written = run(capsys, "estimate", "api-or-own", "--format", "markdown").replace("\\", "")
    assert all(each in text and each in written for each in findings)


def test_a_question_nobody_asked_is_null_and_says_what_it_lacks(capsys) -> None:
    tree = json.loads(run(capsys, "estimate", R1, "--format", "json"))
    assert tree["api_or_own"] is None
    assert tree["rent_or_buy"]["crossover_month"] is None
    assert "Say how much the finished model would be used." in run(capsys, "estimate", R1)


def test_names_in_the_questions_are_no_markup_in_markdown(capsys, tmp_path: Path) -> None:
    path = tmp_path / "names.yaml"
    # of the parts nobody sells
    part = next(name for name, each in load().accelerators.items() if each.purchase_usd is None)
    on = f"{{accelerator: {part}, count: 8}}"
    held = f"  - {{kind: gpu-hours, name: '<b>*x*', gpu_hours: 5, hardware: {on}}}\n"
    path.write_text(PLAN + held)
    written = run(capsys, "estimate", str(path), "--format", "markdown", "--scenario", "Second")
    assert "Without \\<b\\>\\*x\\*: no rent or no purchase price" in written
    assert "<b>" not in written.replace("\\<b\\>", "")


def test_a_misspelled_command_is_said(capsys):
    assert main(["estimte", "x"]) == 2
    assert "no command is called 'estimte'; did you mean estimate?" in capsys.readouterr().err
