"""The compiled inpainting gives OpenCV's bytes: OpenCV is the oracle."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crackxai.explain.compiled_fill import inpaint
from crackxai.explain.fill_backend import METHODS, cv2_fill
from crackxai.samples import draw_samples

SHAPES = [(2, 2), (2, 9), (9, 2), (3, 4), (7, 8), (24, 31), (64, 40)]


def box(draw, height, width):
    top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    return slice(top, draw(st.integers(top + 1, height))), slice(left, draw(st.integers(left + 1, width)))


@st.composite
def pictures(draw, height, width):
    """Noise, slopes, few colours, and one colour."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    noise = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    kind = draw(st.sampled_from(["noise", "smooth", "few", "flat"]))
    if kind == "smooth":
        return cv2.GaussianBlur(noise, (0, 0), 3)
    if kind == "few":
        return (noise // 128 * 255).astype(np.uint8)
    return np.full_like(noise, 90) if kind == "flat" else noise


@st.composite
def masks(draw, height, width):
    """Boxes hidden or shown, as the tree's are; circles, noise, and the picture's edges."""
    hidden = np.zeros((height, width), dtype=np.uint8)
    kind = draw(st.sampled_from(["boxes", "shown", "circles", "noise", "edges"]))
    if kind in ("boxes", "shown"):
        hidden[:] = kind == "shown"
        for _ in range(draw(st.integers(1, 5))):
            hidden[box(draw, height, width)] = kind == "boxes"
    elif kind == "circles":
        for _ in range(draw(st.integers(1, 5))):
            centre = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
            cv2.circle(hidden, centre, draw(st.integers(0, max(height, width) // 2)), 1, -1)
    elif kind == "noise":
        rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
        hidden[rng.random((height, width)) < draw(st.floats(0.02, 0.98))] = 1
    else:
        for edge in draw(st.sets(st.sampled_from("tblr"), min_size=1)):
            depth = draw(st.integers(1, 3))
            where = {"t": np.s_[:depth], "b": np.s_[-depth:], "l": np.s_[:, :depth], "r": np.s_[:, -depth:]}[edge]
            hidden[where] = 1
    return hidden


@st.composite
def cases(draw):
    shape = draw(st.sampled_from(SHAPES))
    return draw(pictures(*shape)), draw(masks(*shape)), draw(st.sampled_from(METHODS))


@settings(max_examples=400, deadline=None)
@given(cases())
def test_byte_for_byte_as_opencv(case):
    image, hidden, method = case
    before = image.copy(), hidden.copy()
    np.testing.assert_array_equal(inpaint(image, hidden, method), cv2_fill(image, hidden, method))
    np.testing.assert_array_equal(image, before[0])
    np.testing.assert_array_equal(hidden, before[1])


@pytest.mark.parametrize("method", METHODS)
def test_drawn_photos_under_masks_of_the_networks_size(method, rng):
    for sample in draw_samples(3, seed=1):
        image = cv2.resize(sample.rgb, (150, 150), interpolation=cv2.INTER_AREA)
        halved, round_, scattered = np.ones((3, 150, 150), dtype=np.uint8)
        halved[75:, 38:75] = halved[19:38, 112:131] = 0
        cv2.circle(round_, (60, 90), 40, 0, -1)
        scattered[rng.random((150, 150)) < 0.1] = 0
        for hidden in (halved, 1 - halved, round_, 1 - round_, scattered, 1 - scattered):
            np.testing.assert_array_equal(inpaint(image, hidden, method), cv2_fill(image, hidden, method))


@pytest.mark.parametrize("method", METHODS)
def test_the_whole_picture_and_nothing_of_it(method, rng):
    image = rng.integers(0, 256, (6, 5, 3)).astype(np.uint8)
    for hidden in np.ones((6, 5), dtype=np.uint8), np.zeros((6, 5), dtype=np.uint8):
        np.testing.assert_array_equal(inpaint(image, hidden, method), cv2_fill(image, hidden, method))


@pytest.mark.parametrize("method", METHODS)
def test_arrays_in_any_layout(method, rng):
    image = rng.integers(0, 256, (3, 20, 16)).astype(np.uint8).transpose(1, 2, 0)
    hidden = ((rng.random((16, 20)) < 0.4) * np.uint8(255)).T
    image.flags.writeable = hidden.flags.writeable = False
    expected = cv2_fill(np.ascontiguousarray(image), np.ascontiguousarray(hidden), method)
    filled = inpaint(image, hidden, method)
    np.testing.assert_array_equal(filled, expected)
    assert filled.flags.c_contiguous
    assert filled.flags.writeable


def test_many_threads_at_once(rng):
    image = rng.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    work = [((rng.random((40, 50)) < 0.5).astype(np.uint8), METHODS[i % 2]) for i in range(64)]
    with ThreadPoolExecutor(8) as pool:
        filled = list(pool.map(lambda each: inpaint(image, *each), work))
    for (hidden, method), ours in zip(work, filled, strict=True):
        np.testing.assert_array_equal(ours, cv2_fill(image, hidden, method))
