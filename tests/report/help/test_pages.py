"""The pages of help: each is reached, every link leads somewhere, and what is looked for is found."""

from __future__ import annotations

import itertools
import re
import runpy
import sys
from posixpath import dirname, join, normpath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.report.help.pages import BREAK, Manual, links, manual, sections_of, slug, with_breaks

PICTURE = re.compile(r"!\[[^\[\]]*\]\(([^()\s]+)\)")


@pytest.fixture
def pages() -> Manual:
    return manual()


def unfenced(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def test_every_page_is_reached_from_the_index(pages, repository):
    written = {path.relative_to(pages.folder).as_posix() for path in pages.folder.rglob("*.md")}
    assert written == set(pages.names)
    assert pages.folder == repository / "docs"


def test_every_link_leads_to_a_page_or_a_heading_of_one(pages, repository):
    texts = {name: pages.text(name) for name in pages.names}
    texts["../README.md"] = (repository / "README.md").read_text(encoding="utf-8")
    for name, text in texts.items():
        for _, target in links(unfenced(text)):
            if "://" in target:
                continue
            page, _, anchor = target.partition("#")
            at = normpath(join(dirname(name), page)) if page else name
            if at.endswith(".md") and not at.startswith("../"):
                assert (f"{at}#{anchor}" if anchor else at) in pages.places, f"{name}: {target}"
            else:
                assert (pages.folder / at).is_file(), f"{name}: {target}"


def test_every_picture_is_drawn_by_the_tool_in_both_themes(pages, repository, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(repository / "tools"), *sys.path])
    tool = runpy.run_path(str(repository / "tools" / "screenshots.py"))
    drawn = {f"{name}-{theme}.png" for name in tool["PICTURES"] for theme in tool["THEMES"]}
    shown = [(name, target) for name in pages.names for target in PICTURE.findall(unfenced(pages.text(name)))]
    assert len(shown) > 5
    for name, target in shown:
        path = pages.folder / dirname(name) / target
        assert path.is_file(), f"{name}: {target}"
        assert path.name in drawn, f"{name}: make screenshots does not draw {path.name}"
        other = {"light": "dark", "dark": "light"}[path.stem.rpartition("-")[2]]
        assert path.with_name(f"{path.stem.rpartition('-')[0]}-{other}.png").is_file()


def test_every_table_has_as_many_rules_as_columns(pages):
    cells = re.compile(r"(?<!\\)\|")
    for name in pages.names:
        lines = unfenced(pages.text(name)).splitlines()
        for head, rule in itertools.pairwise(lines):
            if re.fullmatch(r"\|[\s|:-]+\|", rule) and head.startswith("|"):
                assert len(cells.findall(head)) == len(cells.findall(rule)), f"{name}: {head}"


def test_a_page_has_one_title_and_no_heading_twice(pages):
    for name in pages.names:
        levels = [each.level for each in pages.sections if each.page == name]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        anchors = [each.anchor for each in pages.sections if each.page == name]
        assert len(anchors) == len(set(anchors)), name


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("How sure are we?", "how-sure-are-we"),
        ("MFU `efficiency.mfu`", "mfu-efficiencymfu"),
        ("Not in *this* bill", "not-in-this-bill"),
        ("A [link](there.md), too", "a-link-too"),
        ("P10, P50", "p10-p50"),
        ("snake_case stays", "snake_case-stays"),
    ],
)
def test_anchors_are_those_of_github(heading, anchor):
    assert slug(heading) == anchor


def test_headings_in_code_are_none_and_a_second_of_a_name_gets_a_number():
    found = list(sections_of("a.md", "# A\n\n```yaml\n# no heading\n```\n## B\n\nx\n## B\n"))
    assert [each.anchor for each in found] == ["a", "b", "b-1"]
    assert "# no heading" in found[0].text


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("mfu", "glossary.md#mfu"),
        ("How sure are we?", "questions/doubt.md"),
        ("rent or buy", "window.md#rent-or-buy"),
        ("efficiency.mfu", "inputs.md#mfu-efficiencymfu"),
    ],
)
def test_what_is_looked_for_comes_first(pages, words, place):
    assert pages.find(words)[0].section.place == place


def test_a_hit_shows_the_words_around_what_was_found(pages):
    hit = next(each for each in pages.find("power cut") if each.section.page == "reliability.md")
    assert "power cut" in hit.extract
    assert len(hit.extract) < 200


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_any_words_find_places_that_are_there(words):
    assert {hit.section.place for hit in manual().find(words)} <= manual().places


def test_nothing_is_found_where_nothing_is_looked_for(pages):
    assert pages.find("  ") == []
    assert pages.find("zyzzyva") == []


@given(st.text(alphabet="ab |/._-%`[]()<>https:\n ", max_size=120))
def test_breaks_change_no_letter(text):
    laid_out = with_breaks(text).replace(BREAK, "").replace("\N{NO-BREAK SPACE}", " ")
    assert laid_out == text or "<https://" in text


def test_an_address_in_a_table_may_break_and_still_leads_there():
    row = "| a | <https://example.org/one/two> |"
    assert with_breaks(row).endswith("](https://example.org/one/two) |")
    assert BREAK in with_breaks(row)
    assert with_breaks("https://example.org/one/two/three") == "https://example.org/one/two/three"
