"""What the engineer operates: choosing a photo, the explanation's settings, start and cancel."""

from __future__ import annotations

import streamlit as st

from crackxai import CrackModel, ExplainSettings, Photo, PhotoError
from crackxai.errors import CrackXAIError
from crackxai.explain.settings import MASKERS
from crackxai.photo import MAX_BYTES
from crackxai.render import MASKER_NAMES
from crackxai.ui import resources, state, views
from crackxai.ui.jobs import Job

MAX_EVALS = (50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 7500, 10_000, 15_000, 20_000)
"""Each step costs about half as much again as the one before."""
UPLOAD_TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "heic", "heif")


def choose_photo() -> None:
    """Uploader and samples; the choice goes to `state.set_photo`. A bad file leaves the photo before it in place."""
    upload, samples = st.columns([2, 3], gap="large")
    with upload:
        st.subheader("Photo", anchor=False)
        file = st.file_uploader(
            "Upload a photo of concrete",
            # The name's ending filters the file chooser only; the format is told from the bytes.
            type=list(UPLOAD_TYPES),
            max_upload_size=MAX_BYTES // 2**20,
            key="upload",
            help="JPEG, PNG, WebP, BMP, TIFF or HEIC, up to 50 MB. It stays on the computer this server runs on.",
        )
        if file is None:
            st.session_state.pop("_upload_seen", None)
        else:
            _take_upload(file)
    with samples:
        st.subheader("or a sample", anchor=False, help="Drawn by CrackXAI, half of them with a crack.")
        _samples()


def _take_upload(file) -> None:
    fresh = st.session_state.get("_upload_seen") != file.file_id
    try:
        photo = resources.photo(file.getvalue(), file.name)
    except PhotoError as error:
        before = state.photo()
        kept = f" The photo before it, {before.name}, is still here." if before else ""
        st.error(f"{error}{kept}", icon=":material/broken_image:")
        return
    if fresh:
        # Only a new upload changes the photo: a later choice of a sample must not be undone by the next rerun.
        st.session_state["_upload_seen"] = file.file_id
        state.set_photo(photo)


def _samples() -> None:
    with st.container(horizontal=True, gap="small"):
        for number, (name, data) in enumerate(resources.sample_files(), start=1):
            with st.container(width=92, gap=None):
                st.image(data, width=92, alt=f"Sample {number}: drawn concrete")
                if st.button(f"Sample {number}", key=f"sample-{number}", width="stretch"):
                    state.set_photo(resources.photo(data, name))


def explain_form(model: CrackModel, photo: Photo) -> None:
    """Masker, blur kernel and max_evals; nothing is computed before the button is pressed."""
    with st.container(border=True):
        st.subheader("Explain it", anchor=False)
        masking, spending, start = st.columns([5, 4, 2], gap="medium", vertical_alignment="bottom")
        with masking:
            masker = st.segmented_control(
                "Fill hidden parts by",
                MASKERS,
                default=MASKERS[0],
                required=True,
                format_func=MASKER_NAMES.__getitem__,
                key="masker",
                help="SHAP hides parts of the photo and watches the probability. Telea and Navier–Stokes paint the "
                "hidden parts over from their surroundings; blur smears them; mean puts the photo's mean colour there.",
            )
            kernel = ExplainSettings().blur_kernel
            if masker == "blur":
                kernel = st.slider(
                    "Blur kernel, pixels",
                    3,
                    149,
                    kernel,
                    2,
                    key="blur_kernel",
                    help="Side of the square that is averaged, in pixels of the network's 150 × 150 picture.",
                )
        with spending:
            max_evals = st.select_slider(
                "Model evaluations (max_evals)",
                MAX_EVALS,
                ExplainSettings().max_evals,
                format_func=lambda n: f"{n:,}",
                key="max_evals",
                help="How many partly hidden pictures the model is asked for. 500 give a coarse map, 5,000 a detailed "
                "one; time grows in proportion.",
            )
        with start:
            busy = state.job() is not None
            pressed = st.button(
                "Explain",
                type="primary",
                icon=":material/play_arrow:",
                key="explain",
                width="stretch",
                disabled=busy,
                help="One explanation at a time: wait for it or cancel it." if busy else None,
            )
    if pressed and not busy:
        try:
            settings = ExplainSettings(masker=masker, blur_kernel=kernel, max_evals=max_evals)
        except CrackXAIError as error:
            st.error(str(error))
            return
        _start(model, photo, settings)


def _start(model: CrackModel, photo: Photo, settings: ExplainSettings) -> None:
    state.set_message(None)
    explainer = resources.explainer(model, photo, settings)
    if explainer.evaluations >= settings.max_evals:
        state.show(explainer.explanation(settings.max_evals))
        return
    job = Job(explainer, settings.max_evals)
    state.set_job(job)
    resources.worker().submit(job)
    # The button above was drawn before the job existed; draw it again, now disabled.
    st.rerun()


def running_job(photo: Photo) -> None:
    """Progress, cancel and the map so far of the browser session's job, and its outcome once."""
    if state.job() is not None:
        _watch(photo)
    elif state.message():
        st.error(state.message(), icon=":material/error:")


@st.fragment(run_every=0.5)
def _watch(photo: Photo) -> None:
    job = state.job()
    if job is None:
        return
    if job.done:
        _collect(job)
        st.rerun()
    bar, stop = st.columns([8, 2], vertical_alignment="center")
    bar.progress(job.evaluations / job.total, text=_progress_text(job))
    if stop.button("Cancel", icon=":material/stop:", key="cancel", width="stretch", disabled=job.cancelled):
        job.cancel()
        if job.waiting:
            state.set_job(None)
            st.rerun()
    if job.evaluations >= MAX_EVALS[0] and job.explainer.photo_sha256 == photo.sha256:
        views.sketch(job.explainer.explanation(), photo)


def _collect(job: Job) -> None:
    state.set_job(None)
    state.set_message(job.error)
    done = job.explainer.evaluations
    if done >= MAX_EVALS[0]:
        # Also of a run that was cancelled: what it found is a map, only a coarser one.
        state.show(job.explainer.explanation(job.total if done >= job.total else None))


def _progress_text(job: Job) -> str:
    if job.cancelled:
        return f"{job.explainer.photo_name}: stopping …"
    if job.waiting:
        return f"{job.explainer.photo_name}: waiting for another explanation to end …"
    left = job.seconds_left()
    words = "getting ready …" if left is None else f"about {_duration(left)} left"
    return f"{job.explainer.photo_name}: {job.evaluations:,} of {job.total:,} evaluations, {words}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
