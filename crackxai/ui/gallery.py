"""The photos of an inspection as pictures, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import streamlit as st

from crackxai.errors import PhotoError
from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.recorded_pictures import small_jpeg
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.ui import deciding, inspections, resources
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import plain
from crackxai.ui.inspection_words import machine_words, people_words
from crackxai.ui.text import message, t

PAGE = 24
"""Photos at a time."""
SIDE = 320
"""Longer side of a thumbnail, pixels; shown at half of that, for screens of twice as many."""
MAKERS = 2
"""Threads that make thumbnails: decoders let go of Python's lock."""
TILE = 168
"""Width of a tile, pixels."""


def show(dossier: Dossier, shown: Sequence[PhotoDossier]) -> None:
    """A page of tiles, and what is decided on those that are marked."""
    look = session.look(dossier.id)
    pages = -(-len(shown) // PAGE)
    page = min(look.page, pages - 1)
    photos = shown[page * PAGE : (page + 1) * PAGE]
    deciding.several(dossier, shown)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if pages > 1:
            _turn(dossier.id, "gallery-back", "chevron_left", page - 1, pages)
            st.markdown(t("gallery.page", page=page + 1, pages=pages), width="content")
            _turn(dossier.id, "gallery-on", "chevron_right", page + 1, pages)
        st.button(
            t("gallery.mark-page", count=len(photos)),
            key="mark-page",
            icon=":material/select_all:",
            type="tertiary",
            on_click=_mark_all,
            args=(dossier.id, photos),
        )
        if len(shown) > len(photos):
            st.button(
                t("gallery.mark-all", count=f"{len(shown):,}"),
                key="mark-all",
                type="tertiary",
                on_click=_mark_all,
                args=(dossier.id, shown),
            )
    with st.spinner(t("gallery.reading")):
        pictures = _thumbnails(photos)
    with st.container(horizontal=True, gap="small", key="gallery"):
        for photo, picture in zip(photos, pictures, strict=True):
            _tile(dossier, shown, photo, picture)
    _prepare(dossier.id, page + 1, shown[(page + 1) * PAGE : (page + 2) * PAGE])


def _tile(dossier: Dossier, shown: Sequence[PhotoDossier], photo: PhotoDossier, picture: bytes | PhotoError) -> None:
    look, name = session.look(dossier.id), photo.sha256[:12]
    with st.container(width=TILE, gap="xsmall", border=True, key=f"tile-{name}"):
        if isinstance(picture, bytes):
            st.image(picture, width="stretch", alt=t("photos.alt", name=photo.name))
        else:
            st.caption(f":material/broken_image: {plain(message(picture.message))}")
        st.markdown(machine_words(photo))
        if photo.doubted:
            st.caption(f":material/report: {t('gallery.doubts', count=len(photo.judgement.said.doubts))}")  # type: ignore[union-attr]
        st.caption(people_words(photo))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            key = f"mark-{look.turn}-{name}"
            st.session_state[key] = photo.sha256 in look.marked
            st.checkbox(
                t("gallery.mark", name=plain(photo.name)),
                key=key,
                label_visibility="collapsed",
                on_change=_mark,
                args=(dossier.id, photo.sha256),
                width="content",
            )
            st.button(
                plain(photo.name),
                key=f"look-{name}",
                type="tertiary",
                help=t("gallery.look", name=plain(photo.name)),
                on_click=_look,
                args=(dossier.id, shown, photo.sha256),
            )


def _look(inspection: str, shown: Sequence[PhotoDossier], sha256: str) -> None:
    session.go_through(inspection, [each.sha256 for each in shown], sha256)


def _turn(inspection: str, key: str, icon: str, page: int, pages: int) -> None:
    st.button(
        t(f"gallery.{'back' if key == 'gallery-back' else 'on'}"),
        key=key,
        icon=f":material/{icon}:",
        disabled=not 0 <= page < pages,
        on_click=_open,
        args=(inspection, page),
    )


def _open(inspection: str, page: int) -> None:
    session.change(inspection, page=page)


def _mark(inspection: str, sha256: str) -> None:
    session.change(inspection, marked=session.look(inspection).marked ^ {sha256})


def _mark_all(inspection: str, photos: Sequence[PhotoDossier]) -> None:
    session.change(inspection, marked=session.look(inspection).marked | {each.sha256 for each in photos})


def _thumbnails(photos: Sequence[PhotoDossier]) -> list[bytes | PhotoError]:
    """Of each photo, made once; or why there is none."""
    store = inspections.records().store

    def made(photo: PhotoDossier) -> bytes | PhotoError:
        try:
            return small_jpeg(store, photo.photo.said, SIDE)
        except PhotoError as error:
            return error

    # Only what knows no Streamlit is done by other threads.
    found: dict[str, bytes | PhotoError] = {}
    missing = [each for each in photos if not resources.drawn(_key(each))]
    with ThreadPoolExecutor(MAKERS) as makers:
        found |= zip((each.sha256 for each in missing), makers.map(made, missing), strict=True)
    pictures: list[bytes | PhotoError] = []
    for photo in photos:
        picture = found.get(photo.sha256)
        if not isinstance(picture, PhotoError):
            try:
                picture = resources.picture(_key(photo), partial(_kept, store, photo, picture))
            except PhotoError as error:
                picture = error
        pictures.append(picture)
    return pictures


def _prepare(inspection: str, page: int, photos: Sequence[PhotoDossier]) -> None:
    """Make the thumbnails of the next page while this one is looked at."""
    store = inspections.records().store
    makers: dict[Hashable, Callable[[], bytes]] = {
        _key(each): partial(_kept, store, each, None) for each in photos if not resources.drawn(_key(each))
    }
    if makers and st.context.url is not None:  # without an address there is no browser, and nobody turns pages
        resources.prepare_pictures(("gallery", inspection, page), makers)


def _kept(store: PhotoStore, photo: PhotoDossier, made: bytes | None) -> bytes:
    return made or small_jpeg(store, photo.photo.said, SIDE)


def _key(photo: PhotoDossier) -> tuple[str, str, int]:
    return "recorded", photo.sha256, SIDE
