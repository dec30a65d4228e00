"""Tables that leave the app hold what they held, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.files import save_project, table_text
from isocost.files.text import csv_cell, csv_text
from isocost.report.table import Column, Table, write_csv
from tests.files.test_saving import plan

FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "--1", "=", "-", "+A1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", [-5, -2.5, 1e-9, "-5", "+3.5", "-1e-3", ".5", "-12 %"[:-2], "a=b", "", "H100"]
)
def test_numbers_stay_numbers_and_words_words(value: object) -> None:
    assert csv_cell(value) == value


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=9), min_size=1, max_size=4))
def test_any_table_reads_back(cells: list[str]) -> None:
    names = [f"c{at}" for at in range(len(cells))]
    written = csv_text(names, [cells])
    read = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert [each.removeprefix("'") for each in read] == [each.removeprefix("'") for each in cells]
    assert not any(each[:1] in "=@\t\r\n" for each in read if each)


def test_every_road_to_a_table_quotes(tmp_path, capsys) -> None:
    bad = "=HYPERLINK(1)"
    table = Table((Column(bad), Column("usd")), ((bad, -3.5),))
    write_csv(tmp_path / "window.csv", table)
    assert (tmp_path / "window.csv").read_text() == f"'{bad},usd\n'{bad},-3.5\n"
    assert table_text(["name"], [{"name": bad}]) == f"name\n'{bad}\n"


def test_a_plan_full_of_formulas_is_a_harmless_table_on_the_command_line(tmp_path, capsys) -> None:
    from isocost.cli import main

    project = plan(name="=1")
    scenario = project.scenarios[0]
    stages = tuple(
        msgspec.structs.replace(each, name=f"=cmd{at}", group="@x") for at, each in enumerate(scenario.stages)
    )
    replaced = msgspec.structs.replace(scenario, name="-scenario", stages=stages)
    path = tmp_path / "plan.yaml"
    save_project(msgspec.structs.replace(project, scenarios=(replaced,)), path)
    for command in (
        ["estimate"],
        ["risk", "--samples", "100"],
        ["rank"],
        ["offers"],
        ["techniques"],
        ["tornado"],
    ):
        assert main([*command, str(path), "--format", "csv"]) == 0, command
        for row in csv.reader(io.StringIO(capsys.readouterr().out)):
            for cell in row:
                assert csv_cell(cell) == cell, (command, cell)
