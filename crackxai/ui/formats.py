"""Numbers and names as text."""

from __future__ import annotations

from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.settings import MethodSettings
from crackxai.ui.text import t


def percent(p: float) -> str:
    """One decimal, without claiming certainty that rounding made up."""
    if p > 0.999:
        return t("format.over", value="99.9 %")
    if p < 0.001:
        return t("format.under", value="0.1 %")
    return f"{100 * p:.1f} %"


def points(difference: float) -> str:
    """A difference of probabilities, in percentage points, with its sign."""
    return t("format.points", value=f"{100 * difference:+.1f}".replace("-", "−"))


def duration(seconds: float) -> str:
    if seconds < 90:
        return t("format.seconds", count=f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}")
    return t("format.minutes", count=f"{seconds / 60:.0f}")


def megabytes(count: float) -> str:
    return f"{count / 2**20:,.0f} MB"


def masker_name(settings: MaskerSettings | MethodSettings) -> str:
    """The masker with its own numbers; the method where it has none, or is not the usual one."""
    method = getattr(settings, "method", None)
    parts = [] if method in (None, next(iter(METHODS))) else [t(f"method.{method}")]
    if isinstance(settings, MaskerSettings):
        name, values = settings.fill
        parts.append(" ".join([t(f"masker.{name}"), *(str(value) for _, value in values)]))
    return ", ".join(parts)


def plain(text: str) -> str:
    """A file's name or another's words without Markdown meaning."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~:$" else c for c in text)
