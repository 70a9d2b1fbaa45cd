"""Handing an inspection over, and taking one in, on its page."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from crackxai import CrackModel, CrackXAIError
from crackxai.explain.progress import Progress
from crackxai.inspection.handover.archive import write_archive
from crackxai.inspection.handover.importing import import_archive
from crackxai.inspection.handover.pdf import write_pdf
from crackxai.inspection.handover.spreadsheet import csv_text, write_xlsx
from crackxai.inspection.handover.subject import Subject, file_stem
from crackxai.inspection.records.records import Records
from crackxai.texts import Texts
from crackxai.ui import gate, inspections, polling, resources, uploads
from crackxai.ui.formats import megabytes, plain
from crackxai.ui.handover_files import HandoverFiles, Wanted, Write
from crackxai.ui.text import language, message, t, texts

MIMES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "zip": "application/zip",
}
PAPERS = ("a4", "letter")
INTERVAL_S = 0.7
MOST_UPLOADED_MB = 500
"""Of an archive that comes in; a larger one is imported in a terminal."""
LARGEST = 400 * 2**20
"""Bytes of photos that go through the browser; a download is held in the server's memory."""


def show(inspection_id: str) -> None:
    """Which file, how, and the file itself once it is made."""
    try:
        dossier = inspections.dossier(inspection_id)
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/error:")
        return
    st.caption(t("handover-panel.words"))
    kinds = list(MIMES)
    kind = st.segmented_control(
        t("handover-panel.kind"),
        kinds,
        default=kinds[0],
        required=True,
        format_func=lambda each: t(f"handover-panel.{each}"),
        key="handover-kind",
    )
    kind = kind or kinds[0]
    paper, with_photos = PAPERS[0], True
    if kind in ("pdf", "zip"):
        paper = (
            st.segmented_control(
                t("handover-panel.paper"),
                PAPERS,
                default=PAPERS[0],
                required=True,
                format_func=lambda each: t(f"handover-panel.{each}"),
                key="handover-paper",
            )
            or PAPERS[0]
        )
    size = sum(photo.photo.said.file_size for photo in dossier.photos)
    if kind == "zip":
        with_photos = st.toggle(
            t("handover-panel.photos", size=megabytes(size)),
            value=size <= LARGEST,
            disabled=size > LARGEST,
            key="handover-photos",
            help=t("handover-panel.photos-help"),
        )
        if size > LARGEST:
            with_photos = False
            st.info(t("handover-panel.large", most=megabytes(LARGEST)), icon=":material/info:")
    if dossier.signed is None:
        st.warning(t("handover-panel.draft"), icon=":material/edit_note:")
    wanted = Wanted(inspection_id, dossier.covers, kind, paper, language(), with_photos)
    making = _files().get(wanted)
    polling.part(
        _file, None if making is None or making.ended else INTERVAL_S, wanted, file_stem(dossier.facts.said.name)
    )


def show_import() -> str | None:
    """Taking an archive in; the inspection that was just imported, else None."""
    st.caption(t("handover-panel.import-words"))
    upload = st.file_uploader(
        t("handover-panel.archive"), type="zip", key="handover-archive", max_upload_size=MOST_UPLOADED_MB
    )
    uploads.translate(MOST_UPLOADED_MB)
    pressed = st.button(
        t("handover-panel.import"), key="handover-import", disabled=upload is None, icon=":material/archive:"
    )
    if not pressed or upload is None:
        return None
    with tempfile.TemporaryDirectory(prefix="crackxai-") as folder, st.spinner(t("handover-panel.importing")):
        path = Path(folder) / "archive.zip"
        path.write_bytes(upload.getbuffer())
        try:
            found = import_archive(inspections.records(), path)
        except CrackXAIError as error:
            st.error(plain(message(error.message)), icon=":material/error:")
            return None
    manifest = found.checked.manifest
    st.success(
        t("handover-panel.imported", name=plain(manifest.name), photos=found.copies, without=found.without),
        icon=":material/check:",
    )
    for each in found.checked.sign_offs:
        st.caption(t("handover-panel.imported-signed", who=plain(each.said.who), covers=each.said.covers))
    return found.row.inspection


def _file(wanted: Wanted, stem: str) -> None:
    """The button that makes it, how far it is, or the file."""
    making = _files().get(wanted)
    if making is None:
        if st.button(t("handover-panel.make"), key="handover-make", type="primary", icon=":material/description:"):
            _start(wanted)
            polling.rerun()
        return
    if not making.ended:
        part = making.done / making.total if making.total else 0.0
        st.progress(part, t("handover-panel.making", done=making.done, total=making.total or "…"))
        if st.button(t("handover-panel.stop"), key="handover-stop", type="tertiary", icon=":material/stop:"):
            _files().drop(wanted)
            polling.rerun()
        return
    if making.path is None:
        st.error(plain(message(making.error or "")), icon=":material/error:")
        if st.button(t("handover-panel.again"), key="handover-again"):
            _files().drop(wanted)
            polling.rerun()
        return
    path = making.path
    st.download_button(
        t("handover-panel.download", size=megabytes(path.stat().st_size + 2**19)),
        gate.guarded(path.read_bytes),
        f"{stem}.{wanted.kind}",
        MIMES[wanted.kind],
        key="handover-download",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
    )
    st.caption(t("handover-panel.covers", covers=wanted.covers))


def _start(wanted: Wanted) -> None:
    """Everything that the worker needs is looked up now: it knows no session."""
    try:
        records, model = inspections.records(), resources.model()
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/error:")
        return
    _files().start(wanted, _writer(wanted, records, model, texts()))


def _writer(wanted: Wanted, records: Records, model: CrackModel, words: Texts) -> Write:
    def write(path: Path, progress: Progress) -> None:
        subject = Subject.of(records, wanted.inspection, [model])
        if wanted.kind == "pdf":
            write_pdf(subject, path, words, wanted.paper, progress)
        elif wanted.kind == "xlsx":
            write_xlsx(subject, path, words)
        elif wanted.kind == "csv":
            path.write_text(csv_text(subject, words), "utf-8", "backslashreplace", newline="")
        else:
            write_archive(subject, records, path, words, wanted.paper, wanted.with_photos, progress)

    return write


@st.cache_resource(show_spinner=False)
def _files() -> HandoverFiles:
    return HandoverFiles()
