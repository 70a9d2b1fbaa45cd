"""What a browser session remembers of going through an inspection: what it asks for, where it is, what it marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import streamlit as st

from crackxai.inspection.dossier import PhotoDossier
from crackxai.inspection.selection import Selection
from crackxai.model.decision import Kind
from crackxai.ui import state

Part = Literal["photos", "add", "sign-off", "particulars"]
PARTS: tuple[Part, ...] = ("photos", "add", "sign-off", "particulars")
View = Literal["gallery", "table", "one"]
VIEWS: tuple[View, ...] = ("gallery", "table", "one")
_LOOKS, _TOLD, _PART = "_inspection_looks", "_inspection_told", "_inspection_part"
_PHOTO = "_inspection_photo"
DIGITS = 12
"""Of a photo's SHA-256, by which an address names it."""


class Seen(NamedTuple):
    """A photo as it was shown. judgement : number of the machine's answer beside it; None: there was none."""

    sha256: str
    judgement: int | None

    @classmethod
    def of(cls, photo: PhotoDossier) -> Seen:
        return cls(photo.sha256, None if photo.judgement is None else photo.judgement.number)


class Asking(NamedTuple):
    """A decision that waits for its reason. photos : those it is on."""

    verdict: Kind
    photos: tuple[Seen, ...]


@dataclass(frozen=True)
class Look:
    """How an inspection is gone through.

    Attributes
    ----------
    selection : of its photos. view : `VIEWS`. page : of the gallery, from 0 on.
    sequence : SHA-256 of the photos that are gone through one at a time, in order. It stays as it was when that began,
        however decisions move photos out of the selection: back is back. place : the one that is shown.
    marked : SHA-256 of the photos that are selected. asking : a decision that waits for its reason.
    turn : how often marks were cleared; the widgets that show them begin anew then.
    """

    selection: Selection = field(default_factory=Selection)
    view: View = "gallery"
    page: int = 0
    sequence: tuple[str, ...] = ()
    place: str | None = None
    marked: frozenset[str] = frozenset()
    asking: Asking | None = None
    turn: int = 0


def look(inspection: str) -> Look:
    """How the session goes through that inspection."""
    looks: dict[str, Look] = st.session_state.setdefault(_LOOKS, {})
    return looks.get(inspection, Look())


def change(inspection: str, **to: Any) -> Look:
    """The same, with some of it changed."""
    changed = replace(look(inspection), **to)
    st.session_state[_LOOKS][inspection] = changed
    return changed


def select(inspection: str, selection: Selection) -> None:
    """Ask for other photos, or another order: from the first page, with nothing marked."""
    if selection != look(inspection).selection:
        clear_marks(inspection)
        change(inspection, selection=selection, page=0, sequence=(), asking=None)


def clear_marks(inspection: str) -> None:
    """Select no photo."""
    change(inspection, marked=frozenset(), turn=look(inspection).turn + 1)


def go_through(inspection: str, photos: Iterable[str], place: str | None = None) -> None:
    """Begin to look at these photos one at a time, at the first or at ``place``."""
    sequence = tuple(photos)
    first = place if place in sequence else (sequence[0] if sequence else None)
    change(inspection, view="one", sequence=sequence, place=first, asking=None)


def await_photo(beginning: str) -> None:
    """Look at the photo of the chosen inspection whose SHA-256 begins so, once its photos are known."""
    st.session_state[_PHOTO] = beginning


def awaited_photo() -> str | None:
    """The beginning of the SHA-256 of a photo that the address asked for; it is awaited no more."""
    beginning: str | None = st.session_state.pop(_PHOTO, None)
    return beginning


def linked_photo(inspection: str) -> str | None:
    """By which an address names the photo that is looked at; None: they are not looked at one at a time."""
    shown = look(inspection)
    place = st.session_state.get(_PHOTO) or (shown.place if shown.view == "one" else None)
    return None if place is None else place[:DIGITS]


def choose(inspection: str | None) -> None:
    """Look at another inspection, from its photos on; None: at none."""
    state.choose_inspection(inspection)
    awaited_photo()
    open_part("photos")


def part() -> Part:
    """Of the inspection, which is shown."""
    shown: Part = st.session_state.get(_PART, PARTS[0])
    return shown


def open_part(wanted: Part) -> None:
    """Show that part of the inspection."""
    st.session_state[_PART] = wanted


class Told(NamedTuple):
    """What is said once, when the page is drawn next. kind : "success" or "error"."""

    kind: Literal["success", "error"]
    text: str


def tell(kind: Literal["success", "error"], text: str) -> None:
    """Say it once, in the reader's language, when the page is drawn next."""
    st.session_state.setdefault(_TOLD, []).append(Told(kind, text))


def show_told() -> None:
    """Say it here and now; it is not said again."""
    for kind, text in st.session_state.pop(_TOLD, []):
        if kind == "error":
            st.error(text, icon=":material/error:")
        else:
            st.success(text, icon=":material/check:")
