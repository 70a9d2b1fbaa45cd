"""Choosing photos: uploads, drawn samples, and the strip of the engineer's photos."""

from __future__ import annotations

import hashlib
import json
import math

import streamlit as st

from crackxai import CrackModel, ModelError, PhotoError, Verdict
from crackxai.photo import MAX_BYTES
from crackxai.ui import resources, state
from crackxai.ui.formats import plain
from crackxai.ui.state import Item
from crackxai.ui.text import message, t
from crackxai.ui.verdict_panel import sign, verdict

UPLOAD_TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "heic", "heif")
STRIP = 9
"""Thumbnails at a time."""
_STRIP_START = "_strip_start"


def choose(model: CrackModel) -> Item | None:
    """Uploader, samples and strip; the photo under inspection. Bad files are told and leave all else in place."""
    upload, samples = st.columns([1, 2], gap="large")
    with upload:
        st.subheader(t("photos.title"), anchor=False)
        files = st.file_uploader(
            t("photos.upload"),
            # The name's ending filters the file chooser only; the format is told from the bytes.
            type=list(UPLOAD_TYPES),
            accept_multiple_files=True,
            max_upload_size=MAX_BYTES // 2**20,
            key=f"upload-{state.upload_number()}",
            help=t("photos.upload-help", most=MAX_BYTES // 2**20),
        )
        _translate_uploader()
        if files:
            _take(model, files)
            st.rerun()
    with samples:
        st.subheader(t("photos.samples"), anchor=False, help=t("photos.samples-help"))
        _samples()
    _problems()
    if state.items():
        _strip(model)
    return state.selected()


def _translate_uploader() -> None:
    """Streamlit's uploader speaks English only; its words are shown from the catalogue instead."""
    zone = "[data-testid=stFileUploaderDropzone"
    texts = {
        f"{zone}] button p": t("photos.upload-button"),
        f"{zone}Instructions] span": t("photos.upload-limits", most=MAX_BYTES // 2**20),
    }
    rules = (
        f"{part}{{font-size:0}} {part}::after{{content:{json.dumps(words, ensure_ascii=False)};font-size:.875rem}}"
        for part, words in texts.items()
    )
    st.html(f"<style>{' '.join(rules)}</style>")


def _take(model: CrackModel, files: list) -> None:
    """Read each file; those that can be read join the strip, the others are told of."""
    problems = state.problems()
    problems.clear()
    taken: list[Item] = []
    with st.status(t("photos.reading", count=len(files))):
        for file in files:
            data = file.getvalue()
            item = Item(file.name, data, hashlib.sha256(data).hexdigest())
            try:
                resources.photo(item)
            except PhotoError as error:
                problems.append(error.message)
                continue
            if state.add_item(item):
                taken.append(item)
            else:
                problems.append(t("photos.full", name=file.name, photos=state.MAX_ITEMS))
    if taken:
        state.select(ranked(model, taken)[0][1])
        st.session_state[_STRIP_START] = None
    state.next_upload()


def _problems() -> None:
    """The files that could not be used, until they are dismissed or others come."""
    problems = state.problems()
    if not problems:
        return
    for words in problems:
        st.error(plain(message(words)), icon=":material/broken_image:")
    kept = state.selected()
    note, dismiss = st.columns([5, 1], vertical_alignment="center")
    note.caption(t("photos.kept", name=plain(kept.name)) if kept else t("photos.rest-kept"))
    if dismiss.button(t("photos.dismiss"), key="dismiss", width="stretch"):
        problems.clear()
        st.rerun()


def _samples() -> None:
    with st.container(horizontal=True, gap="small"):
        for item in resources.samples():
            with st.container(width=54, gap=None):
                st.image(resources.thumbnail(item), width=54, alt=t("photos.sample-alt", number=item.sample))
                if st.button(
                    str(item.sample),
                    key=f"sample-{item.sample}",
                    width="stretch",
                    type="primary" if item == state.selected() else "secondary",
                    help=t("photos.sample", number=item.sample),
                ):
                    state.select(item)
                    st.rerun()


def ranked(model: CrackModel, items: list[Item]) -> list[tuple[Verdict | None, Item]]:
    """Photos with their verdicts, most suspicious first; before them those of which the model makes nothing (None)."""
    rows = [(_verdict(model, item), item) for item in items]
    return sorted(rows, key=lambda row: -row[0].probability if row[0] else -math.inf)


def _verdict(model: CrackModel, item: Item) -> Verdict | None:
    try:
        return verdict(model, item)
    except ModelError:  # told beside the photo when it is selected
        return None


def _strip(model: CrackModel) -> None:
    with st.spinner(t("photos.looking")):
        rows = ranked(model, state.items())
    selected = state.selected()
    place = next((i for i, (_, item) in enumerate(rows) if item == selected), None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(t("photos.strip", count=len(rows)), width="content")
        _step("previous", "chevron_left", "p", rows, None if place is None else place - 1)
        _step("next", "chevron_right", "n", rows, 0 if place is None else place + 1)
        if st.button(
            t("photos.remove"), key="remove", icon=":material/delete:", type="tertiary", disabled=place is None
        ):
            state.remove_item(rows[place][1])
            st.rerun()
    first = 0 if place is None else place // STRIP * STRIP
    if len(rows) > STRIP:
        st.caption(t("photos.strip-part", first=first + 1, last=min(first + STRIP, len(rows)), count=len(rows)))
    with st.container(horizontal=True, gap="small"):
        for number, (found, item) in enumerate(rows[first : first + STRIP], start=first):
            with st.container(width=84, gap=None):
                kind = found.kind if found else "failed"
                st.image(resources.thumbnail(item), width=84, alt=t("photos.alt", name=item.name))
                label = f"{sign(kind)} {100 * found.probability:.0f} %" if found else sign(kind)
                chosen = "primary" if item == selected else "secondary"
                help_text = f"{plain(item.name)}: {t(f'verdict.{kind}')}"
                if st.button(label, key=f"item-{number}", width="stretch", type=chosen, help=help_text):
                    state.select(item)
                    st.rerun()


def _step(name: str, icon: str, shortcut: str, rows: list[tuple[Verdict | None, Item]], to: int | None) -> None:
    possible = to is not None and 0 <= to < len(rows)
    if st.button(t(f"photos.{name}"), key=name, icon=f":material/{icon}:", shortcut=shortcut, disabled=not possible):
        state.select(rows[to][1])
        st.rerun()
