"""The tiny network that ours and the oracles are asked about: in PyTorch, and as our explainers know a model."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from tests.fakes import FakeModel

torch.set_num_threads(1)  # with more, such small pictures take longer
SIDE = 30
"""Of its pictures, pixels."""
PLACES = 5
"""Of its last feature maps, each way: as many as the bundled network has."""


class Network(nn.Module):
    """Of the bundled one's kind: convolutions, average pooling, one sigmoid unit. (N, 3, 30, 30) 0-255 -> (N, 1)."""

    def __init__(self, seed: int = 0, bias: float = 0.0) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 5, stride=3, padding=1), nn.ReLU(), nn.Conv2d(8, 6, 3, stride=2, padding=1), nn.ReLU()
        )
        self.head = Head(6, bias)
        self.eval()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.maps(images))

    def maps(self, images: torch.Tensor) -> torch.Tensor:
        """(N, 6, 5, 5), what reaches the pooling."""
        return self.features((images - 127.5) / 50)


class Head(nn.Module):
    """(N, C, h, w) feature maps -> (N, 1) probabilities."""

    def __init__(self, channels: int, bias: float = 0.0) -> None:
        super().__init__()
        self.pool, self.flat = nn.AdaptiveAvgPool2d(1), nn.Flatten()
        self.unit, self.sigmoid = nn.Linear(channels, 1), nn.Sigmoid()
        with torch.no_grad():
            # As PyTorch begins, all probabilities are near to a half.
            self.unit.weight.copy_(8 * torch.randn(1, channels))
            self.unit.bias.fill_(bias)

    def log_odds(self, maps: torch.Tensor) -> torch.Tensor:
        """(N, 1)."""
        return self.unit(self.flat(self.pool(maps)))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return self.sigmoid(self.log_odds(maps))


def channels_first(images: np.ndarray) -> torch.Tensor:
    """(N, H, W, 3) -> (N, 3, H, W) float32."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2), dtype=np.float32))


def as_ours(network: Network, picture: np.ndarray) -> FakeModel:
    """The network as what our explainers ask; its photo, whichever, is the (30, 30, 3) uint8 picture."""

    def answer(images: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(channels_first(images))[:, 0].numpy()

    def with_evidence(images: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        unit = network.head.unit
        with torch.no_grad():
            maps = network.maps(channels_first(images))
            evidence = torch.einsum("nchw,c->nhw", maps, unit.weight[0]).numpy()
        return answer(images), evidence, unit.bias.item()

    model = FakeModel(answer, picture, (SIDE, SIDE))
    model.predict_with_evidence = with_evidence
    return model


def picture(seed: int) -> np.ndarray:
    """(30, 30, 3) uint8: noise, and a dark bar somewhere."""
    random = np.random.default_rng(seed)
    made = random.integers(100, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    row = int(random.integers(0, SIDE - 6))
    made[row : row + 6, :] //= 4
    return made
