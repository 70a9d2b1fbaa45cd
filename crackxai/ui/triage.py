"""One photo of an inspection at a time: what the machine says of it, what people said, and what is decided now."""

from __future__ import annotations

import streamlit as st

from crackxai import CrackXAIError
from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.originals import read_original
from crackxai.inspection.selection import beside, day_of, element_of
from crackxai.ui import deciding, inspections, photo_history, recorded_picture, resources, scripts, size_panel, state
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import percent, plain
from crackxai.ui.inspection_words import decision_words, doubts_of, machine_words
from crackxai.ui.state import Item
from crackxai.ui.text import message, t
from crackxai.ui.verdict_panel import gauge

STEPS = {"previous": ("chevron_left", -1), "next": ("chevron_right", 1)}
KEYS = {
    "n": "step-next-",
    "arrowright": "step-next-",
    "p": "step-previous-",
    "arrowleft": "step-previous-",
    "o": "instrument-",
}


def show(dossier: Dossier) -> None:
    """The photo whose turn it is, and the keys that decide on it."""
    look = session.look(dossier.id)
    if not look.sequence:  # filters changed, or a session came back
        session.go_through(
            dossier.id, [each.sha256 for each in inspections.photos(dossier, look.selection)], look.place
        )
        look = session.look(dossier.id)
    photo = dossier.photo(look.place or "")
    if photo is None:
        st.info(t("inspection.none-shown"), icon=":material/filter_alt_off:")
        return
    name = photo.sha256[:12]
    picture, words = st.columns([3, 2], gap="medium")
    with words, st.container(key="triage"):
        _steps(dossier, look, name)
        st.subheader(t("triage.machine", words=machine_words(photo)), anchor=False)
        if look.asking is not None and look.asking.photos[0].sha256 == photo.sha256:
            deciding.ask(dossier, look.asking)
        else:
            with st.container(horizontal=True, gap="small", key="decide"):
                deciding.buttons(dossier, [photo], name)
        _people(dossier, photo)
        _machine(photo)
        _instrument(photo)
        size_panel.show(dossier, photo)
        photo_history.show(dossier, photo)
    with picture:
        recorded_picture.show(dossier, photo)
        _facts(dossier, photo)
    asking = look.asking is not None
    scripts.run("button_keys", {"keys": deciding.keys(name, asking) | ({} if asking else KEYS)})


def _steps(dossier: Dossier, look: session.Look, name: str) -> None:
    place = look.sequence.index(look.place) + 1 if look.place in look.sequence else 0
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for step, (icon, by) in STEPS.items():
            to = beside(look.sequence, look.place or "", by)
            st.button(
                t(f"triage.{step}"),
                key=f"step-{step}-{name}",
                icon=f":material/{icon}:",
                disabled=to is None,
                help=t(f"triage.{step}-help"),
                on_click=_go,
                args=(dossier.id, to),
            )
        st.markdown(t("triage.place", place=f"{place:,}", count=f"{len(look.sequence):,}"), width="content")


def _go(inspection: str, to: str | None) -> None:
    session.change(inspection, place=to, asking=None)


def _machine(photo: PhotoDossier) -> None:
    if photo.judgement is None:
        st.caption(t("triage.unjudged"))
        return
    said = photo.judgement.said
    if said.settings.get("of") == "scan":
        counted = sum(float(each.get("score", 0)) >= said.threshold for each in said.findings)
        st.markdown(t("triage.scan", count=counted, threshold=f"{said.threshold:.2f}"))
    elif said.probability is not None:
        st.html(gauge(said.probability, said.threshold, said.band or 0.0))
        st.caption(t("triage.threshold", threshold=percent(said.threshold), band=f"{100 * (said.band or 0):.0f}"))
    for doubt in doubts_of(photo):
        st.markdown(f":material/report: {doubt}")


def _people(dossier: Dossier, photo: PhotoDossier) -> None:
    if not photo.of_photo:
        st.caption(t("triage.undecided"))
    latest = None if photo.judgement is None else photo.judgement.number
    for decision in photo.of_photo:
        words = decision_words(decision, dossier.said_at(decision))
        if decision.said.judgement != latest:
            words += " · " + t("triage.earlier-answer")
        st.markdown(words)
    if photo.disputed:
        st.warning(t("triage.disputed"), icon=":material/group:")


def _instrument(photo: PhotoDossier) -> None:
    pressed = st.button(
        t("triage.instrument"),
        key=f"instrument-{photo.sha256[:12]}",
        icon=":material/biotech:",
        help=t("triage.instrument-help"),
    )
    if not pressed:
        return
    try:
        data = read_original(inspections.records().store, photo.photo.said)
        item = Item(photo.name, data, photo.sha256)
        resources.photo(item)
        state.add_item(item, resources.budget())
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/error:")
        return
    st.switch_page("pages/photo.py")


def _facts(dossier: Dossier, photo: PhotoDossier) -> None:
    said = photo.photo.said
    facts = [plain(said.name), f"{said.width} × {said.height}"]
    if day_of(photo):
        facts.append(t("triage.taken", when=(said.taken_at or "")[:16].replace("T", " ")))
    if said.latitude is not None and said.longitude is not None:
        facts.append(t("triage.position", latitude=f"{said.latitude:.5f}", longitude=f"{said.longitude:.5f}"))
    facts += [plain(text) for text in (element_of(dossier, photo), said.place) if text.strip()]
    st.caption("  ·  ".join(facts))
