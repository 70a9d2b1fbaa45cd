"""The PDF that a customer is handed."""

from __future__ import annotations

from pathlib import Path

from crackxai.explain.progress import Progress, silent
from crackxai.inspection.handover import annex, cover, finding_page, summary
from crackxai.inspection.handover.sheet import Sheet
from crackxai.inspection.handover.shown_photos import shown_photos
from crackxai.inspection.handover.subject import Subject
from crackxai.texts import Texts


def write_pdf(
    subject: Subject, path: Path, texts: Texts | None = None, paper: str = "a4", progress: Progress = silent
) -> None:
    """Write it: cover, summary, a page for each finding, all photos small, the model, and how to check.

    Parameters
    ----------
    path : written over where it is there; use `crackxai.files.written_whole` around it.
    texts : the language; default: English. paper : of `crackxai.inspection.handover.sheet.PAPERS`.
    progress : told photos done, of how many; may raise `crackxai.errors.Cancelled`.

    >>> write_pdf(Subject.of(records, inspection), Path("bridge.pdf"))
    """
    t = (texts or Texts()).unmarked()
    sheet = Sheet(
        t,
        paper,
        subject.name,
        cover.state(t, subject),
        t("handover.mark", covers=subject.dossier.covers[:16]),
        subject.made_at,
    )
    sheet.set_title(t("handover.title", name=subject.name))
    sheet.set_author(subject.dossier.facts.said.inspector or "-")
    sheet.set_subject(" · ".join(part for part in cover.where(subject) if part) or subject.name)
    sheet.set_creator("CrackXAI")
    cover.draw(sheet, subject)
    summary.draw(sheet, subject)
    pages = {photo.sha256 for _, photo in subject.findings}
    thumbnails = []
    count = len(subject.dossier.photos)
    for number, (photo, shown) in enumerate(zip(subject.dossier.photos, shown_photos(subject), strict=True), 1):
        if photo.sha256 in pages:
            first = photo.sha256 == subject.findings[0][1].sha256
            finding_page.draw(sheet, subject, number, photo, shown, first)
        thumbnails.append((shown.thumbnail, shown.why))
        progress(number, count)
    annex.photos(sheet, subject, thumbnails)
    annex.models(sheet, subject)
    annex.checking(sheet, subject)
    sheet.output(str(path))
