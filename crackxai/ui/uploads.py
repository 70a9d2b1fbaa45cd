"""The uploader: every name is taken, the bytes are judged, and each file that is not taken is told with its reason."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackxai import CrackModel, PhotoError
from crackxai.errors import Message
from crackxai.photo import MAX_BYTES
from crackxai.ui import resources, scripts, state
from crackxai.ui.budget import BudgetError
from crackxai.ui.formats import plain
from crackxai.ui.ranking import ranked, verdict_or_none
from crackxai.ui.state import Item
from crackxai.ui.text import later, message, t

MOST_MB = MAX_BYTES // 2**20
LISTED = 8
"""Files not taken that are told at their full length; more are scrolled."""
FAILURES = ("too-large", "too-large-between", "refused", "cut-off")
"""Kinds of the browser's script."""
XSRF_COOKIE = "_streamlit_xsrf"
"""Streamlit refuses an upload without it, with 403. A browser does not keep it for a page inside another site's."""


def uploader(model: CrackModel, small: bool = False) -> bool:
    """The widget, as a bar where it is ``small``; whether files came, of which the page is to be drawn anew."""
    number = state.upload_number()
    with st.container(key="uploader-bar" if small else "uploader"):
        files = st.file_uploader(
            t("photos.upload"),
            # No `type`: Streamlit would leave out what a name's ending does not tell, without a word.
            accept_multiple_files=True,
            key=f"upload-{number}",
            label_visibility="collapsed" if small else "visible",
            help=t("photos.upload-help", most=MOST_MB),
        )
    translate(MOST_MB)
    scripts.run("upload_failures", {"upload": number}, failed=_failed)
    if _without_cookie():
        st.warning(t("upload.framed"), icon=":material/web_asset_off:")
        _own_tab()
    if files:
        _take(model, files, number)
    return bool(files)


def translate(most: int) -> None:
    """Streamlit's uploaders speak English only; their words are shown from the catalogue instead.

    Parameters
    ----------
    most : megabytes that a file may have.
    """
    zone = "[data-testid=stFileUploaderDropzone"
    texts = {
        f"{zone}] button p": t("photos.upload-button"),
        f"{zone}Instructions] span": t("photos.upload-limits", most=most),
    }
    rules = (
        f"{part}{{font-size:0}} {part}::after{{content:{json.dumps(words, ensure_ascii=False)};font-size:.875rem}}"
        for part, words in texts.items()
    )
    st.html(f"<style>{' '.join(rules)}</style>")


def _without_cookie() -> bool:
    """Whether uploads of this browser cannot succeed, since it did not keep Streamlit's cookie."""
    asked = bool(st.get_option("server.enableXsrfProtection"))
    # Without an address there is no browser.
    return asked and st.context.url is not None and XSRF_COOKIE not in st.context.cookies


def _own_tab() -> None:
    if st.context.url:
        st.link_button(t("upload.own-tab"), st.context.url, icon=":material/open_in_new:")


def _take(model: CrackModel, files: list[Any], number: int) -> None:
    """Read each file; those that can be read join the strip, the others are told of."""
    taken: list[Item] = []
    with st.status(t("photos.reading", count=len(files))) as reading:
        for done, file in enumerate(files, start=1):
            data = file.getvalue()
            item = Item(file.name, data, hashlib.sha256(data).hexdigest())
            try:
                resources.photo(item)
            except PhotoError as error:
                state.tell_problem(error.message, number)
                continue
            # Taking may be interrupted and begun again: what it took itself was not here already.
            if item in state.items() and file.file_id not in state.taken_files():
                state.tell_problem(later("upload.twice", name=item.name), number)
            try:
                state.add_item(item, resources.budget())
            except BudgetError as error:
                resources.forget([item])
                state.tell_problem(error.message, number)
                continue
            state.taken_files().add(file.file_id)
            taken.append(item)
            # While the file is decoded anyway.
            verdict_or_none(model, item)
            reading.update(label=t("photos.read", done=done, count=len(files)))
    if taken:
        state.select(ranked(model, taken)[0][1])
    forget(files)
    state.next_upload()


def forget(files: list[Any]) -> None:
    """Streamlit keeps each uploaded file until the session ends, also those that were taken or refused."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _failed(told: dict[str, Any]) -> None:
    """Files that never came, as the browser tells: too large for the server, refused by it, or cut off."""
    for file in told["files"]:
        state.tell_problem(failure(file), told["upload"])


def failure(file: dict[str, Any]) -> Message:
    """What is to be told of a file, from its ``name``, ``size``, ``kind`` of failure and the browser's words for it."""
    facts = {"name": str(file["name"]), "received": str(file["size"]), "why": str(file["why"]), "most": MOST_MB}
    kind = file["kind"] if file["kind"] in FAILURES else "cut-off"
    return later(f"upload.{kind}", **facts)


def problems() -> None:
    """The files that could not be used, until they are dismissed or others come."""
    told = state.problems()
    if not told:
        return
    twice = [words for words in told if getattr(words, "name", None) == "upload.twice"]
    wrong = [words for words in told if words not in twice]
    for words, box, icon in ((wrong, st.error, "broken_image"), (twice, st.info, "file_copy")):
        if words:
            lines = (
                "\n".join(f"- {plain(message(each))}" for each in words) if len(words) > 1 else plain(message(words[0]))
            )
            with st.container(height=300 if len(words) > LISTED else "content", border=False):
                box(lines, icon=f":material/{icon}:")
    if any(getattr(words, "name", None) == "upload.refused" for words in wrong):
        _own_tab()
    kept = state.selected()
    note, dismiss = st.columns([5, 1], vertical_alignment="center")
    note.caption(t("photos.kept", name=plain(kept.name)) if kept else t("photos.rest-kept"))
    if dismiss.button(t("photos.dismiss"), key="dismiss", width="stretch"):
        state.problems().clear()
        st.rerun()
