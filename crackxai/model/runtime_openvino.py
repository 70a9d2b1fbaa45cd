"""The classifier on OpenVINO: the quickest engine for CPUs, and no TensorFlow to import.

The network is put together from its description and the weights file itself, so there is nothing to convert and no
converted file that could be stale.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from crackxai.model.faults import model_error
from crackxai.model.network import EXPANSION, ResNet

if TYPE_CHECKING:
    import openvino

TYPES = {"exact": "f32", "fast": "bf16"}
"""Precision offered to users -> OpenVINO's name. Always given: on some processors OpenVINO takes bf16 by itself."""
TYPE_NAMES = {"f32": "float32", "bf16": "bfloat16"}


class OpenVINORuntime:
    """Forward passes on the CPU. One pass at a time: a pass already uses all cores.

    Parameters
    ----------
    arrays : the weights by variable path, as `crackxai.model.storage.read_arrays` gives them.
    network : what they are the weights of.
    precision : "exact" (float32) or "fast" (bfloat16; float32 where the processor does not compute in bfloat16).
    threads : of a pass; None: OpenVINO's choice, all cores.

    Raises
    ------
    ModelError : the weights are not this network's.
    """

    def __init__(
        self, arrays: dict[str, np.ndarray], network: ResNet, precision: str = "exact", threads: int | None = None
    ) -> None:
        import openvino

        core = openvino.Core()
        wanted = TYPES[precision]
        if wanted.upper() not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            wanted = TYPES["exact"]
        # THROUGHPUT, the other hint, would split the cores between requests that never come.
        settings: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": wanted}
        if threads is not None:
            settings["INFERENCE_NUM_THREADS"] = threads
        compiled = core.compile_model(_graph(arrays, network), "CPU", settings)
        self._request = compiled.create_infer_request()
        self._bias = float(arrays["crack/bias"][0])
        self._lock = threading.Lock()
        # Asked of the network as it was compiled: whatever was wished for, this is what a record must tell.
        effective = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        self.computed_in = TYPE_NAMES.get(effective, effective)
        self.processor = str(core.get_property("CPU", "FULL_DEVICE_NAME")).strip()
        self.device = f"CPU, openvino in {self.computed_in}"
        self.versions = {"openvino": openvino.__version__.partition("-")[0]}

    def forward(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) RGB 0-255, N >= 1 -> (N,) float32 probabilities."""
        return self.forward_with_features(images)[0]

    def forward_with_features(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, H, W, 3) RGB 0-255, N >= 1 -> (N,) float32 probabilities, (N, D) float32 features."""
        images = np.ascontiguousarray(images, dtype=np.float32)
        with self._lock:
            probabilities, features, _ = self._request.infer({0: images}, share_inputs=True).values()
            return probabilities[:, 0].copy(), features.copy()

    def forward_with_evidence(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """(N, H, W, 3) RGB 0-255, N >= 1 -> (N,) float32 probabilities, (N, h, w) float32 evidence, the unit's bias."""
        images = np.ascontiguousarray(images, dtype=np.float32)
        with self._lock:
            probabilities, _, evidence = self._request.infer({0: images}, share_inputs=True).values()
            return probabilities[:, 0].copy(), evidence[:, 0].copy(), self._bias


class _Weights:
    """The arrays, each handed out once; what is missing, misshapen or left over belongs to another network."""

    def __init__(self, arrays: dict[str, np.ndarray]) -> None:
        self._left = dict(arrays)

    def take(self, name: str, *shape: int) -> np.ndarray:
        value = self._left.pop(name, None)
        if value is None or value.shape != shape:
            raise model_error(
                "shape",
                array=name,
                expected=str(shape),
                received="none" if value is None else str(value.shape),
            )
        return value.astype(np.float32)

    def finish(self, network: ResNet) -> None:
        if self._left:
            raise model_error("more-weights", network=network.name, count=len(self._left), array=next(iter(self._left)))


def _graph(arrays: dict[str, np.ndarray], network: ResNet) -> openvino.Model:
    """RGB 0-255 in; probability, features and evidence out; preprocessing inside."""
    import openvino
    from openvino import opset13 as ops

    weights, preprocessing = _Weights(arrays), network.preprocessing

    def convolve(x: Any, name: str, size: int, inputs: int, outputs: int, stride: int = 1, padding: int = 0) -> Any:
        kernel = weights.take(f"{name}_conv/kernel", size, size, inputs, outputs)
        if name == "conv1" and preprocessing.reversed:
            kernel = kernel[:, :, ::-1]  # trained on BGR
        kernel = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        # Arrays that are handed to a node as they are go through a list of Python's numbers, which takes seconds.
        x = ops.convolution(x, ops.constant(kernel), [stride] * 2, [padding] * 2, [padding] * 2, [1, 1])
        x = ops.add(x, weights.take(f"{name}_conv/bias", outputs).reshape(1, -1, 1, 1))
        gamma, beta, mean, variance = (
            weights.take(f"{name}_bn/{part}", outputs) for part in ("gamma", "beta", "moving_mean", "moving_variance")
        )
        return ops.batch_norm_inference(x, gamma, beta, mean, variance, network.epsilon)

    def block(x: Any, name: str, inputs: int, filters: int, stride: int, first: bool) -> Any:
        skip = convolve(x, f"{name}_0", 1, inputs, EXPANSION * filters, stride) if first else x
        x = ops.relu(convolve(x, f"{name}_1", 1, inputs, filters, stride))
        x = ops.relu(convolve(x, f"{name}_2", 3, filters, filters, padding=1))
        return ops.relu(ops.add(skip, convolve(x, f"{name}_3", 1, filters, EXPANSION * filters)))

    images = ops.parameter([-1, network.input_side, network.input_side, 3], np.float32, name="images")
    means = np.array(preprocessing.means, dtype=np.float32)
    means = means[::-1].copy() if preprocessing.reversed else means
    x = ops.transpose(ops.subtract(images, means), [0, 3, 1, 2])
    x = ops.relu(convolve(x, "conv1", 7, 3, network.stem_filters, 2, 3))
    # After a ReLU, padding with zeros (Keras) and with minus infinity (OpenVINO) give the same maximum.
    x = ops.max_pool(x, [2, 2], [1, 1], [1, 1], [1, 1], [3, 3]).output(0)
    inputs = network.stem_filters
    for number, stage in enumerate(network.stages, start=2):
        for i in range(stage.blocks):
            stride = stage.stride if i == 0 else 1
            x = block(x, f"conv{number}_block{i + 1}", inputs, stage.filters, stride, first=i == 0)
            inputs = EXPANSION * stage.filters
    features = ops.reduce_mean(x, [2, 3])
    kernel = weights.take("crack/kernel", network.features, 1)
    # What the last unit would say of each place alone: so small beside the network that every pass has it.
    evidence = ops.convolution(x, kernel.reshape(1, -1, 1, 1), [1, 1], [0, 0], [0, 0], [1, 1])
    x = ops.matmul(features, kernel, False, False)
    x = ops.sigmoid(ops.add(x, weights.take("crack/bias", 1)))
    weights.finish(network)
    return openvino.Model([x, features, evidence], [images], "crackxai")
