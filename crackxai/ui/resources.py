"""Everything the server keeps, on one account: models, decoded photos, pictures, verdicts, the queue and its runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import streamlit as st
from streamlit.runtime import exists, get_instance

from crackxai import CrackModel, Explanation, Photo, Verdict, judge, load_model, read_photo
from crackxai.errors import PhotoError
from crackxai.explain.convergence import Convergence
from crackxai.explain.convergence import convergence as convergence_of
from crackxai.explain.faithfulness import FaithfulnessTest
from crackxai.explain.fill_backend import backend
from crackxai.explain.methods import AnytimeExplainer, explainer
from crackxai.explain.settings import MethodSettings
from crackxai.explain.truth import at_network_size
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scanner import Scanner
from crackxai.inspection.stated_scale import StatedScale
from crackxai.model.card import CARD_FILE
from crackxai.model.classifier import folder_state
from crackxai.model.runtime import keep_session
from crackxai.render import display_picture, png
from crackxai.samples import draw_samples
from crackxai.ui import freed_memory, state
from crackxai.ui.budget import Budget, allowed_bytes
from crackxai.ui.idle_work import IdleWork
from crackxai.ui.jobs import Queue
from crackxai.ui.lru_cache import LRUCache
from crackxai.ui.session_vault import SessionVault, State
from crackxai.ui.state import Item, MapTestKey, RunKey, ScanKey

SAMPLE_COUNT = 8
SAMPLE_SEED = 0
KEPT_MODELS, KEPT_VERDICTS = 3, 5000
"""A model takes a quarter of a gigabyte, a verdict next to nothing."""
SHARES = {"decoded": 1 / 8, "pictures": 1 / 16, "maps": 1 / 16, "runs": 1 / 8}
"""Of the budget, at most; what is named first is given up first where room is needed."""
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
    """Loaded, perhaps before; a folder that was trained again is loaded again. Raises ModelError."""
    folder = model_folders().get(name)
    return _models().get((precision, folder_state(folder)), lambda: _load(folder, precision))


@st.cache_resource(show_spinner=False)
def _models() -> LRUCache[CrackModel]:
    return LRUCache(KEPT_MODELS)


def _load(folder: Path | None, precision: str) -> CrackModel:
    loaded = load_model(folder, precision)
    keep_session()
    return loaded


# The account


@st.cache_resource(show_spinner=False)
def budget() -> Budget:
    """What this server may keep in memory. Raises SettingsError, see `crackxai.ui.budget.allowed_bytes`."""
    made = Budget(allowed_bytes())
    made.make_room = lambda: vault().drop_oldest()
    return made


@st.cache_resource(show_spinner=False)
def _shelves() -> dict[str, LRUCache[Any]]:
    measures = {
        "decoded": lambda photo: photo.rgb.nbytes,
        "pictures": lambda picture: picture.nbytes if isinstance(picture, np.ndarray) else len(picture),
        # With what is computed of it when it is drawn.
        "maps": lambda result: 2 * (result.channel_values.nbytes + result.picture.nbytes),
        "runs": lambda run: run.nbytes,
    }
    return {name: budget().shelf(name, share, measures[name]) for name, share in SHARES.items()}


def forget(items: Collection[Item]) -> None:
    """Drop what was made of these photos, but for those that another session has too."""
    gone = {id(item) for item in items}
    photos = {item.key for item in items} - {item.key for item in budget().files() if id(item) not in gone}

    def of(key: str) -> bool:
        return key.partition(":")[0] in photos  # windows too

    _shelves()["decoded"].drop(lambda key: of(key[0]))
    _shelves()["pictures"].drop(lambda key: of(getattr(key[1], "photo", key[1])))
    _shelves()["maps"].drop(lambda key: of(key[0].photo))
    _shelves()["runs"].drop(lambda key: of(key.photo))


def forget_all() -> None:
    """Drop everything that can be made again."""
    for shelf in _shelves().values():
        shelf.clear()
    _verdicts().clear()
    _convergences().clear()


# Photos


@st.cache_resource(show_spinner=False)
def samples() -> list[Item]:
    """Drawn photos as PNG files; they take the same way as uploads."""
    drawn = [(f"{sample.name}.png", png(sample.rgb)) for sample in draw_samples(SAMPLE_COUNT, SAMPLE_SEED)]
    return [
        Item(name, data, hashlib.sha256(data).hexdigest(), number) for number, (name, data) in enumerate(drawn, start=1)
    ]


@st.cache_resource(show_spinner=False)
def _sample_cracks() -> list[np.ndarray]:
    return [sample.mask for sample in draw_samples(SAMPLE_COUNT, SAMPLE_SEED)]


def true_crack(item: Item, size: tuple[int, int]) -> np.ndarray | None:
    """(H, W) bool at the network's ``size``: the crack that was drawn; None of what is no drawn sample with a crack."""
    if item.sample is None:
        return None
    crack = at_network_size(_sample_cracks()[item.sample - 1], photo(item), size)
    return crack if crack.any() else None


