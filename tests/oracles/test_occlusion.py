"""`crackxai.explain.occlusion_test` beside Captum's feature ablation: a box is filled in, the network asked again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation

from crackxai.explain.maskers import MaskerSettings, masker
from crackxai.explain.occlusion_test import occlusion_test
from crackxai.photo import Box, Photo
from tests.oracles.network import SIDE, Network, as_ours, channels_first, picture


@pytest.mark.parametrize("fill", [MaskerSettings("mean"), MaskerSettings("blur", 7)], ids=lambda f: f.masker)
@pytest.mark.parametrize("box", [Box(0, 30, 0, 30), Box(3, 12, 10, 30), Box(29, 30, 0, 1)], ids=str)
def test_a_box(fill, box):
    network, shown = Network(3), picture(0)
    found = occlusion_test(as_ours(network, shown), Photo(shown, "wall.png", "0" * 64, (SIDE, SIDE), "PNG"), fill, box)

    inside = torch.zeros((1, 1, SIDE, SIDE), dtype=torch.long)
    inside[0, 0][box.slices] = 1
    filled = masker(fill).fill(shown, np.zeros((1, SIDE, SIDE), dtype=bool))
    drop = FeatureAblation(network).attribute(
        channels_first(shown[None]), channels_first(filled), target=0, feature_mask=inside
    )[0, 0][box.slices]
    assert torch.unique(drop).numel() == 1
    assert found.before - found.after == pytest.approx(drop[0, 0].item(), abs=1e-6)
