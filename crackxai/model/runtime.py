"""Running the network forward: one contract, on whatever Keras backend and device there is."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from crackxai.errors import SettingsError
from crackxai.model.network import Preprocessing
from crackxai.model.processor import has_bfloat16, processor_name

if TYPE_CHECKING:
    import keras

PRECISIONS = {"exact": "float32", "fast": "mixed_bfloat16"}
"""Precision offered to users -> Keras dtype policy."""


@contextlib.contextmanager
def dtype_policy(precision: str) -> Iterator[None]:
    """Build layers in this precision; Keras holds the policy for the whole process, so it is put back."""
    import keras

    if precision not in PRECISIONS:
        raise SettingsError(f"expected precision to be one of {', '.join(PRECISIONS)}, received {precision!r}.")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(PRECISIONS[precision])
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


class Runtime(Protocol):
    """What runs the network forward. Safe to share between threads.

    Attributes
    ----------
    device : for people.
    computed_in : "float32" or "bfloat16": what it really computes in, whatever precision was asked for.
    processor : name of what it computes on.
    versions : of the software that shapes the probabilities.
    """

    device: str
    computed_in: str
    processor: str
    versions: dict[str, str]

    def forward(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) uint8 or float32, RGB, 0-255, N >= 1 -> (N,) float32 probabilities."""

    def forward_with_features(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same pass: the probabilities, and (N, D) float32, the averages that reach the last unit."""

    def forward_with_evidence(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """The same pass: the probabilities; (N, h, w) float32, the last unit's weighted sum at each place of the last
        feature maps; and the unit's bias. The sum's mean over the places, and the bias, are the log-odds."""


BATCH_SHAPES = (1, 2, 8, 32, 50)
"""Batches that the network is run in; others are padded up to the next of them, or cut. JAX compiles, and cuDNN looks
for the best kernels, anew for each. They are the sizes of the default explanation's rounds, so that hardly any of its
pictures is padding."""


class KerasRuntime:
    """Forward passes of a Keras network, in a few batch shapes.

    One pass at a time: a pass already uses the whole device, and two at once would only share it.
    """

    def __init__(self, net: keras.Model, preprocessing: Preprocessing) -> None:
        import keras

        self._preprocess = preprocessing
        self._net = net
        self._forward = _compiled(net)
        self._lock = threading.Lock()
        backend = keras.backend.backend()
        where = device()
        self.computed_in: str = net.layers[1].compute_dtype
        self.processor = processor_name() if where == "CPU" else where.removeprefix("GPU (").removesuffix(")")
        self.device = f"{where}, {backend} in {self.computed_in}"
        # Asked of the module, not of the package's metadata: the same one comes as tensorflow and as tensorflow-cpu.
        self.versions = {"keras": keras.__version__, backend: importlib.import_module(backend).__version__}

    def forward(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) RGB 0-255, N >= 1 -> (N,) float32 probabilities."""
        return self.forward_with_features(images)[0]

    def forward_with_features(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, H, W, 3) RGB 0-255, N >= 1 -> (N,) float32 probabilities, (N, D) float32 features."""
        with self._lock:
            done = [self._padded(part) for part in _parts(self._preprocess(images))]
        return np.concatenate([p for p, _ in done])[:, 0], np.concatenate([features for _, features in done])

    def forward_with_evidence(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """(N, H, W, 3) RGB 0-255, N >= 1 -> (N,) float32 probabilities, (N, h, w) float32 evidence, the unit's bias.

        Not as quick as `forward`: the feature maps, which are large, leave the device. It is asked of single photos.
        """
        import keras

        pooling = next(each for each in self._net.layers if isinstance(each, keras.layers.GlobalAveragePooling2D))
        both = keras.Model(self._net.input, [self._net.output, pooling.input])
        unit = self._net.get_layer("crack")
        kernel, bias = (keras.ops.convert_to_numpy(each) for each in (unit.kernel, unit.bias))
        with self._lock:
            found = [both.predict_on_batch(part) for part in _parts(self._preprocess(images))]
        probabilities, maps = (np.concatenate([np.asarray(part[i], np.float32) for part in found]) for i in (0, 1))
        return probabilities[:, 0], maps @ kernel[:, 0], float(bias[0])

    def _padded(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shape = next(n for n in BATCH_SHAPES if n >= len(images))
        padding = [(0, shape - len(images))] + [(0, 0)] * (images.ndim - 1)
        probabilities, features = self._forward(np.pad(images, padding))
        return probabilities[: len(images)], features[: len(images)]


def _parts(images: np.ndarray) -> list[np.ndarray]:
    return [images[i : i + BATCH_SHAPES[-1]] for i in range(0, len(images), BATCH_SHAPES[-1])]


def _compiled(net: keras.Model) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Preprocessed pictures -> (N, 1) probabilities and (N, D) features, both float32."""
    import keras

    both = keras.Model(net.input, [net.output, net.get_layer("crack").input])
    if keras.backend.backend() != "tensorflow":
        # Compiled once for each shape by JAX; without gradients in PyTorch.
        def pass_of(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            probabilities, features = both.predict_on_batch(batch)
            return np.asarray(probabilities, dtype=np.float32), np.asarray(features, dtype=np.float32)

        return pass_of
    import tensorflow as tf

    # One trace with an open batch size: each retrace costs seconds.
    signature = tf.TensorSpec((None, *net.input_shape[1:]), tf.float32)
    graph = tf.function(
        lambda batch: [tf.cast(out, tf.float32) for out in both(batch, training=False)], input_signature=[signature]
    )

    def pass_in_graph(batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probabilities, features = graph(tf.constant(batch))
        return probabilities.numpy(), features.numpy()

    return pass_in_graph


def device() -> str:
    """What Keras computes on, for people: "GPU (NVIDIA ...)" or "CPU"."""
    import keras

    backend = keras.backend.backend()
    name = "CPU"
    if backend == "tensorflow":
        import tensorflow as tf

        cards = tf.config.list_physical_devices("GPU")
        if cards:
            name = f"GPU ({tf.config.experimental.get_device_details(cards[0]).get('device_name', cards[0].name)})"
    elif backend == "torch":
        import torch

        if torch.cuda.is_available():
            name = f"GPU ({torch.cuda.get_device_name()})"
    elif backend == "jax":
        import jax

        if jax.default_backend() != "cpu":
            name = f"GPU ({jax.devices()[0].device_kind})"
    return name


def computes_in_bfloat16() -> bool:
    """Whether what Keras computes on is quicker in bfloat16: NVIDIA's GPUs from 8.0 on, and some processors."""
    import keras

    backend = keras.backend.backend()
    if device() == "CPU":
        return has_bfloat16()
    if backend == "tensorflow":
        import tensorflow as tf

        card = tf.config.list_physical_devices("GPU")[0]
        capability = tf.config.experimental.get_device_details(card).get("compute_capability", (0, 0))
    elif backend == "torch":
        import torch

        capability = torch.cuda.get_device_capability()
    else:
        import jax

        capability = tuple(map(int, str(getattr(jax.devices()[0], "compute_capability", "0")).split(".")))
    return tuple(capability) >= (8, 0)


def has_gpu_driver() -> bool:
    """Whether there may be a GPU; asked before TensorFlow is, whose import takes seconds."""
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()


def keep_session() -> None:
    """Stop other packages from clearing Keras's session in this process, if Keras is in it.

    Streamlit calls ``keras.backend.clear_session`` whenever a script or fragment ends. It drops TensorFlow's kernel
    caches and collects garbage over its whole heap, which brought a running explanation, polled twice a second, to a
    standstill; and a loaded model is meant to outlive the rerun. ``keras.utils.clear_session`` stays the real one.
    """
    if "keras" in sys.modules:
        sys.modules["keras"].backend.clear_session = lambda free_memory=True: None


def allow_memory_growth() -> None:
    """Let TensorFlow take GPU memory as it needs it instead of all of it; a no-op without a GPU."""
    import keras

    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    for card in tf.config.list_physical_devices("GPU"):
        # RuntimeError: TensorFlow was already in use when we came; then its owner has decided.
        with contextlib.suppress(RuntimeError):
            tf.config.experimental.set_memory_growth(card, True)
