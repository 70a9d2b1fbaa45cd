"""Everything the server keeps: models, decoded photos, pictures, probabilities, the queue and its runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import streamlit as st

from crackxai import CrackModel, Explanation, Photo, Verdict, judge, load_model, read_photo
from crackxai.explain.convergence import Convergence
from crackxai.explain.convergence import convergence as convergence_of
from crackxai.explain.methods import AnytimeExplainer, explainer
from crackxai.explain.settings import MethodSettings
from crackxai.model.card import CARD_FILE
from crackxai.model.runtime import keep_session
from crackxai.render import display_picture, png
from crackxai.samples import draw_samples
from crackxai.ui import state
from crackxai.ui.idle_work import IdleWork
from crackxai.ui.jobs import Queue
from crackxai.ui.lru_cache import LRUCache
from crackxai.ui.session_vault import SessionVault, State
from crackxai.ui.state import Item, RunKey

SAMPLE_COUNT = 8
SAMPLE_SEED = 0
KEPT_RUNS, KEPT_RUNS_BYTES = 64, 256 * 2**20
WORKERS = 1
"""Explanations at a time: each uses the whole device."""
DEFAULT_MODEL = ""


# Models


def model_folders() -> dict[str, Path | None]:
    """The models that the server's owner offers, by name: CRACKXAI_MODEL (else the bundled one) under the name "", and
    those in the folder that CRACKXAI_MODELS names."""
    default, folder = os.environ.get("CRACKXAI_MODEL"), os.environ.get("CRACKXAI_MODELS")
    found: dict[str, Path | None] = {DEFAULT_MODEL: Path(default) if default else None}
    if folder and Path(folder).is_dir():
        found |= {path.name: path for path in sorted(Path(folder).iterdir()) if (path / CARD_FILE).is_file()}
    return found


def model(name: str = DEFAULT_MODEL, precision: str = "exact") -> CrackModel:
    """Raises ModelError."""
    return _model(model_folders().get(name), precision)


# Few: each takes a quarter of a gigabyte.
@st.cache_resource(max_entries=3, show_spinner=False)
def _model(folder: Path | None, precision: str) -> CrackModel:
    loaded = load_model(folder, precision)
    keep_session()
    return loaded


# Photos


@st.cache_resource(show_spinner=False)
def samples() -> list[Item]:
    """Drawn photos as PNG files; they take the same way as uploads."""
    drawn = [(f"{sample.name}.png", png(sample.rgb)) for sample in draw_samples(SAMPLE_COUNT, SAMPLE_SEED)]
    return [
        Item(name, data, hashlib.sha256(data).hexdigest(), number) for number, (name, data) in enumerate(drawn, start=1)
    ]


def photo(item: Item) -> Photo:
    """Decoded, perhaps before. Raises PhotoError."""
    return _photo(item.data, item.name, item.sha256)


# Few: a decoded phone photo takes 36 MB.
@st.cache_resource(max_entries=6, show_spinner=False)
def _photo(_data: bytes, name: str, sha256: str) -> Photo:
    return read_photo(_data, name)


# Few: one takes 1.2 MB, the one for the download 4.
@st.cache_data(max_entries=48, show_spinner=False)
def _display(_photo: Photo, key: str, longer_side: int) -> np.ndarray:
    return display_picture(_photo.rgb, longer_side)


def display(photo: Photo, longer_side: int = 640) -> np.ndarray:
    """The photo at display size, (H, W, 3) uint8."""
    return _display(photo, photo.key, longer_side)


@st.cache_data(max_entries=48, show_spinner=False)
def _display_png(_photo: Photo, key: str, longer_side: int) -> bytes:
    return png(display(_photo, longer_side))


def display_png(photo: Photo, longer_side: int) -> bytes:
    """The photo at display size as a PNG file."""
    return _display_png(photo, photo.key, longer_side)


@st.cache_data(max_entries=600, show_spinner=False)
def _thumbnail(_item: Item, sha256: str) -> bytes:
    rgb = photo(_item).rgb
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    return png(display_picture(rgb[top : top + side, left : left + side], 160))


def thumbnail(item: Item) -> bytes:
    """A small PNG of the photo's middle square."""
    return _thumbnail(item, item.sha256)


# What the model says


def _model_key(model: CrackModel) -> tuple[str, str]:
    return model.fingerprint, model.precision


def judged(model: CrackModel, item: Item) -> Verdict:
    """The verdict by the model's own threshold, computed once for a model and photo. Raises PhotoError, ModelError."""
    return _judged(model, item, _model_key(model), item.sha256)


@st.cache_data(max_entries=2000, show_spinner=False)
def _judged(_model: CrackModel, _item: Item, model_key: tuple, sha256: str) -> Verdict:
    return judge(_model, photo(_item))


# Runs


@st.cache_resource(show_spinner=False)
def queue() -> Queue:
    """The one queue of this server."""
    return Queue(WORKERS)


@st.cache_resource(show_spinner=False)
def idle_work() -> IdleWork:
    """What is explained while nobody waits."""
    return IdleWork(lambda: queue().idle)


@st.cache_resource(show_spinner=False)
def runs() -> LRUCache[AnytimeExplainer]:
    """Finished and running ones, whatever their budget: each goes on where it stopped."""
    return LRUCache(KEPT_RUNS, KEPT_RUNS_BYTES, lambda run: run.nbytes)


def run(model: CrackModel, photo: Photo, settings: MethodSettings) -> AnytimeExplainer:
    """The one run of photo, model and settings, kept or new."""
    return runs().get(RunKey.of(model, photo, settings), lambda: explainer(model, photo, settings))


def read(key: RunKey, run: AnytimeExplainer, max_evals: int) -> Explanation:
    """The map of a budget that the run has passed."""
    return _read(run, key, max_evals)


@st.cache_resource(max_entries=200, show_spinner=False)
def _read(_run: AnytimeExplainer, key: RunKey, max_evals: int) -> Explanation:
    return _run.explanation(max_evals)


def convergence(key: RunKey, run: AnytimeExplainer, evaluations: int) -> Convergence | None:
    """How the run's map converged up to that many evaluations."""
    return _convergence(run, key, evaluations)


@st.cache_data(max_entries=200, show_spinner=False)
def _convergence(_run: AnytimeExplainer, key: RunKey, evaluations: int) -> Convergence | None:
    return convergence_of(lambda budget: read(key, _run, budget).values, evaluations)


@st.cache_data(max_entries=64, show_spinner=False)
def _hidden(_run: AnytimeExplainer, key: RunKey) -> np.ndarray:
    return _run.hidden()


def hidden(key: RunKey, run: AnytimeExplainer) -> np.ndarray:
    """The fully hidden picture of a run, (H, W, 3) uint8."""
    return _hidden(run, key)


# Browser sessions


@st.cache_resource(show_spinner=False)
def vault() -> SessionVault:
    """What this server keeps of browser sessions that were left, for when they come back."""
    kept = SessionVault(_ended, lambda held: sum(len(item.data) for item in held.get(state._ITEMS, [])))
    kept.patrol()
    return kept


def _ended(held: State, session_ids: Iterable[str]) -> None:
    for value in held.values():
        if isinstance(value, (list, dict, set)):
            value.clear()
