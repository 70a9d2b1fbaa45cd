"""Decisions written: on one photo or on many, all or none; and photos of a session taken into an inspection."""

from __future__ import annotations

from collections.abc import Sequence

from crackxai.explain.explanation import Explanation
from crackxai.inspection.dossier import PhotoDossier
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.inspection.selection import overriding
from crackxai.model.decision import Kind
from crackxai.photo import Photo
from crackxai.tallies import count


def decide(
    records: Records, inspection: str, photos: Sequence[PhotoDossier], verdict: Kind, reason: str = "", text: str = ""
) -> int:
    """Decide on each of these photos as it was seen, in one transaction; returns on how many.

    Parameters
    ----------
    reason, text : why, of `records.decisions.REASONS` and in words; kept with the decisions that override the machine,
        where they are needed.

    Raises
    ------
    RecordsError : one of them cannot be recorded, such as an override without a reason; then none is.
    """
    needed = {each.sha256 for each in overriding(photos, verdict)}
    with records.together():
        for each in photos:
            why = (reason, text.strip()) if each.sha256 in needed else ("", "")
            records.decide(inspection, each.sha256, verdict, *why, judgement=each.judgement)
    count("decisions", len(photos))
    return len(photos)


def add_photo(
    records: Records,
    inspection: str,
    photo: Photo,
    data: bytes,
    judgement: Judgement,
    explanation: Explanation | None = None,
) -> Stored[Judgement]:
    """Take a photo that is on no disk into an inspection, with what the machine says of it: a copy goes into the store.

    What is recorded of it already is not said twice.

    Parameters
    ----------
    photo : as read from ``data``, whole or a window of it.
    explanation : of the photo or a window; kept with its values.

    Raises
    ------
    RecordsError : it cannot be recorded, or there is no store. OutputError : the copy cannot be written.
    """
    with records.together():
        if records.photo(inspection, photo.sha256) is None:
            records.add_photo(inspection, PhotoFile.of(photo, data), copy=True, data=data)
        known = [each for each in records.judgements(inspection, photo.sha256) if each.said.key == judgement.key]
        row = known[-1] if known else records.add_judgement(inspection, photo.sha256, judgement)
        if explanation is not None:
            kept = {each.said.record["values_sha256"] for each in records.explanations(inspection, photo.sha256)}
            if explanation.values_sha256 not in kept:
                records.add_explanation(row, explanation.to_record(), explanation.channel_values)
        return row
