"""The large picture of a recorded photo: as it is, with the findings of its scan, or under a map that was kept."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

import streamlit as st

from crackxai.errors import CrackXAIError
from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.pictures import Look
from crackxai.inspection.recorded_pictures import small_jpeg, with_findings, with_map
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import ExplanationRecord
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.photo import Box
from crackxai.ui import inspections, resources
from crackxai.ui.controls import chosen_look
from crackxai.ui.formats import plain
from crackxai.ui.text import message, t

SIDE = 1100
"""Longer side of the picture, pixels."""
_OVER = "_recorded_over"


def show(dossier: Dossier, photo: PhotoDossier) -> None:
    """The picture, and what can be laid over it; a photo that is not where it was is told of."""
    records = inspections.records()
    explained = _with_values(records.explanations(dossier.id, photo.sha256))
    findings = () if photo.judgement is None else photo.judgement.said.findings
    options = ["photo", *(["findings"] if findings else []), *(["map"] if explained is not None else [])]
    over = _over(options)
    key: tuple[Hashable, ...]
    said, store, look = photo.photo.said, records.store, chosen_look()
    try:
        if over == "map" and explained is not None:
            key = ("recorded-map", photo.sha256, explained.number, SIDE, look)
            data = resources.picture(key, partial(_with_map, store, said, explained.said, look))
            alt = t("triage.map-alt", name=photo.name)
        elif over == "findings" and photo.judgement is not None:
            key = ("recorded-findings", photo.sha256, photo.judgement.number, SIDE, None)
            data = resources.picture(key, lambda: with_findings(store, said, findings, SIDE))
            alt = t("triage.findings-alt", name=photo.name, count=len(findings))
        else:
            data = resources.picture(("recorded", photo.sha256, SIDE), lambda: small_jpeg(store, said, SIDE))
            alt = t("photos.alt", name=photo.name)
    except CrackXAIError as error:
        st.warning(plain(message(error.message)), icon=":material/broken_image:")
        return
    with st.container(key="recorded-picture"):
        st.image(data, width="stretch", alt=alt)
    if over == "map" and explained is not None:
        st.caption(t("triage.map-words", evaluations=f"{explained.said.record['evaluations']:,}"))


def _with_map(store: PhotoStore, photo: PhotoFile, explained: ExplanationRecord, look: Look) -> bytes:
    values, box = explained.channel_values, explained.record["photo"].get("box")
    assert values is not None  # `_with_values` looked
    return with_map(store, photo, values, None if box is None else Box(**box), SIDE, look)


def _over(options: list[str]) -> str:
    """What is laid over the photo: asked for once, and kept from photo to photo where there is such a thing."""
    wanted = st.session_state.get(_OVER, "findings")
    chosen = wanted if wanted in options else options[0]
    if len(options) == 1:
        return chosen
    st.session_state["recorded-over"] = chosen
    st.segmented_control(
        t("triage.over"),
        options,
        required=True,
        format_func=lambda each: t(f"triage.over-{each}"),
        key="recorded-over",
        on_change=lambda: st.session_state.update({_OVER: st.session_state["recorded-over"]}),
        label_visibility="collapsed",
    )
    return chosen


def _with_values(rows: tuple[Stored[ExplanationRecord], ...]) -> Stored[ExplanationRecord] | None:
    return next((row for row in reversed(rows) if row.said.values), None)
