"""The other methods, each beside somebody else's implementation of it, on the same network.

Occlusion and Integrated Gradients: Captum. RISE: Kitware's XAITK-Saliency, which takes masks from the authors' code.
LIME: the authors' package. Kernel SHAP is held against shap in `tests/explain/test_kernel_shap.py`.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from captum.attr import IntegratedGradients, Occlusion
from lime.lime_image import LimeImageExplainer
from sklearn.metrics import pairwise_distances
from xaitk_saliency.impls.gen_classifier_conf_sal.rise_scoring import RISEScoring
from xaitk_saliency.impls.perturb_image.rise import RISEGrid

from crackxai.explain.integrated_gradients import GradientsExplainer, GradientsSettings
from crackxai.explain.lime import LimeExplainer, LimeSettings
from crackxai.explain.maskers import MaskerSettings, masker
from crackxai.explain.rise import RiseExplainer, RiseSettings, cell_side, enlarged
from crackxai.explain.sliding_occlusion import OcclusionExplainer, OcclusionSettings
from crackxai.photo import Photo
from tests.oracles.network import SIDE, Network, as_ours, channels_first, picture


def photo(shown: np.ndarray) -> Photo:
    return Photo(shown, "wall.png", "0" * 64, (SIDE, SIDE), "PNG")


def all_hidden(shown: np.ndarray, fill: MaskerSettings) -> torch.Tensor:
    """(1, 3, 30, 30): what the masker makes of the picture when all of it is hidden."""
    return channels_first(masker(fill).fill(shown, np.zeros((1, SIDE, SIDE), dtype=bool)))


# Occlusion


@pytest.mark.parametrize(("patch", "across"), [(6, 5), (6, 9), (2, 15), (30, 2)], ids=str)
@pytest.mark.parametrize("fill", [MaskerSettings("mean"), MaskerSettings("blur", 7)], ids=lambda f: f.masker)
def test_occlusion(patch, across, fill):
    """Captum tells each pixel the mean change of the patches over it; ours is that by the pixels of a patch."""
    network, shown = Network(3), picture(0)
    run = OcclusionExplainer(
        as_ours(network, shown),
        photo(shown),
        OcclusionSettings(fill.masker, fill.blur_kernel, patch=patch, across=across),
    )
    run.advance()
    step = max(1, (SIDE - patch) // (across - 1))
    with torch.no_grad():
        found = Occlusion(network).attribute(
            channels_first(shown[None]),
            sliding_window_shapes=(3, patch, patch),
            strides=(3, step, step),
            baselines=all_hidden(shown, fill),
            target=0,
        )
    ours = run.explanation().channel_values.sum(axis=-1)
    assert np.abs(ours).max() > 1e-5
    np.testing.assert_allclose(ours * patch**2, found[0, 0], atol=1e-6)


# Integrated Gradients


class GradientsOf:
    """The network's gradients as our explainer asks for them."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def of(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked = channels_first(images).requires_grad_()
        told = self._network(asked)[:, 0]
        (found,) = torch.autograd.grad(told.sum(), asked)
        return told.detach().numpy(), found.numpy().transpose(0, 2, 3, 1)

    @staticmethod
    def versions() -> dict[str, str]:
        return {}


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_integrated_gradients(seed):
    """Captum's points are spaced evenly, or by Gauss and Legendre; with many of them all come to one integral."""
    network, shown, fill = Network(seed), picture(seed), MaskerSettings("blur", 7)
    model = as_ours(network, shown)
    model.gradients = GradientsOf(network)
    run = GradientsExplainer(model, photo(shown), GradientsSettings(fill.masker, fill.blur_kernel, steps=257))
    run.advance()
    found = IntegratedGradients(network).attribute(
        channels_first(shown[None]), all_hidden(shown, fill), target=0, n_steps=500, method="gausslegendre"
    )
    theirs = found[0].detach().numpy().transpose(1, 2, 0)
    ours = run.explanation().channel_values
    assert np.abs(ours - theirs).sum() < 0.005 * np.abs(theirs).sum()


# RISE


@pytest.mark.parametrize(("cells", "shown"), [(3, 50), (4, 30), (7, 80)], ids=str)
def test_rise_of_the_same_masks_and_answers(cells, shown):
    """Theirs is told up to its largest value; the mean of the answers is taken off before."""
    network, wall = Network(1), picture(1)
    run = RiseExplainer(
        as_ours(network, wall), photo(wall), RiseSettings("mean", max_evals=300, cells=cells, shown=shown)
    )
    answers = np.array(run.ask(range(300)))
    masks = np.stack([run._mask(number) for number in range(300)])
    theirs = RISEScoring().generate(np.zeros(1), (answers - answers.mean())[:, None], masks)[0]
    ours = run.values(list(answers)).sum(axis=-1)
    np.testing.assert_allclose(ours / np.abs(ours).max(), theirs, atol=1e-5)


@pytest.mark.parametrize(("cells", "shown"), [(3, 0.5), (4, 0.3), (7, 0.8)], ids=str)
def test_rise_masks_are_the_authors(cells, shown):
    """Grid and shift are theirs. At the edge of the enlarged grid, half a cell wide, they mirror it about its outermost
    cells' middles, and ours goes on with these: in the middle there is one way to enlarge."""
    theirs = RISEGrid(20, cells, shown, seed=5, threads=0)
    masks = theirs.perturb(np.zeros((SIDE, SIDE), np.uint8))
    side = cell_side(SIDE, cells)
    shifts = np.random.default_rng(5)
    for grid, mask in zip(theirs.grid, masks, strict=True):
        top, left = int(shifts.integers(0, side)), int(shifts.integers(0, side))
        ours = enlarged(grid, SIDE, SIDE, top, left)
        edge, last = math.ceil((cells + 1) * side / cells / 2), (cells + 1) * side
        inner = tuple(slice(max(0, edge - at), min(SIDE, last - edge - at)) for at in (top, left))
        assert mask[inner].size > SIDE * SIDE / 4
        np.testing.assert_allclose(ours[inner], mask[inner], atol=1e-5)


# LIME


@pytest.mark.parametrize("parts", [6, 20])
@pytest.mark.parametrize("count", [50, 300])
def test_lime(parts, count):
    """The plane that their package fits to the same unions and answers, by its own distance, kernel and regression."""
    network, wall = Network(1), picture(2)
    run = LimeExplainer(as_ours(network, wall), photo(wall), LimeSettings("mean", max_evals=count, parts=parts))
    run.advance()
    unions = np.concatenate([np.ones((1, len(run._regions)), dtype=bool), run._unions(range(len(run._answers)))])
    answers = np.array([run.high, *run._answers])
    distances = pairwise_distances(unions.astype(float), np.ones((1, unions.shape[1])), metric="cosine").ravel()
    _, told, _, _ = LimeImageExplainer().base.explain_instance_with_data(
        unions.astype(float), answers[:, None], distances, 0, unions.shape[1], feature_selection="none"
    )
    values = run.explanation().channel_values.sum(axis=-1)
    ours = [values[run._labels == number].sum() for number in range(len(run._regions))]
    assert np.abs(ours).max() > 1e-3
    np.testing.assert_allclose(ours, [value for _, value in sorted(told)], atol=1e-6)
