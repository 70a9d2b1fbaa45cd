"""Deletion and insertion (`crackxai.explain.faithfulness`, `curves`) beside Quantus's pixel flipping and region
perturbation, on the same network, map and fill.

Pixel flipping: S. Bach et al., "On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance
Propagation", PLOS ONE 2015. Region perturbation: W. Samek et al., "Evaluating the Visualization of What a Deep Neural
Network Has Learned", IEEE TNNLS 2017. Quantus asks after every step, ours at some of them; there both say the same.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from quantus import PixelFlipping, RegionPerturbation
from torch import nn

from crackxai.explain.cam import CamExplainer
from crackxai.explain.curves import Curve
from crackxai.explain.explanation import Explanation
from crackxai.explain.faithfulness import SHARES, FaithfulnessSettings, faithfulness
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.explain.maskers import MaskerSettings, masker
from crackxai.explain.settings import ExplainSettings
from crackxai.photo import Photo
from tests.fakes import FakeModel
from tests.oracles.network import SIDE, Network, as_ours, picture
from tests.oracles.quantus_scores import perturbed

PATCH = 5
STEP = 9
"""Single pixels that Quantus is let hide at once: what ours has hidden at each of its points, of 900, is a multiple."""
LEANING = {"crack": 3, "sound": 0}
"""Seeds of networks that call nearly all pictures cracked, and sound."""


def ours(model: FakeModel, shown: np.ndarray, values: np.ndarray, fill: MaskerSettings) -> Faithfulness:
    """Our test of the (H, W) map of a picture, which was made with that fill."""
    run = CamExplainer(model, Photo(shown, "wall.png", "0" * 64, shown.shape[1::-1], "PNG"))
    run.advance()
    thirds = np.repeat(values[..., None] / 3, 3, axis=-1)
    facts: Explanation = dataclasses.replace(
        run.explanation(), channel_values=thirds, settings=ExplainSettings(fill.masker, fill.blur_kernel)
    )
    return faithfulness(model, facts, FaithfulnessSettings(orders=1))


def steps(curve: Curve, regions: int) -> np.ndarray:
    """How many of so many regions of one size are hidden at each of the curve's points, both ends included."""
    counts = np.array(curve.shares) * regions
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-9)
    return np.rint(counts).astype(int)


# Regions: patches of a picture in colour


def patches(seed: int) -> np.ndarray:
    """(30, 30) float64: 36 patches of both signs, no two alike."""
    cells = np.random.default_rng(seed).permutation(np.arange(36.0)) - 17.3
    return np.kron(cells.reshape(6, 6), np.ones((PATCH, PATCH)))


def put(arr: np.ndarray, indices: np.ndarray, background: np.ndarray, **_: object) -> np.ndarray:
    """What Quantus hides becomes the background's: (1, N) pixels, (1, n) indices, (N,) background."""
    found = arr.copy()
    np.put_along_axis(found, indices, background[indices], axis=1)
    return found


def by_quantus(network: Network, shown: np.ndarray, values: np.ndarray, fill: MaskerSettings, order: str) -> np.ndarray:
    """(37,) probabilities after 0 to 36 patches, from the most relevant ("morf") or the least ("lerf") on."""
    hidden = masker(fill).fill(shown, np.zeros((1, SIDE, SIDE), dtype=bool))[0]
    drops = perturbed(
        RegionPerturbation,
        network,
        shown.transpose(2, 0, 1),
        values,
        patch_size=PATCH,
        order=order,
        perturb_func=put,
        perturb_func_kwargs={"background": hidden.transpose(2, 0, 1).ravel()},
    )
    before = as_ours(network, shown).predict(shown[None])[0]
    return np.concatenate([[before], before - drops])


@pytest.mark.parametrize("leaning", LEANING)
@pytest.mark.parametrize("fill", [MaskerSettings("mean"), MaskerSettings("blur", 9)], ids=lambda f: f.masker)
@pytest.mark.parametrize("seed", range(3))
def test_deletion_and_insertion_of_patches(leaning, fill, seed):
    """Deletion is its perturbation in our order; insertion, that of the reversed order read backwards."""
    network, shown, values = Network(LEANING[leaning]), picture(seed), patches(seed)
    found = ours(as_ours(network, shown), shown, values, fill)
    assert found.cracked == (leaning == "crack")
    forwards, backwards = ("morf", "lerf") if found.cracked else ("lerf", "morf")

    deletion = by_quantus(network, shown, values, fill, forwards)
    at = steps(found.own.deletion, 36)
    assert len(at) == len(SHARES) + 2
    assert np.ptp(deletion) > 0.05
    np.testing.assert_allclose(found.own.deletion.probabilities, deletion[at], atol=2e-6)

    insertion = by_quantus(network, shown, values, fill, backwards)[::-1]
    np.testing.assert_allclose(found.own.insertion.probabilities, insertion[steps(found.own.insertion, 36)], atol=2e-6)
    some = np.array([0, 1, 5, 20, 36])
    mirrored = Curve(tuple(some / 36), tuple(insertion[some])).mirrored()
    np.testing.assert_array_equal(mirrored.probabilities, insertion[::-1][steps(mirrored, 36)])


