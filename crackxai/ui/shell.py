"""What is around every page: the model, the sidebar, the address."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from crackxai import CrackModel, CrackXAIError
from crackxai.texts import LANGUAGES
from crackxai.ui import (
    folder_runs,
    gate,
    inspection_session,
    links,
    map_tests,
    polling,
    resources,
    runs,
    scan_round,
    scans,
    session_return,
    sign_in,
    state,
)
from crackxai.ui.formats import plain, rule_words
from crackxai.ui.job import Job
from crackxai.ui.text import language, message, set_language, t

PHOTO, INSPECTION = "pages/photo.py", "pages/inspection.py"


def enter() -> CrackModel:
    """Begin a page: its address is taken, its sidebar drawn; the model, or its error on the page and nothing else."""
    links.arrive()
    st.html(Path(__file__).parent / "page.css")
    session_return.begin()
    gate.enter(_language)
    session_return.meet()
    model = _model()
    runs.collect()
    scans.collect()
    map_tests.collect()
    folder_runs.collect()
    links.open_window(model)
    scan_round.go_on(model)
    _sidebar(model)
    links.note_ignored()
    session_return.tell_lost()
    return model


def leave() -> None:
    """End a page: its address and language are brought up to date with what was set on it; the focus is kept."""
    session_return.remember()
    # Screen readers choose their voice by the language, which Streamlit always says is "en".
    facts = {
        "session": session_return.session(),
        "lang": language(),
        "own": f"?{links.query()}",
        "ours": links.names(),
        "foreign": links.foreign(),
    }
    # A "<" could end the script.
    told = json.dumps(facts).replace("<", "\\u003c")
    address, focus = ((Path(__file__).parent / f"{name}.js").read_text("utf-8") for name in ("address", "focus"))
    st.html(f"<script>({focus})();({address})({told})</script>", unsafe_allow_javascript=True)
    if st.context.url is not None:
        resources.prepare_fill()  # without an address there is no browser, and nobody to explain anything to
    if polling.rerun_wanted():
        st.rerun()


def _model() -> CrackModel:
    """The browser session's model. Where its choice cannot be loaded, that is told and the default one is used."""
    try:
        resources.budget()
    except CrackXAIError as error:
        st.error(plain(message(error.message)), icon=":material/error:")
        st.stop()
    default = resources.DEFAULT_MODEL, "exact"
    chosen = state.choice() or default
    if chosen[0] not in resources.model_folders():
        chosen = default
    model = _loaded(chosen)
    if model is None and chosen != default:
        chosen = default
        model = _loaded(chosen)
    if model is None:
        st.stop()
    state.choose(*chosen)
    return model


def _loaded(chosen: tuple[str, str]) -> CrackModel | None:
    try:
        with st.spinner(t("shell.loading-model")):
            return resources.model(*chosen)
    except CrackXAIError as error:
        st.error(t("shell.no-model", why=plain(message(error.message))), icon=":material/error:")
        return None


def _sidebar(model: CrackModel) -> None:
    with st.sidebar:
        _language()
        threshold, band = state.decision(model)
        rows = {
            "shell.model": plain(model.card.name),
            "shell.device": plain(model.device),
            "shell.threshold": rule_words(threshold, band),
            "shell.fingerprint": f"`{model.fingerprint[:12]}`",
        }
        st.markdown("  \n".join(f"**{t(name)}** {value}" for name, value in rows.items()))
        under_way: polling.Keys = (
            *state.jobs(), *state.scan_jobs(), *state.map_test_jobs(), *state.folder_jobs(),
        )  # fmt: skip
        if under_way:
            polling.follow(under_way, _jobs)
        gate.sidebar()
        st.caption(t(_where_it_runs()))


def _where_it_runs() -> str:
    """Key of the words for that; who logs in sits at another computer than the one that computes."""
    if resources.cluster_address() is not None:
        return "shell.offline-cluster"
    return "shell.offline-server" if sign_in.required() else "shell.offline"


def _language() -> None:
    tag = st.segmented_control(
        t("shell.language"),
        list(LANGUAGES),
        default=language(),
        format_func=LANGUAGES.__getitem__,
        required=True,
        key="language",
    )
    if tag != language():
        set_language(tag)
        st.rerun()


def _jobs() -> None:
    """What the browser session waits for, on whichever page it is."""
    queue = resources.queue()
    st.markdown(t("shell.jobs", workers=queue.workers))
    for number, (key, job) in enumerate(state.jobs().items()):
        text = f"{runs.name(key)}: {runs.progress_text(job)}"
        there = runs.find_item(state.asked()[key].item) is not None
        _job(f"show-job-{number}", job, text, there, partial(runs.choose, key))
    for number, (of, scan) in enumerate(state.scan_jobs().items()):
        text = t("scan.of", name=plain(of.name), progress=scans.progress_text(scan))
        _job(f"show-scan-{number}", scan, text, scans.item_of(of) is not None, partial(scans.choose, of))
    for number, (tested, test) in enumerate(state.map_test_jobs().items()):
        text = t("faithfulness.of", name=runs.name(tested.run), progress=map_tests.progress_text(test))
        there = tested.run in state.asked() and runs.find_item(state.asked()[tested.run].item) is not None
        _job(f"show-test-{number}", test, text, there, partial(runs.choose, tested.run))
    for number, (into, folder) in enumerate(state.folder_jobs().items()):
        text = t("folder.of", name=plain(folder.explainer.photo_name), progress=folder_runs.progress_text(folder))
        _job(f"show-folder-{number}", folder, text, True, partial(_show_folder, into.inspection), INSPECTION)


def _show_folder(inspection: str) -> None:
    inspection_session.choose(inspection)
    inspection_session.open_part("add")


def _job(key: str, job: Job[Any], text: str, there: bool, choose: Callable[[], None], page: str = PHOTO) -> None:
    """How far it is, and, where what it is of is still ``there``, the way to it."""
    st.progress(job.evaluations / job.total, text=text)
    if there and st.button(
        t("shell.show-job"), key=key, icon=":material/visibility:", type="tertiary", on_click=choose
    ):
        st.switch_page(page)
