"""Gradients of the probability with respect to the picture, for whatever runtime answers otherwise.

They are computed by Keras on TensorFlow, from the model's own weights in float32: OpenVINO runs forward only. Keras is
loaded, and the network built a second time, when gradients are first asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.model.faults import model_error
from crackxai.model.network import ResNet

BATCH = 8
"""Pictures at once: a backward pass keeps all feature maps of the forward one, some 40 MB a picture."""


class Gradients:
    """Gradients of one model. Safe to share between threads; one pass at a time.

    Parameters
    ----------
    network : what ``arrays`` are the weights of, by variable path; asked for once.
    """

    def __init__(self, network: ResNet, arrays: Callable[[], dict[str, np.ndarray]]) -> None:
        self._network, self._arrays = network, arrays
        self._lock = threading.Lock()
        self._pass: Callable[[np.ndarray], Any] | None = None

    def of(self, images: np.ndarray) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The probabilities, and what a unit of each value changes them by.

        Parameters
        ----------
        images : (N, H, W, 3) uint8 or float32, RGB, 0-255, N >= 1.

        Returns
        -------
        (N,) float32, 0-1, and (N, H, W, 3) float32, R, G, B: probability per unit of 0-255.

        Raises
        ------
        ModelError : there is no Keras on TensorFlow here, or the weights cannot be read any more.
        """
        prepared = self._network.preprocessing(images)
        with self._lock:
            self._pass = self._pass or self._built()
            done = [self._pass(prepared[i : i + BATCH]) for i in range(0, len(prepared), BATCH)]
        probabilities, found = (np.concatenate([part[i] for part in done]) for i in (0, 1))
        # The preprocessing turns channels round and shifts them, which is no change of scale.
        return probabilities[:, 0], found[..., ::-1] if self._network.preprocessing.reversed else found

    @staticmethod
    def versions() -> dict[str, str]:
        """Of the software that shapes the gradients. Raises ModelError, as `of`."""
        keras, tf = _tensorflow()
        return {"keras": keras.__version__, "tensorflow": tf.__version__}

    def _built(self) -> Callable[[np.ndarray], Any]:
        _, tf = _tensorflow()
        from crackxai.model.resnet import build_classifier
        from crackxai.model.runtime import allow_memory_growth, dtype_policy, keep_session

        allow_memory_growth()
        keep_session()
        with dtype_policy("exact"):
            net = build_classifier(self._network)
        arrays = self._arrays()
        for variable in net.variables:
            variable.assign(arrays[variable.path].astype(np.float32))

        def traced(batch: Any) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(batch)
                probabilities = net(batch, training=False)
            return probabilities, tape.gradient(probabilities, batch)

        # One trace with an open batch size: each retrace costs seconds.
        graph = tf.function(traced, input_signature=[tf.TensorSpec((None, *net.input_shape[1:]), tf.float32)])
        return lambda batch: [out.numpy() for out in graph(tf.constant(batch))]


def _tensorflow() -> tuple[Any, Any]:
    """Keras and TensorFlow. Raises ModelError where Keras does not run on it."""
    try:
        import keras
    except ImportError as error:
        raise model_error("no-gradients", received=f"no Keras ({error})") from error
    if keras.backend.backend() != "tensorflow":
        raise model_error("no-gradients", received=f"Keras on {keras.backend.backend()}")
    import tensorflow

    return keras, tensorflow
