"""Numbers and names as text."""

from __future__ import annotations

import re
import string

from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.settings import MethodSettings
from crackxai.inspection import wording
from crackxai.ui.text import t, texts

_JOINER = "\N{WORD JOINER}"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters; those of direction could make another ending of a name's middle."""
_SECOND_LOOK = re.compile(
    r"(?<=:)(?=[\w+/-])|(?<=@)(?=\w)|(?<=www)(?=\.)|(?<=(?<!\S)[<>~-])(?=(?:->|[>=-])(?!\S))", re.IGNORECASE
)
"""Behind what a shortcode, an address or an arrow begins with."""


def percent(p: float) -> str:
    """One decimal, without claiming certainty that rounding made up."""
    return wording.percent(texts(), p)


def points(difference: float) -> str:
    """A difference of probabilities, in percentage points, with its sign."""
    return wording.points(texts(), difference)


def rule_words(threshold: float, band: float) -> str:
    """Threshold and review band."""
    return wording.rule_words(texts(), threshold, band)


def duration(seconds: float) -> str:
    if seconds < 90:
        return t("format.seconds", count=f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}")
    return t("format.minutes", count=f"{seconds / 60:.0f}")


def megabytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MB"


def masker_name(settings: MaskerSettings | MethodSettings) -> str:
    """The masker with its own numbers; the method where it has none, or is not the usual one."""
    return wording.masker_name(texts(), settings)


def plain(text: str) -> str:
    """Another's words (a file's name, a part of an address or of a card, an error's reason) as one line of Markdown
    that shows them and nothing else.

    A backslash takes its meaning from every character that has one. Streamlit looks once more, at the text that is
    left, for addresses, shortcodes of emoji and icons, and arrows; these are broken by a word joiner, which has no
    width.
    """
    line = " ".join(_UNPRINTABLE.sub(" ", text.encode("utf-8", "replace").decode()).split())
    broken = _SECOND_LOOK.sub(_JOINER, line)
    return "".join(f"\\{character}" if character in string.punctuation else character for character in broken)
