"""Photos taken into an inspection, a folder or an archive of them at a time, and how far that is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from crackxai import CrackModel
from crackxai.errors import CrackXAIError, Message
from crackxai.inspection.cluster.cluster_run import ClusterRun
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import MAP_EVALUATIONS, FolderResult, FolderSettings
from crackxai.inspection.photo_source import PhotoSource, open_source
from crackxai.inspection.scan import ScanSettings
from crackxai.ui import folder_runs, photo_folders, polling, resources, state, uploads
from crackxai.ui import inspection_session as session
from crackxai.ui.formats import duration, plain
from crackxai.ui.kept_uploads import KeptUploads
from crackxai.ui.local_addresses import only_here
from crackxai.ui.state import FolderKey
from crackxai.ui.text import message, t

MOST_MB = 500
"""Of one upload, which Streamlit holds in memory until it is moved to the disk."""
MAPS = (0, 5, 10, 20)
"""How many of the most suspicious photos can be explained."""
LISTED = 50
"""Names in a list; more are counted."""
_UPLOADS = "_folder_uploads"


def show(model: CrackModel, inspection_id: str) -> None:
    """Take photos into that inspection of the records: from where, what is asked of them, how far it is.

    The run is a job of the server's queue. It goes on while another page is open or this one is loaded again, and gives
    way to whatever else is asked for.
    """
    key = FolderKey(inspection_id)
    with st.container(key="folder"):
        st.subheader(t("folder.title"), anchor=False)
        _problem(key)
        polling.follow([key], _stands, key)
        if key not in state.folder_jobs():
            _ask(model, key)


def show_stopped(inspection_id: str) -> None:
    """Why the last run ended before its end, and the way on, for who looks at its photos; nothing of any other run."""
    key = FolderKey(inspection_id)
    run = state.folder_runs().get(key)
    if run is None or run.finished or key in state.folder_jobs():
        return
    with st.container(key="folder-stopped"):
        _problem(key)
        _paused(key, run.result(), _go_on_where_it_is_seen)


def _go_on_where_it_is_seen(key: FolderKey) -> None:
    session.open_part("add")
    folder_runs.go_on(key)


def _problem(key: FolderKey) -> None:
    if problem := state.messages().get(key):
        st.error(plain(message(problem)), icon=":material/error:")


def _stands(key: FolderKey) -> None:
    """How the last run stands; drawn again while it is under way."""
    run, job = state.folder_runs().get(key), state.folder_jobs().get(key)
    if run is None:
        return
    result = run.result()
    if job is not None:
        bar, stop = st.columns([4, 1], vertical_alignment="center")
        bar.progress(job.evaluations / job.total, text=folder_runs.progress_text(job))
        stop.button(
            t("folder.stop"),
            key="folder-stop",
            icon=":material/stop:",
            width="stretch",
            disabled=job.cancelled,
            help=t("folder.stop-help"),
            on_click=folder_runs.stop,
            args=(key,),
        )
    elif not run.finished:
        _paused(key, result, folder_runs.go_on)
    else:
        _ended(run, result)
    _told(result, run.problems if isinstance(run, ClusterRun) else ())


def _paused(key: FolderKey, result: FolderResult, go_on_with: Callable[[FolderKey], None]) -> None:
    note, go_on = st.columns([4, 1], vertical_alignment="center")
    note.info(t("folder.stopped", done=f"{result.done:,}", total=f"{result.photos:,}"), icon=":material/pause_circle:")
    go_on.button(
        t("folder.go-on"),
        key="folder-go-on",
        icon=":material/play_arrow:",
        width="stretch",
        on_click=go_on_with,
        args=(key,),
    )


def _ended(run: FolderRun, result: FolderResult) -> None:
    way, verdict = result.by_way, result.by_verdict
    lines = [
        t(
            "folder.done",
            done=f"{result.done:,}",
            time=duration(result.seconds),
            judged=way["judged"],
            known=way["known"] + way["already"],
            twice=len(result.duplicates),
            failed=len(result.failures),
        ),
        t("folder.verdicts", crack=verdict["crack"], sound=verdict["no-crack"], review=verdict["review"]),
    ]
    if run.settings.explain_worst:
        lines.append(t("folder.maps-made", made=result.maps, known=result.known_maps))
    st.success("  \n".join(lines), icon=":material/task_alt:")


def _told(result: FolderResult, problems: Sequence[Message]) -> None:
    """What could not be used, and why. problems : of a cluster's nodes."""
    _list(t("folder.cluster-problems", count=len(problems)), [message(each) for each in problems])
    _list(t("folder.failures", count=len(result.failures)), [message(each.why) for each in result.failures])
    _list(t("folder.unmapped", count=len(result.unmapped)), [message(each.why) for each in result.unmapped])
    left_out = [f"{each.place}: {message(each.why)}" for each in result.left_out]
    _list(t("folder.left-out", count=len(left_out)), left_out)


