"""The ways to train, as plain settings."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crackxai.errors import SettingsError
from crackxai.model import augment
from crackxai.model.network import RESNET50, SIDES

INPUT_SIDE = RESNET50.input_side
MIN_SIDE = SIDES[0]


@dataclass(frozen=True)
class Recipe:
    """How to train.

    Attributes
    ----------
    name : "notebook", "scratch" or "finetune".
    phases : (side in pixels, epochs) in order, fractions of an epoch allowed; the last side is the network's own.
    batch_size : photos a step.
    learning_rate : the peak.
    warm_up : fraction of all steps over which the rate rises from 0; a half cosine takes it back to 0 afterwards.
        None: constant.
    weight_decay : decoupled, on kernels only (AdamW: Loshchilov and Hutter, ICLR 2019); None: plain Adam.
    label_smoothing : targets are moved this far towards 0.5.
    batch_norm_momentum : None keeps Keras's 0.99, whose statistics lag behind in runs of a few hundred steps.
    trainable_backbone : whether ResNet50 itself is trained.
    validation_fraction : split off where the data has no ``val/`` of its own.
    strength : 0-1, of the augmentation (see `crackxai.model.augment.scratch`); the notebook's own has none.
    refit : pictures, as they are, that the last unit is fitted anew to in the end (`crackxai.model.last_unit`); 0: it
        stays as it was trained.
    """

    name: str
    phases: tuple[tuple[int, float], ...]
    batch_size: int
    learning_rate: float
    warm_up: float | None
    weight_decay: float | None
    label_smoothing: float
    batch_norm_momentum: float | None
    trainable_backbone: bool
    validation_fraction: float
    refit: int = 0
    strength: float = 1.0

    def __post_init__(self) -> None:
        if not self.phases or any(side < MIN_SIDE or epochs <= 0 for side, epochs in self.phases):
            raise SettingsError(
                f"expected phases of a side of at least {MIN_SIDE} pixels and more than 0 epochs, "
                f"received {self.phases}. Write them as 64x8,150x2."
            )
        if self.batch_size < 2:
            raise SettingsError(f"expected a batch size of at least 2, received {self.batch_size}.")
        if not 0 < self.learning_rate <= 1:
            raise SettingsError(f"expected a learning rate in (0, 1], received {self.learning_rate}.")
        if not 0 <= self.strength <= 1:
            raise SettingsError(f"expected a strength of the augmentation of 0 to 1, received {self.strength}.")
        if not 0 < self.validation_fraction < 1:
            raise SettingsError(f"expected a validation fraction in (0, 1), received {self.validation_fraction}.")

    def augmenter(self, side: int) -> Callable[[np.ndarray, np.random.Generator], np.ndarray]:
        """The augmentation for a phase of ``side`` pixels."""
        if self.name == "notebook":
            return augment.notebook
        return functools.partial(augment.scratch, side=side, strength=self.strength)

    def rate(self, step: int, steps: int) -> float:
        """Learning rate of the step (0 ... steps - 1)."""
        if self.warm_up is None:
            return self.learning_rate
        rising = max(1, round(self.warm_up * steps))
        if step < rising:
            return self.learning_rate * (step + 1) / rising
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


NOTEBOOK = Recipe(
    name="notebook",
    phases=((INPUT_SIDE, 3),),
    batch_size=64,
    learning_rate=1e-3,
    warm_up=None,
    weight_decay=None,
    label_smoothing=0.0,
    batch_norm_momentum=None,
    trainable_backbone=False,
    validation_fraction=0.01,
)
"""Transfer learning to the letter of the notebook: frozen ImageNet backbone, Adam 1e-3, batch 64, 3 epochs."""

SCRATCH = Recipe(
    name="scratch",
    # Most of the learning at a small size, where a step costs a quarter; the end at the network's own.
    phases=((64, 8), (96, 3), (INPUT_SIDE, 1.5)),
    batch_size=32,
    learning_rate=1e-3,
    warm_up=0.05,
    weight_decay=0.05,
    label_smoothing=0.05,
    batch_norm_momentum=0.9,
    trainable_backbone=True,
    validation_fraction=0.1,
)
"""Without ImageNet weights: the whole network, small pictures first."""

FINETUNE = Recipe(
    name="finetune",
    phases=((INPUT_SIDE, 2),),
    batch_size=32,
    learning_rate=3e-4,
    warm_up=0.05,
    weight_decay=0.05,
    label_smoothing=0.05,
    batch_norm_momentum=0.97,
    trainable_backbone=True,
    validation_fraction=0.1,
    strength=0.5,
)
"""From a trained model folder, such as the bundled one: the whole network, shortly and gently."""

RECIPES = {recipe.name: recipe for recipe in (NOTEBOOK, SCRATCH, FINETUNE)}
