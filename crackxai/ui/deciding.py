"""Deciding: on one photo or on several at once, and the reason that an override needs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

import streamlit as st

from crackxai.errors import CrackXAIError
from crackxai.inspection import deciding
from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.records.decisions import REASONS
from crackxai.inspection.selection import beside, overriding
from crackxai.model.decision import Kind
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections, scripts
from crackxai.ui.formats import plain
from crackxai.ui.inspection_session import Asking, Seen
from crackxai.ui.text import message, t
from crackxai.ui.verdict_panel import sign

KINDS: dict[Kind, str] = {"crack": "c", "no-crack": "s", "review": "r"}
"""Verdicts that can be decided, and their keys."""
DIGITS = "123456789"


def buttons(dossier: Dossier, photos: Sequence[PhotoDossier], name: str) -> None:
    """A button a verdict, for these photos.

    Parameters
    ----------
    name : of the keys; with what tells these photos from others in it, so that a press that was meant for the photo
        before is never taken for this one.
    """
    seen = tuple(map(Seen.of, photos))
    person = inspections.records().person
    allowed = inspections.may("decision")
    own = {each.said.verdict for photo in photos for each in photo.of_photo if each.said.who == person}
    for kind, key in KINDS.items():
        st.button(
            t(f"deciding.{kind}", key=key.upper()),
            key=f"decide-{kind}-{name}",
            type="primary" if own == {kind} else "secondary",
            disabled=not (seen and allowed),
            on_click=_pressed,
            args=(dossier.id, seen, kind),
        )


def _pressed(inspection: str, seen: tuple[Seen, ...], verdict: Kind) -> None:
    with _told():
        photos = _photos(inspection, seen)
        if overriding(photos, verdict) and _as_seen(photos, seen):
            session.change(inspection, asking=Asking(verdict, seen))
        else:
            _write(inspection, seen, verdict)


def _write(inspection: str, seen: tuple[Seen, ...], verdict: Kind, reason: str = "", text: str = "") -> None:
    """Record it, and go on to the next photo where they are looked at one at a time. Raises RecordsError."""
    look = session.look(inspection)
    if look.view == "one" and tuple(each.sha256 for each in seen) != (look.place,):
        return  # a press that was meant for a photo that is no longer shown
    photos = _photos(inspection, seen)
    if not _as_seen(photos, seen):
        session.change(inspection, asking=None)
        session.tell("error", t("deciding.changed"))
        return
    deciding.decide(inspections.records(), inspection, photos, verdict, reason, text)
    session.change(inspection, asking=None)
    name = f"{sign(verdict)} {t(f'verdict.{verdict}')}"
    if look.view == "one":
        following = beside(look.sequence, look.place or "", 1)
        session.change(inspection, place=following or look.place)
        told = t("deciding.last", name=plain(photos[0].name), verdict=name)
        if following is None:
            session.tell("success", told)
    else:
        session.clear_marks(inspection)
        session.tell("success", t("deciding.recorded", count=len(photos), verdict=name))


def ask(dossier: Dossier, asking: Asking) -> None:
    """Why the machine is overridden: a button a reason, and words where none fits."""
    photos = _photos(dossier.id, asking.photos)
    count = len(overriding(photos, asking.verdict))
    name = asking.photos[0].sha256[:12]
    with st.container(border=True, key="asking"):
        verdict = f"{sign(asking.verdict)} {t(f'verdict.{asking.verdict}')}"
        if len(photos) == 1:
            machine = photos[0].machine
            st.markdown(t("deciding.why", verdict=verdict, machine=t(f"verdict.{machine}")))
        else:
            st.markdown(t("deciding.why-several", verdict=verdict, count=len(photos), overrides=count))
        text = f"reason-text-{name}"
        st.text_input(t("deciding.text"), key=text, max_chars=500, placeholder=t("deciding.text-example"))
        with st.container(horizontal=True, gap="xsmall", key="reasons"):
            for place, reason in enumerate(REASONS):
                digit = f" ({DIGITS[place]})" if place < len(DIGITS) else ""
                st.button(
                    f"{t(f'reason.{reason}')}{digit}",
                    key=f"reason-{reason}-{name}",
                    on_click=_reasoned,
                    args=(dossier.id, asking, reason, text),
                )
            st.button(
                t("deciding.cancel"),
                key=f"no-reason-{name}",
                type="tertiary",
                icon=":material/close:",
                on_click=_cancel,
                args=(dossier.id,),
            )


def _reasoned(inspection: str, asking: Asking, reason: str, key: str) -> None:
    if session.look(inspection).asking != asking:
        return
    text = str(st.session_state.get(key) or "")
    if reason == "other" and not text.strip():
        session.tell("error", t("deciding.other-needs"))
        return
    with _told():
        _write(inspection, asking.photos, asking.verdict, reason, text)


def _as_seen(photos: Sequence[PhotoDossier], seen: tuple[Seen, ...]) -> bool:
    """Whether the machine's answers are still those that stood beside the photos."""
    return tuple(map(Seen.of, photos)) == seen


def _cancel(inspection: str) -> None:
    session.change(inspection, asking=None)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What goes wrong in a callback is told when the page is drawn."""
    try:
        yield
    except CrackXAIError as error:
        session.tell("error", plain(message(error.message)))


def keys(name: str, asking: bool) -> dict[str, str]:
    """Key of the keyboard -> beginning of the key of the button that it presses."""
    if asking:
        return {digit: f"reason-{reason}-" for digit, reason in zip(DIGITS, REASONS, strict=False)} | {
            "escape": "no-reason-"
        }
    return {key: f"decide-{kind}-{name}" for kind, key in KINDS.items()}


def several(dossier: Dossier, shown: Sequence[PhotoDossier]) -> None:
    """One decision for all photos that are marked, or its reason."""
    look = session.look(dossier.id)
    if look.asking is not None:
        ask(dossier, look.asking)
        scripts.run("button_keys", {"keys": keys("several", True)})
        return
    scripts.run("button_keys", {"keys": keys("several", False)})
    marked = [each for each in shown if each.sha256 in look.marked]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="several"):
        st.markdown(t("deciding.marked", count=f"{len(marked):,}"), width="content")
        buttons(dossier, marked, "several")
        st.button(
            t("deciding.one-by-one"),
            key="one-by-one",
            icon=":material/visibility:",
            disabled=not marked,
            on_click=session.go_through,
            args=(dossier.id, [each.sha256 for each in marked]),
        )
        st.button(
            t("deciding.unmark"),
            key="unmark",
            icon=":material/deselect:",
            type="tertiary",
            disabled=not marked,
            on_click=session.clear_marks,
            args=(dossier.id,),
        )


def _photos(inspection: str, seen: Sequence[Seen]) -> list[PhotoDossier]:
    dossier = inspections.dossier(inspection)
    return [photo for each in seen if (photo := dossier.photo(each.sha256)) is not None]
