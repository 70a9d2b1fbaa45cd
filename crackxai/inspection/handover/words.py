"""What is recorded, in words: for the PDF's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from crackxai.inspection import wording
from crackxai.inspection.dossier import PhotoDossier
from crackxai.inspection.records.decisions import REASONS, Decision, Rating
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.rating_scales import rating_scales
from crackxai.inspection.records.sizes import Size
from crackxai.model.classifier import CrackModel
from crackxai.model.decision import Kind
from crackxai.model.quality import SENTENCES, QualityIssue
from crackxai.model.tradeoff import cost
from crackxai.photo import Box
from crackxai.texts import Texts


def verdict(t: Texts, kind: Kind | None) -> str:
    """A verdict, or that there is none."""
    return t("handover.none") if kind is None else t(f"verdict.{kind}")


def standing(t: Texts, photo: PhotoDossier) -> str:
    """What stands, and whose word it is."""
    if photo.disputed:
        return t("handover.disputed")
    if photo.decided is not None:
        who = ", ".join(dict.fromkeys(row.said.who for row in photo.of_photo))
        return t("handover.decided", verdict=verdict(t, photo.decided), who=who)
    return t("handover.by-machine", verdict=verdict(t, photo.machine))


def probability(t: Texts, judgement: Judgement) -> str:
    """Of a crack, or a scan's score; that nothing was examined."""
    if judgement.probability is None:
        return t("handover.not-examined")
    if is_scan(judgement):
        return f"{judgement.probability:.2f}"
    return wording.percent(t, judgement.probability)


def is_scan(judgement: Judgement) -> bool:
    """Whether the photo was looked at tile by tile."""
    return judgement.settings.get("of") == "scan"


def rule(t: Texts, judgement: Judgement) -> str:
    """The threshold that it was judged at."""
    if is_scan(judgement):
        return t("handover.scan-rule", threshold=f"{judgement.threshold:.2f}", count=len(counted(judgement)))
    if judgement.band is None:
        return wording.percent(t, judgement.threshold)
    return wording.rule_words(t, judgement.threshold, judgement.band)


def counted(judgement: Judgement) -> list[Mapping[str, Any]]:
    """The findings of a scan at or above its threshold."""
    return [each for each in judgement.findings if each["score"] >= judgement.threshold]


def doubts(t: Texts, judgement: Judgement) -> list[str]:
    """Why the machine doubts that it can tell, a sentence each; of a scan: what was not examined, of how many tiles."""
    found: list[str] = []
    tiles: Counter[str] = Counter()
    for doubt in judgement.doubts:
        if isinstance(doubt, Mapping) and "measured" in doubt:
            found.append(_issue_words(t, doubt))
        elif isinstance(doubt, Mapping):
            tiles.update(kind for kind in doubt.get("doubts", ()) if kind in SENTENCES)
        else:
            found.append(str(doubt))
    return [*found, *(t("handover.tiles-doubted", why=t(f"scan-doubt.{kind}"), count=n) for kind, n in tiles.items())]


def _issue_words(t: Texts, doubt: Mapping[str, Any]) -> str:
    """In the reader's language where this version knows the doubt, else as it was recorded."""
    if doubt.get("kind") not in SENTENCES:
        return str(doubt.get("words", doubt.get("kind", "")))
    detail = tuple(doubt["detail"]) if doubt.get("detail") else None
    issue = QualityIssue(doubt["kind"], doubt["measured"], doubt["limit"], doubt.get("measure", ""), detail)
    return t.message(issue.message)


def finding_doubts(t: Texts, finding: Mapping[str, Any]) -> list[str]:
    """What speaks against relying on a finding of a scan."""
    told = [t(f"scan-doubt.{kind}") for kind in SENTENCES if kind in finding.get("doubts", ())]
    if finding.get("depends_on_grid"):
        told.append(t("scan.depends-on-grid"))
    if finding.get("weak"):
        told.append(t("scan.weak"))
    return told


def reason(t: Texts, decision: Decision) -> str:
    """The reason from the list, and the person's own words."""
    listed = t(f"handover-reason.{decision.reason}") if decision.reason in REASONS else decision.reason
    return " – ".join(part for part in (listed, decision.text) if part)


def size(t: Texts, found: Size) -> str:
    """A size with its kind: how it was come by, and how exact it is. Nothing is told that was not given."""
    of = t(f"handover-size.{found.of}")
    mm = "" if found.mm is None else f"{found.mm:g} mm"
    if found.error_mm is not None:
        mm += f" ± {found.error_mm:g} mm"
    words = t(f"handover-size.{found.kind}", mm=mm, tool=found.tool, scale=found.scale, size_class=found.size_class)
    return f"{of}: {words}"


def rating(t: Texts, found: Rating) -> str:
    """The scale with its edition and standing, and the class of each part."""
    scales = rating_scales()
    scale = scales.get(found.scale)
    parts = []
    for part, value in found.values.items():
        means = "" if scale is None else scale.parts.get(part, {}).get(value, "")
        parts.append(f"{part} {value}" + (f" ({means})" if means else ""))
    name = found.scale if scale is None else scale.name
    words = t("handover.rating", scale=name, edition=found.edition, values="; ".join(parts))
    return f"{words} {found.remarks}".strip()


def place(t: Texts, box: Box | None) -> str:
    """Of what in the photo something was said."""
    return t("handover.whole-photo") if box is None else t("report.place", **box.as_dict())


def price(t: Texts, model: CrackModel, threshold: float, band: float | None) -> str:
    """What a threshold costs, measured on photos that the model was not trained on."""
    measured = model.measurements.held_out
    if measured is None:
        return t("handover.no-price")
    part, scores = measured
    found = cost(scores, threshold, band or 0.0)

    def per_hundred(count: int, total: int) -> str:
        return f"{100 * count / total:.1f}".removesuffix(".0")

    return t(
        "model.cost",
        threshold=wording.percent(t, threshold),
        missed=per_hundred(found.missed, found.cracked),
        flagged=per_hundred(found.flagged, found.sound),
        reviewed=per_hundred(found.reviewed_cracked + found.reviewed_sound, found.cracked + found.sound),
        missed_unseen=per_hundred(found.missed_unseen, found.cracked),
        flagged_unseen=per_hundred(found.flagged_unseen, found.sound),
        photos=f"{found.cracked + found.sound:,}",
        part=t(f"model.part-{part}"),
    )


def scan_price(t: Texts, model: CrackModel) -> str:
    """What the score costs from which a finding of a scan counts, over all origins that were measured."""
    origins = model.measurements.scans.get("origins", [])
    score = model.card.finding_rule.threshold
    rows = [(each["photos"], min(each["figures"], key=lambda f: abs(f["threshold"] - score))) for each in origins]
    sound = sum(photos["sound"] for photos, _ in rows)
    if not sound:
        return t("handover.no-price")
    told = [(photos["sound"], own["false_findings"]) for photos, own in rows if own["false_findings"] is not None]
    false = sum(count * value for count, value in told) / sum(count for count, _ in told)
    return t("handover.scan-price", score=f"{score:.2f}", false=f"{false:.2f}", photos=f"{sound:,}")
