"""The last pages: all photos small, the model in short, and how to check all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from crackxai.inspection import wording
from crackxai.inspection.handover import words
from crackxai.inspection.handover.finding_page import COLOURS, why_missing
from crackxai.inspection.handover.sheet import LEFT, SMALL, Sheet
from crackxai.inspection.handover.subject import Subject, moment
from crackxai.model.classifier import CrackModel
from crackxai.texts import Texts

ACROSS, GAP, PICTURE, WORDS = 5, 3.0, 25.0, 12.5
"""Thumbnails in a row; millimetres between them, of their height, and of the words below."""


def photos(sheet: Sheet, subject: Subject, thumbnails: Sequence[tuple[bytes | None, str]]) -> None:
    """All photos with their numbers, names and verdicts. thumbnails : JPEG, or None and why there is none."""
    t = sheet.t
    sheet.add_page()
    sheet.heading(t("handover.all-photos"))
    wide = (sheet.room - (ACROSS - 1) * GAP) / ACROSS
    for start in range(0, len(thumbnails), ACROSS):
        sheet.need(PICTURE + WORDS)
        y = sheet.y
        for column, (image, why) in enumerate(thumbnails[start : start + ACROSS]):
            photo = subject.dossier.photos[start + column]
            x = LEFT + column * (wide + GAP)
            told = words.standing(t, photo)
            if image is None:
                sheet.box(x, y, wide, PICTURE, why_missing(t, why))
            else:
                alt = t("handover.photo-alt", name=photo.name, verdict=told)
                sheet.picture(image, x, y, wide, PICTURE, alt)
            sheet.small(x, y + PICTURE + 0.8, f"{start + column + 1} · {photo.name}", wide)
            sheet.small(x, y + PICTURE + 4.2, told, wide, COLOURS[photo.verdict], most=2)
        sheet.y = y + PICTURE + WORDS


def models(sheet: Sheet, subject: Subject) -> None:
    """The card of each model that judged, in short."""
    t = sheet.t
    sheet.add_page()
    sheet.heading(t("handover.models"))
    judged = Counter(
        (photo.judgement.said.model, photo.judgement.said.fingerprint)
        for photo in subject.dossier.photos
        if photo.judgement is not None
    )
    for (name, fingerprint), count in judged.most_common():
        sheet.heading(name, 1)
        sheet.facts([(t("report.fingerprint"), fingerprint), (t("handover.judged"), f"{count:,}")])
        model = subject.models.get(fingerprint)
        if model is None:
            sheet.put(t("handover.no-model", fingerprint=fingerprint[:16]))
        else:
            _card(sheet, model)
    if not judged:
        sheet.put(t("handover.unjudged"))


def checking(sheet: Sheet, subject: Subject) -> None:
    """What was signed, by its hash, and how everybody can check it."""
    t, dossier = sheet.t, subject.dossier
    sheet.add_page()
    sheet.heading(t("handover.check"))
    sheet.put(t("handover.check-words"))
    sheet.put("python -m crackxai verify REPORT.zip", indent=6)
    sheet.put(t("handover.check-limits"))
    sheet.facts([(t("handover.covers"), dossier.covers), (t("handover.inspection-id"), dossier.id)])
    sheet.heading(t("handover.sign-offs"), 1)
    rows = [
        [
            each.row.said.who,
            moment(each.row.written_at),
            each.row.said.covers,
            t("handover.valid") if each.valid else t("handover.voided", row=each.voided_by),
        ]
        for each in dossier.sign_offs
    ]
    rows += [
        [each.who, moment(each.when), each.covers, t("handover.elsewhere-void" if each.void else "handover.elsewhere")]
        for each in dossier.signed_elsewhere
    ]
    if rows:
        sheet.grid([t(f"handover.column-{name}") for name in ("who", "when", "covers", "state")], rows, (2, 3, 6, 4))
    else:
        sheet.put(t("handover.draft-words"))
    if sheet.replaced:
        sheet.put(t("handover.boxes"), SMALL)


def _card(sheet: Sheet, model: CrackModel) -> None:
    t, card = sheet.t, model.card
    tested = card.figures.get("test") or card.figures.get("validation") or {}
    names = ("accuracy", "auc", "recall", "precision")
    figures = ", ".join(f"{t(f'model.{name}')} {wording.percent(t, tested[name])}" for name in names if name in tested)
    sheet.facts(
        [
            (t("model.created"), card.created),
            (t("model.network"), t("model.network-words", side=card.input_side)),
            (t("model.data"), str(card.data.get("source") or t("model.origins", count=len(_validated(model))))),
            (t("model.figures"), figures),
            (t("model.threshold"), wording.rule_words(t, card.threshold, card.band)),
        ]
    )
    sheet.y += 1.5
    for line in _origins(t, model):
        sheet.put(line)
    sheet.put(words.price(t, model, card.threshold, card.band))
    sheet.put(t("model.not-tested"), SMALL)


def _origins(t: Texts, model: CrackModel) -> list[str]:
    """Balanced accuracy over the origins, and on walls of kinds that were not trained on."""
    told = []
    rows = _validated(model)
    if rows:
        worst = min(rows, key=lambda each: float(each["balanced_accuracy"]))
        told.append(
            t(
                "origins.mean",
                mean=f"{100 * sum(each['balanced_accuracy'] for each in rows) / len(rows):.1f}",
                worst=f"{100 * worst['balanced_accuracy']:.1f}",
                name=worst["name"],
            )
        )
    if model.card.left_out:
        told.append(t("handover.left-out", mean=f"{100 * model.card.left_out['balanced_accuracy']:.1f}"))
    return told


def _validated(model: CrackModel) -> list[dict[str, Any]]:
    """What its card tells of each origin's validation photos."""
    found: list[dict[str, Any]] = model.card.origins.get("validation") or next(iter(model.card.origins.values()), [])
    return found
