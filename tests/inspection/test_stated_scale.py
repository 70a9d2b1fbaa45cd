"""What is said of a photo's scale, looked up in the photo."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import PhotoError, SettingsError, WallScale
from crackxai.inspection.stated_scale import DrawnLine, StatedScale, hairline_pixels
from tests.inspection.test_wall_scale import MARKER_MM, PIXELS_PER_MM, photo_of, wall_with_marker

GREY = photo_of(np.full((300, 400, 3), 150, dtype=np.uint8))


def test_a_number_is_the_same_in_every_photo():
    scale = StatedScale("number", 0.5).on(GREY)
    assert scale.source == "number"
    assert scale.along([(0, 0), (200, 0)]).mm == pytest.approx(100)


def test_a_marker_is_looked_for_in_the_photo():
    rgb, _ = wall_with_marker()
    scale = StatedScale("marker", MARKER_MM).on(photo_of(rgb))
    assert scale.source == "marker"
    assert scale.mm_per_pixel(600, 450) == pytest.approx(1 / PIXELS_PER_MM, rel=0.01)
    with pytest.raises(PhotoError, match="Put the printed sheet"):
        StatedScale("marker", MARKER_MM).on(GREY)


def test_a_drawn_line_is_less_exact_the_further_away_it_was_pointed_at():
    def scale(error: float):
        return StatedScale("length", 90.0, DrawnLine((10.0, 20.0), (100.0, 140.0), error)).on(GREY)

    assert DrawnLine((10.0, 20.0), (100.0, 140.0)).length == 150  # 3 : 4 : 5
    near, far = (scale(error).along([(0, 0), (100, 0)]) for error in (1.0, 5.0))
    assert near.mm == far.mm == pytest.approx(60)
    assert far.error == pytest.approx(5 * near.error, rel=0.1)
    with pytest.raises(SettingsError, match="at least 20 pixels"):
        StatedScale("length", 90.0, DrawnLine((0.0, 0.0), (10.0, 0.0))).on(GREY)


@pytest.mark.parametrize("source", ["number", "marker"])
def test_what_is_no_length(source):
    with pytest.raises(SettingsError, match="received 0"):
        StatedScale(source, 0).on(GREY)


def test_the_same_statement_is_the_same_key():
    assert len({StatedScale("number", 0.5), StatedScale("number", 0.5), StatedScale("marker", 0.5)}) == 2


def test_a_hairline_in_pixels():
    assert hairline_pixels(WallScale.of_number(0.1), (400, 300)) == pytest.approx(3)
    bent = np.array([[1.0, 0, 0], [0, 1, 0], [-0.001, 0, 1]])
    beyond = WallScale("marker", bent, bent[None])
    assert hairline_pixels(beyond, (3000, 100)) is None
