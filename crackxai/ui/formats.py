"""Numbers and names as text."""

from __future__ import annotations

from crackxai import ExplainSettings
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


def masker_name(settings: ExplainSettings) -> str:
    """With the kernel where it matters."""
    name = t(f"masker.{settings.masker}")
    return f"{name} {settings.blur_kernel}" if settings.masker == "blur" else name


def plain(text: str) -> str:
    """A file's name or another's words without Markdown meaning."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|<>~:$" else c for c in text)
