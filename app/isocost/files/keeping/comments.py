"""Comments of a plan file: those above the plan, which are kept, and those inside, which are not."""

from __future__ import annotations

import yaml

from isocost.catalog.yaml_text import LOADER


def head_of(text: str) -> str:
    """The comments above a plan as they stand, with the empty lines among and below them; else nothing."""
    lines = text.splitlines(keepends=True)
    kept = 0
    for line in lines:
        if line.strip() and not line.startswith("#"):
            break
        kept += 1
    head = "".join(lines[:kept])
    if kept == len(lines) or "#" not in head:
        return ""
    return head.replace("\r\n", "\n").replace("\r", "\n")


def comments_inside(text: str) -> bool:
    """Whether there are comments below the first line of a plan."""
    lines = text.splitlines(keepends=True)
    body = text[sum(map(len, lines[: len(head_of(text).splitlines())])) :] if head_of(text) else text
    if "#" not in body:
        return False
    # A comment is what stands between two tokens; in a text or a name the mark means itself.
    end = 0
    try:
        for token in yaml.scan(body, Loader=LOADER):
            if "#" in body[end : token.start_mark.index]:
                return True
            end = max(end, token.end_mark.index)
    except yaml.YAMLError:
        return False
    return "#" in body[end:]