def test_the_tenth_is_a_point_of_it():
    network, shown, values = Network(LEANING["crack"]), picture(0), patches(0)
    found = ours(as_ours(network, shown), shown, values, MaskerSettings("mean")).tenth
    assert found.share == pytest.approx(4 / 36)
    every = by_quantus(network, shown, values, MaskerSettings("mean"), "morf")
    np.testing.assert_allclose((found.before, found.after), every[[0, 4]], atol=2e-6)


# Single pixels of a grey picture, of which Quantus knows one channel and the network makes three


class Grey(nn.Module):
    """(N, 1, 30, 30) -> (N, 1)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.eval()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.network(images.expand(-1, 3, -1, -1))


@pytest.fixture(scope="module")
def grey() -> tuple[Grey, np.ndarray, np.ndarray, Faithfulness]:
    """The network, a grey picture, a map of as many values as pixels, and what ours found by the mean colour."""
    network, shown = Network(LEANING["crack"]), np.repeat(picture(1)[..., :1], 3, axis=-1)
    values = np.random.default_rng(0).permutation(SIDE * SIDE).reshape(SIDE, SIDE) - 400.5
    return Grey(network), shown, values, ours(as_ours(network, shown), shown, values, MaskerSettings("mean"))


def flipped(grey: tuple, **settings: object) -> np.ndarray:
    """(101,) probabilities after 0, 9, ... 900 pixels; the mean grey is what they become, unless told otherwise."""
    network, shown, values, found = grey
    settings = {"features_in_step": STEP, "perturb_baseline": float(shown.astype(np.float32).mean()), **settings}
    after = perturbed(PixelFlipping, network, shown[..., 0][None], values, **settings)
    return np.concatenate([[found.own.deletion.probabilities[0]], after])


@pytest.fixture(scope="module")
def every(grey) -> np.ndarray:
    return flipped(grey)


def test_pixel_flipping(grey, every):
    deletion = grey[-1].own.deletion
    np.testing.assert_allclose(deletion.probabilities, every[steps(deletion, SIDE * SIDE // STEP)], atol=2e-6)
    # Of eleven points, the area comes near to that of all.
    assert deletion.area() == pytest.approx(Curve(tuple(np.linspace(0, 1, 101)), tuple(every)).area(), abs=0.01)


def test_its_area_leaves_out_the_photo_itself(grey, every, monkeypatch):
    """Ours is a mean over all the area, 0 and 1 included; its is a sum over steps that begins after the first."""
    monkeypatch.setattr(np, "trapz", np.trapezoid, raising=False)  # Quantus 0.6.0 asks for it; NumPy 2.4 has none
    network, shown, values, _ = grey
    settings = {"features_in_step": STEP, "perturb_baseline": float(shown.astype(np.float32).mean())}
    area = perturbed(PixelFlipping, network, shown[..., 0][None], values, return_auc_per_sample=True, **settings)
    ours = Curve(tuple(np.linspace(0, 1, 101)), tuple(every)).area()
    assert ours == pytest.approx((float(area) + (every[0] + every[1]) / 2) / 100, abs=1e-6)


def test_normalising_changes_no_order(grey, every):
    np.testing.assert_array_equal(flipped(grey, normalise=True), every)


@pytest.mark.parametrize(
    "settings",
    [{"abs": True}, {"perturb_baseline": "black"}, {"perturb_baseline": "mean"}],
    ids=["without signs", "black", "mean"],
)
def test_its_other_settings_give_other_curves(grey, every, settings):
    """Without signs what lowers the probability is hidden with what raises it; its default, "black", is the darkest
    pixel; and its "mean" is that of what is left after each step, not of the photo."""
    assert np.abs(flipped(grey, **settings) - every).max() > 0.001


def test_of_one_region_ours_takes_all_or_nothing(grey):
    """Quantus hides equal pixels in some order; where a region is hidden whole, both say the same."""
    network, shown, _, _ = grey
    values = np.where(np.arange(SIDE)[:, None] < 12, 2.0, -1.0) * np.ones((1, SIDE))
    values[:, 21:] *= 2
    deletion = ours(as_ours(network.network, shown), shown, values, MaskerSettings("mean")).own.deletion
    at = np.array([0, 108, 360, 738, 900])
    np.testing.assert_allclose(deletion.shares, at / 900)
    found = flipped((network, shown, values, grey[-1]))
    np.testing.assert_allclose(deletion.probabilities, found[at // STEP], atol=2e-6)
