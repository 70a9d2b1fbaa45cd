"""Models with randomised weights, from the top down: what a map must not look the same for.

J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018, cascading randomisation: the last layer first, then
the one before it as well, down to the first. There weights are drawn anew; here each array's numbers are shuffled among
themselves. A network with batch normalisation, whose means and variances are those of the trained weights, keeps its
scale that way a little better; what it says is as good as random either way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from crackxai.model.card import read_card
from crackxai.model.classifier import BUNDLED, CrackModel, load_model
from crackxai.model.network import ResNet
from crackxai.model.storage import WEIGHTS_FILE, fingerprint, read_arrays

TOP, STEM = "crack", "conv1"


def layers(network: ResNet) -> list[str]:
    """Names of the parts that are randomised one after another, from the top down: the last unit, the blocks, the
    stem. Of the arrays of a model, each begins with exactly one of them."""
    blocks = [
        f"conv{number}_block{block}"
        for number, stage in enumerate(network.stages, start=2)
        for block in range(1, stage.blocks + 1)
    ]
    return [TOP, *reversed(blocks), STEM]


def part_of(array: str, names: list[str]) -> str:
    """Which of `layers` an array belongs to."""
    return next(name for name in names if array.startswith((f"{name}_", f"{name}/")))


def shuffled(arrays: dict[str, np.ndarray], network: ResNet, parts: int, seed: int = 0) -> dict[str, np.ndarray]:
    """The arrays, those of the ``parts`` uppermost `layers` with their numbers shuffled.

    The shuffling of an array depends on ``seed`` and its name alone: each step of a cascade keeps the ones before.
    """
    names = layers(network)
    random = {part_of(array, names) for array in arrays} & set(names[:parts])
    made = {}
    for place, array in enumerate(sorted(arrays)):
        value = arrays[array]
        if part_of(array, names) in random:
            generator = np.random.default_rng((seed, place))
            value = generator.permutation(value.ravel()).reshape(value.shape)
        made[array] = value
    return made


def cascade(
    path: str | os.PathLike[str] | None = None, seed: int = 0, precision: str = "exact", runtime: str = "auto"
) -> Iterator[tuple[str, CrackModel]]:
    """A model folder's model with more and more of it randomised: the lowest part that is, and the model.

    Parameters
    ----------
    path, precision, runtime : as of `load_model`.

    Raises
    ------
    ModelError : as `load_model`.
    """
    trained = load_model(path, precision, runtime)
    folder = BUNDLED if path is None else Path(path)
    network = read_card(folder).network
    arrays = read_arrays(folder / WEIGHTS_FILE)
    for parts, name in enumerate(layers(network), start=1):
        yield name, _of_arrays(trained, shuffled(arrays, network, parts, seed))


def _of_arrays(trained: CrackModel, arrays: dict[str, np.ndarray]) -> CrackModel:
    """A model of other weights, on the runtime of the trained one."""
    card, network = trained.card, trained.card.network
    if "openvino" in trained.versions:
        from crackxai.model.runtime_openvino import OpenVINORuntime

        found = OpenVINORuntime(arrays, network, trained.precision)
        return CrackModel(found, card, fingerprint(arrays, network), trained.precision, arrays=lambda: arrays)
    from crackxai.model.resnet import build_classifier
    from crackxai.model.runtime import dtype_policy

    with dtype_policy(trained.precision):
        net = build_classifier(network)
    for variable in net.variables:
        variable.assign(arrays[variable.path].astype(np.float32))
    return CrackModel.of_network(net, card, trained.precision)
