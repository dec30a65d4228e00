"""Conditions of shells on plain words: ``[[ "$DTYPE" == "fp8" ]]`` once its variables are put in."""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN = "$"
"""In a word that only a shell could know."""


def holds(words: Sequence[str]) -> bool | None:
    """Whether a condition holds; None = nobody here can tell.

    Words as a shell has split them: tests in one or two brackets, or ``test``, joined by ``||`` and ``&&``.
    """
    found: bool | None = None
    joint = ""
    part: list[str] = []
    for word in [*words, "||"]:
        if word not in ("||", "&&"):
            part.append(word)
            continue
        value = _test(part)
        found = value if not joint else _either(found, value) if joint == "||" else _both(found, value)
        joint, part = word, []
    return found


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _test(words: Sequence[str]) -> bool | None:
    if len(words) < 2 or words[0] not in ("[", "[[", "test"):
        return None
    inside = list(words[1:] if words[0] == "test" else words[1:-1])
    negated = inside[:1] == ["!"]
    value = _plain(inside[1:] if negated else inside)
    return (not value) if negated and value is not None else value


def _plain(words: Sequence[str]) -> bool | None:
    if any(UNKNOWN in word or "`" in word for word in words):
        return None
    if len(words) == 2 and words[0] in ("-z", "-n"):
        return (words[1] == "") == (words[0] == "-z")
    if len(words) != 3:
        return None
    left, sign, right = words
    if sign in ("=", "==", "!="):
        if "*" in right or "?" in right:
            return None
        return (left == right) == (sign != "!=")
    if not (left.lstrip("-").isdecimal() and right.lstrip("-").isdecimal()) or len(left + right) > 40:
        return None
    difference = int(left) - int(right)
    return {
        "-eq": difference == 0, "-ne": difference != 0, "-gt": difference > 0, "-ge": difference >= 0,
        "-lt": difference < 0, "-le": difference <= 0,
    }.get(sign)  # fmt: skip
