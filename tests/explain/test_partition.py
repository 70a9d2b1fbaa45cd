"""The region tree is shap's, node for node."""

from __future__ import annotations

import numpy as np
import pytest
import shap
from shap.utils import make_masks

from crackxai import SettingsError
from crackxai.explain.partition import PictureTree


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 6, 3), (5, 1, 3), (7, 5, 3), (8, 8, 3), (3, 11, 1), (13, 12, 2)])
def test_node_for_node(shape):
    clustering = shap.maskers.Image("blur(3,3)", shape).clustering
    masks = make_masks(clustering).toarray()
    players = masks.shape[1]
    tree = PictureTree(shape)

    def compare(region, node: int) -> int:
        np.testing.assert_array_equal(tree.masks([(region, None)])[0].ravel(), masks[node])
        assert tree.size(region) == masks[node].sum()
        both = tree.halves(region)
        if node < players:
            assert both is None
            return 1
        children = clustering[node - players, :2].astype(int)
        return 1 + sum(compare(half, child) for half, child in zip(both, children, strict=True))

    assert compare(tree.root, 2 * players - 2) == 2 * players - 1


def test_coalitions_are_unions():
    tree = PictureTree((2, 3, 1))
    rest = ((0, 1, 0, 1, 0, 1), None)
    nothing, one, two = tree.masks([None, rest, ((1, 2, 1, 3, 0, 1), rest)])[..., 0].astype(int).tolist()
    assert nothing == [[0, 0, 0], [0, 0, 0]]
    assert one == [[1, 0, 0], [0, 0, 0]]
    assert two == [[1, 0, 0], [0, 1, 1]]


def test_credit_is_spread_in_equal_parts():
    tree = PictureTree((2, 2, 1))
    spread = tree.spread([((0, 2, 0, 2, 0, 1), 4.0), ((0, 1, 0, 2, 0, 1), 1.0)])
    assert spread[..., 0].tolist() == [[1.5, 1.5], [1.0, 1.0]]


@pytest.mark.parametrize("shape", [(), (4, 4), (0, 4, 3)])
def test_shapes_that_are_no_picture(shape):
    with pytest.raises(SettingsError, match="H, W, C"):
        PictureTree(shape)
