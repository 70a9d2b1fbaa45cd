"""Everything the server keeps: the model, decoded photos, samples, probabilities, the worker and its results."""

from __future__ import annotations

import dataclasses
import hashlib
import os

import streamlit as st

from crackxai import CrackModel, ExplainSettings, Photo, load_model, read_photo
from crackxai.explain.explainer import Explainer
from crackxai.explain.settings import MAX_EVALS_RANGE
from crackxai.model.runtime import keep_session
from crackxai.render import overlay, png, shown
from crackxai.samples import draw_samples
from crackxai.ui.jobs import Recent, Worker

SAMPLE_COUNT = 8
SAMPLE_SEED = 0
KEPT_EXPLAINERS = 32
"""About 2 MB each after 5000 evaluations."""


@st.cache_resource(show_spinner="Loading the model …")
def model() -> CrackModel:
    """The bundled model, or the folder that the environment variable CRACKXAI_MODEL names."""
    loaded = load_model(os.environ.get("CRACKXAI_MODEL") or None)
    keep_session()
    return loaded


@st.cache_resource(show_spinner=False)
def worker() -> Worker:
    """The one worker of this server."""
    return Worker()


@st.cache_resource(show_spinner=False)
def _explainers() -> Recent[Explainer]:
    return Recent(KEPT_EXPLAINERS)


def explainer(model: CrackModel, photo: Photo, settings: ExplainSettings) -> Explainer:
    """The one explainer of photo, model and settings, whatever their max_evals: it goes on where it stopped."""
    key = photo.sha256, *_model_key(model), dataclasses.replace(settings, max_evals=MAX_EVALS_RANGE[0])
    return _explainers().get(key, lambda: Explainer(model, photo, settings))


@st.cache_data(show_spinner="Drawing samples …")
def sample_files() -> list[tuple[str, bytes]]:
    """(name, PNG bytes) of the samples; they take the same way as uploads."""
    return [(f"{sample.name}.png", png(sample.rgb)) for sample in draw_samples(SAMPLE_COUNT, SAMPLE_SEED)]


def photo(data: bytes, name: str) -> Photo:
    """Decode, or the photo decoded before. Raises PhotoError."""
    return _photo(data, name, hashlib.sha256(data).hexdigest())


# Few entries: a decoded phone photo takes 36 MB.
@st.cache_resource(max_entries=6, show_spinner="Reading the photo …")
def _photo(_data: bytes, name: str, sha256: str) -> Photo:
    return read_photo(_data, name)


def probability(model: CrackModel, photo: Photo) -> float:
    """Crack probability, computed once for a model and photo."""
    return _probability(model, photo, _model_key(model), photo.sha256)


@st.cache_data(max_entries=1000, show_spinner="Looking for cracks …")
def _probability(_model: CrackModel, _photo: Photo, model_key: tuple, sha256: str) -> float:
    return float(_model.predict(_model.prepare(_photo)[None])[0])


@st.cache_data(max_entries=16, show_spinner=False)
def _display(_photo: Photo, sha256: str, longer_side: int):
    return shown(_photo.rgb, longer_side)


def display(photo: Photo, longer_side: int = 720):
    """The photo at display size, (H, W, 3) uint8."""
    return _display(photo, photo.sha256, longer_side)


def overlaid(photo: Photo, values, limit: float, opacity: float):
    """The map over the photo at display size, (H, W, 3) uint8."""
    return overlay(display(photo), values, limit, opacity)


def _model_key(model: CrackModel) -> tuple:
    return model.fingerprint, model.precision