def photo(item: Item) -> Photo:
    """Decoded, perhaps before; windows share the pixels of the whole. Raises PhotoError."""
    if item.box is not None:
        return photo(item.window(None)).window(item.box)
    shelf: LRUCache[Photo] = _shelves()["decoded"]
    return shelf.get((item.key, item.name), lambda: read_photo(item.data, item.name))


def size(item: Item) -> tuple[int, int]:
    """(width, height) of the upright photo, the file's pixels; it is decoded for that once. Raises PhotoError."""

    def look() -> tuple[int, int]:
        box = photo(item).box
        return box.width, box.height

    return _sizes().get(item.key, look)


@st.cache_resource(show_spinner=False)
def _sizes() -> LRUCache[tuple[int, int]]:
    return LRUCache(KEPT_VERDICTS)


def display(item: Item, longer_side: int = 640) -> np.ndarray:
    """The photo at display size, (H, W, 3) uint8."""
    return picture(("display", item.key, longer_side), lambda: display_picture(photo(item).rgb, longer_side))


def display_png(item: Item, longer_side: int) -> bytes:
    """The photo at display size as a PNG file."""
    return picture(("png", item.key, longer_side), lambda: png(display(item, longer_side)))


def thumbnail(item: Item) -> bytes:
    """A small PNG of the photo's middle square."""

    def make() -> bytes:
        rgb = photo(item).rgb
        side = min(rgb.shape[:2])
        top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
        return png(display_picture(rgb[top : top + side, left : left + side], 160))

    return picture(("thumbnail", item.key), make)


P = TypeVar("P", np.ndarray, bytes)


def picture(key: Hashable, make: Callable[[], P]) -> P:
    """What was drawn under that key before, by whichever session, or else is drawn now."""
    shelf: LRUCache[P] = _shelves()["pictures"]
    return shelf.get(key, make)


def drawn(key: Hashable) -> bool:
    """Whether it was drawn, and is still there."""
    return _shelves()["pictures"].peek(key) is not None


def prepare_pictures(name: Hashable, makers: Mapping[Hashable, Callable[[], bytes]]) -> None:
    """Have pictures under those keys ready before somebody asks for them, while nobody waits for anything.

    Parameters
    ----------
    makers : they know no Streamlit. One that raises PhotoError has to say so to who asks.
    """
    shelf: LRUCache[bytes] = _shelves()["pictures"]

    def make() -> None:
        for key, maker in makers.items():
            with suppress(PhotoError):
                shelf.get(key, maker)

    idle_work().prepare(name, make)


# What the model says


def judged(model: CrackModel, item: Item) -> Verdict:
    """The verdict by the model's own threshold, computed once for a model and photo. Raises PhotoError, ModelError."""
    return _verdicts().get((model.key, model.precision, item.key), lambda: judge(model, photo(item)))


@st.cache_resource(show_spinner=False)
def _verdicts() -> LRUCache[Verdict]:
    return LRUCache(KEPT_VERDICTS)


# Runs


@st.cache_resource(show_spinner=False)
def queue() -> Queue:
    """The one queue of this server."""
    return Queue(WORKERS)


@st.cache_resource(show_spinner=False)
def cluster_queue() -> Queue:
    """Of what is computed on other machines: it need not wait for this one, nor does anything here wait for it."""
    return Queue(1)


def cluster_address() -> str | None:
    """The Ray cluster that the server's owner lets runs over folders be computed on (CRACKXAI_RAY); None: none."""
    return os.environ.get("CRACKXAI_RAY", "").strip() or None