def _list(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    with st.expander(title):
        words = [plain(line) for line in lines[:LISTED]]
        if len(lines) > LISTED:
            words.append(t("folder.more", count=len(lines) - LISTED))
        st.markdown("\n".join(f"- {line}" for line in words))


def _ask(model: CrackModel, key: FolderKey) -> None:
    """From where photos come, and what is asked of them."""
    folders = photo_folders.allowed()
    where = st.segmented_control(
        t("folder.from"),
        ("path", "upload"),
        default="path" if folders else "upload",
        required=True,
        format_func=lambda name: t(f"folder.from-{name}"),
        key="folder-from",
    )
    number = st.session_state.setdefault(_UPLOADS, 0)
    files: list[Any] = []
    path = ""
    if where == "upload":
        files = st.file_uploader(
            t("folder.upload"),
            accept_multiple_files=True,
            key=f"folder-upload-{number}",
            help=t("folder.upload-help", most=MOST_MB),
            max_upload_size=MOST_MB,
        )
        uploads.translate(MOST_MB)
    elif folders:
        allowed = ", ".join(plain(str(folder)) for folder in folders)
        path = st.text_input(t("folder.path"), key="folder-path", help=t("folder.path-help", allowed=allowed))
    elif only_here(st.get_option("server.address")):
        st.info(t("folder.name-folders", separator=os.pathsep), icon=":material/folder_open:")
    else:
        st.info(t("folder.ask-owner"), icon=":material/folder_off:")
    settings = _settings(copied=where == "upload")
    on_cluster = resources.cluster_address() is not None and st.toggle(
        t("folder.cluster"), value=True, key="folder-cluster", help=t("folder.cluster-help")
    )
    if not st.button(
        t("folder.begin"),
        key="folder-begin",
        icon=":material/play_arrow:",
        type="primary",
        disabled=not folders if where == "path" else not files,
    ):
        return
    state.messages().pop(key, None)
    try:
        cluster = folder_runs.cluster() if on_cluster else None
        folder_runs.start(model, key.inspection, _source(path, files), settings, cluster)
    except CrackXAIError as error:
        state.messages()[key] = error.message
    if files:
        uploads.forget(files)
        st.session_state[_UPLOADS] = number + 1
    st.rerun()


def _source(path: str, files: Sequence[Any]) -> PhotoSource:
    if not files:
        return open_source(photo_folders.find(path))
    name, more = files[0].name, len(files) - 1
    return KeptUploads(files, t("folder.several", name=name, more=more) if more else name)


def _settings(copied: bool) -> FolderSettings:
    """copied : whether copies are kept anyway."""
    scan, copy, maps = st.columns([2, 2, 3], gap="medium", vertical_alignment="bottom")
    scanned = scan.toggle(t("folder.scan"), key="folder-scan", help=t("folder.scan-help"))
    # Two widgets: one that is set for the user would keep that for another source.
    kept = copy.toggle(
        t("folder.copy"),
        value=copied,
        key="folder-copied" if copied else "folder-copy",
        disabled=copied,
        help=t("folder.copy-help"),
    )
    worst = maps.segmented_control(
        t("folder.maps"),
        MAPS,
        default=MAPS[0],
        required=True,
        format_func=lambda count: str(count) if count else t("folder.maps-none"),
        key="folder-maps",
        help=t("folder.maps-help", evaluations=MAP_EVALUATIONS),
    )
    return FolderSettings(scan=ScanSettings() if scanned else None, explain_worst=worst or 0, copy=bool(kept))
