"""How amounts, prices, spans of time, sizes and jobs are written in a sentence about a training run.

Every pattern is linear in the text it reads: bounded digits, no nested repetition without an end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from isocost.catalog.entries.claims import ClaimJob
from isocost.catalog.vocabulary import foreign_words
from isocost.quantities import PLAIN, Quantity, numbers_marked, parse
from isocost.quantities.units import HOURS_PER_DAY, HOURS_PER_MONTH, HOURS_PER_WEEK, HOURS_PER_YEAR

WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "sixteen": 16, "twenty": 20, "thirty": 30,
    "single": 1, "dozen": 12,
}  # fmt: skip
WORD = re.compile(rf"\b({'|'.join(WORDS)})\b", re.IGNORECASE)
HOURS_OF = re.compile(
    r"\bhours[ -](?:(?:de|di|of) |d')?(GPU|TPU|(?<=of |de |di )[A-Z]{1,3}[0-9]{2,4})s?\b", re.IGNORECASE
)
"""Hours of accelerators with their name behind: "2M hours of H800", and as Romance languages say it."""
DOLLARS_AFTER = re.compile(r"(?<=[0-9A-Za-z])\s?\$(?!\s?[0-9])")
"""The sign behind its amount."""
SCALED_OF = re.compile(
    r"(?<=[0-9])\s?(thousand|million|billion|trillion)s?(?:\sde\s|\sdi\s|\sd'|\b)", re.IGNORECASE
)
"""A scale in the plural, or with the word that Romance languages put after it."""
THOUSANDS = re.compile(r"(?<![0-9.,])[0-9]{1,3}[,.][0-9]{3}(?![0-9.,])")
"""A comma between thousands in English is a decimal one in most other languages, and a dot the reverse."""
TYPOGRAPHY = str.maketrans("×·−–—’‘“”", "x*---''\"\"")

DIGITS = (
    r"(?:(?![0-9] [1-9][0-9]{2}(?i:[bmt])(?![A-Za-z0-9]))[0-9]{1,3}(?:[,' ][0-9]{3})+(?![0-9])"
    r"(?:\.[0-9]{1,20})?|[0-9]{1,3}(?:\.[0-9]{3}){2,9}(?![0-9])|[0-9]{1,40}(?:[.,][0-9]{1,20})?)"
)
"""A figure; that of a release before a size is none of its thousands: "Step 3 321B"."""
POWER = r"(?:[eE][+-]?[0-9]{1,3}(?![0-9A-Za-z])|\s?[x*]\s?10\^[+-]?[0-9]{1,3})"
SCALES_ELSEWHERE = {"lakh": 10**5, "crore": 10**7, "万": 10**4, "亿": 10**8, "億": 10**8}
"""Scales of other countries than those of a thousand and its powers, which a number is multiplied by."""
_ELSEWHERE = "|".join(SCALES_ELSEWHERE)
SCALE = rf"(?:thousand|million|billion|trillion|mn|bn|tn|(?:{_ELSEWHERE})s?|[kKMmBbGTt])(?![A-Za-z0-9])"


def amount(name: str, *, apart: bool = True) -> str:
    """A number with its power of ten and its suffix, as groups of a name; ``apart`` from letters before it.

    Atomic: what follows may refuse all of a number, never the end of its digits.
    """
    before = "(?<![A-Za-z0-9.])" if apart else ""
    return rf"{before}(?>(?P<{name}>-?{DIGITS}{POWER}?)(?:[\s-]?(?P<{name}_scale>{SCALE}))?)"


SPAN = rf"(?>{amount('low')}(?:\s?(?:to|-|\.\.+)\s?\$?{amount('high')})?)"
"""One amount, or the two ends of a range."""
SPAN2 = SPAN.replace("low", "low2").replace("high", "high2")
"""The same under other names, for the second way of writing a thing."""
SPAN_BEHIND = SPAN.replace("(?<![A-Za-z0-9.])", "", 1)
"""The same right behind a word: "RMB3M"."""
MEMORY = r"[0-9]{2,3}\s?GB"
HOUR = r"(?:hours?|hrs?|h)(?![A-Za-z0-9])"
UNITS = {
    "h": 1.0, "hr": 1.0, "hour": 1.0, "min": 1 / 60, "minute": 1 / 60,
    "d": HOURS_PER_DAY, "day": HOURS_PER_DAY,
    "w": HOURS_PER_WEEK, "wk": HOURS_PER_WEEK, "week": HOURS_PER_WEEK, "month": HOURS_PER_MONTH,
    "y": HOURS_PER_YEAR, "yr": HOURS_PER_YEAR, "year": HOURS_PER_YEAR,
    "weekend": 2 * HOURS_PER_DAY, "fortnight": 2 * HOURS_PER_WEEK,
}  # fmt: skip
TIME = (
    r"(?P<unit>hours?|hrs?|h|minutes?|mins?|days?|d|weeks?|wks?|w|months?|years?|yrs?|y|weekends?|fortnights?)"
    r"(?![A-Za-z0-9])"
)
NODE = re.compile(r"nodes?|servers?|machines?|boxes|instances?", re.IGNORECASE)
GENERIC = re.compile(r"(?:gpus?|chips?|cards?|accelerators?|tpus?|npus?|cores?)", re.IGNORECASE)
PER = r"\s*(?:/|per\s|an?\s|each\s)\s*"

PRICE = re.compile(
    rf"(?:US)?\$\s?{SPAN}{PER}(?P<of>[A-Za-z0-9 .-]{{0,30}}?)[\s/-]*{HOUR}"
    rf"|{SPAN2}\s?(?:USD|dollars?){PER}"
    rf"(?P<of2>[A-Za-z0-9 .-]{{0,30}}?)[\s/-]*{HOUR}",
    re.IGNORECASE,
)
MOST = r"under|less than|below|up to|at most|no more than|max(?:imum)?|<"
LEAST = r"over|more than|at least|above|>"
MONEY = re.compile(
    rf"(?:(?P<most>{MOST})|(?P<least>{LEAST})|(?P<at>\bat|@))?\s*(?:about |around |~)?"
    rf"(?:(?:US)?\$\s?{SPAN}|{SPAN2}\s?(?:US )?(?:USD|dollars?|bucks))"
    r"(?!\s?(?:/|per\s|an?\s|each\s))",
    re.IGNORECASE,
)
SIGN = r"[£¥฿₠-⃀]"
FOREIGN = re.compile(rf"{SIGN}\s?{SPAN_BEHIND}|{SPAN2}\s?{SIGN}")
FLOPS = re.compile(rf"{SPAN}\s?FLOPs?(?![A-Za-z/])", re.IGNORECASE)
FLOP_DAYS = re.compile(
    rf"{SPAN}\s?(?P<prefix>T|P|E|tera|peta|exa)-?\s?(?:FLOPS?|F)(?:/s(?:ec)?)?[\s-]days?(?![A-Za-z])",
    re.IGNORECASE,
)
"""Work as so many days at a speed: "3640 petaflop/s-days"."""
FLOPS_OF_DAY = {letter: size * 86_400.0 for letter, size in (("t", 1e12), ("p", 1e15), ("e", 1e18))}
MFU = re.compile(
    rf"{SPAN}\s?%\s?(?:MFU|(?:model flops? )?utili[sz]ation)"
    rf"|MFU\s?(?:of|=|:)?\s?{SPAN2}\s?%",
    re.IGNORECASE,
)
TOKENS = re.compile(
    rf"{SPAN}\s?(?:(?:training|text|total)\s)?tokens?(?![A-Za-z])(?!\s?(?:/|per\s|a\s|an\s|each))",
    re.IGNORECASE,
)
RATES = re.compile(
    rf"{SPAN}\s?tokens?\s?(?:/|per\s|a\s|an\s|each)\s?[A-Za-z/ ]{{0,24}}"
    rf"|{SPAN2}\s?[TPG]FLOPS?(?:/s)?",
    re.IGNORECASE,
)
GPU_HOURS = re.compile(
    rf"{SPAN}\s?[-\s]?(?P<of>(?:[A-Za-z][A-Za-z0-9.]{{0,20}}[-\s]?){{1,4}}?(?:{MEMORY}[-\s]?)?)[-\s]?{TIME}",
    re.IGNORECASE,
)
DURATION = re.compile(rf"{SPAN}[\s-]?{TIME}", re.IGNORECASE)
EPOCHS = re.compile(rf"{SPAN}\s?epochs?", re.IGNORECASE)
CONTEXT = re.compile(rf"{SPAN}[\s-]?(?:token )?(?:context|sequences?)(?![A-Za-z])", re.IGNORECASE)
ACTIVE = re.compile(
    rf"(?:{SPAN}\s?(?:params? |parameters? )?(?:of (?:them|which|it) )?(?:are )?"
    r"(?:active|activated)(?: params?| parameters?)?"
    rf"|(?:active\s|-A|(?<![A-Za-z])A)(?!-){amount('low2', apart=False)})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
SIZE = re.compile(
    rf"{SPAN}[\s-]?"
    r"(?P<noun>(?:total |dense )?(?:params?|parameters?|weights?|model|total|dense)(?![A-Za-z]))?",
    re.IGNORECASE,
)
SERVERS = r"(?:nodes?|servers?|machines?|boxes|hosts?|peers?|workers?)"
NODES = re.compile(rf"{amount('nodes')}\s?{SERVERS}(?:\s?(?:of|with|x|each)\s?)?", re.IGNORECASE)
NODES_BEFORE = re.compile(rf"{amount('nodes')}\s?{SERVERS}\s?(?:of|with|x|each with)?\s?$", re.IGNORECASE)
NODE_BEHIND = re.compile(
    r"\s?(?:(?:node|server|machine|box|instance)|(?P<linked>rack|pod))(?:s|es)?(?![A-Za-z])", re.IGNORECASE
)
"""What makes a name that of many: "14 H100 nodes"; racks and pods are all that one link joins."""
SERVERS_OF = re.compile(rf"{amount('nodes')}\s?$", re.IGNORECASE)
"""How many servers, before how many accelerators each has: "two 8 x H100 nodes"."""
PRODUCT = rf"(?:{amount('times')}\s?[x*]\s?{amount('per', apart=False)}|{amount('each')})"
COUNT_BEFORE = re.compile(
    rf"{PRODUCT}\s?(?P<sign>[x*])?\s?(?:NVIDIA|AMD|Google|Huawei|single|of)?\s?(?:(?P<memory>{MEMORY})[\s-])?$",
    re.IGNORECASE,
)
COUNT_AFTER = re.compile(rf"\s?(?:GPUs?\s?)?[x*]\s?{amount('each', apart=False)}", re.IGNORECASE)
ONE_BEFORE = re.compile(r"\b(?:a|an)\s(?:NVIDIA\s)?$", re.IGNORECASE)
COUNTED = re.compile(
    rf"{PRODUCT}\s?(?:GPUs?|chips?|cards?|accelerators?|TPUs?|NPUs?)(?![A-Za-z-])", re.IGNORECASE
)
AS_GOOD = re.compile(r"[\s-](?:quality|level|class|grade|capability|performance)(?![A-Za-z])", re.IGNORECASE)
AS_GOOD_AS = re.compile(
    r"\b(?:like|than|rivals?(?: of)?|beats?|beating|matches|matching|level of)\s$", re.IGNORECASE
)
"""What makes a model's name that of another to compare with, behind it and before it."""
TAUGHT_BY = re.compile(r"\bdistill?(?:ed|ing|ation)?\s(?:from|of)\s$", re.IGNORECASE)
NAME_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+]*")
AMOUNT_BEHIND = re.compile(r"\s[0-9][0-9.]*[KM]$", re.IGNORECASE)
ARTICLE_BEFORE = re.compile(r"\ban?\s$", re.IGNORECASE)
FEW = re.compile(r"\b(?:a few|several|dozens of|tens of|hundreds of) \$?[0-9][^\s,;]{0,20}", re.IGNORECASE)
"""Several times an amount: "a few $10M's"."""
VAGUE = re.compile(
    r"\b(?:a few |few |several |some |many )?(?:(?:tens|dozens|hundreds|thousands) of )?"
    r"(?:thousands|millions|billions|trillions)(?: of [A-Za-z-]{1,20})?",
    re.IGNORECASE,
)
"""An amount without a figure: "a few tens of millions of dollars"."""
SPARSE = re.compile(
    r"\bmoe\b|\bmixture[- ]of[- ]experts\b"
    r"|\bsparse(?= (?:model|transformer|network|LLM))|(?<=[0-9][bmt] )sparse\b",
    re.IGNORECASE,
)
LEFT = re.compile(r"[^\s|;]*[0-9][^\s|;]*")
"""A piece with a figure in it."""

