"""The network in Keras 3, layer for layer as ``keras.applications`` has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crackxai.errors import ModelError
from crackxai.model.network import EXPANSION, RESNET50, ResNet

if TYPE_CHECKING:
    import keras


def build_classifier(
    network: ResNet = RESNET50,
    weights: str | Path | None = None,
    any_side: bool = False,
    trainable_backbone: bool = False,
) -> keras.Model:
    """ResNet without top -> global average pooling -> Dense(1, sigmoid): the notebook's network.

    Parameters
    ----------
    network : what to build.
    weights : "imagenet" (downloaded by Keras and cached), a ResNet50 backbone's weights file that Keras can read
        (``.weights.h5`` or ``.h5``), or None for a random start.
    any_side : True leaves the input's side open, for training at several sizes.
    trainable_backbone : False freezes all but the last layer as the notebook does, batch normalisation included.

    Returns
    -------
    keras.Model: (N, side, side, 3) float32, *preprocessed* (see `Preprocessing`) -> (N, 1) probability of a crack.

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
    side = None if any_side else network.input_side
    images = keras.Input((side, side, 3))
    backbone = keras.Model(images, _features(images, network), name=network.name.lower())
    backbone.trainable = trainable_backbone
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    # The probability stays in float32 where the rest computes in bfloat16, which has steps of 0.4 %.
    head = keras.layers.Dense(1, activation="sigmoid", dtype="float32", name="crack")
    net = keras.Model(backbone.input, head(pooled))
    if source is not None:
        backbone.set_weights(_resnet50(source, network).get_weights())
    return net


def _features(x: Any, network: ResNet) -> Any:
    """The layers up to the last block, in the order in which Keras makes them: seeds give the same first weights."""
    from keras import layers

    def convolve(x: Any, name: str, filters: int, size: int, stride: int = 1, padding: str = "valid") -> Any:
        x = layers.Conv2D(filters, size, strides=stride, padding=padding, name=f"{name}_conv")(x)
        return layers.BatchNormalization(axis=3, epsilon=network.epsilon, name=f"{name}_bn")(x)

    def relu(x: Any, name: str) -> Any:
        return layers.Activation("relu", name=name)(x)

    def block(x: Any, name: str, filters: int, stride: int, first: bool) -> Any:
        skip = convolve(x, f"{name}_0", EXPANSION * filters, 1, stride) if first else x
        x = relu(convolve(x, f"{name}_1", filters, 1, stride), f"{name}_1_relu")
        x = relu(convolve(x, f"{name}_2", filters, 3, padding="same"), f"{name}_2_relu")
        x = convolve(x, f"{name}_3", EXPANSION * filters, 1)
        return relu(layers.Add(name=f"{name}_add")([skip, x]), f"{name}_out")

    x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
    x = relu(convolve(x, "conv1", network.stem_filters, 7, 2), "conv1_relu")
    x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    for number, stage in enumerate(network.stages, start=2):
        for i in range(stage.blocks):
            x = block(x, f"conv{number}_block{i + 1}", stage.filters, stage.stride if i == 0 else 1, first=i == 0)
    return x


def _resnet50(source: str, network: ResNet) -> keras.Model:
    """Keras's own ResNet50 with weights of its own kinds of files."""
    import keras

    if (network.stages, network.stem_filters) != (RESNET50.stages, RESNET50.stem_filters):
        raise ModelError(f"expected weights of a {network.name}, received {source!r}, which is of ResNet50.")
    try:
        return keras.applications.ResNet50(weights=source, include_top=False)
    except Exception as error:
        # Keras raises whatever its downloader or h5py does; the two causes need two different answers.
        advice = (
            "They are downloaded once by Keras: check the network, or train without them (--recipe scratch)."
            if source == "imagenet"
            else "Expected the weights of keras.applications.ResNet50(include_top=False)."
        )
        raise ModelError(f"cannot load ResNet50's weights from {source!r}: {error}. {advice}") from error
