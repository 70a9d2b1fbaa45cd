"""The network: the notebook's transfer-learning classifier on ResNet50, in Keras 3.

ResNet50: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from crackxai.errors import ModelError

if TYPE_CHECKING:
    import keras

INPUT_SIDE = 150
"""Side of the network's square input, pixels."""

CAFFE_MEANS_BGR = np.array([103.939, 116.779, 123.68], dtype=np.float32)
"""The ImageNet channel means that ResNet50's own ``preprocess_input`` (caffe mode) subtracts, 0-255, in B, G, R."""


def preprocess(images: np.ndarray) -> np.ndarray:
    """Caffe-mode preprocessing of ``keras.applications.resnet``, without changing its argument.

    Parameters
    ----------
    images : (N, H, W, 3) uint8 or float, RGB, 0-255.

    Returns
    -------
    (N, H, W, 3) float32, BGR, minus the ImageNet means; bit for bit what
    ``keras.applications.resnet.preprocess_input`` gives for the same float32 pictures (which edits them in place).
    """
    return images[..., ::-1].astype(np.float32) - CAFFE_MEANS_BGR


def build_classifier(
    weights: str | Path | None = "imagenet", input_side: int | None = INPUT_SIDE, trainable_backbone: bool = False
) -> keras.Model:
    """ResNet50 without top -> global average pooling -> Dense(1, sigmoid), the notebook's network.

    Parameters
    ----------
    weights : "imagenet" (downloaded by Keras and cached), a backbone weights file that Keras can read
        (``.weights.h5`` or ``.h5``), or None for a random start.
    input_side : side of the square input in pixels; None leaves it open, for training at several sizes.
    trainable_backbone : False freezes ResNet50 as the notebook does, its batch normalisation included.

    Returns
    -------
    keras.Model: (N, side, side, 3) float32, *preprocessed* (see `preprocess`) -> (N, 1) probability of a crack.

    Raises
    ------
    ModelError: the ImageNet weights cannot be downloaded, or the file does not hold ResNet50's weights.
    """
    import keras

    source = None if weights is None else str(weights)
    if source not in (None, "imagenet") and not Path(source).is_file():
        raise ModelError(
            f"expected weights='imagenet', None or the path of a weights file, received {source!r}, "
            "which is no file. Check the path."
        )
    try:
        backbone = keras.applications.ResNet50(
            weights=source, include_top=False, input_shape=(input_side, input_side, 3)
        )
    except Exception as error:
        # Keras raises whatever its downloader or h5py does; the two causes need two different answers.
        advice = (
            "They are downloaded once by Keras: check the network, or train without them (--recipe scratch)."
            if source == "imagenet"
            else "Expected the weights of keras.applications.ResNet50(include_top=False)."
        )
        raise ModelError(f"cannot load ResNet50's weights from {source!r}: {error}. {advice}") from error
    backbone.trainable = trainable_backbone
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    # The probability stays in float32 where the rest computes in bfloat16, which has steps of 0.4 %.
    head = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name="crack")
    return keras.Model(backbone.input, head(pooled))
