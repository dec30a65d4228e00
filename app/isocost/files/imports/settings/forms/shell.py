"""Shell text -> the words of its commands. Nothing is run: plain variables and arrays are put in, no more.

What only a shell could know (``$(nproc)``, a variable set elsewhere) stays as it is written, with its dollar
sign, so that whoever reads the word can say what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from isocost.files.imports.settings.forms.arithmetic import whole_number
from isocost.files.imports.settings.forms.conditions import holds

MOST_LETTERS = 2_000_000
"""Of all words together: a variable that doubles itself ends here."""
MOST_NESTED = 20
"""Of ``${A:-${B:-8}}``."""

_NAME = re.compile(r"[A-Za-z_]\w*")
_ANY_NAME = re.compile(r"[A-Za-z_]\w*|\d+")
"""A variable or an argument of the script itself, of which nothing but a default is known."""
_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\+?)=")
_OPENING = frozenset({"for", "while", "until", "case", "select"})
_CLOSING = frozenset({"fi", "done", "esac"})
_BRANCHES = frozenset({"if", "elif", "else"})
_NOT_COMMANDS = frozenset({"then", "do", "{", "}", "!", "time", "function", "in"})
_DECLARING = re.compile(r"export|declare|local|readonly|typeset|-[aArxgi]+")
"""Words before an assignment."""


class TooLongError(ValueError):
    """Text whose variables grow beyond what any command line holds."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command: what is set for it alone, and its words."""

    words: tuple[str, ...]
    variables: Mapping[str, str]
    """Everything set before it and for it."""


@dataclass(slots=True)
class Script:
    """What a shell text holds."""

    commands: list[Command] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    arrays: dict[str, list[str]] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    """Variables set again under a condition, which nobody here decides."""
    batch_options: list[str] = field(default_factory=list)
    """Words of ``#SBATCH`` lines."""


