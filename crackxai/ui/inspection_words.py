"""What the page of inspections says in several places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.decisions import Decision
from crackxai.inspection.records.facts import Inspection
from crackxai.model.quality import SENTENCES, QualityIssue
from crackxai.ui.formats import percent, plain
from crackxai.ui.text import message, t
from crackxai.ui.verdict_panel import sign

UNANSWERED = "·"
"""The mark of what nobody said anything of."""


def when(written_at: str) -> str:
    """A row's time: to the minute, UTC."""
    return t("inspection.utc", time=written_at[:16].replace("T", " "))


def particulars_words(facts: Inspection) -> str:
    """What is said of an inspection beside its name, on one line."""
    parts = (facts.structure, facts.element, facts.place, facts.date, facts.inspector, facts.remarks)
    return "  ·  ".join(plain(part) for part in parts if part.strip())


def state_words(dossier: Dossier) -> str:
    """Signed by whom, or which version it is of."""
    if (signed := dossier.signed) is not None:
        who, at = plain(signed.row.said.who), when(signed.row.written_at)
        return f":material/verified: {t('inspection.signed', who=who, when=at)}"
    return f":material/edit_note: {t('inspection.version', version=dossier.version)}"


def machine_words(photo: PhotoDossier) -> str:
    """The machine's verdict and probability; a scan's score is no probability, and is not told as one."""
    if photo.judgement is None:
        return f"{UNANSWERED} {t('inspection.unjudged')}"
    said = photo.judgement.said
    words = f"{sign(said.verdict)} {t(f'verdict.{said.verdict}')}"
    if said.probability is None:
        return words
    of_scan = said.settings.get("of") == "scan"
    return (
        f"{words} · {t('inspection.score', score=f'{said.probability:.2f}') if of_scan else percent(said.probability)}"
    )


def people_words(photo: PhotoDossier) -> str:
    """What people say: that nobody did, that they differ, or what all of them say."""
    if photo.decided is None:
        return f":material/radio_button_unchecked: {t('inspection.undecided')}"
    if photo.disputed:
        return f":material/group: {t('inspection.disputed')}"
    icon = {"crack": "check_circle", "no-crack": "check_circle", "review": "pending"}[photo.decided]
    words = f":material/{icon}: {t('inspection.decided', verdict=t(f'verdict.{photo.decided}'))}"
    return f"{words} {t('inspection.overrides')}" if photo.overridden else words


def decision_words(decision: Stored[Decision], said_at: str) -> str:
    """Who decided what, when, and why. said_at : of `Dossier.said_at`."""
    said = decision.said
    verdict = f"{sign(said.verdict)} {t(f'verdict.{said.verdict}')}"
    words = t("inspection.decision", who=plain(said.who), verdict=verdict, when=when(said_at))
    if said.overrides and said.machine is not None:
        words += " · " + t("inspection.overrode", machine=t(f"verdict.{said.machine['verdict']}"))
    why = [t(f"reason.{said.reason}")] if said.reason else []
    why += [f"“{plain(said.text)}”"] if said.text.strip() else []
    return f"{words} · {': '.join(why)}" if why else words


def doubts_of(photo: PhotoDossier) -> list[str]:
    """Each doubt of the machine in words, those of a scan once a kind."""
    if photo.judgement is None:
        return []
    return list(dict.fromkeys(_doubt_words(each) for each in photo.judgement.said.doubts))


def _doubt_words(doubt: Mapping[str, Any]) -> str:
    if "box" in doubt:
        return _tile_words(doubt.get("doubts"))
    try:
        detail = doubt.get("detail")
        issue = QualityIssue(
            str(doubt["kind"]),
            float(doubt["measured"]),
            float(doubt["limit"]),
            str(doubt.get("measure", "")),
            tuple(detail) if isinstance(detail, (list, tuple)) else None,
        )
        return message(issue.message)
    except (KeyError, TypeError, ValueError):  # of a later version of the program
        return plain(str(doubt.get("words", doubt.get("kind", ""))))


def _tile_words(kinds: object) -> str:
    told: Iterable[str] = kinds if isinstance(kinds, (list, tuple)) else ()
    return " ".join(t(f"scan-doubt.{kind}") for kind in SENTENCES if kind in told)
