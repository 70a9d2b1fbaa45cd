import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crackxai import Box, SettingsError
from crackxai.inspection.tiling import Tiling


def test_rows_and_columns():
    tiling = Tiling.of(height=300, width=450, side=200)
    assert tiling.tops == (0, 100)
    assert tiling.lefts == (0, 100, 200, 250)  # the last one is moved in
    assert tiling.shape == (2, 4)
    assert len(tiling) == 8
    assert tiling.box(0) == Box(0, 200, 0, 200)
    assert tiling.box(5) == Box(100, 300, 100, 300)


def test_a_photo_of_one_tile():
    assert Tiling.of(200, 200, 200).tops == (0,)


def test_a_moved_grid_covers_the_photo_all_the_same():
    assert Tiling.of(300, 400, 200, shift=50).lefts == (0, 50, 150, 200)


@settings(deadline=None)
@given(st.integers(4, 20), st.integers(0, 60), st.integers(0, 60), st.integers(0, 30))
def test_every_pixel_but_the_edge_is_in_the_middle_of_a_tile(side, taller, wider, shift):
    height, width = side + taller, side + wider
    tiling = Tiling.of(height, width, side, shift)
    middle = np.zeros((height, width), dtype=bool)
    covered = np.zeros_like(middle)
    for number in range(len(tiling)):
        box = tiling.box(number)
        covered[box.slices] = True
        quarter = side // 4
        middle[box.top + quarter : box.bottom - quarter, box.left + quarter : box.right - quarter] = True
    edge = side // 4 + 2
    assert covered.all()
    assert middle[edge : height - edge, edge : width - edge].all()


@pytest.mark.parametrize("side", [0, 301])
def test_tiles_that_do_not_fit(side):
    with pytest.raises(SettingsError, match="1 to 300"):
        Tiling.of(300, 400, side)
