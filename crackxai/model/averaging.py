"""Two models as one: the mean of their weights.

Where a network was trained on from another, the weights between the two answer better than either: what the first one
knew is kept, and what the second one learnt is too (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR
2022, equation 1). It costs no training. The statistics of batch normalisation are those of neither, and are taken anew
(Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018, section 3.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import ModelError, SettingsError
from crackxai.model.card import read_card
from crackxai.model.network import Preprocessing
from crackxai.model.resnet import build_classifier
from crackxai.model.runtime import dtype_policy
from crackxai.model.storage import WEIGHTS_FILE, load_weights

if TYPE_CHECKING:
    import keras

BATCH = 64
"""Pictures of which the statistics of batch normalisation are taken at a time."""
FEWEST = 2
"""Models that make a mean."""


def averaged(folders: Sequence[Path], shares: Sequence[float]) -> keras.Model:
    """The network with the mean of the weights of model folders, in float32.

    Parameters
    ----------
    shares : of each model, positive; they are made to add up to 1.

    Raises
    ------
    SettingsError : not as many shares as models, fewer than two models, or a share that is not positive.
    ModelError : a folder cannot be read, or the networks differ.
    """
    if len(folders) < FEWEST or len(shares) != len(folders) or not all(share > 0 for share in shares):
        raise SettingsError(
            f"expected at least {FEWEST} models and a positive share for each, received {len(folders)} models and "
            f"shares of {', '.join(map(str, shares)) or 'none'}."
        )
    networks = [read_card(folder).network for folder in folders]
    for folder, network in zip(folders, networks, strict=True):
        if network != networks[0]:
            raise ModelError(
                f"expected models of one network, received another in {folder} than in {folders[0]}. "
                "Average models of which one was trained on from the other."
            )
    with dtype_policy("exact"):
        net = build_classifier(networks[0], trainable_backbone=True)
    total = [np.zeros(variable.shape, dtype=np.float64) for variable in net.variables]
    for folder, share in zip(folders, shares, strict=True):
        load_weights(net, folder / WEIGHTS_FILE)
        for so_far, variable in zip(total, net.variables, strict=True):
            so_far += share / sum(shares) * np.asarray(variable, dtype=np.float64)
    for variable, mean in zip(net.variables, total, strict=True):
        variable.assign(mean.astype(np.float32))
    return net


def settle_batch_norm(net: keras.Model, preprocessing: Preprocessing, images: NDArray[np.uint8]) -> None:
    """Take the statistics of batch normalisation anew, as their means over batches of ``images``.

    Parameters
    ----------
    images : (N, side, side, 3) uint8, RGB, in random order; those beyond the last whole batch are not used.

    Raises
    ------
    SettingsError : they are fewer than a batch.
    """
    import keras

    batches = len(images) // BATCH
    if not batches:
        raise SettingsError(f"expected at least {BATCH} pictures, received {len(images)}.")
    layers = [layer for layer in net._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    usual = [layer.momentum for layer in layers]
    for done in range(batches):
        for layer in layers:
            layer.momentum = done / (done + 1)  # the mean over batches, whatever was there before
        net(preprocessing(images[BATCH * done : BATCH * (done + 1)]), training=True)
    for layer, momentum in zip(layers, usual, strict=True):
        layer.momentum = momentum
