"""The second page: counts, what people decided otherwise, what is open, and what the threshold costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from crackxai.inspection.dossier import missing
from crackxai.inspection.handover import words
from crackxai.inspection.handover.sheet import SMALL, Sheet
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.records.judgements import Judgement
from crackxai.model.decision import Kind

VERDICTS: tuple[Kind | None, ...] = ("crack", "no-crack", "review", None)
NAMED = 30
"""Photos that are listed by name; the tables have all."""


def draw(sheet: Sheet, subject: Subject) -> None:
    """Draw it."""
    t, dossier = sheet.t, subject.dossier
    sheet.add_page()
    sheet.heading(t("handover.summary"))
    _counts(sheet, subject)
    overrides = [photo for photo in dossier.photos if photo.overridden]
    sheet.heading(t("handover.overrides"), 1)
    reasons = Counter(
        (row.said.machine["verdict"], row.said.verdict, row.said.reason)
        for photo in overrides
        for row in photo.of_photo
        if row.said.overrides and row.said.machine is not None
    )
    if reasons:
        sheet.grid(
            [t(f"handover.column-{name}") for name in ("machine", "person", "reason", "count")],
            [
                [words.verdict(t, said), words.verdict(t, decided), t(f"handover-reason.{reason}"), str(count)]
                for (said, decided, reason), count in reasons.most_common()
            ],
            (3, 3, 5, 1.5),
        )
    else:
        sheet.put(t("handover.no-overrides"))
    sheet.heading(t("handover.open"), 1)
    lacks = missing(dossier, "")
    for each in lacks:
        what = t(f"handover-missing.{each.kind}")
        sheet.put(t("handover.lack", what=what, photos=_named(subject, each.photos)) if each.photos else what)
    if not lacks:
        sheet.put(t("handover.nothing-open"))
    unlike = [photo.sha256 for photo in dossier.photos if photo.doubted]
    if unlike:
        sheet.put(t("handover.doubted", count=len(unlike), photos=_named(subject, unlike)))
    _threshold(sheet, subject)


def _counts(sheet: Sheet, subject: Subject) -> None:
    """By what the machine said, and by what people said of these."""
    t, photos = sheet.t, subject.dossier.photos
    both = Counter((photo.machine, photo.decided) for photo in photos)
    rows = []
    for said in VERDICTS:
        own = [both[said, decided] for decided in VERDICTS]
        name = t("handover.unjudged") if said is None else words.verdict(t, said)
        if sum(own):
            rows.append([name, *(str(count) if count else "–" for count in own), str(sum(own))])
    total = [sum(both[said, decided] for said in VERDICTS) for decided in VERDICTS]
    rows.append([t("handover.all"), *map(str, total), str(len(photos))])
    head = [t("handover.machine-people"), *(words.verdict(t, kind) for kind in VERDICTS[:3])]
    sheet.grid([*head, t("handover.undecided"), t("handover.all")], rows, (4, 2, 2, 2, 2.4, 1.6))
    sheet.put(t("handover.counts-words"), SMALL)


def _threshold(sheet: Sheet, subject: Subject) -> None:
    t = sheet.t
    sheet.heading(t("handover.threshold"), 1)
    rules = Counter(
        (photo.judgement.said.fingerprint, words.is_scan(photo.judgement.said), *_rule(photo.judgement.said))
        for photo in subject.dossier.photos
        if photo.judgement is not None
    )
    told = set()
    for (fingerprint, scanned, threshold, band), count in rules.most_common():
        model = subject.models.get(fingerprint)
        if model is None:
            line = t("handover.no-model", fingerprint=fingerprint[:16])
        elif scanned:
            line = words.scan_price(t, model)
        else:
            line = words.price(t, model, threshold, band)
        if line not in told:
            told.add(line)
            sheet.put(line if scanned or model is None else t("handover.rule-of", count=count, words=line))
    if not rules:
        sheet.put(t("handover.unjudged"))


def _rule(judgement: Judgement) -> tuple[float, float | None]:
    # A scan's threshold follows from its size; what it costs was measured for the rule, not for each.
    return (0.0, None) if words.is_scan(judgement) else (judgement.threshold, judgement.band)


def _named(subject: Subject, hashes: Iterable[str]) -> str:
    """Their numbers and names; beyond `NAMED`, how many more there are."""
    wanted = set(hashes)
    photos = enumerate(subject.dossier.photos, 1)
    found = [f"{number} {photo.name}" for number, photo in photos if photo.sha256 in wanted]
    more = [] if len(found) <= NAMED else [f"… +{len(found) - NAMED:,}"]
    return ", ".join(found[:NAMED] + more)
