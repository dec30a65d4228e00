"""A good file opens, whatever way its numbers are written; a bad one is one sentence that names the place."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost import __version__
from isocost.catalog import load
from isocost.files import ContentError, FileError, load_project, parse_project
from isocost.files.migration import current_tree

GOOD = """\
isocost: 1
name: Plan
scenarios:
- name: Base
  model: {parameters: 7e9}
  hardware: {accelerator: h100-sxm, count: 256}
  price: {usd_per_gpu_hour: 3.99}
  stages:
  - kind: pretrain
    name: Pre-training
    data: {tokens: 2e12}
  - kind: gpu-hours
    name: Tuning
    gpu_hours: 5000
"""


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def problem(text: str, **options) -> str:
    with pytest.raises(ContentError) as caught:
        parse_project(text, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith((".", "?"))
    assert len(message) < 600
    return message


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("14.8e12", 14.8e12),
        ("7e10", 7e10),
        ("1e+12", 1e12),
        ("14.8T", 14.8e12),
        ("'7 B'", 7e9),
        ("2000000000000", 2e12),
        ("1_000_000", 1e6),
        ("'1,000,000'", 1e6),
        ('"2.5x10^12"', 2.5e12),
    ],
)
def test_tokens_however_written(written: str, tokens: float) -> None:
    stage = parse_project(changed("2e12", written)).scenarios[0].stages[0]
    assert stage.data.tokens == tokens


def test_shares_money_and_times_for_people() -> None:
    text = changed("3.99", "$2.00").replace("gpu_hours: 5000", "hours: 3 weeks")
    scenario = parse_project(text + "  efficiency: {mfu: 40 %, goodput: 0.9}\n").scenarios[0]
    assert scenario.efficiency.mfu == 0.4
    assert scenario.efficiency.goodput == 0.9
    assert scenario.price.usd_per_gpu_hour == 2.0
    assert scenario.stages[1].hours == 504.0


def test_words_of_yaml_1_1_stay_text() -> None:
    text = changed("name: Base", "name: no").replace("name: Tuning", "name: 12:30")
    scenario = parse_project(text).scenarios[0]
    assert scenario.name == "no"
    assert scenario.stages[1].name == "12:30"


def test_a_stage_can_be_switched_off() -> None:
    first, second = (
        parse_project(changed("gpu_hours: 5000", "gpu_hours: 5000\n    enabled: false")).scenarios[0].stages
    )
    assert first.enabled
    assert not second.enabled


def test_an_empty_value_is_an_absent_one() -> None:
    for absent in ("", "~", "null"):
        stage = parse_project(changed("    data:", f"    model: {absent}\n    data:")).scenarios[0].stages[0]
        assert stage.model is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (changed("2e12", "lots"), "scenarios[0].stages[0].data.tokens: expected a number, got 'lots'."),
        (changed("2e12", "true"), "scenarios[0].stages[0].data.tokens: expected a number, got 'true'."),
        (changed("2e12", "[1, 2]"), "scenarios[0].stages[0].data.tokens: expected a number, got a list."),
        (changed("2e12", ".nan"), "scenarios[0].stages[0].data.tokens: expected a number, got '.nan'."),
        (changed("2e12", ".inf"), "scenarios[0].stages[0].data.tokens: expected a number, got '.inf'."),
        (
            changed("2e12", "1e999"),
            "scenarios[0].stages[0].data.tokens: expected a finite number, got '1e999'.",
        ),
        (changed("2e12", "-5"), "scenarios[0].stages[0].data.tokens: Tokens must lie between"),
        (changed("2e12", "5 GPUs"), "scenarios[0].stages[0].data.tokens: expected a number, got '5 GPUs'."),
        (changed("256", "-8"), "scenarios[0].hardware.count: Count must lie between 1 and 131,072, got -8."),
        (changed("256", "8.5"), "scenarios[0].hardware.count: Count must be a whole number, got 8.5."),
        (changed("256", "9" * 4000), "scenarios[0].hardware.count: expected a number, got '999"),
        (changed("hardware:", "hardwear:"), "scenarios[0]: unknown key 'hardwear'; did you mean 'hardware'?"),
        (
            changed("tokens:", "Tokens:"),
            "scenarios[0].stages[0].data: unknown key 'Tokens'; did you mean 'tokens'?",
        ),
        (
            changed("name: Plan", "title: Plan"),
            "unknown key 'title'; known are name, notes, scenarios, prices",
        ),
        (changed("    data: {tokens: 2e12}\n", ""), "scenarios[0].stages[0]: data is missing."),
        (
            changed(
                "  stages:", "  efficiency: {correction: {factor: 1, low: 0, high: 2, runs: 1}}\n  stages:"
            ),
            "efficiency.correction: must be above 0, each at least the one before it, got low 0, factor 1",
        ),
        (
            changed(", count: 256", ""),
            "hardware: count is missing: write how many, or a name that says it, such as 8xH100.",
        ),
        (
            changed("{tokens: 2e12}", "2e12"),
            "scenarios[0].stages[0].data: expected keys and values, got '2e12'.",
        ),
        (
            changed("{tokens: 2e12}", "{tokens: 2e12, precision: fp7}"),
            "data.precision: unknown value 'fp7'; did you",
        ),
        (
            changed("kind: pretrain", "kind: pretran"),
            "stages[0].kind: unknown value 'pretran'; did you mean 'pretrain'?",
        ),
        (
            changed("- kind: pretrain\n    name", "- name"),
            "stages[0]: kind is missing; known are pretrain, context-extension, mid-training",
        ),
        (changed("kind: pretrain", "kind: [pretrain]"), "stages[0].kind: expected one of"),
        (
            changed("    gpu_hours: 5000\n", ""),
            "stages[1]: give either hours or gpu_hours; neither is given.",
        ),
        (changed("5000", "5000\n    hours: 1"), "stages[1]: give either hours or gpu_hours; both are given."),
        (changed("name: Plan", "name: [Plan]"), "name: expected text, got a list."),
        (changed("name: Plan", f"name: {'x' * 501}"), "name: text may be 500 characters long, got 501."),
        (
            changed("name: Plan", r'name: "a\e[31m"'),
            "name: text may not hold a line break or control character.",
        ),
        (
            changed("name: Plan", r'name: "a\nb"'),
            "name: text may not hold a line break or control character.",
        ),
        (
            changed("{tokens: 2e12}", "{tokens: 2e12}\n    layout: {tp: 0}"),
            "layout.tp: expected a whole number from 1",
        ),
        (
            changed("{tokens: 2e12}", "{tokens: 2e12}\n    layout: {tp: 1.5}"),
            "layout.tp: expected a whole number",
        ),
        (
            changed("gpu_hours: 5000", "gpu_hours: 5000\n    enabled: maybe"),
            "stages[1].enabled: unknown value 'maybe'; known",
        ),
        (
            changed("  stages:", "  ranges: [1]\n  stages:"),
            "expected paths of inputs and their ranges, got a list.",
        ),
        (
            changed(
                "  stages:", f"  ranges: {{{', '.join(f'a{at}: 1..2' for at in range(501))}}}\n  stages:"
            ),
            "there may be 500 ranges, got 501.",
        ),
        (
            changed("  stages:", "  ranges: {price.usd_per_gpu_hour: [1, 2]}\n  stages:"),
            "price.usd_per_gpu_hour: expected low, high and perhaps mode and shape, got a list.",
        ),
        (
            changed("  stages:", "  ranges: {price.usd_per_gpu_hour: '5'}\n  stages:"),
            "price.usd_per_gpu_hour: expected a range such as 2..3, got '5'.",
        ),
        (
            changed("  stages:", "  ranges: {price.usd_per_gpu_hour: {low: 1}}\n  stages:"),
            "price.usd_per_gpu_hour: high is missing.",
        ),
        (
            changed("- kind: pretrain\n    name: Pre-training\n    data: {tokens: 2e12}", "- a stage"),
            "stages[0]: expected keys and values, got 'a stage'.",
        ),
        (
            changed(GOOD[GOOD.index("  - kind: pretrain") :], "").replace("stages:\n", "stages: []\n"),
            "scenarios[0].stages: a scenario needs at least one stage.",
        ),
        ("isocost: 1\nname: Plan\nscenarios: []\n", "scenarios: a plan needs at least one scenario."),
        ("isocost: 1\nname: Plan\nscenarios: {}\n", "scenarios: expected a list, got a group of keys."),
        ("isocost: 1\nname: Plan\nscenarios: [1]\n", "scenarios[0]: expected keys and values, got '1'."),
        (
            f"isocost: 1\nname: x\nscenarios: [{'1,' * 501}]\n",
            "scenarios: a list may hold 500 entries, got 501.",
        ),
        ("isocost: 1\n", "name is missing."),
        ("name: Plan\n", "not an Isocost plan: the key 'isocost: 1' is missing."),
        ("just words\n", "expected keys and values such as 'isocost: 1', got 'just words'."),
        ("- a\n- b\n", "expected keys and values such as 'isocost: 1', got a list."),
        ("isocost: one\n", "isocost: expected a file version such as 1, got 'one'."),
        ("isocost: 0\n", "isocost: expected a file version such as 1, got '0'."),
        ("a: b: c\n", "not valid YAML at line 1, column 5: mapping values are not allowed"),
        ("a: [1, 2\n", "not valid YAML at line 2, column 1: "),
        ("a: \x07\n", "not valid YAML"),
        (changed("name: Plan", "name: Plan\nname: Plan"), "line 3: the key 'name' appears twice."),
        ("a: &x 1\nb: *x\n", "line 1: anchors and aliases (& and *) are not allowed in a plan file."),
        ("a: *x\n", "line 1: anchors and aliases (& and *) are not allowed in a plan file."),
        ("a: !!python/object/apply:os.system ['x']\n", "line 1: tags (!) are not allowed in a plan file."),
        ("[a]: b\n", "line 1: a key must be a word, not a list."),
        ("a: 1\n---\nb: 2\n", "more than one YAML document; a plan file holds one."),
        ("[" * 50_000, "line 1: nested more than 16 levels deep."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(text: str, sentence: str) -> None:
    assert sentence in problem(text)


def test_scenarios_and_prices_are_told_apart_by_name() -> None:
    scenario = GOOD[GOOD.index("- name: Base") :]
    assert "scenarios[1].name: 'Base' is taken by another scenario." in problem(GOOD + scenario)
    card = "- {accelerator: b200, usd_per_gpu_hour: 5, supplier: x, commitment: y, source: z, date: w}\n"
    said = problem(GOOD + "prices:\n" + card + card)
    assert "prices[1]: 'b200' of 'x' on 'y' terms has a price already." in said
    assert "prices[0].usd_per_gpu_hour: Price must lie" in problem(
        GOOD + "prices:\n" + card.replace("5", "-5")
    )
    assert "currency.per_usd: must be above 0, got 0." in problem(GOOD + "currency: {per_usd: 0}\n")


def test_names_are_looked_up_in_the_catalogue() -> None:
    catalog = load()
    parse_project(GOOD, catalog)
    assert problem(changed("h100-sxm", "h1000"), catalog=catalog).startswith(
        "scenarios[0].hardware.accelerator: "
    )
    assert problem(changed("{parameters: 7e9}", "{name: GPT-9}"), catalog=catalog).startswith(
        "scenarios[0].model.name: "
    )
    unpublished = changed("{parameters: 7e9}", "{name: AlphaGo Zero}")
    assert "The size of AlphaGo Zero is not published" in problem(unpublished, catalog=catalog)
    own = changed("    data:", "    hardware: {accelerator: abacus, count: 1}\n    data:")
    assert "scenarios[0].stages[0].hardware.accelerator: " in problem(own, catalog=catalog)


def test_an_instance_brings_its_count_where_none_is_written() -> None:
    catalog = load()
    text = changed("h100-sxm", "p5.48xlarge")
    written = parse_project(text, catalog).scenarios[0].hardware
    assert (written.accelerator, written.named, written.count) == (
        "h100-sxm",
        "p5.48xlarge",
        parse_project(GOOD).scenarios[0].hardware.count,
    )
    bare = text.replace(", count: 256", "")
    assert parse_project(bare, catalog).scenarios[0].hardware.count == 8
    assert "count" in problem(bare.replace("p5.48xlarge", "h100-sxm"), catalog=catalog)
    assert "name one of them" in problem(changed("h100-sxm", "NVL72"), catalog=catalog)


def test_a_newer_file_names_the_app_it_needs() -> None:
    message = problem(changed("isocost: 1", "isocost: 2"))
    assert f"needs an Isocost newer than {__version__}" in message


def test_an_older_file_is_brought_up_to_date_step_by_step() -> None:
    steps = {
        1: lambda tree: {"name": tree["title"]},
        2: lambda tree: tree | {"notes": tree["name"]},
    }
    tree = current_tree({"isocost": "1", "title": "Old"}, version=3, migrations=steps)
    assert tree == {"name": "Old", "notes": "Old"}


def refused(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        load_project(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert message.endswith(".")
    return message


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with open(path, "wb") as file:
        file.truncate(1_000_000_000)
    assert "the file is 1 GB large; a plan is at most 1 MB." in refused(path)


def test_a_file_that_grows_while_read_is_still_bounded(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "growing.yaml"
    path.write_bytes(b"#" * 1_000_001)
    small = os.stat_result((0o100644, 0, 0, 1, 0, 0, 10, 0, 0, 0))
    monkeypatch.setattr(os, "stat", lambda _: small)
    assert "a plan is at most 1 MB." in refused(path)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty."),
        (b" \n\t\n", "the file is empty."),
        (b"\x89PNG\r\n\x1a\n", "this is not a text file in UTF-8."),
        (b"name: a\0b", "this is not a text file in UTF-8."),
        (GOOD.encode("utf-16"), "this is not a text file in UTF-8."),
    ],
)
def test_content_that_is_no_text(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    assert sentence in refused(path)


def test_a_byte_order_mark_is_welcome(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_project(path).name == "Plan"


def test_folders_missing_files_and_broken_links(tmp_path: Path) -> None:
    assert "this is a folder" in refused(tmp_path)
    assert "there is no such file." in refused(tmp_path / "missing.yaml")
    assert "cannot be read: " in refused(tmp_path / "nul\0.yaml")
    assert "cannot be read: file name too long." in refused(tmp_path / ("x" * 300))
    if sys.platform != "win32":
        (tmp_path / "broken.yaml").symlink_to(tmp_path / "gone.yaml")
        assert "there is no such file." in refused(tmp_path / "broken.yaml")
        (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
        assert "cannot be read: too many levels of symbolic links." in refused(tmp_path / "loop.yaml")


@pytest.mark.skipif(sys.platform == "win32", reason="no such files on Windows")
def test_pipes_devices_and_sockets_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    assert "this is not a regular file." in refused(tmp_path / "pipe.yaml")
    assert "this is not a regular file." in refused(Path("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        assert "this is not a regular file." in refused(tmp_path / "s")


def test_a_file_without_permission(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD)

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)
    assert "cannot be read: permission denied." in refused(path)


def test_an_alias_bomb_ends_at_its_first_anchor(tmp_path: Path) -> None:
    lines = ["a0: &a0 [lol]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(lines))
    assert "line 1: anchors and aliases" in refused(path)


def complaint(text: str) -> str | None:
    try:
        parse_project(text)
    except ContentError as error:
        return str(error)
    return None


@settings(deadline=None, max_examples=200)
@given(text=st.text(max_size=80))
def test_any_text_is_a_plan_or_a_sentence(text: str) -> None:
    said = complaint("isocost: 1\n" + text)
    assert said is not None
    assert said.endswith((".", "?"))


SCRAPS = [
    "",
    ":",
    "-",
    "{",
    "}",
    "[",
    "]",
    ",",
    "'",
    '"',
    "&a",
    "*a",
    "!!int",
    "-8",
    "lots",
    "|",
    "#",
    "\n",
    "  ",
    "\t",
]


@settings(deadline=None, max_examples=300)
@given(data=st.data())
def test_a_good_file_with_damage_is_a_plan_or_a_sentence(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 20)))
    said = complaint(GOOD[:start] + data.draw(st.sampled_from(SCRAPS)) + GOOD[end:])
    assert said is None or (said.endswith((".", "?")) and "\n" not in said)


def test_a_name_with_other_parameters_is_refused_and_no_model_at_all_is_said():
    from isocost.plan.answer.estimate import estimate

    catalog = load()
    plan = """isocost: 1
name: A plan
scenarios:
- name: One
  hardware: {accelerator: h100-sxm, count: 8}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 10B}}
"""
    both = plan.replace("  hardware", "  model: {name: Llama 3.1 8B, parameters: 70B}\n  hardware")
    with pytest.raises(ContentError, match=r"scenarios\[0\]\.model\.parameters: a name says it all"):
        parse_project(both, catalog)
    said = [notice.message for notice in estimate(parse_project(plan, catalog), catalog).warnings]
    assert any("neither a model nor its parameters: one of 7B" in message for message in said)