def read_shell(text: str) -> Script:
    """The commands of a shell text, joined over ``\\`` at line ends. Raises TooLongError."""
    reader = _Reader(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader.run()
    return reader.script


@dataclass(slots=True)
class _Branch:
    """A part of a script under a condition."""

    runs: bool | None
    """None = nobody here can tell."""
    taken: bool | None
    """Whether this branch or one before it runs, so that those after it do not."""


class _Reader:
    """Goes through the letters once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._letters = 0
        self._around: list[_Branch] = []
        """Of if, for, while and case around the place, the innermost last."""
        self._words: list[str] = []
        self._own: dict[str, str] = {}
        self._here: list[str] = []
        """Ends of here-documents that begin after this line."""
        self.script = Script()

    def run(self) -> None:
        while self._at < len(self._text):
            self._step()
        self._end_command()

    def _step(self) -> None:
        text, at = self._text, self._at
        letter = text[at]
        if letter == "\\" and text[at + 1 : at + 2] == "\n":
            self._at += 2
        elif letter == "\n":
            self._at += 1
            self._end_command()
            self._skip_here()
        elif letter in " \t":
            self._at += 1
        elif letter == "#":
            self._comment()
        elif letter in ";|&":
            self._at += 1
            self._end_command()
        elif letter in "<>":
            self._redirection()
        elif letter in "()":
            self._at += 1
        elif not self._words and (found := _ASSIGNMENT.match(text, at)):
            self._assignment(found)
        else:
            self._add(*self._word())

    def _comment(self) -> None:
        end = self._text.find("\n", self._at)
        line = self._text[self._at : end if end >= 0 else len(self._text)]
        if line.startswith("#SBATCH"):
            self.script.batch_options += line.removeprefix("#SBATCH").split()
        self._at += len(line)

    def _redirection(self) -> None:
        if self._words and self._words[-1].isdigit() and self._text[self._at - 1] == self._words[-1][-1]:
            self._words.pop()  # the 2 of 2>&1
        here = re.compile(r"<<-?\s*(['\"]?)(\w+)\1").match(self._text, self._at)
        if here:
            self._here.append(here.group(2))
            self._at = here.end()
            return
        self._at += len(re.compile(r"[<>&|]+[ \t]*").match(self._text, self._at).group())  # type: ignore[union-attr]
        if self._at < len(self._text) and self._text[self._at] not in "\n;|&()":
            self._word()

    def _skip_here(self) -> None:
        for end in self._here:
            found = re.compile(rf"^\t*{re.escape(end)}[ \t]*$", re.MULTILINE).search(self._text, self._at)
            self._at = found.end() if found else len(self._text)
        self._here = []

    def _add(self, words: list[str], _quoted: bool) -> None:
        for word in words:
            self._count(word)
            if not self._words and word in _OPENING:
                self._around.append(_Branch(None, None))
            elif not self._words and word in _CLOSING:
                self._around = self._around[:-1]
            elif not self._words and word in _BRANCHES:
                self._branch(word)
                continue
            elif not self._words and (word in _NOT_COMMANDS or _DECLARING.fullmatch(word)):
                continue
            else:
                self._words.append(word)
                continue
            # What follows "for" or "case" up to the line's end is no command of a program.
            self._skip_line()

    def _branch(self, word: str) -> None:
        """Enter a branch, once its condition is read."""
        condition = None if word == "else" else holds(self._condition())
        if word == "if":
            self._around.append(_Branch(condition, condition))
        elif self._around:
            before = self._around[-1].taken
            runs = True if word == "else" else condition
            now = _Branch(False if before else None if before is None else runs, None)
            now.taken = True if before or now.runs else None if before is None or now.runs is None else False
            self._around[-1] = now

    def _condition(self) -> list[str]:
        """The words up to the end of the condition."""
        words: list[str] = []
        while self._at < len(self._text) and self._text[self._at] not in ";\n":
            if self._text[self._at] in " \t()<>":
                self._at += 1
            elif self._text.startswith(("||", "&&"), self._at):
                words.append(self._text[self._at : self._at + 2])
                self._at += 2
            elif self._text[self._at] in "|&":
                self._at += 1
            else:
                # An empty variable between quotes is a word here.
                found, quoted = self._word(split=False)
                words += found or ([""] if quoted else [])
        for word in words:
            self._count(word)
        return words

    @property
    def _runs(self) -> bool | None:
        """Whether this place is reached; None = nobody here can tell."""
        states = [each.runs for each in self._around]
        return False if False in states else None if None in states else True

    def _skip_line(self) -> None:
        end = re.compile(r"[;\n]").search(self._text, self._at)
        self._at = end.start() if end else len(self._text)

    def _count(self, word: str) -> None:
        self._letters += len(word) + 1
        if self._letters > MOST_LETTERS:
            raise TooLongError

    def _end_command(self) -> None:
        if self._runs is False:
            pass
        elif self._words:
            variables = {**self.script.variables, **self._own}
            self.script.commands.append(Command(tuple(self._words), variables))
        elif self._own:
            self._remember()
        self._words, self._own = [], {}

    def _remember(self) -> None:
        for name, value in self._own.items():
            if self._runs is None and name in self.script.variables:
                self.script.unsure.append(name)
            else:
                self.script.variables[name] = value

    # Words

    def _assignment(self, found: re.Match[str]) -> None:
        name, more = found.group(1), bool(found.group(2))
        self._at = found.end()
        if self._text[self._at : self._at + 1] == "(":
            self._at += 1
            self._array(name, more)
            return
        words, _ = self._word(split=False)
        value = words[0] if words else ""
        before = self.script.variables.get(name, "") if more else ""
        self._count(before + value)
        self._own[name] = before + value
        # The value may be wanted on this very line: A=1; B=$A, or export A=1 B=$A.
        if self._runs:
            self.script.variables[name] = before + value

    def _array(self, name: str, more: bool) -> None:
        words: list[str] = []
        while self._at < len(self._text) and self._text[self._at] != ")":
            letter = self._text[self._at]
            if letter in " \t\n;|&<>(" or self._text.startswith("\\\n", self._at):
                self._at += 2 if letter == "\\" else 1
            elif letter == "#":
                self._comment()
            else:
                words += self._word()[0]
        self._at += 1
        for word in words:
            self._count(word)
        if self._runs is False:
            return
        if self._runs is None and (more or name in self.script.arrays):
            self.script.unsure.append(name)
        elif more:
            self.script.arrays.setdefault(name, []).extend(words)
        else:
            self.script.arrays[name] = words

    def _word(self, *, split: bool = True) -> tuple[list[str], bool]:
        """The words one word of the text becomes; whether any of it is quoted."""
        parts, quoted = [""], False
        whole = False
        text = self._text
        while self._at < len(text):
            letter = text[self._at]
            if letter in " \t\n;|&<>()" or text.startswith("\\\n", self._at):
                break
            if letter == "\\":
                parts[-1] += text[self._at + 1 : self._at + 2]
                self._at += 2
            elif letter == "'":
                end = text.find("'", self._at + 1)
                end = end if end >= 0 else len(text)
                parts[-1] += text[self._at + 1 : end]
                self._at, quoted = end + 1, True
            elif letter == '"':
                inner = self._double_quoted()
                parts[-1] += inner[0] if inner else ""
                parts += inner[1:]
                quoted = True
            elif letter == "$":
                pieces, _ = self._dollar(0)
                added = parted(" ".join(pieces)) if split else [" ".join(pieces)]
                whole = whole or not added
                parts[-1] += added[0] if added else ""
                parts += added[1:]
            elif letter == "`":
                end = text.find("`", self._at + 1)
                end = end + 1 if end >= 0 else len(text)
                parts[-1] += "$" + text[self._at : end]
                self._at = end
            else:
                parts[-1] += letter
                self._at += 1
        if parts == [""] and whole and not quoted:
            return [], quoted  # a variable that is empty is no word
        return parts, quoted

    def _double_quoted(self) -> list[str]:
        """The words within the quotes that begin here: one, unless an array is put in."""
        parts = [""]
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] != '"':
            letter = self._text[self._at]
            if letter == "\\":
                after = self._text[self._at + 1 : self._at + 2]
                parts[-1] += "" if after == "\n" else after if after in '"\\$`' else letter + after
                self._at += 2
            elif letter == "$":
                pieces, is_array = self._dollar(0)
                pieces = pieces if is_array else [" ".join(pieces)]
                parts[-1] += pieces[0] if pieces else ""
                parts += pieces[1:]
            else:
                parts[-1] += letter
                self._at += 1
        self._at += 1
        return parts

    def _dollar(self, nested: int) -> tuple[list[str], bool]:
        """What stands for the dollar sign here, and whether it is an array."""
        text, start = self._text, self._at
        if text.startswith("$((", start):
            end = self._at = _closing(text, start + 1, "(", ")")
            inner = self._put_in(text[start + 3 : end - 2], nested)
            value = whole_number(re.sub(_NAME, lambda m: self._plain(m.group(), m.group()), inner))
            return [text[start:end] if value is None else str(value)], False
        if text.startswith("$(", start):
            self._at = _closing(text, start + 1, "(", ")")
            return [text[start : self._at]], False
        if text.startswith("${", start):
            self._at = _closing(text, start + 1, "{", "}")
            return self._braced(text[start + 2 : self._at - 1], nested)
        if found := _NAME.match(text, start + 1):
            self._at = found.end()
            return [self._plain(found.group(), f"${found.group()}")], False
        self._at = start + 2 if text[start + 1 : start + 2] in "@*#?$!0123456789-" else start + 1
        return [text[start : self._at]], False

    def _braced(self, inner: str, nested: int) -> tuple[list[str], bool]:
        found = _ANY_NAME.match(inner)
        if found is None:
            return [f"${{{inner}}}"], False
        name, rest = found.group(), inner[found.end() :]
        if rest in ("[@]", "[*]"):
            if name in self.script.arrays:
                return list(self.script.arrays[name]), True
            held = self._plain(name, "")
            return ([held] if held else []), True
        if rest[:2] in (":-", ":=") or rest[:1] in ("-", "="):
            default = rest[2:] if rest[0] == ":" else rest[1:]
            return [self._plain(name, None) or self._put_in(default.strip("\"'"), nested + 1)], False
        if rest:
            return [f"${{{inner}}}"], False
        return [self._plain(name, f"${{{name}}}")], False

    def _plain(self, name: str, missing: str | None) -> str:
        for held in (self._own, self.script.variables):
            if name in held:
                return held[name]
        if self.script.arrays.get(name):
            return self.script.arrays[name][0]
        return missing or ""

    def _put_in(self, text: str, nested: int) -> str:
        """A text with its own variables put in."""
        if "$" not in text or nested > MOST_NESTED:
            return text
        outer, at = self._text, self._at
        self._text, self._at, made = text, 0, ""
        while self._at < len(self._text):
            if self._text[self._at] == "$":
                pieces, _ = self._dollar(nested + 1)
                made += " ".join(pieces)
            else:
                made += self._text[self._at]
                self._at += 1
        self._text, self._at = outer, at
        self._count(made)
        return made


def parted(text: str) -> list[str]:
    """The words of a variable's value; a command in it that only a shell could run stays one."""
    if "$(" not in text and "`" not in text:
        return text.split()
    words: list[str] = []
    start = at = 0
    while at < len(text):
        if text[at].isspace():
            words.append(text[start:at])
            at = start = at + 1
        elif text.startswith("$(", at):
            at = _closing(text, at + 1, "(", ")")
        elif text[at] == "`":
            end = text.find("`", at + 1)
            at = end + 1 if end >= 0 else len(text)
        else:
            at += 1
    return [word for word in (*words, text[start:]) if word]


def _closing(text: str, at: int, opening: str, closing: str) -> int:
    """The place after the bracket that closes the one at ``at``, the end where none does."""
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == opening) - (text[place] == closing)
        if depth == 0:
            return place + 1
    return len(text)
