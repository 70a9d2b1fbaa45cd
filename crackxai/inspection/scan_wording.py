"""Scans in words: the verdict from findings, what speaks against a finding, and the scale of the wall."""

from __future__ import annotations

import math

from crackxai.inspection import wording
from crackxai.inspection.findings import Finding
from crackxai.inspection.scan import Scan
from crackxai.inspection.stated_scale import HAIRLINE_MM, hairline_pixels
from crackxai.inspection.wall_scale import LARGEST_ERROR
from crackxai.model.quality import SENTENCES
from crackxai.texts import Texts


def verdict_title(t: Texts, scan: Scan) -> str:
    """The kind, and how many findings count."""
    return t(f"scan.verdict-{scan.verdict}", count=len(scan.counted))


def verdict_words(t: Texts, scan: Scan) -> str:
    """The score and what it is measured by; the most cracked tile; how much was examined."""
    return t(
        "scan.words",
        score=f"{scan.score:.2f}",
        threshold=f"{scan.threshold:.2f}",
        examined=f"{100 * scan.examined:.0f}",
        highest=wording.percent(t, scan.highest),
    )


def doubts(t: Texts, finding: Finding, scan: Scan) -> list[str]:
    """What speaks against relying on a finding, a sentence each; and why its length is not told."""
    told = [t(f"scan-doubt.{kind}") for kind in SENTENCES if kind in finding.doubts]
    if finding.depends_on_grid:
        told.append(t("scan.depends-on-grid"))
    if finding.weak:
        told.append(t("scan.weak"))
    elif scan.wall_scale is not None and scan.length(finding) is None:
        told.append(t("scan.unmeasured", percent=f"{100 * LARGEST_ERROR:.0f}"))
    return told


def wall_words(t: Texts, scan: Scan) -> list[str]:
    """The scale in the middle of the photo, the wall's area, and what of a fine crack could be seen at all; nothing
    where no scale is known."""
    if scan.wall_scale is None:
        return []
    width, height = scan.photo_size
    here = scan.wall_scale.mm_per_pixel(width / 2, height / 2)
    told = [t("scale.here", mm=f"{here:.3g}")] if math.isfinite(here) else []
    if (area := scan.square_metres) is not None:
        told.append(t("scale.area", area=f"{area:.2g}"))
    if (pixels := hairline_pixels(scan.wall_scale, scan.photo_size)) is not None:
        told.append(t("scale.hairline", width=f"{HAIRLINE_MM:g}", pixels=f"{pixels:.1f}"))
    return [*told, t("scale.no-width")]