JOBS: tuple[tuple[str, ClaimJob], ...] = (
    (r"all stages", "total"),
    (r"q-?lora", "qlora"),
    (r"(?:lo|do)ra|adapters?", "lora"),
    (r"from (?:scratch|nothing|zero)|pre-?train(?:ed|ing)?", "pretrain"),
    (r"reinforcement|r\.?l\.?(?:hf|vr)?|grpo|ppo|dapo", "rl"),
    (
        r"(?:fine|instruction)[- ]?tun(?:e|ed|ing)|finetun(?:e|ed|ing)|sft|continued|continual"
        r"|distill?(?:ed|ation)?|dpo|orpo|kto|simpo",
        "sft",
    ),
)
FORMATS = re.compile(r"\b(bf16|fp16|fp8|mxfp8|nvfp4|mxfp4|fp32|tf32)\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _foreign() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Words of other languages as one pattern, and each in English."""
    words = foreign_words()
    free = "|".join(re.escape(row.word) for row in words if not row.after_number)
    bound = "|".join(re.escape(row.word) for row in words if row.after_number)
    pattern = re.compile(rf"\b(?:{free})\b|(?<=[0-9])(?P<gap>\s?)(?P<short>{bound})\b\.?", re.IGNORECASE)
    return pattern, {row.word.lower(): row.english for row in words}


def in_english(text: str) -> str:
    """A sentence with the words of amounts and time of other languages in English."""
    pattern, meanings = _foreign()

    def meant(found: re.Match[str]) -> str:
        if found["short"] is None:
            return meanings[found[0].lower()]
        return f"{found['gap']}{meanings[found['short'].lower()]}"

    plain = SCALED_OF.sub(r" \1 ", DOLLARS_AFTER.sub(" dollars", pattern.sub(meant, text)))
    return HOURS_OF.sub(r"\1-hours", re.sub(r"\s+", " ", plain))


def is_foreign(text: str) -> bool:
    """Whether words of another language stand in a sentence."""
    return _foreign()[0].search(text) is not None


RAISED = re.compile("(?<=10)([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})")
"""The power of ten as a raised figure."""
PLAINLY: tuple[tuple[re.Pattern[str], str], ...] = (
    # A power of ten, and one with nothing before it to multiply: "10^25", "10**25".
    (re.compile(r"(?<![0-9])10\*\*(?=[0-9])"), "10^"),
    (re.compile(r"(?<![A-Za-z0-9.^])(?<![0-9][x*])(?<![0-9] [x*] )(?<![0-9] [x*])10\^(?=[0-9])"), "1e"),
    # As everybody calls it, whoever made it being named apart or not at all.
    (re.compile(r"(?<![A-Za-z0-9-])(?<!DeepSeek )(R1(?:-Zero)?)(?![A-Za-z0-9-])"), r"DeepSeek-\1"),
    # A number with its sign at a name, "8xH100", or at one in figures, "4x4090".
    (
        re.compile(r"(?<![A-Za-z0-9.])([0-9]{1,6})\s?([x*])(?=[A-Za-z]|[2-5]0[0-9]0(?![0-9]))", re.I),
        r"\1 \2 ",
    ),
    # Memory as part of a name: "A100 (40GB)", "A100-40G"; and a size: "GPT-2 (124M)".
    (re.compile(r"\(([0-9]{2,3}\s?GB|[0-9]{1,4}(?:\.[0-9]{1,2})?[MBT])\)"), r"\1"),
    (re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,2}[0-9]{2,4}[- ][0-9]{2,3})G(?![A-Za-z])"), r"\1GB"),
    # The first end of a range told in words: "between $8M and $23M".
    (
        re.compile(
            r"\bbetween ([^\s,;0-9]{0,4}[0-9][^\s;]{0,24}(?: (?:thousand|million|billion|trillion))?) and "
            r"(?=[^A-Za-z\s]{0,4}[0-9])",
            re.I,
        ),
        r"\1 to ",
    ),
    (
        re.compile(
            r"\b(for|in|over|within) (?:an?|one|the) (?=(?:hour|day|week|month|year|weekend|fortnight)\b)",
            re.I,
        ),
        r"\1 1 ",
    ),
    (re.compile(r"\bhalf an? (?=(?:hour|day|week|month|year)\b)", re.I), "0.5 "),
    (re.compile(r"\ba couple of (?=(?:hours|days|weeks|months|years|weekends)\b)", re.I), "2 "),
)
"""Ways to write a thing, each with the one that the patterns know."""