@st.cache_resource(show_spinner=False)
def idle_work() -> IdleWork:
    """What is explained while nobody waits."""
    return IdleWork(lambda: queue().idle)


@st.cache_resource(show_spinner=False)
def prepare_fill() -> None:
    """Have the compiled inpainting ready before somebody waits for it; once, and a while after the first page."""
    idle_work().prepare("fill", backend.prepare_aside)


def runs() -> LRUCache[AnytimeExplainer]:
    """Finished and running ones, whatever their budget: each goes on where it stopped."""
    return _shelves()["runs"]


def scans() -> LRUCache[Scanner]:
    """Finished and stopped ones, on the same shelf as runs, under `ScanKey`."""
    return _shelves()["runs"]


def scanner(model: CrackModel, item: Item, settings: ScanSettings, scale: StatedScale | None = None) -> Scanner:
    """The one scan of photo, model, settings and scale, kept or new. Raises PhotoError, SettingsError."""

    def make() -> Scanner:
        of = photo(item)
        return Scanner(model, of, settings, None if scale is None else scale.on(of))

    return scans().get(ScanKey.of(model, item, settings, scale), make)


def run(model: CrackModel, photo: Photo, settings: MethodSettings) -> AnytimeExplainer:
    """The one run of photo, model and settings, kept or new."""
    return runs().get(RunKey.of(model, photo, settings), lambda: explainer(model, photo, settings))


def map_tests() -> LRUCache[FaithfulnessTest]:
    """Finished and stopped ones, on the same shelf as runs, under `MapTestKey`."""
    return _shelves()["runs"]


def map_test(model: CrackModel, key: MapTestKey, result: Explanation) -> FaithfulnessTest:
    """The one test of a map, kept or new. Raises SettingsError."""
    return map_tests().get(key, lambda: FaithfulnessTest(model, result))


def read(key: RunKey, run: AnytimeExplainer, max_evals: int) -> Explanation:
    """The map of a budget that the run has passed."""
    shelf: LRUCache[Explanation] = _shelves()["maps"]
    return shelf.get((key, max_evals), lambda: run.explanation(max_evals))


def convergence(key: RunKey, run: AnytimeExplainer, evaluations: int) -> Convergence | None:
    """How the run's map converged up to that many evaluations."""
    return _convergences().get(
        (key, evaluations), lambda: convergence_of(lambda budget: read(key, run, budget).values, evaluations)
    )


@st.cache_resource(show_spinner=False)
def _convergences() -> LRUCache[Convergence | None]:
    return LRUCache(KEPT_VERDICTS)


# Browser sessions


@st.cache_resource(show_spinner=False)
def vault() -> SessionVault:
    """What this server keeps of browser sessions that were left, for when they come back."""
    kept = SessionVault(
        _ended,
        lambda held: sum(len(item.data) for item in held.get(state._ITEMS, [])),
        left=_left,
        freed=freed_memory.give_back,
    )
    kept.patrol()
    return kept


def _ended(held: State, session_ids: Iterable[str]) -> None:
    """A session's end frees what was its own, though Streamlit keeps the rest of it for some minutes."""
    for job in [job for name in state.ALL_JOBS for job in held.get(name, {}).values()]:
        # The same engineer may wait for it on a page that was loaded again.
        if not job.wanted():
            queue().cancel(job)
    photos = list(held.get(state._ITEMS, []))
    for value in held.values():
        if isinstance(value, (list, dict, set)):
            # In place: what Streamlit keeps of the session is the same list.
            value.clear()
    forget(photos)
    _free_streamlits(session_ids)


def _left(held: State, session_ids: Iterable[str]) -> None:
    """A session that may come back keeps its files and runs; what is made of its files in a moment goes."""
    photos = {item.key for item in held.get(state._ITEMS, [])}
    _shelves()["decoded"].drop(lambda key: key[0] in photos)
    _free_streamlits(session_ids)


def _free_streamlits(session_ids: Iterable[str]) -> None:
    """The uploads of a session and the pictures on its page, which Streamlit keeps for some minutes."""
    if exists():
        runtime = get_instance()
        for session_id in session_ids:
            runtime.uploaded_file_mgr.remove_session_files(session_id)
            runtime.media_file_mgr.clear_session_refs(session_id)
        runtime.media_file_mgr.remove_orphaned_files()
