import dataclasses

import numpy as np
import pytest

from crackxai import Box
from crackxai.inspection.findings import find_runs, merge_scales, run_score
from crackxai.inspection.tiling import Tiling

TILING = Tiling.of(height=600, width=600, side=200)  # 5 x 5 tiles, 100 pixels from one to the next
NO, YES = -3.0, 2.0


def grid(*rows: str) -> np.ndarray:
    return np.array([[{"x": YES, ".": NO, "?": np.nan}[cell] for cell in row] for row in rows])


def runs(odds, doubts=None):
    return find_runs(TILING, odds, 0.0, 1.5, doubts or [()] * len(TILING))


def test_a_straight_run():
    (found,) = runs(grid(".....", "xxxx.", ".....", ".....", "....."))
    assert found.box == Box(100, 300, 0, 500)
    assert {box.left for box in found.path} == {0, 100, 200, 300}
    assert found.length == 300
    assert found.score == pytest.approx(1 / (1 + np.exp(-4 * YES / 6)))
    assert found.probability == pytest.approx(1 / (1 + np.exp(-YES)))
    assert not found.weak
    assert found.scales == (1.5,)


def test_a_diagonal_and_a_bend_are_measured_along_the_crack():
    (diagonal,) = runs(grid("x....", ".x...", "..x..", ".....", "....."))
    assert diagonal.length == pytest.approx(2 * 100 * np.sqrt(2))
    (bend,) = runs(grid("xxx..", "...x.", "...x.", "...x.", "....."))
    assert bend.length == pytest.approx(100 * (2 + np.sqrt(2) + 2))


def test_a_branch_is_not_on_the_path_but_in_the_box():
    (found,) = runs(grid("..x..", "xxxxx", ".....", ".....", "....."))
    assert len(found.path) == 5
    assert found.box == Box(0, 300, 0, 600)


def test_one_lone_tile_is_weak_and_worth_less_than_a_run_of_the_same():
    lone, run = runs(grid("xxx..", ".....", "....x", ".....", "....."))[::-1]
    assert lone.weak
    assert lone.length == 0
    assert lone.score < run.score
    assert lone.probability == run.probability


def test_two_runs_that_do_not_touch_are_two():
    assert len(runs(grid("xx...", ".....", "...xx", ".....", "....."))) == 2


def test_nothing_found():
    assert runs(grid(*["....."] * 5)) == []
    assert runs(grid(*["?????"] * 5)) == []


def test_the_tile_to_open_is_the_most_cracked_one_of_all():
    odds = grid(".....", "xxx..", ".....", ".....", ".....")
    odds[1, 1] = 5
    (found,) = runs(odds)
    assert found.tile == Box(100, 300, 100, 300)
    assert found.highest == pytest.approx(1 / (1 + np.exp(-5)))


def test_what_half_of_its_tiles_are_doubted_for_is_doubted_of_it():
    doubts = [()] * len(TILING)
    doubts[0], doubts[1], doubts[24] = ("dark",), ("dark", "unlike"), ("burnt",)
    (found,) = runs(grid("xx...", ".....", ".....", ".....", "....."), doubts)
    assert found.doubts == ("dark", "unlike")
    (found,) = runs(grid("xxx..", ".....", ".....", ".....", "....."), doubts)
    assert found.doubts == ("dark",)
    (found,) = runs(grid("xxxxx", ".....", ".....", ".....", "....."), doubts)
    assert found.doubts == ()


def test_what_two_scales_saw_is_told_once_where_the_finer_saw_it():
    (fine,) = runs(grid("xxx..", ".....", ".....", ".....", "....."))
    coarse = dataclasses.replace(fine, box=Box(0, 400, 0, 400), score=0.95, scales=(3.0,))
    elsewhere = dataclasses.replace(coarse, box=Box(400, 600, 400, 600), score=0.55)
    first, second = merge_scales([coarse, elsewhere, fine])
    assert first == dataclasses.replace(fine, score=0.95, scales=(1.5, 3.0))
    assert second == elsewhere


def test_a_coarse_finding_over_two_fine_ones_adds_to_the_better_of_them():
    (fine,) = runs(grid("xxx..", ".....", ".....", ".....", "....."))
    lesser = dataclasses.replace(fine, box=Box(400, 600, 0, 400), score=0.6)
    coarse = dataclasses.replace(fine, box=Box(0, 600, 0, 600), score=0.9, scales=(3.0,))
    first, second = merge_scales([coarse, lesser, fine])
    assert (first.box, first.score, first.scales) == (fine.box, 0.9, (1.5, 3.0))
    assert (second.score, second.scales) == (0.6, (1.5, 3.0))


def test_the_longer_the_run_the_more_it_is_believed():
    scores = [run_score(np.full(n, YES)) for n in (1, 2, 5, 20)]
    assert scores == sorted(scores)
    assert run_score(np.array([-1.0])) < 0.5