def plainly(text: str) -> str:
    """A sentence in English with numbers as figures, and what is written in several ways in one."""
    text = re.sub(r"\s+", " ", text)
    for pattern, one in PLAINLY:
        text = pattern.sub(one, text)
    return WORD.sub(lambda found: str(WORDS[found[1].lower()]), text)


def ends(found: re.Match[str]) -> tuple[tuple[str, str], ...]:
    """The digits and the scale of a match's amount, or of both ends of its range; empty = it holds none.

    The first end has the last one's scale where it has none itself: "2 to 3 million".
    """
    groups = found.groupdict()
    suffix = "" if groups.get("low") is not None else "2"
    low, high = groups.get(f"low{suffix}"), groups.get(f"high{suffix}")
    if low is None:
        return ()
    own, last = groups.get(f"low{suffix}_scale") or "", groups.get(f"high{suffix}_scale") or ""
    return ((low, own),) if high is None else ((low, own or last), (high, last))


def number(digits: str, scale: str, quantity: Quantity = "number") -> float:
    """An amount of a sentence, with the marks of English whatever the system's language.

    Raises:
        QuantityError: it is no number we can use.
    """
    elsewhere = SCALES_ELSEWHERE.get(scale.casefold().removesuffix("s"))
    with numbers_marked(PLAIN):
        if elsewhere is not None:
            return parse(digits.replace(" ", ""), quantity) * elsewhere
        return parse(f"{digits}{scale}".replace(" ", ""), quantity)
