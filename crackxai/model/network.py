"""What the network is, described once: every runtime is built from this, and the card keeps it.

A ResNet in Keras's first version (He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", CVPR 2016;
strides on the 1 x 1 convolutions, biases before batch normalisation) -> global average pooling -> one sigmoid unit.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from crackxai.errors import ModelError
from crackxai.model.faults import model_error

SIDES = (32, 1024)
"""Smallest and largest side of an input, pixels: a ResNet halves it five times."""
EXPANSION = 4
"""A block gives this many times the channels that it computes in."""


def _is_count(value: object, highest: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= highest


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _wrong(part: str, expected: str, received: str) -> ModelError:
    return model_error("network", part=part, expected=expected, received=received)


@dataclass(frozen=True)
class Preprocessing:
    """From RGB, 0-255, to what the network takes.

    Attributes
    ----------
    name : for people.
    channels : their order, "RGB" or "BGR".
    means : taken off the channels, 0-255, in that order.
    """

    name: str
    channels: str
    means: tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.channels not in ("RGB", "BGR") or len(self.means) != 3 or not all(map(_is_number, self.means)):
            raise _wrong("preprocessing", "RGB or BGR and three means", f"{self.channels!r}, {self.means!r}")

    def __str__(self) -> str:
        return f"{self.name}: RGB to {self.channels}, minus {self.means}"

    @property
    def reversed(self) -> bool:
        """Whether the channels are turned round."""
        return self.channels == "BGR"

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """(N, H, W, 3) uint8 or float, RGB, 0-255 -> (N, H, W, 3) float32; its argument stays as it is."""
        ordered = images[..., ::-1] if self.reversed else images
        return ordered.astype(np.float32) - np.array(self.means, dtype=np.float32)


CAFFE = Preprocessing("caffe", "BGR", (103.939, 116.779, 123.68))
"""Bit for bit what ``keras.applications.resnet.preprocess_input`` gives: ImageNet's channel means, in B, G, R."""


@dataclass(frozen=True)
class Stage:
    """Blocks of one size: ``filters`` channels inside, 4 times as many between them; the first has ``stride``."""

    filters: int
    blocks: int
    stride: int

    def __post_init__(self) -> None:
        limits = ((self.filters, 4096), (self.blocks, 100), (self.stride, 8))
        if not all(_is_count(value, highest) for value, highest in limits):
            raise _wrong("stages", "filters, blocks and stride of 1 or more", repr(tuple(v for v, _ in limits)))


@dataclass(frozen=True)
class ResNet:
    """A classifier's network, whole: equal descriptions and weights give equal probabilities.

    Attributes
    ----------
    stages : from the input's side on.
    stem_filters : channels of the first convolution (7 x 7, stride 2).
    epsilon : of batch normalisation.
    input_side : of the square pictures that it takes, pixels.
    preprocessing : what turns RGB, 0-255, into its input.

    Raises
    ------
    ModelError : a part is out of range.
    """

    stages: tuple[Stage, ...]
    stem_filters: int = 64
    epsilon: float = 1.001e-5
    input_side: int = 150
    preprocessing: Preprocessing = CAFFE

    def __post_init__(self) -> None:
        low, high = SIDES
        if not (_is_count(self.input_side, high) and self.input_side >= low):
            raise _wrong("input_side", f"{low} to {high}", repr(self.input_side))
        if not 1 <= len(self.stages) <= 8:
            raise _wrong("stages", "1 to 8", str(len(self.stages)))
        if not _is_count(self.stem_filters, 4096):
            raise _wrong("stem_filters", "1 to 4096", repr(self.stem_filters))
        if not (_is_number(self.epsilon) and 0 < self.epsilon < 1):
            raise _wrong("epsilon", "between 0 and 1", repr(self.epsilon))

    @property
    def name(self) -> str:
        """By its number of layers with weights, as in He et al.: "ResNet50"."""
        return f"ResNet{2 + 3 * sum(stage.blocks for stage in self.stages)}"

    @property
    def features(self) -> int:
        """Channels that reach the last unit."""
        return EXPANSION * self.stages[-1].filters

    @property
    def identity(self) -> str:
        """What the shapes of the weights do not tell: part of the fingerprint."""
        strides = [stage.stride for stage in self.stages]
        usual = self.epsilon == RESNET50.epsilon and strides == [1] + [2] * (len(strides) - 1)
        return f"{self.preprocessing}|{self.input_side}" + ("" if usual else f"|{strides}|{self.epsilon}")

    def as_dict(self) -> dict[str, Any]:
        """For the card: plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Any) -> ResNet:
        """Back from the card. Raises ModelError."""
        try:
            preprocessing = facts["preprocessing"]
            return cls(
                tuple(Stage(stage["filters"], stage["blocks"], stage["stride"]) for stage in facts["stages"]),
                facts["stem_filters"],
                facts["epsilon"],
                facts["input_side"],
                Preprocessing(preprocessing["name"], preprocessing["channels"], tuple(preprocessing["means"])),
            )
        except (KeyError, TypeError) as error:
            raise _wrong("network", "a network's description", f"{type(error).__name__} {error}") from error


RESNET50 = ResNet((Stage(64, 3, 1), Stage(128, 4, 2), Stage(256, 6, 2), Stage(512, 3, 2)))
"""``keras.applications.ResNet50`` without top, as the notebook uses it, and its one sigmoid unit."""
