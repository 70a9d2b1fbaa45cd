"""Class activation mapping (`crackxai.explain.cam`) beside Captum's Grad-CAM, DeepLIFT and integrated gradients.

N. Kokhlikyan et al., "Captum: A unified and generic model interpretability library for PyTorch", 2020. Grad-CAM: R. R.
Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", ICCV 2017.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from captum.attr import DeepLift, IntegratedGradients, LayerAttribution, LayerGradCam

from crackxai.explain.cam import CamExplainer, rescaled, spread
from crackxai.explain.explanation import Explanation
from crackxai.photo import Photo
from tests.oracles.network import PLACES, SIDE, Head, Network, as_ours, channels_first, picture

NETWORKS = [(0, 0.0), (1, -2.0), (3, 1.5)]
"""Seed, and bias of the last unit."""


def ours(network: Network, shown: np.ndarray) -> Explanation:
    run = CamExplainer(as_ours(network, shown), Photo(shown, "wall.png", "0" * 64, (SIDE, SIDE), "PNG"))
    run.advance()
    return run.explanation()


def shares_of(head: Head, maps: torch.Tensor) -> np.ndarray:
    """(h, w) float64: what places add to the log-odds; as `CamExplainer` takes them from its network."""
    weights = head.unit.weight[0].detach().double()
    return torch.einsum("chw,c->hw", maps[0].double(), weights).numpy() / maps[0, 0].numel()


def sigmoid(x: float) -> float:
    return 1 / (1 + np.exp(-x))


# Grad-CAM


def grad_cam(network: Network, shown: np.ndarray, of_log_odds: bool, relu: bool = False) -> torch.Tensor:
    """(1, 1, 5, 5) of the last feature maps."""

    def forward(images: torch.Tensor) -> torch.Tensor:
        maps = network.maps(images)
        return network.head.log_odds(maps) if of_log_odds else network.head(maps)

    images = channels_first(shown[None]).requires_grad_()
    return LayerGradCam(forward, network.features).attribute(images, target=0, relu_attributions=relu).detach()


@pytest.mark.parametrize(("seed", "bias"), NETWORKS)
@pytest.mark.parametrize("number", range(3))
def test_it_is_grad_cam_of_the_log_odds_up_to_a_factor(seed, bias, number):
    """Behind average pooling, the gradients' mean is the weight by the number of places, so that Grad-CAM of the
    log-odds, without its ReLU, is what each place adds to them: the evidence by the number of places. Ours is that
    times (probability - base value) / (what all places add)."""
    network, shown = Network(seed, bias), picture(number)
    found = grad_cam(network, shown, of_log_odds=True)
    _, evidence, _ = as_ours(network, shown).predict_with_evidence(shown[None])
    np.testing.assert_allclose(found[0, 0], evidence[0] / PLACES**2, rtol=1e-4, atol=1e-6)

    result = ours(network, shown)
    larger = LayerAttribution.interpolate(found, (SIDE, SIDE), "bilinear")[0, 0].numpy() / (SIDE / PLACES) ** 2
    assert larger.sum() == pytest.approx(found.numpy().sum(), rel=1e-5)
    factor = (result.probability - result.base_value) / found.numpy().astype(float).sum()
    np.testing.assert_allclose(result.values, larger * factor, rtol=1e-3, atol=1e-7)


def test_of_the_probability_grad_cam_goes_by_the_slope_at_the_photo():
    """There the factor is p (1 - p), and its ReLU leaves out what speaks against the crack."""
    network, shown = Network(3), picture(2)
    model = as_ours(network, shown)
    (p,), (evidence,), _ = model.predict_with_evidence(shown[None])
    found = grad_cam(network, shown, of_log_odds=False, relu=True)[0, 0]
    assert (evidence < 0).any()
    np.testing.assert_allclose(found, np.maximum(evidence, 0) / PLACES**2 * p * (1 - p), rtol=1e-3, atol=1e-7)


# The rescale rule


def deep_lift(head: Head, maps: torch.Tensor) -> np.ndarray:
    """(h, w): against feature maps of zeros, which is the unit without any evidence; summed over the channels.

    In float64: where places cancel out, float32's rounding of the probability is all that would be left.
    """
    maps = maps.double().requires_grad_()
    found = DeepLift(copy.deepcopy(head).double()).attribute(maps, torch.zeros_like(maps), target=0)
    return found.sum(1)[0].detach().numpy()


def random_maps(seed: int, channels: int = 6) -> torch.Tensor:
    """(1, C, 5, 5), as behind a ReLU."""
    torch.manual_seed(seed)
    return torch.relu(torch.randn(1, channels, PLACES, PLACES))


@pytest.mark.parametrize("bias", [-3.0, 0.0, 0.7])
@pytest.mark.parametrize("seed", range(5))
def test_shares_of_the_probability_are_deep_lifts(seed, bias):
    head, maps = Head(6, bias).eval(), random_maps(seed)
    p = head(maps).item()
    base, cells = rescaled(shares_of(head, maps), p, bias)
    found = deep_lift(head, maps)
    np.testing.assert_allclose(cells, found, rtol=1e-3, atol=1e-6)
    assert base == pytest.approx(head(torch.zeros_like(maps)).item(), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_and_those_of_integrated_gradients(seed):
    """On the straight way from no evidence to all of it, each place is at any time in proportion."""
    head, maps = Head(6, -1.0).eval(), random_maps(seed)
    _, cells = rescaled(shares_of(head, maps), head(maps).item(), -1.0)
    found = IntegratedGradients(head).attribute(maps, target=0, n_steps=200).sum(1)[0].detach()
    np.testing.assert_allclose(cells, found, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("bias", [-1.0, 2.0])
def test_where_places_cancel_out(bias):
    """Two channels of opposite weight: nothing is added in all, and both go by the slope."""
    head = Head(2, bias).eval()
    with torch.no_grad():
        head.unit.weight.copy_(torch.tensor([[1.0, -1.0]]))
    maps = random_maps(0, 2)
    maps[0, 1] = maps[0, 0].flip(0)
    base, cells = rescaled(shares_of(head, maps), head(maps).item(), bias)
    found = deep_lift(head, maps)
    assert np.abs(cells).max() > 0.001
    np.testing.assert_allclose(cells, found, rtol=1e-3, atol=1e-6)
    assert base == pytest.approx(sigmoid(bias), abs=1e-6)


@pytest.mark.parametrize("bias", [-3.0, 2.0])
@pytest.mark.parametrize("total", [-60.0, -25.0, -14.0, 14.0, 25.0, 60.0])
def test_of_a_network_that_is_very_sure(total, bias):
    """float32 knows no probability between 1 - 6e-8 and 1, and so no log-odds beyond 16; what the unit says without
    evidence is the same all the same."""
    head, maps = Head(6, bias).eval(), random_maps(1)
    with torch.no_grad():
        head.unit.weight.mul_(total / shares_of(head, maps).sum())
    shares = shares_of(head, maps)
    assert shares.sum() == pytest.approx(total, rel=1e-5)
    base, cells = rescaled(shares, head(maps).item(), bias)
    found = deep_lift(head, maps)
    assert base == pytest.approx(sigmoid(bias), abs=1e-4)
    np.testing.assert_allclose(cells, found, rtol=1e-3, atol=1e-6)
    assert base + cells.sum() == pytest.approx(head(maps).item(), abs=1e-6)


# From places to pixels


@pytest.mark.parametrize("times", [1, 2, 6, 30])
def test_spreading_over_whole_multiples_is_bilinear(times):
    """The bundled network's are 5 places over 150 pixels, 30 each. Each pixel has its part of the place's value."""
    cells = np.random.default_rng(0).normal(size=(5, 4))
    pixels = (5 * times, 4 * times)
    found = LayerAttribution.interpolate(torch.from_numpy(cells)[None, None], pixels, "bilinear")[0, 0]
    np.testing.assert_allclose(spread(cells, *pixels), found / times**2, atol=1e-12)


def test_over_others_each_place_has_its_bilinear_form_and_its_own_sum():
    """Interpolated, some places have more pixels than others; ours gives each its value, whatever it has."""
    pixels = (17, 23)
    for place in np.eye(20).reshape(-1, 5, 4):
        found = LayerAttribution.interpolate(torch.from_numpy(place)[None, None], pixels, "bilinear")[0, 0]
        mine = spread(place, *pixels)
        assert mine.sum() == pytest.approx(1)
        np.testing.assert_allclose(mine, found / found.sum(), atol=1e-12)
