"""The tree of lines and ground on pictures that are drawn by hand."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from crackxai import SettingsError
from crackxai.explain.line_tree import LineTree


def drawn(*rows: str) -> np.ndarray:
    return np.array([[letter == "#" for letter in row] for row in rows])


def shown(tree: LineTree, region) -> list[str]:
    return ["".join(".#"[int(on)] for on in row) for row in tree.masks([(region, None)])[0]]


def test_lines_then_ground_then_halves_by_hand():
    tree = LineTree(drawn("....", "####", "...."))
    lines, ground = tree.halves(tree.root)
    assert shown(tree, lines) == ["....", "####", "...."]
    assert shown(tree, ground) == ["####", "....", "####"]
    assert [shown(tree, half) for half in tree.halves(lines)] == [["....", "##..", "...."], ["....", "..##", "...."]]
    # The box around the ground is wider than high, so that it is cut across its width.
    assert [shown(tree, half) for half in tree.halves(ground)] == [["##..", "....", "##.."], ["..##", "....", "..##"]]


def test_parts_of_a_line_need_not_touch():
    tree = LineTree(drawn("#...#", ".....", "#...#"))
    lines, _ = tree.halves(tree.root)
    left, right = tree.halves(lines)
    assert shown(tree, left) == ["#....", ".....", "#...."]
    assert shown(tree, right) == ["....#", ".....", "....#"]
    assert [shown(tree, pixel) for pixel in tree.halves(left)] == [
        ["#....", ".....", "....."], [".....", ".....", "#...."],
    ]  # fmt: skip


def test_rows_are_cut_where_a_box_is_square_and_the_second_half_is_the_larger():
    tree = LineTree(drawn("...", "...", "..."))
    first, second = tree.halves(tree.root)
    assert shown(tree, first) == ["###", "#..", "..."]
    assert shown(tree, second) == ["...", ".##", "###"]


def test_a_picture_of_nothing_but_lines_is_halved_as_one_without():
    none, all_ = (LineTree(np.full((4, 6), fill)) for fill in (False, True))
    assert none.halves(none.root) == all_.halves(all_.root) == ((0, 12), (12, 24))
    assert shown(none, (0, 12)) == shown(all_, (0, 12))
    assert none.fingerprint != all_.fingerprint


def test_a_pixel_has_no_halves():
    tree = LineTree(np.zeros((1, 1), dtype=bool))
    assert tree.root == (0, 1)
    assert tree.halves(tree.root) is None
    assert tree.masks([None, (tree.root, None)]).tolist() == [[[False]], [[True]]]


def test_credit_is_shared_by_the_channels():
    tree = LineTree(drawn("#.", "#."))
    lines, ground = tree.halves(tree.root)
    spread = tree.spread([(lines, 6.0), (tree.root, 12.0)])
    assert spread.tolist() == [[[2.0] * 3, [1.0] * 3]] * 2
    assert tree.size(lines) == tree.size(ground) == 2


def test_the_fingerprint_is_of_the_lines():
    lines = drawn("#...", "....", "....")
    assert LineTree(lines).fingerprint == LineTree(lines.copy()).fingerprint
    prints = {LineTree(np.roll(lines, n)).fingerprint for n in range(12)}
    assert len(prints) == 12
    assert all(len(each) == 64 for each in prints)
    # One line pixel, then the leaves in their order; records hold it.
    facts = np.array([1, 0, 1, 2, 3], dtype="<u4")
    assert LineTree(drawn("#.", "..")).fingerprint == hashlib.sha256(facts.tobytes()).hexdigest()


@pytest.mark.parametrize(
    "lines", [np.zeros((0, 3), dtype=bool), np.zeros(4, dtype=bool), np.zeros((2, 2, 3), dtype=bool)]
)
def test_shapes_that_are_no_picture(lines):
    with pytest.raises(SettingsError, match="H, W"):
        LineTree(lines)
