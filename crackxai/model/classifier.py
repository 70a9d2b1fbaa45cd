"""`CrackModel`: the contract between the model and everything that uses it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackxai.errors import Message, ModelError, SettingsError
from crackxai.model.card import CARD_FILE, ModelCard, read_card
from crackxai.model.dataset import resize
from crackxai.model.faults import model_error
from crackxai.model.feature_space import FEATURES_FILE, FeatureSpace
from crackxai.model.gradients import Gradients
from crackxai.model.measurements import MEASUREMENTS_FILE, Measurements, as_facts, read_measurements
from crackxai.model.resnet import build_classifier
from crackxai.model.runtime import (
    PRECISIONS,
    KerasRuntime,
    Runtime,
    allow_memory_growth,
    device,
    dtype_policy,
    has_gpu_driver,
)
from crackxai.model.storage import WEIGHTS_FILE, arrays_of, fingerprint, load_weights, read_arrays
from crackxai.photo import Photo
from crackxai.tallies import count

if TYPE_CHECKING:
    import keras

BUNDLED = Path(__file__).parent / "bundled"
"""The folder of the model that comes with CrackXAI."""
FILES = (WEIGHTS_FILE, CARD_FILE, MEASUREMENTS_FILE, FEATURES_FILE)
"""What is read of a model folder."""
RUNTIMES = ("auto", "openvino", "keras")

_loading = threading.Lock()


class CrackModel:
    """A loaded classifier. Safe to share between threads.

    Attributes
    ----------
    card : what is known about the model.
    fingerprint : SHA-256 over weights and network, hex: equal where the probabilities are.
    key : SHA-256 over all that is used of it, hex: the fingerprint, the card and the measurements. Two models with the
        same weights and another name, threshold or record of measurements have different ones.
    input_size : (H, W) of the pictures it takes, pixels.
    threshold : probability at and above which a photo counts as cracked, chosen on validation photos.
    precision : "exact" (float32) or "fast" (bfloat16).
    device : what it runs on, for people.
    computed_in : "float32" or "bfloat16": what it really computes in. "fast" falls back to float32 on processors
        without bfloat16.
    processor : name of what it computes on.
    versions : of the software that runs it.
    measurements : what is known of its mistakes and of the photos it was trained on; empty where nothing is.
    gradients : of its probability with respect to the picture; they need Keras on TensorFlow.

    Parameters
    ----------
    arrays : gives the weights by variable path, when gradients are first asked for.
    """

    def __init__(
        self,
        runtime: Runtime,
        card: ModelCard,
        fingerprint: str,
        precision: str = "exact",
        measurements: Measurements | None = None,
        *,
        arrays: Callable[[], dict[str, np.ndarray]],
    ) -> None:
        self.card = card
        self.measurements = measurements or Measurements()
        self.precision = precision
        self.input_size = (card.input_side, card.input_side)
        self.fingerprint = fingerprint
        used = (fingerprint, asdict(card), as_facts(self.measurements), _digest(self.measurements.features))
        self.key = hashlib.sha256(json.dumps(used, sort_keys=True, default=str).encode()).hexdigest()
        self._runtime = runtime
        self.gradients = Gradients(card.network, arrays)

    @classmethod
    def of_network(
        cls, net: keras.Model, card: ModelCard, precision: str = "exact", measurements: Measurements | None = None
    ) -> CrackModel:
        """From a Keras network: preprocessed (N, side, side, 3) pictures -> (N, 1) probabilities."""
        runtime = KerasRuntime(net, card.network.preprocessing)
        named = fingerprint(arrays_of(net), card.network)
        return cls(runtime, card, named, precision, measurements, arrays=lambda: arrays_of(net))

    @property
    def threshold(self) -> float:
        return self.card.threshold

    @property
    def band(self) -> float:
        """Half width of the review band around the threshold."""
        return self.card.band

    @property
    def device(self) -> str:
        return self._runtime.device

    @property
    def computed_in(self) -> str:
        return self._runtime.computed_in

    @property
    def processor(self) -> str:
        return self._runtime.processor

    @property
    def leaves_cores_idle(self) -> bool:
        """Whether the processor has nothing to do during a forward pass: on a GPU."""
        return not self.device.startswith("CPU")

    @property
    def versions(self) -> dict[str, str]:
        return dict(self._runtime.versions)

    def prepare(self, photo: Photo) -> np.ndarray:
        """The photo as the network sees it: (H, W, 3) uint8, RGB, 0-255."""
        picture = resize(photo, self.input_size[0])
        # A picture of 0 and 1 is black. As 0 it stays so when it is blurred or averaged, while fractions of at most 1
        # would read as somebody's normalising (see `predict`).
        return picture if picture.max() > 1 else np.zeros_like(picture)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Crack probabilities.

        Parameters
        ----------
        images : (N, H, W, 3) uint8 or float, RGB, 0-255, at `input_size`; not normalised, the model does that.

        Returns
        -------
        (N,) float32, 0-1, calibrated.

        Raises
        ------
        ModelError : another shape; values that are not finite, outside 0-255, or fractions of which none exceeds 1
            (somebody divided by 255; a black picture of whole numbers is taken); or the network's answer is no
            probability.
        """
        images = self._checked(images)
        count("evaluations", len(images))
        return _probable(self._runtime.forward(images)) if len(images) else np.zeros(0, dtype=np.float32)

    def predict_with_features(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `predict`, with what the network made of each picture: the averages that reach its last unit.

        Returns
        -------
        (N,) float32 probabilities, (N, D) float32 features.
        """
        images = self._checked(images)
        if not len(images):
            return np.zeros(0, dtype=np.float32), np.zeros((0, self.card.network.features), dtype=np.float32)
        count("evaluations", len(images))
        probabilities, features = self._runtime.forward_with_features(images)
        if not np.isfinite(features).all():
            # However sure the answer looks: no distance could be told of them, and so no doubt.
            raise no_probability(float("nan"))
        return _probable(probabilities), features

    def predict_with_evidence(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """As `predict`, with where in each picture its answer comes from, as far as the network's end tells.

        Returns
        -------
        (N,) float32 probabilities; (N, h, w) float32 evidence: the last unit's weighted sum at each place of the last
        feature maps, in log-odds; and the unit's bias. The mean over the places and the bias add up to the log-odds of
        the answer.
        """
        images = self._checked(images)
        if not len(images):
            return np.zeros(0, dtype=np.float32), np.zeros((0, 1, 1), dtype=np.float32), 0.0
        count("evaluations", len(images))
        probabilities, evidence, bias = self._runtime.forward_with_evidence(images)
        return _probable(probabilities), evidence, bias

    def _checked(self, images: np.ndarray) -> np.ndarray:
        """The pictures as an array. Raises ModelError where they are none that the network takes."""
        images = np.asarray(images)
        height, width = self.input_size
        if images.ndim != 4 or images.shape[1:] != (height, width, 3):
            raise ModelError(
                f"expected pictures of shape (N, {height}, {width}, 3), received {images.shape}. Use prepare(photo)."
            )
        if not len(images):
            return images
        if images.dtype != np.uint8 and not (images.min() >= 0 and images.max() <= 255):
            # NaN fails both comparisons, so it lands here too.
            raise ModelError(
                f"expected values of 0 to 255, received {images.min()} to {images.max()}. "
                "Pass raw RGB; the model does the preprocessing itself."
            )
        if images.dtype != np.uint8 and images.max() <= 1 and (images != np.rint(images)).any():
            raise ModelError(
                "expected values of 0 to 255, received fractions of at most 1, as if divided by 255. "
                "Pass raw RGB; the model does the preprocessing itself."
            )
        return images


def _probable(probabilities: np.ndarray) -> np.ndarray:
    """The probabilities. Raises ModelError where one is none."""
    # NaN fails both comparisons.
    wrong = probabilities[~((probabilities >= 0) & (probabilities <= 1))]
    if len(wrong):
        raise no_probability(float(wrong[0]))
    return probabilities


def no_probability(received: float) -> ModelError:
    """The error for what a model gave instead of a probability."""
    return ModelError(
        Message(
            "model-error.no-probability",
            "expected a probability of 0 to 1 from the model, received {received}. Use another model.",
            received=f"{received:g}",
        )
    )


def load_model(
    path: str | os.PathLike[str] | None = None,
    precision: str = "exact",
    runtime: str = "auto",
    *,
    threads: int | None = None,
) -> CrackModel:
    """Load a model.

    Parameters
    ----------
    path : folder written by ``python -m crackxai train``; None: the bundled model.
    precision : "exact" computes in float32; "fast" in bfloat16, quicker on processors that have it, at the cost of
        small differences in probability.
    runtime : "openvino" (CPU), "keras" (the device of its backend), or "auto": Keras where it finds a GPU or where
        the environment variable KERAS_BACKEND asks for another backend than TensorFlow, else OpenVINO where it is
        installed, else Keras.
    threads : of a pass on OpenVINO; None: as many as the computer has cores.

    Raises
    ------
    ModelError : no such folder, or a part of it is missing, damaged or of another network.
    SettingsError : unknown precision or runtime.
    """
    for name, value, choices in (("precision", precision, PRECISIONS), ("runtime", runtime, RUNTIMES)):
        if value not in choices:
            raise SettingsError(f"expected {name} to be one of {', '.join(choices)}, received {value!r}.")
    folder = BUNDLED if path is None else Path(path)
    if not folder.is_dir():
        raise model_error("no-folder", received=str(folder))
    card, measurements = read_card(folder), read_measurements(folder)
    if runtime == "auto":
        runtime = _suitable_runtime()
    if runtime == "keras":
        return CrackModel.of_network(load_network(folder, precision), card, precision, measurements)
    from crackxai.model.runtime_openvino import OpenVINORuntime

    arrays = read_arrays(folder / WEIGHTS_FILE)
    named = fingerprint(arrays, card.network)

    def same_arrays() -> dict[str, np.ndarray]:
        """Read again rather than kept: they are a hundred megabytes, which few ask for."""
        found = read_arrays(folder / WEIGHTS_FILE)
        if fingerprint(found, card.network) != named:
            raise model_error("replaced", folder=str(folder))
        return found

    runtime_of = OpenVINORuntime(arrays, card.network, precision, threads)
    return CrackModel(runtime_of, card, named, precision, measurements, arrays=same_arrays)


def _digest(features: FeatureSpace | None) -> str | None:
    if features is None:
        return None
    return hashlib.sha256(
        np.ascontiguousarray(features.prototypes).tobytes() + repr(features.limit).encode()
    ).hexdigest()


FolderState = tuple[str, tuple[tuple[int, int], ...]]


def folder_state(path: str | os.PathLike[str] | None) -> FolderState:
    """What a model folder holds now, without reading it: differs once a file of it was written, copied or removed.

    Parameters
    ----------
    path : as of `load_model`.

    Returns
    -------
    The folder's own path, links followed, and of each of its files the time of its last change (ns) and its size
    (bytes); -1 where there is none.
    """
    folder = BUNDLED if path is None else Path(path)
    return os.path.realpath(folder), tuple(_file_state(folder / name) for name in FILES)


def _file_state(path: Path) -> tuple[int, int]:
    try:
        state = path.stat()
    except OSError:
        return -1, -1
    return state.st_mtime_ns, state.st_size


def load_network(folder: str | os.PathLike[str], precision: str = "exact") -> keras.Model:
    """The Keras network of a model folder: preprocessed pictures -> (N, 1) probabilities. Raises ModelError."""
    # The dtype policy belongs to the process: two loads at once could build in each other's precision.
    with _loading:
        allow_memory_growth()
        with dtype_policy(precision):
            net = build_classifier(read_card(Path(folder)).network)
        load_weights(net, Path(folder) / WEIGHTS_FILE)
        return net


def _suitable_runtime() -> str:
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        return "keras"
    if has_gpu_driver() and device() != "CPU":
        return "keras"
    return "keras" if importlib.util.find_spec("openvino") is None else "openvino"
