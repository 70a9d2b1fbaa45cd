"""Numbers and names as text."""

from __future__ import annotations

from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.settings import MethodSettings
from crackxai.inspection import wording
from crackxai.ui.text import t, texts


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
    """A file's name or another's words without Markdown meaning."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~:$" else c for c in text)
